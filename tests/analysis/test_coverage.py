"""What was looked at of a clip, and where clock-ins go when it was not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.test_timing import anchor_table, clip_table, examined_table, punch_table, visit_table
from toolkit import tables
from toolkit.analysis import clocks, coverage
from toolkit.analysis.association import associate
from toolkit.analysis.timing.unplaced import not_looked_at
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE

STAMPS = [("1", 40.0), ("2", 75.0), ("3", 80.0), ("4", 150.0)]
VISITS = [(30.0, 50.0), (70.0, 90.0)]
EMPTY_LEFT: list[tuple[float, float, str]] = [(0.0, 60.0, "decoded"), (60.0, 100.0, "lost"), (100.0, 200.0, "decoded")]

whole_tenths = st.integers(0, 300).map(lambda number: number / 10)
stretches = st.lists(st.tuples(whole_tenths, whole_tenths).map(lambda pair: (min(pair), max(pair))), max_size=8)


def length(parts: Any) -> float:
    return float(sum(b - a for a, b in parts))


@given(kept=stretches, holes=stretches)
def test_what_is_left_and_what_is_taken_out_make_up_the_whole(kept: Any, holes: Any) -> None:
    left = coverage.without(kept, holes)
    both = coverage.united((*left, *holes))
    assert length(both) == pytest.approx(length(coverage.united((*kept, *holes))))
    assert length(left) + length(coverage.united(holes)) == pytest.approx(length(both))
    assert list(left) == sorted(left)


def test_a_stretch_between_two_looks_too_far_apart_was_not_looked_at() -> None:
    assert coverage.unlooked([0.1, 0.2, 5.0, 5.1], 0.0, 9.0, 0.5) == ((0.2, 5.0), (5.1, 9.0))
    assert coverage.unlooked([], 0.0, 9.0, 0.5) == ((0.0, 9.0),)


def test_gaps_and_lost_stretches_are_not_covered() -> None:
    clip = clip_table(200.0).assign(gaps='[{"from_s":20.0,"to_s":25.0}]').to_dict("records")[0]
    looked = examined_table((0.0, 60.0, "decoded"), (60.0, 100.0, "lost"), (100.0, 150.0, "probed"))
    assert coverage.covered(looked, clip) == ((0.0, 20.0), (25.0, 60.0), (100.0, 150.0))
    assert coverage.covered(tables.empty("examined"), clip) == ()


def test_lost_stretches_are_told_among_the_oddities_of_the_exhibit() -> None:
    looked = examined_table(*EMPTY_LEFT)
    looked.loc[0, "lost"] = 400
    assert coverage.frames_lost(looked) == [
        {"exhibit_id": "E-0001", "code": "frames_lost", "facts": {"from_s": 60.0, "to_s": 100.0}},
        {"exhibit_id": "E-0001", "code": "frames_damaged", "facts": {"damaged": 0, "lost": 400}},
    ]
    assert coverage.frames_lost(examined_table()) == []


def placed(
    examined: pd.DataFrame, visits: pd.DataFrame | None = None, clips: pd.DataFrame | None = None
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Best outcome by employee, and what is said of punches that nobody looked for."""
    punches = punch_table(STAMPS)
    held = clip_table(200.0) if clips is None else clips
    seen = visit_table(VISITS) if visits is None else visits
    fitted = clocks.align(punches, held, anchor_table([(40.0, 40.0), (180.0, 180.0)]))
    rows = associate(punches, seen, held, fitted, examined)
    assert rows.groupby("punch_id")["probability"].sum().sub(1).abs().max() < 1e-9
    best = rows[rows["best"]].merge(punches[["punch_id", "employee_id"]], on="punch_id")
    return (
        dict(zip(best["employee_id"], best["outcome"], strict=True)),
        not_looked_at(punches, held, fitted, examined),
    )


def test_footage_that_was_looked_at_explains_by_visits_or_by_nobody_seen() -> None:
    best, missing = placed(examined_table((0.0, 200.0, "decoded")))
    assert best == {"1": "V-001", "2": "V-002", "3": "V-002", "4": NOBODY_SEEN}
    assert missing == []


def test_in_a_clip_that_was_not_examined_nobody_is_said_to_be_absent() -> None:
    best, missing = placed(tables.empty("examined"), visits=tables.empty("visits"))
    assert set(best.values()) == {OUTSIDE_COVERAGE}
    facts = {"exhibit": "E-0001", "clock_ins": 4}
    assert missing == [{"what": "clock_ins", "why": "clock_ins_not_examined", "facts": facts}]


def test_where_frames_are_lost_nobody_is_said_to_be_absent() -> None:
    best, missing = placed(examined_table(*EMPTY_LEFT), visits=visit_table(VISITS[:1]))
    assert best == {"1": "V-001", "2": OUTSIDE_COVERAGE, "3": OUTSIDE_COVERAGE, "4": NOBODY_SEEN}
    facts = {"exhibit": "E-0001", "clock_ins": 2}
    assert missing == [{"what": "clock_ins", "why": "clock_ins_frames_lost", "facts": facts}]


def two_clips() -> pd.DataFrame:
    other = clip_table(200.0).assign(exhibit_id="E-0009")
    return pd.concat([clip_table(200.0), other], ignore_index=True)


def both(how: str = "decoded") -> pd.DataFrame:
    second = examined_table((0.0, 200.0, how), exhibit_id="E-0009")
    return pd.concat([examined_table((0.0, 200.0, "decoded")), second], ignore_index=True)


def test_a_second_clip_that_was_not_examined_takes_no_punch() -> None:
    alone = placed(examined_table((0.0, 200.0, "decoded")))
    assert placed(examined_table((0.0, 200.0, "decoded")), clips=two_clips()) == alone


def test_a_second_clip_that_shows_nobody_takes_no_punch_from_one_that_shows_somebody() -> None:
    best, _ = placed(both(), clips=two_clips())
    assert best == {"1": "V-001", "2": "V-002", "3": "V-002", "4": NOBODY_SEEN}


@pytest.mark.parametrize("first_seen_in", ["E-0001", "E-0009"])
def test_a_visit_in_either_clip_may_explain_the_punch(first_seen_in: str) -> None:
    visits = visit_table(VISITS)
    visits.loc[0, "exhibit_id"] = first_seen_in
    visits.loc[1, "exhibit_id"] = "E-0009"
    best, _ = placed(both(), visits=visits, clips=two_clips())
    assert best == {"1": "V-001", "2": "V-002", "3": "V-002", "4": NOBODY_SEEN}


def test_a_stay_that_two_clips_show_keeps_its_punches_together() -> None:
    visits = visit_table([*VISITS, (28.0, 52.0), (72.0, 90.0)])
    visits.loc[2:, "exhibit_id"] = "E-0009"
    best, _ = placed(both(), visits=visits, clips=two_clips())
    assert best["2"] == best["3"] == "V-002"


def test_a_clip_whose_frames_are_lost_leaves_the_punch_to_the_clip_that_shows_the_moment() -> None:
    second = examined_table((0.0, 200.0, "decoded"), exhibit_id="E-0009")
    looked = pd.concat([examined_table(*EMPTY_LEFT), second], ignore_index=True)
    visits = visit_table(VISITS)
    visits.loc[1, "exhibit_id"] = "E-0009"
    best, missing = placed(looked, visits=visits, clips=two_clips())
    assert best == {"1": "V-001", "2": "V-002", "3": "V-002", "4": NOBODY_SEEN}
    assert missing == []
