"""What is on a sheet: the face is found on it whatever its slant, and writing is no picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.analysis.held import paper
from toolkit.analysis.sheets.rectified import NO_FACE, content_of, face_on, rectified

PAGE = paper((104, 136), "face")
RINGS = {
    "level": [[60, 60], [164, 60], [164, 196], [60, 196]],
    "from above": [[60, 60], [164, 62], [156, 108], [66, 106]],
    "turned": [[70, 50], [168, 72], [140, 200], [44, 176]],
}


def shown(ring: np.ndarray, page: np.ndarray) -> np.ndarray:
    high, wide = page.shape[:2]
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, ring.astype(np.float32))
    image = np.full((260, 240, 3), 90, np.uint8)
    cv2.warpPerspective(page, turn, (240, 260), image, borderMode=cv2.BORDER_TRANSPARENT, flags=cv2.INTER_AREA)
    return image


@pytest.mark.parametrize("name", RINGS)
def test_the_face_is_found_on_the_upright_sheet(name: str) -> None:
    ring = np.array(RINGS[name], float)
    face = face_on(shown(ring, PAGE), ring, 0.7)
    assert face.score >= 0.7
    left, top, right, bottom = face.box
    assert left == pytest.approx(1 - right, abs=0.15)
    assert top > 0
    assert bottom < 1.04


def test_there_is_none_on_writing() -> None:
    ring = np.array(RINGS["level"], float)
    assert face_on(shown(ring, paper((104, 136), "writing")), ring, 0.7).score < 0.7


def test_a_face_that_reaches_over_a_side_is_not_on_the_sheet() -> None:
    ring = np.array(RINGS["level"], float)
    lower = ring.copy()
    lower[:2, 1] += 70  # the sheet begins at the middle of the face
    assert face_on(shown(ring, PAGE), lower, 0.7) == NO_FACE


def test_writing_is_even_and_a_portrait_is_not() -> None:
    ring = np.array(RINGS["level"], float)
    writing, portrait = (content_of(shown(ring, page), ring) for page in (paper((104, 136), "writing"), PAGE))
    assert writing < 0.16 < portrait


def test_the_upright_sheet_is_the_sheet() -> None:
    ring = np.array(RINGS["from above"], float)
    upright = rectified(shown(ring, PAGE), ring, 104, 136 / 104, 0.0)
    assert upright.shape == PAGE.shape
    a, b = (cv2.blur(one, (9, 9)).astype(float).ravel() for one in (upright, PAGE))
    assert np.corrcoef(a, b)[0, 1] > 0.9
