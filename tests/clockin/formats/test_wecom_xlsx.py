from __future__ import annotations

from typing import Any

import pytest

from tests.clockin.grids import book, sheet
from toolkit.clockin.files.sheets import Sheet
from toolkit.clockin.formats import Head, RawRow
from toolkit.clockin.formats.wecom_xlsx import WecomXlsx
from toolkit.errors import ReadingError

TITLE = "统计时间:03-01 ～ 03-31     制表时间:2026-04-01 09:20(UTC+8)"
TOP = ["时间", "姓名", "账号", "考勤概况", "", "", "外出打卡", "", "上班1", "", "下班1", "", "打卡时间记录", "打卡详情"]
LEAVES = [
    "",
    "",
    "",
    "最早",
    "最晚",
    "打卡次数(次)",
    "最早",
    "最晚",
    "打卡时间",
    "打卡状态",
    "打卡时间",
    "打卡状态",
    "",
    "",
]
SINGLE = [
    "日期",
    "姓名",
    "账号",
    "打卡类型",
    "应打卡时间",
    "实际打卡时间",
    "打卡状态",
    "打卡地点",
    "打卡设备",
    "备注",
    "图片",
]
DAY = "2026/03/03 星期二"
PLACE = "某某社区居委会;智慧考勤机"


def days(*rows: list[Any], title: str = TITLE) -> Sheet:
    return sheet([["概况统计与打卡明细"], [title], TOP, LEAVES, *rows], "概况")


def day(
    listed: str, first: str = "--", last: str = "--", count: Any = "--", *, out: str = "--", on: str = DAY,
    shifts: tuple[str, str, str, str] = ("--", "--", "--", "--"), who: str = "acct1001", told: str = PLACE,
) -> list[Any]:  # fmt: skip
    return [on, "沈玉兰", who, first, last, count, out, "--", *shifts, listed, told]


def single(*rows: list[Any]) -> Sheet:
    return sheet([["打卡详情"], [TITLE], SINGLE, *rows], "打卡详情")


def record(
    time: str, words: str = "正常", way: str = "上班打卡", device: str = "智慧考勤机", remark: str = "--"
) -> list[Any]:
    return [DAY, "沈玉兰", "acct1001", way, "08:30", time, words, "某某社区居委会", device, remark, "--"]


def rows(*sheets: Sheet) -> list[RawRow]:
    return list(WecomXlsx().rows(book(*sheets)))


def of_day(row: list[Any]) -> list[RawRow]:
    told = rows(days(row))
    assert [one.kind for one in told[:4]] == ["non-record"] * 4
    return told[4:]


def test_every_time_of_the_list_is_an_assertion_and_what_the_row_repeats_is_none() -> None:
    shifts = ("08:21", "正常", "17:32", "早退5分钟")
    told = of_day(day("08:21 12:00 13:02 17:32", "08:21", "17:32", 4, shifts=shifts))
    assert [(row.sub, row.at[11:], row.details["direction"]) for row in told] == [
        (0, "08:21:00", "in"), (1, "12:00:00", ""), (2, "13:02:00", ""), (3, "17:32:00", "out"),
    ]  # fmt: skip
    assert {(row.kind, row.result, row.record_kind, row.precision_s) for row in told} == {
        ("punch", "pass", "raw_event", 60.0)
    }
    assert [row.details["flags"] for row in told] == [[]] * 4
    assert (told[0].employee_id, told[0].time_text) == ("acct1001", f"{DAY} 08:21")


def test_two_clock_ins_of_one_minute_are_two_and_neither_is_said_to_be_the_shift_s() -> None:
    told = of_day(day("08:21 08:21 17:32", count=3, shifts=("08:21", "正常", "17:32", "正常")))
    assert [row.details["direction"] for row in told] == ["", "", "out"]


@pytest.mark.parametrize(("count", "flags"), [(2, []), (3, ["count_differs"]), ("--", []), ("2次", [])])
def test_the_list_is_held_against_the_number_that_the_row_states(count: Any, flags: list[str]) -> None:
    told = of_day(day("08:21 17:32", count=count))
    assert [row.details["flags"] for row in told] == [flags, flags]


