"""Blended people: faces made of at least two photographs, set into a painted head, so that nobody real is shown.

The photographs lie in installed packages and are read at run time. Each is
turned upright, warped so that its five points and the box around its face come
to the places of the painted face, made fuller on the side turned away, and
averaged with the others in linear light. Eyes, nose and mouth may take more
from one parent than from another, but never all. The result is fitted to the
light of the painted head along its rim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from toolkit.errors import SetupError
from toolkit.records import Face, Image
from toolkit.simulation.canvas import Canvas, Plane, Tint, bump, mixed, pair, smooth, soft
from toolkit.simulation.looks import Look
from toolkit.simulation.portraits import EYE_DISTANCE, EYE_LINE, SIDE_PX, Portrait, half_width, linear, paint, srgb
from toolkit.vision.alignment import CANONICAL, similarity
from toolkit.vision.centerface import detect_faces
from toolkit.vision.models import file_sha256, packaged_file

Weights = Mapping[str, float]
UPRIGHT_PX = 400
UPRIGHT_MARGIN = 0.25
LARGEST_SHARE = 0.85
LUMA = np.array([0.35, 0.5, 0.15], np.float32)
REGIONS = ("eyes", "nose", "mouth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """A face in a picture that an installed package carries."""

    package: str
    inside: str
    sha256: str
    place: int  # of the faces in it, from left to right
    free: bool = False  # public domain: may be shown alone


_GROUP = "47f682e945b659f93a9e490b9c9c4a2a864abe64dace9e1a2893845ddfd69489"
PHOTOGRAPHS: dict[str, Photograph] = {
    **{
        f"group-{k + 1}": Photograph(package="insightface", inside="data/images/t1.jpg", sha256=_GROUP, place=k)
        for k in range(6)
    },
    "gray": Photograph(
        package="insightface",
        inside="data/images/Tom_Hanks_54745.png",
        sha256="8545da294e8c7c79911169c3915fed8528f1960cd0ed99b92453788ca4275083",
        place=0,
    ),
    "astronaut": Photograph(
        package="skimage",
        inside="data/astronaut.png",
        sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        place=0,
        free=True,
    ),
    "officer": Photograph(
        package="matplotlib",
        inside="mpl-data/sample_data/grace_hopper.jpg",
        sha256="a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        place=0,
        free=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a blended face is made of: the share of each parent, and other shares at eyes, nose or mouth.

    Shares of a place add up to one; none is above 0.85.
    """

    parents: Weights
    eyes: Weights | None = None
    nose: Weights | None = None
    mouth: Weights | None = None

    def everybody(self) -> tuple[str, ...]:
        """All parents, in a fixed order."""
        told = (self.parents, self.eyes, self.nose, self.mouth)
        return tuple(sorted({name for weights in told if weights for name in weights}))

    def shares(self, parent: str) -> dict[str, float]:
        """The share of one parent overall ("face") and at each region."""
        told = {region: getattr(self, region) or self.parents for region in REGIONS}
        return {"face": self.parents.get(parent, 0.0)} | {
            region: weights.get(parent, 0.0) for region, weights in told.items()
        }


def blend(recipe: Recipe, look: Look) -> Portrait:
    """The blended person, with the head, hair and skin colour of a look; a beard and glasses are left out.

    Raises
    ------
    SetupError
        A picture is missing from its package or is another one.
    """
    bare = paint(replace(look, glasses=False, beard=0.0))
    canvas = Canvas(SIDE_PX, EYE_LINE, EYE_DISTANCE / look.shape["face_width"] ** 0.5)
    goals = _controls(np.asarray(bare.landmarks_px), _box(look, canvas))
    inner = sum(
        warped(parent, goals.tobytes()) * _share(canvas, look, recipe.shares(parent))[..., None]
        for parent in recipe.everybody()
    )
    mask = _inner(canvas, look)
    picture = bare.linear.copy()
    light = np.log(np.maximum(picture @ LUMA, 0.004) / float(np.asarray(look.skin) @ LUMA))
    light = smooth(np.asarray(np.clip(light, -1.0, 0.5), np.float32), 0.22 * canvas.unit)
    tinted = np.asarray(np.asarray(inner) * np.asarray(look.skin) * np.exp(light)[..., None], np.float32)
    mixed(picture, _fitted(tinted, picture, mask), mask * bare.face)
    return Portrait(np.clip(picture, 0, 1), bare.landmarks_px, bare.face)


