from __future__ import annotations

from typing import Any

import pytest

from tests.clockin.grids import book, sheet
from toolkit.clockin.files.sheets import NUMBER, SPAN, WHEN, Cell, Sheet
from toolkit.clockin.formats import Head, RawRow
from toolkit.clockin.formats.dingtalk_xlsx import DingtalkXlsx
from toolkit.errors import ReadingError

TITLES = [["每日统计表 统计日期：2026-03-01 至 2026-03-31"], ["报表生成时间：2026-04-01 09:12"]]
DAILY = ["姓名", "UserId", "日期", "上班1打卡时间", "上班1打卡结果", "下班1打卡时间", "下班1打卡结果", "关联的审批单"]
SINGLE = [
    "姓名",
    "UserId",
    "考勤日期",
    "考勤时间",
    "打卡时间",
    "打卡结果",
    "打卡图片1",
    "打卡图片2",
    "打卡设备",
    "管理员修改备注",
]
DAY = "26-03-03 星期二"


def daily(*rows: list[Any]) -> Sheet:
    return sheet([*TITLES, DAILY, *rows], "每日统计")


def slots(*values: Any, day: str = DAY, who: Any = "u1001") -> list[Any]:
    return ["沈玉兰", who, day, *values]


def single(*rows: list[Any]) -> Sheet:
    return sheet([*TITLES, SINGLE, *rows], "原始记录")


def record(
    time: Any, words: str = "正常", device: str = "", note: str = "", planned: str = "2026-03-03 08:30"
) -> list[Any]:
    return ["沈玉兰", "u1001", DAY, planned, time, words, "p1", "p2", device, note]


def rows(*sheets: Sheet, **mapping: Any) -> list[RawRow]:
    return list(DingtalkXlsx().rows(book(*sheets, **mapping)))


def body(*sheets: Sheet, **mapping: Any) -> list[RawRow]:
    return [row for row in rows(*sheets, **mapping) if row.row > 3]


def test_each_filled_slot_is_one_assertion_of_a_minute_and_the_others_are_none() -> None:
    told = body(
        daily(
            slots("08:21", "正常", "", "缺卡"), slots("", "缺卡", "--", "请假"), slots("08:21", "正常", "17:32", "早退")
        )
    )
    assert [(row.kind, row.row, row.sub, row.at) for row in told] == [
        ("punch", 4, 0, "2026-03-03T08:21:00"),
        ("non-record", 5, 0, ""),
        ("punch", 6, 0, "2026-03-03T08:21:00"),
        ("punch", 6, 1, "2026-03-03T17:32:00"),
    ]
    first, last = told[0], told[3]
    assert (first.employee_id, first.precision_s, first.record_kind, first.zone) == ("u1001", 60.0, "daily_slot", None)
    assert [row.details["direction"] for row in (first, last)] == ["in", "out"]
    assert (
        first.time_text == f"{DAY} 08:21"
        and first.raw == '["沈玉兰", "u1001", "26-03-03 星期二", "08:21", "正常", "", "缺卡"]'
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("正常", ("pass", "daily_slot", "unknown")),
        ("迟到", ("pass", "daily_slot", "unknown")),
        ("严重迟到", ("pass", "daily_slot", "unknown")),
        ("外勤", ("pass", "daily_slot", "remote")),
        ("补卡审批通过", ("unknown", "makeup", "manual")),
        ("管理员改为正常", ("unknown", "manual_edit", "manual")),
        ("打卡无效：此记录已被更新", ("unknown", "daily_slot", "unknown")),
        ("某种新结果", ("unknown", "daily_slot", "unknown")),
        ("", ("unknown", "daily_slot", "unknown")),
    ],
)
def test_the_result_beside_a_slot_says_what_it_is_and_an_unknown_one_is_no_pass(
    words: str, told: tuple[str, ...]
) -> None:
    (row,) = body(daily(slots("08:21", words)))
    assert (row.result, row.record_kind, row.credential) == told
    assert ("declared_invalid" in row.details["flags"]) == words.startswith("打卡无效")


