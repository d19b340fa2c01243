"""From readings of a site's controls to a ratio or the reason for none: what must never change it, and what must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis import sites
from tests.analysis.sites import M24, M60, W12, Design
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.strength import lower_bound, upper_bound
from toolkit.analysis.weighing import ratio_curve
from toolkit.analysis.weighing.calibration_checks import quality_of
from toolkit.analysis.weighing.fusion import (
    CaseReading,
    ControlReading,
    CueWeight,
    FrozenWeights,
    Readings,
    Recorded,
    averaged,
    fuse,
    presentations,
    weight_of,
)
from toolkit.analysis.weighing.ratio_curve import Scores, curve_for, left_out
from toolkit.analysis.weighing.site_controls import Control

HIGH = {"relief": 2.2}
HERE = Recorded(camera="C1", codec="h264", px_per_m=250.0, pitch_deg=30.0)


@pytest.fixture(scope="module")
def site_scores() -> Scores:
    return sites.site(M24, 0.99, "even", sites.rng_of(100))


@pytest.fixture(scope="module")
def rows(site_scores: Scores) -> list[ControlReading]:
    return sites.as_readings(site_scores)


def told(
    rows: Sequence[ControlReading], readings: Readings = HIGH, live: Sequence[ControlReading] = (), **case: object
) -> SiteRatio | NotCalibrated:
    return calibrate(sites.one_cue(), rows, CaseReading(readings=readings, **case), live)  # type: ignore[arg-type]


def ratio(*args: object, **case: object) -> SiteRatio:
    found = told(*args, **case)  # type: ignore[arg-type]
    assert isinstance(found, SiteRatio), found
    return found


def reason(*args: object, **case: object) -> str:
    found = told(*args, **case)  # type: ignore[arg-type]
    assert isinstance(found, NotCalibrated), found
    return found.reason


def recorded(rows: Sequence[ControlReading], place: Recorded = HERE) -> list[ControlReading]:
    return [replace(row, recorded=place) for row in rows]


# The curve


def test_a_ratio_rises_with_the_score_and_the_point_lies_within_its_bounds(
    rows: list[ControlReading],
) -> None:
    found = [ratio(rows, {"relief": value}) for value in np.linspace(-4, 4, 9)]
    lower = [one.lower_log10 for one in found]
    assert lower == sorted(lower)
    assert all(one.lower_log10 <= one.point_log10 <= one.upper_log10 for one in found)
    assert found[-1].direction == "print"
    assert found[0].direction == "live"
    assert found[4].direction == "neither"
    assert found[4].words == "no_support"


def test_the_bound_is_never_above_what_counts_carry(rows: list[ControlReading]) -> None:
    found = ratio(rows, {"relief": 9.0})
    assert found.lower_log10 <= np.log10(found.unlocks.cap) + 1e-9
    assert found.words == "moderate" if found.lower_log10 >= 1 else "weak"


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_the_recordings_changes_nothing(rows: list[ControlReading], seed: int) -> None:
    shuffled = [rows[k] for k in np.random.default_rng(seed).permutation(len(rows))]
    assert told(shuffled) == told(rows)


def test_scores_in_another_unit_give_the_same_ratio(rows: list[ControlReading]) -> None:
    # 3 x + 7 in place of x, with weights frozen in that unit.
    weight = CueWeight(name="relief", group="geometry", mid=7.0, sd=3.0, weight=1.0, sign=1)
    other = [replace(row, readings={"relief": 3 * (row.readings["relief"] or 0.0) + 7}) for row in rows]
    found = calibrate(
        FrozenWeights(source="x", cues=(weight,)), other, CaseReading(readings={"relief": 3 * 2.2 + 7})
    )  # fmt: skip
    assert isinstance(found, SiteRatio)
    assert found.lower_log10 == pytest.approx(ratio(rows).lower_log10, abs=1e-9)


def test_a_cue_of_which_low_values_speak_for_a_print_is_turned_round(rows: list[ControlReading]) -> None:
    weight = CueWeight(name="relief", group="geometry", mid=0.0, sd=1.0, weight=1.0, sign=-1)
    other = [replace(row, readings={"relief": -(row.readings["relief"] or 0.0)}) for row in rows]
    found = calibrate(FrozenWeights(source="x", cues=(weight,)), other, CaseReading(readings={"relief": -2.2}))
    assert isinstance(found, SiteRatio)
    assert found.lower_log10 == ratio(rows).lower_log10


def test_scores_that_tell_nothing_support_nothing() -> None:
    for number in range(3):
        blind = sites.as_readings(sites.site(M24, 0.5, "even", sites.rng_of(101, number)))
        assert {ratio(blind, {"relief": value}).direction for value in (-3.0, 0.0, 3.0)} == {"neither"}


def test_a_cue_that_runs_the_wrong_way_never_supports_a_print() -> None:
    scores = sites.site(M24, 0.99, "even", sites.rng_of(102))
    wrong = sites.as_readings(Scores(values=-scores.values, shown=scores.shown))
    for value in (-4.0, 0.0, 4.0):
        found = ratio(wrong, {"relief": value})
        assert found.direction == "neither"
        assert found.lower_log10 <= found.point_log10


def test_perfect_separation_gives_a_finite_curve() -> None:
    scores = Scores(
        values=np.array([one.print_id is not None for one in sites.controls_of(W12)], float),
        shown=tuple(sites.controls_of(W12)),
    )  # fmt: skip
    curve = curve_for("print", scores)
    assert np.isfinite(curve.lower([0.0, 0.5, 1.0])).all()
    assert 0 < float(curve.log_ratio(1.0)) < np.log(curve.denominator_effective + 1) + 1
    with pytest.raises(ValueError, match="vary"):
        curve_for("print", Scores(values=np.zeros(len(scores.values)), shown=scores.shown))


def test_the_fit_is_the_maximum_of_its_likelihood(site_scores: Scores) -> None:
    # Against a plain optimiser on the rule as written: weights n_eff / n, every point again with the other label.
    from scipy.optimize import minimize

    curve = curve_for("print", site_scores)
    live, prints = site_scores.of("live"), site_scores.of("print")
    n_live, n_prints = 40.0, 16.0
    offset = np.log(n_prints / n_live)

    def unlikely(ab: np.ndarray) -> float:
        told = 0.0
        for values, count, sign in ((prints, n_prints, 1.0), (live, n_live, -1.0)):
            logit = offset + ab[0] + ab[1] * values
            told += float((np.logaddexp(0, -sign * logit) * count + np.logaddexp(0, sign * logit)).mean())
        return told

    best = minimize(unlikely, np.zeros(2), tol=1e-12).x
    assert float(curve.log_ratio(0.7)) == pytest.approx(best[0] + best[1] * 0.7, abs=1e-4)


def test_plain_steps_and_careful_ones_end_at_the_same_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = tuple(sites.controls_of(W12))
    parted = np.array([100.0 * (one.print_id is not None) for one in shown]) + sites.rng_of(109).random(len(shown))
    # The second is a site on which plain steps run away for some of the draws.
    runaway = sites.site(W12, 0.97, "skewed", sites.rng_of(1, 12, 4, 97, 1, 1)).values
    for values in (parted, runaway, sites.site(W12, 0.97, "skewed", sites.rng_of(110)).values):
        scores = Scores(values=values, shown=shown)
        plain = curve_for("print", scores)
        monkeypatch.setattr(ratio_curve, "FEW_STEPS", 0)
        careful = curve_for("print", scores)
        monkeypatch.undo()
        assert np.allclose(plain.coefficients, careful.coefficients, atol=1e-8)
        assert np.allclose(plain.covariance, careful.covariance, rtol=1e-6)


def test_fewer_people_with_the_same_scores_give_a_lower_bound(site_scores: Scores) -> None:
    few = tuple(
        replace(one, person=f"P{int(one.person[1:]) % 8}") if one.print_id is None else one for one in site_scores.shown
    )
    many, fewer = (
        curve_for("print", Scores(values=site_scores.values, shown=shown)) for shown in (site_scores.shown, few)
    )
    assert float(fewer.lower(2.2)) < float(many.lower(2.2))


def test_what_a_curve_has_not_seen_reads_worse_than_what_it_was_fitted_on(site_scores: Scores) -> None:
    curve = curve_for("print", site_scores).log_ratio(site_scores.values)
    unseen = left_out(site_scores)
    prints = site_scores.is_print
    costs = [np.logaddexp(0, -r[prints]).mean() + np.logaddexp(0, r[~prints]).mean() for r in (curve, unseen)]
    assert costs[0] < costs[1]
    quality = quality_of(site_scores)
    assert quality.cllr == pytest.approx(costs[1] / (2 * np.log(2)))
    assert quality.area > 0.95
    assert quality.tippett[0][1:] == (1.0, 1.0)
    assert [point[2] for point in quality.tippett] == sorted((p[2] for p in quality.tippett), reverse=True)


# Levels and words


def test_words_stop_at_weak_where_the_score_parts_the_controls_poorly() -> None:
    poor = sites.as_readings(sites.site(M60, 0.90, "even", sites.rng_of(103)))
    found = ratio(poor, {"relief": 9.0})
    assert found.quality.area < 0.95
    assert found.unlocks.level == "moderate"
    assert (found.word_cap, found.words) == ("weak", "weak")
    assert found.lower_log10 < 1.0


def test_one_printer_keeps_words_at_weak(rows: list[ControlReading]) -> None:
    one = [replace(row, control=replace(row.control, printer="L0")) if row.is_print else row for row in rows]
    assert ratio(rows).word_cap == "moderate"
    assert ratio(one).word_cap == "weak"


@pytest.mark.parametrize(
    ("design", "why"),
    [
        (Design(people=7, each=9, prints=12, times=3, days=3), "people"),
        (Design(people=24, each=5, prints=7, times=5, days=3), "prints"),
        (Design(people=8, each=3, prints=8, times=3, days=1), "live_days"),
    ],
)
def test_too_few_people_prints_or_days_give_a_rank_and_no_ratio(design: Design, why: str) -> None:
    found = told(sites.as_readings(sites.site(design, 0.99, "even", sites.rng_of(104))), {"relief": 9.0})
    assert isinstance(found, NotCalibrated)
    assert found.reason == "too_few"
    assert found.unlocks is not None
    assert why in {need.what for need in found.unlocks.needs}
    assert found.rank is not None
    assert found.rank.below == found.rank.live


def test_the_depicted_persons_own_presentations_are_ranked_apart(rows: list[ControlReading]) -> None:
    rank = ratio(rows, {"relief": 9.0}, depicted="P003").rank
    assert (rank.own, rank.own_below, rank.people) == (5, 5, 24)


def test_support_for_a_live_face_needs_prints_of_three_days_for_more_than_weak() -> None:
    base = sites.site(Design(people=40, each=3, prints=40, times=3, days=3), 0.99, "even", sites.rng_of(105))
    many = sites.as_readings(base)
    assert (ratio(many, {"relief": -9.0}).direction, ratio(many, {"relief": -9.0}).mirror_cap) == ("live", "moderate")
    two_days = [
        replace(row, control=replace(row.control, day=sites.FIRST_DAY + timedelta(days=k % 2))) if row.is_print else row
        for k, row in enumerate(many)
    ]
    found = ratio(two_days, {"relief": -9.0})
    assert (found.mirror_cap, found.words) == ("weak", "weak")
    assert found.upper_log10 > -1.0


# What the controls are, and where they were recorded


def test_without_controls_or_readings_there_is_a_reason_and_no_number(rows: list[ControlReading]) -> None:
    assert reason([]) == "no_controls"
    assert reason(rows, {"relief": None}) == "no_readings"
    assert reason(rows, {"relief": float("nan")}) == "no_readings"
    assert reason(rows, {"unweighed": 3.0}) == "no_readings"
    assert reason([replace(row, readings={}) for row in rows]) == "too_few"
    assert reason([row for row in rows if row.is_print]) == "too_few"
    flat = [replace(row, readings={"relief": float(row.is_print)}) for row in rows]
    assert reason(flat) == "no_spread"


def test_one_file_under_two_labels_is_put_right_first(rows: list[ControlReading]) -> None:
    live, shown = next(row for row in rows if not row.is_print), next(row for row in rows if row.is_print)
    assert reason([*rows, replace(live, file_hash="x"), replace(shown, file_hash="x")]) == "labels_contradict"


def test_a_presentation_of_the_case_is_no_control(rows: list[ControlReading]) -> None:
    with_hash = [replace(row, file_hash=f"h{k}") for k, row in enumerate(rows)]
    assert reason(with_hash, HIGH, file_hashes=frozenset({"h3"})) == "case_among_controls"
    ratio(with_hash, HIGH, file_hashes=frozenset({"h999"}))


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (replace(HERE, px_per_m=300.0), "outside_scale"),
        (replace(HERE, px_per_m=200.0), "outside_scale"),
        (replace(HERE, pitch_deg=40.0), "outside_pitch"),
        (replace(HERE, codec="mjpeg"), "outside_codec"),
    ],
)
def test_a_case_recorded_elsewhere_is_not_calibrated(rows: list[ControlReading], place: Recorded, why: str) -> None:
    assert reason(recorded(rows), HIGH, recorded=place) == why
    assert ratio(recorded(rows), HIGH, recorded=HERE).validity.unchecked == ()


def test_what_is_not_known_of_the_recordings_is_named(rows: list[ControlReading]) -> None:
    assert ratio(recorded(rows), HIGH).validity.unchecked == ("scale", "pitch", "codec")
    assert ratio(rows, HIGH, recorded=HERE).validity.unchecked == ("scale", "pitch", "codec")


def test_sides_that_were_recorded_apart_speak_for_no_case(rows: list[ControlReading]) -> None:
    other = replace(HERE, codec="hevc", px_per_m=500.0, camera="C2")
    apart = [replace(row, recorded=other if row.is_print else HERE) for row in rows]
    for scale in (250.0, 350.0, 500.0):
        assert reason(apart, HIGH, recorded=replace(HERE, px_per_m=scale)) == "outside_scale"
    same_scale = [replace(row, recorded=replace(row.recorded, px_per_m=250.0)) for row in apart]
    for codec in ("h264", "hevc"):
        assert reason(same_scale, HIGH, recorded=replace(HERE, codec=codec)) == "outside_codec"


def test_sheets_held_nearer_to_one_camera_are_where_it_looks(rows: list[ControlReading]) -> None:
    nearer = [replace(row, recorded=replace(HERE, px_per_m=330.0) if row.is_print else HERE) for row in rows]
    for scale in (250.0, 290.0, 330.0):
        assert ratio(nearer, HIGH, recorded=replace(HERE, px_per_m=scale)).validity.px_per_m == (250.0, 330.0)
    assert reason(nearer, HIGH, recorded=replace(HERE, px_per_m=450.0)) == "outside_scale"
    unnamed = [replace(row, recorded=replace(row.recorded, camera="")) for row in nearer]
    assert reason(unnamed, HIGH, recorded=replace(HERE, camera="", px_per_m=290.0)) == "outside_scale"


def in_the_case(shift: float, people: int, seed: int = 106) -> list[ControlReading]:
    """Verified live faces of the case footage whose scores have this median, at 0 the controls' own."""
    values = sites.rng_of(seed).standard_normal(people)
    values += shift - np.median(values)
    return [
        ControlReading(
            control=Control(person=f"V{k}", day=date(2026, 3, 9)), readings={"relief": float(value)}, recorded=HERE
        )
        for k, value in enumerate(values)
    ]  # fmt: skip


