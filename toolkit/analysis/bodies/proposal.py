"""Where might the terminal zone be, and when is it empty? A proposal, or a refusal.

The empty place is the state that the scene returns to: frames that look alike
in several separated periods, far more often than any other state recurs. The
zone is where something stands, in most of the occupied periods, for most of
the period. Where no state recurs clearly or no place is common to the periods,
nothing is proposed and the reader is told what to mark by hand: a wrong empty
picture would make wrong visits.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.presence import Plate, foreground
from toolkit.errors import CannotMeasure

THUMB_WIDTH_PX = 128
MOST_FRAMES = 300
LEAST_FRAMES = 20
CHANGED = 24.0
ALIKE_SHARE = 0.015  # of pixels that may differ between two frames of one state
LEAST_PERIODS = 3
RIVAL_FACTOR = 2  # the empty state must recur this many times as often as the next
COMMON_PERIODS = 0.5
COMMON_TIME = 0.5
LEAST_PERIOD_FRAMES = 3
WIDEN = 0.5
LEAST_ZONE_SHARE, MOST_ZONE_SHARE = 0.01, 0.5
EDGE_FRAMES = 1

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A zone as corners in shares of width and height, and the stretches that look empty (media seconds)."""

    polygon: tuple[tuple[float, float], ...]
    empty_media_s: tuple[tuple[float, float], ...]
    periods: int


def propose(times: NDArray[np.float64], thumbs: NDArray[np.uint8]) -> Proposal:
    """Propose zone and empty stretches from evenly spaced small frames.

    Parameters
    ----------
    times : float array, shape (n,)
        Media seconds, rising.
    thumbs : uint8 array, shape (n, h, w, 3)

    Raises
    ------
    CannotMeasure
        ``proposal_too_few_frames``, ``proposal_no_empty_state`` or
        ``proposal_no_common_place``: what to mark by hand is in the advice.
    """
    if len(times) < LEAST_FRAMES:
        raise CannotMeasure("proposal_too_few_frames", found=len(times), needed=LEAST_FRAMES)
    empty = _recurring_state(thumbs)
    plate = Plate(np.median(thumbs[empty], axis=0).astype(np.float32), np.ones(thumbs.shape[1:3], bool), 0.0)
    place = _common_place(thumbs, empty, plate)
    stretches = [
        (float(times[first + EDGE_FRAMES]), float(times[last - EDGE_FRAMES]))
        for first, last in _runs(empty)
        if last - first > 2 * EDGE_FRAMES
    ]
    if not stretches:
        raise CannotMeasure("proposal_no_empty_state", periods=0, rival=0)
    return Proposal(place, tuple(stretches), len(_runs(empty)))


def _recurring_state(thumbs: NDArray[np.uint8]) -> Bools:
    alike = _alike(thumbs)
    periods = np.array([len(_runs(row)) for row in alike])
    best = int(np.lexsort((alike.sum(axis=1), periods))[-1])
    members = alike[best]
    others = periods[~alike[members].any(axis=0)]
    rival = int(others.max()) if len(others) else 0
    if periods[best] < LEAST_PERIODS or periods[best] < RIVAL_FACTOR * rival:
        raise CannotMeasure("proposal_no_empty_state", periods=int(periods[best]), rival=rival)
    return np.asarray(members)


def _alike(thumbs: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which frames show one state: (n, n) bool, on a grid of pixels without the camera's exposure."""
    count = len(thumbs)
    alike = np.eye(count, dtype=bool)
    frames = thumbs[:, ::2, ::2].reshape(count, -1, 3).astype(np.float32)
    for a in range(count - 1):
        difference = frames[a + 1 :] - frames[a]
        difference -= np.median(difference[:, ::5], axis=1, keepdims=True)
        changed = (np.abs(difference).max(axis=2) > CHANGED).mean(axis=1)
        alike[a, a + 1 :] = alike[a + 1 :, a] = changed < ALIKE_SHARE
    return alike


def _runs(flags: Bools) -> list[tuple[int, int]]:
    """First and last index of each run of True; a single frame between two runs does not part them."""
    runs: list[tuple[int, int]] = []
    for k in np.flatnonzero(flags):
        if runs and k - runs[-1][1] <= 2:
            runs[-1] = (runs[-1][0], int(k))
        else:
            runs.append((int(k), int(k)))
    return runs


def _common_place(thumbs: NDArray[np.uint8], empty: Bools, plate: Plate) -> tuple[tuple[float, float], ...]:
    periods = [run for run in _runs(~empty) if run[1] - run[0] + 1 >= LEAST_PERIOD_FRAMES]
    if len(periods) < 2:
        raise CannotMeasure("proposal_no_common_place", periods=len(periods))
    stood = [
        np.mean([foreground(thumbs[k], plate) for k in range(first, last + 1)], axis=0) >= COMMON_TIME
        for first, last in periods
    ]
    common = (np.mean(stood, axis=0) >= COMMON_PERIODS).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(common, connectivity=8)
    if count < 2:
        raise CannotMeasure("proposal_no_common_place", periods=len(periods))
    box = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    return _corners(box, thumbs.shape[1:3], len(periods))


def _corners(box: NDArray[np.int32], shape: tuple[int, ...], periods: int) -> tuple[tuple[float, float], ...]:
    height, width = shape[0], shape[1]
    left, top, wide, high = (int(value) for value in box[:4])
    first, last = max(0.0, left - WIDEN * wide), min(float(width), left + (1 + WIDEN) * wide)
    share = (last - first) * high / (width * height)
    if not LEAST_ZONE_SHARE <= share <= MOST_ZONE_SHARE:
        raise CannotMeasure("proposal_no_common_place", periods=periods)
    a, b = first / width, last / width
    c, d = top / height, (top + high) / height
    return ((a, c), (b, c), (b, d), (a, d))
