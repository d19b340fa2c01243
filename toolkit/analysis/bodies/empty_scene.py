"""Which pixels of a frame show the empty place, or what the recorder writes over it, and not what is presented?

Two live faces of one camera stand before one wall. Where a frame looks as the
empty place does, it agrees with every other frame of that camera, whoever
stands there; so do the digits of an overlaid clock. Such pixels are left out
before faces are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from toolkit.records import Image, Mask

SAME = 16  # code values, largest channel: as the empty place
WRITTEN = 40  # two looks at the empty place that differ by more show something written over it
GAIN = (0.6, 1.6)  # of the exposure between two frames
SPECK_PX = 3


def unknown_in(image: Image, empties: Sequence[Image]) -> Mask:
    """Where a frame tells nothing of what is presented.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    empties : sequence of uint8 (h, w, 3) RGB
        The same camera's place while nobody stands there; none: everything is taken as telling.

    Returns
    -------
    bool (h, w)
        True where the frame is as one of them, up to the exposure of the whole
        picture, or where they differ among themselves as digits do.

    Notes
    -----
    A sheet as white as the wall behind it is lost with the wall: what is left
    out is never counted as agreement or as disagreement.
    """
    lost = np.zeros(image.shape[:2], bool)
    for empty in empties:
        if empty.shape == image.shape:
            lost |= _as_empty(image, empty)
    lost |= _written(image.shape, empties)
    kernel = np.ones((SPECK_PX, SPECK_PX), np.uint8)
    opened = cv2.morphologyEx(lost.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return np.asarray(opened) > 0


def _as_empty(image: Image, empty: Image) -> Mask:
    shown, before = image.astype(np.float32), empty.astype(np.float32)
    gain = float(np.clip(np.median((shown + 1) / (before + 1)), *GAIN))
    return np.asarray(np.abs(shown - gain * before).max(axis=2) <= SAME)


def _written(shape: tuple[int, ...], empties: Sequence[Image]) -> Mask:
    there = [one.astype(np.int16) for one in empties if one.shape == shape]
    if len(there) < 2:
        return np.zeros(shape[:2], bool)
    stacked = np.stack(there)
    differs = (stacked.max(axis=0) - stacked.min(axis=0)).max(axis=2) > WRITTEN
    return np.asarray(cv2.dilate(differs.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0
