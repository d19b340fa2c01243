"""Continuity on simulated scenes: a stay is certified, a switch never, a companion is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis import presenters
from toolkit.analysis.bodies import companions
from toolkit.analysis.bodies.lineage import affinity, appearance
from toolkit.analysis.presenters import KEPT_ENOUGH, continuity, features, handovers
from toolkit.analysis.tested import continuity_model, continuity_rates
from toolkit.simulation.seeds import CALIBRATION, DEVELOPMENT, MEASUREMENT, TESTS
from toolkit.simulation.staging import stage
from toolkit.validation.continuity import certified, fit_model, said_of, watch


@pytest.fixture(scope="module")
def model() -> dict[str, float]:
    return continuity_model()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["stay", pytest.param("stay_contact", marks=pytest.mark.full)])
def test_one_person_who_stays_is_certified(kind: str, model: dict[str, float]) -> None:
    assert certified(watch(stage(kind, TESTS[10], "development")), model)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    ["handover_contact", *(pytest.param(one, marks=pytest.mark.full) for one in ("handover", "handover_crossing"))],
)
def test_a_switch_of_bodies_is_not_certified(kind: str, model: dict[str, float]) -> None:
    assert not certified(watch(stage(kind, TESTS[20], "development")), model)


@pytest.mark.full
def test_two_who_stand_together_are_noticed_and_those_who_come_alone_are_not(model: dict[str, float]) -> None:
    told = said_of(watch(stage("companion", TESTS[30], "development")), model)
    assert (told["alone_flagged"], told["visits"], told["flagged"]) == (0, 3, True)


def test_the_stored_rates_are_those_of_the_checks_that_are_made() -> None:
    """Whoever changes a check counts anew, or the reports say that an earlier one was counted."""
    rates = continuity_rates()
    assert (rates["companion_check"], rates["continuity_check"]) == (companions.CHECK, presenters.CHECK)


def test_nothing_can_be_said_without_lineage(model: dict[str, float]) -> None:
    told = continuity([], 0.0, 1.0, model)
    assert (told.certified, told.risk, told.why_not) == (False, None, "no_lineage")


def pair(start: float, end: float, lineage: float, appearance: float = 0.95, kept: float = 0.5) -> dict[str, float]:
    told = {"lineage": lineage, "kept": kept, "survival": 0.9, "appearance": appearance}
    return {"from_s": start, "to_s": end, **told}


def test_the_weakest_moment_is_where_lineage_is_least(model: dict[str, float]) -> None:
    rows = [pair(0, 1, 0.99), pair(1, 2, 0.6), pair(2, 3, 0.98), pair(0, 3, 0.9), pair(0, 2, 0.9), pair(1, 3, 0.9)]
    told = continuity(rows, 0.5, 2.5, model)
    assert told.weakest_s == 2
    assert told.certified


def walked_in_and_out() -> list[dict[str, float]]:
    """A visit of ten seconds in which nothing can be followed in the first and in the last of them."""
    moments = range(11)
    return [
        pair(a, b, 0.1 if a == 0 or b == 10 else 0.99, kept=0.0 if a == 0 or b == 10 else 0.5)
        for a in moments
        for b in moments
        if a < b
    ]


def test_walking_in_and_out_is_spared_where_the_clock_does_not_reach_into_it(model: dict[str, float]) -> None:
    rows = walked_in_and_out()
    assert not continuity(rows, -0.4, 10.3, model).certified
    told = continuity(rows, -0.4, 10.3, model, spare_s=(1.5, 1.5))
    assert told.certified
    assert told.walk_left_out
    # The clock's own interval begins or ends in the second of coming or going.
    assert not continuity(rows, -0.6, 10.3, model, spare_s=(1.5, 1.5)).certified
    assert not continuity(rows, -0.4, 10.6, model, spare_s=(1.5, 1.5)).certified
    # Cut off by the footage at one end: nobody is seen coming there, and nothing is spared.
    assert not continuity(rows, -0.4, 10.3, model, spare_s=(0.0, 1.5)).certified


def test_no_more_than_a_moment_at_either_end_is_spared(model: dict[str, float]) -> None:
    """A break after the first checkpoint counts, and nothing is spared that was not asked in vain."""
    broken = [one | ({"lineage": 0.1, "kept": 0.0} if one["from_s"] == 1 else {}) for one in walked_in_and_out()]
    assert not continuity(broken, -0.4, 10.3, model, spare_s=(5.0, 5.0)).certified
    inner = continuity(walked_in_and_out(), 1.5, 8.5, model, spare_s=(1.5, 1.5))
    assert inner.certified
    assert not inner.walk_left_out


def test_lineage_that_was_only_inherited_certifies_nobody(model: dict[str, float]) -> None:
    """Where shoulders touch, corners of the next body inherit from the one before; none is kept."""
    assert continuity([pair(0, 9, 0.99)], 0.5, 8.5, model).certified
    assert not continuity([pair(0, 9, 0.75, kept=0.0)], 0.5, 8.5, model).certified


def test_beyond_enough_more_of_what_was_kept_says_no_more() -> None:
    assert features(pair(0, 9, 0.9, kept=KEPT_ENOUGH)) == features(pair(0, 9, 0.9, kept=1.0))
    assert features(pair(0, 9, 0.9, kept=0.02))[1] < 0.2


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


def test_seed_sets_share_no_seed() -> None:
    sets = [set(one) for one in (DEVELOPMENT, CALIBRATION, MEASUREMENT, TESTS)]
    assert sum(map(len, sets)) == len(set.union(*sets))


def test_stored_rates_come_from_enough_independent_scenes() -> None:
    rates = continuity_rates()
    assert set(rates["switch"]) == {"ordinary", "contact", "crossing"}
    stays = [rates[kind] for kind in ("stay", "stay_contact", "stay_crossing")]
    for counts in (*rates["switch"].values(), *stays):
        assert 0 <= counts["certified"] <= counts["scenes"]
        assert counts["certified"] <= counts["unbroken"] <= counts["scenes"]
        assert counts["scenes"] >= 100
    switches = rates["switch"].values()
    assert sum(one["scenes"] for one in switches) >= 300
    assert sum(one["certified"] for one in switches) <= 0.02 * sum(one["scenes"] for one in switches)
    assert rates["stay"]["certified"] >= 0.85 * rates["stay"]["scenes"]


def test_the_model_learns_what_parts_stays_from_switches() -> None:
    rng = np.random.default_rng(5)

    def row(lineage: float, kept: float) -> dict[str, float]:
        return {"lineage": lineage, "kept": kept, "survival": float(rng.uniform(0.5, 0.9))}

    pairs = [("stay", row(rng.uniform(0.8, 1.0), rng.uniform(0.2, 0.8))) for _ in range(30)]
    pairs += [("handover", row(rng.uniform(0.0, 0.8), rng.uniform(0.0, 0.03))) for _ in range(30)]
    fitted = fit_model([*pairs, ("handover", None)])
    assert fitted["kept"] > 4
    assert fitted["lineage"] > 1
