"""What the detector and the embedder make of simulated faces, in figures that anybody can repeat.

Detection rates of live and of printed faces with exact intervals, distances
between truth and detected marks, growth of the affine nose offset with the turn
of a head, and how well unrelated people are told apart at 80 px. Looks are
independent but for the people: each has its own scenario seed, hence its own
clothes, paper, printer and camera.

``--purpose development`` may be looked at as often as one likes;
``--purpose measurement`` draws measurement people and seeds, once a version.
``--clip PATH`` also measures the nose offset of a real clip of a turning head.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from toolkit.analysis.rates import rate_of
from toolkit.records import Face, Image
from toolkit.simulation.casting import Company
from toolkit.simulation.faces import identities, unrelated
from toolkit.simulation.plan import make_plan
from toolkit.simulation.scenario_file import read_scenario
from toolkit.simulation.seeds import DEVELOPMENT, FACES
from toolkit.simulation.sensor import Recorder, day_sensor
from toolkit.simulation.shooting import FaceTruth, shoot
from toolkit.vision.centerface import detect_faces
from toolkit.vision.dlib_faces import Embedding, distance, embed

KINDS = {
    "live": "what: own_face",
    "flat": "what: print, of: Q",
    "curled": "what: print, of: Q, shape: curled",
    "cut-out": "what: print, of: Q, shape: cut_out",
}
MOST_ASKED = ("live", "flat")
SEEDS = {"development": DEVELOPMENT[200:], "measurement": FACES}
FACE_WIDTH_M = 2.35 * 0.0615  # cheek to cheek, as 2.35 distances between the eyes
AROUND_M = 0.26
LEAST_PX = 100.0  # smaller faces are enlarged to this before they are looked at
SETTLED = 3
SHOWN_M = 1.0
SCENARIO = """\
schema: papermask-scenario-1
name: faces
about: One person presents something.
settles: Nothing.
cameras:
  - {{camera: one, px_per_m: {px_per_m}, pitch_deg: {pitch}, width_px: {side}, height_px: {side}, fps: 12}}
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
class Look:
    """One person before one camera; ``turn_deg`` from end to end, 0 for natural movement."""

    purpose: str
    kind: str
    pitch: int
    px_per_m: int
    number: int
    turn_deg: float = 0.0
    times: tuple[float, ...] = (5.0,)


Seen = tuple[FaceTruth, Face | None, Image]


def seen(look: Look) -> list[Seen]:
    """Faces wholly in sight at the look's times, what the detector says of each, and the picture."""
    people = identities(look.purpose)
    side = round(SHOWN_M * look.px_per_m) // 2 * 2
    moves = f", motion: turn, turn_deg: {look.turn_deg}" if look.turn_deg else ""
    told = SCENARIO.format(
        px_per_m=look.px_per_m, pitch=look.pitch, side=side, bearer=look.number % len(people),
        shown=(look.number + 3) % len(people), presents=KINDS[look.kind] + moves,
    )  # fmt: skip
    faces = {one.name: one for one in people}
    seeds = SEEDS[look.purpose]
    plan = make_plan(read_scenario(told, "faces.yaml"), seeds[look.number % len(seeds)], list(faces))
    take = Company(plan, faces).take(plan.clips[0])
    rng = np.random.default_rng(plan.seed)
    recorder = Recorder(day_sensor(rng), rng)
    times = sorted({t + k / 12 for t in look.times for k in range(-SETTLED + 1, 1)})
    found: list[Seen] = []
    for shot in shoot(take, times, recorder):
        if any(abs(shot.t_s - t) < 1e-9 for t in look.times):
            medium = "live" if look.kind == "live" else "print"
            found += [
                (one, detected(shot.image, one, whole=bool(look.turn_deg)), shot.image)
                for one in shot.faces
                if one.medium == medium and one.visible == 1.0
            ]
    return found


