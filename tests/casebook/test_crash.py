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
from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.casebook.verify import verify
from toolkit.errors import CaseError

pytestmark = pytest.mark.slow

KILLS = 24  # of each kind of work
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


def _killed(case: Case, tmp_path: Path, order: Order, work: str, kills: int, seed: int) -> int:
    """Kill so many times at random moments, and look each time; gives how many rows had been acknowledged."""
    where, moments, config = case.path, random.Random(seed), os.environ["PAPERMASK_CONFIG"]
    (sources := tmp_path / "material").mkdir()
    if work == "seal":
        (tmp_path / "clip.mp4").write_bytes(b"one clip" * 20_000)
        case.add_exhibit(tmp_path / "clip.mp4", "footage", {"camera_id": "c1"})
        case.store("report-draft-en/report.html", b"<html>Two visits.</html>" * 2_000)
    case.close()
    total = 0
    for number in range(kills):
        acks = tmp_path / f"acks-{number}"
        told = {"case": str(where), "work": work, "acks": str(acks), "after_s": moments.uniform(0, 0.12)}
        assert order({**told, "config": config, "sources": str(sources)}) == -9
        with Case.open(where, write=False) as reader:
            before = reader.head()[0]
            if reader.has("roster"):
                reader.read("roster")
        with Case.open(where) as again:
            assert again.head()[0] >= before  # what a crash left unfinished may be journaled now
            for seq, sha256 in acknowledged(acks):
                assert _hash_of_row(again, seq) == sha256
            assert not list(where.rglob(".*.tmp"))
            total += len(acknowledged(acks))
            LOOKED_AT[work](again, sources)
    return total


def _rows_whole(case: Case, sources: Path) -> None:
    if case.has("roster"):
        rows = case.read("roster")  # refused where it is not what the journal vouches for
        assert sorted(rows["row"]) == list(range(len(rows)))


def _exhibits_whole(case: Case, sources: Path) -> None:
    """Every file in the evidence folder is an exhibit that checks, or an orphan that is told."""
    done = {row["pub"]["exhibit"] for row in case.journal_rows() if row["act"] == "intake done"}
    rows = case.read("exhibits") if case.has("exhibits") else tables.empty("exhibits")
    assert done == set(rows["exhibit_id"])
    files = {case.exhibit_path(str(one)) for one in rows["exhibit_id"]}
    assert set((case.path / "evidence").iterdir()) == files | set(case.orphans())
    for left in sources.iterdir():  # a retry takes in what the kill cut off, once
        first = case.add_exhibit(left, "footage", {"camera_id": "c1"}).exhibit_id
        assert case.add_exhibit(left, "footage", {"camera_id": "c1"}).exhibit_id == first
        left.unlink()
    assert case.orphans() == []


def _packages_whole(case: Case, out: Path) -> None:
    """A package whose row says that it is finished is there; any that is there was announced, and checks."""
    announced, finished = (
        [row["pub"]["package"] for row in case.journal_rows() if row["act"] == act] for act in ("seal", "sealed")
    )
    there = sorted(one.name for one in out.iterdir() if not one.name.startswith("."))
    assert set(finished) <= set(there) <= set(announced) and len(set(announced)) == len(announced)
    for name in there[-2:]:  # the others were looked at after earlier kills
        assert verify(str(out / name))[0] == 3


LOOKED_AT = {"loop": _rows_whole, "intake": _exhibits_whole, "seal": _packages_whole}


@pytest.mark.parametrize("work", ["loop", "intake", "seal"])
def test_no_acknowledged_row_is_lost_by_kills_at_random_moments(
    case: Case, tmp_path: Path, order: Order, work: str
) -> None:
    assert _killed(case, tmp_path, order, work, KILLS, seed=20260303) > KILLS / 2


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("work", ["loop", "intake", "seal"])
def test_no_acknowledged_row_is_lost_by_two_thousand_kills(case: Case, tmp_path: Path, order: Order, work: str) -> None:
    total = sum(
        _killed(case if not number else Case.open(case.path), folder, order, work, 111, seed=number)
        for number, folder in enumerate(_folders(tmp_path, 6))
    )
    assert total > 333


def _folders(root: Path, count: int) -> Iterator[Path]:
    for number in range(count):
        (folder := root / f"part-{number}").mkdir()
        yield folder


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
