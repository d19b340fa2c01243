"""What surrounds a painted face: ground, hair, ears, neck, clothes, glasses.

All functions paint onto a linear float32 picture in place; see :mod:`toolkit.simulation.portraits`.
"""

from __future__ import annotations

import cv2
import numpy as np

from toolkit.simulation.canvas import Canvas, Plane, Tint, bump, mixed, smooth, soft
from toolkit.simulation.looks import Look

# Per hair style: how far hair stands off the skull above, at the sides, where the sides end (v), how frizzy.
STYLES: dict[str, tuple[float, float, float, float]] = {
    "short": (0.20, 0.08, 0.25, 0.2),
    "parted": (0.24, 0.10, 0.20, 0.1),
    "cropped": (0.05, 0.03, 0.10, 0.1),
    "receding": (0.09, 0.09, 0.30, 0.2),
    "bob": (0.22, 0.30, 1.55, 0.1),
    "long": (0.20, 0.34, 3.2, 0.15),
    "tied": (0.10, 0.03, 0.15, 0.05),
    "curly": (0.40, 0.32, 1.0, 1.0),
}
TOP = {"receding": -1.42, "cropped": -1.12, "curly": -1.0, "tied": -1.13, "long": -1.12, "parted": -1.05}


def ground(canvas: Canvas, look: Look, rng: np.random.Generator) -> Tint:
    """A plain wall behind the sitter, darker towards the corners."""
    fall = 1 - 0.05 * (canvas.u**2 + canvas.v**2) / 6 + 0.01 * canvas.noise(rng, 1.5)
    return np.asarray(np.asarray(look.ground, np.float32) * fall[..., None], dtype=np.float32)


def hair_behind(picture: Tint, canvas: Canvas, look: Look, half: Plane, rng: np.random.Generator) -> None:
    """The hair seen around the head, behind face and neck."""
    top, side, ends, frizz = STYLES[look.hair_style]
    crown = -1.78 * look.shape["forehead"] - top
    edge = _around(canvas, look, top, side) + frizz * 0.05 * canvas.noise(rng, 0.15) + 0.006 * canvas.noise(rng, 0.05)
    hang = max(ends, 0.3)
    mass = (
        soft(edge / 0.03)
        * soft(
            (hang - (0.12 + 0.25 * frizz) * np.abs(canvas.u) ** 3 - canvas.v + 0.02 * canvas.noise(rng, 0.08)) / 0.08
        )
        * (canvas.v > crown - 0.4)
    )
    mixed(picture, _strands(canvas, look, rng, frizz), mass.astype(np.float32))


def hair_before(picture: Tint, canvas: Canvas, look: Look, half: Plane, rng: np.random.Generator) -> Plane:
    """The hair that lies on the forehead and temples, and its shadow on the skin; gives its share of each pixel."""
    _, side, ends, frizz = STYLES[look.hair_style]
    u, v = canvas.u, canvas.v
    across = np.abs(u) / (1.16 * look.shape["face_width"])
    line = TOP.get(look.hair_style, -0.98) * look.shape["forehead"] + _hairline(canvas, look)
    wobble = 0.012 * canvas.noise(rng, 0.03) + 0.04 * frizz * canvas.noise(rng, 0.12)
    above = soft((line + wobble - v) / 0.05)
    sides = soft((across - 0.90 - 0.10 * soft((v - 0.1) / 0.25) + 0.6 * wobble) / 0.045) * soft(
        (min(ends, 1.4) - v) / 0.08
    )
    sides = sides * (1.0 if side > 0.2 else float(look.hair_style != "tied") * soft((0.32 - v) / 0.15))
    inside = soft(_around(canvas, look, *STYLES[look.hair_style][:2]) / 0.03)
    mass = np.clip(above + sides, 0, 1) * inside
    shadow = smooth(np.asarray(mass, np.float32), 0.07 * canvas.unit) * (1 - mass)
    picture *= (1 - 0.45 * shadow * soft((half - np.abs(u)) / 0.05))[..., None]
    if look.hair_style in ("cropped", "receding"):
        mass = mass * (0.80 + 0.10 * canvas.noise(rng, 0.02))
    share = np.clip(mass, 0, 1).astype(np.float32)
    mixed(picture, _strands(canvas, look, rng, frizz), share)
    return share


