"""The clearest of three signs of an edge: one is enough, none is little, and what it covers is not weighed twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.analysis.cues.test_headroom import face_at
from tests.analysis.faces.test_around_face import OWN, SHOWN, asked
from toolkit.analysis.cue import cues
from toolkit.analysis.cues.paper_edge import LIMITS, MOST, paper_edge
from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.errors import CannotMeasure
from toolkit.validation.freezing import weights_of


def test_a_sheet_below_the_head_shows_its_edge_and_the_head_above_it_does_not() -> None:
    shown, own = paper_edge(asked(SHOWN)), paper_edge(asked(OWN))
    assert shown.value == MOST
    assert shown.facts["clearest"] in LIMITS
    assert own.value < -0.5
    assert {shown.statement, own.statement} == {"nothing"}


def test_the_limit_is_nought() -> None:
    headroom = cues["headroom"].measure(asked(OWN)).value
    assert headroom < LIMITS["headroom"]  # a head is above the limit by less than an octave, and below nought
    deep = face_at(156, 95 + round((LIMITS["headroom"] - headroom) * 250) + 8)
    found = cues["headroom"].measure(asked(deep)).value
    assert found > LIMITS["headroom"]
    assert paper_edge(asked(deep)).value > 0


def test_without_a_head_to_compare_with_there_is_no_answer() -> None:
    sample = asked(SHOWN)
    assert isinstance(sample.presenter, VisitSample)
    unseen = replace(sample.presenter, faces=tuple(() for _ in sample.presenter.faces))
    without_plate = replace(sample.presenter, plate=None)
    for presenter, why in ((None, "sheet_no_plate"), (without_plate, "sheet_no_plate"), (unseen, "headroom_no_face")):
        with pytest.raises(CannotMeasure) as refused:
            paper_edge(replace(sample, presenter=presenter))
        assert refused.value.code == why


def test_what_it_covers_is_not_weighed_beside_it() -> None:
    """Three signs and their clearest move together; weighed side by side one observation would count twice."""
    rows = []
    for number in range(60):
        printed = number % 2
        told = {name: {"value": printed + 0.01 * (number % 7)} for name in (*LIMITS, "paper_edge", "nose_range")}
        rows.append({"kind": "live", "side": "attack" if printed else "bona fide", "readings": told})
    assert {one.name for one in weights_of(rows, "test").cues} == {"paper_edge", "nose_range"}
