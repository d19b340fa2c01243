"""What is published: only honest runs, with charts that the page finds and a part that every report can carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.validation.making import document, two_sides
from toolkit.errors import SetupError
from toolkit.validation.publishing import publish


def run_of(folder: Path, **more: Any) -> Path:
    (folder / "validation.json").write_text(json.dumps(document(two_sides(20, apart=1.5), **more)), encoding="utf-8")
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
    assert packaged["people"] == 8
    assert {row["kind"] for row in packaged["pooled"]} == {"live", "held_flat"}
    assert "phone" in packaged["untested"]
    assert "curves" not in packaged


@pytest.mark.parametrize(
    "fault",
    [{"purpose": "development"}, {"planted_leak": "strength"}, {"leaks": [{"statistic": "crf", "told_apart": True}]}],
)
def test_figures_that_prove_nothing_are_not_published(tmp_path: Path, fault: dict[str, Any]) -> None:
    with pytest.raises(SetupError) as refused:
        publish(run_of(tmp_path, **fault), docs=tmp_path, packaged=tmp_path / "packaged.json")
    assert refused.value.code == "not_to_be_published"
    assert not (tmp_path / "validation.md").exists()


def test_the_recordings_of_a_site_are_never_published(tmp_path: Path) -> None:
    real = {"presentations": 3, "rates": [], "areas": [], "leaks": [], "twins": [], "twin_areas": [], "untested": []}
    page = publish(run_of(tmp_path, real=real), docs=tmp_path, packaged=tmp_path / "packaged.json")
    assert "Recorded material" not in page.read_text(encoding="utf-8")
