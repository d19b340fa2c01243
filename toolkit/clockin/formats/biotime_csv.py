"""BioTime / ZKBioTime: the list of transactions as CSV, with minutes and no seconds.

Each time is a minute in which others clocked in too, so that these rows place
nobody by themselves; the terminal and the server hold the seconds. ``Data
Sources`` tells rows of the terminal from others in words of the language that
the server was set to: where a word is not known, the row is flagged and the
file counts as one that does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.clockin.fields.text_headings import HeadedRow, headed_rows, headings_of, order_of, unread
from toolkit.clockin.fields.words import credential_of_word, direction_of_word
from toolkit.clockin.formats import PUNCH, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_codes import WORD_TABLE, reset_flags

COLUMNS = {
    "employee_id": ("employee id",),
    "first_name": ("first name",),
    "last_name": ("last name",),
    "date": ("date",),
    "time": ("time",),
    "punch_state": ("punch state",),
    "verify": ("verification method",),
    "device_name": ("device name",),
    "device_serial": ("device sn",),
    "data_source": ("data sources", "data source"),
    "export_number": ("no.",),
}
NEEDED = ("employee_id", "date", "time")
MARKS = frozenset({"employee id", "first name", "date", "time", "punch state", "verification method", "device sn"})
TOLD = ("employee_id", "first_name", "last_name", "date", "time", "verify", "device_name", "device_serial")
SOURCES = {"machine": "raw_event", "device": "raw_event", "设备": "raw_event", "": "raw_event", "manual": "manual_edit"}


@punch_format("biotime_csv")
class BiotimeCsv:
    """The export "transactions" of the server."""

    mapping_keys: frozenset[str] = frozenset({"date_order"})
    minutes_only = True
    lacks: frozenset[str] = frozenset({"failures", "photos"})

    def sniff(self, head: Head) -> bool:
        """Its English headings; no other have been seen."""
        return headings_of(head.text) >= MARKS

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One punch a row."""
        table = source.once(_table)
        order = order_of(source, ((row.row, _time(row)) for row in table if not row.blank and not row.why))
        for row in table:
            yield unread(row) if row.blank or row.why else _punch(row, order)

    def facts(self, source: Source) -> FileFacts:
        """Whether every row says in known words where it comes from."""
        told = {_source(row) for row in source.once(_table) if not row.blank and not row.why}
        return FileFacts(lacks=() if told <= {"machine", "device", "设备", "manual"} else ("edits",))


def _table(source: Source) -> list[HeadedRow]:
    return list(headed_rows(source, COLUMNS, NEEDED))


def _time(row: HeadedRow) -> str:
    return f"{row.get('date')} {row.get('time')}".strip()


def _source(row: HeadedRow) -> str:
    return row.get("data_source").lower()


def _punch(row: HeadedRow, order: str) -> RawRow:
    unread_source = [] if _source(row) in SOURCES else ["source_unread"]
    serial = row.get("device_serial")
    return RawRow(
        kind=PUNCH,
        row=row.row,
        raw=row.raw,
        employee_id=row.get("employee_id"),
        time_text=_time(row),
        date_order=order,
        terminal_id=serial or None,
        credential=credential_of_word(row.get("verify")),
        result="pass",
        record_kind=SOURCES.get(_source(row), "raw_event"),
        details={
            "name": " ".join(part for part in (row.get("first_name"), row.get("last_name")) if part),
            "direction": direction_of_word(row.get("punch_state")),
            "credential_code": row.get("verify"),
            "code_table": WORD_TABLE if row.get("verify") else "",
            "device_name": row.get("device_name"),
            "device_serial": serial,
            "flags": [*reset_flags(row.get("date")), *unread_source],
            **row.others(TOLD),
        },
    )
