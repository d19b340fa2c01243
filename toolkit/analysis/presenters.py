"""Is it one body that stays? Lineage of tracked features, and a second body beside it.

Corners on the body are followed from frame to frame, each checked forward and
back. At every checkpoint the body's corners get weight 1 in a column of their
own; a new corner inherits the mean of its neighbours. The *lineage* from one
checkpoint to a later one is the mean weight of the body's corners there: the
share of what is seen now that descends from what was seen then.

High lineage shows that the same *set* of bodies stayed, not that it is one
body: two people side by side, or one hidden behind another, keep it high. The
companion check speaks about the first, only a person looking at the frames
about the second. An identity tracker's number is no evidence for either.
Lucas-Kanade tracking as in Bouguet (2001); corners as in Shi and Tomasi (1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask

CORNERS = 220
CORNER_QUALITY = 0.01
CORNER_GAP_PX = 4
RETURN_PX = 0.8  # forward and back must meet within this
INHERIT_PX = 18.0
LEAST_POINTS = 8
CHECKPOINT_S = 1.0
SURVIVAL_PERCENTILE = 3
TRACK = {
    "winSize": (15, 15),
    "maxLevel": 3,
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.03),
}

Points = NDArray[np.float32]
Gray = NDArray[np.uint8]


@dataclass(slots=True)
class Checkpoint:
    """Lineage to all earlier checkpoints, and what the body looked like."""

    at_s: float
    lineage: NDArray[np.float32]
    points: int
    appearance: NDArray[np.float32]


@dataclass(slots=True)
class LineageTracker:
    """Follows the corners of whoever stands in the zone through one span of frames.

    Feed it the frames of a span in order with :meth:`follow`; read
    :meth:`pairs` at the end. Between two visits the zone is empty, no corner
    survives, and lineage is zero by itself.
    """

    zone: Mask
    checkpoints: list[Checkpoint] = field(default_factory=list)
    survival: list[tuple[float, float]] = field(default_factory=list)
    _points: Points = field(default_factory=lambda: np.empty((0, 2), np.float32))
    _weights: Points = field(default_factory=lambda: np.empty((0, 0), np.float32))
    _before: Gray | None = None

    def follow(self, at_s: float, image: Image, front: Mask) -> None:
        """Take in the next frame: its time, RGB picture at working size and foreground."""
        gray: Gray = np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.uint8)
        if self._before is not None and len(self._points):
            self._keep_tracked(at_s, gray, front)
        self._add_corners(gray, front)
        self._before = gray
        last = self.checkpoints[-1].at_s if self.checkpoints else -np.inf
        if at_s - last >= CHECKPOINT_S - 1e-3:
            self._mark(at_s, image, front)

    def _keep_tracked(self, at_s: float, gray: Gray, front: Mask) -> None:
        there, found, _ = cv2.calcOpticalFlowPyrLK(self._before, gray, self._points, None, **TRACK)  # type: ignore[call-overload]
        back, returned, _ = cv2.calcOpticalFlowPyrLK(gray, self._before, there, None, **TRACK)  # type: ignore[call-overload]
        miss = np.linalg.norm(back - self._points, axis=1)
        good = (found[:, 0] > 0) & (returned[:, 0] > 0) & (miss < RETURN_PX) & _on(there, front)
        if len(self._points) >= LEAST_POINTS:
            self.survival.append((at_s, float(good.mean())))
        self._points, self._weights = there[good], self._weights[good]

    def _add_corners(self, gray: Gray, front: Mask) -> None:
        room = CORNERS - len(self._points)
        free = front.astype(np.uint8) * 255
        for x, y in self._points:
            cv2.circle(free, (round(float(x)), round(float(y))), CORNER_GAP_PX, 0, -1)
        if room <= 0 or not free.any():
            return
        corners: Any = cv2.goodFeaturesToTrack(gray, room, CORNER_QUALITY, CORNER_GAP_PX, mask=free)
        if corners is None:
            return
        fresh: Points = corners.reshape(-1, 2).astype(np.float32)
        inherited = _inherit(fresh, self._points, self._weights)
        self._points = np.concatenate([self._points, fresh])
        self._weights = np.concatenate([self._weights, inherited])

    def _mark(self, at_s: float, image: Image, front: Mask) -> None:
        here = _on(self._points, self.zone)
        count = int(here.sum())
        lineage = self._weights[here].mean(axis=0) if count else np.zeros(self._weights.shape[1], np.float32)
        self.checkpoints.append(Checkpoint(at_s, lineage, count, appearance(image, front & self.zone)))
        self._weights = np.concatenate([self._weights, here[:, None].astype(np.float32)], axis=1)

    def pairs(self, from_s: float, to_s: float, *, most: int = 120) -> list[dict[str, float]]:
        """Lineage between checkpoints of this stretch: rows of table ``lineage`` without the visit.

        At most ``most`` checkpoints, evenly picked, so that an hour-long
        stretch does not fill the table.
        """
        inside = [k for k, mark in enumerate(self.checkpoints) if from_s <= mark.at_s <= to_s and mark.points]
        if len(inside) > most:
            inside = [inside[round(k)] for k in np.linspace(0, len(inside) - 1, most)]
        times = np.array([at for at, _ in self.survival])
        shares = np.array([share for _, share in self.survival])
        return [self._pair(first, second, times, shares) for n, second in enumerate(inside) for first in inside[:n]]

    def _pair(
        self, first: int, second: int, times: NDArray[np.float64], shares: NDArray[np.float64]
    ) -> dict[str, float]:
        a, b = self.checkpoints[first], self.checkpoints[second]
        between = shares[(times > a.at_s) & (times <= b.at_s)]
        low = float(np.percentile(between, SURVIVAL_PERCENTILE)) if len(between) else 0.0
        return {
            "from_s": a.at_s,
            "to_s": b.at_s,
            "lineage": round(float(b.lineage[first]), 4),
            "survival": round(low, 4),
            "appearance": round(affinity(a.appearance, b.appearance), 4),
        }


def _on(points: Points, mask: Mask) -> NDArray[np.bool_]:
    if not len(points):
        return np.zeros(0, bool)
    x = np.round(points[:, 0]).astype(int)
    y = np.round(points[:, 1]).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    there = mask[np.clip(y, 0, mask.shape[0] - 1), np.clip(x, 0, mask.shape[1] - 1)]
    return np.asarray(inside & there, bool)


def _inherit(fresh: Points, points: Points, weights: Points) -> Points:
    """Distance-weighted mean of the neighbours' weights; 0 without a neighbour."""
    if not len(points) or not weights.shape[1]:
        return np.zeros((len(fresh), weights.shape[1]), np.float32)
    distance = np.linalg.norm(fresh[:, None, :] - points[None, :, :], axis=2)
    near = np.where(distance < INHERIT_PX, 1.0 / (distance + 1.0), 0.0).astype(np.float32)
    total = near.sum(axis=1, keepdims=True)
    return (near @ weights) / np.maximum(total, 1e-9)  # type: ignore[no-any-return]


