"""FD4: nothing without live controls of the camera, one finding a print, a candidate that names nobody."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from toolkit import tables
from toolkit.analysis.copies.reuse_words import REACHED
from toolkit.analysis.findings import conclude
from toolkit.analysis.statements.reuse_findings import LEAST_PAIRS, reuse_findings, searched_missing


def pair(first: int, second: int, **more: Any) -> dict[str, Any]:
    return {
        "presentation_a": f"PR-{first:03d}", "other": f"PR-{second:03d}", "kind": "print again", "media_a_s": 1.0,
        "media_b_s": 2.0, "size_px": 90.0, "standing": "assessed", "score": REACHED + 1, "verdict": "above all live",
        "why_not": None, "facts": {}, "comparisons": 10, "controls_n": 20, "exceeding": 0, "upper": 0.139,
        "log10_any": None, **more,
    }  # fmt: skip


UNCALIBRATED = {"verdict": "not calibrated", "controls_n": 0, "upper": None}
COUNTS = dict.fromkeys(("faces", "others", "without_face", "small", "pairs", "looked_into"), 5)
SEARCHED = {"kind": "print again", **COUNTS, "small": 0, "without_face": 0, "controls_live": 40, "controls_prints": 0}


def tables_of(*pairs: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Five presentations, one in each of five visits."""
    visits = [
        {"visit_id": f"V-{k:03d}", "exhibit_id": "E-0001", "from_s": 10.0 * k, "to_s": 10.0 * k + 5,
         "presenter_id": f"P-{k:02d}", "open_start": False, "open_end": False, "companion": "none",
         "companion_basis": {}}
        for k in range(1, 6)
    ]  # fmt: skip
    shown = [
        {"presentation_id": f"PR-{k:03d}", "visit_id": f"V-{k:03d}", "presenter_id": f"P-{k:02d}", "from_s": 10.0 * k,
         "to_s": 10.0 * k + 5, "geometry": "undetermined", "medium": "undetermined", "width_px": 90.0}
        for k in range(1, 6)
    ]  # fmt: skip
    rows = {"reuse": list(pairs), "presentations": shown, "visits": visits}
    return {name: tables.build(name, told) for name, told in rows.items()}


def test_a_print_on_three_days_is_one_finding_and_another_print_a_second() -> None:
    found = reuse_findings(**tables_of(pair(1, 2), pair(2, 3), pair(4, 5)))
    assert [row["visit_ids"] for row in found] == [["V-001", "V-002", "V-003"], ["V-004", "V-005"]]
    for row in found:
        assert (row["state"], row["employees"], row["headline"]["words"]) == ("candidate", [], "no_ratio")
        assert "names_nobody_reuse" in row["limits"]


@pytest.mark.parametrize(
    "doubt",
    [
        UNCALIBRATED,
        {"verdict": "within live", "exceeding": 1},
        {"controls_n": LEAST_PAIRS - 1},
        {"score": REACHED - 0.1},
        {"standing": "lead"},
        {"kind": "source photo"},
        {"score": None, "verdict": "not assessable", "why_not": "reuse_same_visit"},
    ],
)
def test_each_doubt_takes_the_finding_away(doubt: dict[str, Any]) -> None:
    assert reuse_findings(**tables_of(pair(1, 2))) != []
    assert reuse_findings(**tables_of(pair(1, 2, **doubt))) == []


def test_pairs_that_agree_without_controls_are_named_as_not_calibrated() -> None:
    searched = tables.build("reuse_searched", [SEARCHED])
    told = searched_missing(tables_of(pair(1, 2, **UNCALIBRATED), pair(2, 3, **UNCALIBRATED))["reuse"], searched)
    assert told == [
        {"what": "FD4", "why": "reuse_not_calibrated", "facts": {"pairs": 2, "controls": 0, "least": LEAST_PAIRS}}
    ]
    assert searched_missing(tables_of(pair(1, 2))["reuse"], searched) == []


def test_a_step_that_did_not_run_and_small_faces_are_told() -> None:
    assert [row["why"] for row in searched_missing(None, None)] == ["step_not_run"]
    searched = tables.build("reuse_searched", [SEARCHED | {"small": 3, "without_face": 1}])
    told = searched_missing(tables_of()["reuse"], searched)
    assert [(row["why"], row["facts"]["faces"]) for row in told] == [("reuse_small", 3), ("reuse_without_face", 1)]


def test_it_stands_among_the_findings_of_a_case() -> None:
    blank = {
        name: tables.empty(name) for name in ("punches", "clips", "clocks", "associations", "integrity", "examined")
    }
    findings, missing = conclude(
        **blank, **tables_of(pair(1, 2)), continuity=lambda *_: None, rates=None,  # type: ignore[arg-type, return-value]
        reuse_searched=tables.build("reuse_searched", [SEARCHED]),
    )  # fmt: skip
    assert list(findings["code"]) == ["FD4", "FD10"]
    assert json.loads(findings["visit_ids"].iloc[0]) == ["V-001", "V-002"]
    assert "FD4" not in set(missing["what"])
