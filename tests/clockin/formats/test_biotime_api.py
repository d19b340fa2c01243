from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.biotime_api import BiotimeApi
from toolkit.errors import ReadingError

ITEM: dict[str, Any] = {
    "id": 88121, "emp": 14, "emp_code": "1002", "first_name": "卢志远", "last_name": None,
    "punch_time": "2026-03-03 08:41:12", "punch_state": "0", "punch_state_display": None, "verify_type": 15,
    "verify_type_display": "Face", "gps_location": None, "terminal_sn": "CQZ7000000001", "terminal_alias": "社区大门",
    "temperature": "0.0", "upload_time": "2026-03-03 08:41:15",
}  # fmt: skip


def page(*items: Any, **around: Any) -> str:
    return json.dumps({"count": len(items), "next": None, **around, "data": list(items)}, ensure_ascii=False, indent=1)


def source(text: str) -> Source:
    return Source(name="transactions.json", content=text.encode())


def rows(text: str) -> list[RawRow]:
    return list(BiotimeApi().rows(source(text)))


def test_a_transaction_tells_person_time_terminal_and_when_the_server_had_it(write: Any, read: Any) -> None:
    got = read(write(page(ITEM), "list.json"))
    (row,), (told,) = got.punches.to_dict("records"), got.details.to_dict("records")
    assert (got.format, row["row"], row["employee_id"], row["t_local"]) == (
        "biotime_api",
        1,
        "1002",
        "2026-03-03T08:41:12",
    )
    assert (row["precision_s"], row["credential"], row["terminal_id"]) == (1.0, "face", "CQZ7000000001")
    assert (told["seq"], told["direction"], told["uploaded_at"]) == (88121, "in", "2026-03-03 08:41:15")
    assert json.loads(told["other"])["temperature"] == "0.0" and json.loads(row["raw"]) == ITEM
    assert "edits" in got.lacks and "seconds" not in got.lacks


@pytest.mark.parametrize(
    ("code", "word", "credential"),
    [
        (15, "Face", "face"),
        ("1", None, "finger"),
        (15, "Visage", "face"),
        (0, "Fingerprint", "finger"),
        (77, None, "unknown (77)"),
        (1, "Face", "unknown (1 Face)"),
        (None, None, "unknown"),
    ],
)
def test_number_and_word_of_the_credential_must_not_differ(code: Any, word: Any, credential: str) -> None:
    (row,) = rows(page({**ITEM, "verify_type": code, "verify_type_display": word}))
    assert row.credential == credential


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({**ITEM, "emp_code": None}, "no_employee"),
        ({**ITEM, "emp_code": "1.004E+03"}, "shortened_id"),
        ("x", "not_an_item"),
    ],
)
def test_an_item_that_is_no_clock_in_is_refused(item: Any, why: str) -> None:
    told = rows(page(ITEM, item, ITEM))
    assert [(row.why, row.row) for row in told] == [("", 1), (why, 2), ("", 3)]


def test_a_missing_time_is_refused_by_the_reader(write: Any, read: Any) -> None:
    got = read(write(page(ITEM, {**ITEM, "punch_time": None}), "list.json"), accept_refused=True)
    assert list(got.refused["why"]) == ["unreadable_time"]


def test_odd_names_and_numbers_of_entries_break_nothing() -> None:
    (row,) = rows(page({**ITEM, "id": "x-1", "flags": {"a": 1}, "emp_code": 42}))
    assert (row.employee_id, row.details["seq"], row.details["flags"]) == ("42", None, [])
    assert row.details["column flags"] == '{"a": 1}'


@pytest.mark.parametrize(
    ("around", "truncated", "total"),
    [
        ({}, "", 1),
        ({"count": 7}, "count", 7),
        ({"count": 7, "next": "https://x.invalid/?page=2"}, "more", 7),
        ({"count": None}, "", None),
    ],
)
def test_a_page_that_is_not_the_last_is_not_whole(around: dict[str, Any], truncated: str, total: int | None) -> None:
    facts = BiotimeApi().facts(source(page(ITEM, **around)))
    assert (facts.truncated, facts.stated_total) == (truncated, total)


def test_a_bare_list_is_read_and_other_json_is_not_claimed() -> None:
    assert len(rows(json.dumps([ITEM, ITEM]))) == 2
    assert BiotimeApi().sniff(Head(text=json.dumps([ITEM])))
    assert not BiotimeApi().sniff(Head(text='{"data": [{"user_id": "1", "check_time": "1"}]}'))
    assert not BiotimeApi().sniff(Head(text="emp_code,punch_time,terminal_sn\n"))


def test_a_document_that_breaks_off_gives_its_whole_rows_and_is_told_as_cut() -> None:
    text = page(ITEM, ITEM, ITEM)
    cut = text[: text.rindex("punch_time") + 20]
    assert [row.why for row in rows(cut)] == ["", "", "cut_row"]
    assert BiotimeApi().facts(source(cut)).truncated == "cut_line"


def test_a_document_with_a_fault_in_its_middle_is_refused() -> None:
    with pytest.raises(ReadingError) as caught:
        rows(page(ITEM, ITEM).replace('"emp": 14,', '"emp": ,', 1))
    assert caught.value.code == "records_json_broken"
    with pytest.raises(ReadingError) as none:
        rows('{"detail": "no \\"emp_code\\""}')
    assert none.value.code == "records_json_no_list"