def test_drifted_light_takes_the_ratio_away(site_scores: Scores, rows: list[ControlReading]) -> None:
    middle, spread = float(np.median(site_scores.of("live"))), site_scores.spread()
    for shift in (0.6, -0.6):
        assert reason(rows, HIGH, in_the_case(middle + shift * spread, 9)) == "conditions_differ"
    found = ratio(rows, HIGH, in_the_case(middle + 0.3 * spread, 9))
    assert found.drift is not None
    assert found.drift.shift_sd == pytest.approx(0.3)


def test_a_controls_own_recordings_do_not_show_that_nothing_drifted(rows: list[ControlReading]) -> None:
    live = [row for row in rows if not row.is_print]
    assert ratio(rows, HIGH, live).drift is None
    hashed = [replace(row, file_hash=f"h{k}") for k, row in enumerate(rows)]
    again = [replace(row, readings={"relief": 0.1}) for row in hashed if not row.is_print]
    assert ratio(hashed, HIGH, again).drift is None


def test_only_own_recent_footage_seen_not_to_drift_is_taken_as_it_reads(
    site_scores: Scores, rows: list[ControlReading]
) -> None:
    middle = float(np.median(site_scores.of("live")))
    own, there = recorded(rows), {"day": date(2026, 3, 10), "recorded": HERE}
    good = ratio(own, HIGH, in_the_case(middle, 9), **there)
    assert good.shift_sd == 0.0
    unsure = [
        ratio(own, HIGH, **there),  # nobody looked
        ratio(own, HIGH, in_the_case(middle, 3), **there),  # too few to tell
        ratio(own, HIGH, in_the_case(middle, 9), recorded=HERE, day=date(2026, 4, 10)),  # too long ago
        ratio(own, HIGH, in_the_case(middle, 9), day=date(2026, 3, 10), recorded=replace(HERE, camera="C2")),
        ratio(rows, HIGH, in_the_case(middle, 9), day=date(2026, 3, 10)),  # which camera is not known
    ]
    assert {one.shift_sd for one in unsure} == {0.5}
    at = {"relief": 1.2}
    assert ratio(own, at, **there).lower_log10 < ratio(own, at, in_the_case(middle, 9), **there).lower_log10


