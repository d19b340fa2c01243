"""How well do two registered faces agree, place by place?

Two prints of one picture agree everywhere that is not covered; two photographs
of one person agree at the brow and part at the nose, or the other way round.
So agreement is measured in small patches, and the middle of them is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.copies.registration import (
    INNER,
    Floats,
    Registered,
    again,
    oval,
    smoothed,
)
from toolkit.records import Mask

PATCH = 6.0  # patches are a sixth of a face wide, half a patch apart
FULL_SHARE = 0.9  # of a patch must be known on both sides
LEAST_PATCHES = 12
AGREES = 0.6  # correlation of a patch from which on it counts as agreeing
LEAST_AGREED = 0.25  # of the patches, for a second registration by them
FINEST = 60.0  # the finest band is a sixtieth of a face, and at least a pixel
FLOOR = 2.0  # squared code values: noise, which lowers the agreement of patches without any contrast


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """How two registered faces agree.

    ``inner`` and ``ring`` are the medians of patch correlations (-1 to 1) in
    the face and in hair, ears, collar and margin; ``fine`` and ``fine_ring`` the
    correlations of the finest band there, where patches agree; ``share`` of the
    inner patches that agree; ``mask`` bool (h, w) where they do, for a drawing.
    ``ring`` is None where fewer than 12 patches are known: a face cut out along
    its rim, or one before the empty place.
    """

    inner: float
    ring: float | None
    fine: float
    fine_ring: float
    share: float
    mask: Mask


def agreement(pair: Registered) -> tuple[Registered, Agreement]:
    """The pair registered a second time by the places that agree, and its agreement then."""
    told = measured(pair)
    if told.mask[pair.both].mean() < LEAST_AGREED:
        return pair, told
    pair = again(pair, told.mask)
    return pair, measured(pair)


def measured(pair: Registered) -> Agreement:
    """Patch correlations of one registered pair."""
    size = max(5, round(pair.first.face_px / PATCH)) | 1
    maps = _correlations(pair.first.grey, pair.second.grey, size, pair.first.face_px)
    full = _box(pair.both.astype(np.float32), size) >= FULL_SHARE
    grid = np.zeros_like(full)
    grid[:: size // 2, :: size // 2] = True
    inner = oval(pair.first.face_px, INNER)
    inside, around = maps[grid & full & inner], maps[grid & full & ~inner]
    if len(inside) < LEAST_PATCHES:
        inside = np.array([-1.0], np.float32)
    mask = (maps >= AGREES) & full
    return Agreement(
        inner=float(np.median(inside)),
        ring=float(np.median(around)) if len(around) >= LEAST_PATCHES else None,
        fine=_fine(pair, mask & inner),
        fine_ring=_fine(pair, mask & ~inner),
        share=float((inside >= AGREES).mean()),
        mask=mask,
    )


def _correlations(one: Floats, other: Floats, size: int, face_px: float) -> Floats:
    """Correlation of the patch around each pixel, of what is finer than a third of a face."""
    a, b = (plane - smoothed(plane, face_px / 4) for plane in (one, other))
    mean_a, mean_b = _box(a, size), _box(b, size)
    var_a, var_b = _box(a * a, size) - mean_a**2, _box(b * b, size) - mean_b**2
    cov = _box(a * b, size) - mean_a * mean_b
    return np.asarray(cov / np.sqrt((np.maximum(var_a, 0) + FLOOR) * (np.maximum(var_b, 0) + FLOOR)), np.float32)


def _fine(pair: Registered, where: Mask) -> float:
    """Correlation of the finest band in the places that agree; 0 where there are next to none."""
    if where.sum() < 50:
        return 0.0
    sigma = max(1.0, pair.first.face_px / FINEST)
    a, b = (
        (smoothed(each.grey, 0.6 * sigma) - smoothed(each.grey, 1.6 * sigma))[where]
        for each in (pair.first, pair.second)
    )
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-6))


def _box(plane: Floats, size: int) -> Floats:
    return np.asarray(cv2.boxFilter(plane, cv2.CV_32F, (size, size), borderType=cv2.BORDER_REFLECT), np.float32)


def sift_inliers(pair: Registered) -> int:
    """How many local features of the registered pair lie at one place within a thirtieth of a face.

    The pair is registered already, so a match elsewhere is none; there is no
    need to look for another map.
    """
    finder = cv2.SIFT.create(nfeatures=400, contrastThreshold=0.02)
    told = []
    for each in (pair.first, pair.second):
        shown = np.asarray(np.clip(each.grey, 0, 255), np.uint8)
        told.append(finder.detectAndCompute(shown, pair.both.astype(np.uint8) * 255))
    (points_a, marks_a), (points_b, marks_b) = told
    if marks_a is None or marks_b is None or len(marks_a) < 2 or len(marks_b) < 2:
        return 0
    places: list[NDArray[np.float64]] = [np.array([p.pt for p in points]) for points in (points_a, points_b)]
    near = pair.first.face_px / 30
    found = cv2.BFMatcher(cv2.NORM_L2).knnMatch(marks_a, marks_b, k=2)
    return sum(
        m.distance < 0.85 * n.distance and float(np.linalg.norm(places[0][m.queryIdx] - places[1][m.trainIdx])) <= near
        for m, n in found
    )
