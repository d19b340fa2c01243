"""Whole cases: written from a scenario, read back by the same doors as an inquiry's own files, and true."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from tests.clockin.parsed import parsed
from tests.simulation.studio import DrawnShot, RectangleStudio, shrunk, small_scenario
from toolkit.casebook.case import Case
from toolkit.errors import SetupError
from toolkit.media.frames import read_frames
from toolkit.pipeline import add_file, run_steps, set_zone
from toolkit.simulation.cases import write_case
from toolkit.simulation.plan import ClipPlan, Plan
from toolkit.simulation.scenario_file import scenario_names
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.truth import truth_schema

DOCS = Path(__file__).resolve().parents[2] / "docs"
STUDIO = RectangleStudio()
SEED = TESTS[0]
ENCODINGS = {
    "mp4": "{b_frames: 2, gop: 8}",
    "ts": "{container: ts, codec: hevc, b_frames: 2}",
    "avi": "{container: avi, codec: mjpeg}",
    "mkv": "{container: mkv, codec: mpeg4, variable_rate: true}",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every scenario of the program, drawn with rectangles."""
    root = tmp_path_factory.mktemp("cases")
    for name in scenario_names():
        write_case(shrunk(name), root / name, SEED, STUDIO)
    return {name: root / name for name in scenario_names()}


