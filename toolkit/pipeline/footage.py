"""Scan: look through the footage for everyone who stood at the terminal.

Packets are indexed first; where keyframes come often enough they are looked at
alone, and only the stretches around those that show something are decoded in
full. Where a visit could hide between two keyframes everything is decoded. The
table ``examined`` says which was done where, and where frames were lost; the
table ``unscanned`` names the clips in which nobody was looked for, with the
reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis import coverage, presence
from toolkit.analysis.bodies.companions import check_companions
from toolkit.analysis.coverage import Stretches
from toolkit.analysis.presence import Plate
from toolkit.analysis.presenters import continuity
from toolkit.analysis.tested import continuity_model
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure
from toolkit.media.frames import read_frames
from toolkit.pipeline.measuring import Joined, Span, compact, join, measure, pieces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.zones import declared_rate, empty_place, zone_of
from toolkit.records import Zone
from toolkit.runners import Runner, local

SHORTEST_VISIT_S = 2.0  # a keyframe probe is trusted only where keyframes come at least this often
PROBE_FILL = 0.01
PAD_S = 1.0
STAY_RIM_S, STAY_RIM_SHARE = 2.5, 0.15
VERSION = 6
BATCH = 8  # pieces measured before their results are put down
OUTPUTS = ("examined", "unscanned", "occupancy", "visits", "presenters", "lineage")
INPUTS = ("clips", "zones")


def scan(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Find the visits in every clip that has a zone.

    Returns
    -------
    DataFrame
        Table ``visits``. Clips without a zone, or whose empty place cannot be
        made, are listed in the table ``unscanned`` with the reason.

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
        try:
            _scan_clip(case, clip, zone_of(zones, clip["exhibit_id"]), run or local(1), progress, found)
        except CannotMeasure as reason:
            found.unscanned(clip, reason.code, reason.facts)
    for name, table in found.tables().items():
        case.record(name, table, inputs=inputs, params=params)
    return case.read("visits")


def parameters() -> dict[str, Any]:
    """What the result depends on besides the exhibits and zones."""
    names = (
        "WIDTH_PX", "STEP_S", "DIFFERENCE", "ON_FILL", "OFF_FILL", "MOST_NOISE_FILL", "FUSE_S", "EDGE_SHARE",
        "LEAST_VISIT_S",
    )  # fmt: skip
    return {"version": VERSION, "shortest_visit_s": SHORTEST_VISIT_S} | {
        name.lower(): getattr(presence, name) for name in names
    }


class _Found:
    """What this step finds, numbered through all clips."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("examined", "unscanned", "visits", "presenters")
        }
        self._parts: dict[str, list[pd.DataFrame]] = {"occupancy": [], "lineage": []}

    def add(self, name: str, **row: Any) -> None:
        self._rows[name].append(row)

    def add_part(self, name: str, part: pd.DataFrame, **constant: Any) -> None:
        """Rows that are many, kept as a table; the constant columns are the same in all of them."""
        if len(part):
            self._parts[name].append(part.assign(**constant))

    def unscanned(self, clip: dict[str, Any], why: str, facts: dict[str, Any]) -> None:
        self.add("unscanned", exhibit_id=clip["exhibit_id"], why=why, facts=facts)

    def next_number(self) -> int:
        return len(self._rows["visits"]) + 1

    def tables(self) -> dict[str, pd.DataFrame]:
        made = {name: tables.build(name, rows) for name, rows in self._rows.items()}
        for name, parts in self._parts.items():
            made[name] = tables.validate(name, pd.concat(parts, ignore_index=True)) if parts else tables.empty(name)
        return {name: made[name] for name in OUTPUTS}


def _scan_clip(
    case: Case, clip: dict[str, Any], zone: Zone | None, run: Runner, progress: Progress, found: _Found
) -> None:
    if zone is None:
        found.unscanned(clip, "no_zone", {})
        return
    path = case.exhibit_path(clip["exhibit_id"])
    rate = declared_rate(case, clip["exhibit_id"])
    plate = empty_place(path, zone, rate)
    spans, probed = plan(path, clip, plate, rate)
    apart = presence.apart_s(float(clip["frame_interval_s"]))
    chains = [
        [
            Span(exhibit_id=clip["exhibit_id"], path=str(path), from_s=a, to_s=b, begin_s=start, apart_s=apart,
                 frame_rate=rate, zone=zone)
            for a, b in pieces(start, stop)
        ]
        for start, stop in spans
    ]  # fmt: skip
    results = _measure_all(case, chains, plate, run, progress)
    joined = [join(one, a, b, apart, plate.noise_fill) for one, (a, b) in zip(results, spans, strict=True)]
    _add_examined(clip, spans, joined, probed, found)
    for one in joined:
        found.add_part("occupancy", one.occupancy, exhibit_id=clip["exhibit_id"])
    _add_visits(clip, joined, found)


def _add_examined(
    clip: dict[str, Any], spans: Stretches, joined: Sequence[Joined], probed: Stretches, found: _Found
) -> None:
    """Rows of ``examined``: what was decoded or probed, without gaps, and what of it was lost."""
    gaps = coverage.gaps_of(clip)
    for (start, stop), one in zip(spans, joined, strict=True):
        lost = coverage.without(one.unlooked, gaps)
        seen = coverage.without([(start, stop)], (*gaps, *lost))
        rows = sorted([(a, b, "decoded") for a, b in seen] + [(a, b, "lost") for a, b in lost])
        for number, (a, b, how) in enumerate(rows):
            left_out = {"damaged": one.damaged, "lost": one.lost} if number == 0 else {"damaged": 0, "lost": 0}
            found.add("examined", exhibit_id=clip["exhibit_id"], from_s=a, to_s=b, how=how, **left_out)
    for a, b in coverage.without(probed, gaps):
        found.add("examined", exhibit_id=clip["exhibit_id"], from_s=a, to_s=b, how="probed", damaged=0, lost=0)


