"""Written times and zones: when a device's civil time is a moment, and when it is not.

A time without a stated zone is no moment. No zone is ever taken over from
another device: a camera set to UTC says nothing about the terminal beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NEAR_DAYS = 2  # a log over a year may state summer and winter time; what counts is what was stated about then
APART_S, WITHIN_S = 1800.0, 900.0


@dataclass(frozen=True, slots=True)
class Written:
    """Times that one device wrote, and the zone stated for each or None."""

    times: NDArray[np.datetime64]
    zones: NDArray[np.object_]

    @classmethod
    def of(cls, punches: pd.DataFrame) -> Written:
        """Of rows of table ``punches``."""
        times = np.array(punches["t_local"].astype(str).tolist(), "datetime64[us]")
        return cls(times, np.array([None if missing(zone) else str(zone) for zone in punches["tz"]], object))

    def near(self, at: datetime) -> frozenset[str | None]:
        """The zones stated for times within two days, or for all where none is so near; None for those without."""
        if not len(self.times):
            return frozenset()
        close = np.abs(self.times - np.datetime64(at, "us")) <= np.timedelta64(NEAR_DAYS, "D")
        return frozenset(self.zones[close if close.any() else slice(None)].tolist())

    def stated(self, at: datetime) -> frozenset[str]:
        """:meth:`near` without None."""
        return frozenset(zone for zone in self.near(at) if zone is not None)


def zone_fault(clip: Mapping[Any, Any], written: Written, zero: datetime, *, by_anchors: bool) -> str | None:
    """Why no clock can be told of these times although anchors or presence lay them upon the clip; None for no reason.

    "zones_differ": one device's rows state several zones, or some state one and
    others none. As they are written they lie hours apart, and whoever stood
    there then would be given the clock-ins of somebody else.
    "anchors_other_zone": records and camera state different zones, and the
    anchors lie just that far from the camera's clock. They were read in the
    camera's zone, or the terminal is wrong by whole hours; which, only a person
    knows.
    """
    near, stated = written.near(zero), written.stated(zero)
    if stated and (None in near or len(moments(zero, stated)) > 1):
        return "zones_differ"
    offset, start = offset_at_start(clip, zero, stated), camera_start(clip)
    if not by_anchors or offset is None or start is None:
        return None
    records, camera = zone_named(next(iter(stated))).utcoffset(zero), start.utcoffset()
    if records is None or camera is None:
        return None
    apart = (camera - records).total_seconds()
    return "anchors_other_zone" if abs(apart) >= APART_S and abs(offset - apart) <= WITHIN_S else None


@lru_cache(maxsize=4096)
def _offset(zone: str, hour: str) -> timedelta:
    """Offset from UTC of a zone in the hour ``2026-03-03T08``."""
    return zone_named(zone).utcoffset(datetime.fromisoformat(f"{hour}:00:00")) or timedelta()


def offset_of(zone: Any, t_local: str) -> timedelta | None:
    """How far a written time is ahead of UTC; None where no zone is stated."""
    return None if missing(zone) else _offset(str(zone), t_local[: len("2026-03-03T08")])


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
