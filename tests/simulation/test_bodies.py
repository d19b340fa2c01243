"""Bodies: hands that hold, limbs that hang together, clothes that tell people apart."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.simulation.bodies import Cone, Grip, Stance, body, chest, dress, hand_cones, head_middle

SKIN = (0.5, 0.35, 0.25)
CLOTHES = dress(np.random.default_rng(1))


def _ends(parts: list[Cone]) -> np.ndarray:
    return np.stack([end for part in parts for end in (part.start, part.end)])


@pytest.mark.parametrize("side", (-1, 1))
def test_a_thumb_lies_on_the_palms_side_and_apart_from_the_fingers(side: int) -> None:
    fingers, palm = np.array([0, 0, 1.0]), np.array([0, -1.0, 0])
    parts = hand_cones(np.zeros(3, np.float32), fingers, palm, SKIN, side, 0.0)
    assert len(parts) == 1 + 4 * 2 + 2  # palm, four fingers of two joints, a thumb of two
    tip = parts[-1].end
    assert tip[1] < -0.01  # towards where the palm looks
    straight = np.stack([part.end for part in parts[1:9]])
    assert np.abs(straight[:, 1]).max() < 1e-6
    assert np.linalg.norm(straight - tip, axis=1).min() > 0.02


def test_hands_are_mirrored() -> None:
    up, out = np.array([0, 0, 1.0]), np.array([0, -1.0, 0])
    left, right = (hand_cones(np.zeros(3, np.float32), up, out, SKIN, side) for side in (-1, 1))
    for one, other in zip(left, right, strict=True):
        assert np.allclose(one.end * [-1, 1, 1], other.end, atol=1e-6)


def test_a_hand_is_as_long_as_hands_are() -> None:
    parts = hand_cones(np.zeros(3, np.float32), np.array([0, 0, 1.0]), np.array([0, -1.0, 0]), SKIN, 1, 0.0)
    reach = max(float(part.end[2]) + part.radii[1] for part in parts)
    assert 0.13 < reach < 0.21


@pytest.mark.parametrize("at", ((0.20, -0.35, 1.30), (-0.10, -0.30, 1.45), (0.15, -0.20, 1.0)))
def test_a_hand_within_reach_is_where_it_is_told_to_be(at: tuple[float, float, float]) -> None:
    grip = Grip(at=np.array(at, np.float32), fingers=np.array([0, 0, 1.0], np.float32), palm=np.array([0, 1.0, 0]))
    parts = body(Stance(feet=(0, 0), right=grip), CLOTHES, SKIN)
    hand = np.linalg.norm(_ends([p for p in parts if p.cloth is None]) - grip.at, axis=1).min()
    assert hand < 0.06


def test_an_arm_does_not_grow_to_reach_what_is_too_far() -> None:
    for at in ((0.2, -0.3, 1.3), (0.2, -3.0, 1.3)):
        grip = Grip(at=np.array(at, np.float32), fingers=np.array([0, 0, 1.0], np.float32), palm=np.array([0, 1.0, 0]))
        arm = body(Stance(feet=(0, 0), right=grip), CLOTHES, SKIN)[-14:]  # three cones and a hand of eleven
        assert np.linalg.norm(arm[0].end - arm[0].start) == pytest.approx(0.30, abs=0.01)
        assert np.linalg.norm(_ends(arm)[:, :2], axis=1).max() < 1.0


def test_hanging_arms_hang_beside_the_trunk_and_do_not_stick_out() -> None:
    for habit in ((-1.0, -1.0, -1.0), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)):
        arm = body(Stance(feet=(0, 0), habit=habit), CLOTHES, SKIN)[-14:]
        shoulder, elbow, wrist = arm[0].start, arm[0].end, arm[1].end
        assert elbow[0] - max(shoulder[0], wrist[0]) < 0.02
        assert elbow[1] > min(shoulder[1], wrist[1]) - 0.01  # behind, as elbows bend


def test_the_head_sits_on_the_neck_and_follows_feet_facing_and_stature() -> None:
    for height in (0.94, 1.0, 1.06):
        x, y, z = head_middle(Stance(feet=(0.3, 0.5)), height=height)
        assert (x, z) == pytest.approx((0.3, 1.62 * height))
        neck = next(p for p in body(Stance(feet=(0.3, 0.5)), CLOTHES, SKIN, height=height) if p.cloth is None)
        assert np.hypot(neck.end[0] - x, neck.end[1] - y) < 0.04
        assert 0.04 < z - neck.end[2] < 0.11
    _, away, _ = head_middle(Stance(feet=(0, 0), facing=np.pi))
    assert away == pytest.approx(0.01, abs=1e-6)


def test_the_chest_looks_where_the_body_faces() -> None:
    for facing in (0.0, 0.7, np.pi):
        spot, axes = chest(Stance(feet=(0, 0), facing=facing))
        forward = np.array([np.sin(facing), -np.cos(facing), 0])
        assert axes[2] == pytest.approx(forward, abs=1e-6)
        assert spot[:2] @ forward[:2] > 0.08


def test_legs_go_in_opposite_ways_and_feet_stay_on_the_floor() -> None:
    for walked in np.linspace(0, 1.3, 9):
        parts = body(Stance(feet=(0, 0), walked_m=float(walked)), CLOTHES, SKIN)
        low = min(float(min(p.start[2] - p.radii[0], p.end[2] - p.radii[1])) for p in parts)
        assert -0.02 < low < 0.05
    stride = body(Stance(feet=(0, 0), walked_m=1.3 / 4), CLOTHES, SKIN)
    still = body(Stance(feet=(0, 0)), CLOTHES, SKIN)
    assert np.ptp(_ends(stride)[:, 1]) > np.ptp(_ends(still)[:, 1]) + 0.2


def test_people_stand_in_their_own_way() -> None:
    one, other = (body(Stance(feet=(0, 0), habit=h), CLOTHES, SKIN) for h in ((-1, -1, -1), (1, 1, 1)))
    assert np.abs(_ends(one) - _ends(other)).max() > 0.05


def test_clothes_differ_between_people_and_not_between_wearings() -> None:
    again = dress(np.random.default_rng(1))
    assert np.array_equal(CLOTHES.cloth, again.cloth)
    assert not np.array_equal(CLOTHES.cloth, dress(np.random.default_rng(2)).cloth)
    assert CLOTHES.cloth.min() > 0
    assert CLOTHES.cloth.max() < 0.95
