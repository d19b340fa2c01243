"""Private facts on the disk: shut, opened with the key of their case only, and never lost without a word."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from toolkit.casebook import folder
from toolkit.casebook.case import Case
from toolkit.casebook.commitments import PrivateFacts, canonical_bytes, commitment
from toolkit.casebook.strongbox import find_box, key_file, make_box
from toolkit.errors import CaseError, StepTooEarly

STATED = {"purpose": "Who stood at the terminal?", "basis": "Mandate of 3 March"}
NAMES = pd.DataFrame({"employee_id": ["001"], "name": ["CanaryName Zhang"]})
EXHIBIT = "E-0001"
CANARIES = (b"CanaryName", b"canary-folder", b"canary_clip", "金丝雀".encode())


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A closed case that knows a name, a path and a file name, and a memory of its own."""
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))
    source = tmp_path / "canary-folder" / "canary_clip.csv"
    source.parent.mkdir()
    source.write_bytes(b"employee_id,time\n1,2026-03-03 08:00:00\n")
    with Case.create(tmp_path / "case", **STATED) as case:
        assert case.add_exhibit(source, "punches", {}).exhibit_id == EXHIBIT
        case.record_private("names", NAMES)
        case.note("decision", {}, {"by": "金丝雀"})
    yield tmp_path / "case"


def test_nothing_private_is_readable_in_the_case_folder_and_all_of_it_is_with_the_key(told: Path) -> None:
    with Case.open(told, write=False) as case:
        assert case.original_name(EXHIBIT) == "canary_clip.csv"
        assert case.read_private("names")["name"].tolist() == ["CanaryName Zhang"]
    for path in (one for one in told.rglob("*") if one.is_file()):
        assert not any(canary in path.read_bytes() for canary in CANARIES), path.name


def test_without_its_key_a_case_opens_for_reading_with_the_facts_withheld(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "elsewhere"))
    with Case.open(told, write=False) as case:
        assert case.original_name(EXHIBIT) is None
        with pytest.raises(StepTooEarly):
            case.read_private("names")


def test_without_its_key_a_case_is_not_written_and_the_message_says_which_file_to_bring(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {one: one.read_bytes() for one in told.rglob("*") if one.is_file()}
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "elsewhere"))
    with pytest.raises(CaseError) as refused:
        Case.open(told)
    assert refused.value.code == "private_key_missing"
    assert Path(str(refused.value.facts["path"])).parent == tmp_path / "elsewhere" / "private-keys"
    assert {one: one.read_bytes() for one in told.rglob("*") if one.is_file()} == before
    assert not (tmp_path / "elsewhere").exists()


def test_the_key_of_another_case_and_a_damaged_one_are_told_apart(told: Path) -> None:
    case_id = next((told.parent / "config" / "private-keys").iterdir()).name
    other = make_box("case-other")
    own = key_file(case_id).read_text()
    key_file(case_id).write_text(key_file("case-other").read_text())
    with pytest.raises(CaseError) as refused:
        Case.open(told)
    assert refused.value.code == "private_key_broken"
    key_file(case_id).write_text(key_file("case-other").read_text().replace("case-other", case_id))
    with pytest.raises(CaseError) as refused:
        Case.open(told)
    assert refused.value.code == "private_key_other"
    key_file(case_id).write_text(own[: len(own) // 2])
    with pytest.raises(CaseError) as refused:
        Case.open(told)
    assert refused.value.code == "private_key_broken"
    key_file(case_id).write_text(own)
    Case.open(told).close()
    assert other.opened(other.shut(b"x", "a"), "b") is None


def test_what_was_shut_opens_whole_under_its_name_and_case_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path))
    box, other = make_box("case-a"), make_box("case-b")
    shut = box.shut(b"a name", "names")
    assert box.opened(shut, "names") == b"a name" and box.shut(b"a name", "names") != shut
    assert box.opened(shut, "others") is None and other.opened(shut, "names") is None
    for at in range(len(shut)):
        for bit in range(8):
            broken = bytearray(shut)
            broken[at] ^= 1 << bit
            assert box.opened(bytes(broken), "names") is None
    assert box.opened(shut[:5], "names") is None
    assert find_box("case-a") == box and find_box("case-c") is None
    assert "key=" not in repr(box)
    if os.name == "posix":
        assert key_file("case-a").stat().st_mode & 0o777 == 0o600


