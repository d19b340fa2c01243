"""Clips of the two sides cannot be told apart by how they are stored, over hundreds of them; a planted fault can."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from toolkit.media.coding import facts
from toolkit.validation import storage
from toolkit.validation.kinds import ATTACK, KINDS, Geometry, Item, Motion
from toolkit.validation.presenting import film

pytestmark = pytest.mark.full

A_SIDE, EACH = 304, 4  # clips a side, and of one number and movement
GEOMETRY = Geometry(px_per_m=125, pitch_deg=20)


def stored(item: Item) -> dict[str, Any]:
    """How one presentation is stored; nothing is looked for in it."""
    with tempfile.TemporaryDirectory() as folder:
        filmed = film(item, Path(folder))
        coding = facts(str(filmed.path)) | {"crf": filmed.crf, "encodings": filmed.encodings}
    return {
        "key": item.key, "kind": item.kind, "side": KINDS[item.kind].side, "geometry": item.geometry.name,
        "motion": item.motion,
        "coding": coding,
    }  # fmt: skip


def items(a_side: int, leak: str = "none") -> list[Item]:
    """So many a side, of the same numbers on both: a number chooses the recorder, and sides of other numbers differ."""
    told = []
    for side in (ATTACK, "bona fide"):
        kinds = [kind.name for kind in KINDS.values() if kind.side == side]
        for k in range(a_side):
            number, place = divmod(k, 2 * EACH)
            kind = kinds[(place % EACH + EACH * number) % len(kinds)]
            motion: Motion = "natural" if place < EACH else "turn"
            told.append(Item(geometry=GEOMETRY, kind=kind, motion=motion, turn_deg=30, number=number,
                             purpose="development", leak=leak))  # fmt: skip
    return told


def film_all(wanted: Sequence[Item]) -> list[dict[str, Any]]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(stored, wanted, chunksize=8))


def test_three_hundred_clips_a_side_cannot_be_told_apart_by_their_storage() -> None:
    told = storage.leaks(film_all(items(A_SIDE)))
    assert all(min(one["sides"]) >= 300 for one in told)
    assert all(one["told_apart"] is not None for one in told)
    assert [(one["statistic"], one["interval"]) for one in told if one["told_apart"]] == []


def test_clips_stored_more_strongly_on_one_side_are_exposed() -> None:
    """Each clip has a strength of its own, and still it shows in what was measured."""
    told = {one["statistic"]: one["told_apart"] for one in storage.leaks(film_all(items(96, "strength")))}
    assert GEOMETRY.crf is None
    assert told["quantiser"]
    assert told["bits_per_frame"]
