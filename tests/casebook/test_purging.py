"""After a purge no cached face is left, results stay, and a step makes again what went."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casebook import packages
from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.casebook.purging import Purged, purge
from toolkit.errors import CaseError

CANARY = "a-face-in-base64"


def pictured(case: Case) -> None:
    empty = dict.fromkeys(tables.TABLES["evidence_maps"].columns)
    row = {**empty, "owner_id": "V-001", "cue": "sheet", "visit_id": "V-001", "exhibit_id": "E-0001", "media_s": 1.0,
           "crop_px": [0, 0, 1, 1], "unit": "", "facts": {}, "picture": CANARY}  # fmt: skip
    case.record("evidence_maps", tables.build("evidence_maps", [row]), params={"version": 1})
    case.keep("faces/piece-1", CANARY.encode())


def test_caches_and_pictures_go_and_results_stay(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        pictured(case)
        roster, report = case.read("roster"), (case.path / "derived/report-draft-en/report.html").read_bytes()
        assert purge(case) == Purged(1, ("evidence_maps",))
        assert case.journal_rows()[-1]["pub"] == {"pieces": 1, "tables": ["evidence_maps"]}
        assert not case.has("evidence_maps") and case.kept("faces/piece-1") is None
        assert not case.is_current("evidence_maps", params={"version": 1})
        assert case.read("roster").equals(roster)
        rows = case.head()
        assert purge(case) == Purged(0, ()) and case.head() == rows
        everything = b"".join(path.read_bytes() for path in case.path.rglob("*") if path.is_file())
        assert CANARY.encode() not in everything and report in everything
        pictured(case)
        assert case.has("evidence_maps") and case.read("evidence_maps")["picture"].tolist() == [CANARY]


def test_a_case_that_is_open_for_reading_is_not_purged(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        pictured(case)
        where = case.path
    with Case.open(where, write=False) as reader, pytest.raises(CaseError):
        purge(reader)
    assert (where / "tables/evidence_maps.parquet").is_file()


def test_a_file_that_a_crash_left_behind_the_row_counts_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with packages.small_case(tmp_path) as case:
        pictured(case)
        monkeypatch.setattr(
            "toolkit.casebook.purging.shutil.rmtree", lambda path: (_ for _ in ()).throw(OSError(28, "full"))
        )
        with pytest.raises(CaseError):
            purge(case)
        monkeypatch.undo()
        assert not case.has("evidence_maps")
        assert purge(case) == Purged(1, ("evidence_maps",))
        assert not (case.path / "tables/evidence_maps.parquet").exists()
