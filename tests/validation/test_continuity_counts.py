"""Counting staged scenes: resumed without drawing anything twice, and no line of another model counted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from toolkit.simulation.seeds import CALIBRATION, CONTINUITY, CONTINUITY_BEFORE, DEVELOPMENT, MEASUREMENT, TESTS
from toolkit.validation import continuity_counts
from toolkit.validation.continuity_counts import LINES, ORDER, SCENES, document, measure_scenes, rates_of, seeds_of

MODEL = {"intercept": -5.0, "certify_at": 0.95}
COUNTS = {"handover": 3, "stay": 2, "companion": 2}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Scenes that were drawn; what each says follows from its seed alone."""
    done: list[tuple[str, int]] = []

    def watch_all(kinds: Sequence[str], seeds: Sequence[int], purpose: str, workers: int) -> Iterator[tuple[str, int]]:
        for kind in kinds:
            for seed in seeds:
                done.append((kind, seed))
                yield kind, seed

    def said_of(watched: tuple[str, int], model: dict[str, float]) -> dict[str, Any]:
        kind, seed = watched
        if kind in ("companion", "companion_behind"):
            return {"sheets": True, "visits": 3, "alone_flagged": 1, "flagged": True, "certified": True, "reasons": []}
        return {"sheets": seed % 2 == 0, "unbroken": True, "certified": kind.startswith("stay")}

    monkeypatch.setattr(continuity_counts, "watch_all", watch_all)
    monkeypatch.setattr(continuity_counts, "said_of", said_of)
    return done


def measured(out: Path, model: dict[str, float] = MODEL) -> list[dict[str, Any]]:
    return measure_scenes(
        model, CONTINUITY, out, counts=COUNTS, purpose="measurement", workers=1, tell=lambda line: None
    )


def test_a_second_run_draws_only_what_was_cut_off(tmp_path: Path, drawn: list[tuple[str, int]]) -> None:
    whole = measured(tmp_path)
    assert len(drawn) == 7
    file = tmp_path / LINES
    text = file.read_text("utf-8")
    file.write_text(text[: text.rindex("{") + 20], encoding="utf-8")  # the last line was being written
    drawn.clear()
    again = measured(tmp_path)
    assert drawn == [("companion", seeds_of("companion", CONTINUITY)[1])]
    assert rates_of(again) == rates_of(whole)
    assert measured(tmp_path) == again


def test_lines_of_another_model_are_not_counted(tmp_path: Path, drawn: list[tuple[str, int]]) -> None:
    measured(tmp_path)
    measured(tmp_path, {**MODEL, "intercept": -4.0})
    assert len(drawn) == 14


def test_the_document_counts_each_kind_on_its_own_seeds(tmp_path: Path, drawn: list[tuple[str, int]]) -> None:
    told = document(MODEL, DEVELOPMENT[:24], CONTINUITY, measured(tmp_path))
    assert told["rates"]["switch"]["ordinary"] == {"scenes": 3, "unbroken": 3, "certified": 0}
    assert told["rates"]["stay"]["certified"] == 2
    assert told["rates"]["companion"] == {"scenes": 2, "flagged": 2, "certified": 2}
    assert told["rates"]["alone"] == {"visits": 6, "flagged": 2}
    assert told["seeds"]["measurement"]["handover"] == [CONTINUITY[0], CONTINUITY[2]]
    json.dumps(told)


def test_seeds_are_fresh_and_each_kind_has_its_own() -> None:
    sets = [set(one) for one in (DEVELOPMENT, CALIBRATION, MEASUREMENT, TESTS, CONTINUITY)]
    assert sum(map(len, sets)) == len(set.union(*sets))
    assert not set(CONTINUITY) & set(CONTINUITY_BEFORE)
    kinds = [set(seeds_of(kind, CONTINUITY)[: SCENES[kind]]) for kind in ORDER]
    assert [len(one) for one in kinds] == [SCENES[kind] for kind in ORDER]
    assert sum(map(len, kinds)) == len(set.union(*kinds))
    assert sum(SCENES[kind] for kind in ORDER if kind.startswith("handover")) >= 350