def detected(image: Image, truth: FaceTruth, *, whole: bool = False) -> Face | None:
    """The detection at this face, in its surroundings enlarged or in the whole picture as it is."""
    middle, width = truth.landmarks_px.mean(axis=0), FACE_WIDTH_M * truth.px_per_m
    reach = (0.4 if whole else AROUND_M) * truth.px_per_m
    x, y = np.maximum(0, middle - reach).astype(int)
    end = np.round(middle + reach).astype(int)
    around = np.ascontiguousarray(image[y : end[1], x : end[0]])
    for face in detect_faces(around, enlarge=1.0 if whole else max(1.0, LEAST_PX / width)):
        marks = np.array(face.landmarks_px) + np.array([x, y])
        if np.linalg.norm(marks.mean(axis=0) - middle) < 0.35 * width:
            moved = tuple((float(a), float(b)) for a, b in marks)
            left, top, right, bottom = face.box_px
            box = (left + float(x), top + float(y), right + float(x), bottom + float(y))
            return Face(box_px=box, score=face.score, landmarks_px=moved)
    return None


def nose_offset(marks: np.ndarray) -> tuple[float, float]:
    """The affine nose offset, and the eyes' distance over the way from eyes to mouth."""
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    offset, _ = np.linalg.solve(np.stack([marks[1] - marks[0], mouth - eyes], axis=1), marks[2] - eyes)
    return float(offset), float(np.linalg.norm(marks[1] - marks[0]) / np.linalg.norm(mouth - eyes))


def slope(pairs: np.ndarray, frontal: float) -> float:
    """Nose offset over the tangent of the turn as the eyes' distance tells it, over turns of 20-60 degrees."""
    turn = np.arccos(np.minimum(1, pairs[:, 1] / frontal))
    used = (turn > np.deg2rad(20)) & (turn < np.deg2rad(60))
    tangent = np.tan(turn[used])
    return float((np.abs(pairs[used, 0]) * tangent).sum() / (tangent**2).sum()) if used.any() else float("nan")


def _looked(look: Look) -> list[tuple[bool, list[float]]]:
    cv2.setNumThreads(1)
    told = []
    for truth, face, _ in seen(look):
        far: list[float] = []
        if face is not None:
            gap = np.linalg.norm(np.array(face.landmarks_px) - truth.landmarks_px, axis=1)
            far = (gap / (FACE_WIDTH_M * truth.px_per_m)).tolist()
        told.append((face is not None, far))
    return told


def _turned(look: Look) -> float:
    cv2.setNumThreads(1)
    halves = (Look(**{**_fields(look), "turn_deg": turn, "times": times}) for turn, times in TURNS)
    turning, facing = (
        np.array([nose_offset(np.array(face.landmarks_px)) for _, face, _ in seen(half) if face is not None])
        for half in halves
    )
    return slope(turning, float(np.median(facing[:, 1]))) if len(facing) > 1 and len(turning) else float("nan")


TURNS = ((90.0, tuple(np.arange(3.0, 6.33, 0.278).tolist())), (1.0, (3.0, 4.0, 5.0)))


def _fields(look: Look) -> dict[str, object]:
    return {name: getattr(look, name) for name in Look.__slots__}


