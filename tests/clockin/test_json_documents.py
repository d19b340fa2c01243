from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.clockin.json_documents import field, scalar, whole_documents, whole_items
from toolkit.errors import ReadingError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=4), min_size=1, max_size=4), st.data())
def test_of_a_text_cut_anywhere_the_whole_documents_are_read_and_the_rest_is_told(documents, data) -> None:
    texts = [json.dumps(one, ensure_ascii=data.draw(st.booleans())) for one in documents]
    whole = "\n".join(texts)
    cut = data.draw(st.integers(1, len(whole)))
    ends = [len("\n".join(texts[: k + 1])) for k in range(len(texts))]
    found, rest = whole_documents(whole[:cut], "events.json")
    complete = sum(end <= cut for end in ends)
    assert [one.value for one in found] == documents[:complete]
    begun = ends[complete - 1] + 1 if complete else 0
    assert rest == whole[begun:cut]


def test_items_of_a_cut_list_are_read_up_to_the_cut() -> None:
    found, rest = whole_items('{"a": 1, "rows": [{"x": 1}, {"x": "]"}, {"x": 18446744', "rows", "events.json")
    assert [one.value for one in found] == [{"x": 1}, {"x": "]"}] and rest == '{"x": 18446744'
    assert whole_items('{"a": 1, "ro', "rows", "events.json") == ([], "")


@pytest.mark.parametrize("text", ['{"a": 1 "b": 2}', '{"a": 1}\nnonsense here', "{'a': 1}", "[" * 100_000])
def test_a_fault_that_is_no_cut_refuses_the_file(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        whole_documents(text, "events.json")
    assert refused.value.code == "records_json_faulty"


def test_fields_are_text_with_all_their_digits() -> None:
    (document,), _ = whole_documents('{"cardNo": 18446744073709551895, "FaceRect": {"x": 0.5}, "no": "", "n": 0}', "x")
    assert [field(document.value, name) for name in ("cardNo", "FaceRect", "n")] == [
        "18446744073709551895", '{"x": 0.5}', "0",
    ]  # fmt: skip
    assert field(document.value, "no", "missing", "n") == "0" and scalar(None) == "" and scalar(True) == "true"
