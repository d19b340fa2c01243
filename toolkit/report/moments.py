"""Times as moments: ISO 8601 with an offset, or null where the offset is not known."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from toolkit.analysis.timing.civil_time import zone_named

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
        told = stated if stated.tzinfo is not None or zone is None else stated.replace(tzinfo=zone_named(zone))
    except (ValueError, ZoneInfoNotFoundError):
        return None
    return told.isoformat() if told.tzinfo is not None else None
