from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.files.sheets import sheets_of
from toolkit.clockin.formats import FileFacts, Head, RawRow, Source
from toolkit.clockin.formats.hik_original_records import HikOriginalRecords
from toolkit.errors import ReadingError

HEADINGS = (
    "Person ID,Name,Department,Time,Attendance Status,Attendance Check Point,Custom Name,Data Source,Handling Type,"
    "Temperature,Abnormal"
)
ROW = "'00001001,沈玉兰,社区/综合办,{time},{status},社区大门_Entrance Card Reader1,-,{source},{handling},0.0°C,No"


def line(
    time: str = "2026-03-03 08:21:07", status: str = "Check-in", source: str = "Original Records", handling: str = "-"
) -> str:
    return ROW.format(time=time, status=status, source=source, handling=handling)


def source_of(*lines: str, headings: str = HEADINGS, encoding: str = "gb18030", **mapping: Any) -> Source:
    return Source(name="records.csv", content="\r\n".join((headings, *lines)).encode(encoding), mapping=mapping)


def rows(*lines: str, **stated: Any) -> list[RawRow]:
    return list(HikOriginalRecords().rows(source_of(*lines, **stated)))


def test_a_row_of_the_terminal_keeps_its_number_and_where_it_was_made() -> None:
    heading, row = rows(line())
    assert (heading.kind, row.kind, row.row) == ("non-record", "punch", 2)
    assert (row.employee_id, row.time_text) == ("00001001", "2026-03-03 08:21:07")
    assert (row.terminal_id, row.credential, row.result) == ("社区大门_Entrance Card Reader1", "unknown", "pass")
    assert (row.record_kind, row.details["name"], row.details["direction"]) == ("raw_event", "沈玉兰", "in")
    assert row.raw == line()


@pytest.mark.parametrize(
    ("source", "handling", "kind", "flags"),
    [
        ("Original Records", "-", "raw_event", []),
        ("-", "-", "raw_event", []),
        ("Attendance Handling", "Correction", "manual_edit", []),
        ("Attendance Handling", "-", "manual_edit", []),
        ("Original Records", "Correction", "manual_edit", []),
        ("Imported", "-", "manual_edit", ["data_source_unknown"]),
    ],
)
def test_rows_that_a_person_entered_are_told_by_their_source_and_handling(
    source: str, handling: str, kind: str, flags: list[str]
) -> None:
    row = rows(line(source=source, handling=handling))[1]
    assert (row.record_kind, row.details["flags"]) == (kind, flags)
    assert (row.credential, row.result) == (("unknown", "pass") if kind == "raw_event" else ("manual", "unknown"))
    assert row.details["edit_reason"] == ("" if handling == "-" else handling)


def test_a_file_that_says_nothing_of_changes_lacks_them() -> None:
    chosen = HikOriginalRecords()
    assert chosen.facts(source_of(line(source="-"))) == FileFacts(lacks=("edits",))
    assert chosen.facts(source_of(line(source="-"), line())) == FileFacts()


@pytest.mark.parametrize(
    ("status", "direction"),
    [("Check-out", "out"), ("Break-in", "break_in"), ("Overtime Out", "ot_out"), ("None", None), ("-", None)],
)
def test_the_literal_status_none_is_a_word_and_no_direction(status: str, direction: str | None) -> None:
    details = rows(line(status=status))[1].details
    assert details["direction"] == direction
    assert details["attendance_status"] == ("" if status == "-" else status)


@pytest.mark.parametrize(
    ("times", "read_as", "precision_s"),
    [
        (("2026-03-03 08:21:07",), ["2026-03-03T08:21:07"], 1.0),
        (("03/04/2026 08:21:07", "03/30/2026 08:21:07"), ["2026-03-04T08:21:07", "2026-03-30T08:21:07"], 1.0),
        (("03/04/2026 08:21", "30/04/2026 08:21"), ["2026-04-03T08:21:00", "2026-04-30T08:21:00"], 60.0),
        (("8/3/2026 11:06", "8/30/2026 11:06"), ["2026-08-03T11:06:00", "2026-08-30T11:06:00"], 60.0),
    ],
)
def test_four_orders_of_the_date_are_told_by_the_whole_file(
    read: Any, write: Any, times: tuple[str, ...], read_as: list[str], precision_s: float
) -> None:
    told = read(write("\r\n".join((HEADINGS, *(line(time=time) for time in times))), encoding="gb18030"))
    assert sorted(told.punches["t_local"]) == read_as and set(told.punches["precision_s"]) == {precision_s}
    assert ("seconds" in told.lacks) is (precision_s == 60.0)


def test_an_undecided_order_is_asked_and_can_be_stated() -> None:
    with pytest.raises(ReadingError) as refused:
        rows(line(time="03/04/2026 08:21:07"))
    assert refused.value.code == "date_order_undecided"
    assert rows(line(time="03/04/2026 08:21:07"), date_order="dmy")[1].date_order == "dmy"
    with pytest.raises(ReadingError) as unknown:
        rows(line(), date_order="dym")
    assert unknown.value.code == "date_order_unknown"


