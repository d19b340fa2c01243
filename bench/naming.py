"""Whom the naming rule names, and whom it must not: mornings without pictures, with one presenter who holds up prints.

People come one after the other, show the own face and clock in. One of them
clocks in with the own face first and then holds up three prints; the own face
is then out of the camera's view (``away``), stays in it (``beside``), or was not
found at all (``missed``). All three artefact findings are taken as reviewed: the
rule alone decides. What a face is seen from and to errs by 0.3 s; anchors err as
they state.

right   ids of prints that are named, of all ids of prints (a miss is no wrong)
wrong   ids named though they were clocked in with a living face: the presenter's own, and those of the others

``--purpose development`` may be looked at as often as one likes; ``--purpose
measurement`` draws mornings that nothing else uses.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from toolkit import tables
from toolkit.analysis.association import associate
from toolkit.analysis.clocks import align
from toolkit.analysis.naming import Artefact, Tables, uses
from toolkit.analysis.rates import rate_of
from toolkit.simulation.seeds import ARTEFACT_MORNINGS

START = datetime(2026, 3, 3, 8, 0, 0)  # noqa: DTZ001 - a terminal writes naive times
OTHERS, PRINTS, AHEAD_S, EDGE_SD_S = 6, 3, 97.3, 0.3
ANCHOR_SDS_S = (0.2, 0.5, 1.0, 3.0)
OWN_FACE = AWAY, BESIDE, MISSED = "away", "beside", "missed"
OWN, PRINTED, OTHER = "own", "print", "other"


@dataclass(slots=True)
class Morning:
    """What happened, as rows of tables."""

    visits: list[tuple[float, float]] = field(default_factory=list)
    shown: list[tuple[int, float, float, bool]] = field(default_factory=list)  # visit, from, to, print
    stamps: list[tuple[str, float]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    end_s: float = 0.0


def morning(rng: np.random.Generator, own_face: str) -> Morning:
    """One queue with one presenter of prints in it."""
    made, at = Morning(), 20.0
    presenter = int(rng.integers(1, OTHERS))
    for person in range(OTHERS):
        at += float(rng.exponential(8.0)) + 2.0
        begin, number = at, len(made.visits)
        own_to = at + float(rng.uniform(2.5, 5.0))
        clock_in(made, f"own{person}", OWN if person == presenter else OTHER, rng, at + 0.5, own_to - 0.3)
        at = own_to
        if person == presenter:
            for k in range(PRINTS):
                at += float(rng.uniform(0.3, 2.0))
                until = at + float(rng.uniform(2.0, 5.0))
                see(made, rng, number, at, until, printed=True)
                clock_in(made, f"print{k}", PRINTED, rng, at + 0.5, until - 0.3)
                at = until
        if person != presenter or own_face != MISSED:
            stays = person == presenter and own_face == BESIDE
            see(made, rng, number, begin, at if stays else own_to, printed=False)
        at += 1.0
        made.visits.append((begin, at))
    made.end_s = at + 30.0
    return made


def clock_in(made: Morning, employee: str, kind: str, rng: np.random.Generator, low: float, high: float) -> None:
    """A clock-in while a face is shown; the terminal cuts its time to whole seconds."""
    made.stamps.append((employee, float(rng.uniform(low, high)) + AHEAD_S))
    made.kinds[employee] = kind


def see(made: Morning, rng: np.random.Generator, visit: int, low: float, high: float, *, printed: bool) -> None:
    """A face from and to when it is found, which errs."""
    start, stop = low + rng.normal(0, EDGE_SD_S), high + rng.normal(0, EDGE_SD_S)
    made.shown.append((visit, float(start), float(max(stop, start + 0.3)), printed))


def as_tables(made: Morning, rng: np.random.Generator, sd_s: float) -> Tables:
    """The tables that the program would hold."""
    punches = tables.build("punches", [_punch(k, *one) for k, one in enumerate(made.stamps)])
    clips = tables.build("clips", [_clip(made.end_s)])
    visits = tables.build("visits", [_visit(k, *one) for k, one in enumerate(made.visits)])
    anchors = tables.build("anchors", [_anchor(k, rng, made.end_s, sd_s) for k in range(3)])
    looked = {"exhibit_id": "E-0001", "from_s": 0.0, "to_s": made.end_s, "how": "decoded", "damaged": 0, "lost": 0}
    examined, clocks = tables.build("examined", [looked]), align(punches, clips, anchors)
    return Tables(
        punches=punches, visits=visits, clips=clips, clocks=clocks, anchors=anchors, examined=examined,
        associations=associate(punches, visits, clips, clocks, examined),
        presentations=tables.build("presentations", [_shown(k, *one) for k, one in enumerate(made.shown)]),
    )  # fmt: skip


def _punch(row: int, employee: str, at: float) -> dict[str, Any]:
    written = START + timedelta(seconds=math.floor(at))
    return {
        "punch_id": f"{row:04d}", "exhibit_id": "E-0002", "sheet": "", "row": row + 1, "employee_id": employee,
        "terminal_id": None, "stamped_at": str(written), "t_local": written.isoformat(), "precision_s": 1.0,
        "tz": "Asia/Shanghai", "tz_basis": "user", "credential": "face", "result": "pass", "record_kind": "raw_event",
        "raw": "",
    }  # fmt: skip


def _clip(long_s: float) -> dict[str, Any]:
    return {
        "exhibit_id": "E-0001", "camera_id": "c", "starts_at": "2026-03-03T08:00:00+08:00", "timezone": None,
        "container": "mov", "codec": "h264", "time_base": "1/1000", "first_pts": 0, "duration_s": long_s,
        "width_px": 10, "height_px": 10, "rotation_deg": 0, "frames_stated": None, "frames_present": 10,
        "frame_interval_s": 0.1, "keyframe_interval_s": 1.0, "rate_mode": "constant", "gaps": [],
    }  # fmt: skip


def _visit(row: int, start: float, stop: float) -> dict[str, Any]:
    return {
        "visit_id": f"V-{row:03d}", "exhibit_id": "E-0001", "from_s": start, "to_s": stop,
        "presenter_id": f"P-{row:02d}", "open_start": False, "open_end": False, "companion": "none",
        "companion_basis": {},
    }  # fmt: skip


def _shown(row: int, visit: int, start: float, stop: float, printed: bool) -> dict[str, Any]:
    return {
        "presentation_id": f"PR-{row:03d}", "visit_id": f"V-{visit:03d}", "presenter_id": f"P-{visit:02d}",
        "from_s": start, "to_s": stop, "geometry": "undetermined", "medium": "undetermined", "width_px": 60.0,
    }  # fmt: skip


def _anchor(row: int, rng: np.random.Generator, long_s: float, sd_s: float) -> dict[str, Any]:
    """The terminal's time read on a frame that is off by as much as the anchor states."""
    at = long_s * (row + 0.5) / 3
    told = START + timedelta(seconds=math.floor(at + AHEAD_S))
    return {
        "exhibit_id": "E-0003", "row": row + 2, "clip_exhibit_id": "E-0001", "device": "terminal",
        "device_time": str(told), "media_s": max(0.0, at + float(rng.normal(0, sd_s))), "uncertainty_s": sd_s,
        "how": "read on the frame", "cause": "",
    }  # fmt: skip


