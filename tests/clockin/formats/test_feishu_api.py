from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.feishu_api import FeishuApi

ITEM = {
    "user_id": "abd754f7", "creator_id": "abd754f7", "location_name": "社区大门", "check_time": "1772498472",
    "comment": "", "record_id": "670", "type": 5, "photo_urls": ["https://a.invalid/1", "https://a.invalid/2"],
    "device_id": "99e0", "check_result": "Normal",
}  # fmt: skip


def source(*items: Any, **data: Any) -> Source:
    return Source(name="x.json", content=json.dumps({"code": 0, "data": {"user_flow_results": items, **data}}).encode())


def row(**changed: Any) -> RawRow:
    (told,) = FeishuApi().rows(source({**ITEM, **changed}))
    return told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (0, ("raw_event", "remote", "pass", "(remote)", [])),
        (1, ("manual_edit", "manual", "unknown", "(manual_edit)", [])),
        (2, ("makeup", "manual", "unknown", "(makeup)", [])),
        (3, ("auto", "manual", "unknown", "(auto)", [])),
        (4, ("auto", "manual", "unknown", "(auto)", ["no_punch_needed"])),
        (5, ("raw_event", "unknown", "pass", None, [])),
        (6, ("raw_event", "remote", "pass", "(remote)", [])),
        (7, ("auto", "unknown", "unknown", "(auto)", ["api_import"])),
        (8, ("raw_event", "unknown (8)", "pass", None, ["unknown_source"])),
    ],
)
def test_the_type_tells_where_a_row_comes_from(code: int, told: tuple[Any, ...]) -> None:
    got = row(type=code, device_id="")
    assert (got.record_kind, got.credential, got.result, got.terminal_id, got.details["flags"]) == told
    assert got.details["credential_code"] == str(code)


def test_a_text_of_seconds_is_a_moment_in_utc() -> None:
    got = row()
    assert (got.at, got.zone, got.precision_s, got.time_text) == ("2026-03-03T00:41:12", "+00:00", 1.0, "1772498472")
    assert (got.terminal_id, got.details["photo_ref"]) == ("99e0", "https://a.invalid/1 https://a.invalid/2")


def test_whoever_made_a_row_for_another_is_named_and_the_comment_of_a_change_is_its_reason() -> None:
    changed = row(type=2, creator_id="ou_admin", comment="忘打卡")
    assert (changed.details["edited_by"], changed.details["edit_reason"], changed.details["comment"]) == (
        "ou_admin", "忘打卡", "",
    )  # fmt: skip
    own = row(comment="迟到")
    assert (own.details["edited_by"], own.details["edit_reason"], own.details["comment"]) == ("", "", "迟到")
    assert row(type=0, creator_id="ou_importer").details["edited_by"] == "ou_importer"


def test_an_invalid_row_is_no_pass_and_a_missed_one_no_record() -> None:
    invalid = row(check_result="Invalid")
    assert (invalid.result, invalid.details["flags"]) == ("unknown", ["declared_invalid"])
    assert row(check_result="Lack", check_time="").kind == "non-record"
    assert row(check_time="").why == "unreadable_time"


def test_what_the_answer_leaves_out_is_told() -> None:
    assert {"failures", "edits"} <= FeishuApi.lacks
    assert FeishuApi().facts(source(ITEM)).lacks == ()
    assert FeishuApi().facts(source({**ITEM, "device_id": ""})).lacks == ("device",)
    assert FeishuApi().facts(source(ITEM, has_more=True)).truncated == "more"


def test_broken_items_are_refused_and_others_not_claimed() -> None:
    assert [one.why for one in FeishuApi().rows(source(7, {**ITEM, "user_id": ""}))] == ["not_an_item", "no_employee"]
    assert FeishuApi().sniff(Head(text=source(ITEM).text))
    assert not FeishuApi().sniff(Head(text='{"ext_id": "1", "check_time": 1772498472, "terminal_id": "x"}'))
