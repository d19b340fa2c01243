"""A time stamp of the journal: asked for offline, taken back, and found again by whoever checks a package."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.casebook import packages
from tests.casebook.test_seal_tampering import KEY, code, rewritten
from toolkit.casebook.opening import read_key
from toolkit.casebook.seal import seal
from toolkit.casebook.timestamps import SIGNED, STAMP, request_stamp, take_reply
from toolkit.casebook.verify import STAMPED, verify
from toolkit.errors import SealError


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))


def reply_to(head: Path, to: Path) -> Path:
    """The part of an answer that names what was stamped; no signature of anybody."""
    named = STAMPED[0] + hashlib.sha256(head.read_bytes()).digest()
    to.write_bytes(b"0\x82 answer " + SIGNED + STAMP + named + b" and more")
    return to


def test_a_stamp_is_asked_for_taken_back_and_told_with_the_package(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        first = request_stamp(case)
        case.note("look", {})
        second = request_stamp(case)
        assert first.rows < second.rows and (first.head.name, second.head.name) == ("0001.head", "0002.head")
        taken = take_reply(case, reply_to(first.head, tmp_path / "reply.tsr"))
        assert taken.name == "0001.tsr"
        (tmp_path / "x").write_bytes(b"something else")
        page = tmp_path / "page.html"
        page.write_bytes(b"<html>" + first.request.read_bytes())
        for file in (first.request, second.request, page, tmp_path / "gate.dat"):
            with pytest.raises(SealError) as none:
                take_reply(case, file)
            assert none.value.code == "stamp_none"  # a request names its checkpoint, too
        with pytest.raises(SealError) as other:
            take_reply(case, reply_to(tmp_path / "x", tmp_path / "other.tsr"))
        assert take_reply(case, tmp_path / "reply.tsr") == taken
        (tmp_path / "reply.tsr").write_bytes((tmp_path / "reply.tsr").read_bytes() + b"!")
        with pytest.raises(SealError) as there:
            take_reply(case, tmp_path / "reply.tsr")
        assert there.value.code == "stamp_there" and not taken.read_bytes().endswith(b"!")
        (tmp_path / "large").write_bytes(b"\0" * (2**20 + 1))
        for name in ("large", "not there"):
            with pytest.raises(SealError) as unreadable:
                take_reply(case, tmp_path / name)
            assert unreadable.value.code == "stamp_unreadable"
        assert other.value.code == "stamp_other"
        package = seal(case, tmp_path / "out", KEY, originals=True).path
    status, found, _ = verify(str(package), KEY.fingerprint)
    assert status == 0
    assert ("stamp_rows", ("data/derived/timestamps/0001.tsr",)) in found.notes


def test_whoever_writes_the_journal_anew_is_found_by_the_checkpoint_that_was_stamped(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        root, made = case.path, request_stamp(case)
        kept = Path(shutil.copy(made.head, tmp_path / "kept.head"))
        clean = seal(case, tmp_path / "out", KEY, originals=True).path
    assert code(clean) == 0 and code(clean, head=str(kept)) == 0
    forged = rewritten(clean, tmp_path / "forged", read_key(root))
    assert code(forged) == 1  # the checkpoint lies in the package, too
    assert code(forged, head=str(kept)) == 1


def test_an_answer_that_names_something_else_is_a_problem(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        made = request_stamp(case)
        other = tmp_path / "other"
        other.write_bytes(b"x")
        case.store("timestamps/0001.tsr", reply_to(other, tmp_path / "reply").read_bytes())
        package = seal(case, tmp_path / "out", KEY).path
    status, found, _ = verify(str(package), KEY.fingerprint)
    assert made.head.is_file() and status == 1
    assert ("stamp", ("data/derived/timestamps/0001.tsr",)) in found.problems


def test_a_number_is_never_used_again(tmp_path: Path) -> None:
    with packages.small_case(tmp_path) as case:
        first, second = request_stamp(case), request_stamp(case)
        kept = second.head.read_bytes()
        first.head.unlink()
        assert request_stamp(case).head.name == "0003.head" and second.head.read_bytes() == kept


def test_a_request_alone_is_no_report_to_seal(tmp_path: Path) -> None:
    from toolkit.casebook.case import Case

    with Case.create(tmp_path / "case", **packages.STATED) as case:
        request_stamp(case)
        with pytest.raises(SealError) as refused:
            seal(case, tmp_path / "out", KEY)
    assert refused.value.code == "seal_nothing"


def test_openssl_reads_the_request(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    with packages.small_case(tmp_path) as case:
        made = request_stamp(case)
    told = subprocess.run(
        ["openssl", "ts", "-query", "-in", str(made.request), "-text"], capture_output=True, text=True, check=True
    ).stdout
    assert "Hash Algorithm: sha256" in told
    digits = "".join(line.split("-", 1)[1].split("   ")[0] for line in told.splitlines() if line.strip()[:4].isdigit())
    assert hashlib.sha256(made.head.read_bytes()).hexdigest() in digits.replace("-", "").replace(" ", "")
