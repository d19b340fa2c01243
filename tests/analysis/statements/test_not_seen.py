"""FD5: told only where somebody who passes would have been seen; else "not determinable" with every reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
import pytest

from tests.analysis.papers import paper
from toolkit import tables
from toolkit.analysis.statements.not_seen import Sightings, not_seen
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE

ALL_IN_VIEW = paper(2, "entrance", "2026-03-01", "2026-03-31", covered="all")
TESTED = paper(3, "detection_test", "2026-03-02", "2026-03-02", camera="c1", seen=38, passes=40)
CALIBRATED = Sightings(calibrated=True, seen=frozenset({("1002", "2026-03-03")}))


@cache
def _punches(stamped: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    punches = [
        {
            "punch_id": f"{k:016x}", "exhibit_id": "E-0002", "sheet": "", "row": k, "employee_id": who,
            "terminal_id": None, "stamped_at": clock, "t_local": f"2026-03-03T{clock}", "precision_s": 1.0, "tz": None,
            "tz_basis": "unknown", "credential": "face", "result": "pass", "record_kind": "raw_event", "raw": "",
        }
        for k, (who, clock) in enumerate(stamped, 1)
    ]  # fmt: skip
    return tables.build("punches", punches)


@cache
def _clips() -> pd.DataFrame:
    clip = {
        "exhibit_id": "E-0001", "camera_id": "c1", "starts_at": None, "timezone": None, "container": "mov",
        "codec": "h264", "time_base": "1/1000", "first_pts": 0, "duration_s": 7200.0, "width_px": 768, "height_px": 432,
        "rotation_deg": 0, "frames_stated": None, "frames_present": 1, "frame_interval_s": 0.1,
        "keyframe_interval_s": 1.0, "rate_mode": "constant", "gaps": [],
    }  # fmt: skip
    return tables.build("clips", [clip])


@cache
def _clocks(determinable: bool) -> pd.DataFrame:
    clock = {
        "device_id": "terminal", "exhibit_id": "E-0001", "determinable": determinable, "method": "anchors",
        "anchors_used": 2, "reason": "",
        "model": {"zero_terminal_local": "2026-03-03T08:00:00", "drift_ppm": 0.0, "half_cut_s": 0.5},
    }  # fmt: skip
    return tables.build("clocks", [clock])


def ask(
    *,
    papers: Sequence[dict[str, Any]] = (ALL_IN_VIEW, TESTED),
    sightings: Sightings | None = CALIBRATED,
    examined: Sequence[tuple[float, float]] = ((0.0, 7200.0),),
    outside: Sequence[str] = (),
    determinable: bool = True,
    clips: bool = True,
    stamped: Sequence[tuple[str, str]] = (("1001", "08:30:00"), ("1001", "08:50:00"), ("1002", "08:40:00")),
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two hours of footage from 08:00, by a clock that is right; 1002 was seen live, 1001 was not."""
    punches = _punches(tuple(stamped))
    placed = [
        {"punch_id": one["punch_id"], "outcome": OUTSIDE_COVERAGE if one["employee_id"] in outside else NOBODY_SEEN,
         "probability": 1.0, "media_s": None, "best": True}
        for one in punches.to_dict("records")
    ]  # fmt: skip
    looked = [
        {"exhibit_id": "E-0001", "from_s": a, "to_s": b, "how": "decoded", "damaged": 0, "lost": 0} for a, b in examined
    ]
    return not_seen(
        punches=punches,
        clips=_clips() if clips else tables.empty("clips"),
        clocks=_clocks(determinable),
        associations=tables.build("associations", placed),
        examined=tables.build("examined", looked),
        context=tables.build("context_records", papers),
        sightings=sightings,
    )


