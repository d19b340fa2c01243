"""A workbook with a password: opened with it, kept as it came, the password kept nowhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msoffcrypto
import pytest
import typer

from tests.cli.asking import papermask
from toolkit.casebook.case import Case
from toolkit.casebook.folder import sha256_of
from toolkit.clockin.files.unlocking import readable

SECRET = "kaoqin-2026 密码"


@pytest.fixture
def plain(shared: Path) -> Path:
    return next((shared / "clockin-samples").glob("13_*.xlsx"))


@pytest.fixture
def locked(plain: Path, tmp_path: Path) -> Path:
    """The same workbook, protected as Excel does it."""
    out = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(plain.read_bytes())).encrypt(SECRET, out)
    path = tmp_path / "daily.xlsx"
    path.write_bytes(out.getvalue())
    return path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a person types when asked, in its order."""
    words: list[str] = []
    monkeypatch.setattr("typer.prompt", lambda *_, **__: words.pop(0))
    yield words
    assert not words, "a password was not asked for"


def case_in(folder: Path) -> Path:
    assert papermask("new", folder, "--purpose", "test", "--basis", "test").returncode == 0
    return folder


def said(done: Any) -> str:
    return " ".join((done.stdout + done.stderr).split())


def test_without_the_password_it_is_refused_and_told_how_to_open_it(locked: Path, tmp_path: Path) -> None:
    done = papermask("punches", locked)
    assert done.returncode == 1
    assert "--ask-password" in said(done)
    case = case_in(tmp_path / "case")
    assert papermask("add", case, locked, "--kind", "records").returncode == 1
    assert list((case / "evidence").iterdir()) == []


def test_it_says_what_the_same_workbook_says_without_protection(plain: Path, locked: Path, typed: list[str]) -> None:
    typed.append(SECRET)
    opened, bare = papermask("punches", locked, "--ask-password", "--json"), papermask("punches", plain, "--json")
    assert opened.returncode == 0
    assert opened.stdout == bare.stdout


def test_a_wrong_password_takes_in_nothing(locked: Path, tmp_path: Path, typed: list[str]) -> None:
    case = case_in(tmp_path / "case")
    typed.append("not it")
    done = papermask("add", case, locked, "--kind", "records", "--ask-password")
    assert done.returncode == 1
    assert "does not open the workbook" in said(done)
    assert list((case / "evidence").iterdir()) == []


def test_the_original_is_kept_and_the_password_is_not(locked: Path, tmp_path: Path, typed: list[str]) -> None:
    case = case_in(tmp_path / "case")
    typed.append(SECRET)
    done = papermask("add", case, locked, "--kind", "records", "--ask-password", "--timezone", "Asia/Shanghai")
    assert done.returncode == 0, done.stderr
    with Case.open(case, write=False) as opened:
        exhibits = opened.read("exhibits").set_index("exhibit_id")
    original, read = exhibits.loc["E-0001"], exhibits.loc["E-0002"]
    assert (original["kind"], original["sha256"]) == ("document", sha256_of(locked))
    assert read["kind"] == "records"
    assert "E-0001" in str(read["provenance"]) and "E-0001" in str(read["declared"])
    for file in (one for one in case.rglob("*") if one.is_file()):
        content = file.read_bytes()
        assert SECRET.encode() not in content and SECRET.encode("utf-16-le") not in content, file


def test_a_password_for_a_file_that_has_none_is_harmless(plain: Path, typed: list[str]) -> None:
    typed.append(SECRET)
    assert papermask("punches", plain, "--ask-password").returncode == 0


def test_a_container_that_is_no_workbook_is_refused_in_plain_words(tmp_path: Path, typed: list[str]) -> None:
    typed.append(SECRET)
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8)
    done = papermask("punches", path, "--ask-password")
    assert done.returncode == 1
    assert "damaged" in said(done)


def test_what_was_taken_in_without_its_password_as_another_kind_leaves_no_half_intake(
    plain: Path, locked: Path, tmp_path: Path, typed: list[str]
) -> None:
    """What comes out of the locked workbook must be what is there already, bit for bit, for the two to meet."""
    case = case_in(tmp_path / "case")
    typed += [SECRET, SECRET]
    bare = tmp_path / "bare.xlsx"
    with readable(locked, SECRET) as opened:
        bare.write_bytes(opened.read_bytes())
    assert papermask("add", case, bare, "--kind", "document").returncode == 0
    before = (case / "journal.jsonl").read_bytes()
    typed.pop()
    done = papermask("add", case, locked, "--kind", "records", "--ask-password")
    assert done.returncode == 1
    assert (case / "journal.jsonl").read_bytes() == before
    assert len(list((case / "evidence").iterdir())) == 1


def test_where_nobody_can_type_it_says_so(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> str:
        raise typer.Abort

    monkeypatch.setattr("typer.prompt", nobody)
    done = papermask("punches", locked, "--ask-password")
    assert done.returncode == 1
    assert "No password was typed" in said(done)
