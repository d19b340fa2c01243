"""Shooting: what covers is seen to cover, what is said of a frame is in the frame, and a seed gives one film."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.simulation.rooms import STANDS_S, act_of, room
from toolkit.simulation.camera import Camera
from toolkit.simulation.sensor import Recorder, Sensor
from toolkit.simulation.shooting import FaceTruth, paint, shoot

pytestmark = pytest.mark.slow

CAMERA = Camera(width_px=320, height_px=240, px_per_m=250, pitch_deg=20)
WIDE = Camera(width_px=320, height_px=240, px_per_m=125, pitch_deg=20)


def _of(truths: list[FaceTruth], **asked: str) -> FaceTruth:
    return next(one for one in truths if all(getattr(one, key) == value for key, value in asked.items()))


def test_a_face_in_the_open_is_wholly_visible_and_says_who_it_is() -> None:
    take = room(CAMERA, (act_of(motion="still"),))
    _, truths = paint(take, STANDS_S)
    (face,) = truths
    assert face.visible == 1.0
    assert (face.bearer, face.shows, face.medium, face.geometry) == ("P", take.names["P"][0], "live", "own head")
    assert face.px_per_m == pytest.approx(250, rel=0.05)
    x0, y0, x1, y1 = face.box_px
    assert ((face.landmarks_px > [x0, y0]) & (face.landmarks_px < [x1, y1])).all()
    order = face.landmarks_px
    assert order[0, 0] < order[2, 0] < order[1, 0]
    assert order[3, 0] < order[4, 0]
    assert order[:2, 1].max() < order[2, 1] < order[3:, 1].min()


def test_the_visible_share_falls_when_a_worn_print_covers_the_face() -> None:
    bare = _of(paint(room(CAMERA, (act_of(motion="still"),)), STANDS_S)[1], medium="live")
    take = room(CAMERA, (act_of(what="print", how="worn", shape="cut_out", motion="still"),))
    truths = paint(take, STANDS_S)[1]
    assert _of(truths, medium="live").visible <= 0.2 < bare.visible
    worn = _of(truths, medium="print")
    assert worn.visible == 1.0
    assert worn.shows == take.names["Q"][0]
    assert worn.bearer == "P"


def test_whoever_passes_in_front_hides_the_one_behind() -> None:
    take = room(WIDE, (act_of(motion="still"), act_of("Q", place="passes", arrives_s=6.0, leaves_s=None)))
    (alone, _), (crossed, _) = (paint(take, t) for t in (4.0, 6.0))
    assert (crossed.owner == 0).sum() < 0.75 * (alone.owner == 0).sum()
    both = (alone.owner == 0) & (crossed.owner == 1)
    assert (crossed.depth[both] < alone.depth[both]).all()


def test_the_thumbs_of_a_hand_are_before_the_sheet_and_the_fingers_behind_it() -> None:
    camera = Camera(width_px=400, height_px=400, px_per_m=500, pitch_deg=0)
    take = room(camera, (act_of(what="print", motion="still"),))
    moment = take.parts[0].at(STANDS_S)
    assert moment is not None
    placed = moment.shown[0].placed
    canvas, _ = paint(take, STANDS_S)
    points = canvas.view.position + canvas.view.rays * canvas.depth[..., None]
    local = (points - placed.middle) @ placed.axes.T
    half = np.array([placed.sheet.width_m, placed.sheet.height_m]) / 2
    over = (np.abs(local[..., :2]) < half).all(axis=2) & (canvas.owner == 0)
    thumbs = over & (local[..., 2] > 0.004) & (local[..., 2] < 0.06)
    left, right = (thumbs & (np.sign(local[..., 0]) == side) for side in (-1, 1))
    assert min(left.sum(), right.sum()) > 30  # a thumb of 2 cm in 500 px/m: some 10 px across
    assert thumbs.sum() < 0.15 * over.sum()
    # Fingers: their middles lie behind the sheet's plane, and the sheet is what is seen there.
    pixels, _ = canvas.view.project(placed.point(np.array([(0.06, 0.60), (0.94, 0.60)], np.float32)))
    for x, y in np.round(pixels).astype(int):
        assert abs(local[y, x, 2]) < 0.03


def test_the_marks_of_a_held_print_are_drawn_where_the_truth_says() -> None:
    """The printed picture, taken back from the frame by its four marks, is the picture on the sheet."""
    camera = Camera(width_px=480, height_px=480, px_per_m=500, pitch_deg=15)
    take = room(camera, (act_of(what="print", motion="turn", turn_deg=40.0),))
    canvas, truths = paint(take, STANDS_S + 0.8)
    face = _of(truths, medium="print")
    moment = take.parts[0].at(STANDS_S + 0.8)
    assert moment is not None
    sheet = moment.shown[0].placed.sheet
    height, width = sheet.alpha.shape
    marks = np.asarray(sheet.landmarks) * [width, height]
    four = [points[[0, 1, 3, 4]].astype(np.float32) for points in (face.landmarks_px, marks)]
    back = cv2.getPerspectiveTransform(*four)
    seen = cv2.warpPerspective(canvas.image, back, (width, height))
    low, high = np.round(marks.min(axis=0)).astype(int), np.round(marks.max(axis=0)).astype(int)
    inner = (slice(low[1], high[1]), slice(low[0], high[0]))
    pair = [cv2.GaussianBlur(plane[..., 1], (0, 0), 3)[inner].ravel() for plane in (seen, sheet.texture)]
    assert np.corrcoef(*pair)[0, 1] > 0.9


def test_a_face_that_looks_away_has_no_truth() -> None:
    take = room(WIDE, (act_of(comes_from="left", goes_to="right"),))
    leaving = paint(take, 12.8)[1]
    assert all(abs(one.turn_deg) < 90 for one in leaving)
    assert paint(take, 20.0)[1] == []


def test_the_turn_is_measured_from_the_cameras_line_of_sight() -> None:
    take = room(CAMERA, (act_of(motion="turn", turn_deg=40.0),))
    told = [(_of(paint(take, t)[1], medium="live").turn_deg, take.parts[0].at(t)) for t in (5.0, 6.0, 7.0)]
    for said, moment in told:
        assert moment is not None
        assert said == pytest.approx(np.rad2deg(moment.pose.turn), abs=1.5)


def test_the_light_of_the_terminal_flashes_when_it_accepts() -> None:
    take = replace(room(WIDE, ()), flashes=(1.0,))
    dark, bright, after = (paint(take, t)[0].image for t in (0.9, 1.05, 1.8))
    assert np.array_equal(dark, after)
    assert (bright - dark).max() > 0.5
    assert ((bright - dark).max(axis=2) > 0.05).mean() < 0.01


def test_walkers_are_smeared_along_their_way_and_standers_are_sharp() -> None:
    passing = act_of("Q", place="passes", arrives_s=6.0, leaves_s=None)
    moving = paint(room(Camera(width_px=480, height_px=240, px_per_m=250), (passing,)), 6.0)[0]
    there = moving.owner == 0
    box = cv2.boundingRect(there.astype(np.uint8))
    rows, columns = slice(box[1] + 5, box[1] + box[3] - 5), slice(box[0] + 5, box[0] + box[2] - 5)
    across = np.abs(np.diff(moving.image[rows, columns], axis=1)).mean()
    downward = np.abs(np.diff(moving.image[rows, columns], axis=0)).mean()
    assert across < downward


def test_the_same_seed_gives_the_same_frames_and_another_one_does_not() -> None:
    films = []
    for seed in (5, 5, 6):
        take = room(WIDE, (act_of(what="print"),), seed=3)
        films.append([shot.image for shot in shoot(take, (4.0, 4.1), Recorder(Sensor(), np.random.default_rng(seed)))])
    assert all(np.array_equal(a, b) for a, b in zip(films[0], films[1], strict=True))
    assert not np.array_equal(films[0][1], films[2][1])


def test_masks_of_bodies_are_disjoint_and_only_of_those_in_view() -> None:
    later = act_of("R", place="behind", arrives_s=30.0, leaves_s=40.0)
    take = room(WIDE, (act_of(), act_of("Q", place="beside"), later))
    (shot,) = shoot(take, (STANDS_S,), Recorder(Sensor(), np.random.default_rng(1)))
    assert set(shot.bodies) == {0, 1}
    assert not (shot.bodies[0] & shot.bodies[1]).any()
    assert min(mask.sum() for mask in shot.bodies.values()) > 500
