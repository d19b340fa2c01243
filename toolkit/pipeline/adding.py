"""Taking a file into the case: looked at first, so that what is refused leaves no trace.

A file is read where it lies, in a limited child, before it is copied; a file
that cannot serve its purpose is refused with the cause and what to ask for.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from toolkit.casebook.case import Case
from toolkit.clockin.anchors import anchor_hashes, read_anchors
from toolkit.clockin.beside.context import is_meant_as_table, read_context
from toolkit.clockin.beside.control_times import read_control_times
from toolkit.clockin.fields.stamps import YEARS, check_timezone
from toolkit.clockin.files.unlocking import readable
from toolkit.clockin.reader import read_records
from toolkit.clockin.roster import read_roster
from toolkit.errors import ReadingError
from toolkit.media.probe import probe
from toolkit.pipeline.controls import is_table
from toolkit.pipeline.files import check_file
from toolkit.pipeline.zones import declared_rate
from toolkit.records import EXHIBIT_KINDS, Exhibit, Oddity

DOCUMENT = "document"
PLAIN, MOST_NAME = re.compile(r"[^A-Za-z0-9._-]+"), 80  # of the name of a picture: it comes from the file
STARTS = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What was taken in, what came out of it as exhibits of their own, and what a person should know at once.

    ``lacks`` are codes of what clock-in records cannot answer (:mod:`toolkit.clockin.unanswered`);
    ``locked`` is the protected workbook that the exhibit was opened from.
    """

    exhibit: Exhibit
    summary: dict[str, Any] = field(default_factory=dict)
    oddities: tuple[Oddity, ...] = ()
    extracted: tuple[Exhibit, ...] = ()
    lacks: tuple[str, ...] = ()
    locked: Exhibit | None = None


def add_file(
    case: Case,
    source: Path,
    kind: str,
    *,
    declared: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
    password: str | None = None,
) -> Added:
    """Check a file, then copy it into the case.

    Parameters
    ----------
    kind : str
        One of :data:`toolkit.records.EXHIBIT_KINDS`.
    declared : mapping, optional
        ``camera_id``, ``terminal_id``, ``starts_at`` (ISO 8601 with date, time
        and an offset, or with a ``timezone``; stored with the offset),
        ``timezone`` (IANA name), ``frame_rate``, ``mapping`` (of a CSV), ``scope``
        (employee ids), ``accept_refused`` (rows).
    provenance : mapping, optional
        Fields known, unknown or withheld.
    password : str, optional
        Of a protected workbook. The workbook is kept as a document, as it came;
        what is read is an exhibit of its own that names it. The password is not kept.

    Raises
    ------
    ReadingError
        The file is not what it is declared to be; nothing was stored.
    """
    if kind not in EXHIBIT_KINDS:
        raise ReadingError("kind_unknown", kind=kind, known=", ".join(EXHIBIT_KINDS))
    told = _checked({key: value for key, value in (declared or {}).items() if value is not None})
    check_file(source)
    checks = {
        "footage": _check_footage,
        "records": _check_records,
        "roster": _check_roster,
        "anchors": _check_anchors,
        "context": _check_context,
        "controls": _check_controls,
    }
    check = checks.get(kind)
    with readable(source, password) as opened:
        asked = kind == "records" or opened != source or told.get("scope") is not None
        known = case.declared_of(opened, kind) if asked else {}
        summary, oddities, lacks = check(case, opened, {**known, **told}) if check else ({}, (), ())
        locked = None
        if opened != source:
            locked = case.add_exhibit(source, DOCUMENT, {"locked": True}, provenance)
            told = {**told, "unlocked_from": locked.exhibit_id}
            provenance = {**(provenance or {}), "obtained_from": locked.exhibit_id}
        exhibit = case.add_exhibit(opened, kind, told, provenance)
        if "parsed" in summary and told.get("scope") not in (None, known.get("scope")):
            dropped = sum(int(one.facts["rows"]) for one in oddities if one.code == "out_of_scope")
            case.note("scope", {"exhibit": exhibit.exhibit_id, "rows_dropped": dropped})
        pictures = _extracted(case, opened, exhibit, told) if summary.get("photos") else ()
    return Added(exhibit=exhibit, summary=summary, oddities=oddities, extracted=pictures, lacks=lacks, locked=locked)


