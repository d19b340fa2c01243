"""Commands beside a case: demo, simulate, punches, inspect, models, lab."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.cases import AsJson, Language, oddity_text, tell
from toolkit.cli.models import register_models
from toolkit.cli.punching import punches
from toolkit.cli.speaking import answer, bar, say
from toolkit.language import text
from toolkit.media.probe import probe
from toolkit.pipeline.files import check_file
from toolkit.simulation.scenario_file import load_scenario

REPOSITORY = Path(__file__).resolve().parents[2]


def _help(key: str) -> str:
    return text(f"cli.{key}")


def register_tools(app: typer.Typer) -> None:
    """Put the commands on the application."""
    app.command("demo", help=_help("help_demo"))(demo)
    app.command("simulate", help=_help("help_simulate"))(simulate)
    app.command("punches", help=_help("help_punches"))(punches)
    app.command("inspect", help=_help("help_inspect"))(inspect)
    app.command("lab", help=_help("help_lab"))(lab)
    register_models(app)


def demo(
    out: Annotated[Path, typer.Option("--out", help=_help("opt_demo_out"))],
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Make the built-in case and run it."""
    from toolkit.demo import run_demo, seal_demo  # read here for the same reason as below

    made = run_demo(out, language=language, progress=bar)
    sealed = seal_demo(out)
    tell(made, as_json)
    if sealed is not None:
        say("demo_sealed", path=str(sealed.path))
        say("sealed_check", path=str(sealed.path / "verify.py"), fingerprint=sealed.fingerprint)


def simulate(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help=_help("arg_scenario"))],
    out: Annotated[Path, typer.Option("--out", help=_help("opt_simulate_out"))],
    seed: Annotated[int, typer.Option("--seed", min=0, help=_help("opt_seed"))],
    as_json: AsJson = False,
) -> None:
    """Write a case whose truth is known."""
    # Read here: every other command would wait a second for what draws heads and prints.
    from toolkit.simulation.cases import write_case
    from toolkit.simulation.studio import RoomStudio
    from toolkit.simulation.truth import document_bytes

    told = load_scenario(scenario)
    with bar("simulate", sum(clip.duration_s for clip in told.clips)) as advance:
        truth = write_case(told, out, seed, RoomStudio(advance=advance))
    if as_json:
        answer(json.loads(document_bytes(truth)))
    else:
        say("simulated", folder=out, visits=len(truth.visits))


def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_help("arg_file"))],
    frame_rate: Annotated[float | None, typer.Option("--frame-rate", help=_help("opt_frame_rate"))] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a video file is."""
    check_file(file)
    clip = probe(file, frame_rate=frame_rate)
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    facts = {**asdict(clip), "sha256": sha256}
    if as_json:
        answer(facts)
        return
    for name, value in facts.items():
        if name not in ("gaps", "oddities"):
            say("fact", name=name, value=value)
    for oddity in clip.oddities:
        say("odd", text=oddity_text(oddity.code, oddity.facts))


def lab(case: Annotated[Path | None, typer.Argument(metavar="[CASE]", help=_help("arg_case"))] = None) -> None:
    """Open the notebooks on this machine only."""
    environment = lab_environment(os.environ)
    if case is not None:
        environment["PAPERMASK_CASE"] = str(case.resolve())
    options = (
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={REPOSITORY / 'notebooks'}",
        "--ServerApp.allow_remote_access=False",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--ServerApp.terminals_enabled=False",
    )
    raise typer.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", *options], env=environment))


def lab_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Environment of the notebook server: the package is found without being installed, no news are asked for."""
    paths = [str(REPOSITORY), *filter(None, [given.get("PYTHONPATH")])]
    config = [str(REPOSITORY / "toolkit/widgets"), *filter(None, [given.get("JUPYTER_CONFIG_PATH")])]
    return {**given, "PYTHONPATH": os.pathsep.join(paths), "JUPYTER_CONFIG_PATH": os.pathsep.join(config)}
