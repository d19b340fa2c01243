"""What recordings unlock: people, prints and days count, presentations of the same people hardly."""

from __future__ import annotations

from datetime import date

import pytest

from toolkit.analysis.weighing.site_controls import Control, Unlocked, day_factor, effective, unlocked


def recorded(people: int, each: int, prints: int, times: int, days: int, printers: int = 2) -> Unlocked:
    live = [Control(person=f"P{k}", day=date(2026, 3, 1 + j % days)) for k in range(people) for j in range(each)]
    shown = [
        Control(person="X", print_id=f"S{k}", printer=f"L{k % printers}", day=date(2026, 3, 1 + j % days))
        for k in range(prints)
        for j in range(times)
    ]
    return unlocked(live + shown)


@pytest.mark.parametrize(
    ("design", "n_live", "cap", "level"),
    # Computed designs of the rule of strength: effective live presentations, highest ratio, and what they unlock.
    [
        ((4, 5, 3, 7, 1), 3.3, 1.1, "checked"),
        ((8, 3, 8, 3, 1), 6.0, 2.1, "checked"),
        ((12, 4, 8, 3, 2), 14.4, 4.4, "weak"),
        ((20, 5, 10, 3, 3), 33.3, 10.0, "weak"),
        ((24, 5, 12, 2, 3), 40.0, 12.0, "moderate"),
        ((60, 5, 20, 3, 5), 100.0, 31.4, "moderate"),
        ((200, 5, 40, 4, 10), 333.3, 107.8, "moderate"),
    ],
)
def test_designs_unlock_what_the_rule_says(design: tuple[int, ...], n_live: float, cap: float, level: str) -> None:
    told = recorded(*design)
    assert told.live_effective == pytest.approx(n_live, abs=0.05)
    assert told.cap == pytest.approx(cap, abs=0.05)
    assert told.level == level


def test_twenty_recordings_of_four_people_say_nothing() -> None:
    assert recorded(4, 5, 3, 7, 1).cap < 2
    assert recorded(4, 50, 3, 7, 3).level == "checked"


def test_repeats_of_the_same_people_hardly_count() -> None:
    three, thirty = (effective([f"P{k}" for k in range(12) for _ in range(n)]) for n in (3, 30))
    assert thirty / three < 1.3
    assert thirty < 2 * 12


def test_one_day_counts_for_half() -> None:
    assert [day_factor(n) for n in (0, 1, 2, 3, 9)] == [0.0, 0.5, 0.75, 1.0, 1.0]


def test_one_printer_is_named_as_what_is_missing() -> None:
    told = recorded(24, 5, 12, 2, 3, printers=1)
    assert told.level == "weak"
    assert [(need.what, need.have, need.need) for need in told.needs] == [("printers", 1, 2)]


def test_nothing_unlocks_nothing() -> None:
    told = unlocked([])
    assert (told.level, told.cap, told.live) == ("none", 1.0, 0)
    live_only = unlocked([Control(person=f"P{k}", day=date(2026, 3, 1)) for k in range(30)])
    assert (live_only.level, live_only.cap) == ("none", 1.0)


def test_prints_shown_on_two_days_are_counted() -> None:
    assert recorded(8, 3, 8, 3, 1).prints_on_two_days == 0
    assert recorded(8, 3, 8, 3, 2).prints_on_two_days == 8
