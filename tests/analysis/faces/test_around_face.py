"""Cues of visits read for one presented face: the live head above a sheet is not the face on the sheet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.analysis.cues.test_headroom import TOP_PX, face_at
from tests.analysis.held import PX_PER_M, visit
from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.faces.around_face import ASIDE, LOOKS, UP, box_around, looks_among, plate_of, presenter_of
from toolkit.analysis.faces.crops import middle_px, width_px
from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face

OWN, SHOWN = face_at(156, 95), face_at(157, 184)


def asked(face: Face, content: str = "face") -> PresentationSample:
    """The presentation of one face of the drawn visit, cut as a case would be."""
    whole = visit(content)
    box = box_around([face], whole.pictures[0].shape)
    left, top, right, bottom = box
    cut = [one[top:bottom, left:right] for one in whole.pictures]
    plate = None if whole.plate is None else whole.plate[top:bottom, left:right]
    seen = presenter_of(whole.times_s.tolist(), cut, [face] * len(cut), box, plate, PX_PER_M)
    crops = tuple(one[60:130, 120:190] for one in whole.pictures)
    return PresentationSample(times_s=whole.times_s, crops=crops, faces=(face,) * len(crops), presenter=seen)


def test_the_face_on_the_sheet_is_on_a_sheet_and_off_its_head() -> None:
    sample = asked(SHOWN)
    on_it, below = cues["sheet"].measure(sample), cues["headroom"].measure(sample)
    assert (on_it.statement, on_it.facts["level"]) == ("artefact", "face_on_it")
    assert below.facts["level"] == "face_off_its_head"
    assert below.value == pytest.approx((184 - 22 - TOP_PX) / PX_PER_M, abs=0.02)


def test_the_head_above_a_held_sheet_is_accused_of_nothing() -> None:
    """Both faces are in view at once, and only one of them is on paper."""
    sample = asked(OWN)
    on_it, below = cues["sheet"].measure(sample), cues["headroom"].measure(sample)
    assert on_it.statement == "nothing"
    assert on_it.facts["level"] in ("none", "flat_object")  # no hand touches what surrounds the head
    assert on_it.value < 0.3
    assert below.facts["level"] == "none"


def test_without_the_empty_place_nothing_is_said_of_the_presenter() -> None:
    sample = replace(asked(SHOWN), presenter=None)
    for name in ("sheet", "headroom", "cutout"):
        with pytest.raises(CannotMeasure) as refused:
            cues[name].measure(sample)
        assert refused.value.code == "sheet_no_plate"
        with pytest.raises(CannotMeasure) as unseen:
            cues[name].measure(replace(sample, faces=(None,) * len(sample.faces)))
        assert unseen.value.code == "cue_no_face"  # the footage lacks a face, not the empty place


def test_pictures_without_the_face_hold_no_sheet_of_it() -> None:
    seen = asked(SHOWN).presenter
    assert isinstance(seen, VisitSample)
    twice = replace(seen, about=(*seen.about[:2], *(None for _ in seen.about[2:])))
    assert cues["sheet"].measure(replace(asked(SHOWN), presenter=twice)).statement == "nothing"


def test_the_place_of_a_presenter_stays_in_the_picture_and_holds_a_head_above_a_sheet() -> None:
    left, top, right, bottom = box_around([SHOWN], (340, 340, 3))
    wide, (x, y) = width_px(SHOWN), middle_px(SHOWN)
    assert (left, top) == (int(x - ASIDE * wide), int(y - UP * wide))
    assert top < TOP_PX
    assert right <= 340
    assert bottom <= 340
    with pytest.raises(CannotMeasure):
        box_around([], (340, 340, 3))


def test_looks_are_spread_and_never_more_than_there_are() -> None:
    assert looks_among(3) == [0, 1, 2]
    many = looks_among(100)
    assert (len(many), many[0], many[-1]) == (LOOKS, 0, 99)


def test_the_empty_place_is_the_median_so_one_who_walks_by_is_not_in_it() -> None:
    empty = np.full((4, 4, 3), 90, np.uint8)
    walker = empty.copy()
    walker[1:3] = 250
    assert np.array_equal(plate_of([empty, walker, empty]), empty)
    assert plate_of([]) is None
