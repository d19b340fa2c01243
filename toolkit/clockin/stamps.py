"""Times as written: read by a stated grammar, never guessed.

03/04/2026 is a day in March or in April; the file decides by a row in which one
of the two is above 12, or a person says. A time without seconds is an interval
of a minute, not the instant at its start.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from toolkit.errors import ReadingError

ORDERS = ("ymd", "dmy", "mdy")
STAMP = re.compile(
    r"""^\s*(?P<a>\d{1,4})[-/.年](?P<b>\d{1,2})[-/.月](?P<c>\d{1,4})日?
        [\sT]*(?P<half>上午|下午|AM|PM|am|pm)?\s*
        (?P<h>\d{1,2})[:时](?P<m>\d{2})(?:[:分](?P<s>\d{2})(?:[.,](?P<f>\d{1,6}))?秒?)?
        \s*(?P<late>AM|PM|am|pm)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?\s*$""",
    re.VERBOSE,
)


class Unreadable(ValueError):
    """A text that is no time by the grammar; caught by the reader, becomes a refused row."""


def date_order(texts: Iterable[str]) -> str | None:
    """The order of day and month that all these times allow: "ymd", "dmy", "mdy", None when undecided."""
    possible = {"dmy", "mdy"}
    for text in texts:
        match = STAMP.match(unicodedata.normalize("NFKC", text))
        if match is None:
            continue
        if len(match["a"]) == 4:
            return "ymd"
        if int(match["a"]) > 12:
            possible.discard("mdy")
        if int(match["b"]) > 12:
            possible.discard("dmy")
    return possible.pop() if len(possible) == 1 else None


def read_stamp(text: str, order: str) -> tuple[datetime, float, str | None]:
    """Civil time, its precision in seconds, and the offset if one is written.

    Parameters
    ----------
    order : {"ymd", "dmy", "mdy"}

    Raises
    ------
    Unreadable
        Not a time by the grammar, or no such day or hour.
    """
    match = STAMP.match(unicodedata.normalize("NFKC", text))
    if match is None:
        raise Unreadable(text)
    parts = dict(zip(order, (match["a"], match["b"], match["c"]), strict=True))
    if len(parts["y"]) != 4:
        raise Unreadable(text)
    fraction = match["f"]
    precision = 60.0 if match["s"] is None else 1.0 if fraction is None else 10.0 ** -len(fraction)
    try:
        day = datetime(int(parts["y"]), int(parts["m"]), int(parts["d"]))  # noqa: DTZ001 - civil time as written
        clock = timedelta(
            hours=_hour(int(match["h"]), match["half"] or match["late"], text),
            minutes=int(match["m"]),
            seconds=int(match["s"] or 0),
            microseconds=int((fraction or "0").ljust(6, "0")),
        )
    except ValueError as wrong:
        raise Unreadable(text) from wrong
    if int(match["m"]) > 59 or int(match["s"] or 0) > 59 or clock > timedelta(hours=24):
        raise Unreadable(text)
    return day + clock, precision, match["zone"]


def _hour(hour: int, half: str | None, text: str) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise Unreadable(text)
    return hour % 12 + (12 if half in ("下午", "PM", "pm") else 0)


def check_timezone(name: str) -> str:
    """The name, when it is an IANA time zone.

    Raises
    ------
    ReadingError
        Unknown.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, IsADirectoryError) as unknown:
        raise ReadingError("timezone_unknown", name=name) from unknown
    return name
