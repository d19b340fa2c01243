"""Lists of records in JSON: a cut one is read as far as it is whole and says so, a broken one is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.clockin.files.json_lists import documents, field, listing, listings, names_keys, scalar
from toolkit.clockin.formats import RawRow
from toolkit.errors import ReadingError

ITEMS = [{"id": 1, "of": ["a]", 'b"}']}, {"id": 2, "of": {"x": [{}]}}, {"id": 3}]
DOCUMENT = json.dumps({"code": 0, "data": {"hasMore": False, "flows": ITEMS, "end": 1}}, indent=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
THINGS = st.dictionaries(st.text(max_size=4), VALUES, max_size=4)


def values(told: Any) -> list[Any]:
    return [item.value for item in told.items]


def whys(told: Any) -> list[str]:
    return [item.why if isinstance(item, RawRow) else "" for _, _, item in told.records()]


def test_the_list_is_found_in_its_envelope_or_is_the_document() -> None:
    told = listing(DOCUMENT, "flows", "x.json")
    assert values(told) == ITEMS and told.around["hasMore"] is False and told.around["code"] == 0
    bare = listing(json.dumps(ITEMS), "flows", "x.json")
    assert values(bare) == ITEMS and (told.bare, bare.bare) == (False, True)
    assert told.truncated == "" and whys(told) == ["", "", ""]


def test_what_stands_around_the_list_is_kept_before_and_behind_it() -> None:
    told = listing('{"count": 2, "flows": [], "next": null, "note": {"count": 9}}', "flows", "x.json")
    assert told.around == {"count": 2, "next": None, "note": {"count": 9}}
    # Of a cut document what stands before the cut is known too.
    assert listing('{"count": 2, "flows": [{"id": 1}, {"i', "flows", "x.json").around == {"count": 2}


@pytest.mark.parametrize("text", [DOCUMENT, json.dumps(ITEMS)])
def test_a_document_cut_anywhere_gives_whole_items_and_says_so_or_is_refused(text: str) -> None:
    read = set()
    for end in range(1, len(text)):
        try:
            told = listing(text[:end], "flows", "x.json")
        except ReadingError as refused:
            assert refused.code == "records_json_broken"
            continue
        assert told.truncated == "cut_line" and values(told) == ITEMS[: len(told.items)]
        # What was read and what is left are the whole list up to the cut.
        assert whys(told) == [""] * len(told.items) + ["cut_row"] * bool(told.rest.strip())
        assert text[:end].endswith(told.rest)
        read.add(len(told.items))
    assert read == {0, 1, 2, 3}


@settings(deadline=None)
@given(st.lists(THINGS, min_size=1, max_size=5), st.booleans(), st.data())
def test_of_a_list_cut_anywhere_only_whole_items_are_read(
    written: list[object], bare: bool, data: st.DataObject
) -> None:
    text = json.dumps(written if bare else {"count": 9, "flows": written}, ensure_ascii=False)
    begun = text.index("[") + 1
    told = listing(text[: data.draw(st.integers(begun, len(text) - 1))], "flows", "f")
    assert told.cut and values(told) == written[: len(told.items)]
    whole = listing(text, "flows", "f")
    assert not whole.cut and values(whole) == written
    assert [json.loads(item.text) for item in whole.items] == written


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("[1, 23", "23"),
        ("[1, ", ""),
        ("[1,", ""),
        ('{"flows": [{"a": 1}, {"a": 2}', ""),
        ('[{"a": "\\u59', '{"a": "\\u59'),
    ],
)
def test_a_number_at_the_cut_may_have_gone_on_and_an_item_may_not(text: str, rest: str) -> None:
    told = listing(text, "flows", "f")
    assert told.rest == rest and told.cut and all(item.text in text for item in told.items)


def test_an_item_that_is_no_record_is_refused_in_its_place() -> None:
    told = listing('{"flows": [{"id": 1}, "x", 7, {"id": 4}]}', "flows", "f")
    assert [number for number, _, _ in told.records()] == [1, 2, 3, 4]
    assert whys(told) == ["", "not_an_item", "not_an_item", ""]


@pytest.mark.parametrize(
    "text",
    [
        '{"flows": [{"id": 1} {"id": 2}x]}',
        '{"flows": [{"id": 1}, {"id": , "x": {}}, {"id": 3',  # broken before it was cut
        '{"other": [{"id": 1}, {"id"',
        '{"id": 1}\n{"id": 2}',
        '{"flows": []}\n{"flows": []}',
        '{"flows": [{"id": 1}], "flows": [{"id": 2}]}',  # which of the two holds the records
        '{"flows": [1, , 2]}',
        '{"flows": [1] "x"}',
        '{"flows": [1}',
        '{"flo',
        "",
        "[" * 100000,
        "[" * 100_000 + "]" * 100_000,
        '{"flows": [' + "9" * 5000 + "]}",
        "{",
    ],
)
def test_a_document_that_is_broken_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        listing(text, "flows", "x.json")
    assert refused.value.code in ("records_json_broken", "records_json_no_list")
    assert (refused.value.code == "records_json_no_list") == text.startswith('{"id"')
    assert "x.json" in refused.value.what("zh")


def test_the_row_of_a_fault_is_told() -> None:
    with pytest.raises(ReadingError) as refused:
        listing('{"flows": [\n{"id": 1},\n{"id": ,}\n]}', "flows", "x.json")
    assert refused.value.facts["row"] == 3


@pytest.mark.parametrize("text", ['{"records": []}', '{"flows": {}}', '{"data": {"flows": 7}}', '"flows"', "7"])
def test_a_document_without_the_list_is_refused(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        listing(text, "flows", "x.json")
    assert refused.value.code == "records_json_no_list"


def test_pages_follow_each_other_and_the_last_may_be_cut() -> None:
    first, second, third = listings(
        '{"A": {"n": 3, "flows": [{"x": 1}]}}\n{"A": {"n": 0}}, {"A": {"n": 1, "flows": [{"x": "]"}, {"x": 18446744',
        "flows",
        "x.json",
    )
    assert [values(one) for one in (first, second, third)] == [[{"x": 1}], [], [{"x": "]"}]]
    assert third.rest == '{"x": 18446744' and third.cut and (first.around, third.around) == ({"n": 3}, {"n": 1})
    assert second.around == {"A": {"n": 0}}
    (alone,) = listings('{"A": {"n": 1, "flo', "flows", "x.json")
    assert alone.cut and not alone.items and not alone.rest


@given(st.lists(THINGS, min_size=1, max_size=4), st.data())
def test_of_a_text_cut_anywhere_the_whole_documents_are_read_and_the_rest_is_told(
    written: list[Any], data: st.DataObject
) -> None:
    texts = [json.dumps(one, ensure_ascii=data.draw(st.booleans())) for one in written]
    whole = "\n".join(texts)
    cut = data.draw(st.integers(1, len(whole)))
    ends = [len("\n".join(texts[: k + 1])) for k in range(len(texts))]
    found, rest = documents(whole[:cut], "events.json")
    complete = sum(end <= cut for end in ends)
    assert [one.value for one in found] == written[:complete]
    begun = ends[complete - 1] + 1 if complete else 0
    assert rest == whole[begun:cut]


@pytest.mark.parametrize("text", ['{"a": 1 "b": 2}', '{"a": 1}\nnonsense here', "{'a': 1}", "[" * 100_000])
def test_a_fault_that_is_no_cut_refuses_the_file(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        documents(text, "events.json")
    assert refused.value.code == "records_json_broken"


def test_fields_are_text_with_all_their_digits() -> None:
    (document,), _ = documents('{"cardNo": 18446744073709551895, "FaceRect": {"x": 0.5}, "no": "", "n": 0}', "x")
    assert [field(document.value, name) for name in ("cardNo", "FaceRect", "n")] == [
        "18446744073709551895", '{"x": 0.5}', "0",
    ]  # fmt: skip
    assert field(document.value, "no", "missing", "n") == "0" and scalar(None) == "" and scalar(True) == "true"


def test_a_list_is_known_by_the_keys_of_its_items() -> None:
    assert names_keys(' [{"id" : 1}]', ("id",)) and not names_keys('[{"id": 1}]', ("id", "of"))
    assert not names_keys('"id": 1', ("id",))
