"""``papermask punches``: what a clock-in file says, what was refused in it, and what it cannot answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.analysis.leads.hours import hours_of, zone_question
from toolkit.cli.cases import AsJson, oddity_text
from toolkit.cli.speaking import answer, asked_password, say
from toolkit.clockin.files.unlocking import readable
from toolkit.clockin.reader import RecordsRead, read_records
from toolkit.clockin.unanswered import letter, told
from toolkit.errors import ReadingError
from toolkit.language import LANGUAGES, preferred_language, text
from toolkit.pipeline.files import check_file, read_json
from toolkit.report.hours import hours_told, question

SHOWN = 10
COLUMNS = (
    "employee_id", "t_text", "t_local", "precision_s", "tz", "tz_basis", "credential", "result", "record_kind",
    "sheet", "row", "terminal_id", "direction", "seq", "flags", "repeat_kind",
)  # fmt: skip
ASKED = ("who_exported", "which_program", "which_filters", "spreadsheet")  # of every export, whatever it says


def _help(key: str) -> str:
    return text(f"cli.{key}")


def punches(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_help("arg_file"))],
    timezone: Annotated[str | None, typer.Option("--timezone", help=_help("opt_timezone"))] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help=_help("opt_mapping"))] = None,
    ask: Annotated[Path | None, typer.Option("--letter", help=_help("opt_letter"))] = None,
    ask_password: Annotated[bool, typer.Option("--ask-password", help=_help("opt_ask_password"))] = False,
    as_json: AsJson = False,
) -> None:
    """Show what was understood of a clock-in file."""
    check_file(file)
    stated = None if mapping is None else read_json(mapping)
    with readable(file, asked_password() if ask_password else None) as opened:
        read = read_records(
            opened, exhibit_id="E-0000", exhibit_sha256="", timezone=timezone, mapping=stated, accept_refused=True
        )
    if ask is not None:
        _write_letters(read, ask)
    document = _document(read)
    if as_json:
        answer(document)
    else:
        _say(document, read, ask)


def _document(read: RecordsRead) -> dict[str, Any]:
    language = preferred_language()
    table = read.punches.merge(read.details, on="punch_id", how="left").sort_values(["sheet", "row", "t_local"])
    rows = json.loads(table.rename(columns={"stamped_at": "t_text"})[list(COLUMNS)].to_json(orient="records"))
    facts = read.facts
    return {
        "format": read.format,
        "encoding": {"name": read.encoding, "basis": read.encoding_basis},
        "rows": {
            "source": read.rows_source,
            "parsed": read.rows_parsed,
            "rejected": read.rows_rejected,
            "non_record": read.rows_non_record,
        },
        "punches": [{**row, "flags": json.loads(row["flags"] or "[]")} for row in rows],
        "refused": json.loads(read.refused[["sheet", "row", "why"]].to_json(orient="records")),
        "file": {
            "timezone": facts.timezone, "period": facts.period, "made_at": facts.made_at, "device": facts.device,
            "truncated": facts.truncated, "stated_total": facts.stated_total,
        },
        "warnings": [
            {"code": one.code, "facts": dict(one.facts), "text": oddity_text(one.code, dict(one.facts))}
            for one in read.warnings
        ],
        "device_events": len(read.events),
        "enrolled": len(read.people),
        "photos": sorted(read.photos),
        "questions": _questions(read),
        "hours": hours_of(row["t_local"] for row in rows),
        "lacks": list(read.lacks),
        "cannot_answer": told(read.lacks, language),
        "letter": {one: letter(read.lacks, one, period=facts.period, device=facts.device) for one in LANGUAGES},
    }  # fmt: skip


def _questions(read: RecordsRead) -> list[str]:
    """What must not be guessed: the zone, what the format leaves open, and how the export was made."""
    unknown = not read.punches["tz"].notna().all()
    codes = [f"question_{one}" for one in (*read.facts.questions, *ASKED)]
    asked = zone_question(hours_of(read.punches["t_local"]))
    hours = [] if asked is None else [text("cli.punch_hours_question", **question(asdict(asked)))]
    return [*([text("cli.ask_timezone")] if unknown else []), *hours, *(text(f"clockin.{code}") for code in codes)]


def _write_letters(read: RecordsRead, where: Path) -> None:
    """The letter in each language, in one file; an existing file is never written over."""
    facts = {"period": read.facts.period, "device": read.facts.device}
    whole = "\n\n---\n\n".join(letter(read.lacks, one, **facts) for one in LANGUAGES)
    try:
        with where.open("x", encoding="utf-8") as out:
            out.write(whole + "\n")
    except FileExistsError as there:
        raise ReadingError("letter_exists", file=where.name) from there
    except OSError as refused:
        raise ReadingError("letter_unwritable", file=where.name) from refused


def _place(row: Mapping[str, Any]) -> str:
    """Number of a row, with its table where the file has several."""
    return f"{row['row']} ({row['sheet']})" if row.get("sheet") else str(row["row"])


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a person reads it: an offset goes with its time, and what was no clock-in of a terminal says so."""
    # A zone by its name was stated by the person who looks; an offset comes from the file and may be that of UTC.
    offset = row["tz"] if (row["tz"] or "")[:1] in ("+", "-") else ""
    kind = "" if row["record_kind"] == "raw_event" else f" ({row['record_kind']})"
    return {
        "row": _place(row),
        "id": row["employee_id"] or "—",
        "time": f"{row['t_local']}{offset}",
        "credential": f"{row['credential']}{kind}",
    }


def _say(document: dict[str, Any], read: RecordsRead, ask: Path | None) -> None:
    say("punches", format=read.format, **document["rows"])
    for row in document["punches"][:SHOWN]:
        say("punch_row", **_shown(row))
    if len(document["punches"]) > SHOWN:
        say("punch_more", count=len(document["punches"]) - SHOWN)
    for row in document["refused"][:SHOWN]:
        say("punch_refused", row=_place(row), why=text(f"report.refused_{row['why']}"))
    for one in document["warnings"]:
        say("punch_warning", text=one["text"])
    if sum(document["hours"]):
        say("punch_hours", hours=hours_told(document["hours"]))
    for key in ("cannot_answer", "questions"):
        if document[key]:
            say(f"punch_{key}")
        for sentence in document[key]:
            say("punch_line", text=sentence)
    if read.lacks:
        say("punch_letter_written" if ask is not None else "punch_letter", file=ask or "letter.txt")
