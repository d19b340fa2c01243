"""Times as written: read by a stated grammar, never guessed.

03/04/2026 is a day in March or in April; the file decides by a row in which one
of the two is above 12, or a person says. A year of four digits in front needs
no such decision. A time without seconds is an interval of a minute, not the
instant at its start. Years outside 1970-2100 are those of another calendar
(2569, 1404, 115) or of a typing error and are not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from toolkit.errors import ReadingError

ORDERS = ("ymd", "dmy", "mdy")
UTC_OFFSET = "+00:00"
YEARS = range(1970, 2101)
# Names that mean another zone on each machine.
NOT_A_PLACE = frozenset({"localtime", "Factory"})
STAMP = re.compile(
    r"""(?: (?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2}) (?:T|\s+|(?=[上下]午))
          | (?P<nian>\d{4})\s?年\s?(?P<yue>\d{1,2})\s?月\s?(?P<ri>\d{1,2})\s?日\s*
          | (?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<last>\d{4}) (?:T|\s+|(?=[上下]午)) )
        (?P<half>上午|下午|[AaPp][Mm])?\s*
        (?P<h>\d{1,2})
        (?: :(?P<min>\d{2})(?: :(?P<s>\d{2})(?:[.,](?P<f>\d{1,6}))? )?
          | [时點点](?P<fen>\d{1,2})分(?: (?P<miao>\d{1,2})秒 )? )
        \s*(?P<late>[AaPp][Mm])?
        \s*(?P<zone>Z|[+-]\d{2}:?\d{2})?""",
    re.VERBOSE | re.ASCII,
)
# The writing of nearly every row: read by the library, which is several times as fast, to the same result.
USUAL = re.compile(r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.ASCII)
COUNT = re.compile(r"\d{1,16}", re.ASCII)


class Unreadable(ValueError):
    """A text that is no time by the grammar; caught by the reader, becomes a refused row.

    ``why`` is "unreadable_time" or "implausible_year".
    """

    def __init__(self, text: str, why: str = "unreadable_time") -> None:
        super().__init__(text)
        self.why = why


# Years to which a terminal's clock falls back when its battery is empty.
CLOCK_RESET_YEARS = ("1970", "2000")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as read.

    ``at`` is civil time without a zone. The moment lies in
    [at, at + precision_s). ``offset`` is "+08:00" where one was written.
    """

    at: datetime
    precision_s: float
    offset: str | None = None


def decide_order(texts: Iterable[tuple[int, str]], file: str) -> str:
    """The order of day, month and year of a file's dates, from all its rows.

    Parameters
    ----------
    texts : iterable of (row, text)

    Returns
    -------
    str
        "ymd", "dmy" or "mdy". A date that no order can read decides nothing,
        nor does one that is the same day in both, such as 03/03/2026; where
        there are only such, either order is right and "dmy" is told.

    Raises
    ------
    ReadingError
        ``date_order_undecided``: the dates can be read both ways.
        ``date_order_contradictory``: some rows allow only the one, some only
        the other order.
    """
    allow: dict[str, int] = {}
    example: tuple[int, str] | None = None
    alike = False
    for row, text in texts:
        match = STAMP.fullmatch(_plain(text))
        if match is None or match["last"] is None:
            continue
        orders = [order for order in ("dmy", "mdy") if _is_day(match, order)]
        if len(orders) == 2 and int(match["a"]) == int(match["b"]):
            alike = True
            continue
        example = example or (row, text)
        if len(orders) == 1:
            allow.setdefault(orders[0], row)
    if len(allow) == 2:
        raise ReadingError("date_order_contradictory", file=file, first=allow["dmy"], second=allow["mdy"])
    if example is not None and not allow:
        raise ReadingError("date_order_undecided", file=file, row=example[0], example=example[1])
    return next(iter(allow), "dmy" if alike else "ymd")


