"""Heads with a face on them: a relief, a portrait laid over it, hair, and what a living face does.

A portrait is laid on from the front and fades into skin at the sides and into
hair above; lids and lips move in a few prepared stages. Rays meet the relief by
walking along it, because a nose hides a cheek.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.faces import Identity
from toolkit.simulation.relief import SIDE, Relief, make_relief, texels, with_hair
from toolkit.simulation.skins import (
    HAIRY_M,
    INSIDE_M,
    cheeks,
    dressed,
    hair_cloth,
    hair_tone,
    inside_face,
    laid_on,
    lids_closed,
    lips_moved,
    mane_m,
    nose_share,
    surface_points,
)
from toolkit.simulation.solids import Cone
from toolkit.simulation.tracing import Canvas

Floats = NDArray[np.float32]

STEPS = 18
FAR_STRIDE, FAR_OFF_M = 0.92, 0.03
STRIDE = 0.75  # of the distance to the surface: it leans, so a whole step could pass a nose
CLOSE_PX, CLOSE_M = 0.45, (0.0010, 0.0020)  # a surface is met within so much of a pixel, in metres at least and at most
LID_STAGES, LIP_STAGES = 2, 3
EAR_M = 0.072
HAIR_M = 0.010


@dataclass(frozen=True, slots=True)
class Head:
    """A relief with textures ready to be drawn: ``front`` [lids][lips] and ``back`` float32 (s, s, 3), linear."""

    relief: Relief
    front: tuple[tuple[Floats, ...], ...]
    back: Floats
    hair: tuple[float, float, float]
    skin: tuple[float, float, float]
    mane_m: float = 0.0  # how far hair hangs below the middle of the head
    strands: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where a head is and which way it looks, in radians.

    ``turn`` to the picture's right, ``nod`` downward, ``tilt`` clockwise as
    seen; ``facing`` 0 looks at the camera's side, pi away from it. ``lids`` and
    ``lips`` 0 (open, closed) to 1 (closed, open).
    """

    middle: tuple[float, float, float]
    facing: float = 0.0
    turn: float = 0.0
    nod: float = 0.0
    tilt: float = 0.0
    lids: float = 0.0
    lips: float = 0.0

    def rotation(self) -> Floats:
        """Matrix (3, 3) from head axes to world axes."""
        spin = _about(2, self.facing + self.turn)
        return np.asarray(spin @ _about(0, self.nod) @ _about(1, self.tilt), np.float32)

    def to_world(self, points: Any) -> Floats:
        """World points (n, 3) of points in head axes."""
        return np.asarray(np.asarray(points, np.float32) @ self.rotation().T + np.array(self.middle, np.float32))


