from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.casebook.case import Case
from toolkit.errors import CaseError

PIECE = b'{"fill": 0.25}'


def test_a_piece_comes_back_as_it_was_put_down_and_writes_no_journal_row(case: Case) -> None:
    rows = case.head()
    assert case.kept("scan/a.json") is None
    case.keep("scan/a.json", PIECE)
    assert case.kept("scan/a.json") == PIECE
    case.keep("scan/a.json", b"")
    assert case.kept("scan/a.json") == b""
    assert case.head() == rows
    assert not list(case.path.rglob(".*.tmp"))


def test_any_changed_byte_and_any_cut_makes_a_piece_as_good_as_missing(case: Case) -> None:
    case.keep("scan/a.json", PIECE)
    path = case.path / "scratch/scan/a.json"
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert case.kept("scan/a.json") is None, at
        path.write_bytes(whole[:at])
        assert case.kept("scan/a.json") is None, at
    path.write_bytes(whole)
    assert case.kept("scan/a.json") == PIECE


def test_a_piece_of_another_name_or_another_case_is_not_taken(case: Case, tmp_path: Path) -> None:
    case.keep("scan/a.json", PIECE)
    raw = (case.path / "scratch/scan/a.json").read_bytes()
    (case.path / "scratch/scan/b.json").write_bytes(raw)
    assert case.kept("scan/b.json") is None
    with Case.create(tmp_path / "other", purpose="p", basis="b") as other:
        other.keep("scan/a.json", b"x")
        (other.path / "scratch/scan/a.json").write_bytes(raw)
        assert other.kept("scan/a.json") is None


def test_a_piece_cannot_lie_outside_nor_be_put_down_by_a_reader(case: Case) -> None:
    with pytest.raises(CaseError):
        case.keep("../a.json", PIECE)
    case.keep("a.json", PIECE)
    where = case.path
    case.close()
    with Case.open(where, write=False) as reader:
        assert reader.kept("a.json") == PIECE
        with pytest.raises(CaseError):
            reader.keep("a.json", PIECE)