def _around(canvas: Canvas, look: Look, top: float, side: float) -> Plane:
    """How far inside the outline of the hair, negative outside: a skull made wider and higher by these lengths."""
    s = look.shape
    wide = 1.17 * s["face_width"] + side
    high = 1.78 * s["forehead"] + top
    v = canvas.v + 0.15
    up = np.clip(-v / (high - 0.15), 0, 1.5)
    round_ = (np.abs(canvas.u) / wide) ** 2.3 + up**2.3
    return np.asarray((1 - round_) * 0.5, dtype=np.float32)


def _hairline(canvas: Canvas, look: Look) -> Plane:
    """How the hairline departs from level, positive down."""
    u = canvas.u
    if look.hair_style == "parted":
        sign = 1 if look.seed % 2 else -1
        return np.asarray(
            0.32 * np.clip((sign * u + 0.45), 0, 1.3) * np.exp(-(((sign * u - 0.9) / 0.9) ** 2)) + 0.1 * u**4,
            np.float32,
        )
    if look.hair_style in ("bob", "long") and look.seed % 3 == 0:
        return np.asarray(0.48 - 0.05 * u**2 + 0.02 * np.sin(19 * u), np.float32)  # a fringe
    if look.hair_style in ("bob", "long"):
        return np.asarray(0.55 * np.clip(np.abs(u - 0.15), 0, 1.2) ** 1.6, np.float32)
    if look.hair_style == "receding":
        return np.asarray(0.36 * u**4 - 0.20 * np.exp(-(((np.abs(u) - 0.55) / 0.2) ** 2)), np.float32)
    return np.asarray(0.06 * u**2 + 0.30 * np.clip(np.abs(u) - 0.45, 0, 1) ** 2 + 0.015 * np.sin(23 * u), np.float32)


def _strands(canvas: Canvas, look: Look, rng: np.random.Generator, frizz: float) -> Tint:
    """Colour of hair: streaks that run down from the crown, a gloss band, darkness at the ends."""
    u, v = canvas.u, canvas.v + 1.6 * look.shape["forehead"]
    turn = np.arctan2(u, np.abs(v) + 0.35) + 0.025 * canvas.noise(rng, 1.0)
    far = np.hypot(u, v)
    table = rng.standard_normal((24, 900)).astype(np.float32)
    table = np.stack([np.convolve(row, [0.25, 0.5, 0.25], "same") for row in table])
    columns = np.clip((turn / 3.2 + 0.5) * 899, 0, 899).astype(np.float32)
    rows = np.clip(far * (2 + 3 * frizz), 0, 23).astype(np.float32)
    streak = np.asarray(cv2.remap(table, columns, rows, cv2.INTER_LINEAR), dtype=np.float32)
    if frizz > 0.5:
        streak = 0.5 * streak + 0.9 * canvas.noise(rng, 0.09)
    gloss = np.exp(-(((far - 0.75) / 0.28) ** 2)) * np.clip(1.1 - 0.5 * np.abs(turn + 0.35), 0, 1)
    light = np.exp(0.33 * streak) * (0.72 + 0.75 * gloss) * (1.1 - 0.16 * np.clip(far, 0, 3))
    dark = np.asarray(look.hair, np.float32)
    shine = 0.035 * gloss[..., None] * np.array([1, 0.95, 0.9], np.float32)
    return np.asarray(dark * light[..., None] + shine * np.exp(0.5 * streak)[..., None], dtype=np.float32)


def ears(picture: Tint, canvas: Canvas, look: Look) -> None:
    """Ears beside the head, half hidden by it; hair before them is painted later."""
    if look.hair_style in ("bob", "long"):
        return
    wide = 1.15 * look.shape["face_width"]
    for sign in (-1, 1):
        part = canvas.window(sign * wide - 0.45, -0.45, sign * wide + 0.45, 0.75)
        u, v = sign * canvas.u[part], canvas.v[part]
        x, y = u - wide - 0.02 + 0.10 * (v - 0.15), v - 0.17
        shell = soft((1 - (x / 0.19) ** 2 - (y / 0.40) ** 2) / 0.10)
        rim = (
            1
            - 0.45 * bump(x, y, (0.03, 0.02), (0.055, 0.20))
            + 0.12 * np.exp(-(((np.hypot(x / 0.19, y / 0.4) - 0.85) / 0.1) ** 2))
        )
        tint = np.asarray(look.skin, np.float32) * np.array([0.93, 0.80, 0.78], np.float32)
        mixed(picture[part], tint * (1.0 * rim)[..., None].astype(np.float32) * (1.0 if sign < 0 else 0.86), shell)


