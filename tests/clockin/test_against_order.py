"""Rows against the order of time of their file: told where there is an order, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.marks import oddities_of


def told(times: list[str]) -> list[dict[str, Any]]:
    rows = [
        {"row": k, "t_local": f"2026-03-03T{at}", "employee_id": str(k), "details": {"name": None}}
        for k, at in enumerate(times, 2)
    ]
    return [one.facts for one in oddities_of(rows, [[]] * len(rows)) if one.code == "against_order"]


ORDERED = ["08:05:10", "08:20:37", "08:20:54", "08:20:54", "08:21:11", "08:30:00"]


@pytest.mark.parametrize("times", [ORDERED, ORDERED[::-1]], ids=["oldest first", "newest first"])
def test_a_moved_row_is_told_and_an_ordered_file_is_not(times: list[str]) -> None:
    assert told(times) == []
    moved = [*times[:3], "07:00:00" if times is ORDERED else "09:00:00", *times[3:]]
    assert told(moved) == [{"row": 5, "rows": 1, "of": 7}]


def test_a_list_by_name_has_no_order_to_stand_against() -> None:
    assert told(["08:20:00", "07:50:00", "08:40:00", "07:10:00", "08:00:00", "07:30:00"]) == []
    assert told(["08:20:00", "07:50:00", "08:40:00"]) == []  # too few to be an order
