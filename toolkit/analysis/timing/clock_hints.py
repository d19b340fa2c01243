"""When may a terminal's clock have been set? What its log of operations and the order of its rows say.

A hint makes no step: it says where among the clock-ins a step that was found lies.
That power was switched on is told beside a step and narrows nothing, for many
terminals are switched on every morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from toolkit.analysis.timing.civil_time import missing

POWER_ON, INVERSION = "power_on", "order"
EVENTS = ("clock_set", POWER_ON)
FORWARD_SHARE = 0.75  # of neighbouring rows in the order of time: else the file is sorted otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A time as the terminal wrote it, what happened, and the row that says so."""

    at: datetime
    what: str
    exhibit_id: str
    row: int


def hints(punches: pd.DataFrame, events: pd.DataFrame | None) -> list[Hint]:
    """Times set and power switched on by table ``device_events``, and rows whose time is earlier than that before."""
    found = [] if events is None else _operations(events)
    for (exhibit_id, _), rows in punches.groupby(["exhibit_id", "sheet"], sort=True):
        found += _inversions(str(exhibit_id), rows.sort_values("row"))
    return sorted(found, key=lambda one: (one.at, one.exhibit_id, one.row))


def _operations(events: pd.DataFrame) -> list[Hint]:
    found = []
    for row in events[events["what"].isin(EVENTS)].to_dict("records"):
        if missing(row["stamped_at"]):
            continue
        try:
            at = datetime.fromisoformat(str(row["stamped_at"]).strip().replace("/", "-"))
        except ValueError:
            continue  # kept in its table as it was written
        found.append(
            Hint(at=at.replace(tzinfo=None), what=row["what"], exhibit_id=str(row["exhibit_id"]), row=int(row["row"]))
        )
    return found


def _inversions(exhibit_id: str, rows: pd.DataFrame) -> list[Hint]:
    times = [datetime.fromisoformat(one).replace(tzinfo=None) for one in rows["t_local"]]
    back = [k for k in range(1, len(times)) if times[k] < times[k - 1]]
    if len(times) < 2 or len(back) > (1 - FORWARD_SHARE) * (len(times) - 1):
        return []
    numbers = [int(one) for one in rows["row"]]
    return [Hint(at=times[k], what=INVERSION, exhibit_id=exhibit_id, row=numbers[k]) for k in back]
