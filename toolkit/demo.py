"""The built-in case: a simulated scenario, taken in and run like a real one."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from toolkit.casebook.case import Case
from toolkit.casebook.seal import Sealed, seal
from toolkit.casebook.sealing_key import passing_key
from toolkit.language import text
from toolkit.pipeline import add_file, run_steps, set_zone, still_of, stills_of
from toolkit.pipeline.progress import Progress, quiet
from toolkit.report import Made, make_report
from toolkit.runners import local
from toolkit.simulation.cases import CONTROL_TIMES, write_case
from toolkit.simulation.scenario import Scenario
from toolkit.simulation.scenario_file import load_scenario
from toolkit.simulation.seeds import DEMO
from toolkit.simulation.studio import RoomStudio
from toolkit.simulation.truth import CaseTruth, ClipTruth

WORKERS = 2


def make_demo_case(folder: Path, *, progress: Progress = quiet) -> Case:
    """A new case with the simulated exhibits taken in and the zones stated; the caller closes it."""
    scenario = load_scenario("demo")
    with tempfile.TemporaryDirectory() as scene:
        source = Path(scene)
        with progress("simulate", sum(clip.duration_s for clip in scenario.clips), 0.0) as advance:
            truth = write_case(scenario, source, DEMO, RoomStudio(), workers=WORKERS, advance=advance)
        case = Case.create(folder, purpose=text("cli.demo_purpose"), basis=text("cli.demo_basis"))
        try:
            take_in(case, scenario, truth, source)
        except BaseException:
            case.close()
            raise
    return case


def take_in(case: Case, scenario: Scenario, truth: CaseTruth, source: Path) -> None:
    """Add every file of a simulated case to a case, as a person would who knows what each is."""
    for clip in truth.clips:
        _take_clip(case, clip, source)
    declared: dict[str, Any] = {"timezone": scenario.timezone}
    if (source / "mapping.json").is_file():
        declared["mapping"] = json.loads((source / "mapping.json").read_text(encoding="utf-8"))
    add_file(case, source / truth.records, "records", declared=declared)
    for name, kind in (("roster.csv", "roster"), ("anchors.csv", "anchors"), ("context.csv", "context")):
        if (source / name).is_file():
            add_file(case, source / name, kind)
    if (source / CONTROL_TIMES).is_file():
        add_file(case, source / CONTROL_TIMES, "controls")
    for photo in sorted((source / "photos").glob("*.png")):
        add_file(case, photo, "photo")


def _take_clip(case: Case, clip: ClipTruth, source: Path) -> None:
    file = source / clip.file
    if clip.control != "none":
        add_file(case, file, "controls", declared={"camera_id": clip.camera})
        return
    added = add_file(case, file, "footage", declared={"camera_id": clip.camera, "starts_at": clip.starts_at})
    set_zone(case, added.exhibit.exhibit_id, source / "zones" / f"{clip.clip}.json")


def open_demo_case(folder: Path, *, progress: Progress = quiet) -> Case:
    """The built-in case in this folder: the one that is there, or a new one; the caller closes it."""
    made = (folder / "case.json").is_file()
    return Case.open(folder) if made else make_demo_case(folder, progress=progress)


def run_demo(out: Path, *, language: str = "en", progress: Progress = quiet) -> Made:
    """Make the case in ``out`` and run it to the report; a case that is there already is run again.

    Nothing is downloaded, and nobody real is shown but for pictures in the public domain.
    """
    with open_demo_case(out, progress=progress) as case:
        run_steps(case, run=local(WORKERS), progress=progress)
        return make_report(
            case,
            still=lambda exhibit_id, media_s: still_of(case, exhibit_id, media_s),
            stills=lambda wanted: stills_of(case, wanted),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            language=language,
        )


def seal_demo(out: Path) -> Sealed | None:
    """A sealed package of the case in ``out`` beside it, under a key made on the spot; None where one lies there."""
    beside = out.absolute().with_name(f"{out.absolute().name}-sealed")
    with Case.open(out) as case:
        if any(beside.glob(f"{case.case_id}-seal-*")):
            return None
        return seal(case, beside, passing_key(), originals=True)
