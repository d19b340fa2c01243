"""A whole validation: what is to be filmed, measured, counted, and written down.

Published runs show measurement people on measurement seeds, which nothing else
uses; a run on development people is for looking and says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit import __version__
from toolkit.analysis.cue import Cue
from toolkit.errors import SetupError
from toolkit.simulation.faces import identities
from toolkit.simulation.seeds import PRESENTATIONS
from toolkit.validation import storage, summary
from toolkit.validation.kinds import (
    CONTROL_KINDS,
    CONTROL_MOTIONS,
    KINDS,
    USUAL_MOTIONS,
    Geometry,
    Item,
    Motion,
)
from toolkit.validation.presenting import CRF_RANGE, FPS, LASTS_S
from toolkit.validation.scoring import known_cues, require_cues, score_all
from toolkit.validation.site import UNTOLD, read_site, score_site, what_they_unlock
from toolkit.validation.unlocking import unlocked_row

SCHEMA = "papermask-validation-1"
TURN_DEG, NOD_DEG = 30.0, 15.0
KEPT, DOCUMENT = "presentations.jsonl", "validation.json"
LEAKS = ("none", "strength", "encoded_twice")

Row = dict[str, Any]
Bar = Callable[[str, float], AbstractContextManager[Callable[[float], None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to validate.

    ``count`` presentations for each kind and usual movement at each geometry,
    and for each control movement of a live and a printed face. ``leak``: a
    fault planted into how attack clips are stored, to see that it is exposed.
    """

    geometries: tuple[Geometry, ...] = (Geometry(),)
    kinds: tuple[str, ...] = tuple(KINDS)
    cues: tuple[str, ...] = ()
    count: int = 10
    purpose: str = "measurement"
    leak: str = "none"
    real: Path | None = None


def items_of(wanted: Wanted) -> list[Item]:
    """All presentations of a run; numbers go round first, so that a run that is stopped has a little of everything."""
    movements: list[tuple[str, Motion]] = [(kind, motion) for kind in wanted.kinds for motion in USUAL_MOTIONS]
    movements += [(kind, motion) for kind in CONTROL_KINDS if kind in wanted.kinds for motion in CONTROL_MOTIONS]
    return [
        Item(
            geometry=geometry,
            kind=kind,
            motion=motion,
            turn_deg=NOD_DEG if motion == "nod" else TURN_DEG,
            number=number,
            purpose=wanted.purpose,
            leak=wanted.leak,
        )
        for number in range(wanted.count)
        for geometry in wanted.geometries
        for kind, motion in movements
    ]


def validate(wanted: Wanted, folder: Path, *, workers: int = 2, bar: Bar) -> Row:
    """Run a validation and write ``presentations.jsonl`` and ``validation.json`` into a folder.

    Parameters
    ----------
    folder : Path
        A run that was stopped is gone on with where it is named again.
    bar : callable
        ``bar(step, total)``, a context that is told of every presentation done.

    Returns
    -------
    dict
        The document of ``validation.json``.

    Raises
    ------
    SetupError
        No such cue.
    ReadingError
        The folder of recordings cannot be read.
    """
    require_cues(wanted.cues)
    recorded = [] if wanted.real is None else list(read_site(wanted.real))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise SetupError("no_folder", folder=str(folder)) from refused
    names = tuple(known_cues(wanted.cues))
    items = items_of(wanted)
    rows: list[Row] = []
    real: list[Row] = []
    twins: list[Row] = []
    if items:
        with bar("validate", float(len(items))) as advance:
            rows = score_all(items, names, folder / KEPT, workers=workers, advance=advance)
    if wanted.real is not None:
        with bar("validate_real", float(len(recorded))) as advance:
            real, twins = score_site(wanted.real, names, advance=advance)
    unrun = summary.not_run([*rows, *real, *twins], _cues(names))
    ran = tuple(name for name in names if name not in {one["cue"] for one in unrun})
    document = _document(wanted, ran, rows) | {"not_run": unrun}
    if wanted.real is not None:
        document["real"] = _real(real, twins, ran) | {"unlocks": unlocked_row(what_they_unlock(recorded))}
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / DOCUMENT).write_text(text + "\n", encoding="utf-8", newline="\n")
    return document


def _cues(names: Sequence[str]) -> list[Cue]:
    """The cues of these names, none for none: there no name would stand for all."""
    return list(known_cues(names).values()) if names else []


def _document(wanted: Wanted, names: Sequence[str], rows: Sequence[Row]) -> Row:
    chosen = _cues(names)
    return {
        "schema": SCHEMA,
        "tool": f"papermask {__version__}",
        "basis": "simulated",
        "purpose": wanted.purpose,
        "seed": PRESENTATIONS[wanted.purpose],
        "numbers": [0, wanted.count - 1],
        "people": [
            {"name": one.name, "family": one.family, "parents": list(one.parents)}
            for one in identities(wanted.purpose)
        ],
        "filmed": {
            "frames_per_s": FPS, "seconds": LASTS_S, "crf_from_to": list(CRF_RANGE), "turn_deg": TURN_DEG,
            "nod_deg": NOD_DEG, "geometries": [one.name for one in wanted.geometries],
        },
        "planted_leak": wanted.leak,
        "cues": {
            one.name: {"unit": one.unit, "group": one.group, "high": one.high, "says": list(one.says)} for one in chosen
        },
        "presentations": len(rows),
        "bearers": len({row["bearer"] for row in rows}),
        "rates": summary.rates(rows, chosen),
        "pooled": summary.pooled(rows, chosen),
        "areas": summary.areas(rows, chosen),
        "curves": summary.curves(rows, chosen),
        "controls": summary.controls(rows, chosen),
        "detection": summary.detection(rows),
        "leaks": storage.leaks(rows),
        "settings": storage.settings(rows),
        "untested": summary.untested(rows, KINDS),
        "real": None,
    }  # fmt: skip


def _real(rows: list[Row], twins: list[Row], names: Sequence[str]) -> Row:
    chosen = _cues(names)
    twinned = {row["twin_of"] for row in twins}
    untold = {kind for row in rows for kind in UNTOLD.get(row["kind"], ())}
    return {
        "presentations": len(rows),
        "rates": summary.rates(rows, chosen),
        "areas": summary.areas(rows, chosen),
        "curves": summary.curves(rows, chosen),
        "leaks": storage.leaks(rows),
        "twins": summary.rates(twins, chosen),
        "twin_areas": summary.areas([row for row in rows if row["key"] in twinned] + twins, chosen),
        "untested": [kind for kind in summary.untested(rows, KINDS) if kind not in untold],
        "untold": sorted(untold & set(summary.untested(rows, KINDS))),
    }
