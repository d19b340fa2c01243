"""Commands about error rates: validate, controls."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.analysis.tested import continuity_model
from toolkit.casebook.case import Case
from toolkit.cli.cases import AsJson, CasePath, Language
from toolkit.cli.speaking import answer, bar, say
from toolkit.language import LANGUAGES, text
from toolkit.pipeline.controls import site_controls
from toolkit.simulation.seeds import CONTINUITY, CONTINUITY_FIT


def _help(key: str) -> str:
    return text(f"cli.{key}")


def register_rates(app: typer.Typer) -> None:
    """Put the commands on the application."""
    app.command("validate", help=_help("help_validate"))(validate)
    app.command("controls", help=_help("help_controls"))(controls)


def validate(
    out: Annotated[Path, typer.Option("--out", help=_help("opt_validate_out"))] = Path("validation"),
    px_per_m: Annotated[str, typer.Option("--px-per-m", help=_help("opt_px_per_m"))] = "250",
    pitch: Annotated[str, typer.Option("--pitch", help=_help("opt_pitch"))] = "20",
    crf: Annotated[int | None, typer.Option("--crf", min=0, max=51, help=_help("opt_crf"))] = None,
    codec: Annotated[str, typer.Option("--codec", help=_help("opt_codec"))] = "h264",
    lens: Annotated[str, typer.Option("--lens", help=_help("opt_lens"))] = "pinhole",
    kinds: Annotated[str, typer.Option("--kinds", help=_help("opt_kinds"))] = "",
    cues: Annotated[str, typer.Option("--cues", help=_help("opt_cues"))] = "",
    count: Annotated[int, typer.Option("--count", min=0, help=_help("opt_count"))] = 10,
    real: Annotated[Path | None, typer.Option("--real", help=_help("opt_real"))] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help=_help("opt_processes"))] = 2,
    development: Annotated[bool, typer.Option("--development", help=_help("opt_development"))] = False,
    plant_leak: Annotated[str, typer.Option("--plant-leak", help=_help("opt_plant_leak"))] = "none",
    continuity: Annotated[bool, typer.Option("--continuity", help=_help("opt_continuity"))] = False,
    fit: Annotated[bool, typer.Option("--fit", help=_help("opt_fit"))] = False,
    as_json: AsJson = False,
) -> None:
    """Measure error rates of the cues, or of the continuity check."""
    if continuity:
        _continuity(out, workers, fit, as_json)
        return
    # Read here: every other command would wait a second for what draws heads and prints.
    from toolkit.validation.asked import wanted
    from toolkit.validation.running import DOCUMENT
    from toolkit.validation.running import validate as run
    from toolkit.validation.telling import markdown, write_page

    told = wanted(
        px_per_m=px_per_m, pitch=pitch, crf=crf, codec=codec, lens=lens, kinds=kinds, cues=cues, count=count, real=real,
        purpose="development" if development else "measurement", leak=plant_leak,
    )  # fmt: skip
    document = run(told, out, workers=workers, bar=bar)
    page = write_page(document, out)
    if as_json:
        answer(document)
        return
    say("line", text=markdown(document, pictures=False))
    say("validated", folder=out, document=DOCUMENT, page=page.name)


def _continuity(out: Path, workers: int, anew: bool, as_json: bool) -> None:
    from toolkit.validation.continuity_counts import SCENES, document, fitted, measure_scenes

    def tell(line: str) -> None:
        if not as_json:
            say("line", text=line)

    model = fitted(CONTINUITY_FIT, workers) if anew else continuity_model()
    rows = measure_scenes(
        model, CONTINUITY, out, counts=SCENES, purpose="measurement", workers=workers, tell=tell,
    )  # fmt: skip
    told = document(model, CONTINUITY_FIT, CONTINUITY, rows)
    (out / "continuity.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if as_json:
        answer(told)


def controls(
    case: CasePath,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say how a site records its own controls, and what those in the case unlock."""
    from toolkit.validation.unlocking import guide, unlocked_row, unlocked_sentences

    if language not in LANGUAGES:
        raise typer.BadParameter(text("cli.language_unknown", language=language))
    with Case.open(case, write=False) as opened:
        told = site_controls(opened)
    missing, beyond = ([{"row": one.row, "file": one.file} for one in rows] for rows in (told.missing, told.beyond))
    if as_json:
        document: dict[str, Any] = {
            "tables": told.tables,
            "presentations": [{**asdict(one), "day": one.day.isoformat()} for one in told.times],
            "missing": missing,
            "beyond": beyond,
            "unlocks": unlocked_row(told.unlocks),
            "guide": guide(language),
        }
        answer(document)
        return
    for line in guide(language):
        say("line", text=line)
    if not told.tables:
        say("line", text="\n" + text("controls.no_table", language))
        return
    say("line", text="")
    for line in unlocked_sentences(told.unlocks, language):
        say("line", text=line)
    for one in told.missing:
        say("line", text=text("controls.missing_file", language, row=one.row, named=one.file))
    for one in told.beyond:
        say("line", text=text("controls.beyond_end", language, row=one.row, named=one.file))
