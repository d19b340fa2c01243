"""Intake: read every exhibit of the case into tables.

Files were looked at when they were added; here the stored copies are read, so
that every number in the case comes from bytes whose hash is in the journal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.placing.assertions import overlaps
from toolkit.casebook.case import Case
from toolkit.clockin.anchors import read_anchors
from toolkit.clockin.beside.context import differ_in_zeros, read_context
from toolkit.clockin.reader import read_records
from toolkit.clockin.roster import absent_from_roster, read_roster
from toolkit.errors import ReadingError
from toolkit.media.probe import probe
from toolkit.pipeline.adding import context_options, records_options, stopped
from toolkit.pipeline.progress import Progress, quiet
from toolkit.records import Oddity

OUTPUTS = (
    "clips", "punches", "punch_details", "device_events", "enrolled", "record_files", "refused_rows", "roster",
    "anchors", "integrity", "context_records", "context_files",
)  # fmt: skip
PARAMS = {"version": 5}

Rows = dict[str, list[dict[str, Any]]]


def intake(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Read footage facts, clock-in records, roster, anchors and context tables.

    Returns
    -------
    DataFrame
        Table ``exhibits``.

    Raises
    ------
    StepTooEarly
        Nothing was added yet.
    ExhibitChanged
        A stored file is not what was taken in.
    ReadingError
        A stored file cannot be read; names the exhibit.
    """
    exhibits = case.read("exhibits")
    named = case.has_private("names") or "roster" not in set(exhibits["kind"])
    if named and all(case.is_current(name, inputs=["exhibits"], params=PARAMS) for name in OUTPUTS):
        return exhibits
    rows: Rows = {name: [] for name in OUTPUTS}
    names: list[pd.DataFrame] = []
    order = exhibits.assign(last=exhibits["kind"] == "anchors").sort_values(["last", "exhibit_id"])
    with progress("intake", float(len(order)), 0.0) as advance:
        for exhibit in order.to_dict("records"):
            told = {str(key): (None if _missing(value) else value) for key, value in exhibit.items()}
            _READERS.get(str(told["kind"]), _nothing)(case, told, rows, names)
            advance(1.0)
    _check_roster(rows)
    _note_repeats(rows)
    _note_context_ids(rows)
    for name in OUTPUTS:
        case.record(name, tables.build(name, rows[name]), inputs=["exhibits"], params=PARAMS)
    if names:
        case.record_private("names", pd.concat(names, ignore_index=True))
    return exhibits


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, (list, dict)) and bool(pd.isna(value)))


def _nothing(case: Case, exhibit: Mapping[str, Any], rows: Rows, names: list[pd.DataFrame]) -> None:
    """Photographs, controls and documents are kept; no step of this kind reads them (controls have a command)."""


def _footage(case: Case, exhibit: Mapping[str, Any], rows: Rows, names: list[pd.DataFrame]) -> None:
    clip = probe(case.exhibit_path(exhibit["exhibit_id"]), frame_rate=exhibit["frame_rate"])
    facts = asdict(clip)
    _note_oddities(exhibit["exhibit_id"], clip.oddities, rows)
    facts.pop("oddities")
    kept = {name: exhibit[name] for name in ("exhibit_id", "camera_id", "starts_at", "timezone")}
    rows["clips"].append({**facts, **kept})


def _records(case: Case, exhibit: Mapping[str, Any], rows: Rows, names: list[pd.DataFrame]) -> None:
    declared = json.loads(exhibit["declared"])
    told = {**declared, "terminal_id": exhibit["terminal_id"], "timezone": exhibit["timezone"]}
    read = read_records(
        case.exhibit_path(exhibit["exhibit_id"]),
        exhibit_id=exhibit["exhibit_id"],
        exhibit_sha256=exhibit["sha256"],
        **records_options(told),
    )
    for name, table in (
        ("punches", read.punches), ("refused_rows", read.refused), ("punch_details", read.details),
        ("device_events", read.events), ("enrolled", read.people),
    ):  # fmt: skip
        rows[name] += [
            {**row, **{column: json.loads(row[column]) for column in _json_columns(name)}} for row in _plain(table)
        ]
    rows["record_files"].append(
        {
            "exhibit_id": exhibit["exhibit_id"],
            "format": read.format,
            "encoding": read.encoding,
            "encoding_basis": read.encoding_basis,
            "rows_source": read.rows_source,
            "rows_parsed": read.rows_parsed,
            "rows_rejected": read.rows_rejected,
            "rows_non_record": read.rows_non_record,
            "stated_total": read.facts.stated_total,
            "period": read.facts.period,
            "made_at": read.facts.made_at,
            "device": read.facts.device,
            "truncated": read.facts.truncated,
            "lacks": list(read.lacks),
        }
    )
    oddities = list(read.warnings)
    if read.rows_rejected:
        oddities.append(Oddity(code="rows_refused", facts={"rows": read.rows_rejected}))
    _note_oddities(exhibit["exhibit_id"], oddities, rows)


