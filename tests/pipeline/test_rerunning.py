"""A sealed package computed again gives the same tables; what differs is named, on a line of a threshold or not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.building import simulated_case, small_morning
from tests.casebook.packages import new_key, sealed
from toolkit import tables
from toolkit.casebook.seal import seal
from toolkit.errors import SealError
from toolkit.pipeline import run_steps
from toolkit.pipeline.rerunning import compare, rerun
from toolkit.simulation.seeds import TESTS

KEY = new_key()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAPERMASK_CONFIG", str(folder / "config"))
        case, _ = simulated_case(folder / "case", folder / "scene", small_morning(1), TESTS[0])
        with case:
            run_steps(case)
            case.store("report-draft-en/report.html", b"one visit")
            yield seal(case, folder / "out", KEY, originals=True).path


@pytest.mark.slow
def test_a_package_computed_again_gives_the_same(package: Path, tmp_path: Path) -> None:
    made = rerun(package, tmp_path / "again")
    assert made.differences == () and made.largest <= 1e-4
    assert made.tables > 20 and made.rows > 8


@pytest.mark.slow
def test_a_package_that_was_changed_is_not_computed(package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package, copy)
    path = next((copy / "data/evidence").iterdir())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SealError) as refused:
        rerun(copy, tmp_path / "again")
    assert refused.value.code == "package_changed" and not (tmp_path / "again").exists()


def test_a_package_without_originals_cannot_be_computed(tmp_path: Path) -> None:
    with pytest.raises(SealError) as refused:
        rerun(sealed(tmp_path, KEY, originals=False), tmp_path / "again")
    assert refused.value.code == "package_without_originals"


def counted(low: int | None, note: dict[str, object]) -> dict[str, pd.DataFrame]:
    return {"counts": tables.build("counts", [{"what": "presenters", "low": low, "high": None, "note": note}])}


def test_numbers_may_differ_by_a_little_and_words_not_at_all() -> None:
    was = counted(2, {"why": "counted", "share": 0.5})
    near = compare(was, counted(2, {"why": "counted", "share": 0.50009}))
    assert near.differences == () and near.largest == pytest.approx(0.00009)
    (far,) = compare(was, counted(2, {"why": "counted", "share": 0.5002})).differences
    assert (far.table, far.column, far.on_the_line) == ("counts", "note.share", False)
    (line,) = compare(was, counted(2, {"why": "other", "share": 0.50002})).differences
    assert (line.column, line.was, line.now, line.on_the_line) == ("note.why", "counted", "other", True)
    both = compare(was, counted(3, {"why": "other", "share": 0.5})).differences
    assert [one.on_the_line for one in both] == [False, False]


def test_a_row_or_a_table_that_is_missing_is_a_difference() -> None:
    was = counted(2, {})
    assert [one.now for one in compare(was, {"counts": tables.empty("counts")}).differences] == ["-"]
    assert [one.now for one in compare(was, {}).differences] == ["-"]
    assert [one.was for one in compare({"counts": tables.empty("counts")}, was).differences] == ["-"]
