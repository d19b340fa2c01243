"""Whose clock, in which zone, and how surely at which moment."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.analysis.test_timing import RATES, START, anchor_table, clip_table, examined_table, punch_table, visit_table
from toolkit import tables
from toolkit.analysis import clocks
from toolkit.analysis.association import associate
from toolkit.analysis.findings import conclude
from toolkit.analysis.placing.likelihood import clock_grid
from toolkit.analysis.presenters import Continuity
from toolkit.analysis.timing.civil_time import zone_named
from toolkit.analysis.timing.clock_anchors import read_at
from toolkit.analysis.timing.clock_lines import DRIFT_SD
from toolkit.analysis.timing.clock_models import model_of, punch_window, sd_at

STAMPS = [("1", 74.0), ("2", 79.0), ("3", 84.0), ("4", 150.0)]
MOMENTS = [(40.0, 40.0), (180.0, 180.0)]
VISITS = [(70.0, 90.0), (145.0, 155.0)]


def of_terminal(terminal: str | None, stamps: list[tuple[str, float]], letter: str = "a") -> pd.DataFrame:
    rows = punch_table(stamps).assign(terminal_id=terminal)
    return rows.assign(punch_id=letter + rows["punch_id"], row=range(1, len(rows) + 1), exhibit_id=f"E-1{letter}")


def log(*parts: pd.DataFrame) -> pd.DataFrame:
    return tables.validate("punches", pd.concat(parts, ignore_index=True))


def placed(punches: pd.DataFrame, device: str = "gate1") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Clocks, associations and what conclude could not assess, with anchors for one device only."""
    clips, visits = clip_table(200.0), visit_table(VISITS)
    fitted = clocks.align(punches, clips, anchor_table(MOMENTS).assign(device=device))
    rows = associate(punches, visits, clips, fitted, examined_table())
    body = Continuity(certified=True, risk=0.01, weakest_s=80.0, lineage=0.95)
    findings, missing = conclude(
        punches=punches, visits=visits, clips=clips, clocks=fitted, associations=rows,
        integrity=tables.empty("integrity"), examined=examined_table(), continuity=lambda visit, a, b: body,
        rates=RATES,
    )  # fmt: skip
    return fitted, rows, pd.concat([missing, findings.assign(what=findings["code"], why="found", facts="{}")])


def test_punches_of_another_terminal_are_not_placed_by_this_terminals_clock() -> None:
    here, there = of_terminal("gate1", STAMPS[3:]), of_terminal("canteen", STAMPS[:3], "b")
    fitted, rows, told = placed(log(here, there))
    assert set(rows["punch_id"]) == {"a0000"}
    assert "FD2" not in set(told["what"][told["why"] == "found"])
    canteen = fitted[fitted["device_id"] == "canteen"].iloc[0]
    assert (canteen["determinable"], canteen["reason"]) == (False, "too_few_anchors")
    facts = [json.loads(one) for one in told.loc[told["why"] == "offset_not_determinable", "facts"]]
    assert [one["device"] for one in facts] == ["canteen"]


def test_rows_that_name_no_terminal_are_left_out_where_several_are_named() -> None:
    parts = (
        of_terminal("gate1", STAMPS[:1]),
        of_terminal("canteen", STAMPS[1:2], "b"),
        of_terminal(None, STAMPS[2:], "c"),
    )
    _, rows, told = placed(log(*parts))
    assert set(rows["punch_id"]) == {"a0000"}
    assert json.loads(told.loc[told["why"] == "terminal_not_stated", "facts"].iloc[0]) == {"rows": 2}


@pytest.mark.parametrize(("terminal", "basis"), [(None, "records name no terminal"), ("G-7", "taken for one")])
def test_the_only_terminal_is_the_only_device_however_it_is_called(terminal: str | None, basis: str) -> None:
    fitted, rows, _ = placed(log(of_terminal(terminal, STAMPS)), device="terminal")
    assert list(fitted["device_id"]) == ["terminal"]
    assert len(set(rows["punch_id"])) == 4
    model = json.loads(fitted["model"].iloc[0])
    assert (model["device_basis"], model["terminal"]) == (basis, terminal)


