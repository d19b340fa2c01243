"""Commands that work on a case: new, add, zone, run, status, report."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.casebook.case import Case
from toolkit.casebook.strongbox import key_file
from toolkit.cli.speaking import answer, asked_password, bar, say
from toolkit.clockin.unanswered import told as unanswered
from toolkit.errors import ExhibitChanged, StepTooEarly
from toolkit.language import preferred_language, text
from toolkit.pipeline import (
    STEPS,
    add_file,
    check_exhibits,
    doubt_about_zone,
    propose_zone,
    run_steps,
    set_zone,
    still_of,
    stills_of,
)
from toolkit.pipeline.files import read_ids, read_json
from toolkit.report import Made, make_report
from toolkit.runners import connect, local
from toolkit.sandbox import limits_reached
from toolkit.tables import TABLES


def _help(key: str) -> str:
    return text(f"cli.{key}")


CasePath = Annotated[Path, typer.Argument(metavar="CASE", help=_help("arg_case"))]
AsJson = Annotated[bool, typer.Option("--json", help=_help("opt_json"))]
Language = Annotated[str, typer.Option("--language", help=_help("opt_language"))]


def register_cases(app: typer.Typer) -> None:
    """Put the commands on the application."""
    app.command("new", help=_help("help_new"))(new)
    app.command("add", help=_help("help_add"))(add)
    app.command("zone", help=_help("help_zone"))(zone)
    app.command("run", help=_help("help_run"))(run)
    app.command("status", help=_help("help_status"))(status)
    app.command("report", help=_help("help_report"))(report)


def new(
    case: CasePath,
    purpose: Annotated[str, typer.Option("--purpose", help=_help("opt_purpose"))],
    basis: Annotated[str, typer.Option("--basis", help=_help("opt_basis"))],
    retain_until: Annotated[str | None, typer.Option("--retain-until", help=_help("opt_retain"))] = None,
    access: Annotated[str | None, typer.Option("--access", help=_help("opt_access"))] = None,
    as_json: AsJson = False,
) -> None:
    """Make a case."""
    with Case.create(case, purpose=purpose, basis=basis, retain_until=retain_until, access=access) as made:
        if as_json:
            answer({"case_id": made.case_id})
        else:
            say("made", case=made.case_id, folder=case)
            say("made_key", path=key_file(made.case_id))


def add(
    case: CasePath,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=_help("arg_files"))],
    kind: Annotated[str, typer.Option("--kind", help=_help("opt_kind"))],
    camera: Annotated[str | None, typer.Option("--camera", help=_help("opt_camera"))] = None,
    terminal: Annotated[str | None, typer.Option("--terminal", help=_help("opt_terminal"))] = None,
    starts_at: Annotated[str | None, typer.Option("--starts-at", help=_help("opt_starts_at"))] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help=_help("opt_timezone"))] = None,
    frame_rate: Annotated[float | None, typer.Option("--frame-rate", help=_help("opt_frame_rate"))] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help=_help("opt_mapping"))] = None,
    scope: Annotated[Path | None, typer.Option("--scope", help=_help("opt_scope"))] = None,
    provenance: Annotated[Path | None, typer.Option("--provenance", help=_help("opt_provenance"))] = None,
    accept_refused: Annotated[bool, typer.Option("--accept-refused", help=_help("opt_accept_refused"))] = False,
    ask_password: Annotated[bool, typer.Option("--ask-password", help=_help("opt_ask_password"))] = False,
    as_json: AsJson = False,
) -> None:
    """Take files into a case."""
    declared: dict[str, Any] = {
        "camera_id": camera,
        "terminal_id": terminal,
        "starts_at": starts_at,
        "timezone": timezone,
        "frame_rate": frame_rate,
        "mapping": None if mapping is None else read_json(mapping),
        "scope": None if scope is None else read_ids(scope),
        "accept_refused": True if accept_refused else None,
    }
    told = None if provenance is None else read_json(provenance)
    password = asked_password() if ask_password else None
    done = []
    with Case.open(case) as opened:
        for file in files:
            added = add_file(opened, file, kind, declared=declared, provenance=told, password=password)
            exhibit = added.exhibit
            notes = [oddity_text(oddity.code, oddity.facts) for oddity in added.oddities]
            done.append(
                {
                    "exhibit_id": exhibit.exhibit_id,
                    "sha256": exhibit.sha256,
                    "already_there": exhibit.already_there,
                    "notes": notes,
                    **added.summary,
                    "lacks": list(added.lacks),
                    "extracted": [one.exhibit_id for one in added.extracted],
                    "unlocked_from": None if added.locked is None else added.locked.exhibit_id,
                }
            )
            if not as_json:
                key = "there_already" if exhibit.already_there else "added"
                facts = ", ".join(f"{name} {value}" for name, value in added.summary.items())
                say(key, exhibit=exhibit.exhibit_id, hash=exhibit.sha256[:16], facts=facts)
                for note in notes:
                    say("odd", text=note)
                if added.locked is not None:
                    say("unlocked", locked=added.locked.exhibit_id, exhibit=exhibit.exhibit_id)
                unsaid = opened.unsaid_of_export(exhibit.exhibit_id) if kind == "records" else ()
                if unsaid:
                    say("add_export_unknown", fields=", ".join(unsaid))
                if added.extracted:
                    say("extracted", count=len(added.extracted))
                for sentence in unanswered(added.lacks, preferred_language()):
                    say("odd", text=sentence)
    if as_json:
        answer({"added": done})


def oddity_text(code: str, facts: dict[str, Any]) -> str:
    """The sentence for an oddity, the same as in the report where the report has one."""
    for key in (f"report.odd_{code}", f"cli.odd_{code}"):
        with contextlib.suppress(KeyError):
            return text(key, **facts)
    return f"{code} {facts}"


def zone(
    case: CasePath,
    clip: Annotated[str, typer.Argument(metavar="CLIP", help=_help("arg_clip"))],
    file: Annotated[Path | None, typer.Option("--file", help=_help("opt_file"))] = None,
    propose: Annotated[bool, typer.Option("--propose", help=_help("opt_propose"))] = False,
    as_json: AsJson = False,
) -> None:
    """State or propose the terminal zone of a clip."""
    if (file is None) == (not propose):
        raise typer.BadParameter(text("cli.zone_either"))
    with Case.open(case) as opened:
        made = set_zone(opened, clip, file) if file is not None else propose_zone(opened, clip)
        doubt = doubt_about_zone(opened, clip, made)
    if as_json:
        told = None if doubt is None else {"code": doubt.code, "what": doubt.what(), "do": doubt.advice()}
        answer(
            {
                "zone_px": made.polygon_px,
                "empty_media_s": made.empty_media_s,
                "basis": made.basis,
                "no_visits_because": told,
            }
        )
        return
    corners = " ".join(f"({x:g},{y:g})" for x, y in made.polygon_px)
    empty = ", ".join(f"{a:g}-{b:g} s" for a, b in made.empty_media_s) or text("cli.zone_empty_none")
    say("zone_proposed" if made.basis == "proposed" else "zone_taken", corners=corners, empty=empty)
    if doubt is not None:
        say("zone_doubt", what=doubt.what(), do=doubt.advice())


def _say_isolation() -> None:
    level = (text(f"cli.isolation_{one.replace(' ', '_')}") for one in limits_reached().split(", "))
    say("isolation", level=text("calibration.between").join(level))


def run(
    case: CasePath,
    only: Annotated[str | None, typer.Option("--only", help=_help("opt_only"))] = None,
    from_step: Annotated[str | None, typer.Option("--from", help=_help("opt_from"))] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help=_help("opt_workers"))] = 1,
    dask: Annotated[str | None, typer.Option("--dask", help=_help("opt_dask"))] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Run the steps and write the draft report."""
    chosen = choose_steps(only, from_step)
    runner = connect(dask) if dask is not None else local(workers)
    with Case.open(case) as opened:
        _say_isolation()
        run_steps(opened, tuple(step for step in chosen if step != "report"), run=runner, progress=bar)
        if "report" not in chosen:
            say("ran", steps=", ".join(chosen))
            if as_json:
                answer({"ran": chosen})
            return
        made = write_report(opened, "draft", language, None)
    tell(made, as_json)


