"""When a place is empty: as stated for case footage, and between the presentations of a control recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from toolkit.media.write import write_clip
from toolkit.pipeline.plates import BETWEEN, CLEAR_S, FEWEST, between, plate_at, stated_empty
from toolkit.records import Zone


def test_moments_lie_clear_of_every_presentation() -> None:
    stretches = [(20.0, 25.0), (5.0, 9.0), (24.0, 31.0)]
    moments = between(stretches, 40.0)
    assert len(moments) == BETWEEN
    assert list(moments) == sorted(moments)
    for at in moments:
        assert 0 <= at <= 40
        assert all(at <= start - CLEAR_S + 1e-3 or at >= stop + CLEAR_S - 1e-3 for start, stop in stretches)
    assert any(at > 31 for at in moments)
    assert any(at < 5 for at in moments)
    assert any(9 < at < 20 for at in moments)


@pytest.mark.parametrize("stretches", [[(0.0, 10.0)], [(0.5, 4.9), (5.2, 9.5)]])
def test_a_recording_that_is_full_of_people_has_no_empty_moment(stretches: list[tuple[float, float]]) -> None:
    assert between(stretches, 10.0) == ()


def test_the_stretches_nearest_in_time_are_taken() -> None:
    zone = Zone(
        polygon_px=((0, 0), (9, 0), (9, 9)), image_size_px=(10, 10), terminal_fully_in_view=True, stated_by=None,
        note="", empty_media_s=((0, 2), (100, 102), (200, 202), (300, 302), (400, 402)),
    )  # fmt: skip
    assert stated_empty(zone, 290) == (201, 301, 401)
    assert stated_empty(None, 5) == ()


def test_whoever_walks_by_is_not_part_of_the_place(tmp_path: Path) -> None:
    wall = np.full((64, 64, 3), 120, np.uint8)

    def frame(k: int) -> np.ndarray:
        image = wall.copy()
        if k in (12, 13, 14):
            image[10:50, 20:40] = (220, 40, 40)
        return image

    path = tmp_path / "place.mp4"
    write_clip(path, [(k / 10, frame(k)) for k in range(40)], codec="h264", gop=10, crf=18, rate=10.0)
    moments = (0.2, 0.6, 1.3, 2.0, 2.6, 3.1, 3.6)
    found = plate_at(str(path), moments, None, FEWEST)
    assert found is not None
    assert np.abs(found.astype(int) - 120).max() < 8
    assert plate_at(str(path), (0.2, 99.0, 120.0), None, FEWEST) is None  # two of three are not there


def test_slow_footage_has_an_empty_place_too(tmp_path: Path) -> None:
    """At a frame a second the next frame is often farther away than a quarter of a second."""
    path = tmp_path / "slow.mp4"
    write_clip(path, [(float(k), np.full((48, 64, 3), 120, np.uint8)) for k in range(12)], codec="h264", gop=4, crf=18,
               rate=1.0)  # fmt: skip
    assert plate_at(str(path), (0.3, 1.4, 2.5, 3.6, 5.5, 8.4), None, 6) is not None
