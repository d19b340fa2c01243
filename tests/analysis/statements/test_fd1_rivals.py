"""FD1 in two parts: rivals without controls are named and have no number; a reviewer's word has a finite weight."""

from __future__ import annotations

import pytest

from tests.analysis import sites
from tests.analysis.sites import M24
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.copies.pair_counts import PairCounts, any_of, disjoint_pairs
from toolkit.analysis.statements.fd1_rivals import Fd1, ceiling, fd1_rivals, overall
from toolkit.analysis.strength import SetAside
from toolkit.analysis.weighing.fusion import CaseReading


@pytest.fixture(scope="module")
def told() -> SiteRatio:
    rows = sites.as_readings(sites.site(M24, 0.99, "even", sites.rng_of(100)))
    found = calibrate(sites.one_cue(), rows, CaseReading(readings={"relief": 9.0}))
    assert isinstance(found, SiteRatio)
    return found


def test_the_first_part_has_a_ratio_against_a_bare_live_face_only(told: SiteRatio) -> None:
    parts = fd1_rivals(told)
    assert parts.object_headline["rival"] == "live_face"
    assert parts.object_headline["interval"] == [told.lower_log10, told.point_log10]
    assert parts.object_headline["words"] == told.words
    assert parts.object_headline["not_assessed"] == ["covered_live_face", "body_above", "wall_portrait", "worn_badge"]
    assert not parts.object_headline["conditional"]


def test_that_it_was_paper_has_no_ratio_without_controls_of_phones_and_badges(told: SiteRatio) -> None:
    parts = fd1_rivals(told)
    assert parts.paper_headline["words"] == "no_ratio"
    assert parts.paper_headline["rival"] is None
    assert parts.paper_headline["not_assessed"] == ["phone_or_tablet", "shown_badge"]


def test_not_calibrated_is_no_ratio_of_one() -> None:
    parts = fd1_rivals(NotCalibrated(reason="too_few"))
    assert parts.object_headline["words"] == "no_ratio"
    assert parts.object_rivals[0].lower_log10 is None
    assert parts.object_rivals[0].detail["reason"] == "too_few"


@pytest.mark.parametrize(("items", "factor"), [(5, 2.2), (10, 3.9), (20, 7.2), (60, 20.5)])
def test_a_reviewers_word_counts_what_tested_misses_allow(items: int, factor: float) -> None:
    one = SetAside(rival="live_face", decision="D-1", reviewer="R1", reason="hair moves", items=items)
    assert one.factor == pytest.approx(factor, abs=0.06)


def aside(told: SiteRatio, **tested: int) -> Fd1:
    return fd1_rivals(told, [SetAside(rival="live_face", decision="D-1", reviewer="R1", reason="sheet", **tested)])


def test_an_untested_reviewer_leaves_the_number_and_makes_it_conditional(told: SiteRatio) -> None:
    plain, untested, tested = fd1_rivals(told), aside(told), aside(told, items=20)
    assert untested.object_headline["interval"] == plain.object_headline["interval"]
    assert untested.object_headline["conditional"]
    gain = tested.object_headline["interval"][0] - plain.object_headline["interval"][0]
    assert 10**gain == pytest.approx(7.2, abs=0.05)
    # more than the controls' level allows is not worded
    assert tested.object_headline["words"] == told.word_cap == "moderate"
    assert 10 ** (aside(told, misses=20, items=20).object_headline["interval"][0] - told.lower_log10) == pytest.approx(
        1
    )


def test_a_factor_on_an_unknown_ratio_is_unknown(told: SiteRatio) -> None:
    phone = SetAside(rival="phone_or_tablet", decision="D-2", reviewer="R1", reason="no glow", items=60)
    parts = fd1_rivals(told, [phone])
    assert parts.paper_rivals[0].lower_log10 is None
    assert parts.paper_rivals[0].detail["set_aside"]["factor"] == pytest.approx(20.5, abs=0.1)
    assert parts.paper_headline["conditional"]
    assert not parts.object_headline["conditional"]


@pytest.mark.parametrize(("share", "whole"), [(0.01, 34), (0.05, 14.5), (0.1, 8.5), (0.2, 4.6)])
def test_a_rival_without_a_ratio_bounds_the_whole(share: float, whole: float) -> None:
    assert 10 ** overall(1.69897, share) == pytest.approx(whole, abs=0.5)
    assert 10 ** overall(9.0, share) <= ceiling(share)


def test_a_share_is_a_share() -> None:
    for share in (0.0, -0.1, 1.1):
        with pytest.raises(ValueError, match="share"):
            ceiling(share)


def test_forty_visits_count_as_twenty_pairs() -> None:
    assert disjoint_pairs([40]) == 20
    assert disjoint_pairs([6, 1, 3]) == 4
    counts = PairCounts(exceeding=0, pairs=780, disjoint=20)
    assert counts.rarity == pytest.approx(0.139, abs=0.001)
    assert counts.lower_log10() is None  # a rarity is no ratio: without re-use controls there is no numerator
    assert PairCounts(exceeding=0, pairs=0, disjoint=0).rarity == 1.0
    known = PairCounts(exceeding=0, pairs=10_000, disjoint=72, found=12, reused=12)
    assert 10 ** (known.lower_log10() or 0) == pytest.approx(0.825 / 0.0408, rel=0.01)


def test_the_best_of_many_pairs_is_worth_the_mean_of_all() -> None:
    assert any_of([2.0]) == pytest.approx(2.0)
    assert 10 ** any_of([3.0, *[-9.0] * 49]) == pytest.approx(20.0)
    with pytest.raises(ValueError, match="no pair"):
        any_of([])