def choose_steps(only: str | None, from_step: str | None) -> list[str]:
    """Names of the steps to run, in order.

    Raises
    ------
    typer.BadParameter
        Unknown step, or both options.
    """
    every = [*STEPS, "report"]
    for name in (only, from_step):
        if name is not None and name not in every:
            raise typer.BadParameter(text("cli.step_unknown", step=name, known=", ".join(every)))
    if only is not None and from_step is not None:
        raise typer.BadParameter(text("cli.only_or_from"))
    if only is not None:
        return [only]
    return every[every.index(from_step) :] if from_step is not None else every


def write_report(case: Case, edition: str, language: str, out: Path | None) -> Made:
    """The report of an open case, made now; refused when an exhibit is not what was taken in."""
    if language not in ("en", "zh"):
        raise typer.BadParameter(text("cli.language_unknown", language=language))
    check_exhibits(case)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return make_report(
        case,
        still=lambda exhibit_id, media_s: still_of(case, exhibit_id, media_s),
        stills=lambda wanted: stills_of(case, wanted),
        created_at=now,
        edition=edition,
        language=language,
        out=out,
    )


def tell(made: Made, as_json: bool) -> None:
    """The document, or where the report lies and five lines."""
    if as_json:
        answer(made.facts)
        return
    for line in made.summary:
        say("line", text=line)
    say("report_at", path=made.html)


