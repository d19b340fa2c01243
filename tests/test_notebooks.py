"""The tour runs from its first cell to its last, on a case of its own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.filterwarnings("ignore")  # the kernel's own libraries warn about sockets and event loops
def test_the_tour_runs_and_shows_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_TOUR", str(tmp_path / "tour"))
    book = nbformat.read(ROOT / "notebooks/00_tour.ipynb", as_version=4)
    NotebookClient(
        book, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}}
    ).execute()
    assert (tmp_path / "tour/derived/report-draft-en/report.html").is_file()
