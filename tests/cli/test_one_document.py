"""Whatever goes wrong: one screen, with --json one document, and nothing half done in the case."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.asking import ZONE, Papermask, state, write
from toolkit.casebook.case import Case

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 60


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "x", "--workers", "none"),
        ("run", "x", "--only", "nonsense"),
        ("nonsense",),
        ("zone", "x", "y"),
    ],
)
def test_wrong_usage_is_one_document_and_exit_2(papermask: Papermask, words: tuple[str, ...]) -> None:
    status, document, screen = papermask(*words)
    assert status == 2
    assert document["error"]["code"] == "usage"
    assert document["error"]["what"] and document["error"]["do"]
    assert screen and "Traceback" not in screen


def test_an_interruption_is_one_document_and_exit_130(
    papermask: Papermask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Case, "open", interrupt)
    status, document, screen = papermask("status", tmp_path)
    assert (status, document["error"]["code"]) == (130, "interrupted")
    assert "run the same command again" in screen


def test_a_fault_of_the_program_is_one_document_with_its_place_and_without_its_words(
    papermask: Papermask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("Zhang Wei")

    monkeypatch.setattr(Case, "open", fail)
    status, document, screen = papermask("status", tmp_path)
    assert (status, document["error"]["code"]) == (1, "unexpected")
    assert "ZeroDivisionError in cli/cases.py:" in document["error"]["what"]
    assert "Traceback" not in screen and "Zhang" not in screen + json.dumps(document)
    monkeypatch.setenv("PAPERMASK_TRACE", "1")
    assert "Traceback" in papermask("status", tmp_path)[2]


NO_TEXT = [(None, "file_missing"), (b"", "file_empty"), (b"\xff\xfe\x00\xd8", "unreadable")]
NO_JSON = [
    (b"[" * 100_000, "json_unreadable"),
    (b'{"a": NaN}', "json_unreadable"),
    (b'{"a": 1e999}', "json_unreadable"),
    (b'{"a": "\\ud800"}', "json_unreadable"),
]


@pytest.mark.parametrize(
    ("option", "content", "code"),
    [
        *[("--scope", *one) for one in NO_TEXT],
        *[(option, *one) for option in ("--mapping", "--provenance") for one in (*NO_TEXT, *NO_JSON)],
    ],
)
def test_a_side_file_that_cannot_be_read_is_refused_and_nothing_is_taken_in(
    papermask: Papermask, case: Path, tmp_path: Path, option: str, content: bytes | None, code: str
) -> None:
    side = tmp_path / "side.json"
    if content is not None:
        side.write_bytes(content)
    records = write(tmp_path / "r.csv", "employee_id,time\n777,2026-03-03 08:21:00\n")
    before = state(case)
    status, document, screen = papermask("add", case, records, "--kind", "records", "--timezone", "UTC", option, side)
    assert status == 1 and document["error"]["code"].endswith(code)
    assert "side.json" in document["error"]["what"] and "Traceback" not in screen
    assert state(case) == before


def test_a_scope_without_an_id_is_refused(papermask: Papermask, case: Path, tmp_path: Path) -> None:
    records = write(tmp_path / "r.csv", "employee_id,time\n777,2026-03-03 08:21:00\n")
    scope = write(tmp_path / "scope.txt", " \n\n")
    _, document, _ = papermask("add", case, records, "--kind", "records", "--timezone", "UTC", "--scope", scope)
    assert document["error"]["code"] == "scope_empty"


@pytest.mark.parametrize("words", [("inspect",), ("punches",), ("zone", "CASE", "E-0001", "--file")])
def test_a_pipe_is_refused_and_not_waited_for(case: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "pipe")
    told = [str(case) if word == "CASE" else word for word in words]
    command = [sys.executable, "-m", "toolkit", *told, str(tmp_path / "pipe"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=WAIT_S)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "file_not_a_file"


@pytest.mark.parametrize("command", ["inspect", "punches"])
def test_a_missing_file_and_a_folder_are_told_as_what_they_are(
    papermask: Papermask, tmp_path: Path, command: str
) -> None:
    assert papermask(command, tmp_path / "nofile.mp4")[1]["error"]["code"] == "file_missing"
    assert papermask(command, tmp_path)[1]["error"]["code"] == "file_not_a_file"


def test_the_report_is_refused_when_an_exhibit_was_changed(papermask: Papermask, case: Path) -> None:
    exhibit = next((case / "evidence").iterdir())
    exhibit.chmod(0o644)
    exhibit.write_bytes(exhibit.read_bytes()[:-1] + b"?")
    before = state(case)
    status, document, _ = papermask("report", case)
    assert (status, document["error"]["code"]) == (1, "exhibit_changed")
    assert state(case) == before and not list((case / "derived").iterdir())


def test_status_names_orphans_and_tables_that_are_gone(papermask: Papermask, case: Path, tmp_path: Path) -> None:
    status, document, _ = papermask("status", case)
    assert (document["orphans"], document["tables_gone"]) == ([], [])
    papermask("zone", case, "E-0001", "--file", write(tmp_path / "z.json", ZONE))
    (case / "evidence/E0009-00000000.mp4").write_bytes(b"?")
    (case / "tables/zones.parquet").unlink()
    shutil.rmtree(case / "private/copies")
    status, document, _ = papermask("status", case)
    assert status == 0
    assert document["orphans"] == ["E0009-00000000.mp4"]
    assert document["tables_gone"] == ["zones"]
    assert document["tables"] == ["exhibits"]


def test_a_lost_table_of_exhibits_stops_run_add_and_status_and_nothing_is_begun_anew(
    papermask: Papermask, case: Path, tmp_path: Path
) -> None:
    (case / "tables/exhibits.parquet").unlink()
    shutil.rmtree(case / "private/copies")
    before = state(case)
    roster = write(tmp_path / "roster.csv", "employee_id,name\n1001,A\n")
    for words in (("run", case), ("add", case, roster, "--kind", "roster"), ("status", case), ("report", case)):
        status, document, _ = papermask(*words)
        assert (status, document["error"]["code"]) == (1, "table_lost")
    assert state(case) == before