def test_the_approval_belongs_to_the_slot_that_was_made_up() -> None:
    told = body(daily(slots("08:41", "迟到", "17:35", "补卡审批通过", "补卡申请03-03 17:35")))
    assert [row.details.get("approval_id") for row in told] == [None, "补卡申请03-03 17:35"]
    assert [row.terminal_id for row in told] == [None, "(makeup)"]


def test_a_time_of_the_next_day_moves_and_the_day_of_work_stays() -> None:
    (row,) = body(daily(slots("", "", "次日 00:12", "正常")))
    assert (row.at, row.details["work_date"]) == ("2026-03-04T00:12:00", "2026-03-03")
    assert set(row.details["flags"]) == {"next_day", "two_digit_year"} and row.time_text.endswith("次日 00:12")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (slots("08:21", day="26-03-03 星期三"), "weekday_differs"),
        (slots("08:21", day="26-04-07 星期二"), "outside_period"),
        (slots("08:21", day=""), "unreadable_time"),
        (slots("8点", day=DAY), "unreadable_time"),
        (slots(Cell("0.347916666666667", NUMBER)), "unreadable_time"),
        (slots("08:21", who=""), "no_employee"),
        (slots("08:21", who=Cell("2.35082122263112e+16", NUMBER)), "shortened_id"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_the_reason(row: list[Any], why: str) -> None:
    (told,) = body(daily(row))
    assert (told.kind, told.why, told.row, told.sheet) == ("refused", why, 4, "每日统计")


def test_one_time_that_cannot_be_read_does_not_take_the_other_with_it() -> None:
    told = body(daily(slots("8点21", "正常", "17:32", "正常")))
    assert [(row.kind, row.sub, row.why) for row in told] == [("refused", 0, "unreadable_time"), ("punch", 1, "")]


def test_seconds_that_a_spreadsheet_adds_are_not_stated_by_the_platform() -> None:
    (row,) = body(daily(slots(Cell("8:21:00", SPAN), "正常")))
    assert (row.at, row.precision_s) == ("2026-03-03T08:21:00", 60.0)
    (row,) = body(single(record(Cell("2026-03-03 08:21:00", WHEN))))
    assert (row.at, row.precision_s) == ("2026-03-03T08:21:00", 60.0)


def test_headings_of_slots_may_stand_in_two_rows_and_in_any_order() -> None:
    table = [*TITLES, ["日期", "UserId", "下班1", "", "上班1", "", "姓名"],
             ["", "", "打卡时间", "打卡结果", "打卡时间", "打卡结果", ""],
             [DAY, "u1001", "17:32", "正常", "08:21", "迟到", "沈玉兰"]]  # fmt: skip
    told = [row for row in rows(sheet(table, "任意")) if row.kind != "non-record"]
    assert [(row.details["slot"], row.details["direction"], row.details["打卡结果"]) for row in told] == [
        ("下班1", "out", "正常"),
        ("上班1", "in", "迟到"),
    ]


def test_in_single_records_the_scheduled_time_is_not_the_clock_in() -> None:
    (row,) = body(single(record("2026-03-03 08:41", "迟到", "智能考勤机 M2_CQZ7000000001")))
    assert (row.at, row.details["scheduled"], row.record_kind) == (
        "2026-03-03T08:41:00",
        "2026-03-03 08:30",
        "raw_event",
    )
    assert (row.terminal_id, row.details["device_name"]) == ("CQZ7000000001", "智能考勤机 M2_CQZ7000000001")
    assert (row.details["photo_ref"], row.credential, row.result) == ("p1 p2", "unknown", "pass")
    (row,) = body(single(record("08:41", planned="08:30")))
    assert (row.at, row.details["scheduled"]) == ("2026-03-03T08:41:00", "2026-03-03 08:30")


def test_a_note_of_an_administrator_makes_the_row_an_edit() -> None:
    (row,) = body(single(record("2026-03-03 08:30", note="忘带手机")))
    assert (row.record_kind, row.credential, row.result) == ("manual_edit", "manual", "unknown")
    assert row.details["edit_reason"] == "忘带手机" and row.terminal_id == "(manual_edit)"


def test_a_phone_is_no_terminal_and_a_kind_of_device_names_none() -> None:
    phone = record("2026-03-03 08:41", device="手机_f3ab00000000")
    kind = record("2026-03-03 08:42", device="智能考勤机")
    told = body(single(phone, kind, record("2026-03-03 08:43", "外勤")))
    assert [(row.terminal_id, row.credential) for row in told] == [
        ("手机_f3ab00000000", "remote"),
        (None, "unknown"),
        ("(remote)", "remote"),
    ]
    assert [row.details.get("device_serial") for row in told] == ["", "", ""]


def test_single_records_of_nothing_are_no_records_and_dates_are_held_against_the_day() -> None:
    told = body(single(record(""), record("未打卡", "缺卡"), record("2026-03-04 00:12"), record("2026-03-09 08:21")))
    assert [row.kind for row in told] == ["non-record", "non-record", "punch", "punch"]
    assert [sorted(row.details["flags"]) for row in told[2:]] == [
        ["next_day", "two_digit_year"],
        ["two_digit_year", "work_date_differs"],
    ]


def test_both_sheets_are_kept_and_other_sheets_hold_no_records() -> None:
    other = sheet([["月度汇总"], ["姓名", "出勤天数"], ["沈玉兰", 21]], "月度汇总")
    told = rows(other, daily(slots("08:21", "正常")), single(record("2026-03-03 08:21")))
    assert [(row.sheet, row.kind) for row in told if row.row > 2] == [
        ("月度汇总", "non-record"),
        ("每日统计", "non-record"),
        ("每日统计", "punch"),
        ("原始记录", "non-record"),
        ("原始记录", "punch"),
    ]
    assert len(told) == 3 + 4 + 4


def test_people_are_known_by_one_column_in_all_sheets() -> None:
    by_number = [
        [("工号" if cell == "UserId" else cell) for cell in row]
        for row in [*TITLES, SINGLE, record("2026-03-03 08:21")]
    ]
    with pytest.raises(ReadingError) as undecided:
        rows(daily(slots("08:21")), sheet(by_number, "原始记录"))
    assert undecided.value.code == "mapping_needed" and "dingtalk_xlsx" in undecided.value.advice("en")
    told = body(daily(slots("08:21")), sheet(by_number, "原始记录"), employee_id="姓名")
    assert {row.employee_id for row in told} == {"沈玉兰"}
    for stated, code in (("没有", "mapping_heading"), (7, "mapping_value")):
        with pytest.raises(ReadingError) as wrong:
            rows(daily(slots("08:21")), employee_id=stated)
        assert wrong.value.code == code


def test_a_slot_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ReadingError) as twice:
        rows(sheet([[*DAILY, "上班1打卡时间"], [*slots("08:21", "", "", "", ""), "08:22"]]))
    assert twice.value.code == "table_column_twice"


def test_the_titles_tell_period_and_making_and_never_a_zone() -> None:
    facts = DingtalkXlsx().facts(book(daily(slots("08:21")), single(record("2026-03-03 08:21"))))
    assert (facts.period, facts.made_at, facts.timezone) == ("2026-03-01/2026-03-31", "2026-04-01 09:12", None)
    assert facts.lacks == ()
    assert "middle_punches" in DingtalkXlsx().facts(book(daily(slots("08:21")))).lacks


def test_without_a_title_the_weekday_alone_confirms_a_short_year() -> None:
    told = rows(sheet([DAILY, slots("08:21", "正常"), slots("08:21", "正常", day="26-03-03")]))
    assert [(row.kind, row.why) for row in told[1:]] == [("punch", ""), ("refused", "two_digit_year")]


def test_other_tables_are_not_claimed() -> None:
    for headings in (["姓名", "工号", "日期", "打卡时间"], ["姓名", "日期"], ["UserId", "上班1打卡时间"]):
        assert not DingtalkXlsx().sniff(Head(sheets=(sheet([headings, ["x"] * 4]),)))
    with pytest.raises(ReadingError) as nothing:
        rows(sheet([["姓名"]]))
    assert nothing.value.code == "records_no_rows"
