"""The commands ``seal``, ``verify``, ``rerun``, ``timestamp``, ``purge``: a package, checks of it, what may go."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from toolkit.casebook import verify as verifier
from toolkit.casebook.case import Case
from toolkit.casebook.purging import purge as remove_pictures
from toolkit.casebook.seal import Sealed, check_is_package
from toolkit.casebook.seal import seal as make_package
from toolkit.casebook.sealing_key import SealingKey, key_path, make_key, open_key
from toolkit.casebook.timestamps import request_stamp, take_reply
from toolkit.cli.cases import AsJson, CasePath
from toolkit.cli.speaking import answer as print_document
from toolkit.cli.speaking import bar, say
from toolkit.errors import SealError
from toolkit.language import text
from toolkit.runners import local

MOST_PASSPHRASE_BYTES, MOST_SHOWN = 4096, 40
OUTCOMES = {0: "unchanged", 1: "changed", 3: "unchanged, key not checked"}


def _help(key: str) -> str:
    return text(f"cli.{key}")


def register_sealing(app: typer.Typer) -> None:
    """Put the commands on the application."""
    app.command("seal", help=_help("help_seal"))(seal)
    app.command("verify", help=_help("help_verify"))(verify)
    app.command("rerun", help=_help("help_rerun"))(rerun)
    app.command("timestamp", help=_help("help_timestamp"))(timestamp)
    app.command("purge", help=_help("help_purge"))(purge)


def seal(
    case: CasePath,
    out: Annotated[Path, typer.Option("--out", help=_help("opt_seal_out"))],
    originals: Annotated[bool, typer.Option("--originals", help=_help("opt_originals"))] = False,
    passphrase_fd: Annotated[int | None, typer.Option("--passphrase-fd", help=_help("opt_passphrase_fd"))] = None,
    as_json: AsJson = False,
) -> None:
    """Make the next sealed package of a case."""
    with Case.open(case) as opened:
        key, fresh = _key_of(opened, passphrase_fd)
        if fresh:
            say("seal_key_made", file=str(key_path(opened.case_id)))
        with bar("seal", 1.0) as advance:
            done = [0.0]

            def progress(files: int, all_files: int) -> None:
                advance(files / all_files - done[0])
                done[0] = files / all_files

            made = make_package(opened, out, key, originals=originals, progress=progress)
    if as_json:
        print_document(_document(made))
        return
    say("sealed", path=str(made.path), files=made.files)
    say("sealed_originals" if made.originals else "sealed_hashes")
    say("sealed_key", fingerprint=made.fingerprint)
    say("sealed_check", path=str(made.path / "verify.py"), fingerprint=made.fingerprint)


def verify(
    package: Annotated[Path, typer.Argument(metavar="PATH", help=_help("arg_package"))],
    fingerprint: Annotated[str | None, typer.Option("--fingerprint", help=_help("opt_fingerprint"))] = None,
    head: Annotated[Path | None, typer.Option("--head", help=_help("opt_head"))] = None,
    as_json: AsJson = False,
) -> None:
    """Check a sealed package; ends with 0, 1, or 3 where the key was not checked."""
    check_is_package(package)
    code, found, key = verifier.verify(str(package), fingerprint, None if head is None else str(head))
    if as_json:
        problems = [{"code": entry, "what": verifier.TOLD[entry][0].format(*what)} for entry, what in found.problems]
        notes = [{"code": entry, "what": verifier.TOLD[entry][0].format(*what)} for entry, what in found.notes]
        print_document({
            "outcome": OUTCOMES[code], "problems": problems, "notes": notes, "fingerprint": key,
            "files": len(found.hashes), "journal_rows": found.rows,
        })  # fmt: skip
    else:
        sys.stdout.write(verifier.told(code, found, key))
    raise typer.Exit(code)


def rerun(
    package: Annotated[Path, typer.Argument(metavar="PATH", help=_help("arg_package"))],
    out: Annotated[Path | None, typer.Option("--out", help=_help("opt_rerun_out"))] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help=_help("opt_workers"))] = 2,
    as_json: AsJson = False,
) -> None:
    """Compute a sealed package again and compare; ends with 1 where anything differs."""
    from toolkit.pipeline.rerunning import rerun as compute_again  # read here: it loads all there is

    check_is_package(package)
    with tempfile.TemporaryDirectory() as scene:
        made = compute_again(package, out or Path(scene) / "case", run=local(workers), progress=bar)
    if as_json:
        print_document({
            "reproduced": not made.differences, "tables": made.tables, "rows": made.rows,
            "largest_difference": made.largest, "differences": [asdict(one) for one in made.differences],
        })  # fmt: skip
    else:
        key = "rerun_differs" if made.differences else "rerun_same"
        say(key, tables=made.tables, rows=made.rows, largest=f"{made.largest:.2g}", count=len(made.differences))
        for one in made.differences[:MOST_SHOWN]:
            place = f"{one.table} / {one.key} / {one.column or '-'}"
            say("rerun_line" if one.on_the_line else "rerun_other", place=place, was=one.was[:80], now=one.now[:80])
    raise typer.Exit(1 if made.differences else 0)


def timestamp(
    case: CasePath,
    reply: Annotated[Path | None, typer.Option("--reply", help=_help("opt_reply"))] = None,
    as_json: AsJson = False,
) -> None:
    """Make a request for a time stamp of the journal as it is now, or take in the answer; nothing is sent."""
    with Case.open(case) as opened:
        if reply is not None:
            answer = take_reply(opened, reply)
        else:
            made = request_stamp(opened)
    if reply is not None:
        if as_json:
            print_document({"reply": str(answer)})
        else:
            say("stamp_taken", path=str(answer))
    elif as_json:
        print_document({"head": str(made.head), "request": str(made.request), "journal_rows": made.rows})
    else:
        say("stamp_requested", path=str(made.request), rows=made.rows)
        say("stamp_send", path=str(made.request))


def purge(case: CasePath, as_json: AsJson = False) -> None:
    """Remove face templates, crops and caches of a case; results, hashes and reports stay."""
    with Case.open(case) as opened:
        gone = remove_pictures(opened)
    if as_json:
        print_document({"pieces": gone.pieces, "tables": list(gone.tables)})
        return
    say("purged" if gone.pieces or gone.tables else "purged_nothing", pieces=gone.pieces, tables=len(gone.tables))


def _key_of(case: Case, descriptor: int | None) -> tuple[SealingKey, bool]:
    """The case's sealing key, unlocked, and whether it was made now."""
    path = key_path(case.case_id)
    if path.exists():
        return open_key(path, _passphrase(descriptor, fresh=False)), False
    key = make_key(path, _passphrase(descriptor, fresh=True))
    case.note("seal key", {"key": key.fingerprint})
    return key, True


def _passphrase(descriptor: int | None, *, fresh: bool) -> str:
    """What somebody types or a descriptor gives; never waited for where nobody is.

    Raises
    ------
    SealError
        ``passphrase_needed``.
    """
    if descriptor is not None:
        try:
            with os.fdopen(descriptor, "rb", closefd=False) as stream:
                line = stream.readline(MOST_PASSPHRASE_BYTES)
            return line.decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as refused:
            raise SealError("passphrase_needed") from refused
    if not sys.stdin.isatty():
        raise SealError("passphrase_needed")
    asked = text("cli.passphrase_new" if fresh else "cli.passphrase")
    return str(typer.prompt(asked, hide_input=True, confirmation_prompt=fresh, err=True))


def _document(made: Sealed) -> dict[str, object]:
    return {
        "package": str(made.path), "fingerprint": made.fingerprint, "files": made.files, "originals": made.originals,
    }  # fmt: skip
