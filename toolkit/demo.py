"""The built-in case: a simulated scene, taken in and run like a real one."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from toolkit.casebook.case import Case
from toolkit.language import text
from toolkit.pipeline import add_file, run_steps, set_zone, still_of
from toolkit.pipeline.progress import Progress, quiet
from toolkit.report import Made, make_report
from toolkit.runners import local
from toolkit.simulation.scenarios import simulate
from toolkit.simulation.seeds import DEMO

WORKERS = 2


def make_demo_case(folder: Path) -> Case:
    """A new case with the simulated exhibits taken in and the zone stated; the caller closes it."""
    with tempfile.TemporaryDirectory() as scene:
        source = Path(scene)
        truth = simulate("demo", source, seed=DEMO)
        case = Case.create(folder, purpose=text("cli.demo_purpose"), basis=text("cli.demo_basis"))
        starts, zone = truth["camera_starts_at"], truth["timezone"]
        add_file(case, source / "clip.mp4", "footage", declared={"camera_id": "camera-1", "starts_at": starts})
        add_file(case, source / "attlog.dat", "records", declared={"timezone": zone})
        add_file(case, source / "roster.csv", "roster")
        add_file(case, source / "anchors.csv", "anchors")
        set_zone(case, "clip.mp4", source / "zone.json")
    return case


def open_demo_case(folder: Path) -> Case:
    """The built-in case in this folder: the one that is there, or a new one; the caller closes it."""
    return Case.open(folder) if (folder / "case.json").is_file() else make_demo_case(folder)


def run_demo(out: Path, *, language: str = "en", progress: Progress = quiet) -> Made:
    """Make the case in ``out`` and run it to the report; a case that is there already is run again.

    Nothing is downloaded, and nobody real is shown.
    """
    with open_demo_case(out) as case:
        run_steps(case, run=local(WORKERS), progress=progress)
        return make_report(
            case,
            still=lambda exhibit_id, media_s: still_of(case, exhibit_id, media_s),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            language=language,
        )
