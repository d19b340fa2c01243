"""Texts that somebody opened in the wrong encoding, and characters that were cut: told, never repaired.

A table in UTF-8 that a program opened as GB 18030 (or as Western European) and
saved again shows other characters in place of every name. Turning them back into
bytes and reading these as UTF-8 gives names again; real text hardly ever does.
The rows stay as they are: which of the two readings is right is for a person to
say, who can state the encoding or ask for the export again.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from toolkit.clockin.files.tabular import each_line, is_unended
from toolkit.clockin.formats import Source
from toolkit.errors import ReadingError

CUT = "\ufffd"
RUN = re.compile("[^\x00-\x7f\ufffd]+")
MOST_RUNS = 20_000
# Of so many characters a run must be to be judged: fewer happen to fit by chance.
LEAST_CHARACTERS = {"gb18030": 3, "cp1252": 2}
HAN = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
# Marks that stand among names: ideographic punctuation and full-width forms.
BESIDE_HAN = ((0x3000, 0x303F), (0xFF00, 0xFFEF))


def oddities_of(source: Source) -> list[dict[str, object]]:
    """Codes and facts of what is wrong with the characters: "mojibake", "characters_cut", "last_line_open".

    ``row`` is the first row concerned, ``rows`` how many there are; no text is
    told, because it may name people out of scope.
    """
    lines = [(row, line) for row, line in _lines(source) if not line.isascii()]
    told = (
        ("mojibake", garbled_rows(lines)),
        ("characters_cut", cut_rows(lines)),
        ("last_line_open", _unended(source)),
    )
    return [{"code": code, "facts": {"row": rows[0], "rows": len(rows)}} for code, rows in told if rows]


def garbled_rows(lines: Sequence[tuple[int, str]]) -> list[int]:
    """Rows that become names when they are read as UTF-8; [] where most of the file does not."""
    runs = list(islice(((row, run) for row, line in lines for run in RUN.findall(line)), MOST_RUNS))
    for encoding, least in LEAST_CHARACTERS.items():
        judged = [(row, run) for row, run in runs if len(run) >= least]
        garbled = [row for row, run in judged if _reads_as_names(run, encoding)]
        if garbled and 2 * len(garbled) >= len(judged):
            return sorted(set(garbled))
    return []


def cut_rows(lines: Iterable[tuple[int, str]]) -> list[int]:
    """Rows with a character that was cut or lost, so that a name in them is not whole."""
    return sorted({row for row, line in lines if CUT in line})


def _unended(source: Source) -> list[int]:
    """The last row of a table of lines where every line but it has an end: a file that was cut looks like that.

    A cut within an id or a time may leave one that can be read, and is another.
    """
    try:
        if source.sheets or source.text.lstrip()[:1] in ("{", "[", "<"):
            return []
        lines = list(each_line(source.text))
    except ReadingError:
        return []
    return [len(lines)] if is_unended(lines) else []


def _lines(source: Source) -> Iterator[tuple[int, str]]:
    """Rows as text; of a binary format none. Rows of several sheets are numbered within their sheet."""
    try:
        if source.sheets:
            for sheet in source.sheets:
                yield from ((number, "\t".join(cell.text for cell in row)) for number, row in enumerate(sheet.rows, 1))
            return
        yield from enumerate(each_line(source.text), 1)
    except ReadingError:
        return


def _reads_as_names(run: str, encoding: str) -> bool:
    """Whether the bytes of this run are UTF-8, and of what such a mistake is made of.

    The last character may be cut: an odd number of bytes leaves one over.
    """
    try:
        read = codecs.getincrementaldecoder("utf-8")().decode(run.encode(encoding))
    except UnicodeError:
        return False
    if not read or len(read) >= len(run):
        return False
    if encoding == "cp1252":
        return all(character > "\x7f" for character in read)
    return any(_within(character, HAN) for character in read) and all(
        _within(character, HAN + BESIDE_HAN) for character in read
    )


def _within(character: str, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)
