"""Continuity on simulated scenes: a stay is certified, a switch never, a companion is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.companions import check_companions
from toolkit.analysis.lineage import affinity, appearance
from toolkit.analysis.presenters import continuity, handovers
from toolkit.analysis.tested import continuity_model, continuity_rates
from toolkit.simulation.scenarios import stage
from toolkit.simulation.seeds import CALIBRATION, DEVELOPMENT, MEASUREMENT, TESTS
from toolkit.validation.continuity import FIRST_S, LAST_S, PAD_S, certified, fit_model, watch


@pytest.fixture(scope="module")
def model() -> dict[str, float]:
    return continuity_model()


@pytest.mark.parametrize("seed", TESTS[10:12])
def test_one_person_who_stays_is_certified(seed: int, model: dict[str, float]) -> None:
    assert certified(watch(stage("stay", seed).scene), model)


@pytest.mark.parametrize("kind", ["handover", "handover_contact", "handover_crossing"])
def test_a_switch_of_bodies_is_not_certified(kind: str, model: dict[str, float]) -> None:
    assert not certified(watch(stage(kind, TESTS[20]).scene), model)


def test_nothing_can_be_said_without_lineage(model: dict[str, float]) -> None:
    told = continuity([], 0.0, 1.0, model)
    assert (told.certified, told.risk, told.why_not) == (False, None, "no_lineage")


def pair(start: float, end: float, lineage: float, appearance: float = 0.95) -> dict[str, float]:
    return {"from_s": start, "to_s": end, "lineage": lineage, "survival": 0.9, "appearance": appearance}


def test_the_weakest_moment_is_where_lineage_is_least(model: dict[str, float]) -> None:
    rows = [pair(0, 1, 0.99), pair(1, 2, 0.6), pair(2, 3, 0.98), pair(0, 3, 0.9), pair(0, 2, 0.9), pair(1, 3, 0.9)]
    told = continuity(rows, 0.5, 2.5, model)
    assert told.weakest_s == 2
    assert told.certified


def test_a_handover_needs_both_signs() -> None:
    rows = [pair(t, t + 4.0, 0.0, 0.3) for t in (10.0, 11.0, 12.0)]
    assert handovers(rows, 0.0, 40.0) == [13.0]
    assert handovers([pair(10, 14, 0.0, 0.97)], 0.0, 40.0) == []  # a passer-by, or two in one uniform
    assert handovers([pair(10, 14, 0.9, 0.3)], 0.0, 40.0) == []


def test_alike_clothes_are_alike_and_others_are_not() -> None:
    body = np.zeros((60, 40), bool)
    body[5:55, 10:30] = True
    red = np.zeros((60, 40, 3), np.uint8)
    red[..., 0] = 180
    blue = red[..., ::-1].copy()
    assert affinity(appearance(red, body), appearance(red, body)) > 0.99
    assert affinity(appearance(red, body), appearance(blue, body)) < 0.1


def test_two_side_by_side_are_not_called_alone() -> None:
    import pandas as pd

    alone = pd.DataFrame(
        {"media_s": np.arange(0, 30, 0.1), "torso_width": 0.2, "bodies": 1, "tops": 1},
    )
    beside = alone.assign(media_s=alone["media_s"] + 40, torso_width=0.38)
    visits = [(0.0, 9.0), (10.0, 19.0), (20.0, 29.0), (40.0, 69.0)]
    verdicts = [check.verdict for check in check_companions(pd.concat([alone, beside]), visits)]
    assert verdicts == ["none", "none", "none", "possible"]
    apart = beside.assign(bodies=2)
    assert check_companions(pd.concat([alone, apart]), visits)[3].verdict == "seen"


def test_without_other_visits_nobody_is_called_alone() -> None:
    import pandas as pd

    lone = pd.DataFrame({"media_s": np.arange(0, 9, 0.1), "torso_width": 0.2, "bodies": 1, "tops": 1})
    check = check_companions(lone, [(0.0, 8.9)])[0]
    assert check.verdict == "possible"
    assert check.basis["reasons"] == ["no_reference"]


def test_seed_sets_share_no_seed() -> None:
    sets = [set(one) for one in (DEVELOPMENT, CALIBRATION, MEASUREMENT, TESTS)]
    assert sum(map(len, sets)) == len(set.union(*sets))


def test_stored_rates_come_from_enough_independent_scenes() -> None:
    rates = continuity_rates()
    assert set(rates["switch"]) == {"ordinary", "contact", "crossing"}
    for counts in (*rates["switch"].values(), rates["stay"]):
        assert 0 <= counts["certified"] <= counts["scenes"]
        assert counts["scenes"] >= 60


def test_the_model_learns_what_parts_stays_from_switches() -> None:
    rng = np.random.default_rng(5)

    def row(lineage: float) -> dict[str, float]:
        return {"lineage": lineage, "survival": float(rng.uniform(0.6, 0.9)), "appearance": float(rng.uniform(0.3, 1))}

    pairs = [("stay", row(rng.uniform(0.8, 1.0))) for _ in range(30)]
    pairs += [("handover", row(rng.uniform(0.0, 0.2))) for _ in range(30)]
    fitted = fit_model(pairs)
    assert fitted["lineage"] > 5
    assert FIRST_S - PAD_S < LAST_S
