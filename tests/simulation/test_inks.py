"""Inks: a print keeps the order of tones, cannot be as dark, as light or as colourful as its picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from toolkit.simulation.inks import (
    gained,
    mean_reflectance,
    separate,
    spread_share,
    to_coded,
    to_linear,
    transmittances,
    ungained,
)
from toolkit.simulation.prints import PAPERS, PRESSES

COLOUR = [press for press in PRESSES if not press.monochrome]
LUMA = np.array([0.2126, 0.7152, 0.0722])


def _printed(code: np.ndarray, press: object, paper: object) -> np.ndarray:
    cover = separate(code[None].astype(np.uint8), press, paper)[0]  # type: ignore[arg-type]
    return mean_reflectance(cover.astype(float), press, paper)  # type: ignore[arg-type]


@pytest.mark.parametrize("press", PRESSES, ids=lambda press: press.name)
@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_a_grey_ramp_stays_a_ramp_between_lifted_black_and_paper_white(press: object, paper: object) -> None:
    ramp = np.repeat(np.arange(0, 256, 15)[:, None], 3, axis=1)
    luma = _printed(ramp, press, paper) @ LUMA
    assert np.all(np.diff(luma) > 0)
    assert luma[0] > 0.010
    white = np.array(paper.white) @ LUMA  # type: ignore[attr-defined]
    surface = paper.surface  # type: ignore[attr-defined]
    assert luma[-1] == pytest.approx(surface + (1 - surface) * white, abs=1e-3)


def test_an_office_print_lifts_black_more_than_a_photo_print() -> None:
    black = np.zeros((1, 3))
    office = _printed(black, PRESSES[3], PAPERS[0]) @ LUMA
    photo = _printed(black, PRESSES[4], PAPERS[3]) @ LUMA
    assert office[0] > 1.5 * photo[0]
    assert to_coded(office)[0] >= 35


@pytest.mark.parametrize("press", COLOUR, ids=lambda press: press.name)
def test_greys_come_out_grey_on_the_paper(press: object) -> None:
    paper = replace(PAPERS[0], white=(0.85, 0.85, 0.85))
    ramp = np.repeat(np.arange(0, 256, 15)[:, None], 3, axis=1)
    back = _printed(ramp, press, paper)
    assert np.all(np.ptp(back, axis=1) / back.mean(axis=1) < 0.20)


@pytest.mark.parametrize("press", COLOUR, ids=lambda press: press.name)
def test_pure_colours_lose_chroma_and_keep_their_hue(press: object) -> None:
    pure = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 255, 255), (255, 0, 255), (255, 255, 0)])
    printed = _printed(pure, press, PAPERS[0])
    for asked, got in zip(to_linear(pure.astype(np.uint8)), printed, strict=True):
        assert np.ptp(got) < 0.80 * np.ptp(asked)
        assert got[asked > 0.5].min() > got[asked < 0.5].max()


def test_a_black_printer_prints_no_colour() -> None:
    press = next(press for press in PRESSES if press.monochrome)
    paper = replace(PAPERS[0], white=(0.85, 0.85, 0.85))
    back = _printed(np.array([(200, 60, 60), (40, 90, 200)]), press, paper)
    assert np.all(np.ptp(back, axis=1) < 0.01)


def test_more_grey_replacement_means_more_black_ink_and_less_ink_in_all() -> None:
    code = np.full((1, 1, 3), 80, np.uint8)
    little, much = (
        separate(code, replace(PRESSES[0], grey_replacement=share), PAPERS[0])[0, 0] for share in (0.1, 0.9)
    )
    assert much[3] > little[3] + 0.1
    assert much.sum() < little.sum()


def test_undone_gain_is_no_gain() -> None:
    cover = np.linspace(0, 1, 101, dtype=np.float32)
    assert np.allclose(gained(ungained(cover, 0.2), 0.2), cover, atol=1e-5)
    assert gained(np.float32([0.5]), 0.2)[0] == pytest.approx(0.7)


def test_light_spread_in_paper_leads_from_murray_davies_to_yule_nielsen_two() -> None:
    press = replace(PRESSES[2], lpi=100.0)
    solid = transmittances(press)[3, 1] ** 2
    half = np.array([[0, 0, 0, 0.5]])
    sharp, soft = (replace(PAPERS[0], white=(1.0, 1.0, 1.0), surface=0.0, scatter_m=far) for far in (0.0, 1e-2))
    assert mean_reflectance(half, press, sharp)[0, 1] == pytest.approx(0.5 + 0.5 * solid)
    assert mean_reflectance(half, press, soft)[0, 1] == pytest.approx((0.5 + 0.5 * np.sqrt(solid)) ** 2)
    assert 0 < spread_share(85, 5e-5) < spread_share(150, 5e-5) < 1


def test_code_values_survive_linear_light() -> None:
    code = np.arange(256, dtype=np.uint8)
    assert np.array_equal(to_coded(to_linear(code)), code)
