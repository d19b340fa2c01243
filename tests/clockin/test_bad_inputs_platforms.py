"""Of the thirty inputs that go wrong those that platforms make: pivots, joined times, make-ups, cut exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.clockin.workbooks import workbook
from toolkit.clockin.files.sheets import sheets_of
from toolkit.clockin.reader import RecordsRead

DAILY, SINGLE = "每日统计", "原始记录"


@pytest.fixture
def dingtalk(shared: Path) -> dict[str, list[list[str]]]:
    """The rows of the DingTalk sample by sheet, to be changed and written again."""
    content = (shared / "clockin-samples/13_dingtalk_每日统计.xlsx").read_bytes()
    return {one.name: [[cell.text for cell in row] for row in one.rows] for one in sheets_of(content, "13.xlsx")}


def whole(told: RecordsRead) -> pd.DataFrame:
    assert told.rows_source == told.rows_parsed + told.rows_rejected + told.rows_non_record
    table = told.punches.merge(told.details, on="punch_id", suffixes=("", "_detail"))
    return table.assign(flags=table["flags"].map(json.loads)).sort_values(["sheet", "row", "t_local"])


def test_10_a_daily_pivot_gives_slots_of_a_minute_and_says_what_it_hides(read: Any, write: Any, dingtalk: Any) -> None:
    told = read(write(workbook({DAILY: dingtalk[DAILY]}), "daily.xlsx"))
    table = whole(told)
    assert set(table["record_kind"]) <= {"daily_slot", "makeup"} and set(table["precision_s"]) == {60.0}
    assert {"seconds", "middle_punches", "failures"} <= set(told.lacks)


def test_11_many_times_in_one_cell_are_a_clock_in_each_and_are_counted(read: Any, shared: Path) -> None:
    table = whole(read(shared / "clockin-samples/18_刷卡记录_grid.xls"))
    first = table[table["employee_id"] == "1001"]
    assert first["t_local"].tolist() == ["2026-03-03T08:21:00", "2026-03-03T17:32:00"]
    assert first["row"].nunique() == 1 and first["punch_id"].nunique() == 2


def test_12_a_time_of_the_next_day_is_of_the_next_day(read: Any, write: Any, dingtalk: Any) -> None:
    table = whole(read(write(workbook({DAILY: dingtalk[DAILY]}), "daily.xlsx")))
    late = table[table["t_local"] == "2026-03-04T00:12:00"]
    assert late["flags"].tolist() == [["next_day", "two_digit_year"]]
    assert late["work_date"].tolist() == ["2026-03-03"]


@pytest.mark.parametrize(
    ("date", "why"), [("26-03-04 星期二", "weekday_differs"), ("25-03-04 星期二", "outside_period")]
)
def test_14_a_year_of_two_digits_is_checked_by_weekday_and_period(
    read: Any, write: Any, dingtalk: Any, date: str, why: str
) -> None:
    rows = [list(row) for row in dingtalk[DAILY]]
    column = rows[2].index("日期")
    rows[4][column] = date
    told = read(write(workbook({DAILY: rows}), "daily.xlsx"), accept_refused=True)
    whole(told)
    refused = told.refused[told.refused["row"] == 5]
    assert refused["why"].tolist() == [why]  # neither time of that day is taken


def test_28_make_ups_edits_and_phones_are_told_apart_and_are_no_clock_in_at_the_terminal(
    read: Any, write: Any, dingtalk: Any, shared: Path
) -> None:
    table = whole(read(write(workbook(dingtalk), "both.xlsx")))
    made_up = table[table["record_kind"] == "makeup"]
    assert made_up["terminal_id"].tolist() == ["(makeup)"] and made_up["result"].tolist() == ["unknown"]
    assert (table.loc[table["credential"] == "remote", "terminal_id"] != "CQZ7000000001").all()
    edited = whole(read(shared / "clockin-samples/09_ivms4200_original_records.csv"))
    assert (edited["record_kind"] == "manual_edit").sum() == 1


def test_29_an_export_that_was_cut_off_says_so(read: Any, write: Any, shared: Path) -> None:
    more = read(shared / "clockin-samples/08_hik_AcsEvent.json")
    assert (more.facts.truncated, more.facts.stated_total) == ("more", 48)
    assert "truncated" in more.lacks and "records_truncated" in [one.code for one in more.warnings]
    log = (shared / "clockin-samples/01_zk_1_attlog.dat").read_bytes()
    cut = read(write(log[:-20], "1_attlog.dat"), accept_refused=True)
    whole(cut)
    assert cut.rows_rejected == 1 and cut.rows_source == 12
