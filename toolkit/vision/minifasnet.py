"""MiniFASNet: does a face look live to two small networks? Weak, and read only with its spread.

Two networks see the face with 2.7 and 4.0 times its box around it, as 80 x 80
pixels, blue first, with values 0-255 that are not divided. Each gives three
shares; the second is "live". The mean of both is the score. The box is moved
and scaled by 15 % to either side, because a score that hangs on where a
detector happened to draw the box says nothing of the face.

References
----------
Minivision, Silent-Face-Anti-Spoofing, https://github.com/minivision-ai/
Silent-Face-Anti-Spoofing (2020); no paper and no training data published.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.vision import user_models
from toolkit.vision.alignment import require_picture
from toolkit.vision.fitting import PAIR
from toolkit.vision.sessions import open_session
from toolkit.vision.user_models import Added

SLOT = "minifasnet"
CROPS = dict(zip(PAIR.values(), (2.7, 4.0), strict=True))
SIDE_PX, LIVE = 80, 1
SMALLEST_FACE_PX = 60.0  # high; smaller faces tend to score low whether live or not
LEAST_COLOUR = 1.0  # mean difference between channels of the whole picture, code values; infra-red has none
CROP_RULE = "2.7 and 4.0 times the box, kept inside the picture, to 80 x 80 px"
# The box itself, then moved and scaled to either side by 15 %: (right, down) in shares of its sides, and a factor.
JITTER = (
    (0.0, 0.0, 1.0),
    (-0.15, 0.0, 1.0),
    (0.15, 0.0, 1.0),
    (0.0, -0.15, 1.0),
    (0.0, 0.15, 1.0),
    (0.0, 0.0, 0.85),
    (0.0, 0.0, 1.15),
)

Box = tuple[float, float, float, float]
_opened = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveScore:
    """How live a face looks: the mean over the boxes, the least and the greatest, and what gave them.

    ``mean``, ``least``, ``greatest`` 0-1; ``at_box`` is the score of the box as
    the detector gave it. ``widest_crop``: how many boxes wide the crop of 4.0
    really was, less where the picture ends. ``sha256`` names the pair.
    """

    mean: float
    least: float
    greatest: float
    at_box: float
    boxes: int
    widest_crop: float
    sha256: str
    crop_rule: str = CROP_RULE

    @property
    def spread(self) -> float:
        """Greatest less least."""
        return self.greatest - self.least


def live_score(image: Image, face: Face) -> LiveScore:
    """How live a face looks.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
        The whole frame, or a crop with at least four times the face: what lies
        outside of it is missing from what the networks see.
    face : Face
        In pixels of ``image``, from any detector.

    Returns
    -------
    LiveScore
        On 5 photographs of prints and screens the mean was .00-.64, on 4 of live
        faces .84-1.00.

    Raises
    ------
    CannotMeasure
        The picture is not uint8 RGB, has no colour (infra-red, black and
        white), or the face is under 60 px.
    SetupError
        The pair was not added, is gone, or is another one: it was not run.

    Notes
    -----
    A high score does not prove a live face: one re-shot photograph of the
    five scores .97 with the first of the two networks. A low score does not prove a print: live faces
    that are small, dark or blurred score low too. Measured error rates for
    clock-in cameras do not exist.
    """
    picture = require_picture(image)
    if not face.height_px >= SMALLEST_FACE_PX or not face.box_px[2] > face.box_px[0]:
        raise CannotMeasure("score_small_face", found=f"{face.height_px:.0f}", least=f"{SMALLEST_FACE_PX:g}")
    # Of the whole picture: a black and white print before a colour camera is a print like any other.
    if _colour(picture) < LEAST_COLOUR:
        raise CannotMeasure("picture_without_colour")
    record, networks = open_networks()
    found = [_score(picture, _moved(face.box_px, *step), networks) for step in JITTER]
    return LiveScore(
        mean=float(np.mean(found)),
        least=min(found),
        greatest=max(found),
        at_box=found[0],
        boxes=len(found),
        widest_crop=_factor(picture, face.box_px, max(CROPS.values())),
        sha256=record.sha256,
    )


def _score(picture: Image, box: Box, networks: dict[str, Any]) -> float:
    """Mean of both networks' shares of "live"."""
    return float(np.mean([_live(network, _cut(picture, box, CROPS[part])) for part, network in networks.items()]))


def _live(network: Any, crop: Image) -> float:
    seen = cv2.resize(crop, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
    told = network.run(None, {network.get_inputs()[0].name: _as_input(np.asarray(seen, np.uint8))})[0][0]
    shares = np.exp(np.asarray(told, np.float64) - np.max(told))
    return float(shares[LIVE] / shares.sum())


def _as_input(seen: Image) -> NDArray[np.float32]:
    """(1, 3, 80, 80), blue first, 0-255: these networks were trained on values that nobody divided."""
    return np.ascontiguousarray(seen[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32)


def _moved(box: Box, right: float, down: float, factor: float) -> Box:
    left, top, end, bottom = box
    width, height = end - left, bottom - top
    x, y = (left + end) / 2 + right * width, (top + bottom) / 2 + down * height
    return x - factor * width / 2, y - factor * height / 2, x + factor * width / 2, y + factor * height / 2


def _cut(picture: Image, box: Box, factor: float) -> Image:
    """The box enlarged about its middle; moved, and where need be made smaller, to lie inside the picture."""
    height, width = picture.shape[:2]
    factor = _factor(picture, box, factor)
    across, down = box[2] - box[0], box[3] - box[1]
    left = _inside((box[0] + box[2]) / 2, factor * across, width)
    top = _inside((box[1] + box[3]) / 2, factor * down, height)
    return picture[int(top) : int(top + factor * down) + 1, int(left) : int(left + factor * across) + 1]


def _factor(picture: Image, box: Box, wanted: float) -> float:
    """How many boxes high and wide a crop can be without leaving the picture."""
    height, width = picture.shape[:2]
    return float(min(wanted, (width - 1) / (box[2] - box[0]), (height - 1) / (box[3] - box[1])))


def _inside(middle: float, size: float, limit: int) -> float:
    return float(min(max(middle - size / 2, 0.0), limit - 1 - size))


def _colour(picture: Image) -> float:
    """Mean difference between the channels, in code values, from every fourth row and column of a large picture."""
    step = 4 if min(picture.shape[:2]) >= 256 else 1
    across = picture[::step, ::step].astype(np.int16)
    return float(np.abs(np.diff(across, axis=2)).mean())


def open_networks() -> tuple[Added, dict[str, Any]]:
    """What was added, and crop to its network; opened once a thread, anew when other files were added.

    Raises
    ------
    SetupError
        The pair was not added, is gone, or is another one: it is not run.
    """
    record = user_models.record_of(SLOT)
    if getattr(_opened, "sha256", None) != record.sha256:
        files = user_models.contents(record)
        _opened.networks = {part: open_session(files[part], slot=SLOT, part=part) for part in CROPS}
        _opened.sha256 = record.sha256
    networks: dict[str, Any] = _opened.networks
    return record, networks
