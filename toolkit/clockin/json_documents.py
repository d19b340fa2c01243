"""JSON as devices and captures hold it: one document after another, and the last one perhaps cut off.

A file that ends in the middle of a document still holds the whole ones before
it; they are read, and what is left over is told. A fault anywhere else is no cut
and refuses the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import ReadingError

BETWEEN = re.compile(r"[\s,]*")
CUT_WORD = re.compile(r"[\w.+-]*")  # a number or a word such as true of which the end is missing
ESCAPE_CHARACTERS = 6  # of the longest escape in a text
DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Document:
    """One whole document or list item: its value and its text."""

    value: Any
    text: str


def whole_documents(text: str, file: str) -> tuple[list[Document], str]:
    """The whole documents of a text, and the text of the one that is cut off ("" where none is).

    Raises
    ------
    ReadingError
        ``records_json_faulty``: a fault that is no cut.
    """
    return _series(text, 0, file)


def whole_items(cut: str, name: str, file: str) -> tuple[list[Document], str]:
    """The whole items of the list ``name`` in a document that is cut off, and the text of the cut item."""
    beginning = re.search(rf'"{re.escape(name)}"\s*:\s*\[', cut)
    return ([], "") if beginning is None else _series(cut, beginning.end(), file)


def scalar(value: Any) -> str:
    """What a field says as text: "" for nothing; lists and objects as JSON, whole numbers with all digits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return json.dumps(value, ensure_ascii=False)


def field(record: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that says anything, as text."""
    return next((told for name in names if (told := scalar(record.get(name)))), "")


def _series(text: str, start: int, file: str) -> tuple[list[Document], str]:
    found: list[Document] = []
    at = _skip(text, start)
    while at < len(text) and text[at] not in "]}":
        try:
            value, end = DECODER.raw_decode(text, at)
        except json.JSONDecodeError as fault:
            if not _is_cut(text, fault):
                raise ReadingError("records_json_faulty", file=file, row=fault.lineno) from fault
            return found, text[at:]
        except RecursionError as deep:
            raise ReadingError("records_json_faulty", file=file, row=text.count("\n", 0, at) + 1) from deep
        found.append(Document(value, text[at:end]))
        at = _skip(text, end)
    return found, ""


def _skip(text: str, at: int) -> int:
    match = BETWEEN.match(text, at)
    return at if match is None else match.end()


def _is_cut(text: str, fault: json.JSONDecodeError) -> bool:
    """Whether the text ends where the fault is, and would be well formed up to there."""
    rest = text[fault.pos :].rstrip()
    if fault.msg.startswith("Unterminated string"):
        return True
    return CUT_WORD.fullmatch(rest) is not None or (
        fault.msg.startswith("Invalid \\") and len(rest) < ESCAPE_CHARACTERS
    )
