"""Clocks, association and FD2 against simulated mornings and against brute force."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import tables
from toolkit.analysis import clocks
from toolkit.analysis.association import associate, solve
from toolkit.analysis.findings import conclude
from toolkit.analysis.placing.likelihood import Timeline, densities, emissions, local_rate, offset_grid, visit_density
from toolkit.analysis.presenters import Continuity
from toolkit.analysis.statements.one_body import chance_ratio, evidence

START = datetime(2026, 3, 3, 8, 0, 0)  # noqa: DTZ001 - a terminal writes naive times
RATES: dict[str, Any] = {
    "switch": {"ordinary": {"scenes": 60, "certified": 0}},
    "stay": {"scenes": 60, "certified": 59},
    "companion": {"scenes": 60, "flagged": 60},
    "basis": "simulated",
}


def clip_table(duration: float = 1800.0, starts_at: str | None = "2026-03-03T08:00:00+08:00") -> pd.DataFrame:
    row: dict[str, Any] = {
        "exhibit_id": "E-0001", "camera_id": "c", "starts_at": starts_at, "timezone": None, "container": "mov",
        "codec": "h264", "time_base": "1/1000", "first_pts": 0, "duration_s": duration, "width_px": 10, "height_px": 10,
        "rotation_deg": 0, "frames_stated": None, "frames_present": 10, "frame_interval_s": 0.1,
        "keyframe_interval_s": 1.0, "rate_mode": "constant", "gaps": [],
    }  # fmt: skip
    return tables.build("clips", [row])


def anchor_table(moments: list[tuple[float, float]], causes: list[str] | None = None) -> pd.DataFrame:
    """Anchors at (media_s, terminal seconds after START)."""
    rows = [
        {
            "exhibit_id": "E-0003", "row": k + 2, "clip_exhibit_id": "E-0001", "device": "terminal",
            "device_time": str((START + timedelta(seconds=told)).replace(microsecond=0)), "media_s": at,
            "uncertainty_s": 0.5, "uncertainty_basis": "stated",
            "how": "x", "kind": "manual", "cause": causes[k] if causes else "",
        }
        for k, (at, told) in enumerate(moments)
    ]  # fmt: skip
    return tables.build("anchors", rows)


def punch_table(
    stamps: list[tuple[str, float]], precision: float = 1.0, tz: str | None = "Asia/Shanghai"
) -> pd.DataFrame:
    """Punches (employee, terminal seconds after START), cut to whole seconds or minutes."""
    rows = []
    for k, (employee, told) in enumerate(stamps):
        written = START + timedelta(seconds=math.floor(told / precision) * precision)
        rows.append(
            {
                "punch_id": f"{k:04d}", "exhibit_id": "E-0002", "sheet": "", "row": k + 1, "employee_id": employee,
                "terminal_id": None, "stamped_at": str(written),
                "t_local": written.isoformat(), "precision_s": precision,
                "tz": tz, "tz_basis": "user", "credential": "face", "result": "pass", "record_kind": "raw_event",
                "raw": "",
            }
        )  # fmt: skip
    return tables.build("punches", rows)


def visit_table(visits: list[tuple[float, float]], companion: str = "none") -> pd.DataFrame:
    rows = [
        {
            "visit_id": f"V-{k + 1:03d}", "exhibit_id": "E-0001", "from_s": a, "to_s": b,
            "presenter_id": f"P-{k + 1:02d}",
            "open_start": False, "open_end": False, "companion": companion, "companion_basis": {},
        }
        for k, (a, b) in enumerate(visits)
    ]  # fmt: skip
    return tables.build("visits", rows)


def examined_table(*stretches: tuple[float, float, str], exhibit_id: str = "E-0001") -> pd.DataFrame:
    """What was looked at: (from_s, to_s, how); the whole of :func:`clip_table` when nothing is said."""
    rows = [
        {"exhibit_id": exhibit_id, "from_s": a, "to_s": b, "how": how, "damaged": 0, "lost": 0}
        for a, b, how in stretches or ((0.0, 1800.0, "decoded"),)
    ]
    return tables.build("examined", rows)


def timeline(
    windows: list[tuple[float, float]], ids: list[str], visits: list[tuple[float, float]], sd: float = 0.4
) -> Timeline:
    offsets, weights = offset_grid(sd)
    spans = np.array(windows, float)
    return Timeline(
        windows=spans, employees=tuple(ids), visits=np.array(visits, float), covered=((0.0, 500.0),), offsets=offsets,
        weights=weights, log_s=spans.mean(axis=1),
    )  # fmt: skip


def morning(rng: np.random.Generator, sd: float = 0.3, unseen: float = 0.05) -> tuple[Timeline, list[int | None]]:
    """An honest morning: forty people one after another, each clocks in once; some are never seen."""
    visits, windows, truth = [], [], []
    at = 20.0
    for k in range(40):
        at += float(rng.exponential(12.0)) + 1.5
        length = float(rng.uniform(4.0, 12.0))
        moment = at + float(rng.uniform(0.2, 0.95)) * length
        visits.append((at + rng.normal(0, 0.3), at + length + rng.normal(0, 0.3)))
        windows.append(moment)
        truth.append(k)
        at += length
    for _ in range(rng.binomial(40, unseen)):
        windows.append(float(rng.uniform(20, at)))
        truth.append(None)
    order = np.argsort(windows)
    error = rng.normal(0, sd)
    spans = [(math.floor(windows[k] + error) - 0.5 + 0.5, math.floor(windows[k] + error) + 1.0) for k in order]
    told = timeline(spans, [f"{k}" for k in range(len(spans))], visits, sd)
    return replace(told, covered=((0.0, at + 30),)), [truth[k] for k in order]


@pytest.mark.parametrize(("unseen", "needed"), [(0.02, 0.98), (0.05, 0.97)])
def test_claims_of_nine_tenths_are_right(unseen: float, needed: float) -> None:
    # A punch made unseen while somebody else stood there cannot be told from that person's own.
    rng = np.random.default_rng(11)
    claimed = right = 0
    for _ in range(60):
        told, truth = morning(rng, unseen=unseen)
        posterior = solve(told)
        for k, where in enumerate(truth):
            shares = np.append(posterior.visits[k], posterior.nobody[k])
            best = int(shares.argmax())
            if shares[best] >= 0.9:
                claimed += 1
                right += best == (where if where is not None else len(shares) - 1)
    assert claimed > 1200
    assert right / claimed >= needed, (right, claimed)


def test_honest_mornings_hardly_ever_reach_a_hundred() -> None:
    rng = np.random.default_rng(12)
    tested = strong = 0
    for _ in range(60):
        told, _ = morning(rng)
        best = solve(told).visits.argmax(axis=1)
        sure = solve(told).visits.max(axis=1) >= 0.9
        for body in range(len(told.visits)):
            mine = [k for k in range(len(best)) if best[k] == body and sure[k]]
            if len(mine) >= 2:
                tested += 1
                strong += chance_ratio(told, body, mine, 0.3).at_3m >= 2.0  # words come from this bound
    assert tested
    assert strong == 0


@pytest.mark.parametrize(("extra", "needed"), [(2, 0.8), (4, 0.95)])
def test_one_body_with_several_ids_reaches_a_hundred(extra: int, needed: float) -> None:
    rng = np.random.default_rng(13 + extra)
    reached = 0
    for _ in range(40):
        told, _ = morning(rng, unseen=0.03)
        body = int(rng.integers(5, 30))
        start, end = told.visits[body] = told.visits[body][0], told.visits[body][0] + 14.0
        shift = told.visits[body + 1 :, 0].min() - end
        if shift < 1.5:
            told.visits[body + 1 :] += 1.5 - shift
            later = told.windows[:, 0] > start + 10
            told.windows[later] += 1.5 - shift
        own = start + np.linspace(2.0, 11.0, extra + 1)
        rest = ~((told.windows.mean(axis=1) > start - 0.5) & (told.windows.mean(axis=1) < end + 0.5))
        windows = np.concatenate([told.windows[rest], np.stack([np.floor(own), np.floor(own) + 1], axis=1)])
        order = np.argsort(windows[:, 0], kind="stable")
        made = replace(
            told,
            windows=windows[order],
            employees=tuple(f"{k}" for k in range(len(windows))),
            log_s=windows[order].mean(axis=1),
        )
        rows = [int(np.flatnonzero(order == len(windows) - extra - 1 + k)[0]) for k in range(extra + 1)]
        reached += chance_ratio(made, body, rows, 0.3).at_m >= 2.0
    assert reached / 40 >= needed


def brute_force(told: Timeline, m: float, *, several: int | None = None, limited: bool) -> tuple[float, np.ndarray]:
    """Sum over every assignment; returns the evidence and the share of each outcome of each punch."""
    rates = local_rate(told)
    visit, nobody, outside = emissions(densities(told), m, rates)
    count, number = visit.shape[1], visit.shape[2]
    total, shares = 0.0, np.zeros((count, number + 2))
    for outcome in itertools.product(range(number + 2), repeat=count):
        taken = [v for v in outcome if v < number]
        if taken != sorted(taken):
            continue
        ids: dict[int, set[str]] = {}
        for k, v in enumerate(outcome):
            if v < number:
                ids.setdefault(v, set()).add(told.employees[k])
        if limited and any(len(found) > 1 and v != several for v, found in ids.items()):
            continue
        for g in range(len(told.offsets)):
            weight = told.weights[g]
            for k, v in enumerate(outcome):
                weight = weight * (visit[g, k, v] if v < number else (nobody, outside)[v - number][g, k])
            total += weight
            for k, v in enumerate(outcome):
                shares[k, v] += weight
    return total, shares / total


SMALL = timeline(
    [(9.5, 10.5), (12.0, 13.0), (14.5, 15.5), (21.0, 22.0)],
    ["a", "b", "b", "c"],
    [(8.0, 13.0), (12.5, 16.0), (20.0, 25.0)],
)


def test_forward_backward_equals_every_assignment_added_up() -> None:
    told = replace(SMALL, offsets=SMALL.offsets[::8], weights=SMALL.weights[::8] / SMALL.weights[::8].sum())
    _, shares = brute_force(told, 0.1, limited=False)
    posterior = solve(told, m=0.1)
    assert np.allclose(posterior.visits, shares[:, :3], atol=1e-9)
    assert np.allclose(posterior.nobody, shares[:, 3], atol=1e-9)
    assert np.allclose(posterior.outside, shares[:, 4], atol=1e-9)


@pytest.mark.parametrize("several", [None, 0, 1])
def test_evidence_under_the_one_id_limit_equals_every_assignment_added_up(several: int | None) -> None:
    told = replace(SMALL, offsets=SMALL.offsets[::8], weights=SMALL.weights[::8] / SMALL.weights[::8].sum())
    total, _ = brute_force(told, 0.1, several=several, limited=True)
    assert math.isclose(evidence(told, 0.1, local_rate(told), several=several), math.log(total), rel_tol=1e-9)


def test_a_visit_is_a_density() -> None:
    edges = np.linspace(-20, 60, 8001)
    windows = np.stack([edges[:-1], edges[1:]], axis=1)
    density = visit_density(windows, np.array([[5.0, 25.0]]))[:, 0]
    assert math.isclose(float((density * np.diff(edges)).sum()), 1.0, rel_tol=1e-6)


@settings(max_examples=15, deadline=None)
@given(shift=st.integers(min_value=-(10**7), max_value=10**7))
def test_the_same_shift_of_all_terminal_times_moves_only_the_offset(shift: int) -> None:
    stamps = [("1", 40.0), ("2", 75.0), ("3", 80.0), ("4", 300.0)]
    visits, clips = visit_table([(30.0, 50.0), (70.0, 90.0)]), clip_table(200.0)

    def told(by: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        punches = punch_table([(who, at + by) for who, at in stamps])
        fitted = clocks.align(punches, clips, anchor_table([(40.0, 40.0 + by), (180.0, 180.0 + by)]))
        return fitted, associate(punches, visits, clips, fitted, examined_table())

    (clock, rows), (moved, same) = told(0), told(shift)
    assert rows.equals(same)
    assert moved["terminal_minus_camera_s"].iloc[0] - clock["terminal_minus_camera_s"].iloc[0] == shift


def test_anchors_of_one_cause_count_once() -> None:
    punches, clips = punch_table([("1", 40.0)]), clip_table()
    twice = clocks.align(punches, clips, anchor_table([(40.0, 87.0), (90.0, 137.0)], ["beep", "beep"]))
    assert not twice["determinable"].iloc[0]
    assert twice["reason"].iloc[0] == "too_few_anchors"
    apart = clocks.align(punches, clips, anchor_table([(40.0, 87.0), (90.0, 137.0)]))
    assert apart["terminal_minus_camera_s"].iloc[0] == 47.0


def test_contradicting_anchors_are_not_averaged() -> None:
    told = clocks.align(punch_table([("1", 1.0)]), clip_table(), anchor_table([(40.0, 87.0), (90.0, 145.0)]))
    assert not told["determinable"].iloc[0]
    assert told["reason"].iloc[0] == "anchors_contradict"


@pytest.mark.slow
def test_stated_intervals_cover_the_true_offset() -> None:
    rng = np.random.default_rng(17)
    covered = 0
    for _ in range(200):
        true = [at + rng.uniform(0, 1) for at in (100.0, 700.0, 1500.0)]
        # The terminal is 47.5 s ahead and cuts to whole seconds: its written time is 47.0 s ahead on average.
        moments = [(at + rng.normal(0, 0.5), math.floor(at + 47.5)) for at in true]
        row = clocks.align(punch_table([("1", 1.0)]), clip_table(), anchor_table(moments)).iloc[0]
        covered += row["interval_lo_s"] <= 47.0 <= row["interval_hi_s"]
    assert covered >= 186


@pytest.mark.slow
@pytest.mark.parametrize("anchors", [2, 5, 40])
def test_the_terminals_own_clock_lies_in_the_interval_however_many_anchors_there_are(anchors: int) -> None:
    rng = np.random.default_rng(anchors)
    covered = 0
    for _ in range(60):
        ahead = float(rng.uniform(40, 60))
        true = np.sort(rng.uniform(50, 1700, anchors))
        moments = [(at + rng.normal(0, 0.5), math.floor(at + ahead)) for at in true]
        row = clocks.align(punch_table([("1", 1.0)]), clip_table(), anchor_table(moments)).iloc[0]
        covered += bool(row["determinable"]) and row["interval_lo_s"] <= ahead <= row["interval_hi_s"]
    assert covered >= 55


def test_a_clip_whose_start_is_not_stated_is_mapped_to_its_own_time() -> None:
    punches, clips = punch_table([("1", 75.0)]), clip_table(200.0, starts_at=None)
    fitted = clocks.align(punches, clips, anchor_table([(40.0, 40.0), (180.0, 180.0)]))
    assert fitted["determinable"].iloc[0]
    assert pd.isna(fitted["terminal_minus_camera_s"].iloc[0])
    rows = associate(punches, visit_table([(70.0, 90.0)]), clips, fitted, examined_table())
    assert rows[rows["best"]]["outcome"].iloc[0] == "V-001"


def found(
    precision: float = 1.0, companion: str = "none", certified: bool = True, rates: dict[str, Any] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    punches = punch_table([("1", 74.0), ("2", 79.0), ("3", 84.0), ("4", 150.0)], precision)
    clips, visits = clip_table(200.0), visit_table([(70.0, 90.0), (145.0, 155.0)], companion)
    fitted = clocks.align(punches, clips, anchor_table([(40.0, 40.0), (180.0, 180.0)]))
    body = Continuity(certified=certified, risk=0.01, weakest_s=80.0, lineage=0.95)
    return conclude(
        punches=punches, visits=visits, clips=clips, clocks=fitted,
        associations=associate(punches, visits, clips, fitted, examined_table()),
        integrity=tables.empty("integrity"), examined=examined_table(),
        continuity=lambda visit, a, b: body, rates=rates or RATES,
    )  # fmt: skip


def test_several_ids_of_one_certified_body_are_a_candidate() -> None:
    findings, _ = found()
    assert list(findings["code"]) == ["FD2", "FD10"]
    assert list(findings["state"]) == ["candidate", "information"]


def test_where_the_check_cannot_tell_the_card_asks_a_person_to_look() -> None:
    told = RATES | {
        "switch": {"crossing": {"scenes": 60, "certified": 0}},
        "stay_crossing": {"scenes": 60, "certified": 0},
    }
    findings, _ = found(rates=told)
    against = {one["code"]: one["facts"] for one in json.loads(findings["against"].iloc[0])}
    assert against["look_switch_crossing"] == {"from_s": 73.5, "to_s": 84.5}
    assert "switch_crossing" in json.loads(findings["headline"].iloc[0])["not_assessed"]


def test_minute_records_name_nobody() -> None:
    findings, missing = found(precision=60.0)
    assert "FD2" not in set(findings["code"])
    assert "minute_precision" in set(missing["why"])


def test_an_uncertified_body_or_a_companion_is_said_not_left_out() -> None:
    for change, why in (({"certified": False}, "continuity_not_certified"), ({"companion": "seen"}, "companion_seen")):
        findings, missing = found(**change)  # type: ignore[arg-type]
        assert "FD2" not in set(findings["code"])
        assert why in set(missing["why"])
