"""A face that blinks and speaks against a picture that is moved about: only the first changes at lids and lips."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.analysis.patterns import face_in, picture, skin
from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.cues.stillness import stillness, where_still
from toolkit.analysis.evidence import drawn_over
from toolkit.errors import CannotMeasure
from toolkit.records import Face

SIDE, WIDTH, FRAMES = 200, 90.0, 30


def shown(*, alive: bool, moved: bool = True, beat: float = 0.0, seed: int = 5) -> PresentationSample:
    """Frames of one face; ``beat`` is a sine of brightness on the skin at 70 a minute, as a pulse or a lamp makes."""
    rng = np.random.default_rng(seed)
    base, face = skin(SIDE, 2), face_in(SIDE, WIDTH)
    marks = np.array(face.landmarks_px)
    crops, faces = [], []
    for number in range(FRAMES):
        plane = base.copy()
        lids = 0 if alive and number % 9 == 4 else 1
        opened = 3 + (4 * abs(np.sin(number)) if alive else 0)
        for x, y in marks[:2]:
            cv2.circle(plane, (round(x), round(y)), 6, 40.0 if lids else 130.0, -1)
        middle = marks[3:].mean(axis=0)
        cv2.ellipse(plane, (round(middle[0]), round(middle[1])), (12, round(opened)), 0, 0, 360, 50.0, -1)
        plane += beat * np.sin(2 * np.pi * 70 / 60 * number / 10) + rng.normal(0, 2, plane.shape)
        shift = rng.uniform(-6, 6, 2) if moved else np.zeros(2)
        map_ = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
        crops.append(picture(cv2.warpAffine(plane, map_, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)))
        slipped = marks + shift + rng.normal(0, 0.3, marks.shape)
        faces.append(
            Face(box_px=face.box_px, score=0.9, landmarks_px=tuple((float(x), float(y)) for x, y in slipped))
        )  # fmt: skip
    return PresentationSample(times_s=np.arange(FRAMES) / 10, crops=tuple(crops), faces=tuple(faces))


@pytest.mark.parametrize("seed", range(5))
def test_a_moved_picture_is_stiller_than_a_face_that_blinks_and_speaks(seed: int) -> None:
    assert stillness(shown(alive=False, seed=seed)).value > stillness(shown(alive=True, seed=seed)).value + 5


def test_a_beat_of_brightness_on_a_printed_still_is_no_sign_of_life() -> None:
    """The number that stands for life is low; a lamp's flicker or a hand's shake must not lower it."""
    quiet, beating = stillness(shown(alive=False, moved=False)), stillness(shown(alive=False, moved=False, beat=6.0))
    assert beating.value > quiet.value - 1.0
    assert beating.statement == "nothing"


def test_nothing_that_it_gives_is_called_a_pulse_or_says_live() -> None:
    told = cues["stillness"]
    assert told.says == ()
    assert told.unit == "dB"
    assert {stillness(shown(alive=alive)).statement for alive in (True, False)} == {"nothing"}


def test_the_map_shows_the_mouth_that_speaks() -> None:
    sample = shown(alive=True)
    told = where_still(sample)
    face = sample.faces[told.frame]
    assert face is not None
    x, y = (round(float(v)) for v in np.mean(face.landmarks_px[3:], axis=0))
    mouth, brow = told.values[y - 4 : y + 5, x - 8 : x + 9], told.values[y - 75 : y - 65, x - 8 : x + 9]
    assert np.nanmean(mouth) > 3 * np.nanmean(brow)
    assert drawn_over(sample.crops[told.frame], told).shape == sample.crops[told.frame].shape


def test_too_few_frames_and_small_faces_are_not_assessable() -> None:
    sample = shown(alive=True)
    few = PresentationSample(times_s=sample.times_s[:8], crops=sample.crops[:8], faces=sample.faces[:8])
    small = PresentationSample(times_s=sample.times_s, crops=sample.crops, faces=(face_in(SIDE, 24),) * FRAMES)
    for one, why in ((few, "cue_few_frames"), (small, "cue_small_face")):
        with pytest.raises(CannotMeasure) as reason:
            stillness(one)
        assert reason.value.code == why
