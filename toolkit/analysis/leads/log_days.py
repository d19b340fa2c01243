"""First and last clock-ins of each employee and day at one terminal: what order and gaps are tested on.

Each event counts once: rows that repeat another (a second export, a log sent
again from the device's memory) and second taps within a minute are left out,
and so are failed attempts, rows that a person entered, phones, and times of a
clock that had lost its date. Times are the terminal's own; no zone is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.analysis.placing.assertions import at_a_terminal, each_once, terminals
from toolkit.analysis.timing.civil_time import missing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AGAIN_S = 60.0
MINUTE_S = 60.0
SHIFT_APART_S = 2 * 3600.0  # times of one employee further apart than this are of different shifts
WEEKDAYS_FROM = 20  # days from which weekdays are kept apart: with fewer none has days enough to exchange
FIRST, LAST, BOTH = "first", "last", "both"
CLOCK_LOST = ("1970", "2000")
COUNTED = ("raw_event", "daily_slot")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDays:
    """One row for each employee's first and last clock-in of a day, ordered by day, end of the day and time.

    Attributes
    ----------
    who : int array
        Index into ``employees``.
    key : int array
        Twice the number of the day, plus 1 for the last clock-in of it.
    at_s : float array
        Seconds since midnight by the terminal.
    stratum : int array
        Rows of one employee whose days may be exchanged: one end of the day, one shift, in long logs one weekday.
    punch_ids : array of str
    """

    terminal_id: str | None
    employees: tuple[str, ...]
    days: tuple[str, ...]
    who: Ints
    key: Ints
    at_s: Floats
    stratum: Ints
    punch_ids: NDArray[np.str_]

    def there(self) -> Bools:
        """(employees, keys): whether somebody has such a clock-in."""
        told = np.zeros((len(self.employees), 2 * len(self.days)), dtype=bool)
        told[self.who, self.key] = True
        return told


def counted(punches: pd.DataFrame) -> pd.DataFrame:
    """Clock-ins that were made at a terminal and passed, each event once, with ``at`` as a time, in order of time."""
    kept = each_once(punches[at_a_terminal(punches)])
    kept = kept[kept["record_kind"].isin(COUNTED) & (kept["result"] != "fail") & (kept["employee_id"] != "")]
    kept = kept[~kept["t_local"].str[:4].isin(CLOCK_LOST)]
    at = pd.to_datetime(kept["t_local"].str[:19], format="ISO8601")
    named = terminals(punches)
    alone = kept["terminal_id"].fillna(named[0]) if len(named) == 1 else kept["terminal_id"]
    kept = kept.assign(at=at, terminal_id=alone).sort_values(["at", "employee_id", "punch_id"], kind="stable")
    since = kept.groupby(["terminal_id", "employee_id"], dropna=False)["at"].diff().dt.total_seconds()
    fresh = (since.isna() | (since > AGAIN_S)).to_numpy(dtype=bool)
    told: pd.DataFrame = kept[fresh].reset_index(drop=True)
    return told


def log_days(punches: pd.DataFrame) -> Iterator[LogDays]:
    """For each terminal of the records its days; ``punches`` as :func:`counted` gives them, seconds only."""
    for terminal_id, rows in punches.groupby("terminal_id", dropna=False, sort=True):
        told = None if pd.isna(terminal_id) else str(terminal_id)
        yield _of_terminal(told, rows)


def as_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as dictionaries; what is missing is None."""
    return [
        {str(name): None if missing(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _of_terminal(terminal_id: str | None, rows: pd.DataFrame) -> LogDays:
    date = rows["at"].dt.normalize()
    groups = rows.groupby(["employee_id", date], sort=False)["at"]
    first, last = rows["at"] == groups.transform("min"), rows["at"] == groups.transform("max")
    ends = pd.concat([rows[first].assign(end=0), rows[last & ~first].assign(end=1)])
    ends = ends.assign(date=ends["at"].dt.normalize())
    employees, days = sorted(set(ends["employee_id"])), sorted(set(ends["date"]))
    who = ends["employee_id"].map({one: k for k, one in enumerate(employees)}).to_numpy(np.int64)
    day = ends["date"].map({one: k for k, one in enumerate(days)}).to_numpy(np.int64)
    key = 2 * day + ends["end"].to_numpy(np.int64)
    at_s = (ends["at"] - ends["date"]).dt.total_seconds().to_numpy().astype(np.float64)
    weekday = ends["date"].dt.day_of_week.to_numpy(np.int64) * (len(days) >= WEEKDAYS_FROM)
    order = np.lexsort((who, at_s, key))
    return LogDays(
        terminal_id=terminal_id,
        employees=tuple(str(one) for one in employees),
        days=tuple(one.strftime("%Y-%m-%d") for one in days),
        who=who[order],
        key=key[order],
        at_s=at_s[order],
        stratum=_strata(who, key % 2, at_s, weekday)[order],
        punch_ids=ends["punch_id"].to_numpy(dtype=str)[order],
    )


def _strata(who: Ints, end: Ints, at_s: Floats, weekday: Ints) -> Ints:
    """Numbers of the groups within which an employee's days may be exchanged."""
    order = np.lexsort((at_s, end, who))
    new = (np.diff(who[order]) != 0) | (np.diff(end[order]) != 0) | (np.diff(at_s[order]) > SHIFT_APART_S)
    shift = np.empty(len(who), dtype=np.int64)
    shift[order] = np.concatenate([[0], np.cumsum(new)]) if len(who) else 0
    return 7 * shift + weekday


def exchanged(rng: np.random.Generator, told: LogDays) -> Floats:
    """The times, each employee's own dealt out anew among the days of the same kind; the order of rows stays."""
    within = np.lexsort((np.arange(len(told.at_s)), told.stratum))
    dealt = np.lexsort((rng.random(len(told.at_s)), told.stratum))
    at_s = np.empty_like(told.at_s)
    at_s[within] = told.at_s[dealt]
    return at_s
