"""Quadrilaterals: drawn ones are found where they are, and nothing is found in nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.held import body, hold, wall
from toolkit.analysis.bodies.foreground import front_of, hull_of
from toolkit.analysis.sheets.outlines import outlined
from toolkit.analysis.sheets.quads import Quad, apart, area_of, ordered, overlap, quads_in
from toolkit.analysis.sheets.steps import gradient_of, sides_seen
from toolkit.errors import CannotMeasure

AREA = (600.0, 9000.0)
EVERYWHERE = np.ones((200, 200), bool)


def rectangle(
    turn_deg: float, middle: tuple[float, float] = (100, 100), size: tuple[float, float] = (60, 44)
) -> np.ndarray:
    return cv2.boxPoints((middle, size, turn_deg)).astype(np.float64)


def picture_of(corners: np.ndarray, *, ground: int = 70, paper: int = 210) -> np.ndarray:
    image = np.full((200, 200, 3), ground, np.uint8)
    cv2.fillConvexPoly(image, np.round(corners).astype(np.int32), (paper,) * 3, cv2.LINE_AA)
    return image


@settings(max_examples=15, deadline=None)
@given(st.floats(-40, 40), st.floats(80, 120), st.floats(80, 120))
def test_a_pale_rectangle_is_found_by_regions_and_by_edges(turn: float, x: float, y: float) -> None:
    true = rectangle(turn, (x, y))
    image = picture_of(true)
    gradient, empty = gradient_of(image, EVERYWHERE), gradient_of(np.full_like(image, 70), EVERYWHERE)
    for found in (quads_in(image, EVERYWHERE, AREA), outlined(image, EVERYWHERE, gradient, empty, 250.0, AREA)):
        assert max(overlap(one.corners_px, ordered(true)) for one in found) > 0.85


def test_a_flat_picture_has_none() -> None:
    image = np.full((200, 200, 3), 90, np.uint8)
    gradient = gradient_of(image, EVERYWHERE)
    assert quads_in(image, EVERYWHERE, AREA) == []
    assert outlined(image, EVERYWHERE, gradient, gradient, 250.0, AREA) == []


def test_a_disc_is_no_quadrilateral_of_edges() -> None:
    image = np.full((200, 200, 3), 70, np.uint8)
    cv2.circle(image, (100, 100), 30, (210,) * 3, -1)
    empty = gradient_of(np.full_like(image, 70), EVERYWHERE)
    found = outlined(image, EVERYWHERE, gradient_of(image, EVERYWHERE), empty, 250.0, AREA)
    assert all(one.fit < 0.85 for one in found)


def test_hands_over_the_sides_leave_the_sheet_found() -> None:
    image = wall()
    body(image)
    true = hold(image, "face")
    front = front_of(image, wall())
    gradient, empty = gradient_of(image, front), gradient_of(wall(), front)
    found = outlined(image, front, gradient, empty, 250.0, AREA)
    assert max(overlap(one.corners_px, true) for one in found) > 0.85


def test_a_side_that_is_not_there_is_not_seen() -> None:
    image = picture_of(rectangle(0))
    image[:, 100:] = 70
    seen = sides_seen(gradient_of(image, EVERYWHERE), ordered(rectangle(0))[None]).mean(axis=2)[0]
    assert seen[3] > 0.9  # left
    assert seen[1] < 0.1  # right


def test_corners_come_clockwise_from_the_upper_left() -> None:
    ring = np.array([[0, 0], [10, 1], [11, 8], [1, 7]], float)
    for step in range(4):
        assert np.allclose(ordered(np.roll(ring, step, axis=0)[::-1]), ring)


def test_areas_and_overlaps() -> None:
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], float)
    assert area_of(square) == pytest.approx(100)
    assert overlap(square, square + np.array([5, 0])) == pytest.approx(1 / 3, abs=1e-3)
    assert overlap(square, square + np.array([20, 0])) == 0
    quads = [Quad(corners_px=square + np.array([k, 0]), fit=1.0) for k in (0, 1, 20)]
    assert apart(quads, 5) == [quads[0], quads[2]]


def test_who_stands_there_is_found_by_the_difference_from_the_empty_place() -> None:
    image = wall()
    body(image)
    front = front_of(image, wall())
    assert front[200, 156]
    assert not front[30, 30]
    assert not front_of(wall(), wall()).any()


def test_a_gap_in_the_silhouette_lies_within_its_hull() -> None:
    front = np.zeros((100, 100), bool)
    front[10:40, 20:60] = front[60:90, 20:60] = True
    assert hull_of(front)[50, 40]


def test_without_the_empty_place_there_is_no_answer() -> None:
    with pytest.raises(CannotMeasure) as reason:
        front_of(wall(), None)
    assert reason.value.code == "sheet_no_plate"