def alone(name: str) -> tuple[Image, NDArray[np.float64]]:
    """A public-domain person as photographed, turned upright, uint8 RGB, with five points in it.

    Raises
    ------
    ValueError
        The picture is not in the public domain: it is never shown alone.
    """
    if not PHOTOGRAPHS[name].free:
        raise ValueError(f"{name} may only be part of a blend")
    image, face = photograph(name)
    goal = np.array([[-0.5, 0], [0.5, 0], [0, 0.60], [-0.41, 1.16], [0.41, 1.16]]) * EYE_DISTANCE * 1.15 + (
        0.5,
        EYE_LINE,
    )
    turn = similarity(np.asarray(face.landmarks_px), goal * SIDE_PX)
    upright = cv2.warpAffine(image, turn, (SIDE_PX, SIDE_PX), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    points = np.asarray(face.landmarks_px) @ turn[:, :2].T + turn[:, 2]
    return np.asarray(upright, dtype=np.uint8), points


@cache
def photograph(name: str) -> tuple[Image, Face]:
    """The picture and the face meant in it."""
    told = PHOTOGRAPHS[name]
    path = packaged_file(told.package, told.inside)
    if path is None or file_sha256(path) != told.sha256:
        raise SetupError("picture_missing", package=told.package, file=told.inside)
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    image = np.ascontiguousarray(np.asarray(bgr, dtype=np.uint8)[:, :, ::-1])
    found = sorted(detect_faces(image), key=lambda face: face.box_px[0])
    return image, found[told.place]


@cache
def _upright(name: str) -> tuple[Tint, NDArray[np.float64]]:
    """The face turned upright, linear, with its control points in it."""
    image, face = photograph(name)
    goal = (CANONICAL * (1 - 2 * UPRIGHT_MARGIN) + UPRIGHT_MARGIN) * UPRIGHT_PX
    turn = similarity(np.asarray(face.landmarks_px), goal)
    cut = cv2.warpAffine(image, turn, (UPRIGHT_PX, UPRIGHT_PX), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    upright = np.asarray(cut, dtype=np.uint8)
    again = detect_faces(upright)[0]
    return linear(upright), _controls(np.asarray(again.landmarks_px), again.box_px)


@cache
def warped(name: str, goals: bytes) -> Tint:
    """A parent's face brought to the control points ``goals`` (float64 (n, 2) as bytes), linear (s, s, 3), 1 its skin.

    Of a face turned aside the far half is seen foreshortened and smeared when
    spread out; there the mirrored near half takes over.
    """
    picture, points = _upright(name)
    wanted = np.frombuffer(goals, dtype=np.float64).reshape(-1, 2)
    rows, columns = np.mgrid[0:SIDE_PX:8, 0:SIDE_PX:8].astype(np.float64)
    grid = np.stack([columns.ravel(), rows.ravel()], axis=1)
    spline = RBFInterpolator(wanted, points, kernel="thin_plate_spline", smoothing=0.5)
    coarse = spline(grid).reshape(*rows.shape, 2).astype(np.float32)
    place = cv2.warpAffine(
        coarse, np.array([[8.0, 0, 0], [0, 8.0, 0]]), (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    across_px, down_px = (np.ascontiguousarray(place[..., k]) for k in (0, 1))
    straight = cv2.remap(picture, across_px, down_px, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    turned = _turn(points)
    across = (np.arange(SIDE_PX) - SIDE_PX / 2) / (SIDE_PX * EYE_DISTANCE)
    near = 1 - min(abs(turned) * 2.2, 0.9) * soft(np.sign(turned) * across / 0.45)
    mirrored = straight[:, ::-1]
    mix = near[None, :, None].astype(np.float32)
    return _evened(np.asarray(straight * mix + mirrored * (1 - mix), dtype=np.float32))


def _evened(face: Tint) -> Tint:
    """The face as multiples of its own skin, so that parents in red and in gray light can be averaged.

    Slow changes of light count a quarter, since the painted head brings its own
    light; hues three quarters, since old prints overstate them.
    """
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32)
    u, v = ((a - SIDE_PX * b) / (SIDE_PX * EYE_DISTANCE) for a, b in ((columns, 0.5), (rows, EYE_LINE)))
    skin = pair(u, v, (0.58, 0.55), (0.2, 0.2)) + bump(u, v, (0, -0.05), (0.1, 0.1)) > 0.6
    ratio = np.log(np.maximum(face, 0.004) / np.maximum(np.median(face[skin], axis=0), 0.01))
    common = np.asarray(ratio @ LUMA, np.float32)
    hue = np.clip(ratio - common[..., None], -0.5, 0.5)
    detail = 1.1 * (common - 0.75 * smooth(np.clip(common, -1.5, 1.0), 0.55 * SIDE_PX * EYE_DISTANCE))
    detail = np.where(detail > 0, 0.75 * detail, detail)
    return np.asarray(np.exp(np.clip(detail, -2.6, 0.5)[..., None] + 0.75 * hue), dtype=np.float32)


def _turn(points: NDArray[np.float64]) -> float:
    """How far the nose lies off the middle of the eyes, in eye distances; positive: turned to the picture's right."""
    eyes = points[:2]
    return float((points[2, 0] - eyes[:, 0].mean()) / np.linalg.norm(eyes[1] - eyes[0]))


def _controls(points: NDArray[np.float64], box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Five points, and chin, forehead and both cheeks from the box."""
    left, top, right, bottom = box
    eyes_x, mouth_x = points[:2, 0].mean(), points[3:, 0].mean()
    at_nose = points[2, 1]
    extra = [(mouth_x + 0.3 * (mouth_x - eyes_x), bottom), (eyes_x, top), (left, at_nose), (right, at_nose)]
    return np.vstack([points, np.array(extra)]).astype(np.float64)


def _box(look: Look, canvas: Canvas) -> tuple[float, float, float, float]:
    """Where a detector puts the box around the painted face: forehead to chin, cheek to cheek."""
    wide = 0.97 * float(half_width(look, np.array([0.4], np.float32))[0])
    chin = 1.74 * look.shape["chin_length"]
    return (*canvas.place(-wide, -1.05 * look.shape["forehead"]), *canvas.place(wide, chin))


def _share(canvas: Canvas, look: Look, shares: dict[str, float]) -> Plane:
    """A parent's share of each pixel."""
    s = look.shape
    masks = {
        "eyes": np.clip(1.5 * pair(canvas.u, canvas.v, (0.5, -0.06), (0.34, 0.25)), 0, 1),
        "nose": np.clip(1.5 * bump(canvas.u, canvas.v, (0, s["nose_length"] - 0.08), (0.22, 0.22)), 0, 1),
        "mouth": np.clip(1.5 * bump(canvas.u, canvas.v, (0, s["mouth_drop"]), (0.42, 0.17)), 0, 1),
    }
    share = np.full(canvas.u.shape, shares["face"], dtype=np.float32)
    for region, mask in masks.items():
        share = share + (shares[region] - share) * mask
    return np.asarray(share, dtype=np.float32)


def _inner(canvas: Canvas, look: Look) -> Plane:
    """The part of the face that the blend fills: brows to chin, clear of the outline."""
    half = half_width(look, canvas.v)
    chin = 1.72 * look.shape["chin_length"]
    top = soft((canvas.v + look.shape["brow_height"] + 0.30) / 0.20)
    inside = soft((half - 0.26 - np.abs(canvas.u)) / 0.18) * soft((chin - 0.16 - canvas.v) / 0.14)
    return np.asarray(inside * top, dtype=np.float32)


def _fitted(inner: Tint, head: Tint, mask: Plane) -> Tint:
    """The blend in the light of the head: the ratio along the rim of the mask is spread over its inside."""
    rim = ((mask > 0.1) & (mask < 0.9)).astype(np.float32)
    ratio = np.log(np.maximum(head, 0.004) / np.maximum(inner, 0.004)).mean(axis=2)
    ratio = np.clip(ratio - np.median(ratio[rim > 0]), -0.7, 0.7) + np.median(ratio[rim > 0])
    spread = smooth(np.asarray(ratio * rim, np.float32), 22) / np.maximum(smooth(rim, 22), 1e-3)
    return np.asarray(inner * np.exp(spread)[..., None], dtype=np.float32)


def coded(portrait: Portrait) -> Image:
    """The portrait as 8-bit sRGB."""
    return srgb(portrait.linear)
