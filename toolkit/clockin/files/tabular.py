"""Tables in text form: physical lines, records, cells, headings; everything stays text.

A row is named by the number of its first physical line, as a text editor shows
it. Nothing is taken for a number, a date or a missing value: an employee may be
called "NA" or 00042.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.clockin.files.decoding import read_text
from toolkit.errors import ReadingError

ID_FAULTS = ("no_employee", "shortened_id", "id_line_break")
CUT_ROW = "cut_row"  # the file ends in the middle of this row
DELIMITERS = (",", "\t", ";", "|")
LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
GUARD = re.compile(r'=?"(?P<text>.*)"')
WHOLE = re.compile(r"(?P<digits>\d+)\.0")
LINE_BREAK = re.compile("[\n\r\v\f\x85\u2028\u2029]")
# How a spreadsheet shows a long number: the last digits are gone.
SHORTENED = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")


@dataclass(frozen=True, slots=True)
class Record:
    """Cells of one record; ``row`` is its first physical line, ``broken`` a fault in its quotes.

    ``unended`` where the file ends in it without the end of line that other records have: it may be cut.
    """

    row: int
    cells: tuple[str, ...]
    raw: str
    broken: bool = False
    unended: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it."""
        return not self.broken and not any(cell.strip() for cell in self.cells)


def physical_lines(text: str) -> list[str]:
    """Lines with their ends, divided at LF, CR LF and CR only.

    ``str.splitlines`` also divides at characters that occur within names and
    would number the lines otherwise than ``csv`` does.
    """
    return list(each_line(text))


def each_line(text: str) -> Iterator[str]:
    """:func:`physical_lines` one by one; a large text is not copied for it."""
    return (match.group() for match in LINE.finditer(text))


def is_unended(lines: Sequence[str]) -> bool:
    """Whether the last of these lines lacks the end that others have: the file may break off in it."""
    return len(lines) > 1 and not lines[-1].endswith(("\n", "\r"))


def first_line(text: str) -> str:
    """The first physical line in which something stands; "" where there is none."""
    return next((line for line in each_line(text) if line.strip()), "")


def records(text: str, delimiter: str, file: str) -> Iterator[Record]:
    """Every record of a delimited table, blank ones too, in order.

    Raises
    ------
    ReadingError
        A quotation mark is opened and swallows the rows after it.
    """
    lines = physical_lines(text)
    open_end = is_unended(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num
        cells: list[str] = []
        broken = misquoted = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            if reader.line_num > start + 1:
                raise ReadingError("table_open_quote", file=file, row=start + 1) from fault
            # A quotation mark that is still open at the end may have been closed behind a cut; another fault not.
            broken, misquoted = True, "end of data" not in str(fault)
        raw = "".join(lines[start : reader.line_num]).rstrip("\r\n")
        yield Record(start + 1, tuple(cells), raw, broken, open_end and not misquoted and reader.line_num == len(lines))


def guess_delimiter(line: str) -> str:
    """The mark that stands most often in this heading line."""
    return max(DELIMITERS, key=line.count)


def clean_cell(cell: str) -> str:
    """Without spreadsheet guards (a leading apostrophe, ``="..."``), in NFKC; zero padding stays."""
    text = (cell if cell.isascii() else unicodedata.normalize("NFKC", cell)).strip()
    match = GUARD.fullmatch(text) if text.endswith('"') else None
    return (match["text"] if match else text).removeprefix("'").strip()


def clean_id(cell: str) -> str:
    """An employee id: opaque text; only the ``.0`` that a table program adds to a number goes."""
    text = clean_cell(cell)
    match = WHOLE.fullmatch(text) if text.endswith(".0") else None
    return match["digits"] if match else text


def is_shortened_number(text: str) -> bool:
    """Whether a spreadsheet has turned this id into a rounded number such as 1.004E+03."""
    return SHORTENED.fullmatch(text) is not None


def usual_cells(table: Iterable[Record]) -> int:
    """How many cells records of this table mostly have; 0 without any."""
    counts = Counter(len(record.cells) for record in table if not record.blank).most_common(1)
    return counts[0][0] if counts else 0


def shape_fault(record: Record, least: int, width: int, usual: int) -> str:
    """Why a record cannot be taken by its shape; "" where it can.

    Parameters
    ----------
    least : int
        How many cells it must have.
    width : int
        How many headings there are; beyond them all is to be empty, since a delimiter inside a name moves all cells
        after it.
    usual : int
        How many cells records of this file mostly have, see :func:`usual_cells`.

    Returns
    -------
    str
        "cut_row" where the file breaks off in it, "broken_quotes", "too_few_fields", "too_many_fields" or "".
    """
    if record.unended and (record.broken or len(record.cells) < max(least, min(width, usual))):
        return CUT_ROW
    if record.broken:
        return "broken_quotes"
    if len(record.cells) < least:
        return "too_few_fields"
    return "too_many_fields" if any(cell.strip() for cell in record.cells[width:]) else ""


def id_fault(employee_id: str) -> str:
    """Why an id (see :func:`clean_id`) names nobody; "" where it may name somebody.

    "no_employee", "shortened_id", or "id_line_break": a cell of several lines holds more than an id.
    """
    if not employee_id:
        return ID_FAULTS[0]
    if is_shortened_number(employee_id):
        return ID_FAULTS[1]
    return ID_FAULTS[2] if LINE_BREAK.search(employee_id) else ""


def read_table(
    path: Path, headings: Mapping[str, Sequence[str]], *, needed: Sequence[str], verbatim: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cleaned cells by column, for the columns that are known; blank rows are passed over.

    Parameters
    ----------
    headings : mapping
        Column to the headings it may stand under, lower case.
    needed : sequence of str
        Columns that must be there.
    verbatim : sequence of str
        Columns whose cells keep their characters as they are, such as file names.

    Raises
    ------
    ReadingError
        A needed column is missing or stands there twice, or a row has broken
        quotes or more cells than there are headings.
    """
    text = read_text(path).text
    delimiter = guess_delimiter(first_line(text))
    filled = (record for record in records(text, delimiter, path.name) if not record.blank)
    found = [clean_cell(cell).lower() for cell in next(filled).cells]
    columns = {}
    for column, names in headings.items():
        hits = [k for k, heading in enumerate(found) if heading in names]
        if len(hits) > 1:
            raise ReadingError("table_column_twice", file=path.name, column=column, found=", ".join(found))
        if hits:
            columns[column] = hits[0]
    missing = [column for column in needed if column not in columns]
    if missing:
        raise ReadingError("table_columns_missing", file=path.name, missing=", ".join(missing), found=", ".join(found))
    for record in filled:
        if record.broken or any(cell.strip() for cell in record.cells[len(found) :]):
            raise ReadingError("table_row_broken", file=path.name, row=record.row, text=record.raw[:120])
        cells = record.cells + ("",) * (len(found) - len(record.cells))
        yield (
            record.row,
            {column: cells[k].strip() if column in verbatim else clean_cell(cells[k]) for column, k in columns.items()},
        )
