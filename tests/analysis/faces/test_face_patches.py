"""Patches lie where the face's own axes say, whatever its size and turn; scales are told or refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.patterns import face_in, picture, seen, skin
from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.face_patches import (
    CHEEKS,
    chroma,
    clearest,
    in_view,
    linear,
    oval,
    patch_light,
    place,
    scale_at,
    sharpest,
    square_of,
    stops,
)
from toolkit.errors import CannotMeasure
from toolkit.records import Face


@given(st.floats(-1, 1), st.floats(-1, 2), st.floats(0.2, 3), st.floats(-3, 3))
def test_a_place_follows_every_affine_map_of_the_face(across: float, down: float, size: float, lean: float) -> None:
    face = face_in(200, 80)
    map_ = np.array([[size, lean], [0.1, size]])
    moved = np.array(face.landmarks_px) @ map_.T + 7
    other = Face(box_px=face.box_px, score=1, landmarks_px=tuple((float(x), float(y)) for x, y in moved))
    assert place(other, across, down) == pytest.approx(place(face, across, down) @ map_.T + 7, abs=1e-6)


def test_patches_off_the_picture_are_unknown_and_not_black() -> None:
    face = face_in(200, 80)
    light = patch_light(picture(np.full((200, 200), 128.0)), face, (*CHEEKS, (0.0, 9.0)))
    assert light[:2] == pytest.approx(linear(np.array([128], np.uint8))[0], rel=1e-5)
    assert np.isnan(light[2]).all()


def test_chroma_forgets_brightness_and_stops_count_doublings() -> None:
    light = np.array([[0.2, 0.1, 0.05]])
    assert chroma(light) == pytest.approx(chroma(light * 3))
    assert stops(light * 4) - stops(light) == pytest.approx(2)


def test_the_oval_is_as_wide_as_the_face() -> None:
    inside = oval((400, 400), face_in(400, 120))
    assert inside.any(axis=0).sum() == pytest.approx(0.92 * 120, abs=4)


def test_a_square_is_cut_and_never_resized() -> None:
    plane = np.arange(300 * 300, dtype=np.float32).reshape(300, 300)
    cut = square_of(plane, face_in(300, 100))
    assert cut.shape == (100, 100)
    assert set(cut.ravel().tolist()) <= set(plane.ravel().tolist())


def test_the_sharpest_frame_of_each_stretch_is_taken() -> None:
    soft, sharp = picture(np.full((200, 200), 120.0)), picture(skin(200))
    sample = seen([soft, sharp, soft, soft, sharp, soft], 80)
    assert [crop is sample.crops[k] for (crop, _), k in zip(sharpest(sample, 2), (1, 4), strict=True)] == [True, True]
    assert clearest(sample)[0] in (1, 4)


def test_frames_without_the_face_are_passed_over_and_none_at_all_is_told() -> None:
    sample = seen([picture(skin(200))] * 3, 80)
    gone = PresentationSample(times_s=sample.times_s, crops=sample.crops, faces=(None, sample.faces[1], None))
    assert len(in_view(gone)) == 1
    with pytest.raises(CannotMeasure) as reason:
        in_view(PresentationSample(times_s=sample.times_s, crops=sample.crops, faces=(None,) * 3))
    assert reason.value.code == "cue_no_face"


def test_a_scale_is_told_by_width_or_taken_as_stated_or_refused_where_it_contradicts() -> None:
    sample = seen([picture(skin(500))], 290)
    told = scale_at(sample, in_view(sample), 120, (0.4, 1.3))
    assert (told.low_px_per_m, told.high_px_per_m) == pytest.approx((2000 / 1.3, 2000 / 0.4))
    stated = seen([picture(skin(500))], 290, 2000.0)
    assert scale_at(stated, in_view(stated), 120, (0.4, 1.3)).high_px_per_m == 2000.0
    for px_per_m, least, why in ((9000.0, 120, "cue_scale_contradicts"), (2000.0, 300, "cue_texture_small")):
        wrong = seen([picture(skin(500))], 290, px_per_m)
        with pytest.raises(CannotMeasure) as reason:
            scale_at(wrong, in_view(wrong), least, (0.4, 1.3))
        assert reason.value.code == why
