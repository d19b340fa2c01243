"""What is published: only honest runs, with charts that the page finds and a part that every report can carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.validation.making import Row, document, every_kind, two_sides
from toolkit.errors import SetupError
from toolkit.validation.kinds import KINDS
from toolkit.validation.publishing import publish


def run_of(folder: Path, rows: list[Row] | None = None, **more: Any) -> Path:
    told = document(every_kind() if rows is None else rows, **more)
    (folder / "validation.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "pictures").mkdir(exist_ok=True)
    return folder


def test_the_page_finds_its_charts_and_the_report_its_rates(tmp_path: Path) -> None:
    page = publish(run_of(tmp_path), docs=tmp_path, packaged=tmp_path / "packaged.json")
    told = page.read_text(encoding="utf-8")
    assert "](pictures/validation-roc-depth.svg)" in told
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {
        "validation-areas-depth.svg", "validation-roc-depth.svg",
    }  # fmt: skip
    packaged = json.loads((tmp_path / "packaged.json").read_text(encoding="utf-8"))
    assert packaged["people"] == 5
    assert {row["kind"] for row in packaged["pooled"]} == set(KINDS)
    assert "three_dimensional_mask" in packaged["untested"]
    assert "curves" not in packaged


@pytest.mark.parametrize(
    "fault",
    [
        {"purpose": "development"},
        {"planted_leak": "strength"},
        {"leaks": [{"statistic": "crf", "told_apart": True, "sides": [400, 400]}]},
        {"leaks": [{"statistic": "crf", "told_apart": None, "sides": [400, 400]}]},
        {"leaks": []},
        {"settings": {"groups": 300, "differing": 1}},
        {"settings": {"groups": 0, "differing": 0}},
        {"cues": {"random_number": {}}},
        {"rows": []},
        {"rows": two_sides(400, apart=1.5)},  # kinds are missing
        {"rows": every_kind(live_each=40)},  # too few
    ],
)
def test_figures_that_prove_nothing_are_not_published(tmp_path: Path, fault: dict[str, Any]) -> None:
    with pytest.raises(SetupError) as refused:
        publish(run_of(tmp_path, **fault), docs=tmp_path, packaged=tmp_path / "packaged.json")
    assert refused.value.code == "not_to_be_published"
    assert not (tmp_path / "validation.md").exists()


def test_the_recordings_of_a_site_are_never_published(tmp_path: Path) -> None:
    real = {
        "presentations": 3,
        "rates": [],
        "areas": [],
        "leaks": [],
        "twins": [],
        "twin_areas": [],
        "untested": [],
        "untold": [],
    }
    page = publish(run_of(tmp_path, real=real), docs=tmp_path, packaged=tmp_path / "packaged.json")
    assert "Recorded material" not in page.read_text(encoding="utf-8")
