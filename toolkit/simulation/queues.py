"""Mornings at a terminal as tables only: a queue, what the camera saw of it, what the terminal wrote, and the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BEGINS_S, ENDS_S = 20.0, 30.0
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Of a morning: how many people queue, how closely, and how well it is seen.

    ``gap_s`` mean time between two people (never under 1.5 s); ``unseen`` share
    of clock-ins that others make with nobody in view; ``edge_sd_s`` by how much
    the ends of a visit are misread; ``cut_s`` what the terminal cuts its times
    to; ``several`` ids that one body clocks in, 1 on an honest morning.
    """

    people: int = 40
    gap_s: float = 12.0
    stays_s: tuple[float, float] = (4.0, 12.0)
    place: tuple[float, float] = (0.2, 0.95)
    unseen: float = 0.05
    edge_sd_s: float = 0.3
    clock_sd_s: float = 0.3
    cut_s: float = 1.0
    several: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """``visits`` (v, 2) as they were seen, ``windows`` (n, 2) by the clock as it is believed to be, seconds.

    ``whose`` (n,) visit that each clock-in was made in, :data:`NOBODY` for none;
    ``body`` the visit of the one who clocks in several ids, or None.
    """

    visits: Floats
    windows: Floats
    whose: NDArray[np.int64]
    lasts_s: float
    body: int | None


def morning(seed: int, habits: Habits) -> Morning:
    """One morning: everybody clocks in once, in the own visit; ids are the numbers of the clock-ins."""
    rng = np.random.default_rng(seed)
    stays = rng.uniform(*habits.stays_s, habits.people)
    body = int(rng.integers(habits.people)) if habits.several > 1 else None
    if body is not None:
        stays[body] = max(stays[body], 3.0 * habits.several + 2.0)  # about three seconds for each id
    gaps = rng.exponential(habits.gap_s, habits.people) + 1.5
    begins = BEGINS_S + np.cumsum(gaps) + np.concatenate([[0.0], np.cumsum(stays)[:-1]])
    visits = np.stack([begins, begins + stays], axis=1)
    made = [(float(a + rng.uniform(*habits.place) * (b - a)), k) for k, (a, b) in enumerate(visits) if k != body]
    if body is not None:
        a, b = visits[body]
        made += [(float(at), body) for at in np.linspace(a + 1.5, b - 1.5, habits.several)]
    hidden = rng.binomial(habits.people, habits.unseen)
    made += [(float(at), NOBODY) for at in rng.uniform(BEGINS_S, visits[-1, 1], hidden)]
    made.sort()
    error = rng.normal(0, habits.clock_sd_s)
    written = np.floor((np.array([at for at, _ in made]) + error) / habits.cut_s) * habits.cut_s
    return Morning(
        visits=visits + rng.normal(0, habits.edge_sd_s, visits.shape),
        windows=np.stack([written, written + habits.cut_s], axis=1),
        whose=np.array([who for _, who in made]),
        lasts_s=float(visits[-1, 1] + ENDS_S),
        body=body,
    )
