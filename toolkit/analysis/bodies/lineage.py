"""Lineage of tracked features: how much of what is seen now descends from what was seen then.

Corners on the body are followed from frame to frame, each checked forward and
back. At every checkpoint the body's corners get weight 1 in a column of their
own; a new corner inherits the mean of its neighbours. The *lineage* from one
checkpoint to a later one is the mean weight of the corners on head and
shoulders there; what was *kept* is the share of them that were followed all the
way, without inheritance. Head and shoulders, because hands, and what they hold
up, come and go while the body stays. Lineage alone also passes from one body to
another whose shoulders touch; nothing kept does.

High lineage shows that the same *set* of bodies stayed, not that it is one
body: two people side by side, or one hidden behind another, keep it high. The
companion check speaks about the first, only a person looking at the frames
about the second. Lucas-Kanade tracking as in Bouguet (2001); corners as in Shi
and Tomasi (1994).

Memory does not grow with the footage. Every checkpoint is compared with the 30
before it; further back, the longer the time the fewer: twice the time, half of
the moments, up to about an hour. What is kept depends on the number of a
checkpoint alone, never on where the footage was cut into pieces of work, and
:meth:`LineageTracker.state` carries everything from one piece to the next.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.presence import FUSE_S
from toolkit.records import Image, Mask

CORNERS = 220
CORNER_QUALITY = 0.01
CORNER_GAP_PX = 4
RETURN_PX = 0.8  # forward and back must meet within this
INHERIT_PX = 18.0
LEAST_POINTS = 8
CHECKPOINT_S = 1.0
DENSE = 30  # checkpoints back to which every pair is kept
LONGEST = DENSE * 2**7  # and those beyond which none is
SURVIVAL_PERCENTILE = 3
UPPER = 0.40  # of the silhouette's height within the zone: head and shoulders, at every pitch
LEAST_UPPER = 4  # corners there; fewer tell nothing
COLUMNS = ("from_s", "to_s", "lineage", "kept", "survival", "appearance")
TRACK = {
    "winSize": (15, 15),
    "maxLevel": 3,
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.03),
}

Points = NDArray[np.float32]
Gray = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Pairs = dict[str, list[float]]


@dataclass(slots=True)
class Column:
    """An earlier checkpoint that is still compared with: its number, its time and how the body looked."""

    number: int
    at_s: float
    appearance: NDArray[np.float32]


def spacing(lag: int) -> int:
    """Checkpoints this far apart are compared where the numbers of both are multiples of this."""
    step = 1
    while lag > DENSE * step:
        step *= 2
    return step


@dataclass(slots=True)
class LineageTracker:
    """Follows the corners of whoever stands in the zone.

    Feed it frames in order with :meth:`follow`; :attr:`pairs` grows by the rows
    of table ``lineage`` (columns without the visit). Between two visits the
    zone is empty, no corner survives, and lineage is zero by itself. Over a
    hole wider than ``apart_s`` nothing is carried: whoever stands there
    afterwards is somebody new.
    """

    zone: Mask
    apart_s: float = FUSE_S
    pairs: Pairs = field(default_factory=lambda: {name: [] for name in COLUMNS})
    last_s: float = -np.inf
    _number: int = -1
    _marked_s: float = -np.inf
    _there_s: float = -np.inf
    _columns: list[Column] = field(default_factory=list)
    _survival: list[tuple[float, float]] = field(default_factory=list)
    _points: Points = field(default_factory=lambda: np.empty((0, 2), np.float32))
    _weights: Points = field(default_factory=lambda: np.empty((0, 0), np.float32))
    _kept: Flags = field(default_factory=lambda: np.empty((0, 0), bool))
    _high: Flags = field(default_factory=lambda: np.empty(0, bool))
    _before: Gray | None = None

    def follow(self, at_s: float, image: Image, front: Mask, *, there: bool = True) -> None:
        """Take in the next frame.

        Parameters
        ----------
        at_s : float
            Media seconds.
        image, front : arrays
            RGB picture at working size and its foreground.
        there : bool
            Whether the zone is filled enough for a visit to go on. When it was
            not for half a second, no visit reaches back, and no pair is kept.
        """
        if at_s - self.last_s > self.apart_s:
            self._points, self._before, self._high = np.empty((0, 2), np.float32), None, np.empty(0, bool)
            self._forget()
        self._there_s = at_s if there else self._there_s
        if at_s - self._there_s > FUSE_S:
            self._forget()
        gray: Gray = np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.uint8)
        if self._before is not None and len(self._points):
            self._keep_tracked(at_s, gray, front)
        self._add_corners(gray, front)
        self._high = _on(self._points, upper_part(front & self.zone))
        self._before, self.last_s = gray, at_s
        if at_s - self._marked_s >= CHECKPOINT_S - 1e-3:
            self._mark(at_s, image, front)

    def _forget(self) -> None:
        self._columns, self._survival = [], []
        self._weights = np.empty((len(self._points), 0), np.float32)
        self._kept = np.empty((len(self._points), 0), bool)

    def _keep_tracked(self, at_s: float, gray: Gray, front: Mask) -> None:
        there, found, _ = cv2.calcOpticalFlowPyrLK(self._before, gray, self._points, None, **TRACK)  # type: ignore[call-overload]
        back, returned, _ = cv2.calcOpticalFlowPyrLK(gray, self._before, there, None, **TRACK)  # type: ignore[call-overload]
        miss = np.linalg.norm(back - self._points, axis=1)
        good = (found[:, 0] > 0) & (returned[:, 0] > 0) & (miss < RETURN_PX) & _on(there, front)
        if self._high.sum() >= LEAST_POINTS:
            self._survival.append((at_s, float(good[self._high].mean())))
        self._points, self._weights, self._kept = there[good], self._weights[good], self._kept[good]

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
        self._kept = np.concatenate([self._kept, np.zeros((len(fresh), self._kept.shape[1]), bool)])

    def _mark(self, at_s: float, image: Image, front: Mask) -> None:
        self._number, self._marked_s = self._number + 1, at_s
        self._thin()
        here = _on(self._points, self.zone)
        if not here.any():
            return
        column = Column(self._number, at_s, appearance(image, front & self.zone))
        high = here & self._high
        if high.sum() >= LEAST_UPPER:  # fewer corners tell nothing, which is not the same as no lineage
            self._compare(column, self._weights[high].mean(axis=0), self._kept[high].mean(axis=0))
        self._columns.append(column)
        self._weights = np.concatenate([self._weights, here[:, None].astype(np.float32)], axis=1)
        self._kept = np.concatenate([self._kept, here[:, None]], axis=1)

    def _thin(self) -> None:
        """Drop the columns that no later checkpoint is compared with."""
        lags = [self._number - column.number for column in self._columns]
        kept = [
            lag <= LONGEST and column.number % spacing(lag) == 0
            for lag, column in zip(lags, self._columns, strict=True)
        ]
        if not all(kept):
            self._columns = [column for column, stays in zip(self._columns, kept, strict=True) if stays]
            self._weights, self._kept = self._weights[:, kept], self._kept[:, kept]
        oldest_s = self._columns[0].at_s if self._columns else np.inf
        self._survival = [one for one in self._survival if one[0] > oldest_s]

    def _compare(self, now: Column, lineage: NDArray[Any], kept: NDArray[Any]) -> None:
        times = np.array([at for at, _ in self._survival])
        shares = np.array([share for _, share in self._survival])
        for then, share, followed in zip(self._columns, lineage, kept, strict=True):
            if now.number % spacing(now.number - then.number):
                continue
            between = shares[np.searchsorted(times, then.at_s, "right") :]
            low = float(np.percentile(between, SURVIVAL_PERCENTILE)) if len(between) else 0.0
            row = (
                then.at_s, now.at_s, round(float(share), 4), round(float(followed), 4), round(low, 4),
                round(affinity(then.appearance, now.appearance), 4),
            )  # fmt: skip
            for name, value in zip(COLUMNS, row, strict=True):
                self.pairs[name].append(value)

    def state(self) -> str:
        """Everything that the next piece of work needs, as text; pairs found so far are not in it."""
        held = io.BytesIO()
        arrays: dict[str, Any] = {
            "moments": np.array([self.last_s, self._marked_s, self._there_s, self._number], float),
            "points": self._points,
            "weights": self._weights,
            "kept": self._kept,
            "high": self._high,
            "numbers": np.array([column.number for column in self._columns], np.int64),
            "times": np.array([column.at_s for column in self._columns], float),
            "looks": _stacked([column.appearance for column in self._columns]),
            "survival": np.array(self._survival, float).reshape(-1, 2),
            "before": np.empty((0, 0), np.uint8) if self._before is None else self._before,
        }
        np.savez_compressed(held, **arrays)
        return base64.b64encode(held.getvalue()).decode("ascii")

    @classmethod
    def resumed(cls, zone: Mask, apart_s: float, state: str | None) -> LineageTracker:
        """A tracker that goes on where :meth:`state` was taken; a fresh one without a state."""
        tracker = cls(zone=zone, apart_s=apart_s)
        if state is None:
            return tracker
        with np.load(io.BytesIO(base64.b64decode(state)), allow_pickle=False) as held:
            tracker.last_s, tracker._marked_s, tracker._there_s = (float(one) for one in held["moments"][:3])
            tracker._number = int(held["moments"][3])
            tracker._points, tracker._weights = held["points"], held["weights"]
            tracker._kept, tracker._high = held["kept"], held["high"]
            tracker._columns = [
                Column(int(number), float(at), look)
                for number, at, look in zip(held["numbers"], held["times"], held["looks"], strict=True)
            ]
            tracker._survival = [(float(at), float(share)) for at, share in held["survival"]]
            tracker._before = held["before"] if held["before"].size else None
        return tracker


def _stacked(looks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(looks) if looks else np.empty((0, 3, 512), np.float32)


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


def upper_part(body: Mask) -> Mask:
    """Head and shoulders: the part of the picture in which the top of a silhouette lies, bool (h, w)."""
    part = np.zeros(body.shape, bool)
    rows = np.flatnonzero(body.any(axis=1))
    if len(rows):
        part[: rows[0] + int(UPPER * (rows[-1] + 1 - rows[0]))] = True
    return part


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