def offset_with(starts_at: str, tz: str | None, timezone: str | None = None) -> tuple[Any, str]:
    """Offset and basis of the zone for a terminal 97 s ahead of a camera that starts at 08:20 in China."""
    clips = clip_table(200.0, starts_at=starts_at).assign(timezone=timezone)
    ahead = 20 * 60 + 97.0
    anchors = anchor_table([(40.0, 40.0 + ahead), (180.0, 180.0 + ahead)])
    row = clocks.align(punch_table([("1", 74.0 + ahead)], tz=tz), tables.validate("clips", clips), anchors).iloc[0]
    assert row["determinable"]
    return row["terminal_minus_camera_s"], json.loads(row["model"])["zone_basis"]


@pytest.mark.parametrize(
    ("starts_at", "tz", "timezone"),
    [
        ("2026-03-03T08:20:00+08:00", "Asia/Shanghai", None),
        ("2026-03-03T00:20:00Z", "+08:00", None),
        ("2026-03-03T00:20:00Z", "Asia/Shanghai", None),
        ("2026-03-03T08:20:00", "+08:00", "Asia/Shanghai"),
    ],
)
def test_the_offset_does_not_depend_on_how_zones_are_written(starts_at: str, tz: str, timezone: str | None) -> None:
    assert offset_with(starts_at, tz, timezone) == (97.0, "stated")


@pytest.mark.parametrize(
    ("starts_at", "tz", "basis"),
    [
        ("2026-03-03T00:20:00Z", None, "none stated for the records"),
        ("2026-03-03T08:20:00", "Asia/Shanghai", "none stated for the camera"),
        ("2026-03-03T08:20:00", None, "none stated for the records"),
    ],
)
def test_a_zone_that_is_not_stated_is_not_invented(starts_at: str, tz: str | None, basis: str) -> None:
    offset, told = offset_with(starts_at, tz)
    assert pd.isna(offset)
    assert told == basis


STARTED = "2026-03-03T08:00:00+08:00"


def aligned(*zones: str | None, starts_at: str = STARTED) -> pd.Series[Any]:
    """The clock of a terminal whose clock-ins state these zones, one each."""
    punches = log(*(punch_table([("1", 74.0 + k)], tz=tz).assign(punch_id=str(k)) for k, tz in enumerate(zones)))
    return clocks.align(punches, clip_table(200.0, starts_at=starts_at), anchor_table(MOMENTS)).iloc[0]


def test_two_names_of_one_zone_are_one_clock() -> None:
    row = aligned("+08:00", "Asia/Shanghai")
    assert (row["determinable"], row["terminal_minus_camera_s"]) == (True, 0.0)


@pytest.mark.parametrize("zones", [("+08:00", "Europe/Berlin"), ("+08:00", "+00:00"), ("+08:00", None)])
def test_records_of_one_terminal_in_several_zones_have_no_one_clock(zones: tuple[str | None, ...]) -> None:
    """As written they lie hours apart; placed so, a clock-in falls to whoever stood there eight hours later."""
    row = aligned(*zones)
    assert (row["determinable"], row["reason"]) == (False, "zones_differ")
    punches = log(*(of_terminal("g", [(str(k), 74.0)], f"a{k}").assign(tz=tz) for k, tz in enumerate(zones)))
    fitted, rows, told = placed(punches, device="g")
    assert not fitted["determinable"].any() and rows.empty
    assert "found" not in set(told["why"][told["what"] == "FD2"])


