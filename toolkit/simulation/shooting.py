"""Shooting a clip: bodies before a plate, through a sensor, with the truth of every frame.

Order as in a recorder: the scene, the sensor's faults, then the clock burned in,
then (elsewhere) the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask
from toolkit.simulation.acting import Moment, Part
from toolkit.simulation.bodies import body
from toolkit.simulation.camera import View
from toolkit.simulation.heads import draw_head, ears, mane
from toolkit.simulation.held import Placed, draw_sheet
from toolkit.simulation.place import Plate, cast_shadows, lamp_of_terminal
from toolkit.simulation.sensor import Recorder
from toolkit.simulation.solids import draw_cones
from toolkit.simulation.tracing import Canvas

Floats = NDArray[np.float32]

NOBODY_KNOWN = "unknown"
FLASH_S = 0.6
SEEN_M = 0.03  # a landmark is in sight when what is drawn there is no nearer than this
EXPOSURE_S = 0.02
JOINTS_PX_PER_M = 400.0
LEAST_COSINE = 0.05  # a face seen from the side and beyond is no face in the picture
LEAST_DEPTH_M = 0.1
BOX_IN_EYES = (2.35, 1.30, 1.95)  # width, above and below the eyes, in distances between the eyes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceTruth:
    """One face in one frame.

    ``turn_deg`` from the camera's line of sight, to the picture's right;
    ``px_per_m`` at the face; ``visible`` share of the five landmarks in sight.
    """

    bearer: str
    shows: str
    employee_id: str | None
    medium: str
    geometry: str
    box_px: tuple[float, float, float, float]
    landmarks_px: NDArray[np.float64]
    turn_deg: float
    px_per_m: float
    visible: float


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A frame with its truth: faces in it, and which pixels belong to which act."""

    t_s: float
    image: Image
    faces: tuple[FaceTruth, ...]
    bodies: dict[int, Mask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """All that a clip needs: who plays, before which plate, through which sensor, and its clock."""

    view: View
    plate: Plate
    parts: tuple[Part, ...]
    names: Mapping[str, tuple[str | None, str | None]]  # person -> (face, employee id)
    flashes: tuple[float, ...] = ()
    on_wall: tuple[tuple[str, Placed], ...] = ()


def shoot(take: Take, times: Sequence[float], recorder: Recorder) -> Iterator[Shot]:
    """Frames at these times (seconds since the first frame of the clip), in order."""
    for t in times:
        canvas, truths = paint(take, t)
        image = recorder.expose(canvas.image)
        bodies = {number: canvas.owner == number for number in range(len(take.parts))}
        yield Shot(t, image, tuple(truths), {number: mask for number, mask in bodies.items() if mask.any()})


def paint(take: Take, t: float) -> tuple[Canvas, list[FaceTruth]]:
    """The scene in linear light at one time, and the truth of its faces."""
    there = [(number, moment) for number, part in enumerate(take.parts) if (moment := part.at(t)) is not None]
    there.sort(key=lambda one: one[1].stance.feet[1])  # who is in front first: what they hide need not be worked out
    canvas = Canvas(take.view, take.plate.image.copy(), take.plate.light)
    canvas.depth = take.plate.depth.copy()
    cast_shadows(canvas.image, take.view, [moment.stance.feet for _, moment in there])
    flash = max((1.0 - (t - at) / FLASH_S for at in take.flashes if 0 <= t - at < FLASH_S), default=0.0)
    draw_cones(canvas, lamp_of_terminal(flash))
    for number, moment in there:
        _draw_body(canvas, moment, number)
        draw_head(canvas, moment.actor.head, moment.pose, number)
        for shown in moment.shown:
            draw_sheet(canvas, shown.placed, number)
    truths = [_of_sheet(take, canvas, "wall", placed, (who, "print", "wall")) for who, placed in take.on_wall]
    for _, moment in there:
        truths.append(_of_head(take, canvas, moment))
        truths += [
            _of_sheet(take, canvas, moment.actor.person, one.placed, (one.person, one.medium, one.geometry))
            for one in moment.shown
            if one.placed.sheet.landmarks is not None
        ]
    _blur_movers(canvas, there)
    return canvas, [one for one in truths if one is not None]


def _draw_body(canvas: Canvas, moment: Moment, owner: int) -> None:
    actor = moment.actor
    skin = actor.head.skin
    near = canvas.view.scale_at(moment.pose.middle) > JOINTS_PX_PER_M
    parts = body(moment.stance, actor.clothes, skin, height=actor.height, build=actor.build, joints=near)
    draw_cones(canvas, [*parts, *ears(actor.head, moment.pose), *mane(actor.head, moment.pose)], owner)


Said = tuple[str | None, str, str]  # person shown, medium, geometry


def _of_head(take: Take, canvas: Canvas, moment: Moment) -> FaceTruth | None:
    relief, pose = moment.actor.head.relief, moment.pose
    forward = np.asarray(pose.rotation() @ np.array([0.0, -1.0, 0.0], np.float32), np.float32)
    person = moment.actor.person
    marks, outline = pose.to_world(relief.features), pose.to_world(relief.outline)
    return _truth(take, canvas, person, (person, "live", "own head"), marks, outline, forward)


def _of_sheet(take: Take, canvas: Canvas, bearer: str, placed: Placed, said: Said) -> FaceTruth | None:
    share = np.asarray(placed.sheet.landmarks, np.float32)
    outline = placed.point(_face_box(share, placed.sheet.width_m, placed.sheet.height_m))
    return _truth(take, canvas, bearer, said, placed.point(share), outline, placed.axes[2])


def _truth(
    take: Take, canvas: Canvas, bearer: str, said: Said, marks: Floats, outline: Floats, forward: Floats
) -> FaceTruth | None:
    """The face as this camera has it; None when it is out of the picture or looks away."""
    middle = marks.mean(axis=0)
    sight = np.asarray(take.view.position - middle, np.float32)
    pixels, depth = take.view.project(marks)
    edge, _ = take.view.project(outline)
    low, high = edge.min(axis=0), edge.max(axis=0)
    height, width = take.view.shape
    away = float(forward @ sight) < LEAST_COSINE * float(np.linalg.norm(sight))
    if away or depth.min() < LEAST_DEPTH_M or high.min() < 0 or low[0] > width or low[1] > height:
        return None
    who, medium, geometry = said
    name, employee = take.names.get(who or "", (None, None))
    return FaceTruth(
        bearer=bearer, shows=name or NOBODY_KNOWN, employee_id=employee, medium=medium, geometry=geometry,
        box_px=(float(low[0]), float(low[1]), float(high[0]), float(high[1])), landmarks_px=pixels,
        turn_deg=_turn_deg(forward, sight), px_per_m=take.view.scale_at(middle),
        visible=_in_sight(canvas, marks, pixels),
    )  # fmt: skip


def _turn_deg(forward: Floats, sight: Floats) -> float:
    """Turn about the upright axis between where a face looks and where the camera is."""
    return float(np.rad2deg(np.arctan2(forward[0], -forward[1]) - np.arctan2(sight[0], -sight[1])))


def _face_box(share: Floats, width_m: float, height_m: float) -> Floats:
    """Corners, in shares of the sheet, of the box around a pictured face (from its eyes)."""
    eyes = share[:2] * np.array([width_m, height_m], np.float32)
    middle, apart = eyes.mean(axis=0), float(np.linalg.norm(eyes[1] - eyes[0]))
    wide, above, below = (k * apart for k in BOX_IN_EYES)
    corners = [(middle[0] + side * wide / 2, middle[1] + down) for side in (-1, 1) for down in (-above, below)]
    return np.asarray(np.array(corners, np.float32) / np.array([width_m, height_m], np.float32), np.float32)


def _in_sight(canvas: Canvas, marks: Floats, pixels: NDArray[np.float64]) -> float:
    height, width = canvas.view.shape
    seen = 0
    for point, (x, y) in zip(marks, pixels, strict=True):
        column, row = round(float(x)), round(float(y))
        if 0 <= column < width and 0 <= row < height:
            away = float(np.linalg.norm(point - canvas.view.position))
            seen += bool(canvas.depth[row, column] > away - SEEN_M)
    return seen / len(marks)


def _blur_movers(canvas: Canvas, there: Sequence[tuple[int, Moment]]) -> None:
    """Smear whoever walks along the way of the exposure, in place."""
    for owner, moment in there:
        long = moment.speed_m_s * EXPOSURE_S * canvas.view.scale_at(moment.pose.middle)
        if long < 1.5:
            continue
        mask = (canvas.owner == owner).astype(np.uint8)
        if not mask.any():
            continue
        x, y, w, h = cv2.boundingRect(mask)
        pad = int(long) + 2
        rows, columns = slice(max(0, y - 1), y + h + 1), slice(max(0, x - pad), x + w + pad)
        size = int(long) | 1
        smeared = cv2.blur(canvas.image[rows, columns], (size, 1))
        soft = cv2.blur(mask[rows, columns].astype(np.float32), (size, 1))[..., None] > 0
        canvas.image[rows, columns] = np.where(soft, smeared, canvas.image[rows, columns])
