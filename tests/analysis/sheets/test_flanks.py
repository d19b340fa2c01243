"""Two gripped sides around a face in one picture: told, told as leaving the picture, and silent on everybody else."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.analysis.gripped import SHEET, face_in, scene
from toolkit.analysis.presentations import faces_in
from toolkit.analysis.sheets.flanks import held_around
from toolkit.analysis.sheets.held_around import HeldAround, drawn_around
from toolkit.errors import CannotMeasure
from toolkit.media.pictures import read_picture
from toolkit.records import Face, Image


def around(image: Image) -> HeldAround | None:
    return held_around(image, face_in(image))


def test_a_held_sheet_is_told_whole_with_its_sides_where_they_are() -> None:
    found = around(scene())
    assert found is not None
    assert found.whole
    left, top, wide, _ = SHEET
    for flank, x in ((found.left, left), (found.right, left + wide)):
        assert np.abs(flank.line_px[[0, 2]] - x).max() < 6
        assert "h" in flank.along
        hand = flank.along.index("h") / len(flank.along) * 600
        assert abs(hand - (top + 210)) < 60
    assert found.seen > 0.7


@pytest.mark.parametrize("hands", ["", "left", "right"])
def test_without_a_hand_at_each_side_nothing_is_told(hands: str) -> None:
    assert around(scene(hands=hands)) is None


def test_a_sheet_that_leaves_the_picture_says_at_which_borders() -> None:
    _, top, _, tall = SHEET
    cut = np.ascontiguousarray(scene()[top + 14 : top + tall - 14])
    found = around(cut)
    assert found is not None
    assert not found.whole
    assert found.borders == ("bottom", "top")


def test_a_picture_without_colour_and_a_small_face_are_not_assessable() -> None:
    image = scene()
    grey = np.asarray(np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2), np.uint8)
    with pytest.raises(CannotMeasure) as told:
        held_around(grey, face_in(image))
    assert told.value.code == "sheet_no_colour"
    small = Face(box_px=(10, 10, 40, 50), score=0.9, landmarks_px=((18, 22), (32, 22), (25, 30), (19, 38), (31, 38)))
    with pytest.raises(CannotMeasure) as told:
        held_around(image, small)
    assert told.value.code == "flanks_face_small"


def test_the_drawing_shows_hands_thick_and_missing_parts_apart() -> None:
    image = scene()
    found = around(image)
    assert found is not None
    shown = drawn_around(image, found, face_in(image))
    colours = {tuple(int(v) for v in pixel) for pixel in shown.reshape(-1, 3)}
    assert {(60, 220, 255), (255, 150, 40), (255, 235, 60)} <= colours  # seen, under a hand, the face's box


@pytest.mark.parametrize("name", ["true_001", "true_002", "two_people", "obama-240p", "obama_partial_face", "obama2"])
def test_genuine_pictures_give_nothing(name: str, shared: Path) -> None:
    (path,) = (shared / "data").glob(f"*/*{name}.jpg")
    image = read_picture(path)
    faces = faces_in(image, (0, 0, image.shape[1], image.shape[0]))
    assert faces
    assert [held_around(image, face) for face in faces] == [None] * len(faces)


def test_a_large_print_gripped_by_two_hands_leaves_the_picture(shared: Path) -> None:
    (path,) = (shared / "data/spoof").glob("*fake_002.jpg")
    found = around(read_picture(path))
    assert found is not None
    assert found.crossing == ("bottom",)
    assert {"left", "right"} <= set(found.borders)
