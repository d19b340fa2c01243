"""Likeness in the report: a ranking for a person to look at, with its limits, and never a name beside "is"."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.analysis.identity import FARTHEST, LEAST_MARGIN, LEAST_Z
from toolkit.analysis.statements.face_changes import DIFFERENT
from toolkit.report.blocks import Grid, Paragraph, texts
from toolkit.report.likeness import likeness
from toolkit.report.wording import check
from toolkit.report.writer import Facts, Writer


def photograph(number: int, why_not: str | None = None) -> Facts:
    employee_id = None if why_not == "photo_of_nobody" else f"100{number}"
    return {"exhibit_id": f"E-000{number}", "employee_id": employee_id, "why_not": why_not, "facts": {"found": 2}}


def presentation(number: int, standing: str, why_not: str | None = None) -> Facts:
    ranked = [{"employee_id": f"100{k}", "score": 0.30 + 0.1 * k, "rank": k} for k in (1, 2, 3, 4)]
    told: dict[str, Any] = {
        "standing": standing, "margin": 0.1, "cohort_z": None, "frames": 4, "people": 4, "why_not": why_not,
        "facts": {"found": "21", "least": "30"}, "ranked": ranked,
    }  # fmt: skip
    return {"presentation_id": f"PR-00{number}", "visit_id": "V-001", "likeness": told}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_ranking_stands_beside_what_it_cannot_say(language: str) -> None:
    facts = {
        "photographs": [photograph(1), photograph(2), photograph(3, "photo_of_nobody")],
        "presentations": [
            presentation(1, "nearest"), presentation(2, "none of these"),
            presentation(3, "not assessable", "likeness_too_small"),
        ],
    }  # fmt: skip
    blocks = likeness(facts, Writer(language))
    (grid,) = (one for one in blocks if isinstance(one, Grid))
    assert [row[3] for row in grid.rows][:2] == ["1001 (0.40); 1002 (0.50); 1003 (0.60)"] * 2
    assert grid.rows[0][2] != grid.rows[1][2] != grid.rows[2][2]
    assert "21" in grid.rows[2][3] and grid.rows[2][4] == "–"
    sentences = [text for block in blocks for text in texts(block)]
    told = " ".join(sentences)
    assert "0.45" in told and "E-0003" in told
    check(sentences)


def test_no_photograph_and_no_comparison_are_no_results() -> None:
    none = likeness({"photographs": [], "presentations": []}, Writer("en"))
    not_run = likeness(
        {"photographs": [photograph(1)], "presentations": [{**presentation(1, "nearest"), "likeness": None}]},
        Writer("en"),
    )
    for blocks in (none, not_run):
        assert all(isinstance(one, Paragraph) and "no result" in one.text for one in blocks)
    assert texts(none[0]) != texts(not_run[0])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_limits_that_the_report_prints_are_those_that_were_used(language: str) -> None:
    told = Writer(language)("method_9")
    assert all(f"{limit:.2f}".rstrip("0") in told for limit in (FARTHEST, LEAST_MARGIN, LEAST_Z))
    changed = Writer(language)("fd3_measured", least="0.50", pairs=1)
    assert f"{DIFFERENT:.2f}" in changed
