from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.conftest import Picture
from toolkit.vision.alignment import CANONICAL, aligned, similarity
from toolkit.vision.centerface import detect_faces


@given(st.floats(-3, 3), st.floats(0.05, 20), st.floats(-500, 500), st.floats(-500, 500))
def test_a_turn_scale_and_shift_is_found_again(turn: float, scale: float, x: float, y: float) -> None:
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = CANONICAL @ matrix.T + (x, y)
    found = similarity(CANONICAL, moved)
    assert found[:, :2] == pytest.approx(matrix, abs=1e-6)
    assert found[:, 2] == pytest.approx([x, y], abs=1e-6)


def test_an_aligned_face_has_its_points_at_the_canonical_places(picture: Picture) -> None:
    image = picture("examples_biden.jpg")
    cut = aligned(image, detect_faces(image)[0], side_px=200, margin=0.2)
    assert cut.shape == (200, 200, 3)
    (face,) = detect_faces(cut)
    goal = (CANONICAL * 0.6 + 0.2) * 200
    assert np.abs(np.asarray(face.landmarks_px) - goal).max() < 12
