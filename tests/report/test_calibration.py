"""Calibrations in the report: curves where there is a ratio, an empty place where there is none, who was recorded."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.analysis import sites
from tests.analysis.sites import M24, W12
from tests.report.cases import NOW, case_of, concluded, exhibits, footage, visits
from tests.report.schema import faults
from tests.report.test_faces import of_kind, still
from tests.report.test_facts import SCHEMA
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.statements.fd1_rivals import fd1_rivals
from toolkit.analysis.weighing.calibration_told import as_row
from toolkit.analysis.weighing.fusion import CaseReading, ControlReading, Recorded
from toolkit.report import compose, report_facts, wording
from toolkit.report.blocks import Grid, Picture, Points, Strip, sentences, texts
from toolkit.report.calibration import calibration
from toolkit.report.calibration_chart import tippett_chart
from toolkit.report.writer import Facts, Writer

HERE = Recorded(camera="cam-1", codec="h264", px_per_m=240.0)


def controls(design: sites.Design, scales: tuple[float, float] = (220.0, 260.0)) -> list[ControlReading]:
    """A site's recordings, both sides made on one camera at scales from the first to the second."""
    rows = sites.as_readings(sites.site(design, 0.99, "even", sites.rng_of(100)))
    step = (scales[1] - scales[0]) / 4
    return [replace(row, recorded=replace(HERE, px_per_m=scales[0] + k % 5 * step)) for k, row in enumerate(rows)]


def weighed(relief: float, rows: list[ControlReading]) -> SiteRatio | NotCalibrated:
    return calibrate(sites.one_cue(), rows, CaseReading(readings={"relief": relief}, recorded=HERE))


def assessed(presentation_id: str, told: SiteRatio | NotCalibrated) -> dict[str, Any]:
    ratio = isinstance(told, SiteRatio)
    fd1 = fd1_rivals(told)
    parts = {
        "object": {"rivals": [one.as_row() for one in fd1.object_rivals], "headline": fd1.object_headline},
        "paper": {"rivals": [one.as_row() for one in fd1.paper_rivals], "headline": fd1.paper_headline},
    }
    return {
        "presentation_id": presentation_id, "outcome": "undetermined",
        "log10_lr": told.point_log10 if isinstance(told, SiteRatio) else None,
        "lower_log10": told.lower_log10 if isinstance(told, SiteRatio) else None,
        "upper_log10": told.upper_log10 if isinstance(told, SiteRatio) else None,
        "words": told.words if isinstance(told, SiteRatio) else "no_ratio",
        "reason": told.reason if isinstance(told, NotCalibrated) else None,
        "calibration_id": "c" * 12 if ratio else None,
        "detail": {"sentences": {}, "fd1": parts, "calibration": as_row(told)},
    }  # fmt: skip


