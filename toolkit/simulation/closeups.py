"""Close-ups: a sheet, a screen or skin before a near camera, as a terminal's own snapshot shows it.

The room of a scene is drawn for cameras of up to 1,000 px/m; the dots of a
print take ten times that. Here one flat thing fills the picture, so its texture
can be carried at the scale of its dots. Light, shape and background are left
out: close-ups serve to measure regular patterns and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from toolkit.records import Face, Image
from toolkit.simulation.faces import Identity
from toolkit.simulation.inks import to_linear
from toolkit.simulation.sensor import Recorder, Sensor
from toolkit.simulation.sheets import Sheet, reduced
from toolkit.simulation.skins import as_detected

Rng = np.random.Generator
Plane = NDArray[np.float32]
Marks = NDArray[np.float64]

FINER = 2  # samples a pixel, each way, that the lens blurs and the pixel adds up
EYES_M, WIDTH_IN_EYES = 0.0615, 2.35
ROOM = 1.25  # side of a close-up in face widths
LARGEST_SIDE_PX = 1_536
PORES_M = ((1.5e-4, 0.025), (6e-4, 0.02))  # grain of skin: size and contrast
TURN_DEG, TILT_DEG = 12.0, 25.0
SETTLING = 3  # frames until noise reduction has settled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flat:
    """Linear light of a flat thing, float32 (h, w, 3), its scale, and five marks (5, 2) in its pixels."""

    light: Plane
    px_per_m: float
    marks_px: Marks

    @property
    def width_m(self) -> float:
        """Width of the face on it."""
        return WIDTH_IN_EYES * float(np.linalg.norm(self.marks_px[1] - self.marks_px[0])) / self.px_per_m


def of_sheet(sheet: Sheet, px_per_m: float) -> Flat:
    """A sheet with its own light, by area means no coarser than a camera of this scale needs.

    Raises
    ------
    ValueError
        The sheet shows no face.
    """
    if sheet.landmarks is None:
        raise ValueError("no landmarks")
    seen = reduced(sheet, FINER * px_per_m)
    light = seen.texture if seen.glow is None else seen.texture + seen.glow
    size = np.array(seen.texture.shape[1::-1], float)
    return Flat(light=light, px_per_m=float(size[0] / seen.width_m), marks_px=sheet.landmarks * size - 0.5)


def of_skin(who: Identity, px_per_m: float, rng: Rng) -> Flat:
    """A live face without its relief: the portrait at life size with pores."""
    marks = np.asarray(as_detected(who.landmarks_px), float)
    own = float(np.linalg.norm(marks[1] - marks[0])) / EYES_M
    scale = min(FINER * px_per_m, FINER * LARGEST_SIDE_PX / (ROOM * EYES_M * WIDTH_IN_EYES))
    side = round(who.picture.shape[0] * scale / own)
    portrait = to_linear(who.picture)
    light = np.asarray(cv2.resize(portrait, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
    for size_m, contrast in PORES_M:
        sigma = size_m * scale
        if sigma > 0.4:
            grain = cv2.GaussianBlur(rng.standard_normal((side, side), np.float32), (0, 0), min(sigma, 20.0))
            light = light * (1 + contrast * grain / max(float(grain.std()), 1e-6))[..., None]
    return Flat(light=np.maximum(light, 0), px_per_m=scale, marks_px=(marks + 0.5) * scale / own - 0.5)


def net(flat: Flat, rng: Rng, *, period_m: float, turn_deg: float) -> Flat:
    """The same behind a net of square meshes, as of a veil or a fly screen."""
    x, y = _turned(flat, turn_deg)
    thread = float(rng.uniform(0.12, 0.3))
    bent = 0.06 * np.sin(2 * np.pi * y / (11 * period_m)) * period_m
    threads = np.minimum(_ridge((x + bent) / period_m, thread), _ridge(y / period_m, thread))
    tone = float(rng.uniform(0.02, 0.8))
    return _laid(flat, 1 - threads, tone)


def knitwear(flat: Flat, rng: Rng, *, period_m: float, turn_deg: float) -> Flat:
    """The same with knitwear over nose, mouth and chin: columns of slanting stitches."""
    x, y = _turned(flat, turn_deg)
    slant = np.abs((x / period_m) % 1 - 0.5) * 0.9
    stitch = 0.5 + 0.5 * np.cos(2 * np.pi * (y / (0.75 * period_m) + slant))
    groove = 0.5 + 0.5 * np.cos(2 * np.pi * 2 * x / period_m)
    cloth = 0.25 + 0.75 * stitch * (0.4 + 0.6 * groove)
    tone = rng.uniform(0.05, 0.6, 3).astype(np.float32)
    top = float(flat.marks_px[:2, 1].mean() * 0.6 + flat.marks_px[2, 1] * 0.4)
    light = flat.light.copy()
    first = max(0, round(top))
    light[first:] = cloth[first:, :, None] * tone
    return Flat(light=light, px_per_m=flat.px_per_m, marks_px=flat.marks_px)


def shoot_closely(flat: Flat, px_per_m: float, sensor: Sensor, rng: Rng) -> tuple[Image, Face]:
    """One picture of it, a little turned and tilted, and the face in it where it truly is.

    Parameters
    ----------
    px_per_m : float
        At the sheet, before it is tilted.
    """
    wide = flat.width_m * px_per_m
    side = min(LARGEST_SIDE_PX, int(np.ceil(ROOM * wide / 16)) * 16)
    turn, tilt = np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG)), np.deg2rad(rng.uniform(-TILT_DEG, TILT_DEG))
    scale = FINER * px_per_m / flat.px_per_m
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    axes = scale * spin @ np.diag([np.cos(tilt), 1.0])
    middle = flat.marks_px.mean(axis=0)
    shift = FINER * side / 2 + rng.uniform(0, FINER * 16, 2) - FINER * 8 - axes @ middle
    whole = np.hstack([axes, shift[:, None]])
    size = (FINER * side, FINER * side)
    fine = cv2.warpAffine(flat.light, whole, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    light = np.asarray(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA), np.float32)
    recorder = Recorder(sensor, rng)
    for _ in range(SETTLING):
        image = recorder.expose(light)
    marks = ((flat.marks_px + 0.5) @ axes.T + shift) / FINER - 0.5
    return image, _face(marks)


def _face(marks: Marks) -> Face:
    apart = float(np.linalg.norm(marks[1] - marks[0]))
    (x, y), half = marks.mean(axis=0), WIDTH_IN_EYES * apart / 2
    return Face(
        box_px=(float(x - half), float(y - 1.2 * half), float(x + half), float(y + 1.2 * half)), score=1.0,
        landmarks_px=tuple((float(a), float(b)) for a, b in marks),
    )  # fmt: skip


def dithered(image: Image, colours: int, *, ordered: bool) -> Image:
    """As a GIF shows it: few colours, mixed from neighbours by a fixed table (ordered) or by passing the error on."""
    if not ordered:
        few = Picture.fromarray(image).convert("P", palette=Picture.Palette.ADAPTIVE, colors=colours)
        return np.asarray(few.convert("RGB"), np.uint8)
    steps = max(2, round(colours ** (1 / 3)))
    code = image.astype(np.float32) * ((steps - 1) / 255)
    height, width = image.shape[:2]
    table = np.tile(_BAYER, (-(-height // 8), -(-width // 8)))[:height, :width]
    return np.asarray(np.clip(np.floor(code + table[..., None]), 0, steps - 1) * (255 / (steps - 1)), np.uint8)


def _bayer() -> Plane:
    table = np.zeros((1, 1))
    for _ in range(3):
        table = np.block([[4 * table, 4 * table + 2], [4 * table + 3, 4 * table + 1]])
    return np.asarray((table + 0.5) / 64, np.float32)


_BAYER = _bayer()


def _turned(flat: Flat, turn_deg: float) -> tuple[Plane, Plane]:
    """Places in metres along axes that are turned against the picture's."""
    height, width = flat.light.shape[:2]
    turn = np.deg2rad(turn_deg)
    x = (np.arange(width, dtype=np.float32) / np.float32(flat.px_per_m))[None, :]
    y = (np.arange(height, dtype=np.float32) / np.float32(flat.px_per_m))[:, None]
    across = np.float32(np.cos(turn)) * x + np.float32(np.sin(turn)) * y
    return across, np.float32(np.cos(turn)) * y - np.float32(np.sin(turn)) * x


def _ridge(phase: Plane, thread: float) -> Plane:
    """0 on a thread, 1 between threads, with soft flanks."""
    away = np.abs(phase - np.round(phase)) * 2
    return np.asarray(np.clip((away - thread) / 0.15 + 0.5, 0, 1), np.float32)


def _laid(flat: Flat, cover: Plane, tone: float) -> Flat:
    light = flat.light * (1 - cover[..., None]) + np.float32(tone) * cover[..., None]
    return Flat(light=light, px_per_m=flat.px_per_m, marks_px=flat.marks_px)
