from __future__ import annotations

import struct
from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.zkteco_users import ZktecoUsers
from toolkit.errors import ReadingError


def new(uid: int, name: bytes, number: bytes, password: bytes = b"", card: int = 0, group: bytes = b"1") -> bytes:
    return struct.pack("<HB8s24sIx7sx24s", uid, 0, password, name, card, group, number)


def old(uid: int, name: bytes, number: int) -> bytes:
    return struct.pack("<HB5s8sIxBhI", uid, 14, b"", name, 0, 1, 0, number)


def rows(content: bytes, **mapping: Any) -> list[RawRow]:
    return list(ZktecoUsers().rows(Source(name="user.dat", content=content, mapping=mapping)))


def gbk(text: str) -> bytes:
    return text.encode("gb18030")


def test_the_number_of_the_log_is_the_one_at_the_end_and_not_the_running_number() -> None:
    (row,) = rows(new(7, gbk("彭国庆"), b"00001004", b"123456", card=77))
    assert (row.kind, row.row, row.employee_id) == ("person", 1, "00001004")
    assert row.details == {
        "name": "彭国庆", "uid": "7", "privilege": "0", "card": "77", "group": "1", "password_set": "yes",
    }  # fmt: skip


def test_records_of_older_terminals_are_read_by_their_own_layout() -> None:
    first, second = rows(old(1, gbk("沈玉兰"), 1001) + old(2, gbk("卢志远"), 1002))
    assert [(row.employee_id, row.details["name"]) for row in (first, second)] == [
        ("1001", "沈玉兰"),
        ("1002", "卢志远"),
    ]
    assert (first.details["privilege"], first.details["group"], second.row) == ("14", "1", 2)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_cut_within_a_character_is_read_up_to_there_and_flagged(encoding: str) -> None:
    whole = "A" + "欧阳静" * 6
    (row,) = rows(new(1, whole.encode(encoding)[:24], b"1005"))
    name = row.details["name"]
    assert name.endswith("\ufffd") and whole.startswith(name[:-1]) and len(name) > 7
    assert row.details["flags"] == "name_cut"


def test_a_name_that_just_fills_its_field_may_be_longer() -> None:
    full, short = rows(new(1, gbk("欧阳静" * 4), b"1005") + new(2, gbk("欧阳静"), b"1006"))
    assert full.details["flags"] == "name_full" and "flags" not in short.details


def test_one_encoding_holds_for_all_names_of_a_file() -> None:
    # These three characters in GB 2312 happen to be UTF-8 as well; the name beside them decides.
    assert gbk("卢志远").decode("utf-8") != "卢志远"
    told = rows(new(2, gbk("卢志远"), b"1002") + new(3, gbk("韩晓梅"), b"1003"))
    assert [row.details["name"] for row in told] == ["卢志远", "韩晓梅"]
    assert not any("flags" in row.details for row in told)


def test_names_that_fit_two_encodings_are_flagged() -> None:
    (alone,) = rows(new(2, gbk("卢志远"), b"1002"))
    assert (alone.details["name"], alone.details["flags"]) == ("卢志远", "name_encoding_unsure")
    (letters,) = rows(new(2, "José".encode(), b"1002"))
    assert (letters.details["name"], letters.details["flags"]) == ("José", "name_encoding_unsure")
    (stated,) = rows(new(2, gbk("卢志远"), b"1002"), encoding="gb18030")
    assert stated.details["name"] == "卢志远" and "flags" not in stated.details
    with pytest.raises(ReadingError):
        rows(new(2, b"X", b"1002"), encoding="klingon")


def test_what_stands_behind_the_end_of_a_name_is_not_the_name() -> None:
    assert rows(new(1, b"Ann\x00old rest\xff", b"1001"))[0].details["name"] == "Ann"


def test_a_rest_shorter_than_a_record_is_refused_and_the_file_is_not_whole() -> None:
    content = new(1, b"", b"1001") + new(2, b"", b"1002")[:50]
    told = rows(content)
    assert [(row.kind, row.why, row.row) for row in told] == [("person", "", 1), ("refused", "cut_row", 2)]
    assert ZktecoUsers().facts(Source(name="user.dat", content=content)).truncated == "cut_line"
    assert ZktecoUsers().facts(Source(name="user.dat", content=content[:72])).truncated == ""


def test_a_record_without_a_number_further_down_is_refused() -> None:
    told = rows(new(1, b"", b"1001") * 50 + new(2, b"X", b""))
    assert [row.why for row in told[-2:]] == ["", "no_employee"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bytes(720),
        b"\xff\xd8\xff\xe0" + bytes(140),
        b"1001\t2026-03-03 08:21:07\t1\t0\t15\t0\r\n" * 4,
        new(0, b"X", b"1001"),
        new(1, b"X", b"10 01"),
        new(1, b"X", b"1001") + new(0, b"X", b"1002"),
        old(1, b"X", 0),
    ],
)
def test_other_bytes_are_not_claimed(content: bytes) -> None:
    assert not ZktecoUsers().sniff(Head(content=content))


def test_a_text_is_never_claimed() -> None:
    assert ZktecoUsers().sniff(Head(content=new(1, b"X", b"1001")))
    assert not ZktecoUsers().sniff(Head(content=new(1, b"X", b"1001"), text="X"))


def test_a_roster_is_read_without_a_clock_in(write: Any, read: Any) -> None:
    got = read(write(new(1, gbk("沈玉兰"), b"1001"), "user.dat"))
    assert (got.format, got.encoding, len(got.punches), len(got.details)) == ("zkteco_users", "binary", 0, 0)
    (person,) = got.people.to_dict("records")
    assert (person["employee_id"], person["name"], person["row"]) == ("1001", "沈玉兰", 1)
    assert got.lacks == () and got.warnings == []
    assert len(read(write(new(1, b"X", b"1001"), "user.dat"), scope=frozenset({"1002"})).people) == 0
