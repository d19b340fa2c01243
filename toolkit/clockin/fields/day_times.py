"""Days beside clock times, as daily tables of platforms write them: ``26-03-03 星期二``, ``次日 00:12``.

A weekday beside a date is a checksum of it. A year of two digits is read only
where the weekday or the period that the file states agrees with it. A time of
the next day moves to that day and the day of work stays; a time shortly after
midnight moves nowhere by itself, because a table that means the next day says
so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from toolkit.clockin.fields.stamps import YEARS, Unreadable, read_stamp

WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
DAY_S, MINUTE_S = 86400, 60.0
NEXT_DAY, TWO_DIGITS = "next_day", "two_digit_year"
# What platforms write where there is nothing.
NOTHING = frozenset({"", "-", "--", "—", "——"})
DAY = re.compile(
    r"(?P<year>\d{4}|\d{2})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"(?:\s+00:00:00)?(?:\s*\(?(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])\)?)?",
    re.ASCII,
)
CLOCK = re.compile(r"(?P<next>次日)?\s*(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?", re.ASCII)
BESIDE = frozenset({"休息"})
ONE_TEXT = re.compile(r"(?:次日\s*)?[^\s,;、|]+")
# Times without anything between them: only where each has all of its digits can they be told apart.
RUN_TOGETHER = re.compile(r"(?:(?:次日)?\d{2}:\d{2}){2,}", re.ASCII)
OF_A_RUN = re.compile(r"(?:次日)?\d{2}:\d{2}", re.ASCII)
PERIOD = re.compile(
    r"(?:(?P<y1>\d{4})[-/.年])?(?P<m1>\d{1,2})[-/.月](?P<d1>\d{1,2})日?\s*(?:~|至|到|—|--)\s*"
    r"(?:(?P<y2>\d{4})[-/.年])?(?P<m2>\d{1,2})[-/.月](?P<d2>\d{1,2})",
    re.ASCII,
)


class UnusableDay(ValueError):
    """A day that cannot be taken as it stands; becomes a refused row.

    ``why`` is "unreadable_time", "implausible_year", "weekday_differs",
    "two_digit_year" or "outside_period".
    """

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a file says it covers, both ends among them."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last

    def days(self) -> list[date]:
        """Every day in its order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def __str__(self) -> str:
        """ISO 8601: ``2026-03-01/2026-03-31``."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day as read; ``flags`` tell what had to be taken for granted."""

    on: date
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A civil time in ISO 8601; the moment lies in [at, at + precision_s)."""

    at: str
    precision_s: float
    flags: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Without full-width forms and outer blanks; "" for the marks that stand for nothing."""
    told = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    return "" if told in NOTHING else told


def read_day(text: str, period: Period | None = None, *, two_digits: bool = False) -> Day:
    """The day that a cell states.

    Parameters
    ----------
    period : Period, optional
        What a year of two digits is held against; other years are not, because a row outside the period stated is
        still a row.
    two_digits : bool
        The platform is known to write years of two digits.

    Raises
    ------
    UnusableDay
        No such day, another weekday than stated, or a year of two digits that
        nothing confirms or that the period of the file contradicts.
    """
    match = DAY.fullmatch(plain(text))
    if match is None:
        raise UnusableDay(text, "unreadable_time")
    short = len(match["year"]) == 2
    try:
        on = date(int(match["year"]) + (2000 if short else 0), int(match["month"]), int(match["day"]))
    except ValueError as wrong:
        raise UnusableDay(text, "unreadable_time") from wrong
    if on.year not in YEARS:
        raise UnusableDay(text, "implausible_year")
    if match["weekday"] and on.weekday() != WEEKDAYS[match["weekday"]]:
        raise UnusableDay(text, "weekday_differs")
    if not short:
        return Day(on)
    if not two_digits or (period is None and not match["weekday"]):
        raise UnusableDay(text, "two_digit_year")
    if period is not None and not period.holds(on):
        raise UnusableDay(text, "outside_period")
    return Day(on, (TWO_DIGITS,))


def clock_texts(cell: str) -> list[str]:
    """The times of a cell as written, one text each; a cell of words alone tells of none.

    A word beside a time may change it (下午, 昨日, PM) or take it back (无效,
    未打卡): such a cell is handed on whole, as one text that is no clock time. Only
    休息, which says that nothing was due, may stand between times.
    """
    told = plain(cell)
    parts = [one for part in ONE_TEXT.findall(told) if plain(part) for one in _apart(part)]
    words = {one for one in parts if one.isalpha()}
    if words - BESIDE and len(words) < len(set(parts)):
        return [" ".join(told.split())]
    return [one for one in parts if one not in words]


def _apart(part: str) -> list[str]:
    return OF_A_RUN.findall(part) if RUN_TOGETHER.fullmatch(part) else [part]


def on_day(day: date, text: str) -> Moment | None:
    """The moment of a clock time on a day of work; None where the text is no clock time.

    24:00 and 次日 are the day after. A time without seconds is a minute long.
    """
    match = CLOCK.fullmatch(plain(text))
    if match is None:
        return None
    hours, minutes, seconds = int(match["h"]), int(match["min"]), int(match["s"] or 0)
    whole = hours * 3600 + minutes * 60 + seconds
    # 24:00 is midnight at the end of the day and nothing later; of the next day it would be two days later.
    if minutes > 59 or seconds > 59 or whole > (DAY_S - 1 if match["next"] else DAY_S):
        return None
    whole += DAY_S if match["next"] else 0
    at = datetime.combine(day, datetime.min.time()) + timedelta(seconds=whole)
    return Moment(at.isoformat(), 1.0 if match["s"] else MINUTE_S, (NEXT_DAY,) if whole >= DAY_S else ())


def on_day_or_dated(day: date, text: str) -> Moment | None:
    """The moment of a cell that holds a clock time, or a date and a time; None where it holds neither.

    A date other than the day of work is flagged: "next_day", or
    "work_date_differs" where it is not the day after either.
    """
    told = on_day(day, text)
    if told is not None:
        return told
    try:
        stamp = read_stamp(text)
    except Unreadable:
        return None
    if stamp.offset is not None:
        return None
    later = (stamp.at.date() - day).days
    flags = () if later == 0 else (NEXT_DAY,) if later == 1 else ("work_date_differs",)
    return Moment(stamp.at.isoformat(), stamp.precision_s, flags)


def read_period(text: str, made: date | None = None) -> Period | None:
    """The period that a title states.

    Where no year stands in it, the year is the latest in which the period began before the file was made: good
    enough to tell a person, and used for nothing else.
    """
    match = PERIOD.search(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    ends = (int(match["m1"]), int(match["d1"])), (int(match["m2"]), int(match["d2"]))
    try:
        if match["y1"]:
            first = date(int(match["y1"]), *ends[0])
            last = date(int(match["y2"] or match["y1"]), *ends[1])
        elif made is not None:
            first = _latest(ends[0], made)
            last = date(first.year, *ends[1])
        else:
            return None
        # A period without the year of its end may run into the next one.
        if last < first and not match["y2"]:
            last = date(last.year + 1, *ends[1])
    except ValueError:
        return None
    return Period(first, last) if first <= last else None


def _latest(month_day: tuple[int, int], until: date) -> date:
    this = date(until.year, *month_day)
    return this if this <= until else date(until.year - 1, *month_day)
