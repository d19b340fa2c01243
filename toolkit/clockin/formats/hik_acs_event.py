"""Hikvision ``AcsEvent``: the answer of an access terminal to a query of its events, as JSON.

A query is answered in pages. ``responseStatusStrg`` MORE says that there are
more events than the page holds, and ``totalMatches`` how many: rows are then
missing, and that somebody is not in the file says nothing. Times carry an
offset. Rows are numbered from 1 through all pages of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.formats import REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.hikvision import event_row
from toolkit.clockin.json_documents import Document, field, whole_documents, whole_items
from toolkit.errors import ReadingError

SHAPE = re.compile(r'\s*\{\s*"AcsEvent"\s*:\s*\{')
TOTAL = re.compile(r'"totalMatches"\s*:\s*(\d{1,12})\b')
MORE = "MORE"


@dataclass(frozen=True, slots=True)
class _Events:
    """Whole events in their order, the text of one that is cut off, and what the pages say of the whole."""

    items: tuple[Document, ...]
    rest: str
    cut: bool
    status: str
    total: int | None


@punch_format("hik_acs_event")
class HikAcsEvent:
    """Pages of events of an access terminal, failed attempts among them."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"photos"})

    def sniff(self, head: Head) -> bool:
        """It begins as such an answer does."""
        return SHAPE.match(head.text) is not None

    def facts(self, source: Source) -> FileFacts:
        """How many events there are, and whether all are here."""
        events = _events(source)
        missing = events.total is not None and len(events.items) < events.total
        short = "more" if events.status == MORE and (missing or events.total is None) else "count" if missing else ""
        return FileFacts(truncated="cut_line" if events.cut else short, stated_total=events.total)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row an event; one that is cut off is refused."""
        events = _events(source)
        for number, item in enumerate(events.items, 1):
            if isinstance(item.value, Mapping):
                yield event_row(item.value, number, item.text)
            else:
                yield RawRow(kind=REFUSED, row=number, raw=item.text, why="too_few_fields")
        if events.rest.strip():
            yield RawRow(kind=REFUSED, row=len(events.items) + 1, raw=events.rest, why="cut_row")


def _events(source: Source) -> _Events:
    pages, cut = whole_documents(source.text, source.name)
    items: list[Document] = []
    for page in pages:
        items += whole_items(page.text, "InfoList", source.name)[0] if _listed(page.value, source.name) else []
    rest, totals = "", {total for page in pages if (total := _total(page.value)) is not None}
    if cut:
        whole, rest = whole_items(cut, "InfoList", source.name)
        items += whole
        totals |= {int(found) for found in TOTAL.findall(cut)[:1]}
    status = field(pages[-1].value["AcsEvent"], "responseStatusStrg") if pages else ""
    return _Events(tuple(items), rest, bool(cut), status, totals.pop() if len(totals) == 1 else None)


def _listed(page: Any, file: str) -> bool:
    """Whether a page holds a list of events; one without matches has none."""
    answer = page.get("AcsEvent") if isinstance(page, Mapping) else None
    if not isinstance(answer, Mapping) or not isinstance(answer.get("InfoList", []), list):
        raise ReadingError("records_json_faulty", file=file, row=1)
    return bool(answer.get("InfoList"))


def _total(page: Any) -> int | None:
    told = field(page["AcsEvent"], "totalMatches")
    return int(told) if told.isascii() and told.isdigit() else None
