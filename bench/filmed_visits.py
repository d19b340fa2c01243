"""Visits to be measured: somebody before a camera with or without a sheet, stored by a recorder and read again.

Truth says which sheet is where; it is for scoring only. Kinds of one number
share room, people, clothes, camera and recorder, so that they differ in what
is held or worn and in nothing else.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.records import Image
from toolkit.simulation.acting import Shown
from toolkit.simulation.casting import Company
from toolkit.simulation.faces import Identity, identities
from toolkit.simulation.plan import Plan, make_plan
from toolkit.simulation.scenario import SCHEMA, Act, Camera, Clip, Person, Presenting, Scenario
from toolkit.simulation.seeds import DEVELOPMENT, SHEETS
from toolkit.simulation.sensor import Recorder, day_sensor
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.shooting import Take, shoot

OWN = {"what": "own_face"}
PRINT = {"what": "print", "of": "Q"}
# kind -> what is presented, what is worn; "portrait" hangs on the wall.
KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "held": (PRINT, ()),
    "curled": ({**PRINT, "shape": "curled"}, ()),
    "stacked": ({**PRINT, "how": "stacked"}, ()),
    "worn": ({**PRINT, "how": "worn", "shape": "cut_out"}, ()),
    "eye_holed": ({**PRINT, "how": "worn", "shape": "eye_holed"}, ()),
    "live": (OWN, ()),
    "surgical_mask": (OWN, ("surgical_mask",)),
    "scarf": (OWN, ("scarf",)),
    "knitted_scarf": (OWN, ("knitted_scarf",)),
    "cap": (OWN, ("cap",)),
    "glasses": (OWN, ("glasses",)),
    "badge_worn": (OWN, ("badge",)),
    "badge_shown": ({"what": "badge", "of": "Q"}, ()),
    "phone": ({"what": "phone", "of": "Q"}, ()),
    "phone_at_ear": (OWN, ("phone_at_ear",)),
    "portrait": (OWN, ()),
    "shirt": (OWN, ("face_on_shirt",)),
    "notice": ({"what": "notice"}, ()),
}
HELD = ("held", "curled", "stacked")
WORN = ("worn", "eye_holed")
SEEDS = {"development": DEVELOPMENT[100:200], "measurement": SHEETS}
PRINTS_OF_A_FACE = 3
SEEN_M = 1.4  # what a picture shows of the world
FPS = 10.0
EMPTY_S = (0.0, 0.1, 0.2, 0.3, 0.4)
FIRST_S, EVERY_S, LOOKS = 5.0, 0.25, 6
CRF_RANGE = (24, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit to be drawn; ``number`` chooses seed, people and recorder."""

    purpose: str
    kind: str
    pitch: int
    px_per_m: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filmed:
    """What a cue sees, and for each picture the corners of the sheet (4, 2), clockwise, or None."""

    visit: Visit
    sample: VisitSample
    corners_px: tuple[NDArray[np.float64] | None, ...]

    @property
    def area_m2(self) -> float:
        """Median seen area of the sheet, at the scale of the head; 0 without one."""
        areas = [_area(one) for one in self.corners_px if one is not None]
        return float(np.median(areas)) / self.visit.px_per_m**2 if areas else 0.0


