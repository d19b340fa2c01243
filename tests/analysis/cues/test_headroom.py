"""Headroom: how far below the top of its bearer a face begins, with faces and bearers whose places are known."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.analysis.held import PX_PER_M, SHEET, visit
from toolkit.analysis.cues.headroom import THRESHOLD_M, headroom, read_headroom, threshold_m
from toolkit.analysis.faces.visit_sample import VisitSample, visit_cues
from toolkit.errors import CannotMeasure
from toolkit.records import Face

TOP_PX = 56  # of the drawn bearer's hair


def face_at(x: float, y: float, wide: float = 36.0) -> Face:
    eye = wide / 2.35 / 2
    marks = ((x - eye, y - 6), (x + eye, y - 6), (x, y), (x - 5, y + 10), (x + 5, y + 10))
    return Face(box_px=(x - wide / 2, y - 22, x + wide / 2, y + 22), score=0.9, landmarks_px=marks)


def with_faces(*faces: Face, pictures: int = 6) -> VisitSample:
    """A visit with a written sheet, on which no detector finds a face, and the faces that it is said to have found."""
    sample = visit("writing")
    there = tuple(faces if k < pictures else () for k in range(len(sample.pictures)))
    return replace(sample, faces=there)


def test_a_face_on_its_head_has_little_headroom() -> None:
    reading = headroom(with_faces(face_at(156, 95)))
    assert reading.level == "none"
    assert reading.value == pytest.approx((95 - 22 - TOP_PX) / PX_PER_M, abs=0.02)


def test_a_face_on_a_sheet_below_the_head_is_off_its_head_and_asserts_nothing() -> None:
    reading = headroom(with_faces(face_at(156, 95), face_at(157, 184)))
    assert reading.level == "face_off_its_head"
    assert reading.statement == "nothing"
    assert reading.value == pytest.approx((184 - 22 - TOP_PX) / PX_PER_M, abs=0.02)
    assert reading.value > THRESHOLD_M


def test_a_slip_of_the_detector_in_two_pictures_is_not_told() -> None:
    sample = with_faces(face_at(156, 95))
    low = (face_at(156, 95), face_at(157, 184))
    slipped = replace(sample, faces=(low, low, *sample.faces[2:]))
    assert headroom(slipped).level == "none"


def test_a_face_of_the_empty_place_does_not_count() -> None:
    """A portrait beside the bearer hangs lower than the head; nobody bears it."""
    reading = headroom(with_faces(face_at(156, 95), face_at(290, 250)))
    assert reading.level == "none"


def seen_from_above(content: str, share: float = 0.5) -> VisitSample:
    """The visit with so much of its height left, and no face found as it was filmed."""
    sample = visit(content)
    size = (sample.pictures[0].shape[1], round(sample.pictures[0].shape[0] * share))
    flat = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (*sample.pictures, sample.plate)]
    return replace(sample, pictures=tuple(flat[:-1]), plate=flat[-1], faces=tuple(() for _ in flat[:-1]))


def test_a_face_on_a_sheet_that_lost_its_height_is_found_when_the_picture_is_drawn_out() -> None:
    reading = headroom(seen_from_above("face"))
    assert reading.level == "face_off_its_head"
    left, top, wide, high = SHEET
    for frame in reading.evidence["frames"]:
        x0, y0, x1, y1 = frame["box_px"]
        assert left - 4 <= x0 < x1 <= left + wide + 6
        assert top / 2 - 4 <= y0 < y1 <= (top + high) / 2 + 4


@pytest.mark.parametrize("content", ["writing", "blank", "nothing"])
def test_a_sheet_without_a_face_gives_none_however_it_is_drawn_out(content: str) -> None:
    with pytest.raises(CannotMeasure) as reason:
        headroom(seen_from_above(content))
    assert reason.value.code == "headroom_no_face"


def test_of_one_presentation_no_other_face_is_sought() -> None:
    """A live head above somebody's sheet is not told what the sheet is told."""
    sample = replace(seen_from_above("face"), faces=tuple((face_at(156, 47),) for _ in range(6)))
    about = replace(sample, about=tuple((156.0, 47.0) for _ in range(6)))
    assert headroom(sample).level == "face_off_its_head"
    assert headroom(about).level == "none"


def test_a_camera_of_its_own_threshold() -> None:
    sample = with_faces(face_at(156, 95), face_at(157, 184))
    assert read_headroom(sample, 0.6).level == "none"
    assert threshold_m([0.05 + 0.01 * k for k in range(20)]) == pytest.approx(0.27)
    with pytest.raises(CannotMeasure) as reason:
        threshold_m([0.1] * 19)
    assert reason.value.code == "headroom_few_singles"


def test_without_a_face_there_is_no_answer() -> None:
    with pytest.raises(CannotMeasure) as reason:
        headroom(with_faces(face_at(156, 95), pictures=2))
    assert reason.value.code == "headroom_no_face"


def test_the_scale_may_come_from_the_faces() -> None:
    sample = replace(with_faces(face_at(156, 95)), px_per_m=None)
    known = headroom(with_faces(face_at(156, 95)))
    assert headroom(sample).value == pytest.approx(known.value * PX_PER_M / (36 / 0.145), rel=0.01)


def test_it_may_say_nothing() -> None:
    assert visit_cues["headroom"].says == ()
    assert np.isfinite(headroom(with_faces(face_at(156, 95))).value)
