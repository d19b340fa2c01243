"""An event that two exports tell is one observation, and both of its rows are answered."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from tests.analysis.test_timing import RATES, anchor_table, clip_table, examined_table, punch_table, visit_table
from toolkit import tables
from toolkit.analysis import clocks
from toolkit.analysis.association import associate
from toolkit.analysis.findings import conclude
from toolkit.analysis.placing.assertions import each_once, overlaps, repeats, terminals
from toolkit.analysis.presenters import Continuity

STAMPS = [("1", 74.0), ("2", 79.0), ("3", 84.0), ("4", 150.0)]


def exported(exhibit_id: str, stamps: list[tuple[str, float]], **changes: Any) -> pd.DataFrame:
    rows = punch_table(stamps).assign(exhibit_id=exhibit_id, **changes)
    return rows.assign(punch_id=exhibit_id + rows["punch_id"])


def together(*tables_of: pd.DataFrame) -> pd.DataFrame:
    return tables.validate("punches", pd.concat(tables_of, ignore_index=True))


def results(punches: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Associations and the FD2 findings of a morning in which one body stays through three clock-ins."""
    clips, visits = clip_table(200.0), visit_table([(70.0, 90.0), (145.0, 155.0)])
    fitted = clocks.align(punches, clips, anchor_table([(40.0, 40.0), (180.0, 180.0)]))
    placed = associate(punches, visits, clips, fitted, examined_table())
    body = Continuity(certified=True, risk=0.01, weakest_s=80.0, lineage=0.95)
    findings, _ = conclude(
        punches=punches, visits=visits, clips=clips, clocks=fitted, associations=placed,
        integrity=tables.empty("integrity"), examined=examined_table(), continuity=lambda visit, a, b: body,
        rates=RATES,
    )  # fmt: skip
    return placed, findings[findings["code"] == "FD2"]


def test_a_second_export_of_the_same_events_changes_no_ratio() -> None:
    once, found = results(exported("E-0002", STAMPS))
    twice, same = results(together(exported("E-0002", STAMPS), exported("E-0005", STAMPS[:3], credential="unknown")))
    columns = ["employees", "visit_ids", "rivals", "headline", "sensitivity"]
    assert len(found) == 1
    assert same[columns].to_dict("records") == found[columns].to_dict("records")
    assert twice[twice["punch_id"].str.startswith("E-0002")].reset_index(drop=True).equals(once)


@pytest.mark.parametrize(
    "changes",
    [
        {"terminal_id": "(remote)", "credential": "remote"},
        {"terminal_id": "手机_f3ab00000000", "credential": "remote"},
        {"terminal_id": "(makeup)", "credential": "manual", "record_kind": "makeup", "result": "unknown"},
    ],
)
def test_rows_made_at_no_terminal_take_the_clock_from_none_and_are_placed_nowhere(changes: dict[str, Any]) -> None:
    """A make-up beside a terminal's rows would be a second clock, and phones alone would pass for the terminal."""
    anchors = anchor_table([(40.0, 40.0), (180.0, 180.0)])
    terminal = exported("E-0002", STAMPS, terminal_id="CQZ7000000001")
    phone = exported("E-0005", [("9", 76.0)], **changes)
    mixed = together(terminal, phone)
    assert terminals(mixed) == terminals(terminal)
    assert clocks.devices_of(mixed, anchors) == clocks.devices_of(terminal, anchors)
    assert set(results(mixed)[0]["punch_id"]) == set(results(terminal)[0]["punch_id"])
    assert not terminals(phone)
    assert results(phone)[0].empty


def test_every_row_of_a_repeated_event_gets_its_probabilities() -> None:
    placed, _ = results(together(exported("E-0002", STAMPS), exported("E-0005", STAMPS[:3])))
    shares = placed.groupby("punch_id")["probability"].sum()
    assert set(shares.index) == {f"E-0002{k:04d}" for k in range(4)} | {f"E-0005{k:04d}" for k in range(3)}
    assert ((shares - 1).abs() < 1e-9).all()


@pytest.mark.parametrize(
    "changes",
    [{"employee_id": "9"}, {"t_local": "2026-03-03T09:00:00"}, {"result": "fail"}, {"record_kind": "manual"}],
)
def test_rows_that_differ_in_what_they_say_stay_two_events(changes: dict[str, str]) -> None:
    rows = together(exported("E-0002", STAMPS[:1]), exported("E-0005", STAMPS[:1], **changes))
    assert repeats(rows) == {}
    assert len(each_once(rows)) == 2


def test_two_terminals_at_one_second_are_two_events_and_an_unnamed_one_is_the_only_one_named() -> None:
    named = exported("E-0002", STAMPS[:1], terminal_id="gate1")
    assert repeats(together(named, exported("E-0005", STAMPS[:1]))) == {"E-00050000": "E-00020000"}
    other = exported("E-0005", STAMPS[:1], terminal_id="gate2")
    assert repeats(together(named, other, exported("E-0006", STAMPS[:1]))) == {}


def test_the_overlap_is_told_for_each_exhibit_and_for_rows_within_one() -> None:
    rows = together(exported("E-0002", [*STAMPS, STAMPS[0]]), exported("E-0005", STAMPS[1:]))
    assert overlaps(rows) == [
        {"exhibit_id": "E-0002", "other": "E-0002", "rows": 1},
        {"exhibit_id": "E-0005", "other": "E-0002", "rows": 3},
    ]


def test_a_log_of_events_told_once_has_no_repeats() -> None:
    assert repeats(punch_table(STAMPS)) == {}
    assert repeats(tables.empty("punches")) == {}
    assert json.dumps(overlaps(punch_table(STAMPS))) == "[]"


def test_times_of_different_zones_are_compared_as_moments() -> None:
    """The same event exported as civil time and as UTC is one; the same writing eight hours apart is two."""
    here = punch_table([("1", 74.0)], tz="+08:00").assign(punch_id="a", exhibit_id="E-1")
    there = here.assign(punch_id="b", exhibit_id="E-2", tz="+00:00", t_local="2026-03-03T00:01:14")
    alike = here.assign(punch_id="c", exhibit_id="E-3", tz="+00:00")
    bare = here.assign(punch_id="d", exhibit_id="E-4", tz=None)
    assert here["t_local"].iloc[0] == "2026-03-03T08:01:14"
    assert repeats(pd.concat([here, there, alike])) == {"b": "a"}
    assert repeats(pd.concat([here, bare])) == {"d": "a"}
    assert repeats(pd.concat([here, there, bare])) == {"b": "a"}


def test_a_slot_of_a_daily_table_is_the_event_of_the_raw_list_of_its_file_wherever_it_was_made() -> None:
    raw = exported("E-0002", STAMPS[:2], terminal_id="gate1").assign(sheet="raw", precision_s=60.0)
    phone = raw.iloc[[1]].assign(credential="remote", terminal_id="phone")
    slots = raw.assign(
        sheet="days", record_kind="daily_slot", terminal_id=None, punch_id=["s0", "s1"], result=["pass", "unknown"]
    )
    told = together(raw.iloc[[0]], phone, slots)
    assert repeats(told) == {"s0": "E-00020000", "s1": "E-00020001"}
    other = slots.assign(exhibit_id="E-0009", punch_id=["t0", "t1"])
    assert "t1" not in repeats(together(raw.iloc[[0]], phone, other))  # of another file: that may be another event
    apart = slots.assign(employee_id="nobody")
    assert repeats(together(raw.iloc[[0]], phone, apart)) == {}
