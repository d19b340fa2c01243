"""A painted person: a face shaded from its relief, with hair, neck and clothes, on a light ground.

Nobody is shown: proportions and colours come from a :class:`~toolkit.simulation.looks.Look`.
The face is a height map (forehead, sockets, nose, cheeks, lips, chin) lit from
above and one side; brows, eyes and lips are painted onto it. Lengths are in
eye distances from the middle between the eyes, u to the right and v down.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from toolkit.records import Image
from toolkit.simulation import dressing
from toolkit.simulation.canvas import Canvas, Plane, Tint, bump, mixed, pair, smooth, soft
from toolkit.simulation.looks import Look

SIDE_PX = 320
OVERSAMPLING = 2
EYE_LINE = 0.45  # share of the picture's height
EYE_DISTANCE = 0.150  # share of the picture's width
LIGHT = np.array([-0.46, -0.50, 0.73])
SCATTER = np.array([0.84, 1.0, 1.10], np.float32)  # light that left the skin again is redder where little came in

# Half width of a head at heights from crown to chin, in eye distances, for all shape factors 1.
OUTLINE = (
    (-1.78, 0.0), (-1.72, 0.42), (-1.55, 0.74), (-1.2, 1.02), (-0.7, 1.15), (-0.1, 1.16),
    (0.45, 1.12), (0.9, 1.02), (1.2, 0.90), (1.45, 0.71), (1.66, 0.44), (1.78, 0.20), (1.82, 0.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portrait:
    """A painted person.

    ``linear`` is reflectance, float32 (s, s, 3); ``landmarks_px`` five points
    (5, 2); ``face`` the share of bare face in each pixel, float32 (s, s).
    """

    linear: NDArray[np.float32]
    landmarks_px: NDArray[np.float64]
    face: NDArray[np.float32]


def paint(look: Look, *, side_px: int = SIDE_PX) -> Portrait:
    """The portrait of a look: same look, same picture."""
    canvas = Canvas(side_px * OVERSAMPLING, EYE_LINE, EYE_DISTANCE / look.shape["face_width"] ** 0.5)
    rng = np.random.default_rng([look.seed, 0xA1])
    half = half_width(look, canvas.v)
    face = soft((half - np.abs(canvas.u)) / 0.02) * soft((half - 0.03) / 0.02)
    picture = dressing.ground(canvas, look, rng)
    dressing.hair_behind(picture, canvas, look, half, rng)
    dressing.neck_and_clothes(picture, canvas, look, rng)
    dressing.ears(picture, canvas, look)
    mixed(picture, _face(canvas, look, half, rng), face)
    face = face * (1 - dressing.hair_before(picture, canvas, look, half, rng))
    if look.glasses:
        dressing.glasses(picture, canvas, look)
    size = (side_px, side_px)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return Portrait(
        np.clip(small, 0, 1).astype(np.float32),
        landmarks(look, canvas) / OVERSAMPLING,
        np.asarray(cv2.resize(face, size, interpolation=cv2.INTER_AREA), np.float32),
    )


def landmarks(look: Look, canvas: Canvas) -> NDArray[np.float64]:
    """Eyes, tip of the nose and corners of the mouth in pixels of the canvas, (5, 2)."""
    s = look.shape
    corner = s["mouth_drop"] - 0.5 * s["smile"]
    places = [(-0.5, 0.0), (0.5, 0.0), (0.0, s["nose_length"]), (-s["mouth_width"], corner), (s["mouth_width"], corner)]
    return np.array([canvas.place(u, v) for u, v in places], dtype=np.float64)


def half_width(look: Look, v: Plane) -> Plane:
    """Half the width of the head at each height, in eye distances; 0 above the crown and below the chin."""
    s = look.shape
    heights, widths = np.array(OUTLINE).T
    heights = np.where(heights > 0, heights * s["chin_length"], heights * s["forehead"])
    down = np.clip((heights - 0.3) / 1.0, 0, 1)
    widths = widths * s["face_width"] * (1 + (s["jaw_width"] - 1) * down)
    curve = PchipInterpolator(heights, widths, extrapolate=False)
    rows, back = np.unique(v, return_inverse=True)
    return np.asarray(np.nan_to_num(curve(rows))[back].reshape(v.shape), dtype=np.float32)


def srgb(linear: NDArray[np.float32]) -> Image:
    """Linear light 0-1 as 8-bit sRGB (IEC 61966-2-1)."""
    light = np.clip(linear, 0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(coded * 255), dtype=np.uint8)


def linear(image: Image) -> NDArray[np.float32]:
    """8-bit sRGB as linear light 0-1, float32."""
    coded = np.arange(256) / 255
    table = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return np.asarray(table[image], dtype=np.float32)


def _relief(canvas: Canvas, look: Look, half: Plane) -> Plane:
    """Height of the face towards the camera, in eye distances."""
    s, u, v = look.shape, canvas.u, canvas.v
    wide = (half**4 + 0.85**4) ** 0.25
    across = np.clip(np.abs(u) / wide, 0, 1)
    along = np.clip((v - 0.05) / (1.95 * s["chin_length"]), -1, 1)
    z = 1.0 * np.sqrt(np.maximum(1 - across**2.3, 0)) * np.sqrt(np.maximum(1 - along**4, 0.0))
    z += 0.30 * _rounding(canvas, half)
    z += 0.07 * pair(u, v, (0.42, -s["brow_height"] + 0.06), (0.30, 0.10))
    z -= 0.19 * pair(u, v, (0.47, -0.03), (0.26, 0.15))
    z -= 0.07 * pair(u, v, (0.20, -0.02), (0.07, 0.10))
    z += 0.09 * pair(u, v, (0.5, 0.01), (0.17, 0.10))
    z += 0.09 * s["cheeks"] * pair(u, v, (0.66, 0.50), (0.26, 0.24))
    z -= 0.030 * (0.4 + s["age"]) * (_fold(u, v) + _fold(-u, v))
    z += _nose(canvas, look)
    mouth, up, low, spread = s["mouth_drop"], s["upper_lip"], s["lower_lip"], s["mouth_width"]
    z += 0.10 * bump(u, v, (0, mouth), (spread, 0.22))
    z += 0.5 * up * bump(u, v, (0, mouth - 0.5 * up), (0.62 * spread, 0.5 * up))
    z += 0.75 * low * bump(u, v, (0, mouth + 0.55 * low), (0.55 * spread, 0.5 * low))
    z -= 0.05 * bump(u, v, (0, mouth + low + 0.10), (0.28, 0.06))
    z -= 0.02 * bump(u, v, (0, mouth - up - 0.08), (0.045, 0.07))
    z += 0.09 * bump(u, v, (0, 1.55 * s["chin_length"]), (0.30, 0.15))
    return np.asarray(z, dtype=np.float32)


def _nose(canvas: Canvas, look: Look) -> Plane:
    """Bridge, tip and wings."""
    s, u, v = look.shape, canvas.u, canvas.v
    tip, wide, tall = s["nose_length"], s["nose_width"], s["nose_height"]
    rise = np.clip((v + 0.25) / (tip + 0.25), 0, 1) ** 1.3 * soft((tip + 0.06 - v) / 0.15)
    z = tall * (0.08 + 0.26 * rise) * np.exp(-((u / (0.09 + 0.40 * wide * rise)) ** 2))
    z *= soft((v + 0.35) / 0.15) * soft((tip + 0.10 - v) / 0.16)
    z += 0.14 * tall * bump(u, v, (0, tip - 0.01), (0.50 * wide, 0.10))
    z += 0.13 * (0.5 + 0.5 * tall) * pair(u, v, (wide * 0.90, tip + 0.055), (0.28 * wide, 0.065))
    return np.asarray(z, dtype=np.float32)


def _fold(u: Plane, v: Plane) -> Plane:
    """The fold from the wing of the nose to beside the mouth, at the picture's right."""
    across, along = u - 0.30 - 0.30 * (v - 0.75), v - 0.95
    return np.asarray(np.exp(-0.5 * ((across / 0.045) ** 2 + (along / 0.20) ** 2)), dtype=np.float32)


