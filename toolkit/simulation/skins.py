"""What a head looks like: a portrait laid onto a relief from the front, skin, hair, moving lids and lips.

All of it is texture in the two square maps of :mod:`toolkit.simulation.relief`,
made once for a person.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.faces import Identity
from toolkit.simulation.inks import to_linear
from toolkit.simulation.relief import JAW_M, Relief, hairline_m

Floats = NDArray[np.float32]

TEXTURE_SIDE = 480
FACE_SIDES = (0.72, 0.96)  # sine of the angle to the side at which the portrait fades into skin
# Right half of what a portrait surely shows of a face: narrow faces have background beside the mouth already.
INSIDE_M = ((0.030, 0.066), (0.054, 0.048), (0.057, 0.010), (0.051, -0.025), (0.038, -0.062), (0.020, -0.080))
# A painted portrait has its hair on a plain ground: it may cover the front of the head up to the crown.
HAIRY_M = ((0.034, 0.140), (0.062, 0.100), (0.064, 0.060), *INSIDE_M[1:])
FACING_UP = (0.22, 0.50)  # cosine to the front at which the portrait fades out over forehead and crown
NOSE_SHARE = 0.55  # of the way from eyes to mouth: what detectors call nose, on real faces 0.50-0.58
# A portrait was lit already, and brighter in the middle; in a room it is lit again.
LIT_TWICE, BRIGHTEST = 1.28, 0.85
MANES_M = ((1.9, 0.19), (1.15, 0.10))  # hair seen beside the neck so many eye distances below the eyes, and its length
LIKE_HAIR = 0.75  # greatest log ratio to the hair's colour, in any channel
PLACE = (320, 200)
PLACE_M = (0.32, 0.20)


def surface_points(relief: Relief) -> Floats:
    """The point (2, s, s, 3) of every texel of the textures."""
    axis = (np.arange(TEXTURE_SIDE) + 0.5) / TEXTURE_SIDE * 2.2 - 1.1
    u, v = np.meshgrid(axis, -axis)
    square = u * u + v * v
    front = np.stack([2 * u, -(1 - square), 2 * v], axis=2) / (1 + square)[..., None]
    unit = np.stack([front, front * np.array([1.0, -1.0, 1.0])]).astype(np.float32)

    def grown(plane: Floats) -> Floats:
        return np.asarray(cv2.resize(plane, (TEXTURE_SIDE, TEXTURE_SIDE), interpolation=cv2.INTER_CUBIC), np.float32)

    return np.asarray(unit * np.stack([grown(plane) for plane in relief.radius])[..., None], np.float32)


def laid_on(identity: Identity, relief: Relief, surface: Floats) -> tuple[Floats, Floats]:
    """The portrait seen through the surface from the front, linear; and where its five landmarks come to lie.

    Only scale and place are fitted, not each landmark: faces differ in the
    distances between eyes, nose and mouth, and that is what tells them apart.
    """
    marks = np.asarray(identity.landmarks_px, np.float64)
    across = np.polyfit(relief.features[:, 0].astype(np.float64), marks[:, 0], 1)
    upward = np.polyfit(relief.features[:, 2].astype(np.float64), marks[:, 1], 1)
    # What is behind a head must not come onto it: the fourth channel tells head from backdrop.
    lift = 1.0 if identity.family == "public" else LIT_TWICE  # photographs are as bright as skin is
    lit = np.minimum(lift * to_linear(identity.picture), BRIGHTEST)
    portrait = np.dstack([lit, _off_backdrop(identity.picture)])
    laid = [
        cv2.remap(
            portrait, np.polyval(across, half[..., 0]).astype(np.float32),
            np.polyval(upward, half[..., 2]).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )
        for half in surface
    ]  # fmt: skip
    marks = as_detected(marks)
    flat = np.stack([(marks[:, 0] - across[1]) / across[0], (marks[:, 1] - upward[1]) / upward[0]], axis=1)
    return np.stack(laid).astype(np.float32), _on_surface(flat, surface[0])


def as_detected(marks: Any) -> NDArray[np.float64]:
    """Five points (5, 2) of an upright portrait with the nose where a detector of faces marks it.

    A portrait's own nose point is the tip's lower edge, 53-73 % of the way from
    eyes to mouth; detectors mark the tip itself, whatever the face.
    """
    moved = np.array(marks, np.float64)
    eyes, mouth = moved[:2].mean(axis=0), moved[3:].mean(axis=0)
    moved[2, 1] = eyes[1] + NOSE_SHARE * (mouth[1] - eyes[1])
    return moved


def nose_share(marks: Any) -> float:
    """How far from eyes to mouth the tip of a portrait's nose ends, kept between 0.53 and 0.70."""
    points = np.asarray(marks, np.float64)
    eyes, mouth = points[:2, 1].mean(), points[3:, 1].mean()
    return float(np.clip((points[2, 1] - eyes) / (mouth - eyes), 0.53, 0.70))


