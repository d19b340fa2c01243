"""How often sheets in hands, faces off their heads and worn cut-outs are told, and how often they are told wrongly.

Rates by pitch and scale with exact intervals, over all visits and over those
with an answer; every cell draws scenes of its own. Kinds are sheets that are
presented, faces that are printed but worn on clothes or shown on a phone or
badge (told apart, because "a face on something flat" is true of them), and
innocent look-alikes.

``--purpose development`` may be looked at as often as one likes;
``--purpose measurement`` draws measurement people and seeds, once a version.
Results are kept in ``--out`` (one JSON line a visit), so that a run goes on
where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.filmed_visits import HELD, KINDS, SEEDS, WORN, Filmed, Visit, film
from toolkit.analysis.cues import cutout, headroom, sheet
from toolkit.analysis.faces.visit_faces import detected
from toolkit.analysis.rates import rate_of
from toolkit.analysis.sheets.quads import overlap
from toolkit.errors import CannotMeasure

PITCHES = {"0-20": (0, 10, 20), "30": (30,), "45": (45,), "60": (60,), "75": (75,), "85": (85,)}
SCALES = (250, 350, 250, 500)
WORN_SCALES = (250, 500)
EVERY, SELDOM = {"held": 1, "look-alike": 1, "worn": 2, "shirt": 4}, 8  # so many turns from one to the next
PRINTED = ("shirt", "phone", "badge_shown", "badge_worn", "portrait")  # faces on flat things that are no print in hands
ALIKE = ("live", "surgical_mask", "scarf", "knitted_scarf", "cap", "glasses", "phone_at_ear", "notice")
GROUPS = {"held": HELD, "worn": WORN, "look-alike": ALIKE, **{kind: (kind,) for kind in PRINTED}}
CUES = {"sheet": sheet.sheet, "headroom": headroom.headroom, "cutout": cutout.cutout}
TOLD = {"sheet": "face_on_it", "headroom": "face_off_its_head", "cutout": "picture_on_it"}
LEAST_AREA_M2 = 0.010

Row = dict[str, Any]


def asked(purpose: str, each: int) -> Iterator[Visit]:
    """Visits in an order in which every beginning is balanced: one of each kind and cell, then the next ones."""
    number = 0
    for turn in range(each):
        for cell, pitches in enumerate(PITCHES.values()):
            for group, kinds in GROUPS.items():
                often = EVERY.get(group, SELDOM)
                if (turn + cell) % often:
                    continue
                count, scales = turn // often, WORN_SCALES if group == "worn" else SCALES
                yield Visit(
                    purpose=purpose, kind=kinds[(count + count // len(scales) + cell) % len(kinds)],
                    pitch=pitches[count % len(pitches)], px_per_m=scales[count % len(scales)], number=number,
                )  # fmt: skip
                number += 1


def measured(visit: Visit) -> Row:
    """One visit, drawn and measured by every cue."""
    filmed = film(visit)
    scale = float(visit.px_per_m)
    faces = tuple(detected(picture, scale) for picture in filmed.sample.pictures)  # once, for two cues
    sample = replace(filmed.sample, faces=faces)
    row: Row = {
        "kind": visit.kind, "pitch": visit.pitch, "px_per_m": visit.px_per_m, "number": visit.number,
        "area_m2": round(filmed.area_m2, 4),
    }  # fmt: skip
    for name, measure in CUES.items():
        began = time.process_time()
        try:
            reading = measure(sample)
        except CannotMeasure as reason:
            row[name] = {"why_not": reason.code}
            continue
        row[name] = {"value": round(reading.value, 4), "level": reading.level, "cpu_s": time.process_time() - began}
        if name == "sheet" and reading.level != "none":
            row[name]["iou"] = _iou(filmed, reading.evidence["frames"])
    return row


def _iou(filmed: Filmed, frames: Sequence[Row]) -> float | None:
    """Median overlap of the chosen outlines with the sheet's."""
    told = dict(zip(np.round(filmed.sample.times_s, 3).tolist(), filmed.corners_px, strict=True))
    pairs = [(np.array(one["corners_px"]), told.get(one["media_s"])) for one in frames]
    shares = [overlap(found, true) for found, true in pairs if true is not None]
    return round(float(np.median(shares)), 3) if shares else None


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The tables: each cue by pitch, then by kind."""
    for name in CUES:
        yield f"{name}: told as {TOLD[name]}"
        known = [row for row in rows if name in row]
        for cell, pitches in PITCHES.items():
            here = [row for row in known if row["pitch"] in pitches]
            for group, kinds in GROUPS.items():
                those = [row for row in here if row["kind"] in kinds]
                if name == "sheet" and group == "held":
                    those = [row for row in those if row["area_m2"] >= LEAST_AREA_M2]
                if those:
                    yield f"  pitch {cell:>4s} {group:11s} {_share(those, name)}"
        for kind in KINDS:
            those = [row for row in known if row["kind"] == kind]
            if those:
                yield f"  all pitches {kind:14s} {_share(those, name)}"
    outlined = [
        row["sheet"]["iou"] for row in rows if row["kind"] in HELD and row["sheet"].get("level") == "face_on_it"
    ]
    if outlined:
        yield f"outline IoU >= .6 of asserted: {_rate(sum(one >= 0.6 for one in outlined), len(outlined))}"
    yield from _ranked(rows)
    yield from _targets(rows)


def _targets(rows: Sequence[Row]) -> Iterator[str]:
    """The cells that targets are stated for."""
    seen = [row for row in rows if row["kind"] in HELD and row["area_m2"] >= LEAST_AREA_M2]
    for name, those in (("sheet", seen), ("headroom", [row for row in rows if row["kind"] in HELD])):
        steep = [row for row in those if 30 <= row["pitch"] <= 60]
        yield f"target {name}, held, pitch 30-60: {_share(steep, name)}"
    rimmed = [row for row in rows if row["kind"] in WORN and "cutout" in row]
    cells = {
        "pitch 0-20": [row for row in rimmed if row["pitch"] <= 20],
        "pitch 30-45, 500 px/m": [row for row in rimmed if 30 <= row["pitch"] <= 45 and row["px_per_m"] >= 500],
        "pitch 30-45, 250 px/m": [row for row in rimmed if 30 <= row["pitch"] <= 45 and row["px_per_m"] < 500],
        "pitch 60": [row for row in rimmed if row["pitch"] == 60],
        "pitch 75-85": [row for row in rimmed if row["pitch"] > 60],
    }
    yield from (f"target cutout, worn, {cell}: {_share(those, 'cutout')}" for cell, those in cells.items())
    for name in CUES:
        for group, kinds in (("look-alikes", ALIKE), ("worn cut-outs", WORN), *((one, (one,)) for one in PRINTED)):
            those = [row for row in rows if row["kind"] in kinds and name in row]
            if (name, group) != ("cutout", "worn cut-outs"):
                yield f"told of {group} by {name}: {_share(those, name)}"


def _ranked(rows: Sequence[Row]) -> Iterator[str]:
    """Area under the curve of the score that ranks, held prints against look-alikes; no answer counts as 0."""
    for cell, pitches in PITCHES.items():
        here = [row for row in rows if row["pitch"] in pitches]
        high = [
            row["sheet"].get("value", 0.0) for row in here if row["kind"] in HELD and row["area_m2"] >= LEAST_AREA_M2
        ]
        low = [row["sheet"].get("value", 0.0) for row in here if row["kind"] in ALIKE]
        if high and low:
            gap = np.array(high)[:, None] - np.array(low)
            area = float((gap > 0).mean() + (gap == 0).mean() / 2)
            yield f"sheet, score, pitch {cell:>4s}: AUC {area:.3f} ({len(high)}, {len(low)})"


def _share(those: Sequence[Row], name: str) -> str:
    told = sum(row[name].get("level") == TOLD[name] for row in those)
    silent = sum("why_not" in row[name] for row in those)
    return f"{_rate(told, len(those))}; no answer {silent}"


def _rate(hits: int, trials: int) -> str:
    rate = rate_of(hits, trials)
    return f"{hits} of {trials} = {rate.rate or 0:.3f} ({rate.interval[0]:.3f}-{rate.interval[1]:.3f})"


def main(words: Sequence[str] | None = None) -> None:
    """Measure what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purpose", choices=tuple(SEEDS), default="development")
    parser.add_argument("--each", type=int, default=2, help="rounds; a round has about 40 visits")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop measuring after so long; the next run goes on")
    parser.add_argument("--groups", nargs="*", choices=tuple(GROUPS), default=tuple(GROUPS), help="measure these only")
    told = parser.parse_args(words)
    wanted = {kind for group in told.groups for kind in GROUPS[group]}
    cv2.setNumThreads(1)
    rows = [json.loads(line) for line in told.out.read_text().splitlines()] if told.out.exists() else []
    done = {(row["kind"], row["pitch"], row["px_per_m"], row["number"]) for row in rows}
    began = time.monotonic()
    with told.out.open("a") as file:
        for visit in asked(told.purpose, told.each):
            if visit.kind not in wanted or (visit.kind, visit.pitch, visit.px_per_m, visit.number) in done:
                continue
            if time.monotonic() - began > told.seconds:
                break
            rows.append(measured(visit))
            file.write(json.dumps(rows[-1]) + "\n")
            file.flush()
    for line in lines(rows):
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"{len(rows)} visits, {told.purpose}\n")


if __name__ == "__main__":
    main()
