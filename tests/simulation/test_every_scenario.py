"""Every scenario of the program, drawn in the room: its files are taken in, and its truth keeps its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from toolkit.casebook.case import Case
from toolkit.demo import take_in
from toolkit.pipeline import run_steps
from toolkit.simulation.cases import write_case
from toolkit.simulation.scenario_file import load_scenario, scenario_names
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.studio import RoomStudio

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/truth-schema.json").read_text(encoding="utf-8"))
OF_TRUTH = {key: value for key, value in SCHEMA.items() if key != "$defs"} | {"$defs": SCHEMA["$defs"]}
OF_FRAME = SCHEMA["$defs"]["frame"] | {"$defs": SCHEMA["$defs"]}


def faults(schema: dict[str, Any], document: Any) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_is_drawn_taken_in_and_told_truly(name: str, tmp_path: Path) -> None:
    scenario, source = load_scenario(name), tmp_path / "scene"
    written = write_case(scenario, source, TESTS[40], RoomStudio(), workers=2)
    truth = json.loads((source / "truth.json").read_text(encoding="utf-8"))
    assert faults(OF_TRUTH, truth) == []
    for clip in truth["clips"]:
        lines = (source / clip["frame_truth"]).read_text(encoding="utf-8").splitlines()
        assert len(lines) == clip["frames"] > 0
        assert [line for line in lines if faults(OF_FRAME, json.loads(line))] == []
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        take_in(case, scenario, written, source)
        run_steps(case, ("intake",))
        exhibits = case.read("exhibits")
        clips, punches = case.read("clips"), case.read("punches")
    real = [one for one in truth["clips"] if one["control"] == "none"]
    recordings = len(truth["clips"]) - len(real)
    assert list(exhibits["kind"]).count("controls") == recordings + (1 if recordings else 0)  # and their table of times
    assert list(exhibits["kind"]).count("photo") == len(list((source / "photos").glob("*.png")))
    assert sorted(clips["frames_present"]) == sorted(one["frames"] for one in real)
    assert len(punches) == sum(one["row"] is not None for one in truth["punches"])