def named(made: Morning, told: Tables) -> set[str]:
    """Ids that meet the rule when every print's finding is reviewed."""
    shown = [
        Artefact(
            finding_id=f"F-{k:02d}", visit_id=f"V-{visit:03d}", presenter_id=f"P-{visit:02d}",
            presentation_ids=(f"PR-{k:03d}",), spans=((start, stop),), obstacle=None,
        )
        for k, (visit, start, stop, printed) in enumerate(made.shown)
        if printed
    ]  # fmt: skip
    return {one.employee_id for one in uses(shown, told) if not one.obstacles}


def counted(seeds: Sequence[int], sd_s: float, own_face: str) -> dict[str, tuple[int, int]]:
    """Named and all ids, by how they were clocked in."""
    counts = {kind: [0, 0] for kind in (PRINTED, OWN, OTHER)}
    for seed in seeds:
        rng = np.random.default_rng([seed, OWN_FACE.index(own_face), round(sd_s * 10)])
        made = morning(rng, own_face)
        found = named(made, as_tables(made, rng, sd_s))
        for employee, kind in made.kinds.items():
            counts[kind][0] += employee in found
            counts[kind][1] += 1
    return {kind: (hits, trials) for kind, (hits, trials) in counts.items()}


def main() -> None:
    """Print a line for each spread of the anchors, with the own face out of view and in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purpose", choices=sorted(ARTEFACT_MORNINGS), default="development")
    parser.add_argument("--count", type=int, default=40)
    told = parser.parse_args()
    seeds = [ARTEFACT_MORNINGS[told.purpose] + k for k in range(told.count)]
    for own_face in OWN_FACE:
        for sd_s in ANCHOR_SDS_S:
            rates = counted(seeds, sd_s, own_face)
            shown = "; ".join(f"{kind} {_share(*rates[kind])}" for kind in rates)
            sys.stdout.write(f"own face {own_face}, anchors {sd_s} s: {shown}\n")
            sys.stdout.flush()


def _share(hits: int, trials: int) -> str:
    low, high = rate_of(hits, trials).interval
    return f"{hits} of {trials} ({100 * low:.1f}-{100 * high:.1f} %)"


if __name__ == "__main__":
    main()
