from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.dingtalk_api import DingtalkApi

ITEM = {
    "userId": "u1001", "workDate": 1772467200000, "checkType": "OnDuty", "userCheckTime": 1772498472000,
    "baseCheckTime": 1772497800000, "timeResult": "Late", "sourceType": "DING_ATM",
}  # fmt: skip


def source(*items: Any, **envelope: Any) -> Source:
    return Source(name="x.json", content=json.dumps({"recordresult": items, **envelope}).encode())


def row(**changed: Any) -> RawRow:
    (told,) = DingtalkApi().rows(source({**ITEM, **changed}))
    return told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ATM", ("raw_event", "unknown", "pass", None)),
        ("DING_ATM", ("raw_event", "unknown", "pass", None)),
        ("BEACON", ("raw_event", "unknown", "pass", None)),
        ("USER", ("raw_event", "remote", "pass", "(remote)")),
        ("BOSS", ("manual_edit", "manual", "unknown", "(manual_edit)")),
        ("APPROVE", ("makeup", "manual", "unknown", "(makeup)")),
        ("SYSTEM", ("auto", "manual", "unknown", "(auto)")),
        ("AUTO_CHECK", ("auto", "remote", "unknown", "(remote)")),
        ("NEW", ("raw_event", "unknown (NEW)", "pass", None)),
    ],
)
def test_the_source_tells_terminals_from_phones_and_from_people_who_change_rows(
    code: str, told: tuple[Any, ...]
) -> None:
    got = row(sourceType=code)
    assert (got.record_kind, got.credential, got.result, got.terminal_id) == told
    assert (got.details["credential_code"], got.details["code_table"]) == (code, "dingtalk.sourceType")
    assert ("unknown_source" in got.details["flags"]) == (code == "NEW")


def test_milliseconds_are_a_moment_in_utc() -> None:
    got = row()
    assert (got.at, got.zone, got.precision_s, got.time_text) == ("2026-03-03T00:41:12", "+00:00", 1.0, "1772498472000")
    assert got.details["scheduled"] == "2026-03-03T00:30:00+00:00" and got.details["direction"] == "in"
    assert row(userCheckTime=1772498472250).precision_s == 0.001
    # Seconds where milliseconds are told would be a day in January 1970, which the reader shows as a clock reset.
    assert row(userCheckTime=1772498472).at.startswith("1970-01-21")


def test_what_was_not_signed_is_no_record() -> None:
    assert row(timeResult="NotSigned").kind == "non-record"
    assert row(timeResult="Absenteeism").kind == "punch"  # so late that the day counts as absence, and yet clocked in


def test_a_clock_in_that_the_platform_calls_unlawful_is_no_pass_and_no_failed_attempt() -> None:
    got = row(isLegal="N")
    assert (got.result, got.record_kind, got.details["flags"]) == ("unknown", "raw_event", ["declared_invalid"])


def test_a_device_is_named_where_the_answer_names_one() -> None:
    got = row(deviceSN="CQZ7000000001", deviceName="社区大门")
    assert (got.terminal_id, got.details["device_serial"], got.details["device_name"]) == (
        "CQZ7000000001", "CQZ7000000001", "社区大门",
    )  # fmt: skip
    facts = DingtalkApi().facts(source({**ITEM, "deviceSN": "CQZ7000000001", "isLegal": "Y"}))
    assert facts.lacks == ()
    assert set(DingtalkApi().facts(source(ITEM)).lacks) == {"middle_punches", "device"}


def test_more_pages_and_a_cut_file_are_told() -> None:
    assert DingtalkApi().facts(source(ITEM, hasMore=True)).truncated == "more"
    assert DingtalkApi().facts(source(ITEM, hasMore=False)).truncated == ""
    cut = Source(name="x.json", content=source(ITEM, ITEM).content[:-20])
    assert DingtalkApi().facts(cut).truncated == "cut_line"
    assert [(one.kind, one.row, one.why) for one in DingtalkApi().rows(cut)] == [
        ("punch", 1, ""),
        ("refused", 2, "cut_row"),
    ]


def test_an_item_that_is_none_is_refused() -> None:
    assert [(one.kind, one.why) for one in DingtalkApi().rows(source("x", None, []))] == [
        ("refused", "not_an_item")
    ] * 3
    assert DingtalkApi().facts(source("x", None)).truncated == ""


def test_answers_of_others_are_not_claimed() -> None:
    assert DingtalkApi().sniff(Head(text=source(ITEM).text))
    for text in ('{"userid": "a", "checkin_time": 1}', "userCheckTime userId checkType", '"userCheckTime": 1', ""):
        assert not DingtalkApi().sniff(Head(text=text))
