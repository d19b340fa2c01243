"""Evidence maps: where in a crop did a cue see what its number tells?

A map is asked for by itself, after the measuring, so that measuring stays
fast. It holds one number for each pixel of the crop, in blocks as coarse as
what was measured: nothing is smoothed, filled in or made up between them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample
from toolkit.records import Image
from toolkit.registry import Registry

Plane = NDArray[np.float32]

GROUND = 0.45  # brightness of the crop below the colours
STRONGEST = 0.75  # share of the colour at the upper bound
DARK, MIDDLE, BRIGHT = (0.05, 0.10, 0.35), (0.85, 0.30, 0.10), (1.0, 0.95, 0.40)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EvidenceMap:
    """Where a cue saw it.

    ``values`` float32 (h, w) in the pixels of ``crop``, NaN where nothing was
    measured; ``lower`` and ``upper`` the values drawn as nothing and as most,
    fixed for a cue so that two maps compare; ``unit`` of the values, which need
    not be the cue's; ``frame`` the number of the crop within the sample.
    """

    values: Plane
    lower: float
    upper: float
    unit: str
    frame: int


Mapping = Callable[[PresentationSample], EvidenceMap]
maps: Registry[Mapping] = Registry("evidence map")


def evidence_map(name: str) -> Callable[[Mapping], Mapping]:
    """Decorator that files the map of the cue of this name; raises what the cue raises."""

    def enter(made: Mapping) -> Mapping:
        maps.register(name)(made)
        return made

    return enter


def blocks(shape: tuple[int, ...], places: list[tuple[int, int, int, int]], values: list[float]) -> Plane:
    """A map from boxes (left, top, right, bottom) with one value each; where boxes overlap, the higher one."""
    drawn = np.full(shape[:2], np.nan, np.float32)
    for (left, top, right, bottom), value in zip(places, values, strict=True):
        part = drawn[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        np.fmax(part, np.float32(value), out=part)
    return drawn


def drawn_over(crop: Image, told: EvidenceMap) -> Image:
    """The map in colours over the darkened crop.

    Parameters
    ----------
    crop : uint8 (h, w, 3) RGB
        The crop that the map was made of.

    Returns
    -------
    uint8 (h, w, 3) RGB
        Blue over red to yellow from ``lower`` to ``upper``; what was not
        measured is left as it was, undarkened.

    Raises
    ------
    ValueError
        Crop and map differ in size.
    """
    if crop.shape[:2] != told.values.shape:
        raise ValueError(f"crop {crop.shape[:2]}, map {told.values.shape}")
    known = np.isfinite(told.values)
    share = np.clip((np.nan_to_num(told.values) - told.lower) / (told.upper - told.lower), 0, 1)
    colour = np.stack([np.interp(share, (0, 0.5, 1), stop) for stop in zip(DARK, MIDDLE, BRIGHT, strict=True)], axis=-1)
    gray = crop.astype(np.float32).mean(axis=2, keepdims=True) / 255
    weight = (STRONGEST * share)[..., None]
    mixed = np.round(255 * ((1 - weight) * GROUND * gray + weight * colour))
    return np.asarray(np.where(known[..., None], mixed, crop), np.uint8)
