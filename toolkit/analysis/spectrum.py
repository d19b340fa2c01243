"""Spectrum: does a patch of a picture repeat itself, how strongly, and at which frequency?

A pattern that repeats is a lone peak in the power spectrum; a face falls off
smoothly with frequency. Video coding repeats every 8 pixels (and 4), so those
frequencies are left out before anybody looks, whatever lies there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from toolkit.errors import CannotMeasure

Plane = NDArray[np.float32]
Places = NDArray[np.intp]

LARGEST_TILE_PX = 256  # larger patches are cut into tiles: a sheet that is bent or turned repeats evenly only nearby
MOST_TILES = 9
BLOCK_PX = 8  # of H.264, MJPEG and JPEG; their 4 px blocks repeat at frequencies that are among these
BLOCK_REACH = 1.5  # bins beside such a frequency that are left out, as far as a window smears
CANDIDATES = 12
NEAR, FAR = 3, 6  # bins: a lone peak stands above what is so far from it
FLAT = 1e-4  # mean power below which a patch holds one value
LEAST_TILE_PX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A lone peak: its height over its surroundings, and its frequency in cycles per pixel, x and y."""

    height_db: float
    x: float
    y: float

    @property
    def frequency(self) -> float:
        """Cycles per pixel along the pattern."""
        return float(np.hypot(self.x, self.y))


@dataclass(frozen=True, slots=True, eq=False)
class _Plane:
    """Where each place of a spectrum of this size lies: frequencies, rings, and what coding may have made."""

    radius: Plane
    order: Places
    starts: Places
    ring: Places
    kept: NDArray[np.bool_]


def power(patch: NDArray[np.floating]) -> Plane:
    """Mean power spectrum of a patch, zero frequency in the middle.

    Parameters
    ----------
    patch : float (h, w)
        One channel at the camera's own resolution, never resized: resizing
        makes and destroys patterns.

    Returns
    -------
    float32 (n, n)
        n is the tile's side: the patch's own shorter side or 256. Mean over at
        most nine tiles, each less its mean, under a Hann window.

    Raises
    ------
    CannotMeasure
        Under 32 px a side, or one flat value.
    """
    side = min(LARGEST_TILE_PX, min(patch.shape)) // 2 * 2
    if side < LEAST_TILE_PX:
        raise CannotMeasure("cue_texture_small", found=side, least=LEAST_TILE_PX)
    window = _window(side)
    total = np.zeros((side, side), np.float32)
    tiles = _tiles(patch.shape, side)
    for top, left in tiles:
        tile = patch[top : top + side, left : left + side].astype(np.float32)
        tile = (tile - tile.mean()) * window
        wave = fft.fft2(tile)
        total += wave.real**2 + wave.imag**2
    total /= np.float32(len(tiles) * side * side)
    if float(total.mean()) < FLAT:
        raise CannotMeasure("cue_texture_flat")
    return np.asarray(fft.fftshift(total), np.float32)


