"""Small logs for tests of order and gaps: from simulated weeks, and written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from toolkit.simulation.logbooks import Office, Pool, Ring, Stamp, honest_office, ids, punches, stamps
from toolkit.simulation.seeds import LOGBOOKS

RING = ids(4)


def office(days: int = 10, staff: int = 20, **more: object) -> Office:
    """Twenty people without car-pools, of whom nobody is on leave."""
    base = honest_office(np.random.default_rng([LOGBOOKS["tests"], 0]), days=days, staff=staff, pooled=0.0)
    return replace(base, **({"lift": False, "lunch": False, "bell_s": 600.0} | more))  # type: ignore[arg-type]


def ring(days: int, size: int = 4, gap_s: tuple[float, float] = (4.0, 10.0)) -> Ring:
    return Ring(members=RING[:size], days=range(days), gap_s=gap_s)


def pool(size: int = 2, *, gap_s: tuple[float, float] = (5.0, 20.0)) -> Pool:
    return Pool(members=RING[:size], together=1.0, fixed_order=True, gap_s=gap_s)


def written(number: int, told: Office) -> tuple[Stamp, ...]:
    return stamps([LOGBOOKS["tests"], number], told)


@cache
def log(number: int, told: Office, **more: object) -> pd.DataFrame:
    return punches(written(number, told), **more)  # type: ignore[arg-type]


def by_hand(rows: Iterable[tuple[str, int, str]]) -> pd.DataFrame:
    """Rows of (employee id, number of the day, HH:MM:SS)."""
    start = date(2026, 3, 2)
    told = [
        Stamp(employee_id=who, at=datetime.fromisoformat(f"{start + timedelta(days=day)}T{clock}"))
        for who, day, clock in rows
    ]
    return punches(told)
