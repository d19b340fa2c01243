"""Pages, pages in one file and XML workbooks become tables of cells; a hostile one is refused."""

from __future__ import annotations

import base64

import pytest

from toolkit.clockin.files import cells
from toolkit.clockin.files.sheets import EMPTY, NUMBER, SPAN, TEXT, WHEN, sheets_of
from toolkit.errors import ReadingError

SPACE = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
BOOK = f"""<?xml version="1.0" encoding="{{encoding}}"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook {SPACE}>
<Worksheet ss:Name="打卡"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">Title</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">工号</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">时间</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">00042</Data></Cell><Cell><Data ss:Type="Number">7</Data></Cell>
<Cell><Data ss:Type="DateTime">2026-03-03T08:21:07.000</Data></Cell>
<Cell><Data ss:Type="DateTime">1899-12-31T08:21:00.000</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="Hidden"><Table/><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">
<Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
</Workbook>"""
PAGE = "<html><body><table><tr><td>工作</td><td>08:21</td></tr><td>1002</td></table></body></html>"


def texts(content: bytes) -> list[list[list[str]]]:
    return [[sheet.texts(row) for row in range(1, len(sheet.rows) + 1)] for sheet in sheets_of(content, "x.xls")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_xml_workbook_keeps_its_rows_in_their_places_and_says_what_cells_hold(encoding: str) -> None:
    first, second = sheets_of(BOOK.format(encoding=encoding).encode(encoding), "x.xls")
    assert (first.name, first.hidden, second.name, second.hidden) == ("打卡", False, "Hidden", True)
    assert [first.texts(row) for row in range(1, 5)] == [
        ["Title", "Title", "Title"],
        [],
        ["工号", "", "时间"],
        ["00042", "7", "2026-03-03 08:21:07", "08:21:00"],
    ]
    assert [cell.kind for cell in first.rows[2]] == [TEXT, EMPTY, TEXT]
    assert [cell.kind for cell in first.rows[3]] == [TEXT, NUMBER, WHEN, SPAN]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOOK.format(encoding="utf-8").replace("</Table></Worksheet>", "", 1), "records_xml_broken"),
        (
            BOOK.format(encoding="utf-8").replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "aa">]><Workbook'),
            "records_xml_entities",
        ),
        (BOOK.format(encoding="utf-8").replace('ss:Index="3"', 'ss:Index="99999999"', 1), "records_sheet_too_large"),
        (
            BOOK.format(encoding="utf-8").replace('ss:MergeAcross="2"', 'ss:MergeAcross="9999"'),
            "records_sheet_too_large",
        ),
    ],
)
def test_an_xml_workbook_that_is_broken_hostile_or_swollen_is_refused(content: str, code: str) -> None:
    with pytest.raises(ReadingError) as refused:
        sheets_of(content.encode(), "x.xls")
    assert refused.value.code == code and "x.xls" in refused.value.what("zh")


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("", "gb18030"), ("big5", "big5")]
)
def test_a_page_in_one_file_is_read_and_a_row_without_its_opening_tag_is_kept(charset: str, encoding: str) -> None:
    page = base64.encodebytes(PAGE.encode(encoding))
    stated = f'; charset="{charset}"' if charset else ""
    mhtml = (
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"
        b'Content-Type: multipart/related; boundary="----=_Next"\r\n\r\n'
        b"------=_Next\r\nContent-Location: file:///C:/book.htm\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Type: text/html" + stated.encode() + b"\r\n\r\n" + page + b"\r\n------=_Next\r\n"
        b"Content-Type: text/css\r\n\r\ntd {}\r\n------=_Next--\r\n"
    )
    assert texts(mhtml) == [[["工作", "08:21"], ["1002"]]]


def test_a_row_of_a_table_within_a_cell_is_read_once() -> None:
    nested = "<table><tr><td><table><tr><td>1001</td></tr><tr><td>1002</td></tr></table></td></tr></table>"
    assert texts(nested.encode())[1] == [["1001"], ["1002"]]
    assert len(texts(nested.encode())[0]) == 1


def test_cells_that_are_only_claimed_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_CELLS", 10_000)
    wide = "<table>" + "<tr><td colspan=2000>1001</td></tr>" * 6 + "</table>"
    with pytest.raises(ReadingError) as refused:
        sheets_of(wide.encode(), "x.xls")
    assert refused.value.code == "records_sheet_too_large"
    assert len(sheets_of(wide.replace("2000", "20").encode(), "x.xls")[0].rows) == 6


def test_other_xml_and_mail_have_no_tables() -> None:
    assert sheets_of(b'<?xml version="1.0"?><EventNotificationAlert/>', "x.xml") == ()
    assert sheets_of(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello", "x.eml") == ()
