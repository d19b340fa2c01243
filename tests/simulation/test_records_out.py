"""Records as an inquiry receives them: each row is read back as written, and what was done to it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.simulation.studio import RectangleStudio, small_scenario
from toolkit.clockin.reader import RecordsRead, read_records
from toolkit.errors import ReadingError
from toolkit.simulation.plan import make_plan
from toolkit.simulation.records_out import RecordsFile, make_records

STUDIO = RectangleStudio()


def made(**parts: str) -> RecordsFile:
    return make_records(make_plan(small_scenario(**parts), 1, STUDIO.faces()), "small.yaml")


def read(file: RecordsFile, folder: Path, *, mapped: bool = False) -> RecordsRead:
    path = folder / file.name
    path.write_bytes(file.content)
    mapping = json.loads(file.mapping or b"null") if mapped else None
    return read_records(path, exhibit_id="E-1", exhibit_sha256="0", timezone="Asia/Shanghai", mapping=mapping)


def agree(file: RecordsFile, told: RecordsRead) -> bool:
    """The reader's rows are the writer's: line, id, time, credential and result."""
    rows = [(r.line, r.employee_id, r.stamp.isoformat(), r.credential, "pass" if r.accepted else "fail")
            for r in file.rows]  # fmt: skip
    columns = told.punches.sort_values("row")[["row", "employee_id", "t_local", "credential", "result"]]
    return rows == list(columns.itertuples(index=False, name=None)) and told.rows_rejected == 0


def test_an_attlog_holds_accepted_clock_ins_only_and_is_read_back_row_by_row(tmp_path: Path) -> None:
    file = made()
    assert agree(file, read(file, tmp_path))
    assert [row.employee_id for row in file.rows] == ["007", "1002", "1003"]
    assert [(row.employee_id, why) for row, why in file.not_written] == [
        ("1002", "attlog holds accepted clock-ins only")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mapped", [True, False])
def test_a_csv_in_either_language_is_read_back_with_and_without_a_mapping(
    language: str, mapped: bool, tmp_path: Path
) -> None:
    file = made(more=f"records: {{format: csv, headings: {language}}}")
    told = read(file, tmp_path, mapped=mapped)
    assert agree(file, told)
    assert [row.accepted for row in file.rows] == [True, False, True, True]
    assert set(told.punches["terminal_id"]) == {"T-1"}


def test_a_csv_to_the_minute_says_so_by_having_no_seconds(tmp_path: Path) -> None:
    file = made(terminal=", precision_s: 60", more="records: {format: csv}")
    told = read(file, tmp_path)
    assert agree(file, told)
    assert set(told.punches["precision_s"]) == {60.0}


def test_a_csv_that_marks_changed_rows_needs_a_mapping_and_marks_just_these(tmp_path: Path) -> None:
    edits = "edits: [{change: moved, person: A, by_s: -600}]"
    file = made(more=f"records: {{format: csv, headings: en, marks_edits: true, {edits}}}")
    with pytest.raises(ReadingError):
        read(file, tmp_path)
    assert agree(file, read(file, tmp_path, mapped=True))
    lines = file.content.decode("utf-8-sig").splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["Data Source", "Manual", *["Original Records"] * 3]


def test_a_moved_row_keeps_its_place_and_what_it_was() -> None:
    file = made(more="records: {edits: [{change: moved, person: B, by_s: -1200}]}")
    row = file.rows[1]
    assert (row.employee_id, row.stamp.isoformat(" "), row.changes) == ("1002", "2026-03-03 08:01:47", ("moved",))
    assert row.event is not None
    assert row.event.at.isoformat() == "2026-03-03T08:20:10.500000+08:00"


def test_a_deleted_row_is_told_and_not_written() -> None:
    file = made(more="records: {edits: [{change: deleted, person: B}]}")
    assert [row.employee_id for row in file.rows] == ["007", "1003"]
    assert "deleted" in [why for _, why in file.not_written]


def test_a_renamed_row_knows_under_whose_id_it_happened() -> None:
    file = made(more="records: {edits: [{change: renamed, person: C, to_person: A}]}")
    last = file.rows[-1]
    assert last.event is not None
    assert (last.employee_id, last.event.employee_id, last.edited) == ("007", "1003", True)


def test_an_added_row_stands_where_its_time_belongs_and_comes_from_nothing() -> None:
    file = made(more="records: {edits: [{change: added, person: B, stamped_at: 2026-03-03 08:21:43}]}")
    assert [row.employee_id for row in file.rows] == ["007", "1002", "1002", "1003"]
    assert (file.rows[1].event, file.rows[1].edited) == (None, True)


def test_a_row_twice_is_the_same_bytes_and_a_double_tap_is_an_event_of_its_own() -> None:
    twice = "duplicates: [{person: A}, {person: C, kind: double_tap, after_s: 3}]"
    file = made(more=f"records: {{{twice}}}")
    lines = file.content.decode().splitlines()
    assert lines[0] == lines[1]
    assert file.rows[0].event is file.rows[1].event
    first, second = file.rows[-2:]
    assert first.event and second.event
    assert (second.event.at - first.event.at).total_seconds() == 3
    assert (second.stamp - first.stamp).total_seconds() == 3


HELD = "{starts_at: 2026-03-03T08:20:00+08:00, ends_at: 2026-03-03T08:20:11+08:00, sent_at: 2026-03-03T09:00:00+08:00"


def test_rows_held_back_stand_behind_later_ones_with_the_time_they_happened() -> None:
    file = made(more=f"records: {{buffered: [{HELD}}}]}}")
    assert [row.employee_id for row in file.rows] == ["1003", "007", "1002"]
    assert file.rows[1].stamp < file.rows[0].stamp
    assert file.rows[1].changes == ("held_back",)


def test_rows_stamped_when_they_are_sent_lose_the_time_they_happened() -> None:
    file = made(more=f"records: {{buffered: [{HELD}, stamped: upload_time}}]}}")
    assert [f"{row.stamp:%H:%M}" for row in file.rows] == ["08:21", "09:01", "09:01"]
    assert file.rows[1].event is not None
    assert file.rows[1].event.at.hour == 8


def test_rows_sent_twice_stand_in_time_and_again_later() -> None:
    file = made(more=f"records: {{buffered: [{HELD}, sent_twice: true}}]}}")
    assert [row.employee_id for row in file.rows] == ["007", "1002", "1003", "007", "1002"]
    assert [row.changes for row in file.rows] == [(), (), (), ("held_back",), ("held_back",)]


def test_a_clock_that_falls_back_to_2000_is_flagged_by_the_reader(tmp_path: Path) -> None:
    reset = ", resets: [{at: 2026-03-03T08:20:12+08:00, set_to: 2000-01-01 00:00:00}]"
    file = made(terminal=reset)
    told = read(file, tmp_path)
    assert agree(file, told)
    assert [one.code for one in told.warnings] == ["clock_reset"]


def test_an_edit_of_a_clock_in_that_there_is_not_is_refused() -> None:
    with pytest.raises(ReadingError) as refusal:
        made(more="records: {edits: [{change: deleted, person: A, clock_in: 2}]}")
    assert (refusal.value.code, refusal.value.facts["count"]) == ("scenario_no_such_clock_in", 1)