def _extracted(case: Case, source: Path, records: Exhibit, told: dict[str, Any]) -> tuple[Exhibit, ...]:
    """Pictures that the terminal took, each an exhibit of its own with the file that it came in.

    They are documents, not photographs of staff: a picture taken at a clock-in
    shows whoever presented, and must not be compared as if it showed who was named.
    """
    read = read_records(source, exhibit_id=records.exhibit_id, exhibit_sha256=records.sha256, **records_options(told))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, content in sorted(read.photos.items()):
            path = Path(folder) / (PLAIN.sub("_", name)[-MOST_NAME:] or "photo.jpg")
            path.write_bytes(content)
            declared = {"extracted_from": records.exhibit_id, "named": name}
            found.append(case.add_exhibit(path, DOCUMENT, declared, {"obtained_from": records.exhibit_id}))
            path.unlink()
    return tuple(found)


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    """What was declared, with the start of a clip as a moment."""
    for name in ("camera_id", "terminal_id"):
        if not str(told.get(name, "")).isprintable():  # such as bytes of the command line that are not UTF-8
            raise ReadingError("id_unreadable", text=ascii(told[name]))
    if "timezone" in told:
        check_timezone(str(told["timezone"]))
    rate = told.get("frame_rate")
    if rate is not None and not 0.1 <= float(rate) <= 1000:
        raise ReadingError("frame_rate_odd", rate=rate)
    if "starts_at" not in told:
        return told
    return {**told, "starts_at": _moment(str(told["starts_at"]), told.get("timezone")).isoformat()}


def _moment(text: str, timezone: str | None) -> datetime:
    """A clip's start with its offset from UTC: as written, or from the time zone."""
    try:
        at = datetime.fromisoformat(text) if STARTS.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None or at.year not in YEARS:
        raise ReadingError("starts_at_unreadable", text=text)
    if at.tzinfo is not None:
        return at
    if timezone is None:
        raise ReadingError("starts_at_no_zone", text=text)
    early, late = (at.replace(tzinfo=ZoneInfo(timezone), fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise ReadingError("starts_at_twofold", text=text, timezone=timezone)
    return datetime.fromisoformat(early.isoformat())


Check = tuple[dict[str, Any], tuple[Oddity, ...], tuple[str, ...]]


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
    alone = (Oddity(code="one_frame", facts={}),) if clip.frames_present < 2 else ()
    return summary, (*clip.oddities, *alone), ()


def _check_records(case: Case, source: Path, told: dict[str, Any]) -> Check:
    read = read_records(source, exhibit_id="E-new", exhibit_sha256="", **records_options(told))
    summary = {
        "format": read.format,
        "encoding": read.encoding,
        "rows": read.rows_source,
        "parsed": read.rows_parsed,
        "rejected": read.rows_rejected,
        "non_record": read.rows_non_record,
        **({"photos": len(read.photos)} if read.photos else {}),
    }
    if told.get("scope") is not None and read.rows_parsed and read.punches.empty:
        raise ReadingError("scope_matches_nobody", file=source.name, rows=read.rows_parsed)
    return summary, tuple(read.warnings), read.lacks


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
    return {"employees": len(roster)}, (), ()


def _check_controls(case: Case, source: Path, told: dict[str, Any]) -> Check:
    """A recording, or the table that says who presented what in which recording."""
    if not is_table(source.name):
        return _check_footage(case, source, told)
    return {"presentations": len(read_control_times(source))}, (), ()


def _check_context(case: Case, source: Path, told: dict[str, Any]) -> Check:
    """A table of leave, duty and the like; what is none is kept for people to read, and that is said."""
    try:
        read = read_context(source, exhibit_id="E-new", **context_options(told))
    except ReadingError as fault:
        if is_meant_as_table(source.name) or stopped(fault):
            raise
        return {}, (Oddity(code="context_not_machine_read", facts={}),), ()
    summary = {
        "rows": read.rows_source, "parsed": read.rows_parsed, "rejected": read.rows_refused,
        "employees": len(set(read.records["employee_id"]) - {""}), **read.kinds(),
    }  # fmt: skip
    return summary, read.oddities, ()


def context_options(told: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of ``read_context`` from what was declared of the file."""
    return {name: value for name, value in records_options(told).items() if name != "terminal_id"}


def stopped(fault: ReadingError) -> bool:
    """Whether a reader was stopped or died, which tells nothing of the file."""
    return fault.code.startswith("decoder_")


def _check_anchors(case: Case, source: Path, told: dict[str, Any]) -> Check:
    hashes = anchor_hashes(source)
    rows = case.read("exhibits").to_dict("records") if case.has("exhibits") else []
    footage = {str(row["sha256"]): row for row in rows if row["kind"] == "footage"}
    for row, named in hashes:
        # Nothing withdraws an exhibit: an anchor whose clip never came would stop every run of the case.
        if named not in footage:
            raise ReadingError("anchor_unknown_clip", file=source.name, row=row, hash=named[:16])
    clips = {named: _extent(case, footage[named]) for named in {named for _, named in hashes}}
    read_anchors(source, exhibit_id="E-new", clips=clips)
    return {"anchors": len(hashes)}, (), ()


def _extent(case: Case, row: Mapping[Any, Any]) -> tuple[str, float]:
    """Exhibit id and duration of a clip in the case."""
    exhibit_id = str(row["exhibit_id"])
    return exhibit_id, probe(case.exhibit_path(exhibit_id), frame_rate=declared_rate(case, exhibit_id)).duration_s
