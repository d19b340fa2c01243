"""Long sides closed at their ends: the drawn sheet is found though hands hide its short sides."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from toolkit.analysis.sheets.closed_pairs import closed, grown
from toolkit.analysis.sheets.outlines import outlined
from toolkit.analysis.sheets.quads import ordered, overlap
from toolkit.analysis.sheets.steps import Gradient, gradient_of

PX_PER_M = 250.0
SHEET = np.array([[70.0, 90.0], [130.0, 92.0], [125.0, 118.0], [76.0, 116.0]])  # foreshortened, as seen from above
EVERYWHERE = np.ones((200, 200), bool)


def drawn() -> tuple[np.ndarray, Gradient]:
    """A sheet whose left and right sides are hidden by hands except for a third."""
    image = np.full((200, 200, 3), 90, np.uint8)
    cv2.fillConvexPoly(image, np.round(SHEET).astype(np.int32), (220,) * 3, cv2.LINE_AA)
    for x in (64, 136):
        cv2.ellipse(image, (x, 108), (14, 8), 0, 0, 360, (150, 120, 110), -1, cv2.LINE_AA)
    return image, gradient_of(image, EVERYWHERE)


def best(rings: np.ndarray) -> float:
    return max((overlap(ordered(ring), SHEET) for ring in rings), default=0.0)


@pytest.mark.parametrize("cut_px", [0.0, 3.0])
def test_two_long_sides_are_closed_where_the_sheet_ends(cut_px: float) -> None:
    """Also where the segments stop short of the corners."""
    _, gradient = drawn()
    lines = np.array([[70.0 + cut_px, 90, 130 - cut_px, 92], [125.0 - cut_px, 118, 76 + cut_px, 116]])
    assert best(closed(lines, gradient, PX_PER_M)) > 0.85


def test_a_piece_of_a_side_is_followed_to_its_ends() -> None:
    _, gradient = drawn()
    found = grown(np.array([[88.0, 90.0, 108.0, 92.0]]), gradient, 3.0)
    length = np.linalg.norm(found[:, 2:] - found[:, :2], axis=1)
    assert length.max() > 45  # of 60, from a piece of 20


def test_nothing_is_closed_without_a_partner() -> None:
    _, gradient = drawn()
    for lines in (np.empty((0, 4)), np.array([[70.0, 90, 130, 92]])):
        assert closed(lines, gradient, PX_PER_M).shape == (0, 4, 2)


def test_the_picture_alone_gives_the_sheet() -> None:
    image, gradient = drawn()
    empty = gradient_of(np.full_like(image, 90), EVERYWHERE)
    found = outlined(image, EVERYWHERE, gradient, empty, PX_PER_M, (250.0, 8000.0))
    assert best(np.stack([one.corners_px for one in found])) > 0.85
    assert any(one.sought for one in found)
