"""Lines lie where the evidence says, in signs that differ in form; nothing else of the picture is touched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from toolkit.analysis.sheets.visit_evidence import (
    DRAWINGS,
    FACE,
    HAND,
    MISSING,
    SEEN,
    around,
    drawn_visit,
    enlarged,
    lies_on,
    times_of,
)

PICTURE = np.random.default_rng(4).integers(90, 140, (160, 120, 3), np.uint8)  # none of the colours of the signs
WHOLE = (0, 0, 120, 160)
TIMES = times_of(PICTURE.shape)
CORNERS = [[30.0, 40.0], [90.0, 40.0], [90.0, 120.0], [30.0, 120.0]]
ALL = "s" * 20
SCALE = {"px_per_m": 200.0}


def entry(face: Any = None, grips: Any = (), **along: str) -> dict[str, Any]:
    sides = {"top": ALL, "right": ALL, "bottom": ALL, "left": ALL, **along}
    return {"corners_px": CORNERS, "along": sides, "grips": list(grips), "face": face}


def of_colour(shown: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Places (n, 2) as (x, y) in pixels of the picture that have this very colour."""
    rows, columns = np.nonzero((shown == np.array(colour)).all(axis=2))
    return np.stack([columns, rows], axis=1) / TIMES - 0.5


def drawn(**along: Any) -> np.ndarray:
    return drawn_visit("sheet", PICTURE, SCALE, entry(**along), WHOLE)


def test_pixels_are_repeated_and_only_lines_are_added() -> None:
    shown, plain = drawn(), enlarged(PICTURE, TIMES)
    assert shown.shape == plain.shape == (160 * TIMES, 120 * TIMES, 3)
    assert (plain[::TIMES, ::TIMES] == PICTURE).all()
    changed = np.argwhere((shown != plain).any(axis=2))[:, ::-1] / TIMES - 0.5
    off = np.minimum(
        np.abs(changed[:, 0, None] - (30, 90)).min(axis=1), np.abs(changed[:, 1, None] - (40, 120)).min(axis=1)
    )
    assert len(changed) and off.max() < 2


def test_each_state_of_a_side_is_drawn_where_it_was_found() -> None:
    shown = drawn(top="s" * 10 + "m" * 10, right="s" * 5 + "h" * 5 + "s" * 10)
    missing, hand, seen = (of_colour(shown, colour) for colour in (MISSING, HAND, SEEN))
    assert (np.abs(missing[:, 1] - 40) < 2).all() and missing[:, 0].min() > 59 and missing[:, 0].max() < 91
    assert (np.abs(hand[:, 0] - 90) < 2).all() and hand[:, 1].min() > 58 and hand[:, 1].max() < 82
    assert not ((np.abs(seen[:, 1] - 40) < 1) & (seen[:, 0] > 62) & (seen[:, 0] < 88)).any()
    gaps = np.diff(np.unique(np.round(missing[:, 0])))
    assert gaps.max() >= 2  # dots, not a line: told apart without colour


def test_a_grip_stands_beside_its_side_on_the_outside() -> None:
    grip = {"side": "left", "from_m": 0.10, "to_m": 0.20}  # from the lower left corner upwards: 20 to 40 px of 80
    hand = of_colour(drawn(grips=[grip]), HAND)
    assert (hand[:, 0] < 30).all() and hand[:, 0].min() > 30 - 10 and hand[:, 0].max() < 30 - 1
    assert hand[:, 1].min() > 78 and hand[:, 1].max() < 102


@pytest.mark.parametrize("box", [(0.25, 0.25, 0.75, 0.75), (0.0, 0.0, 1.0, 1.0)])
def test_the_face_lies_on_the_sheet_in_shares_of_it(box: tuple[float, ...]) -> None:
    face = of_colour(drawn(face={"score": 0.9, "box": list(box)}), FACE)
    expected = (30 + 60 * box[0], 40 + 80 * box[1], 30 + 60 * box[2], 40 + 80 * box[3])
    assert (*face.min(axis=0), *face.max(axis=0)) == pytest.approx(expected, abs=1.5)


def test_headroom_is_as_long_as_the_cue_says() -> None:
    told = {"box_px": [50.0, 100.0, 70.0, 130.0], "headroom_m": 0.3}
    seen = of_colour(drawn_visit("headroom", PICTURE, SCALE, told, WHOLE), SEEN)
    assert np.ptp(seen[:, 1]) == pytest.approx(0.3 * 200, abs=2)
    assert seen[:, 1].max() == pytest.approx(100, abs=1.5)


def test_rays_end_where_the_rim_was_and_none_is_drawn_without_one() -> None:
    rays = [0.0] * 72
    rays[0] = 25.0  # to the right
    told = {"middle_px": [60.0, 80.0], "rays_px": rays, "share": 1 / 72}
    seen = of_colour(drawn_visit("cutout", PICTURE, SCALE, told, WHOLE), SEEN)
    assert seen[:, 0].max() == pytest.approx(85, abs=1.5) and (np.abs(seen[:, 1] - 80) < 2).all()
    none = drawn_visit("cutout", PICTURE, SCALE, {**told, "rays_px": [0.0] * 72}, WHOLE)
    assert len(of_colour(none, SEEN)) == 0 and len(of_colour(none, FACE)) > 0


def test_what_is_shown_holds_all_marks_and_stays_inside_the_picture() -> None:
    head = {"box_px": [50.0, 20.0, 70.0, 30.0], "headroom_m": 0.05}
    left, top, right, bottom = around([("sheet", SCALE, entry()), ("headroom", SCALE, head)], PICTURE.shape)
    assert (left, top) == (0, 0) and right == 120 and 120 < bottom <= 160
    part = drawn_visit("sheet", PICTURE, SCALE, entry(), (left, top, right, bottom))
    assert part.shape[0] / part.shape[1] == pytest.approx((bottom - top) / (right - left))


def test_a_part_of_the_picture_shows_the_same_as_the_whole() -> None:
    box = (20, 30, 100, 130)
    part, times = drawn_visit("sheet", PICTURE, SCALE, entry(), box), times_of((100, 80))
    places = np.argwhere((part == np.array(SEEN)).all(axis=2))[:, ::-1] / times - 0.5 + box[:2]
    assert (*places.min(axis=0), *places.max(axis=0)) == pytest.approx((30, 40, 90, 120), abs=1.5)


def test_a_place_lies_on_a_sheet_or_beside_it() -> None:
    turned = [[60.0, 20.0], [100.0, 60.0], [60.0, 100.0], [20.0, 60.0]]
    assert lies_on(turned, np.array([60.0, 60.0])) and lies_on(turned, np.array([90.0, 60.0]))
    assert not lies_on(turned, np.array([90.0, 90.0]))


def test_every_drawing_belongs_to_a_cue_of_visits() -> None:
    import toolkit.analysis.cues
    from toolkit.analysis.faces.visit_sample import visit_cues

    assert toolkit.analysis.cues
    assert set(DRAWINGS) == set(visit_cues)
