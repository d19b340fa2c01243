"""A face pack that a user added: its detector and its recogniser, and nothing else of it.

insightface's own front door takes a name and downloads what it does not find;
it is never opened here. The two networks are built from the files that were
written down when the folder was added, each compared with its hash, with
insightface's classes for reading their answers. Estimates of age and sex, which
some packs hold, are never run.

References
----------
Guo et al., "Sample and computation redistribution for efficient face detection"
(SCRFD), ICLR 2022; Deng et al., "ArcFace", CVPR 2019.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure, SetupError
from toolkit.records import Face, Image
from toolkit.vision import user_models
from toolkit.vision.alignment import aligned, require_picture, resized
from toolkit.vision.fitting import DETECTOR, EMBEDDER, RECOGNISER_PX, Part
from toolkit.vision.sessions import open_session
from toolkit.vision.user_models import Added

SLOT = "insightface_pack"
MULTIPLE = 32
SMALL, USUAL = (128, 128), (640, 640)  # faces that fill the picture are found in a small one only
SMALLEST_EYES_PX = 10.0  # faces of about 28 px, the smallest that likeness was measured on

Embedding = NDArray[np.float32]
_opened = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRecord:
    """What a report says of a pack: every file with its hash and part, the licence as recorded, the allowed use."""

    sha256: str
    licence: str
    allowed_use: str
    recorded_at: str
    tested: bool
    parts: tuple[Part, ...]


def pack_record() -> PackRecord:
    """The pack that would be used, for the report.

    Raises
    ------
    SetupError
        No pack was added, or no licence was recorded for it.
    """
    record, licence = _allowed()
    return PackRecord(
        sha256=record.sha256,
        licence=licence,
        allowed_use=record.allowed_use,
        recorded_at=record.recorded_at,
        tested=record.tested,
        parts=record.parts,
    )


def detect_faces(image: Image, *, enlarge: float = 1.0, least_score: float = 0.5) -> list[Face]:
    """Faces of a picture, the surest first.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    enlarge : float
        The picture is resized by this factor first; boxes and points come back
        in pixels of ``image``.
    least_score : float, 0-1
        Faces below it are dropped. The scores are not those of other detectors.

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
        No pack was added, no licence was recorded, or a file is gone or another
        one: the detector was not run.
    """
    picture, back = resized(image, enlarge)
    height, width = picture.shape[:2]
    shown = cv2.copyMakeBorder(
        picture[:, :, ::-1], 0, -height % MULTIPLE, 0, -width % MULTIPLE, cv2.BORDER_CONSTANT, value=(0, 0, 0)
    )
    sizes = list(dict.fromkeys([(shown.shape[1], shown.shape[0]), USUAL, SMALL]))
    boxes, points = _models()[0].detect(shown, input_size=sizes, det_thresh=least_score)
    limit = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    return [
        _face(box.astype(np.float64), marks.astype(np.float64) * back, back, limit)
        for box, marks in zip(boxes, () if points is None else points, strict=points is not None)
    ]


def embed(image: Image, face: Face) -> Embedding:
    """A face as a row of numbers of length 1.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    face : Face
        In pixels of ``image``, from any detector.

    Returns
    -------
    float32 (n,)
        n is the pack's own, often 128 or 512; rows of two packs do not compare.

    Raises
    ------
    CannotMeasure
        The picture is not uint8 RGB, or the eyes are under 10 px apart.
    SetupError
        As :func:`detect_faces`: likeness was not measured.
    """
    picture = require_picture(image)
    eyes_px = float(np.linalg.norm(np.subtract(face.landmarks_px[1], face.landmarks_px[0])))
    if not eyes_px >= SMALLEST_EYES_PX:
        raise CannotMeasure("face_too_small", found=f"{eyes_px:.1f}", least=f"{SMALLEST_EYES_PX:g}")
    recogniser = _models()[1]
    upright = aligned(picture, face, side_px=RECOGNISER_PX)  # the places of the points are those of ArcFace
    row = np.asarray(recogniser.get_feat(np.ascontiguousarray(upright[:, :, ::-1])), dtype=np.float64).ravel()
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-12), dtype=np.float32)


def distance(one: Embedding, other: Embedding) -> float:
    """How far apart two faces are: 1 less the cosine, 0-2.

    A small value names nobody, and values of two packs do not compare. Use
    ranks, margins and a calibration by size on the site's own roster.
    """
    return max(0.0, float(1.0 - np.dot(one.astype(np.float64), other.astype(np.float64))))


def _face(
    box: NDArray[np.float64], marks: NDArray[np.float64], back: NDArray[np.float64], limit: NDArray[np.float64]
) -> Face:
    (left, top), (right, bottom) = np.clip(box[:4].reshape(2, 2) * back, 0, limit).tolist()
    return Face(
        box_px=(left, top, right, bottom),
        score=float(box[4]),
        landmarks_px=tuple((float(x), float(y)) for x, y in marks),
    )


def _allowed() -> tuple[Added, str]:
    """The pack and its recorded licence; without one nothing of it is run."""
    record = user_models.record_of(SLOT)
    if record.licence is None:
        raise SetupError("pack_without_licence", path=record.path)
    return record, record.licence


def _models() -> tuple[Any, Any]:
    """Detector and recogniser; opened once a thread, anew when another pack was added."""
    record, _ = _allowed()
    if getattr(_opened, "sha256", None) != record.sha256:
        files = user_models.contents(record, DETECTOR, EMBEDDER)
        paths = {one.part: str(record.file(one)) for one in record.parts}
        try:
            from insightface.model_zoo.arcface_onnx import ArcFaceONNX
            from insightface.model_zoo.scrfd import SCRFD
        except ImportError as missing:
            raise SetupError("runtime_missing", slot=SLOT, runtime="insightface") from missing
        detector, recogniser = (open_session(files[part], slot=SLOT, part=part) for part in (DETECTOR, EMBEDDER))
        # Without a path insightface keeps to the session it is given, for every size of picture.
        _opened.models = (SCRFD(session=detector), ArcFaceONNX(model_file=paths[EMBEDDER], session=recogniser))
        _opened.sha256 = record.sha256
    models: tuple[Any, Any] = _opened.models
    return models
