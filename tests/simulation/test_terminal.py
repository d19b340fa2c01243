"""The terminal's clock over many days: ahead, gaining, reset, and cut to what it writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from toolkit.simulation.scenario import Reset
from toolkit.simulation.terminal import DeviceClock

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime.fromisoformat("2026-03-03T08:20:00+08:00")


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_positive_is_ahead_and_time_is_cut_not_rounded() -> None:
    clock = DeviceClock(set_at=START, zone=ZONE, ahead_s=97.4)
    assert clock.shown(after(10.5)).isoformat(" ") == "2026-03-03 08:21:47"
    assert clock.shown(after(10.5), 60).isoformat(" ") == "2026-03-03 08:21:00"


def test_it_writes_the_time_of_its_place_whatever_the_offset_of_the_camera() -> None:
    clock = DeviceClock(set_at=START, zone=ZONE)
    assert clock.shown(datetime.fromisoformat("2026-03-03T00:20:00+00:00")).isoformat(" ") == "2026-03-03 08:20:00"


def test_drift_grows_with_the_days() -> None:
    clock = DeviceClock(set_at=START, zone=ZONE, ahead_s=5, drift_ppm=20)
    assert clock.ahead(after(86400)) == pytest.approx(5 + 1.728)
    assert clock.ahead(after(-86400)) == pytest.approx(5 - 1.728)


def test_a_jump_holds_from_its_moment_on_and_keeps_the_gain_before_it() -> None:
    clock = DeviceClock(set_at=START, zone=ZONE, ahead_s=5, drift_ppm=100, resets=(Reset(at=after(1000), jump_s=-60),))
    assert clock.ahead(after(999.999)) == pytest.approx(5.0999999)
    assert clock.ahead(after(1000)) == pytest.approx(5.1 - 60)
    assert clock.ahead(after(2000)) == pytest.approx(5.2 - 60)


def test_a_dead_battery_sets_it_to_a_time_whatever_it_was_before() -> None:
    clock = DeviceClock(set_at=START, zone=ZONE, ahead_s=5, resets=(Reset(at=after(60), set_to="2000-01-01 00:00:00"),))
    assert clock.shown(after(221)).isoformat(" ") == "2000-01-01 00:02:41"


def test_segments_are_divided_at_resets_and_state_the_lead_at_both_ends() -> None:
    resets = (Reset(at=after(100), jump_s=30), Reset(at=after(300), jump_s=-30))
    clock = DeviceClock(set_at=START, zone=ZONE, ahead_s=10, drift_ppm=1000, resets=resets)
    told = [(one.ahead_at_start_s, one.ahead_at_end_s) for one in clock.segments(START, after(200))]
    assert told == [(10.0, 10.1), (40.1, 40.2)]
