"""JSON with records: documents one after another, a list of items inside each, and the last one perhaps cut off.

A file that ends within a document lost its end on the way: what is whole before
the cut is read, and the rest is told, so that nobody takes the file for
complete. A fault anywhere else refuses the file, since nothing says what else is
wrong with it. Items keep their text as it stands, with all digits of long
numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from sys import intern
from typing import Any

from toolkit.clockin.files.tabular import CUT_ROW
from toolkit.clockin.formats import REFUSED, RawRow
from toolkit.errors import ReadingError

BLANK, BETWEEN_DOCUMENTS = re.compile(r"[ \t\r\n]*"), re.compile(r"[\s,]*")
CUT_WORD = re.compile(r"[\w.+-]*")  # a number or a word such as true of which the end is missing
ESCAPE_CHARACTERS = 6  # of the longest escape in a text
# A file repeats a few names in each item: each is held once.
DECODER = json.JSONDecoder(object_pairs_hook=lambda pairs: {intern(name): value for name, value in pairs})
NOT_AN_ITEM, CUT_FILE = "not_an_item", "cut_line"


@dataclass(frozen=True, slots=True)
class Document:
    """One whole document or item by its text; its value is made when it is asked for, since the text is smaller."""

    text: str

    @property
    def value(self) -> Any:
        """What it says."""
        return DECODER.decode(self.text)


@dataclass(frozen=True, slots=True)
class Listing:
    """Whole items in their order, what stands around the list, and what is left where the document is ``cut``.

    ``around`` holds entries beside the list and those of the document itself.
    ``rest`` is empty where the cut lies between two items or behind the list;
    ``bare`` where the document is the list itself.
    """

    items: tuple[Document, ...]
    around: Mapping[str, Any]
    cut: bool = False
    rest: str = ""
    bare: bool = False

    @property
    def truncated(self) -> str:
        """The code of the reason why rows are missing, "" where nothing tells that any are."""
        return CUT_FILE if self.cut else ""

    def records(self) -> Iterator[tuple[int, str, Mapping[str, Any] | RawRow]]:
        """Number from 1, text and value of each item; refused rows for one that is no record and for the rest."""
        for number, item in enumerate(self.items, 1):
            value = item.value
            yield number, item.text, value if isinstance(value, dict) else no_item(number, item.text)
        if self.rest.strip():
            number = len(self.items) + 1
            yield number, self.rest, RawRow(kind=REFUSED, row=number, raw=self.rest, why=CUT_ROW)


def no_item(number: int, raw: str) -> RawRow:
    """The refused row for an item of the list that is no record."""
    return RawRow(kind=REFUSED, row=number, raw=raw, why=NOT_AN_ITEM)


def names_keys(text: str, keys: Collection[str]) -> bool:
    """Whether a text begins as JSON and holds all of these keys."""
    return text.lstrip()[:1] in ("{", "[") and all(re.search(rf'"{re.escape(key)}"\s*:', text) for key in keys)


def scalar(value: Any) -> str:
    """What a field says as text: "" for nothing; lists and objects as JSON, whole numbers with all digits."""
    if isinstance(value, str):
        return value.strip()
    if type(value) is int:
        return str(value)
    return "" if value is None or value in ([], {}) else json.dumps(value, ensure_ascii=False)


def field(record: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that says anything, as text."""
    for name in names:
        if told := scalar(record.get(name)):
            return told
    return ""


def documents(text: str, file: str) -> tuple[list[Document], str]:
    """The whole documents of a text, and the text of the one that is cut off ("" where none is).

    Raises
    ------
    ReadingError
        ``records_json_broken``: a fault that is no cut.
    """
    found: list[Document] = []
    scanner = _Scanner(text, file)
    at = scanner.skip(0, BETWEEN_DOCUMENTS)
    while at < len(text):
        try:
            _, end = scanner.value(at)
        except _CutOff:
            return found, text[at:]
        found.append(Document(text[at:end]))
        at = scanner.skip(end, BETWEEN_DOCUMENTS)
    return found, ""


def listing(text: str, name: str, file: str) -> Listing:
    """The items of the list called ``name`` in the one document of a text.

    The list stands at its top, or in an object directly inside it such as
    ``data`` or ``result``, or the document is the list.

    Raises
    ------
    ReadingError
        ``records_json_broken``: a fault that is no cut, or a cut before the
        list begins. ``records_json_no_list``: a whole document without it.
    """
    told, end = _listing(text, 0, name, file)
    if text[end:].strip():
        raise _broken(text, end, file)
    return told


def listings(text: str, name: str, file: str) -> list[Listing]:
    """As :func:`listing`, for each document of a text, such as the pages of an answer.

    A document without the list holds no items; one that is cut before it has
    nothing but what stands around.
    """
    found: list[Listing] = []
    at = BETWEEN_DOCUMENTS.match(text, 0).end()  # type: ignore[union-attr]  # it matches nothing as well
    while at < len(text):
        told, at = _listing(text, at, name, file, needed=False)
        found.append(told)
        at = BETWEEN_DOCUMENTS.match(text, at).end()  # type: ignore[union-attr]
    return found


