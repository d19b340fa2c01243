"""Scan: look through the footage for everyone who stood at the terminal.

Packets are indexed first; where keyframes come often enough they are looked at
alone, and only the stretches around those that show something are decoded in
full. Where a visit could hide between two keyframes everything is decoded. The
table ``examined`` says which was done where.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit import tables
from toolkit.analysis import presence
from toolkit.analysis.companions import check_companions
from toolkit.analysis.presence import Plate
from toolkit.analysis.presenters import LineageTracker, continuity, handovers
from toolkit.analysis.tested import continuity_model
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, zone_of
from toolkit.records import Zone
from toolkit.runners import Runner, local

SHORTEST_VISIT_S = 2.0  # a keyframe probe is trusted only where keyframes come at least this often
PROBE_FILL = 0.01
PAD_S = 1.0
STAY_RIM_S, STAY_RIM_SHARE = 2.5, 0.15
VERSION = 3
BATCH = 8  # spans measured before their results are put down
OUTPUTS = ("examined", "occupancy", "visits", "presenters", "lineage")
INPUTS = ("clips", "zones")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One work item: a stretch of a clip to decode and measure."""

    exhibit_id: str
    path: str
    from_s: float
    to_s: float
    frame_rate: float | None
    zone: Zone


def scan(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Find the visits in every clip that has a zone.

    Returns
    -------
    DataFrame
        Table ``visits``. Clips without a zone, or whose empty place cannot be
        made, are listed in ``not_assessable`` by the step ``conclude``.

    Raises
    ------
    StepTooEarly
        The step ``intake`` has not run.
    """
    clips = case.read("clips")
    zones = case.read("zones") if case.has("zones") else tables.empty("zones")
    inputs = [name for name in INPUTS if case.has(name)]
    params = parameters()
    if all(case.is_current(name, inputs=inputs, params=params) for name in OUTPUTS):
        return case.read("visits")
    found = _Found()
    for row in clips.to_dict("records"):
        clip = {str(key): value for key, value in row.items()}
        zone = zone_of(zones, clip["exhibit_id"])
        if zone is not None:
            _scan_clip(case, clip, zone, run or local(1), progress, found)
    for name, rows in found.tables().items():
        case.record(name, tables.build(name, rows), inputs=inputs, params=params)
    return case.read("visits")


def parameters() -> dict[str, Any]:
    """What the result depends on besides the exhibits and zones."""
    names = ("WIDTH_PX", "STEP_S", "DIFFERENCE", "ON_FILL", "OFF_FILL", "EDGE_SHARE", "LEAST_VISIT_S")
    return {"version": VERSION, "shortest_visit_s": SHORTEST_VISIT_S} | {
        name.lower(): getattr(presence, name) for name in names
    }


class _Found:
    """Rows of the tables this step fills, numbered through all clips."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in OUTPUTS}

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        return self.rows

    def next_number(self) -> int:
        return len(self.rows["visits"]) + 1


def _scan_clip(case: Case, clip: dict[str, Any], zone: Zone, run: Runner, progress: Progress, found: _Found) -> None:
    path = case.exhibit_path(clip["exhibit_id"])
    rate = declared_rate(case, clip["exhibit_id"])
    try:
        plate = empty_place(path, zone, rate)
    except CannotMeasure:
        return  # listed as not assessable by `conclude`, which asks the same question of the tables
    spans, examined = plan(path, clip, zone, plate, rate)
    items = [
        Span(exhibit_id=clip["exhibit_id"], path=str(path), from_s=a, to_s=b, frame_rate=rate, zone=zone)
        for a, b in spans
    ]
    results = _measure_all(case, items, plate, run, progress)
    for result in results:
        found.rows["occupancy"] += result["occupancy"]
    tallies = {item.from_s: result["tally"] for item, result in zip(items, results, strict=True)}
    for row in examined:
        tally = tallies.get(row["from_s"], {}) if row["how"] == "decoded" else {}
        left_out = {"damaged": tally.get("corrupt", 0), "lost": tally.get("lost", 0)}
        found.rows["examined"].append({"exhibit_id": clip["exhibit_id"], **row, **left_out})
    _add_visits(clip, plate, results, found)


def empty_place(path: Path, zone: Zone, frame_rate: float | None) -> Plate:
    """The plate from the stretches confirmed (or proposed) to be empty.

    Raises
    ------
    CannotMeasure
        No stretch was named, or it holds too few frames.
    """
    if not zone.empty_media_s:
        raise CannotMeasure("plate_needs_frames", found=0, needed=presence.PLATE_LEAST_FRAMES)
    spans = sorted(zone.empty_media_s)
    with read_frames(path, spans, frame_rate=frame_rate, width_px=presence.WIDTH_PX) as frames:
        return presence.make_plate(frames, zone)


def plan(
    path: Path, clip: dict[str, Any], zone: Zone, plate: Plate, frame_rate: float | None
) -> tuple[list[tuple[float, float]], list[dict[str, Any]]]:
    """Spans to decode in full, and rows of ``examined`` without the exhibit."""
    end = float(clip["duration_s"])
    step = float(clip["keyframe_interval_s"])
    if step > SHORTEST_VISIT_S or str(clip["rate_mode"]).startswith("declared"):
        return [(0.0, end)], [{"from_s": 0.0, "to_s": end, "how": "decoded"}]
    active = []
    with read_frames(path, frame_rate=frame_rate, width_px=presence.WIDTH_PX, keyframes_only=True) as frames:
        for frame in frames:
            if frame.image is not None and _stirs(frame.image, plate):
                active.append((frame.media_s - step - PAD_S, frame.media_s + step + PAD_S))
    spans = _merge(active, end)
    examined = [{"from_s": a, "to_s": b, "how": "decoded"} for a, b in spans]
    examined += [{"from_s": a, "to_s": b, "how": "probed"} for a, b in _between(spans, end)]
    return spans, sorted(examined, key=lambda row: row["from_s"])


def _stirs(image: Any, plate: Plate) -> bool:
    return presence.look(image, plate).fill > max(PROBE_FILL, plate.noise_fill)


def _merge(spans: Sequence[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for a, b in sorted(spans):
        a, b = max(0.0, a), min(end, b)
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _between(spans: Sequence[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    edges = [0.0, *[edge for span in spans for edge in span], end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1e-6]


def _measure_all(
    case: Case, items: Sequence[Span], plate: Plate, run: Runner, progress: Progress
) -> list[dict[str, Any]]:
    """Results of all spans; those finished before an interruption are taken from the scratch folder.

    A piece there that is not as this case put it down is measured again.
    """
    names = {item: f"scan/{_key(case, item)}.json" for item in items}
    pieces = {item: piece for item in items if (piece := case.kept(names[item])) is not None}
    missing = [item for item in items if item not in pieces]
    total = sum(item.to_s - item.from_s for item in items)
    done = total - sum(item.to_s - item.from_s for item in missing)
    with progress("scan", total, done) as advance:
        for batch in (missing[k : k + BATCH] for k in range(0, len(missing), BATCH)):
            # Only threads of this process can tell how far they are; workers elsewhere get plain values.
            inside = getattr(run, "in_process", False)
            work = partial(measure, plate=plate, advance=advance if inside else None)
            for item, result in zip(batch, run(work, batch), strict=True):
                pieces[item] = tables.canonical(result).encode()
                case.keep(names[item], pieces[item])
                if not inside:
                    advance(item.to_s - item.from_s)
    return [json.loads(pieces[item]) for item in items]


def _key(case: Case, item: Span) -> str:
    exhibits = case.read("exhibits").set_index("exhibit_id")
    told = {**asdict(item), "path": "", "sha256": exhibits.loc[item.exhibit_id, "sha256"], **parameters()}
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]


def measure(item: Span, plate: Plate, advance: Callable[[float], None] | None = None) -> dict[str, Any]:
    """Occupancy, lineage pairs and stretches of one span, as JSON values.

    Damaged frames are counted and left out.
    """
    tracker = LineageTracker(zone=plate.zone)
    rows: list[dict[str, Any]] = []
    with read_frames(
        Path(item.path),
        [(item.from_s, item.to_s)],
        frame_rate=item.frame_rate,
        width_px=presence.WIDTH_PX,
        every_s=presence.STEP_S,
    ) as frames:
        before = item.from_s
        for frame in frames:
            if advance is not None:
                advance(frame.media_s - before)
                before = frame.media_s
            if frame.corrupt or frame.image is None:
                continue
            seen = presence.look(frame.image, plate)
            tracker.follow(frame.media_s, frame.image, seen.foreground)
            rows.append(
                {
                    "exhibit_id": item.exhibit_id,
                    "pts": frame.pts,
                    "media_s": frame.media_s,
                    "fill": round(seen.fill, 5),
                    "torso_width": None if seen.torso_width is None else round(seen.torso_width, 4),
                    "bodies": seen.bodies,
                    "tops": seen.tops,
                }
            )
        tally = asdict(frames.tally)
    times = np.array([row["media_s"] for row in rows])
    stretches = presence.occupied(times, np.array([row["fill"] for row in rows]), plate.noise_fill)
    return {
        "occupancy": rows,
        "stretches": [
            {**asdict(stretch), "pairs": tracker.pairs(stretch.from_s, stretch.to_s)} for stretch in stretches
        ],
        "tally": tally,
    }


def _parts(stretch: dict[str, Any]) -> list[dict[str, Any]]:
    """One stretch, or its pieces where one body plainly gave way to another."""
    edges = [stretch["from_s"], *handovers(stretch["pairs"], stretch["from_s"], stretch["to_s"]), stretch["to_s"]]
    return [
        {
            "from_s": a,
            "to_s": b,
            "open_start": stretch["open_start"] and a == stretch["from_s"],
            "open_end": stretch["open_end"] and b == stretch["to_s"],
            "pairs": [pair for pair in stretch["pairs"] if a <= pair["from_s"] and pair["to_s"] <= b],
        }
        for a, b in pairwise(edges)
    ]


def _add_visits(clip: dict[str, Any], plate: Plate, results: Sequence[dict[str, Any]], found: _Found) -> None:
    stretches = [part for result in results for stretch in result["stretches"] for part in _parts(stretch)]
    occupancy = pd.DataFrame([row for result in results for row in result["occupancy"]])
    checks = check_companions(occupancy, [(one["from_s"], one["to_s"]) for one in stretches])
    model = continuity_model()
    for stretch, check in zip(stretches, checks, strict=True):
        number = found.next_number()
        visit_id, presenter_id = f"V-{number:03d}", f"P-{number:02d}"
        # Walking in and out changes what is seen of a body; the stay between them is what can be followed.
        rim = max(STAY_RIM_S, STAY_RIM_SHARE * (stretch["to_s"] - stretch["from_s"]))
        whole = continuity(stretch["pairs"], stretch["from_s"] + rim, stretch["to_s"] - rim, model)
        found.rows["visits"].append(
            {
                "visit_id": visit_id,
                "exhibit_id": clip["exhibit_id"],
                "from_s": stretch["from_s"],
                "to_s": stretch["to_s"],
                "presenter_id": presenter_id,
                "open_start": stretch["open_start"],
                "open_end": stretch["open_end"],
                "companion": check.verdict,
                "companion_basis": check.basis,
            }
        )
        found.rows["presenters"].append(
            {
                "presenter_id": presenter_id,
                "visit_ids": [visit_id],
                "continuity_risk": whole.risk,
                "weakest_s": whole.weakest_s,
                "exhibit_id": clip["exhibit_id"],
            }
        )
        found.rows["lineage"] += [{"visit_id": visit_id, **pair} for pair in stretch["pairs"]]
