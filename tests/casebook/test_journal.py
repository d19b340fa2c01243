from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.casebook.test_commitments import TEXT, VALUES
from toolkit.casebook import folder
from toolkit.casebook.case import Case
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.journal import NAMESPACE, Journal, public_from_text, public_text
from toolkit.errors import CaseError, SealError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CASE_ID = "case-00000001"


def opened(root: Path, *, write: bool = True) -> Journal:
    return Journal(root, CASE_ID, KEY.public_key(), KEY if write else None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "private").mkdir()
    return tmp_path


def written(root: Path, rows: int = 5) -> bytes:
    journal = opened(root)
    for number in range(rows):
        journal.append("look", {"number": number, "note": "片段"}, {"name": f"person {number}"})
    journal.release()  # as a crash would leave it: no checkpoint
    return (root / folder.JOURNAL).read_bytes()


def test_each_row_is_canonical_chained_and_signed(root: Path) -> None:
    lines = written(root).splitlines()
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        assert canonical_bytes(row) == line
        assert sorted(row) == ["act", "op", "prev", "priv", "pub", "seq", "sig", "t", "v"]
        assert (row["seq"], row["prev"], row["v"]) == (number, previous, 1)
        assert row["t"].endswith("Z")
        signature = base64.b64decode(row.pop("sig"))
        KEY.public_key().verify(signature, NAMESPACE + canonical_bytes(row))
        previous = hashlib.sha256(line).hexdigest()
    assert len({json.loads(line)["op"] for line in lines}) == len(lines)
    assert b"person" not in b"".join(lines)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(TEXT, VALUES, max_size=4), TEXT)
def test_whatever_a_row_says_comes_back_and_the_chain_holds(
    tmp_path_factory: pytest.TempPathFactory, public: dict[str, Any], act: str
) -> None:
    root = tmp_path_factory.mktemp("rows")
    (root / "private").mkdir()
    journal = opened(root)
    journal.append(act, public)
    journal.append("after", {})
    journal.release()
    first, second = opened(root, write=False).rows
    assert canonical_bytes(first["pub"]) == canonical_bytes(public)
    assert canonical_bytes(first["act"]) == canonical_bytes(act)
    assert second["act"] == "after"


@pytest.mark.slow
def test_a_tail_torn_at_any_byte_is_cut_back_to_the_last_whole_row(root: Path) -> None:
    whole = written(root)
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 10]
    path = root / folder.JOURNAL
    for cut in range(ends[-3], len(whole)):
        kept = max(end for end in ends if end <= cut)
        for fill in (b"", b"\0" * (len(whole) - cut), b"\0" * (len(whole) - cut - 1) + b"\n"):
            if whole[:cut] + fill == whole:
                continue
            path.write_bytes(whole[:cut] + fill)
            reader = opened(root, write=False)
            assert len(reader.rows) == ends.index(kept) + 1
            assert path.read_bytes() == whole[:cut] + fill
            opened(root).release()
            assert path.read_bytes() == whole[:kept]


def test_work_goes_on_after_a_torn_tail(root: Path) -> None:
    whole = written(root)
    (root / folder.JOURNAL).write_bytes(whole[:-7])
    journal = opened(root)
    assert journal.append("look", {})["seq"] == 5
    journal.release()
    assert len(opened(root, write=False).rows) == 5


def test_any_changed_byte_in_a_middle_row_is_found_and_its_row_named(root: Path) -> None:
    whole = written(root)
    ends = [at for at, byte in enumerate(whole) if byte == 10]
    path = root / folder.JOURNAL
    assert len(opened(root, write=False).rows) == 5
    for at in range(ends[1] + 1, ends[2] + 1):
        for flip in (0x01, 0x20, whole[at]):  # the last makes it a zero byte
            changed = whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :]
            assert changed != whole
            path.write_bytes(changed)
            with pytest.raises(SealError) as found:
                opened(root, write=False)
            assert found.value.facts == {"row": 3}
    path.write_bytes(whole)
    assert len(opened(root, write=False).rows) == 5


def test_a_changed_byte_in_the_last_row_is_found(root: Path) -> None:
    whole = written(root)
    start = whole[:-1].rindex(b"\n") + 1
    for at in range(start, len(whole) - 1):
        (root / folder.JOURNAL).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(SealError):
            opened(root, write=False)


@pytest.mark.parametrize("order", [[0, 2, 3, 4], [0, 2, 1, 3, 4], [0, 1, 1, 2, 3, 4], [1, 2, 3, 4]])
def test_rows_removed_swapped_or_doubled_are_found(root: Path, order: list[int]) -> None:
    lines = written(root).splitlines(keepends=True)
    (root / folder.JOURNAL).write_bytes(b"".join(lines[one] for one in order))
    with pytest.raises(SealError):
        opened(root, write=False)


