"""Which employee ids may be said to have been used by an artefact, and which must not be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tests.analysis.test_timing import anchor_table, clip_table, examined_table, punch_table, visit_table
from toolkit import tables
from toolkit.analysis import clocks
from toolkit.analysis.association import Placed, associate, place
from toolkit.analysis.decisions import Review
from toolkit.analysis.naming import Tables, artefacts, identities, uses
from toolkit.analysis.statements.repeated import missing, repeated

FAR = [(20.0, 20.0), (180.0, 180.0), (100.0, 100.0)]  # anchors that no clock-in of the tests has a part in
VISIT = (70.0, 95.0)


def faces(*spans: tuple[float, float]) -> pd.DataFrame:
    rows = [
        {"presentation_id": f"PR-{k + 1:03d}", "visit_id": "V-001", "presenter_id": "P-01", "from_s": a, "to_s": b,
         "geometry": "undetermined", "medium": "undetermined", "width_px": 60.0}
        for k, (a, b) in enumerate(spans)
    ]  # fmt: skip
    return tables.build("presentations", rows)


def case(
    stamps: list[tuple[str, float]],
    *spans: tuple[float, float],
    precision: float = 1.0,
    anchors: list[tuple[float, float]] | None = None,
    visits: tuple[tuple[float, float], ...] = (VISIT,),
    spread_s: float | None = None,
) -> Tables:
    punches, clips, stays = punch_table(stamps, precision), clip_table(200.0), visit_table(list(visits))
    read = anchor_table(anchors or FAR)
    if spread_s is not None:
        read = read.assign(uncertainty_s=spread_s)
    fitted = clocks.align(punches, clips, read)
    return Tables(
        punches=punches, visits=stays, clips=clips, clocks=fitted, anchors=read, examined=examined_table(),
        associations=associate(punches, stays, clips, fitted, examined_table()), presentations=faces(*spans),
    )  # fmt: skip


def fd1(number: int, presentation: str | None, visit: str = "V-001") -> dict[str, Any]:
    return {
        "finding_id": f"F-{number:02d}", "code": "FD1", "visit_ids": [visit], "state": "candidate",
        "frames": [{"media_s": 74.0}, {"media_s": 80.0}], "sensitivity": {"presentation_id": presentation},
    }  # fmt: skip


def reviewed(*names: str) -> Review:
    return Review(standings=(), states=dict.fromkeys(names, "reviewed"))


def named(told: Tables, findings: list[dict[str, Any]], stand: Review) -> dict[str, dict[str, Any]]:
    rows = identities(uses(artefacts(findings, stand, told), told))
    assert len(tables.build("identities", rows)) == len(rows)
    return {row["employee_id"]: row for row in rows}


ONE = [fd1(1, "PR-001")]


def test_an_id_is_named_only_when_an_artefact_left_candidate_and_its_clock_in_was_made_while_it_was_shown() -> None:
    told = case([("0017", 77.2), ("17", 91.0)], (74.0, 80.0), (88.0, 94.0))
    rows = named(told, ONE, reviewed("F-01"))
    assert rows["0017"]["meets_rule"] and rows["0017"]["probability"] >= 0.9
    assert rows["0017"]["presentation_ids"] == ["PR-001"] and rows["0017"]["clocks"] == ["terminal|E-0001"]
    # The presenter's own clock-in in the same visit, with another face; and 17 is not 0017.
    assert not rows["17"]["meets_rule"] and rows["17"]["obstacles"] == ["not_while_it_was_shown"]
    candidate = named(told, ONE, Review(standings=(), states={"F-01": "candidate"}))
    assert candidate["0017"]["obstacles"] == ["artefact_not_left_candidate"]
    assert candidate["0017"]["probability"] is None


def test_one_body_with_several_clock_ins_names_nobody() -> None:
    told = case([("1", 77.2), ("2", 82.0), ("3", 87.0)], (71.0, 94.0))
    fd2 = {"finding_id": "F-01", "code": "FD2", "visit_ids": ["V-001"], "employees": ["1", "2", "3"]}
    rows = named(told, [fd2], Review(standings=(), states={"F-01": "reported"}))
    assert set(rows) == {"1", "2", "3"}
    assert all(row["obstacles"] == ["no_artefact_in_visit"] and not row["meets_rule"] for row in rows.values())


def test_times_to_the_minute_name_nobody() -> None:
    told = case([("1", 77.2)], (60.0, 180.0), precision=60.0, visits=((50.0, 190.0),))
    row = named(told, ONE, reviewed("F-01"))["1"]
    assert not row["meets_rule"] and "minute_precision" in row["obstacles"]


def test_a_reading_of_the_clock_at_the_very_clock_in_is_one_source_with_its_row() -> None:
    """The terminal's voice at 77 s was written down with the time of that row: without it, one anchor is left."""
    own = [(77.2, 77.0), (180.0, 180.0)]
    told = case([("1", 77.2)], (74.0, 80.0), anchors=own)
    best = told.associations[told.associations["best"]]
    assert best["outcome"].iloc[0] == "V-001" and best["probability"].iloc[0] >= 0.9
    row = named(told, ONE, reviewed("F-01"))["1"]
    assert row["obstacles"] == ["clock_from_the_same_event"] and not row["meets_rule"]
    others = case([("1", 77.2)], (74.0, 80.0), anchors=[*own, (30.0, 30.0)])
    assert named(others, ONE, reviewed("F-01"))["1"]["meets_rule"]


