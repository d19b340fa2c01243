"""Where a face sits: kept apart from what it is, and undetermined where nothing could be assessed."""

from __future__ import annotations

import pytest

from toolkit.analysis.faces.geometry import Offer, geometries, levels_of, where_of

HEAD = {"headroom": "none"}


@pytest.mark.parametrize(
    ("levels", "where"),
    [
        ({}, "undetermined"),
        ({"sheet": "none", "cutout": "none"}, "undetermined"),  # without headroom no head is known
        (HEAD, "on_head"),
        (HEAD | {"sheet": "flat_object"}, "on_head"),  # a flat thing that no hand touches
        (HEAD | {"cutout": "picture_on_it"}, "rimmed"),
        ({"headroom": "face_off_its_head"}, "off_head"),
        ({"headroom": "face_off_its_head", "cutout": "picture_on_it"}, "off_head"),
        ({"headroom": "face_off_its_head", "sheet": "sheet_in_hands"}, "off_head"),  # nothing was seen on the sheet
        (HEAD | {"sheet": "sheet_in_hands"}, "on_head"),
        ({"headroom": "face_off_its_head", "sheet": "picture_on_it"}, "held"),
        (HEAD | {"sheet": "face_on_it"}, "held"),  # a sheet raised before the own head
    ],
)
def test_where_a_face_sits(levels: dict[str, str], where: str) -> None:
    assert where_of(levels) == where


def offer(number: int, from_s: float, *, x: float = 100.0, visit: str = "V-001", sheet: str = "face_on_it") -> Offer:
    return Offer(
        presentation_id=f"S-{number}", visit_id=visit, from_s=from_s, to_s=from_s + 2, middle_px=(x, 50.0),
        width_px=40.0, levels=HEAD | {"sheet": sheet},
    )  # fmt: skip


def test_sheets_one_after_another_at_one_place_are_a_stack() -> None:
    assert geometries([offer(1, 0), offer(2, 2.5), offer(3, 5)]) == dict.fromkeys(("S-1", "S-2", "S-3"), "stacked")


@pytest.mark.parametrize(
    "second",
    [offer(2, 9), offer(2, 2.5, x=300), offer(2, 2.5, visit="V-002"), offer(2, 2.5, sheet="none"), offer(2, 1.0)],
    ids=["later", "elsewhere", "another visit", "not held", "at once"],
)
def test_anything_else_is_no_stack(second: Offer) -> None:
    assert geometries([offer(1, 0), second])["S-1"] == "held"


def test_cues_without_an_answer_have_no_level() -> None:
    rows = [
        {"cue": "sheet", "facts": {"level": "none"}},
        {"cue": "headroom", "facts": {"found": 2}},  # the facts of a reason
        {"cue": "colour", "facts": {}},
    ]
    assert levels_of(rows) == {"sheet": "none"}
