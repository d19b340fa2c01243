from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.clockin.json_items import read_items
from toolkit.errors import ReadingError

things = st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=8), st.integers(), st.none()), max_size=4)


@settings(deadline=None)
@given(st.lists(things, min_size=1, max_size=5), st.booleans(), st.data())
def test_of_a_document_cut_anywhere_only_whole_items_are_read(
    written: list[object], bare: bool, data: st.DataObject
) -> None:
    text = json.dumps(written if bare else {"count": 9, "data": written}, ensure_ascii=False)
    begun = text.index("[") + 1
    cut = text[: data.draw(st.integers(begun, len(text) - 1))]
    told = read_items(cut, "data", "f")
    assert told.cut and list(told.items) == written[: len(told.items)]
    assert not read_items(text, "data", "f").cut and list(read_items(text, "data", "f").items) == written


def test_a_number_at_the_cut_may_have_gone_on() -> None:
    assert read_items("[1, 23", "data", "f").items == (1,)
    assert read_items('{"data": [{"a": 1}, {"a": 2}', "data", "f").items == ({"a": 1}, {"a": 2})


def test_what_stands_around_the_list_is_kept() -> None:
    assert read_items('{"count": 2, "next": null, "data": []}', "data", "f").around == {"count": 2, "next": None}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"data": [1, , 2]}', "records_json_broken"),
        ('{"data": [1] "x"}', "records_json_broken"),
        ('{"dat', "records_json_broken"),
        ("", "records_json_broken"),
        ("[" * 100_000 + "]" * 100_000, "records_json_broken"),
        ('{"data": {"a": 1}}', "records_json_no_list"),
        ("7", "records_json_no_list"),
    ],
)
def test_a_fault_that_is_no_cut_is_refused(text: str, code: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read_items(text, "data", "list.json")
    assert caught.value.code == code and "list.json" in str(caught.value)
