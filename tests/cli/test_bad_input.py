"""Bad input: a clear message on one screen, exit 1, and no partial state."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.building import copy_zone, table_hashes
from tests.cli.asking import papermask
from toolkit.casebook.case import Case

ROOT = Path(__file__).resolve().parents[2]
SCREEN_LINES = 24


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    with Case.create(folder, purpose="test", basis="test"):
        pass
    return folder


@pytest.fixture
def with_clip(case: Path, shared: Path) -> Path:
    done = papermask("add", case, shared / "data/derived/obo_14s.mp4", "--kind", "footage")
    assert done.returncode == 0, done.stderr
    return case


def refused(case: Path, *arguments: Any, says: tuple[str, ...]) -> None:
    """The command is refused with these words, and the case is as it was."""
    before = (table_hashes(case), sorted(path.name for path in (case / "evidence").iterdir()))
    done = papermask(*arguments)
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= SCREEN_LINES
    for words in says:
        assert words in done.stderr
    assert (table_hashes(case), sorted(path.name for path in (case / "evidence").iterdir())) == before


def test_an_empty_file(case: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    refused(case, "add", case, tmp_path / "empty.mp4", "--kind", "footage", says=("empty.mp4", "empty"))


def test_a_text_file_named_mp4(case: Path, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("This is no video.\n" * 50, encoding="utf-8")
    refused(case, "add", case, tmp_path / "text.mp4", "--kind", "footage", says=("text.mp4", "not a video"))


def test_a_video_without_a_frame(case: Path, tmp_path: Path, shared: Path) -> None:
    whole = (shared / "data/derived/obo_14s.mp4").read_bytes()
    at = whole.index(b"mdat") + 4
    blank = bytearray(whole)
    end = whole.index(b"moov") - 4 if whole.index(b"moov") > at else len(whole)
    blank[at:end] = bytes(end - at)
    (tmp_path / "blank.mp4").write_bytes(bytes(blank))
    refused(case, "add", case, tmp_path / "blank.mp4", "--kind", "footage", says=("blank.mp4", "not one frame"))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_csv_in_another_encoding_is_read(case: Path, tmp_path: Path, encoding: str) -> None:
    text = "工号,姓名,打卡时间\n0042,员工甲,2026-03-03 08:21:07\n0043,员工乙,2026-03-03 08:22:07\n"
    (tmp_path / "records.csv").write_bytes(text.encode(encoding))
    done = papermask(
        "add", case, tmp_path / "records.csv", "--kind", "records", "--timezone", "Asia/Shanghai", "--json"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"][0]["parsed"] == 2


def test_an_unreadable_date_names_row_and_text(case: Path, tmp_path: Path) -> None:
    rows = ["employee_id,time", *(f"10{k},2026-03-03 08:2{k}:00" for k in range(5)), "106,the third of March"]
    (tmp_path / "records.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    refused(
        case,
        "add",
        case,
        tmp_path / "records.csv",
        "--kind",
        "records",
        says=("row 7", "the third of March", "records.csv"),
    )


def test_a_punch_of_somebody_not_in_the_roster_is_reported(case: Path, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("employee_id,time\n777,2026-03-03 08:21:00\n", encoding="utf-8")
    (tmp_path / "roster.csv").write_text("employee_id,name\n1001,A\n", encoding="utf-8")
    assert papermask("add", case, tmp_path / "r.csv", "--kind", "records", "--timezone", "UTC").returncode == 0
    assert papermask("add", case, tmp_path / "roster.csv", "--kind", "roster").returncode == 0
    done = papermask("run", case, "--json")
    assert done.returncode == 0, done.stderr
    odd = [one for one in json.loads(done.stdout)["integrity"] if one["code"] == "not_in_roster"]
    assert [one["facts"] for one in odd] == [{"employee_id": "777", "row": 2}]


def test_anchors_outside_the_clip(with_clip: Path, tmp_path: Path, shared: Path) -> None:
    with Case.open(with_clip, write=False) as opened:
        sha256 = opened.read("exhibits")["sha256"].iloc[0]
    heading = "device,device_time,exhibit_sha256,media_s,uncertainty_s,how\n"
    (tmp_path / "far.csv").write_text(
        heading + f"terminal,2026-03-03 08:21:49,{sha256},99.0,0.5,screen\n", encoding="utf-8"
    )
    refused(with_clip, "add", with_clip, tmp_path / "far.csv", "--kind", "anchors", says=("row 2", "99"))


def test_anchors_naming_an_unknown_clip(with_clip: Path, tmp_path: Path) -> None:
    heading = "device,device_time,exhibit_sha256,media_s,uncertainty_s,how\n"
    row = f"terminal,2026-03-03 08:21:49,{'ab' * 32},1.0,0.5,screen\n"
    (tmp_path / "strange.csv").write_text(heading + row, encoding="utf-8")
    refused(with_clip, "add", with_clip, tmp_path / "strange.csv", "--kind", "anchors", says=("row 2", "abababab"))


def test_a_zone_outside_the_picture(with_clip: Path, tmp_path: Path, shared: Path) -> None:
    source = shared / "data/cases/one-by-one/zone.json"
    file = copy_zone(source, tmp_path / "zone.json", clip_sha256=None, zone_px=[[0, 0], [9000, 0], [9000, 400]])
    refused(with_clip, "zone", with_clip, "E-0001", "--file", file, says=("9000", "768"))


def test_an_unknown_time_zone(case: Path, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("employee_id,time\n777,2026-03-03 08:21:00\n", encoding="utf-8")
    refused(
        case,
        "add",
        case,
        tmp_path / "r.csv",
        "--kind",
        "records",
        "--timezone",
        "Mars/Base",
        says=("Mars/Base", "Asia/Shanghai"),
    )


def test_a_second_process_on_the_same_case(case: Path, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("employee_id,name\n1001,A\n", encoding="utf-8")
    with Case.open(case):
        done = papermask("add", case, tmp_path / "roster.csv", "--kind", "roster")
    assert done.returncode == 1
    assert "Another program" in done.stderr


def test_a_full_disk(tmp_path: Path, shared: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("a small tmpfs could not be mounted")
        pytest.skip("mounting a small tmpfs needs root")
    try:
        case = small / "case"
        with Case.create(case, purpose="test", basis="test"):
            pass
        clip = shared / "data/derived/obo_14s.mp4"
        refused(case, "add", case, clip, "--kind", "footage", says=("full",))
        (tmp_path / "roster.csv").write_text("employee_id,name\n1001,A\n", encoding="utf-8")
        assert papermask("add", case, tmp_path / "roster.csv", "--kind", "roster").returncode == 0
    finally:
        subprocess.run(["umount", small], check=False)


def test_a_changed_exhibit_stops_the_run_and_is_named(with_clip: Path) -> None:
    exhibit = next((with_clip / "evidence").iterdir())
    exhibit.chmod(0o644)
    content = bytearray(exhibit.read_bytes())
    content[len(content) // 2] ^= 1
    exhibit.write_bytes(bytes(content))
    refused(with_clip, "run", with_clip, says=("E-0001", "not the file"))


def test_something_that_is_no_case(tmp_path: Path) -> None:
    done = papermask("run", tmp_path)
    assert done.returncode == 1
    assert "no case" in done.stderr


def test_a_case_without_purpose(tmp_path: Path) -> None:
    done = papermask("new", tmp_path / "c", "--purpose", " ", "--basis", "b")
    assert done.returncode == 1
    assert not (tmp_path / "c").exists()


def test_wrong_usage_is_exit_2(case: Path) -> None:
    assert papermask("zone", case, "E-0001").returncode == 2
    assert papermask("run", case, "--only", "nonsense").returncode == 2
    assert papermask("nonsense").returncode == 2


def test_a_process_of_its_own_says_and_returns_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "toolkit", "status", str(tmp_path), "--json"]
    alone = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    here = papermask("status", tmp_path, "--json")
    assert (alone.returncode, alone.stdout, alone.stderr) == (here.returncode, here.stdout, here.stderr)


def test_json_holds_exactly_one_document_also_for_errors(tmp_path: Path) -> None:
    done = papermask("status", tmp_path, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_a_case"


def test_a_reviewed_edition_is_refused_with_its_open_gates(case: Path, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("employee_id,name\n1001,A\n", encoding="utf-8")
    assert papermask("add", case, tmp_path / "roster.csv", "--kind", "roster").returncode == 0
    done = papermask("report", case, "--edition", "committee")
    assert done.returncode == 1
    assert "reply of the persons concerned" in done.stderr


def test_a_folder_is_left_alone_by_shutil(case: Path) -> None:
    """The case folder can be copied as it is: nothing in it points outside."""
    copy = case.parent / "copy"
    shutil.copytree(case, copy)
    with Case.open(copy, write=False) as opened:
        assert opened.case_id
