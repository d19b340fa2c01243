"""Compare: each presentation with the roster's photographs.

That nothing was compared must never look like a comparison that found nothing:
without photographs the tables are empty, and the report says "not run".
"""

from __future__ import annotations

import pandas as pd

from toolkit.casebook.case import Case
from toolkit.pipeline.face_pairs import face_pairs
from toolkit.pipeline.likening import likenesses
from toolkit.pipeline.progress import Progress, quiet
from toolkit.runners import Runner


def compare(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Tables ``likenesses``, ``comparisons`` and ``photographs``, and ``face_pairs`` of every visit.

    See :func:`toolkit.pipeline.likening.likenesses` and :func:`toolkit.pipeline.face_pairs.face_pairs`.
    """
    ranked = likenesses(case, run=run, progress=progress)
    face_pairs(case, run=run, progress=progress)
    return ranked
