"""Items of platforms: a person and a moment, or the reason why one of them cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.vendors.platform_items import Claim, claim, joined, others


def test_milliseconds_that_are_all_zeros_claim_no_more_than_a_second() -> None:
    for count, precision_s in ((1772498472000, 1.0), (1772498472001, 0.001)):
        told = claim(1, "", {"who": "1001", "t": count}, ("who",), "t", 1000)
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
    told = claim(7, json.dumps(item), item, ("who",), "t")
    assert not isinstance(told, Claim) and (told.why, told.row, json.loads(told.raw)) == (why, 7, item)


def test_an_entry_that_is_called_like_a_detail_does_not_take_its_place() -> None:
    assert others({"flags": "x", "seq": "y", "lat": 0, "at": {"x": 1}, "note": "", "t": 1}, {"t"}) == {
        "column flags": "x",
        "column seq": "y",
        "lat": "0",
        "at": '{"x": 1}',
    }


def test_pictures_of_a_list_are_one_text() -> None:
    assert joined({"p": ["a", 7]}, "p") == "a 7" and joined({"p": "a"}, "p") == "a" and joined({}, "p") == ""
