"""Face models: which slots there are, what fills them, and what a person adds by path or fetches on purpose."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.cases import AsJson
from toolkit.cli.speaking import answer, say
from toolkit.language import text
from toolkit.vision import insightface_pack, models
from toolkit.vision.models import ModelSlot
from toolkit.vision.user_models import Added


def _help(key: str) -> str:
    return text(f"cli.{key}")


Slot = Annotated[str, typer.Argument(metavar="SLOT", help=_help("arg_slot"))]


def register_models(app: typer.Typer) -> None:
    """Put the group ``models`` on the application."""
    group = typer.Typer(help=_help("help_models"), no_args_is_help=True)
    group.command("list", help=_help("help_models_list"))(models_list)
    group.command("add", help=_help("help_models_add"))(models_add)
    group.command("fetch", help=_help("help_models_fetch"))(models_fetch)
    app.add_typer(group, name="models")


def models_list(as_json: AsJson = False) -> None:
    """Show every slot for a face model."""
    slots = models.slots()
    if as_json:
        answer({"models": [asdict(slot) for slot in slots]})
        return
    for slot in slots:
        say("model", **asdict(slot))
        _say_added(slot)


def models_add(
    slot: Slot,
    path: Annotated[Path, typer.Argument(metavar="PATH", help=_help("arg_model_path"))],
    licence: Annotated[str | None, typer.Option("--licence", help=_help("opt_licence"))] = None,
    as_json: AsJson = False,
) -> None:
    """Register a file or folder of the user's own; it stays where it is."""
    _tell(models.add(slot, path, licence=licence), as_json)


def models_fetch(slot: Slot, as_json: AsJson = False) -> None:
    """Download a model from its author's own address, check it and register it."""
    # Read here: nothing but this command may load what can reach a network.
    from toolkit.vision.fetching import fetch

    _tell(fetch(slot), as_json)


def _tell(record: Added, as_json: bool) -> None:
    if as_json:
        answer({**asdict(record), "tested": record.tested})
        return
    licence = record.licence or text("cli.model_no_licence")
    say("model_added", slot=record.slot, path=record.path, sha256=record.sha256, licence=licence)
    for part in record.parts:
        say("model_part", file=record.file(part).name, part=part.part, sha256=part.sha256)
    say("model_tested" if record.tested else "model_untested")
    _say_licence(record.slot, record.licence)


def _say_licence(slot: str, licence: str | None) -> None:
    """A pack is registered without a licence, but not used: that must be told at once."""
    if slot == insightface_pack.SLOT and licence is None:
        say("model_needs_licence")


def _say_added(slot: ModelSlot) -> None:
    """What a person wrote down of a slot, below its line."""
    if not slot.added:
        return
    licence = slot.licence_recorded or text("cli.model_no_licence")
    say("model_record", licence=licence, recorded_at=slot.recorded_at)
    say("model_tested" if slot.tested else "model_untested")
    _say_licence(slot.name, slot.licence_recorded)
    if not slot.installed:
        say("model_not_as_added")
