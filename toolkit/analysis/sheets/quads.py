"""Four-sided flat things: where in a picture may one be, and how well do four straight sides fit it?

Regions of one brightness or colour are cut out at many levels; those whose
outline four lines fit are kept. A hand that covers part of a side takes a bite
out of the region and not out of its hull. A candidate says "four straight
sides", not "paper": tiles, books, pockets and screens have four sides too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask

Floats = NDArray[np.float64]

LEVELS = 9  # thresholds a channel
CHANNELS = 3  # lightness and the two colour axes of Lab
LEAST_FIT = 0.80  # area that region and quadrilateral share, of their union
LEAST_FILLED = 0.62  # of the hull, that the region itself fills: thumbs and a dark picture bite into it
SAME = 0.72  # overlap from which two candidates are one
MOST = 14  # candidates that are kept a picture
LEAST_SIDE_PX = 7.0
LONGEST = 7.0  # of the shortest side: beyond, it is a strip, a seam or a shadow


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quad:
    """Corners (4, 2), clockwise from the upper left, and how well they fit what they came from, 0-1.

    ``sought``: its short sides were put where the picture shows most of them, so
    that its fit says less than that of one whose four sides were found.
    """

    corners_px: Floats
    fit: float
    sought: bool = False

    @property
    def area_px(self) -> float:
        """Area in square pixels."""
        return area_of(self.corners_px)

    def holds(self, place: tuple[float, float]) -> bool:
        """Whether this point (x, y) lies on it."""
        outline = self.corners_px.astype(np.float32).reshape(-1, 1, 2)
        return bool(cv2.pointPolygonTest(outline, place, measureDist=False) >= 0)


def area_of(corners: Floats) -> float:
    """Area of a polygon (n, 2), in its own unit squared."""
    x, y = corners[:, 0], corners[:, 1]
    inner = x[:-1] @ y[1:] - y[:-1] @ x[1:]
    return float(abs(inner + x[-1] * y[0] - y[-1] * x[0]) / 2)


def overlap(one: Floats, other: Floats) -> float:
    """Area that two convex quadrilaterals share, of their union, 0-1."""
    if (one.max(axis=0) <= other.min(axis=0)).any() or (other.max(axis=0) <= one.min(axis=0)).any():
        return 0.0
    shared = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0]
    both = area_of(one) + area_of(other) - shared
    return float(shared / both) if both > 0 else 0.0


def quads_in(
    picture: Image, front: Mask, area_px: tuple[float, float], *, bare: Mask | None = None, gap_px: float = 3.0
) -> list[Quad]:
    """Candidates before the empty place, best fit first.

    Parameters
    ----------
    picture : uint8 (h, w, 3) RGB
        At the camera's own resolution.
    front : bool (h, w)
        Where to look (:func:`toolkit.analysis.bodies.foreground.front_of`).
    area_px : (least, most)
        Area in square pixels.
    bare : bool (h, w), optional
        Pixels of the colour of skin: bright hands and bright paper are one
        region unless the hands are left out.
    gap_px : float
        Gaps of this width are closed: a rim of paper is thin.

    Returns
    -------
    list of Quad
        At most 14, none overlapping another by more than .72.
    """
    if not front.any():
        return []
    left, top, wide, high = cv2.boundingRect(front.astype(np.uint8))
    window = (slice(top, top + high), slice(left, left + wide))
    lab = np.asarray(cv2.cvtColor(np.ascontiguousarray(picture[window]), cv2.COLOR_RGB2LAB), np.uint8)
    found = []
    regions = [*_regions(lab, front[window], CHANNELS)]
    if bare is not None and bare.any():
        regions += _regions(lab, (front & ~bare)[window], 1)
    for region in regions:
        for outline in _outlines(region, area_px, max(3, round(gap_px) | 1)):
            found += _fitted(outline, area_px)
    shift = np.array([left, top], np.float64)
    found.sort(key=lambda one: -one.fit)
    return [Quad(corners_px=one.corners_px + shift, fit=one.fit) for one in apart(found, MOST)]


def apart(found: Sequence[Quad], most: int, same: float = SAME) -> list[Quad]:
    """The first of each group of candidates that are one, at most so many."""
    kept: list[Quad] = []
    for one in found:
        if len(kept) == most:
            break
        if all(overlap(one.corners_px, other.corners_px) < same for other in kept):
            kept.append(one)
    return kept


def _regions(lab: NDArray[np.uint8], front: Mask, channels: int) -> Iterator[NDArray[np.uint8]]:
    """Masks of what is brighter (or redder, yellower) than a level, and of what is less, within the foreground."""
    there = front.astype(np.uint8)
    for channel in range(channels if front.any() else 0):
        plane = cv2.boxFilter(lab[..., channel], -1, (3, 3))
        values = plane[front]
        low, high = (float(v) for v in np.percentile(values, (3, 97)))
        if high - low < 6:
            continue
        for level in np.linspace(low, high, LEVELS + 2)[1:-1]:
            above = (plane > level).astype(np.uint8) & there
            yield above
            yield there - above


def _outlines(region: NDArray[np.uint8], area_px: tuple[float, float], gap_px: int) -> Iterator[NDArray[np.int32]]:
    whole = cv2.morphologyEx(region, cv2.MORPH_CLOSE, np.ones((gap_px, gap_px), np.uint8))
    opened = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        if len(outline) >= 12 and cv2.contourArea(outline) >= LEAST_FILLED * area_px[0]:
            yield np.asarray(outline, np.int32)


def _fitted(outline: NDArray[np.int32], area_px: tuple[float, float]) -> list[Quad]:
    hull = np.asarray(cv2.convexHull(outline), np.int32)
    inside, whole = float(cv2.contourArea(outline)), float(cv2.contourArea(hull))
    if not area_px[0] <= whole <= 1.3 * area_px[1] or inside < LEAST_FILLED * whole:
        return []
    found = []
    for corners in _four_sided(hull):
        sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
        if sides.min() < LEAST_SIDE_PX or sides.max() > LONGEST * sides.min():
            continue
        area = area_of(corners)
        if not area_px[0] <= area <= area_px[1]:
            continue
        shared = cv2.intersectConvexConvex(corners.astype(np.float32), hull.astype(np.float32))[0]
        fit = float(shared / max(area + whole - shared, 1e-9))
        if fit >= LEAST_FIT:
            found.append(Quad(corners_px=ordered(corners), fit=fit * (0.5 + 0.5 * inside / whole)))
    return found


def _four_sided(hull: NDArray[np.int32]) -> Iterator[Floats]:
    """The hull as four corners: simplified until four are left, and the least rectangle around it."""
    length = cv2.arcLength(hull, True)
    for share in (0.02, 0.035, 0.05, 0.07, 0.09):
        simple = cv2.approxPolyDP(hull, share * length, True).reshape(-1, 2)
        if len(simple) == 4 and cv2.isContourConvex(simple.astype(np.int32)):
            yield simple.astype(np.float64)
            break
    yield np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64)


def ordered(corners: Floats) -> Floats:
    """Corners clockwise (as seen in the picture), from the one that is nearest to the upper left."""
    middle = corners.mean(axis=0)
    turned = corners[np.argsort(np.arctan2(*(corners - middle).T[::-1]))]
    sides = np.roll(turned, -1, axis=0) - turned
    # The upper side is the one that runs most nearly to the right of the picture.
    direction = sides[:, 0] / (np.linalg.norm(sides, axis=1) + 1e-9)
    return np.asarray(np.roll(turned, -int(np.argmax(direction)), axis=0), np.float64)
