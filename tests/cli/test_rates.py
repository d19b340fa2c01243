"""validate and controls on the command line: one document each, and refusals before anything is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.asking import Papermask
from toolkit.casebook.case import Case
from toolkit.pipeline import add_file

HEAD = "file,kind,day,person,medium,print_id,shape,from_s,to_s"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--px-per-m", "9"), "option_range"),
        (("--pitch", "20,steep"), "option_range"),
        (("--codec", "vp9"), "name_unknown"),
        (("--lens", "fisheye,mirror"), "name_unknown"),
        (("--kinds", "held_flat,ghost"), "name_unknown"),
        (("--cues", "aura"), "name_unknown"),
        (("--plant-leak", "roof"), "name_unknown"),
        (("--plant-leak", "strength,encoded_twice"), "name_unknown"),
        (("--codec", "mjpeg", "--crf", "28"), "crf_without"),
        (("--real", "nowhere"), "controls_no_table"),
    ],
)
def test_what_cannot_be_validated_is_refused_at_once(
    papermask: Papermask, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    status, document, screen = papermask("validate", "--out", tmp_path / "v", *words)
    assert (status, document["error"]["code"]) == (1, code)
    assert "Traceback" not in screen
    assert not (tmp_path / "v").exists()


@pytest.mark.full
def test_a_small_validation_is_one_document_with_page_charts_and_rows(papermask: Papermask, tmp_path: Path) -> None:
    words = ("--count", 1, "--kinds", "live,held_curled", "--px-per-m", 125, "--cues", "nose_range,random_number",
             "--workers", 1, "--development")  # fmt: skip
    status, document, _ = papermask("validate", "--out", tmp_path, *words)
    assert status == 0
    assert document["schema"] == "papermask-validation-1"
    assert document["presentations"] == 2 * 2 + 3
    assert set(document["cues"]) == {"nose_range", "random_number"}
    assert "phone" in document["untested"]
    names = {path.name for path in tmp_path.iterdir()}
    assert {"presentations.jsonl", "validation.json", "validation.md", "validation-roc-nose_range.svg"} <= names
    again, same, _ = papermask("validate", "--out", tmp_path, *words)  # nothing is made twice
    assert (again, same) == (0, document)


def test_controls_say_what_is_there_and_what_it_unlocks(papermask: Papermask, tmp_path: Path, shared: Path) -> None:
    source = shared / "data/derived"
    table = tmp_path / "times.csv"
    rows = [f"live/obo_14s.mp4,live,2026-03-0{1 + k % 3},P{k},live,,,{k},{k + 1}" for k in range(9)]
    rows.append("print/gone.mp4,print,2026-03-03,P1,print,S1,flat,0,2")
    rows.append("live/obo_14s.mp4,live,2026-03-03,P9,live,,,60,63")
    table.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        add_file(case, source / "obo_14s.mp4", "controls")
        assert add_file(case, table, "controls").summary == {"presentations": 11}
    status, document, _ = papermask("controls", tmp_path / "case")
    assert status == 0
    assert (document["tables"], len(document["presentations"])) == (1, 9)
    assert document["missing"] == [{"row": 11, "file": "print/gone.mp4"}]
    assert document["beyond"] == [{"row": 12, "file": "live/obo_14s.mp4"}]
    assert (document["unlocks"]["level"], document["unlocks"]["people"]) == ("none", 9)
    assert document["unlocks"]["needs"][0]["what"] == "prints"
    assert len(document["guide"]) == 14


def test_one_recording_does_not_stand_for_two_of_its_name(papermask: Papermask, tmp_path: Path, shared: Path) -> None:
    table = tmp_path / "times.csv"
    rows = ["live/obo_14s.mp4,live,2026-03-01,P1,live,,,0,2", "print/obo_14s.mp4,print,2026-03-01,P2,print,S1,flat,0,2"]
    table.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        add_file(case, shared / "data/derived/obo_14s.mp4", "controls")
        add_file(case, table, "controls")
        again = tmp_path / "corrected" / "times.csv"
        again.parent.mkdir()
        again.write_text("\n".join([HEAD, rows[0]]) + "\n\n", encoding="utf-8")
        add_file(case, again, "controls")
    _, document, _ = papermask("controls", tmp_path / "case")
    assert document["tables"] == 2
    assert len(document["missing"]) == 2  # and the row that both tables hold counts once
    assert document["presentations"] == []


def test_an_empty_case_is_shown_the_guide(papermask: Papermask, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case", purpose="test", basis="test"):
        pass
    status, document, _ = papermask("controls", tmp_path / "case", "--language", "zh")
    assert (status, document["tables"], document["unlocks"]["level"]) == (0, 0, "none")
    assert "十五分钟" in document["guide"][0]


def test_a_bad_table_of_controls_is_not_taken_in(papermask: Papermask, case: Path, tmp_path: Path) -> None:
    table = tmp_path / "times.csv"
    table.write_text(f"{HEAD}\nlive/a.mp4,live,2026-03-01,,live,,,0,2\n", encoding="utf-8")
    status, document, _ = papermask("add", case, table, "--kind", "controls")
    assert (status, document["error"]["code"]) == (1, "controls_no_person")
