"""Cases that several tests build: from the shared real case, and from small simulated scenes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from toolkit.casebook.case import Case
from toolkit.demo import take_in
from toolkit.pipeline import add_file, set_zone
from toolkit.simulation.cases import write_case
from toolkit.simulation.scenario import Scenario
from toolkit.simulation.scenario_file import read_scenario
from toolkit.simulation.studio import RoomStudio
from toolkit.simulation.truth import CaseTruth

CLIP = "video/intel-iot-devkit+sample-videos__one-by-one-person-detection.mp4"
STARTS_AT = "2026-03-03T08:20:00+08:00"

# Steps that tell who stood there and when; faces take as long again and change none of it.
WHO_AND_WHEN = ("intake", "scan", "clocks", "associate", "conclude")


def real_case(
    folder: Path, shared: Path, *, attlog: Path | None = None, anchors: Path | None = None, zone: bool = True
) -> Case:
    """The case one-by-one with all its exhibits; records and anchors may be replaced."""
    source = shared / "data/cases/one-by-one"
    case = Case.create(folder, purpose="test", basis="test")
    add_file(case, shared / "data" / CLIP, "footage", declared={"camera_id": "c1", "starts_at": STARTS_AT})
    add_file(case, attlog or source / "1_attlog.dat", "records", declared={"timezone": "Asia/Shanghai"})
    add_file(case, source / "roster.csv", "roster")
    add_file(case, anchors or source / "anchors.csv", "anchors")
    if zone:
        set_zone(case, "E-0001", source / "zone.json")
    return case


SMALL = """\
schema: papermask-scenario-1
name: small_morning
about: People come one after the other and each clocks in with the own face.
settles: Everybody who clocked in was there.
cameras:
  - {camera: c1, px_per_m: 90, pitch_deg: 25, width_px: 320, height_px: 180, fps: 10, encoding: {gop: 10}}
people:
%(people)s
terminal: {ahead_s: 23}
clips:
  - clip: morning
    camera: c1
    starts_at: 2026-03-03T08:10:00+08:00
    duration_s: %(long)s
    acts:
%(acts)s
"""
ACT = """\
      - person: %(who)s
        arrives_s: %(at)s
        leaves_s: %(to)s
        comes_from: %(side)s
        presents: [{at_s: %(shows)s, seconds: 2, clocks_in: %(who)s}]
"""


def small_morning(people: int = 5, stays_s: float = 3.4) -> Scenario:
    """So many people in a queue before a small camera: drawn in a few seconds."""
    each_s = stays_s + 3.4
    acts = [
        ACT % {"who": "ABCDE"[k], "at": round(4 + each_s * k, 1), "to": round(4 + stays_s + each_s * k, 1),
               "side": ("left", "right")[k % 2], "shows": round(4.6 + each_s * k, 1)}
        for k in range(people)
    ]  # fmt: skip
    staff = [f'  - {{person: {one}, employee_id: "300{k}", name: Somebody {one}}}' for k, one in enumerate("ABCDE")]
    told = {"people": "\n".join(staff[:people]), "long": round(each_s * people + 4, 1), "acts": "".join(acts)}
    return read_scenario(SMALL % told, "small_morning.yaml")


def simulated_case(folder: Path, scene: Path, scenario: Scenario, seed: int) -> tuple[Case, CaseTruth]:
    """A case over a simulated scenario, with its truth; ``scene`` is where the files of the scenario go."""
    truth = write_case(scenario, scene, seed, RoomStudio("calibration"))
    case = Case.create(folder, purpose="test", basis="test")
    take_in(case, scenario, truth, scene)
    return case, truth


def table_hashes(case: Path) -> dict[str, str]:
    """SHA-256 of every stored table."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((case / "tables").glob("*.parquet"))
    }


def copy_zone(source: Path, target: Path, **changes: Any) -> Path:
    """A zone file with some keys changed; None takes a key out."""
    told = json.loads(source.read_text(encoding="utf-8")) | changes
    target.write_text(json.dumps({key: value for key, value in told.items() if value is not None}), encoding="utf-8")
    return target


def best_outcomes(case: Case) -> dict[str, tuple[str, float]]:
    """Employee id to best outcome and its probability."""
    rows = case.read("associations").merge(case.read("punches")[["punch_id", "employee_id"]], on="punch_id")
    best = rows[rows["best"]]
    return {str(r.employee_id): (str(r.outcome), float(r.probability)) for r in best.itertuples()}
