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

BLUE_SIZE = 128
REACH = 7  # of a dot's density


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
        return np.asarray(np.clip(inked, 0, 1, out=inked), np.float32)


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
    """One ink's scattered dots, by a blue-noise threshold mask.

    Each tile of the mask is rolled by chance, so that no period stands out on a plain tone.

    Parameters
    ----------
    rng : numpy Generator
        Rolls of the tiles.
    height, width : int
        Texels of the picture.
    """

    def __init__(self, rng: np.random.Generator, height: int, width: int) -> None:
        self._twice = np.tile(blue_noise(), (2, 2))
        self._rolls = rng.integers(0, BLUE_SIZE, (-(-height // BLUE_SIZE), -(-width // BLUE_SIZE), 2))
        self._width = width

    def inked(self, cover: Cover, first_row: int, rough: Plane | None = None) -> Plane:
        """Share of each texel under ink, a drop or none: as :meth:`ClusteredScreen.inked` (``rough`` plays no part)."""
        last_row = first_row + len(cover)
        bands = []
        for band in range(first_row // BLUE_SIZE, -(-last_row // BLUE_SIZE)):
            top = max(first_row - band * BLUE_SIZE, 0)
            bottom = min(last_row - band * BLUE_SIZE, BLUE_SIZE)
            tiles = [self._twice[y + top : y + bottom, x : x + BLUE_SIZE] for y, x in self._rolls[band]]
            bands.append(np.hstack(tiles)[:, : self._width])
        hit = cv2.compare(cover, np.ascontiguousarray(np.vstack(bands)), cv2.CMP_GT)
        return np.asarray(hit, np.float32) * np.float32(1 / 255)


@lru_cache(maxsize=1)
def blue_noise() -> Cover:
    """Threshold mask uint8 (BLUE_SIZE, BLUE_SIZE), 0-254: at every level the dots keep away from each other.

    Notes
    -----
    Filled from a sparse even pattern outwards: the next dot goes into the
    largest void of a Gaussian density, the one before came off the tightest cluster.

    References
    ----------
    Ulichney, The void-and-cluster method for dither array generation, Proc. SPIE 1913 (1993).
    """
    rng = np.random.default_rng(20_011)
    count = BLUE_SIZE * BLUE_SIZE
    density = _Density()
    for spot in rng.permutation(count)[: count // 10]:
        density.add(int(spot), 1)
    while True:  # the tightest dot moves into the largest void, until it comes back to where it was
        tightest = density.tightest()
        density.add(tightest, -1)
        void = density.void()
        density.add(void, 1)
        if void == tightest:
            break
    rank = np.empty(count, np.int64)
    first = density.copy()
    dots = np.flatnonzero(first.taken)
    for place in range(len(dots) - 1, -1, -1):
        spot = first.tightest()
        first.add(spot, -1)
        rank[spot] = place
    for place in range(len(dots), count):
        spot = density.void()
        density.add(spot, 1)
        rank[spot] = place
    return (rank * 255 // count).astype(np.uint8).reshape(BLUE_SIZE, BLUE_SIZE)


class _Density:
    """Dots on a torus and the Gaussian density around them."""

    def __init__(self) -> None:
        self.taken = np.zeros(BLUE_SIZE * BLUE_SIZE, bool)
        self._field = np.zeros((BLUE_SIZE, BLUE_SIZE))
        self._field += 1e-7 * np.random.default_rng(1).random(self._field.shape)
        reach = np.arange(-REACH, REACH + 1)
        self._bell = np.exp(-(reach[:, None] ** 2 + reach[None, :] ** 2) / (2 * 1.7**2))
        self._around = reach

    def copy(self) -> _Density:
        """The same dots, to be changed apart."""
        other = _Density()
        other.taken, other._field = self.taken.copy(), self._field.copy()
        return other

    def add(self, spot: int, sign: int) -> None:
        """Lay a dot (1) or take it off (-1)."""
        row, column = divmod(spot, BLUE_SIZE)
        where = np.ix_((self._around + row) % BLUE_SIZE, (self._around + column) % BLUE_SIZE)
        self._field[where] += sign * self._bell
        self.taken[spot] = sign > 0

    def tightest(self) -> int:
        """The dot in the densest place."""
        return int(np.where(self.taken, self._field.ravel(), -np.inf).argmax())

    def void(self) -> int:
        """The free spot in the emptiest place."""
        return int(np.where(self.taken, np.inf, self._field.ravel()).argmin())
