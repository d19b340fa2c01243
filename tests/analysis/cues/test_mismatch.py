"""A soft face over a sharp body reads high; focus, noise and codec that touch both cancel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.analysis.patterns import picture, seen
from toolkit.analysis.cue import cues
from toolkit.analysis.cues.mismatch import body_below, mismatch, where_mismatch
from toolkit.errors import CannotMeasure

SIDE, WIDTH = 300, 80.0


def scene(*, soft_face_px: float = 0.0, soft_all_px: float = 0.0, detail: float = 25.0) -> np.ndarray:
    rng = np.random.default_rng(8)
    plane = 120 + detail * cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)), (0, 0), 0.8)
    if soft_face_px:
        soft = cv2.GaussianBlur(plane, (0, 0), soft_face_px)
        rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
        plane = np.where(np.hypot(rows, columns) < 0.75 * WIDTH, soft, plane)
    return cv2.GaussianBlur(plane, (0, 0), soft_all_px) if soft_all_px else plane


def test_a_face_softer_than_its_bearer_reads_high() -> None:
    alike = mismatch(seen([picture(scene())], WIDTH)).value
    softer = mismatch(seen([picture(scene(soft_face_px=1.0))], WIDTH)).value
    softest = mismatch(seen([picture(scene(soft_face_px=1.6))], WIDTH)).value
    assert alike == pytest.approx(0, abs=0.15)
    assert alike + 0.3 < softer < softest


def test_a_lens_that_is_out_of_focus_for_all_of_it_changes_little() -> None:
    assert mismatch(seen([picture(scene(soft_all_px=1.2))], WIDTH)).value == pytest.approx(0, abs=0.2)


def test_without_a_body_in_view_or_detail_on_it_there_is_no_answer() -> None:
    above = picture(scene()[80:220, 80:220])
    cropped = seen([picture(scene())], WIDTH)
    cut_off = type(cropped)(times_s=cropped.times_s, crops=(picture(scene()[:205]),), faces=cropped.faces)
    for sample in (seen([above], WIDTH), cut_off, seen([picture(scene(detail=0.0))], WIDTH)):
        with pytest.raises(CannotMeasure) as reason:
            mismatch(sample)
        assert reason.value.code == "cue_no_body"


def test_the_body_is_below_the_face_and_away_from_it() -> None:
    sample = seen([picture(scene())], WIDTH)
    face = sample.faces[0]
    assert face is not None
    body = body_below(sample.crops[0], face)
    assert body[-10:].all()
    assert not body[: SIDE // 2 + 20].any()


def test_it_says_nothing_whatever_it_reads() -> None:
    assert cues["mismatch"].says == ()
    assert mismatch(seen([picture(scene(soft_face_px=1.6))], WIDTH)).statement == "nothing"


def test_the_map_is_lower_on_the_soft_face_than_on_the_body_and_empty_elsewhere() -> None:
    told = where_mismatch(seen([picture(scene(soft_face_px=1.6))], WIDTH))
    face, body = told.values[130:170, 130:170], told.values[-30:]
    assert np.nanmedian(face) < np.nanmedian(body) - 0.5
    assert np.isnan(told.values[:40, :40]).all()
