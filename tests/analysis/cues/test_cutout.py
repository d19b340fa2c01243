"""The rim of a worn cut-out: drawn around a face whose place is known, on both sides, on one, or not at all."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.analysis.cues.test_headroom import face_at
from tests.analysis.held import visit
from toolkit.analysis.cues.cutout import cutout, rim_of, upright
from toolkit.analysis.faces.visit_sample import VisitSample, visit_cues
from toolkit.errors import CannotMeasure
from toolkit.records import Face

FACE = face_at(156, 95)


def worn(first_deg: float, last_deg: float, *, face: Face = FACE) -> VisitSample:
    """A bearer around whose face a white line runs from one angle to the other (clockwise from the right)."""
    sample = visit("nothing")
    pictures = []
    for picture in sample.pictures:
        image = picture.copy()
        cv2.ellipse(image, (156, 95), (21, 28), 0, first_deg, last_deg, (240, 240, 238), 2, cv2.LINE_AA)
        pictures.append(image)
    return replace(sample, pictures=tuple(pictures), faces=((face,),) * len(pictures))


def test_a_rim_all_around_is_told_as_a_rim_and_asserts_nothing() -> None:
    reading = cutout(worn(0, 360))
    assert reading.level == "picture_on_it"
    assert reading.statement == "nothing"
    assert reading.value > 0.6


def test_a_bare_face_has_none() -> None:
    reading = cutout(replace(visit("nothing"), faces=((FACE,),) * 6))
    assert reading.level == "none"
    assert reading.value < 0.05


def test_a_line_on_one_side_is_no_rim() -> None:
    reading = cutout(worn(-80, 80))
    assert reading.level == "none"
    assert reading.evidence["share"] > 0.15


def test_a_line_that_does_not_keep_its_place_on_the_face_is_no_rim() -> None:
    """A window frame behind a head that moves: each picture has a line, and the rays agree on none."""
    sample = visit("nothing")
    pictures = []
    for k, picture in enumerate(sample.pictures):
        image = picture.copy()
        cv2.ellipse(image, (156, 95), (19 + 3 * k, 26 + 3 * k), 0, 0, 360, (240, 240, 238), 2, cv2.LINE_AA)
        assert rim_of(image, FACE, 250.0).share > 0.3
        pictures.append(image)
    moving = replace(sample, pictures=tuple(pictures[:5]), times_s=sample.times_s[:5], faces=((FACE,),) * 5)
    assert cutout(moving).level == "none"


def test_the_rays_tell_where_the_line_runs() -> None:
    sample = worn(0, 360)
    rays = rim_of(sample.pictures[0], FACE, 250.0).distance_px
    along = rays[rays > 0]
    assert len(along) > 36
    assert np.percentile(along, (10, 90)) == pytest.approx([21, 28], abs=3)


def test_a_face_from_steep_above_gives_no_answer() -> None:
    low = tuple((x, 95 + (y - 95) * 0.45) for x, y in FACE.landmarks_px)
    steep = replace(FACE, landmarks_px=low)
    assert upright(steep) < upright(FACE)
    with pytest.raises(CannotMeasure) as reason:
        cutout(worn(0, 360, face=steep))
    assert reason.value.code == "cutout_steep"


@pytest.mark.parametrize(
    ("face", "why"), [(face_at(156, 95, 20.0), "cutout_small"), (face_at(157, 190), "cutout_no_face")]
)
def test_what_cannot_be_measured_says_why(face: Face, why: str) -> None:
    with pytest.raises(CannotMeasure) as reason:
        cutout(worn(0, 360, face=face))
    assert reason.value.code == why


def test_it_may_say_nothing() -> None:
    assert visit_cues["cutout"].says == ()
