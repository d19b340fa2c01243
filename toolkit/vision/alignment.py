"""Bringing a face to a common place by its five points, and refusing pictures that are not what they should be.

The canonical places are those of upright faces looking straight ahead, as
fractions of a square; they are the mean positions that most face models are
trained on (Deng et al., "ArcFace", CVPR 2019, 112 x 112 template).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

Points = NDArray[np.float64]

SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 16, 8192
LARGEST_PX = 40_000_000  # as large as frames of footage may be
CANONICAL: Points = (
    np.array(
        [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
        dtype=np.float64,
    )
    / 112
)


def require_picture(image: object) -> Image:
    """The picture itself, if it is one that a face model may be shown.

    Raises
    ------
    CannotMeasure
        It is not a uint8 array of shape (h, w, 3), or a side is under 16 px or
        over 8192 px, or it has over 40 million pixels. A gray or 16-bit picture
        is refused instead of converted: whoever calls must decide how, and a
        wrong guess would look like "no face".
    """
    if not isinstance(image, np.ndarray):
        raise CannotMeasure("picture_not_rgb", found=type(image).__name__)
    if image.dtype == np.uint8 and image.ndim == 2:
        raise CannotMeasure("picture_gray", found=f"{image.shape[1]} x {image.shape[0]}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise CannotMeasure("picture_not_rgb", found=f"{image.dtype} {image.shape}")
    if min(image.shape[:2]) < SMALLEST_SIDE_PX:
        raise CannotMeasure("picture_too_small", found=f"{image.shape[1]} x {image.shape[0]}", least=SMALLEST_SIDE_PX)
    if max(image.shape[:2]) > LARGEST_SIDE_PX or image.shape[0] * image.shape[1] > LARGEST_PX:
        raise CannotMeasure(
            "picture_over_size",
            found=f"{image.shape[1]} x {image.shape[0]}",
            side=LARGEST_SIDE_PX,
            millions=LARGEST_PX // 1_000_000,
        )
    return image


def resized(image: Image, enlarge: float) -> tuple[Image, NDArray[np.float64]]:
    """The picture resized by a factor, and what brings (x, y) in it back to the picture given.

    Raises
    ------
    CannotMeasure
        Nothing usable would be left, or more than a detector takes.
    """
    picture = require_picture(image)
    height, width = picture.shape[:2]
    size = (max(round(width * enlarge), 1), max(round(height * enlarge), 1))
    if min(size) < SMALLEST_SIDE_PX or max(size) > LARGEST_SIDE_PX:
        raise CannotMeasure("enlarge_out_of_range", enlarge=f"{enlarge:g}", found=f"{size[0]} x {size[1]}")
    if size != (width, height):
        method = cv2.INTER_CUBIC if enlarge > 1 else cv2.INTER_AREA
        picture = np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)
    return picture, np.array([width / size[0], height / size[1]])


def similarity(source: Points, target: Points) -> NDArray[np.float64]:
    """The 2 x 3 turn, scale and shift that brings one set of points nearest to another.

    Least squares over all points (Umeyama, IEEE PAMI 13, 1991), without mirroring.
    """
    start, goal = source - source.mean(axis=0), target - target.mean(axis=0)
    along = float((start * goal).sum())
    across = float((start[:, 0] * goal[:, 1] - start[:, 1] * goal[:, 0]).sum())
    spread = max(float((start**2).sum()), 1e-12)
    turn = np.array([[along, -across], [across, along]]) / spread
    return np.hstack([turn, (target.mean(axis=0) - turn @ source.mean(axis=0))[:, None]])


def aligned(image: Image, face: Face, *, side_px: int, margin: float = 0.0) -> Image:
    """The face turned upright and cut to a square.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    face : Face
        In pixels of ``image``.
    side_px : int
        Side of the square.
    margin : float
        Share of the side left free on each side around the canonical square, 0 to 0.45.

    Returns
    -------
    uint8 (side_px, side_px, 3) RGB
        Places outside ``image`` repeat its border.

    Notes
    -----
    Resampled: never measure a regular pattern or noise on it.
    """
    goal = (CANONICAL * (1 - 2 * margin) + margin) * side_px
    turn = similarity(np.asarray(face.landmarks_px, dtype=np.float64), goal)
    cut = cv2.warpAffine(
        require_picture(image), turn, (side_px, side_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)