def strongest_peak(spectrum: Plane, lowest: float, highest: float) -> Peak:
    """The strongest lone peak between two frequencies.

    Parameters
    ----------
    spectrum : float32 (n, n)
        As :func:`power` gives it.
    lowest, highest : float
        Cycles per pixel, 0 to 0.5.

    Returns
    -------
    Peak
        ``height_db`` is the smaller of two: power over the median power of its
        ring (all places at the same distance from zero frequency), and over the
        median of the places 3 to 6 bins away. The second keeps out edges and
        wrinkles, which raise a whole stripe. Noise alone gives 8 to 15 dB.

    Raises
    ------
    CannotMeasure
        Nothing is left between these frequencies.

    Notes
    -----
    A high value says that something repeats: ink dots, screen pixels, cloth, a
    fly screen. Frequencies of coding blocks are never looked at, so a pattern
    that falls on them is missed.
    """
    side = len(spectrum)
    plane = _plane(side)
    looked = plane.kept & (plane.radius >= lowest) & (plane.radius <= highest)
    looked[side // 2 + 1 :] = False
    if not looked.any():
        raise CannotMeasure("cue_texture_no_band", lowest=f"{lowest:.2f}", highest=f"{highest:.2f}")
    ratio = np.where(looked, spectrum / _ring_medians(spectrum, plane)[plane.ring], 0)
    best = np.argpartition(ratio, -CANDIDATES, axis=None)[-CANDIDATES:]
    rows, columns = np.unravel_index(best, ratio.shape)
    heights = [
        min(float(ratio[row, column]), _over_near(spectrum, int(row), int(column)))
        for row, column in zip(rows, columns, strict=True)
    ]
    first = int(np.argmax(heights))
    middle = side // 2
    return Peak(
        height_db=float(10 * np.log10(max(heights[first], 1e-9))),
        x=float((columns[first] - middle) / side),
        y=float((rows[first] - middle) / side),
    )


def _over_near(spectrum: Plane, row: int, column: int) -> float:
    """Power over the median of a frame of places around."""
    side = len(spectrum)
    reach = np.arange(-FAR, FAR + 1)
    square = spectrum[np.ix_((row + reach) % side, (column + reach) % side)]
    return float(spectrum[row, column] / max(float(np.median(square[_frame()])), 1e-12))


@lru_cache(maxsize=1)
def _frame() -> NDArray[np.bool_]:
    reach = np.abs(np.arange(-FAR, FAR + 1))
    return np.asarray(np.maximum(reach[:, None], reach[None, :]) >= NEAR)


def _ring_medians(spectrum: Plane, plane: _Plane) -> Plane:
    flat = spectrum[: len(spectrum) // 2 + 1].ravel()[plane.order]
    middles = [np.partition(part, len(part) // 2)[len(part) // 2] for part in np.split(flat, plane.starts)]
    return np.maximum(np.array(middles, np.float32), 1e-12)


@lru_cache(maxsize=64)
def _plane(side: int) -> _Plane:
    bins = np.arange(side) - side // 2
    radius = np.hypot(bins[:, None], bins[None, :])
    ring = np.minimum(np.round(radius), side // 2).astype(np.intp)
    half = ring[: side // 2 + 1].ravel()  # the other half says the same
    order = np.argsort(half, kind="stable")
    starts = np.flatnonzero(np.diff(half[order])) + 1
    block = np.abs(bins - np.round(bins * BLOCK_PX / side) * side / BLOCK_PX) <= BLOCK_REACH
    return _Plane((radius / side).astype(np.float32), order, starts, ring, ~(block[:, None] | block[None, :]))


@lru_cache(maxsize=64)
def _window(side: int) -> Plane:
    one = np.hanning(side + 2)[1:-1]
    window = np.outer(one, one)
    return np.asarray(window / np.sqrt((window**2).mean()), np.float32)


def _tiles(shape: tuple[int, ...], side: int) -> list[tuple[int, int]]:
    """Corners of tiles spread evenly over a patch, at most three a side."""
    most = int(np.sqrt(MOST_TILES))
    rows, columns = (
        np.unique(np.linspace(0, length - side, min(most, -(-2 * length // side) - 1)).astype(int)).tolist()
        for length in shape[:2]
    )
    return [(top, left) for top in rows for left in columns]


def heights_nearby(plane: NDArray[np.floating], peak: Peak, side: int) -> tuple[list[tuple[int, int]], list[float]]:
    """How strongly one pattern is there, place by place.

    Parameters
    ----------
    plane : float (h, w)
        Where to look.
    peak : Peak
        The pattern that was found.
    side : int
        Of the tiles, in pixels; they overlap by half.

    Returns
    -------
    corners : list of (top, left)
    heights : list of float
        Power at the peak's frequency over its ring's median, in dB; tiles of
        one flat value give 0.
    """
    steps = [range(0, length - side + 1, side // 2) for length in plane.shape]
    corners = [(top, left) for top in steps[0] for left in steps[1]]
    heights = []
    for top, left in corners:
        try:
            heights.append(max(0.0, height_at(power(plane[top : top + side, left : left + side]), peak)))
        except CannotMeasure:
            heights.append(0.0)
    return corners, heights


def height_at(spectrum: Plane, peak: Peak) -> float:
    """Power within one bin of a known peak's frequency over its ring's median, in dB."""
    side = len(spectrum)
    rings, middle = _plane(side), side // 2
    row, column = round(peak.y * side) + middle, round(peak.x * side) + middle
    reach = np.arange(-1, 2)
    strongest = float(spectrum[np.ix_((row + reach) % side, (column + reach) % side)].max())
    around = float(_ring_medians(spectrum, rings)[rings.ring[row % side, column % side]])
    return 10 * float(np.log10(max(strongest, 1e-12) / around))