def test_summer_and_winter_time_of_a_year_are_no_contradiction() -> None:
    summer = punch_table([("1", 74.0)], tz="+02:00").assign(punch_id="s", t_local="2026-07-03T08:01:14")
    winter = punch_table([("2", 75.0)], tz="+01:00").assign(punch_id="w")
    clips = clip_table(200.0, starts_at="2026-03-03T08:00:00+01:00")
    row = clocks.align(log(summer, winter), clips, anchor_table(MOMENTS)).iloc[0]
    assert (row["determinable"], row["terminal_minus_camera_s"]) == (True, 0.0)


def test_anchors_read_in_the_cameras_zone_beside_records_in_another_are_not_taken_for_a_wrong_clock() -> None:
    row = aligned("+00:00")
    assert (row["determinable"], row["reason"]) == (False, "anchors_other_zone")
    # Where the zones are the same, a terminal may well be hours wrong.
    early = STARTED.replace("T08:", "T07:")
    row = aligned("+08:00", starts_at=early)
    assert (row["determinable"], row["terminal_minus_camera_s"]) == (True, 3600.0)


def test_without_a_zone_punches_are_still_placed_on_the_clips_own_time() -> None:
    punches, clips = punch_table([("1", 75.0)], tz=None), clip_table(200.0, starts_at="2026-03-03T00:00:00Z")
    fitted = clocks.align(punches, clips, anchor_table(MOMENTS))
    rows = associate(punches, visit_table(VISITS), clips, fitted, examined_table())
    assert rows[rows["best"]]["outcome"].iloc[0] == "V-001"


def test_fixed_offsets_are_zones() -> None:
    assert datetime(2026, 3, 3, 8, tzinfo=zone_named("+08:00")) == datetime(2026, 3, 3, 0, tzinfo=UTC)
    assert datetime(2026, 3, 3, 0, tzinfo=zone_named("Z")) == datetime(2026, 3, 3, 0, tzinfo=UTC)


LONG_S = 4 * 3600.0
EARLY = [(60.0, 60.0), (160.0, 160.0)]


def test_the_clock_is_less_sure_the_farther_from_its_anchors() -> None:
    row = clocks.align(punch_table([("1", 75.0)]), clip_table(LONG_S), anchor_table(EARLY)).iloc[0]
    model = model_of(dict(row))
    assert sd_at(model, 110.0) == pytest.approx(0.408, abs=0.001)
    assert sd_at(model, LONG_S) == pytest.approx(math.hypot(0.408, 50e-6 * (LONG_S - 110)), abs=0.005)
    assert model["holds_at_s"] == 110.0
    assert model["half_widths_s"][1] == pytest.approx(1.96 * sd_at(model, LONG_S), abs=0.01)


@pytest.mark.slow
def test_a_clock_with_drift_is_covered_as_often_as_stated_hours_away() -> None:
    rng = np.random.default_rng(23)
    covered = narrow = 0
    for _ in range(120):
        drift = rng.normal(0, DRIFT_SD)
        moments = [(at + rng.normal(0, 0.5), math.floor(at * (1 + drift) + rng.uniform(0, 1))) for at in (60.0, 160.0)]
        moments = [(max(at, 0.0), float(told)) for at, told in moments]
        model = model_of(
            dict(clocks.align(punch_table([("1", 1.0)]), clip_table(LONG_S), anchor_table(moments)).iloc[0])
        )
        far = START.timestamp() + LONG_S * (1 + drift)
        window = punch_window(model, datetime.fromtimestamp(far).isoformat(), 1.0)  # noqa: DTZ006 - naive as written
        miss = abs(sum(window) / 2 - LONG_S)
        covered += miss <= 1.96 * sd_at(model, LONG_S)
        narrow += miss <= 1.96 * sd_at(model, 110.0)
    assert covered >= 107
    assert narrow <= 98


