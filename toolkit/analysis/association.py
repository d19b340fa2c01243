"""Which punch was made in which visit? An honest probability, with "nobody seen" and "outside coverage".

Punches in the order of the terminal's clock pass through the visits in the
order of the camera's: an earlier visit cannot take a later punch, and that
memory is kept through punches made with nobody in view (dropping it there was a
fault that only a reliability test found). The clock's uncertainty is shared by
all punches and integrated jointly with them. Nobody's identity enters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from toolkit import tables
from toolkit.analysis.assertions import each_once, for_all_rows
from toolkit.analysis.clocks import device_of, model_of, punch_window, sd_at, to_media_s
from toolkit.analysis.likelihood import (
    Array,
    Densities,
    Timeline,
    clock_grid,
    coverage_share,
    covered_stretches,
    densities,
    emissions,
    local_rate,
)
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE

MISS_PRIOR = (1.0, 19.0)
MISS_RANGE = (0.005, 0.5)
MISS_ROUNDS = 25
LEAST_KEPT = 1e-6
REACH_S = 30.0


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
    """A timeline with the rows of the tables it was made from; ``sd_at`` the clock's sd at a media second."""

    exhibit_id: str
    timeline: Timeline
    punch_ids: tuple[str, ...]
    visit_ids: tuple[str, ...]
    precision_s: tuple[float, ...]
    sd_at: Callable[[float], float]


def associate(punches: pd.DataFrame, visits: pd.DataFrame, clips: pd.DataFrame, clocks: pd.DataFrame) -> pd.DataFrame:
    """Table ``associations``: for every punch, probabilities that sum to 1.

    Only successful terminal events are assigned; a punch whose clock is not
    determinable gets no rows at all. Rows of the records that repeat one event
    get the probabilities of that event.
    """
    rows: list[dict[str, Any]] = []
    for placed in place(punches, visits, clips, clocks):
        rows += _rows(placed, solve(placed.timeline))
    seen = {row["punch_id"] for row in rows}
    for punch_id in _timed(punches, clocks):
        if punch_id not in seen:
            rows.append(
                {"punch_id": punch_id, "outcome": OUTSIDE_COVERAGE, "probability": 1.0, "media_s": None, "best": True}
            )
    return tables.build("associations", for_all_rows(rows, punches))


def assignable(punches: pd.DataFrame) -> pd.DataFrame:
    """Successful events of a terminal, each once, in the order of its clock."""
    once = each_once(punches)
    chosen = once[(once["result"] == "pass") & (once["record_kind"] == "raw_event")]
    return chosen.sort_values(["t_local", "punch_id"], kind="stable")


def _timed(punches: pd.DataFrame, clocks: pd.DataFrame) -> list[str]:
    known = clocks[clocks["determinable"]]
    devices = sorted(set(clocks["device_id"]))
    usable = set(known["device_id"])
    return [
        str(row["punch_id"])
        for row in assignable(punches).to_dict("records")
        if device_of(row["terminal_id"], devices) in usable
    ]


def place(punches: pd.DataFrame, visits: pd.DataFrame, clips: pd.DataFrame, clocks: pd.DataFrame) -> list[Placed]:
    """Timelines: for each device and clip with a known clock, the punches that may lie in the clip.

    A punch that could lie in several clips goes to the one that covers it best.
    """
    devices = sorted(set(clocks["device_id"]))
    chosen = assignable(punches).to_dict("records")
    best: dict[str, tuple[float, str, str]] = {}
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for clock in clocks[clocks["determinable"]].to_dict("records"):
        clip = clips[clips["exhibit_id"] == clock["exhibit_id"]].iloc[0]
        model, duration = model_of(clock), float(clip["duration_s"])
        reach = REACH_S + 5 * max(sd_at(model, 0.0), sd_at(model, duration))
        key = (str(clock["device_id"]), str(clock["exhibit_id"]))
        for punch in chosen:
            if device_of(punch["terminal_id"], devices) != clock["device_id"]:
                continue
            window = punch_window(model, punch["t_local"], float(punch["precision_s"]))
            if window[1] < -reach or window[0] > duration + reach:
                continue
            found.setdefault(key, {})[punch["punch_id"]] = window
            covered = covered_stretches(duration, json.loads(clip["gaps"]))
            share = float(coverage_share(np.array([window]), covered)[0])
            rank = (share, key[1], key[0])
            if punch["punch_id"] not in best or rank > best[punch["punch_id"]]:
                best[punch["punch_id"]] = rank
    return [_placed(key, windows, best, chosen, visits, clips, clocks) for key, windows in sorted(found.items())]


