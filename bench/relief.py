"""What the two witnesses of relief make of heads and sheets that turn, in figures that anybody can repeat.

Sections, each a command of its own:

targets   areas and equal errors, heads that turn against flat prints that do, and how many heads are called live
wrong     every kind of attack, turning and moving naturally: how often one of the two cues says "live"
controls  faces and prints that shift, nod or stand still: what is said of them
remark    live faces in every movement: how often "turned and showed no relief" is remarked of them
real      windows of the clips in a folder, and the same windows as a plane would have moved
cost      milliseconds for each face and frame at 112 px

``--count`` clips a cell; camera pitches 0, 20 and 40 go round by number. Clips
that are in ``--kept`` already are not made again, and sections share them.
``--purpose development`` may be looked at as often as one likes; ``--purpose
measurement`` draws measurement people and seeds, to be looked at once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.faces.crops import middle_px
from toolkit.analysis.rates import area_of, equal_error, rate_of, roc
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.records import Face, Image
from toolkit.validation.kinds import CONTROL_KINDS, CONTROL_MOTIONS, KINDS, Geometry, Item, Motion
from toolkit.validation.presenting import film, images_of
from toolkit.validation.sampling import sample_of_region, sample_of_truth
from toolkit.validation.scoring import known_cues, readings, score_all
from toolkit.validation.twins import planar_twin
from toolkit.vision.centerface import detect_faces

WITNESSES = ("nose_range", "relief")
PX_PER_M, TURNS_DEG, PITCHES_DEG, CRF = (250.0, 500.0), (10.0, 20.0, 40.0), (0.0, 20.0, 40.0), 28
WRONG_TURNS_DEG = (20.0, 40.0)
ATTACKS = tuple(name for name, kind in KINDS.items() if kind.side == "attack")
NOD_DEG = 15.0
FIRST_NUMBER = 20_000  # of the clips: published tables count from 0
CLIPS = ("*head-pose*.gif", "*walking*.gif", "*carphone_pristine*")
WINDOW_S, LEAST_WINDOW_S, EVERY_S = 3.2, 1.5, 0.095
PART_FRAMES, PART_STEP = (17, 24, 32), 3
REMARK = "turned_flat"

Row = dict[str, Any]


def _items(kinds: Sequence[str], moves: Sequence[tuple[Motion, float]], count: int, purpose: str) -> list[Item]:
    """Numbers go round first, so that a run that is stopped has a little of everything."""
    return [
        Item(
            geometry=Geometry(px_per_m=scale, pitch_deg=PITCHES_DEG[k % len(PITCHES_DEG)], crf=CRF),
            kind=kind, motion=motion, turn_deg=turn, number=FIRST_NUMBER + k, purpose=purpose,
        )
        for k in range(count)
        for scale, kind, (motion, turn) in product(PX_PER_M, kinds, moves)
    ]  # fmt: skip


def _turns(turns_deg: Sequence[float]) -> list[tuple[Motion, float]]:
    return [("turn", turn) for turn in turns_deg]


def targets(told: argparse.Namespace) -> Iterator[str]:
    """Lines: areas within pitches, equal error, and live heads of which something is said, by scale and turn."""
    rows = _rows(_items(("live", "held_flat"), _turns(TURNS_DEG), told.count, told.purpose), told)
    for scale, turn in product(PX_PER_M, TURNS_DEG):
        cell = [row for row in rows if (row["px_per_m"], row["turn_deg"]) == (scale, turn)]
        live, flat = ([row for row in cell if row["kind"] == kind] for kind in ("live", "held_flat"))
        for name in WITNESSES:
            pairs = [
                tuple(_values([row for row in side if row["pitch_deg"] == pitch], name) for side in (flat, live))
                for pitch in PITCHES_DEG
            ]
            area = area_of(pairs)  # type: ignore[arg-type]
            low, high = area.interval or (float("nan"),) * 2
            # An artefact reads low: turned, so that high speaks for one.
            error = equal_error(roc([-v for v in _values(live, name)], [-v for v in _values(flat, name)]))
            yield (
                f"{scale:g} px/m, turn {turn:g}, {name}: area {_number(area.area)} [{low:.2f}, {high:.2f}]"
                f" of {area.sides}, equal error {_number(error)},"
                f" median live {_median(live, name)}, flat {_median(flat, name)}"
            )
        yield f"{scale:g} px/m, turn {turn:g}: live called so {_rate(_said(live), len(live))}, by {_by(live)}"


def wrong(told: argparse.Namespace) -> Iterator[str]:
    """Lines: how often an attack is called live, by kind and in its worst cell."""
    moves: list[tuple[Motion, float]] = [*_turns(WRONG_TURNS_DEG), ("natural", 0.0)]
    rows = _rows(_items(ATTACKS, moves, told.count, told.purpose), told)
    for kind in ATTACKS:
        mine = [row for row in rows if row["kind"] == kind]
        yield (
            f"{kind}: called live {_rate(_said(mine), len(mine))}, by {_by(mine)}; remark {_remarks(mine)};"
            f" not assessable by relief {dict(Counter(_reasons(mine)))}"
        )
        for scale, turn, pitch in product(PX_PER_M, (*WRONG_TURNS_DEG, None), PITCHES_DEG):
            cell = [one for one in mine if (one["px_per_m"], one["turn_deg"], one["pitch_deg"]) == (scale, turn, pitch)]
            if _said(cell):
                yield f"  {scale:g} px/m, turn {turn}, pitch {pitch:g}: {_rate(_said(cell), len(cell))}"


def controls(told: argparse.Namespace) -> Iterator[str]:
    """Lines: what is said of faces and prints that do not turn."""
    moves = [(motion, NOD_DEG) for motion in CONTROL_MOTIONS]
    rows = _rows(_items(CONTROL_KINDS, moves, told.count, told.purpose), told)
    for motion, kind in product(CONTROL_MOTIONS, CONTROL_KINDS):
        mine = [row for row in rows if (row["motion"], row["kind"]) == (motion, kind)]
        yield (
            f"{motion}, {kind}: called live {_rate(_said(mine), len(mine))}; remark {_remarks(mine)};"
            f" median relief {_median(mine, 'relief')}; not assessable {dict(Counter(_reasons(mine)))}"
        )


def remark(told: argparse.Namespace) -> Iterator[str]:
    """Lines: how often live faces, and flat prints beside them, are remarked upon, by movement."""
    moves: list[tuple[Motion, float]] = [*_turns(TURNS_DEG), ("natural", 0.0)]
    moves += [(motion, NOD_DEG) for motion in CONTROL_MOTIONS]
    rows = _rows(_items(CONTROL_KINDS, moves, told.count, told.purpose), told)
    for kind in CONTROL_KINDS:
        yield f"{kind}: remark {_remarks([row for row in rows if row['kind'] == kind])}"
        for motion, turn in moves:
            asked = turn if motion in ("turn", "nod") else None
            mine = [row for row in rows if (row["kind"], row["motion"], row["turn_deg"]) == (kind, motion, asked)]
            yield f"  {motion} {turn:g}: {_remarks(mine)}"


def real(told: argparse.Namespace) -> Iterator[str]:
    """Lines: both witnesses on windows of real live faces and on their planar twins, and on parts of both."""
    chosen, pairs = known_cues(WITNESSES), []
    parts: dict[str, list[Row]] = {"live": [], "twin": []}
    for path in sorted(one for pattern in CLIPS for one in told.real.glob(pattern)):
        for number, sample in enumerate(_windows(path)):
            try:
                twin = planar_twin(sample)
            except CannotMeasure as reason:
                yield f"{path.name[-40:]} {number}: no twin, {reason.code}"
                continue
            both = readings(sample, chosen), readings(twin, chosen)
            pairs.append(both)
            for side, whole in zip(parts, (sample, twin), strict=True):
                parts[side] += [{"readings": readings(part, chosen)} for part in _parts(whole)]
            for side, one in zip(("live", "twin"), both, strict=True):
                yield f"{path.name[-40:]} {number}, {side}: " + "; ".join(_told(name, one[name]) for name in WITNESSES)
    for name in WITNESSES:
        values = [
            [one[name]["value"] for one in side if one[name]["value"] is not None] for side in zip(*pairs, strict=True)
        ]
        area = area_of([(values[1], values[0])])
        yield f"{name}: area of windows over their twins {_number(area.area)} of {area.sides}"
    for side, ones in zip(("live", "twin"), zip(*pairs, strict=True), strict=True):
        rows = [{"readings": one} for one in ones]
        yield f"{side}: called live {_rate(_said(rows), len(rows))}; remark {_remarks(rows)}"
    for side, some in parts.items():
        yield (
            f"{side}, overlapping parts: called live {_said(some)} of {len(some)}, remark on"
            f" {sum(one['readings']['relief'].get('remark') == REMARK for one in some)}"
        )


def cost(told: argparse.Namespace) -> Iterator[str]:
    """Lines: processor time a face and frame, on one drawn live clip with faces of 112 px."""
    item = Item(geometry=Geometry(px_per_m=112 / 0.145, crf=CRF), kind="live", motion="turn", turn_deg=40.0,
                number=FIRST_NUMBER, purpose=told.purpose)  # fmt: skip
    folder = told.kept.parent / "relief-cost"
    folder.mkdir(parents=True, exist_ok=True)
    filmed = film(item, folder)
    times, images = images_of(filmed)
    truths = [filmed.truths[int(np.argmin(np.abs(np.array(filmed.times_s) - at)))] for at in times]
    sample = sample_of_truth(times, images, truths)
    for name in WITNESSES:
        took = []
        for _ in range(7):
            begin = time.process_time()
            cues[name].measure(sample)
            took.append(1e3 * (time.process_time() - begin) / len(images))
        yield f"{name}: {min(took):.2f} ms of processor time a face and frame ({len(images)} frames)"


def _windows(path: Path) -> Iterator[PresentationSample]:
    """Windows of 3.2 s of each face of a clip; faces are parted where they stand in its middle frame."""
    with read_frames(path, every_s=EVERY_S) as frames:
        kept = [(one.media_s, one.image) for one in frames if one.image is not None and not one.corrupt]
    images = [image for _, image in kept]
    times = np.array([at for at, _ in kept])
    for region in _strips(images[len(images) // 2]):
        begin = times[0]
        while begin < times[-1] - LEAST_WINDOW_S:
            chosen = np.flatnonzero((times >= begin) & (times < begin + WINDOW_S))
            begin += WINDOW_S
            try:
                yield sample_of_region(times[chosen], [images[k] for k in chosen], region)
            except CannotMeasure:
                continue


def _parts(sample: PresentationSample) -> Iterator[PresentationSample]:
    """Shorter windows within one, which overlap: not independent, but each a chance to be wrong."""
    for count in PART_FRAMES:
        for first in range(0, len(sample.times_s) - count + 1, PART_STEP):
            some = slice(first, first + count)
            yield PresentationSample(
                times_s=sample.times_s[some], crops=sample.crops[some], faces=sample.faces[some],
                px_per_m=sample.px_per_m,
            )  # fmt: skip


def _strips(image: Image) -> list[tuple[int, int, int, int]]:
    height, width = image.shape[:2]
    middles = sorted(float(middle_px(face)[0]) for face in _faces(image))
    edges = [0, *(round((a + b) / 2) for a, b in pairwise(middles)), width]
    return [(left, 0, right, height) for left, right in pairwise(edges)]


def _faces(image: Image) -> Sequence[Face]:
    return next((found for enlarge in (1.0, 2.0) if (found := detect_faces(image, enlarge=enlarge))), ())


def _rows(items: Sequence[Item], told: argparse.Namespace) -> list[Row]:
    return score_all(items, WITNESSES, told.kept, workers=told.workers)


def _values(rows: Sequence[Row], name: str) -> list[float]:
    return [row["readings"][name]["value"] for row in rows if row["readings"][name]["value"] is not None]


def _median(rows: Sequence[Row], name: str) -> str:
    values = _values(rows, name)
    return f"{np.median(values):.2f}" if values else "–"


def _said(rows: Sequence[Row]) -> int:
    """How many are called live by either witness."""
    return sum(any(row["readings"][name]["statement"] == "live" for name in WITNESSES) for row in rows)


def _by(rows: Sequence[Row]) -> dict[str, int]:
    return {name: sum(row["readings"][name]["statement"] == "live" for row in rows) for name in WITNESSES}


def _remarks(rows: Sequence[Row]) -> str:
    return _rate(sum(row["readings"]["relief"].get("remark") == REMARK for row in rows), len(rows))


def _reasons(rows: Sequence[Row]) -> list[str]:
    return [row["readings"]["relief"]["why_not"] for row in rows if row["readings"]["relief"]["value"] is None]


def _told(name: str, reading: Row) -> str:
    if reading["value"] is None:
        return f"{name} {reading['why_not']}"
    return f"{name} {reading['value']:.2f} {reading['statement']} {reading.get('remark', '')}".rstrip()


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _rate(hits: int, trials: int) -> str:
    low, high = rate_of(hits, trials).interval
    return f"{hits} of {trials} = {100 * hits / max(1, trials):.1f} % ({100 * low:.1f}-{100 * high:.1f})"


SECTIONS = {"targets": targets, "wrong": wrong, "controls": controls, "remark": remark, "real": real, "cost": cost}


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("section", choices=tuple(SECTIONS))
    parser.add_argument("--purpose", choices=("development", "measurement"), default="development")
    parser.add_argument("--count", type=int, default=10, help="clips a cell")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=Path("relief-clips.jsonl"), help="clips measured so far")
    parser.add_argument("--real", type=Path, help="folder with clips of live faces")
    told = parser.parse_args(words)
    if told.section == "real" and told.real is None:
        parser.error("the section real needs --real")
    cv2.setNumThreads(1)
    for line in SECTIONS[told.section](told):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
