"""Error rates on scenes whose truth is known, measured on seeds that nothing else uses.

The continuity of a presenter is fitted on development seeds and measured on
others; what is stored are counts in independent scenes. Rates from simulated
scenes say what the method can do on such scenes, not what it does on a site's
own camera; a strength that rests on them is labelled and capped.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit import __version__
from toolkit.analysis import presence
from toolkit.analysis.companions import check_companions
from toolkit.analysis.presenters import FEATURES, continuity
from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.pipeline.measuring import Span, compact, join, measure
from toolkit.records import Zone
from toolkit.simulation.scenarios import singles, stage
from toolkit.simulation.scene import Scene, shoot, zone_polygon

SWITCHES = {"ordinary": "handover", "contact": "handover_contact", "crossing": "handover_crossing"}
STAYS = ("stay", "stay_crossing")
FITTED = ("stay", *SWITCHES.values())  # who is hidden by a passer-by cannot teach the model
FIRST_S, LAST_S, PAD_S = 8.0, 17.0, 1.5
EMPTY_S = (0.0, 2.8)
CERTIFY_AT = 0.95
RIDGE = 0.003
CRF = 27

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """What the scan makes of one scene."""

    stretches: list[Row]
    occupancy: pd.DataFrame


def watch(scene: Scene) -> Watched:
    """Encode a scene, decode it again and measure it as a case would."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.mp4"
        write_clip(path, ((shot.t_s, shot.image) for shot in shoot(scene)), gop=round(2 * scene.fps), crf=CRF)
        zone = Zone(
            polygon_px=tuple((float(x), float(y)) for x, y in zone_polygon(scene.width_px, scene.height_px)),
            image_size_px=(scene.width_px, scene.height_px),
            empty_media_s=(EMPTY_S,),
            terminal_fully_in_view=True,
            stated_by="simulation",
        )
        with read_frames(path, [EMPTY_S], width_px=presence.WIDTH_PX) as frames:
            plate = presence.make_plate(frames, zone)
        apart, end = presence.apart_s(1 / scene.fps), scene.duration_s
        span = Span(exhibit_id="E-0001", path=str(path), from_s=0.0, to_s=end, begin_s=0.0, apart_s=apart,
                    frame_rate=None, zone=zone)  # fmt: skip
        found = join([compact(measure(span, plate))], 0.0, end, apart, plate.noise_fill)
    return Watched(found.stretches, found.occupancy)


def pair_of(watched: Watched) -> Row | None:
    """The lineage pair from before the first clock-in to after the second, None when the stretch is broken."""
    for stretch in watched.stretches:
        if stretch["from_s"] <= FIRST_S and stretch["to_s"] >= LAST_S:
            every: list[Row] = stretch["pairs"].to_dict("records")
            rows = [row for row in every if row["from_s"] <= FIRST_S - PAD_S + 1 and row["to_s"] >= LAST_S]
            wide = [row for row in rows if row["to_s"] <= LAST_S + PAD_S + 1]
            chosen: Row | None = max(wide, key=lambda row: (row["to_s"] - row["from_s"], row["from_s"]), default=None)
            return chosen
    return None


def gather(names: Iterable[str], seeds: Sequence[int], tell: Callable[[str], None]) -> list[tuple[str, Row | None]]:
    """Pairs of all scenes of these names."""
    found = []
    for name in names:
        for seed in seeds:
            found.append((name, pair_of(watch(stage(name, seed).scene))))
        tell(f"{name}: {len(seeds)}")
    return found


def fit_model(pairs: Sequence[tuple[str, Row | None]]) -> dict[str, float]:
    """Logistic model of "one body" on the features, a little ridge, classes weighted alike."""
    known = [(name, row) for name, row in pairs if row is not None]
    x = np.array([[1.0, *(float(row[name]) for name in FEATURES)] for _, row in known])
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
    for stretch in watched.stretches:
        if stretch["from_s"] <= FIRST_S and stretch["to_s"] >= LAST_S:
            return continuity(stretch["pairs"], FIRST_S - PAD_S, LAST_S + PAD_S, model).certified
    return False


def measure_rates(model: dict[str, float], seeds: Sequence[int], tell: Callable[[str], None]) -> Row:
    """Counts in independent scenes, each kind on seeds of its own."""
    chunk = len(seeds) // (len(SWITCHES) + len(STAYS) + 1)
    parts = [seeds[k * chunk : (k + 1) * chunk] for k in range(len(SWITCHES) + len(STAYS) + 1)]

    def count(name: str, part: Sequence[int]) -> Row:
        hits = sum(certified(watch(stage(name, seed).scene), model) for seed in part)
        tell(f"{name}: {hits} of {len(part)} certified")
        return {"scenes": len(part), "certified": hits}

    rates: Row = {"basis": "simulated"}
    rates["switch"] = {kind: count(name, part) for (kind, name), part in zip(SWITCHES.items(), parts, strict=False)}
    rates["stay"], rates["stay_crossing"] = (count(name, part) for name, part in zip(STAYS, parts[3:5], strict=True))
    rates["companion"] = {"scenes": chunk, "flagged": sum(_flagged(seed) for seed in parts[5])}
    tell(f"companion: {rates['companion']}")
    return rates


def _flagged(seed: int) -> bool:
    """Whether two people side by side are not called "none", against single visitors of the same site."""
    pair, alone = watch(stage("companion", seed).scene), watch(singles(np.random.default_rng(seed), seed))
    if not pair.stretches or not alone.stretches:
        return False
    shift = float(alone.occupancy["media_s"].max()) + 10.0
    both = pd.concat([alone.occupancy, pair.occupancy.assign(media_s=pair.occupancy["media_s"] + shift)])
    visits = [(one["from_s"], one["to_s"]) for one in alone.stretches]
    visits += [(one["from_s"] + shift, one["to_s"] + shift) for one in pair.stretches]
    checks = check_companions(both, visits)
    return any(check.verdict != "none" for check in checks[len(alone.stretches) :])


def validate_continuity(
    development: Sequence[int], measurement: Sequence[int], tell: Callable[[str], None] = lambda line: None
) -> Row:
    """Fit on development seeds, measure on others; what ``analysis/tested/continuity.json`` holds."""
    model = fit_model(gather(FITTED, development, tell))
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