def _rounding(canvas: Canvas, half: Plane) -> Plane:
    """How the face turns away near its outline, 0 at the edge to 1 at 0.35 eye distances inside."""
    inside = np.asarray(np.abs(canvas.u) < half, dtype=np.uint8)
    far = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / (0.35 * canvas.unit)
    return smooth(np.sqrt(np.maximum(1 - (1 - np.clip(far, 0, 1)) ** 2, 0)).astype(np.float32), 0.03 * canvas.unit)


def _face(canvas: Canvas, look: Look, half: Plane, rng: np.random.Generator) -> Tint:
    """Skin with brows, eyes, nostrils and lips under light, over the whole canvas."""
    unit = canvas.unit
    z = smooth(_relief(canvas, look, half), 0.012 * unit)
    albedo = _skin(canvas, look, rng)
    _lips(albedo, canvas, look)
    lit = albedo * _shade(z, unit)[..., None] ** SCATTER
    _nostrils(lit, canvas, look)
    _eyes(lit, canvas, look)
    _brows(lit, canvas, look, rng)
    return lit


def _shade(z: Plane, unit: float) -> Plane:
    """Light on the relief: a soft key light, sky from above, and darkness in hollows."""
    down, right = np.gradient(z * unit)
    steep = np.sqrt(right**2 + down**2 + 1)
    key = np.clip((-right * LIGHT[0] - down * LIGHT[1] + LIGHT[2]) / steep, -0.3, 1)
    sky = (0.75 + 0.25 * down / steep * -1) * (0.35 + 0.65 / steep)
    hollow = sum(np.clip(smooth(z, k * unit) - z, 0, 0.12) * w for k, w in ((0.06, 2.2), (0.18, 1.8)))
    shine = np.clip(key, 0, 1) ** 24 * 0.10
    wrapped = (np.clip(key, -0.3, 1) + 0.3) / 1.3
    return np.asarray(np.maximum(0.95 * wrapped + 0.40 * sky, 0.18) * np.exp(-hollow) + shine, dtype=np.float32)


