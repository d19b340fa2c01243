"""Days at a terminal: who comes when, who is seen, and what the terminal writes; nobody has a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DAY_S = 86400.0
OPENS_S, LASTS_S = 8 * 3600.0, 10 * 3600.0
RUSH = 0.7  # share of people who come in the morning


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Of a day: where in a visit people clock in (``place``, 0 to 1), what share is in nobody's view (``unseen``).

    ``related`` False: the clock-ins are those of other people, who come at the same hours.
    """

    clock_ins: int = 40
    passers: int = 80
    place: tuple[float, float] = (0.2, 0.9)
    lasts_s: tuple[float, float] = (3.0, 12.0)
    unseen: float = 0.2
    related: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """``visits`` and ``watched`` on the camera's clock, (n, 2) seconds; ``written`` by the terminal, in order."""

    visits: Floats
    watched: Floats
    written: Floats


def arrivals(rng: np.random.Generator, count: int) -> Floats:
    """A morning's rush, and others through the day."""
    rush = rng.normal(OPENS_S + 1500.0, 900.0, count)
    return np.sort(np.where(rng.random(count) < RUSH, rush, rng.uniform(OPENS_S, OPENS_S + LASTS_S, count)))


def days(
    seed: int, habits: Habits, *, count: int = 1, offset_s: float = 97.3, drift_ppm: float = 0.0, cut_s: float = 1.0
) -> Days:
    """What the camera saw, and what the terminal wrote.

    Parameters
    ----------
    offset_s, drift_ppm : float
        How far the terminal is ahead at the first midnight, and how much faster it runs.
    cut_s : float
        It writes whole multiples of this.
    """
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
    return Days(visits=np.concatenate(visits), watched=watched, written=np.sort(written))
