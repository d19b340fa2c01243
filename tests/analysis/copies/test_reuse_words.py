"""What a score is worth: told beside live visits of different days, counted so that few people cannot inflate it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from toolkit.analysis.copies.reuse_words import REACHED, PairSeen, Spread, independent, standing_beside
from toolkit.analysis.reuse import AGAIN, Comparison

FIRST = date(2026, 3, 1)


def told(score: float | None, why_not: str | None = None, size_px: float = 100.0) -> Comparison:
    return Comparison(kind=AGAIN, size_px=size_px, score=score, standing="assessed", why_not=why_not)


def live(people: int, visits: int, score: float | None = 0.0, size_px: float = 100.0) -> Spread:
    """So many people who came once on each of so many days."""
    names = [(f"{p}-{v}", FIRST + timedelta(days=v)) for p in range(people) for v in range(visits)]
    pairs = tuple(
        PairSeen(first=f"{p}-{a}", second=f"{p}-{b}", who=str(p), size_px=size_px, score=score)
        for p in range(people)
        for a in range(visits)
        for b in range(a + 1, visits)
    )
    return Spread(live=pairs, days=tuple(names))


@pytest.mark.parametrize(("people", "visits", "upper"), [(1, 20, 0.26), (2, 20, 0.14), (30, 6, 0.033)])
def test_the_bound_counts_pairs_that_share_no_visit(people: int, visits: int, upper: float) -> None:
    beside = standing_beside(told(5.0), live(people, visits), 1)
    assert beside.verdict == "above all live"
    assert beside.controls_n == people * visits // 2
    assert beside.upper == pytest.approx(upper, abs=0.005)
    assert beside.log10_any is None  # rarity is no ratio


def test_without_live_pairs_nothing_is_calibrated() -> None:
    assert standing_beside(told(9.0), Spread(), 1).verdict == "not calibrated"
    assert standing_beside(told(9.0), live(8, 2, size_px=300.0), 1).verdict == "not calibrated"  # of another size


def test_a_live_pair_that_scores_as_high_takes_the_statement_away() -> None:
    spread = live(10, 2, score=5.0)
    assert standing_beside(told(4.9), spread, 1).verdict == "within live"
    assert standing_beside(told(5.1), spread, 1).verdict == "above all live"


def test_live_pairs_in_which_nothing_agreed_count_as_pairs() -> None:
    assert standing_beside(told(5.0), live(10, 2, score=None), 1).controls_n == 10


@pytest.mark.parametrize("score", [0.0, 4.0, 40.0])
def test_pairs_of_one_visit_are_not_assessable_whatever_stands_beside(score: float) -> None:
    beside = standing_beside(told(None, "reuse_same_visit"), live(30, 6, score), 1)
    assert beside.verdict == "not assessable"


def test_nothing_that_agrees_is_an_answer() -> None:
    for why in ("reuse_unlike", "reuse_not_registered", "reuse_faces_part"):
        assert standing_beside(told(None, why), live(8, 2), 1).verdict == "nothing agrees"


def shown_again(prints: int, score: float) -> tuple[PairSeen, ...]:
    return tuple(
        PairSeen(first=f"p{k}a", second=f"p{k}b", who=f"p{k}", size_px=100.0, score=score) for k in range(prints)
    )


def test_a_ratio_needs_twelve_prints_shown_again_and_is_divided_by_what_was_searched() -> None:
    base = live(40, 4)
    few = Spread(live=base.live, days=base.days, again=shown_again(11, 9.0))
    enough = Spread(live=base.live, days=base.days, again=shown_again(12, 9.0))
    assert standing_beside(told(REACHED + 1), few, 1).log10_any is None
    one = standing_beside(told(REACHED + 1), enough, 1).log10_any
    fifty = standing_beside(told(REACHED + 1), enough, 50).log10_any
    assert one is not None and fifty is not None
    # 12 of 12 found: lower 90 % bound .825; none of 80 independent live pairs: upper 95 % bound .0368
    assert 10**one == pytest.approx(0.825 / 0.0368, rel=0.02)
    assert 10 ** (one - fifty) == pytest.approx(50, rel=0.02)


def test_a_ratio_is_of_an_event_that_was_frozen_before() -> None:
    base = live(40, 4)
    spread = Spread(live=base.live, days=base.days, again=shown_again(12, 9.0))
    assert standing_beside(told(REACHED - 0.1), spread, 1).log10_any is None
    higher = {standing_beside(told(REACHED + more), spread, 1).log10_any for more in (0.0, 2.0, 20.0)}
    assert len(higher) == 1  # a higher score is the same event


def test_visits_of_one_day_make_no_pairs_of_their_own() -> None:
    days = {"a": FIRST, "b": FIRST, "c": FIRST, "d": FIRST + timedelta(days=1)}
    pairs = [PairSeen(first=one, second="d", who="x", size_px=90.0, score=0.0) for one in "abc"]
    assert independent(pairs, days) == 1
