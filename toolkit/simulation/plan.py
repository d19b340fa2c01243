"""From the words of a scenario to what has to be drawn and written: frame times, presentations, clock-ins.

Nothing here is random but the faces, the times of a variable rate and the
seeds handed on: the same scenario and seed give the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from toolkit.errors import ReadingError
from toolkit.media.write import time_step
from toolkit.simulation.scenario import Act, Camera, Clip, Presenting, Scenario
from toolkit.simulation.scenario_file import staff_of
from toolkit.simulation.terminal import DeviceClock

ACCEPTED_AFTER_S = 1.0
SLOWEST, FASTEST = 1.7, 0.6
GEOMETRY = {"own_face": "own head", "phone": "held", "badge": "badge", "notice": "held"}
MEDIUM = {"own_face": "live", "print": "print", "phone": "phone", "badge": "badge", "notice": "notice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One presentation of the plan; times are media seconds of its clip.

    ``of`` is the person whose face is shown (None: a notice), ``act`` the
    index within the clip's acts, ``accepted_s`` when the terminal accepts it.
    """

    presentation_id: str
    act: int
    person: str
    of: str | None
    medium: str
    geometry: str
    from_s: float
    to_s: float
    accepted_s: float | None
    told: Presenting


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPlan:
    """One clip: which frames there are, who acts, what is shown, and when the screen lights up.

    ``times_s`` are media seconds of all frames, already in the steps that the
    container can hold; lost spans are left out of them. ``beeps_s`` is None
    where the camera records no sound.
    """

    clip: Clip
    camera: Camera
    seed: int
    times_s: tuple[float, ...]
    shown: tuple[Shown, ...]
    flashes_s: tuple[float, ...]
    beeps_s: tuple[float, ...] | None = None

    @property
    def file(self) -> str:
        """Where the clip is written, relative to the case's folder."""
        folder = "footage" if self.clip.control == "none" else f"controls/{self.clip.control}"
        return f"{folder}/{self.clip.clip}.{self.camera.encoding.container}"

    def at(self, media_s: float) -> datetime:
        """The camera's clock at this media second."""
        return self.clip.starts_at + timedelta(seconds=media_s)

    def covers(self, at: datetime) -> bool:
        """Whether the clip holds frames of this moment."""
        media_s = (at - self.clip.starts_at).total_seconds()
        lost = any(a <= media_s < b for a, b in self.clip.lost_spans)
        return 0 <= media_s <= self.clip.duration_s and not lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something the terminal did, under whose id, and which presentation (None: none in the footage) caused it."""

    at: datetime
    employee_id: str
    credential: str
    accepted: bool
    clip: str | None = None
    presentation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of a scenario; ``cast`` is person to the name of the face that the person has."""

    scenario: Scenario
    seed: int
    cast: dict[str, str]
    clips: tuple[ClipPlan, ...]
    events: tuple[Event, ...]
    clock: DeviceClock


def make_plan(scenario: Scenario, seed: int, faces: Sequence[str]) -> Plan:
    """The plan of a scenario.

    Parameters
    ----------
    seed : int
        Not negative; chooses the faces and, through each clip's own seed, what is drawn.
    faces : sequence of str
        Names of the faces there are, in an order that never changes.

    Raises
    ------
    ReadingError
        More people than faces.
    """
    clips = []
    count = 0
    for number, clip in enumerate(scenario.clips):
        shown = _shown(clip, count)
        count += len(shown)
        camera = scenario.camera(clip.camera)
        flashes = tuple(one.accepted_s for one in shown if one.accepted_s is not None)
        clip_seed = _seed_of(seed, number)
        clips.append(
            ClipPlan(
                clip=clip,
                camera=camera,
                seed=clip_seed,
                times_s=frame_times(clip, camera, clip_seed),
                shown=shown,
                flashes_s=flashes if scenario.terminal.screen_flash else (),
                beeps_s=flashes if scenario.terminal.beep else None,
            )
        )
    return Plan(
        scenario=scenario,
        seed=seed,
        cast=cast_of(scenario, seed, faces),
        clips=tuple(clips),
        events=_events(scenario, clips),
        clock=_clock(scenario),
    )


