"""Staged scenes: the same seed gives the same pixels, and at the clock-ins the zone holds whom the kind says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from toolkit.errors import SetupError
from toolkit.records import Mask
from toolkit.simulation import staging
from toolkit.simulation.casting import notice
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.shooting import Shot
from toolkit.simulation.staging import COMES_S, EMPTY_S, FIRST_S, GOES_S, LAST_S, Staged, stage
from toolkit.simulation.watching import zone_mask

pytestmark = pytest.mark.slow

SEED = TESTS[60]
MARKS = np.array([(0.35, 0.40), (0.65, 0.40), (0.50, 0.55), (0.40, 0.70), (0.60, 0.70)])
WHO = {"stay": (0, 0), "stay_contact": (0, 0), "stay_crossing": (0, 0),
       "handover": (0, 1), "handover_contact": (0, 1), "handover_crossing": (0, 1)}  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets with lines instead of faces: what is printed on them is tested elsewhere and takes a second each."""

    def sheet(purpose: str, face: str, number: int) -> Sheet:
        return replace(notice(np.random.default_rng(number), 60.0), landmarks=MARKS)

    monkeypatch.setattr(staging, "_ready_print", sheet)


def seen_at(staged: Staged, *times: float) -> list[Shot]:
    """Only the frames of these moments."""
    clip = replace(staged.plan.clips[0], times_s=times)
    return list(replace(staged, plan=replace(staged.plan, clips=(clip,))).shots())


def zone_of(staged: Staged) -> Mask:
    return zone_mask(staged.zone_px, *staged.size_px)


def share(shot: Shot, act: int, zone: Mask) -> float:
    mask = shot.bodies.get(act)
    return 0.0 if mask is None else float(mask[zone].mean())


@pytest.mark.parametrize("kind", WHO)
def test_at_each_clock_in_the_zone_holds_whom_the_kind_says_and_is_empty_before(kind: str) -> None:
    staged = stage(kind, SEED)
    zone = zone_of(staged)
    *empty, first, last = seen_at(staged, *EMPTY_S, FIRST_S, LAST_S)
    assert all(share(shot, act, zone) == 0.0 for shot in empty for act in shot.bodies)
    for shot, act in zip((first, last), WHO[kind], strict=True):
        assert share(shot, act, zone) > 0.15
        assert all(share(shot, other, zone) < 0.02 for other in shot.bodies if other != act)


def test_the_next_one_touches_the_first_in_contact_and_not_otherwise() -> None:
    for kind, touches in (("handover_contact", True), ("stay_contact", True), ("stay", False)):
        staged = stage(kind, SEED)
        ways = seen_at(staged, *np.arange(COMES_S + 1, GOES_S - 1, 0.5))
        near = [shot for shot in ways if {0, 1} <= set(shot.bodies)]
        grown = [np.any(_grown(shot.bodies[0]) & shot.bodies[1]) for shot in near]
        assert any(grown) == touches, kind


def _grown(mask: Mask) -> Mask:
    wide = mask.copy()
    wide[:, 2:] |= mask[:, :-2]
    wide[:, :-2] |= mask[:, 2:]
    return wide


def test_somebody_passes_in_front_of_the_one_who_stays() -> None:
    staged = stage("stay_crossing", SEED)
    at_s = staged.plan.clips[0].clip.acts[1].arrives_s
    alone, crossed = (shot.bodies[0].sum() for shot in seen_at(staged, at_s - 1.5, at_s))
    assert crossed < 0.7 * alone


def test_the_two_of_a_companion_scene_stand_side_by_side_at_the_end() -> None:
    staged = stage("companion", SEED)
    *before, together = seen_at(staged, 4.0, 7.6, 11.2, staged.duration_s - 0.8)
    assert [set(shot.bodies) for shot in before] == [{0}, {1}, {2}]
    assert set(together.bodies) == {3, 4}
    left, right = (float(np.flatnonzero(together.bodies[k].any(axis=0)).mean()) for k in (3, 4))
    assert 0.3 < abs(left - right) / staged.plan.clips[0].camera.px_per_m < 0.75


