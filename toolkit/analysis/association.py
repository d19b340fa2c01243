"""Which punch was made in which visit? An honest probability, with "nobody seen" and "outside coverage".

Punches in the order of the terminal's clock pass through the visits in the
order of the camera's: an earlier visit cannot take a later punch, and that
memory is kept through punches made with nobody in view (dropping it there was a
fault that only a reliability test found). The clock's uncertainty is shared by
all punches and integrated jointly with them. Nobody's identity enters.

"Nobody seen" is said only of footage that was looked at
(:mod:`toolkit.analysis.coverage`); everything else is "outside coverage". Where
several clips show one moment, a visit in any of them may explain the punch, and
"nobody seen" needs all of them to show nobody (:func:`place`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import tables
from toolkit.analysis import coverage
from toolkit.analysis.clocks import device_of
from toolkit.analysis.placing.assertions import at_a_terminal, each_once, for_all_rows
from toolkit.analysis.placing.likelihood import (
    LEAST_VISIT_S,
    Array,
    Timeline,
    clock_grid,
    local_rate,
)
from toolkit.analysis.placing.passing import bands, pass_through
from toolkit.analysis.placing.stating import MINUTE_S, doubted, share_unseen, to_the_minute
from toolkit.analysis.timing.clock_models import all_to_media_s, loosest, model_of, near_step, near_steps, sd_at
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE

MISS_PRIOR = (1.0, 19.0)
MISS_RANGE = (0.005, 0.5)
MISS_ROUNDS = 25
LEAST_KEPT = 1e-6
REACH_S = 30.0
SURELY, PERHAPS = 0.5, 0.01  # share of a punch's window, with the clock's uncertainty, that lies in one visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Probabilities of one timeline: ``visits`` (n, v), ``nobody`` and ``outside`` (n,), and ``m``."""

    visits: Array
    nobody: Array
    outside: Array
    m: float
    log_evidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A timeline with the rows of the tables it was made from.

    ``sd_at`` is the clock's sd at a media second, ``method`` how the clock was found.
    """

    exhibit_id: str
    timeline: Timeline
    punch_ids: tuple[str, ...]
    visit_ids: tuple[str, ...]
    precision_s: tuple[float, ...]
    sd_at: Callable[[float], float]
    method: str = "anchors"


def associate(
    punches: pd.DataFrame, visits: pd.DataFrame, clips: pd.DataFrame, clocks: pd.DataFrame, examined: pd.DataFrame
) -> pd.DataFrame:
    """Table ``associations``: for every punch, probabilities that sum to 1.

    Only successful terminal events are assigned; a punch whose clock is not
    determinable gets no rows at all. One that falls into no footage that was
    looked at is "outside coverage". Rows of the records that repeat one event
    get the probabilities of that event.
    """
    rows: list[dict[str, Any]] = []
    for placed in place(punches, visits, clips, clocks, examined):
        rows += _rows(placed, outcomes(placed.timeline, placed.precision_s))
    seen = {row["punch_id"] for row in rows}
    for punch_id in _timed(punches, clocks):
        if punch_id not in seen:
            rows.append(
                {"punch_id": punch_id, "outcome": OUTSIDE_COVERAGE, "probability": 1.0, "media_s": None, "best": True}
            )
    return tables.build("associations", for_all_rows(rows, punches))


def assignable(punches: pd.DataFrame) -> pd.DataFrame:
    """Successful events of a terminal, each once, in the order of its clock; a phone's are none."""
    once = each_once(punches)
    chosen = once[(once["result"] == "pass") & (once["record_kind"] == "raw_event") & at_a_terminal(once)]
    return chosen.sort_values(["t_local", "punch_id"], kind="stable")


def _timed(punches: pd.DataFrame, clocks: pd.DataFrame) -> list[str]:
    """Clock-ins that some clock places somewhere: not those near a change of every clock that there is."""
    known = clocks[clocks["determinable"]]
    devices = sorted(set(clocks["device_id"]))
    models: dict[str, list[dict[str, Any]]] = {}
    for row in known.to_dict("records"):
        models.setdefault(str(row["device_id"]), []).append(model_of(row))
    return [
        str(row["punch_id"])
        for row in assignable(punches).to_dict("records")
        if not all(
            near_step(model, row["t_local"]) for model in models.get(device_of(row["terminal_id"], devices) or "", [])
        )
    ]