# Fusion


def test_pieces_of_one_visit_are_averaged_and_other_rows_are_not(rows: list[ControlReading]) -> None:
    who = Control(person="P9", day=date(2026, 3, 2))
    pieces = [ControlReading(control=who, readings={"relief": value}, visit="v1") for value in (1.0, None, 4.0)]
    loose = [ControlReading(control=who, readings={"relief": value}) for value in (1.0, 4.0)]
    assert [row.readings["relief"] for row in presentations(pieces)] == [2.5]
    assert len(presentations([*pieces, *loose])) == 3
    assert averaged([{"a": None}, {"a": float("nan"), "b": 2.0}]) == {"a": None, "b": 2.0}
    more = [replace(row, visit=f"v{k}") for k, row in enumerate(rows)]
    assert ratio([*more, *more]).lower_log10 == ratio(more).lower_log10  # the same readings in two pieces each


WEIGHTS = sites.even_weights({"a": "geometry", "b": "texture", "c": "motion"}, sites.apart(0.95))


def three_cues(alike: float = 0.1, design: Design = M60) -> list[ControlReading]:
    shown = sites.controls_of(design)
    table = sites.cue_latents(shown, 3, sites.apart(0.95), alike, sites.rng_of(107))
    return [
        ControlReading(control=who, readings=dict(zip("abc", values, strict=True)))
        for who, values in zip(shown, table.tolist(), strict=True)
    ]


