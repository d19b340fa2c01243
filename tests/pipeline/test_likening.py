"""A photograph belongs to the employee whose id its file bears, and to nobody otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.cue import PresentationSample
from toolkit.pipeline.likening import APART_S, MOST_FRAMES, _owner, best_frames
from toolkit.records import Face

KNOWN = {"1003", "007", "A-12"}


@pytest.mark.parametrize(
    ("stem", "owner"),
    [("1003", "1003"), ("1003_2", "1003"), ("1003 (2)", "1003"), ("007", "007"), ("7", None), ("A-12", "A-12"),
     ("A-12-3", "A-12"), ("A", None), ("holiday", None), ("", None)],
)  # fmt: skip
def test_a_file_name_tells_its_owner_or_nobody(stem: str, owner: str | None) -> None:
    assert _owner(stem, KNOWN) == owner


def test_compared_are_sharp_frames_that_lie_apart_in_time() -> None:
    rng = np.random.default_rng(2)
    sharp = rng.integers(0, 255, (80, 80, 3)).astype(np.uint8)
    dull = np.full((80, 80, 3), 128, np.uint8)
    face = Face(
        box_px=(10.0, 10.0, 70.0, 70.0), score=0.9,
        landmarks_px=((28.0, 32.0), (52.0, 32.0), (40.0, 42.0), (30.0, 55.0), (50.0, 55.0)),
    )  # fmt: skip
    times = np.arange(40) * 0.1
    good = (3, 4, 10, 20, 30)
    sample = PresentationSample(
        times_s=times, crops=tuple(sharp if k in good else dull for k in range(40)), faces=(face,) * 39 + (None,)
    )
    chosen = best_frames(sample)
    assert len(chosen) == MOST_FRAMES
    assert set(chosen) <= set(good) and not {3, 4} <= set(chosen)
    assert min(abs(a - b) for a in chosen for b in chosen if a != b) * 0.1 >= APART_S
