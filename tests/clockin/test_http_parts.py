from __future__ import annotations

from toolkit.clockin.files.http_messages import parts_of

PICTURE = b"\xff\xd8\xff\xe0 \r\n-- \n\x00 picture \xff\xd9"


def body(*contents: bytes, mark: str = "MIME_boundary", end: str = "\r\n", close: bool = True) -> bytes:
    line = end.encode()
    parts = b"".join(
        b"--"
        + mark.encode()
        + line
        + b'Content-Disposition: form-data; name="x"; filename="f.jpg"'
        + line
        + line
        + one
        + line
        for one in contents
    )
    return parts + (b"--" + mark.encode() + b"--" + line if close else b"")


def test_parts_are_numbered_and_hold_their_bytes_untouched() -> None:
    told = list(parts_of(body(b'{"a": 1}', PICTURE)))
    assert [(one.number, one.content, one.whole, one.is_picture) for one in told] == [
        (1, b'{"a": 1}', True, False),
        (2, PICTURE, True, True),
    ]
    assert told[0].file == "f.jpg" and told[0].headers["content-disposition"].startswith("form-data")


def test_lines_may_end_without_a_carriage_return_and_a_request_may_stand_in_front() -> None:
    request = b"POST /push HTTP/1.1\nContent-Type: multipart/form-data; boundary=MIME_boundary\n\n"
    assert [one.content for one in parts_of(request + body(b"1", b"2", end="\n"))] == [b"1", b"2"]


def test_bodies_follow_each_other_with_any_boundary() -> None:
    both = body(b"1") + b"POST /push HTTP/1.1\r\n\r\n" + body(b"2", mark="another") + body(b"3")
    assert [(one.number, one.content) for one in parts_of(both)] == [(1, b"1"), (2, b"2"), (3, b"3")]


def test_a_part_in_which_the_file_ends_is_told() -> None:
    assert [one.whole for one in parts_of(body(b"1", PICTURE)[:-40])] == [True, False]
    (alone,) = parts_of(b"--b\r\nContent-Type: image/jpeg\r\n")
    assert not alone.whole and alone.content == b"" and alone.is_picture and alone.file == ""


def test_a_boundary_that_begins_like_another_is_not_taken_for_it() -> None:
    (part,) = parts_of(body(b"1\r\n--MIME_boundary_other\r\n2"))
    assert part.content == b"1\r\n--MIME_boundary_other\r\n2"


def test_other_files_have_no_parts() -> None:
    assert not list(parts_of(b"PIN\tTime\r\n")) and not list(parts_of(b"-- a comment\r\nselect 1"))
