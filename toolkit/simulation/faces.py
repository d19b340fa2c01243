"""Who can appear in a scene: blended, public-domain and drawn people, in sets that share nobody.

Development, calibration and measurement have different parents and different
drawn seeds, so that a rate measured on one set owes nothing to another. The
published set holds only public-domain and drawn people; its pictures may be
shown to anybody. Pictures are made at run time, the same on every run.

How alike they are, as dlib distances at a face height of 80 px, each portrait
turned, blurred, lit, made noisy and recompressed three times (development set,
smallest / median / largest):

- one person: .11 / .17 / .24
- blends that share a parent: .48 / .56 / .61
- blends that share none: .59 / .70 / .78
- any two who share no parent: .34 / .66 / .82; area under the curve against "one person" 1.00
- a blend and its own parents: .61 to .75; public-domain parents of the other sets down to .49

These say that the simulator's people are not mistaken for each other. They say
nothing about recognition of people at large: both pictures of a pair come from
one portrait, and the drawn people were chosen because the same embedder tells
them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image
from toolkit.simulation.blends import Recipe, alone, blend
from toolkit.simulation.looks import Colour, look
from toolkit.simulation.portraits import EYE_DISTANCE, SIDE_PX, linear, paint, srgb
from toolkit.simulation.seeds import BLENDED_HEADS, CROWD, DRAWN_PEOPLE

PURPOSES = ("development", "calibration", "measurement", "published")
HEAD_FACTORS = ("face_width", "jaw_width", "chin_length", "forehead", "cheeks", "nose_height")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person of the simulator.

    ``picture`` is an upright portrait, uint8 sRGB RGB (320, 320, 3), eyes on one
    level; ``landmarks_px`` (5, 2) float64 in it, ordered as in
    :class:`~toolkit.records.Face`. ``parents`` names the photographs, or the
    seed of a drawn person. ``skin`` and ``hair`` are linear reflectances 0-1.
    ``shape`` holds factors around 1 that widen or lengthen a mean head.
    """

    name: str
    family: str
    parents: tuple[str, ...]
    picture: Image
    landmarks_px: NDArray[np.float64]
    skin: Colour
    hair: Colour
    shape: dict[str, float]


def _halves(one: str, other: str, **more: dict[str, float]) -> Recipe:
    """Half of each; the eyes mostly of the first, the mouth mostly of the second."""
    eyes, mouth = {one: 0.85, other: 0.15}, {one: 0.15, other: 0.85}
    return Recipe(parents={one: 0.5, other: 0.5}, eyes=eyes, mouth=mouth, **more)


def _eyes_only(one: str, other: str) -> Recipe:
    """Eyes mostly and nose half of the first, the rest mostly of the second."""
    shares = {one: 0.2, other: 0.8}
    return Recipe(parents=shares, eyes={one: 0.85, other: 0.15}, nose={one: 0.5, other: 0.5}, mouth=shares)


# Parents whose lids are down lend mouth and cheeks, never the eyes.
RECIPES: dict[str, tuple[Recipe, ...]] = {
    "development": (
        _halves("group-3", "group-2"),
        _eyes_only("gray", "group-6"),
        _halves("group-3", "group-6"),
        _eyes_only("gray", "group-2"),
    ),
    "calibration": (_halves("officer", "group-4"), _eyes_only("officer", "group-4")),
    "measurement": (_halves("astronaut", "group-1"), _eyes_only("astronaut", "group-5")),
}
_FREE = {"astronaut": (0.30, 0.20, 0.10), "officer": (0.42, 0.38, 0.34)}  # with the colour of their hair


@cache
def identities(purpose: str) -> tuple[Identity, ...]:
    """The people of a purpose: "development", "calibration", "measurement" or "published".

    Notes
    -----
    Two blends that share a parent are more alike than strangers are; count
    them as one family where strangers are meant (:func:`unrelated`).
    """
    if purpose not in PURPOSES:
        raise ValueError(f"no such purpose: {purpose}")
    blends = [
        _blended(f"{purpose}-blend-{k + 1}", recipe, seed)
        for k, (recipe, seed) in enumerate(zip(RECIPES.get(purpose, ()), BLENDED_HEADS.get(purpose, ()), strict=True))
    ]
    public = [_public(name) for name in _FREE] if purpose == "published" else []
    drawn = [_drawn(f"{purpose}-drawn-{k + 1}", seed) for k, seed in enumerate(DRAWN_PEOPLE[purpose])]
    return (*blends, *public, *drawn)


@cache
def crowd(purpose: str, number: int) -> Identity:
    """One of many drawn people, "development" or "measurement".

    They are not chosen to be told apart by an embedder: for scenes in which it
    matters that they are different people, not who they are.
    """
    seed = CROWD[purpose][number]
    return _drawn(f"{purpose}-crowd-{number}", seed)


def unrelated(one: Identity, other: Identity) -> bool:
    """Whether two people share no parent."""
    return not set(one.parents) & set(other.parents)


def _blended(name: str, recipe: Recipe, seed: int) -> Identity:
    head = replace(look(seed), glasses=False, beard=0.0)
    made = blend(recipe, head)
    return _identity(name, "blend", recipe.everybody(), srgb(made.linear), made.landmarks_px, head.hair, head.shape)


def _public(name: str) -> Identity:
    picture, points = alone(name)
    return _identity(name, "public", (name,), picture, points, _FREE[name], dict.fromkeys(HEAD_FACTORS, 1.0))


def _drawn(name: str, seed: int) -> Identity:
    person = look(seed)
    made = paint(person)
    return _identity(name, "drawn", (f"seed-{seed}",), srgb(made.linear), made.landmarks_px, person.hair, person.shape)


def _identity(
    name: str,
    family: str,
    parents: tuple[str, ...],
    picture: Image,
    points: NDArray[np.float64],
    hair: Colour,
    shape: dict[str, float],
) -> Identity:
    picture.setflags(write=False)
    points.setflags(write=False)
    return Identity(
        name=name,
        family=family,
        parents=parents,
        picture=picture,
        landmarks_px=points,
        skin=_cheeks(picture, points),
        hair=hair,
        shape={factor: shape[factor] for factor in HEAD_FACTORS},
    )


def _cheeks(picture: Image, points: NDArray[np.float64]) -> Colour:
    """Median linear colour of two small squares between eye, nose and mouth, outside the nose."""
    size = int(0.10 * EYE_DISTANCE * SIDE_PX) + 1
    pixels = []
    for eye, mouth, sign in ((0, 3, -1), (1, 4, 1)):
        x, y = 0.5 * (points[eye] + points[mouth]) + (sign * 0.12 * EYE_DISTANCE * SIDE_PX, 0)
        pixels.append(picture[round(y) - size : round(y) + size, round(x) - size : round(x) + size].reshape(-1, 3))
    red, green, blue = np.median(linear(np.concatenate(pixels)), axis=0).tolist()
    return red, green, blue
