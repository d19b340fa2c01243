from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.wecom_api import WecomApi

ITEM = {
    "userid": "acct1002", "checkin_type": "上班打卡", "exception_type": "", "checkin_time": 1772498472,
    "mediaids": ["m1", "m2"], "lat": 30547645, "lng": 104063236, "deviceid": "CQZ7000000001",
    "sch_checkin_time": 1772497800,
}  # fmt: skip


def source(*items: Any) -> Source:
    return Source(name="x.json", content=json.dumps({"errcode": 0, "checkindata": items}, ensure_ascii=False).encode())


def row(**changed: Any) -> RawRow:
    (told,) = WecomApi().rows(source({**ITEM, **changed}))
    return told


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (1772497800, "2026-03-03T00:30:00+00:00"),
        (30600, "08:30:00"),
        (172800, "1970-01-03T00:00:00+00:00"),
        (88200, "次日 00:30:00"),
        (0, ""),
        (None, ""),
        ("x", ""),
    ],
)
def test_the_scheduled_time_is_a_moment_or_seconds_of_the_day(stated: Any, told: str) -> None:
    assert row(sch_checkin_time=stated).details["scheduled"] == told


def test_seconds_are_a_moment_in_utc_and_the_rest_is_kept() -> None:
    got = row()
    assert (got.at, got.zone, got.precision_s, got.terminal_id) == (
        "2026-03-03T00:41:12", "+00:00", 1.0, "CQZ7000000001",
    )  # fmt: skip
    assert (got.details["photo_ref"], got.details["direction"], got.details["lat"]) == ("m1 m2", "in", "30547645")
    assert json.loads(got.raw) == ITEM


def test_a_missed_clock_in_is_no_record_and_an_exception_is_no_refusal() -> None:
    assert row(exception_type="未打卡").kind == "non-record"
    assert row(exception_type="时间异常;地点异常").result == "pass"
    assert row(exception_type="别的").result == "unknown"


def test_an_outing_is_no_clock_in_at_the_terminal() -> None:
    got = row(checkin_type="外出打卡", deviceid="")
    assert (got.credential, got.terminal_id, got.details["direction"]) == ("remote", "(remote)", "")
    assert row(deviceid="", device_sn="S1").details["device_serial"] == "S1"


def test_what_no_row_tells_is_told() -> None:
    assert WecomApi().facts(source(ITEM)).lacks == () and WecomApi().facts(source({**ITEM, "deviceid": ""})).lacks == (
        "device",
    )
    cut = Source(name="x.json", content=source(ITEM, ITEM).content[:-30])
    assert WecomApi().facts(cut).truncated == "cut_line"
    assert [(one.kind, one.why) for one in WecomApi().rows(cut)] == [("punch", ""), ("refused", "cut_row")]


def test_broken_items_are_refused_and_others_not_claimed() -> None:
    assert [one.why for one in WecomApi().rows(source(7, {**ITEM, "userid": ""}))] == ["not_an_item", "no_employee"]
    assert WecomApi().sniff(Head(text=source(ITEM).text))
    assert not WecomApi().sniff(Head(text='{"userId": 1, "userCheckTime": 2, "checkType": 3}'))