def _off_backdrop(picture: NDArray[np.uint8]) -> Floats:
    """0 on the plain backdrop of a portrait and just inside its edge, 1 on the head."""
    seen = cv2.GaussianBlur(picture, (0, 0), 1.2)
    marks = np.zeros((picture.shape[0] + 2, picture.shape[1] + 2), np.uint8)
    for corner in ((0, 0), (picture.shape[1] - 1, 0)):
        cv2.floodFill(seen, marks, corner, 0, (3, 3, 3), (3, 3, 3), 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8))
    head = cv2.erode(1 - marks[1:-1, 1:-1], np.ones((7, 7), np.uint8))
    return np.asarray(cv2.GaussianBlur(head.astype(np.float32), (0, 0), 2.5), np.float32)


def _on_surface(flat: NDArray[np.float64], front: Floats) -> Floats:
    """Points of the front surface at these (x, z), by its nearest texels."""
    points = front.reshape(-1, 3)
    points = points[points[:, 1] < -0.03]
    nearest = [int(np.argmin(((points[:, [0, 2]] - spot) ** 2).sum(axis=1))) for spot in flat]
    return np.stack([np.array([x, points[k, 1], z], np.float32) for (x, z), k in zip(flat, nearest, strict=True)])


def dressed(laid: Floats, inside: Floats, surface: Floats, skin: NDArray[Any], hair: NDArray[Any], name: str) -> Floats:
    """Portrait in front, skin at the sides, hair above and behind."""
    rng = np.random.default_rng(abs(hash_of(name)))
    y, z = surface[..., 1], surface[..., 2]
    unit = surface / np.linalg.norm(surface, axis=3, keepdims=True)
    aside = np.abs(unit[..., 0]) / np.maximum(np.hypot(unit[..., 0], unit[..., 1]), 1e-6)
    keep = (1 - _ramp(aside, *FACE_SIDES)) * inside * _ramp(-unit[..., 1], *FACING_UP) * _ramp(laid[..., 3], 0.5, 0.98)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (TEXTURE_SIDE, TEXTURE_SIDE)).astype(np.float32), (0, 0), 0.8, sigmaY=7)
    strands = 1 + 0.30 * grain / float(grain.std())
    hairy = _ramp(z - hairline_m(y) + 0.004 * grain / float(grain.std()), -0.004, 0.006)[..., None]
    plain = skin * (1 + 0.03 * rng.normal(0, 1, (2, 1, 1, 1)))
    scalp = hair * np.clip(strands, 0.4, 1.7)[None, ..., None]
    under = plain * (1 - hairy) + scalp * hairy
    return np.asarray(under * (1 - keep[..., None]) + laid[..., :3] * keep[..., None], np.float32)


def cheeks(laid: Floats, front: Floats) -> NDArray[Any]:
    """The tone of the cheeks as the portrait has it, so that face and neck belong to one person."""
    x, z = np.abs(front[..., 0]), front[..., 2]
    there = (x > 0.028) & (x < 0.046) & (z > -0.035) & (z < -0.008) & (laid[..., 3] > 0.9)
    return np.asarray(np.median(laid[there][:, :3], axis=0) if there.any() else laid[..., :3].mean(axis=(0, 1)))


def hair_tone(laid: Floats, front: Floats, skin: NDArray[Any], told: Any) -> NDArray[Any]:
    """The tone of the hair above the forehead as the portrait has it, or the told one where skin is seen there."""
    x, z = np.abs(front[..., 0]), front[..., 2]
    there = (x < 0.035) & (z > 0.088) & (z < 0.108) & (laid[..., 3] > 0.9) & (front[..., 1] < -0.02)
    seen = np.median(laid[there][:, :3], axis=0) if there.any() else np.array(told)
    as_hair = np.abs(np.log((seen + 0.01) / (np.array(told) + 0.01))).sum()
    as_skin = np.abs(np.log((seen + 0.01) / (skin + 0.01))).sum()
    return np.asarray(seen if as_hair < as_skin else np.array(told), np.float64)


def mane_m(identity: Identity) -> float:
    """How far hair hangs down, from what a portrait shows beside the neck; 0 for short hair or a photograph."""
    if identity.family == "public":
        return 0.0
    marks = np.asarray(identity.landmarks_px, np.float64)
    eyes, apart = marks[:2].mean(axis=0), float(np.linalg.norm(marks[1] - marks[0]))
    linear, hair = to_linear(identity.picture), np.array(identity.hair)
    for below, long in MANES_M:
        row = min(round(eyes[1] + below * apart), linear.shape[0] - 1)
        beside = [linear[row, round(eyes[0] + side * 1.32 * apart)] for side in (-1, 1)]
        if max(float(np.abs(np.log((one + 0.02) / (hair + 0.02))).max()) for one in beside) < LIKE_HAIR:
            return long
    return 0.0


