"""Columns, types, units and keys of every stored table: the single list.

A table is checked at the door, when it is stored and when it is read, so that
functions inside may trust what they get. Types are ``text``, ``int``,
``float``, ``bool`` and ``json`` (text that holds canonical JSON); a type with
``?`` may be missing. Times in media seconds end in ``_s``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.canonical import canonical as canonical
from toolkit.errors import CaseError
from toolkit.tables.decided import DECIDED
from toolkit.tables.offered import OFFERED
from toolkit.tables.recorded import RECORDS
from toolkit.tables.shape import TableShape

DTYPES = {"text": "string", "json": "string", "int": "Int64", "float": "Float64", "bool": "boolean"}


TABLES: dict[str, TableShape] = {
    # What came in. `exhibits` is written by intake of files, the rest by the step `intake`.
    "exhibits": TableShape(
        {
            "exhibit_id": "text",
            "kind": "text",
            "stored_as": "text",
            "sha256": "text",
            "size_bytes": "int",
            "received_at": "text",
            "camera_id": "text?",
            "terminal_id": "text?",
            "starts_at": "text?",
            "timezone": "text?",
            "frame_rate": "float?",
            "declared": "json",
            "provenance": "json",
        },
        ("exhibit_id",),
    ),
    "clips": TableShape(
        {
            "exhibit_id": "text",
            "camera_id": "text?",
            "starts_at": "text?",
            "timezone": "text?",
            "container": "text",
            "codec": "text",
            "time_base": "text",
            "first_pts": "int",
            "duration_s": "float",
            "width_px": "int",
            "height_px": "int",
            "rotation_deg": "int",
            "frames_stated": "int?",
            "frames_present": "int",
            "frame_interval_s": "float",
            "keyframe_interval_s": "float",
            "rate_mode": "text",
            "gaps": "json",
        },
        ("exhibit_id",),
    ),
    "zones": TableShape(
        {
            "exhibit_id": "text",
            "polygon_px": "json",
            "image_width_px": "int",
            "image_height_px": "int",
            "empty_media_s": "json",
            "terminal_fully_in_view": "bool?",
            "stated_by": "text?",
            "basis": "text",
            "note": "text",
            "px_per_m": "float?",
        },
        ("exhibit_id",),
    ),
    **RECORDS,
    "anchors": TableShape(
        {
            "exhibit_id": "text",
            "row": "int",
            "clip_exhibit_id": "text",
            "device": "text",
            "device_time": "text?",
            "media_s": "float",
            "uncertainty_s": "float",
            "uncertainty_basis": "text",
            "how": "text",
            "kind": "text",
            "cause": "text",
        },
        ("exhibit_id", "row"),
    ),
    "integrity": TableShape({"exhibit_id": "text", "code": "text", "facts": "json"}, ("exhibit_id", "code", "facts")),
    # Who stood there.
    "examined": TableShape(
        {
            "exhibit_id": "text",
            "from_s": "float",
            "to_s": "float",
            "how": "text",
            "damaged": "int",
            "lost": "int",
        },
        ("exhibit_id", "from_s"),
    ),
    "unscanned": TableShape({"exhibit_id": "text", "why": "text", "facts": "json"}, ("exhibit_id",)),
    "occupancy": TableShape(
        {
            "exhibit_id": "text",
            "pts": "int",
            "media_s": "float",
            "fill": "float",
            "torso_width": "float?",
            "bodies": "int",
            "near": "int",
            "tops": "int",
        },
        ("exhibit_id", "pts"),
    ),
    "visits": TableShape(
        {
            "visit_id": "text",
            "exhibit_id": "text",
            "from_s": "float",
            "to_s": "float",
            "presenter_id": "text",
            "open_start": "bool",
            "open_end": "bool",
            "companion": "text",
            "companion_basis": "json",
        },
        ("visit_id",),
    ),
    "presenters": TableShape(
        {
            "presenter_id": "text",
            "visit_ids": "json",
            "continuity_risk": "float?",
            "weakest_s": "float?",
            "exhibit_id": "text",
        },
        ("presenter_id",),
    ),
    "lineage": TableShape(
        {
            "visit_id": "text",
            "from_s": "float",
            "to_s": "float",
            "lineage": "float",
            "kept": "float",
            "survival": "float",
            "appearance": "float",
        },
        ("visit_id", "from_s", "to_s"),
    ),
    **OFFERED,
    # When, and whose record.
    "clocks": TableShape(
        {
            "device_id": "text",
            "exhibit_id": "text",
            "determinable": "bool",
            "method": "text",
            "terminal_minus_camera_s": "float?",
            "interval_lo_s": "float?",
            "interval_hi_s": "float?",
            "offset_sd_s": "float?",
            "drift_ppm": "float?",
            "anchors_used": "int",
            "reason": "text",
            "model": "json",
        },
        ("device_id", "exhibit_id"),
    ),
    "associations": TableShape(
        {"punch_id": "text", "outcome": "text", "probability": "float", "media_s": "float?", "best": "bool"},
        ("punch_id", "outcome"),
    ),
    # What may be said.
    "findings": TableShape(
        {
            "finding_id": "text",
            "code": "text",
            "state": "text",
            "employees": "json",
            "visit_ids": "json",
            "propositions": "json",
            "rivals": "json",
            "headline": "json",
            "against": "json",
            "limits": "json",
            "sensitivity": "json",
            "frames": "json",
        },
        ("finding_id",),
    ),
    "exculpatory": TableShape(
        {
            "item_id": "text",
            "code": "text",
            "employees": "json",
            "visit_ids": "json",
            "days": "json",
            "facts": "json",
            "sources": "json",
            "finding_ids": "json",
        },
        ("item_id",),
    ),
    "leads": TableShape(
        {
            "lead_id": "text",
            "kind": "text",
            "begins": "text",
            "employees": "json",
            "punch_ids": "json",
            "rows": "json",
            "facts": "json",
            "explanations": "json",
        },
        ("lead_id",),
    ),
    "sequences_tested": TableShape(
        {
            "test": "text",
            "why_not": "text?",
            "days": "int",
            "employees": "int",
            "terminals": "int",
            "clock_ins": "int",
            "coarse": "int",
            "groups": "int",
            "least_p": "float?",
            "draws": "int",
            "bound": "float",
            "tight_s": "json",
            "alpha": "float",
            "faster": "int",
        },
        ("test",),
    ),
    "counts": TableShape({"what": "text", "low": "int?", "high": "int?", "best": "float?", "note": "json"}, ("what",)),
    "not_assessable": TableShape({"what": "text", "why": "text", "facts": "json"}, ("what", "why", "facts")),
    **DECIDED,
}


def empty(name: str) -> pd.DataFrame:
    """A table of this name without rows."""
    return build(name, [])


def build(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A checked table from rows; lists and dictionaries in ``json`` columns are written canonically.

    Raises
    ------
    CaseError
        As :func:`validate`.
    """
    shape = _shape(name)
    entries = [
        {
            column: canonical(row[column]) if kind.rstrip("?") == "json" else row.get(column)
            for column, kind in shape.columns.items()
        }
        for row in rows
    ]
    return validate(name, pd.DataFrame(entries, columns=list(shape.columns)))


