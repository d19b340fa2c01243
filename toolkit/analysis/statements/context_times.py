"""Which clock-ins and visits fall into what a site wrote down: civil stretches compared with devices' times.

A stretch is civil time, as papers are. Where both sides state a zone they are
compared as moments; where either does not, as they are written, and that is
said. Records that count in UTC beside papers without a zone may be off by the
zone: what lies within fourteen hours is then "unclear", never left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis.timing.civil_time import camera_start, missing, zone_named

STATED, AS_WRITTEN, UNCLEAR = "stated", "as_written", "unclear"
BEFORE = (STATED, AS_WRITTEN, UNCLEAR)  # the firmest first
UTC_NAMES = frozenset({"+00:00", "Z", "UTC", "Etc/UTC"})
FARTHEST = timedelta(hours=14)
EVERYBODY = ""

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Covered:
    """Rows of a table that a stretch covers, and how firmly their times compare ("stated", "as_written", "unclear")."""

    rows: tuple[int, ...]
    zone: str


class ClockIns:
    """Clock-ins by employee, quick to ask for a stretch; rows are positions in the table given."""

    def __init__(self, punches: pd.DataFrame) -> None:
        self._groups: dict[str, list[tuple[str | None, Any, Any, Any]]] = defaultdict(list)
        starts = np.array(punches["t_local"].astype(str).to_numpy(), dtype="datetime64[us]")
        lengths = (punches["precision_s"].to_numpy(float) * 1e6).astype("timedelta64[us]")
        for (employee, tz), part in punches.reset_index(drop=True).groupby(["employee_id", "tz"], dropna=False):
            where = part.index.to_numpy()
            order = where[np.argsort(starts[where], kind="stable")]
            zone = None if missing(tz) else str(tz)
            self._groups[str(employee)].append((zone, starts[order], starts[order] + lengths[order], order))

    def within(self, row: Row) -> Covered | None:
        """Clock-ins that a row of table ``context_records`` covers: of its employee, or of everybody; None for none."""
        found: list[int] = []
        firmness = STATED
        for employee in [str(row["employee_id"])] if row["employee_id"] != EVERYBODY else list(self._groups):
            for zone, starts, ends, order in self._groups.get(employee, ()):
                first, last, how = _bounds(row, zone)
                hit = (ends > np.datetime64(first)) & (starts < np.datetime64(last))
                if hit.any():
                    found += [int(one) for one in order[hit]]
                    firmness = max(firmness, how, key=BEFORE.index)
        return Covered(tuple(sorted(found)), firmness) if found else None


def _bounds(row: Row, zone: str | None) -> tuple[datetime, datetime, str]:
    """The stretch in the civil time of a device, widened where the zone between them is open."""
    start, stop = datetime.fromisoformat(row["from_local"]), datetime.fromisoformat(row["to_local"])
    if missing(row["tz"]) or zone is None:
        if zone in UTC_NAMES and missing(row["tz"]):
            return start - FARTHEST, stop + FARTHEST, UNCLEAR
        return start, stop, AS_WRITTEN
    own, other = zone_named(str(row["tz"])), zone_named(zone)
    first, last = (at.replace(tzinfo=own).astimezone(other).replace(tzinfo=None) for at in (start, stop))
    return first, last, STATED


def visits_within(row: Row, times: Mapping[str, tuple[datetime, datetime]]) -> tuple[str, ...]:
    """Visits (see :func:`visit_times`) that overlap a stretch by their camera's own clock."""
    found = []
    for visit_id, (begin, end) in times.items():
        start, stop = datetime.fromisoformat(row["from_local"]), datetime.fromisoformat(row["to_local"])
        if begin.tzinfo is not None and not missing(row["tz"]):
            own = zone_named(str(row["tz"]))
            start, stop = start.replace(tzinfo=own), stop.replace(tzinfo=own)
        else:
            begin, end = begin.replace(tzinfo=None), end.replace(tzinfo=None)
        if end > start and begin < stop:
            found.append(visit_id)
    return tuple(found)


def visit_times(visits: pd.DataFrame, clips: pd.DataFrame) -> dict[str, tuple[datetime, datetime]]:
    """Beginning and end of each visit by its camera's own clock; of clips whose start is stated, and no others."""
    starts = {str(clip["exhibit_id"]): camera_start(clip) for clip in clips.to_dict("records")}
    found = {}
    for visit in visits.to_dict("records"):
        start = starts.get(str(visit["exhibit_id"]))
        if start is not None:
            times = (start + timedelta(seconds=float(visit[name])) for name in ("from_s", "to_s"))
            begin, end = times
            found[str(visit["visit_id"])] = (begin, end)
    return found


def days_of(row: Row) -> tuple[str, ...]:
    """Civil days that a stretch touches, as 2026-03-03; at most 400 of them."""
    start, stop = datetime.fromisoformat(row["from_local"]), datetime.fromisoformat(row["to_local"])
    last = (stop - timedelta(microseconds=1)).date()
    count = min((last - start.date()).days, 400)
    return tuple((start.date() + timedelta(days=k)).isoformat() for k in range(count + 1))
