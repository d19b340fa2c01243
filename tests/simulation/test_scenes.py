"""Scenes: the same seed gives the same pixels, and truth agrees with what is drawn."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import SetupError
from toolkit.simulation.scenarios import scenarios, simulate, stage
from toolkit.simulation.scene import shoot, zone_polygon
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.terminal import Punch, TerminalClock, attlog

SEED = TESTS[0]


@pytest.mark.parametrize("name", list(scenarios))
def test_every_scenario_draws_the_same_frames_for_the_same_seed(name: str) -> None:
    first, second = (list(islice(shoot(stage(name, SEED).scene), 3)) for _ in range(2))
    assert [shot.t_s for shot in first] == [shot.t_s for shot in second]
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a.image, b.image)


def test_another_seed_is_another_scene() -> None:
    a, b = (next(iter(shoot(stage("stay", seed).scene))).image for seed in (SEED, SEED + 1))
    assert not np.array_equal(a, b)


def test_the_zone_differs_from_the_plate_exactly_where_a_body_is() -> None:
    scene = stage("stay", SEED).scene
    (a, c), _, (b, d), _ = zone_polygon(scene.width_px, scene.height_px)
    for shot in islice(shoot(scene), 0, None, 30):
        difference = np.abs(shot.image[c:d, a:b].astype(int) - scene.plate[c:d, a:b]).max(axis=2)
        body = np.zeros(shot.image.shape[:2], bool)
        for mask in shot.bodies.values():
            body |= mask
        inside = body[c:d, a:b]
        if not inside.any():
            assert np.percentile(difference, 99) < 25
        else:
            assert np.median(difference[inside]) > 25


def test_records_carry_the_stated_offset_cut_to_whole_seconds() -> None:
    from datetime import datetime

    clock = TerminalClock(datetime(2026, 3, 3, 8, 0, 0), 97.6)  # noqa: DTZ001 - a terminal's own time
    lines = attlog([Punch(10.0, "42", 0), Punch(5.0, "007", None)], clock).decode().split("\r\n")
    assert lines == ["      007\t2026-03-03 08:01:42\t1\t0\t15\t0", "       42\t2026-03-03 08:01:47\t1\t0\t15\t0", ""]


def test_a_written_scene_holds_together(tmp_path: Path) -> None:
    truth = simulate("stay", tmp_path, seed=SEED)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "anchors.csv", "attlog.dat", "clip.mp4", "roster.csv", "truth.json", "zone.json",
    ]  # fmt: skip
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8")) == truth
    ((start, end),) = truth["visits_media_s"]
    assert 4.0 < start < 6.5
    assert 19.5 < end < 22.0


def test_an_unknown_scenario_is_named() -> None:
    with pytest.raises(SetupError) as refusal:
        stage("nonsense", 1)
    assert "honest_queue" in str(refusal.value)
