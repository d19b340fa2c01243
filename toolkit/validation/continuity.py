"""Is one body certified where one stays, and not where another takes over? Counts in scenes whose truth is known.

The model is fitted on development seeds and people and measured on others that
nothing else uses; what is stored are counts in independent scenes. Rates from
simulated scenes say what the method can do on such scenes, not what it does on
a site's own camera; a strength that rests on them is labelled and capped.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from toolkit import __version__
from toolkit.analysis import presence
from toolkit.analysis.companions import check_companions
from toolkit.analysis.presenters import FEATURES, continuity, features
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.pipeline.measuring import Span, compact, join, measure
from toolkit.records import Zone
from toolkit.simulation.staging import EMPTY_S, FIRST_S, FPS, LAST_S, Staged, stage

SWITCHES = {"ordinary": "handover", "contact": "handover_contact", "crossing": "handover_crossing"}
STAYS = ("stay", "stay_contact", "stay_crossing")
KINDS = (*SWITCHES.values(), *STAYS, "companion")
FITTED = ("stay", "stay_contact", *SWITCHES.values())  # who is hidden by a passer-by cannot teach the model
BEFORE_S, AFTER_S = 2.5, 1.0  # what a finding asks beyond the clock-ins, with a clock known to about half a second
TOGETHER = 3  # visits of a companion's scene before the one of two people
CERTIFY_AT = 0.95
RIDGE = 0.003
CRF = 27

Row = dict[str, Any]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """What the scan makes of one scene: occupied stretches with their lineage, and the occupancy of the zone.

    ``sheets`` tells whether somebody who stood there held one. Without a usable
    picture of the empty place both are empty, and nothing is certified.
    """

    kind: str
    sheets: bool
    stretches: list[Row]
    occupancy: pd.DataFrame


def watch(staged: Staged) -> Watched:
    """Encode a scene, decode it again and measure it as a case would."""
    duration_s, (width, height) = staged.duration_s, staged.size_px
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.mp4"
        write_clip(path, ((shot.t_s, shot.image) for shot in staged.shots()), gop=round(2 * FPS), crf=CRF)
        zone = Zone(
            polygon_px=tuple((float(x), float(y)) for x, y in staged.zone_px),
            image_size_px=(width, height),
            empty_media_s=(EMPTY_S,),
            terminal_fully_in_view=True,
            stated_by="simulation",
        )
        try:
            with read_frames(path, [EMPTY_S], width_px=presence.WIDTH_PX) as frames:
                plate = presence.make_plate(frames, zone)
        except CannotMeasure:
            return Watched(staged.kind, staged.sheets, [], pd.DataFrame())
        apart = presence.apart_s(1 / FPS)
        span = Span(exhibit_id="E-0001", path=str(path), from_s=0.0, to_s=duration_s, begin_s=0.0, apart_s=apart,
                    frame_rate=None, zone=zone)  # fmt: skip
        found = join([compact(measure(span, plate))], 0.0, duration_s, apart, plate.noise_fill)
    return Watched(staged.kind, staged.sheets, found.stretches, found.occupancy)


def _watch_one(asked: tuple[str, int, str]) -> Watched:
    cv2.setNumThreads(1)  # every processor has a scene of its own
    return watch(stage(*asked))


def watch_all(kinds: Sequence[str], seeds: Sequence[int], purpose: str) -> Iterator[Watched]:
    """Every seed of every kind, drawn and measured on all processors, in their order."""
    asked = [(kind, seed, purpose) for kind in kinds for seed in seeds]
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_watch_one, asked, chunksize=4)


def _stretch(watched: Watched) -> Row | None:
    """The occupied stretch that holds both clock-ins; None when the zone was empty between."""
    return next((one for one in watched.stretches if one["from_s"] <= FIRST_S and one["to_s"] >= LAST_S), None)


def pair_of(watched: Watched) -> Row | None:
    """The lineage pair that a finding would rest on, None when there is none."""
    stretch = _stretch(watched)
    if stretch is None or stretch["pairs"].empty:
        return None
    pairs = stretch["pairs"]
    start = max(FIRST_S - BEFORE_S, float(pairs["from_s"].min()))
    stop = min(LAST_S + AFTER_S, float(pairs["to_s"].max()))
    spanning = pairs[(pairs["from_s"] <= start + 1e-6) & (pairs["to_s"] >= stop - 1e-6)]
    if spanning.empty:
        return None
    chosen: Row = spanning.loc[(spanning["to_s"] - spanning["from_s"]).idxmin()].to_dict()
    return chosen


def fit_model(pairs: Sequence[tuple[str, Row | None]]) -> dict[str, float]:
    """Logistic model of "one body" on the features, a little ridge, classes weighted alike."""
    known = [(name, row) for name, row in pairs if row is not None]
    x = np.array([[1.0, *features(row)] for _, row in known])
    y = np.array([1.0 if name in STAYS else 0.0 for name, _ in known])
    weight = np.where(y == 1, 0.5 / max(1.0, y.sum()), 0.5 / max(1.0, (1 - y).sum())) * len(y)
    beta = np.zeros(x.shape[1])
    penalty = np.diag([0.0, *[RIDGE] * len(FEATURES)]) * len(y) / 10
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (weight * (y - p)) - penalty @ beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian + 1e-9 * np.eye(len(beta)), gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-8:
            break
    model = {"intercept": round(float(beta[0]), 5)}
    model |= {name: round(float(value), 5) for name, value in zip(FEATURES, beta[1:], strict=True)}
    return model | {"certify_at": CERTIFY_AT}


def certified(watched: Watched, model: dict[str, float]) -> bool:
    """Whether the scene is certified as one body between its two clock-ins, as a finding would."""
    stretch = _stretch(watched)
    return stretch is not None and continuity(stretch["pairs"], FIRST_S - BEFORE_S, LAST_S + AFTER_S, model).certified


def flagged(watched: Watched) -> tuple[int, int, bool]:
    """Of a companion's scene: single visitors not called alone, single visitors, and whether the two are flagged."""
    visits = [(one["from_s"], one["to_s"]) for one in watched.stretches]
    if len(visits) != TOGETHER + 1:  # a visitor was missed or parted: what then is said of the two is not asked here
        return 0, 0, False
    verdicts = [check.verdict != "none" for check in check_companions(watched.occupancy, visits)]
    return sum(verdicts[:TOGETHER]), TOGETHER, verdicts[TOGETHER]


