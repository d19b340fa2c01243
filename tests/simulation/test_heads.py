"""Heads: no holes whatever their build and turn, eyes that blink, lips that part, a nose that stands out."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from tests.simulation.rooms import someone, view_of
from toolkit.simulation.camera import HEAD, Camera
from toolkit.simulation.heads import HAIR_M, LID_STAGES, LIP_STAGES, Head, Pose, draw_head, ears, make_head, mane
from toolkit.simulation.relief import directions, make_relief, with_hair
from toolkit.simulation.skins import as_detected, nose_share
from toolkit.simulation.tracing import Canvas, Light

pytestmark = pytest.mark.slow

BUILDS = (
    {},
    {"face_width": 1.11, "jaw_width": 1.16, "chin_length": 1.1, "forehead": 1.1, "cheeks": 1.9, "nose_height": 1.35},
    {"face_width": 0.89, "jaw_width": 0.84, "chin_length": 0.9, "forehead": 0.9, "cheeks": 0.1, "nose_height": 0.65},
    {"face_width": 0.89, "jaw_width": 1.16, "chin_length": 1.1, "forehead": 0.9, "cheeks": 1.9, "nose_height": 1.35},
)


def _canvas(pitch: float = 0.0, px_per_m: float = 500.0) -> Canvas:
    view = view_of(Camera(width_px=200, height_px=200, px_per_m=px_per_m, pitch_deg=pitch))
    return Canvas(view, np.zeros((200, 200, 3), np.float32), Light())


@cache
def _bare(number: int) -> Head:
    relief = with_hair(make_relief(BUILDS[number]), HAIR_M)
    plain = np.full((48, 48, 3), 0.5, np.float32)
    return Head(relief, ((plain,) * LIP_STAGES,) * LID_STAGES, plain, (0.1, 0.1, 0.1), (0.5, 0.4, 0.3))


@pytest.mark.parametrize("number", range(len(BUILDS)))
@pytest.mark.parametrize("pitch", (0, 40, 80))
def test_every_pixel_inside_the_outline_of_a_head_is_drawn(number: int, pitch: int) -> None:
    head = _bare(number)
    surface = (directions() * head.relief.radius[..., None]).reshape(-1, 3)
    inner = surface[np.abs(surface).max(axis=1) > 0]
    for turn in np.deg2rad([0, 35, 70, 110, 180, -60]):
        for nod, tilt in ((0.0, 0.0), (0.4, 0.15), (-0.3, -0.2)):
            canvas = _canvas(pitch)
            pose = Pose(middle=HEAD, turn=float(turn), nod=nod, tilt=tilt)
            draw_head(canvas, head, pose, 0)
            drawn = (canvas.owner == 0).astype(np.uint8)
            outline, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            assert len(outline) == 1
            assert cv2.drawContours(np.zeros_like(drawn), outline, -1, 1, -1).sum() == drawn.sum(), "a hole"
            pixels, _ = canvas.view.project(pose.to_world(inner))
            x, y = np.round(pixels).astype(int).T
            covered = np.zeros_like(drawn)
            covered[y, x] = 1
            inside = cv2.erode(cv2.morphologyEx(covered, cv2.MORPH_CLOSE, np.ones((3, 3))), np.ones((3, 3)))
            assert not (inside & ~drawn.astype(bool)).any()


@pytest.mark.parametrize("number", range(len(BUILDS)))
def test_a_nose_stands_out_as_far_as_noses_do(number: int) -> None:
    marks = make_relief(BUILDS[number]).features.astype(float)
    plane = marks[[0, 1, 3, 4], 1].mean()
    assert 0.013 < plane - marks[2, 1] < 0.026
    assert 0.052 < np.linalg.norm(marks[1] - marks[0]) < 0.072  # pupils of adults, in metres


@pytest.mark.parametrize("number", range(len(BUILDS)))
def test_a_nose_is_a_ridge_with_flanks_and_no_tent(number: int) -> None:
    relief = make_relief(BUILDS[number])
    surface = (directions() * relief.radius[..., None])[0].reshape(-1, 3)
    tip = relief.features[2]

    def out(aside: float) -> float:
        near = np.argmin(((surface[:, [0, 2]] - (aside, tip[2])) ** 2).sum(axis=1) + (surface[:, 1] > -0.04))
        return float(-surface[near, 1])

    assert out(0.0) - out(0.022) > 0.012
    assert out(0.022) - out(0.032) < 0.6 * (out(0.0) - out(0.022))  # the flank is steep, the cheek beside it is not


def test_a_nose_ends_where_the_portrait_has_it_within_what_noses_do() -> None:
    marks = np.array([(100, 100), (150, 100), (125, 136), (108, 160), (142, 160)], float)
    assert nose_share(marks) == pytest.approx(0.6)
    for y, share in ((110, 0.53), (158, 0.70)):
        marks[2, 1] = y
        assert nose_share(marks) == share


def test_long_hair_hangs_below_the_chin_and_covers_the_ears() -> None:
    long, short = make_head(someone(8)), make_head(someone(4))
    pose = Pose(middle=HEAD, turn=0.3)
    ends = np.stack([part.end for part in mane(long, pose)])
    assert ends[:, 2].min() < HEAD[2] - 0.15
    assert not ears(long, pose)
    assert not mane(short, pose)
    assert len(ears(short, pose)) == 2


def test_a_heads_marks_lie_on_what_is_drawn() -> None:
    head = make_head(someone())
    canvas, pose = _canvas(20), Pose(middle=HEAD, turn=0.35, nod=0.1)
    draw_head(canvas, head, pose, 0)
    marks = pose.to_world(head.relief.features)
    for point, (x, y) in zip(marks, canvas.view.project(marks)[0], strict=True):
        away = np.linalg.norm(point - canvas.view.position)
        assert canvas.depth[round(y), round(x)] == pytest.approx(away, abs=0.006)


def test_the_nose_mark_is_where_detectors_put_it() -> None:
    marks = np.array([(100, 100), (150, 100), (126, 140), (108, 160), (142, 160)], float)
    moved = as_detected(marks)
    assert moved[2] == pytest.approx((126, 133))
    assert (moved[[0, 1, 3, 4]] == marks[[0, 1, 3, 4]]).all()


def _face(head: Head, **pose: float) -> tuple[np.ndarray, np.ndarray]:
    canvas, placed = _canvas(px_per_m=1000.0), Pose(middle=HEAD, **pose)  # type: ignore[arg-type]
    draw_head(canvas, head, placed, 0)
    return canvas.image, canvas.view.project(placed.to_world(head.relief.features))[0]


def test_closed_lids_hide_the_eyes_and_nothing_else() -> None:
    head = make_head(someone())
    open_, marks = _face(head)
    closed, _ = _face(head, lids=1.0)
    changed = np.abs(closed - open_).max(axis=2) > 0.02
    for x, y in np.round(marks[:2]).astype(int):
        eye = (slice(y - 3, y + 4), slice(x - 7, x + 8))
        assert changed[eye].mean() > 0.6
        assert closed[eye].std(axis=(0, 1)).mean() < 0.5 * open_[eye].std(axis=(0, 1)).mean()
    x, y = np.round(marks[3:].mean(axis=0)).astype(int)
    assert not changed[y - 10 : y + 10, x - 20 : x + 20].any()


def test_parted_lips_are_dark_between_and_leave_the_eyes_alone() -> None:
    head = make_head(someone())
    shut, marks = _face(head)
    parted, _ = _face(head, lips=1.0)
    x, y = np.round(marks[3:].mean(axis=0)).astype(int)
    gap = (slice(y + 2, y + 8), slice(x - 8, x + 9))
    assert parted[gap].mean() < 0.6 * shut[gap].mean()
    ex, ey = np.round(marks[:2].mean(axis=0)).astype(int)
    assert np.array_equal(parted[ey - 10 : ey + 10, ex - 40 : ex + 40], shut[ey - 10 : ey + 10, ex - 40 : ex + 40])


def test_a_head_that_turns_right_moves_its_nose_to_the_right_and_up_when_it_looks_up() -> None:
    head = make_head(someone())
    _, front = _face(head)
    _, right = _face(head, turn=0.4)
    _, up = _face(head, nod=-0.3)
    assert right[2, 0] - right[:2, 0].mean() > front[2, 0] - front[:2, 0].mean() + 5
    assert up[2, 1] - front[2, 1] < -5


def test_two_people_have_two_heads() -> None:
    one, other = make_head(someone(4)), make_head(someone(5))
    assert np.abs(one.relief.radius - other.relief.radius).max() > 0.002
    assert np.abs(_face(one)[0] - _face(other)[0]).mean() > 0.01
    assert make_head(someone(4)) is one
