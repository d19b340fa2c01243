from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.clockin.formats import FileFacts, Head, RawRow, Source
from toolkit.clockin.formats.hik_event_push import HikEventPush
from toolkit.errors import ReadingError

PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF picture \xff\xd9"
BEAT = {"eventType": "heartBeat", "eventState": "active", "dateTime": "2026-03-03T08:41:00+08:00"}


def alert(number: int = 2, pictures: int | None = None, **changes: Any) -> dict[str, Any]:
    inner = {"majorEventType": 5, "subEventType": 75, "name": "卢志远", "employeeNoString": f"10{number:02d}",
             "serialNo": 97800 + number, "currentVerifyMode": "face"}  # fmt: skip
    inner |= {} if pictures is None else {"picturesNumber": pictures}
    return {"ipAddress": "192.168.1.101", "macAddress": "aa:bb:cc:dd:ee:ff",
            "dateTime": f"2026-03-03T08:41:{number:02d}+08:00", "eventType": "AccessControllerEvent",
            "AccessControllerEvent": {**inner, **changes}}  # fmt: skip


def as_json(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def as_xml(message: dict[str, Any], space: str = "", prefix: str = "") -> str:
    def told(fields: dict[str, Any]) -> str:
        return "".join(
            f"<{prefix}{name}>{told(value) if isinstance(value, dict) else value}</{prefix}{name}>"
            for name, value in fields.items()
        )

    return f"<{prefix}EventNotificationAlert version='2.0'{space}>{told(message)}</{prefix}EventNotificationAlert>"


def body(*contents: bytes) -> bytes:
    head = '--MIME_boundary\r\nContent-Disposition: form-data; name="x"; filename="Picture.jpg"\r\nContent-Type: '
    parts = [
        f"{head}{'image/jpeg' if one == PICTURE else 'application/json'}\r\n\r\n".encode() + one + b"\r\n"
        for one in contents
    ]
    return b"".join(parts) + b"--MIME_boundary--\r\n"


def read(content: bytes | str) -> tuple[list[RawRow], FileFacts]:
    source = Source(name="push.bin", content=content if isinstance(content, bytes) else content.encode())
    return list(HikEventPush().rows(source)), HikEventPush().facts(source)


@pytest.mark.parametrize(
    ("space", "prefix"),
    [
        ("", ""),
        (" xmlns='http://www.hikvision.com/ver20/XMLSchema'", ""),
        (" xmlns='http://www.isapi.org/ver20/XMLSchema'", ""),
        (" xmlns:hik='urn:any'", "hik:"),
    ],
)
def test_xml_is_read_whatever_its_namespace(space: str, prefix: str) -> None:
    (row,), _ = read(f"<?xml version='1.0' encoding='UTF-8'?>\n{as_xml(alert(), space, prefix)}")
    assert (row.kind, row.employee_id, row.time_text) == ("punch", "1002", "2026-03-03T08:41:02+08:00")
    assert (row.credential, row.result, row.terminal_id) == ("face", "pass", "aa:bb:cc:dd:ee:ff")
    assert row.details["name"] == "卢志远" and row.details["ip_address"] == "192.168.1.101"


def test_a_series_of_messages_is_numbered_and_beats_are_no_records() -> None:
    rows, facts = read("\n".join(as_xml(one) for one in (alert(1), BEAT, {**BEAT, "eventType": "VMD"}, alert(2))))
    assert [(row.kind, row.row) for row in rows] == [
        ("punch", 1), ("non-record", 2), ("device event", 3), ("punch", 4),
    ]  # fmt: skip
    assert rows[2].details["code"] == "VMD" and facts == FileFacts(lacks=("photos",))


@pytest.mark.parametrize("joined", ["\n", ",", ""])
def test_json_messages_are_read_one_after_another_or_as_a_list(joined: str) -> None:
    texts = [as_json(alert(number)).decode() for number in (1, 2)]
    for text in (joined.join(texts), f"[{','.join(texts)}]"):
        assert [(row.row, row.employee_id) for row in read(text)[0]] == [(1, "1001"), (2, "1002")]


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_a_message_that_is_cut_off_is_refused_and_those_before_it_are_read(kind: str) -> None:
    texts = [as_xml(alert(n)) if kind == "xml" else as_json(alert(n)).decode() for n in (1, 2)]
    rows, facts = read(texts[0] + "\n" + texts[1][:-30])
    assert [(row.kind, row.row, row.why) for row in rows] == [("punch", 1, ""), ("refused", 2, "cut_row")]
    assert facts.truncated == "cut_line"


def test_a_picture_belongs_to_the_event_before_it_that_says_one_was_taken() -> None:
    rows, facts = read(body(as_json(alert(1, pictures=1)), PICTURE, as_json(alert(2, pictures=0)), PICTURE))
    assert [(row.kind, row.row, row.employee_id) for row in rows] == [
        ("punch", 1, "1001"), ("photo", 2, "1001"), ("punch", 3, "1002"), ("photo", 4, ""),
    ]  # fmt: skip
    assert rows[0].details["photo_ref"] == rows[1].details["file"] == "part 2 Picture.jpg"
    assert rows[1].details["content"] == PICTURE and not rows[2].details["photo_ref"]
    assert facts == FileFacts()


def test_pictures_reach_the_case_under_names_that_the_clock_ins_carry(read: Any, write: Any) -> None:
    told = read(write(body(as_json(alert(1, pictures=1)), PICTURE, as_json(alert(2, pictures=1)), PICTURE), "push.bin"))
    assert sorted(told.details["photo_ref"]) == list(told.photos) == ["part 2 Picture.jpg", "part 4 Picture.jpg"]
    assert set(told.photos.values()) == {PICTURE} and told.encoding == "binary"


def test_a_failed_attempt_names_nobody() -> None:
    (row,), _ = read(as_json(alert(subEventType=76, employeeNoString="0", name="")))
    assert (row.kind, row.employee_id, row.result, row.record_kind) == ("punch", "", "fail", "failed_attempt")


def test_a_part_with_xml_and_one_with_nothing_are_read_in_their_places() -> None:
    rows, _ = read(body(b"", as_xml(alert(1)).encode(), as_json(alert(2)) + b"\n" + as_json(alert(3))))
    assert [(row.kind, row.row, row.sub) for row in rows] == [
        ("non-record", 1, 0), ("punch", 2, 0), ("punch", 3, 0), ("punch", 3, 1),
    ]  # fmt: skip


def test_a_capture_that_ends_in_a_picture_keeps_what_there_is() -> None:
    rows, facts = read(body(as_json(alert(1, pictures=1)), PICTURE)[:-30])
    assert [row.kind for row in rows] == ["punch", "photo"] and rows[1].details["whole"] is False
    assert facts.truncated == "cut_line"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + as_xml(alert()), "records_xml_entities"),
        (as_xml(alert()).replace("<name>", "<name"), "records_xml_broken"),
        ('{"AccessControllerEvent": {"a" 1}}', "records_json_broken"),
        ("[1, 2]", "records_json_broken"),
    ],
)
def test_broken_and_hostile_messages_are_refused(content: str, code: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (as_xml(alert()).encode(), True),
        (b"<?xml version='1.0'?>\n" + as_xml(alert(), prefix="hik:").encode(), True),
        (as_json(alert()), True),
        (body(as_json(alert()), PICTURE), True),
        (b"POST /push HTTP/1.1\r\n\r\n" + body(as_json(BEAT), as_json(alert())), True),
        (body(b'{"table": "ATTLOG"}'), False),
        (b'{"AcsEvent": {"InfoList": []}}', False),
        (b"<html><body>EventNotificationAlert</body></html>", False),
    ],
)
def test_only_such_messages_are_claimed(content: bytes, claimed: bool) -> None:
    text = "" if b"\xff" in content else content.decode()
    assert HikEventPush().sniff(Head(content=content, text=text)) is claimed