def neck_and_clothes(picture: Tint, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Neck in the shadow of the chin, shoulders in a plain garment with a collar or a round neck."""
    s, u, v = look.shape, canvas.u, canvas.v
    side = np.abs(u)
    wide = 0.74 * s["jaw_width"] * s["face_width"] ** 0.5
    chin = 1.82 * s["chin_length"]
    column = wide + 0.9 * np.clip(v - chin - 0.25, 0, 2) ** 1.6
    neck = soft((column - side) / 0.03) * (v > 0.6)
    round_ = np.sqrt(np.maximum(1 - (side / np.maximum(column, 0.1)) ** 2 * 0.8, 0.05))
    fade = 0.52 + 0.46 * np.clip((v - chin + 0.05) / 0.65, 0, 1)
    light = round_ * fade * (1 - 0.18 * u) + 0.02 * canvas.noise(rng, 0.1)
    mixed(
        picture,
        np.asarray(look.skin, np.float32)
        * np.array([0.96, 0.9, 0.88], np.float32)
        * light[..., None].astype(np.float32),
        neck,
    )
    start = chin + 0.30
    slope = start + 0.10 + 0.26 * np.clip(side - wide, 0, 9) + 0.05 * np.clip(side - 2.2, 0, 9) ** 2
    opening = (
        start + 0.42 - 0.62 * (side / (wide + 0.15)) ** 2 if not look.collar else start + 0.78 - 1.02 * side / wide
    )
    body = soft((v - slope) / 0.03) * soft((v - np.where(side < wide + 0.15, opening, slope)) / 0.03)
    folds = (
        1
        + 0.06 * canvas.noise(rng, 0.5)
        + 0.015 * canvas.noise(rng, 0.02)
        - 0.10 * u
        - 0.10 * np.clip(side - 1.8, 0, 2)
    )
    cloth = np.asarray(look.clothes, np.float32) * folds[..., None].astype(np.float32) * 0.9
    mixed(picture, cloth, body.astype(np.float32))
    if look.collar:
        _collar(picture, canvas, look, wide, start)


def _collar(picture: Tint, canvas: Canvas, look: Look, wide: float, start: float) -> None:
    """The two leaves of a shirt's collar."""
    side, v = np.abs(canvas.u), canvas.v
    inner = start + 0.78 - 1.02 * side / wide
    leaf = soft((v - inner) / 0.025) * soft((inner + 0.36 - 0.10 * side - v) / 0.025)
    leaf = leaf * soft((wide + 0.12 - side) / 0.03) * soft((v - start + 0.35) / 0.05)
    edge = np.exp(-(((v - inner - 0.34 + 0.10 * side) / 0.03) ** 2))
    cloth = np.minimum(np.asarray(look.clothes, np.float32) * 1.12 + 0.01, 0.8)
    mixed(picture, cloth * (1 - 0.35 * edge[..., None]).astype(np.float32), leaf.astype(np.float32))


def glasses(picture: Tint, canvas: Canvas, look: Look) -> None:
    """A dark frame of two rounded rings, a bridge and bows, with a weak reflection."""
    u, v = canvas.u, canvas.v
    layer = np.zeros(u.shape, np.float32)
    for sign in (-1, 1):
        x, y = (u - sign * 0.52) / 0.40, (v - 0.03) / 0.27
        ring = (np.abs(x) ** 3 + np.abs(y) ** 3) ** (1 / 3)
        layer = np.maximum(layer, np.exp(-(((ring - 1) / 0.09) ** 2)))
        sheen = 0.035 * soft((1 - ring) / 0.1) * soft((0.35 - np.abs(x + 0.6 * y + 0.2)) / 0.1)
        picture += sheen[..., None]
        bow = np.exp(-(((v + 0.07) / 0.035) ** 2)) * soft((sign * u - 0.92) / 0.02) * soft((1.22 - sign * u) / 0.05)
        layer = np.maximum(layer, bow)
    bridge = np.exp(-(((v + 0.06 - 0.25 * u**2) / 0.03) ** 2)) * soft((0.13 - np.abs(u)) / 0.02)
    layer = np.maximum(layer, bridge)
    mixed(picture, np.array([0.02, 0.016, 0.014], np.float32), np.asarray(0.92 * layer, np.float32))
