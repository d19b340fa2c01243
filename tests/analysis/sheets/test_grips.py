"""Grips: hands at the sides of a sheet, and what only looks like them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.analysis.held import PX_PER_M, SHEET, SKIN, body, hold, wall
from toolkit.analysis.bodies.foreground import front_of
from toolkit.analysis.sheets.grips import Sides, hands_in, sides_of
from toolkit.analysis.sheets.steps import gradient_of


def sides(image: np.ndarray, corners: np.ndarray) -> Sides:
    front = front_of(image, wall())
    return sides_of([corners], gradient_of(image, front), hands_in(image, wall(), front), PX_PER_M)[0]


def drawn(**held: object) -> tuple[np.ndarray, np.ndarray]:
    image = wall()
    body(image)
    corners = hold(image, "face", **held)  # type: ignore[arg-type]
    return image, corners


def test_hands_are_told_where_they_are() -> None:
    found = sides(*drawn())
    assert found.gripped
    left = [one for one in found.grips if one.side == "left"]
    high_m = SHEET[3] / PX_PER_M
    # The left side runs upwards, as sides go around clockwise.
    assert 0.2 * high_m < (left[0].from_m + left[0].to_m) / 2 < 0.5 * high_m


def test_a_sheet_that_nobody_holds_has_no_grip() -> None:
    assert not sides(*drawn(hands=False)).gripped


def test_skin_on_both_sides_of_a_line_is_no_grip() -> None:
    """The border runs across an arm: what lies within is skin as well."""
    image = wall()
    body(image)
    cv2.rectangle(image, (100, 190), (212, 210), SKIN, -1)
    left, top, wide, high = SHEET
    ring = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], float)
    assert not sides(image, ring).gripped


def test_a_side_of_skin_from_end_to_end_is_no_grip() -> None:
    image, corners = drawn(hands=False)
    cv2.rectangle(image, (100, 128), (SHEET[0] - 2, 300), SKIN, -1)
    assert not sides(image, corners).gripped


def test_a_neck_above_or_below_is_no_grip() -> None:
    image, corners = drawn(hands=False)
    cv2.rectangle(image, (146, SHEET[1] + SHEET[3] + 1), (166, 260), SKIN, -1)
    found = sides(image, corners)
    assert any(one.side == "bottom" for one in found.grips)
    assert not found.gripped


def test_what_the_empty_place_shows_is_no_hand() -> None:
    image, _ = drawn()
    front = front_of(image, wall())
    assert not hands_in(image, image, front).skin.any()


def test_a_picture_without_colour_says_so() -> None:
    image, _ = drawn()
    grey = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    front = front_of(image, wall())
    assert hands_in(image, wall(), front).has_colour
    assert not hands_in(grey, wall(), front).has_colour


def test_shares_of_a_side_add_up() -> None:
    told = sides(*drawn()).told()
    for name, shares in told["sides"].items():
        assert abs(sum(shares.values()) - 1) < 0.01
        along = told["along"][name]
        for state, share in shares.items():
            assert along.count(state[0]) / len(along) == pytest.approx(share, abs=0.001)


def test_a_face_printed_near_to_the_side_leaves_the_hand_told() -> None:
    """Behind a narrow rim the print is of the colour of skin as well; the rim is not."""
    image, corners = drawn()
    left, top, wide, high = SHEET
    cv2.rectangle(image, (left + 7, top + 4), (left + wide - 8, top + high - 5), SKIN, -1)
    assert {one.side for one in sides(image, corners).grips} >= {"left", "right"}