def hair_cloth(hair: NDArray[Any], name: str) -> Floats:
    """Strands (h, w, 3) to be wound around what hangs down."""
    rng = np.random.default_rng(abs(hash_of(name)))
    grain = cv2.GaussianBlur(rng.normal(0, 1, (64, 160)).astype(np.float32), (0, 0), 1.0, sigmaY=12)
    strands = np.clip(1 + 0.30 * grain / float(grain.std()), 0.4, 1.7)
    return np.asarray(hair * strands[..., None], np.float32)


def inside_face(relief: Relief, surface: Floats, right_half: tuple[tuple[float, float], ...]) -> Floats:
    """1 on the face itself, fading out before jaw and hairline: beyond them a portrait shows its background."""
    right = np.array(right_half) * np.array([float(np.ptp(relief.outline[:17, 0])) / JAW_M, 1.0])
    corners = np.concatenate([right, right[::-1] * np.array([-1.0, 1.0])])
    place: NDArray[Any] = np.zeros(PLACE, np.float32)
    grid = (corners / np.array(PLACE_M[::-1]) + 0.5) * np.array(PLACE[::-1])
    cv2.fillPoly(place, [np.round(grid).astype(np.int32)], 1.0)
    place = cv2.GaussianBlur(place, (0, 0), 5.0)
    column, row = ((surface[..., k] / PLACE_M[1 - k // 2] + 0.5) * PLACE[1 - k // 2] for k in (0, 2))
    halves = [
        cv2.remap(place, c.astype(np.float32), r.astype(np.float32), cv2.INTER_LINEAR)
        for c, r in zip(column, row, strict=True)
    ]
    return np.asarray(np.stack(halves), np.float32)


def lips_moved(front: Floats, relief: Relief, surface: Floats, open_: float) -> Floats:
    """The lower lip down, darkness between: the texture below the mouth line is drawn lower."""
    if open_ <= 0:
        return front
    left, right = relief.features[3], relief.features[4]
    middle, half = (left + right) / 2, float(right[0] - left[0]) / 2
    gape = 0.011 * open_
    across = np.clip(1 - ((surface[..., 0] - middle[0]) / (half * 0.92)) ** 2, 0, 1)
    drop = gape * across
    below = middle[2] - surface[..., 2]
    shift = np.where(below > drop, drop * np.clip(1 - (below - drop) / 0.05, 0, 1), 0.0)
    rows = np.arange(TEXTURE_SIDE, dtype=np.float32)[:, None] - shift * _texels_per_m(surface)
    columns = np.broadcast_to(np.arange(TEXTURE_SIDE, dtype=np.float32)[None, :], rows.shape)
    moved = cv2.remap(front, np.ascontiguousarray(columns), rows.astype(np.float32), cv2.INTER_LINEAR)
    inside = ((below > 0) & (below < drop) & (across > 0.05)).astype(np.float32)
    inside = cv2.GaussianBlur(inside, (0, 0), 1.2)[..., None]
    return np.asarray(moved * (1 - inside) + np.array([0.05, 0.02, 0.02, 1.0], np.float32) * inside, np.float32)


def lids_closed(front: Floats, relief: Relief, surface: Floats, closed: float) -> Floats:
    """Skin from above the eye drawn down over it."""
    if closed <= 0:
        return front
    done = front
    for eye in relief.features[:2]:
        x, z = surface[..., 0] - eye[0], surface[..., 2] - eye[2]
        lid = (np.abs(x) < 0.017) & (z < 0.007) & (z > 0.007 - 0.013 * closed)
        skin = front[(np.abs(x) < 0.010) & (np.abs(z - 0.0125) < 0.002)]
        tone = np.median(skin, axis=0) if len(skin) else front.reshape(-1, 3).mean(axis=0)
        soft = cv2.GaussianBlur(lid.astype(np.float32), (0, 0), 2.0)[..., None]
        done = done * (1 - soft) + tone * 0.93 * soft
    return np.asarray(done, np.float32)


def _texels_per_m(surface: Floats) -> float:
    column = TEXTURE_SIDE // 2
    rows = np.flatnonzero(np.abs(surface[:, column, 2]) < 0.06)
    return float(len(rows) / max(1e-6, float(np.ptp(surface[rows, column, 2]))))


def _ramp(values: Any, low: float, high: float) -> NDArray[np.float64]:
    t = np.clip((np.asarray(values, np.float64) - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def hash_of(name: str) -> int:
    """A number from a name, the same in every process."""
    return int.from_bytes(name.encode("utf-8").ljust(8, b"\0")[:8], "big") % (2**31)
