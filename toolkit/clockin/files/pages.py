"""Tables of pages of HTML and of pages in one file (MHTML), as a browser shows them.

Pages are read with ``html5lib``, which keeps rows whose opening tag is missing,
as browsers do; a stricter parser was seen to lose one clock-in of ten in such a
page. A row of a table within a table belongs to the inner one only. What a
browser does not show of a cell (comments, scripts, what is hidden by itself) is
not its text: a remark beside an id must not become part of it. Style sheets are
not read. A cell that spans rows stands in the first of them and is a merged
range, as in a workbook.
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
from toolkit.errors import ReadingError

UNSEEN = frozenset({"script", "style", "template", "noscript"})
NOT_SHOWN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.I)
# What begins a line of its own, and what is written beside or over a text and does not belong to it.
APART = frozenset(
    {"address", "article", "blockquote", "dd", "del", "div", "dl", "dt", "fieldset", "figure", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "hr", "li", "ol", "option", "p", "pre", "s", "section", "select", "strike", "sub", "sup",
     "table", "td", "th", "tr", "ul"}
)  # fmt: skip
SPACE = re.compile(r"[ \t\r\n\f]+")  # a page may break its own lines anywhere
NUMBER = re.compile(r"\s*\+?(\d{1,8})")  # HTML: rules for parsing non-negative integers
# Elements that stay open until they are closed; a parser takes the square of their depth.
NESTING = re.compile(
    r"<(/?)(?:div|span|table|[abisu]|font|center|strong|em|section|article|blockquote|ul|ol|form)\b", re.I
)
DEEPEST = 1_000


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
    _check_depth(text, file)
    tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)
    for table in tree.iter("table"):
        yield _table(table, f"table {next(numbers)}", file)


def _check_depth(text: str, file: str) -> None:
    depth = 0
    for match in NESTING.finditer(text):
        depth = max(depth - 1, 0) if match[1] else depth + 1
        if depth > DEEPEST:
            raise ReadingError("records_page_nested", file=file)


def _table(table: Any, name: str, file: str) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    merged: list[Range] = []
    hidden: list[int] = []
    for group in _groups(table):
        spans: list[Range] = []
        open_until: dict[int, int] = {}  # column to the last row of a cell that spans rows, within its group
        for number, row in enumerate(group, len(rows) + 1):
            open_until = {column: last for column, last in open_until.items() if last >= number}
            rows.append(tuple(_spread(row, number, open_until, spans, name, file)))
            check_size(rows, name, file)
            if any(_is_hidden(one) for one in (row, group, table)):
                hidden.append(number)
        merged += [(top, left, min(bottom, len(rows)), right) for top, left, bottom, right in spans]
    return Sheet(name=name, rows=tuple(rows), merged=tuple(merged), hidden_rows=tuple(hidden))


def _groups(table: Any) -> Iterator[Any]:
    """Groups of rows of a table, not those of tables within its cells: no cell spans from one into the next.

    The parser puts rows that stand in no group into one, as browsers do.
    """
    return (child for child in table if child.tag in ("thead", "tbody", "tfoot"))


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and NOT_SHOWN.search(str(style)) is not None)


def _spread(
    row: Any, number: int, open_until: dict[int, int], merged: list[Range], name: str, file: str
) -> Iterator[Cell]:
    """The cells of a row in their columns; one that spans several columns or rows stands in the first of them."""
    column = 0
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        while open_until.get(column, 0) >= number:
            yield NOTHING
            column += 1
        text = _shown(cell)
        yield Cell(text, TEXT if text else EMPTY)
        across, down = max(_span(cell, "colspan", MOST_COLUMNS), 1), _span(cell, "rowspan", MOST_ROWS) or MOST_ROWS
        if column + across > MOST_COLUMNS:
            raise ReadingError("records_sheet_too_large", file=file, sheet=name, rows=number)
        if down > 1:
            merged.append((number, column, number + down - 1, column + across - 1))
            open_until |= dict.fromkeys(range(column, column + across), number + down - 1)
        yield from (NOTHING for _ in range(across - 1))
        column += across


def _span(cell: Any, name: str, most: int) -> int:
    """How many columns or rows a cell covers; 0 for "to the end of its group"."""
    told = NUMBER.match(str(cell.get(name, "1")))
    return min(int(told[1]), most) if told else 1


def _shown(element: Any) -> str:
    """The text of an element as it is shown, a line for each block in it.

    What is not shown (comments, which have no tag, scripts, styles, what is
    hidden) is left out; what stands apart from a text is put on a line of its
    own, so that it does not become part of an id.
    """
    if not len(element):  # as nearly all cells of a list
        return SPACE.sub(" ", element.text or "").strip()
    parts: list[str] = []
    waiting: list[Any] = [element]  # elements, and texts that stand behind one; a page may nest them without end
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            parts.append(one if one == "\n" else SPACE.sub(" ", one))
        elif one.tag == "br":
            parts.append("\n")
        elif isinstance(one.tag, str) and one.tag not in UNSEEN and (one is element or not _is_hidden(one)):
            around = ["\n"] if one.tag in APART and one is not element else []
            parts += [*around, SPACE.sub(" ", one.text or "")]
            within = [behind for child in reversed(one) for behind in (child.tail or "", child)]
            waiting += [*around, *within]
    return "\n".join(line.strip() for line in "".join(parts).split("\n") if line.strip())
