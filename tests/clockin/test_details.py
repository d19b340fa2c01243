"""Repeats are marked and nothing is removed; what has no column is kept as text."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.details import detail_row, repeats


def punch(employee_id: str, clock: str, raw: str = "", **more: Any) -> dict[str, Any]:
    row = {
        "sheet": "", "raw": raw or f"{employee_id} {clock}", "sub": 0, "employee_id": employee_id, "terminal_id": None,
        "record_kind": "raw_event", "zone": None, "t_local": f"2026-03-03T{clock}",
    }  # fmt: skip
    return {**row, **more}


def test_a_second_press_within_a_minute_is_marked_and_a_later_one_is_not() -> None:
    kinds = [kind for _, kind in repeats([punch("1", "08:21:07"), punch("1", "08:21:09"), punch("1", "08:22:30")])]
    assert kinds == ["double_tap", "double_tap", None]


def test_neighbours_in_the_queue_are_no_double_tap() -> None:
    assert repeats([punch("1", "08:21:07"), punch("2", "08:21:09")]) == [(None, None)] * 2


def test_the_same_row_twice_is_told_as_that() -> None:
    rows = [punch("1", "08:21:07"), punch("2", "08:21:08"), punch("1", "08:21:07")]
    told = repeats(rows)
    assert [kind for _, kind in told] == ["exact_row", None, "exact_row"]
    assert told[0][0] == told[2][0]


def test_an_event_that_two_sheets_tell_is_no_double_tap() -> None:
    """A workbook that lists days and single clock-ins has every clock-in twice; nobody tapped twice for that."""
    rows = [punch("1", "08:21:00", sheet="days"), punch("1", "08:21:00", sheet="single")]
    assert repeats(rows) == [(None, None)] * 2


def test_what_has_no_column_is_kept_and_nothing_is_nothing() -> None:
    row = detail_row({"name": "", "seq": "17", "flags": ["b", "a", "a"], "mask": "no", "edited_by": None})
    assert (row["name"], row["seq"], row["flags"], row["edited_by"]) == (None, 17, '["a","b"]', None)
    assert row["other"] == '{"mask":"no"}'


def test_flags_are_a_list() -> None:
    with pytest.raises(ValueError, match="flags"):
        detail_row({"flags": "clock_reset"})
