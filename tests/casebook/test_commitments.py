from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.casebook.case import Case
from toolkit.casebook.commitments import PrivateFacts, canonical_bytes, commitment, opens
from toolkit.errors import CaseError, ExhibitChanged, StepTooEarly

# Half surrogates included: they stand for file names that are not UTF-8.
TEXT = st.text(st.characters(), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_bytes_read_and_written_again_are_the_same(value: Any) -> None:
    written = canonical_bytes(value)
    assert canonical_bytes(json.loads(written)) == written
    assert b"\n" not in written and b"\0" not in written


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value: dict[str, Any]) -> None:
    assert canonical_bytes(dict(reversed(list(value.items())))) == canonical_bytes(value)


@pytest.mark.parametrize("value", [{1: "a", 10: "b", 9: "c"}, (1, 2), {"\ud83d\ude00": 1}])
def test_what_json_writes_differently_settles_after_one_writing(value: Any) -> None:
    written = canonical_bytes(value)
    assert canonical_bytes(json.loads(written)) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical_bytes(value)


@given(VALUES, VALUES, st.binary(min_size=16, max_size=16))
def test_a_commitment_opens_with_its_own_value_and_no_other(one: Any, other: Any, salt: bytes) -> None:
    digest = commitment(salt, one)
    assert opens(digest, salt.hex(), one)
    assert opens(digest, salt.hex(), other) == (canonical_bytes(one) == canonical_bytes(other))
    assert not opens(digest, "not hex", one)


def test_one_value_committed_twice_gives_two_digests(tmp_path: Path) -> None:
    facts = PrivateFacts(tmp_path / "reveal.jsonl", "case-1", write=True)
    assert facts.commit("a", 1, {"name": "Li"}) != facts.commit("b", 2, {"name": "Li"})
    facts.close()


def test_facts_come_back_after_a_torn_line_and_only_for_their_own_row(tmp_path: Path) -> None:
    path = tmp_path / "reveal.jsonl"
    facts = PrivateFacts(path, "case-1", write=True)
    digest = facts.commit("a", 1, {"name": "王"})["name"]
    facts.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"field":"na')
    again = PrivateFacts(path, "case-1", write=True)
    again.close()
    assert path.read_bytes() == whole
    assert again.value("a", "name", digest) == "王"
    assert again.value("b", "name", digest) is None
    assert again.value("a", "name", commitment(b"0" * 16, "王")) is None


def test_without_the_private_folder_facts_stay_withheld(tmp_path: Path) -> None:
    assert PrivateFacts(tmp_path / "gone" / "reveal.jsonl", "case-1", write=False).value("a", "name", "0" * 64) is None


def test_half_a_line_that_could_not_be_taken_back_is_cut_before_the_next(tmp_path: Path) -> None:
    path = tmp_path / "reveal.jsonl"
    facts = PrivateFacts(path, "case-1", write=True)
    with path.open("ab") as stream:
        stream.write(b'{"half')
    digest = facts.commit("a", 1, {"name": "Li"})["name"]
    facts.close()
    assert PrivateFacts(path, "case-1", write=False).value("a", "name", digest) == "Li"


NAMES = pd.DataFrame({"employee_id": ["001", "002"], "name": ["Zhang Wei", "张伟"]})


def test_a_private_table_comes_back_and_the_journal_never_tells_it(case: Case) -> None:
    case.record_private("names", NAMES)
    rows = case.head()[0]
    case.record_private("names", NAMES)
    assert case.head()[0] == rows
    assert case.read_private("names").astype(object).equals(NAMES.astype(object))
    place = case.path / "private" / "names.parquet"
    assert place.stat().st_mode & 0o777 == 0o600
    assert b"Zhang" not in (case.path / "journal.jsonl").read_bytes()


def test_a_private_table_that_was_changed_or_removed_is_told(case: Case) -> None:
    with pytest.raises(StepTooEarly):
        case.read_private("names")
    case.record_private("names", NAMES)
    place = case.path / "private" / "names.parquet"
    kept = place.read_bytes()
    place.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(ExhibitChanged, match="names"):
        case.read_private("names")
    place.unlink()
    with pytest.raises(StepTooEarly):
        case.read_private("names")


@pytest.mark.parametrize("name", ["../journal", "a/b", "Names", ".x", ""])
def test_a_private_table_has_a_plain_name(case: Case, name: str) -> None:
    with pytest.raises(CaseError):
        case.record_private(name, NAMES)
