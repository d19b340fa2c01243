"""Sheets without an empty place in a clip: three pictures over a second must say it, or nothing is said."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.gripped import SHEET, face_in, scene
from toolkit.analysis.presentations import FaceSeen
from toolkit.errors import CannotMeasure
from toolkit.pipeline.assessed_sheets import Sheet, around_track, of_picture
from toolkit.records import Image


def asked(image: Image, times: list[float], *, others: Image | None = None) -> Sheet:
    """A face that keeps its place through these times; from the second one on it may be another picture."""
    face = face_in(image)
    seen = [FaceSeen(media_s=at, pts=k, face=face) for k, at in enumerate(times)]
    shown = [(at, image if others is None or k == 0 else others) for k, at in enumerate(times)]
    return around_track(seen, shown, CannotMeasure("sheet_no_plate"))


def why(sheet: Sheet) -> str | None:
    found: str | None = next(cue["why_not"] for cue in sheet.row["cues"] if cue["cue"] == "sheet")
    return found


def cut_off() -> Image:
    _, top, _, tall = SHEET
    return np.ascontiguousarray(scene()[top + 14 : top + tall - 14])


def test_a_sheet_seen_whole_for_a_second_is_a_lead_and_asserts_nothing() -> None:
    sheet = asked(scene(), [0.0, 0.5, 1.0, 1.5])
    assert (sheet.row["level"], sheet.row["basis"]) == ("face_on_it", "no empty place")
    assert {cue["statement"] for cue in sheet.row["cues"]} == {"nothing", "not_assessable"}
    assert sheet.draw is not None
    assert sheet.draw().ndim == 3


def test_a_border_that_leaves_the_picture_for_a_second_is_told_as_such() -> None:
    sheet = asked(cut_off(), [0.0, 0.5, 1.0, 1.5])
    assert (sheet.row["level"], why(sheet)) == (None, "sheet_leaves_picture")
    assert sheet.row["evidence"]["borders"] == ["bottom", "top"]


@pytest.mark.parametrize("times", [[0.0, 0.2, 0.4, 0.6], [0.0, 1.5]])
def test_a_shorter_look_says_nothing(times: list[float]) -> None:
    assert why(asked(cut_off(), times)) == "sheet_no_plate"


def test_one_picture_of_four_says_nothing() -> None:
    sheet = asked(scene(), [0.0, 0.5, 1.0, 1.5], others=scene(hands=""))
    assert (sheet.row["level"], why(sheet), sheet.draw) == (None, "sheet_no_plate", None)


def test_a_single_picture_needs_no_second() -> None:
    image = scene()
    (whole,) = of_picture(image, [face_in(image)])
    assert (whole.row["level"], whole.row["basis"]) == ("face_on_it", "one picture")
    (cut,) = of_picture(cut_off(), [face_in(cut_off())])
    assert why(cut) == "sheet_leaves_picture"
    bare = scene(hands="")
    (nothing,) = of_picture(bare, [face_in(bare)])
    assert (nothing.row["level"], why(nothing)) == (None, "sheet_one_picture")
