"""Workbooks and pages become tables of cells; a hostile one is refused before it is opened."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from tests.clockin.workbooks import workbook
from toolkit.clockin.files.sheets import NUMBER, TEXT, Cell, Sheet, sheets_of
from toolkit.errors import ReadingError

PAGE = """<html><body><table><tr><td colspan="2">Title</td></tr></table>
<table><tr><td>'1001</td><td>08:21</td></tr>
<td>'1002</td><td>08:41</td></tr></table></body></html>"""

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def wide(name: str) -> bytes:
    """A name as a compound file lists it."""
    return name.encode("utf-16-le") + bytes(64 - 2 * len(name))


def texts(content: bytes) -> list[list[list[str]]]:
    return [[sheet.texts(row) for row in range(1, len(sheet.rows) + 1)] for sheet in sheets_of(content, "x.xls")]


def test_a_row_whose_opening_tag_is_missing_is_not_lost() -> None:
    assert texts(PAGE.encode()) == [[["Title", ""]], [["'1001", "08:21"], ["'1002", "08:41"]]]


def test_text_and_other_files_have_no_sheets() -> None:
    assert sheets_of(b"a,b\n1,2\n", "x.csv") == () and sheets_of(b"\x89PNG", "x.png") == ()


def test_a_number_is_told_from_a_text_and_merged_cells_show_what_stands_in_the_first(shared: Path) -> None:
    content = (shared / "clockin-samples/13_dingtalk_每日统计.xlsx").read_bytes()
    daily = next(sheet for sheet in sheets_of(content, "13.xlsx") if sheet.name == "每日统计")
    assert [daily.rows[4][column].kind for column in (3, 7)] == [TEXT, NUMBER]
    assert daily.texts(1)[0] == daily.texts(1)[5] == "每日统计表 统计日期：2026-03-03 至 2026-03-03"


def test_an_old_workbook_is_read_whatever_it_is_called(shared: Path) -> None:
    content = (shared / "clockin-samples/18_刷卡记录_grid.xls").read_bytes()
    assert "刷卡记录" in [sheet.name for sheet in sheets_of(content, "really.xlsx")]


def test_a_workbook_is_read_by_its_streams_and_may_be_called_et(shared: Path) -> None:
    content = (shared / "clockin-samples/18_刷卡记录_grid.xls").read_bytes()
    assert sheets_of(content, "grid.et") == sheets_of(content, "grid.xls") != ()


def test_of_two_sheets_of_one_name_neither_stands_for_the_other() -> None:
    content = workbook({"March": [["first"]], "April": [["second"]]})
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'name="April"', b'name="March"'))
    with pytest.raises(ReadingError) as refused:
        sheets_of(packed.getvalue(), "x.xlsx")
    assert (refused.value.code, refused.value.facts["sheet"]) == ("records_sheet_twice", "March")


def test_a_workbook_that_would_fill_the_memory_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b"0" * (32 * 2**20))
    with pytest.raises(ReadingError) as refused:
        sheets_of(packed.getvalue(), "x.xlsx")
    assert refused.value.code == "records_workbook_swollen"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 cut off", "records_workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "records_workbook_damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "records_workbook_locked",
        ),
        (COMPOUND + wide("Root Entry") + wide("ETData") + bytes(600), "records_workbook_other"),
        (COMPOUND + wide("Root Entry") + wide("Workbook") + bytes(600), "records_workbook_damaged"),
    ],
)
def test_a_damaged_or_locked_workbook_is_told_as_that(content: bytes, code: str) -> None:
    with pytest.raises(ReadingError) as refused:
        sheets_of(content, "x.xlsx")
    assert refused.value.code == code


def test_all_rows_are_filled_as_each_row_is() -> None:
    rows = tuple(tuple(Cell(f"{row}{column}") for column in "abcd") for row in range(1, 7))
    merged = ((1, 0, 3, 0), (2, 1, 2, 5), (3, 2, 9, 3), (9, 0, 9, 1))
    sheet = Sheet(name="x", rows=rows, merged=merged)
    assert list(sheet.filled()) == [sheet.texts(row) for row in range(1, 7)]
    assert sheet.texts(3) == ["1a", "3b", "3c", "3c"] and sheet.texts(2)[1:] == ["2b"] * 5


def test_many_merged_ranges_cost_no_more_than_many_rows() -> None:
    rows = tuple((Cell("a"), Cell("b")) for _ in range(30_000))
    sheet = Sheet(name="x", rows=rows, merged=tuple((row, 0, row, 1) for row in range(1, 30_001)))
    began = time.process_time()
    assert sum(1 for row in sheet.filled() if row == ["a", "a"]) == 30_000
    assert time.process_time() - began < 5
