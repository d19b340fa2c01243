from __future__ import annotations

import base64
from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.zkteco_photo import ZktecoPhoto
from toolkit.clockin.roster import absent_from_roster

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\n\r\n\xff\xd9"


def upload(name: str, picture: bytes = JPEG, size: int | None = None, end: bytes = b"\x00") -> bytes:
    size = len(picture) if size is None else size
    return f"PIN={name}\nSN=CQZ7000000001\nsize={size}\nCMD=uploadphoto".encode() + end + picture


def rows(content: bytes) -> list[RawRow]:
    return list(ZktecoPhoto().rows(Source(name="x.bin", content=content)))


@pytest.mark.parametrize(
    ("name", "employee_id"),
    [("20260303084112-1002.jpg", "1002"), ("20260303084112-0-1002-110101199003070000.jpg", "1002"),
     ("20260303084112-3-1002-110101199003070000.jpg", "1002")],
)  # fmt: skip
def test_a_picture_of_a_success_is_a_picture_and_no_second_clock_in(name: str, employee_id: str) -> None:
    (row,) = rows(upload(name))
    assert (row.kind, row.employee_id, row.time_text) == ("photo", employee_id, "20260303084112")
    assert (row.details["file"], row.details["content"]) == (name, JPEG)


@pytest.mark.parametrize(
    ("name", "employee_id", "kind"),
    [
        ("20260303084105.jpg", "", None),
        ("20260303084105-1-1002-110101199003070000.jpg", "1002", "1"),
        ("20260303084105-2--110101199003070000.jpg", "", "2"),
        ("20260303084105-4-1002-.jpg", "1002", "4"),
    ],
)
def test_a_name_that_tells_of_a_failure_is_also_an_attempt(name: str, employee_id: str, kind: str | None) -> None:
    photo, attempt = rows(upload(name))
    assert (photo.kind, attempt.kind, attempt.sub) == ("photo", "punch", 1)
    assert (attempt.employee_id, attempt.result, attempt.record_kind) == (employee_id, "fail", "failed_attempt")
    assert (attempt.at, attempt.precision_s, attempt.time_text) == ("2026-03-03T08:41:05", 1.0, "20260303084105")
    assert (attempt.details["photo_ref"], attempt.details["attempt_type"]) == (name, kind)


def test_an_attempt_is_read_with_its_picture(write: Any, read: Any) -> None:
    got = read(write(upload("20260303084105.jpg"), "photo.bin"))
    (punch,) = got.punches.to_dict("records")
    assert (got.format, punch["t_local"], punch["result"]) == ("zkteco_photo", "2026-03-03T08:41:05", "fail")
    assert punch["terminal_id"] == "CQZ7000000001"
    assert got.photos == {"20260303084105.jpg": JPEG} and list(got.details["photo_ref"]) == ["20260303084105.jpg"]
    assert "failures" not in got.lacks


def test_attempts_that_name_nobody_are_in_every_scope_and_repeat_nobody(write: Any, read: Any) -> None:
    def asked(body: bytes) -> bytes:
        head = f"POST /iclock/fdata?SN=CQZ7000000001&table=ATTPHOTO HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body + b"\r\n\r\n"

    content = asked(upload("20260303084105.jpg")) + asked(upload("20260303084110.jpg"))
    got = read(write(content, "push.bin"), scope=frozenset({"1001"}))
    assert list(got.punches["result"]) == ["fail", "fail"] and got.warnings == []
    assert got.details["repeat_kind"].isna().all() and len(got.photos) == 2
    assert absent_from_roster(got.punches, got.punches.head(0)) == []


def test_a_picture_kept_in_base64_is_the_same_picture() -> None:
    (row,) = rows(upload("20260303084112-1002.jpg", base64.b64encode(JPEG), len(JPEG), b"\n"))
    assert row.details["content"] == JPEG


@pytest.mark.parametrize("picture", [b"", b"GIF89a", b"not base64 !"])
def test_an_upload_without_a_picture_is_refused_and_its_attempt_is_not_lost(picture: bytes) -> None:
    refused, attempt = rows(upload("20260303084105.jpg", picture))
    assert (refused.kind, refused.why, attempt.result) == ("refused", "no_picture", "fail")


def test_a_moment_that_is_none_is_refused_and_a_clock_that_fell_back_is_flagged() -> None:
    assert [row.why for row in rows(upload("20261303084105.jpg"))] == ["", "unreadable_time"]
    assert rows(upload("20000101000341.jpg"))[1].details["flags"] == ["clock_reset"]


@pytest.mark.parametrize(("size", "truncated"), [(None, ""), (len(JPEG) + 9, "cut_line")])
def test_a_picture_shorter_than_stated_is_told(size: int | None, truncated: str) -> None:
    facts = ZktecoPhoto().facts(Source(name="x.bin", content=upload("20260303084112-1002.jpg", size=size)))
    assert (facts.device, facts.truncated) == ("CQZ7000000001", truncated)


def test_only_the_lines_of_an_upload_are_claimed() -> None:
    sniff = ZktecoPhoto().sniff
    assert sniff(Head(content=upload("a.jpg")))
    assert not sniff(Head(content=JPEG))
    assert not sniff(Head(content=b"PIN=1\tName=2\n"))
    assert not sniff(Head(content=upload("a.jpg").replace(b"uploadphoto", b"other")))
