"""Captures for ``bench/reuse.py``: prints of several photographs of each person, shown on two visits, and live faces.

A person's *different stills* are photographs taken of the simulated person on
different days: another pose within some degrees, another light, another
expression, but the same skin and hair, texel for texel. Real photographs of one
person differ more; these are the hardest that can be drawn. Each print is shown
on two visits with another bearer's stance, another grip, another sensor, and is
stored by a recorder (H.264) as live faces are. Fingers are painted on the sheet
before it is rendered: 5-15 % of the face, elsewhere on each visit.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from toolkit.analysis.faces.crops import face_at, middle_px, width_px
from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.records import Face, Image
from toolkit.simulation.casting import EYES_M, HEAD_IN_EYES, Company
from toolkit.simulation.faces import Identity, identities
from toolkit.simulation.plan import Plan, make_plan
from toolkit.simulation.prints import print_picture, recipe
from toolkit.simulation.scenario import Presenting
from toolkit.simulation.scenario_file import read_scenario
from toolkit.simulation.seeds import REUSE
from toolkit.simulation.sensor import Recorder, day_sensor
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.shooting import FaceTruth, shoot

FACE_M = 2.35 * 0.0615
PHOTOGRAPH_PX_PER_M, PITCHES = 1100, (0, 15, 30)
SETTLED, USED, FPS = 2, 2, 10.0
LARGE_PX_PER_M = 1_200  # beyond it one frame is taken after one, for the time it takes
CRF = (22, 29)
AROUND = 1.9  # face widths kept on each side of the middle
FINGER_M = 0.0085
SCENARIO = """\
schema: papermask-scenario-1
name: reuse
about: One person presents something.
settles: Nothing.
cameras:
  - {{camera: one, px_per_m: {px_per_m}, pitch_deg: {pitch}, width_px: {wide}, height_px: {high}, fps: 10}}
people:
  - {{person: P, identity: {bearer}}}
  - {{person: Q, employee_id: "1", name: Q, identity: {shown}}}
clips:
  - clip: one
    camera: one
    starts_at: 2026-03-03T08:20:00+08:00
    duration_s: 12
    acts:
      - person: P
        arrives_s: 1
        leaves_s: 11
        presents: [{{at_s: 2, seconds: 8, {presents}}}]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One presentation: ``photograph`` None for the person's own face; ``face_px`` how wide it is shown, about.

    ``one_place``: all visits before one camera in one room, in the same clothes,
    at other moments; else each visit has a room of its own.
    """

    purpose: str
    person: int
    photograph: int | None
    visit: int
    face_px: int
    covered: bool = False
    one_place: bool = False

    @property
    def name(self) -> str:
        """A file name of its own."""
        what = "live" if self.photograph is None else f"print{self.photograph}"
        marks = "-covered" * self.covered + "-place" * self.one_place
        return f"{self.purpose}-{self.person}-{what}-v{self.visit}-{self.face_px}{marks}"


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Pictures around a face as the recorder keeps them, and the detector's face in each."""

    images: tuple[Image, ...]
    faces: tuple[Face, ...]
    empties: tuple[Image, ...] = ()  # the same parts of the place while nobody stands there


def _rng(purpose: str, *what: object) -> np.random.Generator:
    return np.random.default_rng([REUSE[purpose], zlib.crc32(" ".join(map(str, what)).encode())])


class _Printing(Company):
    """People whose print shows one of their photographs; its dots are the same on every visit, the fingers are not."""

    __slots__ = ("capture",)

    def __init__(self, plan: Plan, faces: dict[str, Identity], capture: Capture) -> None:
        super().__init__(plan, faces)
        self.capture = capture

    def _make_sheet(self, what: Presenting, rng: np.random.Generator, scale: float) -> Sheet:
        one = self.capture
        assert one.photograph is not None
        sheet = _printed(one.purpose, one.person, one.photograph, scale)
        if not one.covered:
            return sheet
        return _with_fingers(sheet, self.identity("P").skin, _rng(one.purpose, "fingers", one.name))


@cache
def _printed(purpose: str, person: int, photograph: int, scale: float) -> Sheet:
    picture, marks = photographed(purpose, person, photograph)
    rng = _rng(purpose, "print", person, photograph)
    wide = HEAD_IN_EYES[0] * EYES_M * float(rng.uniform(0.88, 1.08))
    return print_picture(
        picture, width_m=wide, recipe=recipe(rng), rng=rng, landmarks_px=marks, kept_px_per_m=scale
    )  # fmt: skip


