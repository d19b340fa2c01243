"""Suprema BioStar 2: the event log as CSV, newest rows first, in the language of the user interface.

``User`` is ``378(Can Duy Hung)``: the number is the employee's, the name may be
missing. ``Event`` is a sentence in one of many languages and is often garbled
on its way. A credential and a result are read only from sentences whose words
are certain, in English and Spanish; of garbled ones where what is left decides.
Everything else is kept with its words and stays unknown.

An event that names a user and is no known event of the device is taken as a
clock-in of unknown result, so that one in another language is not lost. Thai
sites export years of the Buddhist calendar; the file does not say so, and such
rows are refused with their year instead of being converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.fields.text_headings import order_of
from toolkit.clockin.fields.words import credential_of_word, result_of_word
from toolkit.clockin.files.tabular import (
    Record,
    clean_cell,
    clean_id,
    first_line,
    guess_delimiter,
    id_fault,
    physical_lines,
    records,
    shape_fault,
    usual_cells,
)
from toolkit.clockin.formats import EVENT, NON_RECORD, PUNCH, REFUSED, Head, RawRow, Source, punch_format
from toolkit.errors import ReadingError

HEADINGS = {
    "date": "date", "fecha": "date", "door": "door", "puerta": "door", "device id": "device_id",
    "id de dispositivo": "device_id", "id del dispositivo": "device_id", "device": "device",
    "dispositivo": "device", "user group": "group", "grupo de usuario": "group", "grupo de usuarios": "group",
    "user": "user", "usuario": "user", "usuarios": "user", "event": "event", "evento": "event",
}  # fmt: skip
NEEDED = ("date", "user", "event")
PLACES = frozenset({"door", "device", "device_id"})
USER = re.compile(r"(?P<id>[^()]*)\((?P<name>.*)\)")
# Two letters of "Autenticación" arrive as anything from one to six characters.
ATTEMPT = re.compile(
    r"1:[1N] (?:authentication|Autenticaci\S{1,6}n) (?P<result>[A-Za-z]+)(?: \((?P<means>[^()]*)\))?", re.IGNORECASE
)
ONE_TO = re.compile(r"1:[1N]\b")
OWN_MEANS = {"id": "pin", "pin": "password"}  # the number that names somebody, and the secret one
DENIED, GRANTED = ("access denied", "acceso denegado"), ("access granted", "acceso concedido")
OF_DEVICE = ("door ", "device ", "user ", "puerta ", "dispositivo ", "zone ", "system ")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the columns are, and the order of the dates."""

    columns: Mapping[str, int]
    width: int
    usual: int
    order: str


@punch_format("biostar_events")
class BiostarEvents:
    """Rows of an event log, failed attempts and events of devices among them."""

    mapping_keys: frozenset[str] = frozenset({"date_order"})
    lacks: frozenset[str] = frozenset({"photos"})

    def sniff(self, head: Head) -> bool:
        """Headings of date, user and event, and of a place; and users or events written as only this log has them."""
        lines = [line for line in physical_lines(head.text) if line.strip()]
        if head.sheets or len(lines) < 2 or _columns(lines[0].rstrip("\r\n").split(guess_delimiter(lines[0]))) is None:
            return False
        return any(ONE_TO.search(line) or re.search(r"[,;\t\"]\w+\([^()]*\)", line) for line in lines[1:])

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Headings and blank rows are no record."""
        table = list(records(source.text, guess_delimiter(first_line(source.text)), source.name))
        heading = next(record for record in table if not record.blank)
        columns = _columns(heading.cells)
        if columns is None:
            raise ReadingError("table_columns_missing", file=source.name, missing=", ".join(NEEDED),
                               found=", ".join(heading.cells))  # fmt: skip
        order = order_of(source, ((one.row, _told(one, columns, "date")) for one in table if one is not heading))
        layout = _Layout(columns, len(heading.cells), usual_cells(table), order)
        for record in table:
            if record is heading or record.blank or record.cells == heading.cells:
                yield RawRow(kind=NON_RECORD, row=record.row, raw=record.raw)
            else:
                yield _row(record, layout)


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    named = [HEADINGS.get(clean_cell(cell).lower()) for cell in cells]
    found = {name: place for place, name in enumerate(named) if name is not None and named.count(name) == 1}
    return found if all(name in found for name in NEEDED) and PLACES & found.keys() else None


def _told(record: Record, columns: Mapping[str, int], name: str) -> str:
    place = columns.get(name, -1)
    return clean_cell(record.cells[place]) if 0 <= place < len(record.cells) else ""


def _row(record: Record, layout: _Layout) -> RawRow:
    columns = layout.columns
    place: dict[str, Any] = {"row": record.row, "raw": record.raw}
    why = shape_fault(record, max(columns[name] for name in NEEDED) + 1, layout.width, layout.usual)
    if why:
        return RawRow(kind=REFUSED, **place, why=why)
    # The event is kept as it stands: normalising garbled letters would garble them again.
    event, (employee_id, name) = record.cells[columns["event"]].strip(), _user(_told(record, columns, "user"))
    common: dict[str, Any] = {
        **place, "employee_id": employee_id, "time_text": _told(record, columns, "date"),
        "terminal_id": _told(record, columns, "device_id") or _told(record, columns, "device") or None,
    }  # fmt: skip
    told = _attempt(event, bool(employee_id))
    if told is None:
        return RawRow(kind=EVENT, **common, details={"code": event, "what": "unknown"})
    credential, result, flags = told
    if not employee_id and result != "fail":
        return RawRow(kind=REFUSED, **common, why="no_employee")
    if employee_id and (fault := id_fault(employee_id)):
        return RawRow(kind=REFUSED, **common, why=fault)
    return RawRow(
        kind=PUNCH,
        **common,
        date_order=layout.order,
        credential=credential,
        result=result,
        record_kind="failed_attempt" if result == "fail" else "raw_event",
        details={
            "name": name,
            "device_name": _told(record, columns, "device"),
            "door": _told(record, columns, "door"),
            "user_group": _told(record, columns, "group"),
            "credential_code": event,
            "code_table": "biostar2.event_text",
            "flags": flags,
        },
    )


def _user(text: str) -> tuple[str, str]:
    """Number and name of a user; the number alone where there is no name."""
    match = USER.fullmatch(text)
    return (clean_id(text), "") if match is None else (clean_id(match["id"]), match["name"].strip())


def _attempt(event: str, named: bool) -> tuple[str, str, list[str]] | None:
    """Credential, result and flags of an event of a person; None for an event of the device."""
    match, plain = ATTEMPT.fullmatch(event), event.lower()
    if match is not None:
        result = result_of_word(match["result"])
        return (
            credential_of_word(match["means"] or "", OWN_MEANS),
            result,
            [] if result != "unknown" else ["event_text_unknown"],
        )
    if plain.startswith(DENIED):
        return "unknown", "fail", []
    if named and plain.startswith(GRANTED):
        return "unknown", "pass", []
    if ONE_TO.match(event) or (named and not plain.startswith(OF_DEVICE)):
        return "unknown", "unknown", ["event_text_unknown"]
    return None
