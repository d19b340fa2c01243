"""Scenes for tested rates: does one body stay before the terminal, or does another take its place?

Each kind is a small film of the room: who stays, who hands over, who touches,
crosses or stands beside. What does not matter to the kind is drawn by chance:
pitch and scale of the camera, daylight or infra-red, noise, clothes (half of
the scenes in one uniform), and whether people hold prints, a stack of them or a
notice, because that is what a finding of one body with several clock-ins is
about. Pictures are as wide as the scan works, so that a scene costs seconds.

A rate counted on these scenes says what the method does on such scenes, not
what it does on a site's own camera.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.registry import Registry
from toolkit.simulation.acting import Part
from toolkit.simulation.casting import EYES_M, HEAD_IN_EYES, KEPT_PER_PX, Company, head_picture, notice
from toolkit.simulation.faces import identities
from toolkit.simulation.manners import mannered
from toolkit.simulation.plan import Plan, make_plan
from toolkit.simulation.prints import print_picture, recipe
from toolkit.simulation.scenario import Act, Camera, Clip, Encoding, Person, Presenting, Scenario
from toolkit.simulation.sensor import Recorder, day_sensor, night_sensor
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.shooting import Shot, shoot
from toolkit.simulation.studio import RoomStudio

Rng = np.random.Generator
Way = NDArray[np.float64]

WIDTH_PX, HEIGHT_PX, FPS = 384, 216, 10.0
FIRST_S, LAST_S = 5.0, 11.8  # the two clock-ins
COMES_S, GOES_S, LONG_S = 3.0, 13.4, 13.5
EMPTY_S = (0.0, 1.3)
TURN_S = (6.4, 9.0)  # when one gives way to the next
EDGE_M, PACE_M = 0.7, 1.15  # beyond the picture's edge; metres a second
NIGHT, UNIFORM, SAME_SIDE = 0.10, 0.5, 0.3
SHEETS = {"none": 0.40, "print": 0.15, "stack": 0.30, "notice": 0.15}
FACES = ("D", "E", "F", "G")  # whose faces prints show
PX_PER_M = (80.0, 150.0)
BESIDE_M = (0.40, 0.60)  # from one to the other who stands side by side
BACK_M, ASIDE_M = (0.32, 0.55), (0.0, 0.24)  # whoever hides: behind the presenter, and to the side
TOGETHER_S = (13.8, 17.6)
MANNERS = {"plain": 0.48, "bag": 0.16, "arm_up": 0.12, "lean": 0.12, "sits": 0.12}  # of single visitors
SHORT = 0.25  # of pairs in which one is a head shorter
PRINTS = 3  # of one face: other paper, size and printer


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """A scene ready to be played.

    ``ways`` are way points (t_s, x, y) of acts that no scenario file can word;
    ``sheets`` tells whether anybody who stands at the terminal holds one;
    ``manners`` how somebody stands or what they carry, by act.
    """

    kind: str
    plan: Plan
    purpose: str
    night: bool
    sheets: bool
    ways: dict[int, Way] = field(default_factory=dict)
    manners: dict[int, str] = field(default_factory=dict)

    @property
    def zone_px(self) -> list[list[int]]:
        """Corners of the terminal's zone in pixels."""
        return [list(corner) for corner in RoomStudio(self.purpose).zone_px(self.plan.clips[0])]

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.plan.clips[0].camera.width_px, self.plan.clips[0].camera.height_px

    @property
    def duration_s(self) -> float:
        """Length of the scene."""
        return self.plan.clips[0].clip.duration_s

    def shots(self) -> Iterator[Shot]:
        """The frames, ten a second, with their truth."""
        clip = self.plan.clips[0]
        company = Company(self.plan, {one.name: one for one in identities(self.purpose)})
        bare = tuple(replace(act, presents=()) for act in clip.clip.acts)
        take = company.take(replace(clip, clip=replace(clip.clip, acts=bare)))
        parts = tuple(self._equipped(number, part) for number, part in enumerate(take.parts))
        rng = np.random.default_rng([clip.seed, 1])
        recorder = Recorder(night_sensor(rng) if self.night else day_sensor(rng), rng)
        yield from shoot(replace(take, parts=parts), clip.times_s, recorder)

    def _equipped(self, number: int, part: Part) -> Part:
        """The part with its way and with sheets from the store: printing anew would cost more than the film."""
        act = self.plan.clips[0].clip.acts[number]
        rng = np.random.default_rng([self.plan.seed, 2, number])
        sheets = {}
        for k, what in enumerate(act.presents):
            if what.of is not None:
                sheets[k] = _ready_print(self.purpose, self.plan.cast[what.of], int(rng.integers(PRINTS)))
            elif what.what == "notice":
                sheets[k] = notice(rng, KEPT_PER_PX * max(PX_PER_M))
        equipped = replace(part, act=act, way=self.ways.get(number, part.way), sheets=sheets)
        return mannered(equipped, self.manners.get(number, "plain"), np.random.default_rng([self.plan.seed, 3, number]))