def report(
    case: CasePath,
    edition: Annotated[str, typer.Option("--edition", help=_help("opt_edition"))] = "draft",
    language: Language = "en",
    out: Annotated[Path | None, typer.Option("--out", help=_help("opt_out"))] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of what was computed so far."""
    with Case.open(case) as opened:
        made = write_report(opened, edition, language, out)
    tell(made, as_json)


def status(case: CasePath, as_json: AsJson = False) -> None:
    """What the case holds, what was computed, what is missing."""
    with Case.open(case, write=False) as opened:
        told = case_status(opened)
    if as_json:
        answer(told)
        return
    say("status_case", case=told["case_id"], rows=told["journal_rows"])
    for one in told["exhibits"]:
        say(
            "status_exhibit",
            exhibit=one["exhibit_id"],
            kind=one["kind"],
            name=one["name"] or "-",
            hash=one["sha256"][:16],
        )
    say("status_tables", tables=", ".join(told["tables"]) or "-")
    for name in told["tables_gone"]:
        say("status_gone", table=name)
    for name in told["orphans"]:
        say("status_orphan", file=name)


def case_status(case: Case) -> dict[str, Any]:
    """Exhibits with their names, tables recorded and gone, files that no intake explains, journal."""
    exhibits = case.read("exhibits").to_dict("records") if case.has("exhibits") else []
    there, gone = [], []
    for name in TABLES:
        try:
            there += [name] if case.has(name) else []
        except (StepTooEarly, ExhibitChanged):
            gone.append(name)
    return {
        "case_id": case.case_id,
        "journal_rows": case.head()[0],
        "journal_head": case.head()[1],
        "exhibits": [
            {
                "exhibit_id": str(row["exhibit_id"]),
                "kind": str(row["kind"]),
                "sha256": str(row["sha256"]),
                "name": case.original_name(str(row["exhibit_id"])),
            }
            for row in exhibits
        ],
        "tables": there,
        "tables_gone": gone,
        "orphans": [path.name for path in case.orphans()],
    }
