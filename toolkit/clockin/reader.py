"""Any clock-in file -> punches: found out by content, every row accounted for.

One punch row per source assertion, never deduplicated. Source rows are parsed,
refused with a reason, or no records; the three always add up. The file is read
in a limited child process.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import sandbox, tables
from toolkit.clockin import marks
from toolkit.clockin.details import repeats
from toolkit.clockin.fields.stamps import check_timezone
from toolkit.clockin.files.columns import Columns, Entry, Nested, chosen, entries, unpacked_columns
from toolkit.clockin.formats import EVENT, PERSON, PHOTO, FileFacts
from toolkit.clockin.unanswered import lacking
from toolkit.errors import ReadingError
from toolkit.records import Oddity

SHOWN_REFUSED = 3
LIMITS = sandbox.Limits(memory_bytes=4 * 2**30, cpu_s=300, wall_s=300.0)
NOT_IN_PUNCHES = frozenset({"zone", "zone_basis", "sub"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRead:
    """What a records file holds; ``rows_source`` is the sum of the three other counts.

    Rows of persons out of scope are counted as parsed and are in no table.
    ``details`` holds one row a punch; ``events`` and ``people`` are rows about
    the device and about who is enrolled, ``photos`` pictures that came with the
    records, by name. ``lacks`` are codes of what the file cannot answer, see
    :mod:`toolkit.clockin.unanswered`.
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
    details: pd.DataFrame
    events: pd.DataFrame
    people: pd.DataFrame
    facts: FileFacts
    lacks: tuple[str, ...]
    photos: dict[str, bytes] = field(default_factory=dict)
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
        "toolkit.clockin.parsing:parse_to_json", {"path": str(path), "mapping": _stated(mapping, path)}, LIMITS
    )
    refused = told["refused"]
    if refused and not accept_refused:
        raise _refusal(refused, path)
    read, details = unpacked_columns(told.pop("punches")), unpacked_columns(told.pop("details"))
    parsed = len(read["row"])
    if not parsed and not told["kept"]:
        raise (
            _refusal(refused, path, "records_all_refused")
            if refused
            else ReadingError("records_no_rows", file=path.name)
        )
    _check_zones(read, path)
    facts = FileFacts(**{**told["facts"], **{name: tuple(told["facts"][name]) for name in ("questions", "lacks")}})
    if scope is not None:
        # A failed attempt that names nobody is nobody out of scope.
        kept = [number for number, one in enumerate(read["employee_id"]) if not one or one in scope]
        read, details = chosen(read, kept), chosen(details, kept)
    ids = [punch_id(exhibit_sha256, *key) for key in zip(read["sheet"], read["row"], read["sub"], strict=True)]
    rows = _rows(read, details)
    flags = marks.flags_of(rows, facts, timezone)
    others = [row for row in told["kept"] if scope is None or not row["employee_id"] or row["employee_id"] in scope]
    return RecordsRead(
        format=told["format"],
        encoding=told["encoding"],
        encoding_basis=told["encoding_basis"],
        rows_source=parsed + len(refused) + told["non_record"],
        rows_parsed=parsed,
        rows_rejected=len(refused),
        rows_non_record=told["non_record"],
        punches=_punches(read, ids, exhibit_id, terminal_id, timezone),
        refused=_refused_rows(refused, exhibit_id, scope),
        details=_details(rows, details, flags, ids),
        events=_events(others, exhibit_id),
        people=_people(others, exhibit_id),
        facts=facts,
        lacks=lacking(rows, facts, told["lacks"], timezone is not None),
        photos=_photos(others),
        warnings=[
            *_warnings(rows, facts, parsed - len(rows)),
            *marks.oddities_of(rows, flags),
            *(Oddity(code=one["code"], facts=one["facts"]) for one in told["oddities"]),
        ],
    )


def _stated(mapping: Mapping[str, Any] | None, path: Path) -> dict[str, Any]:
    if mapping is None:
        return {}
    if not isinstance(mapping, Mapping):
        raise ReadingError("mapping_shape", file=path.name)
    return {str(entry): value for entry, value in mapping.items() if value is not None}


def _rows(read: Columns, details: Columns) -> list[Entry]:
    """The clock-ins as rows for whoever compares them with one another."""
    marked = {text: json.loads(text) for text in set(details["flags"])}
    told = {**details, "flags": [marked[text] for text in details["flags"]]}
    length = len(read["row"])
    return entries({**read, "details": Nested(told, length)}, length)


