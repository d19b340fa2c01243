"""The live score on real photographs, and the cases in which there must be none."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.conftest import Picture
from tests.vision.nets import pair
from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Face, Image
from toolkit.vision import minifasnet, models
from toolkit.vision.centerface import detect_faces
from toolkit.vision.minifasnet import CROPS, JITTER, LiveScore, live_score

# Picture and the place of the face in it, left to right; the man of the demo holds a phone that shows another face.
SPOOF = {
    "data_test_fake_001.jpg": 0,
    "data_test_fake_002.jpg": 0,
    "data_test_fake_003.jpg": 0,
    "HyperFAS__data_fake_screen.png": 0,
    "demo_demo.png": 0,
}
REAL = {"data_test_true_001.jpg": 0, "data_test_true_002.jpg": 0, "demo_demo.png": 1, "obama-240p.jpg": 0}


@pytest.fixture
def weights(shared: Path) -> None:
    models.add("minifasnet", shared / "models", licence="Apache-2.0")


def _score(picture: Picture, name: str, place: int) -> LiveScore:
    image = picture(name)
    return live_score(image, sorted(detect_faces(image), key=lambda face: face.box_px[0])[place])


@pytest.mark.usefixtures("weights")
def test_live_faces_score_higher_than_prints_and_screens(picture: Picture) -> None:
    spoof = {name: _score(picture, name, place) for name, place in SPOOF.items()}
    real = {name: _score(picture, name, place) for name, place in REAL.items()}
    assert all(one.mean <= 0.66 for one in spoof.values())
    assert all(one.mean >= 0.82 for one in real.values())
    assert all(one.least <= one.mean <= one.greatest for one in (*spoof.values(), *real.values()))
    assert max(one.spread for one in spoof.values()) > 0.5  # one print looks live or not by where the box lies
    assert spoof["data_test_fake_001.jpg"].boxes == len(JITTER) == 7


@pytest.mark.usefixtures("weights")
def test_the_same_face_gives_the_same_score_to_the_last_bit(picture: Picture) -> None:
    assert _score(picture, "data_test_true_002.jpg", 0) == _score(picture, "data_test_true_002.jpg", 0)


@pytest.mark.usefixtures("weights")
def test_blue_comes_first_and_values_are_not_divided(picture: Picture) -> None:
    image = np.zeros((80, 80, 3), np.uint8)
    image[..., 2] = 200  # blue of an RGB picture
    seen = minifasnet._as_input(image)
    assert seen.shape == (1, 3, 80, 80)
    assert seen[0, 0].max() == 200.0 and not seen[0, 1:].any()


def test_crops_keep_the_shape_of_the_box_and_stay_inside_the_picture() -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    for box in ((140.0, 100.0, 180.0, 150.0), (0.0, 0.0, 40.0, 50.0), (250.0, 150.0, 340.0, 260.0)):
        for factor in CROPS.values():
            cut = minifasnet._cut(picture, box, factor)
            across, down = box[2] - box[0], box[3] - box[1]
            real = min(factor, 319 / across, 239 / down)
            assert cut.shape[1] == pytest.approx(real * across, abs=2)
            assert cut.shape[0] == pytest.approx(real * down, abs=2)


@pytest.mark.usefixtures("weights")
def test_where_the_picture_ends_near_the_face_the_narrower_crop_is_told(picture: Picture) -> None:
    image = picture("data_test_true_001.jpg")
    (face,) = detect_faces(image)
    left, top, right, bottom = (round(v) for v in face.box_px)
    close = np.ascontiguousarray(image[top - 60 : bottom + 60, left - 60 : right + 60])
    moved = tuple(v - cut for v, cut in zip(face.box_px, (left - 60, top - 60) * 2, strict=True))
    assert (
        live_score(close, dataclasses.replace(face, box_px=moved)).widest_crop < 2 < live_score(image, face).widest_crop
    )


@pytest.mark.usefixtures("weights")
def test_a_face_under_60_px_is_not_scored(picture: Picture) -> None:
    image = picture("data_test_true_001.jpg")
    (face,) = detect_faces(image)
    for height in (12.0, 59.0):
        factor = height / face.height_px
        small = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        box = tuple(edge * factor for edge in face.box_px)
        with pytest.raises(CannotMeasure) as caught:
            live_score(small, dataclasses.replace(face, box_px=box))
        assert caught.value.code == "score_small_face"


@pytest.mark.usefixtures("weights")
def test_an_infra_red_picture_is_not_scored_and_a_gray_print_before_a_colour_camera_is(picture: Picture) -> None:
    image = picture("data_test_fake_002.jpg")
    (face,) = detect_faces(image)
    gray = np.repeat(image.mean(axis=2).astype(np.uint8)[:, :, None], 3, axis=2)
    with pytest.raises(CannotMeasure) as caught:
        live_score(gray, face)
    assert caught.value.code == "picture_without_colour"
    left, top, right, bottom = (round(edge) for edge in face.box_px)
    printed = image.copy()
    printed[top:bottom, left:right] = gray[top:bottom, left:right]
    assert live_score(printed, face).mean < 0.9


FACE = Face(box_px=(10, 10, 80, 90), score=0.9, landmarks_px=((30, 40), (60, 40), (45, 55), (32, 70), (58, 70)))


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (np.zeros((120, 120), np.uint8), "picture_gray"),
        (np.broadcast_to(np.uint8(0), (9000, 9000, 3)), "picture_over_size"),
        (np.zeros((120, 120, 3), np.float32), "picture_not_rgb"),
    ],
)
def test_pictures_that_cannot_be_scored_have_each_their_own_answer(image: Image, code: str) -> None:
    with pytest.raises(CannotMeasure) as caught:
        live_score(image, FACE)
    assert caught.value.code == code


def _colourful() -> Image:
    return np.random.default_rng(5).integers(0, 255, (120, 120, 3)).astype(np.uint8)


def test_without_weights_it_is_not_run_and_never_a_score() -> None:
    with pytest.raises(SetupError) as caught:
        live_score(_colourful(), FACE)
    assert caught.value.code == "model_not_added"


def test_weights_that_cannot_be_run_are_told_and_never_a_score(tmp_path: Path) -> None:
    folder = pair(tmp_path / "pair")
    models.add("minifasnet", folder)
    assert live_score(_colourful(), FACE).mean == pytest.approx(1 / 3)  # zeros: three equal shares
    (folder / "2.7_80x80_MiniFASNetV2.onnx").write_bytes(b"changed")
    assert live_score(_colourful(), FACE).mean == pytest.approx(1 / 3)  # this thread holds what was checked
    minifasnet._opened.__dict__.clear()
    with pytest.raises(SetupError) as caught:
        live_score(_colourful(), FACE)
    assert caught.value.code == "model_changed"
