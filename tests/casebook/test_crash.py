"""Whatever is cut off, and whenever: no acknowledged row is lost, and doing it again ends in the same tables."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.casebook import crashing
from toolkit.casebook.case import Case
from toolkit.errors import CaseError

pytestmark = pytest.mark.slow

KILLS = 24
STATED = {"purpose": "Who clocked in?", "basis": "Works agreement 7"}
Order = Callable[[dict[str, Any]], int]


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Iterator[Order]:
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.casebook.crashing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )

    def give(what: dict[str, Any]) -> int:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield give
    process.communicate(timeout=30)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"one clip" * 100)
    return folder


@pytest.fixture
def blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new case that no computer remembers, to be copied."""
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config-blank"))
    with Case.create(tmp_path / "blank", **STATED) as case:
        return case.path


@pytest.fixture
def wanted(tmp_path: Path, blank: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the steps end in when nothing goes wrong."""
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config-wanted"))
    shutil.copytree(blank, tmp_path / "wanted")
    with Case.open(tmp_path / "wanted") as case:
        crashing.steps(case, sources)
        made = crashing.result(case)
        assert made["orphans"] == made["waiting"] == []
        return made


def acknowledged(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(line.split()[0]), line.split()[1]) for line in lines]


def _hash_of_row(case: Case, seq: int) -> str:
    """What the next row says of this one, or the head when it is the newest."""
    rows, (count, head) = case.journal_rows(), case.head()
    assert count >= seq
    return head if seq == count else str(rows[seq]["prev"])


def test_no_acknowledged_row_is_lost_by_kills_at_random_moments(case: Case, tmp_path: Path, order: Order) -> None:
    where, moments = case.path, random.Random(20260303)
    case.close()
    total = 0
    for number in range(KILLS):
        acks = tmp_path / f"acks-{number}"
        after_s = moments.uniform(0, 0.12)
        config = os.environ["PAPERMASK_CONFIG"]
        ended = order({"case": str(where), "work": "loop", "acks": str(acks), "after_s": after_s, "config": config})
        assert ended == -9
        with Case.open(where, write=False) as reader:
            before = reader.head()[0]
            if reader.has("roster"):
                reader.read("roster")
        with Case.open(where) as again:
            assert again.head()[0] == before
            for seq, sha256 in acknowledged(acks):
                assert _hash_of_row(again, seq) == sha256
            assert not list(where.rglob(".*.tmp"))
            assert not again.has("roster") or len(again.read("roster")) >= 0
            total += len(acknowledged(acks))
    assert total > KILLS


def test_dying_at_any_call_of_the_system_and_running_again_ends_in_the_same_tables(
    tmp_path: Path, blank: Path, sources: Path, wanted: dict[str, Any], order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, ended = 0, 9
    while ended == 9:
        at += 1
        where, acks, config = tmp_path / f"case-{at}", tmp_path / f"acks-{at}", str(tmp_path / f"config-{at}")
        shutil.copytree(blank, where)
        monkeypatch.setenv("PAPERMASK_CONFIG", config)
        ended = order(
            {
                "case": str(where), "work": "steps", "acks": str(acks), "config": config,
                "sources": str(sources), "die_at": at,
            }
        )  # fmt: skip
        Case.open(where, write=False).close()
        with Case.open(where) as case:
            for seq, _ in acknowledged(acks):
                assert case.head()[0] >= seq
            crashing.steps(case, sources)
            assert crashing.result(case) == wanted, f"after dying at call {at}"
            done = {row["pub"]["exhibit"] for row in case.journal_rows() if row["act"] == "intake done"}
            assert done == {"E-0001"}
            rows = case.head()
            crashing.steps(case, sources)
            assert case.head() == rows
        shutil.rmtree(where)
    assert ended == 0
    assert at > 40


def test_a_disk_that_refuses_any_one_call_costs_nothing_but_doing_it_again(
    tmp_path: Path, blank: Path, sources: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    at, over = 0, False
    while not over:
        at += 1
        where = tmp_path / f"case-{at}"
        shutil.copytree(blank, where)
        monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / f"config-{at}"))
        with Case.open(where) as case:
            with crashing.failing(at, crashing.disk_refuses) as count:
                try:
                    crashing.steps(case, sources)
                except CaseError as refused:
                    assert refused.code == "disk_full"
                over = count() < at
            crashing.steps(case, sources)  # in the same open case, once there is room
            assert crashing.result(case) == wanted, f"after a refusal of call {at}"
        Case.open(where, write=False).close()
        shutil.rmtree(where)
    assert at > 50