def test_a_western_page_of_windows_is_not_read_as_chinese() -> None:
    western = line().replace("沈玉兰", "Müller").replace("社区/综合办", "Büro").replace("社区大门", "Tür")
    with pytest.raises(ReadingError) as refused:
        rows(western, encoding="cp1252")
    assert refused.value.code == "records_ansi_page" and "cp1252" in refused.value.advice("en")
    stated = Source(
        name="x.csv", content=f"{HEADINGS}\r\n{western}".encode("cp1252"), mapping={"encoding": "cp1252"}
    )  # fmt: skip
    assert list(HikOriginalRecords().rows(stated))[1].details["name"] == "Müller"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (line().replace("'00001001", "-"), "no_employee"),
        (line().replace("'00001001", "1.004E+03"), "shortened_id"),
        (line() + ",more", "too_many_fields"),
        ("'00001001,沈玉兰", "too_few_fields"),
        (line().replace("沈玉兰", '"沈"玉兰'), "broken_quotes"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_and_the_others_are_read(text: str, why: str) -> None:
    told = rows(line(), text, "", line())
    assert [(row.kind, row.why) for row in told[1:]] == [
        ("punch", ""), ("refused", why), ("non-record", ""), ("punch", ""),
    ]  # fmt: skip


def test_titles_above_and_headings_between_are_no_records() -> None:
    title = Source(
        name="x.csv", content=f"Original Records Report\r\n\r\n{HEADINGS}\r\n{line()}\r\n{HEADINGS}\r\n".encode()
    )
    assert [row.kind for row in HikOriginalRecords().rows(title)] == [
        "non-record", "non-record", "non-record", "punch", "non-record",
    ]  # fmt: skip


def test_the_variant_of_the_first_heading_is_known() -> None:
    assert rows(line(), headings=HEADINGS.replace("Person ID", "Personal ID"))[1].employee_id == "00001001"


def page(*tables: list[list[str]]) -> str:
    body = "".join(
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
        + "</table>"
        for table in tables
    )
    return f"<html><body>{body}</body></html>"


def cells(employee_id: str) -> list[str]:
    return [employee_id, "沈玉兰", "New Organization", "2026-03-03 08:21:07", "Check-in", *["-"] * 6]


def test_rows_in_tables_of_their_own_stand_under_the_headings_before_them() -> None:
    html = page([["Report"]], [HEADINGS.split(",")], [cells("'1001"), cells("'1002")], [cells("'1003")], [["Total: 3"]])
    html = html.replace("</tr><tr><td>'1002", "</tr><td>'1002")
    told = list(HikOriginalRecords().rows(Source(name="x.xls", content=html.encode())))
    assert [(row.kind, row.sheet, row.row, row.employee_id) for row in told] == [
        ("non-record", "table 1", 1, ""),
        ("non-record", "table 2", 1, ""),
        ("punch", "table 3", 1, "1001"),
        ("punch", "table 3", 2, "1002"),
        ("punch", "table 4", 1, "1003"),
        ("non-record", "table 5", 1, ""),
    ]


def test_the_table_is_the_same_in_a_page_in_one_file_and_in_an_xml_workbook() -> None:
    html = page([HEADINGS.split(",")], [cells("'1001"), cells("'1002")])
    mhtml = f"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{html}"
    inner = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in (HEADINGS.split(","), cells("'1001"), cells("'1002"))
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    book = (
        f"<?xml version='1.0'?><Workbook xmlns='{space}' xmlns:ss='{space}'><Worksheet ss:Name='s'>"
        f"<Table>{inner}</Table></Worksheet></Workbook>"
    )
    for content in (html, mhtml, book):
        told = list(HikOriginalRecords().rows(Source(name="x.xls", content=content.encode())))
        assert [row.employee_id for row in told if row.kind == "punch"] == ["1001", "1002"]


def test_a_short_row_among_the_rows_is_refused_and_not_passed_over() -> None:
    html = page([HEADINGS.split(","), cells("'1001"), ["'1002", "卢志远"], ["'1003"]])
    told = list(HikOriginalRecords().rows(Source(name="x.xls", content=html.encode())))
    assert [row.why for row in told] == ["", "", "too_few_fields", "too_few_fields"]


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (f"{HEADINGS}\r\n{line()}", True),
        (f"Report\r\n{HEADINGS}\r\n", True),
        (HEADINGS.replace(",", "\t"), True),
        (page([["Report"]], [HEADINGS.split(",")]), True),
        ("Person ID,Name,Time\r\n1001,x,2026-03-03 08:21:07", False),
        (page([["Person ID", "Time"]]), False),
        ("", False),
    ],
)
def test_the_table_is_claimed_by_its_headings(content: str, claimed: bool) -> None:
    head = Head(content=content.encode(), text=content, sheets=sheets_of(content.encode(), "x"))
    assert HikOriginalRecords().sniff(head) is claimed
