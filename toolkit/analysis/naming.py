"""The naming rule: which employee ids were used by an artefact, and what stands in the way for all others.

An id is named only where an artefact finding that people let leave "candidate"
(or a print that two blind reviewers saw) and a clock-in under this id come
together: the clock-in was made in that visit, and while that artefact and no
other face was shown, with probability .9 at the clock's best value and at both
ends of its 95 % interval. The presenter's own clock-in, made in the same visit
with the own face, is thereby not taken for the artefact's.

One body with several clock-ins (FD2) is no input, nor is likeness, nor that
somebody was not seen. Times to the minute name nobody. A reading of the clock
that was taken at the tested clock-in itself (the terminal's voice or screen, and
its row) is one source with it: the clock must hold without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis.association import Placed, place, solve
from toolkit.analysis.clocks import BLIND, Z95, align, device_of
from toolkit.analysis.decisions import LEFT, Review, artefact_disputed, printed
from toolkit.analysis.placing.assertions import repeats
from toolkit.analysis.placing.likelihood import Array
from toolkit.analysis.timing.clock_anchors import read_at

LEAST_P = 0.9
MINUTE_S = 60.0
SHOWN_PAD_S = 1.0  # a face is found a moment late, and a terminal answers a moment after it saw it
STEPS = 200  # of a clock-in's window, in which faces are told apart

# What stands in the way, the farthest from the rule first; an id is told by the clock-in that came closest.
OBSTACLES = (
    "no_artefact_in_visit", "artefact_not_left_candidate", "reviewers_disagree", "minute_precision",
    "association_below", "clock_from_the_same_records", "clock_from_the_same_event", "not_while_it_was_shown",
    "not_over_the_clock_interval",
)  # fmt: skip

Rows = list[dict[str, Any]]
Refit = Callable[[str, frozenset[str]], Placed | None]
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables that the rule reads; ``presentations`` is empty where faces were not looked for."""

    punches: pd.DataFrame
    visits: pd.DataFrame
    clips: pd.DataFrame
    clocks: pd.DataFrame
    anchors: pd.DataFrame
    examined: pd.DataFrame
    associations: pd.DataFrame
    presentations: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """An FD1 finding: when it was shown, and whether it may carry a name."""

    finding_id: str
    visit_id: str
    presenter_id: str
    presentation_ids: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    obstacle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One clock-in beside one artefact of its visit, or beside none: how probable, and what stands in the way."""

    employee_id: str
    punch_id: str
    visit_id: str
    clock: str
    artefact: Artefact | None = None
    probability: float | None = None
    obstacles: tuple[str, ...] = ()


def artefacts(findings: Sequence[Mapping[str, Any]], told: Review, tables: Tables) -> list[Artefact]:
    """The FD1 findings with what people decided on them."""
    presenters = dict(zip(tables.visits["visit_id"], tables.visits["presenter_id"], strict=True))
    shown = {str(row["presentation_id"]): row for row in tables.presentations.to_dict("records")}
    made = []
    for row in findings:
        if row["code"] != "FD1":
            continue
        names = [one for one in printed(row) if one in shown]
        spans = [(float(shown[one]["from_s"]), float(shown[one]["to_s"])) for one in names]
        moments = [float(one["media_s"]) for one in row["frames"]]
        visit_id = str(row["visit_ids"][0])
        made.append(
            Artefact(
                finding_id=str(row["finding_id"]), visit_id=visit_id, presenter_id=str(presenters[visit_id]),
                presentation_ids=tuple(names), obstacle=_obstacle(row, told),
                spans=tuple(spans or ([(min(moments), max(moments))] if moments else [])),
            )
        )  # fmt: skip
    return made


def _obstacle(row: Mapping[str, Any], told: Review) -> str | None:
    if artefact_disputed(row, told):
        return "reviewers_disagree"
    stands = told.states.get(row["finding_id"]) in LEFT or told.print_visible(printed(row))
    return None if stands else "artefact_not_left_candidate"


def uses(shown: Sequence[Artefact], tables: Tables, refit: Refit | None = None) -> list[Use]:
    """Every event that is best explained by a visit, beside each artefact of that visit; once without any.

    Parameters
    ----------
    refit : callable, optional
        As in :func:`toolkit.analysis.findings.conclude`; without it no id is
        named on a clock from presence.
    """
    again = repeats(tables.punches)  # rows that tell one event twice are one event
    rows = tables.associations[tables.associations["best"]].to_dict("records")
    best = {str(row["punch_id"]): (str(row["outcome"]), float(row["probability"])) for row in rows}
    visits = set(tables.visits["visit_id"])
    exhibits = dict(zip(tables.visits["visit_id"], tables.visits["exhibit_id"].astype(str), strict=True))
    devices = sorted(set(tables.clocks["device_id"]))
    placing = _Placing(tables=tables, refit=refit, exhibits=exhibits, devices=devices)
    found = []
    for punch in tables.punches.sort_values(["t_local", "punch_id"], kind="stable").to_dict("records"):
        punch_id = str(punch["punch_id"])
        visit_id, probability = best.get(punch_id, ("", 0.0))
        if punch_id in again or visit_id not in visits:
            continue
        here: list[Artefact | None] = [one for one in shown if one.visit_id == visit_id]
        found += [_use(punch, visit_id, one, probability, placing) for one in here or [None]]
    return found


def _use(punch: Mapping[Any, Any], visit_id: str, shown: Artefact | None, probability: float, placing: _Placing) -> Use:
    punch_id = str(punch["punch_id"])
    made = Use(
        employee_id=str(punch["employee_id"]), punch_id=punch_id, visit_id=visit_id, artefact=shown,
        clock=f"{placing.device(punch)}|{placing.exhibits[visit_id]}",
    )  # fmt: skip
    if shown is None:
        return replace(made, obstacles=("no_artefact_in_visit",))
    lacks = [
        *([shown.obstacle] if shown.obstacle else []),
        *(["minute_precision"] if float(punch["precision_s"]) >= MINUTE_S else []),
        *(["association_below"] if probability < LEAST_P else []),
    ]
    if lacks:
        return replace(made, obstacles=tuple(lacks))
    placed, why_not = placing.without_own_source(punch, visit_id)
    if placed is None:
        return replace(made, obstacles=(why_not,))
    middle, early, late = _while_shown(placed, punch_id, visit_id, shown, placing.others(shown))
    least = round(min(middle, early, late), 6)
    if least >= LEAST_P:
        return replace(made, probability=least)
    lacks = ["not_while_it_was_shown" if middle < LEAST_P else "not_over_the_clock_interval"]
    return replace(made, probability=least, obstacles=tuple(lacks))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placing:
    """Where clock-ins lie by the case's clocks, and by clocks that one of them had no part in."""

    tables: Tables
    refit: Refit | None
    exhibits: Mapping[str, str]  # of each visit
    devices: Sequence[str]
    cache: dict[Any, list[Placed]] = field(default_factory=dict)

    def without_own_source(self, punch: Mapping[Any, Any], visit_id: str) -> tuple[Placed | None, str]:
        """The timeline by a clock that this clock-in did not help to set, or the reason why there is none."""
        punch_id = str(punch["punch_id"])
        placed = self._with(self._placed(), punch_id)
        if placed is not None and placed.method == BLIND:
            told = None if self.refit is None else self.refit(visit_id, frozenset({punch_id}))
            return (None if told is None else self._with([told], punch_id)), "clock_from_the_same_records"
        own = self._own_anchors(punch)
        if own:
            placed = self._with(self._placed(own), punch_id)
        return (placed if placed is not None and visit_id in placed.visit_ids else None), "clock_from_the_same_event"

    def others(self, shown: Artefact) -> list[tuple[float, float]]:
        """When other faces were shown in the same footage."""
        return [
            (float(row["from_s"]), float(row["to_s"]))
            for row in self.tables.presentations.to_dict("records")
            if self.exhibits.get(row["visit_id"]) == self.exhibits[shown.visit_id]
            and str(row["presentation_id"]) not in shown.presentation_ids
        ]

    def _placed(self, without: frozenset[int] = frozenset()) -> list[Placed]:
        if without not in self.cache:
            told = self.tables
            clocks = told.clocks
            if without:
                left = told.anchors[~told.anchors.index.isin(without)]
                clocks = align(told.punches, told.clips, left)
            self.cache[without] = place(told.punches, told.visits, told.clips, clocks, told.examined)
        return self.cache[without]

    def _with(self, every: Sequence[Placed], punch_id: str) -> Placed | None:
        return next((one for one in every if punch_id in one.punch_ids), None)

    def device(self, punch: Mapping[Any, Any]) -> str:
        """The clock that stamped a clock-in."""
        return str(device_of(punch["terminal_id"], self.devices))

    def _own_anchors(self, punch: Mapping[Any, Any]) -> frozenset[int]:
        """Readings of this terminal's clock that were taken at the clock-in."""
        anchors = self.tables.anchors
        own = read_at(anchors[anchors["device"] == self.device(punch)], [str(punch["t_local"])])
        return frozenset(int(index) for index in own.index)