def test_somebody_who_was_not_seen_is_told_with_hours_coverage_and_tested_detection_and_no_ratio() -> None:
    (found,), missing = ask()
    assert missing == []
    assert (found["code"], found["state"], found["employees"]) == ("FD5", "candidate", ["1001"])
    told = found["sensitivity"]
    # From 15 minutes before 08:30 to 15 minutes after 08:50: 50 minutes, all of them examined.
    assert told["hours"] == pytest.approx(50 / 60, abs=1e-3)
    assert (told["day"], told["coverage"], told["clock_ins"]) == ("2026-03-03", 1.0, 2)
    assert (told["seen"], told["passes"]) == (38, 40)
    assert told["detection_lower"] == pytest.approx(0.850, abs=0.003)  # Clopper and Pearson, one side
    assert found["headline"]["log10_lr"] is None and all(one["log10_lr"] is None for one in found["rivals"])
    assert "passes_not_independent" in found["limits"] and "absence_names_nobody" in found["limits"]
    assert found["visit_ids"] == []


def test_two_passages_do_not_multiply_what_a_miss_tells() -> None:
    (twice,), _ = ask()
    (once,), _ = ask(stamped=(("1001", "08:30:00"),))
    assert twice["sensitivity"]["detection_lower"] == once["sensitivity"]["detection_lower"]


def test_whoever_was_seen_live_on_the_day_is_no_finding() -> None:
    found, missing = ask(
        sightings=Sightings(calibrated=True, seen=frozenset({(e, "2026-03-03") for e in ("1001", "1002")}))
    )
    assert (found, missing) == ([], [])


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"papers": (TESTED,)}, {"fd5_entrances_not_stated"}),
        ({"papers": (ALL_IN_VIEW, TESTED, paper(4, "entrance", "2026-03-01", "2026-03-31", covered="no"))},
         {"fd5_side_entrance"}),
        ({"papers": (paper(2, "entrance", "2026-03-01", "2026-03-31", covered="yes"), TESTED)},
         {"fd5_entrances_not_stated"}),
        ({"papers": (paper(2, "entrance", "2026-02-01", "2026-02-28", covered="all"), TESTED)},
         {"fd5_entrances_not_stated"}),
        ({"papers": (ALL_IN_VIEW,)}, {"fd5_detection_not_tested"}),
        ({"papers": (ALL_IN_VIEW, {**TESTED, "camera": "c2"})}, {"fd5_detection_not_tested"}),
        ({"sightings": None}, {"fd5_likeness_not_run"}),
        ({"sightings": Sightings(calibrated=False)}, {"fd5_likeness_not_calibrated"}),
        ({"papers": (), "sightings": None},
         {"fd5_entrances_not_stated", "fd5_detection_not_tested", "fd5_likeness_not_run"}),
        ({"examined": ((0.0, 1800.0),)}, {"fd5_low_coverage"}),
        ({"examined": ()}, {"fd5_no_coverage"}),
        ({"outside": ("1001",)}, {"fd5_clock_in_not_covered"}),
        ({"determinable": False}, {"fd5_no_clock"}),
        ({"clips": False}, {"no_footage"}),
        ({"stamped": ()}, {"no_records"}),
    ],
)  # fmt: skip
def test_without_one_of_the_conditions_it_is_not_determinable_and_the_reason_is_told(
    change: dict[str, Any], reasons: set[str]
) -> None:
    found, missing = ask(**change)
    assert found == []
    assert {row["why"] for row in missing} == reasons and {row["what"] for row in missing} == {"FD5"}


def test_a_reason_counts_employees_and_days_once() -> None:
    _, missing = ask(sightings=None)
    assert missing == [{"what": "FD5", "why": "fd5_likeness_not_run", "facts": {"employees": 2, "days": 1}}]


@pytest.mark.parametrize(
    ("change", "coverage"),
    [({"examined": ((0.0, 3000.0),)}, 0.7), ({"papers": (ALL_IN_VIEW, {**TESTED, "seen": 11, "passes": 20})}, 1.0)],
)
def test_little_coverage_or_weak_detection_leaves_a_lead(change: dict[str, Any], coverage: float) -> None:
    (found,), _ = ask(**change)
    assert (found["state"], found["sensitivity"]["coverage"]) == ("lead", coverage)


def test_a_test_without_a_camera_is_of_the_only_one() -> None:
    assert len(ask(papers=(ALL_IN_VIEW, {**TESTED, "camera": ""}))[0]) == 1