def cast_of(scenario: Scenario, seed: int, faces: Sequence[str]) -> dict[str, str]:
    """Person to face: those that the file numbers, the others by chance, nobody twice."""
    fixed = {one.person: one.identity for one in scenario.people if one.identity is not None}
    order = [int(k) for k in np.random.default_rng([seed, 1]).permutation(len(faces)) if k not in fixed.values()]
    if len(scenario.people) > len(order) + len(fixed) or max(fixed.values(), default=0) >= len(faces):
        highest = max(fixed.values(), default=0)
        raise ReadingError("scenario_too_few_faces", people=len(scenario.people), faces=len(faces), number=highest)
    free = iter(order)
    return {one.person: faces[fixed.get(one.person, -1) if one.person in fixed else next(free)]
            for one in scenario.people}  # fmt: skip


def frame_times(clip: Clip, camera: Camera, seed: int) -> tuple[float, ...]:
    """Media seconds of all frames, the first at 0; uneven where the rate varies, none in lost spans."""
    step = 1 / camera.fps
    count = max(2, int(clip.duration_s * camera.fps + 1e-9))
    times = np.arange(count) * step
    if camera.encoding.variable_rate:
        steps = np.random.default_rng([seed, 2]).uniform(FASTEST, SLOWEST, 2 * count) * step
        times = np.concatenate([[0.0], np.cumsum(steps)])
        times = times[times < clip.duration_s]
    tick = float(time_step(f".{camera.encoding.container}", camera.encoding.codec, camera.fps))
    kept = [float(round(round(t / tick) * tick, 7)) for t in times if not any(a <= t < b for a, b in clip.lost_spans)]
    return tuple(kept)


def _shown(clip: Clip, before: int) -> tuple[Shown, ...]:
    listed = [(one, act, number) for number, act in enumerate(clip.acts) for one in act.presents]
    listed.sort(key=lambda one: (one[0].at_s, one[2]))
    return tuple(_one_shown(one, act, number, before + k + 1) for k, (one, act, number) in enumerate(listed))


def _one_shown(one: Presenting, act: Act, number: int, count: int) -> Shown:
    accepted = None
    if one.clocks_in is not None:
        usual = one.at_s + min(ACCEPTED_AFTER_S, one.seconds / 2)
        accepted = usual if one.clocks_in_at_s is None else one.clocks_in_at_s
    return Shown(
        presentation_id=f"S-{count:03d}",
        act=number,
        person=act.person,
        of=act.person if one.what == "own_face" else one.of,
        medium=MEDIUM[one.what],
        geometry=GEOMETRY.get(one.what, one.how),
        from_s=one.at_s,
        to_s=round(one.at_s + one.seconds, 6),
        accepted_s=accepted,
        told=one,
    )


def _events(scenario: Scenario, clips: Sequence[ClipPlan]) -> tuple[Event, ...]:
    """All that the terminal did, by time; controls are recordings of another occasion and leave no rows."""
    ids = {one.person: one.employee_id or "" for one in staff_of(scenario)}
    real = [plan for plan in clips if plan.clip.control == "none"]
    events = [event for plan in real for one in plan.shown for event in _events_of(plan, one, ids)]
    for row in scenario.records.other_rows:
        seen_in = next((plan.clip.clip for plan in real if plan.covers(row.at)), None)
        events.append(
            Event(
                at=row.at,
                employee_id=ids[row.person],
                credential=row.credential,
                accepted=row.accepted,
                clip=seen_in,
            )
        )
    return tuple(sorted(events, key=lambda one: (one.at, one.employee_id)))


def _events_of(plan: ClipPlan, one: Shown, ids: dict[str, str]) -> list[Event]:
    """The refused attempts and the accepted one of a presentation; a refusal needs a known id to be written."""
    whose = ids.get(one.told.clocks_in or one.of or "")
    if whose is None:
        return []
    end = one.to_s if one.accepted_s is None else one.accepted_s
    gap = (end - one.from_s) / (one.told.refused_tries + 1)
    moments = [(one.from_s + gap * (k + 1), False) for k in range(one.told.refused_tries)]
    if one.accepted_s is not None:
        moments.append((one.accepted_s, True))
    return [
        Event(
            at=plan.at(media_s),
            employee_id=whose,
            credential="face",
            accepted=accepted,
            clip=plan.clip.clip,
            presentation_id=one.presentation_id,
        )
        for media_s, accepted in moments
    ]


def _clock(scenario: Scenario) -> DeviceClock:
    terminal = scenario.terminal
    return DeviceClock(
        set_at=min(clip.starts_at for clip in scenario.clips),
        zone=ZoneInfo(scenario.timezone),
        ahead_s=terminal.ahead_s,
        drift_ppm=terminal.drift_ppm,
        resets=terminal.resets,
    )


def _seed_of(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number + 10]).generate_state(1)[0])