def _listing(text: str, at: int, name: str, file: str, *, needed: bool = True) -> tuple[Listing, int]:
    walk = _Walk(text, name, file)
    try:
        end = walk.document(at)
    except _CutOff:
        if needed and not walk.found:
            raise _broken(text, len(text), file) from None
        return walk.told(cut=True), len(text)
    if needed and not walk.found:
        raise ReadingError("records_json_no_list", file=file, name=name)
    return walk.told(), end


def _broken(text: str, at: int, file: str) -> ReadingError:
    return ReadingError("records_json_broken", file=file, row=text.count("\n", 0, at) + 1)


class _CutOff(Exception):
    """The text ends where a document goes on."""


class _Scanner:
    """Values of a text from a place on."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file

    def skip(self, at: int, blank: re.Pattern[str] = BLANK) -> int:
        """The next place where something stands."""
        return blank.match(self.text, at).end()  # type: ignore[union-attr]  # it matches nothing as well

    def value(self, at: int) -> tuple[Any, int]:
        """The value that begins here, and the place behind it."""
        try:
            return DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as fault:
            if self._is_cut(fault):
                raise _CutOff from fault
            raise _broken(self.text, fault.pos, self.file) from fault
        except (RecursionError, ValueError) as fault:  # nested too deep, or a number of thousands of digits
            raise _broken(self.text, at, self.file) from fault

    def mark(self, at: int, marks: str) -> str:
        """The mark that stands here, one of these."""
        if at >= len(self.text):
            raise _CutOff
        if self.text[at] not in marks:
            raise _broken(self.text, at, self.file)
        return self.text[at]

    def _is_cut(self, fault: json.JSONDecodeError) -> bool:
        """Whether the text ends where the fault is, and would be well formed up to there."""
        rest = self.text[fault.pos :].rstrip()
        if fault.msg.startswith("Unterminated string"):
            return True
        return CUT_WORD.fullmatch(rest) is not None or (
            fault.msg.startswith("Invalid \\") and len(rest) < ESCAPE_CHARACTERS
        )


class _Walk(_Scanner):
    """One document, item by item down to the list; what was read before a cut stays."""

    def __init__(self, text: str, name: str, file: str) -> None:
        super().__init__(text, file)
        self.name = name
        self.items: list[Document] = []
        self.top: dict[str, Any] = {}
        self.inner: dict[str, Any] = {}
        self.found = self.bare = False
        self.begun = len(text)  # where the item begins that is not whole

    def told(self, *, cut: bool = False) -> Listing:
        """What has been read."""
        rest = self.text[self.begun :] if cut else ""
        return Listing(tuple(self.items), {**self.top, **self.inner}, cut, rest, self.bare)

    def document(self, at: int) -> int:
        """The place behind the document that begins here."""
        at = self.skip(at)
        if self.text[at : at + 1] == "[":
            self.bare = True
            return self._list(at + 1)
        if self.text[at : at + 1] == "{":
            return self._entries(at + 1, self.top, inside=False)
        return self.value(at)[1]

    def _entries(self, at: int, told: dict[str, Any], *, inside: bool) -> int:
        at = self.skip(at)
        if self.mark(at, '"}') == "}":
            return at + 1
        while True:
            self.mark(at, '"')
            key, at = self.value(at)
            at = self.skip(at)
            self.mark(at, ":")
            at = self._entry(key, self.skip(at + 1), told, inside=inside)
            at = self.skip(at)
            if self.mark(at, ",}") == "}":
                return at + 1
            at = self.skip(at + 1)

    def _entry(self, key: str, at: int, told: dict[str, Any], *, inside: bool) -> int:
        opened = self.text[at : at + 1]
        if key == self.name and opened == "[":
            if self.found:  # which of two lists holds the records cannot be told
                raise _broken(self.text, at, self.file)
            return self._list(at + 1)
        if opened == "{" and not inside and not self.found:
            end = self._entries(at + 1, self.inner, inside=True)
            if not self.found:
                told[key], self.inner = self.inner, {}
            return end
        told[key], end = self.value(at)
        return end

    def _list(self, at: int) -> int:
        self.found = True
        at = self.skip(at)
        if self.text[at : at + 1] == "]":
            return at + 1
        while True:
            self.begun = at
            if at >= len(self.text):
                raise _CutOff
            _, end = self.value(at)
            after = self.skip(end)
            # A number at the very end may have gone on.
            if after >= len(self.text) and self.text[end - 1] not in '}]"':
                raise _CutOff
            self.items.append(Document(self.text[at:end]))
            at, self.begun = after, len(self.text)
            if self.mark(at, ",]") == "]":
                return at + 1
            at = self.skip(at + 1)
