from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from toolkit.casebook import folder
from toolkit.casebook.case import Case
from toolkit.errors import CaseError


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EROFS, "case_read_only"),
        (errno.EACCES, "case_read_only"),
        (errno.EFBIG, "file_too_big_for_disk"),
        (errno.EIO, "case_write_failed"),
    ],
)
def test_what_the_disk_says_becomes_an_error_with_advice(tmp_path: Path, number: int, code: str) -> None:
    with pytest.raises(CaseError) as found, folder.writing(tmp_path):
        raise OSError(number, os.strerror(number))
    assert found.value.code == code
    assert found.value.advice()


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_file_that_cannot_be_replaced_keeps_its_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "table"
    folder.replace_file(path, b"old")

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "refused")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError):
        folder.replace_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


def test_a_system_that_writes_in_small_pieces_still_writes_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, bytes(content)[:3]))
    folder.write_durably(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_an_append_that_is_cut_short_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = folder.AppendFile(tmp_path / "a")
    grown.append(b"one\n", at=0)
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, bytes(content)[:2]))
    with pytest.raises(OSError):
        grown.append(b"two\n", at=4)
    grown.close()
    grown.close()
    assert (tmp_path / "a").read_bytes() == b"one\n"


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert folder.read_if_there(tmp_path / "link") is None
    assert folder.read_if_there(tmp_path) is None
    assert folder.read_if_there(tmp_path / "real") == b"x"


def test_the_users_own_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert folder.config_folder() == Path(os.environ["PAPERMASK_CONFIG"])
    monkeypatch.delenv("PAPERMASK_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert folder.config_folder() == tmp_path / "papermask"


OTHER = """
import sys
from pathlib import Path
from toolkit.casebook.case import Case
from toolkit.errors import CaseError
try:
    Case.open(Path(sys.argv[1]))
except CaseError as refused:
    print(refused.code)
with Case.open(Path(sys.argv[1]), write=False) as reader:
    print(reader.head()[0])
"""


def test_a_second_process_is_refused_at_once_and_may_still_read(case: Case) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", OTHER, str(case.path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(folder.__file__).parents[2],
    )
    assert ran.stdout.split() == ["case_locked", "1"]


def test_a_second_opening_in_one_process_is_refused_until_the_first_is_closed(case: Case) -> None:
    with pytest.raises(CaseError) as found:
        Case.open(case.path)
    assert found.value.code == "case_locked"
    case.close()
    Case.open(case.path).close()
