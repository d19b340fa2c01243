"""FD3, a face changed on one body: how many faces did one presenter show that are surely not one?

A candidate only: a head that turned far, a mask put on, a second person who
was taken for the presenter, and a body that was exchanged look alike here.

Distances of dlib's network on simulated people of 35 to 130 px, measurement
people (``bench/identity.py --purpose measurement``): within a presentation 0.38
at most (191 pairs of frames); two people 0.32 at least, one in twenty of 747
pairs below 0.43. On development people, on whom the limit was chosen, 0.35 and
0.26, 0.43.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pandas as pd

CODE = "FD3"
DIFFERENT = 0.45  # distance from which two presentations are surely of two faces
RIVALS = ("switch", "companion", "turned_or_covered", "face_in_passing")
MOST_COMPARED = 16  # faces of one visit among which a largest set is looked for exactly

Rows = list[dict[str, Any]]


def changes(presentations: pd.DataFrame, visits: pd.DataFrame, pairs: pd.DataFrame) -> Rows:
    """Rows of ``findings`` without their ids: visits in which one presenter showed several faces."""
    exhibits = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    companions = dict(zip(visits["visit_id"], visits["companion"], strict=True))
    shown = {str(row["presentation_id"]): row for row in presentations.to_dict("records")}
    found: Rows = []
    for visit_id, part in pairs.groupby("visit_id"):
        columns = zip(part["presentation_a"], part["presentation_b"], part["distance"], strict=True)
        distances = {frozenset((str(a), str(b))): float(distance) for a, b, distance in columns}
        apart = {pair for pair, distance in distances.items() if distance >= DIFFERENT}
        faces = largest_apart(sorted({one for pair in apart for one in pair}), apart)
        if len(faces) > 1:
            told = {
                "presentations": list(faces),
                "faces": len(faces),
                "least_distance": round(min(distances[frozenset(pair)] for pair in combinations(faces, 2)), 3),
                "pairs_compared": len(distances),
            }
            possible = str(companions[visit_id]) != "none"
            found.append(_finding(str(visit_id), str(exhibits[visit_id]), told, shown, possible))
    return found


def largest_apart(names: list[str], apart: set[frozenset[str]]) -> tuple[str, ...]:
    """The largest set in which every two are apart; of several, the first by name. Exact up to sixteen names."""
    for size in range(min(len(names), MOST_COMPARED), 1, -1):
        for some in combinations(names[:MOST_COMPARED], size):
            if all(frozenset(pair) in apart for pair in combinations(some, 2)):
                return some
    return ()


def _finding(
    visit_id: str, exhibit_id: str, told: Mapping[str, Any], shown: Mapping[str, Any], companion: bool
) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "log10_lr": None,
        "lower_log10": None,
        "basis": "only_a_person",
        "excluded_by": None,
        "detail": {},
    }
    rivals = [{"name": name, **blank} for name in RIVALS]
    return {
        "code": CODE,
        "state": "candidate",
        "employees": [],
        "visit_ids": [visit_id],
        "propositions": {"main": "several_faces_on_one_body", "rivals": [one["name"] for one in rivals]},
        "rivals": rivals,
        "headline": {
            "rival": None, "log10_lr": None, "interval": None, "words": "no_ratio",
            "not_assessed": [one["name"] for one in rivals], "conditional": False,
        },
        "against": [{"code": "companion_possible", "facts": {}}] if companion else [],
        "limits": ["names_nobody_pictured", "own_face_counts", "not_random_footage"],
        "sensitivity": dict(told),
        "frames": [
            {"exhibit_id": exhibit_id, "media_s": _middle_s(shown[one]), "role": "shown", "employee_id": None}
            for one in sorted(told["presentations"], key=lambda one: float(shown[one]["from_s"]))
        ],
    }  # fmt: skip


def _middle_s(row: Mapping[Any, Any]) -> float:
    return round((float(row["from_s"]) + float(row["to_s"])) / 2, 3)
