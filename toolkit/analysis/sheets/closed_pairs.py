"""Two long sides closed at their ends: sheets of whose short sides little is seen.

From a steep camera the left and right sides of an upright sheet are hardly
longer than the hands on them are wide, and no segment is found there. Its two
other sides are long and end where it ends: from each pair of such segments a
short side is sought near their ends, where the picture steps across it most.
Arms, legs and tiles have long sides as well; how much of the whole outline is
seen is asked afterwards, as of every candidate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.sheets.quads import LONGEST
from toolkit.analysis.sheets.steps import ASIDE_PX, Gradient, strength_along, strength_beside

Floats = NDArray[np.float64]

LEAST_LONG_M = 0.08  # of either long side, at the scale of the head: a badge's is shorter
PARALLEL_DEG = 14.0
SHARED = 0.6  # of the longer one, that lies beside the shorter one
FLAT = 0.65  # of the longer one, at most, that the two lie apart: foreshortened; others show their short sides
NEAREST_PX = 6.0  # between the two: nearer, they are the two edges of a rim
MOST_PAIRS = 48  # of those that lie beside each other the longest
ROUNDS, PLACES, LONGER = 2, 64, 0.5  # a segment is followed so often, at so many places, so much beyond either end
SAME_PX = 2.5  # segments whose ends lie so near to each other are one
ENDS = ([0, 1, 2, 3], [2, 3, 0, 1])
GAP_M = 0.012  # over so much a side may be lost
ABOUT_M, STEPS = 0.018, 7  # how far about an end a corner is sought, and at how many places
SAMPLES = 12  # places along a short side while it is sought
ENOUGH = 2.0  # of the step from which a side is seen: more does not count


def closed(lines: Floats, gradient: Gradient, px_per_m: float) -> Floats:
    """Quadrilaterals float64 (n, 4, 2), not ordered: long side, short side, long side, short side.

    Parameters
    ----------
    lines : float64 (n, 4)
        Segments x0, y0, x1, y1, in pixels.
    gradient : Gradient
        Of the picture.
    px_per_m : float
        Scale at the presenter's head.
    """
    one, other = _facing(grown(lines, gradient, GAP_M * px_per_m), px_per_m)
    if not len(one):
        return np.empty((0, 4, 2))
    starts = _best_side(one, other, 0, gradient, px_per_m)
    stops = _best_side(one, other, 1, gradient, px_per_m)
    return np.stack([starts[:, 0], stops[:, 0], stops[:, 1], starts[:, 1]], axis=1)


def grown(lines: Floats, gradient: Gradient, gap_px: float) -> Floats:
    """Segments, and the same followed along themselves as far as the picture steps across them; none twice.

    Few pixels and strong compression break a side into pieces, each a little
    askew: the line is fitted anew to where the step lies before it is followed on.
    """
    followed = lines
    for _ in range(ROUNDS if len(lines) else 0):
        followed = _followed(followed, gradient, gap_px)
    every = np.concatenate([followed, lines])
    kept: list[int] = []
    for number in np.argsort(-np.linalg.norm(every[:, 2:] - every[:, :2], axis=1), kind="stable").tolist():
        others = every[kept]
        as_drawn, reversed_ = (np.abs(others[:, order] - every[number]).max(axis=1) for order in ENDS)
        if not (np.minimum(as_drawn, reversed_) <= SAME_PX).any():
            kept.append(number)
    return every[kept]


def _followed(lines: Floats, gradient: Gradient, gap_px: float) -> Floats:
    """Each line fitted to the steps along it and beyond its ends, and ended where these end; or left as it is."""
    ends = lines.reshape(-1, 2, 2)
    way, length = _ways(ends)
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1)
    along = length[:, None] * np.linspace(-LONGER, 1 + LONGER, PLACES)[None]
    strength = strength_beside(gradient, ends[:, :1] + along[..., None] * way[:, None], normal)
    off = np.asarray(ASIDE_PX)[strength.argmax(axis=0)]
    seen = strength.max(axis=0) >= gradient.step
    apart_px = np.maximum(along[:, 1] - along[:, 0], 1e-9).tolist()
    there = np.stack([_unbroken(one, gap_px / gap) for one, gap in zip(seen, apart_px, strict=True)])
    enough = there.sum(axis=1, keepdims=True) >= PLACES // 4
    there |= ~enough  # these are left as they are
    count = there.sum(axis=1, keepdims=True)
    middle, aside = ((there * one).sum(axis=1, keepdims=True) / count for one in (along, off))
    spread = (there * (along - middle) ** 2).sum(axis=1, keepdims=True)
    slope = (there * (along - middle) * (off - aside)).sum(axis=1, keepdims=True) / np.maximum(spread, 1e-9)
    reach = np.stack([np.where(there, along, np.inf).min(axis=1), np.where(there, along, -np.inf).max(axis=1)], axis=1)
    shift = aside + slope * (reach - middle)
    new = ends[:, :1] + reach[..., None] * way[:, None] + shift[..., None] * normal[:, None]
    return np.where(enough, new.reshape(-1, 4), lines)


def _unbroken(seen: NDArray[np.bool_], gap: float) -> NDArray[np.bool_]:
    """Places that are seen, from the middle outwards until too many in a row are not."""
    where = np.flatnonzero(seen)
    kept = np.zeros(len(seen), bool)
    if len(where):
        breaks = np.flatnonzero(np.diff(where) > max(gap, 1.0))
        first, last = where[np.concatenate([[0], breaks + 1])], where[np.concatenate([breaks, [len(where) - 1]])]
        k = int(np.argmin(np.maximum(first - len(seen) / 2, len(seen) / 2 - last)))
        kept[first[k] : last[k] + 1] = seen[first[k] : last[k] + 1]
    return kept


def _facing(lines: Floats, px_per_m: float) -> tuple[Floats, Floats]:
    """Pairs of long segments beside each other, ends (n, 2, 2) each, of one direction; the longest first."""
    ends = lines.reshape(-1, 2, 2)
    ends = ends[np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) >= LEAST_LONG_M * px_per_m]
    i, j = np.triu_indices(len(ends), 1)
    one, other = ends[i], ends[j]
    way, length = _ways(one)
    turned = ((other[:, 1] - other[:, 0]) * way).sum(axis=1) < 0
    other = np.where(turned[:, None, None], other[:, ::-1], other)
    direction, size = _ways(other)
    from_start = other - one[:, :1]
    along = (from_start * way[:, None]).sum(axis=2)
    away = np.abs(from_start[..., 0] * way[:, None, 1] - from_start[..., 1] * way[:, None, 0]).mean(axis=1)
    shared = np.minimum(along[:, 1], length) - np.maximum(along[:, 0], 0.0)
    longer = np.maximum(length, size)
    kept = (direction * way).sum(axis=1) >= np.cos(np.deg2rad(PARALLEL_DEG))
    kept &= (shared >= SHARED * longer) & (away >= np.maximum(NEAREST_PX, longer / LONGEST)) & (away <= FLAT * longer)
    order = np.flatnonzero(kept)[np.argsort(-shared[kept], kind="stable")][:MOST_PAIRS]
    return one[order], other[order]


def _best_side(one: Floats, other: Floats, end: int, gradient: Gradient, px_per_m: float) -> Floats:
    """Ends (n, 2, 2) of the short side that the picture shows most of, near an end of either of each pair."""
    off = np.linspace(-ABOUT_M, ABOUT_M, STEPS) * px_per_m
    way, direction = _ways(one)[0], _ways(other)[0]
    a, b = one[:, end], other[:, end]
    beside_b = a + ((b - a) * way).sum(axis=1, keepdims=True) * way
    beside_a = b + ((a - b) * direction).sum(axis=1, keepdims=True) * direction
    tried = []
    for here, there in ((a, b), (a, beside_a), (beside_b, b)):
        p = here[:, None] + off[None, :, None] * way[:, None]
        q = there[:, None] + off[None, :, None] * direction[:, None]
        tried.append(np.stack([np.repeat(p, STEPS, axis=1), np.tile(q, (1, STEPS, 1))], axis=2))
    every = np.concatenate(tried, axis=1)
    strength = strength_along(gradient, every.reshape(-1, 4), SAMPLES)
    score = np.minimum(strength, ENOUGH * gradient.step).mean(axis=1).reshape(len(one), -1)
    return np.asarray(every[np.arange(len(one)), score.argmax(axis=1)], np.float64)


def _ways(ends: Floats) -> tuple[Floats, Floats]:
    """Unit directions (n, 2) and lengths (n,)."""
    way = ends[:, 1] - ends[:, 0]
    length = np.linalg.norm(way, axis=1)
    return way / np.maximum(length, 1e-9)[:, None], length
