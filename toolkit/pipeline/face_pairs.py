"""How alike are the faces that one body offered in one visit? Distances between them, two by two."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import tables
from toolkit.analysis.faces.crops import median_width_px
from toolkit.casebook.case import Case
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.pipeline.cue_readings import CueWork, load, works_of
from toolkit.pipeline.likening import BACKEND, best_frames
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.progress import Progress, quiet
from toolkit.runners import Runner, local
from toolkit.vision.dlib_faces import embed
from toolkit.vision.models import weights

VERSION = 1
FRAMES = 2  # of a presentation whose mean is compared
SMALLEST_PX = 30.0
INPUTS = ("presentations", "faces", "visits")
TABLE = "face_pairs"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFaces:
    """The presentations of one visit, two at least."""

    visit_id: str
    shown: tuple[CueWork, ...]


def face_pairs(case: Case, *, run: Runner | None = None, progress: Progress = quiet) -> pd.DataFrame:
    """Table ``face_pairs``: the distance between every two presentations of a visit that can be compared.

    Raises
    ------
    StepTooEarly
        The step ``faces`` has not run.
    SetupError
        The network's weights are missing: it was *not run*.
    """
    offered = case.read("presentations")
    weights(BACKEND)
    params = {"version": VERSION, "backend": BACKEND}
    if case.is_current(TABLE, inputs=INPUTS, params=params):
        return case.read(TABLE)
    visit_of = dict(zip(offered["presentation_id"], offered["visit_id"], strict=True))
    by_visit: dict[str, list[CueWork]] = {}
    for work in works_of(case, offered):
        by_visit.setdefault(str(visit_of[work.presentation_id]), []).append(work)
    works = [VisitFaces(visit_id=name, shown=tuple(some)) for name, some in by_visit.items() if len(some) > 1]
    found = in_pieces(case, "pairs", works, apart, key=_key, run=run or local(1), progress=progress)
    rows = [
        {"visit_id": work.visit_id, "presentation_a": ids[one["a"]], "presentation_b": ids[one["b"]],
         "distance": one["distance"], "backend": BACKEND}
        for work, part in zip(works, found, strict=True)
        for ids in ([each.presentation_id for each in work.shown],)
        for one in part
    ]  # fmt: skip
    case.record(TABLE, tables.build(TABLE, rows), inputs=INPUTS, params=params)
    return case.read(TABLE)


def apart(work: VisitFaces) -> list[Row]:
    """Distances between the presentations of a visit by their places ``a`` < ``b``; only distances leave it."""
    means = [_mean(shown) for shown in work.shown]
    return [
        {"a": a, "b": b, "distance": round(float(np.linalg.norm(one - other)), 6)}
        for (a, one), (b, other) in combinations(enumerate(means), 2)
        if one is not None and other is not None
    ]


def _mean(shown: CueWork) -> NDArray[np.float64] | None:
    """Mean embedding of the best frames; None where the face is too small or in no frame good enough."""
    if median_width_px([one.face for one in shown.seen]) < SMALLEST_PX:
        return None
    try:
        sample = load(shown)
        chosen = [
            (sample.crops[k], face) for k in best_frames(sample)[:FRAMES] if (face := sample.faces[k]) is not None
        ]
        rows = [embed(crop, face) for crop, face in chosen]
    except (CannotMeasure, ReadingError):
        return None
    return np.asarray(np.mean(rows, axis=0), np.float64) if rows else None


def _key(work: VisitFaces) -> str:
    told = [VERSION, [(PurePath(one.path).name, one.frame_rate, [sight.pts for sight in one.seen],
                       one.seen[0].face.landmarks_px) for one in work.shown]]  # fmt: skip
    return hashlib.sha256(tables.canonical(told).encode()).hexdigest()[:24]
