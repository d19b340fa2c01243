from __future__ import annotations

from pathlib import Path

import pytest

from toolkit import tables
from toolkit.casebook import folder
from toolkit.casebook.case import Case
from toolkit.errors import CaseError


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
