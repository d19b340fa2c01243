"""The rule of strength held to its limits on simulated sites whose true ratios are known.

Numbers are those of the twenty acceptance tests of the rule. 13 (the headline
is the weakest rival, 27.0 by equal weights, no product) and the first half of
15 (U95 of 1 in 384) stand in ``test_strength.py``. Tests marked ``full`` take
300 sites a cell and allow two standard errors; their quick versions take few
sites and allow three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from tests.analysis import sites
from tests.analysis.sites import DESIGNS, M24, M120, Design, Floats, Shape
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.copies.pair_counts import PairCounts, any_of, disjoint_pairs
from toolkit.analysis.cue import Group
from toolkit.analysis.rates import lower_bounds, upper_bounds
from toolkit.analysis.strength import Rival, headline, upper_bound
from toolkit.analysis.weighing.fusion import CaseReading, ControlReading, FrozenWeights, Fused, fuse, presentations
from toolkit.analysis.weighing.ratio_curve import Scores, curve_for
from toolkit.analysis.weighing.site_controls import Control, effective, unlocked

AREAS = (0.90, 0.97, 0.99)
SHAPES: tuple[Shape, ...] = ("even", "skewed")
FULL_SITES, QUICK_SITES = 300, 40
PRINT_CASES, LIVE_CASES = 60, 200
TWO, TEN, HUNDRED = np.log(2.0), np.log(10.0), np.log(100.0)


@dataclass(frozen=True)
class Share:
    """A share over sites, with a standard error that takes the cases of one site as one cluster."""

    value: float
    error: float

    @classmethod
    def of(cls, hits: list[int], trials: list[int]) -> Share:
        h, t = np.array(hits, float), np.array(trials, float)
        value = h.sum() / t.sum() if t.sum() else float("nan")
        return cls(float(value), float(np.sqrt(((h - value * t) ** 2).sum()) / t.sum()))

    def under(self, least: float, errors: float) -> bool:
        return self.value + errors * self.error < least

    def over(self, most: float, errors: float) -> bool:
        return self.value - errors * self.error > most


def measured(design: Design, area: float, shape: Shape, count: int) -> dict[str, Share]:
    """What the rule delivers on so many sites of one cell; names are those of the limits below."""
    seen: dict[str, tuple[list[int], list[int]]] = {}

    def add(name: str, hit: np.ndarray, among: np.ndarray | None = None) -> None:
        hits, trials = seen.setdefault(name, ([], []))
        hits.append(int((hit if among is None else hit & among).sum()))
        trials.append(int(hit.size if among is None else among.sum()))

    for number in range(count):
        rng = sites.rng_of(1, design.people, design.each, round(area * 100), SHAPES.index(shape), number)
        scores = sites.site(design, area, shape, rng)
        curve = curve_for("print", scores)
        stress = 0.5 * scores.spread()
        prints, truth = sites.cases("print", PRINT_CASES, area, shape, rng)
        live, _ = sites.cases("live", LIVE_CASES, area, shape, rng)
        drifted, _ = sites.cases("live", LIVE_CASES, area, shape, rng, drift=0.5)
        lower = curve.lower(prints)
        add("coverage", lower <= truth)
        add("coverage_stated", lower <= truth, lower >= TWO)
        add("overstated", lower > truth + TEN)
        add("live_ten", curve.lower(live) >= TEN)
        add("live_ten_stress", curve.lower(live, stress) >= TEN)
        add("drift_ten_stress", curve.lower(drifted, stress) >= TEN)
        add("hundred", np.concatenate([lower, curve.lower(live)]) >= HUNDRED)
        add("power_two_stress", curve.lower(prints, stress) >= TWO)
        add("power_ten_stress", curve.lower(prints, stress) >= TEN)
    return {name: Share.of(*told) for name, told in seen.items()}


AT_LEAST = {"coverage": 0.95, "coverage_stated": 0.95}  # tests 1 and 2
AT_MOST = {
    "live_ten": 0.01,  # 3, matched
    "live_ten_stress": 0.005,
    "drift_ten_stress": 0.015,  # 4
    "hundred": 0.0,  # 5: no design here has 335 effective live presentations
    "overstated": 0.003,  # 7
}
POWER = {"power_two_stress": 0.45, "power_ten_stress": 0.05}  # 12


def missed(told: dict[str, Share], errors: float, power: bool) -> dict[str, Share]:
    """The limits that are not held."""
    low = AT_LEAST | (POWER if power else {})
    return {name: told[name] for name, least in low.items() if told[name].under(least, errors)} | {
        name: told[name] for name, most in AT_MOST.items() if told[name].over(most, errors)
    }


@pytest.mark.full
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("design", DESIGNS)
def test_1_2_3_4_5_7_12_bounds_hold_and_seldom_mislead(design: str, area: float, shape: Shape) -> None:
    told = measured(DESIGNS[design], area, shape, FULL_SITES)
    assert missed(told, 2.0, power=(design, area) == ("24x5", 0.99)) == {}


@pytest.mark.parametrize(("area", "shape"), [(0.97, "even"), (0.99, "skewed")])
def test_1_2_3_4_5_7_12_quick(area: float, shape: Shape) -> None:
    told = measured(M24, area, shape, QUICK_SITES)
    assert missed(told, 3.0, power=area == 0.99) == {}


def test_the_limits_can_be_missed() -> None:
    # A curve without its bound is above the truth half of the time: the figures above would tell.
    shares = []
    for number in range(QUICK_SITES):
        rng = sites.rng_of(2, number)
        curve = curve_for("print", sites.site(M24, 0.97, "even", rng))
        scores, truth = sites.cases("print", PRINT_CASES, 0.97, "even", rng)
        shares.append(int((curve.log_ratio(scores) <= truth).sum()))
    share = Share.of(shares, [PRINT_CASES] * QUICK_SITES)
    assert share.under(0.95, 3.0)


def told_by(rows: list[ControlReading], score: float) -> SiteRatio | NotCalibrated:
    return calibrate(sites.one_cue(), rows, CaseReading(readings={"relief": score}))


def parted(design: Design, seed: int) -> Scores:
    """Controls of which every print reads higher than every live face."""
    shown = sites.controls_of(design)
    prints = np.array([one.print_id is not None for one in shown])
    return Scores(values=prints + 0.01 * sites.rng_of(3, seed).standard_normal(len(shown)), shown=tuple(shown))


@pytest.mark.parametrize("design", [DESIGNS["200x5"], Design(people=200, each=5, prints=150, times=3, days=10)])
def test_5_a_hundred_is_never_stated_below_335_effective_live_presentations(design: Design) -> None:
    told = told_by(sites.as_readings(parted(design, 0)), 1.0)
    assert isinstance(told, SiteRatio)
    assert told.unlocks.live_effective < 335
    assert told.unlocks.cap > 100  # the counts alone would carry it
    assert 1.0 < told.lower_log10 < 2.0
    assert told.words == "moderate"


@pytest.mark.parametrize("area", [*AREAS, 1.0])
def test_6_twenty_and_twenty_by_four_people_state_nothing(area: float) -> None:
    design = Design(people=4, each=5, prints=3, times=7, days=1)
    for number in range(15):
        rng = sites.rng_of(4, round(area * 100), number)
        scores = parted(design, number) if area == 1.0 else sites.site(design, area, "even", rng)
        told = told_by(sites.as_readings(scores), float(scores.values.max()))
        assert isinstance(told, NotCalibrated)
        assert told.reason == "too_few"
        # and the bound itself would not speak either
        assert float(curve_for("print", scores).lower(scores.values.max())) < TWO


def test_8_repeats_of_the_same_people_hardly_count() -> None:
    counts = []
    for each in (3, 30):
        told = told_by(sites.as_readings(parted(Design(people=12, each=each, prints=8, times=3, days=3), 1)), 1.0)
        assert isinstance(told, SiteRatio)
        counts.append(told.unlocks.live_effective)
    assert 1.0 < counts[1] / counts[0] <= 1.3


def test_8_identical_files_count_once() -> None:
    rows = [
        ControlReading(control=row.control, readings=row.readings, file_hash=f"sha-{number}")
        for number, row in enumerate(sites.as_readings(sites.site(M24, 0.97, "even", sites.rng_of(5))))
    ]
    once, twice = told_by(rows, 1.0), told_by([*rows, *rows[::2]], 1.0)
    assert isinstance(once, SiteRatio)
    assert once == twice


SIXTY = Design(people=60, each=1, prints=24, times=1, days=5)
TWO_GROUPS: dict[str, Group] = {"a": "geometry", "b": "texture"}


def rows_of(shown: Sequence[Control], cues: Sequence[str], table: Floats) -> list[ControlReading]:
    """Readings (n, cues) as rows; nan is not assessable."""
    return [
        ControlReading(control=who, readings=dict(zip(cues, values, strict=True)))
        for who, values in zip(shown, table.tolist(), strict=True)
    ]


def change_by_copy(group: Group, number: int, second: float | None = None) -> tuple[Floats, Fused]:
    """|Change of the curve, log10| over case scores when a copy of cue a (1 % noise) is filed under a group.

    ``second``: the correlation with a of another cue of a's own group, if there is one.
    """
    distance, names = sites.apart(0.90), ["a", "b"]
    rng = sites.rng_of(6, number)
    shown = sites.controls_of(SIXTY)
    prints = np.array([one.print_id is not None for one in shown])
    table = sites.cue_latents(shown, 2, distance, 0.3, rng)
    case = sites.case_latents("print", 30, 2, distance, 0.3, rng)
    groups = dict(TWO_GROUPS)
    if second is not None:
        names, groups["c"] = ["a", "b", "c"], "geometry"
        noise = np.sqrt(1 - second**2) * rng.standard_normal(len(shown) + len(case))
        third = second * table[:, 0] + (1 - second) * distance * prints + noise[: len(shown)]
        table = np.column_stack([table, third])
        case = np.column_stack([case, second * case[:, 0] + (1 - second) * distance + noise[len(shown) :]])
    table, case = (np.hstack([one, one[:, :1] + 0.01 * rng.standard_normal((len(one), 1))]) for one in (table, case))
    plain = fused_of(sites.even_weights(groups, distance), shown, names, table[:, :-1], case[:, :-1])
    copied = fused_of(sites.even_weights(groups | {"copy": group}, distance), shown, [*names, "copy"], table, case)
    return np.abs(curve_at(*copied) - curve_at(*plain)) / TEN, copied[0]


def fused_of(
    frozen: FrozenWeights, shown: Sequence[Control], cues: Sequence[str], table: Floats, cases: Floats
) -> tuple[Fused, Floats]:
    """Controls as they are fused for cases of one pattern of missing cues, and the scores of the cases."""
    first = dict(zip(cues, cases[0].tolist(), strict=True))
    fused = fuse(frozen, presentations(rows_of(shown, cues, table)), first)
    assert fused is not None
    anybody = [Control(person="case", day=sites.FIRST_DAY)] * len(cases)
    scored = fuse(frozen, rows_of(anybody, cues, cases), first, fused.kinds)
    assert scored is not None
    return fused, scored.scores.values


def curve_at(fused: Fused, cases: Floats) -> Floats:
    """The curve itself, natural log, before bound and cap."""
    return curve_for("print", fused.scores).log_ratio(cases)


def test_9_a_copied_cue_of_the_same_group_changes_nothing() -> None:
    changes = np.concatenate([change_by_copy("geometry", number)[0] for number in range(12)])
    assert changes.mean() <= 0.01
    assert np.quantile(changes, 0.95) <= 0.02


@pytest.mark.parametrize("second", [None, 0.6])
def test_10_a_copied_cue_under_another_group_is_merged(second: float | None) -> None:
    told = [change_by_copy("photometric", number, second) for number in range(12)]
    assert all(any({"a", "copy"} <= set(kind) for kind in fused.merged) for _, fused in told)
    assert np.concatenate([change for change, _ in told]).mean() <= 0.1


MECHANISMS = {
    "at random": ((0.3, 0.3), 0.3), "prints more often": ((0.15, 0.5), 0.15), "differs in the case": ((0.15, 0.5), 0.5),
    "hardly in controls": ((0.05, 0.05), 0.5), "live more often": ((0.5, 0.15), 0.15),
}  # fmt: skip
THREE_GROUPS: dict[str, Group] = {"a": "geometry", "b": "texture", "c": "motion"}


def live_ten_with_missing(name: str, count: int) -> Share:
    """How often a live case with missing cues reads ten or more on the curve itself, before bound and cap."""
    (live_missing, print_missing), case_missing = MECHANISMS[name]
    distance, cues = sites.apart(0.80), list(THREE_GROUPS)
    frozen = sites.even_weights(THREE_GROUPS, distance)
    shown = sites.controls_of(SIXTY)
    missing = np.array([live_missing if one.print_id is None else print_missing for one in shown])
    hits, trials = [], []
    for number in range(count):
        rng = sites.rng_of(7, list(MECHANISMS).index(name), number)
        table = sites.cue_latents(shown, 3, distance, 0.5, rng)
        table[rng.random(table.shape) < missing[:, None]] = np.nan
        cases = sites.case_latents("live", LIVE_CASES, 3, distance, 0.5, rng)
        hidden = rng.random(cases.shape) < case_missing
        cases[hidden] = np.nan
        ratios = []
        for pattern in np.unique(hidden[~hidden.all(axis=1)], axis=0):
            fused, scored = fused_of(frozen, shown, cues, table, cases[(hidden == pattern).all(axis=1)])
            if unlocked(fused.scores.shown).level not in ("none", "checked"):
                ratios.append(curve_at(fused, scored))
        stated = np.concatenate([np.empty(0), *ratios])
        hits.append(int((stated >= TEN).sum()))
        trials.append(len(stated))
    return Share.of(hits, trials)


@pytest.mark.full
@pytest.mark.parametrize("name", MECHANISMS)
def test_11_what_is_missing_is_no_evidence(name: str) -> None:
    assert not live_ten_with_missing(name, FULL_SITES).over(0.02, 2.0)


def test_11_quick() -> None:
    assert not live_ten_with_missing("differs in the case", 10).over(0.02, 3.0)


@pytest.mark.parametrize("rivals", [1, 2, 3, 4, 5, 6])
def test_14_the_least_of_the_bounds_holds_for_the_least_ratio(rivals: int) -> None:
    rng = sites.rng_of(8, rivals)
    held = 0
    for _ in range(400):
        trials, shown = rng.integers(20, 400, rivals), 40
        rates, hit_rate = rng.choice([0.01, 0.03, 0.1], rivals), 0.85
        low = lower_bounds(rng.binomial(shown, hit_rate, rivals), shown, 0.90)
        bounds = np.log10(low / upper_bounds(rng.binomial(trials, rates), trials))
        told = headline(
            [Rival(name=str(k), log10_lr=0.0, lower_log10=float(one), basis="x") for k, one in enumerate(bounds)]
        )  # fmt: skip
        held += told["interval"][0] <= np.log10(hit_rate / rates.max())
    assert held / 400 >= 0.95


def test_15_scenes_of_one_seed_are_no_independent_scenes() -> None:
    scenes = effective([seed for seed in range(24) for _ in range(16)])
    assert scenes == pytest.approx(45.2, abs=0.05)
    assert 0.85 / upper_bound(scenes / 384, scenes) == pytest.approx(12.3, abs=0.2)
    assert 0.85 / upper_bound(1, 384) == pytest.approx(69, abs=0.5)


def pair_rate_coverage(rate: float, count: int, people: int = 30, visits: int = 6) -> Share:
    """How often the bound of a rate among pairs of visits that share people and visits holds the true rate."""
    rng = sites.rng_of(9, round(1000 * rate))
    first, second = np.triu_indices(visits, 1)
    held = []
    for _ in range(count):
        person = np.sqrt(0.4) * rng.standard_normal((people, 1))
        visit = np.sqrt(0.2) * rng.standard_normal((people, visits))
        rest = np.sqrt(0.2) * rng.standard_normal((people, len(first)))
        likeness = person + visit[:, first] + visit[:, second] + rest
        exceeding = int((likeness > norm.ppf(1 - rate)).sum())
        told = PairCounts(exceeding=exceeding, pairs=likeness.size, disjoint=disjoint_pairs([visits] * people))
        held.append(int(told.rarity >= rate))
    return Share.of(held, [1] * count)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
def test_16_the_rate_of_likeness_among_live_visits_holds(rate: float) -> None:
    assert not pair_rate_coverage(rate, 400).under(0.95, 2.0)


def best_of(compared: int, count: int) -> tuple[float, float]:
    """How often, without re-use, ten or more is reached by the best pair itself, and by what is stated of it."""
    rng = sites.rng_of(10, compared)
    distance = sites.apart(0.99)
    ratios = sites.true_log_ratio(rng.standard_normal((count, compared)), distance) / TEN
    stated = np.array([any_of(list(row)) for row in ratios])
    return float((ratios.max(axis=1) >= 1).mean()), float((stated >= 1).mean())


def test_17_the_best_of_fifty_comparisons_is_not_stated_as_if_it_were_the_only_one() -> None:
    best, stated = best_of(50, 3000)
    assert best > 0.25
    assert stated <= 0.02


def five_of_one_face(count: int, design: Design) -> Share:
    """How often the point of five averaged presentations of a live face is a hundred or more."""
    hits = []
    for number in range(count):
        rng = sites.rng_of(11, design.people, number)
        curve = curve_for("print", sites.site(design, 0.99, "even", rng))
        assert curve.denominator_effective > 100
        scores, _ = sites.cases("live", LIVE_CASES, 0.99, "even", rng, presentations=5)
        hits.append(int((curve.log_ratio(scores) >= HUNDRED).sum()))
    return Share.of(hits, [LIVE_CASES] * count)


@pytest.mark.full
def test_18_five_presentations_of_one_live_face_are_one() -> None:
    assert not five_of_one_face(FULL_SITES, M120).over(0.001, 2.0)


def test_18_quick() -> None:
    assert not five_of_one_face(8, M120).over(0.001, 3.0)


def swapped(row: ControlReading) -> ControlReading:
    """The same reading with the labels of the sides exchanged; people take the part of prints."""
    who = row.control
    other = (
        Control(person=f"of {who.print_id}", day=who.day)
        if who.print_id is not None
        else Control(person="X", day=who.day, print_id=who.person, printer=who.person)
    )
    return ControlReading(control=other, readings=row.readings)


@pytest.mark.parametrize("score", [-1.3, 0.0, 0.4, 1.7, 9.0])
def test_19_swapped_labels_change_the_sign_of_the_point(score: float) -> None:
    design = Design(people=24, each=3, prints=24, times=3, days=3)
    rows = sites.as_readings(sites.site(design, 0.97, "skewed", sites.rng_of(12)))
    told, mirrored = told_by(rows, score), told_by([swapped(row) for row in rows], score)
    assert isinstance(told, SiteRatio)
    assert isinstance(mirrored, SiteRatio)
    assert mirrored.point_log10 == pytest.approx(-told.point_log10, abs=1e-6)


@pytest.mark.parametrize("beyond", [1e-9, 1.0, 1e6])
def test_20_a_score_beyond_all_controls_is_worth_the_extreme_one(beyond: float) -> None:
    scores = sites.site(M24, 0.99, "even", sites.rng_of(13))
    rows = sites.as_readings(scores)
    most, least = float(scores.values.max()), float(scores.values.min())
    for extreme, outside in ((most, most + beyond), (least, least - beyond)):
        told = [told_by(rows, score) for score in (extreme, outside)]
        assert isinstance(told[0], SiteRatio)
        assert isinstance(told[1], SiteRatio)
        assert told[0].lower_log10 == told[1].lower_log10
        assert told[0].upper_log10 == told[1].upper_log10
        assert (told[0].beyond_controls, told[1].beyond_controls) == (False, True)
