"""The empty place of a recording: what the camera sees while nobody stands at the terminal.

In case footage a person said when it is empty. A control recording says when
somebody was presented; what lies between is mostly empty, and the median over
many moments leaves out whoever walks by.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from toolkit.analysis.faces.around_face import plate_of
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import still, stills
from toolkit.records import Image, Zone

NEAREST = 3  # stated stretches that are looked at, those nearest in time: light changes over a day
BETWEEN = 9  # moments between stated presentations
CLEAR_S = 0.75  # of a presentation, where people come and go
FEWEST = 5  # of such moments, for a median that somebody passing does not spoil
KEPT = 4  # whole frames in memory


def stated_empty(zone: Zone | None, at_s: float) -> tuple[float, ...]:
    """Media seconds of the empty stretches nearest to a moment, in order of time."""
    middles = [] if zone is None else [(start + stop) / 2 for start, stop in zone.empty_media_s]
    return tuple(sorted(sorted(middles, key=lambda one: abs(one - at_s))[:NEAREST]))


def between(stretches: Sequence[tuple[float, float]], until_s: float) -> tuple[float, ...]:
    """Moments of a recording at which nobody is presented, spread over all such time; () where there is too little.

    Parameters
    ----------
    stretches : sequence of (from_s, to_s)
        In which somebody is.
    until_s : float
        Where the recording ends.
    """
    gaps, before = [], 0.0
    for start, stop in [*sorted(stretches), (until_s + CLEAR_S, until_s)]:
        if start - CLEAR_S > before:
            gaps.append((before, start - CLEAR_S))
        before = max(before, stop + CLEAR_S)
    lengths = np.array([stop - start for start, stop in gaps])
    if not gaps or lengths.sum() < 1.0:
        return ()
    ends = np.cumsum(lengths)
    at = (np.arange(BETWEEN) + 0.5) / BETWEEN * ends[-1]
    which = np.searchsorted(ends, at)
    return tuple(round(float(gaps[k][1] - (ends[k] - one)), 3) for k, one in zip(which.tolist(), at, strict=True))


@lru_cache(maxsize=KEPT)
def plate_at(path: str, moments: tuple[float, ...], frame_rate: float | None, fewest: int = 1) -> Image | None:
    """The whole frame at these moments, each pixel the median; uint8 (h, w, 3) RGB.

    None where fewer than ``fewest`` of them can be decoded.
    """
    if not moments:
        return None
    try:
        frames = stills(Path(path), moments, frame_rate=frame_rate)
    except ReadingError:
        return None
    for at in moments:
        if at not in frames:  # slow footage: the next frame is farther away
            with suppress(CannotMeasure, ReadingError):
                frames[at] = still(Path(path), at, frame_rate=frame_rate)
    found = [np.asarray(frame.image) for frame in frames.values() if frame.image is not None]
    return plate_of(found) if len(found) >= fewest else None
