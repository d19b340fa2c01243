"""The commands that work: demo, records alone, footage alone, punches, inspect, models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.asking import papermask
from toolkit.cli.tools import lab_environment

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(900)  # the first test waits for the whole built-in case


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "case"
    # A process of its own, as the command is used.
    command = [sys.executable, "-m", "toolkit", "demo", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "Report:" in done.stderr
    return folder


def test_the_demo_finds_what_was_staged(demo: Path) -> None:
    done = papermask("run", demo, "--json")
    document = json.loads(done.stdout)
    assert len(document["visits"]) == 7
    best = {one["employee_id"]: one["best"] for one in document["associations"]}
    assert best["1008"] == "nobody seen"
    found = [one for one in document["findings"] if one["code"] == "FD2"]
    assert [one["employees"] for one in found] == [["1003", "1004", "1005", "1006"]]
    low, high = document["clock"]["interval_s"]
    assert low <= 97.0 <= high


def test_the_demo_ends_with_a_package_that_its_own_verifier_takes(demo: Path) -> None:
    (package,) = demo.with_name(f"{demo.name}-sealed").iterdir()
    check = [sys.executable, "-I", "-S", str(package / "verify.py")]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 3  # intact, no fingerprint named
    told = papermask("verify", package, "--json")
    assert told.returncode == 3 and json.loads(told.stdout)["problems"] == []
    assert (package / "data/derived/report-draft-en/report.html").is_file()


def test_the_demo_shows_every_print_of_the_stack(demo: Path) -> None:
    document = json.loads(papermask("run", demo, "--json").stdout)
    offered = {one["visit_id"]: [] for one in document["visits"]}
    for one in document["presentations"]:
        offered[one["visit_id"]].append(one)
    assert all(offered.values())  # the camera sees everybody's face
    stack = offered["V-003"]  # the bearer's own face through the visit, and four prints one after another
    longest = max(stack, key=lambda one: one["to_s"] - one["from_s"])
    prints = [one for one in stack if one is not longest]
    assert len(prints) == 4
    assert all(longest["from_s"] < one["from_s"] and one["to_s"] < longest["to_s"] for one in prints)
    assert all(a["to_s"] < b["from_s"] for a, b in pairwise(sorted(prints, key=lambda one: float(one["from_s"]))))
    readings = [reading for one in document["presentations"] for reading in one["readings"]]
    assert {reading["cue"] for reading in readings} >= {"nose_range", "learned"}
    stated = {
        one["presentation_id"]
        for one in document["presentations"]
        if any(reading["statement"] == "artefact" for reading in one["readings"])
    }
    # Held prints are told by the sheet they lie on; no live head, and not the one who wears a cut-out.
    again = max(offered["V-007"], key=lambda one: one["width_px"])
    assert stated == {one["presentation_id"] for one in (*prints, again)}
    where = {one["presentation_id"]: one["geometry"] for one in document["presentations"]}
    assert [where[one["presentation_id"]] for one in prints] == ["stacked"] * 4
    assert [where[one["presentation_id"]] for one in (longest, again)] == ["on_head", "held"]
    assert where[offered["V-004"][0]["presentation_id"]] in ("on_head", "rimmed")  # a worn cut-out of 31 px
    assert [one for one in document["not_assessable"] if one["what"] == "FD1"]
    assert {one["assessment"]["outcome"] for one in document["presentations"]} <= {"undetermined", "not assessable"}
    assert all(one["assessment"]["log10_lr"] is None for one in document["presentations"])  # six controls carry none
    said = {one["presentation_id"]: one["likeness"] for one in document["presentations"]}
    pictured = [said[one["presentation_id"]] for one in sorted(prints, key=lambda one: float(one["from_s"]))]
    # Whoever stands out is the one whose picture it is; a face of 40 px need not stand out.
    for told, employee_id in zip(pictured, ("1003", "1004", "1005", "1006"), strict=True):
        assert told["standing"] == "none of these" or told["ranked"][0]["employee_id"] == employee_id
    assert any(one["standing"] == "nearest" for one in pictured)


def test_the_demo_runs_again_in_chinese(demo: Path) -> None:
    done = papermask("report", demo, "--language", "zh", "--out", demo.parent / "copy")
    assert done.returncode == 0, done.stderr
    page = (demo.parent / "copy/report.html").read_text(encoding="utf-8")
    assert "草稿" in page
    assert "一个身体，多次打卡" in page


def test_status_lists_exhibits_and_tables(demo: Path) -> None:
    told = json.loads(papermask("status", demo, "--json").stdout)
    kinds = {one["kind"] for one in told["exhibits"]}
    assert kinds == {"footage", "records", "roster", "anchors", "context", "photo", "controls"}
    assert {"visits", "associations", "findings"} <= set(told["tables"])


def test_records_alone_give_a_report(tmp_path: Path, shared: Path) -> None:
    case = tmp_path / "case"
    assert papermask("new", case, "--purpose", "p", "--basis", "b").returncode == 0
    records = shared / "clockin-samples/01_zk_1_attlog.dat"
    assert papermask("add", case, records, "--kind", "records", "--timezone", "Asia/Shanghai").returncode == 0
    done = papermask("run", case, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["visits"] == []
    assert {"what": "footage", "why": "no_footage", "facts": {}} in document["not_assessable"]


def test_footage_alone_gives_a_report(tmp_path: Path, shared: Path) -> None:
    case = tmp_path / "case"
    assert papermask("new", case, "--purpose", "p", "--basis", "b").returncode == 0
    assert papermask("add", case, shared / "data/derived/obo_14s.mp4", "--kind", "footage").returncode == 0
    done = papermask("run", case, "--json")
    assert done.returncode == 0, done.stderr
    why = {one["why"] for one in json.loads(done.stdout)["not_assessable"]}
    assert {"no_zone", "no_records"} <= why


def test_punches_shows_every_row(shared: Path) -> None:
    done = papermask("punches", shared / "clockin-samples/01_zk_1_attlog.dat", "--json")
    told = json.loads(done.stdout)
    rows = told["rows"]
    assert rows["source"] == rows["parsed"] + rows["rejected"] + rows["non_record"] == 12
    assert told["questions"]


def test_inspect_tells_what_a_file_is(shared: Path) -> None:
    told = json.loads(papermask("inspect", shared / "data/derived/obo.dav", "--json").stdout)
    assert told["container"] == "dhav"
    assert told["frames_present"] == 141


def test_models_are_told_as_installed_or_not() -> None:
    told = {one["name"]: one for one in json.loads(papermask("models", "list", "--json").stdout)["models"]}
    assert told["centerface"]["installed"] and told["dlib_resnet"]["installed"]
    assert not told["minifasnet"]["installed"] and told["minifasnet"]["sha256"] is None
    assert all(one["licence"] and one["allowed_use"] for one in told.values())


SMALL_SCENARIO = """
schema: papermask-scenario-1
name: small
about: One person comes and clocks in.
settles: That the command writes what it says.
cameras:
  - {camera: hall, px_per_m: 60, width_px: 160, height_px: 120, fps: 4}