@cache
def photographed(purpose: str, person: int, number: int) -> tuple[Image, np.ndarray]:
    """A photograph of a person's head and its five points, taken on a day of its own."""
    rng = _rng(purpose, "photograph", person, number)
    presents = f"what: own_face, motion: turn, turn_deg: {float(rng.uniform(4, 18)):.1f}"
    pitch = float(rng.uniform(0, 8))
    for at in rng.uniform(3.0, 9.0, 5):
        found = _shot(purpose, person, presents, PHOTOGRAPH_PX_PER_M, pitch, float(at), rng, None)
        if found is not None:
            image, face = found[0][-1], found[1][-1]
            marks = np.array(face.landmarks_px)
            eyes, apart = marks[:2].mean(axis=0), float(np.linalg.norm(marks[1] - marks[0]))
            wide, above, below = (k * apart for k in HEAD_IN_EYES)
            corner = np.maximum(0, np.round(eyes - np.array([wide / 2, above]))).astype(int)
            end = np.round(eyes + np.array([wide / 2, below])).astype(int)
            return _lit(np.ascontiguousarray(image[corner[1] : end[1], corner[0] : end[0]])), marks - corner
    raise RuntimeError(f"no photograph of {purpose} {person} {number}")


def _lit(picture: Image) -> Image:
    middle = float(np.median(picture)) / 255
    gain = float(np.clip(0.5 / max(middle, 0.02), 1.0, 2.0))
    return np.round(np.minimum(picture * gain, 255)).astype(np.uint8)


def take(one: Capture) -> Taken | None:
    """Film a capture, store it as a recorder does, and find its face again; None where the detector finds none."""
    rng = _rng(one.purpose, "capture", one.name)
    presents = "what: own_face" if one.photograph is None else "what: print, of: Q"
    found = _shot(
        one.purpose, one.person, presents, one.face_px / FACE_M, PITCHES[one.person % len(PITCHES)],
        float(rng.uniform(3.0, 9.0)), rng, one,
    )  # fmt: skip
    return None if found is None else Taken(*(tuple(each) for each in found))


