"""A run that is stopped goes on where it was; a cue that cannot measure gives its reason and no number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.analysis.cue import PresentationSample
from toolkit.errors import SetupError
from toolkit.validation import scoring
from toolkit.validation.kinds import Geometry, Item
from toolkit.validation.scoring import known_cues, readings, require_cues, score_all

ITEMS = [
    Item(geometry=Geometry(), kind=kind, motion="natural", turn_deg=30, number=number, purpose="development")
    for number in range(3)
    for kind in ("live", "held_flat")
]


@pytest.fixture
def filmed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the items that were filmed; nothing is drawn."""
    done: list[str] = []

    def score(item: Item, cues: Any) -> dict[str, Any]:
        done.append(item.key)
        return {"key": item.key, "code": scoring.code_hash(), "readings": {name: {"value": 1.0} for name in cues}}

    monkeypatch.setattr(scoring, "score", score)
    return done


def test_what_was_made_is_not_made_again(tmp_path: Path, filmed: list[str]) -> None:
    kept = tmp_path / "presentations.jsonl"
    first = score_all(ITEMS[:4], ["nose_range"], kept, workers=1)
    told: list[float] = []
    rows = score_all(ITEMS, ["nose_range"], kept, workers=1, advance=told.append)
    assert [row["key"] for row in rows] == [item.key for item in ITEMS]
    assert rows[:4] == first
    assert len(filmed) == len(ITEMS)
    assert sum(told) == len(ITEMS)


def test_a_line_that_was_cut_off_is_made_again_and_spoils_no_other(tmp_path: Path, filmed: list[str]) -> None:
    kept = tmp_path / "presentations.jsonl"
    score_all(ITEMS[:3], ["nose_range"], kept, workers=1)
    kept.write_bytes(kept.read_bytes()[:-20])
    rows = score_all(ITEMS[:4], ["nose_range"], kept, workers=1)
    assert [row["key"] for row in rows] == [item.key for item in ITEMS[:4]]
    assert filmed.count(ITEMS[2].key) == 2
    lines = kept.read_text().splitlines()
    assert sorted(json.loads(line)["key"] for line in lines) == sorted(item.key for item in ITEMS[:4])


def test_a_further_cue_is_measured_on_all(tmp_path: Path, filmed: list[str]) -> None:
    kept = tmp_path / "presentations.jsonl"
    score_all(ITEMS[:2], ["nose_range"], kept, workers=1)
    rows = score_all(ITEMS[:2], ["nose_range", "random_number"], kept, workers=1)
    assert all(set(row["readings"]) == {"nose_range", "random_number"} for row in rows)
    assert len(filmed) == 4


def test_rows_of_other_code_do_not_count(tmp_path: Path, filmed: list[str]) -> None:
    kept = tmp_path / "presentations.jsonl"
    score_all(ITEMS[:1], ["nose_range"], kept, workers=1)
    kept.write_text(kept.read_text().replace(scoring.code_hash(), "0" * 16))
    score_all(ITEMS[:1], ["nose_range"], kept, workers=1)
    assert len(filmed) == 2


def test_no_measurement_is_a_reason_and_no_zero() -> None:
    blank = PresentationSample(times_s=np.arange(3.0), crops=(np.zeros((9, 9, 3), np.uint8),) * 3, faces=(None,) * 3)
    told = readings(blank, known_cues(["nose_range"]))["nose_range"]
    assert told == {"value": None, "statement": "nothing", "why_not": "cue_few_frames"}


def test_the_random_cue_is_the_same_every_time_and_only_there_when_named() -> None:
    sample = PresentationSample(times_s=np.arange(1.0), crops=(np.full((9, 9, 3), 7, np.uint8),), faces=(None,))
    cue = known_cues(["random_number"])["random_number"]
    assert cue.measure(sample) == cue.measure(sample)
    assert "random_number" not in known_cues()
    assert "nose_range" in known_cues()


def test_a_cue_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SetupError) as refused:
        require_cues(["aura"])
    assert "nose_range" in refused.value.advice()
