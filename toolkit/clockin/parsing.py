"""The child's half of reading a clock-in file: bytes to rows, nothing decided about the case.

Runs in a limited process, see :mod:`toolkit.clockin.reader`; what it answers is JSON.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.clockin.choosing import choose_format
from toolkit.clockin.details import DETAIL_FIELDS, detail_row
from toolkit.clockin.fields import whole_minutes
from toolkit.clockin.fields.stamps import Unreadable, read_stamp
from toolkit.clockin.files import garbled, unread
from toolkit.clockin.files.columns import packed_columns
from toolkit.clockin.files.decoding import read_bytes
from toolkit.clockin.files.tabular import CUT_ROW
from toolkit.clockin.formats import KEPT, NON_RECORD, PHOTO, PUNCH, REFUSED, FileFacts, RawRow, Source, punch_formats
from toolkit.errors import ReadingError

MOST_ROWS = 2_000_000
MOST_PHOTO_BYTES = 256 * 2**20
SHOWN_CHARACTERS = 80
PUNCH_FIELDS = (
    "sheet", "row", "sub", "employee_id", "stamped_at", "t_local", "precision_s", "zone", "zone_basis", "terminal_id",
    "credential", "result", "record_kind", "raw",
)  # fmt: skip

Row = dict[str, Any]


def parse_to_json(path: str, mapping: dict[str, Any]) -> dict[str, Any]:
    """Format, encoding, punches and details as packed columns, refused rows, what else is kept, other rows counted.

    Raises
    ------
    ReadingError
        See the catalogue ``errors_clockin``.
    """
    file = Path(path)
    source = Source(name=file.name, content=read_bytes(file), mapping=mapping)
    name = choose_format(source)
    chosen = punch_formats[name]
    facts = chosen.facts(source) if hasattr(chosen, "facts") else FileFacts()
    punches: dict[str, list[Any]] = {field: [] for field in PUNCH_FIELDS}
    details: dict[str, list[Any]] = {field: [] for field in DETAIL_FIELDS}
    refused: list[Row] = []
    kept: list[Row] = []
    seen: set[str] = set()
    used: set[str] = set()
    others = photo_bytes = 0
    for count, raw in enumerate(chosen.rows(source), 1):
        if count > MOST_ROWS:
            raise ReadingError("records_too_many_rows", file=file.name, limit=MOST_ROWS)
        seen.add(raw.sheet)
        if raw.kind != NON_RECORD:
            used.add(raw.sheet)
        if raw.kind == NON_RECORD or raw.kind in KEPT:
            others += 1
            if raw.kind in KEPT:
                kept.append(_kept_row(raw))
                photo_bytes += len(raw.details.get("content", b"")) if raw.kind == PHOTO else 0
            if photo_bytes > MOST_PHOTO_BYTES:
                raise ReadingError("records_too_large", file=file.name, limit_mib=MOST_PHOTO_BYTES // 2**20)
            continue
        if raw.kind not in (PUNCH, REFUSED):
            raise ValueError(f"no such kind of row: {raw.kind}")
        row = _refused_row(raw, raw.why) if raw.kind == REFUSED else _read_row(raw, facts)
        if "why" in row:
            refused.append(row)
        else:
            _append(punches, row)
            _append(details, detail_row(raw.details))
    if not facts.truncated and any(row["why"] == CUT_ROW for row in refused):
        facts = replace(facts, truncated="cut_line")
    minutes_only = getattr(chosen, "minutes_only", False)
    whole_minutes.widen(punches, details, 1 if minutes_only else whole_minutes.LEAST_TIMES)
    encoding, basis = _encoding(source)
    # A format that names no table has none, or reads its one table as lines.
    sheets = source.sheets if seen != {""} else ()
    return {
        "format": name,
        "lacks": sorted(chosen.lacks),
        "encoding": encoding,
        "encoding_basis": basis,
        "facts": asdict(facts),
        "punches": packed_columns(punches),
        "details": packed_columns(details),
        "refused": refused,
        "kept": kept,
        "non_record": others + unread.unread_rows(sheets, seen),
        "oddities": [*garbled.oddities_of(source), *unread.oddities_of(sheets, seen, used)],
    }


def _append(columns: dict[str, list[Any]], row: Row) -> None:
    for field, values in columns.items():
        values.append(row[field])


def _read_row(raw: RawRow, facts: FileFacts) -> Row:
    """A punch with its time read, or a refused row where the time cannot be read."""
    try:
        at, precision_s, offset = _moment(raw)
    except Unreadable as unreadable:
        return _refused_row(raw, unreadable.why)
    stated = raw.zone or offset
    zone, basis = (stated, "explicit") if stated else (facts.timezone, "file_header" if facts.timezone else "")
    return {
        "sheet": raw.sheet,
        "row": raw.row,
        "sub": raw.sub,
        "employee_id": raw.employee_id,
        "stamped_at": raw.time_text,
        "t_local": at,
        "precision_s": precision_s,
        "zone": zone,
        "zone_basis": basis,
        "terminal_id": raw.terminal_id,
        "credential": raw.credential,
        "result": raw.result,
        "record_kind": raw.record_kind,
        "raw": raw.raw,
    }


def _moment(raw: RawRow) -> tuple[str, float, str | None]:
    if not raw.at:
        stamp = read_stamp(raw.time_text, raw.date_order)
        return stamp.at.isoformat(), stamp.precision_s if raw.precision_s is None else raw.precision_s, stamp.offset
    if raw.precision_s is None:
        raise ValueError(f"a time without its precision in row {raw.row}")
    return datetime.fromisoformat(raw.at).isoformat(), raw.precision_s, None


def _kept_row(raw: RawRow) -> Row:
    """A row that is no clock-in: bytes of a picture in base64, all else as text."""
    told = {
        name: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)
        for name, value in raw.details.items()
    }
    return {
        "kind": raw.kind, "sheet": raw.sheet, "row": raw.row, "sub": raw.sub, "employee_id": raw.employee_id,
        "time_text": raw.time_text, "terminal_id": raw.terminal_id, "raw": raw.raw, "details": told,
    }  # fmt: skip


def _refused_row(raw: RawRow, why: str) -> Row:
    return {
        "sheet": raw.sheet,
        "row": raw.row,
        "sub": raw.sub,
        "raw": raw.raw,
        "why": why,
        "employee_id": raw.employee_id,
        "shown": (raw.time_text or raw.raw.strip())[:SHOWN_CHARACTERS],
    }


def _encoding(source: Source) -> tuple[str, str]:
    try:
        return source.decoded.encoding, source.decoded.basis
    except ReadingError:
        return "binary", "format"
