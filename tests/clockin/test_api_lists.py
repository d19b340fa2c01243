"""Saved answers of interfaces: a cut one is read as far as it is whole, a broken one is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.api_lists import Claim, claim, cut_row, listing, moment, others
from toolkit.errors import ReadingError

ITEMS = [{"id": 1, "of": ["a]", 'b"}']}, {"id": 2, "of": {"x": [{}]}}, {"id": 3}]
DOCUMENT = json.dumps({"code": 0, "data": {"hasMore": False, "flows": ITEMS, "end": 1}}, indent=1)


def test_the_list_is_found_in_its_envelope_or_is_the_document() -> None:
    told = listing(DOCUMENT, "flows", "x.json")
    assert list(told.items) == ITEMS and told.envelope["hasMore"] is False and told.envelope["code"] == 0
    assert list(listing(json.dumps(ITEMS), "flows", "x.json").items) == ITEMS
    assert told.truncated == "" and list(cut_row(told)) == []


@pytest.mark.parametrize("text", [DOCUMENT, json.dumps(ITEMS)])
def test_a_document_cut_anywhere_gives_whole_items_and_says_so_or_is_refused(text: str) -> None:
    read = set()
    for end in range(1, len(text)):
        try:
            told = listing(text[:end], "flows", "x.json")
        except ReadingError as refused:
            assert refused.code == "records_json_broken"
            continue
        assert told.truncated == "cut_line" and list(told.items) == ITEMS[: len(told.items)]
        (*rows,) = cut_row(told)
        assert [row.why for row in rows] == ["cut_row"] * bool(told.rest)
        # What was read and what is left are the whole list up to the cut.
        assert text[:end].endswith(told.rest)
        read.add(len(told.items))
    assert read == {1, 2, 3}


@pytest.mark.parametrize(
    "text",
    [
        '{"flows": [{"id": 1} {"id": 2}x]}',
        '{"flows": [{"id": 1}, {"id": , "x": {}}, {"id": 3',  # broken before it was cut
        '{"flows": [{"id": 1}]',  # the items are whole, the envelope is not
        '{"other": [{"id": 1}, {"id"',
        '{"id": 1}\n{"id": 2}',
        "[" * 100000,
        '{"flows": [' + "9" * 5000 + "]}",
        "{",
    ],
)
def test_a_document_that_is_broken_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        listing(text, "flows", "x.json")
    assert refused.value.code == "records_json_broken" and "x.json" in refused.value.what("zh")


@pytest.mark.parametrize("text", ['{"records": []}', '{"flows": {}}', '"flows"', "7"])
def test_a_document_without_the_list_is_refused(text: str) -> None:
    with pytest.raises(ReadingError) as refused:
        listing(text, "flows", "x.json")
    assert refused.value.code == "records_json_no_list"


@pytest.mark.parametrize(
    ("value", "units", "at"),
    [
        (1772498472, 1, "2026-03-03T00:41:12+00:00"),
        ("1772498472", 1, "2026-03-03T00:41:12+00:00"),
        (1772498472250, 1000, "2026-03-03T00:41:12.250000+00:00"),
        (1772498472000, 1, None),  # milliseconds where seconds are told: the year 58137
        (0, 1, None),
        (-1, 1, None),
        (1772498472.5, 1, None),
        (True, 1, None),
        ("2026-03-03", 1, None),
        (None, 1, None),
        ("9" * 40, 1000, None),
    ],
)
def test_a_count_since_1970_is_a_moment(value: Any, units: int, at: str | None) -> None:
    told = moment(value, units)
    assert (None if told is None else told.isoformat()) == at


def test_milliseconds_that_are_all_zeros_claim_no_more_than_a_second() -> None:
    for count, precision_s in ((1772498472000, 1.0), (1772498472001, 0.001)):
        told = claim(1, {"who": "1001", "t": count}, ("who",), "t", 1000)
        assert isinstance(told, Claim) and told.punch().precision_s == precision_s
        assert told.punch().zone == "+00:00" and told.punch().at.startswith("2026-03-03T00:41:12")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"t": 1772498472}, "no_employee"),
        ({"who": "", "t": 1772498472}, "no_employee"),
        ({"who": "1.004E+03", "t": 1772498472}, "shortened_id"),
        ({"who": "1001"}, "unreadable_time"),
        ({"who": "1001", "t": "08:21"}, "unreadable_time"),
    ],
)
def test_an_item_without_a_person_or_a_moment_is_refused(item: dict[str, Any], why: str) -> None:
    told = claim(7, item, ("who",), "t")
    assert not isinstance(told, Claim) and (told.why, told.row, json.loads(told.raw)) == (why, 7, item)


def test_an_entry_that_is_called_like_a_detail_does_not_take_its_place() -> None:
    assert others({"flags": "x", "seq": "y", "lat": 0, "note": "", "t": 1}, {"t"}) == {
        "item.flags": "x",
        "item.seq": "y",
        "lat": 0,
    }