def test_a_cue_that_the_case_lacks_is_hidden_in_all_controls() -> None:
    rows = three_cues()
    full = fuse(WEIGHTS, rows, {"a": 2.0, "b": 2.0, "c": None})
    bare = fuse(
        WEIGHTS, [replace(row, readings=dict(row.readings) | {"c": None}) for row in rows], {"a": 2.0, "b": 2.0}
    )
    assert full is not None
    assert bare is not None
    assert (full.hidden, full.left_out) == (("c",), 0)
    assert np.array_equal(full.scores.values, bare.scores.values)


def without_b(row: ControlReading) -> ControlReading:
    return replace(row, readings=dict(row.readings) | {"b": None})


def test_controls_without_a_cue_of_the_case_are_left_out_and_counted_anew() -> None:
    rows = three_cues()
    lacking = [without_b(row) if "P" < row.control.person < "P015" else row for row in rows]
    case = CaseReading(readings={"a": 3.0, "b": 3.0, "c": 3.0})
    found = calibrate(WEIGHTS, lacking, case)
    assert isinstance(found, SiteRatio)
    assert (found.left_out, found.unlocks.people) == (75, 45)
    none_left = calibrate(WEIGHTS, [replace(row, readings={}) for row in rows], case)
    assert isinstance(none_left, NotCalibrated)
    assert none_left.reason == "too_few"


