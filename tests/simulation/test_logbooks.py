"""Weeks at a terminal without pictures: what was asked for stands in the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np

from tests.analysis.logs import RING, office, pool, ring, written
from toolkit.simulation.logbooks import Stamp, honest_office, punches, stamps
from toolkit.simulation.seeds import LOGBOOKS

SEED = [LOGBOOKS["tests"], 20]


def _gaps(rows: tuple[Stamp, ...], members: tuple[str, ...]) -> list[float]:
    """Seconds between the members' first clock-ins of each day."""
    first: dict[tuple[object, str], Stamp] = {}
    for one in rows:
        if one.employee_id in members:
            first.setdefault((one.at.date(), one.employee_id), one)
    days = sorted({day for day, _ in first}, key=str)
    told = [sorted(first[day, who].at for who in members if (day, who) in first) for day in days]
    return [(b - a).total_seconds() for times in told for a, b in pairwise(times)]


def test_one_seed_is_one_log_and_another_seed_another() -> None:
    assert stamps(SEED, office()) == stamps(SEED, office()) != stamps([*SEED, 1], office())


def test_rows_are_in_order_on_working_days_and_nobody_is_served_while_another_is() -> None:
    rows = stamps(SEED, office(days=10, again=0.0))
    assert list(rows) == sorted(rows, key=lambda one: one.at)
    assert len({one.at.date() for one in rows}) == 10 and all(one.at.weekday() < 5 for one in rows)
    assert min((b.at - a.at).total_seconds() for a, b in pairwise(rows)) >= 2


def test_one_person_clocks_in_for_all_on_each_day_within_the_stated_seconds() -> None:
    rows = written(1, office(days=10, ring=ring(10), again=0.0))
    gaps = _gaps(rows, RING)
    assert len(gaps) == 30 and all(4 <= gap <= 10 for gap in gaps)
    half = written(1, office(days=10, ring=replace(ring(10), days=range(5), evenings=False)))
    late = [one for one in half if one.employee_id in RING and one.at.hour > 14 and one.at.date() <= half[0].at.date()]
    assert {one.employee_id for one in late} == {RING[0]}


def test_a_car_pool_comes_together_and_varies() -> None:
    gaps = _gaps(written(2, office(days=20, pools=(pool(2),), again=0.0)), RING[:2])
    assert 5 < float(np.median(gaps)) < 25 and float(np.std(gaps)) > 2


def test_an_honest_office_has_no_ring_and_car_pools_share_nobody() -> None:
    for number in range(5):
        told = honest_office(np.random.default_rng([*SEED, number]), days=10)
        members = [who for one in told.pools for who in one.members]
        assert told.ring is None and len(members) == len(set(members)) <= 0.3 * told.staff


def test_rows_to_the_minute_have_no_seconds_left() -> None:
    rows = [replace(one, at=one.at + timedelta(seconds=7)) for one in written(1, office(days=5))][:5]
    table = punches(rows, precision_s=60.0)
    assert set(table["precision_s"]) == {60.0}
    assert all(one.endswith(":00") and len(one) == 19 for one in table["t_local"])
    assert all(len(one) == 16 for one in table["stamped_at"])
