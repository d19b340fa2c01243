from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.clockin.files.tabular import (
    clean_cell,
    clean_id,
    guess_delimiter,
    physical_lines,
    read_table,
    records,
    shape_fault,
    usual_cells,
)
from toolkit.errors import ReadingError

HEADINGS = {"who": ("who", "谁"), "note": ("note",)}


def test_lines_are_divided_where_csv_divides_them_and_nowhere_else() -> None:
    text = "a\u2028b\r\nc\x85d\ne\x0cf\rg"
    assert [line.rstrip("\r\n") for line in physical_lines(text)] == ["a\u2028b", "c\x85d", "e\x0cf", "g"]
    assert [record.raw for record in records(text, ",", "f")] == ["a\u2028b", "c\x85d", "e\x0cf", "g"]


def test_a_record_of_several_lines_is_named_by_its_first_and_keeps_its_text() -> None:
    told = list(records('h\r\n"a\r\nb",1\r\nlast,2\r\n', ",", "f"))
    assert [(one.row, one.raw) for one in told] == [(1, "h"), (2, '"a\r\nb",1'), (4, "last,2")]


def test_broken_quotes_in_one_line_spoil_that_row_only() -> None:
    told = list(records('a,1\n"b"x,2\nc,3\n', ",", "f"))
    assert [(one.row, one.broken, one.raw) for one in told] == [
        (1, False, "a,1"),
        (2, True, '"b"x,2'),
        (3, False, "c,3"),
    ]


def test_an_open_quote_that_swallows_rows_is_refused_with_its_row() -> None:
    with pytest.raises(ReadingError) as caught:
        list(records('a,1\nb,"2\nc,3\nd,4\n', ",", "list.csv"))
    assert caught.value.code == "table_open_quote"
    assert "list.csv" in str(caught.value) and "row 2" in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ("'00042", "00042"),
        ('="00042"', "00042"),
        ('"00042"', "00042"),
        (" 00042 ", "00042"),
        ("１００１", "1001"),
        ("NA", "NA"),
        ("null", "null"),
        ("None", "None"),
        ("=1+1", "=1+1"),
        ("", ""),
    ],
)
def test_spreadsheet_guards_go_and_everything_else_stays(cell: str, cleaned: str) -> None:
    assert clean_cell(cell) == cleaned


@pytest.mark.parametrize(
    ("cell", "cleaned"), [("1005.0", "1005"), ("A.0", "A.0"), ("1005.10", "1005.10"), ("007", "007")]
)
def test_only_the_decimal_that_a_table_program_adds_leaves_an_id(cell: str, cleaned: str) -> None:
    assert clean_id(cell) == cleaned


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_mark_that_stands_most_often(delimiter: str) -> None:
    assert guess_delimiter(delimiter.join(["who", "note", "x"])) == delimiter


def test_a_small_table_is_read_by_its_headings_in_any_order_and_case(write) -> None:
    path = write("\r\n 额外 ; NOTE ;谁\r\n1;NA;'007\r\n\r\n2;;8\r\n", encoding="gb18030")
    assert list(read_table(path, HEADINGS, needed=("who",))) == [
        (3, {"who": "007", "note": "NA"}),
        (5, {"who": "8", "note": ""}),
    ]


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("note,x\na,b\n", "table_columns_missing", "who"),
        ("who,谁\na,b\n", "table_column_twice", "who"),
        ("who,note\na,b,c\n", "table_row_broken", "row 2"),
        ('who,note\nx,y\n"a"b,c\n', "table_row_broken", "row 3"),
    ],
)
def test_a_small_table_that_cannot_be_read_surely_is_refused(write, text: str, code: str, told: str) -> None:
    path = write(text, "small.csv")
    with pytest.raises(ReadingError) as caught:
        list(read_table(path, HEADINGS, needed=("who",)))
    assert caught.value.code == code
    assert told in str(caught.value) and "small.csv" in str(caught.value)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(",\t;|"))
def test_any_table_that_csv_wrote_is_read_back_cell_by_cell(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(table)
    told = list(records(out.getvalue(), delimiter, "f"))
    assert [list(one.cells) for one in told] == table
    assert [one.row for one in told] == list(range(1, len(table) + 1))


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("1,2,3\n", ""),
        ("1,2,3", ""),
        ("1,2", "cut_row"),
        ("1", "cut_row"),
        ('1,2,"3', "cut_row"),
        ('1,"2"2,3', "broken_quotes"),
        ("1,2\n", ""),  # the third cell is not needed
        ("1\n", "too_few_fields"),
        ('1,2,"3\n', "broken_quotes"),
        ("1,2,3,4", "too_many_fields"),
    ],
)
def test_a_row_that_ends_early_is_cut_only_where_the_file_ends_without_the_end_of_its_line(last: str, why: str) -> None:
    *_, record = table = list(records(f"a,b,c\n7,8,9\n7,8,9\n{last}", ",", "f"))
    assert shape_fault(record, 2, 3, usual_cells(table)) == why


def test_rows_that_are_all_short_are_not_cut() -> None:
    *_, record = table = list(records("a,b,c\n7,8\n7,8\n1,2", ",", "f"))
    assert shape_fault(record, 2, 3, usual_cells(table)) == ""


@given(st.text(alphabet="ab\r\n\u2028\x85\x0c", max_size=40))
def test_lines_are_those_of_the_csv_reader(text: str) -> None:
    assert physical_lines(text) == io.StringIO(text, newline="").readlines()