def appearance(image: Image, body: Mask) -> NDArray[np.float32]:
    """Colours of a silhouette: Lab histograms of its upper, middle and lower third, float32 (3, 512)."""
    bands = np.zeros((3, 512), np.float32)
    rows = np.flatnonzero(body.any(axis=1))
    if not len(rows):
        return bands
    lab = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2LAB)
    cuts = np.linspace(rows[0], rows[-1] + 1, 4).astype(int)
    for k in range(3):
        part = body.copy()
        part[: cuts[k]] = False
        part[cuts[k + 1] :] = False
        counts = cv2.calcHist([lab], [0, 1, 2], part.astype(np.uint8), [8, 8, 8], [0, 256] * 3).ravel()
        bands[k] = counts / max(1.0, float(counts.sum()))
    return bands


def affinity(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Bhattacharyya affinity of two appearances, mean of the three bands, 0-1; alike clothes give 1."""
    return float(np.sqrt(a * b).sum(axis=1).mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuity:
    """Whether one unbroken body is certified between two moments of a visit.

    ``risk`` is 1 minus the model's probability of the same body, 0-1;
    ``weakest_s`` the moment at which the chain is thinnest. ``why_not`` names
    the reason when nothing can be said.
    """

    certified: bool
    risk: float | None
    weakest_s: float | None
    lineage: float | None
    why_not: str | None = None


def continuity(rows: Sequence[dict[str, Any]], from_s: float, to_s: float, model: dict[str, float]) -> Continuity:
    """Certify one body from before ``from_s`` to after ``to_s``.

    Parameters
    ----------
    rows : sequence of dict
        Rows of table ``lineage`` of one visit.
    from_s, to_s : float
        The widest interval that must be covered, in media seconds; it is cut to
        the visit's own checkpoints.
    model : dict
        ``intercept``, ``lineage``, ``survival``, ``appearance``, ``certify_at``:
        the logistic model and the probability from which a body counts as
        certified. Its tested error rates are what enters a strength.
    """
    if not rows:
        return Continuity(certified=False, risk=None, weakest_s=None, lineage=None, why_not="no_lineage")
    starts = sorted({float(row["from_s"]) for row in rows})
    ends = sorted({float(row["to_s"]) for row in rows})
    start = max((at for at in starts if at <= from_s), default=starts[0])
    end = min((at for at in ends if at >= to_s), default=ends[-1])
    if end <= start:
        return Continuity(certified=False, risk=None, weakest_s=None, lineage=None, why_not="too_short")
    pair = next(row for row in rows if row["from_s"] == start and row["to_s"] == end)
    risk = 1.0 - probability_same(pair, model)
    steps = [row for row in rows if start <= row["from_s"] and row["to_s"] <= end]
    return Continuity(
        certified=1.0 - risk >= model["certify_at"],
        risk=round(risk, 6),
        weakest_s=_weakest(steps),
        lineage=float(pair["lineage"]),
    )


HANDOVER_LAG_S = (3.5, 4.5)
HANDOVER_EDGE_S = 1.5
HANDOVER_LINEAGE = 0.15
HANDOVER_APPEARANCE = 0.85


def handovers(rows: Sequence[dict[str, Any]], from_s: float, to_s: float) -> list[float]:
    """Moments at which one body plainly gave way to another within an occupied stretch.

    Both must break: hardly a feature carries over four seconds, and the clothes
    differ. A passer-by in front breaks only the first, two people in one uniform
    too; such a stretch stays one visit, and its continuity is not certified.
    """
    broken = [
        (float(row["lineage"]), (float(row["from_s"]) + float(row["to_s"])) / 2)
        for row in rows
        if HANDOVER_LAG_S[0] <= row["to_s"] - row["from_s"] <= HANDOVER_LAG_S[1]
        and row["from_s"] >= from_s + HANDOVER_EDGE_S
        and row["to_s"] <= to_s - HANDOVER_EDGE_S
        and row["lineage"] < HANDOVER_LINEAGE
        and row["appearance"] < HANDOVER_APPEARANCE
    ]
    moments: list[list[tuple[float, float]]] = []
    for lineage, at in sorted(broken, key=lambda one: one[1]):
        if moments and at - moments[-1][-1][1] <= HANDOVER_LAG_S[1]:
            moments[-1].append((lineage, at))
        else:
            moments.append([(lineage, at)])
    return [float(np.mean([at for _, at in group])) for group in moments]


def probability_same(row: dict[str, Any], model: dict[str, float]) -> float:
    """The model's probability that the two checkpoints show the same set of bodies."""
    score = model["intercept"] + sum(model[name] * float(row[name]) for name in FEATURES)
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -40, 40))))


FEATURES = ("lineage", "survival", "appearance")


def _weakest(rows: Sequence[dict[str, Any]]) -> float | None:
    """End of the neighbouring pair of checkpoints with the least lineage."""
    ends: dict[float, dict[str, Any]] = {}
    for row in rows:
        nearest = ends.get(float(row["from_s"]))
        if nearest is None or row["to_s"] < nearest["to_s"]:
            ends[float(row["from_s"])] = row
    if not ends:
        return None
    return float(min(ends.values(), key=lambda row: (row["lineage"], row["survival"], row["to_s"]))["to_s"])