def test_the_second_one_stands_behind_and_is_hidden_for_the_most_part() -> None:
    staged = stage("companion_behind", SEED)
    bare = replace(staged, manners={})
    (together,) = seen_at(bare, staged.duration_s - 0.8)
    front, back = together.bodies[3], together.bodies.get(4)
    assert back is None or back.sum() < 0.75 * front.sum()
    (x, y), (behind_x, behind_y) = (staged.ways[k][1, 1:] for k in (3, 4))
    assert behind_y - y > 0.25
    assert abs(behind_x - x) <= 0.24


def test_single_visitors_are_hard_ones_in_about_half_of_the_scenes_and_pairs_sometimes_uneven() -> None:
    manners = [stage("companion", seed).manners for seed in range(TESTS[0], TESTS[40])]
    singles = [one[k] for one in manners for k in range(3)]
    assert set(singles) == set(staging.MANNERS)
    assert 0.4 < np.mean([one != "plain" for one in singles]) < 0.65
    assert {one[k] for one in manners for k in (3, 4)} == {"plain", "short"}


@pytest.mark.parametrize(("manner", "grows"), [("bag", "wide"), ("arm_up", "tall"), ("sits", "low"), ("lean", "aside")])
def test_a_manner_changes_the_outline_in_its_way(manner: str, grows: str) -> None:
    staged = stage("companion", SEED)
    bare, played = (seen_at(replace(staged, manners={0: one}), 4.0)[0].bodies[0] for one in ("plain", manner))
    sizes = [(np.ptp(np.flatnonzero(one.any(axis=0))), np.flatnonzero(one.any(axis=1))[0]) for one in (bare, played)]
    (wide, top), (wide_now, top_now) = sizes
    if grows == "wide":
        assert wide_now > wide
    elif grows == "tall":
        assert top_now <= top + 2
        assert wide_now > wide
    elif grows == "low":
        assert top_now > top + 4
    else:
        assert not np.array_equal(bare, played)


@pytest.mark.parametrize("kind", ["stay", "handover_contact", "companion"])
def test_the_same_seed_is_the_same_film_and_another_one_is_not(kind: str) -> None:
    films = [seen_at(stage(kind, seed), 1.0, 1.1)[1].image for seed in (SEED, SEED, SEED + 1)]
    assert np.array_equal(films[0], films[1])
    assert not np.array_equal(films[0], films[2])


def test_scenes_differ_in_all_that_a_site_may_differ_in() -> None:
    scenes = [stage("stay", seed) for seed in range(TESTS[0], TESTS[60])]
    cameras = [one.plan.clips[0].camera for one in scenes]
    offers = [one.plan.clips[0].clip.acts[0].presents for one in scenes]
    assert min(camera.pitch_deg for camera in cameras) < 10 < 60 < max(camera.pitch_deg for camera in cameras)
    assert {len(one) for one in offers} == {1, 2, 3, 4}
    assert {what.what for one in offers for what in one} == {"own_face", "print", "notice"}
    assert 0.4 < np.mean([one.sheets for one in scenes]) < 0.8
    assert {one.plan.scenario.people[0].clothes for one in scenes} == {"own", "uniform"}
    assert any(one.night for one in scenes)


def test_whoever_holds_nothing_is_told_apart_from_whoever_holds_a_sheet() -> None:
    for seed in range(SEED, SEED + 8):
        staged = stage("stay", seed)
        held = [one.medium for shot in seen_at(staged, FIRST_S) for one in shot.faces if one.medium == "print"]
        assert staged.sheets or not held


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(SetupError) as refusal:
        stage("nonsense", 1)
    assert "handover_contact" in refusal.value.what() + refusal.value.advice()
