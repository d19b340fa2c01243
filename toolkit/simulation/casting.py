"""Casting: from the words of a scenario to actors, sheets and a place that can be shot.

Each choice by chance has a seed of its own, made from the scenario's seed and
what is chosen, so that a further person or print changes nobody else.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.simulation.acting import Actor, Part, tilted, way_of
from toolkit.simulation.bodies import Clothes, dress
from toolkit.simulation.camera import Camera as Geometry
from toolkit.simulation.camera import View, look_through
from toolkit.simulation.cutting import cut_out, eye_holes
from toolkit.simulation.faces import Identity
from toolkit.simulation.heads import make_head
from toolkit.simulation.held import Placed
from toolkit.simulation.phones import phone_screen
from toolkit.simulation.place import WALL_Y_M, make_plate
from toolkit.simulation.plan import ClipPlan, Plan
from toolkit.simulation.prints import print_picture, recipe
from toolkit.simulation.scenario import Act, Camera, Presenting
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.shooting import Take
from toolkit.simulation.skins import as_detected

Rng = np.random.Generator

KEPT_PER_PX = 2.0  # texels of a sheet's texture for each pixel of the camera: enough for what is nearer than the head
EYES_M = 0.063  # between the eyes of a life-size face
HEAD_IN_EYES = (3.1, 1.75, 2.15)  # width of a head's picture, and its reach above and below the eyes
BRIGHT_ENOUGH, MOST_LIFTED = 0.52, 2.0  # median code value of a printed face, and how many times it may be lifted
BADGE_M, WALL_M = 0.045, 0.30
NOTICE_M = (0.21, 0.297)


@dataclass(slots=True)
class Company:
    """The people and sheets of one plan; the same print comes back under the same id.

    ``faces`` are the identities by name; ``plan.cast`` says who has which.
    """

    plan: Plan
    faces: Mapping[str, Identity]
    _sheets: dict[tuple[str, float], Sheet] = field(default_factory=dict)
    _uniform: Clothes | None = None

    def identity(self, person: str) -> Identity:
        """Whose face a person has."""
        return self.faces[self.plan.cast[person]]

    def actor(self, person: str) -> Actor:
        """The body, head and clothes of a person."""
        told, rng = self.plan.scenario.person(person), self._rng("body", person)
        if self._uniform is None:
            self._uniform = dress(self._rng("uniform"))
        clothes = self._uniform if told.clothes == "uniform" else dress(rng)
        identity = self.identity(person)
        return Actor(
            person=person, employee_id=told.employee_id, identity=identity, head=make_head(identity), clothes=clothes,
            height=float(rng.uniform(0.94, 1.06)), build=float(rng.uniform(0.90, 1.14)), seed=int(rng.integers(2**31)),
        )  # fmt: skip

    def take(self, told: ClipPlan) -> Take:
        """Everything that one clip needs, but its sensor."""
        clip, view = told.clip, look_through(geometry(told.camera))
        half = view.camera.width_px / view.camera.px_per_m / 2
        parts = tuple(self._part(act, clip.acts, view, half) for act in clip.acts)
        wall = () if clip.wall_portrait is None else ((clip.wall_portrait, self._on_wall(clip.wall_portrait, view)),)
        plate = make_plate(view, self._rng("place", clip.camera), on_wall=[placed for _, placed in wall])
        people = self.plan.scenario.people
        names = {one.person: (self.plan.cast.get(one.person), one.employee_id) for one in people}
        return Take(view=view, plate=plate, parts=parts, names=names, flashes=told.flashes_s, on_wall=wall)

    def _part(self, act: Act, acts: Sequence[Act], view: View, half: float) -> Part:
        scale = KEPT_PER_PX * view.camera.px_per_m
        sheets = {
            number: self._sheet(act.person, what, scale)
            for number, what in enumerate(act.presents)
            if what.what != "own_face"
        }
        kinds: list[str] = [kind for kind in act.wears if kind in WORN_SHEETS]
        worn = {kind: self._worn(kind, act.person, scale) for kind in kinds}
        return Part(self.actor(act.person), act, way_of(act, acts, half), sheets, worn)

    def _sheet(self, bearer: str, what: Presenting, scale: float) -> Sheet:
        name = what.print_id or f"{bearer} {what.what} {what.of} {what.at_s} {what.shape}"
        key = (f"{name} {what.shape}", scale)
        if key not in self._sheets:
            self._sheets[key] = self._make_sheet(what, self._rng("sheet", name), scale)
        return self._sheets[key]

    def _make_sheet(self, what: Presenting, rng: Rng, scale: float) -> Sheet:
        if what.what == "notice" or what.of is None:
            return notice(rng, scale)
        who = self.identity(what.of)
        marks = as_detected(who.landmarks_px)
        if what.what == "phone":
            return phone_screen(who.picture, rng=rng, landmarks_px=marks, kept_px_per_m=scale)
        picture, marks = head_picture(who)
        wide = BADGE_M if what.what == "badge" else HEAD_IN_EYES[0] * EYES_M * float(rng.uniform(0.88, 1.08))
        chosen = recipe(rng, sheet="strip" if what.how != "held" or what.what == "badge" else None)
        sheet = print_picture(picture, width_m=wide, recipe=chosen, rng=rng, landmarks_px=marks, kept_px_per_m=scale)
        if what.shape in ("cut_out", "eye_holed"):
            sheet = cut_out(sheet, rng=rng)
        return eye_holes(sheet, rng=rng) if what.shape == "eye_holed" else sheet

    def _worn(self, kind: str, person: str, scale: float) -> Sheet:
        rng = self._rng("worn", kind, person)
        if kind == "surgical_mask":
            return surgical_mask(rng, scale)
        others = [one.person for one in self.plan.scenario.people if one.person != person] or [person]
        shows = person if kind == "badge" else others[int(rng.integers(len(others)))]
        what = Presenting(at_s=0, seconds=1, what="badge" if kind == "badge" else "print", of=shows, how="worn")
        return self._make_sheet(what, rng, scale)

    def _on_wall(self, person: str, view: View) -> Placed:
        who, scale = self.identity(person), KEPT_PER_PX * view.camera.px_per_m
        rng = self._rng("wall", person)
        sheet = print_picture(
            who.picture, width_m=WALL_M, recipe=recipe(rng, sheet="strip"), rng=rng,
            landmarks_px=as_detected(who.landmarks_px), kept_px_per_m=scale,
        )  # fmt: skip
        middle = np.array([-0.55, WALL_Y_M - 0.01, 1.70], np.float32)
        return Placed(sheet=sheet, middle=middle, axes=tilted(0.0, 0.0))

    def _rng(self, *what: str) -> Rng:
        return np.random.default_rng([self.plan.seed, zlib.crc32(" ".join(what).encode("utf-8"))])


def head_picture(who: Identity) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The head alone of a portrait, and its landmarks: what is printed to be shown to a terminal.

    Whoever prints a face so that a machine finds it prints it bright enough, with its contrast kept.
    """
    marks = np.asarray(who.landmarks_px, np.float64)
    eyes, apart = marks[:2].mean(axis=0), float(np.linalg.norm(marks[1] - marks[0]))
    wide, above, below = (k * apart for k in HEAD_IN_EYES)
    corner = np.maximum(0, np.round(eyes - np.array([wide / 2, above]))).astype(int)
    end = np.round(eyes + np.array([wide / 2, below])).astype(int)
    picture = who.picture[corner[1] : end[1], corner[0] : end[0]]
    low, high = np.round(marks.min(axis=0) - corner).astype(int), np.round(marks.max(axis=0) - corner).astype(int)
    middle = float(np.median(picture[low[1] : high[1], low[0] : high[0]])) / 255
    if middle < BRIGHT_ENOUGH:
        gain = min(MOST_LIFTED, BRIGHT_ENOUGH / max(middle, 0.02))  # a gamma would wash the features out
        picture = np.round(np.minimum(picture * gain, 255)).astype(np.uint8)
    return np.ascontiguousarray(picture), as_detected(marks) - corner


