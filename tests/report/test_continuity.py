"""Rates of continuity in the report: every kind counted, with its interval, in both languages."""

from __future__ import annotations

import pytest

from toolkit.analysis.bodies.companions import CHECK
from toolkit.report.blocks import Grid, Paragraph
from toolkit.report.continuity import continuity_rates, rate_rows
from toolkit.report.writer import Writer

RATES = {
    "basis": "simulated",
    "companion_check": CHECK,
    "switch": {
        "ordinary": {"scenes": 122, "unbroken": 110, "certified": 0},
        "contact": {"scenes": 124, "unbroken": 124, "certified": 2},
        "crossing": {"scenes": 122, "unbroken": 120, "certified": 0},
    },
    **{kind: {"scenes": 100, "unbroken": 100, "certified": 90} for kind in ("stay", "stay_contact", "stay_crossing")},
    "companion": {"scenes": 102, "flagged": 102, "certified": 99},
    "companion_behind": {"scenes": 40, "flagged": 11, "certified": 38},
    "alone": {"visits": 420, "flagged": 12},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_kind_is_told_with_its_interval(language: str) -> None:
    rows = rate_rows(RATES)
    (grid,) = (one for one in continuity_rates({"continuity_rates": rows}, Writer(language)) if isinstance(one, Grid))
    assert len(grid.rows) == len(rows) == 10
    assert len({cells[:2] for cells in grid.rows}) == 10
    (told,) = (one for one in rows if one["kind"] == "companion")
    assert (told["hits"], told["trials"]) == (102, 102)
    assert told["interval"] == pytest.approx([0.9645, 1.0], abs=1e-4)  # 0.025 ** (1 / 102)


def test_switches_across_an_empty_place_are_no_trap_and_are_left_out() -> None:
    (told,) = (one for one in rate_rows(RATES) if one["kind"] == "switch_ordinary")
    assert told["trials"] == 110


def test_somebody_hidden_is_told_both_as_noticed_and_as_certified() -> None:
    told = {one["counted"]: one["hits"] for one in rate_rows(RATES) if one["kind"] == "companion_behind"}
    assert told == {"flagged": 11, "certified": 38}


def test_without_rates_nothing_is_shown() -> None:
    assert rate_rows(None) == []
    assert continuity_rates({"continuity_rates": []}, Writer("en")) == ()


def test_counts_of_an_earlier_check_are_told_as_such() -> None:
    for check, notes in ((CHECK, 1), (CHECK - 1, 2)):
        rows = rate_rows({**RATES, "companion_check": check})
        assert {one["kind"] for one in rows if one["earlier_check"]} == (
            set() if check == CHECK else {"companion", "companion_behind", "alone"}
        )
        blocks = continuity_rates({"continuity_rates": rows}, Writer("en"))
        assert sum(isinstance(one, Paragraph) for one in blocks) == notes
