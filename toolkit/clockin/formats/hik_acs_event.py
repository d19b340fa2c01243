"""Hikvision ``AcsEvent``: the answer of an access terminal to a query of its events, as JSON.

A query is answered in pages. ``responseStatusStrg`` MORE says that there are
more events than the page holds, and ``totalMatches`` how many: rows are then
missing, and that somebody is not in the file says nothing. Times carry an
offset. Rows are numbered from 1 through all pages of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.clockin.files.json_lists import Listing, field, listings
from toolkit.clockin.formats import FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.hikvision import event_row
from toolkit.errors import ReadingError

SHAPE = re.compile(r'\s*\{\s*"AcsEvent"\s*:\s*\{')
LIST, MORE = "InfoList", "MORE"


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
        pages = source.once(_pages)
        here, totals = sum(len(page.items) for page in pages), {_total(page) for page in pages} - {None}
        total = totals.pop() if len(totals) == 1 else None
        status = field(_answer(pages[-1]), "responseStatusStrg") if pages else ""
        missing = total is not None and here < total
        short = "more" if status == MORE and (missing or total is None) else "count" if missing else ""
        return FileFacts(truncated=(pages[-1].truncated if pages else "") or short, stated_total=total)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row an event; one that is cut off is refused."""
        pages = source.once(_pages)
        whole = Listing(tuple(item for page in pages for item in page.items), {}, rest="".join(p.rest for p in pages))
        for number, raw, event in whole.records():
            yield event if isinstance(event, RawRow) else event_row(event, number, raw)


def _pages(source: Source) -> list[Listing]:
    """Each page with its events; one without matches has none."""
    pages = listings(source.text, LIST, source.name)
    for page in pages:
        answer = _answer(page)
        if page.bare or not isinstance(answer, Mapping) or not isinstance(answer.get(LIST, []), list):
            raise ReadingError("records_json_no_list", file=source.name, name=LIST)
    return pages


def _answer(page: Listing) -> Any:
    """What a page says of itself: beside its list, or alone where it has none."""
    return page.around.get("AcsEvent", page.around)


def _total(page: Listing) -> int | None:
    told = field(_answer(page), "totalMatches")
    return int(told) if told.isascii() and told.isdigit() else None
