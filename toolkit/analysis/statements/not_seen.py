"""FD5, clocked in and not seen live: told only where somebody who passes would have been seen.

"Not seen" is not "not there". An employee with successful clock-ins on a day is
told as not observed in so many hours examined only where all of this is known:
the clock, so that the day's footage can be laid beside the records; that the
footage of the day was examined; that every entrance is in view (context of the
kind ``entrance``, "all"); how often this camera sees somebody who passes
(``detection_test``, seen n of m); and that faces were compared with the roster
by a comparison that was calibrated. Else it is "not determinable", with each
reason. No ratio follows: passes of one person depend on each other, so that
misses do not multiply. Absence counts nothing in naming.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.analysis import coverage
from toolkit.analysis.association import assignable
from toolkit.analysis.clocks import device_of
from toolkit.analysis.rates import lower_bounds
from toolkit.analysis.statements.context_times import days_of
from toolkit.analysis.timing.clock_models import model_of, to_media_s
from toolkit.records import OUTSIDE_COVERAGE

CODE = "FD5"
AROUND_S = 900.0  # before the first and after the last clock-in of a day: when somebody comes and goes
LEAST_COVERED = 0.5  # of that stretch: with less, not seeing somebody says nothing
WELL_COVERED, WELL_DETECTED = 0.9, 0.5  # a candidate from here on, else a lead
HOUR_S = 3600.0
LIMITS = ("not_seen_is_not_absent", "passes_not_independent", "absence_names_nobody", "no_ratio_for_absence")

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """Who was seen live: ``seen`` holds (employee id, day).

    ``calibrated`` only where likeness was tested on photographs and recordings
    of this site, so that an employee who is there would mostly be told.
    """

    calibrated: bool
    seen: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What is known of one day's footage, for all who clocked in on it."""

    day: str
    reasons: tuple[tuple[str, Row], ...]
    tested: tuple[int, int] | None = None


def not_seen(
    *,
    punches: pd.DataFrame,
    clips: pd.DataFrame,
    clocks: pd.DataFrame,
    associations: pd.DataFrame,
    examined: pd.DataFrame,
    context: pd.DataFrame,
    sightings: Sightings | None,
) -> tuple[Rows, Rows]:
    """Rows of ``findings`` (FD5, without ids) and of ``not_assessable``.

    Parameters
    ----------
    context : DataFrame
        Table ``context_records``.
    sightings : Sightings or None
        None where faces were not compared with the roster.
    """
    chosen = assignable(punches)
    chosen = chosen[chosen["employee_id"] != ""]
    if chosen.empty or clips.empty:
        why = "no_records" if chosen.empty else "no_footage"
        return [], [{"what": CODE, "why": why, "facts": {}}]
    if not clocks["determinable"].any():
        return [], [{"what": CODE, "why": "fd5_no_clock", "facts": {}}]
    footage = _Footage(clips, clocks, examined)
    outcomes = associations[associations["best"]]
    outside = set(outcomes.loc[outcomes["outcome"] == OUTSIDE_COVERAGE, "punch_id"].astype(str))
    found: Rows = []
    open_days: dict[tuple[str, str], Row] = {}
    papers = _rows(context[context["kind"].isin(["entrance", "detection_test"])])
    for day, part in _by(_rows(chosen), lambda row: str(row["t_local"])[:10]).items():
        state = _day(day, footage.cameras(part), papers, sightings)
        for employee, rows in _by(part, lambda row: str(row["employee_id"])).items():
            who = (employee, day)
            if sightings is not None and who in sightings.seen:
                continue
            told, reasons = _employee(who, rows, footage, outside, state)
            if told is not None:
                found.append(told)
            for why, facts in reasons:
                _count(open_days, why, facts, who)
    missing = [{"what": CODE, "why": why, "facts": _counted(facts)} for (why, _), facts in sorted(open_days.items())]
    return found, missing


def _rows(table: pd.DataFrame) -> Rows:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _by(rows: Rows, key: Callable[[Row], str]) -> dict[str, Rows]:
    """The rows by a key, in its order."""
    groups: dict[str, Rows] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items()))


def _count(open_days: dict[tuple[str, str], Row], why: str, facts: Row, who: tuple[str, str]) -> None:
    """Reasons are told once with their numbers, not once for each employee."""
    held = open_days.setdefault((why, str(facts.get("camera", ""))), {**facts, "of": set()})
    held["of"].add(who)


def _counted(facts: Row) -> Row:
    of = facts["of"]
    told = {key: value for key, value in facts.items() if key != "of"}
    return {**told, "employees": len({one for one, _ in of}), "days": len({day for _, day in of})}


