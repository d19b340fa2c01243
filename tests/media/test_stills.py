"""Many stills from one decoder are the very frames that each by itself would give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import CannotMeasure
from toolkit.media.frames import still, stills
from toolkit.media.write import write_clip
from toolkit.report.stills import at_once


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stills") / "clip.mp4"
    write_clip(path, [(k / 10, np.full((48, 64, 3), 3 * k, np.uint8)) for k in range(60)], codec="h264", gop=12, crf=18,
               rate=10.0)  # fmt: skip
    return path


def test_each_is_the_frame_that_it_would_be_by_itself(clip: Path) -> None:
    times = [4.73, 0.0, 1.2, 1.25, 1.2004, 5.9, 3.3]  # between frames, on them, out of order
    found = stills(clip, times)
    assert set(found) == set(times)
    for at in times:
        alone = still(clip, at)
        assert (found[at].pts, found[at].media_s) == (alone.pts, alone.media_s)
        assert np.array_equal(found[at].image, alone.image)


def test_a_time_beyond_the_end_is_left_for_the_search_that_says_why(clip: Path) -> None:
    assert set(stills(clip, [1.0, 7.5, 99.0])) == {1.0}
    assert still(clip, 7.5).media_s == pytest.approx(5.9)
    with pytest.raises(CannotMeasure):
        still(clip, 99.0)


def test_what_was_not_fetched_is_asked_for_by_itself(clip: Path) -> None:
    alone: list[float] = []

    def one(exhibit_id: str, media_s: float) -> object:
        alone.append(media_s)
        return still(clip, media_s)

    def compose(ask: object) -> None:
        for at in (1.0, 2.0, 7.5, 1.0):
            try:
                ask("E-0001", at)  # type: ignore[operator]
            except CannotMeasure:
                continue

    ask = at_once(compose, one, lambda wanted: {("E-0001", at): frame for at, frame in
                                                stills(clip, [at for _, at in wanted]).items()})  # type: ignore[arg-type] # fmt: skip
    compose(ask)
    assert alone == [7.5]
