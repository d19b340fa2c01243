"""Three numbers: ids used, bodies, and that knowing is not determinable; prevalence; the decision line."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import tables
from toolkit.analysis.counting.identity_count import (
    at_prior,
    central,
    count_law,
    identity_count,
    poisson_binomial,
    prevalence,
)
from toolkit.analysis.counting.presenter_count import Graph, bodies, chromatic
from toolkit.analysis.counts import count
from toolkit.analysis.statements.ladder import Chosen, Material, rung

PS = np.array([0.98, 0.95, 0.90, 0.70, 0.50, 0.30, 0.20, 0.05, 0.05])
CLOCK = [("terminal E-0001",)] * len(PS)


def identities(*rows: tuple[float | None, bool, list[str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "employee_id": [f"{k:03d}" for k in range(len(rows))],
            "probability": pd.array([p for p, _, _ in rows], dtype="Float64"),
            "meets_rule": pd.array([meets for _, meets, _ in rows], dtype="boolean"),
            "clocks": [json.dumps(clocks) for _, _, clocks in rows],
        }
    )


def test_the_example_of_the_specification() -> None:
    law = poisson_binomial(PS)
    assert law.sum() == pytest.approx(1.0)
    assert float(law @ np.arange(10)) == pytest.approx(4.63)
    assert np.cumsum(law)[[2, 6, 7]] == pytest.approx([0.015, 0.968, 0.998], abs=0.001)
    assert central(law) == [3, 7]
    assert central(count_law(PS, CLOCK)) == [1, 7]
    assert central(count_law(PS, CLOCK, kept=0.0)) == [0, 7]


def test_shared_errors_are_mixed_and_not_multiplied() -> None:
    together = count_law(np.array([1.0, 1.0]), [("c",), ("c",)], error=0.1, kept=0.0)
    apart = count_law(np.array([1.0, 1.0]), [("c",), ("d",)], error=0.1, kept=0.0)
    assert together == pytest.approx([0.1, 0.0, 0.9])
    assert apart == pytest.approx([0.01, 0.18, 0.81])


def test_many_clocks_are_drawn_with_a_seed_and_agree_with_the_exact_law() -> None:
    p, many = np.full(14, 0.6), [(f"c{k}",) for k in range(14)]
    drawn = count_law(p, many, error=0.1, kept=0.0)
    np.testing.assert_allclose(drawn, poisson_binomial(np.full(14, 0.54)), atol=0.01)
    assert (drawn == count_law(p, many, error=0.1, kept=0.0)).all()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), max_size=7))
def test_the_law_is_every_combination_added_up(p: list[float]) -> None:
    law = np.zeros(len(p) + 1)
    for state in itertools.product((0, 1), repeat=len(p)):
        law[sum(state)] += np.prod([one if hit else 1 - one for one, hit in zip(p, state, strict=True)])
    np.testing.assert_allclose(poisson_binomial(np.array(p)), law, atol=1e-12)


def test_a_prior_moves_the_odds_and_nothing_else() -> None:
    assert at_prior(np.array([0.5]), 0.10) == pytest.approx([0.5])
    assert at_prior(np.array([0.5]), 0.50) == pytest.approx([0.9])
    assert at_prior(np.array([0.5]), 0.01)[0] == pytest.approx(1 / 12)


def test_the_lower_bound_is_the_rules_and_what_was_not_assessed_is_no_zero() -> None:
    rows = [(float(p), k < 3, ["c"]) for k, p in enumerate(PS)] + [(None, False, [])] * 4
    told = identity_count(identities(*rows))
    assert (told["low"], told["high"]) == (3, 13)
    assert told["note"]["best"] == [4, 5]
    assert told["note"]["interval"] == [1, 7]
    assert told["note"]["independent"] == [3, 7]
    assert told["note"]["not_assessed"] == 4
    assert [row["prior"] for row in told["note"]["priors"]] == [0.01, 0.1, 0.5]
    assert told["note"]["priors"][1]["interval"] == [1, 7]
    silent = identity_count(identities((None, False, []), (None, False, [])))
    assert (silent["low"], silent["high"], silent["best"], silent["note"]["interval"]) == (0, 2, None, None)
    tables.build("counts", [told])


def test_without_the_rule_no_upper_bound_is_known() -> None:
    rows = count(tables.empty("visits"), tables.empty("presenters"), 0.95).set_index("what")
    assert pd.isna(rows.loc["identities_used", "high"])
    named = count(tables.empty("visits"), tables.empty("presenters"), 0.95, identities((0.9, True, [])))
    assert named.set_index("what").loc["identities_used", "low"] == 1
    assert json.loads(rows.loc["knowing_participants", "note"])["why"] == "not determinable from footage"


def test_bodies_in_a_ring_of_five_are_three_though_never_more_than_two_were_seen_together() -> None:
    ring = [(str(k), str((k + 1) % 5)) for k in range(5)]
    told = bodies("01234", [], ring)
    assert (told.low, told.by, told.high) == (3, "chromatic", 5)


def test_links_are_contracted_first_and_never_join_two_that_were_seen_together() -> None:
    told = bodies("abcd", [("a", "c"), ("b", "d")], [("a", "b"), ("c", "d")])
    assert (told.low, told.high, told.contradictions) == (2, 2, ())
    against = bodies("abc", [("a", "b"), ("b", "c")], [("a", "c")])
    assert (against.low, against.high, against.contradictions) == (2, 2, (("b", "c"),))
    assert bodies("", [], []).low == 0


def test_a_search_that_was_cut_off_says_so_and_states_the_clique() -> None:
    told = bodies("01234", [], [(str(k), str((k + 1) % 5)) for k in range(5)], node_limit=1)
    assert (told.low, told.by) == (2, "clique")


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 5), share=st.floats(0.1, 0.9))
def test_the_chromatic_number_is_that_of_trying_every_colouring(seed: int, count: int, share: float) -> None:
    graph = drawn(seed, count, share)
    tried = (
        len(set(colours))
        for colours in itertools.product(range(count), repeat=count)
        if all(colours[a] != colours[b] for a in range(count) for b in graph[a])
    )
    assert chromatic(graph, 1) == min(tried)


@pytest.mark.parametrize(("share", "by"), [(0.1, "chromatic"), (0.5, "clique")])
def test_sixty_tracks_are_settled_or_given_up_and_said_so(share: float, by: str) -> None:
    graph = drawn(60, 60, share)
    pairs = [(str(a), str(b)) for a, about in enumerate(graph) for b in about if a < b]
    told = bodies([str(k) for k in range(60)], [], pairs, node_limit=500)
    assert told.by == by
    assert told.low >= 3


def drawn(seed: int, count: int, share: float) -> Graph:
    rng = np.random.default_rng(seed)
    graph: Graph = [set() for _ in range(count)]
    for a, b in itertools.combinations(range(count), 2):
        if rng.random() < share:
            graph[a].add(b)
            graph[b].add(a)
    return graph


def test_prevalence_corrects_for_both_errors_and_stays_a_share() -> None:
    told = prevalence(30, 100, (10, 200), (20, 200))
    assert told["share"] == pytest.approx((0.3 - 0.1) / (1 - 0.05 - 0.1), abs=1e-4)
    assert told["interval"][0] < told["share"] < told["interval"][1]
    assert prevalence(5, 100, (10, 200), (20, 200))["share"] == 0.0
    assert prevalence(100, 100, (10, 200), (0, 200))["share"] == 1.0
    narrow = prevalence(3000, 10_000, (10_000, 200_000), (20_000, 200_000))["interval"]
    assert narrow[1] - narrow[0] < 0.3 * (told["interval"][1] - told["interval"][0])


def test_prevalence_covers_the_truth() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        share, apcer, bpcer = 0.2, 0.15, 0.08
        q = share * (1 - apcer) + (1 - share) * bpcer
        told = prevalence(
            int(rng.binomial(150, q)), 150, (int(rng.binomial(100, apcer)), 100), (int(rng.binomial(100, bpcer)), 100),
            draws=2_000,
        )  # fmt: skip
        held += told["interval"][0] <= share <= told["interval"][1]
    assert held >= 184


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (((0, 0), (1, 50), (1, 50)), "no_events"),
        (((3, 9), (0, 0), (1, 50)), "no_rates"),
        (((3, 9), (40, 60), (25, 60)), "rates_tell_nothing"),
    ],
)
def test_prevalence_that_cannot_be_had_is_no_number(told: Any, why: str) -> None:
    found = prevalence(*told[0], *told[1:])
    assert (found["share"], found["interval"], found["why"]) == (None, None, why)


FULL = Material(clips=True, examined=True, records=True, associated=True, visits=True)


def found(code: str, words: str, state: str = "candidate") -> dict[str, Any]:
    return {"code": code, "state": state, "headline": {"words": words}}


@pytest.mark.parametrize(
    ("findings", "identities", "line"),
    [
        ([], 0, "ladder_none"),
        ([found("FD2", "no_ratio")], 0, "ladder_equal"),
        ([found("FD2", "weak")], 3, "ladder_continuity"),
        ([found("FD1", "no_ratio")], 0, "ladder_none"),
        ([found("FD1", "weak")], 0, "ladder_artefact"),
        ([found("FD1", "no_ratio", "reviewed")], None, "ladder_artefact"),
        ([found("FD1", "weak"), found("FD2", "weak")], 2, "ladder_used"),
    ],
)
def test_the_decision_line_is_chosen_by_rule(findings: Any, identities: int | None, line: str) -> None:
    material = Material(
        clips=True, examined=True, records=True, associated=True, visits=True, identities=identities, presenters=1
    )
    assert rung(material, findings) == line


def test_another_line_needs_a_reason_and_a_decision() -> None:
    assert rung(FULL, [], Chosen(rung="ladder_equal", reason="see D-07", decision="D-07")) == "ladder_equal"
    for wrong in (Chosen(rung="ladder_equal", reason=" ", decision="D-07"), Chosen(rung="x", reason="r", decision="D")):
        with pytest.raises(ValueError, match="reason"):
            rung(FULL, [], wrong)