def of_columns(name: str, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A checked table from its columns; those of kind ``json`` hold JSON text already.

    Raises
    ------
    CaseError
        As :func:`validate`.
    """
    return validate(name, pd.DataFrame(dict(columns)))


def validate(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table with its columns typed, ordered and sorted by key.

    Raises
    ------
    CaseError
        A column is missing or too many, a value is missing where it must not
        be, a type does not fit, or two rows have one key.
    """
    shape = _shape(name)
    if set(table.columns) != set(shape.columns):
        wrong = sorted(set(table.columns) ^ set(shape.columns))
        raise CaseError("table_columns", table=name, columns=", ".join(wrong))
    checked = pd.DataFrame(index=range(len(table)))
    for column, kind in shape.columns.items():
        try:
            values = table[column].reset_index(drop=True).astype(DTYPES[kind.rstrip("?")])  # type: ignore[call-overload]
        except (TypeError, ValueError) as wrong_type:
            raise CaseError("table_type", table=name, column=column, kind=kind) from wrong_type
        if not kind.endswith("?") and values.isna().any():
            raise CaseError("table_missing", table=name, column=column, row=int(values.isna().argmax()))
        checked[column] = values
    if checked.duplicated(list(shape.key)).any():
        raise CaseError("table_key", table=name, key=", ".join(shape.key))
    return checked.sort_values(list(shape.key), kind="stable").reset_index(drop=True)


def rows_of(name: str, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table of this name as plain values: JSON read, and None where a value is missing."""
    kinds = _shape(name).columns
    rows: list[dict[Any, Any]] = table.to_dict("records")
    return [{column: _plain(kind, row[column]) for column, kind in kinds.items()} for row in rows]


def _plain(kind: str, value: Any) -> Any:
    if value is pd.NA or value is None or value != value:
        return None
    return json.loads(value) if kind.startswith("json") else value


def _shape(name: str) -> TableShape:
    if name not in TABLES:
        raise CaseError("table_unknown", table=name)
    return TABLES[name]
