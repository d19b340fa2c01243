"""Inks on paper: which share of each spot does every ink cover, and what does the eye get back?

A press lays down four inks as dots. What returns from a spot is the paper's
white, filtered by the inks that lie there, plus a little light from the
surface. Light also travels sideways inside the paper and comes out under
another dot, which darkens light tones: optical dot gain. The separation here
asks for the coverages whose *printed* colour comes nearest to the picture's,
as a printer's own profile does, and then lets the press miss that aim a bit.

References
----------
Demichel, Procédé 26 (1924); Neugebauer, Z. wiss. Photogr. 36 (1937): colour of overlapping dots.
Yule and Nielsen, TAGA Proc. 3 (1951); Ruckdeschel and Hauser, Appl. Opt. 17 (1978): light spread in paper.
ISO 12647-2: tone value increase of 13-22 % at half tone, screen angles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Rgb = tuple[float, float, float]

INKS = "CMYK"
SOLIDS = np.array([(0.07, 0.37, 0.71), (0.72, 0.07, 0.26), (0.93, 0.82, 0.08), (0.035, 0.034, 0.036)], np.float64)
RICH_BLACK = [0.80, 0.68, 0.66, 1.0]  # the darkest that a colour print aims at
GRID = 17  # nodes a side of the separation table
DARKEST_SHARE = 320.0  # percent of ink a spot may carry before paper buckles


@dataclass(frozen=True, slots=True)
class Paper:
    """A stock. ``white``: diffuse reflectance 0-1 in linear R, G, B; ``grain``: relative unevenness (1 sigma)."""

    name: str
    white: Rgb
    grain: float
    gloss: float
    surface: float
    scatter_m: float


@dataclass(frozen=True, slots=True)
class Press:
    """A printing process.

    ``lpi`` is the screen ruling, None for stochastic dots; ``gain`` the tone
    value increase at half tone (0-1), ``gain_expected`` what its driver undoes;
    ``strength`` the density of C, M, Y, K against the usual solids;
    ``grey_replacement`` 0-1, 1 prints greys in black alone.
    """

    name: str
    lpi: float | None
    angles_deg: tuple[float, float, float, float]
    gain: float
    gain_expected: float
    strength: tuple[float, float, float, float]
    grey_replacement: float
    misregister_m: float
    banding: float
    monochrome: bool = False


def to_linear(coded: NDArray[np.uint8]) -> Plane:
    """SRGB code values to linear light 0-1 (IEC 61966-2-1)."""
    return np.asarray(_LINEAR[coded])


def to_coded(linear: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Linear light to sRGB code values; what lies outside 0-1 is clipped."""
    light = np.clip(np.nan_to_num(linear), 0, 1)
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(code * 255), np.uint8)


def _linear_table() -> Plane:
    code = np.arange(256) / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear_table()


def transmittances(press: Press) -> NDArray[np.float64]:
    """One-way transmittance (4, 3) of each solid ink in R, G, B: light crosses the layer twice."""
    return np.asarray(SOLIDS ** (np.array(press.strength)[:, None] / 2))


def spread_share(lpi: float | None, scatter_m: float) -> float:
    """Share 0-1 of the light that forgets under which dot it entered (1: Yule-Nielsen n = 2, 0: Murray-Davies)."""
    per_m = lpi / 0.0254 if lpi else 12_000.0
    return float(1 - np.exp(-2 * (np.pi * scatter_m * per_m) ** 2))


def mean_reflectance(cover: NDArray[np.float64], press: Press, paper: Paper) -> NDArray[np.float64]:
    """What a far eye gets back from dots of these coverages.

    Parameters
    ----------
    cover : shape (n, 4)
        Share of paper covered by C, M, Y, K, dots as they lie on the sheet.

    Returns
    -------
    shape (n, 3)
        Linear reflectance 0-1.
    """
    passes = transmittances(press)
    # Demichel: dots of different inks overlap as if by chance; all sixteen overlaps, one ink at a time.
    share, primary = np.ones((len(cover), 1)), np.ones((1, 3))
    for ink in range(4):
        share = np.concatenate([share * (1 - cover[:, ink, None]), share * cover[:, ink, None]], axis=1)
        primary = np.concatenate([primary, primary * passes[ink]])
    spread = spread_share(press.lpi, paper.scatter_m)
    body = (1 - spread) * share @ primary**2 + spread * (share @ primary) ** 2
    return np.asarray(paper.surface + (1 - paper.surface) * body * np.array(paper.white))


def gained(cover: Plane, gain: float) -> Plane:
    """Dots swell: coverage 0-1 after a tone value increase of ``gain`` at half tone, parabola through 0 and 1."""
    return cover + np.float32(4 * gain) * cover * (1 - cover)