def place(
    punches: pd.DataFrame, visits: pd.DataFrame, clips: pd.DataFrame, clocks: pd.DataFrame, examined: pd.DataFrame
) -> list[Placed]:
    """Timelines: for each device and clip with a known clock, the punches that may lie in the clip.

    Only clips that were looked at take part, and no clock-in so near to a
    change of the clock that either side may hold. A punch that could lie in several
    goes to one of them: first to a clip in which most of its window lies in a
    visit, then to one in which a visit is possible at all, then to the one
    whose looked-at time covers it best, last to the exhibit that came first. A
    clip that shows nobody therefore never takes a punch from one that shows
    somebody, and punches of one stay are not scattered over two cameras.
    """
    chosen = assignable(punches).to_dict("records")
    found = _timelines(chosen, visits, clips, clocks, examined)
    best: dict[str, tuple[int, float, int]] = {}
    home: dict[str, int] = {}
    for number, one in enumerate(found):
        for punch_id, rank in zip(one.punch_ids, _ranks(one.timeline), strict=True):
            if punch_id not in best or (*rank, -number) > best[punch_id]:
                best[punch_id], home[punch_id] = (*rank, -number), number
    kept = [_only(one, [home[name] == number for name in one.punch_ids]) for number, one in enumerate(found)]
    return [one for one in kept if one.punch_ids]


def _timelines(
    chosen: list[dict[Any, Any]],
    visits: pd.DataFrame,
    clips: pd.DataFrame,
    clocks: pd.DataFrame,
    examined: pd.DataFrame,
) -> list[Placed]:
    """For each clock and clip that was looked at, in the order of the exhibits, all punches within its reach."""
    devices = sorted(set(clocks["device_id"]))
    known = clocks[clocks["determinable"]].sort_values(["exhibit_id", "device_id"], kind="stable")
    stamped = {device: _Stamped.of([one for one in chosen if _same(one, device, devices)]) for device in devices}
    found = []
    for clock in known.to_dict("records"):
        clip = clips[clips["exhibit_id"] == clock["exhibit_id"]].to_dict("records")[0]
        covered = coverage.covered(examined, clip)
        if not covered:
            continue
        found.append(_placed(clock, stamped[str(clock["device_id"])], visits, float(clip["duration_s"]), covered))
    return found


@dataclass(frozen=True, slots=True)
class _Stamped:
    """The punches of one device, with their times and precisions read once for all clips."""

    punches: list[dict[Any, Any]]
    times: NDArray[np.datetime64]
    precision_s: Array

    @classmethod
    def of(cls, punches: list[dict[Any, Any]]) -> _Stamped:
        times = np.array([str(one["t_local"]) for one in punches], "datetime64[us]")
        return cls(punches, times, np.array([float(one["precision_s"]) for one in punches]))


def _placed(
    clock: Mapping[Any, Any],
    stamped: _Stamped,
    visits: pd.DataFrame,
    duration_s: float,
    covered: coverage.Stretches,
) -> Placed:
    model = model_of(clock)
    reach = REACH_S + 5 * max(sd_at(model, 0.0), sd_at(model, duration_s))
    at = all_to_media_s(model, stamped.times)
    starts = at - float(model["half_cut_s"])
    windows = np.stack([starts, starts + stamped.precision_s], axis=1)
    within = (windows[:, 1] >= -reach) & (starts <= duration_s + reach)
    near = np.flatnonzero(within & ~near_steps(model, stamped.times))
    mine = [stamped.punches[k] for k in near]
    here = visits[visits["exhibit_id"] == clock["exhibit_id"]].sort_values("from_s")
    middle_s = duration_s / 2
    line = loosest(model, duration_s)  # one uncertainty is shared by all clock-ins of the clip
    offsets, drifts, weights = clock_grid(
        float(line["sd_s"]), float(line["drift_sd_ppm"]) * 1e-6, middle_s - float(line["middle_s"]), middle_s
    )
    return Placed(
        exhibit_id=str(clock["exhibit_id"]),
        method=str(clock["method"]),
        timeline=Timeline(
            windows=windows[near],
            employees=tuple(str(punch["employee_id"]) for punch in mine),
            visits=here[["from_s", "to_s"]].to_numpy(float).reshape(-1, 2),
            covered=covered,
            offsets=offsets,
            drifts=drifts,
            middle_s=middle_s,
            weights=weights,
            log_s=at,
        ),
        punch_ids=tuple(str(punch["punch_id"]) for punch in mine),
        visit_ids=tuple(here["visit_id"].astype(str)),
        precision_s=tuple(float(punch["precision_s"]) for punch in mine),
        sd_at=partial(sd_at, model),
    )


