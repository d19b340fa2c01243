"""OrangeHRM attendance records as CSV: each time three times over, in UTC, its offset, and as the user saw it.

A row asserts two events: ``sub`` 0 in, ``sub`` 1 out. The time that the user saw
is taken, with the stated offset as its zone. The three must agree: where UTC and
offset do not give the user's time, one of them was changed or lost, and the row
is refused ("zone_contradicts"), because nothing tells which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from toolkit.clockin.fields.stamps import Unreadable, read_stamp
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import PUNCH, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.platform_rows import HeadedRow, first_headings, headed_rows, holds

PARTS = ("utc_time", "time_offset", "user_time")
SIDES = ("in", "out")
NEEDED = ("employee_id", *(f"punch_{side}_{part}" for side in SIDES for part in PARTS))
HOURS = re.compile(r"(?P<sign>[+-]?)(?P<hours>\d{1,2})(?:\.(?P<part>\d{1,2}))?", re.ASCII)
CLOCK = re.compile(r"(?P<sign>[+-]?)(?P<hours>\d{1,2}):(?P<minutes>\d{2})", re.ASCII)
QUARTER_MIN = 15
EARLIEST_MIN, LATEST_MIN = -12 * 60, 14 * 60
GONE = "PUNCHED OUT"


@punch_format("orangehrm_attendance")
class OrangehrmAttendance:
    """Rows of the table of attendance records."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits", "credential", "device"})

    def sniff(self, head: Head) -> bool:
        """Employee and, for both events, UTC, offset and the user's time stand in the first line."""
        return holds(first_headings(head), NEEDED)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Both events of each row; one of which all cells are empty has not happened."""
        for one in headed_rows(source):
            if one.blank:
                yield one.no_record()
                continue
            employee_id = clean_id(one.cells.get("employee_id", ""))
            why = one.why or id_fault(employee_id)
            if why:
                yield one.refused(why, employee_id=employee_id)
            else:
                yield from _sides(one, employee_id)


def _sides(one: HeadedRow, employee_id: str) -> Iterator[RawRow]:
    for sub, side in enumerate(SIDES):
        told = {part: one.cells[f"punch_{side}_{part}"] for part in PARTS}
        if side == "out" and not any(told.values()) and one.cells.get("state", "").upper() != GONE:
            continue
        why, zone = _zone(told)
        if why:
            shown = ", ".join(told.values())
            yield one.refused(why, employee_id=employee_id, time_text=shown, sub=sub)
            continue
        yield RawRow(
            kind=PUNCH,
            row=one.row,
            raw=one.raw,
            sub=sub,
            employee_id=employee_id,
            time_text=told["user_time"],
            result="pass",
            zone=zone,
            details={
                "direction": side,
                "utc_time": told["utc_time"],
                "note": one.cells.get(f"punch_{side}_note", ""),
                "state": one.cells.get("state", ""),
                "timezone_name": one.cells.get(f"punch_{side}_timezone_name", ""),
            },
        )


def _zone(told: Mapping[str, str]) -> tuple[str, str]:
    """Why the three cannot be taken, or the offset as ``+08:00``."""
    try:
        utc, local = read_stamp(told["utc_time"]), read_stamp(told["user_time"])
    except Unreadable as unreadable:
        return unreadable.why, ""
    minutes = _offset_min(told["time_offset"])
    if minutes is None or utc.offset not in (None, "+00:00") or local.offset is not None:
        return "zone_contradicts", ""
    # Both state as many digits as they do; what a coarser one leaves open contradicts nothing.
    apart = abs(utc.at + timedelta(minutes=minutes) - local.at)
    if apart >= timedelta(seconds=max(utc.precision_s, local.precision_s)):
        return "zone_contradicts", ""
    whole, rest = divmod(abs(minutes), 60)
    return "", f"{'-' if minutes < 0 else '+'}{whole:02d}:{rest:02d}"


def _offset_min(text: str) -> int | None:
    """Minutes east of UTC, written as hours (8, -3.5) or as 5:30; None where there is no such zone."""
    hours, clock = HOURS.fullmatch(text), CLOCK.fullmatch(text)
    if hours is not None:
        minutes = int(hours["hours"]) * 60 + 60 * int((hours["part"] or "0").ljust(2, "0")) / 100
        sign = hours["sign"]
    elif clock is not None:
        minutes, sign = int(clock["hours"]) * 60 + int(clock["minutes"]), clock["sign"]
    else:
        return None
    signed = -minutes if sign == "-" else minutes
    there = signed % QUARTER_MIN == 0 and EARLIEST_MIN <= signed <= LATEST_MIN
    return int(signed) if there else None
