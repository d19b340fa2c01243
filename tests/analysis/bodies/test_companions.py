"""Somebody beside the presenter: outlines drawn by hand, and rows of occupancy whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.analysis.bodies.companions import CompanionCheck, check_companions
from toolkit.analysis.bodies.silhouettes import silhouettes
from toolkit.records import Mask

H, W = 216, 384
PX = 100  # pixels a metre
ZONE = np.zeros((H, W), bool)
ZONE[20:111, 156:228] = True  # from head to hip, 0.36 m to either side of the spot
ALONE = [0.0]
STEP_S = 0.1


def person(x_m: float, *, tall: float = 1.0, elbows_m: float = 0.0, back: int = 0) -> Mask:
    """A standing outline: head, trunk and legs, feet at row 200 less ``back``; elbows out as when a sheet is held."""
    found = np.zeros((H, W), bool)
    middle, feet = 192 + round(x_m * PX), 200 - back

    def box(low_m: float, high_m: float, half_m: float, at: int = 0) -> None:
        half = round(half_m * PX)
        found[
            feet - round(high_m * tall * PX) : feet - round(low_m * tall * PX), middle + at - half : middle + at + half
        ] = True

    box(1.50, 1.74, 0.09)
    box(0.85, 1.50, 0.22)
    box(0.0, 0.85, 0.14)
    box(1.05, 1.25, 0.22 + elbows_m)
    return found


def arm_up(x_m: float) -> Mask:
    """Somebody with a hand beside the head: two tops, one body."""
    found = person(x_m)
    at = 192 + round((x_m + 0.27) * PX)
    found[200 - 175 : 200 - 140, at - 5 : at + 5] = True
    return found


def with_bag(x_m: float) -> Mask:
    found = person(x_m)
    found[200 - 85 : 200 - 50, 192 + round((x_m + 0.14) * PX) : 192 + round((x_m + 0.40) * PX)] = True
    return found


def sheet_before(x_m: float) -> Mask:
    """A sheet of the wall's colour before the chest, and a head of that colour: shoulders remain like two tops."""
    found = person(x_m, elbows_m=0.06)
    found[200 - 174 : 200 - 148, :] = False
    found[200 - 150 : 200 - 110, 192 + round((x_m - 0.10) * PX) : 192 + round((x_m + 0.10) * PX)] = False
    return found


def rows(fronts: list[Mask], from_s: float) -> pd.DataFrame:
    """Rows of occupancy, one a tenth of a second."""
    seen = [silhouettes(front, ZONE) for front in fronts]
    return pd.DataFrame({
        "media_s": from_s + STEP_S * np.arange(len(fronts)), "torso_width": [one.torso_width for one in seen],
        "bodies": [one.bodies for one in seen], "near": [one.near for one in seen], "tops": [one.tops for one in seen],
    })  # fmt: skip


def last_of(*visits: list[Mask]) -> CompanionCheck:
    """The check on the last of some visits, one every minute."""
    parts = [rows(fronts, 60.0 * k) for k, fronts in enumerate(visits)]
    spans = [(60.0 * k, 60.0 * k + STEP_S * len(fronts)) for k, fronts in enumerate(visits)]
    return check_companions(pd.concat(parts), spans)[-1]


SINGLE = [person(0.0)] * 20
HOLDING = [person(0.02, elbows_m=0.07)] * 20


@pytest.mark.parametrize("apart_m", [0.40, 0.48, 0.60])
@pytest.mark.parametrize("shared", [0.0, 0.5])
@pytest.mark.parametrize("tall", [1.0, 0.80])
def test_two_side_by_side_are_flagged_wherever_they_stand_about_the_spot(
    apart_m: float, shared: float, tall: float
) -> None:
    both = person(-shared * apart_m) | person((1 - shared) * apart_m, tall=tall)
    assert last_of(SINGLE, HOLDING, SINGLE, [both] * 20).verdict != "none"


def test_a_second_one_half_outside_the_zone_is_flagged_though_not_connected() -> None:
    check = last_of(SINGLE, HOLDING, SINGLE, [person(0.0) | person(0.60)] * 20)
    assert check.verdict == "possible"
    assert "body_near" in check.basis["reasons"]
    assert check.basis["two_bodies_s"] == 0.0


def test_one_who_stands_half_before_the_other_is_flagged() -> None:
    half = person(0.0) | person(0.26, back=12)
    assert last_of(SINGLE, HOLDING, SINGLE, [half] * 20).verdict != "none"


def test_a_second_one_who_stays_for_a_part_of_the_visit_is_flagged() -> None:
    part = [*([person(0.0)] * 60), *([person(0.0) | person(0.45)] * 25), *([person(0.0)] * 60)]
    check = last_of(SINGLE, HOLDING, SINGLE, part)
    assert check.basis["width_ratio"] == pytest.approx(1.0, abs=0.05)
    assert "wide" in check.basis["reasons"]


def test_a_gesture_of_a_second_makes_nobody_a_pair() -> None:
    waves = [*([person(0.0)] * 40), *([person(0.0, elbows_m=0.20)] * 12), *([person(0.0)] * 40)]
    assert last_of(SINGLE, SINGLE, SINGLE, waves).verdict == "none"


def test_the_same_pair_is_flagged_while_its_outline_joins_and_parts() -> None:
    joined, apart = person(-0.22) | person(0.22), person(-0.27) | person(0.27)
    assert last_of(SINGLE, SINGLE, HOLDING, [joined, apart] * 12).verdict != "none"


@pytest.mark.parametrize(
    "shown",
    [person(0.0, elbows_m=0.08), person(0.1), arm_up(0.0), with_bag(0.0), sheet_before(0.0), person(0.0, tall=0.76)],
    ids=["elbows", "aside", "arm_up", "bag", "sheet", "sits"],
)
def test_single_visitors_are_called_alone_however_they_stand(shown: Mask) -> None:
    assert last_of(SINGLE, HOLDING, SINGLE, [shown] * 20).verdict == "none"


def test_somebody_far_off_in_the_queue_is_no_companion() -> None:
    assert last_of(SINGLE, HOLDING, SINGLE, [person(0.0) | person(1.3)] * 20).verdict == "none"


def test_two_bodies_in_the_zone_are_seen() -> None:
    check = last_of(SINGLE, SINGLE, SINGLE, [person(-0.24) | person(0.24)] * 20)
    assert check.verdict == "seen"
    assert check.basis["two_bodies_s"] >= 1.0


def test_one_wholly_hidden_is_seen_by_no_outline() -> None:
    hidden = person(0.0) | person(0.0, tall=0.9)
    assert last_of(SINGLE, SINGLE, SINGLE, [hidden] * 20).verdict == "none"


def test_without_other_visits_nobody_is_called_alone() -> None:
    check = last_of(SINGLE)
    assert check.verdict == "possible"
    assert check.basis["reasons"] == ["no_reference"]
