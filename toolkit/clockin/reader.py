"""Any clock-in file -> punches: found out by content, every row accounted for.

One punch row per source assertion, never deduplicated. Source rows are parsed,
refused with a reason, or no records; the three always add up. The file is read
in a limited child process.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import sandbox, tables
from toolkit.clockin import formats
from toolkit.clockin.decoding import read_text
from toolkit.clockin.formats import PUNCH, REFUSED, RawRow, Source, punch_formats
from toolkit.clockin.stamps import Unreadable, check_timezone, read_stamp
from toolkit.errors import ReadingError
from toolkit.records import Oddity

MOST_ROWS = 2_000_000
HEAD_CHARACTERS = 8000
SHOWN_REFUSED = 3
CLOCK_RESET_YEARS = (1970, 2000)
LIMITS = sandbox.Limits(memory_bytes=4 * 2**30, cpu_s=300, wall_s=300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRead:
    """What a records file holds; ``rows_source`` is the sum of the three other counts."""

    format: str
    encoding: str
    encoding_basis: str
    rows_source: int
    rows_parsed: int
    rows_rejected: int
    rows_non_record: int
    punches: pd.DataFrame
    refused: pd.DataFrame
    warnings: list[Oddity] = field(default_factory=list)


def read_records(
    path: Path,
    *,
    exhibit_id: str,
    exhibit_sha256: str,
    terminal_id: str | None = None,
    timezone: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    scope: frozenset[str] | None = None,
    accept_refused: bool = False,
) -> RecordsRead:
    """Read a clock-in file.

    Parameters
    ----------
    timezone : str, optional
        IANA name of the zone the times are written in; there is no default.
    mapping : mapping, optional
        Declared columns of a CSV.
    scope : frozenset of str, optional
        Employee ids in scope; rows of others are dropped before anything is kept.
    accept_refused : bool
        Without it a file with unreadable rows is refused, naming them.

    Raises
    ------
    ReadingError
        See the catalogue ``errors_clockin``.
    """
    if timezone is not None:
        check_timezone(timezone)
    told = sandbox.ask(
        "toolkit.clockin.reader:parse_to_json", {"path": str(path), "mapping": dict(mapping or {})}, LIMITS
    )
    refused = [row for row in told["rows"] if row["kind"] == REFUSED]
    if refused and not accept_refused:
        shown = "; ".join(f"row {row['row']}: {row['shown']!r} ({row['why']})" for row in refused[:SHOWN_REFUSED])
        raise ReadingError("records_rows_refused", file=path.name, count=len(refused), rows=shown)
    parsed = [row for row in told["rows"] if row["kind"] == PUNCH]
    if not parsed:
        raise ReadingError("records_no_rows", file=path.name)
    counts = {"rows_source": len(told["rows"]), "rows_parsed": len(parsed), "rows_rejected": len(refused)}
    kept = [row for row in parsed if scope is None or row["employee_id"] in scope]
    warnings = _warnings(kept)
    if len(kept) < len(parsed):
        warnings.append(Oddity(code="out_of_scope", facts={"rows": len(parsed) - len(kept)}))
    return RecordsRead(
        format=told["format"],
        encoding=told["encoding"],
        encoding_basis=told["encoding_basis"],
        rows_non_record=len(told["rows"]) - len(parsed) - len(refused),
        punches=tables.build("punches", _punches(kept, exhibit_id, exhibit_sha256, terminal_id, timezone)),
        refused=tables.build(
            "refused_rows",
            [
                {"exhibit_id": exhibit_id, **{key: row[key] for key in ("sheet", "row", "raw", "why")}}
                for row in refused
            ],
        ),
        warnings=warnings,
        **counts,
    )


def parse_to_json(path: str, mapping: dict[str, Any]) -> dict[str, Any]:
    """The answer of the child: format, encoding and all rows as JSON values."""
    text, encoding, basis = read_text(Path(path))
    name = choose_format(text, mapping, Path(path).name)
    rows: list[dict[str, Any]] = []
    for raw in punch_formats[name].rows(Source(name=Path(path).name, text=text, mapping=mapping)):
        if len(rows) >= MOST_ROWS:
            raise ReadingError("records_too_many_rows", file=Path(path).name, limit=MOST_ROWS)
        rows.append(_read_row(raw))
    return {"format": name, "encoding": encoding, "encoding_basis": basis, "rows": rows}


def choose_format(text: str, mapping: Mapping[str, Any], file: str) -> str:
    """The one format that claims this text, or the declared one.

    Raises
    ------
    ReadingError
        None or more than one claims it.
    """
    _load_formats()
    if mapping:
        return str(mapping.get("format", "declared_csv"))
    claims = [name for name, one in punch_formats.items() if one.sniff(text[:HEAD_CHARACTERS])]
    if len(claims) > 1:
        raise ReadingError("records_two_formats", file=file, formats=", ".join(claims))
    if not claims:
        first = next((line for line in text.splitlines() if line.strip()), "")
        code = "mapping_needed" if any(mark in first for mark in ",\t;") else "records_unknown_format"
        raise ReadingError(code, file=file, found=first[:120], known=", ".join(punch_formats))
    return claims[0]


def _load_formats() -> None:
    # A format that fails to import must stop the reading: silently fewer formats is worse than none.
    for module in pkgutil.iter_modules(formats.__path__):
        importlib.import_module(f"{formats.__name__}.{module.name}")


def _read_row(raw: RawRow) -> dict[str, Any]:
    row = {
        "kind": raw.kind,
        "row": raw.row,
        "raw": raw.raw,
        "why": raw.why,
        "sheet": raw.sheet,
        "shown": raw.time_text or raw.raw[:80],
    }
    if raw.kind != PUNCH:
        return row
    try:
        at, precision, zone = read_stamp(raw.time_text, raw.date_order)
    except Unreadable:
        return {**row, "kind": REFUSED, "why": "unreadable_time"}
    return {
        **row,
        "employee_id": raw.employee_id,
        "stamped_at": raw.time_text,
        "t_local": at.isoformat(),
        "precision_s": precision,
        "offset": zone,
        "terminal_id": raw.terminal_id,
        "credential": raw.credential,
        "result": raw.result,
        "record_kind": raw.record_kind,
    }


def _punches(
    rows: Iterable[Mapping[str, Any]], exhibit_id: str, sha256: str, terminal_id: str | None, timezone: str | None
) -> list[dict[str, Any]]:
    copied = ("sheet", "row", "employee_id", "stamped_at", "t_local", "precision_s", "credential", "result", "raw")
    return [
        {name: row[name] for name in copied}
        | {
            "punch_id": hashlib.sha256(f"{sha256}|{row['sheet']}|{row['row']}|0".encode()).hexdigest()[:16],
            "exhibit_id": exhibit_id,
            "terminal_id": row["terminal_id"] or terminal_id,
            "tz": row["offset"] or timezone,
            "tz_basis": "explicit" if row["offset"] else "user" if timezone else "unknown",
            "record_kind": row["record_kind"],
        }
        for row in rows
    ]


def _warnings(rows: Iterable[Mapping[str, Any]]) -> list[Oddity]:
    reset = [row["row"] for row in rows if datetime.fromisoformat(row["t_local"]).year in CLOCK_RESET_YEARS]
    return [Oddity(code="clock_reset", facts={"row": row}) for row in reset]
