from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.clockin.files import decoding
from toolkit.clockin.files.decoding import decode, read_bytes, read_text
from toolkit.errors import ReadingError

TABLE = "工号,姓名,打卡时间\r\n1001,沈玉兰,2026-03-03 08:21:49\r\n"


@pytest.mark.parametrize(
    ("encoding", "named", "basis"),
    [
        ("utf-8", "utf-8", "strict"),
        ("utf-8-sig", "utf-8", "mark"),
        ("gb18030", "gb18030", "strict"),
        ("gbk", "gb18030", "strict"),
        ("utf-16", "utf-16", "mark"),
        ("utf-32", "utf-32", "mark"),
        ("utf-16-le", "utf-16-le", "zero bytes"),
        ("utf-16-be", "utf-16-be", "zero bytes"),
    ],
)
def test_each_encoding_gives_the_same_text_and_says_how_it_was_told(encoding: str, named: str, basis: str) -> None:
    text = TABLE if basis != "zero bytes" else "PIN\tTime\r\n1001\t2026-03-03 08:21:49\r\n"
    told = decode(text.encode(encoding), "list.csv")
    assert (told.text, told.encoding, told.basis) == (text, named, basis)


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_a_utf_16_mark_is_honoured_in_both_byte_orders(mark: str) -> None:
    assert decode(f"\ufeff{TABLE}".encode(mark), "list.csv").text == TABLE


def test_bytes_that_are_no_text_of_any_kind_tried_are_refused_rather_than_guessed() -> None:
    with pytest.raises(ReadingError) as caught:
        decode("Müller,été".encode("cp1252") + b"\xff\xff", "list.csv")
    assert caught.value.code == "records_encoding"
    assert "list.csv" in str(caught.value)


def test_a_stated_encoding_is_used_and_noted_as_stated() -> None:
    told = decode("工號,姓名".encode("big5"), "list.csv", "big5")
    assert (told.text, told.encoding, told.basis) == ("工號,姓名", "big5", "declared")


@pytest.mark.parametrize("name", ["no-such-code", "base64", "rot13", ""])
def test_a_stated_encoding_that_there_is_not_is_refused_by_name(name: str) -> None:
    with pytest.raises(ReadingError) as caught:
        decode(b"1001", "list.csv", name)
    assert caught.value.code == "encoding_unknown"


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (b"\x00\x00\x00\x20ftypisom" + b"\x00" * 40, "video"),
        (b"RIFF\x10\x00\x00\x00AVI LIST", "video"),
        (b"DHAV\xfd\x00" + b"\x00" * 20, "video"),
        (b"\x00\x00\x00\x01\x67\x42\x00\x1f", "video"),
        ((b"\x47" + b"\x11" * 187) * 9, "video"),
        (b"PK\x03\x04\x14\x00\x06\x00", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
        (b"\x00\x01\x00\x00Standard Jet DB\x00\x01\x00", "access"),
        (b"\x00\x01\x00\x00Standard ACE DB\x00\x02\x00", "access"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"BM\x36\x00\x00\x00\x00\x00", "picture"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (b"1001\t2026-03-03 08:21:49\x00\x00\x00\x00\r\n", "binary"),
        (b"1001,2026-03-03 08:21:49\n" * 400 + b"\x00", "binary"),
        ("1001,\x02\x03".encode("utf-16"), "binary"),
        (bytes(range(256)) * 20, "binary"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_name_and_what_it_looks_like(
    content: bytes, looks_like: str
) -> None:
    with pytest.raises(ReadingError) as caught:
        decode(content, "yard.csv")
    assert caught.value.code == f"records_not_text_{looks_like}"
    assert "yard.csv" in caught.value.what("en")
    assert "yard.csv" in caught.value.what("zh")


def test_a_text_that_begins_like_a_bitmap_is_still_a_text() -> None:
    assert decode(b"BMW,2026-03-03", "list.csv").text.startswith("BMW")


@pytest.mark.parametrize("content", [b"", b"  \r\n\t\r\n", b"\xef\xbb\xbf", "\ufeff\r\n".encode("utf-16-le")])
def test_an_empty_file_is_called_empty(write, content: bytes) -> None:
    with pytest.raises(ReadingError) as caught:
        read_text(write(content))
    assert caught.value.code == "file_empty"


def test_a_missing_file_and_a_folder_are_named(tmp_path) -> None:
    with pytest.raises(ReadingError, match=r"nowhere\.dat"):
        read_bytes(tmp_path / "nowhere.dat")
    with pytest.raises(ReadingError) as caught:
        read_bytes(tmp_path)
    assert caught.value.code == "file_not_a_file"


def test_a_file_above_the_limit_is_refused_before_it_is_read(write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGEST_BYTES", 2**20)
    with pytest.raises(ReadingError, match="1 MiB") as caught:
        read_bytes(write(b"1" * (2**20 + 1)))
    assert caught.value.code == "records_too_large"
    assert len(read_bytes(write(b"1" * 2**20))) == 2**20


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_end_in_anything_but_text_or_a_reading_error(content: bytes) -> None:
    try:
        told = decode(content, "any")
    except ReadingError as refused:
        assert refused.what("en") and refused.advice("zh")
    else:
        assert told.text.strip() and "\x00" not in told.text
