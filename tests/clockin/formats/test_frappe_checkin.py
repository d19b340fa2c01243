from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.frappe_checkin import FrappeCheckin

LABELS = '"ID","Employee","Employee Name","Log Type","Time","Location / Device ID","Skip Auto Attendance"\n'
FIELDS = "name,employee,employee_name,log_type,time,device_id,skip_auto_attendance\n"
ROW = '"EMP-CKIN-03-2026-000001","HR-EMP-01001","沈玉兰","IN","2026-03-03 08:21:07","CQZ7000000001","0"\n'


def rows(text: str) -> list[RawRow]:
    return list(FrappeCheckin().rows(Source(name="checkin.csv", content=text.encode())))


@pytest.mark.parametrize("heading", [LABELS, FIELDS])
def test_labels_and_field_names_are_read_alike(heading: str) -> None:
    assert FrappeCheckin().sniff(Head(text=heading + ROW))
    head, row = rows(heading + ROW)
    assert (head.kind, row.kind, row.row, row.raw) == ("non-record", "punch", 2, ROW.rstrip())
    assert (row.employee_id, row.time_text, row.terminal_id) == ("HR-EMP-01001", "2026-03-03 08:21:07", "CQZ7000000001")
    assert (row.result, row.credential, row.record_kind) == ("pass", "unknown", "raw_event")
    assert {name: row.details[name] for name in ("name", "direction", "document")} == {
        "name": "沈玉兰", "direction": "in", "document": "EMP-CKIN-03-2026-000001",
    }  # fmt: skip
    assert "seq" not in row.details  # the number of a document is no order of events


@pytest.mark.parametrize(
    "heading", ["Employee,Time\n", "employee,employee,log_type,time,device_id\n", "", "\n", '"a\n']
)
def test_other_headings_are_not_claimed(heading: str) -> None:
    assert not FrappeCheckin().sniff(Head(text=heading))


def test_an_empty_kind_of_log_is_an_unknown_direction_and_an_empty_place_no_terminal() -> None:
    (_, row) = rows(LABELS + ROW.replace('"IN"', '""').replace("CQZ7000000001", ""))
    assert (row.details["direction"], row.terminal_id) == ("unknown", None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (ROW.replace("HR-EMP-01001", ""), "no_employee"),
        (ROW.replace("HR-EMP-01001", "1.004E+03"), "shortened_id"),
        (ROW.replace("沈玉兰", '沈"玉"兰'), "broken_quotes"),
        (ROW.replace('"沈玉兰"', "沈,玉兰"), "too_many_fields"),
        ('"EMP-CKIN-03-2026-000001","HR-EMP-01001"\n', "too_few_fields"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_the_reason(line: str, why: str) -> None:
    told = rows(LABELS + ROW + line + ROW)
    assert [(one.kind, one.row, one.why) for one in told[1:]] == [
        ("punch", 2, ""),
        ("refused", 3, why),
        ("punch", 4, ""),
    ]


def test_fractions_and_dates_of_the_users_order_are_read(read: Any, write: Any) -> None:
    text = LABELS + ROW.replace("08:21:07", "08:21:07.500000")
    assert read(write(text)).punches["precision_s"].iloc[0] == 1e-6
    text = LABELS + ROW.replace("2026-03-03", "13-03-2026") + ROW.replace("2026-03-03", "03-04-2026")
    assert sorted(read(write(text)).punches["t_local"]) == ["2026-03-13T08:21:07", "2026-04-03T08:21:07"]


def test_the_zone_of_the_system_is_asked_for(read: Any, write: Any) -> None:
    told = read(write(LABELS + ROW))
    assert told.facts.questions == ("system_zone",) and "time_zone" in told.lacks and "edits" in told.lacks


def test_a_column_of_the_sites_own_with_a_name_that_means_something_here_stays_text(read: Any, write: Any) -> None:
    text = LABELS.rstrip() + ',"Flags","Seq"\n' + ROW.rstrip() + ',"x","y"\n'
    other = read(write(text)).details["other"].iloc[0]
    assert '"column flags":"x"' in other and '"column seq":"y"' in other
