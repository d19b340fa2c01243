"""Written times and zones: when a device's civil time is a moment, and when it is not.

A time without a stated zone is no moment. No zone is ever taken over from
another device: a camera set to UTC says nothing about the terminal beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd


def camera_start(clip: Mapping[Any, Any]) -> datetime | None:
    """The clip's start by its camera's clock; without a zone where none is stated."""
    if missing(clip["starts_at"]):
        return None
    start = datetime.fromisoformat(clip["starts_at"])
    if start.tzinfo is None and not missing(clip["timezone"]):
        return start.replace(tzinfo=zone_named(str(clip["timezone"])))
    return start


def moments(written: datetime, zones: frozenset[str]) -> set[datetime]:
    """What moments a written time can be in these zones; two names of one zone give one."""
    return {written.replace(tzinfo=zone_named(zone)).astimezone(UTC) for zone in zones}


def zone_basis(clip: Mapping[Any, Any], zones: frozenset[str], written: datetime) -> str:
    """Whether the zones of records and camera are stated, or what is missing."""
    start = camera_start(clip)
    if len(moments(written, zones)) != 1:
        return "several stated for the records" if zones else "none stated for the records"
    return "none stated for the camera" if start is not None and start.tzinfo is None else "stated"


def offset_at_start(clip: Mapping[Any, Any], written: datetime, zones: frozenset[str]) -> float | None:
    """Terminal minus camera at the first frame; None where a clock or a zone is not known, for none is assumed."""
    start, told = camera_start(clip), moments(written, zones)
    if start is None or start.tzinfo is None or len(told) != 1:
        return None
    return (told.pop() - start).total_seconds()


def zone_named(name: str) -> tzinfo:
    """An IANA time zone, or a fixed offset such as ``+08:00`` or ``Z``."""
    if name[0] in "+-Z":
        fixed = datetime.fromisoformat(f"2000-01-01T00:00:00{name}").tzinfo
        assert fixed is not None
        return fixed
    return ZoneInfo(name)


def missing(value: Any) -> bool:
    """Whether a table's value is not there."""
    return value is None or value is pd.NA or value != value
