"""Who stands where, looks where and holds what at a moment: one act of a clip, as a function of time.

People come in from a side, stand, present something, and go. Nobody is rigid:
bodies sway, heads wander, eyes blink, sheets tremble; how far a head or a sheet
turns is the scenario's to say, because that is what a test of relief needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.bodies import Clothes, Grip, Stance, chest, head_middle
from toolkit.simulation.faces import Identity
from toolkit.simulation.heads import Head, Pose
from toolkit.simulation.held import Placed
from toolkit.simulation.scenario import Act, Presenting
from toolkit.simulation.sheets import Sheet

Floats = NDArray[np.float32]

SPEED_M = 1.15  # metres a second
RAISE_S = 0.7  # from the hip to where it is shown
REACH_M = 0.40  # from the body to what is held
BESIDE_M = 0.46
BEHIND_M = 0.42
TOUCHING_M = 0.27
CONTACT_S = 1.4  # how long the next one stands at the shoulder of the one before
PASSES_Y_M = -0.62
WORN_GAP_M = 0.012
WORN_BEND_M = 0.115
CURLED_BEND_M, CYLINDER_BEND_M = 0.34, 0.075
BLINK_S, BLINK_EVERY_S = 0.22, 3.4
TO_TERMINAL = (0.20, 0.08)  # people look some of the way towards the terminal that stands beside the camera's line
REST = np.array([0.0, 0.0, -0.45], np.float32)  # where a sheet hangs before it is raised


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """Somebody with a body, a head and clothes; ``seed`` gives the small movements."""

    person: str
    employee_id: str | None
    identity: Identity
    head: Head
    clothes: Clothes
    height: float
    build: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Something with a face on it, other than the bearer's own head."""

    placed: Placed
    person: str | None
    medium: str
    geometry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An actor at one time: stance, pose of the head, and what is shown or worn."""

    actor: Actor
    stance: Stance
    pose: Pose
    shown: tuple[Shown, ...] = ()
    speed_m_s: float = 0.0


@dataclass(slots=True)
class Part:
    """One act, prepared: the way as (t_s, x, y), and the sheets that will be shown.

    ``sheets`` holds one sheet for each presenting that shows one, by its index;
    ``worn`` what the act's clothes carry (a badge, a face on a shirt).
    """

    actor: Actor
    act: Act
    way: NDArray[np.float64]
    sheets: Mapping[int, Sheet]
    worn: Mapping[str, Sheet] = field(default_factory=dict)

    @property
    def span(self) -> tuple[float, float]:
        """From when to when the actor is in the place at all."""
        return float(self.way[0, 0]), float(self.way[-1, 0])

    def at(self, t: float) -> Moment | None:
        """The actor at this time, None when away."""
        if not self.span[0] <= t <= self.span[1]:
            return None
        x, y = self._spot(t)
        ahead, behind = self._spot(t + 0.12), self._spot(t - 0.12)
        speed = np.hypot(ahead[0] - behind[0], ahead[1] - behind[1]) / 0.24
        heading = float(np.arctan2(ahead[0] - behind[0], -(ahead[1] - behind[1]))) if speed > 0.02 else 0.0
        share = float(np.clip(speed / 0.7, 0, 1))
        rng = np.random.default_rng(self.actor.seed)
        phases = rng.uniform(0, 2 * np.pi, 8)
        what = self._showing(t)[1]
        calm = 0.15 if what is not None and what.motion == "still" else 1.0
        sway = (calm * 0.008 * np.sin(1.1 * t + phases[0]), calm * 0.006 * np.sin(0.8 * t + phases[1]))
        stance = Stance(
            feet=(x, y),
            facing=share * heading,
            walked_m=self._walked(t) if share > 0.15 else None,
            sway=(float(sway[0]), float(sway[1])),
            habit=(float(np.sin(phases[0])), float(np.sin(phases[1])), float(np.sin(phases[2]))),
        )
        return replace(self._present(t, stance, phases, calm), speed_m_s=float(speed))

    def _spot(self, t: float) -> tuple[float, float]:
        return (
            float(np.interp(t, self.way[:, 0], self.way[:, 1])),
            float(np.interp(t, self.way[:, 0], self.way[:, 2])),
        )

    def _walked(self, t: float) -> float:
        steps = np.hypot(np.diff(self.way[:, 1]), np.diff(self.way[:, 2]))
        return float(np.interp(t, self.way[:, 0], np.concatenate([[0.0], np.cumsum(steps)])))

    def _showing(self, t: float) -> tuple[int, Presenting | None, float]:
        """Number of what is presented now, and how far it is raised (0-1)."""
        for number, one in enumerate(self.act.presents):
            begins, ends = one.at_s, one.at_s + one.seconds
            if begins - RAISE_S < t < ends + RAISE_S:
                raised = min(1.0, (t - begins + RAISE_S) / RAISE_S, (ends + RAISE_S - t) / RAISE_S)
                if begins <= t <= ends or not self._held_on(number, t):
                    return number, one, _eased(raised)
        return -1, None, 0.0

    def _held_on(self, number: int, t: float) -> bool:
        """Whether the next or the one before is presented at this time: a stack stays up between two sheets."""
        return any(k != number and one.at_s <= t <= one.at_s + one.seconds for k, one in enumerate(self.act.presents))

    def _present(self, t: float, stance: Stance, phases: NDArray[np.float64], calm: float) -> Moment:
        number, what, raised = self._showing(t)
        kind = "natural" if what is None else what.motion
        swing = motion(kind, 20.0 if what is None else what.turn_deg, t, phases)
        own = what is None or what.what == "own_face" or what.how == "worn"
        turn, nod = (swing[0], swing[1]) if own else (0.12 * np.sin(0.6 * t + phases[2]), 0.10 + 0.14 * raised)
        if what is not None and what.what == "own_face" and kind == "natural":
            turn, nod = turn + raised * TO_TERMINAL[0], nod + raised * TO_TERMINAL[1]
        if kind == "shift" and own:
            stance = _moved(stance, swing[2])
        pose = Pose(
            middle=head_middle(stance, height=self.actor.height, build=self.actor.build),
            facing=stance.facing,
            turn=float(turn),
            nod=float(nod),
            tilt=float(calm * 0.05 * np.sin(0.43 * t + phases[3])),
            lids=_blink(t, self.actor.seed),
            lips=float(max(0.0, np.sin(5.1 * t + phases[4])) * (np.sin(0.37 * t + phases[5]) > 0.75)),
        )
        shown = self._worn(stance, pose)
        if what is not None and number in self.sheets:
            if what.how == "worn":
                shown.append(_wear(self.sheets[number], what, pose))
            else:
                stance, held = self._hold(number, what, stance, swing, raised)
                shown += held
        return Moment(actor=self.actor, stance=stance, pose=pose, shown=tuple(shown))

    def _hold(
        self, number: int, what: Presenting, stance: Stance, swing: tuple[float, float, float], raised: float
    ) -> tuple[Stance, list[Shown]]:
        sheet = self.sheets[number]
        level = 1.33 * self.actor.height
        c, s = np.cos(stance.facing), np.sin(stance.facing)
        base = np.array([stance.feet[0] + REACH_M * s, stance.feet[1] - REACH_M * c, level], np.float32)
        base += (1 - raised) * REST + np.array([swing[2], 0, 0], np.float32)
        axes = tilted(stance.facing + swing[0], 0.16 + swing[1])
        bend = {"curled": CURLED_BEND_M, "cylinder": CYLINDER_BEND_M}.get(what.shape, float("inf"))
        medium, geometry = what.what, what.how
        top = Shown(
            placed=Placed(sheet=sheet, middle=base, axes=axes, bend_m=bend),
            person=what.of,
            medium={"badge": "print", "own_face": "live"}.get(medium, medium),
            geometry="badge" if medium == "badge" else geometry,
        )
        shown = [top]
        if geometry == "stacked":
            shown += [_under(sheet, base, axes, k) for k in range(1, 4)]
        return _gripping(stance, base, axes, sheet, one_hand=medium in ("phone", "badge")), shown

    def _worn(self, stance: Stance, pose: Pose) -> list[Shown]:
        shown = []
        for kind, sheet in sorted(self.worn.items()):
            if kind == "surgical_mask":
                turn = pose.rotation()
                axes = np.stack([turn @ [1, 0, 0], turn @ [0, 0, 1], turn @ [0, -1, 0]]).astype(np.float32)
                middle = pose.to_world([[0.0, -0.106, -0.052]])[0]
                shown.append(Shown(placed=Placed(sheet=sheet, middle=middle, axes=axes, bend_m=0.072), person=None,
                                   medium="mask", geometry="worn"))  # fmt: skip
                continue
            low = kind == "face_on_shirt"
            middle, axes = chest(stance, height=self.actor.height, build=self.actor.build, z=1.20 if low else 1.26)
            aside = axes[0] * (0.0 if low else 0.075) + axes[2] * 0.006
            bend = 0.17 if low else float("inf")
            shown.append(Shown(placed=Placed(sheet=sheet, middle=middle + aside, axes=axes, bend_m=bend),
                               person=None, medium="cloth" if low else "print", geometry="badge"))  # fmt: skip
        return shown


def way_of(act: Act, acts: Sequence[Act], half_width_m: float) -> NDArray[np.float64]:
    """Way points (t_s, x, y) of an act; ``half_width_m`` is where the picture ends."""
    edge = half_width_m + 0.7
    begin, leave = (-1 if act.comes_from == "left" else 1), (-1 if act.goes_to == "left" else 1)
    if act.place == "passes":
        gone = 2 * edge / SPEED_M
        return np.array([
            [act.arrives_s - gone / 2, begin * edge, PASSES_Y_M], [act.arrives_s + gone / 2, -begin * edge, PASSES_Y_M],
        ])  # fmt: skip
    x, y = {"spot": (0.0, 0.0), "beside": (begin * BESIDE_M, 0.02), "behind": (begin * 0.06, BEHIND_M)}[act.place]
    leaves = act.leaves_s if act.leaves_s is not None else act.arrives_s + 4.0
    walk = edge / SPEED_M
    before = _before(act, acts)
    if act.takes_over_in_contact and before is not None:
        gives_way = float(before.leaves_s or act.arrives_s)
        waits = [
            [gives_way - CONTACT_S - walk, begin * edge, 0.25], [gives_way - CONTACT_S, begin * TOUCHING_M, 0.06],
            [gives_way + 0.2, begin * TOUCHING_M, 0.06], [gives_way + 1.0, x, y],
        ]  # fmt: skip
    else:
        waits = [[act.arrives_s - walk, begin * edge, 0.25], [act.arrives_s, x, y]]
    return np.array([*waits, [leaves, x, y], [leaves + walk, leave * edge, 0.30]])


def _before(act: Act, acts: Sequence[Act]) -> Act | None:
    """The act whose place at the terminal is taken over."""
    there = [one for one in acts if one is not act and one.place == "spot" and one.leaves_s is not None]
    return min(there, key=lambda one: abs(float(one.leaves_s or 0) - act.arrives_s), default=None)


def motion(kind: str, turn_deg: float, t: float, phases: NDArray[np.float64]) -> tuple[float, float, float]:
    """Turn and nod in radians and a shift in metres, for heads and sheets alike.

    ``turn`` and ``nod`` swing by ``turn_deg`` from end to end at 0.3 Hz;
    ``natural`` wanders by a few degrees; ``shift`` moves along the picture and
    does not turn; ``still`` only trembles.
    """
    swing = np.deg2rad(turn_deg) / 2 * np.sin(2 * np.pi * 0.3 * t + phases[6])
    tremble = 0.004 * np.sin(9.1 * t + phases[7])
    if kind == "turn":
        return float(swing), 0.03 + float(tremble), 0.0
    if kind == "nod":
        return float(tremble), float(swing), 0.0
    if kind == "shift":
        return float(tremble), 0.02, float(0.07 * np.sin(2 * np.pi * 0.3 * t + phases[6]))
    if kind == "still":
        return float(tremble), 0.02, 0.0
    wander = 0.5 * np.sin(0.7 * t + phases[6]) + 0.3 * np.sin(1.9 * t + phases[7])
    rise = 0.6 * np.sin(0.5 * t + phases[5]) + 0.2 * np.sin(1.3 * t + phases[4])
    return float(np.deg2rad(6) * wander), float(0.04 + np.deg2rad(5) * rise), float(0.010 * wander)


def tilted(facing: float, back: float) -> Floats:
    """Axes (right, up, towards the reader as rows) of a sheet held out by a body that faces so, leaning back."""
    c, s = np.cos(facing), np.sin(facing)
    right, out = np.array([c, s, 0.0]), np.array([s, -c, 0.0])
    up = np.array([0.0, 0.0, 1.0])
    return np.stack([right, np.cos(back) * up - np.sin(back) * out, np.cos(back) * out + np.sin(back) * up]).astype(
        np.float32
    )


def _wear(sheet: Sheet, what: Presenting, pose: Pose) -> Shown:
    """A sheet before a face, its own face over the wearer's."""
    turn = pose.rotation()
    axes = np.stack([turn @ [1.0, 0, 0], turn @ [0, 0, 1.0], turn @ [0, -1.0, 0]]).astype(np.float32)
    offset = np.zeros(3, np.float32)
    if sheet.landmarks is not None:
        eyes = sheet.landmarks[:2].mean(axis=0)
        offset = np.array([(0.5 - eyes[0]) * sheet.width_m, 0.0, (eyes[1] - 0.5) * sheet.height_m], np.float32)
    # The nose carries the sheet; its printed eyes lie over the wearer's.
    middle = pose.to_world([np.array([0.0, -0.112 - WORN_GAP_M, 0.014], np.float32) - offset * [1, 1, 1]])[0]
    bend = {"flat": float("inf"), "cylinder": CYLINDER_BEND_M}.get(what.shape, WORN_BEND_M)
    return Shown(placed=Placed(sheet=sheet, middle=middle, axes=axes, bend_m=bend), person=what.of, medium=what.what,
                 geometry="worn")  # fmt: skip


