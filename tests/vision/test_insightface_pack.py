"""A user's pack: run from its own files, never downloaded, and not at all without a recorded licence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vision.conftest import Picture
from tests.vision.test_centerface import KNOWN, _common, _in_order, _small
from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Face, Image
from toolkit.vision import insightface_pack, models
from toolkit.vision.insightface_pack import detect_faces, distance, embed, pack_record

LICENCE = "non-commercial research; used here for research"


@pytest.fixture
def pack(shared: Path) -> None:
    models.add("insightface_pack", shared / "models/insightface-test-pack", licence=LICENCE)


@pytest.mark.usefixtures("pack")
@pytest.mark.parametrize("name", KNOWN)
def test_the_face_of_a_known_picture_is_found_where_it_is(name: str, picture: Picture) -> None:
    image = picture(name)
    (face,) = detect_faces(image)
    height, width = image.shape[:2]
    place = tuple(edge / side for edge, side in zip(face.box_px, (width, height, width, height), strict=True))
    assert _common(place, KNOWN[name]) > 0.6
    assert 0.5 <= face.score <= 1
    assert _in_order(face)


@pytest.mark.usefixtures("pack")
def test_pictures_of_one_person_are_closer_than_those_of_different_people(picture: Picture) -> None:
    names = ("examples_obama2.jpg", "obama-240p.jpg", "examples_biden.jpg", "biden2.jpg", "data_test_true_001.jpg")
    rows = [embed(image, detect_faces(image)[0]) for image in map(picture, names)]
    people = (0, 0, 1, 1, 2)
    pairs = [(people[i] == people[k], distance(rows[i], rows[k])) for i in range(5) for k in range(i)]
    assert max(apart for same, apart in pairs if same) < 0.5 < min(apart for same, apart in pairs if not same)
    assert rows[0].shape == (128,)
    assert np.linalg.norm(rows[0]) == pytest.approx(1, abs=1e-5)
    assert distance(rows[0], rows[0]) == pytest.approx(0, abs=1e-6)


@pytest.mark.usefixtures("pack")
def test_small_faces_are_found_once_enlarged_and_placed_in_the_given_picture(picture: Picture) -> None:
    scene = _small(picture("obama-240p.jpg"), 12)
    (face,) = detect_faces(scene, enlarge=4)
    assert 8 <= face.height_px <= 17
    with pytest.raises(CannotMeasure) as caught:
        embed(scene, face)
    assert caught.value.code == "face_too_small"


@pytest.mark.usefixtures("pack")
def test_the_same_picture_gives_the_same_faces_and_numbers(picture: Picture) -> None:
    image = picture("two_people.jpg")
    first, again = detect_faces(image), detect_faces(image)
    assert first == again and len(first) == 2
    assert embed(image, first[0]).tobytes() == embed(image, again[0]).tobytes()


@pytest.mark.usefixtures("pack")
def test_the_report_can_name_every_file_and_the_licence() -> None:
    record = pack_record()
    assert record.licence == LICENCE
    assert record.tested and "non-commercial" in record.allowed_use
    assert {one.name: one.part for one in record.parts} == {"det_500m.onnx": "detector", "w_mbf.onnx": "embedder"}


def test_without_a_recorded_licence_nothing_of_a_pack_is_run(shared: Path) -> None:
    models.add("insightface_pack", shared / "models/insightface-test-pack", licence="  ")
    for asked in (lambda: detect_faces(np.zeros((64, 64, 3), np.uint8)), pack_record):
        with pytest.raises(SetupError) as caught:
            asked()
        assert caught.value.code == "pack_without_licence"
        assert "--licence" in caught.value.advice()


def test_no_pack_and_a_changed_pack_are_not_run(shared: Path, tmp_path: Path) -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(SetupError) as caught:
        detect_faces(picture)
    assert caught.value.code == "model_not_added"
    for file in (shared / "models/insightface-test-pack").glob("*.onnx"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    models.add("insightface_pack", tmp_path, licence=LICENCE)
    (tmp_path / "w_mbf.onnx").write_bytes(b"another file")
    insightface_pack._opened.__dict__.clear()
    with pytest.raises(SetupError) as caught:
        detect_faces(picture)
    assert caught.value.code == "model_changed"


@pytest.mark.usefixtures("pack")
@pytest.mark.parametrize(
    ("image", "code"),
    [
        (np.zeros((64, 64), np.uint8), "picture_gray"),
        (np.broadcast_to(np.uint8(0), (9000, 9000, 3)), "picture_over_size"),
    ],
)
def test_pictures_that_cannot_be_looked_at_have_each_their_own_answer(image: Image, code: str) -> None:
    face = Face(box_px=(1, 1, 60, 60), score=1, landmarks_px=((10, 20), (50, 20), (30, 30), (15, 45), (45, 45)))
    for asked in (lambda: detect_faces(image), lambda: embed(image, face)):
        with pytest.raises(CannotMeasure) as caught:
            asked()
        assert caught.value.code == code
