from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.odoo_attendance import OdooAttendance

HEAD = '"id","employee_id","check_in","check_out"\n'
ROW = '"__export__.hr_attendance_1","沈玉兰","2026-03-03 00:21:07","2026-03-03 09:32:15"\n'


def rows(text: str) -> list[RawRow]:
    return list(OdooAttendance().rows(Source(name="hr.attendance.csv", content=text.encode())))


def test_a_stay_is_an_event_in_and_an_event_out_of_one_row() -> None:
    head, come, gone = rows(HEAD + ROW)
    assert head.kind == "non-record"
    assert [(one.row, one.sub, one.time_text, one.details["direction"]) for one in (come, gone)] == [
        (2, 0, "2026-03-03 00:21:07", "in"),
        (2, 1, "2026-03-03 09:32:15", "out"),
    ]
    assert come.raw == gone.raw == ROW.rstrip() and come.zone is None


def test_whoever_has_not_left_yet_has_one_event(read: Any, write: Any) -> None:
    told = read(write(HEAD + ROW.replace("2026-03-03 09:32:15", "")))
    assert list(told.details["direction"]) == ["in"]


def test_a_name_in_place_of_an_id_is_kept_marked_and_asked_about(read: Any, write: Any) -> None:
    told = read(write(HEAD + ROW))
    assert set(told.punches["employee_id"]) == {"沈玉兰"} and set(told.details["flags"]) == {'["id_is_name"]'}
    assert told.facts.questions == ("odoo_utc", "names_for_ids")


@pytest.mark.parametrize("column", ["employee_id/.id", "employee_id/id"])
def test_the_id_goes_before_the_name(read: Any, write: Any, column: str) -> None:
    text = f"id,employee_id,{column},check_in,check_out\n1,沈玉兰,007,2026-03-03 00:21:07,\n"
    told = read(write(text))
    assert list(told.punches["employee_id"]) == ["007"] and list(told.details["name"]) == ["沈玉兰"]
    assert told.facts.questions == ("odoo_utc",) and list(told.details["flags"]) == ["[]"]


def test_the_zone_stays_unknown_because_the_file_does_not_state_it(read: Any, write: Any) -> None:
    told = read(write(HEAD + ROW))
    assert told.punches["tz"].isna().all() and set(told.punches["tz_basis"]) == {"unknown"}
    assert told.facts.timezone is None and "time_zone" in told.lacks


def test_labels_are_read_like_field_names_and_other_tables_are_not_claimed() -> None:
    assert OdooAttendance().sniff(Head(text='"Employee","Check In","Check Out","Worked Hours"\n'))
    assert OdooAttendance().sniff(Head(text=HEAD))
    assert not OdooAttendance().sniff(Head(text="id,employee_id,check_in\n"))
    assert not OdooAttendance().sniff(Head(text="check_in,check_out\n"))


def test_two_times_of_one_row_may_both_be_refused(read: Any, write: Any) -> None:
    wrong = '"2","卢志远","2026-13-03 00:21:07","2569-03-03 09:32:15"\n'
    told = read(write(HEAD + ROW + wrong), accept_refused=True)
    assert told.refused[["row", "sub", "why"]].to_numpy().tolist() == [
        [3, 0, "unreadable_time"],
        [3, 1, "implausible_year"],
    ]
    assert (told.rows_source, told.rows_parsed, told.rows_rejected, told.rows_non_record) == (5, 2, 2, 1)


def test_an_empty_beginning_is_refused_and_never_passed_over(read: Any, write: Any) -> None:
    told = read(write(HEAD + ROW + '"2","卢志远","","2026-03-03 09:33:11"\n'), accept_refused=True)
    assert list(told.refused["why"]) == ["unreadable_time"] and told.rows_parsed == 3


@pytest.mark.parametrize(
    ("line", "why"), [('"2","","2026-03-03 00:21:07",""\n', "no_employee"), ('"2","x"\n', "too_few_fields")]
)
def test_a_row_that_cannot_be_taken_is_refused_once(line: str, why: str) -> None:
    told = rows(HEAD + line)
    assert [(one.kind, one.row, one.sub, one.why) for one in told[1:]] == [("refused", 2, 0, why)]
