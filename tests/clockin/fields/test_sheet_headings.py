"""Columns are found by the path of their headings, whether cells are merged in the file or not."""

from __future__ import annotations

import pytest

from tests.clockin.grids import sheet
from toolkit.clockin.fields.sheet_headings import headed
from toolkit.errors import ReadingError

TWO_ROWS = [
    ["概况"],
    ["时间", "姓名", "考勤概况", "", "外出打卡", ""],
    ["", "", "最早", "最晚", "最早", "最晚"],
    ["2026/03/03", "沈玉兰", "08:21", "17:32", "--", ""],
]
MERGED = ((2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 2, 5))


@pytest.mark.parametrize("merged", [MERGED, ()])
def test_a_leaf_that_stands_under_two_groups_is_told_by_its_path(merged: tuple[tuple[int, int, int, int], ...]) -> None:
    head = headed(sheet(TWO_ROWS, merged=merged), ("时间", "姓名"))
    assert head is not None and (head.first, head.last) == (2, 3)
    assert [head.column("考勤概况", "最晚"), head.column("外出打卡", "最早"), head.column("姓名")] == [3, 4, 1]
    cells = head.sheet.rows[3]
    assert head.told(cells, "考勤概况", "最早") == "08:21"
    assert (
        head.told(cells, "外出打卡", "最早") == head.told(cells, "外出打卡", "最晚") == head.told(cells, "没有") == ""
    )
    assert head.title() == "概况"


def test_one_heading_row_is_followed_by_records_at_once() -> None:
    head = headed(sheet([["时间", " 姓 名 "], ["2026/03/03", "沈玉兰"]]), ("时间", "姓名"))
    assert head is not None and (head.first, head.last) == (1, 1)
    assert [head.is_heading(number, row) for number, row in enumerate(head.sheet.rows, 1)] == [True, False]


def test_headings_that_are_said_again_on_the_next_page_are_headings() -> None:
    rows = [["时间", "姓名"], ["2026/03/03", "沈玉兰"], ["时间", "姓名"]]
    head = headed(sheet(rows), ("时间", "姓名"))
    assert head is not None and head.is_heading(3, head.sheet.rows[2])


def test_headings_are_looked_for_in_the_first_rows_only_and_all_are_needed() -> None:
    assert headed(sheet([["x"]] * 10 + [["时间", "姓名"]]), ("时间", "姓名")) is None
    assert headed(sheet([["时间"], ["姓名"]]), ("时间", "姓名")) is None


def test_a_path_that_two_columns_have_is_refused_when_it_is_asked_for() -> None:
    head = headed(sheet([["时间", "姓名", "备注", "备注"], ["", "", "", ""]]), ("时间", "姓名"))
    assert head is not None and head.column("姓名") == 1
    with pytest.raises(ReadingError) as twice:
        head.column("备注")
    assert twice.value.code == "table_column_twice"
