"""CenterFace: where are faces in a picture, with five points each?

The network marks the centre of each face on a map of a quarter of the
picture's size, with the size of the face, the offset of the centre and five
points at that place. It was trained on faces of at least some 20 px; smaller
ones are found in an enlarged picture only, which the caller asks for.

References
----------
Xu et al., "CenterFace: joint face detection and alignment using face as point",
Scientific Programming 2020, doi 10.1155/2020/7845384.
"""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Face, Image
from toolkit.vision.alignment import resized
from toolkit.vision.models import weights

SLOT = "centerface"
STRIDE = 4
MULTIPLE = 32  # the network halves the picture five times
OVERLAP = 0.3
OUTPUTS = ("537", "538", "539", "540")  # centre map, size, offset, points

Floats = NDArray[np.float32]
_opened = threading.local()


def detect_faces(image: Image, *, enlarge: float = 1.0, least_score: float = 0.5) -> list[Face]:
    """Faces of a picture, the surest first.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    enlarge : float
        The picture is resized by this factor first; boxes and points come back
        in pixels of ``image``. For faces under about 40 px ask for 2 to 4.
    least_score : float, 0-1
        Faces below it are dropped.

    Returns
    -------
    list of Face
        Empty if none was found: "no face was found", not "nobody is there". A
        face on paper, cloth or a screen is a face here.

    Raises
    ------
    CannotMeasure
        The picture is not uint8 RGB, too small, or too large once enlarged.
    SetupError
        The weights are missing or other ones: the detector was not run.

    Notes
    -----
    One thread, same picture same answer. OpenCV's own threads are set to one
    for the whole process on first use.
    """
    picture, back = resized(image, enlarge)
    size = (picture.shape[1], picture.shape[0])
    boxes, scores, points = _decode(_forward(picture), size, least_score)
    kept = _without_doubles(boxes, scores)
    return [_face(boxes[i].reshape(2, 2) * back, scores[i], points[i] * back) for i in kept]


def _face(corners: NDArray[np.float64], score: float, points: NDArray[np.float64]) -> Face:
    (left, top), (right, bottom) = corners.tolist()
    return Face(
        box_px=(left, top, right, bottom),
        score=float(score),
        landmarks_px=tuple((float(x), float(y)) for x, y in points),
    )


def _net() -> Any:
    """The network of this thread: OpenCV's are not safe to share."""
    if not hasattr(_opened, "net"):
        cv2.setNumThreads(1)
        _opened.net = cv2.dnn.readNetFromONNX(str(weights(SLOT)))
    return _opened.net


def _forward(picture: Image) -> list[Floats]:
    """The four maps, each float32 (1, channels, h/4, w/4), of a picture padded to multiples of 32."""
    height, width = picture.shape[:2]
    below, beside = -height % MULTIPLE, -width % MULTIPLE
    padded = cv2.copyMakeBorder(picture, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    net = _net()
    net.setInput(cv2.dnn.blobFromImage(padded, 1.0, (width + beside, height + below)))
    return list(net.forward(OUTPUTS))


def _decode(maps: list[Floats], size: tuple[int, int], least_score: float) -> tuple[Any, Any, Any]:
    """Boxes (n, 4), scores (n,) and points (n, 5, 2) in pixels of the picture shown to the network."""
    heat, scale, offset, marks = (one[0] for one in maps)
    rows, columns = np.nonzero(heat[0] > least_score)
    tall, wide = (np.exp(scale[k, rows, columns].astype(np.float64)) * STRIDE for k in (0, 1))
    down, right = (offset[k, rows, columns].astype(np.float64) for k in (0, 1))
    limit_x, limit_y = size
    left = np.clip((columns + right + 0.5) * STRIDE - wide / 2, 0, limit_x)
    top = np.clip((rows + down + 0.5) * STRIDE - tall / 2, 0, limit_y)
    boxes = np.stack([left, top, np.minimum(left + wide, limit_x), np.minimum(top + tall, limit_y)], axis=1)
    at = marks[:, rows, columns].astype(np.float64).reshape(5, 2, -1)  # (point, (y, x), face)
    points = np.stack([at[:, 1] * wide + left, at[:, 0] * tall + top], axis=2).transpose(1, 0, 2)
    return boxes, heat[0, rows, columns].astype(np.float64), points


def _without_doubles(boxes: NDArray[np.float64], scores: NDArray[np.float64]) -> list[int]:
    """Which boxes stay when the surer one of two that overlap by 0.3 of their union is kept; ties by place."""
    order = np.lexsort((boxes[:, 0], boxes[:, 1], -scores))
    kept: list[int] = []
    for candidate in order.tolist():
        if all(_overlap(boxes[candidate], boxes[other]) < OVERLAP for other in kept):
            kept.append(candidate)
    return kept


def _overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    common = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    if (common <= 0).any():
        return 0.0
    shared = float(np.prod(common))
    both = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / (both - shared)
