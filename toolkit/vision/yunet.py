"""YuNet: where are faces in a picture, with five points each? Some five times faster than CenterFace.

A file that a user added is run by OpenCV's own detector. It was trained on
faces of some 10 to 300 px: smaller ones are found in an enlarged picture only,
larger ones in a reduced one, which the caller asks for.

References
----------
Wu, Peng and Yu, "YuNet: a tiny millisecond-level face detector", Machine
Intelligence Research 20 (2023), doi 10.1007/s11633-023-1423-y.
"""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Face, Image
from toolkit.vision import user_models
from toolkit.vision.alignment import resized
from toolkit.vision.fitting import DETECTOR

SLOT = "yunet"
OVERLAP = 0.3
MOST_FACES = 5000

_opened = threading.local()


def detect_faces(image: Image, *, enlarge: float = 1.0, least_score: float = 0.5) -> list[Face]:
    """Faces of a picture, the surest first.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
        A gray picture with three equal channels is taken; one of shape (h, w) is not.
    enlarge : float
        The picture is resized by this factor first; boxes and points come back
        in pixels of ``image``. Below 1 for faces over about 300 px.
    least_score : float, 0-1
        Faces below it are dropped. The scores are not those of CenterFace.

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
        No file was added, it is gone, or another one: the detector was not run.

    Notes
    -----
    One thread, same picture same answer. OpenCV's own threads are set to one
    for the whole process on first use.
    """
    picture, back = resized(image, enlarge)
    net = _net()
    net.setInputSize((picture.shape[1], picture.shape[0]))
    net.setScoreThreshold(least_score)
    _, found = net.detect(np.ascontiguousarray(picture[:, :, ::-1]))
    limit = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    faces = [_face(row.astype(np.float64), back, limit) for row in (() if found is None else found)]
    return sorted(faces, key=lambda face: (-face.score, face.box_px[1], face.box_px[0]))


def _face(row: NDArray[np.float64], back: NDArray[np.float64], limit: NDArray[np.float64]) -> Face:
    """OpenCV's 15 numbers (left, top, width, height, five points, score) as a face within the picture."""
    corners = np.array([row[:2], row[:2] + row[2:4]]) * back
    (left, top), (right, bottom) = np.clip(corners, 0, limit).tolist()
    points = row[4:14].reshape(5, 2) * back
    return Face(
        box_px=(left, top, right, bottom),
        score=float(row[14]),
        landmarks_px=tuple((float(x), float(y)) for x, y in points),
    )


def _net() -> Any:
    """The detector of this thread, made anew when another file was added."""
    record = user_models.record_of(SLOT)
    if getattr(_opened, "sha256", None) != record.sha256:
        content = user_models.contents(record)[DETECTOR]
        cv2.setNumThreads(1)
        _opened.net = cv2.FaceDetectorYN.create(
            "onnx", np.frombuffer(content, np.uint8), np.empty(0, np.uint8), (320, 320), 0.5, OVERLAP, MOST_FACES
        )
        _opened.sha256 = record.sha256
    return _opened.net
