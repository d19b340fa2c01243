"""Rows of a JSON document: the items of its list, and of one that breaks off those that are whole.

A document that ends within an item lost its end on the way: what stands before
is read and the file is told as cut. One that is faulty in the middle is
refused, since nothing says what else is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.errors import ReadingError

BLANK = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Items:
    """Items in their order, what stands around the list, and whether the document breaks off."""

    items: tuple[Any, ...]
    around: Mapping[str, Any] = field(default_factory=dict)
    cut: bool = False


def read_items(text: str, name: str, file: str) -> Items:
    """Items of the list under ``name`` at the top of the document, or of a document that is a list.

    Raises
    ------
    ReadingError
        Faulty in the middle, or without such a list.
    """
    try:
        document = json.loads(text)
    except RecursionError as deep:
        raise ReadingError("records_json_broken", file=file) from deep
    except ValueError as fault:
        return _whole_items(text, name, file, fault)
    if isinstance(document, list):
        return Items(tuple(document))
    listed = document.get(name) if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ReadingError("records_json_no_list", file=file, name=name)
    return Items(tuple(listed), {key: value for key, value in document.items() if key != name})


def _whole_items(text: str, name: str, file: str, fault: ValueError) -> Items:
    opened = re.match(rf'\s*(?:\[|\{{.*?"{re.escape(name)}"\s*:\s*\[)', text, re.DOTALL)
    if opened is None or not _breaks_off(text):
        raise ReadingError("records_json_broken", file=file) from fault
    decoder, at, items = json.JSONDecoder(), opened.end(), []
    while True:
        blank = BLANK.match(text, at)
        at = blank.end() if blank else at
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        items.append(item)
    # A number at the very end may have gone on.
    if items and at == len(text) and not text.endswith(("}", "]", '"')):
        items.pop()
    return Items(tuple(items), cut=True)


def _breaks_off(text: str) -> bool:
    """Whether more brackets are opened than closed at the end, brackets within texts left aside."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*(?:"|\Z)', "", text, flags=re.DOTALL)
    return bare.count("{") + bare.count("[") > bare.count("}") + bare.count("]")