def truth_of(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return told


def taken_in(folder: Path, path: Path) -> Case:
    """An inquiry's case over the written files; run up to intake."""
    truth = truth_of(folder)
    case = Case.create(path, purpose="test", basis="test")
    for clip in truth["clips"]:
        if clip["control"] == "none":
            starts = {"camera_id": clip["camera"], "starts_at": clip["starts_at"]}
            add_file(case, folder / clip["file"], "footage", declared=starts)
            set_zone(case, clip["sha256"], folder / "zones" / f"{clip['clip']}.json")
        else:
            add_file(case, folder / clip["file"], "controls")
    add_file(case, folder / truth["records"], "records", declared={"timezone": truth["timezone"]})
    for name in ("roster", "anchors", "context"):
        if (folder / f"{name}.csv").exists():
            add_file(case, folder / f"{name}.csv", name)
    for photo in sorted((folder / "photos").glob("*.png")):
        add_file(case, photo, "photo")
    if (folder / "controls/times.csv").exists():
        add_file(case, folder / "controls/times.csv", "controls")
    run_steps(case, ("intake",))
    return case


def punches_agree(truth: dict[str, Any], punches: pd.DataFrame) -> bool:
    rows = [(one["row"], one["employee_id"]) for one in truth["punches"] if one["row"] is not None]
    table = punches.sort_values("row")
    times = [one["stamped_at"].replace(" ", "T") for one in truth["punches"] if one["row"] is not None]
    return rows == list(table[["row", "employee_id"]].itertuples(index=False, name=None)) and all(
        read.startswith(written) for read, written in zip(table["t_local"], times, strict=True)
    )


@pytest.mark.parametrize("name", ["demo", "i_log_edited"])
def test_a_written_case_is_taken_in_whole(name: str, written: dict[str, Path], tmp_path: Path) -> None:
    folder = written[name]
    truth = truth_of(folder)
    with taken_in(folder, tmp_path / "case") as case:
        clips = case.read("clips")
        footage = [clip for clip in truth["clips"] if clip["control"] == "none"]
        assert list(clips["frames_present"]) == [clip["frames"] for clip in footage]
        assert list(clips["starts_at"]) == [clip["starts_at"] for clip in footage]
        assert punches_agree(truth, case.read("punches"))
        assert len(case.read("anchors")) >= 2
        assert set(case.read("roster")["employee_id"]) == {
            one["employee_id"] for one in truth["people"] if one["employee_id"]
        }


@pytest.mark.parametrize("name", scenario_names())
def test_the_records_of_every_scenario_are_read_back_as_the_truth_lists_them(
    name: str, written: dict[str, Path]
) -> None:
    truth = truth_of(written[name])
    read = parsed(str(written[name] / truth["records"]), {})
    assert not read["refused"]
    assert punches_agree(truth, pd.DataFrame(read["punches"]))


@pytest.mark.parametrize("name", scenario_names())
def test_the_truth_of_every_scenario_fits_the_published_schema(name: str, written: dict[str, Path]) -> None:
    schema = truth_schema()
    truth = truth_of(written[name])
    jsonschema.Draft202012Validator(schema).validate(truth)
    frame = jsonschema.Draft202012Validator(schema["$defs"]["frame"])
    for clip in truth["clips"]:
        assert hashlib.sha256((written[name] / clip["file"]).read_bytes()).hexdigest() == clip["sha256"]
        lines = (written[name] / clip["frame_truth"]).read_text(encoding="utf-8").splitlines()
        assert len(lines) == clip["frames"]
        for line in lines[::20]:
            frame.validate(json.loads(line))


@pytest.mark.parametrize("name", scenario_names())
def test_what_a_scenario_expects_of_one_body_is_what_its_acts_imply(name: str, written: dict[str, Path]) -> None:
    """FD2 is written into the file by hand; the truth derives it from bodies and acceptances."""
    truth = truth_of(written[name])
    expected = [(one["presenter"], one["employee_ids"]) for one in truth["expected"] if one["code"] == "FD2"]
    assert expected == [(one["person"], one["employee_ids"]) for one in truth["one_body_several_clock_ins"]]


@pytest.mark.parametrize("name", scenario_names())
def test_whoever_is_expected_unseen_or_presented_by_print_is_so(name: str, written: dict[str, Path]) -> None:
    truth = truth_of(written[name])
    unseen = {one["employee_id"] for one in truth["clocked_not_seen"]}
    by_print = {(one["presenter"], one["employee_id"]) for one in truth["punches"] if one["medium"] == "print"}
    for one in truth["expected"]:
        if one["code"] == "FD5":
            assert set(one["employee_ids"]) <= unseen
        if one["code"] == "FD1":
            assert {(one["presenter"], who) for who in one["employee_ids"]} <= by_print
    if not any(one["code"] == "FD1" for one in truth["expected"]):
        assert not by_print or name.startswith(("e1", "e2", "e3", "e4", "g_"))


def test_the_published_truth_schema_is_the_one_in_the_code() -> None:
    published = json.loads((DOCS / "truth-schema.json").read_text(encoding="utf-8"))
    assert published == truth_schema(), "write docs/truth-schema.json anew from truth_schema()"
    jsonschema.Draft202012Validator.check_schema(published)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_faces(tmp_path: Path) -> None:
    scenario = small_scenario(camera=", encoding: {container: mkv, variable_rate: true}")
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_case(scenario, tmp_path / folder, seed, STUDIO)
    files = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*")) if path.is_file()]
    assert len(files) == 10
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file
    one, other = truth_of(tmp_path / "a"), truth_of(tmp_path / "c")
    assert one["people"] != other["people"]
    assert [p["stamped_at"] for p in one["punches"]] == [p["stamped_at"] for p in other["punches"]]


@pytest.mark.parametrize("container", ENCODINGS)
def test_frames_are_read_back_at_the_times_of_the_truth(container: str, tmp_path: Path) -> None:
    lost = "" if container == "avi" else "    lost_spans: [[7, 8.5]]\n"
    scenario = small_scenario(camera=f", encoding: {ENCODINGS[container]}", clip=lost)
    truth = write_case(scenario, tmp_path, SEED, STUDIO)
    lines = (tmp_path / truth.clips[0].frame_truth).read_text(encoding="utf-8").splitlines()
    with read_frames(tmp_path / truth.clips[0].file) as frames:
        read = [frame.media_s for frame in frames]
    told = [json.loads(line) for line in lines]
    assert read == pytest.approx([one["media_s"] for one in told], abs=2e-4)
    for one in told[::30]:
        moment = datetime.fromisoformat(truth.clips[0].starts_at) + timedelta(seconds=one["media_s"])
        assert abs((datetime.fromisoformat(one["at"]) - moment).total_seconds()) <= 0.001


def test_each_row_says_who_really_stood_there_and_what_was_shown(tmp_path: Path) -> None:
    rows = "other_rows: [{at: 2026-03-03T08:20:08+08:00, person: B}, {at: 2026-03-03T08:40:00+08:00, person: B}]"
    truth = write_case(small_scenario(more=f"records: {{{rows}}}"), tmp_path, SEED, STUDIO)
    told = [(one.employee_id, one.answer, one.presenter, one.medium, one.shows, one.media_s) for one in truth.punches]
    assert told == [
        ("007", "V-001", "A", "live", "A", 4.5),
        ("1002", "nobody seen", None, None, None, 8.0),
        ("1002", "V-002", "X", "print", "B", 10.5),
        ("1003", "V-002", "X", "print", "C", 13.0),
        ("1002", "outside coverage", None, None, None, None),
        ("1002", "V-002", "X", "print", "B", 10.0),
    ]
    assert [one.row for one in truth.punches] == [1, 2, 3, 4, 5, None]
    assert [(b.person, b.employee_ids) for b in truth.one_body_several_clock_ins] == [("X", ("1002", "1003"))]


def test_a_clock_in_of_a_lost_span_is_outside_coverage_though_its_visit_is_known(tmp_path: Path) -> None:
    truth = write_case(small_scenario(clip="    lost_spans: [[9.8, 11]]\n"), tmp_path, SEED, STUDIO)
    row = next(one for one in truth.punches if one.employee_id == "1002" and one.accepted)
    assert (row.answer, row.visit_id, row.media_s) == ("outside coverage", "V-002", 10.5)
    with (tmp_path / "anchors.csv").open(encoding="utf-8") as file:
        assert [one["media_s"] for one in csv.DictReader(file)] == ["4.50", "13.00"]


def test_an_invented_row_has_no_answer_and_a_renamed_one_keeps_its_event(tmp_path: Path) -> None:
    edits = (
        "edits: [{change: renamed, person: A, to_person: C}, "
        "{change: added, person: B, stamped_at: 2026-03-03 08:00:00}, {change: deleted, person: C}]"
    )
    truth = write_case(small_scenario(more=f"records: {{{edits}}}"), tmp_path, SEED, STUDIO)
    told = [(one.row, one.employee_id, one.happened_as, one.answer, one.edited) for one in truth.punches]
    assert told[:3] == [
        (1, "1002", None, None, True),
        (2, "1003", "007", "V-001", True),
        (3, "1002", "1002", "V-002", False),
    ]
    assert {(one.employee_id, one.why_missing) for one in truth.punches[3:]} == {
        ("1003", "deleted"),
        ("1002", "attlog holds accepted clock-ins only"),
    }


def test_visits_end_where_the_drawn_body_leaves_and_not_where_it_was_planned(tmp_path: Path) -> None:
    truth = write_case(small_scenario(), tmp_path, SEED, STUDIO)
    for visit in truth.visits:
        assert visit.basis == "picture"
        assert visit.stands_s[0] - 1 < visit.from_s < visit.stands_s[0]
        assert visit.stands_s[1] < visit.to_s < visit.stands_s[1] + 1
    (first, *_) = truth.clips[0].empty_s
    assert first[0] == 0
    assert 1.5 < first[1] < 3


def test_the_list_of_the_sites_own_recordings_says_who_what_and_when(written: dict[str, Path]) -> None:
    with (written["demo"] / "controls/times.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["kind"], row["medium"]) for row in rows} == {("live", "live"), ("print", "print")}
    for row in rows:
        assert (written["demo"] / "controls" / row["file"]).is_file()
        assert float(row["from_s"]) < float(row["to_s"])


def test_a_day_on_the_terminals_clock_is_divided_where_it_was_reset(tmp_path: Path) -> None:
    reset = ", resets: [{at: 2026-03-03T08:20:12+08:00, jump_s: -60}]"
    truth = write_case(small_scenario(terminal=reset), tmp_path, SEED, STUDIO)
    assert [one.terminal_minus_camera_s for one in truth.clock] == pytest.approx([97.4, 37.4])
    assert truth.punches[2].stamped_at == "2026-03-03 08:20:50"


class ShortStudio(RectangleStudio):
    """Forgets the last frame."""

    def shots(self, plan: Plan, clip: ClipPlan) -> Iterator[DrawnShot]:
        yield from list(super().shots(plan, clip))[:-1]


def test_a_renderer_that_draws_fewer_frames_than_planned_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        write_case(small_scenario(), tmp_path, SEED, ShortStudio())


def test_a_folder_that_holds_another_case_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    write_case(small_scenario(), tmp_path / "one", SEED, STUDIO)
    before = {file: file.read_bytes() for file in (tmp_path / "one").rglob("*") if file.is_file()}
    with pytest.raises(SetupError):
        write_case(small_scenario(), tmp_path / "one", SEED + 1, STUDIO)
    assert {file: file.read_bytes() for file in (tmp_path / "one").rglob("*") if file.is_file()} == before
    write_case(small_scenario(), tmp_path / "one", SEED, STUDIO)  # the same once more is no other case
    assert {file: file.read_bytes() for file in (tmp_path / "one").rglob("*") if file.is_file()} == before
