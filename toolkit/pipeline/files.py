"""Small files that a person hands over beside exhibits: looked at before they are opened, read with a cause.

A pipe has no end that could be waited for, and a folder no content; both are
refused before any reader opens them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toolkit.errors import ReadingError


def check_file(source: Path) -> None:
    """Whether there is a plain file that can be read and holds something.

    Raises
    ------
    ReadingError
        ``file_missing``, ``file_not_a_file``, ``file_unreadable`` or ``file_empty``.
    """
    try:
        there, plain = source.exists(), source.is_file()
    except OSError as refused:
        raise ReadingError("file_unreadable", file=source.name) from refused
    if not there:
        raise ReadingError("file_missing", file=source.name)
    if not plain:
        raise ReadingError("file_not_a_file", file=source.name)
    try:
        with source.open("rb") as opened:
            first = opened.read(1)
    except OSError as refused:
        raise ReadingError("file_unreadable", file=source.name) from refused
    if not first:
        raise ReadingError("file_empty", file=source.name)


def read_json(path: Path) -> Any:
    """A JSON file that a person wrote: a mapping, a provenance form, a zone.

    Raises
    ------
    ReadingError
        As :func:`check_file`; or not JSON, a number that JSON does not know
        (NaN, infinity), half a surrogate, or brackets too deep (``json_unreadable``).
    """
    check_file(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, OSError, RecursionError) as broken:
        raise ReadingError("json_unreadable", file=path.name) from broken
    return told


def read_ids(path: Path) -> list[str]:
    """Employee ids in scope: one a line, text, zeros kept.

    Raises
    ------
    ReadingError
        As :func:`check_file`; not UTF-8 (``text_unreadable``); no id in it (``scope_empty``).
    """
    check_file(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (ValueError, OSError) as broken:
        raise ReadingError("text_unreadable", file=path.name) from broken
    ids = [line.strip() for line in lines if line.strip()]
    if not ids:
        raise ReadingError("scope_empty", file=path.name)
    return ids
