"""Four straight sides from line segments: where the outline of a sheet is seen though hands cover parts of it.

Pairs of near-parallel segments are joined to quadrilaterals, and each is asked
how much of its outline the picture shows: a step across the side, in whatever
channel steps most. What hides a side (a hand) or makes it vanish (paper before
paper) costs a part of that side only.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.quads import LONGEST, Quad
from toolkit.records import Image, Mask

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

MOST_SEGMENTS = 52
OF_THE_PLACE = 0.6  # share of a segment along which the empty place steps as well
LEAST_LENGTH = 0.028  # metres at the scale of the head
PARALLEL_DEG = 14.0
CROSSING_DEG = 52.0
ASIDE = 0.45  # of the longer one's length: how far two sides of one sheet may be shifted along each other
SAMPLES = 24  # places along a side
STEP, LEAST_STEP = 7.0, 3.5  # grey levels a pixel across a side that is seen; in a dull picture less
DULL = 45.0  # spread (5th to 95th percentile) of lightness before the empty place, below which a picture is dull
LEAST_SEEN = 0.62  # mean over the four sides
LEAST_SIDE_SEEN = 0.30  # and of the poorest side
MOST_QUADS = 6000
OFF_LINE_PX, GAP_SHARE = 1.6, 0.8  # parts of one side lie so near to one line, and so near to each other


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """Step of the channel that steps most, per pixel: float32 (h, w) each."""

    across: Floats32
    down: Floats32
    step: float = STEP


def gradient_of(picture: Image, front: Mask) -> Gradient:
    """Gradient in grey levels a pixel, of L, a and b of Lab, whichever is strongest; colour counts double."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 1:] *= 2.0
    across = np.stack([cv2.Scharr(lab[..., k], cv2.CV_32F, 1, 0) for k in range(3)]) / 32.0
    down = np.stack([cv2.Scharr(lab[..., k], cv2.CV_32F, 0, 1) for k in range(3)]) / 32.0
    best = np.argmax(across**2 + down**2, axis=0)[None]
    light = np.percentile(lab[..., 0][front], (5, 95)) if front.any() else np.zeros(2)
    step = float(np.clip(STEP * (light[1] - light[0]) / DULL, LEAST_STEP, STEP))
    return Gradient(np.take_along_axis(across, best, 0)[0], np.take_along_axis(down, best, 0)[0], step)


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
    pairs = _pairs(lines)
    if len(pairs) < 2:
        return []
    corners = _crossed(lines, pairs, area_px)
    if not len(corners):
        return []
    seen = sides_seen(gradient, corners).mean(axis=2)
    fit = seen.mean(axis=1)
    kept = (fit >= LEAST_SEEN) & (seen.min(axis=1) >= LEAST_SIDE_SEEN)
    order = np.flatnonzero(kept)[np.argsort(-fit[kept], kind="stable")]
    return [Quad(corners_px=corners[k], fit=float(fit[k])) for k in order.tolist()]


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
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    x, y = corners[..., 0], corners[..., 1]
    area = np.abs((x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)) / 2
    kept = (area >= area_px[0]) & (area <= area_px[1]) & (sides.max(axis=1) <= LONGEST * sides.min(axis=1))
    kept &= _lies_within(lines, pairs, a, b, corners)
    return _clockwise(corners[kept][:MOST_QUADS])


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


def sides_seen(gradient: Gradient, corners: Floats) -> NDArray[np.bool_]:
    """Where along each side the picture steps across it: bool (n, 4, 24), for corners (n, 4, 2)."""
    ways = np.concatenate([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 4)
    return seen_along(gradient, ways).reshape(len(corners), 4, SAMPLES)


def seen_along(gradient: Gradient, lines: Floats, samples: int = SAMPLES) -> NDArray[np.bool_]:
    """Where along lines (n, 4) the picture steps across them, within a pixel: bool (n, samples)."""
    share = (np.arange(samples) + 0.5) / samples
    start, way = lines[:, :2], lines[:, 2:] - lines[:, :2]
    unit = way / (np.linalg.norm(way, axis=1, keepdims=True) + 1e-9)
    normal = np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    places = start[:, None] + way[:, None] * share[None, :, None]
    height, width = gradient.across.shape
    strongest = np.zeros(places.shape[:2], np.float32)
    for off in (-1.0, 0.0, 1.0):
        at = np.round(places + off * normal[:, None]).astype(np.int64)
        inside = (at[..., 0] >= 0) & (at[..., 0] < width) & (at[..., 1] >= 0) & (at[..., 1] < height)
        x, y = np.clip(at[..., 0], 0, width - 1), np.clip(at[..., 1], 0, height - 1)
        step = gradient.across[y, x] * normal[:, None, 0] + gradient.down[y, x] * normal[:, None, 1]
        strongest = np.maximum(strongest, np.abs(step) * inside)
    return np.asarray(strongest >= gradient.step, np.bool_)
