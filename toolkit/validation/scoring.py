"""Every cue on every presentation: one row each, kept as it is made, so that a run can be stopped and gone on with."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import toolkit.analysis.cues  # files the cues
from toolkit.analysis.cue import Cue, PresentationSample, Reading, cues
from toolkit.errors import CannotMeasure, SetupError, ToolkitError
from toolkit.media import coding
from toolkit.validation.kinds import KINDS, Item
from toolkit.validation.presenting import Filmed, empties_of, film, images_of
from toolkit.validation.sampling import sample_of_truth
from toolkit.vision.user_models import fingerprint

Row = dict[str, Any]
RANDOM = "random_number"  # a cue that measures nothing: what a table says of it, it must say of nothing else
AHEAD = 4  # items handed to each worker before the first is done


def known_cues(names: Sequence[str] = ()) -> dict[str, Cue]:
    """The cues of these names, all that are filed when none is named; ``random_number`` only when named.

    Raises
    ------
    SetupError
        No such cue.
    """
    assert toolkit.analysis.cues
    wanted = list(names) or list(cues)
    return {name: _random_cue() if name == RANDOM else cues[name] for name in wanted}


def _random_cue() -> Cue:
    return Cue(name=RANDOM, unit="1", group="learned", high="artefact", measure=_random_number)


def _random_number(sample: PresentationSample) -> Reading:
    """A number drawn from the bytes of the first crop: the same every time, and of no meaning."""
    value = float(np.random.default_rng(list(sample.crops[0].tobytes()[:4096])).random())
    return Reading(value=value, statement="live" if value < 0.1 else "artefact" if value > 0.9 else "nothing")


def readings(sample: PresentationSample, chosen: dict[str, Cue]) -> Row:
    """Cue name to value and statement, or to the reason why there is none."""
    told: Row = {}
    for name, one in chosen.items():
        try:
            reading = one.measure(sample)
            told[name] = {"value": reading.value, "statement": reading.statement}
            if reading.spread is not None:
                told[name]["spread"] = reading.spread
            if reading.remark is not None:
                told[name]["remark"] = reading.remark
        except CannotMeasure as reason:
            told[name] = {"value": None, "statement": "nothing", "why_not": reason.code}
    return told


def not_measured(chosen: dict[str, Cue], reason: ToolkitError) -> Row:
    """The row of readings of a presentation that no cue could see."""
    return {name: {"value": None, "statement": "nothing", "why_not": reason.code} for name in chosen}


def score(item: Item, cue_names: Sequence[str]) -> Row:
    """Film one presentation and measure it; what it cost in bits stands beside."""
    chosen = known_cues(cue_names)
    with tempfile.TemporaryDirectory() as folder:
        filmed = film(item, Path(folder))
        seen = measure(filmed, chosen)
        stored = coding.facts(str(filmed.path))
    row: Row = {
        "key": item.key,
        "code": code_hash(),
        "kind": item.kind,
        "side": KINDS[item.kind].side,
        "geometry": item.geometry.name,
        "px_per_m": item.geometry.px_per_m,
        "pitch_deg": item.geometry.pitch_deg,
        "motion": item.motion,
        "turn_deg": item.turn_deg if item.motion in ("turn", "nod") else None,
        "number": item.number,
        "bearer": filmed.bearer,
        "shown": filmed.shown,
        "coding": {**stored, "crf": filmed.crf, "encodings": filmed.encodings},
    }
    return row | seen


def measure(filmed: Filmed, chosen: dict[str, Cue]) -> Row:
    """What the cues read of a clip that was filmed: ``frames``, ``found``, ``face_px``, ``readings``."""
    times, images = images_of(filmed)
    truths = [filmed.truths[int(np.argmin(np.abs(np.array(filmed.times_s) - at)))] for at in times]
    row: Row = {"frames": len(images), "found": 0, "face_px": None}
    try:
        sample = sample_of_truth(times, images, truths, empties_of(filmed))
    except CannotMeasure as reason:
        return row | {"readings": not_measured(chosen, reason)}
    widths = [face.box_px[2] - face.box_px[0] for face in sample.faces if face is not None]
    row |= {"found": sample.found, "face_px": float(np.median(widths)) if widths else None}
    return row | {"readings": readings(sample, chosen)}


def score_all(
    items: Iterable[Item],
    cue_names: Sequence[str],
    kept: Path,
    *,
    workers: int = 2,
    advance: Callable[[float], None] = lambda amount: None,
) -> list[Row]:
    """Rows of all items, in their order; those in ``kept`` already are not made again.

    Parameters
    ----------
    kept : Path
        JSON lines, one a presentation, added to as they are made. A last line
        that was cut off is made again.
    """
    wanted = list(items)
    there = {row["key"]: row for row in _read(kept) if _holds(row, cue_names)}
    advance(float(sum(item.key in there for item in wanted)))
    missing = [item for item in wanted if item.key not in there]
    kept.parent.mkdir(parents=True, exist_ok=True)
    _drop_cut_line(kept)
    with kept.open("a", encoding="utf-8", newline="\n") as out:
        for row in _made(missing, cue_names, workers):
            out.write(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n")
            out.flush()
            there[row["key"]] = row
            advance(1.0)
    return [there[item.key] for item in wanted]


def _made(items: Sequence[Item], cue_names: Sequence[str], workers: int) -> Iterator[Row]:
    if workers <= 1 or len(items) < 2:
        for item in items:
            yield score(item, cue_names)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent) as pool:
        running: set[Future[Row]] = set()
        try:
            for item in items:
                running.add(pool.submit(score, item, cue_names))
                if len(running) >= AHEAD * workers:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from sorted((one.result() for one in done), key=lambda row: str(row["key"]))
            for one in list(running):
                yield one.result()
        finally:
            for one in running:
                one.cancel()


def _leave_interrupts_to_the_parent() -> None:
    """An interrupted run ends with one sentence, not with one traceback a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _drop_cut_line(kept: Path) -> None:
    """A line that was cut off goes: it must not spoil the next one."""
    if kept.is_file() and (held := kept.read_bytes()) and not held.endswith(b"\n"):
        kept.write_bytes(held[: held.rfind(b"\n") + 1])


def _read(kept: Path) -> Iterator[Row]:
    if not kept.is_file():
        return
    for line in kept.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and row.get("code") == code_hash():
            yield row


def _holds(row: Row, cue_names: Sequence[str]) -> bool:
    return set(row.get("readings", {})) >= set(cue_names)


def code_hash() -> str:
    """What names the code and the added models that draw, find and measure: rows of others are made anew."""
    models = fingerprint()
    return hashlib.sha256(_code_hash().encode("ascii") + models).hexdigest()[:16] if models else _code_hash()


@cache
def _code_hash() -> str:
    root = Path(__file__).resolve().parents[1]
    seen = hashlib.sha256()
    for folder in ("simulation", "validation", "analysis", "vision", "media"):
        for file in sorted((root / folder).rglob("*.py")):
            seen.update(file.relative_to(root).as_posix().encode("utf-8") + b"\0" + file.read_bytes())
    return seen.hexdigest()[:16]


def require_cues(names: Sequence[str]) -> None:
    """Refuse a cue that there is not, before anything is drawn.

    Raises
    ------
    SetupError
        Names those that there are.
    """
    unknown = [name for name in names if name != RANDOM and name not in list(cues)]
    if unknown:
        known = ", ".join([*cues, RANDOM])
        raise SetupError("name_unknown", kind=cues.kind, name=unknown[0], known=known)
