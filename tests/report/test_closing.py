"""The methods section: error rates of the cues with their intervals, and what nothing is known of."""

from __future__ import annotations

import pytest

from tests.validation.making import document, row, two_sides
from toolkit.report.blocks import Grid, Paragraph
from toolkit.report.closing import methods
from toolkit.report.writer import Writer
from toolkit.validation.publishing import reported

FACTS = {"tool": {"version": "0", "models": []}, "clips": [{}]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rates_stand_kind_by_kind_with_their_intervals(language: str) -> None:
    rows = [*two_sides(20, apart=1.0), *(row("phone", None, number=k) for k in range(20))]
    blocks = methods({**FACTS, "tested_rates": reported(document(rows))}, Writer(language))
    (grid,) = (one for one in blocks if isinstance(one, Grid))
    assert len(grid.rows) == 3
    phone = next(cells for cells in grid.rows if cells[4].startswith("100"))
    assert phone[4:] == ("100 % [83, 100]", "100 % [83, 100]", "0 % [0, 17]", "–")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_footage_no_method_and_no_rate_of_it_is_listed(language: str) -> None:
    blocks = methods(
        {**FACTS, "clips": [], "tested_rates": reported(document(two_sides(5, apart=1.0)))}, Writer(language)
    )
    assert [type(one) for one in blocks] == [Paragraph, Paragraph]
    assert Writer(language)("methods_no_footage") in [one.text for one in blocks if isinstance(one, Paragraph)]


def test_kinds_without_data_are_named_as_untested() -> None:
    blocks = methods({**FACTS, "tested_rates": reported(document(two_sides(5, apart=1.0)))}, Writer("en"))
    notes = [one.text for one in blocks if isinstance(one, Paragraph)]
    assert any("Untested" in note and "three-dimensional mask" in note for note in notes)


def test_without_published_rates_the_report_says_untested() -> None:
    blocks = methods({**FACTS, "tested_rates": None}, Writer("en"))
    assert not any(isinstance(one, Grid) for one in blocks)
    assert any("untested" in one.text for one in blocks if isinstance(one, Paragraph))


def test_the_worst_geometry_stands_beside_the_mean() -> None:
    rows = [
        row("held_flat", 1.0, number=k, statement="live" if wrong else "nothing", geometry=geometry)
        for geometry, wrong in (("250 px/m, pitch 20", False), ("250 px/m, pitch 60", True))
        for k in range(10)
    ] + [row("live", 1.0, number=k, geometry="250 px/m, pitch 20") for k in range(10)]
    told = reported(document(rows))
    assert {one["kind"]: one["worst"] and one["worst"]["geometry"] for one in told["pooled"]} == {
        "held_flat": "250 px/m, 60°", "live": None,
    }  # fmt: skip
    (grid,) = (one for one in methods({**FACTS, "tested_rates": told}, Writer("en")) if isinstance(one, Grid))
    cells = next(cells for cells in grid.rows if cells[3] == "20")
    assert cells[6] == "50 % [27, 73]; at worst 100 % [69, 100] (250 px/m, 60°)"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rates_of_an_earlier_rule_and_cues_without_any_are_told(language: str) -> None:
    tested = reported(document(two_sides(5, apart=1.0)))
    shown = {"readings": [{"cue": "colour", "value": 0.4}, {"cue": "moire", "value": None}]}
    write = Writer(language)

    def notes(rates: dict[str, object]) -> list[str]:
        blocks = methods({**FACTS, "tested_rates": rates, "presentations": [shown]}, write)
        return [one.text for one in blocks if isinstance(one, Paragraph)]

    assert write("rates_none_for", cues=write.code("cue", "colour")) in notes(tested)  # what was not read has no number
    outdated = write("rates_outdated", cues=write.code("cue", "nose_range"))
    assert outdated not in notes(tested)  # a run that is published anew clears it
    assert outdated in notes({**tested, "outdated": ["nose_range"]})
