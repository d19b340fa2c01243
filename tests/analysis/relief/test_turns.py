"""How far something turned at least: what comes nearer, nods or trembles has not turned."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.relief.turns import least_turn_deg, swings

WAVE = np.sin(np.arange(40) * 0.25)


def lengths(turns_deg: np.ndarray, scale: np.ndarray | float = 1.0, tall: np.ndarray | float = 1.0) -> np.ndarray:
    wide = np.cos(np.deg2rad(turns_deg))
    return np.stack([wide * scale, np.ones_like(wide) * scale * tall], axis=1) * 80


@pytest.mark.parametrize("turn", [15.0, 25.0, 40.0])
def test_a_turn_is_told_and_not_overstated(turn: float) -> None:
    noise = np.random.default_rng(5).normal(0, 0.002, (40, 2))
    told = least_turn_deg(lengths(turn * WAVE) * (1 + noise))
    assert 0.7 * turn < told <= turn


def test_coming_nearer_and_nodding_are_no_turns() -> None:
    assert least_turn_deg(lengths(0 * WAVE, scale=1 + 0.1 * WAVE)) < 3
    assert least_turn_deg(lengths(0 * WAVE, tall=1 - 0.1 * WAVE**2)) < 3


def test_noise_is_no_turn() -> None:
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.01, (40, 2))
        assert least_turn_deg(lengths(0 * WAVE) * (1 + noise)) < 12


def test_a_swing_needs_size_calm_and_two_poses() -> None:
    course = 0.2 * WAVE
    assert swings(course, 0.16)
    assert not swings(0.3 * course, 0.16)
    assert not swings(course + np.random.default_rng(2).normal(0, 0.1, 40), 0.16)
    slipped = np.full(40, 0.01) * WAVE
    slipped[10:12] = 0.5
    assert not swings(slipped, 0.16)
    assert not swings(np.zeros(40), 0.0)  # frames without any noise are one frame shown again
