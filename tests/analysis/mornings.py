"""Days at a terminal: who comes when, who is seen, and what the terminal writes; nobody has a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.blind_alignment import DAY_S, Seen

Floats = NDArray[np.float64]
OPENS_S, LASTS_S = 8 * 3600.0, 10 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """``place`` within a visit at which people clock in, ``unseen`` of them with nobody in view."""

    clock_ins: int = 40
    passers: int = 80
    place: tuple[float, float] = (0.2, 0.9)
    lasts_s: tuple[float, float] = (3.0, 12.0)
    unseen: float = 0.2
    related: bool = True


def arrivals(rng: np.random.Generator, count: int) -> Floats:
    """A morning's rush, and others through the day."""
    rush = rng.normal(OPENS_S + 1500.0, 900.0, count)
    return np.sort(np.where(rng.random(count) < 0.7, rush, rng.uniform(OPENS_S, OPENS_S + LASTS_S, count)))


def days(
    seed: int, habits: Habits, *, count: int = 1, offset_s: float = 97.3, drift_ppm: float = 0.0, cut_s: float = 1.0
) -> tuple[Seen, Floats]:
    """What the camera saw, and written times: the terminal is ahead by ``offset_s`` at the first midnight."""
    rng = np.random.default_rng(seed)
    visits, made = [], []
    for day in range(count):
        comes, stays = arrivals(rng, habits.clock_ins), rng.uniform(*habits.lasts_s, habits.clock_ins)
        seen = rng.random(habits.clock_ins) >= habits.unseen
        passing = arrivals(rng, habits.passers)
        mine = [np.stack([comes, comes + stays], axis=1)[seen],
                np.stack([passing, passing + rng.uniform(*habits.lasts_s, habits.passers)], axis=1)]  # fmt: skip
        visits.append(np.concatenate(mine) + day * DAY_S)
        at = comes + stays * rng.uniform(*habits.place, habits.clock_ins)
        made.append((at if habits.related else arrivals(rng, habits.clock_ins)) + day * DAY_S)
    at = np.concatenate(made)
    written = np.floor((at * (1 + drift_ppm * 1e-6) + offset_s) / cut_s) * cut_s
    watched = np.array([(day * DAY_S + OPENS_S - 1800, day * DAY_S + OPENS_S + LASTS_S + 1800) for day in range(count)])
    return Seen(visits=np.concatenate(visits), watched=watched), np.sort(written)
