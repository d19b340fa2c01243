"""The tour runs from its first cell to its last, on a small case: how the built-in one is made is tested elsewhere."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.building import simulated_case, small_morning
from toolkit.simulation.seeds import TESTS

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the kernel's own libraries warn about sockets and event loops
def test_the_tour_runs_and_shows_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_TOUR", str(tmp_path / "tour"))
    made, _ = simulated_case(tmp_path / "tour", tmp_path / "scene", small_morning(people=1), TESTS[30])
    made.close()
    book = nbformat.read(ROOT / "notebooks/00_tour.ipynb", as_version=4)
    NotebookClient(
        book, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}}
    ).execute()
    assert (tmp_path / "tour/derived/report-draft-en/report.html").is_file()
