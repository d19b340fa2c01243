"""BioTime / ZKBioTime: what its server answers under ``/iclock/api/transactions/``, in JSON.

Times have seconds and are those of the server's zone, which is not stated.
``upload_time`` is when the server received the row: it is later than the
clock-in by the way over the network and by whatever the two clocks differ, so
that the smallest difference bounds how far the terminal's clock was ahead.
The names of states and ways of checking follow the language of the server, so
the numbers are read and the names kept. The answer has no column that tells
rows of a terminal from rows entered by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.clockin.details import spare
from toolkit.clockin.fields.words import credential_of_word
from toolkit.clockin.files.json_lists import Listing, listing, names_keys, scalar
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import PUNCH, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_codes import PUSH_TABLE, credential_of, direction_of, reset_flags

LIST = "data"
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
MARKS = ("emp_code", "punch_time", "terminal_sn")
TOLD = frozenset({
    "id", "emp_code", "first_name", "last_name", "punch_time", "verify_type", "terminal_sn", "terminal_alias",
    "upload_time",
})  # fmt: skip


@punch_format("biotime_api")
class BiotimeApi:
    """A page of transactions, or the bare list of them."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "photos", "edits"})

    def sniff(self, head: Head) -> bool:
        """JSON with the names that every transaction has."""
        return names_keys(head.text, MARKS)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One punch a transaction; a row is named by its place in the list, from 1."""
        for number, raw, item in source.once(_listing).records():
            yield item if isinstance(item, RawRow) else _row(number, raw, item)

    def facts(self, source: Source) -> FileFacts:
        """How many transactions the server has, and whether this is the last page."""
        told = source.once(_listing)
        total = told.around.get("count")
        total = total if isinstance(total, int) and not isinstance(total, bool) else None
        missing = "count" if total is not None and total > len(told.items) else ""
        following = "more" if told.around.get("next") else missing
        return FileFacts(stated_total=total, truncated=told.truncated or following)


def _listing(source: Source) -> Listing:
    return listing(source.text, LIST, source.name)


def _row(number: int, raw: str, item: Mapping[str, Any]) -> RawRow:
    told = {str(name): scalar(value) for name, value in item.items()}
    employee_id = clean_id(told.get("emp_code", ""))
    why = id_fault(employee_id)
    if why:
        return RawRow(kind=REFUSED, row=number, raw=raw, why=why, employee_id=employee_id)
    serial = told.get("terminal_sn", "")
    return RawRow(
        kind=PUNCH,
        row=number,
        raw=raw,
        employee_id=employee_id,
        time_text=told.get("punch_time", ""),
        terminal_id=serial or None,
        credential=_credential(told),
        result="pass",
        details={
            "name": " ".join(part for part in (told.get("first_name"), told.get("last_name")) if part),
            "seq": told["id"] if NUMBER.fullmatch(told.get("id", "")) else None,
            "direction": direction_of(told.get("punch_state", "")),
            "credential_code": told.get("verify_type"),
            "code_table": PUSH_TABLE if told.get("verify_type") else "",
            "device_name": told.get("terminal_alias"),
            "device_serial": serial,
            "uploaded_at": told.get("upload_time"),
            "flags": reset_flags(told.get("punch_time", "")),
            **spare(told, TOLD),
        },
    )


def _credential(told: Mapping[str, str]) -> str:
    """By the number, and where that is not named by the word; where the two differ it is not known."""
    code, word = told.get("verify_type", ""), told.get("verify_type_display", "")
    by_code, by_word = credential_of(code), credential_of_word(word)
    if by_word.startswith("unknown") or by_word == by_code:
        return by_code
    return by_word if by_code.startswith("unknown") else f"unknown ({code} {word})"