def _about(axis: int, angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    a, b = [k for k in range(3) if k != axis]
    matrix = np.eye(3)
    matrix[a, a] = matrix[b, b] = c
    matrix[a, b], matrix[b, a] = (-s, s) if axis != 1 else (s, -s)
    return matrix


def make_head(identity: Identity) -> Head:
    """The head of this identity; made once for each name."""
    if identity.name not in _MADE:
        _MADE[identity.name] = _make_head(identity)
    return _MADE[identity.name]


_MADE: dict[str, Head] = {}


def _make_head(identity: Identity) -> Head:
    share = nose_share(identity.landmarks_px)
    relief = with_hair(make_relief({**identity.shape, "nose_share": share}), HAIR_M)
    surface = surface_points(relief)
    portrait, features = laid_on(identity, relief, surface)
    relief = replace(relief, features=features)
    inside = inside_face(relief, surface, INSIDE_M if identity.family == "public" else HAIRY_M)
    skin = cheeks(portrait[0], surface[0])
    hair = hair_tone(portrait[0], surface[0], skin, identity.hair)
    stages = []
    for lid in range(LID_STAGES):
        row = []
        for lip in range(LIP_STAGES):
            front = lips_moved(portrait[0], relief, surface[0], lip / (LIP_STAGES - 1))
            front = lids_closed(front, relief, surface[0], lid / (LID_STAGES - 1))
            row.append(dressed(np.stack([front, portrait[1]]), inside, surface, skin, hair, identity.name))
        stages.append(tuple(row))
    fronts = tuple(tuple(both[0].copy() for both in row) for row in stages)
    return Head(
        relief, fronts, stages[0][0][1].copy(), tuple(hair.tolist()), tuple(skin.tolist()), mane_m(identity),
        hair_cloth(hair, identity.name),
    )  # fmt: skip


def draw_head(canvas: Canvas, head: Head, pose: Pose, owner: int) -> None:
    """Draw a head where it is the nearest thing."""
    middle = np.array(pose.middle, np.float32)
    window = canvas.windows(middle[None], np.array([head.relief.reach_m], np.float32))[0]
    if window is None:
        return
    turn = pose.rotation()
    rays = canvas.view.rays[window].reshape(-1, 3) @ turn
    eye = np.asarray((canvas.view.position - middle) @ turn, np.float32)
    along = -(rays @ eye)
    ball = head.relief.reach_m
    gap = along * along - float(eye @ eye) + ball * ball
    open_ = canvas.depth[window].reshape(-1) > float(np.linalg.norm(eye)) - ball  # the rest is hidden already
    walked = np.flatnonzero((gap > 0) & open_)
    if not len(walked):
        return
    half = np.sqrt(gap[walked])
    begin, end = (np.asarray(along[walked] + sign * half, np.float32) for sign in (-1, 1))
    close = float(np.clip(CLOSE_PX / canvas.view.scale_at(pose.middle), *CLOSE_M))
    distance, hit = _walk(head.relief, eye, rays[walked], begin, end, close)
    picked, distance = walked[hit], distance[hit]
    if not len(picked):
        return
    points = eye + rays[picked] * distance[:, None]
    normals = _look_up(head.relief.normals, points) @ turn.T
    front = head.front[round(pose.lids * (LID_STAGES - 1))][round(pose.lips * (LIP_STAGES - 1))]
    colour = canvas.shade(_look_up((front, head.back), points), normals)
    canvas.put(window, picked, distance, colour, owner)


def ears(head: Head, pose: Pose) -> list[Cone]:
    """The ears, which tell a head from behind and from the side; long hair covers them."""
    if head.mane_m:
        return []
    parts = []
    for side in (-1.0, 1.0):
        ends = pose.to_world([[side * EAR_M, 0.012, -0.022], [side * (EAR_M + 0.006), 0.020, 0.016]])
        parts.append(Cone(start=ends[0], end=ends[1], radii=(0.010, 0.014), colour=head.skin))
    return parts


def mane(head: Head, pose: Pose) -> list[Cone]:
    """Hair that hangs down behind and beside the neck."""
    if not head.mane_m:
        return []
    low, cloth = -head.mane_m, head.strands
    ends = [((0.0, 0.062, 0.045), (0.0, 0.068, low), (0.066, 0.052))]
    for side in (-1.0, 1.0):
        ends.append(((side * 0.050, 0.045, 0.050), (side * 0.062, 0.058, low + 0.01), (0.046, 0.036)))
        ends.append(((side * 0.066, 0.004, 0.030), (side * 0.074, 0.012, low + 0.03), (0.022, 0.018)))
    return [
        Cone(start=both[0], end=both[1], radii=radii, cloth=cloth, turn_rad=pose.facing + pose.turn)
        for start, end, radii in ends
        for both in (pose.to_world([start, end]),)
    ]


def _walk(
    relief: Relief, eye: Floats, rays: Floats, begin: Floats, end: Floats, close: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Walk along rays until the surface: distance, and whether it was met before ``end``.

    The way to the surface along the radius is longer than the nearest one, so
    a step is part of it; one that went too deep is taken back. Rays that graze
    need most steps, and by then they are few.
    """
    distance = begin.astype(np.float32)
    met = np.zeros(len(rays), bool)
    live = np.arange(len(rays))
    least_step = 1.2 * close
    for _ in range(STEPS):
        gap = _above(relief, eye + rays[live] * distance[live, None])
        there = np.abs(gap) < close
        met[live[there]] = True
        least = np.where(there | (gap < 0), -1, least_step)
        distance[live] += np.maximum(np.where(gap > FAR_OFF_M, FAR_STRIDE, STRIDE) * gap, least)
        live = live[~there & (distance[live] < end[live])]
        if not len(live):
            return distance, met
    # What is left grazes the head: look at the rest of the way at once.
    ahead = np.arange(0, (end[live] - distance[live]).max(), least_step, dtype=np.float32)
    way = distance[live, None] + ahead
    points = eye + rays[live][:, None, :] * way[..., None]
    touched = (_above(relief, points.reshape(-1, 3)) < close).reshape(way.shape) & (way < end[live, None])
    met[live] = touched.any(axis=1)
    distance[live] = way[np.arange(len(live)), touched.argmax(axis=1)]
    return distance, met


def _above(relief: Relief, points: Floats) -> Floats:
    """How far points are outside the surface, along the radius."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", points, points)) - _look_up(relief.radius, points), np.float32)


def _look_up(maps: Floats | tuple[Floats, Floats], points: Floats) -> Floats:
    """Values of a front and a back map (s, s[, c]) in the directions of these points, between texels."""
    back, column, row = texels(points)
    grow = np.float32(len(maps[0]) / SIDE)
    if grow != 1:
        column, row = (column + 0.5) * grow - 0.5, (row + 0.5) * grow - 0.5
    if isinstance(maps, np.ndarray):  # one above the other; no direction comes near a map's rim
        return _between(maps.reshape(-1, *maps.shape[2:]), column, np.asarray(row + len(maps[0]) * back, np.float32))
    found = np.empty((len(points), *maps[0].shape[2:]), np.float32)
    for half, chosen in ((0, ~back), (1, back)):
        picked = np.flatnonzero(chosen)
        if len(picked):
            found[picked] = _between(maps[half], column[picked], row[picked])
    return found


def _between(plane: Floats, column: Floats, row: Floats) -> Floats:
    """Bilinear values; in strips, because OpenCV's tables stop at 32767 rows."""
    values = [
        cv2.remap(plane, column[k : k + 30_000, None], row[k : k + 30_000, None], cv2.INTER_LINEAR,
                  borderMode=cv2.BORDER_REPLICATE)
        for k in range(0, len(column), 30_000)
    ]  # fmt: skip
    joined = np.concatenate(values)
    return np.asarray(joined[:, 0] if joined.ndim == plane.ndim else joined.reshape(-1), np.float32)
