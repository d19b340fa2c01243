"""Named scenes: who comes, stands, clocks in and leaves, and what is true of it.

``simulate`` writes a whole small case: clip, records, roster, anchors, zone and
truth. ``stage`` gives the scene alone, for tests and tested rates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from toolkit.media.write import write_clip
from toolkit.records import Image
from toolkit.registry import Registry
from toolkit.simulation.actors import Actor, Clothes, Rng, dress, make_actor
from toolkit.simulation.scene import Scene, Walk, body_in_zone, make_plate, shoot, zone_polygon
from toolkit.simulation.terminal import Punch, TerminalClock, anchors_csv, attlog, roster_csv

SPOT = (0.53, 0.88)
WALK_S = 1.6
EDGE = 0.16
PLACEHOLDERS = ("Employee A", "员工乙", "Employee C", "员工丁", "Employee E", "员工己", "Employee G", "员工辛")


@dataclass(frozen=True, slots=True)
class Staged:
    """A scene with its clock-ins; ``size`` is (width, height) in pixels."""

    scene: Scene
    punches: tuple[Punch, ...]
    names: dict[str, str]
    clock: TerminalClock
    anchors_s: tuple[float, ...]
    empty_s: tuple[float, float]


scenarios: Registry[Callable[[Rng, int], Staged]] = Registry("scenario")


def stage(name: str, seed: int) -> Staged:
    """The scene of this name and seed; the same seed gives the same pixels.

    Raises
    ------
    SetupError
        Unknown scenario.
    """
    return scenarios[name](np.random.default_rng(seed), seed)


def visitor(
    actor: int,
    arrives_s: float,
    leaves_s: float,
    way_in: float,
    way_out: float,
    *,
    spot: tuple[float, float] = SPOT,
    reaches: tuple[float, ...] = (),
) -> Walk:
    """Somebody who walks in from one side, stands at the spot and leaves by a side (-1 left, 1 right)."""
    entry, leave = 0.5 + way_in * (0.5 + EDGE), 0.5 + way_out * (0.5 + EDGE)
    return Walk(
        actor,
        (
            (arrives_s - WALK_S, entry, 0.97),
            (arrives_s, *spot),
            (leaves_s, *spot),
            (leaves_s + WALK_S, leave, 0.95),
        ),
        reaches,
    )


def _set(
    rng: Rng,
    seed: int,
    actors: list[Actor],
    walks: list[Walk],
    duration_s: float,
    *,
    flashes: tuple[float, ...] = (),
    size: tuple[int, int] = (480, 270),
    fps: float = 10.0,
) -> Scene:
    plate, box = make_plate(rng, *size)
    return Scene(
        size[0],
        size[1],
        fps,
        duration_s,
        plate,
        tuple(actors),
        tuple(walks),
        flashes,
        box,
        float(rng.uniform(1.5, 4.0)),
        seed,
    )


def _clock(rng: Rng) -> TerminalClock:
    start = datetime(2026, 3, 3, 8, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    return TerminalClock(start, float(round(rng.uniform(-300, 300))))


def _side(rng: Rng) -> float:
    return float(rng.choice([-1.0, 1.0]))


@scenarios.register("demo")
def demo(rng: Rng, seed: int) -> Staged:
    """Six visitors one at a time; the fourth stays through four clock-ins; the terminal is 143 s ahead."""
    times = [(7.0, 13.5), (18.0, 25.0), (30.0, 36.5), (42.0, 60.5), (66.0, 72.5), (76.5, 82.0)]
    actors = [make_actor(rng) for _ in times]
    moments = (10.2, 21.4, 33.1, 45.3, 49.6, 53.8, 58.1, 63.6, 69.2, 79.4, 131.0)
    whose = (0, 1, 2, 3, 3, 3, 3, None, 4, 5, None)
    punches = [Punch(at, f"{2001 + k}", walk) for k, (at, walk) in enumerate(zip(moments, whose, strict=True))]
    walks = [
        visitor(
            k, a, b, -1 if k % 2 else 1, 1 if k % 3 else -1, reaches=tuple(p.media_s for p in punches if p.walk == k)
        )
        for k, (a, b) in enumerate(times)
    ]
    scene = _set(
        rng,
        seed,
        actors,
        walks,
        86.0,
        flashes=tuple(p.media_s for p in punches if p.media_s < 86),
        size=(640, 360),
        fps=12.0,
    )
    names = {p.employee_id: PLACEHOLDERS[k % len(PLACEHOLDERS)] for k, p in enumerate(punches)}
    start = datetime(2026, 3, 3, 8, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    return Staged(scene, tuple(punches), names, TerminalClock(start, 143.0), (10.2, 79.4), (0.0, 4.5))


@scenarios.register("honest_queue")
def honest_queue(rng: Rng, seed: int) -> Staged:
    """Five people in a quick queue, each clocks in once: no finding is right."""
    times = [(6.0 + 7.5 * k, 9.6 + 7.5 * k) for k in range(5)]
    actors = [make_actor(rng) for _ in times]
    punches = [Punch(a + 1.6, f"{3001 + k}", k) for k, (a, _) in enumerate(times)]
    walks = [visitor(k, a, b, _side(rng), _side(rng)) for k, (a, b) in enumerate(times)]
    scene = _set(rng, seed, actors, walks, 46.0, flashes=tuple(p.media_s for p in punches))
    names = {p.employee_id: "Somebody" for p in punches}
    return Staged(scene, tuple(punches), names, _clock(rng), (punches[0].media_s, punches[-1].media_s), (0.0, 3.5))


def _pair(rng: Rng, seed: int, walks: list[Walk], duration_s: float = 24.0) -> Staged:
    """Two (or three) people around one spot, two clock-ins: for tested rates."""
    uniform: Clothes | None = dress(rng) if rng.random() < 0.5 else None
    actors = [make_actor(rng, uniform) for _ in range(1 + max(walk.actor for walk in walks))]
    scene = _set(rng, seed, actors, walks, duration_s)
    punches = (Punch(8.0, "4001", 0), Punch(17.0, "4002", min(1, len(walks) - 1)))
    return Staged(scene, punches, {"4001": "Somebody", "4002": "Somebody"}, _clock(rng), (8.0, 17.0), (0.0, 3.0))


@scenarios.register("stay")
def stay(rng: Rng, seed: int) -> Staged:
    """One person stays through both clock-ins."""
    return _pair(rng, seed, [visitor(0, 6.0, 20.0, _side(rng), _side(rng), reaches=(8.0, 17.0))])


@scenarios.register("handover")
def handover(rng: Rng, seed: int) -> Staged:
    """One leaves while the next comes: the zone is never empty, the spot for a moment."""
    side = _side(rng)
    turn = float(rng.uniform(11.0, 13.5))
    first = visitor(0, 6.0, turn, -side, -side, reaches=(8.0,))
    return _pair(rng, seed, [first, visitor(1, turn + 1.2, 20.0, side, side, reaches=(17.0,))])


@scenarios.register("handover_contact")
def handover_contact(rng: Rng, seed: int) -> Staged:
    """The next stands at the first one's shoulder before the first slides away."""
    side = _side(rng)
    turn = float(rng.uniform(11.0, 13.5))
    beside = (SPOT[0] + side * float(rng.uniform(0.035, 0.06)), SPOT[1] + 0.01)
    first = visitor(0, 6.0, turn, -side, -side, reaches=(8.0,))
    come = Walk(
        1,
        (
            (turn - 1.4 - WALK_S, 0.5 + side * (0.5 + EDGE), 0.97),
            (turn - 1.4, *beside),
            (turn + 0.2, *beside),
            (turn + 1.0, *SPOT),
            (20.0, *SPOT),
            (20.0 + WALK_S, 0.5 + side * (0.5 + EDGE), 0.95),
        ),
        (17.0,),
    )
    return _pair(rng, seed, [first, come])


