"""mark: what a person sees becomes a presentation of the case, is journaled, and can be taken back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.asking import ZONE, Papermask, write
from toolkit.casebook.case import Case
from toolkit.pipeline import run_steps, set_zone

REGION = "300,180,360,250"


@pytest.fixture(scope="module")
def scanned(clip_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip of fourteen seconds with its zone and visits."""
    folder = tmp_path_factory.mktemp("scanned")
    shutil.copytree(clip_case, folder / "case")
    with Case.open(folder / "case") as opened:
        set_zone(opened, "E-0001", write(folder / "zone.json", ZONE))
        run_steps(opened, ("intake", "scan"))
    return folder / "case"


@pytest.fixture
def marked_case(scanned: Path, tmp_path: Path) -> Path:
    shutil.copytree(scanned, tmp_path / "marked")
    return tmp_path / "marked"


def visit_of(case: Path) -> dict[str, Any]:
    with Case.open(case, write=False) as opened:
        row = opened.read("visits").to_dict("records")[0]
    return {str(name): value for name, value in row.items()}


def test_a_mark_is_a_presentation_seen_by_a_person(papermask: Papermask, marked_case: Path) -> None:
    visit = visit_of(marked_case)
    span = ("--from", visit["from_s"] + 0.5, "--to", visit["to_s"] - 0.5)
    status, document, _ = papermask("mark", marked_case, "E-0001", *span, "--region", REGION, "--by", "R-1")
    assert (status, document) == (0, {"mark_id": "MK-001", "withdrawn": False})
    with Case.open(marked_case) as opened:
        run_steps(opened, ("faces", "cues"))
        (row,) = [one for one in opened.read("presentations").to_dict("records") if one["basis"] == "person"]
        readings = opened.read("cue_readings")
        mine = readings[readings["presentation_id"] == row["presentation_id"]]
        visits = opened.read("visit_readings")
        journal = [one for one in opened.journal_rows() if one["act"] == "mark"]
    assert (row["visit_id"], row["geometry"], row["width_px"]) == (visit["visit_id"], "undetermined", 60.0)
    assert len(mine) >= 8
    assert set(mine["why_not"]) == {"cue_no_points"}
    assert mine["value"].isna().all()
    assert set(visits["visit_id"]) >= {visit["visit_id"]}
    assert journal[0]["pub"]["region_px"] == [300, 180, 360, 250]
    assert "R-1" not in json.dumps(journal[0]["pub"])
    status, report, _ = papermask("report", marked_case)
    assert status == 0
    (shown,) = [one for one in report["presentations"] if one["basis"] == "person"]
    assert shown["presentation_id"] == row["presentation_id"]
    middle = (row["from_s"] + row["to_s"]) / 2
    assert shown["best"] == {"media_s": pytest.approx(middle), "pts": None, "box_px": [300, 180, 360, 250]}
    (page,) = marked_case.rglob("report*.html")
    assert "seen by a person" in page.read_text(encoding="utf-8")


def test_a_mark_that_is_taken_back_is_no_presentation_and_stays_in_the_table(
    papermask: Papermask, marked_case: Path
) -> None:
    visit = visit_of(marked_case)
    span = ("--from", visit["from_s"] + 0.5, "--to", visit["to_s"] - 0.5)
    papermask("mark", marked_case, "E-0001", *span, "--region", REGION, "--by", "R-1")
    status, document, _ = papermask("mark", marked_case, "--withdraw", "MK-001", "--by", "R-2")
    assert (status, document) == (0, {"mark_id": "MK-001", "withdrawn": True})
    with Case.open(marked_case) as opened:
        run_steps(opened, ("faces",))
        assert not (opened.read("presentations")["basis"] == "person").any()
        (row,) = opened.read("marks").to_dict("records")
    assert (row["marked_by"], row["withdrawn_by"]) == ("R-1", "R-2")
    status, document, _ = papermask("mark", marked_case, "--withdraw", "MK-001", "--by", "R-2")
    assert (status, document["error"]["code"]) == (1, "mark_unknown")


def test_what_cannot_be_marked_is_refused_and_leaves_the_case_as_it_was(
    papermask: Papermask, marked_case: Path, case: Path
) -> None:
    early = ("--from", 3, "--to", 4, "--region", REGION, "--by", "R")
    status, document, _ = papermask("mark", case, "E-0001", *early)
    assert (status, document["error"]["code"]) == (1, "step_too_early")
    visit = visit_of(marked_case)
    start, stop = visit["from_s"] + 0.5, visit["to_s"] - 0.5
    before = (marked_case / "journal.jsonl").read_bytes()
    for words, code in (
        (("--from", 0.0, "--to", visit["from_s"] - 0.5, "--region", REGION, "--by", "R"), "mark_no_visit"),
        (("--from", start, "--to", 99, "--region", REGION, "--by", "R"), "mark_stretch"),
        (("--from", start, "--to", stop, "--region", "1,1,9999,9", "--by", "R"), "mark_outside"),
        (("--from", start, "--to", stop, "--region", "1,1", "--by", "R"), "mark_shape"),
        (("--from", start, "--to", stop, "--region", REGION, "--by", " "), "mark_without_name"),
    ):
        status, document, _ = papermask("mark", marked_case, "E-0001", *words)
        assert (status, document["error"]["code"]) == (1, code)
    assert (marked_case / "journal.jsonl").read_bytes() == before
    status, document, _ = papermask("mark", marked_case, "E-0001", "--by", "R")
    assert (status, document["error"]["code"]) == (2, "usage")
