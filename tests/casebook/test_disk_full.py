from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.errors import CaseError

STATED = {"purpose": "Who clocked in?", "basis": "Works agreement 7"}


@pytest.fixture
def small_disk(tmp_path: Path, as_root: None) -> Iterator[Path]:
    """A file system of 1 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True, timeout=30)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True, timeout=30)


def fill(place: Path, leave_bytes: int = 0) -> Path:
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while stream.write(b"x" * 4096):
                pass
        except OSError:
            pass
    if leave_bytes:
        with ballast.open("r+b") as stream:
            stream.truncate(ballast.stat().st_size - leave_bytes)
    return ballast


def test_a_full_disk_refuses_with_a_clear_word_and_work_goes_on_after_room_is_made(
    small_disk: Path, tmp_path: Path
) -> None:
    clip = tmp_path / "a.mp4"
    clip.write_bytes(bytes(range(256)) * 1600)  # 400 KiB
    table = tables.build("roster", [{"employee_id": f"{n}", "exhibit_id": "E-0001", "row": n} for n in range(9)])
    with Case.create(small_disk / "case", **STATED) as case:
        case.record("roster", table.head(1))
        ballast = fill(small_disk, leave_bytes=64 * 1024)
        for attempt in (
            lambda: case.add_exhibit(clip, "footage", {}),
            lambda: case.store("report.html", clip.read_bytes()),
        ):
            with pytest.raises(CaseError) as found:
                attempt()
            assert found.value.code == "disk_full"
        assert not list((case.path / "evidence").iterdir())
        assert not list(case.path.rglob(".*.tmp"))
        fill(small_disk)
        rows = case.head()
        with pytest.raises(CaseError):
            for number in range(200):
                case.note("look", {"number": number, "text": "x" * 500})
                rows = case.head()
        for attempt in (
            lambda: case.record("roster", table),
            lambda: case.record_private("names", pd.DataFrame({"a": ["b" * 9999]})),
            lambda: case.note("look", {}, {"who": "x" * 9999}),
        ):
            with pytest.raises(CaseError) as again:
                attempt()
            assert again.value.code == "disk_full"
        assert case.head() == rows
        with Case.open(case.path, write=False) as reader:
            assert reader.head() == rows
            assert len(reader.read("roster")) == 1
        ballast.unlink()
        case.record("roster", table)
        assert case.add_exhibit(clip, "footage", {}).exhibit_id == "E-0001"
        where = case.path
    with Case.open(where) as last:
        assert len(last.read("roster")) == 9
        assert last.exhibit_path("E-0001").read_bytes() == clip.read_bytes()


def test_a_case_that_does_not_fit_is_not_half_made(small_disk: Path) -> None:
    ballast = fill(small_disk)
    with pytest.raises(CaseError) as found:
        Case.create(small_disk / "case", **STATED)
    assert found.value.code == "disk_full"
    assert not (small_disk / "case").exists()
    ballast.unlink()
    Case.create(small_disk / "case", **STATED).close()


def test_a_case_on_a_disk_that_takes_nothing_can_be_read_but_not_written(case: Case, as_root: None) -> None:
    where = case.path
    case.close()
    subprocess.run(["mount", "--bind", "-o", "ro", where, where], check=True, timeout=30)
    try:
        with Case.open(where, write=False) as reader:
            assert reader.head()[0] == 1
        with pytest.raises(CaseError) as found:
            Case.open(where)
        assert found.value.code == "case_read_only"
    finally:
        subprocess.run(["umount", where], check=True, timeout=30)
    Case.open(where).close()
