"""Four straight sides from line segments: where the outline of a sheet is seen though hands cover parts of it.

Pairs of near-parallel segments are joined to quadrilaterals, and each is asked
how much of its outline the picture shows: a step across the side, in whatever
channel steps most. What hides a side (a hand) or makes it vanish (paper before
paper) costs a part of that side only.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.sheets.closed_pairs import closed
from toolkit.analysis.sheets.quads import LONGEST, Quad
from toolkit.analysis.sheets.steps import Gradient, seen_along, sides_seen
from toolkit.records import Image, Mask

Floats = NDArray[np.float64]

MOST_SEGMENTS = 52
OF_THE_PLACE = 0.6  # share of a segment along which the empty place steps as well
LEAST_LENGTH = 0.028  # metres at the scale of the head
PARALLEL_DEG = 14.0
CROSSING_DEG = 52.0
ASIDE = 0.45  # of the longer one's length: how far two sides of one sheet may be shifted along each other
LEAST_SEEN = 0.62  # mean over the four sides
LEAST_SIDE_SEEN = 0.30  # and of the poorest side
MOST_QUADS = 6000
OFF_LINE_PX, GAP_SHARE = 1.6, 0.8  # parts of one side lie so near to one line, and so near to each other


def segments_in(picture: Image, front: Mask, before: Gradient, px_per_m: float) -> Floats:
    """Straight edges that the empty place does not show, float64 (n, 4): x0, y0, x1, y1; the longest first."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    near = cv2.dilate(front.astype(np.uint8), np.ones((5, 5), np.uint8))
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, 0.8)
    planes = [lab[..., 0], cv2.convertScaleAbs(lab[..., 2], alpha=2.0, beta=-128.0)]
    found = [lines.reshape(-1, 4) for plane in planes if (lines := detector.detect(plane)[0]) is not None]
    if not found:
        return np.empty((0, 4))
    lines = np.concatenate(found).astype(np.float64)
    middle = np.clip(np.round((lines[:, :2] + lines[:, 2:]) / 2).astype(int), 0, np.array(near.shape[::-1]) - 1)
    length = np.linalg.norm(lines[:, 2:] - lines[:, :2], axis=1)
    kept = (near[middle[:, 1], middle[:, 0]] > 0) & (length >= max(6.0, LEAST_LENGTH * px_per_m))
    lines = lines[kept][np.argsort(-length[kept])]
    return _joined(lines[seen_along(before, lines).mean(axis=1) < OF_THE_PLACE]) if len(lines) else lines


def _joined(lines: Floats) -> Floats:
    """Segments that lie on one line within a pixel and a half as one: a thumb parts a side into two."""
    kept, count = np.empty_like(lines), 0
    for line in lines:
        at = _on_one_line(kept[:count], line.reshape(2, 2))
        if at is None:
            kept[count] = line
            count += 1
        else:
            number, start, stop = at
            first, way = kept[number, :2].copy(), _ways(kept[number : number + 1])[0][0]
            kept[number] = np.concatenate([first + start * way, first + stop * way])
    return kept[: min(count, MOST_SEGMENTS)].copy()


def _on_one_line(kept: Floats, ends: Floats) -> tuple[int, float, float] | None:
    """The first of these segments (n, 4) on whose line another's ends (2, 2) lie, and how far both reach along it."""
    way, length = _ways(kept)
    apart = ends[None] - kept[:, None, :2]
    off = np.abs(apart[..., 1] * way[:, None, 0] - apart[..., 0] * way[:, None, 1]).max(axis=1)
    along = np.sort((apart * way[:, None]).sum(axis=2), axis=1)
    gap = np.maximum(np.maximum(along[:, 0] - length, -along[:, 1]), 0.0)
    fits = np.flatnonzero((off <= OFF_LINE_PX) & (gap <= GAP_SHARE * length))
    if not len(fits):
        return None
    k = int(fits[0])
    return k, min(0.0, float(along[k, 0])), max(float(length[k]), float(along[k, 1]))


def _ways(lines: Floats) -> tuple[Floats, Floats]:
    """Unit directions (n, 2) and lengths (n,)."""
    way = lines[:, 2:] - lines[:, :2]
    length = np.linalg.norm(way, axis=1)
    return way / np.maximum(length, 1e-9)[:, None], length


def outlined(
    picture: Image, front: Mask, gradient: Gradient, before: Gradient, px_per_m: float, area_px: tuple[float, float]
) -> list[Quad]:
    """Quadrilaterals of whose outline the picture shows enough, the best seen first.

    ``gradient`` of the picture, ``before`` of the empty place. ``fit`` is the
    mean share of the sides that is seen, 0-1.
    """
    lines = segments_in(picture, front, before, px_per_m)
    pairs, ends = _pairs(lines), closed(lines, gradient, px_per_m)
    found = _crossed(lines, pairs, area_px) if len(pairs) > 1 else np.empty((0, 4, 2))
    corners = np.concatenate([found, _clockwise(ends[_is_sized(ends, area_px)])])
    if not len(corners):
        return []
    seen = sides_seen(gradient, corners).mean(axis=2)
    fit = seen.mean(axis=1)
    kept = (fit >= LEAST_SEEN) & (seen.min(axis=1) >= LEAST_SIDE_SEEN)
    order = np.flatnonzero(kept)[np.argsort(-fit[kept], kind="stable")].tolist()
    return [Quad(corners_px=corners[k], fit=float(fit[k]), sought=k >= len(found)) for k in order]


