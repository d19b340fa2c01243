"""Presence: drawn scenes whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.bodies.silhouettes import silhouettes
from toolkit.analysis.presence import (
    Plate,
    apart_s,
    fit_exposure,
    foreground,
    look,
    make_plate,
    occupied,
    zone_mask,
)  # fmt: skip
from toolkit.errors import CannotMeasure
from toolkit.records import Frame, Image, Zone

H, W = 108, 192
ZONE = Zone(
    polygon_px=((60, 20), (140, 20), (140, 100), (60, 100)),
    image_size_px=(W, H),
    empty_media_s=((0.0, 1.0),),
    terminal_fully_in_view=True,
    stated_by="test",
)


@pytest.fixture
def place() -> Image:
    rng = np.random.default_rng(1)
    base = rng.integers(60, 200, (H // 4, W // 4, 3), dtype=np.uint8)
    return np.repeat(np.repeat(base, 4, axis=0), 4, axis=1)


def frame(image: Image, at: float, corrupt: bool = False) -> Frame:
    return Frame(pts=int(at * 10), media_s=at, image=image, luma=None, corrupt=corrupt)


def plate_of(place: Image) -> Plate:
    rng = np.random.default_rng(2)
    noisy = [np.clip(place + rng.normal(0, 2, place.shape), 0, 255).astype(np.uint8) for _ in range(9)]
    return make_plate([frame(image, k / 10) for k, image in enumerate(noisy)], ZONE)


def with_body(
    place: Image, left: int, right: int, top: int = 24, colour: tuple[int, int, int] = (10, 200, 30)
) -> Image:
    image = place.copy()
    image[top:98, left:right] = colour
    return image


def test_an_empty_place_is_empty(place: Image) -> None:
    assert look(place, plate_of(place)).fill < 0.01


def test_a_body_fills_its_share_of_the_zone(place: Image) -> None:
    seen = look(with_body(place, 90, 110), plate_of(place))
    assert abs(seen.fill - 20 * 74 / (81 * 81)) < 0.03
    assert seen.bodies == 1
    assert seen.torso_width is not None
    assert abs(seen.torso_width - 20 / 81) < 0.05


def test_brightening_of_the_whole_scene_is_no_presence(place: Image) -> None:
    brighter = np.clip(place * 1.15 + 6, 0, 255).astype(np.uint8)
    assert look(brighter, plate_of(place)).fill < 0.01
    gains = fit_exposure(brighter, plate_of(place).image)
    assert all(abs(gain - 1 / 1.15) < 0.05 for gain, _ in gains)


def test_a_shadow_is_no_presence(place: Image) -> None:
    shaded = place.copy()
    shaded[30:90, 70:130] = (shaded[30:90, 70:130] * 0.75).astype(np.uint8)
    assert look(shaded, plate_of(place)).fill < 0.05


def test_two_bodies_side_by_side_are_two(place: Image) -> None:
    both = with_body(with_body(place, 70, 88), 106, 124)
    seen = look(both, plate_of(place))
    assert seen.bodies == 2


def test_parts_above_each_other_are_one_body(place: Image) -> None:
    front = foreground(with_body(place, 90, 110), plate_of(place))
    front[55:62] = False
    assert silhouettes(front, zone_mask(ZONE, (H, W))).bodies == 1


def test_a_plate_needs_undamaged_frames(place: Image) -> None:
    with pytest.raises(CannotMeasure):
        make_plate([frame(place, 0.0), frame(place, 0.1, corrupt=True), frame(place, 0.2, corrupt=True)], ZONE)


def fills(times: np.ndarray, stretches: list[tuple[float, float]], level: float = 0.3) -> np.ndarray:
    return np.array([level if any(a <= t <= b for a, b in stretches) else 0.0 for t in times])


@pytest.mark.parametrize("level", [0.1, 0.3, 0.8])
def test_stretches_are_found_to_a_frame_at_any_size_of_zone(level: float) -> None:
    times = np.arange(0, 60, 0.1)
    truth = [(5.0, 12.0), (14.0, 20.0), (31.0, 31.5)]
    found = occupied(times, fills(times, truth, level), 0.0)
    assert [(round(s.from_s, 1), round(s.to_s, 1)) for s in found] == truth[:2]  # half a second is no visit


def test_a_short_dropout_does_not_part_a_visit() -> None:
    times = np.arange(0, 30, 0.1)
    found = occupied(times, fills(times, [(5.0, 10.0), (10.4, 15.0)]), 0.0)
    assert len(found) == 1


def test_a_stretch_at_the_rim_of_the_clip_is_open() -> None:
    times = np.arange(0, 30, 0.1)
    first, last = occupied(times, fills(times, [(0.0, 4.0), (25.0, 30.0)]), 0.0)
    assert (first.open_start, first.open_end) == (True, False)
    assert (last.open_start, last.open_end) == (False, True)


def test_a_restless_empty_zone_raises_the_threshold() -> None:
    times = np.arange(0, 30, 0.1)
    restless = np.maximum(fills(times, [(10.0, 20.0)], 0.5), 0.09)
    assert [round(s.from_s, 1) for s in occupied(times, restless, 0.05)] == [10.0]


def test_no_stretch_runs_across_a_hole_in_the_footage() -> None:
    times = np.concatenate([np.arange(0, 10, 0.1), np.arange(15, 30, 0.1)])
    first, second = occupied(times, fills(times, [(5.0, 20.0)]), 0.0)
    assert (round(first.from_s, 1), round(first.to_s, 1), first.open_start, first.open_end) == (5.0, 9.9, False, True)
    assert (round(second.from_s, 1), round(second.to_s, 1), second.open_start) == (15.0, 20.0, True)


def test_frames_that_come_seldom_are_no_holes() -> None:
    times = np.arange(0, 60, 1.0)
    assert len(occupied(times, fills(times, [(5.0, 20.0)]), 0.0, apart=apart_s(1.0))) == 1
    assert apart_s(0.1) == pytest.approx(0.5)


def test_a_stretch_that_is_not_empty_is_refused_as_empty(place: Image) -> None:
    frames = [frame(place, k / 10) for k in range(8)] + [
        frame(with_body(place, 90, 110), 0.8 + k / 10) for k in range(4)
    ]
    with pytest.raises(CannotMeasure) as refusal:
        make_plate(frames, ZONE)
    assert refusal.value.code == "plate_not_empty"
    assert refusal.value.facts["at"] >= 0.8
