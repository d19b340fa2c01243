"""What is missing from a clip: as far as its index shows it, and as a reading found it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

GAP_S = 1.0
HOLE_STEPS = 1.5
SLACK_S = 1e-4
MOST_SPANS = 100_000

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a reading of a clip left out.

    ``decoded`` frames came out of the decoder; of them ``corrupt`` are damaged
    or drawn from pictures that are missing. ``errors`` counts refusals of the
    decoder. ``lost`` frames are listed by the file, or called for by its even
    rate, and were never decoded; gaps of the clip are not counted in it.
    ``lost_spans`` are (from_s, to_s) in media seconds, rising and apart: the
    times of the first and last frame of each stretch of lost or corrupt frames
    (gaps included), in which nobody can be said to be absent. Empty when only
    keyframes were read. A frame that decodes without complaint may still be
    wrong: few containers carry checksums.
    """

    decoded: int = 0
    corrupt: int = 0
    errors: int = 0
    lost: int = 0
    lost_spans: tuple[Span, ...] = ()


def gap_limit(interval_s: float) -> float:
    """The step between two frames from which on it is called a gap of the clip."""
    return max(GAP_S, 2 * interval_s)


def holes(times_s: Sequence[float], interval_s: float, even: bool, by_packet: Sequence[float | None]) -> list[Span]:
    """Times of frames between which others are missing, as (before, after).

    Parameters
    ----------
    times_s : sequence of float
        All frames, rising.
    even : bool
        Whether frames come at one rate: then a longer step is a hole.
    by_packet : sequence of float or None
        Times in the order of the file; None for a picture that could not be placed.
    """
    found = [(a, b) for a, b in pairwise(times_s) if even and b - a > HOLE_STEPS * interval_s]
    before = accumulate((-1.0 if at is None else at for at in by_packet), max)
    after = reversed(list(accumulate((1e12 if at is None else at for at in reversed(by_packet)), min)))
    for at, a, b in zip(by_packet, before, after, strict=True):
        if at is None and b > a:
            found.append((max(a, 0.0), min(b, times_s[-1])))
    merged: list[Span] = []
    for a, b in sorted(set(found)):
        if merged and a < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        elif b > a:
            merged.append((a, b))
    return merged


def missing_in(hole: Span, interval_s: float) -> int:
    """How many frames an even rate calls for between the two of a hole, at least one."""
    return max(1, round((hole[1] - hole[0]) / interval_s) - 1) if interval_s else 1


def lost(
    times_s: Sequence[float], sound: Collection[float], between: Sequence[Span], interval_s: float, span: Span
) -> tuple[Span, ...]:
    """Stretches within ``span`` of frames that are not among the ``sound`` ones, and of holes."""
    start, stop = span
    found: list[Span] = []
    run: list[float] = []
    for at in (at for at in times_s if start - SLACK_S <= at <= stop + SLACK_S):
        if at not in sound:
            run.append(at)
        elif run:
            found.append((run[0], run[-1]))
            run = []
    if run:
        found.append((run[0], run[-1]))
    for a, b in between:
        inset = min(interval_s, (b - a) / 2)
        if b - inset >= start and a + inset <= stop:
            found.append((max(start, a + inset), min(stop, b - inset)))
    return _joined(sorted(found), HOLE_STEPS * interval_s)


def _joined(spans: Sequence[Span], reach_s: float) -> tuple[Span, ...]:
    joined: list[Span] = []
    for a, b in spans:
        if joined and a - joined[-1][1] <= reach_s:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    if len(joined) > MOST_SPANS:
        return ((joined[0][0], joined[-1][1]),)
    return tuple((round(a, 6), round(b, 6)) for a, b in joined)
