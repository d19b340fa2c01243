"""Hours of the day: counted as written, and a question where they look like another time zone."""

from __future__ import annotations

import pytest

from toolkit.analysis.leads.hours import hours_of, zone_question

OFFICE = [0] * 24
for _hour, _count in ((7, 4), (8, 30), (9, 6), (12, 10), (13, 9), (17, 25), (18, 12)):
    OFFICE[_hour] = _count


def moved(counts: list[int], hours: int) -> list[int]:
    return [counts[(hour - hours) % 24] for hour in range(24)]


def test_hours_are_those_of_the_file() -> None:
    counts = hours_of(["2026-03-02T08:59:59", "2026-03-03T08:00:00", "2026-03-03T23:10:00"])
    assert (counts[8], counts[23], sum(counts)) == (2, 1, 3)


@pytest.mark.parametrize("written", [-8, 8, -11, 9])
def test_a_file_in_another_zone_raises_the_question_and_the_shift_would_mend_it(written: int) -> None:
    asked = zone_question(moved(OFFICE, written))
    assert asked is not None and asked.share < 0.6 and asked.share_after >= 0.9
    mended = moved(moved(OFFICE, written), asked.hours)
    assert sum(mended[6:20]) >= 0.9 * sum(OFFICE)


def test_days_as_they_are_nights_around_the_clock_and_few_rows_raise_none() -> None:
    assert zone_question(OFFICE) is None
    assert zone_question(moved(OFFICE, 1)) is None
    assert zone_question([10] * 24) is None
    assert zone_question(moved([count // 12 for count in OFFICE], -8)) is None
    assert zone_question([0] * 24) is None
