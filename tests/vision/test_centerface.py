from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.conftest import Picture
from toolkit.errors import CannotMeasure
from toolkit.media.frames import still
from toolkit.records import Face, Image
from toolkit.vision.centerface import detect_faces

# Where the face lies in the whole picture, by eye, as shares of width and height: left, top, right, bottom.
KNOWN = {
    "examples_biden.jpg": (0.44, 0.09, 0.72, 0.25),
    "obama-240p.jpg": (0.46, 0.09, 0.58, 0.39),
    "data_test_fake_002.jpg": (0.05, 0.20, 0.86, 0.77),
    "data_test_true_001.jpg": (0.42, 0.36, 0.71, 0.80),
    "HyperFAS__data_fake_screen.png": (0.30, 0.33, 0.65, 0.84),
}


def _in_order(face: Face) -> bool:
    (left_eye, right_eye, nose, left_mouth, right_mouth) = face.landmarks_px
    across = left_eye[0] < right_eye[0] and left_mouth[0] < right_mouth[0]
    down = max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    left, top, right, bottom = face.box_px
    inside = all(left <= x <= right and top <= y <= bottom for x, y in face.landmarks_px)
    return across and down and inside


def _common(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    shared = [min(one[k + 2], other[k + 2]) - max(one[k], other[k]) for k in (0, 1)]
    if min(shared) <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared[0] * shared[1] / (sum(areas) - shared[0] * shared[1])


@pytest.mark.parametrize("name", KNOWN)
def test_the_face_of_a_known_picture_is_found_where_it_is(name: str, picture: Picture) -> None:
    image = picture(name)
    found = detect_faces(image)
    assert len(found) == 1
    (face,) = found
    height, width = image.shape[:2]
    place = tuple(edge / side for edge, side in zip(face.box_px, (width, height, width, height), strict=True))
    assert _common(place, KNOWN[name]) > 0.6
    assert 0.5 <= face.score <= 1
    assert _in_order(face)


def test_two_faces_of_one_picture_come_the_surest_first(picture: Picture) -> None:
    found = detect_faces(picture("two_people.jpg"))
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert all(_in_order(face) for face in found)


@pytest.mark.parametrize("clip", ["traffic_camera.mp4", "vtest.avi"])
def test_no_face_is_found_where_none_can_be_seen(clip: str, shared: Path) -> None:
    (path,) = (shared / "data/video").glob(f"*{clip}")
    for media_s in (1.0, 8.0, 15.0):
        image = still(path, media_s).image
        assert image is not None
        assert detect_faces(image) == []


def _small(image: Image, face_px: float) -> Image:
    """The picture reduced until its face is this high, on a gray ground of 320 x 240."""
    (face,) = detect_faces(image)
    factor = face_px / face.height_px
    reduced = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)[:240, :320]
    ground = np.full((240, 320, 3), 128, np.uint8)
    ground[: reduced.shape[0], : reduced.shape[1]] = reduced
    return ground


def test_small_faces_are_found_once_enlarged_and_placed_in_the_given_picture(picture: Picture) -> None:
    names = ["examples_biden.jpg", "obama-240p.jpg", "data_test_true_001.jpg", "data_test_true_002.jpg"]
    scenes = [_small(picture(name), 12) for name in names]
    plain = [detect_faces(scene) for scene in scenes]
    enlarged = [detect_faces(scene, enlarge=3) for scene in scenes]
    assert sum(map(len, plain)) <= 1
    assert [len(found) for found in enlarged] == [1, 1, 1, 1]
    for (face,) in enlarged:
        assert 8 <= face.height_px <= 17
        assert _in_order(face)


def test_the_same_picture_gives_the_same_faces_in_every_thread(picture: Picture) -> None:
    image = picture("two_people.jpg")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(detect_faces, [image] * 3))
    assert answers[0] == answers[1] == answers[2] == detect_faces(image)


def test_a_higher_least_score_only_drops_faces(picture: Picture) -> None:
    image = picture("two_people.jpg")
    loose, strict = detect_faces(image, least_score=0.2), detect_faces(image, least_score=0.7)
    assert len(strict) == 2
    assert set(strict) <= set(loose)
    assert detect_faces(image, least_score=0.999) == []


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (np.zeros((64, 64), np.uint8), "picture_gray"),
        (np.broadcast_to(np.uint8(0), (9000, 9000, 3)), "picture_over_size"),
        (np.broadcast_to(np.uint8(0), (8193, 64, 3)), "picture_over_size"),
        (np.zeros((64, 64, 4), np.uint8), "picture_not_rgb"),
        (np.zeros((64, 64, 3), np.uint16), "picture_not_rgb"),
        (np.zeros((64, 64, 3), np.float32), "picture_not_rgb"),
        (np.zeros((8, 64, 3), np.uint8), "picture_too_small"),
        (np.zeros((0, 64, 3), np.uint8), "picture_too_small"),
        (None, "picture_not_rgb"),
    ],
)
def test_other_pictures_than_8_bit_colour_are_refused(image: Image, code: str) -> None:
    with pytest.raises(CannotMeasure) as caught:
        detect_faces(image)
    assert caught.value.code == code
    assert caught.value.what("zh") != caught.value.what("en")


@pytest.mark.parametrize("enlarge", [0.0, -1.0, 0.1, 1000.0])
def test_an_enlargement_that_leaves_no_usable_picture_is_refused(enlarge: float) -> None:
    with pytest.raises(CannotMeasure) as caught:
        detect_faces(np.zeros((64, 64, 3), np.uint8), enlarge=enlarge)
    assert caught.value.code == "enlarge_out_of_range"


def test_odd_sizes_and_views_are_taken_as_they_are(picture: Picture) -> None:
    image = picture("obama-240p.jpg")[:239, :421]
    (whole,) = detect_faces(image)
    (mirrored,) = detect_faces(image[:, ::-1])
    assert mirrored.landmarks_px[0][0] == pytest.approx(421 - whole.landmarks_px[1][0], abs=4)
