"""What a person who opens the file sees otherwise than the reader is told, and its rows are counted."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.clockin.workbooks import workbook
from toolkit.clockin.files.sheets import sheets_of
from toolkit.errors import ReadingError

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


def test_no_cell_spans_from_one_group_of_rows_into_the_next(read: Any, write: Any) -> None:
    page = (
        "<table><tr><th>employee_id</th><th>time</th></tr>"
        "<tbody><tr><td rowspan=3>1001</td><td>2026-03-03 08:21:49</td></tr>"
        "<tr><td>2026-03-03 17:31:20</td></tr></tbody>"
        "<tbody><tr><td>1002</td><td>2026-03-03 08:22:49</td></tr></tbody></table>"
    )
    assert in_order(told(read, write, page, "x.html"), "employee_id") == ["1001", "1001", "1002"]


@pytest.mark.parametrize("span", ["0", " 2", "2px", "+2"])
def test_spans_are_read_as_browsers_read_them(span: str, read: Any, write: Any) -> None:
    page = table(
        row("door", *HEAD), f"<tr><td rowspan='{span}'>D</td><td>1001</td><td>2026-03-03 08:21:49</td></tr>",
        row("1002", "2026-03-03 08:22:49"),
    )  # fmt: skip
    one = told(read, write, page, "x.html")
    assert in_order(one, "employee_id") == ["1001", "1002"] and warnings(one) == []


def test_a_row_that_is_shown_by_merged_cells_alone_is_no_clock_in(read: Any, write: Any) -> None:
    page = table(
        row(*HEAD, "note"), "<tr><td rowspan=3>1001</td><td rowspan=3>2026-03-03 08:21:49</td><td>a</td></tr>",
        row("b"), "<tr></tr>",
    )  # fmt: skip
    book = workbook({"A": [[*HEAD, "note"], ["1001", DAY[1][1], "a"], ["", "", "b"]]}, merged=("A2:A3", "B2:B3"))
    for content, name, rows in ((page, "x.html", 4), (book, "x.xlsx", 3)):
        one = told(read, write, content, name)
        assert in_order(one, "employee_id") == ["1001"], name
        assert (one.rows_source, one.rows_rejected, one.rows_non_record) == (rows, 0, rows - 1)


def test_a_time_of_another_persons_row_is_refused_and_a_merged_date_is_told(read: Any, write: Any) -> None:
    page = table(row(*HEAD), "<tr><td>1001</td><td rowspan=2>2026-03-03 08:21:49</td></tr>", row("1002"))
    assert list(told(read, write, page, "x.html").refused["why"]) == ["time_from_merged"]
    book = workbook({"A": [HEAD, ["1001", DAY[1][1]], ["1002", DAY[2][1]]]}, merged=("A2:A3",))
    assert list(told(read, write, book, "x.xlsx").refused["why"]) == ["merged_over"]
    dated = [["employee_id", "date", "time"], ["1001", "2026-03-03", "08:21:49"], ["1002", "", "08:22:07"]]
    one = told(read, write, workbook({"A": dated}, merged=("B2:B3",)), "y.xlsx")
    assert in_order(one, "employee_id") == ["1001", "1002"]
    assert warnings(one) == [("date_from_merged", {"row": 3, "rows": 1})]


def test_a_merged_number_bears_both_marks(read: Any, write: Any) -> None:
    book = workbook({"A": [HEAD, [1001, DAY[1][1]], ["", "2026-03-03 17:31:20"]]}, merged=("A2:A3",))
    codes = dict(warnings(told(read, write, book, "x.xlsx")))
    assert codes["id_was_number"]["rows"] == 2 and codes["id_from_merged"] == {"row": 3, "rows": 1}


@pytest.mark.parametrize(
    "cell",
    ["<div>1002</div><div>1003</div>", "<p>1001</p><p>2</p>", "1001<sup>2</sup>", "1001<br>Shen",
     "<table><tr><td>1001<td>Shen</table>", "<select><option>1001<option selected>1002</select>"],
)  # fmt: skip
def test_a_cell_that_shows_more_than_an_id_is_refused(cell: str, read: Any, write: Any) -> None:
    one = told(read, write, table(row(*HEAD), row("1009", DAY[1][1]), row(cell, DAY[2][1])), "x.html", sheet="table 1")
    assert list(one.refused["why"]) == ["id_line_break"] and list(one.punches["employee_id"]) == ["1009"]


@pytest.mark.parametrize(
    "cell", ['<span style="display:none">9</span>1001', "<b hidden>5</b>1001", "\n  1001\n", "<div>1001</div>"]
)
def test_what_is_hidden_in_a_cell_is_no_part_of_the_id(cell: str, read: Any, write: Any) -> None:
    one = told(read, write, table(row(*HEAD), row(cell, "<p>2026-03-03</p><p>08:21:49</p>")), "x.html")
    assert list(one.punches["employee_id"]) == ["1001"] and list(one.punches["t_local"]) == ["2026-03-03T08:21:49"]


def test_a_group_of_rows_that_is_hidden_is_told(read: Any, write: Any) -> None:
    page = f"<table>{row(*HEAD)}<tbody hidden>{row(*DAY[1])}</tbody><tbody>{row(*DAY[2])}</tbody></table>"
    assert warnings(told(read, write, page, "x.html")) == [("rows_hidden", {"rows": 1, "table": 1, "row": 2})]


def test_a_page_nested_without_end_is_refused_at_once(read: Any, write: Any) -> None:
    with pytest.raises(ReadingError) as deep:
        told(read, write, table(row(*HEAD), row("<div>" * 5000 + "1001", DAY[1][1])), "x.html")
    assert deep.value.code == "records_page_nested" and "x.html" in deep.value.what("zh")
    with pytest.raises(ReadingError) as wide:
        told(read, write, table(row(*HEAD), "<tr>" + "<td colspan=2000>1</td>" * 5000 + "</tr>"), "x.html")
    assert wide.value.code == "records_sheet_too_large"


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


def test_what_people_enter_and_clocks_that_were_reset_do_not_decide_over_the_others(read: Any, write: Any) -> None:
    log = "".join(f"{1001 + k:>9}\t2026-03-03 08:{20 + k}:00\t1\t0\t15\t0\r\n" for k in range(3))
    lost = log + f"{1009:>9}\t2000-01-01 00:03:41\t1\t0\t15\t0\r\n"
    one = read(write(lost, "1_attlog.dat"))
    assert in_order(one, "precision_s") == [60.0, 60.0, 60.0, 1.0]


def test_a_few_rows_with_seconds_do_not_make_a_list_of_minutes_precise(read: Any, write: Any) -> None:
    times = [f"2026-03-{1 + k // 8:02d} 08:{20 + k % 8}:00" for k in range(40)]
    text = "employee_id,time\n" + "".join(f"{1001 + k},{at}\n" for k, at in enumerate(times))
    one = read(write(text + "1099,2026-03-09 08:21:37\n", "x.csv"))
    assert in_order(one, "precision_s") == [60.0] * 40 + [1.0]
    phones = "employee_id,time,terminal\n" + "".join(f"{1001 + k},{at},P{k}\n" for k, at in enumerate(times))
    one = read(write(phones + "1099,2026-03-09 08:21:37,G\n", "y.csv"))
    assert in_order(one, "precision_s") == [60.0] * 40 + [1.0]


def test_days_shown_as_midnight_are_days(read: Any, write: Any) -> None:
    text = "employee_id,time\n" + "".join(f"1001,2026-03-{day:02d} 00:00:00\n" for day in (2, 3, 4))
    assert set(read(write(text, "x.csv")).punches["precision_s"]) == {86400.0}


def test_a_sheet_that_a_format_does_not_know_is_told_where_times_stand_in_it(
    read: Any, write: Any, shared: Path
) -> None:
    samples = shared / "clockin-samples"
    grid = samples / "18_刷卡记录_grid.xls"
    assert "tables_unread" not in [code for code, _ in warnings(read(grid))]
    sheets = {sheet.name: [[cell.text for cell in row] for row in sheet.rows] for sheet in
              sheets_of((samples / "13_dingtalk_每日统计.xlsx").read_bytes(), "x")}  # fmt: skip
    one = read(write(workbook({**sheets, "补充打卡": OTHER}), "x.xlsx"), accept_refused=True)
    assert ("tables_unread", {"tables": "3", "rows": 3}) in warnings(one)


def test_one_terminal_of_whole_minutes_does_not_make_another_coarse(read: Any, write: Any) -> None:
    lines = [f"{1001 + k},2026-03-03 08:{20 + k}:00,gate" for k in range(3)]
    lines += [f"{1001 + k},2026-03-03 12:{20 + k}:{11 + 7 * k},door" for k in range(3)]
    one = read(write("employee_id,time,terminal\n" + "\n".join(lines) + "\n", "x.csv"))
    assert in_order(one, "precision_s") == [60.0] * 3 + [1.0] * 3
    assert warnings(one) == [("seconds_all_zero", {"row": 2, "rows": 3})]


def test_many_people_in_one_second_are_a_minute_and_an_event_told_again_is_no_witness(read: Any, write: Any) -> None:
    def log(ids: list[int]) -> Any:
        return read(write("".join(f"{one:>9}\t2026-03-03 08:41:00\t1\t0\t15\t0\r\n" for one in ids), "1_attlog.dat"))

    assert set(log([1001, 1002, 1003]).punches["precision_s"]) == {60.0}
    assert set(log([1001, 1001, 1001]).punches["precision_s"]) == {1.0}


def test_a_platform_that_writes_minutes_is_believed_no_second(read: Any, write: Any, shared: Path) -> None:
    sheets = {sheet.name: [[cell.text for cell in row] for row in sheet.rows] for sheet in
              sheets_of((shared / "clockin-samples/13_dingtalk_每日统计.xlsx").read_bytes(), "x")}  # fmt: skip
    raw = sheets["原始记录"]
    place = next(row for row in raw if "打卡时间" in row).index("打卡时间")
    rows = [[*row[:place], f"{row[place]}:00", *row[place + 1 :]] if row[place : place + 1] and row[place][:1].isdigit()
            else row for row in raw[:5]]  # fmt: skip
    one = read(write(workbook({"原始记录": rows}), "x.xlsx"), accept_refused=True)
    assert len(one.punches) and set(one.punches["precision_s"]) == {60.0} and one.lacks[0] == "seconds"
    assert "which_employee_id" in one.facts.questions
