"""Compare: presentations with the roster's photographs, with each other, and as pictures that are shown again.

That nothing was compared must never look like a comparison that found nothing:
without photographs the tables are empty, and the report says "not run".
"""

from __future__ import annotations

import pandas as pd

from toolkit.casebook.case import Case
from toolkit.pipeline.face_pairs import face_pairs
from toolkit.pipeline.likening import likenesses
from toolkit.pipeline.picture_search import shown_again
from toolkit.pipeline.progress import Progress, quiet
from toolkit.runners import Runner


def compare(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Tables ``likenesses`` and ``comparisons`` (whose photograph), ``face_pairs`` (of a visit), ``reuse`` (of all).

    Returns
    -------
    DataFrame
        Table ``likenesses``.

    See :func:`toolkit.pipeline.likening.likenesses`, :func:`toolkit.pipeline.face_pairs.face_pairs` and
    :func:`toolkit.pipeline.picture_search.shown_again`.
    """
    ranked = likenesses(case, run=run, progress=progress)
    face_pairs(case, run=run, progress=progress)
    shown_again(case, run=run, progress=progress)
    return ranked
