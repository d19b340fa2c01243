"""Where the bearer stands before the empty place, at full resolution: the region in which sheets are sought.

A grey shirt before a grey wall is no different from the wall, so what differs is
only the frame: sought is within the hull of it. What of this was there before
(tiles, a door) is told by asking the empty place the same question.
"""

from __future__ import annotations

import cv2
import numpy as np

from toolkit.analysis.presence import Plate, foreground
from toolkit.errors import CannotMeasure
from toolkit.records import Image, Mask

PIECE_SHARE = 0.04  # of the largest piece, hull by hull: smaller ones are noise
CLOSED_SHARE = 0.012  # of the picture's larger side: gaps of this width are closed


def front_of(picture: Image, plate: Image | None) -> Mask:
    """Hull of what differs from the empty place, bool (h, w); all False where nothing does.

    Raises
    ------
    CannotMeasure
        ``sheet_no_plate``: the empty place is not known. ``sheet_plate_differs``:
        it is of another size.
    """
    if plate is None:
        raise CannotMeasure("sheet_no_plate")
    if plate.shape != picture.shape:
        raise CannotMeasure("sheet_plate_differs", found=_size(plate), wanted=_size(picture))
    empty = Plate(plate.astype(np.float32), np.ones(plate.shape[:2], bool), 0.0)
    return hull_of(foreground(picture, empty))


def hull_of(front: Mask) -> Mask:
    """The convex hull of the larger pieces of a mask.

    Pieces are compared by their hulls: of a grey mask before a grey wall only
    the outline differs, and an outline has little area.
    """
    side = max(3, int(CLOSED_SHARE * max(front.shape)) | 1)
    closed = cv2.morphologyEx(front.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    mask = np.zeros(front.shape, np.uint8)
    if outlines:
        hulls = [cv2.convexHull(one) for one in outlines]
        areas = [cv2.contourArea(one) for one in hulls]
        kept = [one for one, area in zip(hulls, areas, strict=True) if area >= PIECE_SHARE * max(areas)]
        cv2.drawContours(mask, [cv2.convexHull(np.concatenate(kept))], -1, 1, cv2.FILLED)
    return mask.astype(bool)


def _size(picture: Image) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}"
