"""Context tables: every row understood or refused, unknown kinds kept, ids as they stand, nobody joined by a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.clockin.workbooks import DATE, DATE_TIME, As, workbook
from toolkit.clockin.beside import context, context_rows
from toolkit.clockin.beside.context import ContextRead, differ_in_zeros, read_context
from toolkit.clockin.beside.context_words import HEADINGS, KINDS, UNKNOWN, kind_of_word
from toolkit.errors import ReadingError

HEAD = "employee_id,kind,from,to,note,source"
Read = Callable[..., ContextRead]


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch) -> Read:
    """``read_context`` without the child process; answers still pass through JSON."""

    def ask(function: str, arguments: dict[str, Any], limits: object) -> Any:
        assert function == "toolkit.clockin.beside.context_rows:context_to_json"
        return json.loads(json.dumps(context_rows.context_to_json(**json.loads(json.dumps(arguments)))))

    monkeypatch.setattr(context.sandbox, "ask", ask)
    return lambda path, **stated: read_context(path, **{"exhibit_id": "E-0005", **stated})


def rows_of(read: ContextRead) -> list[dict[str, Any]]:
    return read.records.to_dict("records")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize(
    "heading", [HEAD, "工号,类型,开始时间,结束时间,备注,来源", "员工编号,类别,开始日期,结束日期,说明,出处"]
)
def test_one_table_is_read_under_headings_of_both_languages_in_every_encoding(
    write: Any, take: Read, heading: str, encoding: str
) -> None:
    text = f"{heading}\r\n'0012,出差,2026-03-03,2026/3/4,县里,甲\r\n1003,leave,2026-03-03 08:00,2026-03-03 12:00,,\r\n"
    read = take(write(text, "context.csv", encoding))
    first, second = rows_of(read)
    assert (first["employee_id"], first["kind"], first["kind_text"]) == ("0012", "field_visit", "出差")
    assert (first["from_local"], first["to_local"]) == ("2026-03-03T00:00:00", "2026-03-05T00:00:00")
    assert (first["whole_days"], second["whole_days"]) == (True, False)
    assert (second["from_local"], second["to_local"]) == ("2026-03-03T08:00:00", "2026-03-03T12:00:00")
    assert read.records["tz"].isna().all()
    assert (read.rows_source, read.rows_parsed, read.rows_refused) == (2, 2, 0)


def test_the_tables_that_the_simulation_writes_are_understood(write: Any, take: Read) -> None:
    path = write("employee_id,kind,first_day,last_day,note\n2004,field_visit,2026-03-03,2026-03-03,Visit\n")
    assert [(one["employee_id"], one["kind"], one["to_local"]) for one in rows_of(take(path))] == [
        ("2004", "field_visit", "2026-03-04T00:00:00")
    ]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("请假", "leave"), ("年假（已批准）", "leave"), ("Annual Leave", "leave"), ("值班", "duty"),
        ("外勤", "field_visit"),
        ("公出", "field_visit"), ("business trip", "field_visit"), ("补卡", "off_site_record"),
        ("make-up", "off_site_record"),
        ("设备故障", "device_fault"), ("在岗证明", "presence"), ("制度", "policy"), ("来函", "correspondence"),
        ("人脸录入", "enrolment_test"), ("enrollment test", "enrolment_test"),
        ("出入口", "entrance"), ("侧门", "entrance"),
        ("走测", "detection_test"), ("detection_test", "detection_test"), ("团建", UNKNOWN), ("", UNKNOWN),
    ],
)  # fmt: skip
def test_words_of_kinds(word: str, kind: str) -> None:
    assert kind_of_word(word).kind == kind


def test_every_kind_names_itself_and_no_heading_belongs_to_two_columns() -> None:
    assert all(kind_of_word(kind).kind == kind for kind in KINDS)
    every = [heading for names in HEADINGS.values() for heading in names]
    assert len(every) == len(set(every))


def test_an_unknown_kind_is_kept_and_told(write: Any, take: Read) -> None:
    read = take(write(f"{HEAD}\n1001,团建,2026-03-03,,,\n1002,leave,2026-03-03,,,\n"))
    assert read.kinds() == {"leave": 1, UNKNOWN: 1}
    assert read.rows_parsed == 2
    assert [(one.code, one.facts) for one in read.oddities] == [
        ("context_kind_unknown", {"text": "团建", "rows": 1, "row": 2})
    ]


@pytest.mark.parametrize(
    ("first", "last", "stretch"),
    [
        ("2026-03-03", "", ("2026-03-03T00:00:00", "2026-03-04T00:00:00")),
        ("20260303", "20260305", ("2026-03-03T00:00:00", "2026-03-06T00:00:00")),
        ("2026年3月3日", "2026年3月3日", ("2026-03-03T00:00:00", "2026-03-04T00:00:00")),
        ("2026-03-03 上午", "2026-03-03 上午", ("2026-03-03T00:00:00", "2026-03-03T12:00:00")),
        ("2026-03-03 下午", "2026-03-04 上午", ("2026-03-03T12:00:00", "2026-03-04T12:00:00")),
        ("2026-03-03 09:00", "2026-03-04", ("2026-03-03T09:00:00", "2026-03-05T00:00:00")),
        ("2026-03-03 下午2:30", "2026-03-03 17:00:30", ("2026-03-03T14:30:00", "2026-03-03T17:00:30")),
        ("2026-03-03 09:00", "2026-03-03 09:00", ("2026-03-03T09:00:00", "2026-03-03T09:01:00")),
    ],
)
def test_a_date_alone_is_the_whole_day_and_a_time_is_that_time(
    write: Any, take: Read, first: str, last: str, stretch: tuple[str, str]
) -> None:
    (row,) = rows_of(take(write(f"{HEAD}\n1001,leave,{first},{last},,\n")))
    assert (row["from_local"], row["to_local"]) == stretch


def test_an_offset_is_kept_a_stated_zone_is_taken_and_none_is_assumed(write: Any, take: Read) -> None:
    text = f"{HEAD}\n1001,leave,2026-03-03T08:00:00+08:00,2026-03-03T09:00:00+08:00,,\n1002,leave,2026-03-03,,,\n"
    path = write(text)
    assert take(path).records["tz"].fillna("").to_list() == ["+08:00", ""]
    assert take(path, timezone="Asia/Shanghai").records["tz"].to_list() == ["+08:00", "Asia/Shanghai"]
    with pytest.raises(ReadingError) as caught:
        take(path, timezone="Peking")
    assert caught.value.code == "timezone_unknown"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1001,leave,2026-03-05,2026-03-03,,", "from_after_to"),
        ("1001,leave,2026-03-03 12:00,2026-03-03 08:00,,", "from_after_to"),
        ("1001,leave,soon,,,", "unreadable_time"),
        ("1001,leave,,2026-03-03,,", "unreadable_time"),
        ("1001,leave,2026-13-03,,,", "unreadable_time"),
        ("1001,leave,2569-03-03,,,", "implausible_year"),
        ("1.001E+03,leave,2026-03-03,,,", "shortened_id"),
        ("1001,leave,2026-03-03T08:00+08:00,2026-03-03T09:00,,", "zones_differ"),
        (",detection_test,2026-03-03,,,", "test_numbers"),
        ("1001,leave,2026-03-03,,,,more", "too_many_fields"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_number_and_counted(
    write: Any, take: Read, line: str, why: str
) -> None:
    path = write(f"{HEAD}\n1002,leave,2026-03-03,,,\n{line}\n", "leave.csv")
    with pytest.raises(ReadingError, match=r"leave\.csv.*3: ") as caught:
        take(path)
    assert caught.value.code == "context_rows_refused" and caught.value.what("zh")
    read = take(path, accept_refused=True)
    assert (read.rows_source, read.rows_parsed, read.rows_refused) == (2, 1, 1)
    assert [(one["row"], one["why"]) for one in read.refused.to_dict("records")] == [(3, why)]
    assert [one["employee_id"] for one in rows_of(read)] == ["1002"]
    assert {"code": "rows_refused", "facts": {"rows": 1}} in [
        {"code": one.code, "facts": one.facts} for one in read.oddities
    ]


def test_a_table_that_is_cut_in_its_last_row_does_not_lose_that_row_in_silence(write: Any, take: Read) -> None:
    path = write(f"{HEAD}\n1001,leave,2026-03-03,2026-03-04,a,b\n1002,leave,2026-03-03,2026-03")
    with pytest.raises(ReadingError) as caught:
        take(path)
    assert caught.value.code == "context_rows_refused"
    assert take(path, accept_refused=True).refused["why"].to_list() == ["cut_row"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f"{HEAD}\n", "context_empty"),
        ("employee_id,hours\n1001,8\n", "context_no_headings"),
        ("Dear Sir,\nwe were on a visit that day.\n", "context_no_headings"),
        ("employee_id,kind,from,to\n1001,假,2026-03-03,\n".encode("big5") + b"\xff\xfe\x81", "records_encoding"),
        (b"%PDF-1.7 \x00\x01", "records_not_text_pdf"),
        (b"", "file_empty"),
        ("employee_id,kind,from,from\n1001,leave,2026-03-03,\n", "table_column_twice"),
        ("employee_id,kind,from\n1001,leave,03/04/2026\n", "date_order_undecided"),
        (b"PK\x03\x04 cut in the middle", "records_workbook_damaged"),
    ],
)
def test_what_is_no_context_table_is_refused_by_its_cause(write: Any, take: Read, content: Any, code: str) -> None:
    with pytest.raises(ReadingError) as caught:
        take(write(content, "context.csv"))
    assert caught.value.code == code
    assert caught.value.advice("en") and caught.value.advice("zh")


def test_the_order_of_day_and_month_may_be_stated(write: Any, take: Read) -> None:
    path = write("employee_id,kind,from\n1001,leave,03/04/2026\n")
    assert rows_of(take(path, mapping={"date_order": "dmy"}))[0]["from_local"] == "2026-04-03T00:00:00"


def test_a_table_with_names_alone_is_refused_for_two_people_may_share_one(write: Any, take: Read) -> None:
    with pytest.raises(ReadingError) as caught:
        take(write("姓名,类型,开始日期\n李明,请假,2026-03-03\n"))
    assert caught.value.code == "context_names_only"


def test_two_people_of_one_name_stay_apart_by_their_ids(write: Any, take: Read) -> None:
    text = "工号,姓名,类型,开始日期\n1006,李明,请假,2026-03-03\n1012,李明,值班,2026-03-03\n"
    read = take(write(text))
    assert [(one["employee_id"], one["kind"]) for one in rows_of(read)] == [("1006", "leave"), ("1012", "duty")]


def test_an_empty_id_is_everybody_and_for_a_leave_that_is_noted(write: Any, take: Read) -> None:
    read = take(write(f"{HEAD}\n,设备故障,2026-03-03,,,\n,leave,2026-03-03,,,\n"))
    assert read.records["employee_id"].to_list() == ["", ""]
    assert [(one.code, one.facts) for one in read.oddities] == [("context_for_everybody", {"rows": 1, "row": 3})]


def test_ids_that_differ_in_zeros_are_two_and_it_is_said(write: Any, take: Read) -> None:
    read = take(write(f"{HEAD}\n007,leave,2026-03-03,,,\n7,duty,2026-03-03,,,\n"))
    assert sorted(read.records["employee_id"]) == ["007", "7"]
    assert [(one.code, one.facts) for one in read.oddities] == [("ids_differ_in_zeros", {"ids": "007, 7"})]
    assert differ_in_zeros({"0042"}, {"42", "1001"}) == ["0042, 42"]
    assert differ_in_zeros({"1001"}, {"007", "7"}) == []


def test_several_people_in_one_cell_are_several_rows_of_one_row(write: Any, take: Read) -> None:
    read = take(write(f'{HEAD}\n1001、1002,出差,2026-03-03,,,\n"1003, 1001",值班,2026-03-03,,,\n'))
    assert [(one["row"], one["sub"], one["employee_id"]) for one in rows_of(read)] == [
        (2, 0, "1001"), (2, 1, "1002"), (3, 0, "1003"), (3, 1, "1001"),
    ]  # fmt: skip
    assert read.rows_parsed == 2


def test_rows_of_people_out_of_scope_are_dropped_and_counted(write: Any, take: Read) -> None:
    read = take(write(f"{HEAD}\n1001,leave,2026-03-03,,,\n1002,leave,2026-03-03,,,\n"), scope=frozenset({"1001"}))
    assert read.records["employee_id"].to_list() == ["1001"]
    assert read.oddities[0].code == "out_of_scope"


def test_a_workbook_is_read_with_its_dates_and_an_id_that_was_a_number_is_told(write: Any, take: Read) -> None:
    rows = [
        ["2026年3月 请假汇总"],
        ["工号", "类型", "开始时间", "结束时间"],
        ["007", "病假", As(46084, DATE), As(46085, DATE)],
        [8, "外勤", As(46084.375, DATE_TIME), As(46084.5, DATE_TIME)],
    ]
    read = take(write(workbook({"Sheet1": rows}), "leave.xlsx"))
    assert [(one["employee_id"], one["row"], one["from_local"], one["to_local"]) for one in rows_of(read)] == [
        ("007", 3, "2026-03-03T00:00:00", "2026-03-05T00:00:00"),
        ("8", 4, "2026-03-03T09:00:00", "2026-03-03T12:00:00"),
    ]
    assert [(one.code, one.facts) for one in read.oddities] == [("id_was_number", {"rows": 1, "row": 4})]
    with pytest.raises(ReadingError) as caught:
        take(write(workbook({"a": rows, "b": rows}), "two.xlsx"))
    assert caught.value.code == "mapping_sheet"


def test_entrances_and_tests_of_detection_carry_what_was_stated(write: Any, take: Read) -> None:
    head = "kind,from,to,camera,covered,seen,of"
    lines = ("entrance,2026-03-01,2026-03-31,,all,,", "侧门,2026-03-01,2026-03-31,,,,", "走测,2026-03-02,,cam-1,,18,20")
    told = rows_of(take(write("\n".join((head, *lines, "")))))
    assert [one["covered"] for one in told] == ["all", "no", ""]
    assert (told[2]["camera"], told[2]["seen"], told[2]["passes"]) == ("cam-1", 18, 20)
