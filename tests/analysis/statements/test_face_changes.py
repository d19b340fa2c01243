"""FD3 counts faces that are surely different, of one visit, and stays a candidate without a ratio."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from toolkit import tables
from toolkit.analysis.statements.face_changes import DIFFERENT, changes, largest_apart

VISITS = pd.DataFrame({"visit_id": ["V-001", "V-002"], "exhibit_id": ["E-0001"] * 2, "companion": ["none", "possible"]})


def shown(*ids: str) -> pd.DataFrame:
    return tables.build(
        "presentations",
        [
            {"presentation_id": one, "visit_id": "V-001", "presenter_id": "P-01", "from_s": 4.0 * k,
             "to_s": 4.0 * k + 2, "geometry": "undetermined", "medium": "undetermined", "width_px": 60.0}
            for k, one in enumerate(ids)
        ],
    )  # fmt: skip


def pairs(visit_id: str, distances: dict[tuple[str, str], float]) -> pd.DataFrame:
    rows = [
        {"visit_id": visit_id, "presentation_a": a, "presentation_b": b, "distance": distance, "backend": "any"}
        for (a, b), distance in distances.items()
    ]
    return tables.build("face_pairs", rows)


def test_faces_count_only_when_every_two_of_them_are_apart() -> None:
    told = {("PR-001", "PR-002"): 0.6, ("PR-001", "PR-003"): 0.7, ("PR-002", "PR-003"): 0.2}
    (one,) = changes(shown("PR-001", "PR-002", "PR-003"), VISITS, pairs("V-001", told))
    assert one["sensitivity"]["faces"] == 2
    assert one["state"] == "candidate" and one["headline"]["words"] == "no_ratio" and one["employees"] == []
    assert one["sensitivity"]["least_distance"] == 0.6
    assert tables.build("findings", [{**one, "finding_id": "F-01"}]).shape[0] == 1


def test_one_face_in_pieces_is_no_finding() -> None:
    told = {pair: DIFFERENT - 0.01 for pair in combinations(("PR-001", "PR-002", "PR-003"), 2)}
    assert changes(shown("PR-001", "PR-002", "PR-003"), VISITS, pairs("V-001", told)) == []


def test_a_companion_speaks_against_it() -> None:
    (one,) = changes(shown("PR-001", "PR-002"), VISITS, pairs("V-002", {("PR-001", "PR-002"): 0.8}))
    assert [each["code"] for each in one["against"]] == ["companion_possible"]
    assert "companion" in one["propositions"]["rivals"]


def test_the_largest_set_is_found_among_many() -> None:
    names = [f"PR-{k:03d}" for k in range(9)]
    apart = {frozenset(pair) for pair in combinations(names, 2)} - {frozenset(("PR-000", "PR-001"))}
    assert len(largest_apart(names, apart)) == 8
    assert largest_apart(names, set()) == ()