def film(visit: Visit) -> Filmed:
    """Draw, store and read a visit of about two seconds, after half a second of the empty place."""
    seeds = SEEDS[visit.purpose]
    name = f"sheets {visit.pitch} {visit.px_per_m}"
    rng = np.random.default_rng([seeds[visit.number % len(seeds)], zlib.crc32(name.encode()), visit.number])
    faces = {one.name: one for one in identities(visit.purpose)}
    crf, plan = int(rng.integers(CRF_RANGE[0], CRF_RANGE[1] + 1)), _plan(visit, faces, rng)
    take = _FewPrints(plan, faces, visit).take(plan.clips[0])
    recorder = Recorder(day_sensor(rng), rng)
    looks = [FIRST_S + EVERY_S * k for k in range(LOOKS)]
    run_up = [FIRST_S - k / FPS for k in (3, 2, 1)]
    times = [*EMPTY_S, *run_up, *looks]

    def frames() -> Iterator[tuple[float, Image]]:
        for number, shot in enumerate(shoot(take, times, recorder)):
            yield number / FPS, shot.image

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_clip(path, frames(), codec="h264", gop=25, crf=crf, rate=FPS)
        with read_frames(path) as decoded:
            images = [np.asarray(frame.image) for frame in decoded if frame.image is not None]
    empty, shown = images[: len(EMPTY_S)], images[len(EMPTY_S) + len(run_up) :]
    plate = np.median(np.stack(empty), axis=0).astype(np.uint8)
    sample = VisitSample(times_s=np.array(looks), pictures=tuple(shown), plate=plate, px_per_m=float(visit.px_per_m))
    return Filmed(visit=visit, sample=sample, corners_px=tuple(_corners(take, visit, t) for t in looks))


def _plan(visit: Visit, faces: dict[str, Identity], rng: np.random.Generator) -> Plan:
    bearer, shown = (int(k) for k in rng.choice(len(faces), 2, replace=False))
    side = round(SEEN_M * visit.px_per_m) // 2 * 2
    presents, wears = KINDS[visit.kind]
    worn: Any = wears
    act = Act(
        person="P", arrives_s=3.2, leaves_s=9.0, wears=worn, presents=(Presenting(at_s=4.0, seconds=4.0, **presents),)
    )
    scenario = Scenario(
        schema=SCHEMA, name="sheets", about="One person presents one thing.", settles="Nothing.",
        cameras=(Camera(camera="one", px_per_m=visit.px_per_m, pitch_deg=visit.pitch, width_px=side, height_px=side,
                        fps=FPS),),
        people=(Person(person="P", identity=bearer), Person(person="Q", employee_id="1", name="Q", identity=shown)),
        clips=(Clip(clip="one", camera="one", starts_at=datetime(2026, 3, 3, tzinfo=UTC), duration_s=10.0, acts=(act,),
                    wall_portrait="Q" if visit.kind == "portrait" else None),),
    )  # fmt: skip
    return make_plan(scenario, int(rng.integers(2**31)), list(faces))


class _FewPrints(Company):
    """People whose prints are of the few that a run has: printing dot by dot costs more than filming."""

    __slots__ = ("visit",)

    def __init__(self, plan: Plan, faces: dict[str, Identity], visit: Visit) -> None:
        super().__init__(plan, faces)
        self.visit = visit

    def _make_sheet(self, what: Presenting, rng: np.random.Generator, scale: float) -> Sheet:
        if what.of is None or what.what != "print":
            return super()._make_sheet(what, rng, scale)
        cut = what.shape if what.shape in ("cut_out", "eye_holed") else "whole"
        own = f"{self.plan.cast[what.of]} {'held' if what.how == 'held' else 'fitted'} {cut}"
        key = (own, self.visit.number % PRINTS_OF_A_FACE, scale)
        if key not in _printed:
            seed = [SEEDS[self.visit.purpose][0], zlib.crc32(own.encode("utf-8")), key[1]]
            _printed[key] = super()._make_sheet(what, np.random.default_rng(seed), scale)
        return _printed[key]


_printed: dict[tuple[str, int, float], Sheet] = {}


def _corners(take: Take, visit: Visit, t: float) -> NDArray[np.float64] | None:
    """Corners of what is held or worn, as this camera sees them."""
    moment = take.parts[0].at(t)
    if moment is None:
        return None
    medium = KINDS[visit.kind][0]["what"]
    shown: Shown | None = next(
        (
            one
            for one in moment.shown
            if medium != "own_face" and one.medium == ("print" if medium == "badge" else medium)
        ),
        None,
    )
    if shown is None:
        return None
    edge = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    return np.asarray(take.view.project(shown.placed.point(edge))[0], np.float64)


def _area(corners: NDArray[np.float64]) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
