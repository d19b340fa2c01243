"""What is on a sheet: the quadrilateral brought upright, and the face that the detector finds on it.

A camera from above sees a sheet foreshortened; brought to the proportions of
paper its face is one that a detector knows. The proportions are not told by four
corners, so some are tried. A face here says "a picture of a face, or a face
within these four sides", not "a print".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image
from toolkit.vision.centerface import detect_faces

Floats = NDArray[np.float64]

WIDTH_PX = 160  # of the sheet where it is shown and its content measured
PROPORTION = 1.28  # height over width of a portrait cut by hand; of paper of a standard size 1.41
# Width in pixels, proportion, and margin in widths of what the detector is shown, until it is sure: from steep
# cameras a face has few rows, and whether it is found hangs on how they are stretched.
SHOWN = ((160, 1.28, 0.12), (110, 1.40, 0.30), (220, 1.00, 0.30))
LEAST_SCORE = 0.3
LEAST_WIDTH = 0.22  # of the sheet's width, that its face must have
BEYOND = 0.04  # share of a side by which its box may reach out of the sheet
CELLS = (10, 8)
INNER = 0.10  # share of each side that is left out when content is measured: fingers and rims


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceOnSheet:
    """The surest face: its score 0-1 and box (left, top, right, bottom) in shares of the sheet's width and height."""

    score: float
    box: tuple[float, float, float, float]

    def told(self) -> dict[str, Any]:
        """Plain values."""
        return {"score": round(self.score, 3), "box": [round(v, 3) for v in self.box]}


NO_FACE = FaceOnSheet(score=0.0, box=(0.0, 0.0, 0.0, 0.0))


def rectified(picture: Image, corners: Floats, width_px: int, proportion: float, margin: float) -> Image:
    """The sheet upright, uint8 (h, w, 3), with a margin of its surroundings (in widths of the sheet).

    Parameters
    ----------
    corners : float64 (4, 2)
        Clockwise from the upper left, in pixels.
    proportion : float
        Height over width that the sheet is brought to.

    Notes
    -----
    Resampled: for showing and for detectors, never for a texture.
    """
    edge, height = round(margin * width_px), round(proportion * width_px)
    right, below = edge + width_px, edge + height
    goal = np.array([[edge, edge], [right, edge], [right, below], [edge, below]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    size = (width_px + 2 * edge, height + 2 * edge)
    shown = cv2.warpPerspective(picture, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shown, np.uint8)


def face_on(picture: Image, corners: Floats, enough: float) -> FaceOnSheet:
    """The surest face that lies on the sheet; further sizes are tried until a score is enough."""
    best = NO_FACE
    for width, proportion, margin in SHOWN:
        edge, height = round(margin * width), round(proportion * width)
        for face in detect_faces(rectified(picture, corners, width, proportion, margin), least_score=LEAST_SCORE):
            left, top, right, bottom = face.box_px
            box = ((left - edge) / width, (top - edge) / height, (right - edge) / width, (bottom - edge) / height)
            if face.score > best.score and _lies_on(box):
                best = FaceOnSheet(score=face.score, box=box)
        if best.score >= enough:
            break
    return best


def _lies_on(box: tuple[float, float, float, float]) -> bool:
    """Wholly: a face that reaches beyond a side is the bearer's own, over the edge of what is held."""
    within = min(box[0], box[1]) >= -BEYOND and max(box[2], box[3]) <= 1 + BEYOND
    return within and box[2] - box[0] >= LEAST_WIDTH


def content_of(picture: Image, corners: Floats) -> float:
    """How unevenly light and dark lie on the sheet at large: spread of 10 x 8 cells over their median, 0 and up.

    Writing is grey at this scale and gives little; a picture gives more. Shadow
    and the fold of a bent sheet give some as well.
    """
    flat = rectified(picture, corners, WIDTH_PX, PROPORTION, 0.0)
    light = cv2.cvtColor(flat, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32)
    rows, columns = (round(INNER * side) for side in light.shape)
    cells = cv2.resize(light[rows:-rows, columns:-columns], CELLS[::-1], interpolation=cv2.INTER_AREA)
    low, middle, high = (float(v) for v in np.percentile(cells, (5, 50, 95)))
    return (high - low) / max(middle, 1.0)
