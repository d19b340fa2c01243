"""Rows of presentations as a validation keeps them, without filming any."""

from __future__ import annotations

from typing import Any

import numpy as np

from toolkit.analysis.cue import Cue, PresentationSample, Reading
from toolkit.validation import storage, summary
from toolkit.validation.kinds import KINDS

Row = dict[str, Any]


def some_cue(name: str = "depth", high: str = "live") -> Cue:
    """A cue that is only named here: rows hold its readings already."""

    def measure(sample: PresentationSample) -> Reading:
        return Reading(value=0.0)

    return Cue(name=name, unit="1", group="geometry", high=high, measure=measure)  # type: ignore[arg-type]


def row(
    kind: str, value: float | None, *, number: int = 0, statement: str = "nothing", motion: str = "natural",
    geometry: str = "g", cue: str = "depth", face_px: float = 40.0, why_not: str = "cue_no_face", **coding: Any,
) -> Row:  # fmt: skip
    """One presentation with one reading."""
    reading: Row = {"value": value, "statement": statement}
    if value is None:
        reading["why_not"] = why_not
    stored = {
        "file_bytes": 1000, "bits_per_frame": 100.0, "keyframe_share": 0.4, "quantiser": 28.0, "quantiser_sd": 1.0,
        "crf": 28, "encodings": 1,
    }  # fmt: skip
    return {
        "key": f"{geometry} {kind} {motion} {number}", "kind": kind, "side": KINDS[kind].side, "geometry": geometry,
        "motion": motion, "number": number, "bearer": f"P{number % 5}", "shown": "Q", "frames": 30, "found": 30,
        "face_px": face_px, "readings": {cue: reading}, "coding": stored | coding,
    }  # fmt: skip


def two_sides(n: int, *, apart: float, seed: int = 1, cue: str = "depth") -> list[Row]:
    """``n`` live faces and ``n`` prints whose readings differ by so many standard deviations."""
    rng = np.random.default_rng(seed)
    live = [row("live", float(rng.normal(apart, 1)), number=k, cue=cue) for k in range(n)]
    return live + [row("held_flat", float(rng.normal(0, 1)), number=k, cue=cue) for k in range(n)]


def document(rows: list[Row], *, says: tuple[str, ...] = ("live", "artefact"), **more: Any) -> Row:
    """A document as :func:`toolkit.validation.running.validate` writes it, of these rows."""
    cue = some_cue()
    return {
        "schema": "papermask-validation-1", "basis": "simulated", "tool": "papermask 0",
        "purpose": "measurement", "seed": 1, "numbers": [0, 9],
        "people": [{"name": f"p{k}", "parents": ["a", "b"]} for k in range(8)],
        "filmed": {"frames_per_s": 10.0, "seconds": 3.2, "turn_deg": 30.0, "geometries": ["g"]},
        "planted_leak": "none", "cues": {"depth": {"unit": "1", "group": "geometry", "high": "live", "says": says}},
        "presentations": len(rows), "bearers": len({one["bearer"] for one in rows}),
        "rates": summary.rates(rows, [cue]), "pooled": summary.pooled(rows, [cue]),
        "areas": summary.areas(rows, [cue]), "curves": summary.curves(rows, [cue]),
        "controls": summary.controls(rows, [cue]), "detection": summary.detection(rows),
        "leaks": storage.leaks(rows), "settings": storage.settings(rows),
        "untested": summary.untested(rows, KINDS), "real": None, **more,
    }  # fmt: skip


def every_kind(live_each: int = 80, attack_each: int = 40) -> list[Row]:
    """Rows of all kinds, 320 a side: what may be published."""
    rng = np.random.default_rng(5)
    return [
        row(kind.name, float(rng.normal(1.5 * (kind.side == "bona fide"), 1)), number=k)
        for kind in KINDS.values()
        for k in range(live_each if kind.side == "bona fide" else attack_each)
    ]