def _skin(canvas: Canvas, look: Look, rng: np.random.Generator) -> Tint:
    """Reflectance of bare skin: redder at nose and cheeks, mottled, with marks, stubble and folds of age."""
    s, u, v = look.shape, canvas.u, canvas.v
    side = np.abs(u)
    red = 0.5 * bump(side, v, (0.62, 0.55), (0.30, 0.24)) + 0.5 * bump(u, v, (0, s["nose_length"]), (0.25, 0.16))
    mottled = 0.045 * canvas.noise(rng, 0.16) + 0.035 * canvas.noise(rng, 0.045) + 0.03 * canvas.noise(rng, 0.014)
    tone = 1 + mottled - 0.14 * bump(side, v, (0.46, 0.20), (0.22, 0.06)) * (0.5 + s["age"])
    for k in range(3):
        at = (-0.75 - 0.17 * k) * s["forehead"]
        wave = 0.02 * np.sin(3 * u + k)
        tone = tone - 0.10 * max(s["age"] - 0.35, 0) * np.exp(-(((v - at - wave) / 0.016) ** 2)) * soft(
            (0.7 - side) / 0.1
        )
    for _ in range(int(rng.integers(0, 5))):
        spot = (float(rng.uniform(-0.9, 0.9)), float(rng.uniform(-0.9, 1.5)))
        tone = tone * (1 - 0.45 * bump(u, v, spot, (0.018, 0.018)))
    skin = np.asarray(look.skin, np.float32) * tone[..., None].astype(np.float32)
    skin = skin * (1 + red[..., None] * np.array([0.06, -0.13, -0.13], np.float32))
    beard = look.beard * _beard(canvas, look) * (1 + 0.35 * np.clip(canvas.noise(rng, 0.025), -1, 1))
    mixed(skin, np.asarray(look.hair, np.float32) * 1.3 + 0.01, np.clip(beard, 0, 0.93).astype(np.float32))
    return np.asarray(skin, dtype=np.float32)


