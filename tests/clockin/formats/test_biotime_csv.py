from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.biotime_csv import BiotimeCsv

HEADING = (
    "No.,Employee ID,First Name,Last Name,Department,Date,Time,Punch State,Verification Method,Card No.,"
    "Device Name,Device SN,Data Sources,Reserved,Reserved 2,Reserved 3\r\n"
)
ROW = "1,1001,沈玉兰,,综合办,13-03-2026,08:21,Check In,Face,0,社区大门,CQZ7000000001,Machine,,,\r\n"


def source(text: str, **mapping: Any) -> Source:
    return Source(name="transaction.csv", content=text.encode("utf-8-sig"), mapping=mapping)


def punch(row: str) -> RawRow:
    _, told = BiotimeCsv().rows(source(HEADING + row))
    return told


def test_a_time_in_minutes_is_a_minute_and_names_nobody(write: Any, read: Any) -> None:
    got = read(write((HEADING + ROW).encode("utf-8-sig")))
    (row,) = got.punches.to_dict("records")
    assert (got.format, row["t_local"], row["precision_s"]) == ("biotime_csv", "2026-03-13T08:21:00", 60.0)
    assert (row["terminal_id"], row["credential"], row["result"]) == ("CQZ7000000001", "face", "pass")
    assert got.lacks == ("seconds", "time_zone", "failures", "photos")
    (told,) = got.details.to_dict("records")
    assert (told["name"], told["direction"], told["device_name"]) == ("沈玉兰", "in", "社区大门")


@pytest.mark.parametrize(
    ("state", "direction"),
    [("Check Out", "out"), ("Break Out", "break_out"), ("Overtime In", "ot_in"), ("Départ", "out"), ("", ""),
     ("Enregistrement", "unknown")],
)  # fmt: skip
def test_coming_and_going_are_read_from_known_words_only(state: str, direction: str) -> None:
    told = punch(ROW.replace("Check In", state))
    assert told.details["direction"] == direction and told.details["punch_state"] == state


@pytest.mark.parametrize(
    ("origin", "kind", "flags", "lacks"),
    [
        ("Machine", "raw_event", [], ()),
        ("Manual", "manual_edit", [], ()),
        ("Gerät", "raw_event", ["source_unread"], ("edits",)),
        ("", "raw_event", [], ("edits",)),
    ],
)
def test_a_row_entered_by_hand_is_told_from_a_row_of_the_terminal(
    origin: str, kind: str, flags: list[str], lacks: tuple[str, ...]
) -> None:
    row = ROW.replace("Machine", origin)
    told = punch(row)
    assert (told.record_kind, told.details["flags"], told.details["data_source"]) == (kind, flags, origin)
    assert BiotimeCsv().facts(source(HEADING + row)).lacks == lacks


def test_first_and_last_name_are_one_name_and_the_number_of_the_export_is_no_sequence() -> None:
    told = punch(ROW.replace("沈玉兰,,", "Yulan,Shen,"))
    assert told.details["name"] == "Yulan Shen" and told.details["export_number"] == "1" and "seq" not in told.details


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (ROW.replace("1001", ""), "no_employee"),
        ("1,1001,沈玉兰\r\n", "too_few_fields"),
        # Cells behind a stray comma stand under the headings of others, though the last ones are empty.
        (ROW.replace("社区大门", "社区,大门"), "too_many_fields"),
    ],
)
def test_a_spoilt_row_is_refused_with_the_reason(row: str, why: str) -> None:
    told = list(BiotimeCsv().rows(source(HEADING + ROW + ROW + row)))
    assert [one.why for one in told] == ["", "", "", why]


def test_rows_that_all_end_in_a_comma_are_whole() -> None:
    ended = ROW.replace("\r\n", ",\r\n")
    assert [row.kind for row in BiotimeCsv().rows(source(HEADING + ended + ended))] == ["non-record", "punch", "punch"]


def test_a_time_that_is_none_is_refused_by_the_reader(write: Any, read: Any) -> None:
    text = HEADING + ROW + ROW.replace("08:21", "25:21")
    got = read(write(text.encode("utf-8-sig")), accept_refused=True)
    assert list(got.refused["why"]) == ["unreadable_time"] and len(got.punches) == 1


def test_other_headings_are_not_claimed() -> None:
    assert BiotimeCsv().sniff(Head(text=HEADING))
    assert not BiotimeCsv().sniff(Head(text="No.,Employee ID,First Name,Date,Time\n1,1001,A,03-03-2026,08:21\n"))
