"""Columns between two processes: whatever goes in comes out, repeated values once."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from toolkit.clockin.files.columns import Nested, chosen, entries, packed, unpacked

values = st.lists(st.one_of(st.none(), st.text(max_size=4), st.integers(-5, 5)), max_size=60)


@given(values)
def test_a_column_comes_back_as_it_was(column: list[object]) -> None:
    assert unpacked(json.loads(json.dumps(packed(column)))) == column


def test_repeated_values_lie_in_memory_once() -> None:
    column = [f"terminal {k % 3}" for k in range(300)]
    told = unpacked(json.loads(json.dumps(packed(column))))
    assert len({id(one) for one in told}) == 3
    assert len(packed([str(k) for k in range(300)])["all"]) == 300


def test_rows_are_read_where_they_lie() -> None:
    columns = {"row": [1, 2, 3], "details": Nested({"name": ["a", None, "c"]}, 3)}
    rows = entries(columns, 3)
    assert [one["details"]["name"] for one in rows] == ["a", None, "c"]
    assert [dict(one)["row"] for one in rows] == [1, 2, 3]
    assert chosen({"row": [1, 2, 3]}, [2, 0]) == {"row": [3, 1]}