def ungained(cover: Plane, gain: float) -> Plane:
    """The coverage that becomes ``cover`` after this gain (the driver's compensation)."""
    if gain < 1e-6:
        return cover
    b = 1 + 4 * gain
    return np.asarray((b - np.sqrt(np.maximum(b * b - 16 * gain * cover, 0))) / (8 * gain), np.float32)


def separate(picture: NDArray[np.uint8], press: Press, paper: Paper) -> Plane:
    """Coverages of C, M, Y, K on the sheet for a picture.

    Parameters
    ----------
    picture : uint8, shape (h, w, 3)
        sRGB-coded RGB.

    Returns
    -------
    float32, shape (h, w, 4)
        Share of the paper covered, 0-1, the press's own gain error included.
    """
    table = _separation_table(press, paper)
    cover = _look_up(table, picture)
    return gained(np.clip(ungained(cover, press.gain_expected), 0, 1), press.gain)


@lru_cache(maxsize=64)
def _separation_table(press: Press, paper: Paper) -> Plane:
    """Coverages at the nodes of the sRGB cube, (g, g, g, 4), by damped least squares on the print's colour."""
    axis = np.linspace(0, 1, GRID)
    code = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    light = to_linear(np.round(code * 255).astype(np.uint8)).astype(np.float64)
    if press.monochrome:
        light = np.repeat(light @ np.array([0.2126, 0.7152, 0.0722])[:, None], 3, axis=1)
        code = np.repeat(code @ np.array([0.3, 0.59, 0.11])[:, None], 3, axis=1)
    black = _black_cover(code, press)
    white, dark = (mean_reflectance(np.array([c]), press, paper)[0] for c in ([0.0] * 4, RICH_BLACK))
    if press.monochrome:
        dark = mean_reflectance(np.array([[0.0, 0.0, 0.0, 1.0]]), press, paper)[0]
    # Black point compensation: the picture's range is laid into the print's.
    aim = np.cbrt(dark + (white - dark) * light)
    cover = np.column_stack([np.zeros((len(code), 3)), black])
    free = [3] if press.monochrome else [0, 1, 2]
    if not press.monochrome:
        cover[:, :3] = np.clip(1 - code, 0, 1) * (1 - black[:, None])
    for _ in range(16):
        cover[:, free] += _improvement(cover, free, aim, press, paper)
        np.clip(cover, 0, 1, out=cover)
    over = np.maximum(0, cover.sum(axis=1) - DARKEST_SHARE / 100)
    cover[:, :3] *= 1 - (over / np.maximum(1e-9, cover[:, :3].sum(axis=1)))[:, None]
    return cover.astype(np.float32).reshape(GRID, GRID, GRID, 4)


def _black_cover(code: NDArray[np.float64], press: Press) -> NDArray[np.float64]:
    grey = 1 - code.max(axis=1)
    start = 0.35 * (1 - press.grey_replacement)
    return np.asarray(np.clip((grey - start) / (1 - start), 0, 1) ** (2.2 - 0.9 * press.grey_replacement))


def _improvement(
    cover: NDArray[np.float64], free: list[int], aim: NDArray[np.float64], press: Press, paper: Paper
) -> NDArray[np.float64]:
    """One damped Gauss-Newton step of the free inks, (n, len(free))."""
    here = np.cbrt(mean_reflectance(cover, press, paper))
    step = 1e-3
    slope = []
    for ink in free:
        moved = cover.copy()
        moved[:, ink] = np.where(moved[:, ink] > 0.5, moved[:, ink] - step, moved[:, ink] + step)
        way = (moved[:, ink] - cover[:, ink])[:, None]
        slope.append((np.cbrt(mean_reflectance(moved, press, paper)) - here) / way)
    jacobian = np.stack(slope, axis=-1)
    normal = jacobian.transpose(0, 2, 1) @ jacobian + 4e-3 * np.eye(len(free))
    pull = jacobian.transpose(0, 2, 1) @ (aim - here)[..., None]
    return np.asarray(np.clip(np.linalg.solve(normal, pull)[..., 0], -0.25, 0.25))


def _look_up(table: Plane, picture: NDArray[np.uint8]) -> Plane:
    """Trilinear interpolation of the separation table, (h, w, 4)."""
    place = picture.reshape(-1, 3).astype(np.float32) * np.float32((GRID - 1) / 255)
    low = np.minimum(place.astype(np.int32), GRID - 2)
    part = place - low
    flat = table.reshape(-1, 4)
    first = (low[:, 0] * GRID + low[:, 1]) * GRID + low[:, 2]
    out = np.zeros((len(place), 4), np.float32)
    for corner in product((0, 1), repeat=3):
        weight = np.prod([part[:, k] if on else 1 - part[:, k] for k, on in enumerate(corner)], axis=0)
        out += weight[:, None] * flat[first + (corner[0] * GRID + corner[1]) * GRID + corner[2]]
    return out.reshape(*picture.shape[:2], 4)
