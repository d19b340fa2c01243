"""Tables of pages of HTML and of pages in one file (MHTML), as a browser shows them.

Pages are read with ``html5lib``, which keeps rows whose opening tag is missing,
as browsers do; a stricter parser was seen to lose one clock-in of ten in such a
page. A row of a table within a table belongs to the inner one only. What a
browser does not show of a cell (comments, scripts, styles) is not its text: a
remark beside an id must not become part of it. A cell that spans rows stands in
the first of them and is a merged range, as in a workbook.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any

import html5lib

from toolkit.clockin.files.cells import EMPTY, MOST_COLUMNS, MOST_ROWS, NOTHING, TEXT, Cell, Range, Sheet, check_size
from toolkit.clockin.files.decoding import decode

UNSEEN = frozenset({"script", "style", "template", "noscript"})
NOT_SHOWN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.I)


def parts_tables(content: bytes, file: str) -> Iterator[Sheet]:
    """Tables of all pages in a file of several parts, numbered through."""
    numbers = iter(range(1, MOST_ROWS))
    for part in email.message_from_bytes(content, policy=email.policy.compat32).walk():
        if part.get_content_type() != "text/html":
            continue
        page = part.get_payload(decode=True)
        charset = str(part.get_content_charset() or "")
        # GB 2312 is said of what is GBK, so that those are found out as everywhere.
        stated = None if not charset or charset.startswith(("gb", "utf", "us-ascii")) else charset
        if isinstance(page, bytes) and page.strip():
            yield from page_tables(decode(page, file, stated).text, file, numbers)


def page_tables(text: str, file: str, numbers: Iterator[int]) -> Iterator[Sheet]:
    """Tables of a page, called "table N" by the given numbers.

    Raises
    ------
    ReadingError
        ``records_sheet_too_large``.
    """
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    for table in tree.iter("table"):
        yield _table(table, f"table {next(numbers)}", file)


def _table(table: Any, name: str, file: str) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    merged: list[Range] = []
    hidden: list[int] = []
    open_until: dict[int, int] = {}  # column to the last row of a cell that spans rows
    for number, row in enumerate(_own_rows(table), 1):
        open_until = {column: last for column, last in open_until.items() if last >= number}
        rows.append(tuple(_spread(row, number, open_until, merged)))
        check_size(rows, name, file)
        if row.get("hidden") is not None or NOT_SHOWN.search(str(row.get("style", ""))):
            hidden.append(number)
    ranges = tuple((top, left, min(bottom, len(rows)), right) for top, left, bottom, right in merged)
    return Sheet(name=name, rows=tuple(rows), merged=ranges, hidden_rows=tuple(hidden))


def _own_rows(element: Any) -> Iterator[Any]:
    """Rows of a table, not those of tables within its cells."""
    for child in element:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _own_rows(child)


def _spread(row: Any, number: int, open_until: dict[int, int], merged: list[Range]) -> Iterator[Cell]:
    """The cells of a row in their columns; one that spans several columns or rows stands in the first of them."""
    column = 0
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        while open_until.get(column, 0) >= number:
            yield NOTHING
            column += 1
        text = _shown(cell).strip()
        yield Cell(text, TEXT if text else EMPTY)
        across, down = _span(cell, "colspan", MOST_COLUMNS), _span(cell, "rowspan", MOST_ROWS)
        if down > 1:
            merged.append((number, column, number + down - 1, column + across - 1))
            open_until |= dict.fromkeys(range(column, column + across), number + down - 1)
        yield from (NOTHING for _ in range(across - 1))
        column += across


def _span(cell: Any, name: str, most: int) -> int:
    told = str(cell.get(name, "1"))
    return min(max(int(told), 1), most) if told.isascii() and told.isdigit() and len(told) < 9 else 1


def _shown(element: Any) -> str:
    """The text of an element without that of comments, scripts and styles, which have no tag or one of those."""
    parts = []
    waiting: list[Any] = [element]  # elements, and texts that stand behind one; a page may nest them without end
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            parts.append(one)
        elif one.tag == "br":
            parts.append("\n")
        elif isinstance(one.tag, str) and one.tag not in UNSEEN:
            parts.append(one.text or "")
            waiting += [behind for child in reversed(one) for behind in (child.tail or "", child)]
    return "".join(parts)
