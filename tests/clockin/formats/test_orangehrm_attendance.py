from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.orangehrm_attendance import OrangehrmAttendance

HEAD = (
    "employee_id,punch_in_utc_time,punch_in_note,punch_in_time_offset,punch_in_user_time,"
    "punch_out_utc_time,punch_out_note,punch_out_time_offset,punch_out_user_time,state\n"
)
IN, OUT = "2026-03-03 00:21:07,,8,2026-03-03 08:21:07", "2026-03-03 09:32:15,,8,2026-03-03 17:32:15"
ROW = f"1001,{IN},{OUT},PUNCHED OUT\n"


def rows(text: str) -> list[RawRow]:
    return list(OrangehrmAttendance().rows(Source(name="records.csv", content=text.encode())))[1:]


def test_the_time_that_the_user_saw_is_taken_with_its_offset() -> None:
    assert OrangehrmAttendance().sniff(Head(text=HEAD + ROW))
    come, gone = rows(HEAD + ROW)
    assert [(one.row, one.sub, one.time_text, one.zone, one.details["direction"]) for one in (come, gone)] == [
        (2, 0, "2026-03-03 08:21:07", "+08:00", "in"),
        (2, 1, "2026-03-03 17:32:15", "+08:00", "out"),
    ]
    assert come.raw == ROW.rstrip()


@pytest.mark.parametrize(
    ("utc", "offset", "local", "zone"),
    [
        ("2026-03-03 02:51:07", "5.5", "2026-03-03 08:21:07", "+05:30"),
        ("2026-03-03 02:36:07", "5.75", "2026-03-03 08:21:07", "+05:45"),
        ("2026-03-03 11:51:07", "-3.50", "2026-03-03 08:21:07", "-03:30"),
        ("2026-03-03 00:21:07", "+08:00", "2026-03-03 08:21:07", "+08:00"),
        ("2026-03-02 20:21:07", "12", "2026-03-03 08:21:07", "+12:00"),
        ("2026-03-03 08:21:07", "0", "2026-03-03 08:21:07", "+00:00"),
        ("2026-03-03 00:21:07", "8", "2026-03-03 08:21", "+08:00"),  # the coarser one leaves its seconds open
    ],
)
def test_offsets_of_parts_of_an_hour_and_to_the_west(utc: str, offset: str, local: str, zone: str) -> None:
    (told,) = rows(f"{HEAD}1001,{utc},,{offset},{local},,,,,PUNCHED IN\n")
    assert (told.kind, told.zone) == ("punch", zone)


@pytest.mark.parametrize(
    ("come", "why"),
    [
        ("2026-03-03 00:21:07,,9,2026-03-03 08:21:07", "zone_contradicts"),
        ("2026-03-03 00:21:07,,8,2026-03-03 08:21:09", "zone_contradicts"),
        ("2026-03-03 00:21:07,,8.3,2026-03-03 08:39:07", "zone_contradicts"),  # no zone is 18 minutes past
        ("2026-03-02 17:21:07,,15,2026-03-03 08:21:07", "zone_contradicts"),
        ("2026-03-03 00:21:07,,,2026-03-03 08:21:07", "zone_contradicts"),
        ("2026-03-03 00:21:07,,Asia,2026-03-03 08:21:07", "zone_contradicts"),
        (",,8,2026-03-03 08:21:07", "unreadable_time"),
        (",,,", "unreadable_time"),
        ("2026-03-03 00:21:07,,8,2569-03-03 08:21:07", "implausible_year"),
    ],
)
def test_three_tellings_that_do_not_agree_are_refused_and_the_other_event_is_kept(come: str, why: str) -> None:
    told = rows(f"{HEAD}1001,{come},{OUT},PUNCHED OUT\n")
    assert [(one.kind, one.sub, one.why) for one in told] == [("refused", 0, why), ("punch", 1, "")]


def test_an_end_that_has_not_come_is_none_and_one_that_is_gone_is_missed() -> None:
    assert len(rows(f"{HEAD}1001,{IN},,,,,PUNCHED IN\n")) == 1
    told = rows(f"{HEAD}1001,{IN},,,,,PUNCHED OUT\n")
    assert [(one.kind, one.sub, one.why) for one in told] == [("punch", 0, ""), ("refused", 1, "unreadable_time")]


def test_rows_without_an_employee_or_with_moved_cells_are_refused(read: Any, write: Any) -> None:
    text = HEAD + ROW + ROW.replace("1001", "") + ROW.replace(",,8", ",a,b,8", 1)
    told = read(write(text), accept_refused=True)
    assert list(told.refused["why"]) == ["no_employee", "too_many_fields"]
    assert set(told.punches["tz_basis"]) == {"explicit"} and "time_zone" not in told.lacks


def test_other_tables_are_not_claimed() -> None:
    assert not OrangehrmAttendance().sniff(Head(text=HEAD.replace("punch_out_utc_time", "x")))
