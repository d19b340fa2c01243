"""Acting: who stands where and when, how heads and sheets move, and what nobody can do without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.rooms import STANDS_S, act_of, room
from toolkit.simulation.acting import Moment, Part, motion, tilted, way_of
from toolkit.simulation.camera import Camera

pytestmark = pytest.mark.slow

SMALL = Camera(width_px=240, height_px=180, px_per_m=125)
TIMES = np.arange(2.5, 10.5, 1 / 12)


def _part(**told: object) -> Part:
    return room(SMALL, (act_of(**told),)).parts[0]  # type: ignore[arg-type]


def _moments(part: Part) -> list[Moment]:
    return [moment for t in TIMES if (moment := part.at(float(t))) is not None]


def test_somebody_is_away_before_the_act_at_the_spot_during_it_and_away_after() -> None:
    part = _part()
    begins, ends = part.span
    assert part.at(begins - 0.1) is None
    assert part.at(ends + 0.1) is None
    for t in (1.0, STANDS_S, 12.0):
        moment = part.at(t)
        assert moment is not None
        assert np.hypot(*moment.stance.feet) < 0.01


def test_people_walk_in_looking_where_they_go_and_stand_facing_the_camera() -> None:
    part = _part(comes_from="left", goes_to="right")
    coming, standing = part.at(0.4), part.at(STANDS_S)
    assert coming is not None
    assert standing is not None
    assert coming.speed_m_s == pytest.approx(1.15, rel=0.1)
    assert coming.stance.walked_m is not None
    assert coming.stance.facing > 0.8
    assert standing.speed_m_s == 0
    assert standing.stance.walked_m is None
    assert standing.stance.facing == 0


@pytest.mark.parametrize("turn", (10.0, 20.0, 40.0))
def test_a_head_turns_as_far_as_the_scenario_says(turn: float) -> None:
    turns = np.rad2deg([m.pose.turn for m in _moments(_part(motion="turn", turn_deg=turn))])
    assert np.ptp(turns) == pytest.approx(turn, abs=1.0)


def test_who_nods_does_not_turn_who_shifts_does_neither_and_who_is_still_is_still() -> None:
    def spans(kind: str) -> tuple[float, float, float]:
        moments = _moments(_part(motion=kind, turn_deg=20.0))
        turns, nods = ([getattr(m.pose, name) for m in moments] for name in ("turn", "nod"))
        aside = [m.pose.middle[0] for m in moments]
        return float(np.ptp(np.rad2deg(turns))), float(np.ptp(np.rad2deg(nods))), float(np.ptp(aside))

    turn, nod, _ = spans("nod")
    assert turn < 1
    assert nod == pytest.approx(20, abs=1)
    turn, nod, shift = spans("shift")
    assert max(turn, nod) < 1
    assert shift > 0.1
    turn, nod, shift = spans("still")
    assert max(turn, nod) < 1
    assert shift < 0.01


def test_nobody_is_rigid() -> None:
    moments = _moments(_part())
    assert len({m.pose.turn for m in moments}) > 50
    assert np.ptp([m.pose.middle[0] for m in moments]) > 0.003


def test_everybody_blinks_briefly_and_now_and_then() -> None:
    part = _part()
    lids = np.array([part.at(float(t)).pose.lids for t in np.arange(1.0, 12.0, 0.02)])  # type: ignore[union-attr]
    closings = int(((lids[1:] > 0.5) & (lids[:-1] <= 0.5)).sum())
    assert 2 <= closings <= 6
    assert 0.01 < (lids > 0.5).mean() < 0.12


@pytest.mark.parametrize("shape", ("flat", "curled", "cylinder", "cut_out", "eye_holed"))
def test_a_held_print_is_raised_in_two_hands_before_the_body_and_lowered_again(shape: str) -> None:
    part = _part(what="print", shape=shape)
    up, away = part.at(STANDS_S), part.at(11.95)
    assert up is not None
    assert away is not None
    assert up.stance.left is not None
    assert up.stance.right is not None
    (shown,) = up.shown
    assert (shown.person, shown.medium, shown.geometry) == ("Q", "print", "held")
    assert shown.placed.middle[1] < -0.3
    edges = shown.placed.point(np.array([(0, 0.6), (1, 0.6)], np.float32))
    if shape == "flat":
        for grip, edge in zip((up.stance.left, up.stance.right), edges, strict=True):
            assert np.linalg.norm(grip.at - edge) < 0.08
    assert not away.shown or away.shown[0].placed.middle[2] < shown.placed.middle[2] - 0.1


def test_fingers_are_behind_a_held_sheet_and_the_palm_looks_at_it() -> None:
    moment = _part(what="print").at(STANDS_S)
    assert moment is not None
    placed = moment.shown[0].placed
    for grip in (moment.stance.left, moment.stance.right):
        assert grip is not None
        assert (grip.at - placed.middle) @ placed.axes[2] < 0
        assert grip.palm @ placed.axes[2] > 0.9


def test_a_phone_is_held_in_one_hand() -> None:
    moment = _part(what="phone").at(STANDS_S)
    assert moment is not None
    assert (moment.stance.left is None) != (moment.stance.right is None)
    assert moment.shown[0].medium == "phone"


def test_a_worn_print_moves_with_the_head() -> None:
    moments = _moments(_part(what="print", how="worn", shape="cut_out", motion="turn", turn_deg=40.0))
    for moment in moments:
        (shown,) = moment.shown
        forward = moment.pose.rotation() @ np.array([0, -1.0, 0])
        assert shown.placed.axes[2] @ forward > 0.999
        assert shown.geometry == "worn"
        away = np.linalg.norm(shown.placed.middle - np.array(moment.pose.middle))
        assert 0.08 < away < 0.20


def test_a_stack_shows_its_rims_and_one_face() -> None:
    moment = _part(what="print", how="stacked").at(STANDS_S)
    assert moment is not None
    assert [one.person for one in moment.shown] == ["Q", None, None, None]


def test_a_handover_in_contact_touches_the_one_before() -> None:
    first = act_of()
    second = replace(act_of("Q", arrives_s=12.4, comes_from="right"), takes_over_in_contact=True, leaves_s=20.0)
    way = way_of(second, (first, second), 1.0)
    before_leaving = np.array([np.interp(11.5, way[:, 0], way[:, k]) for k in (1, 2)])
    assert np.hypot(*before_leaving) < 0.32
    assert np.hypot(*[np.interp(14.0, way[:, 0], way[:, k]) for k in (1, 2)]) < 0.01


def test_axes_of_a_sheet_are_a_right_handed_frame_towards_the_reader() -> None:
    for facing, back in ((0, 0), (0.5, 0.3), (-1.0, 1.2)):
        axes = tilted(facing, back)
        assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-6)
        assert np.cross(axes[0], axes[1]) == pytest.approx(axes[2], abs=1e-6)


def test_motion_is_smooth() -> None:
    for kind in ("natural", "turn", "nod", "shift", "still"):
        values = np.array([motion(kind, 20, t, np.arange(8.0)) for t in np.arange(0, 10, 1 / 12)])
        assert np.abs(np.diff(values, axis=0)).max() < 0.12
