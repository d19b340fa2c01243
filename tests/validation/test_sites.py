"""Simulated sites: who is recorded, that case and controls share nobody, and what is counted of the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import fused
from bench.filmed_sites import (
    CASE_PEOPLE,
    CONTROL_PEOPLE,
    CONTROL_PRINTS,
    EVERY,
    PRINTED,
    Offer,
    Site,
    film,
    offers,
    who,
)
from toolkit.analysis.weighing.site_controls import unlocked
from toolkit.validation.kinds import Geometry
from toolkit.validation.presenting import images_of

pytestmark = pytest.mark.slow

SITE = Site(purpose="development", number=3, geometry=Geometry(px_per_m=90, pitch_deg=20, crf=28))


@pytest.fixture(scope="module")
def made() -> list[Offer]:
    return offers(SITE, live=20, printed=21, rivals=8)


def people(some: list[Offer]) -> set[int]:
    return {number for offer in some for number in who(SITE, offer)}


def test_case_and_controls_share_neither_people_nor_prints(made: list[Offer]) -> None:
    controls, case = ([one for one in made if one.part == part] for part in ("control", "case"))
    live, prints = ([one for one in controls if (one.kind == "live") is alive] for alive in (True, False))
    assert not people(controls) & people(case)
    assert not {one.print_id for one in prints} & {one.print_id for one in case}
    assert len({one.person for one in live}) == CONTROL_PEOPLE
    assert len({one.print_id for one in prints}) == CONTROL_PRINTS
    assert len({one.person for one in case if one.kind == "live"}) == CASE_PEOPLE
    assert {one.kind for one in case if one.kind not in ("live", *EVERY)} == set()
    assert {one.kind for one in case} >= {*PRINTED, "phone", "badge_shown"}


def test_every_presentation_has_a_name_of_its_own(made: list[Offer]) -> None:
    assert len({fused.key_of(SITE, one) for one in made}) == len(made)


def test_a_print_shows_somebody_else_than_its_bearer(made: list[Offer]) -> None:
    for offer in made:
        bearer, shown = who(SITE, offer)
        assert bearer != shown


def test_the_controls_reach_the_level_that_a_careful_site_would(made: list[Offer]) -> None:
    rows = [
        {"part": "control", "kind": one.kind, "person": one.person, "print_id": one.print_id, "day": one.day,
         "key": str(one.number), "readings": {}, "face_px": 40.0}
        for one in made if one.part == "control"
    ]  # fmt: skip
    told = unlocked(fused.control_of(SITE, row).control for row in rows)
    assert told.level == "moderate"
    assert told.printers == CONTROL_PRINTS


def test_one_site_keeps_its_place_and_its_prints(tmp_path: Path, made: list[Offer]) -> None:
    one, other = (next(o for o in made if o.part == part and o.kind == "live") for part in ("control", "case"))
    pictures = []
    for number, (site, offer) in enumerate([(SITE, one), (SITE, other), (replace(SITE, number=4), one)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        pictures.append(images_of(film(site, offer, folder))[1][5].astype(int))
    corner = (slice(0, 14), slice(0, 14))  # wall, before which nobody stands
    here, there, elsewhere = (one[corner].mean(axis=(0, 1)) for one in pictures)
    assert np.abs(here - there).max() < np.abs(here - elsewhere).max()
