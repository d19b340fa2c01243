"""dlib's ResNet: how alike are two faces?

A face is turned upright by five points (corners of the eyes, base of the
nose), cut to 150 x 150 px, and mapped to 128 numbers; the distance between two
such rows is small for pictures of one person. The 68-point model is never
opened: its training data bars commercial use.

References
----------
King, "Dlib-ml", JMLR 10 (2009); He et al., "Deep residual learning", CVPR 2016.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Face, Image
from toolkit.vision.alignment import require_picture
from toolkit.vision.models import weights

CHIP_PX = 150
PADDING = 0.25  # as in the network's training
SMALLEST_EYES_PX = 4.0

Embedding = NDArray[np.float32]
_opened = threading.local()


def embed(image: Image, face: Face) -> Embedding:
    """A face as 128 numbers.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    face : Face
        In pixels of ``image``, from any detector.

    Returns
    -------
    float32 (128,)

    Raises
    ------
    CannotMeasure
        The picture is not uint8 RGB, or the eyes are under 4 px apart.
    SetupError
        dlib or its weights are missing: likeness was not measured.
    """
    picture = np.ascontiguousarray(require_picture(image))
    eyes_px = float(np.linalg.norm(np.subtract(face.landmarks_px[1], face.landmarks_px[0])))
    if not eyes_px >= SMALLEST_EYES_PX:
        raise CannotMeasure("face_too_small", found=f"{eyes_px:.1f}", least=SMALLEST_EYES_PX)
    dlib, points, network = _models()
    shape = points(picture, dlib.rectangle(*_square(face)))
    chip = dlib.get_face_chip(picture, shape, size=CHIP_PX, padding=PADDING)
    return np.asarray(network.compute_face_descriptor(chip), dtype=np.float32)


def distance(one: Embedding, other: Embedding) -> float:
    """How far apart two faces are, 0 to about 1.3.

    A small value does not name anybody: 0.6 is usual for one person in large
    Western photographs, while different East Asian men lie at 0.45-0.57, and
    small faces of one person drift up to 0.7. Use ranks, margins and a
    calibration by size.
    """
    return float(np.linalg.norm(one.astype(np.float64) - other.astype(np.float64)))


def _square(face: Face) -> tuple[int, int, int, int]:
    """The box that the five-point model expects: a square from the brows to the chin, as dlib's own detector gives."""
    left, top, right, bottom = face.box_px
    middle_x, middle_y = (left + right) / 2, top + (bottom - top) * 0.55
    half = 0.45 * (bottom - top)
    return tuple(round(v) for v in (middle_x - half, middle_y - half, middle_x + half, middle_y + half))  # type: ignore[return-value]


def _models() -> tuple[Any, Any, Any]:
    """dlib, the five-point model and the network, opened once a thread."""
    if not hasattr(_opened, "models"):
        try:
            import dlib
        except ImportError as missing:
            raise SetupError("weights_missing", slot="dlib_resnet") from missing
        _opened.models = (
            dlib,
            dlib.shape_predictor(str(weights("dlib_5_points"))),
            dlib.face_recognition_model_v1(str(weights("dlib_resnet"))),
        )
    dlib, points, network = _opened.models
    return dlib, points, network
