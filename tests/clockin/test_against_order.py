"""Rows against the order of time of their file: told where there is an order, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.marks import oddities_of


def told(times: list[str]) -> list[dict[str, Any]]:
    rows = [
        {"row": k, "t_local": f"2026-03-03T{at}", "precision_s": 60.0 if len(at) == len("08:20") else 1.0,
         "employee_id": str(k), "sheet": "", "details": {"name": None}}
        for k, at in enumerate(times, 2)
    ]  # fmt: skip
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


@pytest.mark.parametrize("turned", [False, True], ids=["oldest first", "newest first"])
def test_a_row_to_the_minute_stands_against_no_second_that_it_covers(turned: bool) -> None:
    mixed = ["08:05:10", "08:20:37", "08:20", "08:20:54", "08:21:11", "08:30:00"]
    assert told(mixed[::-1] if turned else mixed) == []
    moved = [*mixed[:4], "08:19", *mixed[4:]]
    (one,) = told(moved[::-1] if turned else moved)
    assert (one["row"], one["rows"]) == (4 if turned else 6, 1)
    contrary = ["08:05:10", "08:20:17", "08:20:37", "08:20", "08:19:54", "08:21:11", "08:30:00", "08:31:09"]
    assert told(contrary) == [{"row": 6, "rows": 1, "of": 8}]