def _beard(canvas: Canvas, look: Look) -> Plane:
    """Where a beard grows: chin, jaw and above the upper lip."""
    s, u, v = look.shape, canvas.u, canvas.v
    side = np.abs(u)
    mouth = s["mouth_drop"]
    jaw = soft((v - (0.95 - 0.35 * side**2 + 0.45 * soft((0.55 - side) / 0.1))) / 0.10)
    moustache = bump(u, v, (0, mouth - s["upper_lip"] - 0.09), (0.32, 0.055))
    lips = bump(u, v, (0, mouth), (s["mouth_width"] * 0.8, 0.11))
    return np.asarray(np.clip(jaw + moustache, 0, 1) * (1 - np.clip(1.6 * lips, 0, 1)), dtype=np.float32)


def _lips(albedo: Tint, canvas: Canvas, look: Look) -> None:
    """Colour of the lips, with the bow of the upper one and the line between them."""
    s, u, v = look.shape, canvas.u, canvas.v
    t = np.clip(np.abs(u) / s["mouth_width"], 0, 1)
    line = s["mouth_drop"] - s["smile"] * (t**2 - 0.3)
    bow = (1 - t**1.7) * (1 - 0.28 * np.exp(-((u / 0.055) ** 2)))
    above, below = line - s["upper_lip"] * bow, line + s["lower_lip"] * (1 - t**2.2)
    inside = soft((v - above) / 0.018) * soft((below - v) / 0.022) * (t < 1)
    red = np.asarray(look.skin) * np.array([0.95, 0.55, 0.58]) * (1 - 0.18 * look.lips_red)
    red += look.lips_red * np.array([0.06, -0.01, 0.0])
    mixed(albedo, red.astype(np.float32), (0.85 * inside).astype(np.float32))
    gap = np.exp(-(((v - line) / 0.016) ** 2)) * soft((s["mouth_width"] * 1.04 - np.abs(u)) / 0.03)
    mixed(
        albedo,
        np.asarray(look.skin, np.float32) * np.array([0.16, 0.08, 0.07], np.float32),
        (0.85 * gap).astype(np.float32),
    )


def _nostrils(lit: Tint, canvas: Canvas, look: Look) -> None:
    """The two openings under the nose, the groove around its wings, and its shadow on the lip."""
    s, u, v = look.shape, canvas.u, canvas.v
    at, under = 0.50 * s["nose_width"], s["nose_length"] + 0.105
    hole = sum(bump(k * u, v - 0.3 * (k * u - at), (at, under), (0.048, 0.019)) for k in (-1, 1))
    groove = sum(_wing(k * u, v, s["nose_width"] * 1.22, s["nose_length"] + 0.05) for k in (-1, 1))
    shadow = bump(u, v, (0.04, under + 0.05), (s["nose_width"] * 0.8, 0.05))
    lit *= ((1 - 0.10 * shadow) * (1 - 0.62 * np.clip(1.3 * hole, 0, 1)) * (1 - 0.22 * groove))[..., None]


def _wing(u: Plane, v: Plane, at: float, down: float) -> Plane:
    """The groove behind one wing of the nose."""
    bent = u - at + 2.2 * (v - down) ** 2
    return np.asarray(np.exp(-((bent / 0.020) ** 2) - ((v - down) / 0.09) ** 2), dtype=np.float32)