def _while_shown(
    placed: Placed, punch_id: str, visit_id: str, shown: Artefact, others: Spans
) -> tuple[float, float, float]:
    """Probability that a clock-in was made in the visit while the artefact alone was shown.

    Returns
    -------
    middle, early, late
        With the clock's uncertainty taken in and the artefact at its best
        value, and with the clock at either end of its 95 % interval.
    """
    row, body = placed.punch_ids.index(punch_id), placed.visit_ids.index(visit_id)
    window = placed.timeline.windows[row]
    whole = solve(placed.timeline)
    end_s = Z95 * placed.sd_at(float(window.mean()))
    told = [float(whole.visits[row, body]) * _share(window, shown.spans, others)]
    for shift in (-end_s, end_s):
        tried = replace(placed.timeline, offsets=np.array([shift]), drifts=np.zeros(1), weights=np.array([1.0]))
        there = float(solve(tried, m=whole.m).visits[row, body])
        told.append(there * _share(window - shift, shown.spans, others))
    return told[0], told[1], told[2]


def _share(window: Array, mine: Spans, others: Spans) -> float:
    """Share of a clock-in's window in which the artefact was shown; shared with every other face shown then."""
    at = window[0] + (np.arange(STEPS) + 0.5) / STEPS * (window[1] - window[0])
    own = np.minimum(_shown_at(at, mine), 1.0)  # pieces of one face are one face
    every = own + _shown_at(at, others)
    return float(np.mean(np.divide(own, every, out=np.zeros_like(own), where=every > 0)))


