"""The report as plain facts: what ``report.json`` holds, and what the pages are written from.

Keys are those of the contract (schema ``papermask-report-1``, published in
``docs/report-schema.json``). A value that is not known is null, never made up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from toolkit import __version__, tables
from toolkit.casebook.case import Case

SCHEMA = "papermask-report-1"


def report_facts(case: Case, *, edition: str, created_at: str) -> dict[str, Any]:
    """The document of ``report.json`` from the tables of a case.

    Parameters
    ----------
    created_at : str
        ISO 8601 with offset; the only value that may differ between two runs
        over the same tables.
    """
    read = {name: _rows(case, name) for name in tables.TABLES}
    rows, head = case.head()
    return {
        "schema": SCHEMA,
        "case_id": case.case_id,
        "edition": edition,
        "reviewed": False,
        "created_at": created_at,
        "purpose": case.settings()["purpose"],
        "basis": case.settings()["basis"],
        "tool": {"version": __version__, "models": []},
        "exhibits": [_exhibit(row) for row in read["exhibits"]],
        "clips": [_clip(row, read["examined"]) for row in read["clips"]],
        "zones": [_zone(row) for row in read["zones"]],
        "records": [_record_file(row, read["punches"]) for row in read["record_files"]],
        "visits": [_visit(row) for row in read["visits"]],
        "presenters": [_presenter(row) for row in read["presenters"]],
        "presentations": [],
        "clock": _clock(read["clocks"], read["anchors"]),
        "associations": _associations(read["associations"], read["punches"], read["clips"]),
        "findings": [_finding(row) for row in read["findings"]],
        "counts": _counts(read["counts"]),
        "context_used": [],
        "integrity": [
            {"exhibit_id": row["exhibit_id"], "code": row["code"], "facts": row["facts"]} for row in read["integrity"]
        ],
        "not_assessable": [
            {"what": row["what"], "why": row["why"], "facts": row["facts"]} for row in read["not_assessable"]
        ],
        "custody": {"journal_rows": rows, "journal_head": head},
    }


def _rows(case: Case, name: str) -> list[dict[str, Any]]:
    if not case.has(name):
        return []
    kinds = tables.TABLES[name].columns
    return [
        {str(column): _value(kinds[str(column)], value) for column, value in row.items()}
        for row in case.read(name).to_dict("records")
    ]


def _value(kind: str, value: Any) -> Any:
    if value is pd.NA or value is None or value != value:
        return None
    return json.loads(value) if kind.startswith("json") else value


def _pick(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _exhibit(row: Mapping[str, Any]) -> dict[str, Any]:
    return _pick(row, "exhibit_id", "kind", "sha256", "size_bytes", "received_at", "provenance")


def _clip(row: Mapping[str, Any], examined: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [one for one in examined if one["exhibit_id"] == row["exhibit_id"]]
    looked = {
        how: round(sum(one["to_s"] - one["from_s"] for one in mine if one["how"] == how), 3)
        for how in ("decoded", "probed")
    }
    skipped = max(0.0, round(row["duration_s"] - sum(looked.values()), 3))
    facts = _pick(
        row, "exhibit_id", "camera_id", "container", "codec", "duration_s", "width_px", "height_px", "frames_stated",
        "frames_present", "rate_mode", "keyframe_interval_s", "gaps",
    )  # fmt: skip
    return {
        **facts,
        "starts_at": _with_offset(row["starts_at"], row["timezone"]),
        "examined": {"decoded_s": looked["decoded"], "probed_s": looked["probed"], "skipped_s": skipped},
        "intervals": [_pick(one, "from_s", "to_s", "how") for one in mine],
    }


def _with_offset(text: str | None, zone: str | None) -> str | None:
    """ISO 8601 with an offset, or null: a time without a zone is not a moment."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None and zone is not None and zone[0] not in "+-Z":
        at = at.replace(tzinfo=ZoneInfo(zone))
    elif at.tzinfo is None and zone is not None:
        at = datetime.fromisoformat(f"{text}{zone}")
    return at.isoformat() if at.tzinfo is not None else None