def _placed(
    key: tuple[str, str],
    windows: Mapping[str, tuple[float, float]],
    best: Mapping[str, tuple[float, str, str]],
    chosen: list[dict[Any, Any]],
    visits: pd.DataFrame,
    clips: pd.DataFrame,
    clocks: pd.DataFrame,
) -> Placed:
    device, exhibit_id = key
    mine = [
        punch
        for punch in chosen
        if punch["punch_id"] in windows and best[punch["punch_id"]][1:] == (exhibit_id, device)
    ]
    clip = clips[clips["exhibit_id"] == exhibit_id].iloc[0]
    clock = clocks[(clocks["device_id"] == device) & (clocks["exhibit_id"] == exhibit_id)].to_dict("records")[0]
    here = visits[visits["exhibit_id"] == exhibit_id].sort_values("from_s")
    devices, model = sorted(set(clocks["device_id"])), model_of(clock)
    middle_s = float(clip["duration_s"]) / 2
    offsets, drifts, weights = clock_grid(
        float(model["sd_s"]), float(model["drift_sd_ppm"]) * 1e-6, middle_s - float(model["middle_s"]), middle_s
    )
    return Placed(
        exhibit_id=exhibit_id,
        timeline=Timeline(
            windows=np.array([windows[punch["punch_id"]] for punch in mine], float).reshape(-1, 2),
            employees=tuple(str(punch["employee_id"]) for punch in mine),
            visits=here[["from_s", "to_s"]].to_numpy(float).reshape(-1, 2),
            covered=covered_stretches(float(clip["duration_s"]), json.loads(clip["gaps"])),
            offsets=offsets,
            drifts=drifts,
            middle_s=middle_s,
            weights=weights,
            log_s=np.array([to_media_s(model, punch["t_local"]) for punch in chosen if _same(punch, device, devices)]),
        ),
        punch_ids=tuple(str(punch["punch_id"]) for punch in mine),
        visit_ids=tuple(here["visit_id"].astype(str)),
        precision_s=tuple(float(punch["precision_s"]) for punch in mine),
        sd_at=partial(sd_at, model),
    )


def _same(punch: Mapping[Any, Any], device: str, devices: list[str]) -> bool:
    return device_of(punch["terminal_id"], devices) == device


def solve(timeline: Timeline, *, m: float | None = None) -> Posterior:
    """Posterior of one timeline; ``m`` is estimated from it unless given."""
    rates = local_rate(timeline)
    share = MISS_PRIOR[0] / sum(MISS_PRIOR) if m is None else m
    known = densities(timeline)
    posterior = _forward_backward(timeline, known, share, rates)
    for _ in range(MISS_ROUNDS if m is None else 0):
        inside = float((1.0 - posterior.outside).sum())
        fresh = (float(posterior.nobody.sum()) + MISS_PRIOR[0]) / (inside + sum(MISS_PRIOR))
        fresh = float(np.clip(fresh, *MISS_RANGE))
        if abs(fresh - share) < 1e-5:
            break
        share = fresh
        posterior = _forward_backward(timeline, known, share, rates)
    return posterior


def _forward_backward(timeline: Timeline, known: Densities, m: float, rates: Array) -> Posterior:
    """States are the last visit so far, 0 for none; all clock shifts at once."""
    visit, nobody, outside = emissions(known, m, rates)
    grid, count, number = visit.shape
    visit = np.concatenate([np.zeros((grid, count, 1)), visit], axis=2)
    stay = nobody + outside
    before = np.zeros((count + 1, grid, number + 1))
    before[0, :, 0] = 1.0
    scale = np.zeros(grid)
    for i in range(count):
        step = np.cumsum(before[i], axis=1) * visit[:, i] + before[i] * stay[:, i, None]
        total = np.maximum(step.sum(axis=1), 1e-300)
        scale += np.log(total)
        before[i + 1] = step / total[:, None]
    weight = timeline.weights * np.exp(scale - scale.max())
    log_evidence = float(np.log(weight.sum()) + scale.max())
    weight /= weight.sum()
    after = np.ones((grid, number + 1))
    seen, unseen, beyond = np.zeros((count, number)), np.zeros(count), np.zeros(count)
    for i in reversed(range(count)):
        taken = np.cumsum(before[i], axis=1) * visit[:, i] * after
        kept = (before[i] * after).sum(axis=1)
        none, out = kept * nobody[:, i], kept * outside[:, i]
        total = np.maximum(taken.sum(axis=1) + none + out, 1e-300)
        seen[i] = (weight[:, None] * taken[:, 1:] / total[:, None]).sum(axis=0)
        unseen[i] = float((weight * none / total).sum())
        beyond[i] = float((weight * out / total).sum())
        later = np.cumsum((visit[:, i] * after)[:, ::-1], axis=1)[:, ::-1]
        after = later + after * stay[:, i, None]
        after /= np.maximum(after.max(axis=1, keepdims=True), 1e-300)
    return Posterior(visits=seen, nobody=unseen, outside=beyond, m=m, log_evidence=log_evidence)


def _rows(placed: Placed, posterior: Posterior) -> list[dict[str, Any]]:
    rows = []
    for i, punch_id in enumerate(placed.punch_ids):
        shares = dict(zip(placed.visit_ids, posterior.visits[i], strict=True))
        shares = {name: float(p) for name, p in shares.items() if p >= LEAST_KEPT}
        shares[NOBODY_SEEN], shares[OUTSIDE_COVERAGE] = float(posterior.nobody[i]), float(posterior.outside[i])
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
