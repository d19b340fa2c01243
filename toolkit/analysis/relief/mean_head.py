"""A mean head in a few lines: how far each place of a face stands out before the plane of eyes and mouth.

An ellipsoid with a nose, a mouth and eye hollows, in proportions that any book
of drawing gives. It is deliberately not the mesh of ``toolkit.simulation``: a
cue that measured with the mesh it is tested on would be tested on its own
assumption.

Lengths are in face widths (some 145 mm); x runs across the face, y down it,
from the middle between eyes and mouth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EYES_Y, MOUTH_Y = -0.225, 0.225
EYE_X = 0.2128  # 1 / (2 x 2.35): half the distance between the eyes
AXES = (0.54, 0.85, 0.60)  # half width, half height and depth of the ellipsoid
NOSE_OUT, NOSE_WAY, NOSE_ENDS = 0.13, 0.6, 0.3  # height of the tip; where it lies from eyes to mouth; how it ends
NOSE_HALF = (0.05, 0.10)  # half width at root and tip
MOUTH_OUT, MOUTH_HALF = 0.05, (0.16, 0.12)
HOLLOW, HOLLOW_HALF = 0.04, (0.10, 0.09)
LEAST_ROOT = 0.02  # beyond the ellipsoid's outline there is no face
LEAN_SIDE, LEAN_DOWN = (-0.6, 0.6), (-0.3, 0.9)  # slants at which a face is still seen
ROUNDS = 8


def height(x: Floats, y: Floats) -> Floats:
    """How far a face stands out before the plane of its eyes and mouth, in face widths, at these places."""
    return np.asarray(_surface(x, y) - _EYES)


def height_seen(x: Floats, y: Floats, nose: tuple[float, float]) -> Floats:
    """The same for a face that leans: what stands out is seen shifted.

    Parameters
    ----------
    x, y : array
        Places in the picture, in coordinates of the plane of eyes and mouth.
    nose : (x, y)
        Where the nose is seen in these coordinates, which tells how the face leans.
    """
    side = float(np.clip(nose[0] / NOSE_OVER_EYES, *LEAN_SIDE))
    down = float(np.clip((nose[1] - NOSE_Y) / NOSE_OVER_EYES, *LEAN_DOWN))
    own_x, own_y = x, y
    for _ in range(ROUNDS):
        stands = height(own_x, own_y)
        own_x, own_y = x - stands * side, y - stands * down
    return height(own_x, own_y)


def _surface(x: Floats, y: Floats) -> Floats:
    wide, tall, deep = AXES
    skull = deep * np.sqrt(np.clip(1 - (x / wide) ** 2 - (y / tall) ** 2, LEAST_ROOT, None))
    way = (y - EYES_Y) / (MOUTH_Y - EYES_Y)
    share = np.clip(way / NOSE_WAY, 0, 1)
    ends = np.clip(1 - (way - NOSE_WAY) / NOSE_ENDS, 0, 1)
    half = NOSE_HALF[0] + (NOSE_HALF[1] - NOSE_HALF[0]) * share
    nose = NOSE_OUT * share * ends * np.exp(-((x / half) ** 2))
    mouth = MOUTH_OUT * _bump(x, y - (MOUTH_Y - 0.005), MOUTH_HALF)
    hollows = HOLLOW * sum(_bump(x - side * 0.2, y - EYES_Y, HOLLOW_HALF) for side in (-1, 1))
    return np.asarray(skull + nose + mouth - hollows)


def _bump(x: Floats, y: Floats, half: tuple[float, float]) -> Floats:
    return np.asarray(np.exp(-((x / half[0]) ** 2) - (y / half[1]) ** 2))


NOSE_Y = EYES_Y + NOSE_WAY * (MOUTH_Y - EYES_Y)
_EYES = AXES[2] * float(np.sqrt(1 - (EYE_X / AXES[0]) ** 2 - (EYES_Y / AXES[1]) ** 2))
NOSE_OVER_EYES = float(height(np.zeros(1), np.full(1, NOSE_Y))[0])  # of the nose's tip over the plane, some 0.2
