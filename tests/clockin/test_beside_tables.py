"""What a person who opens the file sees otherwise than the reader is told, and its rows are counted."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest

from tests.clockin.workbooks import workbook
from toolkit.clockin.files.sheets import sheets_of

HEAD = ["employee_id", "time"]
DAY = [HEAD, ["1001", "2026-03-03 08:21:49"], ["1002", "2026-03-03 08:22:07"]]
OTHER = [HEAD, ["1009", "2026-03-03 08:30:12"], [], ["1010", "2026-03-03 08:31:05"]]
BOOK_2003 = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="A"><Table>{}</Table></Worksheet></Workbook>'
)


def told(read: Any, write: Any, content: Any, name: str, **mapping: Any) -> Any:
    return read(write(content, name), mapping={"format": "declared_csv", **mapping}, accept_refused=True)


def warnings(read: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(one.code, one.facts) for one in read.warnings]


def in_order(read: Any, column: str) -> list[Any]:
    return list(read.punches.sort_values("row")[column])


def changed(content: bytes, part: str, before: str, after: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            assert name != part or before in text
            new.writestr(name, text.replace(before, after) if name == part else text)
    return out.getvalue()


def table(*rows: str) -> str:
    return f"<table>{''.join(rows)}</table>"


def row(*cells: str, told: str = "") -> str:
    return f"<tr{told}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def test_other_sheets_of_a_workbook_are_told_and_their_rows_counted(read: Any, write: Any) -> None:
    one = told(read, write, workbook({"A": DAY, "empty": [], "B": OTHER}), "x.xlsx", sheet="A")
    assert in_order(one, "employee_id") == ["1001", "1002"]
    assert warnings(one) == [("tables_unread", {"tables": "3", "rows": 3})]
    assert (one.rows_source, one.rows_parsed, one.rows_rejected, one.rows_non_record) == (6, 2, 0, 4)
    assert warnings(told(read, write, workbook({"A": DAY}), "y.xlsx")) == []


def test_other_tables_of_a_page_are_told(read: Any, write: Any) -> None:
    page = "<html>" + table(*(row(*cells) for cells in DAY)) + table(*(row(*cells) for cells in OTHER)) + "</html>"
    assert warnings(told(read, write, page, "x.html", sheet="table 2")) == [
        ("tables_unread", {"tables": "1", "rows": 3})
    ]


def test_hidden_rows_are_read_and_told(read: Any, write: Any) -> None:
    packed = changed(
        workbook({"A": DAY}), "xl/worksheets/sheet1.xml", '<row r="3">', '<row r="3" spans="1:2" hidden="1">'
    )
    texts = ["".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells) for cells in DAY]
    shown = f'<Row>{texts[0]}</Row><Row>{texts[1]}</Row><Row ss:Hidden="1">{texts[2]}</Row>'
    page = table(row(*HEAD), row(*DAY[1]), row(*DAY[2], told=' style="height:9pt;display: none"'))
    for content, name in ((packed, "x.xlsx"), (BOOK_2003.format(shown), "x.xls"), (page, "x.html")):
        one = told(read, write, content, name)
        assert in_order(one, "employee_id") == ["1001", "1002"], name
        assert warnings(one) == [("rows_hidden", {"rows": 1, "table": 1, "row": 3})], name


def test_a_hidden_sheet_that_is_read_is_told(read: Any, write: Any) -> None:
    hidden = changed(workbook({"A": [], "B": DAY}), "xl/workbook.xml", 'sheetId="2"', 'sheetId="2" state="hidden"')
    assert warnings(told(read, write, hidden, "x.xlsx")) == [("table_hidden", {"tables": "2"})]


def test_hidden_rows_are_found_wherever_a_large_sheet_is_cut_into_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    content = changed(workbook({"A": DAY}), "xl/worksheets/sheet1.xml", '<row r="3">', '<row r="3" hidden="1">')
    for size in (1, 7, 64):
        monkeypatch.setattr("toolkit.clockin.files.unshown.CHUNK_BYTES", size)
        assert sheets_of(content, "x.xlsx")[0].hidden_rows == (3,)


def test_what_a_browser_does_not_show_is_no_part_of_an_id(read: Any, write: Any) -> None:
    page = table(row(*HEAD), row("<!-- 9 -->1001<script>7</script>", "2026-03-03<br><!-- ? -->08:21:49"))
    one = told(read, write, page, "x.html")
    assert list(one.punches["employee_id"]) == ["1001"]
    assert [str(at) for at in one.punches["t_local"]] == ["2026-03-03T08:21:49"]


def test_a_cell_over_several_rows_belongs_to_each_of_them_and_that_is_told(read: Any, write: Any) -> None:
    page = table(
        row(*HEAD),
        "<tr><td rowspan=2>1001</td><td>2026-03-03 08:21:49</td></tr>",
        "<tr><td>2026-03-03 17:31:20</td></tr>",
        row("1002", "2026-03-03 17:32:08"),
    )
    book = workbook({"A": [HEAD, ["1001", DAY[1][1]], ["", "2026-03-03 17:31:20"], ["1002", "2026-03-03 17:32:08"]]},
                    merged=("A2:A3",))  # fmt: skip
    for content, name in ((page, "x.html"), (book, "x.xlsx")):
        one = told(read, write, content, name)
        assert in_order(one, "employee_id") == ["1001", "1001", "1002"], name
        assert warnings(one) == [("id_from_merged", {"row": 3, "rows": 1})], name


def test_cells_that_are_no_id_are_refused(read: Any, write: Any) -> None:
    book = workbook(
        {"A": [HEAD, [True, DAY[1][1]], [1003.5, DAY[1][1]], ["1004\n1005", DAY[1][1]], [1006.0, DAY[1][1]]]}
    )
    one = told(read, write, book, "x.xlsx")
    assert list(one.refused["why"]) == ["shortened_id", "shortened_id", "id_line_break"]
    assert list(one.punches["employee_id"]) == ["1006"] and warnings(one) == [("id_was_number", {"row": 5, "rows": 1})]
    lines = told(
        read, write, 'employee_id,time\n"1004\n1005",2026-03-03 08:21:49\n1001.0,2026-03-03 08:22:10\n', "x.csv"
    )
    assert list(lines.refused["why"]) == ["id_line_break"] and list(lines.punches["employee_id"]) == ["1001"]
    assert warnings(lines) == [("id_was_number", {"row": 4, "rows": 1})]


def test_seconds_that_are_all_zero_are_minutes(read: Any, write: Any) -> None:
    log = "".join(f"{1001 + k:>9}\t2026-03-03 08:{20 + k}:00\t1\t0\t15\t0\r\n" for k in range(3))
    one = read(write(log, "1_attlog.dat"))
    assert set(one.punches["precision_s"]) == {60.0} and one.lacks[0] == "seconds"
    assert warnings(one) == [("seconds_all_zero", {"row": 1, "rows": 3})]
    assert set(one.punches["stamped_at"]) == {f"2026-03-03 08:{20 + k}:00" for k in range(3)}
    for other in (log.replace("08:21:00", "08:21:01"), "".join(log.splitlines(keepends=True)[:2])):
        kept = read(write(other, "1_attlog.dat"))
        assert set(kept.punches["precision_s"]) == {1.0} and "seconds" not in kept.lacks and warnings(kept) == []


def test_one_terminal_of_whole_minutes_does_not_make_another_coarse(read: Any, write: Any) -> None:
    lines = [f"{1001 + k},2026-03-03 08:{20 + k}:00,gate" for k in range(3)]
    lines += [f"{1001 + k},2026-03-03 12:{20 + k}:{11 + 7 * k},door" for k in range(3)]
    one = read(write("employee_id,time,terminal\n" + "\n".join(lines) + "\n", "x.csv"))
    assert in_order(one, "precision_s") == [60.0] * 3 + [1.0] * 3
    assert warnings(one) == [("seconds_all_zero", {"row": 2, "rows": 3})]