people:
  - {person: A, employee_id: "0042", name: Placeholder}
clips:
  - clip: morning
    camera: hall
    starts_at: 2026-03-03T08:20:00+08:00
    duration_s: 8
    acts:
      - person: A
        arrives_s: 3
        leaves_s: 6
        presents:
          - {at_s: 3.5, seconds: 1.5, what: own_face, clocks_in: A}
"""


def test_a_simulated_case_is_written_with_its_truth(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL_SCENARIO, encoding="utf-8")
    done = papermask("simulate", tmp_path / "small.yaml", "--out", tmp_path / "scene", "--seed", "90001", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == json.loads((tmp_path / "scene/truth.json").read_text(encoding="utf-8"))
    assert [one["employee_id"] for one in told["punches"]] == ["0042"]
    assert (tmp_path / "scene/footage/morning.mp4").is_file()


def test_the_notebook_server_finds_the_package_and_asks_for_no_news() -> None:
    environment = lab_environment({"PYTHONPATH": "elsewhere"})
    assert environment["PYTHONPATH"].split(os.pathsep)[1] == "elsewhere"
    assert (Path(environment["PYTHONPATH"].split(os.pathsep)[0]) / "toolkit/__init__.py").is_file()
    overrides = Path(environment["JUPYTER_CONFIG_PATH"]) / "labconfig/default_setting_overrides.json"
    assert '"fetchNews": "false"' in overrides.read_text(encoding="utf-8")
