"""``seal`` and ``verify`` as they are typed: a package, its key, three outcomes; nobody waits for a passphrase."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.casebook.packages import change, small_case
from tests.casebook.test_timestamps import reply_to
from tests.cli.asking import papermask
from toolkit.casebook.sealing_key import key_path

WORDS = "four plain words here"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))
    with small_case(tmp_path) as made:
        return made.path


@pytest.fixture
def descriptor() -> Iterator[Any]:
    """Descriptors from which a passphrase can be read."""
    opened: list[int] = []

    def of(words: str) -> str:
        reads, writes = os.pipe()
        os.write(writes, words.encode() + b"\n")
        os.close(writes)
        opened.append(reads)
        return str(reads)

    yield of
    for one in opened:
        os.close(one)


def test_a_case_is_sealed_and_checked(case: Path, tmp_path: Path, descriptor: Any) -> None:
    made = papermask("seal", case, "--out", tmp_path / "out", "--passphrase-fd", descriptor(WORDS), "--json")
    told = json.loads(made.stdout)
    assert made.returncode == 0 and told["originals"] is False
    package, mark = Path(told["package"]), told["fingerprint"]
    outcomes = [
        (done.returncode, json.loads(done.stdout)["outcome"])
        for done in (
            papermask("verify", package, "--fingerprint", mark, "--json"), papermask("verify", package, "--json")
        )
    ]  # fmt: skip
    assert outcomes == [(0, "unchanged"), (3, "unchanged, key not checked")]
    again = papermask(
        "seal", case, "--out", tmp_path / "out", "--originals", "--passphrase-fd", descriptor(WORDS), "--json"
    )
    assert json.loads(again.stdout)["fingerprint"] == mark and json.loads(again.stdout)["originals"] is True
    change(package / "seal.json", lambda content: content.replace(b"withheld", b"included"))
    done = papermask("verify", package, "--fingerprint", mark, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["outcome"] == "changed"
    assert {"signature", "original"} <= {one["code"] for one in found["problems"]}


def test_a_time_stamp_is_asked_for_and_its_answer_taken_in(case: Path, tmp_path: Path) -> None:
    asked = json.loads(papermask("timestamp", case, "--json").stdout)
    head, request = Path(asked["head"]), Path(asked["request"])
    assert head.read_text().split("\n")[1] == str(asked["journal_rows"])
    said = papermask("timestamp", case)
    assert said.returncode == 0 and "curl" in said.stdout + said.stderr and "0002.tsq" in said.stdout + said.stderr
    refused = papermask("timestamp", case, "--reply", request, "--json")  # it names what an answer would, unsigned
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, "stamp_none")
    done = papermask("timestamp", case, "--reply", reply_to(head, tmp_path / "reply.tsr"), "--json")
    assert json.loads(done.stdout)["reply"] == str(head.with_suffix(".tsr"))


def test_a_wrong_passphrase_writes_nothing(case: Path, tmp_path: Path, descriptor: Any) -> None:
    assert papermask("seal", case, "--out", tmp_path / "out", "--passphrase-fd", descriptor(WORDS)).returncode == 0
    journal = (case / "journal.jsonl").read_bytes()
    done = papermask(
        "seal", case, "--out", tmp_path / "new", "--passphrase-fd", descriptor("other words here"), "--json"
    )
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "passphrase_wrong"
    assert (case / "journal.jsonl").read_bytes() == journal and not (tmp_path / "new").exists()


def test_nobody_is_waited_for(case: Path, tmp_path: Path) -> None:
    done = papermask("seal", case, "--out", tmp_path / "out", "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "passphrase_needed"
    assert not key_path(json.loads((case / "case.json").read_bytes())["case_id"]).exists()
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_package_is_said_to_be_none(case: Path) -> None:
    done = papermask("verify", case, "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["error"]["code"] == "not_a_package"
