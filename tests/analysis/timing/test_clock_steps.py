"""A clock that was set is found with its day, one that drifts is not taken for it; another date is a question."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.analysis.test_timing import START, anchor_table, clip_table, examined_table, punch_table, visit_table
from tests.analysis.timing.test_blind_clocks import DAY, case
from toolkit import tables
from toolkit.analysis.association import associate
from toolkit.analysis.clocks import align
from toolkit.analysis.timing.blind_alignment import DAY_S, Seen, log_gain
from toolkit.analysis.timing.blind_clocks import blind_rows
from toolkit.analysis.timing.clock_days import other_day
from toolkit.analysis.timing.clock_hints import hints
from toolkit.analysis.timing.clock_models import near_step, sd_at, to_media_s
from toolkit.analysis.timing.clock_steps import pieces
from toolkit.analysis.timing.unplaced import near_steps
from toolkit.simulation.mornings import Days, Habits, days
from toolkit.simulation.seeds import MORNINGS

SEED = MORNINGS["tests"] + 500
FEW, MANY = Habits(clock_ins=12, passers=30), Habits(clock_ins=20, passers=40)


def seen_of(told: Days) -> Seen:
    return Seen(visits=told.visits, watched=told.watched)


def stepped(told: Days, at: float, by_s: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.sort(np.where(told.written >= at, told.written + by_s, told.written))


@pytest.mark.parametrize("by_s", [-60.0, 3600.0])
def test_a_clock_that_was_set_is_found_with_its_day(by_s: float) -> None:
    told = days(SEED, MANY, count=2)
    written = stepped(told, DAY_S, by_s)
    one, other = pieces(seen_of(told), written)
    assert (one.line, other.line) == (0, 1)
    assert abs(one.offset_s - 97.3) <= 3 and abs(other.offset_s - 97.3 - by_s) <= 3
    # Some clock-ins about the night are left to neither; none of them goes to the wrong side.
    assert written[one.stop - 1] < DAY_S <= written[other.first]
    assert other.first - one.stop <= 6


def test_a_clock_that_runs_fast_was_not_set() -> None:
    told = days(SEED + 1, FEW, count=6, drift_ppm=60.0)
    assert len({part.line for part in pieces(seen_of(told), told.written)}) == 1


def test_records_of_others_have_no_step() -> None:
    told = days(SEED + 2, Habits(clock_ins=12, passers=30, related=False), count=4)
    assert len({part.line for part in pieces(seen_of(told), told.written)}) == 1


def test_the_same_records_under_another_date_are_found_and_others_are_not() -> None:
    told = days(SEED + 3, Habits(clock_ins=20))
    others = days(SEED + 4, Habits(clock_ins=20, related=False), count=30).written
    rest = others[others >= DAY_S]
    there = other_day(seen_of(told), np.sort(np.concatenate([told.written, rest])) - 268 * DAY_S)
    assert there is not None and there.established and there.days == -268
    assert abs(there.offset_s + 268 * DAY_S - 97.3) <= 3 and there.searched >= 30
    absent = other_day(seen_of(told), others - 268 * DAY_S)
    assert absent is not None and not absent.established


def test_a_beep_takes_half_of_its_visit_and_one_beside_every_visit_is_a_visit() -> None:
    visits, watched = np.array([[100.0, 140.0], [400.0, 440.0]]), np.array([[0.0, 900.0]])
    silent, first = log_gain(Seen(visits=visits, watched=watched), precision_s=1.0, step_s=1.0)
    points = np.array([[130.0, 0.5], [700.0, 0.5]])
    told, _ = log_gain(Seen(visits=visits, watched=watched, points=points), precision_s=1.0, step_s=1.0)
    at = {name: round(when - first) for name, when in (("beep", 130), ("silent", 110), ("other", 420), ("alone", 700))}
    assert told[at["beep"]] > silent[at["beep"]] and told[at["silent"]] < silent[at["silent"]]
    assert told[at["alone"]] > 1 > silent[at["alone"]]
    assert told[at["other"]] == pytest.approx(silent[at["other"]], abs=0.5)


def test_each_clip_goes_by_its_own_side_and_clock_ins_of_neither_are_placed_nowhere() -> None:
    punches, clips, visits, examined = case(MANY, count=2)
    made = [datetime.fromisoformat(one) for one in punches["t_local"]]
    moved = [at - timedelta(seconds=60) if at >= DAY + timedelta(days=1) else at for at in made]
    punches["t_local"] = [one.isoformat() for one in moved]
    event = {
        "exhibit_id": "E-9000", "sheet": "", "row": 900, "sub": 0, "code": "21", "what": "clock_set",
        "stamped_at": str(DAY + timedelta(days=1, hours=-1)), "terminal_id": None, "operator": None, "raw": "",
    }  # fmt: skip
    events = tables.build("device_events", [event])
    none = tables.empty("anchors")
    clocks = align(punches, clips, none, blind_rows(punches, clips, visits, examined, ["terminal"], none, events))
    for clock, truth in zip(clocks.to_dict("records"), (97.3, 37.3), strict=True):
        assert clock["interval_lo_s"] <= truth <= clock["interval_hi_s"] <= clock["interval_lo_s"] + 10
    model = json.loads(clocks["model"].iloc[0])
    (step,) = model["steps"]
    assert step["size_s"] == pytest.approx(-60, abs=3) and step["hints"][0]["what"] == "clock_set"
    # A hint at eleven at night leaves no clock-in in doubt.
    assert step["between"] == 0 and not near_steps(punches, clocks)
    rows = associate(punches, visits, clips, clocks, examined)
    assert len(set(rows["punch_id"])) == len(punches)


ANCHORS = [(40.0, 40.0), (180.0, 180.0), (900.0, 840.0), (1100.0, 1040.0)]


def test_anchors_on_both_sides_of_a_change_are_two_lines_and_never_an_average() -> None:
    punches = punch_table([("1", 100.0), ("2", 400.0), ("3", 1000.0)])
    clips = clip_table(1200.0)
    (clock,) = align(punches, clips, anchor_table(ANCHORS)).to_dict("records")
    model = json.loads(clock["model"])
    assert clock["determinable"] and model["steps"][0]["size_s"] == pytest.approx(-60, abs=1)
    written = [(START + timedelta(seconds=at)).replace(tzinfo=None).isoformat() for at in (100, 400, 1000)]
    assert to_media_s(model, written[0]) == pytest.approx(100, abs=1)
    assert to_media_s(model, written[2]) == pytest.approx(1060, abs=1)
    assert [near_step(model, one) for one in written] == [False, True, False]
    assert sd_at(model, 500.0) >= sd_at(model, 100.0)
    clocks = tables.build("clocks", [{**clock, "model": model}])
    visits = visit_table([(95.0, 105.0), (395.0, 405.0), (455.0, 465.0), (1055.0, 1065.0)])
    rows = associate(punches, visits, clips, clocks, examined_table())
    best = rows[rows["best"]].set_index("punch_id")["outcome"]
    assert sorted(best) == ["V-001", "V-004"]  # the one between goes to neither of its visits
    assert near_steps(punches, clocks)[0]["facts"] == {"device": "terminal", "clock_ins": 1}


def test_one_anchor_that_does_not_go_with_the_others_is_no_step() -> None:
    told = align(punch_table([("1", 100.0)]), clip_table(1200.0), anchor_table(ANCHORS[:3])).iloc[0]
    assert (told["determinable"], told["reason"]) == (False, "anchors_contradict")


def test_another_date_is_used_only_where_an_anchor_bears_it_out() -> None:
    punches, clips = punch_table([("1", 100.0)]), clip_table(1800.0)
    zero = (START - timedelta(days=268)).replace(tzinfo=None)
    seen = {
        "found": True, "facts": {"p": 0.001, "days_off": -268}, "zero": zero, "sd_s": 0.5, "middle_s": 900.0,
        "drift": 0.0, "drift_sd": 1e-6, "half_cut_s": 0.5, "days_off": -268, "pieces": [], "steps": [], "line": 0,
    }  # fmt: skip
    blind = {("terminal", "E-0001"): seen}
    told = align(punches, clips, tables.empty("anchors"), blind).iloc[0]
    assert (told["determinable"], told["reason"]) == (False, "day_to_confirm")
    away = -268 * DAY_S
    assert align(punches, clips, anchor_table([(300.0, 300.0 + away)]), blind).iloc[0]["method"] == "blind"
    other = align(punches, clips, anchor_table([(300.0, 320.0 + away)]), blind).iloc[0]
    assert other["reason"] == "day_to_confirm"


def test_hints_are_operations_and_times_that_go_back() -> None:
    punches = punch_table([("1", 10.0), ("2", 20.0), ("3", 30.0), ("4", 5.0), ("5", 60.0), ("6", 70.0)])
    (one,) = hints(punches, None)
    assert one.what == "order" and one.row == int(punches["row"].iloc[3])
    newest_first = punches.assign(row=range(len(punches), 0, -1))
    assert not hints(newest_first, None)


def test_the_empty_table_of_events_and_no_clock_ins_are_no_hints() -> None:
    assert not hints(punch_table([]), tables.empty("device_events"))
    assert not hints(pd.DataFrame(columns=punch_table([("1", 1.0)]).columns), None)


@pytest.mark.parametrize(("line", "method"), [(0, "anchors"), (1, "blind")])
def test_anchors_hold_for_their_side_of_a_step_and_presence_for_the_other(line: int, method: str) -> None:
    zero = START.replace(tzinfo=None)
    shared = {"sd_s": 0.5, "middle_s": 900.0, "drift": 0.0, "drift_sd": 1e-6}
    lines = [
        {**shared, "zero": zero, "line": 0, "from": None, "to": (zero + timedelta(seconds=600)).isoformat()},
        {**shared, "zero": zero - timedelta(seconds=60), "line": 1,
         "from": (zero + timedelta(seconds=700)).isoformat(), "to": None},
    ]  # fmt: skip
    seen = {
        "found": True, "facts": {"p": 0.001}, "half_cut_s": 0.5, "days_off": 0, "pieces": lines, "steps": [],
        **lines[line],
    }  # fmt: skip
    anchors = anchor_table([(40.0, 41.0), (180.0, 181.0)])
    row = align(punch_table([("1", 100.0)]), clip_table(1800.0), anchors, {("terminal", "E-0001"): seen}).iloc[0]
    model = json.loads(row["model"])
    assert (row["determinable"], row["method"]) == (True, method)
    late = (zero + timedelta(seconds=740)).isoformat()
    assert to_media_s(model, late) == pytest.approx(800, abs=0.1)
    early = (zero + timedelta(seconds=101)).isoformat()
    assert to_media_s(model, early) == pytest.approx(100, abs=0.1)
    assert near_step(model, (zero + timedelta(seconds=650)).isoformat())