@cache
def _ready_print(purpose: str, face: str, number: int) -> Sheet:
    """One of a few prints of a face, at the scale of the nearest camera."""
    who = next(one for one in identities(purpose) if one.name == face)
    rng = np.random.default_rng([zlib.crc32(face.encode("utf-8")), number])
    picture, marks = head_picture(who)
    wide = HEAD_IN_EYES[0] * EYES_M * float(rng.uniform(0.88, 1.08))
    return print_picture(
        picture, width_m=wide, recipe=recipe(rng), rng=rng, landmarks_px=marks,
        kept_px_per_m=KEPT_PER_PX * max(PX_PER_M),
    )  # fmt: skip


@dataclass(slots=True)
class _Script:
    """A scene while it is written: who acts, and where no act's own words say it, along which way."""

    rng: Rng
    acts: list[Act] = field(default_factory=list)
    ways: dict[int, Way] = field(default_factory=dict)
    manners: dict[int, str] = field(default_factory=dict)
    long_s: float = LONG_S
    half_m: float = 2.0  # from the middle to the picture's edge, at the head

    def side(self) -> Any:
        """A side by chance."""
        return ("left", "right")[int(self.rng.integers(2))]


kinds: Registry[Callable[[_Script], None]] = Registry("kind of scene")


def stage(kind: str, seed: int, purpose: str = "development") -> Staged:
    """The scene of this kind and seed; the same seed gives the same pixels.

    Parameters
    ----------
    purpose : {"development", "measurement", "calibration"}
        Whose faces; rates that are published are counted on people nothing was fitted on.

    Raises
    ------
    SetupError
        Unknown kind.
    """
    write = kinds[kind]
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode("ascii"))])
    camera = Camera(
        camera="staged", px_per_m=float(rng.uniform(*PX_PER_M)), pitch_deg=float(rng.uniform(0, 70)), width_px=WIDTH_PX,
        height_px=HEIGHT_PX, fps=FPS, encoding=Encoding(crf=27, gop=20),
    )  # fmt: skip
    script = _Script(rng, half_m=WIDTH_PX / camera.px_per_m / 2)
    write(script)
    night = bool(rng.random() < NIGHT)
    clothes: Any = "uniform" if rng.random() < UNIFORM else "own"
    people = tuple(Person(person=one, employee_id=None, clothes=clothes) for one in ("A", "B", "C", *FACES))
    clip = Clip(
        clip="scene", camera="staged", starts_at=datetime.fromisoformat("2026-03-03T08:20:00+08:00"),
        duration_s=script.long_s, acts=tuple(script.acts),
    )  # fmt: skip
    scenario = Scenario(
        schema="papermask-scenario-1", name=kind, about="", settles="", cameras=(camera,), people=people, clips=(clip,)
    )
    plan = make_plan(scenario, seed, [one.name for one in identities(purpose)])
    sheets = any(what.what != "own_face" for act in script.acts for what in act.presents)
    return Staged(kind, plan, purpose, night, sheets, script.ways, script.manners)


def _offers(rng: Rng, from_s: float, to_s: float) -> tuple[Presenting, ...]:
    """What somebody offers to the terminal in a stretch: the own face, a print, one print after another, a notice."""
    chosen = str(rng.choice(list(SHEETS), p=list(SHEETS.values())))
    starts, ends = from_s + float(rng.uniform(0.7, 1.0)), to_s - float(rng.uniform(0.7, 1.0))
    many = int(rng.integers(2, 5)) if chosen == "stack" else 1
    slot = (ends - starts) / many
    lowered = float(rng.choice([0.0, 0.6, 1.0, 1.5]))  # a stack stays up from one sheet to the next, or goes down
    shown: Any = {"none": "own_face", "notice": "notice"}.get(chosen, "print")
    how: Any = "stacked" if chosen == "stack" else "held"
    shape: Any = "curled" if shown == "print" and rng.random() < 0.3 else "flat"
    faces = rng.permutation(list(FACES))
    return tuple(
        Presenting(
            at_s=round(starts + k * slot, 2), seconds=round(max(0.4, slot - (lowered if k < many - 1 else 0.0)), 2),
            what=shown, of=str(faces[k]) if shown == "print" else None, how=how, shape=shape,
        )
        for k in range(many)
    )  # fmt: skip


def _at_spot(
    script: _Script, person: str, from_s: float, to_s: float, comes: Any = None, goes: Any = None, **more: Any
) -> None:
    script.acts.append(
        Act(
            person=person, arrives_s=from_s, leaves_s=to_s, comes_from=comes or script.side(),
            goes_to=goes or script.side(), presents=_offers(script.rng, from_s, to_s), **more,
        )
    )  # fmt: skip


def _crosses(script: _Script, at_s: float) -> None:
    script.acts.append(Act(person="C", arrives_s=at_s, comes_from=script.side(), place="passes"))


@kinds.register("stay")
def stay(script: _Script) -> None:
    """One person stays through both clock-ins; nobody comes near."""
    _at_spot(script, "A", COMES_S, GOES_S)


