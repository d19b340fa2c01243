"""Bodies: what is under a head, in clothes, standing or walking, with hands that reach and hold.

A body is a list of round cones set up for one moment. Hands have fingers,
because a hand that holds a sheet is one of the few things an overhead camera
sees clearly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.solids import Colour, Cone, flattened

Floats = NDArray[np.float32]
Rng = np.random.Generator

STRIDE_M = 1.3  # one full gait
SHOULDER_M = 0.056
CLOTH_SHAPE = (160, 220)
PATTERNS = ("plain", "stripes", "checks", "knit", "panel", "dither")
SHIRTS: tuple[Colour, ...] = (
    (0.02, 0.02, 0.03), (0.02, 0.03, 0.08), (0.20, 0.02, 0.03), (0.05, 0.12, 0.07), (0.32, 0.33, 0.35),
    (0.52, 0.42, 0.28), (0.06, 0.10, 0.24), (0.62, 0.60, 0.56), (0.12, 0.07, 0.16), (0.03, 0.03, 0.03),
)  # fmt: skip
TROUSERS: tuple[Colour, ...] = ((0.02, 0.02, 0.04), (0.015, 0.015, 0.02), (0.07, 0.08, 0.10), (0.16, 0.12, 0.08))
SHOES: Colour = (0.015, 0.014, 0.014)


@dataclass(frozen=True, slots=True, eq=False)
class Clothes:
    """What somebody wears: textures wound around trunk and arms; the same clothes make a uniform."""

    shirt: Colour
    trousers: Colour
    cloth: Floats
    sleeve: Floats
    leg: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Grip:
    """A hand somewhere: the middle of its palm, which way its fingers point, and which way the palm looks.

    ``curl`` 0 for straight fingers, as behind a sheet, 1 for loosely bent ones.
    """

    at: Floats
    fingers: Floats
    palm: Floats
    curl: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """How a body stands at one moment.

    ``feet`` is where it stands (x, y) in metres; ``facing`` as for a head's
    pose; ``walked_m`` the way walked so far, None when it stands; ``left`` and
    ``right`` (as the camera sees a facing body) say where a hand is held, None
    for a hanging arm. ``habit`` is how this one stands, each -1 to 1: feet
    apart, one foot before the other, arms away from the body.
    """

    feet: tuple[float, float]
    facing: float = 0.0
    walked_m: float | None = None
    left: Grip | None = None
    right: Grip | None = None
    sway: tuple[float, float] = (0.0, 0.0)
    habit: tuple[float, float, float] = (0.0, 0.0, 0.0)


def dress(rng: Rng, pattern: str | None = None) -> Clothes:
    """Clothes by chance; dark ones are common, as they are at work."""
    shirt, trousers = SHIRTS[rng.integers(len(SHIRTS))], TROUSERS[rng.integers(len(TROUSERS))]
    kind = pattern or PATTERNS[rng.integers(len(PATTERNS) - 1)]
    return Clothes(shirt, trousers, _cloth(rng, shirt, kind), _cloth(rng, shirt, kind), _cloth(rng, trousers, "plain"))


def _cloth(rng: Rng, colour: Colour, pattern: str) -> Floats:
    """Reflectance (h, w, 3): pattern, folds and weave."""
    height, width = CLOTH_SHAPE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    period = float(rng.uniform(7, 14))
    tone = np.ones((height, width), np.float32)
    if pattern == "stripes":
        tone += 0.7 * (np.sin(2 * np.pi * y / period) > 0.3)
    elif pattern == "checks":
        tone += 0.5 * (np.sin(2 * np.pi * x / period) > 0) + 0.5 * (np.sin(2 * np.pi * y / period) > 0)
    elif pattern == "panel":
        tone += 0.9 * (np.abs(x - width / 2) < 10)
    elif pattern == "dither":
        tone += 1.5 * ((x.astype(int) // 2 + y.astype(int) // 2) % 2)
    weave = rng.normal(0, 0.20 if pattern == "knit" else 0.07, (height, width)).astype(np.float32)
    folds = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 9, sigmaY=14)
    tone *= (1 + weave) * np.clip(1 + 0.20 * folds / float(folds.std()), 0.4, 2.0)
    return np.asarray(np.clip(tone[..., None] * np.array(colour, np.float32) + 0.006, 0.004, 0.9), np.float32)


def body(
    stance: Stance, clothes: Clothes, skin: Colour, *, height: float = 1.0, build: float = 1.0, joints: bool = True
) -> list[Cone]:
    """All cones of a body but its head.

    Parameters
    ----------
    height, build : float
        Factors of stature and of breadth.
    joints : bool
        Whether fingers have joints; of use where one covers more than a few pixels.
    """
    place = _Place(stance, height, build)
    parts = _trunk(place, clothes, skin)
    for side in (-1, 1):
        parts += _leg(place, clothes, side)
        parts += _arm(place, clothes, skin, side, stance.left if side < 0 else stance.right, joints)
    return parts


class _Place:
    """From body axes (right of the body as the camera sees a facing one, away, up) to the world."""

    def __init__(self, stance: Stance, height: float, build: float) -> None:
        c, s = np.cos(stance.facing), np.sin(stance.facing)
        self.turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        self.facing, self.height, self.build = stance.facing, height, build
        self.feet = np.array([*stance.feet, 0.0])
        self.lean = np.array([*stance.sway, 0.0])
        gait = None if stance.walked_m is None else 2 * np.pi * stance.walked_m / STRIDE_M
        self.swing = 0.0 if gait is None else float(np.sin(gait))
        self.habit = stance.habit
        self.lift = 0.0 if gait is None else float(np.cos(gait))
        self.bob = 0.0 if gait is None else 0.018 * float(np.cos(2 * gait))

    def at(self, x: float, y: float, z: float) -> Floats:
        up = z * self.height + (self.bob if z > 0.3 else 0.0)
        local = self.turn @ np.array([x * self.build, y, 0.0])
        return np.asarray(self.feet + local + self.lean * min(1.0, z / 1.4) + np.array([0, 0, up]), np.float32)

    def shoulder(self, side: int) -> Floats:
        """The joint of an arm; trunk and arm end in the same ball there, so that no seam shows."""
        return self.at(side * 0.166, 0.014, 1.388)

    def flat(self, by: float) -> Floats:
        return flattened((self.turn @ np.array([0.0, 1.0, 0.0])).astype(np.float32), by)


def _trunk(place: _Place, clothes: Clothes, skin: Colour) -> list[Cone]:
    b = place.build
    wound: dict[str, Any] = {"cloth": clothes.cloth, "turn_rad": place.facing, "origin": place.at(0, 0, 1.45)}
    yoke, ball = place.at(0.0, 0.010, 1.435), SHOULDER_M * (0.5 + 0.5 * b)
    return [
        Cone(start=place.at(0, 0.004, 1.325), end=place.at(0, 0, 1.04), radii=(0.158 * b, 0.140 * b),
             frame=place.flat(0.64), **wound),
        *(Cone(start=place.at(side * 0.028, 0.014, 1.432), end=place.shoulder(side), radii=(0.062, ball), **wound)
          for side in (-1, 1)),
        Cone(start=place.at(0, 0.0, 1.02), end=place.at(0, 0.0, 0.90), radii=(0.142 * b, 0.150 * b),
             frame=place.flat(0.70), cloth=clothes.leg, turn_rad=place.facing),
        Cone(start=yoke, end=place.at(0, -0.002, 1.54), radii=(0.060, 0.054), colour=skin),
        Cone(start=place.at(0, 0.014, 1.418), end=place.at(0, 0.012, 1.442), radii=(0.074, 0.066), cloth=clothes.sleeve,
             turn_rad=place.facing),
    ]  # fmt: skip


def _leg(place: _Place, clothes: Clothes, side: int) -> list[Cone]:
    stride = side * (place.swing * 0.30 + 0.06 * place.habit[1])
    apart = 0.10 + 0.035 * place.habit[0]
    raised = 0.10 * max(0.0, side * place.lift)
    hip, foot = place.at(side * 0.082, 0, 0.90), place.at(side * apart, -stride, 0.09 + raised)
    knee = place.at(side * (0.052 + apart / 2), -0.55 * stride - 0.05 * (raised > 0), 0.50 + 0.4 * raised)
    toe = place.at(side * (apart + 0.025 + 0.02 * place.habit[0]), -stride - 0.13, 0.045 + raised)
    wound: dict[str, Any] = {"cloth": clothes.leg, "turn_rad": place.facing}
    return [
        Cone(start=hip, end=knee, radii=(0.090 * place.build, 0.060), **wound),
        Cone(start=knee, end=foot, radii=(0.062, 0.048), **wound),
        Cone(start=place.at(side * apart, -stride + 0.03, 0.05 + raised), end=toe, radii=(0.046, 0.040), colour=SHOES),
    ]


UPPER_M, LOWER_M = 0.30, 0.27
HOLDING = 0.5  # fingers bent less than this have something between them and the thumb


def head_middle(stance: Stance, *, height: float = 1.0, build: float = 1.0) -> tuple[float, float, float]:
    """Where the middle of the head is on such a body."""
    x, y, z = (float(v) for v in _Place(stance, height, build).at(0, -0.010, 1.62))
    return x, y, z


def chest(stance: Stance, *, height: float = 1.0, build: float = 1.0, z: float = 1.22) -> tuple[Floats, Floats]:
    """A point on the front of the trunk and its axes (right, up, outward as rows)."""
    place = _Place(stance, height, build)
    right, out = place.turn @ np.array([1.0, 0, 0]), place.turn @ np.array([0, -1.0, 0])
    return place.at(0, -0.118 * build, z), np.stack([right, np.array([0, 0, 1.0]), out]).astype(np.float32)


def _arm(place: _Place, clothes: Clothes, skin: Colour, side: int, grip: Grip | None, joints: bool) -> list[Cone]:
    shoulder = place.shoulder(side)
    swing = -side * place.swing * 0.16
    elbow_to = place.turn @ np.array([side * (0.5 + 0.4 * place.habit[2]), 0.55, -1.0])
    if grip is None:
        hand = place.at(side * (0.218 + 0.022 * place.habit[2]), -0.035 - swing - 0.04 * side * place.habit[1], 0.80)
        elbow_to = place.turn @ np.array([side * 0.15, 1.0, 0.0])  # behind, not out like a handle
        grip = Grip(at=hand, fingers=np.array([0, 0, -1.0], np.float32), palm=place.turn @ np.array([-side, 0.0, 0.0]))
    fingers = grip.fingers / np.linalg.norm(grip.fingers)
    wrist = np.asarray(grip.at - 0.045 * fingers, np.float32)
    elbow, wrist = _bend(shoulder, wrist, elbow_to, place.height)
    wound: dict[str, Any] = {"cloth": clothes.sleeve, "turn_rad": place.facing}
    together = grip.curl > HOLDING and not joints
    cuff = elbow + 0.86 * (wrist - elbow)
    return [
        Cone(start=shoulder, end=elbow, radii=(SHOULDER_M * (0.5 + 0.5 * place.build), 0.043), **wound),
        Cone(start=elbow, end=cuff, radii=(0.043, 0.035), **wound),
        Cone(start=cuff, end=wrist, radii=(0.029, 0.026), colour=skin),
        *hand_cones(wrist, fingers, grip.palm, skin, side, grip.curl, joints, together),
    ]


def _bend(shoulder: Floats, wrist: Floats, towards: NDArray[np.float64], height: float) -> tuple[Floats, Floats]:
    """Elbow of an arm from shoulder to wrist; an arm too short reaches as far as it can."""
    upper, lower = UPPER_M * height, LOWER_M * height
    way = (wrist - shoulder).astype(np.float64)
    long = float(np.linalg.norm(way))
    if long > 0.995 * (upper + lower):
        way *= 0.995 * (upper + lower) / long
        long = 0.995 * (upper + lower)
    unit = way / max(long, 1e-6)
    along = (upper**2 - lower**2 + long**2) / (2 * max(long, 1e-6))
    off = towards - unit * float(towards @ unit)
    off /= max(float(np.linalg.norm(off)), 1e-6)
    elbow = shoulder + unit * along + off * np.sqrt(max(upper**2 - along**2, 0.0))
    return np.asarray(elbow, np.float32), np.asarray(shoulder + way, np.float32)


def hand_cones(
    wrist: Floats,
    fingers: Floats,
    palm: Floats,
    skin: Colour,
    side: int,
    curl: float = 1.0,
    joints: bool = True,
    together: bool = False,
) -> list[Cone]:
    """Palm, four fingers and a thumb.

    Parameters
    ----------
    fingers, palm : float arrays (3,)
        Which way the fingers point, and which way the palm looks.
    side : {-1, 1}
        On which side of the body (as seen) the hand belongs.
    together : bool
        Fingers side by side as one solid, where nobody can tell them apart.
    """
    fingers = fingers / np.linalg.norm(fingers)
    palm = palm - fingers * float(palm @ fingers)
    palm = palm / max(float(np.linalg.norm(palm)), 1e-6)
    across = np.cross(fingers, palm) * side
    tone: Colour = (0.97 * skin[0], 0.97 * skin[1], 0.97 * skin[2])
    knuckles = wrist + 0.080 * fingers
    parts = [
        Cone(start=wrist + 0.018 * fingers, end=wrist + 0.068 * fingers, radii=(0.034, 0.040), colour=tone,
             frame=flattened(palm.astype(np.float32), 0.42)),
    ]  # fmt: skip
    if together:
        tips = knuckles + 0.055 * fingers + 0.026 * palm * curl
        flat = flattened(palm.astype(np.float32), 0.30)
        parts.append(Cone(start=knuckles - 0.010 * fingers, end=tips, radii=(0.038, 0.026), colour=tone, frame=flat))
    for k, length in enumerate(() if together else (0.060, 0.072, 0.068, 0.052)):
        root = knuckles + across * (0.030 - 0.0195 * k)
        middle = root + fingers * length * 0.55 + palm * 0.010 * curl
        tip = middle + fingers * length * 0.40 + palm * 0.016 * curl
        if not joints:
            parts.append(Cone(start=root, end=tip, radii=(0.0088, 0.0068), colour=tone))
            continue
        parts.append(Cone(start=root, end=middle, radii=(0.0088, 0.0080), colour=tone))
        parts.append(Cone(start=middle, end=tip, radii=(0.0080, 0.0068), colour=tone))
    if curl < HOLDING:  # over the edge of what is held, onto its front
        base = wrist + 0.020 * fingers + across * 0.024 + palm * 0.008
        joint = base + fingers * 0.036 + palm * 0.025
        tip = joint + fingers * 0.040 + palm * 0.001
    else:
        base = wrist + 0.028 * fingers + across * 0.030
        joint = base + across * 0.020 + fingers * 0.028 + palm * 0.016
        tip = joint + fingers * 0.030 + palm * 0.012
    if together:
        parts.append(Cone(start=base, end=tip, radii=(0.0135, 0.0086), colour=tone))
    else:
        parts.append(Cone(start=base, end=joint, radii=(0.0135, 0.0105), colour=tone))
        parts.append(Cone(start=joint, end=tip, radii=(0.0105, 0.0086), colour=tone))
    return [
        Cone(start=np.asarray(c.start, np.float32), end=np.asarray(c.end, np.float32), radii=c.radii, colour=c.colour,
             frame=c.frame)
        for c in parts
    ]  # fmt: skip