def test_a_key_that_cannot_be_written_takes_nothing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "a file"))
    with Case.create(tmp_path / "case", **STATED) as case:
        rows = case.head()
        with pytest.raises(CaseError) as refused:
            case.note("decision", {}, {"by": "Li"})
        assert refused.value.code == "private_key_unwritable" and case.head() == rows
    assert folder.read_if_there(tmp_path / "case" / folder.REVEAL) in (None, b"")


def test_plain_lines_of_before_are_read_and_new_ones_are_shut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))
    path, salt = tmp_path / "reveal.jsonl", b"0" * 16
    digest = commitment(salt, "Li")
    path.write_bytes(canonical_bytes({"field": "name", "op": "a", "salt": salt.hex(), "seq": 1, "value": "Li"}) + b"\n")
    facts = PrivateFacts(path, "case-a", write=True)
    later = facts.commit("b", 2, {"name": "Wang"})["name"]
    facts.close()
    assert b"Wang" not in path.read_bytes()
    again = PrivateFacts(path, "case-a", write=False)
    assert again.value("a", "name", digest) == "Li" and again.value("b", "name", later) == "Wang"


def test_one_damaged_line_is_withheld_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))
    path = tmp_path / "reveal.jsonl"
    facts = PrivateFacts(path, "case-a", write=True)
    digests = [facts.commit(op, 1, {"name": op})["name"] for op in ("a", "b")]
    facts.close()
    raw = bytearray(path.read_bytes())
    raw[20] = ord("A") if raw[20] != ord("A") else ord("B")
    path.write_bytes(raw)
    again = PrivateFacts(path, "case-a", write=True)
    assert (again.value("a", "name", digests[0]), again.value("b", "name", digests[1])) == (None, "b")
    again.close()


def test_lines_of_another_key_beside_those_of_ours_stop_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reveal.jsonl"
    for name in ("one", "two"):
        monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / name))
        facts = PrivateFacts(tmp_path / f"{name}.jsonl", "case-a", write=True)
        facts.commit("a", 1, {"name": "Li"})
        facts.close()
    path.write_bytes((tmp_path / "one.jsonl").read_bytes() + (tmp_path / "two.jsonl").read_bytes())
    with pytest.raises(CaseError) as refused:
        PrivateFacts(path, "case-a", write=True)
    assert refused.value.code == "private_key_other"


def test_two_copies_of_one_case_share_the_key_that_was_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))
    first, second = (PrivateFacts(tmp_path / name, "case-a", write=True) for name in ("a.jsonl", "b.jsonl"))
    one, two = first.commit("a", 1, {"name": "Li"})["name"], second.commit("a", 1, {"name": "Wang"})["name"]
    first.close()
    second.close()
    for name, digest, value in (("a.jsonl", one, "Li"), ("b.jsonl", two, "Wang")):
        assert PrivateFacts(tmp_path / name, "case-a", write=False).value("a", "name", digest) == value
    assert [path.name for path in (tmp_path / "config/private-keys").iterdir()] == ["case-a"]


@pytest.mark.parametrize("junk", [b"", b"junk", bytes([255, 254])])
def test_a_damaged_key_withholds_facts_and_hinders_no_reading(told: Path, junk: bytes) -> None:
    key = next((told.parent / "config" / "private-keys").iterdir())
    key.write_bytes(junk)
    with Case.open(told, write=False) as case:
        assert case.original_name(EXHIBIT) is None


def test_a_reader_that_began_before_the_first_fact_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "config"))
    path = tmp_path / "reveal.jsonl"
    writer = PrivateFacts(path, "case-a", write=True)
    reader = PrivateFacts(path, "case-a", write=False)
    digest = writer.commit("a", 1, {"name": "Li"})["name"]
    assert reader.value("a", "name", digest) == "Li"
    writer.close()
