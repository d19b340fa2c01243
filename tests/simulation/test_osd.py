"""Overlay: the clock sits in its corner, changes each second, and reads on black and on white."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from toolkit.simulation.osd import CORNERS, LAYOUTS, LETTERINGS, OverlayStyle, clock_box, clock_text, overlay_clock
from toolkit.simulation.osd import overlay_style as drawn
from toolkit.simulation.seeds import TESTS

WHEN = datetime(2026, 3, 3, 8, 9, 58)  # noqa: DTZ001 - a recorder's own time
SHAPE = (540, 960, 3)


def _laid(when: datetime, style: OverlayStyle, ground: int = 120) -> np.ndarray:
    image = np.full(SHAPE, ground, np.uint8)
    overlay_clock(image, when, style)
    return image


@pytest.mark.parametrize("lettering", LETTERINGS)
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_clock_changes_each_second_and_only_then(layout: str, lettering: str) -> None:
    style = OverlayStyle(layout=layout, lettering=lettering)
    seconds = [_laid(WHEN + timedelta(seconds=k), style) for k in range(12)]
    assert all(not np.array_equal(a, b) for k, a in enumerate(seconds) for b in seconds[:k])
    assert np.array_equal(seconds[0], _laid(WHEN + timedelta(milliseconds=900), style))


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("layout", ["year first", "chinese"])
def test_the_clock_sits_where_told_and_changes_nothing_else(corner: str, layout: str) -> None:
    style = OverlayStyle(camera="", layout=layout, clock_at=corner)
    changed = np.any(_laid(WHEN, style) != 120, axis=2)
    x0, y0, x1, y1 = clock_box(SHAPE, WHEN, style)
    assert not changed[: max(0, y0)].any()
    assert changed[y0:y1, x0:x1].sum() == changed.sum() > 500
    assert (x0 < SHAPE[1] / 2) == corner.endswith("left")
    assert (y0 < SHAPE[0] / 2) == corner.startswith("top")
    assert min(x0, SHAPE[1] - x1) < 20
    assert min(y0, SHAPE[0] - y1) < 20


def test_the_clock_stands_still_when_its_digits_change() -> None:
    for lettering in LETTERINGS:
        style = OverlayStyle(clock_at="top-right", lettering=lettering)
        assert len({clock_box(SHAPE, WHEN + timedelta(seconds=k), style) for k in range(70)}) == 1


def test_camera_name_and_clock_take_their_own_corners() -> None:
    style = OverlayStyle(camera="Camera 01", clock_at="top-left", name_at="bottom-right")
    changed = np.any(_laid(WHEN, style) != 120, axis=2)
    assert changed[:60, :480].any()
    assert changed[480:, 480:].any()
    assert not changed[60:480].any()
    assert np.array_equal(_laid(WHEN, style)[480:], _laid(WHEN + timedelta(seconds=1), style)[480:])


@pytest.mark.parametrize("ground", [0, 120, 255])
@pytest.mark.parametrize("lettering", LETTERINGS)
def test_white_letters_have_a_black_outline_on_any_ground(ground: int, lettering: str) -> None:
    style = OverlayStyle(lettering=lettering)
    image = _laid(WHEN, style, ground)
    x0, y0, x1, y1 = clock_box(SHAPE, WHEN, style)
    part = image[y0:y1, x0:x1]
    assert (part > 200).any()
    assert (part < 40).any()


def test_dates_are_written_in_the_order_of_their_layout() -> None:
    assert clock_text(WHEN, "year first") == "2026-03-03 08:09:58"
    assert clock_text(datetime(2026, 12, 31, 23, 59, 59), "day first") == "31-12-2026 Thu 23:59:59"  # noqa: DTZ001
    assert clock_text(datetime(2026, 12, 31, 23, 59, 59), "month first") == "12-31-2026 Thu 23:59:59"  # noqa: DTZ001
    assert clock_text(WHEN, "chinese") == "2026年03月03日 星期二 08:09:58"


def test_chinese_letters_are_drawn_and_not_left_blank() -> None:
    boxes = [OverlayStyle(layout="chinese"), OverlayStyle(layout="year first")]
    ink = [np.count_nonzero(_laid(WHEN, style) > 200) for style in boxes]
    assert ink[0] > 1.2 * ink[1]


def test_drawn_styles_use_two_corners_and_every_layout() -> None:
    rng = np.random.default_rng(TESTS[15])
    styles = [drawn(rng) for _ in range(80)]
    assert all(style.clock_at != style.name_at for style in styles)
    assert {style.layout for style in styles} == set(LAYOUTS)
    assert {style.clock_at for style in styles} == set(CORNERS)
    small = np.full((120, 160, 3), 90, np.uint8)
    for style in styles:
        overlay_clock(small, WHEN, style)