def test_what_the_list_lacks_is_taken_from_the_rest_of_the_row() -> None:
    told = of_day(day("08:21", "08:20", "17:40", 1, shifts=("08:21", "正常", "17:35", "补卡")))
    assert [(row.at[11:16], row.details["column"], row.record_kind) for row in told] == [
        ("08:21", "打卡时间记录", "raw_event"),
        ("17:35", "下班1/打卡时间", "makeup"),
        ("08:20", "考勤概况/最早", "daily_slot"),
        ("17:40", "考勤概况/最晚", "daily_slot"),
    ]
    assert [row.terminal_id for row in told] == [None, "(makeup)", None, None]
    # A list that is empty differs from the number stated as well.
    assert [row.details["flags"] for row in of_day(day("--", "08:20", "17:40", 2))] == [["count_differs"]] * 2


def test_outings_are_no_clock_ins_at_the_terminal_though_their_columns_have_the_same_names() -> None:
    told = of_day(day("08:21", "08:21", "08:21", 1, out="10:05"))
    assert [(row.at[11:16], row.credential, row.terminal_id, row.details["column"]) for row in told] == [
        ("08:21", "unknown", None, "打卡时间记录"),
        ("10:05", "remote", "(remote)", "外出打卡/最早"),
    ]


def asked(text: str, **row: Any) -> list[RawRow]:
    """A row of days with a column of what was applied for, in the place of the first outing."""
    top, cells = ([*TOP[:6], "假勤申请", *TOP[7:]], day("08:41", **row))
    leaves = [*LEAVES[:6], "", *LEAVES[7:]]
    cells[6] = text
    return rows(sheet([["概况统计与打卡明细"], [TITLE], top, leaves, cells], "概况"))[4:]


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("补卡03/03 17:35", ["2026-03-03T17:35:00"]),
        ("补卡03/03 17:35\n补卡03/04 00:12", ["2026-03-03T17:35:00", "2026-03-04T00:12:00"]),
        ("补卡03/09 17:35", []),  # of another day: told in the row of that day, if anywhere
        ("外出03/03 17:35", []),
        ("补卡03/03", []),
    ],
)
def test_a_make_up_that_was_applied_for_is_an_assertion_of_its_own(text: str, made_up: list[str]) -> None:
    first, *others = asked(text)
    assert (first.at, first.record_kind) == ("2026-03-03T08:41:00", "raw_event")
    assert [one.at for one in others] == made_up
    told = {(one.record_kind, one.credential, one.result, one.terminal_id, one.precision_s) for one in others}
    assert told <= {("makeup", "manual", "unknown", "(makeup)", 60.0)}
    assert all(one.details["approval_id"] == text and "device_name" not in one.details for one in others)
    assert first.details["假勤申请"] == text


def test_a_make_up_that_a_slot_shows_is_told_once() -> None:
    told = asked("补卡03/03 17:35", shifts=("08:41", "正常", "17:35", "补卡"))
    assert [(one.at[11:16], one.record_kind) for one in told] == [("08:41", "raw_event"), ("17:35", "makeup")]


def test_a_time_of_the_next_day_moves_and_says_so() -> None:
    told = of_day(day("17:32 次日00:12", count=2))
    assert [(row.at, row.details["work_date"], row.details["flags"]) for row in told] == [
        ("2026-03-03T17:32:00", "2026-03-03", []),
        ("2026-03-04T00:12:00", "2026-03-03", ["next_day"]),
    ]


