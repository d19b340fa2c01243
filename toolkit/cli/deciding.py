"""The command ``decide``: what a person says of a finding, a rival, a visit or a presentation."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.casebook.case import Case
from toolkit.cli.cases import AsJson, CasePath
from toolkit.cli.speaking import answer as print_document
from toolkit.cli.speaking import say
from toolkit.language import text
from toolkit.pipeline.deciding import Decided
from toolkit.pipeline.deciding import decide as record_decision


def _help(key: str) -> str:
    return text(f"cli.{key}")


def register_deciding(app: typer.Typer) -> None:
    """Put the command on the application."""
    app.command("decide", help=_help("help_decide"))(decide)


def decide(
    case: CasePath,
    about: Annotated[str, typer.Argument(metavar="ID", help=_help("arg_decide"))],
    answer: Annotated[str, typer.Option("--answer", help=_help("opt_answer"))],
    by: Annotated[str, typer.Option("--by", help=_help("opt_decide_by"))],
    blind: Annotated[bool, typer.Option("--blind", help=_help("opt_blind"))] = False,
    note: Annotated[str, typer.Option("--note", help=_help("opt_decide_note"))] = "",
    as_json: AsJson = False,
) -> None:
    """Record what a person decided."""
    with Case.open(case) as opened:
        made = record_decision(opened, about, answer, by=by, blind=blind, note=note)
    if as_json:
        print_document(_document(made, about, answer, by, blind))
        return
    say("decided", decision=made.decision_id, about=about, answer=answer, by=by.strip())
    if made.supersedes is not None:
        say("decided_supersedes", decision=made.supersedes)
    if blind:
        say(f"decided_{made.blind}")
    elif made.state is not None:
        say("decided_state", about=about, state=made.state)


def _document(made: Decided, about: str, answer: str, by: str, blind: bool) -> dict[str, object]:
    """The decision; a blind reviewer is told nothing of what others decided."""
    told: dict[str, object] = {
        "decision_id": made.decision_id, "about": about, "kind": made.kind, "answer": answer, "by": by.strip(),
        "blind": blind, "supersedes": made.supersedes,
    }  # fmt: skip
    return told | ({"counts_as_blind": made.blind == "blind"} if blind else {"state": made.state})
