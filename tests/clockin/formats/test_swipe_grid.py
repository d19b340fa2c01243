from __future__ import annotations

from typing import Any

import pytest

from tests.clockin.grids import book, sheet
from toolkit.clockin.files.sheets import Sheet
from toolkit.clockin.formats import Head, RawRow
from toolkit.clockin.formats.swipe_grid import SwipeGrid
from toolkit.errors import ReadingError

PERSON = ["工 号:", "", "00042", "", "姓 名:", "", "沈玉兰", "部 门:", "综合办"]


def grid(*rows: list[Any], period: str = "2026-03-01 ~ 03-31", days: list[Any] | None = None) -> Sheet:
    head = [["刷 卡 记 录 表"], [], ["考勤日期：", "", period, "", "制表时间：", "", "2026/4/1"]]
    return sheet([*head, days or list(range(1, 32)), *rows], "刷卡记录")


def swipes(**cells: str) -> list[str]:
    """Cells by day of the month: ``d3`` is the third column."""
    return [cells.get(f"d{number}", "") for number in range(1, 32)]


def rows(*sheets: Sheet) -> list[RawRow]:
    return list(SwipeGrid().rows(book(*sheets)))


def body(*lines: list[Any], **head: Any) -> list[RawRow]:
    return rows(grid(*lines, **head))[4:]


def test_each_time_of_a_cell_is_one_assertion_of_a_minute_on_the_day_of_its_column() -> None:
    person, *told = body(PERSON, swipes(d3="08:21\n17:32\n", d31="08:05"))
    assert (person.kind, person.employee_id, person.details["name"], person.row) == ("person", "00042", "沈玉兰", 5)
    assert [(row.kind, row.row, row.sub, row.at, row.precision_s) for row in told] == [
        ("punch", 6, 0, "2026-03-03T08:21:00", 60.0),
        ("punch", 6, 1, "2026-03-03T17:32:00", 60.0),
        ("punch", 6, 2, "2026-03-31T08:05:00", 60.0),
    ]
    assert {(row.employee_id, row.details["name"], row.details["部门"], row.result) for row in told} == {
        ("00042", "沈玉兰", "综合办", "pass")
    }


def test_a_time_after_midnight_stays_on_its_day_unless_the_cell_says_otherwise() -> None:
    _, early, late = body(PERSON, swipes(d3="00:12 次日 00:15"))
    assert (early.at, early.details["flags"]) == ("2026-03-03T00:12:00", [])
    assert (late.at, late.details["flags"], late.details["work_date"]) == (
        "2026-03-04T00:15:00", ["next_day"], "2026-03-03",
    )  # fmt: skip


def test_a_person_without_swipes_is_kept_and_the_row_of_swipes_is_no_record() -> None:
    assert [row.kind for row in body(PERSON, swipes(), PERSON, swipes(d1="08:00"))] == [
        "person", "non-record", "person", "punch",
    ]  # fmt: skip
    assert [row.kind for row in body(PERSON, swipes(d1="休", d2="旷工"))] == ["person", "non-record"]


def test_a_second_row_of_swipes_belongs_to_nobody_who_is_named() -> None:
    told = body(PERSON, swipes(d1="08:00"), swipes(d2="08:01"), ["备注：无"])
    assert [(row.kind, row.why) for row in told[1:]] == [("punch", ""), ("refused", "no_employee"), ("non-record", "")]


def test_what_is_no_time_is_refused_beside_those_that_are() -> None:
    told = body(PERSON, swipes(d1="08:00 ?? 25:00 17:00"))[1:]
    assert [(row.kind, row.sub, row.time_text) for row in told] == [
        ("punch", 0, "08:00"), ("refused", 1, "??"), ("refused", 2, "25:00"), ("punch", 3, "17:00"),
    ]  # fmt: skip


def test_the_month_of_a_period_across_two_months_is_told_by_the_day_number() -> None:
    days = [*range(21, 32), *range(1, 21)]
    told = body(PERSON, ["08:00", *[""] * 29, "08:01"], days=days, period="2025-12-21 ~ 01-20")[1:]
    assert [row.at[:10] for row in told] == ["2025-12-21", "2026-01-20"]


@pytest.mark.parametrize(
    ("period", "cells"),
    [
        ("2026-04-01 ~ 04-30", {"d31": "08:00"}),
        ("2026-03-01 ~ 04-30", {"d30": "08:00"}),
        ("", {"d30": "08:00"}),
        ("三月", {"d30": "08:00"}),
    ],
)
def test_a_day_that_the_period_has_not_once_cannot_be_placed(period: str, cells: dict[str, str]) -> None:
    (told,) = body(PERSON, swipes(**cells), period=period)[1:]
    assert (told.kind, told.why, told.employee_id) == ("refused", "day_unplaced", "00042")


def test_swipes_outside_the_columns_of_days_are_refused() -> None:
    (told,) = body(PERSON, [*swipes(), "08:00"])[1:]
    assert told.why == "day_unplaced"


@pytest.mark.parametrize(("number", "why"), [("", "no_employee"), ("1.004E+03", "shortened_id")])
def test_swipes_of_a_person_whose_number_is_lost_are_refused(number: str, why: str) -> None:
    told = body(["工号:", number, "姓名:", "沈玉兰"], swipes(d3="08:21"))
    assert told[1].why == why and told[0].kind == ("person" if number else "non-record")


def test_labels_may_hold_their_values_and_stand_anywhere() -> None:
    told = body(["", "姓名：沈玉兰", "部门:", "工号：00042"], swipes(d3="08:21"))
    assert (told[1].employee_id, told[1].details["name"], told[1].details["部门"]) == ("00042", "沈玉兰", "")


def test_the_head_tells_period_and_making() -> None:
    facts = SwipeGrid().facts(book(sheet([["考勤汇总表"]], "考勤汇总"), grid(PERSON, swipes(d3="08:21"))))
    assert (facts.period, facts.made_at, facts.timezone) == ("2026-03-01/2026-03-31", "2026/4/1", None)


def test_other_sheets_are_no_records_and_other_workbooks_not_claimed() -> None:
    other = sheet([["考勤汇总表"], ["工号", "姓名"], ["1", "2"]], "考勤汇总")
    told = rows(other, grid(PERSON, swipes(d3="08:21")))
    assert [row.kind for row in told if row.sheet == "考勤汇总"] == ["non-record"] * 3
    assert len(told) == 3 + 4 + 2
    assert not SwipeGrid().sniff(Head(sheets=(other,)))
    assert not SwipeGrid().sniff(Head(sheets=(grid(["姓名", "08:00"]),)))
    with pytest.raises(ReadingError) as nothing:
        rows(other)
    assert nothing.value.code == "records_no_rows"
