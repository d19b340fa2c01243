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
    face: Annotated[str | None, typer.Option("--face", help=_help("opt_assess_face"))] = None,
    region: Annotated[str | None, typer.Option("--region", help=_help("opt_assess_region"))] = None,
    at: Annotated[float | None, typer.Option("--at", help=_help("opt_assess_at"))] = None,
    empty: Annotated[str | None, typer.Option("--empty", help=_help("opt_assess_empty"))] = None,
    px_per_m: Annotated[float | None, typer.Option("--px-per-m", min=1, help=_help("opt_assess_scale"))] = None,
    maps: Annotated[Path | None, typer.Option("--maps", help=_help("opt_assess_maps"))] = None,
    as_json: AsJson = False,
) -> None:
    """Measure every face of pictures or clips, and look for sheets in hands."""
    # Read here: every other command would wait for the detector's libraries.
    from toolkit.pipeline.assessing import Asked
    from toolkit.pipeline.assessing import assess as run
    from toolkit.pipeline.marks import parse_mark, parse_stretch

    if face is not None and region is not None:
        raise typer.BadParameter(text("cli.assess_one_of_two"))
    asked = Asked(
        frame_rate=frame_rate,
        mark=parse_mark(face, region, at),
        empty_s=None if empty is None else parse_stretch(empty),
        px_per_m=px_per_m,
    )
    document = run(files, asked=asked, maps=maps, progress=bar)
    if as_json:
        answer(document)
        return
    for line in lines(document):
        say("line", text=line)
    if maps is not None:
        say("assess_maps_at", folder=maps)


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
        for sheet in document["sheets"]:
            if sheet["file"] == file["file"]:
                told += _sheet(sheet)
    told += [_pair(one, document["faces"]) for one in document["reuse"]]
    return [*told, "", text("cli.assess_limits")]


def _pair(one: Row, faces: list[Row]) -> str:
    """Two faces of different files beside each other: a score ranks, and nothing here says what it is worth."""
    names = {side: f"{faces[one[side]]['file']} ({_width(faces[one[side]])})" for side in ("a", "b")}
    if one["score"] is None:
        return text("cli.assess_pair_without", **names, why=CannotMeasure(one["why_not"], **one["facts"]).what())
    standing = text(f"report.standing_{one['standing']}")
    return text("cli.assess_pair", **names, score=f"{one['score']:.1f}", standing=standing)


def _width(face: Row) -> str:
    return "–" if face["width_px"] is None else f"{face['width_px']:.0f} px"


def _face(number: int, face: Row) -> list[str]:
    told = {
        "number": number,
        "box": ", ".join(f"{v:.0f}" for v in face["box_px"]),
        "where": _when(face),
        "outcome": text(f"cli.outcome_{face['outcome'].replace(' ', '_')}"),
    }
    if face["basis"] == "marked by a person":
        head = text("cli.assess_marked", **told)
    else:
        head = text("cli.assess_face", width=f"{face['width_px']:.0f}", **told)
    return ["  " + head, *("    " + _cue(one) for one in face["cues"])]


def _sheet(sheet: Row) -> list[str]:
    level = text("cli.assess_sheet_none") if sheet["level"] is None else text(f"report.level_{sheet['level']}")
    basis = text(f"cli.assess_basis_{sheet['basis'].replace(' ', '_')}")
    head = text("cli.assess_sheet", where=_when(sheet), basis=basis, level=level)
    return ["  " + head, *("    " + _cue(one) for one in sheet["cues"])]


def _when(one: Row) -> str:
    if one["from_s"] is None:
        return ""
    return text("cli.assess_when", start=f"{one['from_s']:.1f}", stop=f"{one['to_s']:.1f}")


def _cue(one: Row) -> str:
    name = text(f"report.cue_{one['cue']}")
    if one["value"] is not None:
        says = text(f"report.statement_of_cue_{one['statement']}")
        return text("cli.assess_reading", cue=name, value=f"{one['value']:.3g}", unit=one["unit"], says=says)
    why = CannotMeasure(one["why_not"], **one["facts"]).what()
    return text("cli.assess_no_reading", cue=name, state=text(f"report.statement_of_cue_{one['statement']}"), why=why)
