"""Bringing two pictures of a face onto each other as two looks at one flat picture.

Both faces are laid on one canvas by their five points; then one is mapped onto
the other by an affine map at half size and a homography at full size, which is
all that two looks at a sheet can differ by. No bend is allowed for: a warp that
bends would bend another photograph of the same person into place as well.

References
----------
Evangelidis and Psarakis, "Parametric image alignment using enhanced correlation
coefficient maximization", IEEE PAMI 30 (2008), doi 10.1109/TPAMI.2008.113.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.crops import EYES_ACROSS, cut, middle_px, width_px
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image, Mask
from toolkit.vision.alignment import CANONICAL, similarity

WIDE, HIGH = 1.7, 2.1  # of the canvas, in face widths
ABOVE = 1.12  # from the canvas's top to the middle of the points
CANVAS_FACE_PX = (48.0, 128.0)  # width of a face on the canvas, at least and at most
REACH = 1.7  # of the surroundings that are kept, in face widths from the middle
INNER = (0.44, 0.62)  # half axes of what belongs to the face itself, in face widths
OUTER = (0.74, 0.98)  # and of what is compared at all: hair, ears, collar
NORMAL = 6.0  # contrast is evened out over a sixth of a face
LEAST_SPREAD = 3.0  # code values: what is flatter is noise, and is not raised to contrast
WIDE_BLUR_PX = 3.0
LARGEST_CORNER_SHIFT = 0.45  # face widths: farther from where the points put it, it is no registration
LEAST_SEEN = 0.5  # of the inner face, on both sides
HALF, FULL = (40, 1e-3), (20, 1e-3)  # iterations and the gain at which they stop

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceCut:
    """One face with its surroundings, as it is kept for comparing.

    ``grey`` uint8 (h, w) at the camera's own resolution; ``points_px`` float64
    (5, 2) in it; ``known`` bool (h, w) False where the pixel tells nothing of
    what is presented: the empty place, an overlaid clock. ``width_px`` is told
    by all five points.
    """

    grey: NDArray[np.uint8]
    points_px: NDArray[np.float64]
    known: Mask
    width_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Canvas:
    """A face on the canvas: ``grey`` float32 (h, w) code values, ``even`` the same with even contrast, ``known``."""

    grey: Floats
    even: Floats
    known: Mask
    face_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Registered:
    """Two canvases brought onto each other.

    ``first`` stays where it was, ``second`` is mapped onto it; ``both`` bool
    (h, w) where both are known; ``before`` the second as it lay before; ``corner_shift`` in face widths is how far the
    map moves the canvas's corners from where the five points had put them.
    """

    first: Canvas
    second: Canvas
    before: Canvas
    both: Mask
    corner_shift: float
    homography: NDArray[np.float64]


def face_cut(image: Image, face: Face, unknown: Mask | None = None) -> FaceCut:
    """The face with its surroundings out of a picture.

    Parameters
    ----------
    image : uint8 (h, w, 3) RGB
    face : Face
        In pixels of ``image``.
    unknown : bool (h, w), optional
        True where the picture shows the empty place or something written over it.
    """
    points = np.asarray(face.landmarks_px, np.float64)
    width = max(_width(points), width_px(face))
    middle, reach = middle_px(face), REACH * width
    left, top = np.maximum(0, np.floor(middle - reach)).astype(int).tolist()
    right, bottom = np.ceil(middle + reach).astype(int).tolist()
    part = cut(image, (left, top, min(right, image.shape[1]), min(bottom, image.shape[0])))
    known = np.ones(part.shape[:2], bool)
    if unknown is not None:
        known = ~unknown[top : top + part.shape[0], left : left + part.shape[1]]
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8)
    return FaceCut(grey=grey, points_px=points - (left, top), known=known, width_px=_width(points))


def _width(points: NDArray[np.float64]) -> float:
    """Width of a face by all five points, which a turn to the side shortens less than the eyes alone."""
    turn = similarity(points, CANONICAL)
    scale = float(np.hypot(turn[0, 0], turn[1, 0]))
    return EYES_ACROSS * float(np.linalg.norm(CANONICAL[1] - CANONICAL[0])) / max(scale, 1e-9)


def canvas_width_px(first: FaceCut, second: FaceCut) -> float:
    """How wide faces are on the canvas of two faces: as the smaller one, between 48 and 128 px."""
    return float(np.clip(min(first.width_px, second.width_px), *CANVAS_FACE_PX))


def on_canvas(one: FaceCut, face_px: float, blur_px: float = 0.0) -> Canvas:
    """A face laid upright on the canvas, its width ``face_px``.

    Parameters
    ----------
    blur_px : float
        Standard deviation, in pixels of the canvas, of a blur that makes a
        sharp copy as soft as the capture that it is compared with.
    """
    size = (round(WIDE * face_px), round(HIGH * face_px))
    unit = face_px / (EYES_ACROSS * float(np.linalg.norm(CANONICAL[1] - CANONICAL[0])))
    goal = (CANONICAL - CANONICAL.mean(axis=0)) * unit + np.array([size[0] / 2, ABOVE * face_px])
    grey, points = one.grey, one.points_px
    known = one.known.astype(np.uint8)
    shrink = face_px / one.width_px
    if shrink < 0.75:  # area means first: picking samples would fold what is finer than the canvas
        near = (max(2, round(grey.shape[1] * shrink)), max(2, round(grey.shape[0] * shrink)))
        share = np.array([near[0] / grey.shape[1], near[1] / grey.shape[0]])
        grey = np.asarray(cv2.resize(grey, near, interpolation=cv2.INTER_AREA), np.uint8)
        known = np.asarray(cv2.resize(known, near, interpolation=cv2.INTER_NEAREST), np.uint8)
        points = (points + 0.5) * share - 0.5
    turn = similarity(points, goal)
    laid = np.asarray(
        cv2.warpAffine(grey.astype(np.float32), turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )
    there = cv2.warpAffine(known, turn, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    if blur_px > 0:
        laid = smoothed(laid, blur_px)
    return Canvas(grey=laid, even=evened(laid, face_px), known=np.asarray(there) > 0, face_px=face_px)


def smoothed(plane: Floats, sigma_px: float) -> Floats:
    """A Gaussian blur of float values; a wide one as three means over a square, which come near to it and cost less."""
    if sigma_px >= WIDE_BLUR_PX:
        side = int(np.sqrt(4 * sigma_px**2 + 1)) // 2 * 2 + 1
        for _ in range(3):
            plane = np.asarray(
                cv2.boxFilter(plane, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REFLECT), np.float32
            )
        return plane
    kernel = cv2.getGaussianKernel(2 * int(np.ceil(3 * sigma_px)) + 1, sigma_px, cv2.CV_32F)
    return np.asarray(cv2.sepFilter2D(plane, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_REFLECT), np.float32)


def evened(grey: Floats, face_px: float) -> Floats:
    """Grey without its slow part and with even contrast, over a sixth of a face: light and ink drop out."""
    sigma = face_px / NORMAL
    flat = grey - smoothed(grey, sigma)
    spread = np.sqrt(smoothed(flat * flat, sigma))
    return np.asarray(flat / (spread + LEAST_SPREAD), np.float32)


def oval(face_px: float, half_axes: tuple[float, float]) -> Mask:
    """The part of the canvas within an ellipse around the face; half axes in face widths."""
    width, height = round(WIDE * face_px), round(HIGH * face_px)
    y, x = np.mgrid[0:height, 0:width]
    across = (x - width / 2) / (half_axes[0] * face_px)
    down = (y - (ABOVE - 0.06) * face_px) / (half_axes[1] * face_px)
    return np.asarray(across**2 + down**2 <= 1.0)


def register(first: FaceCut, second: FaceCut, blur_px: tuple[float, float] = (0.0, 0.0)) -> Registered:
    """Map the second face onto the first as two looks at one plane.

    Raises
    ------
    CannotMeasure
        ``reuse_hidden``: too little of the inner face is known on one side.
        ``reuse_not_registered``: no map is found, or it moves a corner of the
        canvas by more than .45 face widths. That speaks against one picture,
        but a fold in the paper or a covering hand does the same.
    """
    face_px = canvas_width_px(first, second)
    one, other = on_canvas(first, face_px, blur_px[0]), on_canvas(second, face_px, blur_px[1])
    inner = oval(face_px, INNER)
    shares = [float(each.known[inner].mean()) for each in (one, other)]
    if min(shares) < LEAST_SEEN:
        raise CannotMeasure("reuse_hidden", share=f"{100 * min(shares):.0f}")
    compared = oval(face_px, OUTER)
    try:
        rough = _affine(one, other, compared)
        found = _homography(one.even, other.even, rough, one.known & compared, other.known)
    except cv2.error as lost:
        raise CannotMeasure("reuse_not_registered", shift="–") from lost
    return registered_by(one, other, found)


def again(pair: Registered, agreed: Mask) -> Registered:
    """The same pair registered once more by the places that agree; the first map where that fails."""
    try:
        found = _homography(pair.first.even, pair.before.even, pair.homography, agreed, pair.before.known)
        return registered_by(pair.first, pair.before, found)
    except (cv2.error, CannotMeasure):
        return pair


def registered_by(one: Canvas, other: Canvas, homography: NDArray[np.float64]) -> Registered:
    """The pair under this map from the first canvas's pixels to the second's.

    Raises
    ------
    CannotMeasure
        ``reuse_not_registered``.
    """
    height, width = one.grey.shape
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]], np.float64)
    moved = cv2.perspectiveTransform(corners[None], homography)[0]
    shift = float(np.linalg.norm(moved - corners, axis=1).max()) / one.face_px
    if not shift <= LARGEST_CORNER_SHIFT:
        raise CannotMeasure("reuse_not_registered", shift=f"{shift:.2f}")
    size, back = (width, height), cv2.WARP_INVERSE_MAP
    grey = cv2.warpPerspective(
        other.grey, homography, size, flags=cv2.INTER_CUBIC | back, borderMode=cv2.BORDER_REPLICATE
    )
    known = cv2.warpPerspective(other.known.astype(np.uint8), homography, size, flags=cv2.INTER_NEAREST | back)
    laid = np.asarray(grey, np.float32)
    there = np.asarray(known) > 0
    second = Canvas(grey=laid, even=evened(laid, one.face_px), known=there, face_px=one.face_px)
    return Registered(
        first=one, second=second, before=other, both=one.known & there & oval(one.face_px, OUTER), corner_shift=shift,
        homography=homography,
    )  # fmt: skip


def _affine(one: Canvas, other: Canvas, compared: Mask) -> NDArray[np.float64]:
    """The affine map at half size, as a homography of the full canvas."""
    height, width = one.even.shape
    half = (width // 2, height // 2)
    small = [np.asarray(cv2.resize(each.even, half, interpolation=cv2.INTER_AREA), np.float32) for each in (one, other)]
    masks = [
        np.asarray(cv2.resize(each.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST), np.uint8)
        for each in (one.known & compared, other.known)
    ]
    found = _ecc(small, masks, np.eye(2, 3, dtype=np.float32), cv2.MOTION_AFFINE, HALF, 5)
    scale = np.array([half[0] / width, half[1] / height])
    full = np.eye(3)
    full[:2] = found
    into = np.array([[scale[0], 0, scale[0] / 2 - 0.5], [0, scale[1], scale[1] / 2 - 0.5], [0, 0, 1]])
    return np.asarray(np.linalg.inv(into) @ full @ into)


def _homography(
    one: Floats, other: Floats, start: NDArray[np.float64], mask: Mask, known: Mask
) -> NDArray[np.float64]:  # fmt: skip
    masks = [mask.astype(np.uint8), known.astype(np.uint8)]
    found = _ecc([one, other], masks, np.asarray(start, np.float32), cv2.MOTION_HOMOGRAPHY, FULL, 3)
    return np.asarray(found, np.float64)


def _ecc(
    planes: list[Floats],
    masks: list[NDArray[np.uint8]],
    start: Floats,
    motion: int,
    until: tuple[int, float],
    blur: int,
) -> Floats:
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, *until)
    _, found = cv2.findTransformECCWithMask(planes[0], planes[1], masks[0], masks[1], start, motion, stop, blur)
    return np.asarray(found, np.float32)
