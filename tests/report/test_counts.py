"""Three numbers as they are read: bounds, best estimate, interval by the stated model, and what was not assessed."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from toolkit.analysis.counting.identity_count import identity_count
from toolkit.report.blocks import Grid
from toolkit.report.closing import counts
from toolkit.report.summary import ladder
from toolkit.report.writer import Writer

PS = (0.98, 0.95, 0.90, 0.70, 0.50, 0.30, 0.20, 0.05, 0.05)


def facts(shared: bool) -> dict[str, Any]:
    told = [*PS, None, None, None, None]
    row = identity_count(
        pd.DataFrame(
            {
                "employee_id": [f"{k:03d}" for k in range(13)],
                "probability": pd.array(told, dtype="Float64"),
                "meets_rule": pd.array([k < 3 for k in range(13)], dtype="boolean"),
                "clocks": [json.dumps(["terminal E-0001"] if shared else [])] * 13,
            }
        )
    )
    presenters = {"low": 3, "high": None, "note": {"not_certified": 0, "by": "clique", "contradictions": 1}}
    return {
        "counts": {
            "identities_used": row, "presenters": presenters,
            "knowing_participants": "not determinable from footage",
        },
        "visits": [],
    }  # fmt: skip


def cells(told: dict[str, Any], language: str) -> tuple[tuple[str, ...], ...]:
    (grid,) = (one for one in counts(told, Writer(language)) if isinstance(one, Grid))
    return tuple(tuple(row) for row in grid.rows)


def test_ids_used_are_told_in_four_parts() -> None:
    ids, bodies, knowing = cells(facts(shared=False), "en")
    assert ids[1] == (
        "at least 3; best estimate 4–5; 3 to 7 given the stated model; 4 more could not be assessed"
    )  # fmt: skip
    assert "1 %: " in ids[2]
    assert "50 %: " in ids[2]
    assert "cut off" in bodies[2]
    assert knowing[1] == "not determinable from footage"
    assert "admissions" in knowing[2]
    assert "1 to 7" in cells(facts(shared=True), "en")[0][1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_language_is_left_with_a_gap(language: str) -> None:
    for row in cells(facts(shared=True), language):
        assert all(cell and "{" not in cell for cell in row)


def test_the_line_with_numbers_is_told_in_both_languages() -> None:
    told = {
        **facts(shared=True), "clips": [{"examined": {"decoded_s": 1.0, "probed_s": 0.0}}], "records": [{}],
        "associations": [{}],
        "findings": [{"code": "FD1", "state": "candidate", "headline": {"words": "weak"}}],
    }  # fmt: skip
    assert ladder(told) == "ladder_used"
    assert "at least 3 presenter(s), at least 3 employee id(s)" in Writer("en")(ladder(told), bodies=3, ids=3)
    assert "至少 3 个工号" in Writer("zh")(ladder(told), bodies=3, ids=3)
