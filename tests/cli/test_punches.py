"""``papermask punches``: rows, questions, what cannot be answered, and the letter that asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.asking import Papermask
from toolkit.cli.punching import _shown

MINUTES = "employee_id,time\n0042,2026-03-03 08:21\n1001,2026-03-03 08:41\n"


def put(folder: Path, content: str) -> Path:
    path = folder / "records.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_minutes_can_name_nobody_and_it_is_said_at_once(papermask: Papermask, tmp_path: Path) -> None:
    status, told, _ = papermask("punches", put(tmp_path, MINUTES), "--timezone", "Asia/Shanghai")
    assert status == 0
    assert told["lacks"][0] == "seconds" and "can name nobody" in told["cannot_answer"][0]
    assert [row["employee_id"] for row in told["punches"]] == ["0042", "1001"]
    assert "seconds" in told["letter"]["en"] and "秒" in told["letter"]["zh"]


def test_how_the_export_was_made_is_asked_and_the_zone_only_where_it_is_not_known(
    papermask: Papermask, tmp_path: Path
) -> None:
    file = put(tmp_path, MINUTES)
    asked: Any = papermask("punches", file)[1]["questions"]
    known: Any = papermask("punches", file, "--timezone", "Asia/Shanghai")[1]["questions"]
    assert len(asked) == len(known) + 1 and "--timezone" in asked[0]
    assert any("spreadsheet" in sentence for sentence in known)


def test_the_letter_is_written_in_both_languages_and_never_over_another_file(
    papermask: Papermask, tmp_path: Path
) -> None:
    file, out = put(tmp_path, MINUTES), tmp_path / "letter.txt"
    assert papermask("punches", file, "--letter", out)[0] == 0
    text = out.read_text(encoding="utf-8")
    assert "Request for clock-in records" in text and "关于调取打卡记录的函" in text
    status, told, _ = papermask("punches", file, "--letter", out)
    assert (status, told["error"]["code"]) == (1, "letter_exists")
    assert out.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("sample", ["01_zk_1_attlog.dat"])
def test_the_counts_of_a_sample_add_up(papermask: Papermask, shared: Path, sample: str) -> None:
    rows = papermask("punches", shared / "clockin-samples" / sample)[1]["rows"]
    assert rows["source"] == rows["parsed"] + rows["rejected"] + rows["non_record"] == 12


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, ("1001", "2026-03-03T08:21:07", "face")),
        ({"tz": "Asia/Shanghai"}, ("1001", "2026-03-03T08:21:07", "face")),
        ({"tz": "+00:00"}, ("1001", "2026-03-03T08:21:07+00:00", "face")),
        ({"record_kind": "makeup", "credential": "manual"}, ("1001", "2026-03-03T08:21:07", "manual (makeup)")),
        ({"record_kind": "failed_attempt", "employee_id": ""}, ("—", "2026-03-03T08:21:07", "face (failed_attempt)")),
    ],
)
def test_a_row_that_is_no_clock_in_of_a_terminal_says_so(changes: dict[str, Any], shown: tuple[str, ...]) -> None:
    """A failed attempt and a make-up would else look like clock-ins, and 08:21 of UTC like that of the terminal."""
    row = {"row": 3, "employee_id": "1001", "t_local": "2026-03-03T08:21:07", "tz": None, "credential": "face",
           "record_kind": "raw_event"}  # fmt: skip
    told = _shown({**row, **changes})
    assert (told["id"], told["time"], told["credential"]) == shown


def test_what_is_odd_about_the_rows_is_said_when_the_file_is_shown(papermask: Papermask, tmp_path: Path) -> None:
    rows = [f"100{k},2026-03-03 08:2{k}:1{k}" for k in range(1, 8)]
    moved = [*rows[:5], "1009,2026-03-03 08:20:30", *rows[5:]]
    told = papermask("punches", put(tmp_path, "\n".join(["employee_id,time", *moved, ""])))[1]
    assert [one["code"] for one in told["warnings"]] == ["against_order"]
    assert "order" in told["warnings"][0]["text"]
    assert papermask("punches", put(tmp_path, "\n".join(["employee_id,time", *rows, ""])))[1]["warnings"] == []
