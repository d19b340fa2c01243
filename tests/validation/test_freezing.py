"""Weights come from development people, from cues that part the sides, and tell which groups move together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.analysis.tested import frozen_weights
from toolkit.errors import SetupError
from toolkit.validation.freezing import freeze, weights_of
from toolkit.validation.running import DOCUMENT, KEPT
from toolkit.validation.scoring import known_cues


def rows(apart: float, shared: float = 0.0, kind: str = "held_flat") -> list[dict[str, Any]]:
    """Thirty presentations a side; relief parts them, the learned score follows it by ``shared``."""
    rng = np.random.default_rng(4)
    made = []
    for number in range(60):
        is_print = number % 2 == 1
        common = rng.normal()
        relief = (-apart if is_print else apart) / 2 + common
        learned = shared * common + (1 - shared) * rng.normal() + (2.0 if is_print else 0.0)
        made.append(
            {
                "side": "attack" if is_print else "bona fide",
                "kind": kind if is_print else "live",
                "readings": {"nose_range": {"value": relief}, "learned": {"value": learned}},
            }
        )
    return made


def test_a_cue_that_parts_the_sides_is_weighed_with_its_direction() -> None:
    told = weights_of(rows(apart=3.0), "here")
    assert {one.name: one.sign for one in told.cues} == {"nose_range": -1, "learned": 1}
    relief = next(one for one in told.cues if one.name == "nose_range")
    assert relief.weight == pytest.approx(3.0, abs=0.6)
    assert told.dependent == ()


def test_a_cue_that_parts_nothing_is_not_weighed() -> None:
    assert {one.name for one in weights_of(rows(apart=0.0), "here").cues} == {"learned"}


def test_groups_that_move_together_are_told() -> None:
    assert weights_of(rows(apart=3.0, shared=0.9), "here").dependent == (("geometry", "learned"),)


def test_phones_and_too_few_presentations_weigh_nothing() -> None:
    assert weights_of(rows(apart=3.0, kind="phone"), "here").cues == ()
    assert weights_of(rows(apart=3.0)[:30], "here").cues == ()


def test_other_people_than_development_ones_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text("\n".join(json.dumps(row) for row in rows(apart=3.0)), encoding="utf-8")
    out = tmp_path / "weights.json"
    for purpose in ("measurement", "development"):
        (tmp_path / DOCUMENT).write_text(json.dumps({"purpose": purpose, "tool": "any"}), encoding="utf-8")
        if purpose == "measurement":
            with pytest.raises(SetupError):
                freeze(tmp_path, out)
            assert not out.exists()
        else:
            freeze(tmp_path, out)
            assert {one["name"] for one in json.loads(out.read_text("utf-8"))["cues"]} == {"nose_range", "learned"}


def test_the_weights_that_are_shipped_name_cues_that_there_are() -> None:
    """A cue under another name would be hidden in every case, and nobody would be told."""
    shipped = frozen_weights()
    assert shipped is not None
    known = known_cues()
    covered = {name for one in known.values() for name in one.covers}
    for weight in shipped.cues:
        assert weight.name in known
        assert weight.name not in covered
        assert weight.group == known[weight.name].group
        assert (weight.sign > 0) == (known[weight.name].high == "artefact")
