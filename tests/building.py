"""Cases that several tests build: from the shared real case, and from small simulated scenes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from toolkit.casebook.case import Case
from toolkit.pipeline import add_file, set_zone
from toolkit.simulation.scenarios import simulate

CLIP = "video/intel-iot-devkit+sample-videos__one-by-one-person-detection.mp4"
STARTS_AT = "2026-03-03T08:20:00+08:00"


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


def simulated_case(folder: Path, scene: Path, name: str, seed: int) -> tuple[Case, dict[str, Any]]:
    """A case over a simulated scene, with its truth."""
    truth = simulate(name, scene, seed=seed)
    case = Case.create(folder, purpose="test", basis="test")
    starts = {"camera_id": "c1", "starts_at": truth["camera_starts_at"]}
    add_file(case, scene / "clip.mp4", "footage", declared=starts)
    add_file(case, scene / "attlog.dat", "records", declared={"timezone": truth["timezone"]})
    add_file(case, scene / "roster.csv", "roster")
    add_file(case, scene / "anchors.csv", "anchors")
    set_zone(case, "clip.mp4", scene / "zone.json")
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
