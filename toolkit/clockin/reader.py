"""Any clock-in file -> punches: found out by content, every row accounted for.

One punch row per source assertion, never deduplicated. Source rows are parsed,
refused with a reason, or no records; the three always add up. The file is read
in a limited child process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import sandbox, tables
from toolkit.clockin.choosing import choose_format
from toolkit.clockin.decoding import read_bytes
from toolkit.clockin.formats import NON_RECORD, REFUSED, RawRow, Source, punch_formats
from toolkit.clockin.stamps import Unreadable, check_timezone, read_stamp
from toolkit.errors import ReadingError
from toolkit.records import Oddity

MOST_ROWS = 2_000_000
SHOWN_REFUSED = 3
SHOWN_CHARACTERS = 80
# Years to which a terminal's clock falls back when its battery is empty.
CLOCK_RESET_YEARS = ("1970", "2000")
LIMITS = sandbox.Limits(memory_bytes=4 * 2**30, cpu_s=300, wall_s=300.0)
PUNCH_FIELDS = (
    "sheet", "row", "sub", "employee_id", "stamped_at", "t_local", "precision_s", "offset", "terminal_id",
    "credential", "result", "record_kind", "raw",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRead:
    """What a records file holds; ``rows_source`` is the sum of the three other counts.

    Rows of persons out of scope are counted as parsed and are not in ``punches``.
    """

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
    terminal_id : str, optional
        The terminal of all rows that do not name one.
    timezone : str, optional
        IANA name of the zone the times are written in; there is no default.
    mapping : mapping, optional
        ``format``, ``encoding``, and for a table the headings of its columns,
        see :mod:`toolkit.clockin.formats.declared_csv`.
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
        "toolkit.clockin.reader:parse_to_json", {"path": str(path), "mapping": _stated(mapping, path)}, LIMITS
    )
    refused = told["refused"]
    if refused and not accept_refused:
        raise _refusal(refused, path)
    parsed = pd.DataFrame({name: told["punches"][name] for name in PUNCH_FIELDS})
    if parsed.empty:
        raise ReadingError("records_no_rows", file=path.name)
    _check_zones(parsed, path)
    kept = parsed if scope is None else parsed[parsed["employee_id"].isin(scope)].reset_index(drop=True)
    return RecordsRead(
        format=told["format"],
        encoding=told["encoding"],
        encoding_basis=told["encoding_basis"],
        rows_source=len(parsed) + len(refused) + told["non_record"],
        rows_parsed=len(parsed),
        rows_rejected=len(refused),
        rows_non_record=told["non_record"],
        punches=_punches(kept, exhibit_id, exhibit_sha256, terminal_id, timezone),
        refused=_refused_rows(refused, exhibit_id, scope),
        warnings=_warnings(kept, len(parsed) - len(kept)),
    )


def parse_to_json(path: str, mapping: dict[str, Any]) -> dict[str, Any]:
    """The answer of the child: format, encoding, punches as columns, refused rows, other rows counted."""
    file = Path(path)
    source = Source(name=file.name, content=read_bytes(file), mapping=mapping)
    name = choose_format(source)
    punches: dict[str, list[Any]] = {field: [] for field in PUNCH_FIELDS}
    refused: list[dict[str, Any]] = []
    others = 0
    for count, raw in enumerate(punch_formats[name].rows(source), 1):
        if count > MOST_ROWS:
            raise ReadingError("records_too_many_rows", file=file.name, limit=MOST_ROWS)
        if raw.kind == NON_RECORD:
            others += 1
            continue
        row = _refused_row(raw, raw.why) if raw.kind == REFUSED else _read_row(raw)
        if "why" in row:
            refused.append(row)
        else:
            for each in PUNCH_FIELDS:
                punches[each].append(row[each])
    encoding, basis = _encoding(source)
    return {
        "format": name,
        "encoding": encoding,
        "encoding_basis": basis,
        "punches": punches,
        "refused": refused,
        "non_record": others,
    }


def _stated(mapping: Mapping[str, Any] | None, path: Path) -> dict[str, Any]:
    if mapping is None:
        return {}
    if not isinstance(mapping, Mapping):
        raise ReadingError("mapping_shape", file=path.name)
    return {str(entry): value for entry, value in mapping.items() if value is not None}


def _read_row(raw: RawRow) -> dict[str, Any]:
    """A punch with its time read, or a refused row where the time cannot be read."""
    try:
        stamp = read_stamp(raw.time_text, raw.date_order)
    except Unreadable as unreadable:
        return _refused_row(raw, unreadable.why)
    return {
        "sheet": raw.sheet,
        "row": raw.row,
        "sub": raw.sub,
        "employee_id": raw.employee_id,
        "stamped_at": raw.time_text,
        "t_local": stamp.at.isoformat(),
        "precision_s": stamp.precision_s,
        "offset": stamp.offset,
        "terminal_id": raw.terminal_id,
        "credential": raw.credential,
        "result": raw.result,
        "record_kind": raw.record_kind,
        "raw": raw.raw,
    }


def _refused_row(raw: RawRow, why: str) -> dict[str, Any]:
    return {
        "sheet": raw.sheet,
        "row": raw.row,
        "raw": raw.raw,
        "why": why,
        "employee_id": raw.employee_id,
        "shown": (raw.time_text or raw.raw.strip())[:SHOWN_CHARACTERS],
    }


def _check_zones(parsed: pd.DataFrame, path: Path) -> None:
    """Times with and without an offset in one file cannot be put on one clock."""
    stated, bare = parsed.loc[parsed["offset"].notna(), "row"], parsed.loc[parsed["offset"].isna(), "row"]
    if len(stated) and len(bare):
        raise ReadingError("records_zones_mixed", file=path.name, stated=int(stated.iloc[0]), bare=int(bare.iloc[0]))


def _encoding(source: Source) -> tuple[str, str]:
    try:
        return source.decoded.encoding, source.decoded.basis
    except ReadingError:
        return "binary", "format"


def _refusal(refused: list[dict[str, Any]], path: Path) -> ReadingError:
    shown = "; ".join(f'{row["row"]}: "{row["shown"]}"' for row in refused[:SHOWN_REFUSED])
    return ReadingError("records_rows_refused", file=path.name, count=len(refused), rows=shown)


def _punches(
    rows: pd.DataFrame, exhibit_id: str, sha256: str, terminal_id: str | None, timezone: str | None
) -> pd.DataFrame:
    """Table ``punches``; an offset in the row goes before the zone that a person stated."""
    keys = zip(rows["sheet"], rows["row"], rows["sub"], strict=True)
    stated = rows["offset"].notna()
    table = rows.assign(
        punch_id=[punch_id(sha256, *key) for key in keys],
        exhibit_id=exhibit_id,
        terminal_id=rows["terminal_id"].astype("string").fillna(pd.NA if terminal_id is None else terminal_id),
        tz=rows["offset"].astype("string").fillna(pd.NA if timezone is None else timezone),
        tz_basis=stated.map({True: "explicit", False: "unknown" if timezone is None else "user"}),
    )
    return tables.validate("punches", table.drop(columns=["offset", "sub"]))


def punch_id(exhibit_sha256: str, sheet: str, row: int, sub: int = 0) -> str:
    """The name of a punch: the same for the same row of the same bytes, in every case."""
    return hashlib.sha256(f"{exhibit_sha256}|{sheet}|{row}|{sub}".encode()).hexdigest()[:16]


def _refused_rows(refused: Iterable[Mapping[str, Any]], exhibit_id: str, scope: frozenset[str] | None) -> pd.DataFrame:
    """Table ``refused_rows``; with a scope, the text of rows that are not surely in it is not kept."""
    return tables.build(
        "refused_rows",
        [
            {
                "exhibit_id": exhibit_id,
                "sheet": row["sheet"],
                "row": row["row"],
                "raw": row["raw"] if scope is None or row["employee_id"] in scope else "",
                "why": row["why"],
            }
            for row in refused
        ],
    )


def _warnings(kept: pd.DataFrame, dropped: int) -> list[Oddity]:
    reset = kept.loc[kept["t_local"].str[:4].isin(CLOCK_RESET_YEARS), "row"]
    warnings = [Oddity(code="clock_reset", facts={"row": run}) for run in _runs(reset)]
    if dropped:
        warnings.append(Oddity(code="out_of_scope", facts={"rows": dropped}))
    return warnings


def _runs(rows: Iterable[int]) -> Iterator[int | str]:
    """Neighbouring rows as one: 7, or "7-9"; a clock once reset stays so for many rows."""
    first = last = None
    for row in rows:
        if last is not None and row == last + 1:
            last = row
            continue
        if first is not None:
            yield first if first == last else f"{first}-{last}"
        first = last = int(row)
    if first is not None:
        yield first if first == last else f"{first}-{last}"