WORN_SHEETS = ("surgical_mask", "badge", "face_on_shirt")


def geometry(camera: Camera) -> Geometry:
    """The geometry of a scenario's camera."""
    return Geometry(
        width_px=camera.width_px, height_px=camera.height_px, px_per_m=camera.px_per_m, pitch_deg=camera.pitch_deg,
        lens=camera.lens,
    )  # fmt: skip


def notice(rng: Rng, px_per_m: float) -> Sheet:
    """A sheet with lines of writing and no face: an innocent thing to hold before a terminal."""
    width, height = (max(8, round(side * px_per_m)) for side in NOTICE_M)
    page = np.full((height, width), 0.83, np.float32)
    for row in np.arange(0.10, 0.90, 0.035):
        end = float(rng.uniform(0.5, 0.88))
        for start in np.arange(0.12, end, 0.06):
            if rng.random() < 0.85:
                a, b = (round(v * width) for v in (start, start + float(rng.uniform(0.02, 0.05))))
                y = round(row * height)
                page[y : y + max(1, round(0.010 * height)), a:b] = 0.12
    texture = np.asarray(np.repeat(cv2.blur(page, (2, 2))[..., None], 3, axis=2), np.float32)
    return _plain_sheet(texture, NOTICE_M)


def surgical_mask(rng: Rng, px_per_m: float) -> Sheet:
    """A pleated mask in light blue or white, over nose, mouth and chin."""
    size = (0.150, 0.095)
    width, height = (max(6, round(side * px_per_m)) for side in size)
    tone = np.array([(0.32, 0.52, 0.62), (0.72, 0.73, 0.72)][int(rng.integers(2))], np.float32)
    pleats = 1 - 0.16 * (np.sin(np.linspace(0, 3 * 2 * np.pi, height)) > 0.8)[:, None]
    texture = (tone * (pleats * np.ones((height, width), np.float32))[..., None]).astype(np.float32)
    alpha = np.zeros((height, width), np.float32)
    cv2.ellipse(alpha, (width // 2, height // 2), (round(width * 0.5), round(height * 0.62)), 0, 0, 360, 1.0, -1)
    return Sheet(texture=texture, alpha=alpha, px_per_m=px_per_m, width_m=size[0], height_m=size[1], gloss=0.02)


def _plain_sheet(texture: NDArray[np.float32], size_m: tuple[float, float]) -> Sheet:
    return Sheet(
        texture=np.ascontiguousarray(texture, np.float32), alpha=np.ones(texture.shape[:2], np.float32),
        px_per_m=texture.shape[1] / size_m[0], width_m=size_m[0], height_m=size_m[1], gloss=0.02,
    )  # fmt: skip
