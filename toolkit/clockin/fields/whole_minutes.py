"""Times that show seconds which are all ":00": written to the minute, whatever their digits say.

Platforms and spreadsheets put ``:00`` behind a time of minutes. Whoever takes it
for a second gives every clock-in of that list a certainty that nobody measured.
Seconds that were measured are all zero at three clock-ins of one list with
a chance of one in two hundred thousand (more often somewhere among many lists:
then too little is claimed, never too much). Such rows get the minute as their
interval, which holds the moment in either case; their text stays as it is. Days
that are shown as their midnight get the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.canonical import canonical
from toolkit.clockin.fields.stamps import CLOCK_RESET_YEARS

LEAST_TIMES = 3
# So many of so many clock-ins may be called minutes beside a few that are not: chance expects one in sixty.
MOSTLY, LEAST_MOSTLY = 0.95, 20
MINUTE_S, DAY_S = 60.0, 86400.0
FLAG = "seconds_all_zero"  # see toolkit.clockin.marks
SAME_WAY = ("sheet", "terminal_id", "record_kind")  # what is written in one way within a file
FROM_DEVICE = frozenset({"raw_event", "failed_attempt"})  # what people enter is in whole minutes anywhere

Columns = Mapping[str, list[Any]]


def widen(punches: Columns, details: Columns, least: int = LEAST_TIMES) -> None:
    """Give rows of whole minutes their minute and the flag, in place.

    ``least`` is how many there must be: one, where the platform is known to write minutes.

    All rows are judged together, else those of one table, terminal and kind;
    terminals of fewer than three are judged as one. Rows that no
    device stamped, and those of a clock that had lost its time, say nothing.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number, key in enumerate(zip(*(punches[name] for name in SAME_WAY), strict=True)):
        if _speaks(punches, number):
            groups.setdefault(key, []).append(number)
    everything = [number for rows in groups.values() for number in rows]
    found = _whole(punches, everything, least) or [
        number for rows in _pooled(punches, groups) for number in _whole(punches, rows, least)
    ]
    for number in found:
        punches["precision_s"][number] = DAY_S if _is_midnight(punches, found) else MINUTE_S
        flags = {FLAG, *json.loads(details["flags"][number])}
        details["flags"][number] = canonical(sorted(flags))


def _speaks(punches: Columns, number: int) -> bool:
    return (
        punches["precision_s"][number] < MINUTE_S
        and punches["record_kind"][number] in FROM_DEVICE
        and str(punches["t_local"][number])[:4] not in CLOCK_RESET_YEARS
    )


def _pooled(punches: Columns, groups: Mapping[tuple[Any, ...], list[int]]) -> list[list[int]]:
    """The groups, those of too few times joined across terminals."""
    large: list[list[int]] = []
    small: dict[tuple[Any, Any], list[int]] = {}
    for (sheet, _, kind), rows in groups.items():
        if len(_times(punches, rows)) >= LEAST_TIMES:
            large.append(rows)
        else:
            small.setdefault((sheet, kind), []).extend(rows)
    return [*large, *small.values()]


def _whole(punches: Columns, rows: list[int], least: int) -> list[int]:
    """The rows of whole minutes, where these are all of the list or nearly all; [] elsewhere."""
    zero = [number for number in rows if _is_minute(str(punches["t_local"][number]))]
    times, whole = len(_times(punches, rows)), len(_times(punches, zero))
    every = len(zero) == len(rows) and times >= least
    return zero if every or (times >= LEAST_MOSTLY and whole >= MOSTLY * times) else []


def _times(punches: Columns, rows: Iterable[int]) -> set[str]:
    """Different events: a clock-in that is told again is no further witness; eleven people in one second are eleven."""
    return {f"{punches['employee_id'][number]} {punches['t_local'][number]}" for number in rows}


def _is_minute(at: str) -> bool:
    """Whether a civil time in ISO 8601 has nothing behind its minutes but zeros."""
    return not at[16:].strip(":0.")


def _is_midnight(punches: Columns, rows: Iterable[int]) -> bool:
    return all(not str(punches["t_local"][number])[11:].strip(":0.") for number in rows)
