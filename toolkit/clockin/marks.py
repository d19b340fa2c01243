"""What is odd about single clock-ins: found by comparing a file with itself and with the stated zone.

Marks are codes in the column ``flags`` of the details, and one warning a code
for the file. No row is moved, mended or left out: a clock that was set back, or
a date in the future, is an observation about the device, and its rows are what
shows it. That a row bears no mark does not show that its time is right.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from toolkit.clockin.fields import whole_minutes
from toolkit.clockin.fields.stamps import CLOCK_RESET_YEARS, Unreadable, read_stamp
from toolkit.clockin.fields.whole_minutes import FROM_DEVICE
from toolkit.clockin.formats import FileFacts
from toolkit.records import Oddity

CLOCK_RESET, CLOCK_BACK, FUTURE = "clock_reset", "clock_back", "future"
GAP, OVERLAP = "dst_gap", "dst_overlap"
ID_NUMBER, ID_MERGED, DATE_MERGED = "id_was_number", "id_from_merged", "date_from_merged"
TOLD_ONCE = (CLOCK_BACK, FUTURE, GAP, OVERLAP, ID_NUMBER, ID_MERGED, DATE_MERGED, whole_minutes.FLAG)
LEAST_ORDERED, ORDERED_SHARE = 5, 0.8  # rows, and the share of them by which a list is one in order of time
WIDEST_APART = timedelta(hours=14)  # of two zones of which one is not known

Row = Mapping[str, Any]


def flags_of(rows: Sequence[Row], facts: FileFacts, timezone_name: str | None) -> list[list[str]]:
    """For each clock-in its marks, those of its format among them, sorted.

    Parameters
    ----------
    rows : sequence of mapping
        ``t_local``, ``zone``, ``zone_basis``, ``precision_s``, ``details`` of each;
        of those ``flags`` as a list.
    timezone_name : str, optional
        The zone that a person stated; used where a row states none.
    """
    found = [set(row["details"]["flags"]) for row in rows]
    made_at = _made_at(facts)
    for number, row in enumerate(rows):
        if is_reset(row):
            found[number].add(CLOCK_RESET)
        if made_at is not None and _is_after(row, *made_at):
            found[number].add(FUTURE)
        found[number] |= _changes_of_clock(row, timezone_name)
    for number in _set_back(rows, timezone_name):
        found[number].add(CLOCK_BACK)
    return [sorted(flags) for flags in found]


def oddities_of(rows: Sequence[Row], flags: Sequence[Sequence[str]]) -> list[Oddity]:
    """One warning a mark with its first row and the number of rows, and one for each id under two names."""
    told = []
    for code in TOLD_ONCE:
        marked = [row["row"] for row, own in zip(rows, flags, strict=True) if code in own]
        if marked:
            told.append(Oddity(code=code, facts={"row": int(marked[0]), "rows": len(marked)}))
    running = [row for row, own in zip(rows, flags, strict=True) if not {CLOCK_RESET, CLOCK_BACK} & set(own)]
    tables: dict[str, list[Row]] = {}
    for row in running:
        tables.setdefault(row["sheet"], []).append(row)  # rows are numbered anew in each table of a file
    orders = [one for some in tables.values() for one in _against_order(some)]
    return [*told, *orders, *_two_names(rows)]


def _against_order(rows: Sequence[Row]) -> Iterator[Oddity]:
    """Rows that stand against the order of time in which the other rows of the file run.

    The longest run that goes one way through the file is the order; it is one only
    where four of five rows keep it, as lists by name or department have none. A
    row may stand where it does because it was moved, because its time was changed,
    or because the list was sorted by something else.
    """
    ways = [(way, _rising([str(row["t_local"]) for row in way])) for way in (rows, rows[::-1])]
    running, kept = max(ways, key=lambda one: len(one[1]))
    beyond = _beyond(running, kept)
    if len(rows) >= LEAST_ORDERED and beyond and len(rows) - len(beyond) >= ORDERED_SHARE * len(rows):
        facts = {"row": min(beyond), "rows": len(beyond), "of": len(rows)}
        yield Oddity(code="against_order", facts=facts)


def _beyond(rows: Sequence[Row], kept: Sequence[int]) -> list[int]:
    """Numbers of the rows that no moment within their time brings into the order of the kept ones.

    A time to the minute covers sixty seconds; between rows to the second it stands against nothing.
    """
    missing = set(range(len(rows))).difference(kept)
    if not missing:
        return []
    starts = [datetime.fromisoformat(row["t_local"]) for row in rows]
    ends = [at + timedelta(seconds=row["precision_s"]) for at, row in zip(starts, rows, strict=True)]
    follows = list(accumulate((ends[place] for place in reversed(kept)), min))[::-1]  # the earliest end from each on
    found = []
    for place in sorted(missing):
        after = bisect_right(kept, place)
        is_late = after > 0 and starts[kept[after - 1]] >= ends[place]
        if is_late or (after < len(kept) and starts[place] >= follows[after]):
            found.append(int(rows[place]["row"]))
    return found


def _rising(times: Sequence[str]) -> list[int]:
    """Places of a longest run that never goes back (patience sorting)."""
    ends: list[str] = []
    places: list[int] = []
    before: list[int] = []
    for place, at in enumerate(times):
        pile = bisect_right(ends, at)
        before.append(places[pile - 1] if pile else -1)
        ends[pile : pile + 1], places[pile : pile + 1] = [at], [place]
    found, place = [], places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def is_reset(row: Row) -> bool:
    """Whether the clock had lost its time and counted from its first day."""
    return str(row["t_local"])[:4] in CLOCK_RESET_YEARS


def _made_at(facts: FileFacts) -> tuple[datetime, float] | None:
    """When the file says it was made, with its precision in seconds; None where it does not or in no known form."""
    try:
        stamp = read_stamp(facts.made_at)
    except Unreadable:
        return None
    return stamp.at, stamp.precision_s


def _is_after(row: Row, made_at: datetime, precision_s: float) -> bool:
    # The time of making is in the zone of the whole file; a zone of the row's own may be another.
    apart = WIDEST_APART if row["zone_basis"] == "explicit" else timedelta(0)
    return datetime.fromisoformat(row["t_local"]) >= made_at + timedelta(seconds=precision_s) + apart


def _changes_of_clock(row: Row, timezone_name: str | None) -> set[str]:
    """Whether the zone skips this time, or has it twice."""
    zone = _zone(row["zone"] or timezone_name or "")
    if not isinstance(zone, ZoneInfo):  # an offset never changes
        return set()
    at = datetime.fromisoformat(row["t_local"]).replace(tzinfo=zone)
    first, second = at.utcoffset(), at.replace(fold=1).utcoffset()
    if first is None or second is None or first == second:
        return set()
    return {GAP} if first < second else {OVERLAP}


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo | None:
    """A named zone or an offset such as +08:00."""
    if name[:1] in ("+", "-"):
        return datetime.fromisoformat(f"2000-01-01T00:00:00{name}").tzinfo
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _set_back(rows: Sequence[Row], timezone_name: str | None) -> Iterator[int]:
    """Numbers of the rows whose time is before that of a row with a lower running number of the same device.

    Only where the source numbers its records: the order of rows in a file is
    that of whoever sorted it.
    """
    by_device: dict[tuple[Any, ...], list[int]] = {}
    for number, row in enumerate(rows):
        if row["details"]["seq"] is not None and row["record_kind"] in FROM_DEVICE and not is_reset(row):
            key = (row["sheet"], row["terminal_id"], row["details"]["device_serial"])
            by_device.setdefault(key, []).append(number)
    for numbers in by_device.values():
        numbers.sort(key=lambda number: rows[number]["details"]["seq"])
        for before, after in pairwise(numbers):
            later_seq = rows[after]["details"]["seq"] > rows[before]["details"]["seq"]
            if later_seq and _earlier(rows[after], rows[before], timezone_name):
                yield after


def _earlier(row: Row, other: Row, timezone_name: str | None) -> bool:
    """Whether this row is surely before the other one, both readings of an hour that is there twice considered."""
    if row["zone"] == other["zone"] and row["t_local"] >= other["t_local"]:
        return False  # as nearly always; in one zone a later writing is no earlier moment
    ends = _moment(row, timezone_name, fold=1) + timedelta(seconds=row["precision_s"])
    return ends <= _moment(other, timezone_name, fold=0)


def _moment(row: Row, timezone_name: str | None, *, fold: int) -> datetime:
    at = datetime.fromisoformat(row["t_local"])
    zone = _zone(row["zone"] or timezone_name or "") or UTC
    return at.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _two_names(rows: Sequence[Row]) -> list[Oddity]:
    """Ids that stand beside two names, of which neither is a shorter form of the other.

    An id may be given to somebody else after its owner left; names are never
    a reason to join or to part clock-ins.
    """
    names: dict[str, str] = {}
    told: dict[str, Oddity] = {}
    for row in rows:
        name, employee_id = row["details"]["name"], row["employee_id"]
        known = names.setdefault(employee_id, name or "") if name else None
        if known and not (known.startswith(name.rstrip("\ufffd")) or name.startswith(known.rstrip("\ufffd"))):
            facts = {"employee_id": employee_id, "row": int(row["row"])}
            told.setdefault(employee_id, Oddity(code="id_two_names", facts=facts))
    return list(told.values())
