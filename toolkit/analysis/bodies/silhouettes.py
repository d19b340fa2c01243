"""Outlines at the terminal: how many bodies stand there, how wide together, with how many heads.

The zone is drawn around one presenter, so that a second one beside often
stands at its rim or just outside; what is within reach of the terminal is
looked at too. Outlines cannot tell who is hidden behind another.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Mask

Float = NDArray[np.float32]

LEAST_BODY_SHARE = 0.02  # of the zone; smaller silhouettes are noise or a hand
STACKED_SHARE = 0.3  # of the narrower one's columns in common: parts of one body
PART_SHARE = 0.10  # of the largest silhouette's area: smaller ones are no part of a body
REACH_SHARE = 0.35  # of the zone's width on either side: from where a second person can reach the terminal
TORSO_BAND = (0.15, 0.60)  # of the silhouettes' height from their top, above swinging legs
SPAN_QUANTILE = 0.80  # of the rows of that band


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """Outlines at the terminal.

    ``torso_width`` from the outermost left to the outermost right of all that
    is body-sized in the zone and within reach of it, at the height of the
    trunk, as a share of the zone's width; None when no body reaches into the
    zone. ``bodies`` separate silhouettes in the zone, ``near`` those within
    reach of it too; ``tops`` head-like peaks on the upper outline of those in
    the zone. Outlines tell nothing of whoever stands hidden behind another.
    """

    torso_width: float | None
    bodies: int
    near: int
    tops: int


def silhouettes(front: Mask, zone: Mask) -> Silhouettes:
    """Who stands in the zone and within reach of it.

    A body is a connected silhouette, or several that stand over each other,
    that reaches into the zone with at least a third of the area of the largest
    one. The zone is drawn around one presenter, so that a second one often
    stands at its rim: what lies within :data:`REACH_SHARE` of its width beside
    it is looked at too.
    """
    count, found, stats, _ = cv2.connectedComponentsWithStats(front.astype(np.uint8), connectivity=8)
    labels, sides = np.asarray(found, np.int32), np.asarray(stats, np.int32)
    inside = _areas(labels, zone, count)
    parts = _body_sized(inside, max(LEAST_BODY_SHARE * zone.sum(), inside.max() / 3))
    if not parts:
        return Silhouettes(None, 0, 0, 0)
    bodies = [np.isin(labels, group) for group in _stacked(parts, sides)]
    rows, columns = np.flatnonzero(zone.any(axis=1)), np.flatnonzero(zone.any(axis=0))
    wide = int(columns[-1] - columns[0]) + 1
    reach = slice(max(0, int(columns[0] - REACH_SHARE * wide)), int(columns[-1] + REACH_SHARE * wide) + 1)
    level, at_hand = np.zeros_like(zone), np.zeros_like(zone)
    level[rows[0] : rows[-1] + 1] = True
    at_hand[:, reach] = level[:, reach]
    near, whole = _areas(labels, at_hand, count), _areas(labels, level, count)
    groups = _stacked(_body_sized(near, PART_SHARE * near.max()), sides)
    presenter = max(groups, key=lambda group: int(near[group].sum()))
    # Only a part of the second one may be within reach: the size asked for is that of the whole outline.
    beside = [group for group in groups if whole[group].sum() >= whole[presenter].sum() / 3]
    span = _span_px(np.isin(labels, [part for group in beside for part in group])[:, reach])
    return Silhouettes(span / wide, len(bodies), len(beside), sum(_tops(body) for body in bodies))


def _areas(labels: NDArray[np.int32], where: Mask, count: int) -> NDArray[np.int64]:
    areas = np.bincount(labels[where], minlength=count)
    areas[0] = 0
    return areas


def _body_sized(areas: NDArray[np.int64], least: float) -> list[int]:
    return [k for k in range(1, len(areas)) if areas[k] >= max(1.0, least)]


def _stacked(parts: list[int], stats: NDArray[np.int32]) -> list[list[int]]:
    """Parts that stand over each other belong to one body: a pale shirt before a pale wall splits it."""
    groups: list[tuple[int, int, list[int]]] = []
    for part in sorted(parts, key=lambda k: int(stats[k, cv2.CC_STAT_LEFT])):
        left = int(stats[part, cv2.CC_STAT_LEFT])
        right = left + int(stats[part, cv2.CC_STAT_WIDTH])
        begin, end, members = groups[-1] if groups else (left, left, [])
        if members and min(end, right) - left > STACKED_SHARE * min(end - begin, right - left):
            groups[-1] = (begin, max(end, right), [*members, part])
        else:
            groups.append((left, right, [part]))
    return [members for _, _, members in groups]


def _span_px(bodies: Mask) -> float:
    """Width between the outermost pixels over the band of the trunk, all bodies together.

    The upper fifth of the rows: a pale shirt before a pale wall leaves holes and
    missing rows, which must not make a single visitor's width the measure of all.
    """
    rows = np.flatnonzero(bodies.any(axis=1))
    if not len(rows):
        return 0.0
    height = rows[-1] - rows[0] + 1
    band = bodies[rows[0] + int(TORSO_BAND[0] * height) : rows[0] + int(TORSO_BAND[1] * height) + 1]
    band = band[band.any(axis=1)]
    if not len(band):
        return 0.0
    return float(np.quantile(band.shape[1] - band[:, ::-1].argmax(axis=1) - band.argmax(axis=1), SPAN_QUANTILE))


def _tops(body: Mask) -> int:
    """Peaks of the upper outline that stand out by a tenth of the silhouette's height."""
    height = int(np.ptp(np.flatnonzero(body.any(axis=1)))) + 1
    outline = np.where(body.any(axis=0), body.argmax(axis=0), body.shape[0]).astype(np.float32)
    smooth = cv2.blur(outline[None, :], (max(3, height // 16) | 1, 1))[0]
    return max(1, _count_peaks(smooth, 0.10 * height))


def _count_peaks(outline: Float, rise: float) -> int:
    """Count minima of a row-number outline (up is small) deeper than ``rise`` on both sides."""
    peaks, rising = 0, False
    low, high = float(outline[0]), float(outline[0])
    for value in map(float, outline):
        if rising:
            low = min(low, value)
            if value > low + rise:
                peaks, rising, high = peaks + 1, False, value
        else:
            high = max(high, value)
            if value < high - rise:
                rising, low = True, value
    return peaks + rising
