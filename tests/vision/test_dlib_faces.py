from __future__ import annotations

import sys

import numpy as np
import pytest

from tests.vision.conftest import Picture
from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Face
from toolkit.vision import dlib_faces
from toolkit.vision.centerface import detect_faces
from toolkit.vision.dlib_faces import Embedding, distance, embed

PEOPLE = {
    "Obama": ("examples_obama.jpg", "examples_obama2.jpg", "obama-240p.jpg", "obama3.jpg"),
    "Biden": ("examples_biden.jpg", "biden2.jpg"),
    "true 1": ("data_test_true_001.jpg",),
    "true 2": ("data_test_true_002.jpg",),
    "fake 2": ("data_test_fake_002.jpg", "data_test_fake_003.jpg"),
}


def _embedding(picture: Picture, name: str) -> Embedding:
    image = picture(name)
    return embed(image, detect_faces(image)[0])


@pytest.fixture(scope="module")
def embeddings(picture: Picture) -> list[tuple[str, Embedding]]:
    return [(person, _embedding(picture, name)) for person, names in PEOPLE.items() for name in names]


def test_pictures_of_one_person_are_closer_than_those_of_different_people(
    embeddings: list[tuple[str, Embedding]],
) -> None:
    pairs = [
        (one == other, distance(first, second))
        for k, (one, first) in enumerate(embeddings)
        for other, second in embeddings[k + 1 :]
    ]
    same = [apart for alike, apart in pairs if alike]
    different = [apart for alike, apart in pairs if not alike]
    assert len(same) == 8
    assert max(same) < min(different)
    assert max(same) < 0.55


def test_an_embedding_is_128_finite_numbers_and_repeats_exactly(picture: Picture) -> None:
    first, again = (_embedding(picture, "obama-240p.jpg") for _ in range(2))
    assert first.shape == (128,)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert first.tobytes() == again.tobytes()
    assert distance(first, again) == 0


def test_likeness_does_not_hang_on_which_side_of_the_box_the_detector_trims(picture: Picture) -> None:
    image = picture("data_test_true_001.jpg")
    face = detect_faces(image)[0]
    left, top, right, bottom = face.box_px
    step = 0.06 * face.height_px
    moved = [
        Face(box_px=(left + dx, top + dy, right + dx, bottom + dy), score=face.score, landmarks_px=face.landmarks_px)
        for dx, dy in ((step, 0), (-step, 0), (0, step), (0, -step))
    ]
    at_rest = embed(image, face)
    assert max(distance(at_rest, embed(image, one)) for one in moved) < 0.3


def test_a_face_too_small_for_likeness_is_refused_and_not_answered_with_zeros() -> None:
    face = Face(box_px=(10, 10, 16, 18), score=0.9, landmarks_px=((12, 12), (14, 12), (13, 14), (12, 16), (14, 16)))
    with pytest.raises(CannotMeasure) as caught:
        embed(np.zeros((64, 64, 3), np.uint8), face)
    assert caught.value.code == "face_too_small"


def test_a_gray_picture_is_refused() -> None:
    face = Face(box_px=(10, 10, 50, 60), score=0.9, landmarks_px=((20, 30), (40, 30), (30, 40), (22, 50), (38, 50)))
    with pytest.raises(CannotMeasure) as caught:
        embed(np.zeros((64, 64), np.uint8), face)
    assert caught.value.code == "picture_gray"


def test_without_dlib_likeness_is_not_run_and_never_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    face = Face(box_px=(10, 10, 50, 60), score=0.9, landmarks_px=((20, 30), (40, 30), (30, 40), (22, 50), (38, 50)))
    monkeypatch.setitem(sys.modules, "dlib", None)
    monkeypatch.delattr(dlib_faces._opened, "models", raising=False)
    with pytest.raises(SetupError) as caught:
        embed(np.zeros((64, 64, 3), np.uint8), face)
    assert caught.value.code == "weights_missing"
