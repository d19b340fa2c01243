"""The cue on pictures: a head that turns, sheets that turn, and what cannot be measured."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.turning import SWING_DEG, head, plane, rolled, turning
from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.cues.relief import relief
from toolkit.analysis.evidence import maps
from toolkit.errors import CannotMeasure
from toolkit.pipeline.cue_readings import readings_of
from toolkit.report.writer import Writer

FAR_DEG = 25 * np.sin(np.arange(30) * 0.3)


@pytest.mark.parametrize("width", [50.0, 140.0])
def test_a_head_is_told_from_sheets_at_any_size(width: float) -> None:
    found = {made: relief(turning(made, SWING_DEG, width=width)) for made in (head, rolled, plane)}
    assert {made: one.statement for made, one in found.items()} == {head: "live", rolled: "nothing", plane: "nothing"}
    assert found[head].value > 0.25
    assert abs(found[plane].value) < 0.05
    assert found[plane].value < found[rolled].value < found[head].value


def test_a_detector_that_is_misled_does_not_make_a_head_of_a_sheet() -> None:
    """The points of a turning head on the picture of a turning sheet, as around a mask that somebody wears."""
    sheet, true = turning(plane, SWING_DEG), turning(head, SWING_DEG)
    faces = tuple(
        type(one)(box_px=one.box_px, score=one.score,
                  landmarks_px=(*one.landmarks_px[:2], other.landmarks_px[2], *one.landmarks_px[3:]))
        for one, other in zip(sheet.faces, true.faces, strict=True) if one and other
    )  # fmt: skip
    misled = PresentationSample(times_s=sheet.times_s, crops=sheet.crops, faces=faces)
    assert cues["nose_range"].measure(misled).value > 0.12
    assert relief(misled).statement == "nothing"


def test_a_sheet_that_turns_far_is_remarked_upon_and_nothing_is_said_of_it() -> None:
    told = relief(turning(plane, FAR_DEG))
    assert (told.statement, told.remark) == ("nothing", "turned_flat")
    assert 15 <= told.facts["degrees"] <= 25
    for surface, turns in ((head, FAR_DEG), (plane, 0.35 * FAR_DEG), (rolled, FAR_DEG)):
        assert relief(turning(surface, turns)).remark is None


def test_the_remark_reaches_the_readings_and_has_words() -> None:
    rows = {row["cue"]: row for row in readings_of(turning(plane, FAR_DEG))}
    facts = rows["relief"]["facts"]
    assert rows["relief"]["statement"] == "nothing"
    for language, word in (("en", "weak"), ("zh", "弱")):
        said = Writer(language)(f"remark_{facts['remark']}", degrees=facts["degrees"])
        assert str(facts["degrees"]) in said
        assert word in said


def test_the_map_is_high_at_the_nose_and_lies_on_the_face() -> None:
    sample = turning(head, SWING_DEG)
    told = maps["relief"](sample)
    face = sample.faces[told.frame]
    assert face is not None
    assert told.values.shape == sample.crops[told.frame].shape[:2]
    row, column = np.unravel_index(np.nanargmax(told.values), told.values.shape)
    assert np.linalg.norm(np.array([column, row]) - face.landmarks_px[2]) < 15  # of a face of 90 px
    rows, columns = np.nonzero(np.isfinite(told.values))
    assert 50 < np.ptp(columns) < 64
    assert 60 < np.ptp(rows) < 76


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (turning(head, SWING_DEG[:7], width=50), "cue_few_frames"),
        (turning(head, SWING_DEG, width=50, rate=3.0), "cue_low_rate"),
        (turning(head, SWING_DEG, width=24), "cue_small_face"),
        (turning(head, 0 * SWING_DEG, width=60), "cue_turn_unseen"),
    ],
)
def test_what_cannot_be_measured_says_why(sample: PresentationSample, why: str) -> None:
    with pytest.raises(CannotMeasure) as reason:
        relief(sample)
    assert reason.value.code == why
    assert reason.value.what("en") != reason.value.what("zh")


def test_one_witness_more_is_not_one_group_more() -> None:
    assert cues["relief"].group == cues["nose_range"].group == "geometry"
    assert cues["relief"].says == ("live",)
