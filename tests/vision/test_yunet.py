"""YuNet from a file that a person added: the same faces in the same form as the default detector gives."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.conftest import Picture
from tests.vision.test_centerface import KNOWN, _common, _in_order, _small
from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Image
from toolkit.vision import models
from toolkit.vision.yunet import detect_faces


@pytest.fixture
def yunet(shared: Path) -> None:
    models.add("yunet", shared / "models/yunet_n_640_640.onnx")


@pytest.mark.usefixtures("yunet")
@pytest.mark.parametrize("name", KNOWN)
def test_the_face_of_a_known_picture_is_found_where_it_is(name: str, picture: Picture) -> None:
    image = picture(name)
    (face,) = detect_faces(image)
    height, width = image.shape[:2]
    place = tuple(edge / side for edge, side in zip(face.box_px, (width, height, width, height), strict=True))
    assert _common(place, KNOWN[name]) > 0.6
    assert 0.5 <= face.score <= 1
    assert _in_order(face)


@pytest.mark.usefixtures("yunet")
def test_faces_come_the_surest_first_and_a_higher_least_score_only_drops_some(picture: Picture) -> None:
    image = picture("two_people.jpg")
    found = detect_faces(image)
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert found == detect_faces(image)
    assert detect_faces(image, least_score=0.999) == []
    assert set(detect_faces(image, least_score=0.935)) <= set(found)


@pytest.mark.usefixtures("yunet")
def test_faces_of_12_px_are_found_once_enlarged_and_placed_in_the_given_picture(picture: Picture) -> None:
    scene = _small(picture("obama-240p.jpg"), 12)
    (face,) = detect_faces(scene, enlarge=4)
    assert 8 <= face.height_px <= 17
    assert _in_order(face)


@pytest.mark.usefixtures("yunet")
def test_a_face_that_fills_a_large_picture_is_found_once_reduced(picture: Picture) -> None:
    image = cv2.resize(picture("data_test_fake_002.jpg"), None, fx=4, fy=4)
    (face,) = detect_faces(np.asarray(image, np.uint8), enlarge=0.25)
    assert face.height_px > 1500


@pytest.mark.usefixtures("yunet")
def test_an_infra_red_picture_with_three_equal_channels_is_looked_at(picture: Picture) -> None:
    gray = picture("obama-240p.jpg").mean(axis=2).astype(np.uint8)
    (face,) = detect_faces(np.ascontiguousarray(np.repeat(gray[:, :, None], 3, axis=2)))
    assert _in_order(face)


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (np.zeros((64, 64), np.uint8), "picture_gray"),
        (np.broadcast_to(np.uint8(0), (9000, 9000, 3)), "picture_over_size"),
        (np.zeros((8, 64, 3), np.uint8), "picture_too_small"),
    ],
)
def test_pictures_that_cannot_be_looked_at_have_each_their_own_answer(image: Image, code: str) -> None:
    with pytest.raises(CannotMeasure) as caught:
        detect_faces(image)
    assert caught.value.code == code
    assert caught.value.advice("zh") != caught.value.advice("en")


def test_without_a_file_it_is_not_run_and_never_an_empty_list() -> None:
    with pytest.raises(SetupError) as caught:
        detect_faces(np.zeros((64, 64, 3), np.uint8))
    assert caught.value.code == "model_not_added"