@kinds.register("stay_contact")
def stay_contact(script: _Script) -> None:
    """One person stays while a neighbour comes, stands at the shoulder for a while, and goes again."""
    stay(script)
    rng, sign = script.rng, float(script.rng.choice([-1.0, 1.0]))
    comes, stands = float(rng.uniform(6.0, 8.5)), float(rng.uniform(1.0, 2.0))
    edge, walk = sign * (script.half_m + EDGE_M), (script.half_m + EDGE_M) / PACE_M
    touching, depth = sign * float(rng.uniform(0.24, 0.32)), float(rng.uniform(-0.08, 0.12))
    script.ways[1] = np.array([
        [comes - walk, edge, 0.25], [comes, touching, depth], [comes + stands, touching, depth],
        [comes + stands + walk, edge, 0.30],
    ])  # fmt: skip
    script.acts.append(Act(person="B", arrives_s=comes, leaves_s=comes + stands, place="beside"))


@kinds.register("stay_crossing")
def stay_crossing(script: _Script) -> None:
    """One person stays while another walks by in front."""
    stay(script)
    _crosses(script, float(script.rng.uniform(*TURN_S)))


@kinds.register("handover")
def handover(script: _Script) -> None:
    """One leaves while the next comes, without touching; the zone is hardly empty."""
    _hand_over(script, float(script.rng.uniform(*TURN_S)))


def _hand_over(script: _Script, turn_s: float) -> None:
    goes = script.side()
    other: Any = "left" if goes == "right" else "right"
    _at_spot(script, "A", COMES_S, turn_s, goes=goes)
    next_s = turn_s + float(script.rng.uniform(0.2, 1.4))
    _at_spot(script, "B", next_s, GOES_S, comes=goes if script.rng.random() < SAME_SIDE else other)


@kinds.register("handover_contact")
def handover_contact(script: _Script) -> None:
    """The next stands at the first one's shoulder before the first slides away."""
    turn_s = float(script.rng.uniform(*TURN_S))
    _at_spot(script, "A", COMES_S, turn_s)
    _at_spot(script, "B", turn_s + 1.0, GOES_S, takes_over_in_contact=True)


@kinds.register("handover_crossing")
def handover_crossing(script: _Script) -> None:
    """A third person walks by in front at the very moment of the handover."""
    turn_s = float(script.rng.uniform(*TURN_S))
    _hand_over(script, turn_s)
    _crosses(script, turn_s + float(script.rng.uniform(0.2, 1.0)))


@kinds.register("companion")
def companion(script: _Script) -> None:
    """Three single visitors of the site, then two who stand side by side."""
    _single_visitors(script)
    rng = script.rng
    sign, apart = float(rng.choice([-1.0, 1.0])), float(rng.uniform(*BESIDE_M))
    middle = float(rng.choice([0.0, 0.5])) * apart  # the one at the spot, or the spot between the two
    spots = [(x, float(rng.uniform(-0.04, 0.10))) for x in (-sign * middle, sign * (apart - middle))]
    _two_together(script, spots, sign)


@kinds.register("companion_behind")
def companion_behind(script: _Script) -> None:
    """Three single visitors, then two, the second wholly or partly hidden behind the first."""
    _single_visitors(script)
    rng = script.rng
    sign = float(rng.choice([-1.0, 1.0]))
    spots = [(0.0, float(rng.uniform(-0.04, 0.04))), (sign * float(rng.uniform(*ASIDE_M)), float(rng.uniform(*BACK_M)))]
    _two_together(script, spots, sign)


def _single_visitors(script: _Script) -> None:
    """Those whom a pair is compared with; half of them stand or carry things in a way that widens an outline."""
    rng = script.rng
    for number, (person, arrives_s) in enumerate(zip(("C", "D", "E"), (3.0, 6.6, 10.2), strict=True)):
        script.acts.append(
            Act(
                person=person, arrives_s=arrives_s, leaves_s=arrives_s + 1.6, comes_from="left", goes_to="right",
                presents=_offers(rng, arrives_s - 0.6, arrives_s + 2.2),
            )
        )  # fmt: skip
        script.manners[number] = str(rng.choice(list(MANNERS), p=list(MANNERS.values())))


def _two_together(script: _Script, spots: Sequence[tuple[float, float]], sign: float) -> None:
    """Two people at these spots (x, y), the second a moment later from the other side; now and then one is short."""
    rng, until = script.rng, TOGETHER_S[1]
    edge, walk = script.half_m + EDGE_M, (script.half_m + EDGE_M) / PACE_M
    short = int(rng.integers(2)) if rng.random() < SHORT else None
    for k, (person, (x, depth)) in enumerate(zip(("A", "B"), spots, strict=True)):
        number, at_s = len(script.acts), TOGETHER_S[0] + 0.6 * k
        away = edge * (sign if k else -sign)
        script.acts.append(Act(person=person, arrives_s=at_s, leaves_s=until, presents=_offers(rng, at_s, until)))
        script.manners[number] = "short" if short == k else "plain"
        script.ways[number] = np.array([
            [at_s - walk, away, 0.25], [at_s, x, depth], [until, x, depth], [until + walk, away, 0.30],
        ])  # fmt: skip
    script.long_s = until
