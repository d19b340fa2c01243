"""Relief from motion: what moves in a face beyond what any plane, or any bent sheet, could do?

Each frame is laid over the most frontal one by eyes and mouth; dense optical
flow (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016)
tells what is left over in the core of the face, away from its outline, where
background would leak in. What a homography explains is taken out (K1); with it
what a sheet bent about any one axis, or rolled along the face, explains (K2).
The rest is laid beside the relief of a mean head.

This is geometry, not texture: small faces are enlarged and large ones reduced
to one size, and nothing here looks at how an edge or a dot is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.crops import EYES_ACROSS, median_width_px, nose_offset, width_px
from toolkit.analysis.relief.mean_head import EYES_Y, MOUTH_Y, height_seen
from toolkit.records import Face, Image

Floats = NDArray[np.float64]
Space = Literal["plane", "bent sheet"]

CORE = (0.31, 0.38)  # semi-axes of the core of a face, in face widths
REACH = 0.55  # what is looked at, to each side of the middle
SIZE_PX = 96.0  # width to which every face is enlarged or reduced: dense flow costs what its pixels are
STEP = 2  # every second pixel is regressed: flow is smoother than that
RESOLUTION = 0.16  # of a face width: what the flow of such a face can tell apart
OUTER = [0, 1, 3, 4]  # eyes and corners of the mouth: the nose is what is asked about
MIDDLE_HALF = (25, 75)  # percentiles of the nose offset among which the most frontal frame is sought
PROFILE = (3, 4, 5, 6)  # powers across the face, beyond the square, that the profile of a rolled sheet may have
CONTRAST, AROUND_PX = 100.0, 9  # squared slope across the face at which flow counts half, and where it is averaged


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefFlow:
    """Flow in the core of a face.

    ``fields`` float64 (n, m, 2): how far each of m places has moved against the
    most frontal frame once eyes and mouth lie over one another, in face widths;
    ``places`` (m, 2) in the picture, ``plane`` (m, 2) the same places in
    coordinates of the plane of eyes and mouth; ``expected`` (m,) height of a
    mean head there and ``weights`` (m,) 0-1 what flow is worth there: where
    nothing has an edge it is only filled in. ``across`` and ``along`` (2,):
    where the face's own axes point in the picture; ``lengths`` (n, 2) how long
    they are in each frame, in pixels of the footage; ``offsets`` (n,) the affine
    nose offset; ``width_px`` the face's width in the footage.
    """

    fields: Floats
    places: Floats
    plane: Floats
    expected: Floats
    weights: Floats
    across: Floats
    along: Floats
    lengths: Floats
    offsets: Floats
    width_px: float


def relief_flow(seen: Sequence[tuple[Image, Face]]) -> ReliefFlow:
    """Flow of every frame against the most frontal one.

    Parameters
    ----------
    seen : sequence of (crop, face)
        At least one; points on one line are not allowed.
    """
    faces = [face for _, face in seen]
    offsets = np.array([nose_offset(face) for face in faces])
    frontal = most_frontal(offsets)
    width = median_width_px(faces)
    frame = _Frame.of(faces[frontal], SIZE_PX)
    maps = [frame.map_of(face) for face in faces]
    pictures = [frame.lay(crop, one, enlarged=width <= SIZE_PX) for (crop, _), one in zip(seen, maps, strict=True)]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    rows = frame.core()
    still = np.zeros((frame.side, frame.side, 2), np.float32)  # from which the flow is sought
    moved = [flow.calc(pictures[frontal], picture, still.copy())[rows] / SIZE_PX for picture in pictures]
    fields, places = np.asarray(moved, np.float64), frame.places()[rows]
    axes = frame.axes / SIZE_PX
    return ReliefFlow(
        fields=fields,
        places=places,
        plane=frame.plane()[rows],
        expected=_resolved(frame)[rows],
        weights=_contrast(pictures[frontal])[rows],
        across=axes[:, 0],
        along=axes[:, 1],
        lengths=_lengths(fields, places, maps, axes) * SIZE_PX,
        offsets=offsets,
        width_px=width,
    )


def most_frontal(offsets: Floats) -> int:
    """Number of the frame whose nose is nearest to the middle, among the middle half of all."""
    low, high = np.percentile(offsets, MIDDLE_HALF)
    return int(np.argmin(np.abs(offsets - np.clip(0.0, low, high))))


def places_in(face: Face, places: Floats) -> Floats:
    """Pixels (m, 2) of these places of the square in the crop of the face that the square was made of."""
    marks = np.asarray(face.landmarks_px, np.float64)
    eyes = marks[1] - marks[0]
    c, s = eyes / np.linalg.norm(eyes) * width_px(face)
    middle = (marks[:2].mean(axis=0) + marks[3:].mean(axis=0)) / 2
    return np.asarray(middle + places @ np.array([[c, s], [-s, c]]))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The square into which all frames are laid: its side, size of the face, and the face's points in it."""

    side: int
    size: float
    marks: Floats

    @classmethod
    def of(cls, face: Face, size: float) -> _Frame:
        marks = np.asarray(face.landmarks_px, np.float64)
        middle = (marks[:2].mean(axis=0) + marks[3:].mean(axis=0)) / 2
        eyes = marks[1] - marks[0]
        c, s = eyes / np.linalg.norm(eyes) * size / width_px(face)
        side = round(2 * REACH * size)
        return cls(side, size, (marks - middle) @ np.array([[c, -s], [s, c]]) + side / 2)

    @property
    def axes(self) -> Floats:
        """Columns: one face width across and one along the face, in pixels of the square."""
        eyes, mouth = self.marks[:2].mean(axis=0), self.marks[3:].mean(axis=0)
        across = (self.marks[1] - self.marks[0]) * EYES_ACROSS
        return np.stack([across, (mouth - eyes) / (MOUTH_Y - EYES_Y)], axis=1)

    def map_of(self, face: Face) -> Floats:
        """The affine map (2, 3) that brings eyes and mouth of a face to where the frontal face has them."""
        marks = np.column_stack([np.asarray(face.landmarks_px, np.float64)[OUTER], np.ones(len(OUTER))])
        return np.asarray(np.linalg.lstsq(marks, self.marks[OUTER], rcond=None)[0].T)

    def lay(self, crop: Image, affine: Floats, *, enlarged: bool) -> NDArray[np.uint8]:
        """A crop in gray, moved by this map into the square."""
        how = cv2.INTER_CUBIC if enlarged else cv2.INTER_AREA
        gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        laid = cv2.warpAffine(gray, affine, (self.side, self.side), flags=how, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(laid, np.uint8)

    def places(self) -> Floats:
        rows, columns = np.mgrid[0 : self.side, 0 : self.side]
        return np.stack([columns - self.side / 2, rows - self.side / 2], axis=2) / self.size

    def plane(self) -> Floats:
        return np.asarray(self.places() @ np.linalg.inv(self.axes / self.size).T)

    def core(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of every second pixel of the core."""
        away = self.places() / np.array(CORE)
        inside = (away**2).sum(axis=2) < 1
        thin = np.zeros_like(inside)
        thin[::STEP, ::STEP] = True
        rows, columns = np.nonzero(inside & thin)
        return rows, columns


def _resolved(frame: _Frame) -> Floats:
    """Height of a mean head as a flow of this resolution tells it: (side, side)."""
    plane = frame.plane()
    eyes, mouth = frame.marks[:2].mean(axis=0), frame.marks[3:].mean(axis=0)
    nose = np.linalg.solve(frame.axes, frame.marks[2] - (eyes + mouth) / 2)
    stands = height_seen(plane[..., 0], plane[..., 1], (float(nose[0]), float(nose[1])))
    box = (round(RESOLUTION * frame.size) | 1,) * 2
    return np.asarray(cv2.blur(cv2.blur(stands, box, borderType=cv2.BORDER_REPLICATE), box,
                               borderType=cv2.BORDER_REPLICATE), np.float64)  # fmt: skip


def _contrast(picture: NDArray[np.uint8]) -> Floats:
    """What flow across the face is worth at each place, 0 where nothing has an edge."""
    slope = cv2.Sobel(picture.astype(np.float32), cv2.CV_32F, 1, 0, scale=1 / 8)
    mean = cv2.blur(slope * slope, (AROUND_PX, AROUND_PX))
    return np.asarray(np.sqrt(mean / (mean + CONTRAST)), np.float64)


def _lengths(fields: Floats, places: Floats, maps: Sequence[Floats], axes: Floats) -> Floats:
    """Lengths of the face's two axes in every frame: its map undone, after what the flow adds to it."""
    design = np.column_stack([places, np.ones(len(places))])
    inverse = np.linalg.pinv(design)[:2]
    added = [np.eye(2) + (inverse @ field).T for field in fields]
    seen = [np.linalg.inv(one[:, :2]) @ more @ axes for one, more in zip(maps, added, strict=True)]
    return np.asarray(np.linalg.norm(np.array(seen), axis=1))


def explained(flow: ReliefFlow, space: Space) -> Floats:
    """Orthonormal columns (2m, k): motions that a plane, or a bent sheet, can make, to first order."""
    x, y = flow.places.T
    one, none = np.ones_like(x), np.zeros_like(x)
    if space == "plane":
        pairs = [(one, none), (x, none), (y, none), (none, one), (none, x), (none, y), (x * x, x * y), (x * y, y * y)]
    else:
        wide = flow.plane[:, 0]
        shapes = [one, x, y, x * x, x * y, y * y, *(wide**power for power in PROFILE)]
        pairs = [(f, none) for f in shapes] + [(none, f) for f in shapes]
    columns = np.stack([np.stack(pair, axis=1).ravel() for pair in pairs], axis=1)
    return np.asarray(np.linalg.qr(columns * np.repeat(flow.weights, 2)[:, None])[0])


def left_over(flow: ReliefFlow, space: Space) -> tuple[Floats, Floats, Floats]:
    """Weighted fields (n, 2m) without what the space explains, and the expected relief (2m,) across and along."""
    known = explained(flow, space)
    weights = np.repeat(flow.weights, 2)
    fields = flow.fields.reshape(len(flow.fields), -1) * weights
    moved = [(flow.expected[:, None] * axis).ravel() * weights for axis in (flow.across, flow.along)]
    across, along = (one - known @ (known.T @ one) for one in moved)
    return fields - (fields @ known) @ known.T, across, along


def gains(flow: ReliefFlow, space: Space) -> Floats:
    """How much of the expected relief each frame shows: (n, 2), across and along, as sines of turn and nod."""
    fields, across, along = left_over(flow, space)
    return np.asarray(np.linalg.lstsq(np.stack([across, along], axis=1), fields.T, rcond=None)[0].T)


def energy(values: Floats) -> float:
    """Variance of a smooth course from products of neighbours, free of white noise; below 0 where there is none.

    ``(4 r1 - r2) / 3`` of the products at lags of one and two frames is the
    variance of any course whose correlation falls off like a parabola.
    """
    course = np.asarray(values, np.float64) - np.mean(values)
    one, two = (float(np.mean(course[lag:] * course[:-lag])) for lag in (1, 2))
    return (4 * one - two) / 3


def end_to_end(values: Floats) -> float:
    """Size of a swing of this energy from end to end; negative where the energy is."""
    found = energy(values)
    return float(np.sign(found) * 2 * np.sqrt(2 * abs(found)))