def _roster(case: Case, exhibit: Mapping[str, Any], rows: Rows, names: list[pd.DataFrame]) -> None:
    roster, named = read_roster(case.exhibit_path(exhibit["exhibit_id"]), exhibit_id=exhibit["exhibit_id"])
    known = {row["employee_id"] for row in rows["roster"]}
    rows["roster"] += [row for row in _plain(roster) if row["employee_id"] not in known]
    names.append(named)


def _anchors(case: Case, exhibit: Mapping[str, Any], rows: Rows, names: list[pd.DataFrame]) -> None:
    exhibits = case.read("exhibits").set_index("exhibit_id")["sha256"]
    clips = {str(exhibits[row["exhibit_id"]]): (row["exhibit_id"], row["duration_s"]) for row in rows["clips"]}
    path = case.exhibit_path(exhibit["exhibit_id"])
    rows["anchors"] += _plain(read_anchors(path, exhibit_id=exhibit["exhibit_id"], clips=clips))


def _context(case: Case, exhibit: Mapping[str, Any], rows: Rows, names: list[pd.DataFrame]) -> None:
    """A context table; any other file stays a document of the case that a person must read."""
    exhibit_id = exhibit["exhibit_id"]
    told = {**json.loads(exhibit["declared"]), "timezone": exhibit["timezone"]}
    try:
        read = read_context(case.exhibit_path(exhibit_id), exhibit_id=exhibit_id, **context_options(told))
    except ReadingError as fault:
        if stopped(fault):
            raise
        counts = dict.fromkeys(("rows_source", "rows_parsed", "rows_refused"), 0)
        unread = {"exhibit_id": exhibit_id, "machine_read": False, "why": fault.code, "encoding": "", **counts}
        rows["context_files"].append(unread)
        return
    rows["context_records"] += _plain(read.records)
    rows["refused_rows"] += _plain(read.refused)
    counts = {name: getattr(read, name) for name in ("rows_source", "rows_parsed", "rows_refused")}
    facts = {"exhibit_id": exhibit_id, "machine_read": True, "why": None, "encoding": read.encoding}
    rows["context_files"].append({**facts, **counts})
    _note_oddities(exhibit_id, [one for one in read.oddities if one.code != "ids_differ_in_zeros"], rows)


_READERS = {"footage": _footage, "records": _records, "roster": _roster, "anchors": _anchors, "context": _context}


def _json_columns(name: str) -> list[str]:
    return [column for column, kind in tables.TABLES[name].columns.items() if kind.startswith("json")]


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): (None if _missing(value) else value) for key, value in row.items()}
        for row in table.to_dict("records")
    ]


def _note_oddities(exhibit_id: str, oddities: Any, rows: Rows) -> None:
    for oddity in oddities:
        rows["integrity"].append({"exhibit_id": exhibit_id, "code": oddity.code, "facts": oddity.facts})


def _note_repeats(rows: Rows) -> None:
    """Rows that say what another row says stay in the table; that they count once is told."""
    if not rows["punches"]:
        return
    for one in overlaps(tables.build("punches", rows["punches"])):
        facts = {"rows": one["rows"], "other": one["other"]}
        rows["integrity"].append({"exhibit_id": one["exhibit_id"], "code": "rows_repeated", "facts": facts})


def _note_context_ids(rows: Rows) -> None:
    """Ids of context that nobody else uses, or that differ from others in zeros only: nothing is joined, it is told."""
    known = {str(row["employee_id"]) for name in ("punches", "roster") for row in rows[name]} - {""}
    for exhibit_id in sorted({row["exhibit_id"] for row in rows["context_records"]}):
        mine = {row["employee_id"] for row in rows["context_records"] if row["exhibit_id"] == exhibit_id} - {""}
        noted = [("ids_differ_in_zeros", {"ids": told}) for told in differ_in_zeros(mine, known)]
        if known:
            noted += [("context_id_unknown", {"employee_id": one}) for one in sorted(mine - known)]
        rows["integrity"] += [{"exhibit_id": exhibit_id, "code": code, "facts": facts} for code, facts in noted]


def _check_roster(rows: Rows) -> None:
    """A person who clocked in but is in no roster is reported, and stops nothing."""
    if not rows["roster"] or not rows["punches"]:
        return
    punches, roster = tables.build("punches", rows["punches"]), tables.build("roster", rows["roster"])
    for employee_id in absent_from_roster(punches, roster):
        first = punches[punches["employee_id"] == employee_id].iloc[0]
        rows["integrity"].append(
            {
                "exhibit_id": first["exhibit_id"],
                "code": "not_in_roster",
                "facts": {"employee_id": employee_id, "row": int(first["row"])},
            }
        )
