"""Tables are checked at the door."""

from __future__ import annotations

import pandas as pd
import pytest

from toolkit import tables
from toolkit.errors import CaseError

ROW = {"what": "presenters", "low": 1, "high": None, "best": None, "note": {"why": "x"}}


def test_rows_are_typed_sorted_and_json_is_canonical() -> None:
    table = tables.build("counts", [ROW, {**ROW, "what": "a", "note": {"b": 1, "a": "两"}}])
    assert list(table["what"]) == ["a", "presenters"]
    assert table["note"].iloc[0] == '{"a":"两","b":1}'
    assert table["high"].isna().all()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"low": "many"}, "table_type"), ({"what": None}, "table_missing")],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(CaseError) as refusal:
        tables.build("counts", [{**ROW, **change}])
    assert refusal.value.code == code


def test_two_rows_of_one_key_are_refused() -> None:
    with pytest.raises(CaseError) as refusal:
        tables.build("counts", [ROW, ROW])
    assert refusal.value.code == "table_key"


def test_a_surplus_column_is_refused() -> None:
    with pytest.raises(CaseError) as refusal:
        tables.validate("counts", pd.DataFrame([{**ROW, "extra": 1}]))
    assert refusal.value.code == "table_columns"


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(CaseError):
        tables.empty("nonsense")