def test_a_clock_from_presence_must_be_found_without_the_clock_in_that_is_named() -> None:
    told = case([("1", 77.2)], (74.0, 80.0))
    blind = replace(told, clocks=told.clocks.assign(method=clocks.BLIND))
    assert named(blind, ONE, reviewed("F-01"))["1"]["obstacles"] == ["clock_from_the_same_records"]
    asked = []

    def refit(visit_id: str, tested: frozenset[str]) -> Placed | None:
        asked.append((visit_id, tested))
        return place(told.punches, told.visits, told.clips, told.clocks, told.examined)[0]

    found = uses(artefacts(ONE, reviewed("F-01"), blind), blind, refit)
    assert asked == [("V-001", frozenset({"0000"}))] and not found[0].obstacles


def test_nine_tenths_in_the_middle_of_the_clock_interval_only_is_not_enough() -> None:
    sure = case([("1", 77.2)], (75.5, 79.0), spread_s=0.1)
    row = named(sure, ONE, reviewed("F-01"))["1"]
    assert row["meets_rule"]
    vague = case([("1", 77.2)], (75.5, 79.0), spread_s=4.0)
    assert vague.associations.set_index("outcome").loc["V-001", "probability"] >= 0.9
    row = named(vague, ONE, reviewed("F-01"))["1"]
    assert row["obstacles"] == ["not_over_the_clock_interval"]
    assert row["probability"] < 0.9 and not row["meets_rule"]


def test_a_second_face_at_the_same_time_may_be_the_one_that_clocked_in() -> None:
    told = case([("1", 77.2)], (74.0, 80.0), (72.0, 90.0))
    row = named(told, ONE, reviewed("F-01"))["1"]
    assert row["obstacles"] == ["not_while_it_was_shown"]
    assert row["probability"] == pytest.approx(0.5, abs=0.06)


def test_a_row_told_by_two_exports_is_one_clock_in() -> None:
    told = case([("1", 77.2)], (74.0, 80.0))
    again = told.punches.assign(punch_id="9999", exhibit_id="E-0009")
    twice = replace(told, punches=tables.validate("punches", pd.concat([told.punches, again], ignore_index=True)))
    twice = replace(twice, associations=associate(twice.punches, told.visits, told.clips, told.clocks, told.examined))
    assert named(twice, ONE, reviewed("F-01"))["1"]["punch_ids"] == ["0000"]


def test_nobody_without_a_clock_in_in_a_visit_has_a_row_and_absence_says_nothing() -> None:
    told = case([("1", 77.2), ("2", 150.0)], (74.0, 80.0))
    assert set(named(told, ONE, reviewed("F-01"))) == {"1"}


def test_disagreeing_reviewers_name_nobody() -> None:
    told = case([("1", 77.2)], (74.0, 80.0))

    class Disputed(Review):
        def disputed(self, names: Any) -> bool:
            return "PR-001" in names

    stand = Disputed(standings=(), states={"F-01": "reviewed"})
    assert named(told, ONE, stand)["1"]["obstacles"] == ["reviewers_disagree"]


def test_an_id_used_twice_by_one_presenter_is_fd7_and_once_is_not() -> None:
    told = case([("1", 75.2), ("2", 82.6), ("1", 91.2)], (73.5, 77.0), (81.0, 84.5), (89.5, 93.0), spread_s=0.1)
    findings = [fd1(k, f"PR-00{k}") for k in (1, 2, 3)]
    found = uses(artefacts(findings, reviewed("F-01", "F-02", "F-03"), told), told)
    (row,) = repeated(found, told.visits)
    assert (row["employees"], row["sensitivity"]["times"], row["visit_ids"]) == (["1"], 2, ["V-001"])
    assert row["sensitivity"]["presentations"] == ["PR-001", "PR-003"] and row["state"] == "candidate"
    assert tables.build("findings", [{**row, "finding_id": "F-04"}]).shape[0] == 1
    assert missing(found) == []
    # With one of the two artefacts still a candidate it is once, and nothing is found.
    found = uses(artefacts(findings, reviewed("F-01", "F-02"), told), told)
    assert repeated(found, told.visits) == []
    found = uses(artefacts(findings, reviewed(), told), told)
    assert missing(found) == [{"what": "FD7", "why": "no_id_meets_the_rule", "facts": {}}]


def test_two_clock_ins_during_one_artefact_are_not_two_uses() -> None:
    told = case([("1", 75.2), ("1", 78.4)], (73.5, 80.0), spread_s=0.1)
    found = uses(artefacts(ONE, reviewed("F-01"), told), told)
    assert sum(not one.obstacles for one in found) == 2
    assert repeated(found, told.visits) == []
