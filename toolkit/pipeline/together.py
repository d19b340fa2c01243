"""What is weighed together: presentations of one face in one visit, from the tables of a case."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from toolkit.analysis.faces.one_face import Offered, of_one_face
from toolkit.casebook.case import Case
from toolkit.errors import SetupError
from toolkit.pipeline.face_pairs import face_pairs
from toolkit.pipeline.face_search import BACKGROUND
from toolkit.pipeline.progress import Progress, quiet
from toolkit.runners import Runner

PAIRS, PLACES = "face_pairs", "geometries"


def compared(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> bool:
    """Compare the presentations of each visit; False where the network is missing, and nothing is then joined."""
    try:
        face_pairs(case, run=run, progress=progress)
    except SetupError:
        return False
    return True


def joined(case: Case, offered: pd.DataFrame) -> list[tuple[str, ...]]:
    """Ids of what somebody presented, grouped by face; faces of the empty scene are left out."""
    shown = offered[offered["geometry"] != BACKGROUND]
    where = _places(case)
    rows = [
        Offered(
            presentation_id=str(row["presentation_id"]), visit_id=str(row["visit_id"]),
            geometry=where.get(str(row["presentation_id"]), str(row["geometry"])),
            from_s=float(row["from_s"]), to_s=float(row["to_s"]),
        )
        for row in shown.to_dict("records")
    ]  # fmt: skip
    return of_one_face(rows, _distances(case))


def _places(case: Case) -> Mapping[str, str]:
    if not case.has(PLACES):
        return {}
    table = case.read(PLACES)
    return dict(zip(table["presentation_id"].astype(str), table["geometry"].astype(str), strict=True))


def _distances(case: Case) -> Mapping[frozenset[str], float]:
    if not case.has(PAIRS):
        return {}
    table = case.read(PAIRS)
    return {
        frozenset((str(a), str(b))): float(distance)
        for a, b, distance in zip(table["presentation_a"], table["presentation_b"], table["distance"], strict=True)
    }