def _zone(row: Mapping[str, Any]) -> dict[str, Any]:
    return _pick(
        row, "exhibit_id", "polygon_px", "image_width_px", "image_height_px", "empty_media_s", "terminal_fully_in_view",
        "basis",
    )  # fmt: skip


def _record_file(row: Mapping[str, Any], punches: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [one for one in punches if one["exhibit_id"] == row["exhibit_id"]]
    facts = _pick(
        row, "exhibit_id", "format", "encoding", "rows_source", "rows_parsed", "rows_rejected", "rows_non_record"
    )
    return {**facts, "precision_s": max((one["precision_s"] for one in mine), default=None), "kept": len(mine)}


def _visit(row: Mapping[str, Any]) -> dict[str, Any]:
    return _pick(
        row, "visit_id", "exhibit_id", "from_s", "to_s", "presenter_id", "companion", "companion_basis", "open_start",
        "open_end",
    )  # fmt: skip


def _presenter(row: Mapping[str, Any]) -> dict[str, Any]:
    return _pick(row, "presenter_id", "visit_ids", "continuity_risk", "weakest_s")


def _clock(clocks: list[dict[str, Any]], anchors: list[dict[str, Any]]) -> dict[str, Any]:
    """The clock of the first device and clip that has one; all of them under ``each``."""
    each = [
        {
            "device_id": row["device_id"],
            "exhibit_id": row["exhibit_id"],
            "determinable": row["determinable"],
            "method": row["method"],
            "terminal_minus_camera_s": row["terminal_minus_camera_s"],
            "interval_s": None if row["interval_lo_s"] is None else [row["interval_lo_s"], row["interval_hi_s"]],
            "uncertainty_sd_s": row["offset_sd_s"],
            "drift_ppm": row["drift_ppm"],
            "anchors_used": row["anchors_used"],
            "reason": row["reason"] or None,
            "camera_clock": row["model"].get("camera_clock"),
            "zone_basis": row["model"].get("zone_basis"),
            "anchors": row["model"].get("anchors", []),
            "zero_terminal_local": row["model"].get("zero_terminal_local"),
        }
        for row in clocks
    ]
    known = [row for row in each if row["determinable"]]
    first: dict[str, Any] = (known or each or [_NO_CLOCK])[0]
    names = ("determinable", "method", "terminal_minus_camera_s", "interval_s", "reason")
    return {**{name: first[name] for name in names}, "anchors_given": len(anchors), "each": each}


_NO_CLOCK: dict[str, Any] = {
    "determinable": False, "method": "none", "terminal_minus_camera_s": None, "interval_s": None,
    "reason": "nothing_to_align",
}  # fmt: skip


def _associations(
    rows: list[dict[str, Any]], punches: list[dict[str, Any]], clips: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    camera_zone = next((_offset_of(clip["starts_at"]) for clip in clips if clip["starts_at"]), None)
    found = []
    for punch in sorted(punches, key=lambda one: (one["t_local"], one["punch_id"])):
        mine = [row for row in rows if row["punch_id"] == punch["punch_id"]]
        if not mine:
            continue
        best = next(row for row in mine if row["best"])
        found.append(
            {
                "punch_id": punch["punch_id"],
                "employee_id": punch["employee_id"],
                "exhibit_id": punch["exhibit_id"],
                "row": punch["row"],
                "stamped_at": _with_offset(punch["t_local"], punch["tz"] or camera_zone),
                "stamped_text": punch["stamped_at"],
                "media_s": best["media_s"],
                "best": best["outcome"],
                "presentation_id": None,
                "probabilities": {row["outcome"]: row["probability"] for row in mine},
            }
        )
    return found


def _offset_of(text: str) -> str | None:
    at = datetime.fromisoformat(text)
    return None if at.tzinfo is None else at.isoformat()[-6:]


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    return _pick(
        row, "finding_id", "code", "state", "employees", "visit_ids", "propositions", "rivals", "headline", "against",
        "limits", "sensitivity", "frames",
    )  # fmt: skip


def _counts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {row["what"]: {"low": row["low"], "high": row["high"], "note": row["note"]} for row in rows}
    found.setdefault("identities_used", None)
    found.setdefault("presenters", None)
    return {**found, "knowing_participants": "not determinable from footage"}