def _ranks(timeline: Timeline) -> list[tuple[int, float]]:
    """For each punch how well this clip could explain it: by a visit surely, perhaps or not; share looked at."""
    known = bands(timeline)
    cover = known.cover @ timeline.weights
    lengths = np.maximum(timeline.visits[:, 1] - timeline.visits[:, 0], LEAST_VISIT_S)
    inside = known.spread(np.einsum("ngw,g->nw", known.visits, timeline.weights)) * lengths
    surest = inside.max(axis=1) if inside.shape[1] else np.zeros(len(cover))
    return [
        (int(share >= SURELY) + int(share >= PERHAPS), round(float(seen), 3))
        for share, seen in zip(surest, cover, strict=True)
    ]


def _only(placed: Placed, stays: list[bool]) -> Placed:
    """The timeline with these punches alone; the log that the local rate comes from stays whole."""
    kept = np.flatnonzero(stays)
    timeline = replace(
        placed.timeline,
        windows=placed.timeline.windows[kept],
        employees=tuple(placed.timeline.employees[k] for k in kept),
    )
    return replace(
        placed,
        timeline=timeline,
        punch_ids=tuple(placed.punch_ids[k] for k in kept),
        precision_s=tuple(placed.precision_s[k] for k in kept),
    )


def _same(punch: Mapping[Any, Any], device: str, devices: list[str]) -> bool:
    """Whether the clock of this device stamped the punch."""
    return device_of(punch["terminal_id"], devices) == device


def solve(timeline: Timeline, *, m: float | None = None) -> Posterior:
    """Posterior of one timeline; ``m`` is estimated from it unless given."""
    rates = local_rate(timeline)
    share = MISS_PRIOR[0] / sum(MISS_PRIOR) if m is None else m
    known = bands(timeline)
    passed = pass_through(known, share, rates, timeline.weights)
    for _ in range(MISS_ROUNDS if m is None else 0):
        inside = float((1.0 - passed.outside).sum())
        fresh = (float(passed.nobody.sum()) + MISS_PRIOR[0]) / (inside + sum(MISS_PRIOR))
        fresh = float(np.clip(fresh, *MISS_RANGE))
        if abs(fresh - share) < 1e-5:
            break
        share = fresh
        passed = pass_through(known, share, rates, timeline.weights)
    return Posterior(
        visits=known.spread(passed.slots),
        nobody=passed.nobody,
        outside=passed.outside,
        m=share,
        log_evidence=passed.log_evidence,
    )


def outcomes(timeline: Timeline, precision_s: Sequence[float]) -> Array:
    """What is said of each punch: its visits, nobody seen, outside coverage; (n, v + 2), rows sum to 1.

    Less than :func:`solve` in two kinds of case, see :mod:`toolkit.analysis.placing.stating`.
    """
    known, posterior = bands(timeline), solve(timeline)
    shares = np.column_stack([posterior.visits, posterior.nobody, posterior.outside])
    shares /= shares.sum(axis=1, keepdims=True)
    m = share_unseen(posterior.m, posterior.nobody, posterior.outside)
    shares = doubted(shares, known, m, local_rate(timeline), timeline.weights, timeline.employees)
    return np.array(
        [to_the_minute(row) if cut >= MINUTE_S else row for row, cut in zip(shares, precision_s, strict=True)]
    ).reshape(shares.shape)


def _rows(placed: Placed, told: Array) -> list[dict[str, Any]]:
    rows = []
    for i, punch_id in enumerate(placed.punch_ids):
        every = told[i]
        likely = np.flatnonzero(every[:-2] >= LEAST_KEPT)
        shares = {placed.visit_ids[k]: float(every[k]) for k in likely}
        shares[NOBODY_SEEN], shares[OUTSIDE_COVERAGE] = float(every[-2]), float(every[-1])
        total = sum(shares.values())
        best = max(sorted(shares), key=lambda name: shares[name])
        media_s = float(placed.timeline.windows[i].mean())
        rows += [
            {
                "punch_id": punch_id,
                "outcome": name,
                "probability": share / total,
                "media_s": round(media_s, 3),
                "best": name == best,
            }
            for name, share in shares.items()
        ]
    return rows
