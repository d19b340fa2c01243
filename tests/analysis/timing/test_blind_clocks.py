"""A clock from presence: one axis a camera, laid where anchors are too few, never where they contradict each other."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit import tables
from toolkit.analysis.clocks import align
from toolkit.analysis.timing.blind_clocks import axes, blind_rows, found_without, seen_on
from toolkit.analysis.timing.clock_models import to_media_s
from toolkit.simulation.mornings import DAY_S, Habits
from toolkit.simulation.mornings import days as drawn
from toolkit.simulation.seeds import MORNINGS

SEED = MORNINGS["tests"]
DAY = datetime(2026, 3, 3)  # noqa: DTZ001 - a terminal writes civil time
BEGINS_S, LASTS_S = 7.5 * 3600, 11 * 3600.0


def clip_row(exhibit_id: str, starts_at: str | None, camera: str | None = "C1") -> dict[str, Any]:
    return {
        "exhibit_id": exhibit_id, "camera_id": camera, "starts_at": starts_at, "timezone": None,
        "duration_s": LASTS_S, "gaps": "[]",
    }  # fmt: skip


def case(habits: Habits, count: int = 1, starts: bool = True) -> tuple[pd.DataFrame, ...]:
    """Punches, clips, visits and examined stretches of so many days, a clip a day."""
    told = drawn(SEED, habits, count=count)
    clips = [
        clip_row(f"E-{k:04d}", f"{(DAY + timedelta(days=k, seconds=BEGINS_S)).isoformat()}+08:00" if starts else None)
        for k in range(count)
    ]
    visits = [
        {"visit_id": f"V-{n:03d}", "exhibit_id": f"E-{int(start // DAY_S):04d}",
         "from_s": start % DAY_S - BEGINS_S, "to_s": stop % DAY_S - BEGINS_S}
        for n, (start, stop) in enumerate(told.visits)
    ]  # fmt: skip
    examined = [
        {"exhibit_id": one["exhibit_id"], "from_s": 0.0, "to_s": LASTS_S, "how": "decoded", "damaged": 0, "lost": 0}
        for one in clips
    ]
    punches = [
        {"punch_id": f"{n:016x}", "exhibit_id": "E-9000", "sheet": "", "row": n, "employee_id": str(n),
         "terminal_id": None, "stamped_at": "", "t_local": (DAY + timedelta(seconds=float(at))).isoformat(),
         "precision_s": 1.0, "tz": "Asia/Shanghai", "tz_basis": "user", "credential": "face", "result": "pass",
         "record_kind": "raw_event", "raw": str(n)}
        for n, at in enumerate(told.written, 1)
    ]  # fmt: skip
    return (
        tables.build("punches", punches),
        pd.DataFrame(clips),
        pd.DataFrame(visits),
        tables.build("examined", examined),
    )


def aligned(habits: Habits, count: int = 1, starts: bool = True) -> list[dict[str, Any]]:
    punches, clips, visits, examined = case(habits, count, starts)
    blind = blind_rows(punches, clips, visits, examined, ["terminal"])
    found = align(punches, clips, tables.empty("anchors"), blind)
    return [
        {**row, "model": json.loads(row["model"])} for row in found.to_dict("records")
    ]  # fmt: skip


def test_too_few_anchors_and_a_morning_of_clock_ins_give_a_clock() -> None:
    (row,) = aligned(Habits())
    assert row["determinable"] and row["method"] == "blind"
    assert row["interval_lo_s"] <= 97.3 <= row["interval_hi_s"]
    assert row["model"]["presence"]["p"] <= 0.01
    # A clock-in written at half past eight was made 97.3 s earlier by the camera's clock, in the second after it.
    at = to_media_s(row["model"], (DAY + timedelta(hours=8.5)).isoformat())
    assert at == pytest.approx(8.5 * 3600 - 97.3 - BEGINS_S + 0.5, abs=3 * row["offset_sd_s"])


def test_mornings_of_one_camera_count_together() -> None:
    few = Habits(clock_ins=6, passers=30)
    rows = aligned(few, count=6)
    assert all(row["determinable"] for row in rows)
    assert {row["model"]["presence"]["clock_ins"] for row in rows} == {36}


def test_a_clip_without_a_start_is_placed_on_its_own_time() -> None:
    (row,) = aligned(Habits(), starts=False)
    assert row["determinable"] and row["terminal_minus_camera_s"] is None
    at = to_media_s(row["model"], (DAY + timedelta(hours=8.5)).isoformat())
    assert at == pytest.approx(8.5 * 3600 - 97.3 - BEGINS_S + 0.5, abs=3 * row["offset_sd_s"])


def test_records_of_others_leave_the_clock_open_and_say_why() -> None:
    (row,) = aligned(Habits(related=False))
    assert not row["determinable"] and row["reason"] == "too_few_anchors"
    assert row["model"]["presence"]["found"] is False and row["model"]["presence"]["p"] > 0.01


def test_anchors_that_contradict_each_other_are_not_overruled() -> None:
    punches, clips, visits, examined = case(Habits())
    anchors = tables.build(
        "anchors",
        [
            {"exhibit_id": "E-0009", "row": k, "clip_exhibit_id": "E-0000", "device": "terminal",
             "device_time": (DAY + timedelta(hours=8, seconds=shift)).isoformat(), "media_s": 1800.0 + 600 * k,
             "uncertainty_s": 0.5, "uncertainty_basis": "stated",
            "how": "screen", "kind": "manual", "cause": ""}
            for k, shift in ((1, 600.0), (2, 1500.0))
        ],
    )  # fmt: skip
    blind = blind_rows(punches, clips, visits, examined, ["terminal"])
    (row,) = align(punches, clips, anchors, blind).to_dict("records")
    assert (row["determinable"], row["reason"]) == (False, "anchors_contradict")


def test_cameras_and_clips_without_a_start_are_axes_of_their_own() -> None:
    clips = pd.DataFrame(
        [
            clip_row("E-1", "2026-03-03T08:00:00+08:00"), clip_row("E-2", "2026-03-04T08:00:00+08:00"),
            clip_row("E-3", "2026-03-03T08:00:00+08:00", "C2"), clip_row("E-4", None), clip_row("E-5", None),
        ]
    )  # fmt: skip
    told = [sorted(axis.begins_s) for axis in axes(clips)]
    assert told == [["E-1", "E-2"], ["E-3"], ["E-4"], ["E-5"]]
    assert axes(clips)[0].begins_s["E-2"] - axes(clips)[0].begins_s["E-1"] == DAY_S
    assert np.isfinite(list(axes(clips)[0].begins_s.values())).all()


def test_without_the_clock_ins_of_one_visit_the_clock_is_still_found_and_without_all_it_is_not() -> None:
    punches, clips, visits, examined = case(Habits())
    none = tables.empty("anchors")
    few = set(punches["punch_id"].iloc[10:14])
    (row,) = found_without(few, punches, clips, visits, examined, none).to_dict("records")
    assert row["method"] == "blind" and row["interval_lo_s"] <= 97.3 <= row["interval_hi_s"]
    assert json.loads(row["model"])["presence"]["clock_ins"] == 36
    (nothing,) = found_without(set(punches["punch_id"]), punches, clips, visits, examined, none).to_dict("records")
    assert not nothing["determinable"]


def test_a_beep_and_the_flash_with_it_are_one_moment_of_presence() -> None:
    clips = pd.DataFrame([clip_row("E-1", "2026-03-03T08:00:00+08:00")])
    (axis,) = axes(clips)
    signals = pd.DataFrame(
        [("E-1", 60.0, 0.5), ("E-1", 60.4, 0.5), ("E-1", 90.0, 1.5), ("E-2", 10.0, 0.5)],
        columns=["clip_exhibit_id", "media_s", "uncertainty_s"],
    )
    visits = pd.DataFrame([], columns=["exhibit_id", "from_s", "to_s"])
    seen = seen_on(axis, clips, visits, tables.empty("examined"), signals)
    assert seen.points.tolist() == [[8 * 3600 + 60.0, 0.5], [8 * 3600 + 90.0, 1.5]]
