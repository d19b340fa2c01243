"""The command ``mark``: a person marks in a case what the detector does not find."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.casebook.case import Case
from toolkit.cli.cases import AsJson, CasePath
from toolkit.cli.speaking import answer, say
from toolkit.language import text
from toolkit.pipeline.marking import mark as record_mark
from toolkit.pipeline.marking import withdraw as take_back
from toolkit.pipeline.marks import parse_mark


def _help(key: str) -> str:
    return text(f"cli.{key}")


def register_marking(app: typer.Typer) -> None:
    """Put the command on the application."""
    app.command("mark", help=_help("help_mark"))(mark)


def mark(
    case: CasePath,
    by: Annotated[str, typer.Option("--by", help=_help("opt_mark_by"))],
    clip: Annotated[str | None, typer.Argument(metavar="EXHIBIT", help=_help("arg_clip"))] = None,
    start: Annotated[float | None, typer.Option("--from", help=_help("opt_mark_from"))] = None,
    stop: Annotated[float | None, typer.Option("--to", help=_help("opt_mark_to"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=_help("opt_mark_region"))] = None,
    note: Annotated[str, typer.Option("--note", help=_help("opt_mark_note"))] = "",
    withdraw: Annotated[str | None, typer.Option("--withdraw", metavar="MARK", help=_help("opt_withdraw"))] = None,
    as_json: AsJson = False,
) -> None:
    """Mark a region of a clip as a face that was seen, or take a mark back."""
    if withdraw is not None:
        with Case.open(case) as opened:
            take_back(opened, withdraw, by=by)
        if as_json:
            answer({"mark_id": withdraw, "withdrawn": True})
        else:
            say("mark_withdrawn", mark=withdraw)
        return
    if clip is None or start is None or stop is None or region is None:
        raise typer.BadParameter(text("cli.mark_needs"))
    parsed = parse_mark(None, region, None)
    assert parsed is not None and parsed.region_px is not None
    with Case.open(case) as opened:
        mark_id = record_mark(opened, clip, (start, stop), parsed.region_px, by=by, note=note)
    if as_json:
        answer({"mark_id": mark_id, "withdrawn": False})
    else:
        say("mark_taken", mark=mark_id)
