"""The steps of a case: the only place where analysis and casebook meet.

Notebook, command line and cluster call the same functions. A step reads tables
and records tables, never another step's variables, so that any step runs again
alone; one whose inputs did not change does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit import __version__, sandbox
from toolkit.casebook.case import Case
from toolkit.errors import CaseError, SetupError
from toolkit.media.frames import still
from toolkit.pipeline.adding import Added, add_file
from toolkit.pipeline.concluding import conclude
from toolkit.pipeline.exhibits import intake
from toolkit.pipeline.footage import scan
from toolkit.pipeline.not_run import compare, cues, faces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.pipeline.timing import align_clocks, associate
from toolkit.pipeline.zones import declared_rate, propose_zone, set_zone
from toolkit.records import Frame
from toolkit.runners import Runner

STEPS = ("intake", "scan", "faces", "cues", "compare", "clocks", "associate", "conclude")

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
    for exhibit_id in case.read("exhibits")["exhibit_id"]:
        case.exhibit_path(exhibit_id)
    case.note("run", {"steps": list(steps), "tool": f"papermask {__version__}", "isolation": sandbox.limits_reached()})
    for step in steps:
        if step == "scan":
            scan(case, run=run, progress=progress)
        else:
            _STEP[step](case, progress=progress)


def still_of(case: Case, exhibit_id: str, media_s: float) -> Frame:
    """The undamaged frame shown at or after this media time, full size."""
    return still(case.exhibit_path(exhibit_id), media_s, frame_rate=declared_rate(case, exhibit_id))


__all__ = [
    "STEPS",
    "Added",
    "Case",
    "add_file",
    "align_clocks",
    "associate",
    "compare",
    "conclude",
    "cues",
    "declared_rate",
    "faces",
    "intake",
    "propose_zone",
    "run_steps",
    "scan",
    "set_zone",
    "still_of",
]
