from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from toolkit import tables
from toolkit.casebook import folder
from toolkit.casebook.case import Case
from toolkit.errors import CaseError, ExhibitChanged


def roster(count: int) -> object:
    return tables.build("roster", [{"employee_id": f"{n}", "exhibit_id": "E-0001", "row": n} for n in range(count)])


def test_the_same_output_again_writes_and_journals_nothing(case: Case) -> None:
    case.record("roster", tables.empty("roster"))
    path = case.store("report.html", b"<html>", inputs=["roster"], params={"edition": "draft"})
    rows, changed = case.head(), path.stat().st_mtime_ns
    case.store("report.html", b"<html>", inputs=["roster"], params={"edition": "draft"})
    assert case.head() == rows and path.stat().st_mtime_ns == changed
    path.write_bytes(b"changed by hand")
    case.store("report.html", b"<html>", inputs=["roster"], params={"edition": "draft"})
    assert path.read_bytes() == b"<html>" and case.head()[0] == rows[0] + 1


def test_a_table_journaled_but_not_yet_in_place_is_read_and_put_there(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.record("roster", roster(1))  # type: ignore[arg-type]

    def die(*_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(folder, "rename_durably", die)
        with pytest.raises(KeyboardInterrupt):
            case.record("roster", roster(2))  # type: ignore[arg-type]
    where = case.path
    case.close()
    with Case.open(where, write=False) as reader:
        assert reader.has("roster") and len(reader.read("roster")) == 2
    assert list(where.rglob(".*.tmp"))
    with Case.open(where) as again:
        assert not list(where.rglob(".*.tmp"))
        assert len(again.read("roster")) == 2


def test_a_renaming_that_was_refused_is_made_up_for_in_the_same_case(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Path) -> None:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(folder, "rename_durably", refuse)
        with pytest.raises(CaseError):
            case.record("roster", roster(2))  # type: ignore[arg-type]
    assert case.has("roster") and case.is_current("roster")
    assert len(case.read("roster")) == 2
    assert not list(case.path.rglob(".*.tmp"))


def test_a_reader_beside_a_writer_sees_the_newest_table_and_no_false_alarm(case: Case) -> None:
    case.record("roster", roster(1))  # type: ignore[arg-type]
    with Case.open(case.path, write=False) as reader:
        case.record("roster", roster(5))  # type: ignore[arg-type]
        assert len(reader.read("roster")) == 5


def test_a_file_waits_on_when_its_row_may_stand_in_the_journal(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row was written, the disk then failed to confirm it and failed to take it back."""

    def refuse(*_: object) -> None:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as broken:
        real = folder.AppendFile.append

        def append(grown: folder.AppendFile, piece: bytes, *, at: int) -> None:
            real(grown, piece, at=at)
            refuse()

        broken.setattr(folder.AppendFile, "append", append)
        with pytest.raises(CaseError):
            case.record("roster", roster(3))  # type: ignore[arg-type]
    where = case.path
    case._journal.release()
    assert case._lock is not None
    case._lock.release()
    with Case.open(where) as again:
        assert len(again.read("roster")) == 3


def with_exhibits(case: Case, count: int) -> Path:
    """A case that took in some files; the path of its table of exhibits."""
    for number in range(count):
        source = case.path.parent / f"ch{number}.mp4"
        source.write_bytes(b"clip" + bytes([number]))
        case.add_exhibit(source, "footage", {"camera_id": f"C{number}", "starts_at": "2026-03-03T08:20:00+08:00"})
    return case.path / "tables" / "exhibits.parquet"


def test_a_deleted_table_of_exhibits_is_put_back_from_its_copy_and_journaled(case: Case) -> None:
    table = with_exhibits(case, 2)
    before = table.read_bytes()
    table.unlink()
    with Case.open(case.path, write=False) as reader:
        assert reader.has("exhibits") and list(reader.read("exhibits")["camera_id"]) == ["C0", "C1"]
        assert not table.exists()
    assert case.has("exhibits") and len(case.read("exhibits")) == 2
    assert table.read_bytes() == before
    assert case.journal_rows()[-1]["act"] == "restore"
    assert case.journal_rows()[-1]["pub"]["table"] == "exhibits"
    with_exhibits(case, 3)
    assert list(case.read("exhibits")["exhibit_id"]) == ["E-0001", "E-0002", "E-0003"]


def test_a_table_of_exhibits_lost_with_its_copy_is_never_begun_anew(case: Case) -> None:
    table = with_exhibits(case, 1)
    kept = table.read_bytes()
    table.unlink()
    shutil.rmtree(case.path / "private" / "copies")
    rows, evidence = case.head(), sorted((case.path / "evidence").iterdir())
    other = case.path.parent / "other.mp4"
    other.write_bytes(b"other")
    for work in (
        lambda: case.has("exhibits"),
        lambda: case.read("exhibits"),
        lambda: case.add_exhibit(other, "footage", {}),
        lambda: case.exhibit_path("E-0001"),
        case.orphans,
    ):
        with pytest.raises(ExhibitChanged) as found:
            work()
        assert found.value.code == "table_lost"
    assert case.head() == rows and sorted((case.path / "evidence").iterdir()) == evidence
    assert not table.exists()
    where = case.path
    case.close()
    with Case.open(where) as again:  # it opens, to be looked at and mended
        table.write_bytes(kept)
        assert again.exhibit_path("E-0001").is_file()


def test_a_copy_of_another_version_is_not_taken_for_the_lost_table(case: Case) -> None:
    table = with_exhibits(case, 1)
    copy = case.path / "private" / "copies" / "exhibits.parquet"
    older = copy.read_bytes()
    with_exhibits(case, 2)
    assert case._shelf._copied("exhibits") == table.read_bytes()
    assert copy.read_bytes() != older
    copy.write_bytes(older)
    table.unlink()
    with pytest.raises(ExhibitChanged):
        case.read("exhibits")


def test_a_copy_that_is_missing_is_made_when_the_case_is_opened(case: Case) -> None:
    table, where = with_exhibits(case, 1), case.path
    shutil.rmtree(where / "private" / "copies")
    case.close()
    with Case.open(where) as again:
        assert again._shelf._copied("exhibits") == table.read_bytes()
    copy = where / "private" / "copies" / "exhibits.parquet"
    assert not copy.read_bytes().startswith(b"PAR1")  # shut, as all of that folder
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_pipe_in_place_of_a_table_is_not_waited_for(case: Case) -> None:
    table = with_exhibits(case, 1)
    table.unlink()
    os.mkfifo(table)
    with pytest.raises(ExhibitChanged):
        case.read("exhibits")
