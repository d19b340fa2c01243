"""Is a sheet held? Where along its sides the outline is seen, hidden by a hand, or missing.

A hand is a run of skin-coloured pixels that touches a side from without, as
long as a few fingers, while what lies within the side is not of that colour.
Skin is told by hue alone, which leaves out gloves and pictures without colour,
and takes some clothes for skin: a grip says "something of the colour of hands
touches this side", nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.sheets.steps import Gradient, sides_seen
from toolkit.records import Image, Mask

Floats = NDArray[np.float64]
State = Literal["seen", "hand", "missing"]

SIDES = ("top", "right", "bottom", "left")
STATES: tuple[State, ...] = ("seen", "hand", "missing")  # told by their first letters along a side
# Skin in Lab, whatever its darkness: hue between red and yellow, never as full as a red shirt.
HUE_DEG = (24.0, 76.0)
CHROMA = (9.5, 44.0)
CHANGED = 14.0  # sum of Lab differences from the empty place: what did not change is the place itself
OUT_M = (0.012, 0.024)  # places without the side at which a hand is looked for
IN_M = (0.020, 0.035)  # beyond a thumb that lies on the sheet, or between it and a face printed near to the side
RUN_M = (0.014, 0.125)  # length of a run: two fingers to a hand seen from the side
WITHIN = 0.5  # of a run, where what lies within the side is not skin
COLOURLESS = 3.0  # median chroma of what changed: below, the camera gives no colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Grip:
    """A run of hand colour along a side, in metres from where the side begins (clockwise)."""

    side: str
    from_m: float
    to_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The four sides of a candidate: state of each of the places along them, and the runs of hand colour."""

    states: tuple[tuple[State, ...], ...]
    grips: tuple[Grip, ...]

    @property
    def gripped(self) -> bool:
        """A hand at the left or right side; below a neck or a belly bare skin also touches what has four sides."""
        return any(one.side in ("left", "right") for one in self.grips)

    @property
    def seen(self) -> float:
        """Share of the outline that is seen, of what no hand hides; 0-1."""
        every = [state for side in self.states for state in side if state != "hand"]
        return sum(state == "seen" for state in every) / len(every) if every else 0.0

    def told(self) -> dict[str, Any]:
        """Plain values: shares of each side, the state of each place along it by its first letter, and the runs."""
        shares = {
            name: {state: round(side.count(state) / len(side), 3) for state in STATES}
            for name, side in zip(SIDES, self.states, strict=True)
        }
        grips = [{"side": one.side, "from_m": round(one.from_m, 3), "to_m": round(one.to_m, 3)} for one in self.grips]
        along = {name: "".join(state[0] for state in side) for name, side in zip(SIDES, self.states, strict=True)}
        return {"sides": shares, "along": along, "grips": grips}


@dataclass(frozen=True, slots=True, eq=False)
class Hands:
    """Where a picture has the colour of hands, bool (h, w), whether it has colour at all, and its hue in degrees."""

    skin: Mask
    has_colour: bool
    hue_deg: NDArray[np.float32]


def hands_in(picture: Image, plate: Image, front: Mask) -> Hands:
    """Pixels of the hue of skin that the empty place does not show."""
    lab, empty = (cv2.blur(cv2.cvtColor(one, cv2.COLOR_RGB2LAB), (3, 3)).astype(np.int16) for one in (picture, plate))
    shown = skin_in(picture, front)
    changed = np.abs(lab - empty).sum(axis=2) > CHANGED
    return Hands(
        skin=np.asarray(shown.skin & changed & front, np.bool_), has_colour=shown.has_colour, hue_deg=shown.hue_deg
    )


def skin_in(picture: Image, front: Mask) -> Hands:
    """Pixels of the hue of skin, whatever they belong to; whether there is colour is asked of the part ``front``."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    a, b = (cv2.blur(lab[..., k].astype(np.float32) - 128, (3, 3)) for k in (1, 2))
    chroma, hue = np.hypot(a, b), np.rad2deg(np.arctan2(b, a))
    skin = (hue > HUE_DEG[0]) & (hue < HUE_DEG[1]) & (chroma > CHROMA[0]) & (chroma < CHROMA[1])
    coloured = bool(np.percentile(chroma[front], 80) > COLOURLESS) if front.any() else False
    return Hands(skin=np.asarray(skin, np.bool_), has_colour=coloured, hue_deg=np.asarray(hue, np.float32))


def sides_of(corners: Sequence[Floats], gradient: Gradient, hands: Hands, px_per_m: float) -> list[Sides]:
    """The sides of each candidate, corners (4, 2) clockwise from the upper left."""
    if not len(corners):
        return []
    rings = np.stack(list(corners))
    seen = sides_seen(gradient, rings)
    near, far = (_at(hands.skin, rings, -out * px_per_m, seen.shape[2]) for out in OUT_M)
    within = [_at(hands.skin, rings, max(3.0, inwards * px_per_m), seen.shape[2]) for inwards in IN_M]
    lengths = np.linalg.norm(np.roll(rings, -1, axis=1) - rings, axis=2) / px_per_m
    return [
        _sides(seen[k], near[k] & far[k], (within[0] & within[1])[k], lengths[k])
        for k in range(len(rings))
    ]  # fmt: skip


def _at(mask: Mask, rings: Floats, inward_px: float, samples: int) -> NDArray[np.bool_]:
    """The mask at places along the sides, moved inwards (outwards where negative) by so many pixels."""
    share = (np.arange(samples) + 0.5) / samples
    way = np.roll(rings, -1, axis=1) - rings
    unit = way / (np.linalg.norm(way, axis=2, keepdims=True) + 1e-9)
    inward = np.stack([-unit[..., 1], unit[..., 0]], axis=-1)  # clockwise as seen, with y downwards
    places = rings[:, :, None] + way[:, :, None] * share[None, None, :, None] + inward_px * inward[:, :, None]
    at = np.round(places).astype(np.int64)
    height, width = mask.shape
    inside = (at[..., 0] >= 0) & (at[..., 0] < width) & (at[..., 1] >= 0) & (at[..., 1] < height)
    found = mask[np.clip(at[..., 1], 0, height - 1), np.clip(at[..., 0], 0, width - 1)]
    return np.asarray(found & inside, np.bool_)


def _sides(seen: NDArray[np.bool_], skin: NDArray[np.bool_], within: NDArray[np.bool_], lengths_m: Floats) -> Sides:
    states: list[tuple[State, ...]] = []
    grips: list[Grip] = []
    for number, name in enumerate(SIDES):
        hidden = np.zeros(seen.shape[1], bool)
        for first, last in _runs(skin[number]):
            step = float(lengths_m[number]) / seen.shape[1]
            long, bare = (last - first) * step, 1.0 - float(within[number, first:last].mean())
            if RUN_M[0] <= long <= RUN_M[1] and last - first < seen.shape[1] and bare >= WITHIN:
                hidden[first:last] = True
                grips.append(Grip(side=name, from_m=first * step, to_m=last * step))
        told = np.where(hidden, "hand", np.where(seen[number], "seen", "missing"))
        states.append(tuple(told.tolist()))
    return Sides(states=tuple(states), grips=tuple(grips))


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True as (first, past the last)."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