def test_a_cue_that_few_controls_have_is_hidden_rather_than_the_site_thrown_away() -> None:
    case = CaseReading(readings={"a": 3.0, "b": 3.0, "c": 3.0})
    rows = [without_b(row) if row.is_print and number % 2 else row for number, row in enumerate(three_cues())]
    hidden, bare = (calibrate(WEIGHTS, some, case) for some in (rows, [without_b(row) for row in rows]))
    assert isinstance(hidden, SiteRatio)
    assert (hidden.left_out, hidden.hidden) == (0, ("b",))
    assert isinstance(bare, SiteRatio)
    assert bare.lower_log10 == hidden.lower_log10
    lacking = replace(case, readings={"a": 3.0, "b": None, "c": 3.0})
    told = calibrate(WEIGHTS, rows, lacking)
    assert isinstance(told, SiteRatio)
    assert told.lower_log10 == hidden.lower_log10  # its reading in the case changes nothing


def test_groups_that_move_together_on_the_site_or_in_development_are_one_kind() -> None:
    case = {"a": 3.0, "b": 3.0, "c": 3.0}
    kinds = [fuse(WEIGHTS, three_cues(alike), case) for alike in (0.05, 0.95)]
    assert [len(one.kinds) for one in kinds if one] == [3, 1]
    known = replace(WEIGHTS, dependent=(("geometry", "motion"),))
    told = fuse(known, three_cues(0.05), case)
    assert told is not None
    assert told.kinds == (("a", "c"), ("b",))
    assert told.merged == (("a", "c"),)
    opposed = [replace(row, readings=dict(row.readings) | {"b": -(row.readings["b"] or 0)}) for row in three_cues(0.95)]
    turned = fuse(WEIGHTS, opposed, case)  # a strong negative correlation is dependence too
    assert turned is not None
    assert len(turned.kinds) == 1


