"""How a person looks, in numbers: the proportions, colours and hair from which a portrait is painted.

Lengths are in units of the distance between the centres of the eyes (about
63 mm), as anthropometry gives them. A seed fixes everything; neighbouring
seeds are unrelated. The spreads are wider than a population's, so that a few
dozen drawn people are told apart at a glance.

References
----------
Farkas, "Anthropometry of the head and face", 2nd ed. (1994), for the means.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

Colour = tuple[float, float, float]

HAIR_STYLES = ("short", "parted", "cropped", "receding", "bob", "long", "tied", "curly")
WITH_BEARD = ("short", "parted", "cropped", "receding", "curly")

# Linear reflectances of skin in daylight, from light to dark (after measured forearm and cheek spectra).
_SKINS: tuple[Colour, ...] = (
    (0.62, 0.41, 0.31),
    (0.55, 0.34, 0.24),
    (0.48, 0.28, 0.18),
    (0.38, 0.21, 0.125),
    (0.25, 0.125, 0.07),
    (0.13, 0.062, 0.036),
)
_HAIRS: tuple[Colour, ...] = (
    (0.010, 0.009, 0.009),
    (0.022, 0.014, 0.010),
    (0.055, 0.029, 0.016),
    (0.13, 0.065, 0.030),
    (0.33, 0.21, 0.10),
    (0.30, 0.29, 0.28),
)
_IRISES: tuple[Colour, ...] = ((0.05, 0.025, 0.012), (0.09, 0.05, 0.02), (0.12, 0.14, 0.07), (0.13, 0.2, 0.28))
_CLOTHES: tuple[Colour, ...] = (
    (0.62, 0.64, 0.66),
    (0.05, 0.07, 0.14),
    (0.03, 0.03, 0.035),
    (0.30, 0.04, 0.05),
    (0.08, 0.16, 0.10),
    (0.25, 0.35, 0.50),
    (0.36, 0.30, 0.22),
)
_GROUNDS: tuple[Colour, ...] = ((0.78, 0.79, 0.80), (0.62, 0.70, 0.78), (0.70, 0.66, 0.60), (0.86, 0.86, 0.85))

# Mean and half spread of each factor; shape factors are drawn evenly between mean - spread and mean + spread.
_SHAPE: dict[str, tuple[float, float]] = {
    "face_width": (1.0, 0.11),  # at the cheekbones, 1 is 2.3 eye distances
    "jaw_width": (1.0, 0.16),
    "chin_length": (1.0, 0.10),
    "forehead": (1.0, 0.10),
    "cheeks": (1.0, 0.9),
    "eye_width": (0.235, 0.030),  # half width
    "eye_open": (0.082, 0.024),  # half height
    "eye_tilt": (0.04, 0.12),  # outer corner raised, as a slope
    "lid_fold": (0.5, 0.5),
    "brow_height": (0.33, 0.065),
    "brow_thick": (0.055, 0.028),
    "brow_arch": (0.05, 0.06),
    "nose_length": (0.66, 0.09),  # eye line to tip
    "nose_width": (0.21, 0.055),
    "nose_height": (1.0, 0.35),
    "mouth_drop": (1.10, 0.07),  # eye line to the line between the lips
    "mouth_width": (0.41, 0.075),  # half width
    "upper_lip": (0.10, 0.035),
    "lower_lip": (0.145, 0.045),
    "smile": (0.05, 0.05),
    "age": (0.4, 0.4),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that a portrait is painted from; colours are linear reflectances 0-1."""

    seed: int
    shape: dict[str, float]
    skin: Colour
    hair: Colour
    iris: Colour
    clothes: Colour
    ground: Colour
    hair_style: str
    beard: float = 0.0
    glasses: bool = False
    collar: bool = True
    lips_red: float = field(default=0.5)


# What differs between faces from East Asia and the means above, after Farkas et al., J. Craniofac. Surg. 16 (2005):
# wider between the cheekbones, a lower bridge, a narrower opening of the lids whose fold is hardly seen; black hair.
_EAST_ASIAN: dict[str, tuple[float, float]] = {
    "face_width": (1.03, 0.08),
    "cheeks": (1.3, 0.6),
    "eye_width": (0.228, 0.022),
    "eye_open": (0.068, 0.014),
    "eye_tilt": (0.13, 0.06),
    "lid_fold": (0.12, 0.12),
    "brow_height": (0.36, 0.05),
    "nose_width": (0.225, 0.035),
    "nose_height": (0.80, 0.15),
}
_EAST_ASIAN_SKINS: tuple[Colour, ...] = ((0.60, 0.42, 0.31), (0.52, 0.34, 0.235), (0.43, 0.27, 0.175))
_EAST_ASIAN_SHARE = 0.45


def look(seed: int) -> Look:
    """The drawn person of this seed."""
    rng = np.random.default_rng([seed, 0xFACE])
    shape = {name: float(rng.uniform(mean - spread, mean + spread)) for name, (mean, spread) in _SHAPE.items()}
    tone = float(rng.uniform(0, len(_SKINS) - 1))
    style = HAIR_STYLES[int(rng.integers(len(HAIR_STYLES)))]
    darkest = 4 if tone < 2 else 2
    hair = _HAIRS[5] if shape["age"] > 0.68 else _HAIRS[int(rng.integers(darkest + 1))]
    beard = float(rng.choice([0.0, 0.25, 0.8])) if style in WITH_BEARD else 0.0
    drawn = Look(
        seed=seed,
        shape=shape,
        skin=_between(_SKINS, tone, rng),
        hair=hair,
        iris=_IRISES[int(rng.integers(len(_IRISES) if tone < 1.5 else 2))],
        clothes=_CLOTHES[int(rng.integers(len(_CLOTHES)))],
        ground=_GROUNDS[int(rng.integers(len(_GROUNDS)))],
        hair_style=style,
        beard=beard,
        glasses=bool(rng.random() < 0.2),
        collar=bool(rng.random() < 0.6),
        lips_red=float(rng.uniform(0.2, 1.0)) if beard == 0 else 0.2,
    )
    return _east_asian(drawn, rng) if rng.random() < _EAST_ASIAN_SHARE else drawn


def _east_asian(drawn: Look, rng: np.random.Generator) -> Look:
    """The same person with features as they are common in East Asia."""
    own = {name: float(rng.uniform(mean - spread, mean + spread)) for name, (mean, spread) in _EAST_ASIAN.items()}
    grey = drawn.shape["age"] > 0.68
    return replace(
        drawn,
        shape={**drawn.shape, **own},
        skin=_between(_EAST_ASIAN_SKINS, float(rng.uniform(0, len(_EAST_ASIAN_SKINS) - 1)), rng),
        hair=_HAIRS[5] if grey else _HAIRS[int(rng.integers(2))],
        iris=_IRISES[0],
        hair_style="short" if drawn.hair_style == "curly" else drawn.hair_style,
        beard=0.0 if drawn.beard < 0.5 else 0.25,
    )


def _between(colours: tuple[Colour, ...], at: float, rng: np.random.Generator) -> Colour:
    """A colour of the row at a broken index, with a little of its own."""
    lower = min(int(at), len(colours) - 2)
    mixed = np.array(colours[lower]) ** (1 - at + lower) * np.array(colours[lower + 1]) ** (at - lower)
    red, green, blue = (mixed * rng.uniform(0.93, 1.07, 3)).tolist()
    return red, green, blue
