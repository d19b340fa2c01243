"""Counting staged scenes: how often a body is certified or a companion noticed, resumed where it was interrupted.

Each kind of scene has two hundred measurement seeds of its own; a scene is
counted once, with a model that was fitted before on other seeds. What one scene
says is kept as a line of a file beside the result, so that hours of drawing are
not lost to a restart, and anybody may count again from the lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit import __version__
from toolkit.analysis.bodies.companions import CHECK
from toolkit.analysis.presenters import CHECK as CERTIFIES
from toolkit.validation.continuity import FITTED, PAIRS, STAYS, SWITCHES, fit_model, pair_of, said_of, watch_all

SCENES = {
    "handover_contact": 124, "handover_crossing": 122, "handover": 122, "companion": 102, "companion_behind": 40,
    "stay": 102, "stay_contact": 102, "stay_crossing": 102,
}  # fmt: skip
ORDER = (*SWITCHES.values(), *STAYS, *PAIRS)
SEEDS_A_KIND = 200
LINES = "scenes.jsonl"
MADE = 2  # version of the scenes and of what is said of them; a line of another one is not counted

Row = dict[str, Any]
Tell = Callable[[str], None]


def seeds_of(kind: str, seeds: Sequence[int]) -> Sequence[int]:
    """The seeds of one kind: its own two hundred, so that more scenes of one kind leave those of the others alone."""
    number = ORDER.index(kind)
    return seeds[number * SEEDS_A_KIND : (number + 1) * SEEDS_A_KIND]


def measure_scenes(
    model: dict[str, float], seeds: Sequence[int], out: Path, *, counts: Mapping[str, int], purpose: str, workers: int,
    tell: Tell,
) -> list[Row]:  # fmt: skip
    """What every scene says, those of an earlier run taken from its lines.

    Parameters
    ----------
    counts : mapping
        How many scenes of each kind.
    out : Path
        Folder of the lines; made when it is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    file = out / LINES
    key = _key(model, purpose)
    done = {(row["kind"], row["seed"]): row for row in _lines(file) if row["key"] == key}
    for kind, count in counts.items():
        asked = seeds_of(kind, seeds)[:count]
        missing = [seed for seed in asked if (kind, seed) not in done]
        for seed, watched in zip(missing, watch_all([kind], missing, purpose, workers), strict=True):
            row = {"key": key, "kind": kind, "seed": seed, **said_of(watched, model)}
            done[kind, seed] = row
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row, sort_keys=True) + "\n")
        tell(f"{kind}: {json.dumps(count_rows([done[kind, seed] for seed in asked]))}")
    return [done[kind, seed] for kind, count in counts.items() for seed in seeds_of(kind, seeds)[:count]]


def _key(model: Mapping[str, float], purpose: str) -> str:
    told = json.dumps([MADE, CHECK, __version__, purpose, model], sort_keys=True)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:16]


def _lines(file: Path) -> Iterable[Row]:
    """Lines of earlier runs; one that was cut off by a stop is measured again."""
    if not file.is_file():
        return
    for line in file.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def count_rows(rows: Sequence[Row]) -> Row:
    """Counts of the lines of one kind."""
    if rows and rows[0]["kind"] in PAIRS:
        told = {"scenes": len(rows)} | {name: sum(row[name] for row in rows) for name in ("flagged", "certified")}
        return told | {"alone": _alone(rows)}
    return {"scenes": len(rows)} | {name: sum(row[name] for row in rows) for name in ("unbroken", "certified")}


def _alone(rows: Sequence[Row]) -> Row:
    return {"visits": sum(row["visits"] for row in rows), "flagged": sum(row["alone_flagged"] for row in rows)}


def rates_of(rows: Sequence[Row]) -> Row:
    """Counts in independent scenes, as a strength uses them; with sheets apart too."""
    kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in ORDER}
    rates: Row = {"basis": "simulated", "companion_check": CHECK, "continuity_check": CERTIFIES, **_by_kind(kinds)}
    rates["with_sheets"] = _by_kind({kind: [row for row in part if row["sheets"]] for kind, part in kinds.items()})
    for kind in PAIRS:
        rates[kind] = {name: value for name, value in count_rows(kinds[kind]).items() if name != "alone"}
    rates["alone"] = _alone([row for kind in PAIRS for row in kinds[kind]])
    return rates


def _by_kind(kinds: Mapping[str, Sequence[Row]]) -> Row:
    switches = {kind: count_rows(kinds[name]) for kind, name in SWITCHES.items()}
    return {"switch": switches, **{name: count_rows(kinds[name]) for name in STAYS}}


def fitted(seeds: Sequence[int], workers: int) -> dict[str, float]:
    """The model of continuity, fitted on scenes of these (development) seeds."""
    return fit_model([(one.kind, pair_of(one)) for one in watch_all(FITTED, seeds, "development", workers)])


def document(model: dict[str, float], fit_seeds: Sequence[int], seeds: Sequence[int], rows: Sequence[Row]) -> Row:
    """What ``analysis/tested/continuity.json`` holds."""
    return {
        "tool": f"papermask {__version__}",
        "model": model,
        "rates": rates_of(rows),
        "seeds": {
            "development": [fit_seeds[0], fit_seeds[-1]],
            "measurement": {
                kind: [seeds_of(kind, seeds)[0], max(row["seed"] for row in rows if row["kind"] == kind)]
                for kind in ORDER
                if any(row["kind"] == kind for row in rows)
            },
        },
    }
