"""Faces with patterns of known frequency, and presentations of heads and sheets of known shape, in a few lines."""

from __future__ import annotations

import numpy as np

from toolkit.analysis.cue import PresentationSample
from toolkit.records import Face, Image

EYES_APART = 1 / 2.35  # of a face's width


def face_in(side: int, width: float) -> Face:
    """An upright face of this width in the middle of a square picture."""
    apart, middle = EYES_APART * width, side / 2
    marks = np.array([[-0.5, -0.45], [0.5, -0.45], [0, 0.1], [-0.4, 0.55], [0.4, 0.55]]) * apart
    marks = marks - marks.mean(axis=0) + middle
    half = width / 2
    return Face(
        box_px=(middle - half, middle - 1.2 * half, middle + half, middle + 1.2 * half), score=0.9,
        landmarks_px=tuple((float(x), float(y)) for x, y in marks),
    )  # fmt: skip


def skin(side: int, seed: int = 1) -> np.ndarray:
    """A face-like fall of power with frequency, and sensor noise: float (side, side), code values."""
    rng = np.random.default_rng(seed)
    wave = np.fft.fft2(rng.standard_normal((side, side)))
    bins = np.fft.fftfreq(side)
    fall = 1 / (np.hypot(bins[:, None], bins[None, :]) + 0.01) ** 1.2
    smooth = np.fft.ifft2(wave * fall).real
    return 128 + 30 * smooth / smooth.std() + rng.normal(0, 2, (side, side))


def waves(side: int, x: float, y: float, strength: float = 6.0) -> np.ndarray:
    """A regular pattern of these cycles per pixel."""
    rows, columns = np.mgrid[:side, :side]
    return strength * np.cos(2 * np.pi * (x * columns + y * rows))


def picture(plane: np.ndarray) -> Image:
    """Grey code values as an RGB picture."""
    code = np.clip(np.round(plane), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(code[..., None], 3, axis=2))


def seen(images: list[Image], width: float, px_per_m: float | None = None, rate: float = 10.0) -> PresentationSample:
    """A presentation of these pictures with the face in the middle of each."""
    faces = tuple(face_in(image.shape[0], width) for image in images)
    times = np.arange(len(images)) / rate
    return PresentationSample(times_s=times, crops=tuple(images), faces=faces, px_per_m=px_per_m)
