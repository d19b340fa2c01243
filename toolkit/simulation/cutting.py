"""Scissors: sheets cut by hand, faces cut out along their outline, holes for the eyes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import SetupError
from toolkit.simulation.sheets import Plane, Sheet, cropped

Points = NDArray[np.float64]
Rng = np.random.Generator

SUBPIXEL_BITS = 6


def snipped(outline_m: Points, rng: Rng, wobble_m: float, *, snip_m: tuple[float, float] = (0.012, 0.030)) -> Points:
    """An outline as scissors leave it: straight snips whose ends wander off the line.

    Parameters
    ----------
    outline_m : shape (n, 2)
        Closed, in metres. Corners sharper than 40 degrees stay corners.
    wobble_m : float
        How far the scissors stray, one sigma.
    snip_m : (shortest, longest)
        Length of a snip.

    Returns
    -------
    shape (m, 2)
        Closed polygon in metres.
    """
    corners = _corners(outline_m)
    ends: list[Points] = []
    stray = float(rng.normal(0, wobble_m))
    for start, stop in zip(corners, [*corners[1:], corners[0] + len(outline_m)], strict=True):
        side = outline_m[np.arange(start, stop + 1) % len(outline_m)]
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(side, axis=0).T))])
        at = [0.0]
        while at[-1] < run[-1]:
            at.append(at[-1] + float(rng.uniform(*snip_m)))
        places = np.array(at[:-1]) if len(at) > 1 else np.array(at)
        spots = np.stack([np.interp(places, run, side[:, k]) for k in (0, 1)], axis=1)
        ahead = np.stack([np.interp(places + 1e-3, run, side[:, k]) for k in (0, 1)], axis=1)
        behind = np.stack([np.interp(places - 1e-3, run, side[:, k]) for k in (0, 1)], axis=1)
        along = ahead - behind
        normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(1e-9, np.hypot(*along.T))[:, None]
        for spot, way in zip(spots, normal, strict=True):
            stray = 0.6 * stray + float(rng.normal(0, 0.8 * wobble_m))
            ends.append(spot + stray * way)
    return np.array(ends)


def _corners(outline: Points) -> list[int]:
    ahead = np.roll(outline, -1, axis=0) - outline
    behind = outline - np.roll(outline, 1, axis=0)
    turn = np.abs(np.angle(np.exp(1j * (np.arctan2(*ahead.T[::-1]) - np.arctan2(*behind.T[::-1])))))
    found = [int(k) for k in np.flatnonzero(turn > np.deg2rad(40))]
    return found or [0]


def trimmed(sheet: Sheet, rng: Rng, wobble_m: float) -> Sheet:
    """The sheet with its four edges cut by hand, a little inside the old ones."""
    inset = 2.2 * wobble_m
    x0, y0, x1, y1 = inset, inset, sheet.width_m - inset, sheet.height_m - inset
    lean = rng.normal(0, 1.5 * wobble_m, (4, 2)).clip(-inset, inset)
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) + lean
    return _keep(sheet, snipped(corners, rng, wobble_m, snip_m=(0.03, 0.09)))


def face_outline(sheet: Sheet, *, with_hair: bool = True) -> Points:
    """Outline of the printed head in metres on the sheet, from its five landmarks, shape (90, 2).

    Notes
    -----
    Proportions of a mean adult head in units of the distance between the eyes
    (63 mm; head 152 mm wide, eyes to chin 118 mm, eyes to crown 113 mm): Farkas,
    Anthropometry of the Head and Face (1994). A cap of hair is added on request.

    Raises
    ------
    SetupError
        The sheet carries no landmarks.
    """
    if sheet.landmarks is None:
        raise SetupError("sheet_without_landmarks")
    marks = sheet.landmarks * (sheet.width_m, sheet.height_m)
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    down = mouth - eyes
    unit = max(float(np.hypot(*(marks[1] - marks[0]))), float(np.hypot(*down)) / 1.12)
    down = down / np.hypot(*down)
    right = np.array([-down[1], down[0]])
    right *= np.sign(right @ (marks[1] - marks[0]))
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    below = np.maximum(0, np.sin(angle))
    half = (1.30 if with_hair else 1.17) * (1 - 0.17 * below**2.2)
    rise = np.where(np.sin(angle) > 0, 1.92, 2.05 if with_hair else 1.45)
    across = half * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.9
    return np.asarray(eyes + unit * (across[:, None] * right + (rise * np.sin(angle))[:, None] * down))


def cut_out(
    sheet: Sheet,
    *,
    rng: Rng,
    outline_m: Points | None = None,
    rim_m: float = 0.004,
    wobble_m: float = 0.0012,
    white_rim: bool = True,
) -> Sheet:
    """A face cut out of its sheet along the outline, with a rim of a few millimetres.

    Parameters
    ----------
    outline_m : shape (n, 2), optional
        Outline in metres on the sheet; by default :func:`face_outline`.
    rim_m : float
        Paper left outside the outline; negative cuts into the face.
    wobble_m : float
        How far the scissors stray.
    white_rim : bool
        The picture was printed without its background, so the rim is bare
        paper; otherwise the background shows there.

    Raises
    ------
    SetupError
        No outline is given and the sheet carries no landmarks.
    """
    outline = face_outline(sheet) if outline_m is None else np.asarray(outline_m, float)
    if white_rim:
        inside = _mask(sheet, outline)
        inside = _soft(inside, 2.5e-4 * sheet.px_per_m)[..., None]
        bare = np.array(sheet.white, np.float32)
        sheet = replace(sheet, texture=sheet.texture * inside + bare * (1 - inside), coarser={})
    cut = _keep(sheet, snipped(_grown(outline, rim_m), rng, wobble_m))
    return cropped(cut, _bounds(cut.alpha))


def eye_holes(sheet: Sheet, *, rng: Rng, width_m: float | None = None, wobble_m: float = 0.0007) -> Sheet:
    """The sheet with both eyes cut away, so that a wearer sees through.

    Raises
    ------
    SetupError
        The sheet carries no landmarks.
    """
    if sheet.landmarks is None:
        raise SetupError("sheet_without_landmarks")
    marks = sheet.landmarks * (sheet.width_m, sheet.height_m)
    span = marks[1] - marks[0]
    wide = width_m or 0.5 * float(np.hypot(*span))
    turn = np.arctan2(span[1], span[0])
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    hole = np.stack([np.cos(angle) * wide / 2, np.sin(angle) * wide * float(rng.uniform(0.24, 0.34))], axis=1)
    hole = hole @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    alpha = sheet.alpha.copy()
    for eye in marks[:2]:
        ragged = snipped(eye + rng.normal(0, 0.0012, 2) + hole, rng, wobble_m, snip_m=(0.004, 0.009))
        alpha *= 1 - _mask(sheet, ragged)
    return replace(sheet, alpha=alpha, coarser={})


def _grown(outline: Points, by_m: float) -> Points:
    along = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(1e-9, np.hypot(*along.T))[:, None]
    outward = np.sign(np.sum(normal * (outline - outline.mean(axis=0))))
    return np.asarray(outline + by_m * outward * normal)


def _keep(sheet: Sheet, outline_m: Points) -> Sheet:
    return replace(sheet, alpha=sheet.alpha * _mask(sheet, outline_m), coarser={})


def _mask(sheet: Sheet, outline_m: Points) -> Plane:
    """Share of each texel inside a polygon, 0-1."""
    corners = (outline_m * sheet.px_per_m - 0.5) * (1 << SUBPIXEL_BITS)
    mask = np.zeros(sheet.alpha.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    return np.asarray(mask, np.float32) / np.float32(255)


def _soft(mask: Plane, sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.3, sigma_px)), np.float32)


def _bounds(alpha: Plane) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0), np.flatnonzero(alpha.max(axis=0) > 0)
    height, width = alpha.shape
    return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