def _under(sheet: Sheet, base: Floats, axes: Floats, k: int) -> Shown:
    """A further sheet of the stack: seen is its rim, a little askew."""
    blank = Sheet(
        texture=np.full((8, 8, 3), 0.80 - 0.03 * k, np.float32), alpha=np.ones((8, 8), np.float32),
        px_per_m=8 / sheet.width_m, width_m=sheet.width_m, height_m=sheet.height_m, gloss=0.0,
    )  # fmt: skip
    askew = np.deg2rad((-2.0, 1.5, -1.0)[k - 1])
    c, s = np.cos(askew), np.sin(askew)
    turned = np.stack([c * axes[0] + s * axes[1], -s * axes[0] + c * axes[1], axes[2]]).astype(np.float32)
    shift = (0.004 * k * axes[0] - 0.003 * k * axes[1] - 0.0015 * k * axes[2]).astype(np.float32)
    return Shown(placed=Placed(sheet=blank, middle=base + shift, axes=turned), person=None, medium="paper",
                 geometry="stacked")  # fmt: skip


def _gripping(stance: Stance, base: Floats, axes: Floats, sheet: Sheet, *, one_hand: bool) -> Stance:
    """Hands at the edges: fingers behind, thumbs in front."""

    def grip(side: int) -> Grip:
        edge = base + side * axes[0] * (sheet.width_m / 2 + 0.012) - axes[1] * 0.18 * sheet.height_m
        return Grip(at=(edge - 0.022 * axes[2]).astype(np.float32), fingers=0.6 * axes[1] - side * 0.8 * axes[0],
                    palm=axes[2], curl=0.15)  # fmt: skip

    return replace(stance, left=None if one_hand else grip(-1), right=grip(1))


def _moved(stance: Stance, shift_m: float) -> Stance:
    return replace(stance, feet=(stance.feet[0] + shift_m, stance.feet[1]))


def _blink(t: float, seed: int) -> float:
    """How far the lids are closed (0-1): short closures at uneven moments."""
    slot = int(t / BLINK_EVERY_S)
    moment = (slot + float(np.random.default_rng([seed, slot]).uniform(0.1, 0.9))) * BLINK_EVERY_S
    return float(np.clip(1.4 * (1 - abs(t - moment) / (BLINK_S / 2)), 0, 1))


def _eased(share: float) -> float:
    return float(share * share * (3 - 2 * share))