def _shot(
    purpose: str, person: int, presents: str, px_per_m: float, pitch: float, at: float, rng: np.random.Generator,
    capture: Capture | None,
) -> tuple[list[Image], list[Face], list[Image]] | None:  # fmt: skip
    people = identities(purpose)
    other = (person + 1 + int(rng.integers(len(people) - 1))) % len(people)
    live = capture is None or capture.photograph is None
    told = SCENARIO.format(
        px_per_m=round(px_per_m), pitch=round(pitch), wide=max(160, round(0.52 * px_per_m) // 2 * 2),
        high=round(1.0 * px_per_m) // 2 * 2, bearer=person if live else other, shown=other if live else person,
        presents=presents,
    )  # fmt: skip
    faces = {each.name: each for each in people}
    own = int(rng.integers(2**31))
    if capture is not None and capture.one_place:
        own = int(_rng(purpose, "place", person, capture.face_px).integers(2**31))
    plan = make_plan(read_scenario(told, "reuse.yaml"), own, list(faces))
    company = Company(plan, faces) if capture is None else _Printing(plan, faces, capture)
    scene = company.take(plan.clips[0])
    recorder = Recorder(day_sensor(rng), rng)
    settled, used = (1, 1) if px_per_m > LARGE_PX_PER_M else (SETTLED, USED)
    times = [round(at + k / FPS, 6) for k in range(settled + used)]
    before = next(iter(shoot(scene, [0.0], recorder))).image if capture is not None and capture.one_place else None
    shots = list(shoot(scene, times, recorder))
    medium = "live" if live else "print"
    truths = [next((face for face in each.faces if face.medium == medium), None) for each in shots]
    if capture is None:
        images = [each.image for each in shots]
    else:
        images = _recorded([each.image for each in shots], int(rng.integers(CRF[0], CRF[1] + 1)))
    kept = [
        cropped
        for image, truth in zip(images[settled:], truths[settled:], strict=True)
        if truth is not None and (cropped := _found(image, truth, before)) is not None
    ]
    if not kept:
        return None
    return [image for image, _, _ in kept], [face for _, face, _ in kept], [e for _, _, e in kept if e is not None]


def _recorded(images: list[Image], crf: int) -> list[Image]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_clip(path, ((k / FPS, image) for k, image in enumerate(images)), gop=25, crf=crf, rate=FPS)
        with read_frames(path) as frames:
            return [np.asarray(frame.image) for frame in frames if frame.image is not None]


def _found(image: Image, truth: FaceTruth, before: Image | None) -> tuple[Image, Face, Image | None] | None:
    width = FACE_M * truth.px_per_m
    middle = truth.landmarks_px.mean(axis=0)
    face = face_at(image, middle, width)
    if face is None:
        return None
    reach = AROUND * width_px(face)
    left, top = np.maximum(0, np.floor(middle_px(face) - reach)).astype(int)
    right, bottom = np.ceil(middle_px(face) + reach).astype(int)
    crop = np.ascontiguousarray(image[top:bottom, left:right])
    shift = np.array([left, top])
    marks = tuple((float(x), float(y)) for x, y in np.array(face.landmarks_px) - shift)
    box = tuple(float(v) for v in np.array(face.box_px) - np.array([left, top, left, top]))
    empty = None if before is None else np.ascontiguousarray(before[top:bottom, left:right])
    return crop, Face(box_px=box, score=face.score, landmarks_px=marks), empty  # type: ignore[arg-type]


def _with_fingers(sheet: Sheet, skin: tuple[float, float, float], rng: np.random.Generator) -> Sheet:
    """The sheet with one to three fingers across 5-15 % of the pictured face."""
    texture = sheet.texture.copy()
    high, wide = texture.shape[:2]
    assert sheet.landmarks is not None
    marks = np.asarray(sheet.landmarks) * (wide, high)
    middle, apart = marks.mean(axis=0), float(np.linalg.norm(marks[1] - marks[0]))
    face = np.zeros((high, wide), np.uint8)
    cv2.ellipse(face, tuple(int(v) for v in middle), (int(1.15 * apart), int(1.5 * apart)), 0, 0, 360, 1, -1)
    for _ in range(200):
        fingers = np.zeros((high, wide), np.uint8)
        for _ in range(int(rng.integers(1, 4))):
            way = float(rng.uniform(-0.2, 1.2)) * np.pi  # from the sides or from below
            tip = middle + rng.uniform(0.3, 1.1) * apart * np.array([np.cos(way), np.sin(way)])
            root = middle + 4.0 * apart * np.array([np.cos(way), np.sin(way)])
            thick = max(1, round(2 * FINGER_M * sheet.px_per_m))
            cv2.line(fingers, tuple(int(v) for v in tip), tuple(int(v) for v in root), 1, thick)
        share = float((fingers & face).sum()) / float(face.sum())
        if 0.05 <= share <= 0.15:
            break
    else:
        raise RuntimeError("fingers do not fit")
    depth = cv2.distanceTransform(fingers, cv2.DIST_L2, 5) / max(1.0, FINGER_M * sheet.px_per_m)
    tone = np.array(skin, np.float32) * (0.65 + 0.35 * np.minimum(depth, 1.0))[..., None]
    texture[fingers > 0] = tone[fingers > 0]
    return replace(sheet, texture=texture.astype(np.float32))


def kept(one: Capture, folder: Path) -> Taken | None:
    """A capture from a folder of earlier ones, or made and put there."""
    path = folder / f"{one.name}.npz"
    if not path.exists():
        taken = take(one)
        told = {} if taken is None else {f"image{k}": image for k, image in enumerate(taken.images)}
        if taken is not None:
            told["marks"] = np.array([face.landmarks_px for face in taken.faces])
            told["boxes"] = np.array([face.box_px for face in taken.faces])
            told["scores"] = np.array([face.score for face in taken.faces])
            told |= {f"empty{k}": image for k, image in enumerate(taken.empties)}
        np.savez(path, **told)
    with np.load(path) as stored:
        if "marks" not in stored:
            return None
        marks, boxes, scores = stored["marks"], stored["boxes"], stored["scores"]
        images = tuple(stored[f"image{k}"] for k in range(len(marks)))
        empties = tuple(stored[f"empty{k}"] for k in range(len(marks)) if f"empty{k}" in stored)
    faces = tuple(
        Face(box_px=tuple(box.tolist()), score=float(score), landmarks_px=tuple((float(x), float(y)) for x, y in each))
        for each, box, score in zip(marks, boxes, scores, strict=True)
    )
    return Taken(images, faces, empties)


__all__ = ["Capture", "Taken", "kept", "photographed", "take"]
