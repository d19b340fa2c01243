"""Declared tables in workbooks and pages: the same clock-ins as in text, and cells of other kinds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clockin.workbooks import CLOCK, DATE, DATE_TIME, As, workbook
from toolkit.clockin.files.sheets import sheets_of
from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.declared_csv import DeclaredCsv
from toolkit.errors import ReadingError

HEAD = ["工号", "姓名", "打卡时间"]
TEXTS = [HEAD, ["00042", "沈玉兰", "2026-03-03 08:21:49"], ["43", "卢志远", "2026-03-03 08:22"]]
# 46084 days after the end of 1899 is 3 March 2026; .36226851852 of a day is 08:41:40.
SERIAL = 46084.36226851852


def rows(content: bytes, **mapping: Any) -> list[RawRow]:
    return list(DeclaredCsv().rows(Source(name="list.xlsx", content=content, mapping=mapping)))


def punches(content: bytes, **mapping: Any) -> list[RawRow]:
    return [row for row in rows(content, **mapping) if row.kind == "punch"]


def refused(content: bytes, **mapping: Any) -> list[tuple[int, str]]:
    return [(row.row, row.why) for row in rows(content, **mapping) if row.kind == "refused"]


def refusal(content: bytes, **mapping: Any) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        rows(content, **mapping)
    assert "list.xlsx" in caught.value.what("en") and "list.xlsx" in caught.value.what("zh")
    return caught.value


def claimed(content: bytes) -> bool:
    return DeclaredCsv().sniff(Head(content=content, sheets=sheets_of(content, "x")))


def test_a_sheet_of_texts_holds_what_the_same_table_holds_as_text() -> None:
    content = workbook({"记录": TEXTS})
    told = punches(content)
    assert [(one.sheet, one.row, one.employee_id, one.time_text) for one in told] == [
        ("记录", 2, "00042", "2026-03-03 08:21:49"),
        ("记录", 3, "43", "2026-03-03 08:22"),
    ]
    assert told[0].raw == '["00042", "沈玉兰", "2026-03-03 08:21:49"]' and told[0].details["name"] == "沈玉兰"
    text = "\n".join(",".join(line) for line in TEXTS).encode()
    as_text = list(DeclaredCsv().rows(Source(name="list.csv", content=text)))
    assert [(one.kind, one.row, one.employee_id, one.time_text) for one in as_text] == [
        (one.kind, one.row, one.employee_id, one.time_text) for one in rows(content)
    ]


def test_one_sheet_with_plain_headings_is_claimed_and_two_are_asked_about() -> None:
    assert claimed(workbook({"A": TEXTS, "empty": []}))
    assert not claimed(workbook({"A": TEXTS, "B": TEXTS}))
    assert not claimed(workbook({"A": [["No.", "Name", "When"], *TEXTS[1:]]}))
    two = workbook({"三月": TEXTS, "四月": TEXTS[:2]})
    asked = refusal(two)
    assert asked.code == "mapping_sheet" and "三月, 四月" in str(asked)
    assert [one.sheet for one in punches(two, sheet="四月")] == ["四月"]
    assert refusal(two, sheet="五月").code == "mapping_sheet"


def test_a_page_is_a_table_too() -> None:
    page = "<html><table><tr><td>PIN<td>Time<tr><td>'042<td>2026-03-03 08:21:49</table></html>"
    assert [(one.sheet, one.row, one.employee_id) for one in punches(page.encode())] == [("table 1", 2, "042")]


def test_a_cell_that_is_a_date_is_one_and_a_date_and_a_time_beside_it_make_one_stamp() -> None:
    told = punches(workbook({"S": [HEAD, ["1", "x", As(SERIAL, DATE_TIME)]]}))
    assert [(one.at, one.precision_s, one.time_text) for one in told] == [
        ("2026-03-03T08:41:40", 1.0, "2026-03-03 08:41:40")
    ]
    parts = [
        ["工号", "日期", "时间"],
        ["1", As(46084, DATE), As(0.36226851852, CLOCK)],
        ["2", As(46084, DATE), "8:22:06"],
    ]
    assert [(one.at, one.precision_s) for one in punches(workbook({"S": parts}))] == [
        ("2026-03-03T08:41:40", 1.0),
        ("2026-03-03T08:22:06", 1.0),
    ]


def test_a_bare_number_is_a_time_only_when_a_person_said_so_and_by_the_count_of_the_workbook() -> None:
    table = [HEAD, ["1", "x", SERIAL], ["2", "x", "46084.36226851852"], ["3", "x", "2026-03-03 08:00:01"]]
    assert refused(workbook({"S": table})) == [(2, "unreadable_time")]  # the text is refused by the reader
    content = workbook({"S": table})
    told = {one.row: one for one in punches(content, excel_dates=True)}
    assert (told[2].at, told[2].time_text, told[2].details["flags"]) == ("2026-03-03T08:41:40", "46084.3622685185", [])
    assert told[3].at == "" and told[3].time_text == "46084.36226851852"
    # In a workbook that counts from 1904 the same number is four years and a day later.
    (later, *_) = punches(workbook({"S": table}, since_1904=True), excel_dates=True)
    assert later.at == "2030-03-04T08:41:40"


@pytest.mark.parametrize(
    ("number", "why"),
    [(-1.5, "unreadable_time"), (1e300, "unreadable_time"), (3.5, "implausible_year"), (46084, "unreadable_time")],
)
def test_a_number_that_is_no_time_of_ours_is_refused(number: float, why: str) -> None:
    assert refused(workbook({"S": [HEAD, ["1", "x", number]]}), excel_dates=True) == [(2, why)]


def test_a_number_between_two_seconds_is_rounded_and_marked() -> None:
    (told,) = punches(workbook({"S": [HEAD, ["1", "x", 46084 + (31300.6 / 86400)]]}), excel_dates=True)
    assert (told.at, told.details["flags"]) == ("2026-03-03T08:41:41", ["excel_rounded"])


def test_a_table_in_which_no_cell_has_seconds_was_written_to_the_minute() -> None:
    minute = 46084 + 501 / 1440
    told = punches(workbook({"S": [HEAD, ["1", "x", As(minute, DATE_TIME)], ["2", "x", As(minute, DATE_TIME)]]}))
    assert [(one.at, one.precision_s) for one in told] == [("2026-03-03T08:21:00", 60.0)] * 2
    told = punches(workbook({"S": [HEAD, ["1", "x", As(minute, DATE_TIME)], ["2", "x", As(SERIAL, DATE_TIME)]]}))
    assert [one.precision_s for one in told] == [1.0, 1.0]


def test_ids_that_a_spreadsheet_spoilt_are_refused_and_numbers_are_marked() -> None:
    time = "2026-03-03 08:21:49"
    table = [
        HEAD,
        [42, "x", time],
        [110101199001011234, "x", time],
        [As(46084, DATE), "x", time],
        ["1.004E+03", "x", time],
    ]
    content = workbook({"S": table})
    assert refused(content) == [(3, "shortened_id"), (4, "shortened_id"), (5, "shortened_id")]
    assert [(one.employee_id, one.details["flags"]) for one in punches(content)] == [("42", ["id_was_number"])]


def test_headings_below_titles_are_found_and_two_rows_of_them_make_paths() -> None:
    table = [["考勤记录表"], [], *TEXTS]
    assert [one.row for one in punches(workbook({"S": table}, merged=("A1:C1",)))] == [4, 5]
    grouped = [["汇总"], ["工号", "上班", "", "下班", ""], ["", "最早", "结果", "最早", "结果"],
               ["1", "2026-03-03 08:21", "正常", "2026-03-03 17:32", "正常"]]  # fmt: skip
    content = workbook({"S": grouped}, merged=("B2:C2", "D2:E2"))
    (told,) = punches(content, heading_rows=2, header_row=2, employee_id="工号", time="下班/最早", result="下班/结果")
    assert (told.row, told.time_text, told.result) == (4, "2026-03-03 17:32", "pass")
    assert refusal(content, header_row=3, employee_id="工号", time="最早").code == "mapping_heading"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"delimiter": ";"}, "mapping_value"),
        ({"excel_dates": "yes"}, "mapping_value"),
        ({"heading_rows": 3}, "mapping_value"),
        ({"sheet": 1}, "mapping_value"),
        ({"header_row": 99}, "records_no_rows"),
    ],
)
def test_a_mapping_that_cannot_be_followed_in_a_workbook_is_refused(mapping: dict[str, Any], code: str) -> None:
    assert refusal(workbook({"S": TEXTS}), **mapping).code == code


def test_entries_for_workbooks_are_refused_for_text() -> None:
    for entry in ({"sheet": "S"}, {"excel_dates": True}):
        with pytest.raises(ReadingError) as caught:
            list(DeclaredCsv().rows(Source(name="x.csv", content=b"pin,time\n1,2026-03-03 08:00\n", mapping=entry)))
        assert caught.value.code == "mapping_value"


def test_a_workbook_of_no_format_is_answered_with_its_sheets_and_the_mapping_to_write(read: Any, write: Any) -> None:
    path = write(workbook({"三月": [["统计"], ["编号", "姓名", "打卡时间"], ["1", "x", "2026-03-03 08:00"]]}), "x.xlsx")
    with pytest.raises(ReadingError) as caught:
        read(path)
    assert caught.value.code == "records_unknown_tables"
    assert '"sheet": "三月"' in caught.value.advice("en") and "编号" in caught.value.what("zh")
    told = read(path, mapping={"sheet": "三月", "employee_id": "编号", "time": "打卡时间"})
    assert list(told.punches["sheet"]) == ["三月"] and told.encoding == "binary"


def test_a_merged_range_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.clockin.fields.workbook_tables.MOST_FILLED", 2)
    assert refusal(workbook({"S": TEXTS}, merged=("A1:C1",))).code == "records_sheet_too_large"