def read_stamp(text: str, order: str = "ymd") -> Stamp:
    """The time that a text states.

    Parameters
    ----------
    order : {"ymd", "dmy", "mdy"}
        How dates with the year at the end are written; "ymd" reads none of
        those. A year in front is always followed by the month.

    Raises
    ------
    Unreadable
        Not a time by the grammar, no such day or hour, or an implausible year.
    """
    plain = _plain(text)
    usual = _usual(plain)
    if usual is not None:
        return usual
    match = STAMP.fullmatch(plain)
    if match is None or (match["last"] is not None and order == "ymd"):
        raise Unreadable(text)
    year, month, day = _date_parts(match, order)
    if year not in YEARS:
        raise Unreadable(text, "implausible_year")
    fraction, seconds = match["f"], match["s"] or match["miao"]
    minutes, whole_seconds = int(match["min"] or match["fen"]), int(seconds or 0)
    try:
        # Civil time as the device wrote it; the zone, if one is known, travels beside it.
        date = datetime(year, month, day)  # noqa: DTZ001
    except ValueError as wrong:
        raise Unreadable(text) from wrong
    clock = timedelta(
        hours=_hour(match, text),
        minutes=minutes,
        seconds=whole_seconds,
        microseconds=int((fraction or "0").ljust(6, "0")),
    )
    # 24:00 is midnight at the end of the day and nothing later.
    if minutes > 59 or whole_seconds > 59 or clock > timedelta(hours=24):
        raise Unreadable(text)
    precision = 60.0 if seconds is None else 1.0 if fraction is None else 10.0 ** -len(fraction)
    return Stamp(date + clock, precision, _offset(match["zone"]))


def moment(value: Any, units_a_second: int = 1) -> datetime | None:
    """A moment in UTC from a count since 1970, a number or digits; None where it is none, zero or no plausible year.

    Parameters
    ----------
    units_a_second : int
        1 for seconds, 1000 for milliseconds. A count in the wrong unit falls outside the years 1970 to 2100 or on
        1970-01-21 and is told by its reader, not mended here.
    """
    digits = "" if isinstance(value, (bool, float)) else str(value).strip()
    if COUNT.fullmatch(digits) is None or int(digits) == 0:
        return None
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(digits) * 1_000_000 // units_a_second)
    except OverflowError:
        return None
    return at if at.year in YEARS else None


def plain_text(stamp: Stamp) -> str:
    """``2026-03-03 08:21:49``, with as many digits as were stated."""
    if stamp.precision_s >= 60:
        return stamp.at.strftime("%Y-%m-%d %H:%M")
    seconds = stamp.at.strftime("%Y-%m-%d %H:%M:%S")
    digits = len(f"{stamp.precision_s:.6f}".rstrip("0").partition(".")[2])
    return f"{seconds}.{stamp.at.microsecond:06d}"[: len(seconds) + 1 + digits] if digits else seconds


def check_timezone(name: str) -> str:
    """The name, when it is an IANA time zone.

    Raises
    ------
    ReadingError
        Unknown.
    """
    known = name in _zone_names() if _zone_names() else _loads(name)
    if not known:
        raise ReadingError("timezone_unknown", name=name)
    return name


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - NOT_A_PLACE


def _loads(name: str) -> bool:
    """For machines that hold zones but no list of them."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _plain(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def _usual(plain: str) -> Stamp | None:
    """A time to the second with the year in front; None for every other text, those of no such day among them."""
    if USUAL.fullmatch(plain) is None:
        return None
    try:
        at = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return Stamp(at, 1.0) if at.year in YEARS else None


def _date_parts(match: re.Match[str], order: str) -> tuple[int, int, int]:
    if match["last"] is None:
        return (
            int(match["year"] or match["nian"]),
            int(match["month"] or match["yue"]),
            int(match["day"] or match["ri"]),
        )
    first, second = int(match["a"]), int(match["b"])
    day, month = (first, second) if order == "dmy" else (second, first)
    return int(match["last"]), month, day


def _is_day(match: re.Match[str], order: str) -> bool:
    try:
        datetime(*_date_parts(match, order))  # noqa: DTZ001 - asked only whether there is such a day
    except ValueError:
        return False
    return True


def _hour(match: re.Match[str], text: str) -> int:
    hour, half = int(match["h"]), match["half"] or match["late"]
    if half is None:
        return hour
    if match["half"] and match["late"]:
        raise Unreadable(text)
    # Chinese systems also write 0 for the twelfth hour.
    if not (0 if half in ("上午", "下午") else 1) <= hour <= 12:
        raise Unreadable(text)
    return hour % 12 + (12 if half in ("下午", "PM", "pm", "Pm", "pM") else 0)


def _offset(zone: str | None) -> str | None:
    if zone is None:
        return None
    return UTC_OFFSET if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
