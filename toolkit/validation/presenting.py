"""One presentation of a validation: drawn, stored by a recorder, read again, and found by the detector.

Truth serves to know which face is meant, never where its points are: those
are the detector's, from frames that were encoded and decoded.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.media.frames import read_frames
from toolkit.media.write import write_clip
from toolkit.records import Image
from toolkit.simulation.casting import Company
from toolkit.simulation.faces import Identity, identities
from toolkit.simulation.plan import Plan, make_plan
from toolkit.simulation.scenario import SCHEMA, Act, Camera, Clip, Person, Presenting, Scenario
from toolkit.simulation.seeds import PRESENTATIONS
from toolkit.simulation.sensor import Recorder, day_sensor
from toolkit.simulation.sheets import Sheet
from toolkit.simulation.shooting import FaceTruth, Shot, Take, shoot
from toolkit.validation.kinds import KINDS, Geometry, Item, Kind, Motion

FPS = 10.0
SEEN_M = 1.3  # what a picture shows of the world, in width and height
ARRIVED_S, BEGINS_S, LASTS_S = 1.0, 2.0, 3.2
EMPTY_S = (0.0, 0.1, 0.2, 0.3, 0.4)  # before anybody arrives
SETTLING_S = 0.5  # before it, exposure and noise reduction of the recorder settle
CRF_RANGE = (24, 32)
LEAKED_CRF, MOST_CRF = 4, 51
EVERY_GOP = (12, 25, 50)
PRINTS_OF_A_FACE = 3
KEPT_PRINTS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmed:
    """A clip that was made, and the truth of the presented face for each frame (None: not in the picture).

    It begins with the empty place until ``empty_until_s``.
    """

    path: Path
    times_s: tuple[float, ...]
    truths: tuple[FaceTruth | None, ...]
    presented_s: tuple[float, float]
    empty_until_s: float
    bearer: str
    shown: str
    crf: int
    encodings: int


def film(item: Item, folder: Path) -> Filmed:
    """Draw and store one presentation.

    Parameters
    ----------
    item : Item
    folder : Path
        Where ``clip.mp4`` is written.
    """
    rng = _rng(item)
    faces = {one.name: one for one in identities(item.purpose)}
    crf = item.geometry.crf if item.geometry.crf is not None else int(rng.integers(CRF_RANGE[0], CRF_RANGE[1] + 1))
    gop = int(rng.choice(EVERY_GOP))
    plan = _plan(item, faces, rng)
    take = _PrintsOfARun(plan, faces, item).take(plan.clips[0])
    recorder = Recorder(day_sensor(rng), rng)
    attack = KINDS[item.kind].side == "attack"
    leaked = attack and item.leak == "strength"
    used = min(MOST_CRF, crf + LEAKED_CRF * leaked)
    path = folder / "clip.mp4"
    truths = record(take, recorder, path, kind=KINDS[item.kind], codec=item.geometry.codec, gop=gop, crf=used)
    again = attack and item.leak == "encoded_twice"
    if again:
        _encode_again(path, item.geometry.codec, gop, crf)
    empty_until = len(EMPTY_S) / FPS
    return Filmed(
        path=path,
        times_s=tuple(k / FPS for k in range(len(truths))),
        truths=tuple(truths),
        presented_s=(empty_until + SETTLING_S, empty_until + SETTLING_S + LASTS_S),
        empty_until_s=empty_until,
        bearer=plan.cast["P"],
        shown=plan.cast["P" if not attack else "Q"],
        crf=used,
        encodings=1 + again,
    )


def record(
    take: Take, recorder: Recorder, path: Path, *, kind: Kind, codec: str, gop: int, crf: int
) -> list[FaceTruth | None]:
    """Shoot and store one presentation: the empty place, then whoever presents; the truth of each frame."""
    begin = BEGINS_S - SETTLING_S
    times = [*EMPTY_S, *(round(begin + k / FPS, 6) for k in range(round((SETTLING_S + LASTS_S) * FPS)))]
    truths: list[FaceTruth | None] = []

    def frames() -> Iterator[tuple[float, Image]]:
        for number, shot in enumerate(shoot(take, times, recorder)):
            truths.append(_presented(shot, kind))
            yield number / FPS, shot.image

    write_clip(path, frames(), codec=codec, gop=gop, crf=crf, rate=FPS)
    return truths


class _PrintsOfARun(Company):
    """People of one presentation; its prints are of the few that a whole run has, as a real series would have.

    Each face is printed a few times; the same sheet is held flat, bent or on top of a stack. Printing dot by dot
    costs more than filming.
    """

    __slots__ = ("item",)

    def __init__(self, plan: Plan, faces: dict[str, Identity], item: Item) -> None:
        super().__init__(plan, faces)
        self.item = item

    def _make_sheet(self, what: Presenting, rng: np.random.Generator, scale: float) -> Sheet:
        if what.of is None or what.what != "print":
            return super()._make_sheet(what, rng, scale)
        cut = what.shape if what.shape in ("cut_out", "eye_holed") else "whole"
        own = f"{self.plan.cast[what.of]} {'held' if what.how == 'held' else 'fitted'} {cut}"
        number = self.item.number % PRINTS_OF_A_FACE
        key = (own, number, scale)
        if key not in _printed:
            seed = [PRESENTATIONS[self.item.purpose], zlib.crc32(own.encode("utf-8")), number]
            if len(_printed) >= KEPT_PRINTS:
                _printed.pop(next(iter(_printed)))
            _printed[key] = super()._make_sheet(what, np.random.default_rng(seed), scale)
        return _printed[key]


_printed: dict[tuple[str, int, float], Sheet] = {}


def _rng(item: Item) -> np.random.Generator:
    """One stream for all kinds of a number, so that only what is presented differs."""
    name = f"{item.geometry.name} {item.motion} {item.turn_deg:g}"
    start = PRESENTATIONS[item.purpose]
    return np.random.default_rng([start, zlib.crc32(name.encode("utf-8")), item.number])


def _plan(item: Item, faces: dict[str, Identity], rng: np.random.Generator) -> Plan:
    bearer, shown = (int(k) for k in rng.choice(len(faces), 2, replace=False))
    told = scene(KINDS[item.kind], item.geometry, item.motion, item.turn_deg, bearer, shown)
    return make_plan(told, int(rng.integers(2**31)), list(faces))


def scene(kind: Kind, geometry: Geometry, motion: Motion, turn_deg: float, bearer: int, shown: int) -> Scenario:
    """One person ("P", the face of this number) presents one thing, with the face of "Q" where it shows one."""
    side = max(64, round(SEEN_M * geometry.px_per_m) // 2 * 2)
    told: dict[str, Any] = dict(kind.presents)
    if told["what"] not in ("own_face", "notice"):
        told["of"] = "Q"
    presenting = Presenting(
        at_s=BEGINS_S - SETTLING_S, seconds=LASTS_S + 2 * SETTLING_S, motion=motion, turn_deg=turn_deg, **told
    )
    wears: Any = kind.wears
    act = Act(person="P", arrives_s=ARRIVED_S, leaves_s=9.0, wears=wears, presents=(presenting,))
    return Scenario(
        schema=SCHEMA,
        name="validation",
        about="One person presents one thing.",
        settles="Nothing.",
        cameras=(
            Camera(
                camera="one",
                px_per_m=geometry.px_per_m,
                pitch_deg=geometry.pitch_deg,
                lens="fisheye" if geometry.lens == "fisheye" else "pinhole",
                width_px=side,
                height_px=side,
                fps=FPS,
            ),
        ),
        people=(Person(person="P", identity=bearer), Person(person="Q", employee_id="1", name="Q", identity=shown)),
        clips=(
            Clip(clip="one", camera="one", starts_at=datetime(2026, 3, 3, tzinfo=UTC), duration_s=10.0, acts=(act,)),
        ),
    )


def _presented(shot: Shot, kind: Kind) -> FaceTruth | None:
    """The truth of what is offered to the terminal in this frame."""
    told = kind.presents
    medium, how = {"own_face": "live"}.get(told["what"], told["what"]), told.get("how", "held")
    geometry = {"live": "own head", "badge": "badge"}.get(medium, how)
    return next((face for face in shot.faces if face.medium == medium and face.geometry == geometry), None)


def _encode_again(path: Path, codec: str, gop: int, crf: int) -> None:
    with read_frames(path) as frames:
        kept = [(frame.media_s, frame.image) for frame in frames if frame.image is not None]
    write_clip(path, kept, codec=codec, gop=gop, crf=crf, rate=FPS)


def images_of(filmed: Filmed) -> tuple[NDArray[np.float64], list[Image]]:
    """Times and decoded frames of the presentation itself."""
    return _decoded(filmed.path, filmed.presented_s)


def empties_of(filmed: Filmed) -> list[Image]:
    """Decoded frames of the empty place."""
    return _decoded(filmed.path, (0.0, filmed.empty_until_s - 0.5 / FPS))[1]


def _decoded(path: Path, span: tuple[float, float]) -> tuple[NDArray[np.float64], list[Image]]:
    with read_frames(path, [(span[0] - 1e-6, span[1] + 1e-6)]) as frames:
        pairs = [(frame.media_s, frame.image) for frame in frames if frame.image is not None and not frame.corrupt]
    return np.array([at for at, _ in pairs]), [image for _, image in pairs]
