from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.fields.declared import mapping_example
from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.declared_csv import DeclaredCsv
from toolkit.errors import ReadingError

PLAIN = "工号,姓名,打卡时间\n1001,沈玉兰,2026-03-03 08:21:49\n"


def rows(text: str, **mapping: Any) -> list[RawRow]:
    return list(DeclaredCsv().rows(Source(name="list.csv", content=text.encode(), mapping=mapping)))


def punches(text: str, **mapping: Any) -> list[RawRow]:
    return [row for row in rows(text, **mapping) if row.kind == "punch"]


def refusal(text: str, **mapping: Any) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        rows(text, **mapping)
    assert "list.csv" in caught.value.what("en") and "list.csv" in caught.value.what("zh")
    return caught.value


def test_columns_are_taken_by_the_headings_that_were_declared() -> None:
    text = "Nr;Wer;Wann;Wo;Womit;Ob\n1;00042;03.04.2026 08:21;Tor;FP;ja\n2;43;13.04.2026 08:22;Tor;Auge;nein\n"
    told = punches(
        text,
        employee_id="Wer",
        time="Wann",
        terminal_id="Wo",
        credential="Womit",
        result="Ob",
        pass_values=["JA"],
        fail_values=["nein"],
    )
    assert [(row.employee_id, row.time_text, row.date_order) for row in told] == [
        ("00042", "03.04.2026 08:21", "dmy"),
        ("43", "13.04.2026 08:22", "dmy"),
    ]
    assert [(row.terminal_id, row.credential) for row in told] == [("Tor", "finger"), ("Tor", "unknown (Auge)")]
    assert [(row.result, row.record_kind) for row in told] == [("pass", "raw_event"), ("fail", "failed_attempt")]


@pytest.mark.parametrize(
    "heading",
    [
        "employee_id,time",
        "Employee ID,Punch Time",
        "person id,DateTime",
        "工号,打卡时间",
        "人员编号,时间",
        '\'工号,"打卡时间"',
        "emp_code\ttimestamp",
        "PIN;Date/Time",
    ],
)
def test_plain_headings_in_either_language_need_no_mapping(heading: str) -> None:
    mark = next(mark for mark in ",\t;" if mark in heading)
    text = f"{heading}\n1001{mark}2026-03-03 08:21:49\n"
    assert DeclaredCsv().sniff(Head(text=text))
    (row,) = punches(text)
    assert (row.employee_id, row.time_text, row.result) == ("1001", "2026-03-03 08:21:49", "pass")


@pytest.mark.parametrize(
    "heading",
    [
        "No.,Name,Date/Time",
        "employee_id,name",
        "employee_id,工号,time",
        "employee_id,time,打卡时间",
        "id,employee_id,check_in,check_out",
        "Person ID,Time,Handling Type",  # says which rows a person changed
        '"employee_id,time',
        "",
    ],
)
def test_headings_that_leave_a_question_are_not_claimed(heading: str) -> None:
    assert not DeclaredCsv().sniff(Head(text=f"{heading}\n1,2,3\n"))


def test_a_date_column_and_a_time_column_make_one_stamp() -> None:
    text = "工号,打卡日期,打卡时间\n1001,2026/03/03,08:21:07.125\n1002,2026/03/03,2026/03/04 00:12\n"
    assert [row.time_text for row in punches(text)] == ["2026/03/03 08:21:07.125", "2026/03/04 00:12"]
    assert [
        row.time_text for row in punches(text.replace("打卡", ""), employee_id="工号", date="日期", time="时间")
    ] == [
        "2026/03/03 08:21:07.125",
        "2026/03/04 00:12",
    ]


def test_everything_stays_text_so_that_odd_names_and_zeros_survive() -> None:
    ids = ["NA", "null", "None", "nan", "00042", "'00043", '="00044"', "１００１", "1005.0", "TRUE", "1e5"]
    text = "employee_id,time\n" + "".join(f"{one},2026-03-03 08:21:49\n" for one in ids)
    assert [row.employee_id for row in punches(text)] == [
        "NA", "null", "None", "nan", "00042", "00043", "00044", "1001", "1005", "TRUE", "1e5",
    ]  # fmt: skip


