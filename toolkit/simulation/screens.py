"""Screens: which spots of the paper get ink when a tone is printed as dots.

Laser printers and presses grow clustered dots on a turned grid, one angle an
ink; inkjets scatter fine dots by a blue-noise threshold mask. Both are
thresholds on the wanted coverage. A texel is about as wide as a printer's
finest spot, so a clustered dot's edge texels are partly covered.

References
----------
Ulichney, Digital Halftoning (MIT Press 1987), clustered dots and blue noise.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Cover = NDArray[np.uint8]

BLUE_SIZE = 256


class ClusteredScreen:
    """One ink's turned grid of dots.

    Parameters
    ----------
    per_m : float
        Dots per metre along the grid.
    angle_deg : float
        Turn of the grid against the sheet's x axis.
    px_per_m : float
        Texels per metre.
    shift_px : (float, float)
        Registration of this ink.
    width : int
        Texels in a row.
    """

    def __init__(
        self, per_m: float, angle_deg: float, px_per_m: float, shift_px: tuple[float, float], width: int
    ) -> None:
        turn, wave = np.deg2rad(angle_deg), 2 * np.pi * per_m / px_per_m
        x, self._y0 = np.arange(width) + shift_px[0], shift_px[1]
        self._down = (wave * np.sin(turn), wave * np.cos(turn))
        across = (wave * np.cos(turn) * x, -wave * np.sin(turn) * x)
        self._across = np.stack([f(a) for a in across for f in (np.cos, np.sin)]).astype(np.float32)
        # A dot's flank crosses this much of the threshold range within one texel.
        self._steepness = max(0.5, 2.0 / wave)
        self._levels = _levels(self._steepness)

    def inked(self, cover: Cover, first_row: int, rough: Plane | None = None) -> Plane:
        """Share of each texel under ink, for rows from ``first_row`` on.

        Parameters
        ----------
        cover : uint8, shape (rows, width)
            Coverage wanted, 255 for solid ink.
        first_row : int
            Where on the sheet the rows lie: the grid runs on across strips.
        rough : float32, shape (rows, width), optional
            Raggedness of the dots' edges in the screen's own range (-2 to 2).

        Returns
        -------
        float32, shape (rows, width), 0-1
        """
        y = np.arange(first_row, first_row + len(cover)) + self._y0
        # cos(ax + by) + cos(-bx + ay) as one product of thin matrices.
        down = np.stack([g(r * y) * s for r in self._down for g, s in ((np.cos, 1), (np.sin, -1))], axis=1)
        spot = down.astype(np.float32) @ self._across
        if rough is not None:
            cv2.add(spot, rough, dst=spot)
        level = cv2.LUT(cover, self._levels)
        half = 0.5 * self._steepness
        inked = cv2.addWeighted(level, half, spot, -half, 0.5)
        cv2.min(inked, 1.0, dst=inked)
        return np.asarray(cv2.max(inked, 0.0, dst=inked), np.float32)


@lru_cache(maxsize=64)
def _levels(steepness: float) -> Plane:
    """For coverages 0/255 .. 255/255 the threshold on cos + cos, in [-2, 2] and a little beyond, (1, 256)."""
    phase = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    spot = (np.cos(phase)[:, None] + np.cos(phase)[None, :]).ravel()
    edge = 2 + 1 / steepness + 1e-3
    level = np.linspace(-edge, edge, 400)
    mean = [float(np.clip((one - spot) * steepness * 0.5 + 0.5, 0, 1).mean()) for one in level]
    return np.interp(np.arange(256) / 255, mean, level).astype(np.float32)[None]


class StochasticScreen:
    """One ink's scattered dots, by a blue-noise threshold mask laid tile by tile."""

    def __init__(self, shift_px: tuple[int, int], width: int) -> None:
        self._mask = np.roll(blue_noise(), shift_px, axis=(0, 1))
        self._repeats = -(-width // BLUE_SIZE)
        self._width = width

    def inked(self, cover: Cover, first_row: int, rough: Plane | None = None) -> Plane:
        """Share of each texel under ink, a drop or none: as :meth:`ClusteredScreen.inked` (``rough`` plays no part)."""
        rows = np.arange(first_row, first_row + len(cover)) % BLUE_SIZE
        mask = np.tile(self._mask[rows], (1, self._repeats))[:, : self._width]
        hit = cv2.compare(cover, np.ascontiguousarray(mask), cv2.CMP_GT)
        return np.asarray(hit, np.float32) * np.float32(1 / 255)


@lru_cache(maxsize=1)
def blue_noise() -> Cover:
    """Threshold mask uint8 (256, 256), 0-254: every level's dots keep away from each other.

    Notes
    -----
    White noise is high-passed and made uniform again by rank, some rounds
    over. The spectrum then falls towards zero frequency; unlike void-and-cluster masks
    single pairs may still touch, as drops do.
    """
    rng = np.random.default_rng(20_011)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(BLUE_SIZE), np.fft.fftfreq(BLUE_SIZE)))
    keep = 1 - np.exp(-((frequency / 0.30) ** 2))
    field = rng.random((BLUE_SIZE, BLUE_SIZE))
    for _ in range(16):
        passed = np.fft.ifft2(np.fft.fft2(field - 0.5) * keep).real
        rank = np.empty(passed.size)
        rank[np.argsort(passed, axis=None, kind="stable")] = np.arange(passed.size)
        field = (rank.reshape(passed.shape) + 0.5) / passed.size
    return (field * 255).astype(np.uint8)