def test_a_day_without_a_clock_in_is_no_record() -> None:
    (row,) = of_day(day("--", shifts=("--", "缺卡", "--", "缺卡")))
    assert row.kind == "non-record" and of_day(day("", on="2026/03/03 星期三"))[0].kind == "non-record"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (day("08:21 17:32", on="2026/03/03 星期三"), "weekday_differs"),
        (day("08:21", on="03/03 星期二"), "unreadable_time"),
        (day("08:21", on="26/03/03 星期二"), "two_digit_year"),
        (day("08:21", who="--"), "no_employee"),
        (day("25:21"), "unreadable_time"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_the_reason(row: list[Any], why: str) -> None:
    (told,) = of_day(row)
    assert (told.kind, told.why, told.row, told.sheet) == ("refused", why, 5, "概况")


def test_the_device_is_told_where_the_cell_holds_one() -> None:
    (row,) = of_day(day("08:21", told="某某社区居委会;考勤机M2_CQZ7000000001"))
    assert (row.terminal_id, row.details["打卡地点"]) == ("CQZ7000000001", "某某社区居委会")
    (row,) = of_day(day("08:21", told="甲;机1\n乙;机2"))
    assert row.terminal_id is None and "device_name" not in row.details


def test_single_clock_ins_tell_schedule_kind_and_device() -> None:
    late, missed, made_up = (
        record("08:41", "迟到11分钟"),
        record("--", "缺卡"),
        record("08:30", "补卡", remark="忘打卡"),
    )
    outing, phone = record("09:00", way="外出打卡"), record("08:41", "地点异常", device="iPhone 15")
    told = rows(single(late, missed, made_up, outing, phone))[3:]
    assert [(row.kind, row.record_kind, row.result, row.credential, row.terminal_id) for row in told] == [
        ("punch", "raw_event", "pass", "unknown", None),
        ("non-record", "raw_event", "unknown", "unknown", None),
        ("punch", "makeup", "unknown", "manual", "(makeup)"),
        ("punch", "raw_event", "pass", "remote", "(remote)"),
        ("punch", "raw_event", "unknown", "remote", "iPhone 15"),
    ]
    assert told[0].details["scheduled"] == "2026-03-03 08:30" and told[0].details["direction"] == "in"
    assert told[2].details["edit_reason"] == "忘打卡"


@pytest.mark.parametrize(
    ("zone", "told"),
    [("(UTC+8)", "+08:00"), ("(UTC-3)", "-03:00"), ("（GMT+05:30）", "+05:30"), ("(UTC+99)", None), ("", None)],
)
def test_the_head_states_the_zone(zone: str, told: str | None) -> None:
    facts = WecomXlsx().facts(book(days(day("08:21"), title=TITLE.replace("(UTC+8)", zone))))
    assert facts.timezone == told
    assert (facts.period, facts.made_at) == ("2026-03-01/2026-03-31", "2026-04-01 09:20")


def test_two_heads_with_different_zones_state_none() -> None:
    facts = WecomXlsx().facts(book(days(day("08:21"), title=TITLE.replace("+8", "+7")), single(record("08:21"))))
    assert facts.timezone is None


def test_what_the_workbook_lacks_is_told() -> None:
    assert WecomXlsx().facts(book(days(day("08:21")))).lacks == ("device", "photos")
    assert WecomXlsx().facts(book(single(record("08:21")))).lacks == ("device",)
    assert WecomXlsx().facts(book(single(record("08:21", device="M2_CQZ7000000001")))).lacks == ()


def test_columns_of_another_customer_are_found_by_their_paths() -> None:
    top = ["账号", "姓名", "时间", "打卡时间记录", "加班统计", "考勤概况", ""]
    leaves = ["", "", "", "", "最早", "打卡次数(次)", "最早"]
    told = rows(sheet([top, leaves, ["acct1001", "沈玉兰", DAY, "08:21", "19:00", 1, "08:21"]]))[2:]
    assert [(row.at, row.details["flags"]) for row in told] == [("2026-03-03T08:21:00", [])]


def test_other_tables_are_not_claimed() -> None:
    for headings in (TOP[:3], SINGLE[:4], ["时间", "姓名", "账号", "考勤概况"]):
        assert not WecomXlsx().sniff(Head(sheets=(sheet([headings, ["x"] * 4]),)))
    with pytest.raises(ReadingError) as nothing:
        rows(sheet([["姓名"]]))
    assert nothing.value.code == "records_no_rows"
