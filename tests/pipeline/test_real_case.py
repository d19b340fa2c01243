"""The real footage of the case one-by-one, against its truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.building import WHO_AND_WHEN, best_outcomes, real_case, table_hashes
from toolkit import tables
from toolkit.analysis.clocks import align
from toolkit.analysis.timing.blind_clocks import blind_rows
from toolkit.casebook.case import Case
from toolkit.errors import ToolkitError
from toolkit.pipeline import add_file, propose_zone, run_steps, still_of
from toolkit.report import make_report

NOW = "2026-11-24T00:00:00+00:00"


@pytest.fixture(scope="module")
def truth(shared: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((shared / "data/cases/one-by-one/truth.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def case(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with real_case(tmp_path_factory.mktemp("real") / "case", shared) as made:
        run_steps(made)
        yield made


def test_all_six_visits_are_found_and_no_other(case: Case, truth: dict[str, Any]) -> None:
    found = case.read("visits")[["from_s", "to_s"]].to_numpy(float)
    assert len(found) == len(truth["visits_media_s"])
    for (start, end), (true_start, true_end) in zip(found, truth["visits_media_s"], strict=True):
        assert abs(start - true_start) <= 1.0
        assert abs(end - true_end) <= 1.0


def test_every_punch_goes_where_the_truth_says(case: Case, truth: dict[str, Any]) -> None:
    best = best_outcomes(case)
    for employee_id, where in truth["punch_visit"].items():
        outcome, probability = best[employee_id]
        assert outcome == (f"V-{where:03d}" if isinstance(where, int) else where)
        assert probability >= 0.9 or employee_id == "1006"


def test_the_punch_between_two_visits_is_forced_onto_neither(case: Case) -> None:
    rows = case.read("associations").merge(case.read("punches")[["punch_id", "employee_id"]], on="punch_id")
    mine = rows[rows["employee_id"] == "1006"].set_index("outcome")["probability"]
    assert mine.get("V-003", 0.0) <= 0.5
    assert mine.get("V-004", 0.0) <= 0.5


def test_probabilities_of_each_punch_sum_to_one(case: Case) -> None:
    sums = case.read("associations").groupby("punch_id")["probability"].sum()
    assert ((sums - 1).abs() < 1e-9).all()


def test_one_body_with_several_clock_ins_is_found_exactly_twice(case: Case, truth: dict[str, Any]) -> None:
    findings = case.read("findings")
    found = findings[findings["code"] == "FD2"]
    assert [json.loads(ids) for ids in found["employees"]] == truth["one_body_several_clock_ins"]
    assert set(found["state"]) == {"candidate"}
    for rivals in found["rivals"]:
        named = {rival["name"] for rival in json.loads(rivals)}
        assert {"chance", "companion", "hidden_behind", "buffered_log"} < named
        assert any(name.startswith("switch") for name in named)


def test_the_clock_offset_is_the_true_one(case: Case, truth: dict[str, Any]) -> None:
    clock = case.read("clocks").iloc[0]
    assert clock["interval_lo_s"] <= truth["terminal_minus_camera_s"] <= clock["interval_hi_s"]
    assert abs(clock["terminal_minus_camera_s"] - truth["terminal_minus_camera_s"]) <= 0.5


def test_two_staff_of_one_name_stay_two(case: Case) -> None:
    names = case.read_private("names")
    assert list(names[names["name"] == "李明"]["employee_id"]) == ["1006", "1012"]
    best = best_outcomes(case)
    assert best["1006"][0] != best["1012"][0]


def test_running_again_changes_no_table(case: Case) -> None:
    before = table_hashes(case.path)
    run_steps(case, WHO_AND_WHEN)
    assert table_hashes(case.path) == before


def test_report_json_holds_the_same_findings_and_no_name(case: Case) -> None:
    made = make_report(case, still=lambda exhibit, at: still_of(case, exhibit, at), created_at=NOW)
    document = json.loads(made.json.read_text(encoding="utf-8"))
    page = made.html.read_text(encoding="utf-8")
    assert [one["code"] for one in document["findings"]] == ["FD2", "FD2", "FD9", "FD10"]
    for finding in document["findings"]:
        assert finding["finding_id"] in page
    for name in case.read_private("names")["name"]:
        assert name not in page
        assert name not in made.json.read_text(encoding="utf-8")


def _shifted(path: Path, target: Path, column: int, separator: str, hours: int, skip: int) -> Path:
    lines = path.read_text(encoding="utf-8").splitlines()
    shifted = lines[:skip]
    for line in lines[skip:]:
        cells = line.split(separator)
        cells[column] = str(datetime.fromisoformat(cells[column]) + timedelta(hours=hours))
        shifted.append(separator.join(cells))
    target.write_text("\n".join(shifted) + "\n", encoding="utf-8")
    return target


def test_shifting_records_and_anchors_by_an_hour_changes_only_the_offset(
    case: Case, shared: Path, tmp_path: Path
) -> None:
    source = shared / "data/cases/one-by-one"
    attlog = _shifted(source / "1_attlog.dat", tmp_path / "attlog.dat", 1, "\t", -1, 0)
    anchors = _shifted(source / "anchors.csv", tmp_path / "anchors.csv", 1, ",", -1, 1)
    with real_case(tmp_path / "case", shared, attlog=attlog, anchors=anchors) as shifted:
        _borrow_scan(case, shifted)
        run_steps(shifted, WHO_AND_WHEN)
        assert best_outcomes(shifted) == best_outcomes(case)
        columns = ["code", "state", "employees", "visit_ids", "headline", "sensitivity"]
        # The scope of the exculpatory search tells which steps have run, and faces were looked for in one case only.
        told, before = (one.read("findings").query("code != 'FD9'")[columns] for one in (shifted, case))
        assert told.equals(before)
        assert shifted.read("exculpatory").equals(case.read("exculpatory"))
        moved = shifted.read("clocks")["terminal_minus_camera_s"] - case.read("clocks")["terminal_minus_camera_s"]
        assert list(moved) == [-3600.0]


def test_with_one_anchor_nothing_is_associated(case: Case, shared: Path, tmp_path: Path) -> None:
    lines = (shared / "data/cases/one-by-one/anchors.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "one.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    with real_case(tmp_path / "case", shared, anchors=tmp_path / "one.csv") as poor:
        _borrow_scan(case, poor)
        run_steps(poor, WHO_AND_WHEN)
        assert not poor.read("clocks")["determinable"].any()
        assert poor.read("associations").empty
        assert "FD2" not in set(poor.read("findings")["code"])
        assert "offset_not_determinable" in set(poor.read("not_assessable")["why"])


def _borrow_scan(done: Case, fresh: Case) -> None:
    """Footage and zone are the same: take over the measured spans, as a resumed scan would."""
    for path in (done.scratch / "scan").glob("*.json"):
        piece = done.kept(f"scan/{path.name}")
        assert piece is not None
        fresh.keep(f"scan/{path.name}", piece)


@pytest.mark.full  # half a minute, and what it asks is asked of drawn clips too
def test_a_proposed_zone_gives_six_visits_or_a_refusal(shared: Path, tmp_path: Path, truth: dict[str, Any]) -> None:
    with real_case(tmp_path / "case", shared, zone=False) as proposed:
        try:
            zone = propose_zone(proposed, "E-0001")
        except ToolkitError as refusal:
            assert "zone_px" in refusal.advice()
            return
        assert zone.basis == "proposed"
        run_steps(proposed, ("intake", "scan"))
        found = proposed.read("visits")[["from_s", "to_s"]].to_numpy(float)
        assert len(found) == 6
        for (start, end), (true_start, true_end) in zip(found, truth["visits_media_s"], strict=True):
            assert abs(start - true_start) <= 2.0
            assert abs(end - true_end) <= 2.0


def test_the_source_folder_may_be_read_only(shared: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    copy = source / "clip.mp4"
    copy.write_bytes((shared / "data/derived/obo_14s.mp4").read_bytes())
    copy.chmod(0o444)
    source.chmod(0o555)
    before = (copy.read_bytes(), copy.stat().st_mtime_ns)
    try:
        with Case.create(tmp_path / "case", purpose="test", basis="test") as fresh:
            add_file(fresh, copy, "footage")
            run_steps(fresh, WHO_AND_WHEN)
        assert (copy.read_bytes(), copy.stat().st_mtime_ns) == before
        assert [path.name for path in source.iterdir()] == ["clip.mp4"]
    finally:
        source.chmod(0o755)


def test_without_its_anchors_the_clock_is_open_or_right_and_never_another(case: Case, truth: dict[str, Any]) -> None:
    punches, clips = case.read("punches"), case.read("clips")
    blind = blind_rows(punches, clips, case.read("visits"), case.read("examined"), ["terminal"])
    (row,) = align(punches, clips, tables.empty("anchors"), blind).to_dict("records")
    presence = json.loads(row["model"])["presence"]
    assert presence["clock_ins"] >= 11 and presence["visits"] == 6
    if row["determinable"]:
        assert row["interval_lo_s"] <= truth["terminal_minus_camera_s"] <= row["interval_hi_s"]
    else:
        assert row["reason"] == "too_few_anchors" and presence["p"] > presence["accepted_p"]
