"""Leads: each finds what it is made for, keeps quiet where innocent things are all there is, and names its rows."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.analysis.logs import RING, by_hand, log, office, ring
from toolkit import tables
from toolkit.analysis.leads.chance_gaps import base_rate, same_order, spread
from toolkit.analysis.leads.log_days import counted
from toolkit.analysis.leads.pattern_pairs import _discovered, _tail, adjacent_pairs
from toolkit.analysis.leads.pattern_pictures import headcounts, pictures_again, pictures_missing
from toolkit.analysis.leads.pattern_trails import (
    attempt_trails,
    credential_shifts,
    during_absence,
    enrolment_trails,
    two_places,
)
from toolkit.analysis.leads.patterns import KINDS, leads

MORNING = [(str(1001 + k), day, f"08:{5 * k + day % 3:02d}:1{k}") for day in range(8) for k in range(8)]


@cache
def of_the_ring() -> list[dict[str, Any]]:
    """Leads of a log in which one person clocks in four ids."""
    found = leads({"punches": log(1, office(ring=ring(10)))})
    return [
        {**row, **{name: json.loads(row[name]) for name in ("employees", "punch_ids", "rows", "facts", "explanations")}}
        for row in found.to_dict("records")
    ]


def details(table: pd.DataFrame, **columns: list[str | None]) -> pd.DataFrame:
    empty = dict.fromkeys(tables.TABLES["punch_details"].columns) | {"flags": [], "other": {}}
    rows = [{**empty, "punch_id": one} for one in table["punch_id"]]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    return tables.build("punch_details", rows)


def test_the_base_rate_of_a_short_gap_is_that_of_independent_arrivals() -> None:
    assert base_rate(40 / 1800, 8.0) == pytest.approx(0.163, abs=1e-3)  # forty people in half an hour


def test_order_and_spread_of_known_rows() -> None:
    assert same_order([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) == 1.0
    assert same_order([[1, 2], [2, 1]]) == -1.0
    assert same_order([[1, 2, 3], [1, 3, 2]]) == pytest.approx(1 / 3, abs=1e-3)
    assert spread(np.array([8.0, 8.0, 8.0])) == 0.0 and spread(np.array([8.0])) is None


def test_the_tail_of_unequal_trials_and_the_false_discovery_rate_are_exact() -> None:
    assert _tail(np.array([0.5, 0.5, 0.5]), 2) == pytest.approx(0.5)
    assert _tail(np.array([0.1, 0.2]), 1) == pytest.approx(1 - 0.9 * 0.8)
    assert _discovered([0.01, 0.04, 0.02], 4) == pytest.approx([0.04, 0.16 / 3, 0.04])


def test_ids_in_random_order_within_ten_minutes_give_no_pair() -> None:
    """Ten ids in every stretch, in an order drawn anew each time: the null of the test itself."""
    rng = np.random.default_rng(11)
    taken = 0
    for _ in range(3):
        rows = []
        for day in range(15):
            rows += [(str(1001 + who), day, f"08:00:{5 * k + 3:02d}") for k, who in enumerate(rng.permutation(10))]
        taken += len(adjacent_pairs(counted(by_hand(rows))))
    assert taken <= 1


def test_one_who_always_comes_right_before_another_is_told_with_what_chance_gives() -> None:
    found = [one for one in of_the_ring() if one["kind"] == "adjacent_pair"]
    pairs = {(one["facts"]["before"], one["facts"]["after"]) for one in found}
    assert pairs >= set(pairwise(RING))
    for one in found:
        facts = one["facts"]
        assert facts["times"] > facts["expected"] and facts["q"] <= 0.05 and 0 <= facts["base_rate"] < 1
        assert "car_pool" in one["explanations"] and len(one["rows"]) == len(one["punch_ids"]) == 2 * facts["times"]


def test_leads_stand_by_kind_and_time_and_none_is_scored() -> None:
    found = of_the_ring()
    order = [(KINDS.index(one["kind"]), one["begins"]) for one in found]
    assert order == sorted(order) and len(found) > 3
    assert not any("score" in one["facts"] for one in found)
    assert all(one["explanations"] for one in found)
    close = [one for one in found if one["kind"] == "close_sequence"]
    assert {tuple(one["employees"]) for one in close} >= {tuple(sorted(RING))}
    assert all(one["facts"]["order"] == 1.0 for one in close if set(one["employees"]) == set(RING))


def test_an_empty_log_and_minutes_have_no_leads_of_order() -> None:
    assert leads({"punches": tables.empty("punches")}).empty
    assert leads({"punches": log(1, office(ring=ring(10)), precision_s=60.0)}).empty


def test_two_refusals_right_before_a_pass_are_a_lead_and_one_is_none() -> None:
    table = by_hand(
        [("1001", 0, "08:00:00"), ("1001", 0, "08:00:20"), ("1001", 0, "08:00:40"), ("1002", 0, "09:00:00")]
    )
    failed = table.assign(
        result=["fail", "fail", "pass", "pass"],
        record_kind=["failed_attempt", "failed_attempt", "raw_event", "raw_event"],
        employee_id=["", "", "1001", "1002"],
    )
    (one,) = attempt_trails(failed)
    assert one["kind"] == "attempt_trail" and one["employees"] == ["1001"]
    assert one["facts"] == {"refused": 2, "within_s": 40.0, "share": 0.5}
    assert list(attempt_trails(failed.drop(index=0))) == []
    slow = failed.assign(t_local=["2026-03-02T07:58:00", *failed["t_local"][1:]])
    assert list(attempt_trails(slow)) == []


def test_a_face_enrolled_in_the_week_before_a_pair_begins_is_a_lead() -> None:
    table = counted(by_hand(MORNING))
    pattern = {"kind": "adjacent_pair", "employees": ["1001", "1002"], "punch_ids": table["punch_id"].tolist()[:6]}
    begins = dict(zip(table["punch_id"], table["at"], strict=True))
    event = {"exhibit_id": "E-0001", "sheet": "", "row": 900, "sub": 0, "code": "101", "what": "face_enrolled",
             "terminal_id": "T1", "operator": "1", "raw": "OPLOG 101 1 2026-02-27 18:00:00 1002"}  # fmt: skip
    for stamped, wanted in (("2026-02-27 18:00:00", True), ("2026-01-15 18:00:00", False), ("unreadable", False)):
        events = tables.build("device_events", [{**event, "stamped_at": stamped}])
        trails = list(enrolment_trails(events, [pattern], begins))
        assert bool(trails) == wanted, stamped
        assert all(one["facts"]["event"] == ["E-0001", 900] and one["facts"]["names_one"] for one in trails)


def test_a_password_only_when_others_follow_is_a_lead() -> None:
    rows = [("1001", day, "08:00:00") for day in range(8)] + [("1002", day, "08:00:06") for day in range(8)]
    rows += [("1002", day, "17:00:00") for day in range(8)]
    table = by_hand(rows)
    card = table.assign(credential=["face"] * 8 + ["password"] * 8 + ["face"] * 8)
    (one,) = credential_shifts(counted(card))
    assert one["employees"] == ["1002"] and one["facts"]["in_bursts"] == one["facts"]["of_bursts"] == 8
    always = table.assign(credential=["face"] * 8 + ["password"] * 16)
    assert list(credential_shifts(counted(always))) == []


def test_two_terminals_are_compared_only_where_somebody_stated_the_way() -> None:
    table = by_hand([("1001", 0, "08:00:00"), ("1001", 0, "08:05:00")]).assign(terminal_id=["A", "B"])
    assert list(two_places(counted(table), {})) == []
    (one,) = two_places(counted(table), {frozenset("AB"): 900.0})
    assert one["facts"] == {"from": "A", "to": "B", "apart_s": 300.0, "stated_s": 900.0}
    assert list(two_places(counted(table), {frozenset("AB"): 300.0})) == []


def test_a_clock_in_within_an_absence_names_the_record_of_it() -> None:
    away = pd.DataFrame([{"employee_id": "1001", "from_local": "2026-03-02T00:00:00", "to_local": "2026-03-02T23:59:59",
                          "kind": "leave", "exhibit_id": "E-0009", "row": 4}])  # fmt: skip
    table = by_hand([("1001", 0, "08:00:00"), ("1001", 1, "08:00:00"), ("1002", 0, "08:10:00")])
    (one,) = during_absence(counted(table), away)
    assert one["facts"]["times"] == 1 and one["facts"]["record"] == ["E-0009", 4]
    assert "came_in_anyway" in one["explanations"]


def test_one_picture_on_two_days_is_told_by_bytes_before_names() -> None:
    table = by_hand([*MORNING[:3], ("1001", 1, "08:00:00"), ("1002", 1, "09:00:00")])
    named = details(table, photo_ref=["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"])
    (one,) = pictures_again(counted(table), named, {"a.jpg": "f" * 64, "d.jpg": "f" * 64})
    assert one["facts"]["by"] == "hash" and one["facts"]["days"] == 2
    again = details(table, photo_ref=["a.jpg", "b.jpg", "c.jpg", "d.jpg", "b.jpg"])
    assert [one["facts"]["by"] for one in pictures_again(counted(table), again, {})] == ["name"]
    assert list(pictures_again(counted(table), named, {})) == []


def test_ids_without_pictures_are_told_only_where_the_others_have_them() -> None:
    table = by_hand(MORNING)
    some = [None if who == "1003" else f"{who}-{day}.jpg" for who, day, _ in MORNING]
    (one,) = list(pictures_missing(counted(table), details(table, photo_ref=some)))
    assert one["kind"] == "picture_missing" and one["employees"] == ["1003"] and one["facts"]["share_others"] == 1.0
    few = [f"{who}-{day}.jpg" if who == "1001" else None for who, day, _ in MORNING]
    assert list(pictures_missing(counted(table), details(table, photo_ref=few))) == []


def _in_view(table: pd.DataFrame, visits: list[tuple[float, float]], how: str = "decoded") -> list[dict[str, Any]]:
    rows = [{"visit_id": f"V-{k:03d}", "exhibit_id": "E-0005", "from_s": a, "to_s": b, "presenter_id": f"P-{k:02d}",
             "open_start": False, "open_end": False, "companion": "none", "companion_basis": {}}
            for k, (a, b) in enumerate(visits, 1)]  # fmt: skip
    placed = [{"punch_id": one, "outcome": "V-001", "probability": 1.0, "media_s": 10.0 + 6 * k, "best": True}
              for k, one in enumerate(table["punch_id"])]  # fmt: skip
    seen = [{"exhibit_id": "E-0005", "from_s": 0.0, "to_s": 60.0, "how": how, "damaged": 0, "lost": 0}]
    told = [tables.build("associations", placed), tables.build("visits", rows), tables.build("examined", seen)]
    return list(headcounts(counted(table), *told))


def test_three_ids_in_one_visit_are_told_and_three_visits_or_unseen_footage_are_not() -> None:
    table = by_hand([("1001", 0, "08:00:00"), ("1002", 0, "08:00:06"), ("1003", 0, "08:00:12")])
    (one,) = _in_view(table, [(5.0, 30.0)])
    assert one["kind"] == "headcount" and (one["facts"]["ids"], one["facts"]["visits"]) == (3, 1)
    assert "queue_in_one_visit" in one["explanations"]
    assert _in_view(table, [(5.0, 12.0), (13.0, 18.0), (19.0, 30.0)]) == []
    assert _in_view(table, [(5.0, 30.0)], how="lost") == []
