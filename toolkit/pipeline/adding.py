"""Taking a file into the case: looked at first, so that what is refused leaves no trace.

A file is read where it lies, in a limited child, before it is copied; a file
that cannot serve its purpose is refused with the cause and what to ask for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.casebook.case import Case
from toolkit.clockin.anchors import anchor_hashes, read_anchors
from toolkit.clockin.reader import read_records
from toolkit.clockin.roster import read_roster
from toolkit.clockin.stamps import check_timezone
from toolkit.errors import ReadingError
from toolkit.media.probe import probe
from toolkit.pipeline.zones import declared_rate
from toolkit.records import EXHIBIT_KINDS, Exhibit, Oddity

DECLARED = ("camera_id", "terminal_id", "starts_at", "timezone", "frame_rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What was taken in, and what a person should know at once."""

    exhibit: Exhibit
    summary: dict[str, Any] = field(default_factory=dict)
    oddities: tuple[Oddity, ...] = ()


def add_file(
    case: Case,
    source: Path,
    kind: str,
    *,
    declared: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> Added:
    """Check a file, then copy it into the case.

    Parameters
    ----------
    kind : str
        One of :data:`toolkit.records.EXHIBIT_KINDS`.
    declared : mapping, optional
        ``camera_id``, ``terminal_id``, ``starts_at`` (ISO 8601), ``timezone``
        (IANA name), ``frame_rate``, ``mapping`` (of a CSV), ``scope``
        (employee ids), ``accept_refused`` (rows).
    provenance : mapping, optional
        Fields known, unknown or withheld.

    Raises
    ------
    ReadingError
        The file is not what it is declared to be; nothing was stored.
    """
    if kind not in EXHIBIT_KINDS:
        raise ReadingError("kind_unknown", kind=kind, known=", ".join(EXHIBIT_KINDS))
    told = {key: value for key, value in (declared or {}).items() if value is not None}
    _check_declared(told)
    _check_file(source)
    checks = {"footage": _check_footage, "records": _check_records, "roster": _check_roster, "anchors": _check_anchors}
    check = checks.get(kind)
    summary, oddities = check(case, source, told) if check else ({}, ())
    exhibit = case.add_exhibit(source, kind, told, provenance)
    return Added(exhibit=exhibit, summary=summary, oddities=oddities)


def _check_file(source: Path) -> None:
    if not source.exists():
        raise ReadingError("file_missing", file=source.name)
    if not source.is_file():
        raise ReadingError("file_not_a_file", file=source.name)
    try:
        with source.open("rb") as opened:
            first = opened.read(1)
    except OSError as refused:
        raise ReadingError("file_unreadable", file=source.name) from refused
    if not first:
        raise ReadingError("file_empty", file=source.name)


def _check_declared(told: dict[str, Any]) -> None:
    if "timezone" in told:
        check_timezone(str(told["timezone"]))
    if "starts_at" in told:
        try:
            datetime.fromisoformat(str(told["starts_at"]))
        except ValueError as wrong:
            raise ReadingError("starts_at_unreadable", text=str(told["starts_at"])) from wrong
    rate = told.get("frame_rate")
    if rate is not None and not 0.1 <= float(rate) <= 1000:
        raise ReadingError("frame_rate_odd", rate=rate)


Check = tuple[dict[str, Any], tuple[Oddity, ...]]


def _check_footage(case: Case, source: Path, told: dict[str, Any]) -> Check:
    clip = probe(source, frame_rate=told.get("frame_rate"))
    summary = {
        "container": clip.container,
        "codec": clip.codec,
        "duration_s": clip.duration_s,
        "frames": clip.frames_present,
        "size": f"{clip.width_px} x {clip.height_px}",
        "gaps": len(clip.gaps),
    }
    return summary, clip.oddities


def _check_records(case: Case, source: Path, told: dict[str, Any]) -> Check:
    read = read_records(source, exhibit_id="E-new", exhibit_sha256="", **records_options(told))
    summary = {
        "format": read.format,
        "encoding": read.encoding,
        "rows": read.rows_source,
        "parsed": read.rows_parsed,
        "rejected": read.rows_rejected,
        "non_record": read.rows_non_record,
    }
    return summary, tuple(read.warnings)


def records_options(told: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of ``read_records`` from what was declared of the file."""
    scope = told.get("scope")
    return {
        "terminal_id": told.get("terminal_id"),
        "timezone": told.get("timezone"),
        "mapping": told.get("mapping"),
        "scope": None if scope is None else frozenset(str(one) for one in scope),
        "accept_refused": bool(told.get("accept_refused", False)),
    }


def _check_roster(case: Case, source: Path, told: dict[str, Any]) -> Check:
    roster, _ = read_roster(source, exhibit_id="E-new")
    return {"employees": len(roster)}, ()


def _check_anchors(case: Case, source: Path, told: dict[str, Any]) -> Check:
    hashes = anchor_hashes(source)
    if not case.has("exhibits"):
        return {"anchors": len(hashes)}, ()
    exhibits = case.read("exhibits")
    footage = set(exhibits.loc[exhibits["kind"] == "footage", "sha256"])
    for row, named in hashes:
        # Without any footage in the case the question is left to the step `intake`.
        if footage and named not in footage:
            raise ReadingError("anchor_unknown_clip", file=source.name, row=row, hash=named[:16])
    if footage:
        named_clips = exhibits[exhibits["sha256"].isin([named for _, named in hashes])]
        clips = {str(row["sha256"]): _extent(case, row) for row in named_clips.to_dict("records")}
        read_anchors(source, exhibit_id="E-new", clips=clips)
    return {"anchors": len(hashes)}, ()


def _extent(case: Case, row: Mapping[Any, Any]) -> tuple[str, float]:
    """Exhibit id and duration of a clip in the case."""
    exhibit_id = str(row["exhibit_id"])
    return exhibit_id, probe(case.exhibit_path(exhibit_id), frame_rate=declared_rate(case, exhibit_id)).duration_s


def read_json(path: Path) -> Any:
    """A JSON file that a person wrote: a mapping, a provenance form, a scope.

    Raises
    ------
    ReadingError
        Missing or not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as missing:
        raise ReadingError("file_missing", file=path.name) from missing
    except (ValueError, OSError) as broken:
        raise ReadingError("json_unreadable", file=path.name) from broken