def _shown_at(at: Array, spans: Spans) -> Array:
    """How many of these faces are shown at each moment."""
    there = [(at >= start - SHOWN_PAD_S) & (at <= stop + SHOWN_PAD_S) for start, stop in spans]
    return np.asarray(np.sum(there, axis=0) if there else np.zeros(len(at)), dtype=float)


def identities(found: Sequence[Use]) -> Rows:
    """Rows of table ``identities``: every employee id with a clock-in that a visit explains best."""
    return [_identity(one, [use for use in found if use.employee_id == one]) for one in _ids(found)]


def _ids(found: Sequence[Use]) -> list[str]:
    return sorted({one.employee_id for one in found})


def _identity(employee_id: str, mine: Sequence[Use]) -> dict[str, Any]:
    meeting = [one for one in mine if not one.obstacles]
    kept = meeting or mine
    known = [one.probability for one in kept if one.probability is not None]
    closest = max(mine, key=lambda one: min((OBSTACLES.index(code) for code in one.obstacles), default=0))
    shown = {name for one in kept if one.artefact is not None for name in one.artefact.presentation_ids}
    return {
        "employee_id": employee_id,
        "probability": max(known, default=None),
        "meets_rule": bool(meeting),
        "obstacles": [] if meeting else list(closest.obstacles),
        "visit_ids": sorted({one.visit_id for one in kept}),
        "punch_ids": sorted({one.punch_id for one in kept}),
        "presentation_ids": sorted(shown),
        "clocks": sorted({one.clock for one in kept if one.clock}),
    }
