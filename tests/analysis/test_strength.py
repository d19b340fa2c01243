"""Bounds, bands and the headline, against the figures of the literature and the contract."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
import pytest

from toolkit import tables
from toolkit.analysis.bodies import companions
from toolkit.analysis.counts import count
from toolkit.analysis.statements.one_body import ChanceRatio
from toolkit.analysis.statements.rivals import fd2_rivals
from toolkit.analysis.strength import (
    Rival,
    SetAside,
    break_even,
    equal_weights,
    headline,
    lower_bound,
    upper_bound,
    with_statement,
    words_for,
)


def rival(ratio: float, name: str = "r", by: str | None = None) -> Rival:
    return Rival(name=name, log10_lr=math.log10(ratio), lower_log10=math.log10(ratio), basis="x", excluded_by=by)


@pytest.mark.parametrize(
    ("hits", "trials", "bound"), [(0, 60, 0.049), (0, 300, 0.00994), (1, 384, 0.0123), (0, 20, 0.139)]
)
def test_exact_upper_bounds(hits: int, trials: int, bound: float) -> None:
    assert upper_bound(hits, trials) == pytest.approx(bound, rel=0.01)


def test_bounds_without_trials_say_nothing() -> None:
    assert (upper_bound(0, 0), lower_bound(0, 0)) == (1.0, 0.0)
    assert lower_bound(12, 12, 0.90) == pytest.approx(0.825, abs=0.001)


def test_the_headline_is_the_weakest_rival_and_never_a_product() -> None:
    rivals = [rival(850, "chance"), rival(69, "switch"), rival(10.5, "companion")]
    told = headline(rivals)
    assert told["rival"] == "companion"
    assert 10 ** told["log10_lr"] == pytest.approx(10.5)
    assert 10 ** equal_weights([math.log10(x) for x in (850, 69, 10.5)]) == pytest.approx(27.0, abs=0.1)


def aside(name: str, **tested: int) -> SetAside:
    return SetAside(rival=name, decision="D-01", reviewer="R1", reason="the sheet bends", **tested)


def test_the_word_of_an_untested_person_takes_no_rival_away() -> None:
    rivals = [rival(850, "chance"), with_statement(rival(3, "switch"), aside("switch"))]
    told = headline(rivals)
    assert (told["rival"], told["words"], told["conditional"]) == ("switch", "weak", True)
    assert 10 ** told["interval"][0] == pytest.approx(3)
    bare = headline([rival(850, "chance"), rival(3, "switch", by="D-01")])
    assert (bare["rival"], bare["conditional"]) == ("switch", True)


@pytest.mark.parametrize(("misses", "items"), [(0, 5), (0, 20), (2, 20), (20, 20)])
def test_the_word_of_a_tested_person_counts_one_over_the_bound_of_its_misses(misses: int, items: int) -> None:
    told = headline([rival(850, "chance"), with_statement(rival(3, "switch"), aside("s", misses=misses, items=items))])
    assert 10 ** told["interval"][0] == pytest.approx(3 / upper_bound(misses, items))
    assert told["rival"] == "switch" and told["conditional"]


def test_a_rival_without_a_ratio_stays_named_whoever_set_it_aside() -> None:
    bare = Rival(name="hidden_behind", log10_lr=None, lower_log10=None, basis="x")
    told = headline([rival(20), with_statement(bare, aside("hidden_behind", items=60))])
    assert (told["not_assessed"], told["conditional"]) == (["hidden_behind"], True)
    assert headline([rival(20), bare])["conditional"] is False


def test_rivals_without_a_ratio_are_named() -> None:
    bare = Rival(name="hidden_behind", log10_lr=None, lower_log10=None, basis="x")
    assert headline([rival(20), bare])["not_assessed"] == ["hidden_behind"]
    assert headline([bare])["words"] == "no_ratio"


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(1.9, "no_support"), (2, "weak"), (10, "moderate"), (99, "moderate"), (100, "moderately_strong")],
)
def test_bands(ratio: float, words: str) -> None:
    assert words_for(math.log10(ratio)) == words
    assert words_for(6.5, "moderate") == "moderate"


def test_break_even_is_where_the_mixture_falls_to_ten() -> None:
    share = break_even([math.log10(1000), math.log10(5)])
    assert share is not None
    assert 1 / (share / 5 + (1 - share) / 1000) == pytest.approx(10.0)


def test_without_tested_rates_switch_and_companion_have_no_ratio() -> None:
    chance = ChanceRatio(at_m=3.0, at_3m=2.0, clock_early=3.0, clock_late=3.0, leave_one_out={}, m=0.05)
    told = {one.name: one.lower_log10 for one in fd2_rivals(chance, "none", None)}
    assert told["switch"] is None
    assert told["companion"] is None
    assert told["chance"] == 2.0


def test_a_possible_companion_gets_no_ratio_however_good_the_test() -> None:
    chance = ChanceRatio(at_m=3.0, at_3m=2.0, clock_early=3.0, clock_late=3.0, leave_one_out={}, m=0.05)
    rates = {
        "switch": {"ordinary": {"scenes": 384, "certified": 1}}, "stay": {"scenes": 100, "certified": 85},
        "companion": {"scenes": 30, "flagged": 30}, "basis": "simulated",
    }  # fmt: skip
    told = {one.name: one.lower_log10 for one in fd2_rivals(chance, "possible", rates)}
    assert told["companion"] is None
    seen = {one.name: one.lower_log10 for one in fd2_rivals(chance, "none", rates)}
    assert 10 ** (seen["companion"] or 0) == pytest.approx(10.5, abs=0.2)


def people(*visits: tuple[str, float | None]) -> dict[str, Any]:
    """The row about presenters for visits one after another: companion verdict and continuity risk of each."""
    rows = [
        {
            "visit_id": f"V-{k:03d}", "exhibit_id": "E-0001", "from_s": 10.0 * k, "to_s": 10.0 * k + 6,
            "presenter_id": f"P-{k:02d}", "open_start": False, "open_end": False, "companion": companion,
            "companion_basis": {},
        }
        for k, (companion, _) in enumerate(visits)
    ]  # fmt: skip
    bodies = [
        {
            "presenter_id": f"P-{k:02d}", "visit_ids": [f"V-{k:03d}"], "continuity_risk": risk, "weakest_s": None,
            "exhibit_id": "E-0001",
        }
        for k, (_, risk) in enumerate(visits)
    ]  # fmt: skip
    told = count(tables.build("visits", rows), tables.build("presenters", bodies), 0.95)
    return dict(told.set_index("what").loc["presenters"])


def test_counts_are_three_and_knowing_is_not_determinable() -> None:
    rows = count(tables.empty("visits"), tables.empty("presenters"), 0.95).set_index("what")
    assert set(rows.index) == {"identities_used", "presenters", "knowing_participants"}
    assert rows["low"].isna()["knowing_participants"]


def test_a_companion_who_was_seen_counts_in_both_bounds() -> None:
    told = people(("seen", 0.01))
    assert (told["low"], told["high"]) == (2, 2)
    told = people(("none", 0.01), ("seen", 0.01), ("possible", 0.01))
    assert (told["low"], told["high"]) == (2, 5)


@pytest.mark.parametrize("risk", [None, 0.051])
def test_a_visit_that_is_not_certified_leaves_no_upper_bound(risk: float | None) -> None:
    told = people(("none", 0.01), ("none", risk))
    assert told["low"] == 1
    assert pd.isna(told["high"])
    assert json.loads(told["note"])["not_certified"] == 1


def test_certified_visits_of_single_bodies_are_at_most_so_many_presenters() -> None:
    assert people(("none", 0.01), ("none", 0.05))["high"] == 2


def test_a_certified_stay_that_was_never_seen_gives_no_infinity() -> None:
    chance = ChanceRatio(at_m=3.0, at_3m=2.0, clock_early=3.0, clock_late=3.0, leave_one_out={}, m=0.05)
    rates = {
        "switch": {"ordinary": {"scenes": 60, "certified": 3}},
        "stay": {"scenes": 60, "certified": 0},
        "basis": "simulated",
    }
    for one in fd2_rivals(chance, "none", rates):
        assert one.log10_lr is None or math.isfinite(one.log10_lr)
        assert one.lower_log10 is None or math.isfinite(one.lower_log10)


CHANCE = ChanceRatio(at_m=3.0, at_3m=2.0, clock_early=3.0, clock_late=3.0, leave_one_out={}, m=0.05)


def crossing(stays: int, switches: int) -> list[Rival]:
    """Rivals with an undisturbed stay certified 59 of 60, and these of 60 where somebody passes in front."""
    rates = {
        "switch": {
            "ordinary": {"scenes": 60, "certified": 0},
            "crossing": {"scenes": 60, "certified": switches},
        },
        "stay": {"scenes": 60, "certified": 59},
        "stay_crossing": {"scenes": 60, "certified": stays},
        "companion": {"scenes": 60, "flagged": 58},
        "basis": "simulated",
    }
    return fd2_rivals(CHANCE, "none", rates)


def test_a_switch_behind_a_passer_by_is_compared_with_stays_that_somebody_crosses() -> None:
    told = {one.name: one for one in crossing(stays=30, switches=0)}
    expected = lower_bound(30, 60, 0.90) / upper_bound(0, 60)
    assert 10 ** (told["switch_crossing"].lower_log10 or 0.0) == pytest.approx(expected, rel=0.01)
    assert told["switch_crossing"].detail["stays"]["certified"] == 30
    assert 10 ** (told["switch_ordinary"].lower_log10 or 0.0) == pytest.approx(
        lower_bound(59, 60, 0.90) / upper_bound(0, 60), rel=0.01
    )


def test_where_neither_stays_nor_switches_pass_there_is_no_ratio_and_the_rival_is_named() -> None:
    rivals = crossing(stays=0, switches=0)
    told = next(one for one in rivals if one.name == "switch_crossing")
    assert (told.log10_lr, told.lower_log10) == (None, None)
    assert told.detail["most"] == pytest.approx(upper_bound(0, 120), abs=1e-4)
    top = headline(rivals, "moderate")
    assert "switch_crossing" in top["not_assessed"]
    assert (top["rival"], top["words"]) == ("companion", "weak")


@pytest.mark.parametrize(("stays", "switches"), [(55, 55), (20, 20)])
def test_a_check_that_passes_switches_as_easily_as_stays_keeps_the_headline_down(stays: int, switches: int) -> None:
    # "No ratio" is for scenes that are never certified; here certification says nothing against a passer-by.
    top = headline(crossing(stays, switches), "moderate")
    assert (top["rival"], top["words"]) == ("switch_crossing", "no_support")


def test_ordinary_handovers_never_lose_their_ratio() -> None:
    rates = {
        "switch": {"ordinary": {"scenes": 60, "certified": 58}}, "stay": {"scenes": 60, "certified": 59},
        "companion": {"scenes": 60, "flagged": 60}, "basis": "simulated",
    }  # fmt: skip
    assert headline(fd2_rivals(CHANCE, "none", rates))["words"] == "no_support"


@pytest.mark.parametrize("noticed", [0, 40])
def test_somebody_hidden_is_always_named_and_never_has_a_ratio_however_often_staged_ones_were_noticed(
    noticed: int,
) -> None:
    rates = {
        "switch": {"ordinary": {"scenes": 384, "certified": 0}}, "stay": {"scenes": 100, "certified": 99},
        "companion": {"scenes": 300, "flagged": 300}, "alone": {"visits": 900, "flagged": 0}, "basis": "simulated",
        "companion_behind": {"scenes": 40, "flagged": noticed, "certified": 40 - noticed},
    }  # fmt: skip
    rivals = fd2_rivals(CHANCE, "none", rates)
    (hidden,) = (one for one in rivals if one.name == "hidden_behind")
    assert (hidden.log10_lr, hidden.lower_log10) == (None, None)
    assert hidden.detail == {"staged": 40, "noticed": noticed, "passed": 40 - noticed}
    assert "hidden_behind" in headline(rivals)["not_assessed"]


def test_companions_counted_with_an_earlier_check_are_told_so() -> None:
    counts = {"companion": {"scenes": 60, "flagged": 60}, "basis": "simulated"}
    for check, basis in ((companions.CHECK, "simulated"), (None, "simulated_before")):
        told = {one.name: one.basis for one in fd2_rivals(CHANCE, "none", {**counts, "companion_check": check})}
        assert told["companion"] == basis
