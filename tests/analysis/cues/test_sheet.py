"""A sheet in hands: what the plain rule asserts, what stays neutral, and when there is no answer."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bench.filmed_visits import Visit, film
from tests.analysis.held import SHEET, visit
from toolkit.analysis.cues.sheet import RULES, sheet, told
from toolkit.analysis.faces.visit_sample import NEUTRAL, VisitReading, visit_cues
from toolkit.analysis.sheets.grips import Grip, Sides
from toolkit.analysis.sheets.held_sheets import Candidate
from toolkit.analysis.sheets.quads import overlap
from toolkit.analysis.sheets.rectified import FaceOnSheet
from toolkit.errors import CannotMeasure
from toolkit.simulation.seeds import CONTINUITY_BEFORE, DEVELOPMENT, FACES, SHEETS


@cache
def reading_of(content: str) -> VisitReading:
    return sheet(visit(content, count=5))


def test_a_face_on_a_sheet_in_hands_is_asserted_where_the_sheet_is() -> None:
    reading = reading_of("face")
    assert (reading.level, reading.statement) == ("face_on_it", "artefact")
    left, top, wide, high = SHEET
    true = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], float)
    shares = [overlap(np.array(one["corners_px"]), true + np.array([1, 0])) for one in reading.evidence["frames"]]
    assert np.median(shares) > 0.8
    first = reading.evidence["frames"][0]
    assert {one["side"] for one in first["grips"]} >= {"left", "right"}
    assert first["area_m2"] == pytest.approx(wide * high / 250**2, rel=0.2)


def test_a_notice_in_hands_is_neutral() -> None:
    reading = reading_of("writing")
    assert reading.level == "sheet_in_hands"
    assert reading.level in NEUTRAL
    assert reading.statement == "nothing"


def test_the_same_picture_of_a_face_without_hands_is_not_asserted() -> None:
    """A face printed on a shirt: four sides and a face, and nobody holds it."""
    reading = sheet(visit("face", hands=False))
    assert reading.statement == "nothing"
    assert reading.level in ("none", "flat_object")


def test_a_bearer_with_empty_hands_is_not_asserted() -> None:
    reading = reading_of("nothing")
    assert reading.statement == "nothing"
    assert reading.level in NEUTRAL


def test_two_pictures_with_a_face_are_not_enough() -> None:
    shown, empty = visit("face", count=5), visit("nothing", count=5)
    mixed = replace(shown, pictures=(*shown.pictures[:2], *empty.pictures[2:]))
    assert sheet(mixed).statement == "nothing"


def test_readings_rank_as_the_levels_do() -> None:
    values = [reading_of(content).value for content in ("nothing", "writing", "face")]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (visit("face", count=2), "sheet_few_pictures"),
        (visit("face", count=4, every_s=0.2), "sheet_few_pictures"),
        (replace(visit("face"), plate=None), "sheet_no_plate"),
        (replace(visit("face"), plate=np.zeros((20, 20, 3), np.uint8)), "sheet_plate_differs"),
        (replace(visit("face"), px_per_m=None), "sheet_no_scale"),
        (replace(visit("face"), pictures=(visit("face").plate,) * 6), "sheet_nobody"),
        (visit("face", grey=True, count=5), "sheet_no_colour"),
        (visit("writing", box=(138, 170, 22, 26), count=5), "sheet_small"),
    ],
)
def test_what_cannot_be_measured_says_why(sample: object, why: str) -> None:
    with pytest.raises(CannotMeasure) as reason:
        sheet(sample)  # type: ignore[arg-type]
    assert reason.value.code == why
    assert reason.value.what("en")
    assert reason.value.what("zh")


def test_the_evidence_is_plain_values() -> None:
    text = json.dumps(told(reading_of("face")))
    assert '"level": "face_on_it"' in text


def test_the_cue_is_filed_and_may_only_say_artefact() -> None:
    assert (visit_cues["sheet"].group, visit_cues["sheet"].says) == ("edge", ("artefact",))


def test_no_other_measurement_uses_the_seeds_of_this_one() -> None:
    others = [set(one) for one in (CONTINUITY_BEFORE, FACES, DEVELOPMENT)]
    assert all(set(SHEETS).isdisjoint(one) for one in others)


def test_an_outline_that_was_sought_counts_with_a_face_only() -> None:
    """Arms and legs have two long sides too: neither a flat object nor a sheet in hands is told of them."""
    found = Candidate(
        corners_px=np.array([[0.0, 0], [60, 0], [60, 25], [0, 25]]), fit=0.95, area_m2=0.02, content=0.3,
        sides=Sides(states=(), grips=(Grip(side="left", from_m=0.02, to_m=0.05),)),
        face=FaceOnSheet(score=0.9, box=(0.2, 0.1, 0.8, 0.9)),
    )  # fmt: skip
    assert all(rule(found) for rule in RULES.values())
    sought = replace(found, sought=True)
    assert [level for level, rule in RULES.items() if rule(sought)] == ["face_on_it"]


@pytest.mark.parametrize(("kind", "statement"), [("stacked", "artefact"), ("live", "nothing")])
def test_a_print_held_below_a_steep_camera_is_asserted_and_empty_hands_are_not(kind: str, statement: str) -> None:
    """From 75 degrees the hands hide most of its left and right sides."""
    filmed = film(Visit(purpose="development", kind=kind, pitch=75, px_per_m=250, number=2048))
    reading = sheet(filmed.sample)
    assert reading.statement == statement
    if kind == "stacked":
        true = dict(zip(filmed.sample.times_s.tolist(), filmed.corners_px, strict=True))
        shares = [overlap(np.array(one["corners_px"]), true[one["media_s"]]) for one in reading.evidence["frames"]]
        assert np.median(shares) > 0.6


@pytest.mark.full
@pytest.mark.parametrize(("kind", "statement"), [("held", "artefact"), ("live", "nothing"), ("notice", "nothing")])
def test_filmed_visits_from_a_level_camera_are_told_apart(kind: str, statement: str) -> None:
    filmed = film(Visit(purpose="development", kind=kind, pitch=20, px_per_m=250, number=1))
    assert sheet(filmed.sample).statement == statement