class _Footage:
    """Examined footage on the terminal's clock."""

    def __init__(self, clips: pd.DataFrame, clocks: pd.DataFrame, examined: pd.DataFrame) -> None:
        self._devices = sorted(set(clocks["device_id"]))
        rows = {str(clip["exhibit_id"]): clip for clip in clips.to_dict("records")}
        self._clips: list[tuple[str, str, Mapping[str, Any], coverage.Stretches]] = []
        for clock in clocks[clocks["determinable"]].to_dict("records"):
            clip = rows[str(clock["exhibit_id"])]
            camera = "" if pd.isna(clip["camera_id"]) else str(clip["camera_id"])
            self._clips.append((str(clock["device_id"]), camera, model_of(clock), coverage.covered(examined, clip)))

    def cameras(self, rows: Sequence[Mapping[Any, Any]]) -> tuple[str, ...]:
        """Cameras with examined footage around these clock-ins; "" for one without a name."""
        return tuple(sorted({camera for camera, looked, _ in self._looked(rows) if looked}))

    def around(self, rows: Sequence[Mapping[Any, Any]]) -> tuple[float, float]:
        """Seconds examined from before the first to after the last clock-in, and the length of that stretch.

        Two clips that show one moment count once.
        """
        told = self._looked(rows)
        every = coverage.united(piece for _, looked, _ in told for piece in looked)
        return sum(b - a for a, b in every), max((length for _, _, length in told), default=0.0)

    def _looked(self, rows: Sequence[Mapping[Any, Any]]) -> list[tuple[str, coverage.Stretches, float]]:
        """For each clip its camera, what was examined around the clock-ins (from the first on), and the stretch."""
        found = []
        for device, camera, model, covered in self._clips:
            mine = [row for row in rows if device_of(row["terminal_id"], self._devices) == device]
            if mine:
                times = [to_media_s(model, row["t_local"]) for row in mine]
                first, last = min(times), max(times)
                looked = coverage.within(covered, first - AROUND_S, last + AROUND_S)
                moved = tuple((a - first, b - first) for a, b in looked)
                found.append((camera, moved, last - first + 2 * AROUND_S))
        return found


def _day(day: str, cameras: Sequence[str], papers: Rows, sightings: Sightings | None) -> _Day:
    """What holds for everybody on a day: entrances, tested cameras, and who would be told by the face."""
    reasons: list[tuple[str, Row]] = []
    entrances = {row["covered"] for row in papers if row["kind"] == "entrance" and day in days_of(row)}
    if "no" in entrances:
        reasons.append(("fd5_side_entrance", {}))
    elif "all" not in entrances:
        reasons.append(("fd5_entrances_not_stated", {}))
    tests = [row for row in papers if row["kind"] == "detection_test"]
    tested = _tested(cameras, tests)
    if cameras and tested is None:
        reasons.append(("fd5_detection_not_tested", {"camera": ", ".join(one or "–" for one in cameras)}))
    if sightings is None:
        reasons.append(("fd5_likeness_not_run", {}))
    elif not sightings.calibrated:
        reasons.append(("fd5_likeness_not_calibrated", {}))
    return _Day(day=day, reasons=tuple(reasons), tested=tested)


def _tested(cameras: Sequence[str], tests: Sequence[Mapping[str, Any]]) -> tuple[int, int] | None:
    """Seen and passages of the camera that was tested worst; None where one of them was not tested.

    A test that names no camera is of the only one there is.
    """
    each = []
    for camera in cameras:
        mine = [one for one in tests if one["camera"] == camera or (not one["camera"] and len(cameras) == 1)]
        if not mine:
            return None
        each.append((sum(int(one["seen"]) for one in mine), sum(int(one["passes"]) for one in mine)))
    return min(each, key=lambda one: one[0] / one[1], default=None)


def _employee(
    who: tuple[str, str], rows: Rows, footage: _Footage, outside: Collection[str], state: _Day
) -> tuple[Row | None, list[tuple[str, Row]]]:
    """The finding for one employee and day, or the reasons why nothing can be said."""
    seen_s, whole_s = footage.around(rows)
    reasons = list(state.reasons)
    if seen_s <= 0:
        return None, [("fd5_no_coverage", {}), *reasons]
    share = seen_s / whole_s
    if share < LEAST_COVERED:
        reasons.insert(0, ("fd5_low_coverage", {"least": f"{100 * LEAST_COVERED:.0f} %"}))
    if any(str(row["punch_id"]) in outside for row in rows):
        reasons.insert(0, ("fd5_clock_in_not_covered", {}))
    if reasons or state.tested is None:
        return None, reasons
    return _finding(who, rows, seen_s, share, state.tested), []


def _finding(who: tuple[str, str], rows: Rows, seen_s: float, share: float, tested: tuple[int, int]) -> Row:
    employee, day = who
    lower = float(lower_bounds(tested[0], tested[1]))
    firm = share >= WELL_COVERED and lower >= WELL_DETECTED
    return {
        "code": CODE,
        "state": "candidate" if firm else "lead",
        "employees": [employee],
        "visit_ids": [],
        "propositions": {"main": "not_observed", "rivals": ["passed_unseen", "other_way_in", "likeness_missed"]},
        "rivals": [
            {"name": name, "log10_lr": None, "lower_log10": None, "basis": "no_ratio_for_absence", "excluded_by": None,
             "detail": {}}
            for name in ("passed_unseen", "other_way_in", "likeness_missed")
        ],
        "headline": {
            "rival": None, "log10_lr": None, "interval": None, "words": "no_ratio",
            "not_assessed": ["passed_unseen", "other_way_in", "likeness_missed"], "conditional": False,
        },
        "against": [],
        "limits": list(LIMITS),
        "sensitivity": {
            "day": day,
            "hours": round(seen_s / HOUR_S, 3),
            "coverage": round(share, 3),
            "seen": tested[0],
            "passes": tested[1],
            "detection_lower": round(lower, 3),
            "clock_ins": len(rows),
            "rows": [{"exhibit_id": str(row["exhibit_id"]), "row": int(row["row"])} for row in rows],
        },
        "frames": [],
    }  # fmt: skip
