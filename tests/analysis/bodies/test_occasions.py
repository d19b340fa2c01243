"""Two cameras, or two copies of one recording, show one occasion; two days are two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from toolkit.analysis.bodies.occasions import VisitTime, occasions

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def visit(name: str, clip: str, from_s: float, starts: datetime | None = START) -> VisitTime:
    return VisitTime(visit_id=name, exhibit_id=clip, from_s=from_s, to_s=from_s + 10, clip_starts=starts)


def test_visits_of_one_clip_are_occasions_of_their_own() -> None:
    assert occasions([visit("V-1", "E-1", 0), visit("V-2", "E-1", 12)]) == {"V-1": "V-1", "V-2": "V-2"}


def test_a_second_copy_of_a_recording_shows_the_same_occasion() -> None:
    told = occasions([visit("V-1", "E-1", 0), visit("V-2", "E-2", 1), visit("V-3", "E-2", 600)])
    assert told == {"V-1": "V-1", "V-2": "V-1", "V-3": "V-3"}


def test_three_cameras_are_joined_through_the_middle_one() -> None:
    told = occasions([visit("V-1", "E-1", 0), visit("V-2", "E-2", 80), visit("V-3", "E-3", 160)])
    assert set(told.values()) == {"V-1"}


def test_another_day_is_another_occasion_and_an_unknown_start_joins_nothing() -> None:
    told = occasions(
        [visit("V-1", "E-1", 0), visit("V-2", "E-2", 0, START + timedelta(days=1)), visit("V-3", "E-3", 0, None)]
    )
    assert len(set(told.values())) == 3
