"""A print on three days beside a live face on the same three days: told as pairs, and without controls no finding."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.building import simulated_case
from toolkit.analysis.copies.reuse_words import REACHED
from toolkit.pipeline import run_steps
from toolkit.simulation.scenario_file import load_scenario
from toolkit.simulation.seeds import TESTS


@pytest.mark.full
@pytest.mark.timeout(3000)
def test_the_same_print_agrees_on_three_days_and_no_live_face_becomes_a_finding(tmp_path: Path) -> None:
    scenario = load_scenario("g_same_print_three_days")
    case, _ = simulated_case(tmp_path / "case", tmp_path / "scene", scenario, TESTS[60])
    with case:
        run_steps(case, ("intake", "scan", "faces", "compare", "clocks", "associate", "conclude"))
        visits = case.read("visits").set_index("visit_id")
        shown = case.read("presentations").to_dict("records")
        table = case.read("reuse")
        scores = {
            frozenset((row["presentation_a"], row["other"])): row["score"]
            for row in table[table["score"].notna()].to_dict("records")
        }
        first = {name: visits.loc[name, "from_s"] < 12 for name in visits.index}  # the visit of the print comes first
        # Of each of those visits the larger face is the sheet, held nearer to the camera than the bearer's head.
        prints = [
            max((one for one in shown if one["visit_id"] == name), key=lambda one: one["width_px"])["presentation_id"]
            for name in visits.index
            if first[name]
        ]
        assert len(prints) == 3
        assert all(scores[frozenset(pair)] >= REACHED for pair in combinations(prints, 2))
        assert "FD4" not in set(case.read("findings")["code"])
        why = case.read("not_assessable").set_index("what")["why"]
        assert why["FD4"] == "reuse_not_calibrated"