@scenarios.register("handover_crossing")
def handover_crossing(rng: Rng, seed: int) -> Staged:
    """A third person walks by in front at the very moment of the handover."""
    staged = handover(rng, seed)
    return _with_crosser(staged, rng, staged.scene.walks[0].points[2][0] + 0.6)


@scenarios.register("stay_crossing")
def stay_crossing(rng: Rng, seed: int) -> Staged:
    """One person stays while another walks by in front."""
    return _with_crosser(stay(rng, seed), rng, float(rng.uniform(11.0, 13.5)))


@scenarios.register("companion")
def companion(rng: Rng, seed: int) -> Staged:
    """Two people come together, stand side by side and clock in one after the other."""
    side = _side(rng)
    apart = float(rng.uniform(0.07, 0.12))
    first = visitor(0, 6.0, 20.0, -side, -side, spot=(SPOT[0] - side * apart / 2, SPOT[1]), reaches=(8.0,))
    return _pair(
        rng,
        seed,
        [first, visitor(1, 6.8, 20.4, side, side, spot=(SPOT[0] + side * apart / 2, SPOT[1]), reaches=(17.0,))],
    )


def _with_crosser(staged: Staged, rng: Rng, at_s: float) -> Staged:
    side = _side(rng)
    scene = staged.scene
    crosser = Walk(len(scene.actors), ((at_s - 1.5, 0.5 - side * 0.66, 0.99), (at_s + 1.5, 0.5 + side * 0.66, 0.99)))
    crossed = replace(scene, actors=(*scene.actors, make_actor(rng)), walks=(*scene.walks, crosser))
    return replace(staged, scene=crossed)


