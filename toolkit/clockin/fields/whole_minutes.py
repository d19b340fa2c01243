"""Times that show seconds which are all ":00": written to the minute, whatever their digits say.

Platforms and spreadsheets put ``:00`` behind a time of minutes. Whoever takes it
for a second gives every clock-in of that list a certainty that nobody measured.
Seconds that were measured are all zero at three different times with a chance of
one in two hundred thousand. Such rows get the minute as their interval, which holds the
moment in either case; their text stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.canonical import canonical

LEAST_TIMES = 3
MINUTE_S = 60.0
FLAG = "seconds_all_zero"  # see toolkit.clockin.marks
SAME_WAY = ("sheet", "terminal_id", "record_kind")  # what is written in one way within a file

Columns = Mapping[str, list[Any]]


def widen(punches: Columns, details: Columns) -> None:
    """Give rows of whole minutes their minute and the flag, in place.

    Rows are judged with those of the same table, terminal and kind, and all
    rows of the file together: of fewer than three different times nothing is said.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number, key in enumerate(zip(*(punches[name] for name in SAME_WAY), strict=True)):
        if punches["precision_s"][number] < MINUTE_S:
            groups.setdefault(key, []).append(number)
    everything = [number for rows in groups.values() for number in rows]
    parts = [everything] if _whole(punches, everything) else [rows for rows in groups.values() if _whole(punches, rows)]
    for rows in parts:
        for number in rows:
            punches["precision_s"][number] = MINUTE_S
            flags = {FLAG, *json.loads(details["flags"][number])}
            details["flags"][number] = canonical(sorted(flags))


def _whole(punches: Columns, rows: Iterable[int]) -> bool:
    times = {str(punches["t_local"][number]) for number in rows}  # a moment that is told again is no further witness
    return len(times) >= LEAST_TIMES and all(_is_minute(at) for at in times)


def _is_minute(at: str) -> bool:
    """Whether a civil time in ISO 8601 has nothing behind its minutes but zeros."""
    return not at[16:].strip(":0.")