def _pairs(lines: Floats) -> NDArray[np.int64]:
    """Index pairs of near-parallel lines that lie beside each other, (n, 2)."""
    if len(lines) < 2:
        return np.empty((0, 2), np.int64)
    start, way = lines[:, :2], lines[:, 2:] - lines[:, :2]
    length = np.linalg.norm(way, axis=1)
    way = way / length[:, None]
    i, j = np.triu_indices(len(lines), 1)
    parallel = np.abs((way[i] * way[j]).sum(axis=1)) >= np.cos(np.deg2rad(PARALLEL_DEG))
    middle = start + way * length[:, None] / 2
    between = middle[j] - middle[i]
    along = np.abs((between * way[i]).sum(axis=1))
    away = np.abs(between[:, 0] * way[i][:, 1] - between[:, 1] * way[i][:, 0])
    longer, shorter = np.maximum(length[i], length[j]), np.minimum(length[i], length[j])
    kept = parallel & (away >= 6) & (along <= ASIDE * longer) & (shorter >= 0.2 * longer) & (away <= 4 * longer)
    return np.stack([i[kept], j[kept]], axis=1)


def _crossed(lines: Floats, pairs: NDArray[np.int64], area_px: tuple[float, float]) -> Floats:
    """Corners (n, 4, 2) of two crossing pairs, clockwise from the upper left."""
    homogeneous = np.cross(np.c_[lines[:, :2], np.ones(len(lines))], np.c_[lines[:, 2:], np.ones(len(lines))])
    direction = np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0])
    a, b = np.triu_indices(len(pairs), 1)
    gap = np.abs(np.rad2deg(direction[pairs[a, 0]] - direction[pairs[b, 0]])) % 180
    crossing = np.minimum(gap, 180 - gap) >= CROSSING_DEG
    a, b = a[crossing], b[crossing]
    ring = ((0, 0), (1, 0), (1, 1), (0, 1))
    points = np.stack([np.cross(homogeneous[pairs[a, p]], homogeneous[pairs[b, q]]) for p, q in ring], axis=1)
    depth = np.where(np.abs(points[..., 2:]) < 1e-9, 1e-9, points[..., 2:])
    corners = points[..., :2] / depth
    kept = _is_sized(corners, area_px) & _lies_within(lines, pairs, a, b, corners)
    return _clockwise(corners[kept][:MOST_QUADS])


def _is_sized(corners: Floats, area_px: tuple[float, float]) -> NDArray[np.bool_]:
    """Which rings (n, 4, 2) have such an area, and are no strips."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    x, y = corners[..., 0], corners[..., 1]
    area = np.abs((x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)) / 2
    sized = (area >= area_px[0]) & (area <= area_px[1]) & (sides.max(axis=1) <= LONGEST * sides.min(axis=1))
    return np.asarray(sized, np.bool_)


def _lies_within(
    lines: Floats, pairs: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64], corners: Floats
) -> NDArray[np.bool_]:
    """Whether each side holds most of its own segment: what reaches far beyond a side belongs to something else."""
    kept = np.ones(len(a), bool)
    for side, which in enumerate((pairs[b, 0], pairs[a, 1], pairs[b, 1], pairs[a, 0])):
        start, stop = corners[:, side], corners[:, (side + 1) % 4]
        way = stop - start
        length = np.linalg.norm(way, axis=1) + 1e-9
        way = way / length[:, None]
        ends = lines[which].reshape(-1, 2, 2)
        along = ((ends - start[:, None]) * way[:, None]).sum(axis=2)
        low, high = along.min(axis=1), along.max(axis=1)
        inside = np.minimum(high, length) - np.maximum(low, 0)
        kept &= inside >= np.maximum(0.6 * (high - low), 0.2 * length)
    return kept


def _clockwise(corners: Floats) -> Floats:
    """Each ring clockwise as seen, from the corner at which the side runs most nearly to the picture's right."""
    if not len(corners):
        return corners
    middle = corners.mean(axis=1, keepdims=True)
    angle = np.arctan2(corners[..., 1] - middle[..., 1], corners[..., 0] - middle[..., 0])
    ring = np.take_along_axis(corners, np.argsort(angle, axis=1)[..., None], axis=1)
    sides = np.roll(ring, -1, axis=1) - ring
    first = np.argmax(sides[..., 0] / (np.linalg.norm(sides, axis=2) + 1e-9), axis=1)
    turned = (first[:, None] + np.arange(4)) % 4
    return np.asarray(np.take_along_axis(ring, turned[..., None], axis=1), np.float64)
