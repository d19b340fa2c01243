"""Faces, cues and likenesses: the floors stand, the rooms are still empty.

No face model and no mask cue is part of this version. Each step records an
empty table, and the report says "not run": that nothing was measured must never
look like a measurement that found nothing.
"""

from __future__ import annotations

import pandas as pd

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.pipeline.progress import Progress, quiet

NOT_RUN = {"faces": "presentations", "cues": "cue_readings", "compare": "likenesses"}


def faces(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Record that no face was looked for; table ``presentations`` without rows."""
    return _not_run(case, "faces")


def cues(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Record that no mask cue was measured; table ``cue_readings`` without rows."""
    return _not_run(case, "cues")


def compare(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Record that no likeness was compared; table ``likenesses`` without rows."""
    return _not_run(case, "compare")


def _not_run(case: Case, step: str) -> pd.DataFrame:
    name = NOT_RUN[step]
    case.record(name, tables.empty(name), params={"step": step, "state": "not run"})
    return case.read(name)