def test_support_that_rests_on_one_kind_of_observation_leaves_fd1_a_candidate(rows: list[ControlReading]) -> None:
    alone = ratio(rows, {"relief": 9.0})
    assert alone.direction == "print"
    assert (alone.on_one_kind, alone.leaves_candidate) == (True, False)
    controls = three_cues()
    found = [
        calibrate(WEIGHTS, controls, CaseReading(readings=case))
        for case in ({"a": 9.0, "b": 0.5, "c": 0.5}, {"a": 4.0, "b": 4.0, "c": 4.0})
    ]
    one_strong, all_strong = found
    assert isinstance(one_strong, SiteRatio)
    assert isinstance(all_strong, SiteRatio)
    assert one_strong.direction == all_strong.direction == "print"
    assert one_strong.on_one_kind
    assert all_strong.leaves_candidate
    assert all_strong.without_strongest_log10 is not None
    assert all_strong.without_strongest_log10 >= np.log10(2)


def test_weights_of_development_give_log_ratios_of_normal_readings() -> None:
    rng = sites.rng_of(108)
    weight = weight_of(
        "a", "geometry", list(5 + 2 * rng.standard_normal(4000)), list(1 + 2 * rng.standard_normal(4000))
    )
    assert weight.sign == -1
    assert (weight.mid, weight.sd, weight.weight) == pytest.approx((3.0, 2.0, 2.0), abs=0.1)
    with pytest.raises(ValueError, match="vary"):
        weight_of("a", "geometry", [1.0, 1.0], [2.0, 2.0])
    with pytest.raises(ValueError, match="twice"):
        FrozenWeights(source="x", cues=(weight, weight))
    with pytest.raises(ValueError, match="weights"):
        replace(weight, sd=0.0)


@settings(max_examples=50, deadline=None)
@given(trials=st.integers(1, 60), data=st.data())
def test_bounds_of_effective_counts_lie_between_those_of_whole_ones(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials - 1))
    part = data.draw(st.floats(0.01, 0.99))
    assert upper_bound(hits, trials) < upper_bound(hits + part, trials) < upper_bound(hits + 1, trials) + 1e-12
    assert lower_bound(hits, trials) < lower_bound(hits + part, trials) <= lower_bound(hits + 1, trials)
    assert upper_bound(0, trials + part) == pytest.approx(1 - 0.05 ** (1 / (trials + part)))