def test_a_list_without_results_holds_clock_ins_and_an_unknown_result_is_never_a_pass() -> None:
    assert punches("employee_id,time\n1,2026-03-03 08:21:49\n")[0].result == "pass"
    text = "employee_id,time,result\n" + "".join(
        f"1,2026-03-03 08:21:49,{told}\n" for told in ("Pass", "失败", "7", "")
    )
    assert [row.result for row in punches(text)] == ["pass", "fail", "unknown", "unknown"]
    # Naming other columns does not hide the results.
    assert [row.result for row in punches(text, employee_id="employee_id")] == ["pass", "fail", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1001", "too_few_fields"),
        (",沈玉兰,2026-03-03 08:21:49", "no_employee"),
        ("',沈玉兰,2026-03-03 08:21:49", "no_employee"),
        ("1.004E+03,沈玉兰,2026-03-03 08:21:49", "shortened_id"),
        ("1001,沈,玉兰,2026-03-03 08:21:49", "too_many_fields"),
        ('1001,"沈"玉兰,2026-03-03 08:21:49', "broken_quotes"),
    ],
)
def test_a_row_that_cannot_be_taken_as_it_stands_is_refused_with_the_reason(line: str, why: str) -> None:
    told = rows(f"{PLAIN}{line}\n1002,卢志远,2026-03-03 08:22:06\n")
    assert [(row.kind, row.row, row.why) for row in told] == [
        ("non-record", 1, ""),
        ("punch", 2, ""),
        ("refused", 3, why),
        ("punch", 4, ""),
    ]
    assert told[2].raw == line


def test_headings_titles_blank_rows_and_repeated_headings_are_no_records() -> None:
    text = f"考勤记录,,\n\n{PLAIN}\n,,\n{PLAIN}"
    assert [row.kind for row in rows(text, header_row=3)] == [
        "non-record", "non-record", "non-record", "punch", "non-record", "non-record", "non-record", "punch",
    ]  # fmt: skip
    assert [row.row for row in rows(text, header_row=3) if row.kind == "punch"] == [4, 8]


def test_a_trailing_delimiter_is_no_further_cell() -> None:
    told = punches("employee_id,time\n1,13/04/2026 08:00,\n2,03/04/2026 08:00,\n")
    assert [row.date_order for row in told] == ["dmy", "dmy"]


def test_the_order_of_dates_is_declared_or_decided_or_asked_for() -> None:
    text = "employee_id,time\n1,03/04/2026 08:00\n2,05/06/2026 08:00\n"
    assert refusal(text).code == "date_order_undecided"
    assert refusal("employee_id,date,time\n1,03-04-2026,08:21\n").code == "date_order_undecided"
    assert {row.date_order for row in punches(text, date_order="mdy")} == {"mdy"}
    assert {row.date_order for row in punches(f"{text}3,13/06/2026 08:00\n")} == {"dmy"}
    assert refusal(f"{text}3,13/06/2026 08:00\n4,06/13/2026 08:00\n").code == "date_order_contradictory"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"employee_id": "编号"}, "mapping_heading"),
        ({"time": "姓名?"}, "mapping_heading"),
        ({"date_order": "ddmmyy"}, "date_order_unknown"),
        ({"date_order": ["dmy"]}, "date_order_unknown"),
        ({"header_row": "1"}, "mapping_value"),
        ({"header_row": 0}, "mapping_value"),
        ({"header_row": True}, "mapping_value"),
        ({"delimiter": ",,"}, "mapping_value"),
        ({"delimiter": 7}, "mapping_value"),
        ({"employee_id": 1}, "mapping_value"),
        ({"pass_values": "ok"}, "mapping_value"),
        ({"header_row": 9}, "records_no_rows"),
        ({"header_row": 2}, "mapping_needed"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_with_what_is_wrong(mapping: dict[str, Any], code: str) -> None:
    assert refusal(PLAIN, **mapping).code == code


def test_a_heading_that_stands_there_twice_cannot_be_declared() -> None:
    assert refusal("工号,时间,时间\n1,2026-03-03 08:00,2026-03-03 08:01\n", time="时间").code == "mapping_heading"


def test_the_example_of_a_mapping_holds_the_headings_that_are_plain() -> None:
    example = mapping_example(["No.", "Date/Time", "'姓名"])
    assert '"time": "Date/Time"' in example and '"employee_id": "..."' in example
    assert '"employee_id": "工号"' in refusal("工号,何时\n1,2026-03-03 08:00\n").advice("zh")