def _check_zones(read: Columns, path: Path) -> None:
    """Times with and without an offset in one file cannot be put on one clock."""
    first: dict[bool, int] = {}
    for row, zone in zip(read["row"], read["zone"], strict=True):
        first.setdefault(zone is None, int(row))
    if len(first) == len((True, False)):
        raise ReadingError("records_zones_mixed", file=path.name, stated=first[False], bare=first[True])


def _refusal(refused: list[dict[str, Any]], path: Path, code: str = "records_rows_refused") -> ReadingError:
    shown = "; ".join(f'{row["row"]}: "{row["shown"]}"' for row in refused[:SHOWN_REFUSED])
    return ReadingError(code, file=path.name, count=len(refused), rows=shown)


def _punches(
    read: Columns, ids: Sequence[str], exhibit_id: str, terminal_id: str | None, timezone: str | None
) -> pd.DataFrame:
    """Table ``punches``; an offset in the row goes before the zone that a person stated."""
    unstated = "unknown" if timezone is None else "user"
    told = {name: values for name, values in read.items() if name not in NOT_IN_PUNCHES}
    told |= {
        "punch_id": ids,
        "exhibit_id": [exhibit_id] * len(ids),
        "terminal_id": [terminal_id if one is None else one for one in read["terminal_id"]],
        "tz": [timezone if zone is None else zone for zone in read["zone"]],
        "tz_basis": [
            unstated if zone is None else basis for zone, basis in zip(read["zone"], read["zone_basis"], strict=True)
        ],
    }
    return tables.of_columns("punches", told)


def _details(
    rows: Sequence[Entry], details: Columns, flags: Sequence[Sequence[str]], ids: Sequence[str]
) -> pd.DataFrame:
    """Table ``punch_details``, one row a punch, with its repeats marked."""
    groups = repeats(rows)
    told = {
        **details,
        "flags": ["[]" if not own else tables.canonical(list(own)) for own in flags],
        "punch_id": ids,
        "repeat_group": [group for group, _ in groups],
        "repeat_kind": [kind for _, kind in groups],
    }
    return tables.of_columns("punch_details", told)


def _events(kept: Iterable[Mapping[str, Any]], exhibit_id: str) -> pd.DataFrame:
    """Table ``device_events``: what was done to the terminal, as it wrote it down."""
    rows = [
        {"exhibit_id": exhibit_id, "sheet": row["sheet"], "row": row["row"], "sub": row["sub"],
         "code": row["details"].get("code", ""), "what": row["details"].get("what", "unknown"),
         "stamped_at": row["time_text"], "terminal_id": row["terminal_id"],
         "operator": row["details"].get("operator"), "raw": row["raw"]}
        for row in kept
        if row["kind"] == EVENT
    ]  # fmt: skip
    return tables.build("device_events", rows)


def _people(kept: Iterable[Mapping[str, Any]], exhibit_id: str) -> pd.DataFrame:
    """Table ``enrolled``: who is known to the terminal, by the id that its records carry."""
    rows = [
        {"exhibit_id": exhibit_id, "sheet": row["sheet"], "row": row["row"], "employee_id": row["employee_id"],
         "name": row["details"].get("name", ""),
         "other": {name: value for name, value in row["details"].items() if name != "name"}}
        for row in kept
        if row["kind"] == PERSON
    ]  # fmt: skip
    return tables.build("enrolled", rows)


def _photos(kept: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Pictures that came with the records, by name; a name that stands twice gets its row."""
    found: dict[str, bytes] = {}
    for row in kept:
        if row["kind"] == PHOTO and row["details"].get("content"):
            name = str(row["details"].get("file") or f"row {row['row']}.jpg")
            name = name if name not in found else f"row {row['row']} {name}"
            found[name] = base64.b64decode(row["details"]["content"])
    return found


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
                "sub": row["sub"],
                "raw": row["raw"] if scope is None or row["employee_id"] in scope else "",
                "why": row["why"],
            }
            for row in refused
        ],
    )


def _warnings(rows: Sequence[Mapping[str, Any]], facts: FileFacts, dropped: int) -> list[Oddity]:
    reset = (row["row"] for row in rows if marks.is_reset(row))
    warnings = [Oddity(code="clock_reset", facts={"row": run}) for run in _runs(reset)]
    if facts.truncated:
        warnings.append(Oddity(code="records_truncated", facts={"reason": facts.truncated}))
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
