"""A renderer that draws rectangles: enough for everything about a case but its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.records import Image, Mask
from toolkit.simulation.plan import ClipPlan, Plan
from toolkit.simulation.scenario import Act, Scenario
from toolkit.simulation.scenario_file import FOLDER, read_scenario

WALK_S = 1.0
ASIDE = {"spot": 0.5, "beside": 0.62, "behind": 0.55, "passes": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFace:
    bearer: str
    shows: str
    employee_id: str | None
    medium: str
    geometry: str
    box_px: tuple[float, float, float, float]
    landmarks_px: NDArray[np.float64]
    turn_deg: float
    px_per_m: float
    visible: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnShot:
    t_s: float
    image: Image
    faces: tuple[DrawnFace, ...]
    bodies: dict[int, Mask]


class RectangleStudio:
    """Bodies are upright rectangles, faces squares in them, prints squares beside them."""

    def faces(self) -> Sequence[str]:
        return [f"face-{k:02d}" for k in range(14)]

    def zone_px(self, clip: ClipPlan) -> Sequence[Sequence[int]]:
        w, h = clip.camera.width_px, clip.camera.height_px
        a, b, c, d = round(0.35 * w), round(0.75 * w), round(0.3 * h), round(0.95 * h)
        return [[a, c], [b, c], [b, d], [a, d]]

    def shots(self, plan: Plan, clip: ClipPlan) -> Iterator[DrawnShot]:
        width, height = clip.camera.width_px, clip.camera.height_px
        plate = np.random.default_rng(clip.seed).integers(110, 140, (height, width, 3)).astype(np.uint8)
        for t in clip.times_s:
            image = plate.copy()
            bodies: dict[int, Mask] = {}
            faces: list[DrawnFace] = []
            for number, act in enumerate(clip.clip.acts):
                x = _across(act, t)
                if x is None:
                    continue
                middle, half = x * width, 0.09 * width
                mask = np.zeros((height, width), bool)
                mask[round(0.2 * height) :, max(0, round(middle - half)) : max(0, round(middle + half))] = True
                image[mask] = (40 + 20 * number, 60, 90)
                for other in bodies:
                    bodies[other] &= ~mask
                bodies[number] = mask
                faces.append(_face(plan, act.person, act.person, "live", "own head", middle))
            for one in clip.shown:
                if one.of is not None and one.medium != "live" and one.from_s <= t < one.to_s:
                    faces.append(_face(plan, one.person, one.of, one.medium, one.geometry, 0.4 * width))
            yield DrawnShot(t_s=t, image=image, faces=tuple(faces), bodies=bodies)

    def photo(self, face: str, seed: int) -> Image:
        return np.full((32, 24, 3), int(face[-2:]) * 10, np.uint8)


def _face(plan: Plan, bearer: str, of: str, medium: str, geometry: str, x: float) -> DrawnFace:
    y, r = 30.0, 6.0
    marks = np.array([(x - r / 2, y), (x + r / 2, y), (x, y + r / 3), (x - r / 3, y + r / 2), (x + r / 3, y + r / 2)])
    return DrawnFace(
        bearer=bearer,
        shows=plan.cast[of],
        employee_id=plan.scenario.person(of).employee_id,
        medium=medium,
        geometry=geometry,
        box_px=(x - r, y - r, x + r, y + r),
        landmarks_px=marks,
        turn_deg=0.0,
        px_per_m=250.0,
        visible=1.0,
    )


def _across(act: Act, t: float) -> float | None:
    """Where the body is, in shares of the width; None when it is not in the picture."""
    place = ASIDE[act.place]
    edge_in, edge_out = (-0.2 if side == "left" else 1.2 for side in (act.comes_from, act.goes_to))
    leaves = act.arrives_s if act.leaves_s is None else act.leaves_s
    times = [act.arrives_s - WALK_S, act.arrives_s, leaves + 1e-6, leaves + WALK_S]
    if not times[0] <= t <= times[-1]:
        return None
    return float(np.interp(t, times, [edge_in, place, place, edge_out]))


SMALL = """
schema: papermask-scenario-1
name: small
about: A small morning.
settles: What the test asks.
cameras:
  - {camera: c1, width_px: 160, height_px: 120, fps: 8%(camera)s}
people:
  - {person: A, employee_id: "007", name: 李明}
  - {person: B, employee_id: "1002", name: 李明}
  - {person: C, employee_id: "1003", name: Third, on_roster: false}
  - {person: X}
terminal: {ahead_s: 97.4%(terminal)s}
clips:
  - clip: morning
    camera: c1
    starts_at: 2026-03-03T08:20:00+08:00
    duration_s: 20
%(clip)s    acts:
      - {person: A, arrives_s: 3, leaves_s: 6, presents: [{at_s: 3.5, seconds: 2, clocks_in: A}]}
      - person: X
        arrives_s: 9
        leaves_s: 15
        presents:
          - {at_s: 9.5, seconds: 2, what: print, of: B, print_id: s1, clocks_in: B, refused_tries: 1}
          - {at_s: 12, seconds: 2, what: print, of: C, print_id: s2, how: stacked, clocks_in: C}
%(more)s"""


def small(camera: str = "", terminal: str = "", clip: str = "", more: str = "") -> str:
    """The text of a small scenario: A comes honestly, X presents prints of B and C."""
    return SMALL % {"camera": camera, "terminal": terminal, "clip": clip, "more": more}


def small_scenario(**parts: str) -> Scenario:
    return read_scenario(small(**parts), "small.yaml")


def shrunk(name: str) -> Scenario:
    """A scenario of the program over small pictures, so that writing it takes a moment."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    for side in ("width_px: 640", "width_px: 960"):
        text = text.replace(side, "width_px: 160")
    for side in ("height_px: 360", "height_px: 540"):
        text = text.replace(side, "height_px: 120")
    return read_scenario(text.replace("fps: 10", "fps: 4"), f"{name}.yaml")