def singles(rng: Rng, seed: int) -> Scene:
    """Three single visitors in one scene of the same site: the reference of the companion check."""
    actors = [make_actor(rng) for _ in range(3)]
    walks = [visitor(k, 5.0 + 7 * k, 8.0 + 7 * k, _side(rng), _side(rng)) for k in range(3)]
    return _set(rng, seed, actors, walks, 26.0)


def simulate(name: str, out: Path, *, seed: int) -> dict[str, Any]:
    """Write clip.mp4, attlog.dat, roster.csv, anchors.csv, zone.json and truth.json; the truth is returned.

    Parameters
    ----------
    name : str
        A scenario.
    out : Path
        A folder; made when missing.
    """
    staged = stage(name, seed)
    out.mkdir(parents=True, exist_ok=True)
    polygon = zone_polygon(staged.scene.width_px, staged.scene.height_px)
    fills: list[tuple[float, dict[int, float]]] = []
    clip = out / "clip.mp4"
    write_clip(clip, _watched(staged.scene, polygon, fills), gop=round(staged.scene.fps), crf=28)
    with clip.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    (out / "attlog.dat").write_bytes(attlog(staged.punches, staged.clock))
    (out / "roster.csv").write_bytes(roster_csv(staged.names))
    (out / "anchors.csv").write_bytes(anchors_csv(staged.anchors_s, staged.clock, sha256))
    zone = {
        "clip_sha256": sha256,
        "image_size_px": [staged.scene.width_px, staged.scene.height_px],
        "zone_px": polygon,
        "empty_media_s": [list(staged.empty_s)],
        "terminal_fully_in_view": True,
        "stated_by": "simulation",
        "note": "zone where a presenter's body stands; the stretch is empty by construction",
    }
    truth = _truth(name, seed, staged, fills)
    for file, content in (("zone.json", zone), ("truth.json", truth)):
        (out / file).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return truth


def _watched(
    scene: Scene, polygon: list[list[int]], fills: list[tuple[float, dict[int, float]]]
) -> Iterator[tuple[float, Image]]:
    for shot in shoot(scene):
        fills.append((shot.t_s, body_in_zone(shot.bodies, polygon)))
        yield shot.t_s, shot.image


def visits_of(fills: list[tuple[float, dict[int, float]]]) -> dict[int, tuple[float, float]]:
    """From when to when each walk's body fills more than half of its usual share of the zone."""
    found = {}
    for walk in sorted({number for _, shares in fills for number in shares}):
        series = [(t, shares.get(walk, 0.0)) for t, shares in fills]
        there = [share for _, share in series if share > 0.01]
        if not there:
            continue
        level = 0.5 * float(np.median(there))
        inside = [t for t, share in series if share >= level]
        found[walk] = (inside[0], inside[-1])
    return found


def _truth(name: str, seed: int, staged: Staged, fills: list[tuple[float, dict[int, float]]]) -> dict[str, Any]:
    visits = visits_of(fills)
    order = sorted(visits, key=lambda walk: visits[walk])
    number = {walk: k + 1 for k, walk in enumerate(order)}
    end = staged.scene.duration_s
    where: dict[str, int | str] = {}
    for punch in staged.punches:
        unseen = "outside coverage" if punch.media_s > end else "nobody seen"
        where[punch.employee_id] = unseen if punch.walk is None else number[punch.walk]
    several = [
        sorted(punch.employee_id for punch in staged.punches if punch.walk == walk)
        for walk in order
        if sum(punch.walk == walk for punch in staged.punches) > 1
    ]
    return {
        "scenario": name,
        "seed": seed,
        "camera_starts_at": staged.clock.camera_start.isoformat(),
        "timezone": "Asia/Shanghai",
        "terminal_minus_camera_s": staged.clock.ahead_s,
        "visits_media_s": [[round(a, 3), round(b, 3)] for a, b in (visits[walk] for walk in order)],
        "visits_tolerance_s": 0.6,
        "punch_visit": where,
        "one_body_several_clock_ins": several,
    }