def _eyes(lit: Tint, canvas: Canvas, look: Look) -> None:
    """Eyeballs between lids, with iris, glint, lashes and the fold above."""
    s = look.shape
    for sign in (-1, 1):
        part = canvas.window(sign * 0.5 - 0.42, -0.40, sign * 0.5 + 0.42, 0.36)
        x, v = (canvas.u[part] - sign * 0.5) * sign, canvas.v[part]  # x towards the temple
        t = np.clip(x / s["eye_width"], -1.15, 1.15)
        slant = -s["eye_tilt"] * x
        round_ = np.sqrt(np.maximum(1 - np.abs(t) ** 2.2, 0))
        upper = slant - s["eye_open"] * 1.12 * round_ * (1 - 0.12 * t)
        lower = slant + s["eye_open"] * 0.80 * round_ * (1 + 0.15 * t)
        ball = soft((v - upper) / 0.012) * soft((lower - v) / 0.012) * (np.abs(t) < 1)
        mixed(lit[part], _eyeball(x, v, slant, upper, look), ball.astype(np.float32))
        reach = soft((1.1 - np.abs(t)) / 0.08)
        lash = np.exp(-(((v - upper + 0.008) / 0.020) ** 2)) * reach * (0.75 + 0.2 * t)
        under = np.exp(-(((v - lower - 0.01) / 0.016) ** 2)) * reach * 0.30
        fold_at = upper - 0.055 - 0.03 * s["lid_fold"]
        fold = np.exp(-(((v - fold_at) / 0.016) ** 2)) * reach * 0.45 * s["lid_fold"]
        lit[part] *= (1 - np.clip(lash + under + fold, 0, 0.93))[..., None].astype(np.float32)


def _eyeball(x: Plane, v: Plane, slant: Plane, upper: Plane, look: Look) -> Tint:
    """White, iris and pupil of one eye; shaded below the upper lid."""
    white = (
        np.array([0.56, 0.51, 0.47], np.float32)
        * (1 - 0.35 * np.clip(np.abs(x) / look.shape["eye_width"], 0, 1) ** 2)[..., None]
    )
    at = np.hypot(x, v - slant + 0.006)
    iris = np.asarray(look.iris, np.float32) * (0.7 + 0.6 * np.clip(at / 0.09, 0, 1))[..., None]
    iris = iris * (1 - 0.75 * np.exp(-(((at - 0.094) / 0.016) ** 2)))[..., None]
    ball = np.asarray(white, np.float32).copy()
    mixed(ball, iris, soft((0.095 - at) / 0.012))
    mixed(ball, np.full(3, 0.004, np.float32), soft((0.040 - at) / 0.010))
    ball *= (0.45 + 0.55 * np.clip((v - upper) / 0.09, 0, 1))[..., None]
    sign = 1.0  # the light comes from one side for both eyes, so the glints are not mirrored
    mixed(ball, np.full(3, 0.9, np.float32), soft((0.020 - np.hypot(x * sign + 0.03, v - slant + 0.045)) / 0.008))
    return ball


def _brows(lit: Tint, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Brows of single hairs, thick at the nose and thin at the temple."""
    s = look.shape
    layer = np.zeros(canvas.u.shape, np.float32)
    for sign in (-1, 1):
        for _ in range(260):
            along = float(rng.uniform(0, 1))
            u = 0.20 + 0.62 * along
            thick = s["brow_thick"] * (1.1 - 0.75 * along) * (0.4 + 0.6 * min(along * 6, 1))
            ridge = (
                -s["brow_height"] + 0.03 - s["brow_arch"] * np.sin(np.pi * min(along * 1.15, 1)) * 1.6 + 0.05 * along
            )
            v = ridge + float(rng.uniform(-thick, thick))
            angle = np.deg2rad(-50 + 62 * along + float(rng.normal(0, 9)))
            length = float(rng.uniform(0.06, 0.12)) * (1.1 - 0.4 * along)
            start, end = (
                canvas.place(sign * u, v),
                canvas.place(sign * (u + length * np.cos(angle)), v + length * np.sin(angle)),
            )
            canvas.stroke(layer, start, end, 0.012)
    strength = np.clip(smooth(layer, 0.010 * canvas.unit), 0, 0.85) * (0.72 + 0.28 * min(s["brow_thick"] / 0.06, 1))
    mixed(lit, np.asarray(look.hair, np.float32) * 0.9 + 0.008, strength.astype(np.float32))