def facts_of(*rows: dict[str, Any]) -> Facts:
    offered = [
        {"presentation_id": row["presentation_id"], "visit_id": "V-001", "presenter_id": "P-01", "from_s": 7.0 + k,
         "to_s": 9.0 + k, "geometry": "undetermined", "medium": "undetermined", "width_px": 35.0}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    case = case_of(
        exhibits("footage"), footage(), visits(), {"presentations": offered, "assessments": list(rows), "faces": []},
        concluded([], [], 6, 1),
    )  # fmt: skip
    return report_facts(case, edition="draft", created_at=NOW)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def enough() -> Facts:
    rows = controls(M24)
    return facts_of(assessed("PR-001", weighed(9.0, rows)), assessed("PR-002", weighed(-2.0, rows)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_controls_are_counted_and_drawn_once_with_every_presentation_in_its_place(enough: Facts, language: str) -> None:
    assert list(faults(enough, SCHEMA)) == []
    (only,) = enough["calibrations"]
    blocks = calibration(enough, Writer(language))
    (picture,), (grid,), (points,) = (of_kind(tuple(blocks), kind) for kind in (Picture, Grid, Points))
    assert isinstance(picture, Picture) and isinstance(grid, Grid) and isinstance(points, Points)
    assert picture.small and picture.alt and len(picture.legend) == 3
    assert f"{only['area']:.3f}" in picture.caption and f"{only['cllr']:.2f}" in picture.caption
    assert [row[0] for row in grid.rows] == ["PR-001", "PR-002"]
    told = " ".join(points.items)
    for figure in ("24", "12", "220", "260", "h264"):
        assert re.search(rf"(?<!\d){figure}(?!\d)", told), figure
    page = [wording.plain(one) for one in sentences(compose(enough, language, still))]
    assert [one for one in page if wording.banned_phrase(one)] == []


def test_the_place_of_a_presentation_is_its_own_ratio_and_not_a_mean(enough: Facts) -> None:
    (only,) = enough["calibrations"]
    flat, round_ = only["weighed"]
    assert flat["lower_log10"] > 0 > round_["lower_log10"]
    assert flat["score"] > round_["score"]
    for one in only["weighed"]:
        assert one["lower_log10"] <= one["log10_lr"] <= one["upper_log10"]


def test_shares_at_or_above_fall_and_prints_stay_above_live(enough: Facts) -> None:
    points = enough["calibrations"][0]["tippett"]
    for column in (1, 2):
        shares = [one[column] for one in points]
        assert shares == sorted(shares, reverse=True) and shares[0] == 1.0
    assert all(prints >= live for _, live, prints in points)


def test_the_chart_needs_no_font_and_no_date_and_shows_every_place(enough: Facts) -> None:
    points = enough["calibrations"][0]["tippett"]
    one, two = (tippett_chart(points, [("PR-001", 0.5, 1.0, 2.0)] * count) for count in (1, 2))
    assert "<text" not in one and "date" not in one
    assert one == tippett_chart(points, [("PR-001", 0.5, 1.0, 2.0)])
    assert one != two


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_ratio_an_empty_place_is_drawn_with_the_reason_and_what_is_missing(language: str) -> None:
    told = weighed(9.0, controls(replace(W12, people=4, prints=3)))
    assert isinstance(told, NotCalibrated) and told.reason == "too_few"
    facts = facts_of(assessed("PR-001", told))
    assert list(faults(facts, SCHEMA)) == []
    blocks = tuple(calibration(facts, Writer(language)))
    assert not of_kind(blocks, Picture) and not of_kind(blocks, Grid)
    (strip,) = of_kind(blocks, Strip)
    assert isinstance(strip, Strip) and strip.stills[0].source is None
    caption = strip.stills[0].caption
    assert "PR-001" in caption and re.search(r"(?<!\d)8(?!\d)", caption)  # eight people and prints are the least
    said = " ".join(text for block in blocks for text in texts(block))
    assert {"en": "not a ratio of 1", "zh": "并非比值为 1"}[language] in said


def test_controls_that_do_not_speak_for_the_case_are_told_with_their_range() -> None:
    told = weighed(9.0, controls(M24, (500.0, 600.0)))
    assert isinstance(told, NotCalibrated) and told.reason == "outside_scale"
    (strip,), (points,) = (
        of_kind(tuple(calibration(facts_of(assessed("PR-001", told)), Writer("en"))), kind) for kind in (Strip, Points)
    )
    assert isinstance(strip, Strip) and isinstance(points, Points)
    assert "another size" in strip.stills[0].caption
    assert any("500 to 600 px/m" in one for one in points.items)


def test_a_case_without_controls_shows_an_empty_place_with_the_reason() -> None:
    facts = facts_of(*(assessed(f"PR-{k:03d}", NotCalibrated(reason="no_controls")) for k in range(1, 15)))
    assert facts["calibrations"] == []
    _, strip = calibration(facts, Writer("en"))
    assert isinstance(strip, Strip)
    (only,) = strip.stills
    assert only.source is None and "PR-012 … (14)" in only.caption
    assert "no recordings of live and printed faces from this terminal" in only.caption


def test_nothing_is_said_of_a_calibration_where_nothing_was_assessed() -> None:
    facts = facts_of(assessed("PR-001", NotCalibrated(reason="no_controls")))
    facts["presentations"][0]["assessment"] = None
    assert calibration(facts, Writer("en")) == []


def test_the_chart_is_part_of_the_page(enough: Facts) -> None:
    (picture,) = of_kind(tuple(calibration(enough, Writer("en"))), Picture)
    assert isinstance(picture, Picture)
    head, _, body = picture.source.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(body).startswith(b"<?xml")
