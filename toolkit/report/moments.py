"""Times as moments: ISO 8601 with an offset, or null where the offset is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Zone = str | None


def moment(text: str | None, zone: Zone) -> str | None:
    """ISO 8601 with an offset; null for a time without one, which is not a moment.

    Parameters
    ----------
    zone : str or None
        IANA name or an offset like ``+08:00``, used where the text has none.
    """
    if text is None:
        return None
    try:
        stated = datetime.fromisoformat(text)
        told = stated if stated.tzinfo is not None or zone is None else _placed(stated, zone)
    except (ValueError, ZoneInfoNotFoundError):
        return None
    return told.isoformat() if told.tzinfo is not None else None


def _placed(stated: datetime, zone: str) -> datetime:
    if zone[0] in "+-Z":
        return datetime.fromisoformat(f"{stated.isoformat()}{zone}")
    return stated.replace(tzinfo=ZoneInfo(zone))


def camera_zone(clips: Iterable[Mapping[str, Any]]) -> Zone:
    """The zone in which a terminal without one is read: that of the first clip whose start is a moment."""
    for clip in clips:
        told = moment(clip["starts_at"], clip["timezone"])
        if told is not None:
            return clip["timezone"] or told[-6:]
    return None