@pytest.mark.parametrize("line", [b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"sig":1}', b'{"sig":"\xc3"}'])
def test_a_row_of_nonsense_is_a_broken_row_and_no_traceback(root: Path, line: bytes) -> None:
    whole = written(root)
    (root / folder.JOURNAL).write_bytes(whole + line + b"\n" + whole)
    with pytest.raises(SealError) as found:
        opened(root, write=False)
    assert found.value.facts == {"row": 6}


def test_head_is_written_every_sixteen_rows_and_at_the_close(root: Path) -> None:
    journal = opened(root)
    for _ in range(15):
        journal.append("look", {})
    assert not (root / folder.HEAD).exists()
    journal.append("look", {})
    assert (root / folder.HEAD).read_text().split("\n")[:2] == [f"papermask-journal/{CASE_ID}", "16"]
    journal.append("look", {})
    last = journal.last_hash
    journal.close()
    origin, rows, digest, blank, signature, end = (root / folder.HEAD).read_text().split("\n")
    assert (rows, blank, end) == ("17", "", "")
    assert base64.b64decode(digest).hex() == last
    KEY.public_key().verify(base64.b64decode(signature), f"{origin}\n{rows}\n{digest}\n".encode())
    outside = folder.config_folder() / "heads" / CASE_ID
    assert outside.read_bytes() == (root / folder.HEAD).read_bytes()


def test_a_head_that_cannot_be_written_stops_no_row(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a file").write_text("in the way")
    monkeypatch.setenv("PAPERMASK_CONFIG", str(root / "a file"))
    (root / folder.HEAD).mkdir()
    journal = opened(root)
    for _ in range(20):
        journal.append("look", {})
    journal.close()
    assert len(opened(root, write=False).rows) == 20


def test_going_back_to_an_older_honest_copy_is_told(case: Case, tmp_path: Path) -> None:
    path = case.path
    case.close()
    shutil.copytree(path, tmp_path / "older")
    with Case.open(path) as again:
        again.note("look", {})
    with pytest.raises(SealError) as found:
        Case.open(tmp_path / "older", write=False)
    assert found.value.code == "journal_rolled_back"
    with pytest.raises(SealError):
        Case.open(tmp_path / "older")
    with Case.open(path, write=False) as newest:
        assert newest.head()[0] == 2


def test_whole_rows_cut_off_behind_the_checkpoint_are_missed(root: Path) -> None:
    journal = opened(root)
    for _ in range(5):
        journal.append("look", {})
    journal.close()
    path = root / folder.JOURNAL
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(SealError) as found:
        opened(root, write=False)
    assert found.value.code == "journal_rolled_back"


def test_a_case_written_anew_under_another_key_is_told(case: Case) -> None:
    path, case_id = case.path, case.case_id
    case.close()
    other = Ed25519PrivateKey.generate()
    stated = json.loads((path / folder.CASE_FILE).read_bytes())
    stated["journal_key"] = public_text(other.public_key())
    (path / folder.CASE_FILE).write_bytes(canonical_bytes(stated))
    for name in (folder.JOURNAL, folder.HEAD):
        (path / name).unlink()
    forged = Journal.__new__(Journal)
    forged.__dict__.update(rows=[], last_hash="0" * 64, _root=path, _case_id=case_id, _key=other, _size=0)
    forged.private = _NoFacts()  # type: ignore[assignment]
    forged._file = folder.AppendFile(path / folder.JOURNAL)
    forged.append("create", {})
    forged._file.close()
    with pytest.raises(SealError) as found:
        Case.open(path, write=False)
    assert found.value.code == "checkpoint_signature"


class _NoFacts:
    def commit(self, op: str, seq: int, facts: dict[str, Any]) -> dict[str, str]:
        return {}


def test_a_checkpoint_file_of_nonsense_is_no_evidence(root: Path) -> None:
    written(root)
    for nonsense in (b"", b"hello", b"\xff\n\n\xff", f"papermask-journal/{CASE_ID}\nx\ny\n\nz".encode()):
        (root / folder.HEAD).write_bytes(nonsense)
        assert len(opened(root, write=False).rows) == 5


def test_a_reader_follows_a_writer(root: Path) -> None:
    writer = opened(root)
    writer.append("look", {})
    reader = opened(root, write=False)
    for _ in range(40):
        writer.append("look", {})
    reader.refresh()
    assert (len(reader.rows), reader.last_hash) == (41, writer.last_hash)
    writer.close()


def test_a_reader_adds_nothing(root: Path) -> None:
    written(root)
    with pytest.raises(CaseError) as found:
        opened(root, write=False).append("look", {})
    assert found.value.code == "case_open_for_reading"


def test_what_a_failed_append_left_is_cut_before_the_next_row(root: Path) -> None:
    journal = opened(root)
    journal.append("look", {})
    with (root / folder.JOURNAL).open("ab") as stream:
        stream.write(b'{"act":"half')
    assert not journal.settled
    journal.append("look", {})
    assert journal.settled
    journal.release()
    assert len(opened(root, write=False).rows) == 2


def test_a_journal_that_shrank_under_a_writer_stops_it(root: Path) -> None:
    journal = opened(root)
    journal.append("look", {})
    os.truncate(root / folder.JOURNAL, 10)
    with pytest.raises(SealError):
        journal.append("look", {})
    journal.release()


def test_the_private_key_is_in_no_file_but_its_own(case: Case) -> None:
    case.note("look", {"a": 1}, {"b": "secret"})
    path = case.path
    case.close()
    key_file = path / folder.KEY
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o777 == 0o700
    pem = key_file.read_bytes()
    der = base64.b64decode(b"".join(pem.splitlines()[1:-1]))
    seed = der[-32:]
    forms = (seed, seed.hex().encode(), base64.b64encode(seed), base64.b64encode(der)[-40:], b"PRIVATE KEY", b"secret")
    for one in path.rglob("*"):
        if one.is_file() and one.parent != key_file.parent:
            assert not [form for form in forms if form in one.read_bytes()], one


def test_a_key_as_text_comes_back_and_nonsense_is_refused() -> None:
    public = KEY.public_key()
    assert public_from_text(public_text(public)) == public
    for nonsense in ("", "AAAA", "not base64!"):
        with pytest.raises(ValueError):
            public_from_text(nonsense)
