"""The steps of a case: the only place where analysis and casebook meet.

Notebook, command line and cluster call the same functions. A step reads tables
and records tables, never another step's variables, so that any step runs again
alone; one whose inputs did not change does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from toolkit import __version__, sandbox
from toolkit.casebook.case import Case
from toolkit.errors import CaseError, ReadingError, SetupError, ToolkitError
from toolkit.media.frames import still, stills
from toolkit.pipeline.adding import Added, add_file
from toolkit.pipeline.comparing import compare
from toolkit.pipeline.concluding import conclude
from toolkit.pipeline.control_readings import control_readings
from toolkit.pipeline.cue_readings import cues as read_cues
from toolkit.pipeline.evidence_maps import evidence_maps
from toolkit.pipeline.exhibits import intake
from toolkit.pipeline.face_search import faces
from toolkit.pipeline.footage import scan
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.surroundings import versions
from toolkit.pipeline.timing import align_clocks, associate
from toolkit.pipeline.together import compared
from toolkit.pipeline.visit_readings import visit_readings
from toolkit.pipeline.weighing import weigh
from toolkit.pipeline.zones import declared_rate, empty_place, propose_zone, set_zone
from toolkit.records import Frame, Zone
from toolkit.runners import Runner

STEPS = ("intake", "scan", "faces", "cues", "compare", "clocks", "associate", "conclude")

PARALLEL = ("scan", "faces", "cues", "compare")


def cues(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> Any:
    """Measure the presentations and the site's own recordings, weigh the ones by the others, and draw what was seen.

    Returns
    -------
    DataFrame
        Table ``cue_readings``; ``visit_readings``, ``control_readings``,
        ``face_pairs``, ``assessments`` and ``evidence_maps`` are recorded beside it.
    """
    readings = read_cues(case, run=run, progress=progress)
    visit_readings(case, run=run, progress=progress)
    control_readings(case, run=run, progress=progress)
    compared(case, run=run, progress=progress)
    weigh(case, progress=progress)
    evidence_maps(case, run=run, progress=progress)
    return readings


_STEP: dict[str, Callable[..., Any]] = {
    "intake": intake,
    "scan": scan,
    "faces": faces,
    "cues": cues,
    "compare": compare,
    "clocks": align_clocks,
    "associate": associate,
    "conclude": conclude,
}


def run_steps(
    case: Case, steps: tuple[str, ...] = STEPS, *, run: Runner | None = None, progress: Progress = quiet
) -> None:
    """Run these steps in order, after every exhibit was compared with its hash.

    Raises
    ------
    ExhibitChanged
        A stored exhibit is not what was taken in; nothing was computed.
    CaseError
        The case holds no exhibit.
    """
    if not case.has("exhibits"):
        raise CaseError("case_is_empty", folder=case.path.name)
    unknown = [step for step in steps if step not in _STEP]
    if unknown:
        raise SetupError("step_unknown", step=unknown[0], known=", ".join((*STEPS, "report")))
    check_exhibits(case)
    tool = {"tool": f"papermask {__version__}", "versions": versions(), "isolation": sandbox.limits_reached()}
    case.note("run", {"steps": list(steps), **tool})
    for step in steps:
        if step in PARALLEL:
            _STEP[step](case, run=run, progress=progress)
        else:
            _STEP[step](case, progress=progress)


def check_exhibits(case: Case) -> None:
    """Compare every stored exhibit with the hash it was taken in with.

    Raises
    ------
    ExhibitChanged, ExhibitError
        One of them is not what was taken in, or is gone.
    """
    if case.has("exhibits"):
        for exhibit_id in case.read("exhibits")["exhibit_id"]:
            case.exhibit_path(exhibit_id)


def doubt_about_zone(case: Case, clip: str, zone: Zone) -> ToolkitError | None:
    """Why no visit could be found with this zone, told when it is stated and not only after a run.

    None means that its empty place can be made, not that the zone is right.
    """
    exhibit_id = case.find_exhibit(clip)
    try:
        empty_place(case.exhibit_path(exhibit_id), zone, declared_rate(case, exhibit_id))
    except ToolkitError as doubt:
        return doubt
    return None


def still_of(case: Case, exhibit_id: str, media_s: float) -> Frame:
    """The undamaged frame shown at or after this media time, full size."""
    return still(case.exhibit_path(exhibit_id), media_s, frame_rate=declared_rate(case, exhibit_id))


def stills_of(case: Case, wanted: Collection[tuple[str, float]]) -> dict[tuple[str, float], Frame]:
    """What :func:`still_of` gives for these exhibits and media seconds, from one decoder an exhibit.

    What is not there so simply is left out; :func:`still_of` tells why.
    """
    found: dict[tuple[str, float], Frame] = {}
    for exhibit_id in sorted({one for one, _ in wanted}):
        times = [at for one, at in wanted if one == exhibit_id]
        try:
            there = stills(case.exhibit_path(exhibit_id), times, frame_rate=declared_rate(case, exhibit_id))
        except ReadingError:
            continue
        found |= {(exhibit_id, at): frame for at, frame in there.items()}
    return found


__all__ = [
    "STEPS",
    "Added",
    "Case",
    "add_file",
    "align_clocks",
    "associate",
    "check_exhibits",
    "compare",
    "conclude",
    "cues",
    "declared_rate",
    "doubt_about_zone",
    "faces",
    "intake",
    "propose_zone",
    "run_steps",
    "scan",
    "set_zone",
    "still_of",
    "stills_of",
]
