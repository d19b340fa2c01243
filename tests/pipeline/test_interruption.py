"""Killed at any moment, a run goes on to the same tables, and no acknowledged journal row is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.building import simulated_case, small_morning, table_hashes
from toolkit.casebook.case import Case
from toolkit.pipeline import run_steps
from toolkit.simulation.seeds import TESTS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """A case ready to run, a finished copy of it, and how long a run takes."""
    folder = tmp_path_factory.mktemp("kill")
    case, _ = simulated_case(folder / "case", folder / "scene", small_morning(2), TESTS[2])
    case.close()
    shutil.copytree(folder / "case", folder / "done")
    started = time.monotonic()
    assert _run(folder / "done").wait() == 0
    return folder / "case", folder / "done", time.monotonic() - started


def _run(case: Path) -> subprocess.Popen[bytes]:
    # Each copy is a case folder of its own for the memory of checkpoints outside it.
    config, keys = case.parent / f"{case.name}-config", Path(os.environ["PAPERMASK_CONFIG"]) / "private-keys"
    shutil.copytree(keys, config / keys.name, dirs_exist_ok=True)
    environment = dict(os.environ, PAPERMASK_CONFIG=str(config))
    return subprocess.Popen(
        [sys.executable, "-m", "toolkit", "run", str(case)], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _acknowledged(case: Path) -> list[str]:
    return (case / "journal.jsonl").read_text(encoding="utf-8").split("\n")[:-1]


def _kill_and_finish(prepared: tuple[Path, Path, float], tmp_path: Path, kills: int, seed: int) -> None:
    source, done, length_s = prepared
    wanted = table_hashes(done)
    moments = random.Random(seed)
    for number in range(kills):
        case = tmp_path / f"case{number}"
        shutil.copytree(source, case)
        process = _run(case)
        try:
            process.wait(timeout=moments.uniform(0.2, length_s))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        written = _acknowledged(case)
        assert _run(case).wait() == 0
        assert _acknowledged(case)[: len(written)] == written
        assert [json.loads(row)["seq"] for row in _acknowledged(case)] == list(range(1, len(_acknowledged(case)) + 1))
        assert table_hashes(case) == wanted
        shutil.rmtree(case)


@pytest.mark.full
def test_killed_at_random_moments_a_run_ends_in_the_same_tables(
    prepared: tuple[Path, Path, float], tmp_path: Path
) -> None:
    _kill_and_finish(prepared, tmp_path, 4, seed=1)


@pytest.mark.full
def test_killed_at_twenty_random_moments_a_run_ends_in_the_same_tables(
    prepared: tuple[Path, Path, float], tmp_path: Path
) -> None:
    _kill_and_finish(prepared, tmp_path, 20, seed=2)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for a child on Windows")
def test_ctrl_c_leaves_a_case_that_goes_on(prepared: tuple[Path, Path, float], tmp_path: Path) -> None:
    source, done, length_s = prepared
    case = tmp_path / "case"
    shutil.copytree(source, case)
    process = _run(case)
    try:
        process.wait(timeout=0.6 * length_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    # By the signal itself where it came while the interpreter was being taken down: a shell calls that 130, too.
    assert process.wait(timeout=60) in (0, 130, -signal.SIGINT)
    assert _run(case).wait() == 0
    assert table_hashes(case) == table_hashes(done)


def test_an_honest_queue_gives_no_finding_about_anybody(prepared: tuple[Path, Path, float]) -> None:
    with Case.open(prepared[1], write=False) as case:
        assert set(case.read("findings")["code"]) == {"FD9", "FD10"}
        assert len(case.read("visits")) == 2


@pytest.mark.full
def test_more_workers_give_the_same_tables(prepared: tuple[Path, Path, float], tmp_path: Path) -> None:
    from toolkit.runners import local

    case = tmp_path / "case"
    shutil.copytree(prepared[0], case)
    with Case.open(case) as opened:
        run_steps(opened, run=local(2))
    assert table_hashes(case) == table_hashes(prepared[1])


@pytest.mark.parametrize("damage", ["edited", "cut", "empty", "another"])
def test_a_cached_piece_that_was_changed_is_measured_again(
    prepared: tuple[Path, Path, float], tmp_path: Path, damage: str
) -> None:
    """The finished case's cache is taken over by one that has still to scan, with one piece damaged."""
    case = tmp_path / "case"
    shutil.copytree(prepared[1], case)
    pieces = sorted((case / "scratch/scan").iterdir())
    raw = pieces[0].read_bytes()
    changed = {
        "edited": raw.replace(b'"fill":[0', b'"fill":[9', 1),
        "cut": raw[: len(raw) // 2],
        "empty": b"",
        "another": pieces[-1].read_bytes() if len(pieces) > 1 else raw[::-1],
    }[damage]
    assert changed != raw
    pieces[0].write_bytes(changed)
    for name in ("examined", "occupancy", "visits", "presenters", "lineage"):
        (case / f"tables/{name}.parquet").unlink()
    with Case.open(case) as opened:
        run_steps(opened, ("scan",))
    assert table_hashes(case) == table_hashes(prepared[1])
    assert pieces[0].read_bytes() == raw
