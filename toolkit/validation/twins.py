"""Planar twins: a real live window as it would look if a flat picture had moved as the face did.

The most frontal frame is the picture; for each frame it is moved by the affine
map that takes its eyes and mouth to where they are then, and stored again as
the recorder stored it. Texture, motion, size and compression stay; relief goes.
A cue that speaks for relief must fall silent on the twin.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.crops import nose_offset
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.records import Face, Image
from toolkit.validation.sampling import follow

STORED_CRF = 23
FRONTAL_OF = 0.5  # quantile of the nose offset that counts as frontal: most people look ahead most of the time


def planar_twin(sample: PresentationSample, *, crf: int = STORED_CRF) -> PresentationSample:
    """The sample of a plane with the texture and the motion of a presented face.

    Parameters
    ----------
    sample : PresentationSample
        Of a live face.
    crf : int
        Strength of compression of the twin (H.264).

    Raises
    ------
    CannotMeasure
        The face is in fewer than two frames, or lost in the twin.

    Notes
    -----
    Only frames with the face are made again. The twin has been encoded once
    more than its window; a cue of texture must not be judged by twins.
    """
    seen = [k for k, face in enumerate(sample.faces) if face is not None]
    if len(seen) < 2:
        raise CannotMeasure("cue_few_frames", found=len(seen), least=2)
    faces = [face for face in sample.faces if face is not None]
    reference = _frontal(faces)
    picture = sample.crops[seen[reference]]
    moved = [_moved(picture, faces[reference], face) for face in faces]
    times = np.round(sample.times_s[seen] - sample.times_s[seen[0]], 6)
    crops = _stored(times, moved, crf)
    found = follow(crops, [np.asarray(face.landmarks_px).mean(axis=0) for face in faces], faces)
    return PresentationSample(times_s=times, crops=tuple(crops), faces=found, px_per_m=sample.px_per_m)


def _frontal(faces: list[Face]) -> int:
    offsets = np.array([nose_offset(face) for face in faces])
    return int(np.argmin(np.abs(offsets - np.quantile(offsets, FRONTAL_OF))))


def _moved(picture: Image, here: Face, there: Face) -> Image:
    """The picture moved so that eyes and mouth come to their places; the nose is left to the plane."""
    outer = [0, 1, 3, 4]
    source = np.asarray(here.landmarks_px, np.float64)[outer]
    target = np.asarray(there.landmarks_px, np.float64)[outer]
    padded = np.column_stack([source, np.ones(len(source))])
    affine = np.linalg.lstsq(padded, target, rcond=None)[0].T
    height, width = picture.shape[:2]
    warped = cv2.warpAffine(picture, affine, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _stored(times: NDArray[np.float64], images: list[Image], crf: int) -> list[Image]:
    even = [image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2] for image in images]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "twin.mp4"
        write_clip(path, zip(times.tolist(), even, strict=True), crf=crf)
        with read_frames(path) as frames:
            return [frame.image for frame in frames if frame.image is not None]