def rates(purpose: str, pool: ProcessPoolExecutor, looks: int, kinds: Sequence[str]) -> Iterator[str]:
    """Lines: detection and marks by kind, up to a pitch of 40 and beyond."""
    for kind in kinds:
        many = looks if kind in MOST_ASKED else looks // 4
        for name, pitches, scales in (("0-40", (0, 20, 40), (250, 500)), ("60", (60,), (250,)), ("80", (80,), (250,))):
            if len(pitches) == 1:
                many = looks // 5 if kind in MOST_ASKED else 0
            asked = [
                Look(purpose=purpose, kind=kind, pitch=pitches[k % len(pitches)],
                     px_per_m=scales[k // len(pitches) % len(scales)], number=k)
                for k in range(many)
            ]  # fmt: skip
            told = [one for each in pool.map(_looked, asked, chunksize=4) for one in each]
            hits, of = sum(hit for hit, _ in told), len(told)
            if not of:
                if many:
                    yield f"{kind:8s} pitch {name}: no face is in sight"
                continue
            low, high = rate_of(hits, of).interval
            far = np.array([gap for hit, gap in told if hit])
            marks = f"; marks off by a median of {100 * np.median(far):.1f} % of the face's width" if len(far) else ""
            share = f"{100 * hits / of:.1f} % ({100 * low:.1f}-{100 * high:.1f})"
            yield f"{kind:8s} pitch {name}: found {hits} of {of} = {share}{marks}"


def relief(purpose: str, pool: ProcessPoolExecutor, clip: Path | None) -> Iterator[str]:
    """Lines: growth of the nose offset with the turn by pitch, beside a real clip's."""
    people = range(len(identities(purpose)))
    every: list[float] = []
    for pitch in (0, 20, 40):
        asked = [Look(purpose=purpose, kind="live", pitch=pitch, px_per_m=500, number=k) for k in people]
        slopes = [one for one in pool.map(_turned, asked) if np.isfinite(one)]
        every += slopes
        yield f"nose offset over tan(turn), pitch {pitch}: median {np.median(slopes):.3f} of {len(slopes)} heads"
    yield f"nose offset over tan(turn): median {np.median(every):.3f} of {len(every)}"
    if clip is not None:
        yield f"nose offset over tan(turn), {clip.name}: {slope(np.array(list(_in_clip(clip))), 0.97):.3f}"


def _in_clip(clip: Path) -> Iterator[tuple[float, float]]:
    with av.open(str(clip)) as opened:
        for frame in opened.decode(video=0):
            for face in detect_faces(frame.to_ndarray(format="rgb24"))[:1]:
                yield nose_offset(np.array(face.landmarks_px))


def apart(purpose: str, pool: ProcessPoolExecutor) -> str:
    """Line: area under the curve, unrelated people against one person, live faces of 80 px in height."""
    people = identities(purpose)
    asked = [(purpose, k) for k in range(4 * len(people))]
    got = [
        (k % len(people), vector)
        for k, vector in enumerate(pool.map(_embedded, asked, chunksize=4))
        if vector is not None
    ]
    same, other = [], []
    for n, (i, a) in enumerate(got):
        for j, b in got[n + 1 :]:
            if i == j:
                same.append(distance(a, b))
            elif unrelated(people[i], people[j]):
                other.append(distance(a, b))
    near = np.array(same)[:, None]
    area = float(((near < np.array(other)) + 0.5 * (near == np.array(other))).mean())
    return f"told apart at 80 px: AUC {area:.3f} ({len(same)} pairs of one person, {len(other)} of unrelated people)"


def _embedded(asked: tuple[str, int]) -> Embedding | None:
    cv2.setNumThreads(1)
    purpose, number = asked
    look = Look(purpose=purpose, kind="live", pitch=(0, 20)[number % 2], px_per_m=400, number=number)
    for _, face, image in seen(look):
        if face is not None:
            return embed(image, face)
    return None


@cache
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purpose", choices=tuple(SEEDS), default="development")
    parser.add_argument("--looks", type=int, default=60, help="looks a kind up to a pitch of 40")
    parser.add_argument("--clip", type=Path)
    return parser


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    told = _parser().parse_args(words)
    with ProcessPoolExecutor() as pool:
        others = [kind for kind in KINDS if kind not in MOST_ASKED]
        for lines in (
            rates(told.purpose, pool, told.looks, MOST_ASKED),
            relief(told.purpose, pool, told.clip),
            (apart(told.purpose, pool) for _ in range(1)),
            rates(told.purpose, pool, told.looks, others),
        ):
            for line in lines:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