def measure_rates(model: dict[str, float], seeds: Sequence[int], tell: Tell, purpose: str = "measurement") -> Row:
    """Counts in independent scenes, each kind on seeds of its own; with and without sheets apart too.

    ``unbroken`` of them have an occupied stretch over both clock-ins; where the zone
    was seen empty between there is nothing to certify, and a switch is no trap.
    """
    chunk = len(seeds) // len(KINDS)
    seen: dict[str, list[tuple[bool, bool, bool]]] = {}
    for number, kind in enumerate(KINDS[:-1]):
        part = seeds[number * chunk : (number + 1) * chunk]
        seen[kind] = [
            (one.sheets, _stretch(one) is not None, certified(one, model)) for one in watch_all([kind], part, purpose)
        ]
        tell(f"{kind}: {_counts(seen[kind])}")
    rates: Row = {"basis": "simulated", **_by_kind(seen)}
    rates["with_sheets"] = _by_kind({kind: [one for one in rows if one[0]] for kind, rows in seen.items()})
    told = [flagged(one) for one in watch_all(["companion"], seeds[6 * chunk : 7 * chunk], purpose)]
    rates["companion"] = {"scenes": len(told), "flagged": sum(both for _, _, both in told)}
    rates["alone"] = {"visits": sum(n for _, n, _ in told), "flagged": sum(alone for alone, _, _ in told)}
    tell(f"companion: {rates['companion']}, alone: {rates['alone']}")
    return rates


def _by_kind(seen: dict[str, list[tuple[bool, bool, bool]]]) -> Row:
    switches = {kind: _counts(seen[name]) for kind, name in SWITCHES.items()}
    return {"switch": switches, **{name: _counts(seen[name]) for name in STAYS}}


def _counts(rows: Sequence[tuple[bool, bool, bool]]) -> Row:
    return {
        "scenes": len(rows),
        "unbroken": sum(whole for _, whole, _ in rows),
        "certified": sum(hit for _, _, hit in rows),
    }


def validate_continuity(development: Sequence[int], measurement: Sequence[int], tell: Tell = lambda line: None) -> Row:
    """Fit on development seeds, measure on others; what ``analysis/tested/continuity.json`` holds."""
    pairs = [(one.kind, pair_of(one)) for one in watch_all(FITTED, development, "development")]
    model = fit_model(pairs)
    tell(json.dumps(model))
    return {
        "tool": f"papermask {__version__}",
        "model": model,
        "rates": measure_rates(model, measurement, tell),
        "seeds": {
            "development": [development[0], development[-1]],
            "measurement": [measurement[0], measurement[-1]],
        },
    }
