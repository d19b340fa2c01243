from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clockin.parsed import parsed
from toolkit.clockin.formats import FileFacts, Head, RawRow, Source
from toolkit.clockin.formats.hik_acs_event import HikAcsEvent
from toolkit.errors import ReadingError


def event(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "major": 5, "minor": 75, "time": f"2026-03-03T08:21:{number:02d}+08:00", "name": "沈玉兰",
        "employeeNoString": f"10{number:02d}", "serialNo": 97800 + number, **changes,
    }  # fmt: skip


def page(*events: dict[str, Any], status: str = "OK", total: int | None = None) -> str:
    answer = {"searchID": "s", "totalMatches": len(events) if total is None else total, "responseStatusStrg": status,
              "numOfMatches": len(events), "InfoList": list(events)}  # fmt: skip
    return json.dumps({"AcsEvent": answer}, ensure_ascii=False, indent=1)


def read(text: str) -> tuple[list[RawRow], FileFacts]:
    source = Source(name="AcsEvent.json", content=text.encode())
    return list(HikAcsEvent().rows(source)), HikAcsEvent().facts(source)


def test_events_are_numbered_and_keep_their_text() -> None:
    rows, facts = read(page(event(1), event(2, cardNo=18446744073709551895)))
    assert [(row.kind, row.row, row.employee_id) for row in rows] == [("punch", 1, "1001"), ("punch", 2, "1002")]
    assert json.loads(rows[1].raw)["cardNo"] == 18446744073709551895 and "沈玉兰" in rows[1].raw
    assert rows[1].details["cardNo"] == "18446744073709551895"
    assert facts == FileFacts(stated_total=2)


@pytest.mark.parametrize(
    ("status", "total", "truncated"),
    [("MORE", 48, "more"), ("OK", 48, "count"), ("OK", 2, ""), ("MORE", 2, "")],
)
def test_an_answer_that_is_not_whole_says_so(status: str, total: int, truncated: str) -> None:
    _, facts = read(page(event(1), event(2), status=status, total=total))
    assert (facts.truncated, facts.stated_total) == (truncated, total)


def test_pages_in_one_file_are_counted_together() -> None:
    rows, facts = read(page(event(1), event(2), status="MORE", total=3) + "\n" + page(event(3), total=3))
    assert [row.row for row in rows] == [1, 2, 3] and facts == FileFacts(stated_total=3)


def test_a_file_cut_within_an_event_gives_the_whole_ones_and_refuses_the_rest() -> None:
    whole = page(event(1), event(2), event(3), total=3)
    rows, facts = read(whole[: whole.index("97803")])
    assert [(row.kind, row.row, row.why) for row in rows] == [
        ("punch", 1, ""), ("punch", 2, ""), ("refused", 3, "cut_row"),
    ]  # fmt: skip
    assert (facts.truncated, facts.stated_total) == ("cut_line", 3)
    assert rows[2].raw == whole[whole.rindex("{") : whole.index("97803")]


def test_no_matches_are_no_rows(read: Any, write: Any) -> None:
    path = write('{"AcsEvent": {"searchID": "s", "totalMatches": 0, "responseStatusStrg": "NO MATCH"}}')
    with pytest.raises(ReadingError) as refused:
        read(path)
    assert refused.value.code == "records_no_rows"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"AcsEvent": {"InfoList": [{"a" 1}]}}', "records_json_broken"),
        ('{"AcsEvent": {"InfoList": {}}}', "records_json_no_list"),
        ('{"AcsEvent": {}} []', "records_json_no_list"),
    ],
)
def test_a_broken_document_is_refused(text: str, code: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read(text)
    assert refused.value.code == code


def test_an_item_that_is_no_event_is_refused_and_not_dropped() -> None:
    rows, _ = read('{"AcsEvent": {"InfoList": ["nothing", ' + json.dumps(event(2)) + "]}}")
    assert [(row.kind, row.row) for row in rows] == [("refused", 1), ("punch", 2)]


def test_an_event_without_a_time_is_refused_by_the_reader(write: Any) -> None:
    told = parsed(str(write(page(event(1), event(2, time=None)))), {})
    assert told["punches"]["row"] == [1] and [(row["row"], row["why"]) for row in told["refused"]] == [
        (2, "unreadable_time")
    ]


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        (page(event(1)), True),
        ('{"AcsEvent":{"searchID"', True),
        ('{"AccessControllerEvent": {"majorEventType": 5}}', False),
        ('{"results": [{"AcsEvent": {}}]}', False),
        ("", False),
    ],
)
def test_only_such_an_answer_is_claimed(text: str, claimed: bool) -> None:
    assert HikAcsEvent().sniff(Head(content=text.encode(), text=text)) is claimed