def test_hours_from_the_anchors_a_punch_beside_a_visit_is_no_sure_claim() -> None:
    visits = visit_table([(LONG_S - 60, LONG_S - 38), (LONG_S - 30, LONG_S - 20)])

    def nobody(anchors: list[tuple[float, float]]) -> float:
        punches, clips = punch_table([("1", LONG_S - 34)]), clip_table(LONG_S)
        fitted = clocks.align(punches, clips, anchor_table(anchors))
        rows = associate(punches, visits, clips, fitted, examined_table((0.0, LONG_S, "decoded")))
        return float(rows.set_index("outcome")["probability"]["nobody seen"])

    assert nobody([(LONG_S - 110, LONG_S - 110), (LONG_S - 10, LONG_S - 10)]) > 0.95
    assert nobody(EARLY) < 0.9


def test_anchors_days_away_place_nothing() -> None:
    far = tables.validate(
        "clips",
        pd.concat(
            [
                clip_table(200.0),
                clip_table(200.0, starts_at="2026-03-13T08:00:00+08:00").assign(exhibit_id="E-0009"),
            ]
        ),
    )
    told = clocks.align(punch_table([("1", 75.0)]), far, anchor_table(MOMENTS)).set_index("exhibit_id")
    assert told.loc["E-0001", "determinable"]
    assert (told.loc["E-0009", "determinable"], told.loc["E-0009", "reason"]) == (False, "clock_too_uncertain")


@pytest.mark.parametrize(("away_s", "half_s"), [(0.0, 60.0), (900.0, 900.0), (7000.0, 7200.0), (-30000.0, 14400.0)])
def test_the_grid_of_the_clock_has_the_stated_spread_everywhere(away_s: float, half_s: float) -> None:
    shifts, drifts, weights = clock_grid(0.4, 50e-6, away_s, half_s)
    assert weights.sum() == pytest.approx(1.0)
    assert len(shifts) <= 600
    for at in (-half_s, 0.0, half_s):
        error = shifts + drifts * at
        assert float((weights * error).sum()) == pytest.approx(0.0, abs=1e-9)
        spread = math.sqrt(float((weights * error**2).sum()))
        assert spread == pytest.approx(math.hypot(0.4, 50e-6 * (away_s + at)), rel=0.06)


def test_a_screen_read_at_a_clock_in_is_an_anchor_of_that_clock_in() -> None:
    """In its second or the next, for screens are read a moment later; another time or a minute tells of no event."""
    anchors = anchor_table([(40.0, 40.0), (75.0, 75.0), (90.0, 90.0)])
    assert list(read_at(anchors, ["2026-03-03T08:01:14"])["media_s"]) == [75.0]
    assert list(read_at(anchors, ["2026-03-03T08:01:15.4"])["media_s"]) == [75.0]
    assert read_at(anchors, ["2026-03-03T08:01:12"]).empty
    coarse = anchors.assign(device_time=anchors["device_time"].str[: len("2026-03-03 08:01")])
    assert read_at(coarse, ["2026-03-03T08:01:00"]).empty


def test_a_finding_says_where_its_clock_was_read_at_its_own_clock_ins() -> None:
    said = []
    body = Continuity(certified=True, risk=0.01, weakest_s=80.0, lineage=0.95)
    for moments in (MOMENTS, [*MOMENTS, (79.0, 79.0)]):
        anchors, punches, clips = anchor_table(moments), log(of_terminal("terminal", STAMPS)), clip_table(200.0)
        fitted = clocks.align(punches, clips, anchors)
        rows = associate(punches, visit_table(VISITS), clips, fitted, examined_table())
        findings, _ = conclude(
            punches=punches, visits=visit_table(VISITS), clips=clips, clocks=fitted, associations=rows,
            integrity=tables.empty("integrity"), examined=examined_table(), continuity=lambda visit, a, b: body,
            rates=RATES, anchors=anchors,
        )  # fmt: skip
        (one,) = findings[findings["code"] == "FD2"]["limits"]
        said.append("clock_from_own_event" in one)
    assert said == [False, True]
