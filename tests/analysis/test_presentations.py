"""Faces are followed, told apart, parted where one gives way to another, and cut out as they are."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from toolkit.analysis.faces.crops import middle_px, width_px
from toolkit.analysis.presentations import FaceTracker, belongs_to_scene, faces_in, sample_of
from toolkit.errors import CannotMeasure
from toolkit.records import Image
from toolkit.simulation.faces import identities

WHOLE = (0, 0, 480, 320)
Shown = tuple[int, float, float, float]  # who, middle x, middle y, eyes apart in pixels


@cache
def portrait(who: int, eyes_px: float) -> tuple[Image, np.ndarray]:
    """A drawn person's portrait at a size, and where the middle of its marks lies in it."""
    one = identities("published")[who]
    factor = eyes_px / float(np.linalg.norm(one.landmarks_px[1] - one.landmarks_px[0]))
    small = cv2.resize(one.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), one.landmarks_px.mean(axis=0) * factor


def scene(*shown: Shown, seed: int = 0) -> Image:
    """A noisy grey wall with portraits on it."""
    rng = np.random.default_rng(seed)
    wall = np.full((320, 480, 3), 130.0)
    for who, x, y, eyes_px in shown:
        picture, middle = portrait(who, eyes_px)
        left, top = round(x - middle[0]), round(y - middle[1])
        high, wide = picture.shape[:2]
        wall[top : top + high, left : left + wide] = picture
    return np.clip(wall + rng.normal(0, 2, wall.shape), 0, 255).astype(np.uint8)


def followed(frames: list[Image], region: tuple[int, int, int, int] = WHOLE) -> FaceTracker:
    tracker = FaceTracker(region)
    for number, image in enumerate(frames):
        tracker.follow(number / 10, number, image)
    return tracker


def test_two_faces_that_move_are_two_tracks_at_their_places() -> None:
    frames = [scene((0, 120 + 2 * k, 160, 30), (1, 350, 140 + k, 30), seed=k) for k in range(12)]
    tracks = followed(frames).tracks()
    assert [len(track.seen) for track in tracks] == [12, 12]
    left = min(tracks, key=lambda track: float(middle_px(track.seen[0].face)[0]))
    for number, one in enumerate(left.seen):
        assert np.abs(middle_px(one.face) - np.array([120 + 2 * number, 160])).max() < 6
    assert width_px(left.seen[0].face) == pytest.approx(2.35 * 30, rel=0.15)


def test_a_face_seen_for_an_instant_is_not_a_presentation() -> None:
    frames = [scene((0, 200, 160, 30), seed=k) if k in (5, 6) else scene(seed=k) for k in range(12)]
    assert followed(frames).tracks() == ()


def test_a_face_that_gives_way_to_another_at_one_place_is_two_presentations() -> None:
    frames = [scene((0 if k < 12 else 1, 200 + k % 3, 160, 30), seed=k) for k in range(24)]
    first, second = followed(frames).tracks()
    assert (len(first.seen), len(second.seen)) == (12, 12)
    assert second.seen[0].media_s == pytest.approx(1.2)


def test_one_face_that_stays_and_sways_is_one_presentation() -> None:
    frames = [scene((2, 200 + 12 * np.sin(k / 4), 160, 30 + 2 * np.cos(k / 5)), seed=k) for k in range(30)]
    (track,) = followed(frames).tracks()
    assert len(track.seen) == 30


def test_small_faces_are_found_in_an_enlarged_picture() -> None:
    frames = [scene((0, 200, 160, 13), seed=k) for k in range(12)]  # some 30 px across
    (track,) = followed(frames).tracks()
    assert track.width_px == pytest.approx(2.35 * 13, rel=0.2)


def test_outside_the_region_nobody_is_looked_for() -> None:
    frames = [scene((0, 120, 160, 30), (1, 350, 160, 30), seed=k) for k in range(8)]
    (track,) = followed(frames, region=(240, 0, 480, 320)).tracks()
    assert middle_px(track.seen[0].face)[0] == pytest.approx(350, abs=6)


def test_a_portrait_that_hangs_in_the_empty_scene_is_presented_by_nobody() -> None:
    empty = faces_in(scene((1, 350, 140, 30)), WHOLE)
    assert len(empty) == 1
    frames = [scene((0, 120 + 3 * k, 160, 30), (1, 350, 140, 30), seed=k) for k in range(10)]
    judged = {belongs_to_scene(track, empty) for track in followed(frames).tracks()}
    assert judged == {True, False}
    moved = [scene((1, 300 + 8 * k, 140, 30), seed=k) for k in range(10)]  # somebody carries it past its place
    assert not any(belongs_to_scene(track, empty) for track in followed(moved).tracks())


def test_crops_are_the_pixels_as_they_are() -> None:
    frames = [scene((0, 200 + 3 * k, 160, 20), seed=k) for k in range(8)]
    (track,) = followed(frames).tracks()
    sample = sample_of(track.seen, [(k / 10, image) for k, image in enumerate(frames)])
    assert len(sample.crops) == sample.found == 8
    high, wide = sample.crops[0].shape[:2]
    face = sample.faces[3]
    assert face is not None
    shift = middle_px(track.seen[3].face) - middle_px(face)
    left, top = (round(float(v)) for v in shift)
    assert np.array_equal(sample.crops[3], frames[3][top : top + high, left : left + wide])
    with pytest.raises(CannotMeasure):
        sample_of(track.seen, [])
