"""The command ``assess``: what can be told of the faces of a few files, without a case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.cli.cases import AsJson
from toolkit.cli.speaking import answer, bar, say
from toolkit.errors import CannotMeasure
from toolkit.language import text

Row = dict[str, Any]


def _help(key: str) -> str:
    return text(f"cli.{key}")


def register_assess(app: typer.Typer) -> None:
    """Put the command on the application."""
    app.command("assess", help=_help("help_assess"))(assess)


def assess(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=_help("arg_assess_files"))],
    frame_rate: Annotated[float | None, typer.Option("--frame-rate", help=_help("opt_frame_rate"))] = None,
    as_json: AsJson = False,
) -> None:
    """Measure every face of pictures or clips."""
    # Read here: every other command would wait for the detector's libraries.
    from toolkit.pipeline.assessing import assess as run

    document = run(files, frame_rate=frame_rate, progress=bar)
    if as_json:
        answer(document)
        return
    for line in lines(document):
        say("line", text=line)


def lines(document: Row) -> list[str]:
    """The document in sentences."""
    told: list[str] = []
    for file in document["files"]:
        mine = [face for face in document["faces"] if face["file"] == file["file"]]
        told.append(text("cli.assess_file", file=file["file"], count=len(mine)))
        if not mine:
            told.append("  " + text("cli.assess_no_face"))
        for number, face in enumerate(mine, 1):
            told += _face(number, face)
    told += [_pair(one, document["faces"]) for one in document["reuse"]]
    return [*told, "", text("cli.assess_limits")]


def _pair(one: Row, faces: list[Row]) -> str:
    """Two faces of different files beside each other: a score ranks, and nothing here says what it is worth."""
    names = {side: f"{faces[one[side]]['file']} ({faces[one[side]]['width_px']:.0f} px)" for side in ("a", "b")}
    if one["score"] is None:
        return text("cli.assess_pair_without", **names, why=CannotMeasure(one["why_not"], **one["facts"]).what())
    standing = text(f"report.standing_{one['standing']}")
    return text("cli.assess_pair", **names, score=f"{one['score']:.1f}", standing=standing)


def _face(number: int, face: Row) -> list[str]:
    where = (
        ""
        if face["media_s"] is None
        else text("cli.assess_when", start=f"{face['from_s']:.1f}", stop=f"{face['to_s']:.1f}")
    )
    box = ", ".join(f"{v:.0f}" for v in face["box_px"])
    outcome = text(f"cli.outcome_{face['outcome'].replace(' ', '_')}")
    head = text(
        "cli.assess_face", number=number, box=box, width=f"{face['width_px']:.0f}", where=where, outcome=outcome
    )
    return ["  " + head, *("    " + _cue(one) for one in face["cues"])]


def _cue(one: Row) -> str:
    name = text(f"report.cue_{one['cue']}")
    if one["value"] is not None:
        says = text(f"report.statement_of_cue_{one['statement']}")
        return text("cli.assess_reading", cue=name, value=f"{one['value']:.3g}", unit=one["unit"], says=says)
    why = CannotMeasure(one["why_not"], **one["facts"]).what()
    return text("cli.assess_no_reading", cue=name, state=text(f"report.statement_of_cue_{one['statement']}"), why=why)
