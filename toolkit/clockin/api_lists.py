"""Answers of a platform's interface, saved as JSON: a list of items inside an envelope.

A document that ends too early is read as far as its items are whole; the rest
is a refused row, so that nobody takes the file for complete. A document that is
broken in any other way is refused as a whole: what an item says cannot be told
once the marks around it are wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from toolkit.clockin.details import DETAILS
from toolkit.clockin.formats import PUNCH, REFUSED, RawRow
from toolkit.clockin.tabular import clean_id, is_shortened_number
from toolkit.errors import ReadingError

UTC = timezone(timedelta(0))
UTC_OFFSET = "+00:00"
YEARS_S = (0, 4102444800)  # 1970 to 2100
KEY = r'"{}"\s*:'
MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|"|[{}\[\]]', re.DOTALL)
SKIPPED = re.compile(r"[ \t\r\n,]*")


@dataclass(frozen=True, slots=True)
class Listing:
    """Items in their order and the envelope around them; ``rest`` is what is left where the document was ``cut``."""

    items: tuple[Any, ...]
    envelope: Mapping[str, Any]
    cut: bool = False
    rest: str = ""

    @property
    def truncated(self) -> str:
        """The code of the reason why rows are missing, "" where nothing tells that any are."""
        return "cut_line" if self.cut else ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An item that names a person and a moment in UTC; ``time_text`` is the count as written."""

    row: int
    raw: str
    employee_id: str
    time_text: str
    at: datetime

    def punch(self, **others: Any) -> RawRow:
        """The clock-in with what else the format knows of it.

        A count in milliseconds that ends in zeros is taken for a whole second, whose interval holds the moment
        either way.
        """
        return RawRow(
            kind=PUNCH, row=self.row, raw=self.raw, employee_id=self.employee_id, time_text=self.time_text,
            at=self.at.replace(tzinfo=None).isoformat(), precision_s=0.001 if self.at.microsecond else 1.0,
            zone=UTC_OFFSET, **others,
        )  # fmt: skip


def names_keys(text: str, keys: Collection[str]) -> bool:
    """Whether a text begins as JSON and holds all of these keys."""
    return text.lstrip()[:1] in ("{", "[") and all(re.search(KEY.format(re.escape(key)), text) for key in keys)


def listing(text: str, name: str, file: str) -> Listing:
    """The items of the list called ``name``, or of the document where it is a list.

    Raises
    ------
    ReadingError
        The document is broken or holds no such list.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as fault:
        return _beginning(text, name, file, fault)
    except (RecursionError, ValueError) as fault:  # nested too deep, or a number of thousands of digits
        raise ReadingError("records_json_broken", file=file, position=0) from fault
    if isinstance(document, list):
        return Listing(tuple(document), {})
    for envelope in _envelopes(document):
        if isinstance(envelope.get(name), list):
            return Listing(tuple(envelope[name]), {**document, **envelope})
    raise ReadingError("records_json_no_list", file=file, name=name)


def _envelopes(document: Any) -> Iterator[dict[str, Any]]:
    """The document and the objects directly inside it, such as ``data`` or ``result``."""
    if isinstance(document, dict):
        yield document
        yield from (inner for inner in document.values() if isinstance(inner, dict))


def _beginning(text: str, name: str, file: str, fault: json.JSONDecodeError) -> Listing:
    start = re.search(KEY.format(re.escape(name)) + r"\s*\[", text)
    bare = text.lstrip()[:1] == "["
    place = text.find("[") + 1 if bare else start.end() if start else 0
    items: list[Any] = []
    decoder = json.JSONDecoder()
    while place:
        place = max(place, SKIPPED.match(text, place).end())  # type: ignore[union-attr]  # it matches nothing as well
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        items.append(item)
    rest = text[place:]
    if not items or not _is_open(rest):
        raise ReadingError("records_json_broken", file=file, position=fault.pos) from fault
    return Listing(tuple(items), {}, True, rest)


def _is_open(rest: str) -> bool:
    """Whether the rest is the beginning of one item and nothing more, or nothing at all."""
    depth = 0
    for match in MARKS.finditer(rest):
        if match[0] == '"':
            return True
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if depth <= 0 and match[0] in "}]":
            return False
    return depth > 0 or not rest


def cut_row(told: Listing) -> Iterator[RawRow]:
    """The refused row for what is left of a cut document; none where it ends between two items."""
    if told.rest:
        yield RawRow(kind=REFUSED, row=len(told.items) + 1, raw=told.rest, why="cut_row")


def item_text(item: Any) -> str:
    """An item as it is kept."""
    return json.dumps(item, ensure_ascii=False)


def claim(
    number: int, item: Mapping[str, Any], ids: Collection[str], time: str, units_a_second: int = 1
) -> Claim | RawRow:
    """The person and the moment of an item, or the refused row where one of them cannot be read."""
    raw, shown = item_text(item), text_of(item, time)
    employee_id = clean_id(text_of(item, *ids))
    at = moment(item.get(time), units_a_second)
    why = "no_employee" if not employee_id else "shortened_id" if is_shortened_number(employee_id) else ""
    if at is None or why:
        return RawRow(
            kind=REFUSED, row=number, raw=raw, why=why or "unreadable_time", employee_id=employee_id, time_text=shown
        )
    return Claim(number, raw, employee_id, shown, at)


def others(item: Mapping[str, Any], read: Collection[str]) -> dict[str, Any]:
    """Entries that the format does not read, by their names; one that is called like a detail is told apart."""
    return {
        f"item.{name}" if name in DETAILS else name: value
        for name, value in item.items()
        if name not in read and value not in (None, "", [], {})
    }


def text_of(item: Mapping[str, Any], *names: str) -> str:
    """The first of these entries that says something, as text."""
    for name in names:
        value = item.get(name)
        if value not in (None, "", [], {}):
            return str(value).strip()
    return ""


def joined(item: Mapping[str, Any], name: str) -> str:
    """Entries of a list (such as pictures) as one text, a blank between them."""
    value = item.get(name)
    return " ".join(str(one) for one in value) if isinstance(value, list) else "" if value is None else str(value)


def moment(value: Any, units_a_second: int = 1) -> datetime | None:
    """A moment in UTC from a count since 1970, a number or digits; None where it is none or no plausible year.

    Parameters
    ----------
    units_a_second : int
        1 for seconds, 1000 for milliseconds. A count in the wrong unit falls outside the years 1970 to 2100 or on
        1970-01-21 and is told by its reader, not mended here.
    """
    digits = "" if isinstance(value, (bool, float)) else str(value).strip()
    if not re.fullmatch(r"\d{1,16}", digits, re.ASCII):
        return None
    count = int(digits)
    if not YEARS_S[0] < count / units_a_second < YEARS_S[1]:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count * 1_000_000 // units_a_second)
