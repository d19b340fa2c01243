"""Ways of standing that change an outline: a bag at the hip, an arm raised, leaning aside, sitting, a short person.

Whoever asks whether somebody stood there alone must be asked about these too:
each makes one body wider, lower or double-headed in its outline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.acting import Moment, Part, Shown
from toolkit.simulation.bodies import Grip, Stance
from toolkit.simulation.held import Placed
from toolkit.simulation.sheets import Sheet

Rng = np.random.Generator

BAG_M = (0.26, 0.36)  # widths of a bag; as high as wide
BAG_AT_M = (0.27, -0.02, 0.68)  # beside the hip, from the feet
RAISED_M = (0.30, -0.08, 1.72)  # a hand beside the head
LEAN_M = (0.10, 0.22)  # at the shoulders
SITS, SHORT = 0.76, 0.86  # of one's height
SEAT_M = (0.50, 0.62)  # a chair's back behind whoever sits
CLOTH = ((0.03, 0.03, 0.04), (0.16, 0.09, 0.05), (0.25, 0.05, 0.06), (0.05, 0.08, 0.18))


@dataclass(slots=True)
class Mannered(Part):
    """A part played in a manner: ``lean_m`` to the side, ``raised`` the hand (-1 left, 1 right), ``carried`` things."""

    lean_m: float = 0.0
    raised: int = 0
    carried: tuple[tuple[Sheet, tuple[float, float, float]], ...] = ()

    def _present(self, t: float, stance: Stance, phases: NDArray[np.float64], calm: float) -> Moment:
        stance = replace(stance, sway=(stance.sway[0] + self.lean_m, stance.sway[1]))
        moment = Part._present(self, t, stance, phases, calm)
        shown = [*moment.shown, *(_beside(moment.stance, sheet, at) for sheet, at in self.carried)]
        return replace(moment, stance=self._with_raised_hand(moment.stance), shown=tuple(shown))

    def _with_raised_hand(self, stance: Stance) -> Stance:
        if not self.raised:
            return stance
        x, y, z = RAISED_M
        at = np.array([stance.feet[0] + self.raised * x, stance.feet[1] + y, z * self.actor.height], np.float32)
        grip = Grip(at=at, fingers=np.array([0, 0, 1.0], np.float32), palm=np.array([0, -1.0, 0], np.float32))
        return replace(stance, left=grip) if self.raised < 0 else replace(stance, right=grip)


def mannered(part: Part, manner: str, rng: Rng) -> Part:
    """The part played so.

    Parameters
    ----------
    manner : {"plain", "bag", "arm_up", "lean", "sits", "short"}
    """
    if manner == "plain":
        return part
    actor, more = part.actor, dict[str, Any]()
    side = int(rng.choice([-1, 1]))
    if manner == "bag":
        wide = float(rng.uniform(*BAG_M))
        x, y, z = BAG_AT_M
        more["carried"] = ((_plain_sheet(rng, wide, wide), (side * x, y, z)),)
    elif manner == "arm_up":
        more["raised"] = side
    elif manner == "lean":
        more["lean_m"] = side * float(rng.uniform(*LEAN_M))
    else:
        actor = replace(actor, height=actor.height * (SITS if manner == "sits" else SHORT))
        if manner == "sits":
            more["carried"] = ((_plain_sheet(rng, *SEAT_M), (0.0, 0.22, 0.80)),)
    return Mannered(actor, part.act, part.way, part.sheets, part.worn, **more)


def _plain_sheet(rng: Rng, width_m: float, height_m: float) -> Sheet:
    """Something flat and plain, of cloth or plastic."""
    colour = np.array(CLOTH[int(rng.integers(len(CLOTH)))], np.float32)
    return Sheet(
        texture=np.broadcast_to(colour, (8, 8, 3)).copy(), alpha=np.ones((8, 8), np.float32), px_per_m=8 / width_m,
        width_m=width_m, height_m=height_m, gloss=0.0,
    )  # fmt: skip


def _beside(stance: Stance, sheet: Sheet, at: tuple[float, float, float]) -> Shown:
    c, s = np.cos(stance.facing), np.sin(stance.facing)
    x, y, z = at
    middle = np.array([stance.feet[0] + c * x - s * y, stance.feet[1] + s * x + c * y, z], np.float32)
    axes = np.array([[c, s, 0.0], [0.0, 0.0, 1.0], [s, -c, 0.0]], np.float32)
    return Shown(placed=Placed(sheet=sheet, middle=middle, axes=axes), person=None, medium="thing", geometry="carried")
