"""Is one body certified where one stays, and not where another takes over? Counts in scenes whose truth is known.

The model is fitted on development seeds and people and measured on others that
nothing else uses; what is stored are counts in independent scenes. Rates from
simulated scenes say what the method can do on such scenes, not what it does on
a site's own camera; a strength that rests on them is labelled and capped.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from toolkit.analysis import presence
from toolkit.analysis.bodies.companions import check_companions
from toolkit.analysis.presenters import FEATURES, MARGIN_S, continuity, features
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.pipeline.measuring import Span, compact, join, measure
from toolkit.records import Zone
from toolkit.simulation.staging import EMPTY_S, FIRST_S, FPS, LAST_S, Staged, stage

SWITCHES = {"ordinary": "handover", "contact": "handover_contact", "crossing": "handover_crossing"}
STAYS = ("stay", "stay_contact", "stay_crossing")
FITTED = ("stay", "stay_contact", *SWITCHES.values())  # who is hidden by a passer-by cannot teach the model
BEFORE_S, AFTER_S = 2.5, 1.0  # what a finding asks beyond the clock-ins, with a clock known to about half a second
PAIRS = ("companion", "companion_behind")  # single visitors, then two at the terminal at one time
SINGLE = 3  # visits of such a scene before the one of two people
BOTH_S = (14.8, 17.2)  # both stand there, as two clock-ins of theirs would ask
CERTIFY_AT = 0.95
RIDGE = 0.003
CRF = 27

Row = dict[str, Any]


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


def watch_all(kinds: Sequence[str], seeds: Sequence[int], purpose: str, workers: int) -> Iterator[Watched]:
    """Every seed of every kind, drawn and measured by this many processes, in their order."""
    asked = [(kind, seed, purpose) for kind in kinds for seed in seeds]
    if not asked:
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_watch_one, asked)


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
    """Whether the scene is certified as one body between its two clock-ins, as a finding would.

    A finding may spare the moments of coming and going or not, as the clock
    allows. The worse answer counts: a stay must be certified both ways, a
    switch counts as certified where either way certifies it.
    """
    stretch = _stretch(watched)
    if stretch is None:
        return False
    both = both_ways(stretch["pairs"], (FIRST_S - BEFORE_S, LAST_S + AFTER_S), model)
    return all(both) if watched.kind in STAYS else any(both)


def both_ways(pairs: pd.DataFrame, span_s: tuple[float, float], model: dict[str, float]) -> tuple[bool, bool]:
    """Whether one body is certified with the moments of coming and going, and with them spared."""
    whole, spared = (continuity(pairs, *span_s, model, spare_s=spare) for spare in ((0.0, 0.0), (MARGIN_S, MARGIN_S)))
    return whole.certified, spared.certified


def said_of(watched: Watched, model: dict[str, float]) -> Row:
    """What one scene says, in the words of its line: whether it is certified, and who is flagged as not alone.

    ``unbroken`` is whether an occupied stretch lies over both clock-ins; where the
    zone was seen empty between there is nothing to certify, and a switch is no trap.
    In a scene with single visitors before two who stand together, ``visits`` are
    the single ones and ``alone_flagged`` those of them not called alone.
    """
    if watched.kind not in PAIRS:
        return {
            "sheets": watched.sheets,
            "unbroken": _stretch(watched) is not None,
            "certified": certified(watched, model),
        }
    visits = [(one["from_s"], one["to_s"]) for one in watched.stretches]
    if len(visits) != SINGLE + 1:  # a visitor was missed or parted: what then is said of the two is not asked here
        return {"sheets": watched.sheets, "visits": 0, "alone_flagged": 0, "flagged": False, "certified": False,
                "reasons": []}  # fmt: skip
    checks = check_companions(watched.occupancy, visits)
    verdicts = [check.verdict != "none" for check in checks]
    both = watched.stretches[SINGLE]["pairs"]
    return {
        "sheets": watched.sheets,
        "visits": SINGLE,
        "alone_flagged": sum(verdicts[:SINGLE]),
        "flagged": verdicts[SINGLE],
        "certified": any(both_ways(both, BOTH_S, model)),
        "reasons": checks[SINGLE].basis["reasons"],
    }
