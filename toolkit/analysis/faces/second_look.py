"""A second look where the detector found no face the first time: below a head, drawn out in height; at a head, larger.

A sheet that is held upright towards a terminal loses its height before a camera
above it: at 60 degrees half of the rows are left, and a detector that was
trained on faces seen level passes them over. How steep the camera looks is not
asked; a few proportions are tried. A mask over a head is found less surely than
a face, and more surely the larger it is shown. Only what is shown to the
detector is resized: points and boxes come back in pixels of the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.crops import FACE_WIDTH_M
from toolkit.records import Face, Image, Mask
from toolkit.vision.centerface import detect_faces

BELOW_PX, HEAD_PX = 64.0, 96.0  # width of a face as it is shown, whatever the scale of the camera
DRAWN_OUT = (1.5, 2.0)  # height over what was filmed: sheets at some 45 and 60 degrees
FROM_TOP_M = 0.15  # from the bearer's top down: above it is the own head
HEAD_M, BESIDE_M = 0.45, 0.25  # height and half the width of what is shown of a head and its neck
LEAST_PX, LARGEST_PX = 24, 900

Box = tuple[int, int, int, int]


def faces_drawn_out(picture: Image, front: Mask, scale: float) -> list[Face]:
    """Faces below the top of whoever stands there that are found when the picture is drawn out in height.

    Parameters
    ----------
    picture : uint8 (h, w, 3) RGB
    front : bool (h, w)
        Where the bearer stands before the empty place.
    scale : float
        Pixels per metre at the head.

    Returns
    -------
    list of Face
        In pixels of ``picture``, one for each proportion in which it was found.
        Empty where nobody stands there or none was found. A high score does not
        prove a print: a face on a shirt, a badge or a phone is one as well.

    Raises
    ------
    SetupError
        The detector's weights are missing or other ones.
    """
    rows, columns = np.flatnonzero(front.any(axis=1)), np.flatnonzero(front.any(axis=0))
    if not rows.size:
        return []
    box = (int(columns[0]), int(rows[0] + FROM_TOP_M * scale), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return [face for stretch in DRAWN_OUT for face in _found(picture, box, BELOW_PX / (FACE_WIDTH_M * scale), stretch)]


def faces_at_head(picture: Image, front: Mask, scale: float) -> list[Face]:
    """Faces at the top of whoever stands there, shown to the detector larger; as :func:`faces_drawn_out` else."""
    rows = np.flatnonzero(front.any(axis=1))
    if not rows.size:
        return []
    top = int(rows[0])
    below = min(top + max(int(HEAD_M * scale), 1), front.shape[0])
    middle = float(np.median(np.flatnonzero(front[top:below].any(axis=0))))
    left, right = max(0, int(middle - BESIDE_M * scale)), min(front.shape[1], int(middle + BESIDE_M * scale) + 1)
    box = (left, max(0, top - int(FROM_TOP_M * scale)), right, below)
    return _found(picture, box, HEAD_PX / (FACE_WIDTH_M * scale), 1.0)


def _found(picture: Image, box: Box, enlarge: float, stretch: float) -> list[Face]:
    left, top, right, bottom = box
    part = picture[top:bottom, left:right]
    if min(part.shape[:2]) < LEAST_PX:
        return []
    across = min(enlarge, LARGEST_PX / max(part.shape[:2]))
    size = (max(round(part.shape[1] * across), LEAST_PX), max(round(part.shape[0] * across * stretch), LEAST_PX))
    method = cv2.INTER_CUBIC if across * stretch > 1 else cv2.INTER_AREA
    shown = np.asarray(cv2.resize(part, size, interpolation=method), np.uint8)
    back = np.array([part.shape[1] / size[0], part.shape[0] / size[1]])
    return [_moved_back(face, back, np.array([left, top], np.float64)) for face in detect_faces(shown)]


def _moved_back(face: Face, back: NDArray[np.float64], corner: NDArray[np.float64]) -> Face:
    box = (np.asarray(face.box_px).reshape(2, 2) * back + corner).ravel().tolist()
    marks = (np.asarray(face.landmarks_px) * back + corner).tolist()
    return Face(box_px=(box[0], box[1], box[2], box[3]), score=face.score, landmarks_px=tuple((x, y) for x, y in marks))