def plan(path: Path, clip: dict[str, Any], plate: Plate, frame_rate: float | None) -> tuple[Stretches, Stretches]:
    """Stretches to decode in full, and those for which the look at the keyframes is enough."""
    end = float(clip["duration_s"])
    step = float(clip["keyframe_interval_s"])
    if step > SHORTEST_VISIT_S or str(clip["rate_mode"]).startswith("declared"):
        return ((0.0, end),), ()
    times, active = [], []
    with read_frames(path, frame_rate=frame_rate, width_px=presence.WIDTH_PX, keyframes_only=True) as frames:
        for frame in frames:
            if frame.image is None or frame.corrupt:
                continue
            times.append(frame.media_s)
            if _stirs(frame.image, plate):
                active.append((frame.media_s - step - PAD_S, frame.media_s + step + PAD_S))
    # Where a keyframe is missing or damaged, a visit could hide: such stretches are decoded.
    active += coverage.unlooked(times, 0.0, end, max(SHORTEST_VISIT_S, 2 * step))
    spans = coverage.within(coverage.united(active), 0.0, end)
    return spans, coverage.without([(0.0, end)], spans)


def _stirs(image: Any, plate: Plate) -> bool:
    return presence.look(image, plate).fill > max(PROBE_FILL, plate.noise_fill)


def _measure_all(
    case: Case, chains: Sequence[Sequence[Span]], plate: Plate, run: Runner, progress: Progress
) -> list[list[dict[str, Any]]]:
    """Results of all pieces by chain; those finished before an interruption are taken from the scratch folder.

    The pieces of one chain follow each other, different chains run side by side.
    """
    total = sum(item.to_s - item.from_s for chain in chains for item in chain)
    results: list[list[dict[str, Any]]] = [[] for _ in chains]
    with progress("scan", total, 0.0) as advance:
        while ready := [number for number, chain in enumerate(chains) if len(results[number]) < len(chain)][:BATCH]:
            items = [_next(chains[number], results[number]) for number in ready]
            for number, result in zip(ready, _measured(case, items, plate, run, advance), strict=True):
                results[number].append(result)
                if len(results[number]) == len(chains[number]):
                    del result["state"]
    return results


def _next(chain: Sequence[Span], done: list[dict[str, Any]]) -> Span:
    """The next piece of a chain, with what the one before it left; that state is not kept any longer."""
    item = chain[len(done)]
    return replace(item, state=done[-1].pop("state"), sent_s=done[-1]["sent_s"]) if done else item


def _measured(case: Case, items: Sequence[Span], plate: Plate, run: Runner, advance: Any) -> list[dict[str, Any]]:
    """Results of these pieces; one in the scratch folder that is not as this case put it down is measured again."""
    names = {item: f"scan/{_key(case, item)}.json" for item in items}
    kept = {item: piece for item in items if (piece := case.kept(names[item])) is not None}
    missing = [item for item in items if item not in kept]
    for item in kept:
        advance(item.to_s - item.from_s)
    # Only threads of this process can tell how far they are; workers elsewhere get plain values.
    inside = getattr(run, "in_process", False)
    work = partial(measure, plate=plate, advance=advance if inside else None)
    for item, result in zip(missing, run(work, missing), strict=True):
        kept[item] = tables.canonical(result).encode()
        case.keep(names[item], kept[item])
        if not inside:
            advance(item.to_s - item.from_s)
    return [compact(json.loads(kept[item])) for item in items]


def _key(case: Case, item: Span) -> str:
    """Name of a piece's result; what the pieces before it left follows from where the stretch begins."""
    exhibits = case.read("exhibits").set_index("exhibit_id")
    told = {**asdict(item), "path": "", "state": None, "sent_s": None}
    told |= {"sha256": exhibits.loc[item.exhibit_id, "sha256"], **parameters()}
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]


def _add_visits(clip: dict[str, Any], joined: Iterable[Joined], found: _Found) -> None:
    every = list(joined)
    visits = [visit for one in every for visit in one.visits]
    filled = [one.occupancy for one in every if len(one.occupancy)]
    occupancy = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    checks = check_companions(occupancy, [(one["from_s"], one["to_s"]) for one in visits])
    model = continuity_model()
    for visit, check in zip(visits, checks, strict=True):
        number = found.next_number()
        visit_id, presenter_id = f"V-{number:03d}", f"P-{number:02d}"
        # Walking in and out changes what is seen of a body; the stay between them is what can be followed.
        rim = max(STAY_RIM_S, STAY_RIM_SHARE * (visit["to_s"] - visit["from_s"]))
        whole = continuity(visit["pairs"], visit["from_s"] + rim, visit["to_s"] - rim, model)
        found.add(
            "visits",
            visit_id=visit_id,
            exhibit_id=clip["exhibit_id"],
            from_s=visit["from_s"],
            to_s=visit["to_s"],
            presenter_id=presenter_id,
            open_start=visit["open_start"],
            open_end=visit["open_end"],
            companion=check.verdict,
            companion_basis=check.basis,
        )
        found.add(
            "presenters",
            presenter_id=presenter_id,
            visit_ids=[visit_id],
            continuity_risk=whole.risk,
            weakest_s=whole.weakest_s,
            exhibit_id=clip["exhibit_id"],
        )
        found.add_part("lineage", visit["pairs"], visit_id=visit_id)
