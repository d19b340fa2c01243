"""Which format is this file? The one that claims its content, or the one a person declared.

A table with plain headings is asked last: many a vendor's export has them too,
and the vendor's own format knows more about its rows.
A format that fails to import stops the reading: in an inquiry, silently fewer
formats is worse than none.
"""

from __future__ import annotations

import importlib
import pkgutil

from toolkit.clockin import formats
from toolkit.clockin.fields.declared import SEARCHED_ROWS, mapping_example
from toolkit.clockin.fields.workbook_tables import holds_anything
from toolkit.clockin.files.tabular import clean_cell, guess_delimiter, physical_lines, records
from toolkit.clockin.formats import COMMON_KEYS, Head, PunchFormat, Source, punch_formats
from toolkit.errors import ReadingError

HEAD_BYTES = 65536
HEAD_CHARACTERS = 8000
SHOWN_CHARACTERS = 120
DECLARED, ORDER = "declared_csv", "date_order"


def choose_format(source: Source) -> str:
    """The name of the one format that claims this file, or the declared one.

    Raises
    ------
    ReadingError
        None or more than one claims it, or the mapping names a format or an
        entry that there is not.
    """
    load_formats()
    columns = set(source.mapping) - COMMON_KEYS
    known = dict(punch_formats.items())
    stated = source.mapping.get("format")
    if stated is None and columns <= {ORDER}:
        # An order of dates names no columns: the format that claims the file is asked, if it has such a question.
        found = _sniffed(source)
        stated = DECLARED if columns and ORDER not in known[found].mapping_keys else found
    stated = DECLARED if stated is None else stated
    if not isinstance(stated, str) or stated not in known:
        raise ReadingError("records_format_unknown", file=source.name, format=stated, known=", ".join(known))
    _check_entries(source, known[stated])
    return stated


def load_formats() -> None:
    """Import every module of :mod:`toolkit.clockin.formats`, so that each files its format."""
    for module in pkgutil.iter_modules(formats.__path__):
        importlib.import_module(f"{formats.__name__}.{module.name}")


def _check_entries(source: Source, chosen: PunchFormat) -> None:
    """An entry that nobody reads is a slip of the pen, and would be lost silently."""
    surplus = sorted(set(source.mapping) - COMMON_KEYS - chosen.mapping_keys)
    if surplus:
        known = ", ".join(sorted(chosen.mapping_keys | COMMON_KEYS))
        raise ReadingError("mapping_entry", file=source.name, entries=", ".join(surplus), known=known)


def _sniffed(source: Source) -> str:
    head, fault = _head(source)
    claims = [name for name, one in punch_formats.items() if name != DECLARED and one.sniff(head)]
    if not claims and punch_formats[DECLARED].sniff(head):
        return DECLARED
    if len(claims) > 1:
        raise ReadingError("records_two_formats", file=source.name, formats=", ".join(claims))
    if claims:
        return claims[0]
    if head.sheets:
        raise _no_sheet_claimed(source)
    if fault is not None:
        raise fault
    raise _nobody_claims(source)


def _head(source: Source) -> tuple[Head, ReadingError | None]:
    """The head, and why there is no text in it; a binary format may claim the file all the same."""
    content = source.content[:HEAD_BYTES]
    try:
        sheets = source.sheets
    except ReadingError as fault:
        return Head(content=content), fault
    try:
        return Head(content=content, text=source.text[:HEAD_CHARACTERS], sheets=sheets), None
    except ReadingError as fault:
        return Head(content=content, sheets=sheets), fault


def _no_sheet_claimed(source: Source) -> ReadingError:
    """A workbook whose sheets no format knows: their names, and the mapping to write for one of them."""
    filled = [sheet for sheet in source.sheets if holds_anything(sheet)]
    if not filled:
        return ReadingError("records_no_rows", file=source.name)
    # The widest of the first rows are the headings; titles stand in one cell.
    rows = ([cell.text for cell in row] for row in filled[0].rows[:SEARCHED_ROWS])
    headings = max(rows, key=lambda texts: sum(bool(text) for text in texts))
    return ReadingError(
        "records_unknown_tables",
        file=source.name,
        sheets=", ".join(sheet.name for sheet in filled)[: 4 * SHOWN_CHARACTERS],
        found=", ".join(text for text in map(clean_cell, headings) if text)[: 4 * SHOWN_CHARACTERS],
        example=mapping_example(headings, filled[0].name),
    )


def _nobody_claims(source: Source) -> ReadingError:
    lines = [line.strip("\r\n") for line in physical_lines(source.text[:HEAD_CHARACTERS]) if line.strip()]
    delimiter = guess_delimiter(lines[0])
    cells = _headings(lines, delimiter)
    if cells:
        return ReadingError(
            "mapping_needed",
            file=source.name,
            found=", ".join(cells)[: 4 * SHOWN_CHARACTERS],
            example=mapping_example(cells),
        )
    return ReadingError(
        "records_unknown_format",
        file=source.name,
        found=lines[0][:SHOWN_CHARACTERS],
        known=", ".join(punch_formats),
    )


def _headings(lines: list[str], delimiter: str) -> list[str]:
    """Cells of the first line, where this looks like a table; mark-up has lines too, but begins with a bracket."""
    if lines[0].lstrip()[0] in "{[<":
        return []
    try:
        rows = [record.cells for record in records("\n".join(lines[:2]), delimiter, "")]
    except ReadingError:
        return []
    # Sentences hold commas too, but not the same number in each line.
    alike = delimiter != "," or len({len(cells) for cells in rows}) == 1
    return [clean_cell(cell) for cell in rows[0]] if alike and all(len(cells) > 1 for cells in rows) else []
