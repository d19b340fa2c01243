from __future__ import annotations

import base64
from typing import Any

import pytest

from toolkit.clockin.files.http_messages import read_capture
from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.zkteco_adms import ZktecoAdms
from toolkit.clockin.formats.zkteco_attlog import ZktecoAttlog

ROW = "1001\t2026-03-03 08:21:07\t0\t15\t0\t0\t0\n"
JPEG = b"\xff\xd8\xff\xe0\n\n\x00POST\n\xff\xd9"


def request(body: str | bytes, table: str = "ATTLOG", path: str = "/iclock/cdata", length: int | None = None) -> bytes:
    raw = body if isinstance(body, bytes) else body.encode()
    length = len(raw) if length is None else length
    target = f"{path}?SN=CQZ7000000001&table={table}&Stamp=9999"
    return f"POST {target} HTTP/1.1\r\nHost: 10.0.0.9\r\nContent-Length: {length}\r\n\r\n".encode() + raw


def source(*requests: bytes, **mapping: Any) -> Source:
    return Source(name="push.http", content=b"\r\n\r\n".join(requests), mapping=mapping)


def told(*requests: bytes) -> list[RawRow]:
    return [row for row in ZktecoAdms().rows(source(*requests)) if row.kind != "non-record"]


def test_a_row_tells_person_time_direction_credential_and_terminal() -> None:
    (row,) = told(request(ROW))
    assert (row.kind, row.row, row.raw) == ("punch", 5, ROW.rstrip("\n"))
    assert (row.employee_id, row.time_text, row.credential, row.result) == (
        "1001",
        "2026-03-03 08:21:07",
        "face",
        "pass",
    )
    assert (row.terminal_id, row.details["device_serial"]) == ("CQZ7000000001", "CQZ7000000001")
    assert (row.details["direction"], row.details["credential_code"], row.details["code_table"]) == (
        "in", "15", "zk.push.app7",
    )  # fmt: skip


@pytest.mark.parametrize("columns", range(4, 13))
def test_rows_of_four_to_twelve_columns_keep_every_column(columns: int) -> None:
    fields = ["18", "2026-01-18 15:31:30", "255", "1", *(f"v{n}" for n in range(5, columns + 1))]
    (row,) = told(request("\t".join(fields)))
    assert (row.employee_id, row.credential, row.details["direction"]) == ("18", "finger", "")
    kept = {name: value for name, value in row.details.items() if str(value).startswith("v")}
    assert sorted(kept.values()) == sorted(fields[4:])
    assert ("temperature" in kept) == (columns >= 10) and ("column_8" in kept) == (columns in (8, 9))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1001\t2026-03-03 08:21:07\t0", "too_few_fields"),
        ("\t2026-03-03 08:21:07\t0\t15", "no_employee"),
        ("1001\t2026-03-03 08:21\t0\t15", "unreadable_time"),
        ("rubbish", "too_few_fields"),
    ],
)
def test_a_spoilt_row_is_refused_with_the_reason(line: str, why: str) -> None:
    assert [row.why for row in told(request(f"{ROW}{line}\n{ROW}"))] == ["", why, ""]


def test_a_row_at_which_the_file_breaks_off_is_refused_and_the_file_is_not_whole() -> None:
    cut = source(request(ROW + ROW[:-8], length=2 * len(ROW)))
    rows = [row for row in ZktecoAdms().rows(cut) if row.kind != "non-record"]
    assert [(row.kind, row.why) for row in rows] == [("punch", ""), ("refused", "cut_row")]
    assert ZktecoAdms().facts(cut).truncated == "cut_line"
    # To the byte: the code 15 without its last digit would be another one.
    short = source(request("1001\t2026-03-03 08:21:07\t0\t1", length=len("1001\t2026-03-03 08:21:07\t0\t15")))
    assert [row.why for row in ZktecoAdms().rows(short)][-1] == "cut_row"


def test_a_capture_saved_with_other_line_ends_is_whole() -> None:
    content = (request(ROW.replace("\n", "\r\n") * 3) + b"\r\n\r\n" + request(ROW)).replace(b"\r\n", b"\n")
    saved = Source(name="push.http", content=content)
    assert [row.why for row in ZktecoAdms().rows(saved) if row.kind != "non-record"] == [""] * 4
    assert ZktecoAdms().facts(saved).truncated == ""


@pytest.mark.parametrize(
    ("op", "what"),
    [("0", "power_on"), ("2", "verification_failed"), ("13", "data_cleared"), ("21", "clock_set"),
     ("23", "records_deleted"), ("41", "records_copied"), ("101", "face_enrolled"), ("106", "face_deleted"),
     ("77", "unknown")],
)  # fmt: skip
def test_what_was_done_to_the_terminal_is_an_event(op: str, what: str, write: Any, read: Any) -> None:
    log = request(f"OPLOG {op}\t14\t2026-03-03 07:58:40\t0\t0\t0\t0\n", "OPERLOG")
    got = read(write(request(ROW) + b"\r\n\r\n" + log, "push.bin"))
    (event,) = got.events.to_dict("records")
    assert (event["code"], event["what"], event["operator"]) == (op, what, "14")
    assert (event["stamped_at"], event["terminal_id"]) == ("2026-03-03 07:58:40", "CQZ7000000001")
    assert event["row"] == 12 and len(got.punches) == 1


@pytest.mark.parametrize("encoding", ["gb2312", "utf-8"])
def test_names_are_read_in_the_language_of_the_terminal(encoding: str) -> None:
    lines = "USER PIN=1004\tName=彭国庆\tPri=0\tPasswd=123\tCard=\tGrp=1\n"
    lines += "USER PIN=1002\tName=卢志远\tPri=14\tPasswd=\tCard=77\n"
    first, second = told(request(lines.encode(encoding), "OPERLOG"))
    assert (first.kind, first.employee_id, first.details["name"]) == ("person", "1004", "彭国庆")
    assert (second.details["name"], second.details["privilege"], second.details["card"]) == ("卢志远", "14", "77")
    assert (first.details["password_set"], second.details["password_set"]) == ("yes", "no")
    assert "123" not in first.details.values()


def test_a_user_without_number_is_refused_and_templates_are_passed_over() -> None:
    lines = "USER PIN=\tName=X\nFP PIN=1004\tFID=1\tTMP=AAAA\nFUTURE thing\nOPLOG 4\n"
    refused, unknown, short = told(request(lines, "OPERLOG"))
    assert (refused.why, short.why) == ("no_employee", "too_few_fields")
    assert (unknown.kind, unknown.details) == ("device event", {"code": "FUTURE", "what": "unknown"})


def test_rows_of_an_unknown_table_are_refused_and_answers_are_not_read() -> None:
    answer = b"HTTP/1.1 200 OK\r\nDate: Tue, 03 Mar 2026 00:21:08 GMT\r\nContent-Length: 4\r\n\r\nOK:1"
    poll = b"GET /iclock/getrequest?SN=CQZ7000000001 HTTP/1.1\r\nHost: 10.0.0.9\r\n"
    done = request("ID=1&Return=0", "", "/iclock/devicecmd")
    rows = told(
        request(ROW), answer, poll, done, request("time=x", "rtlog"), request(ROW, ""), request("~a=b", "options")
    )
    assert [(row.kind, row.why) for row in rows] == [
        ("punch", ""), ("refused", "unknown_table"), ("refused", "unknown_table"),
    ]  # fmt: skip


def test_rows_above_the_first_request_belong_to_no_table() -> None:
    rows = told(ROW.encode() + request(ROW))
    assert [(row.row, row.why) for row in rows] == [(1, "unknown_table"), (6, "")]


def test_pictures_among_the_rows_keep_their_bytes_and_the_lines_after_them_their_numbers(write: Any, read: Any) -> None:
    lines = f"PIN=20260303084112-1002.jpg\nSN=CQZ7000000001\nsize={len(JPEG)}\nCMD=uploadphoto\x00".encode()
    stored = lines.replace(b"\x00", b"\n") + base64.b64encode(JPEG)
    capture = (
        request(lines + JPEG, "ATTPHOTO", "/iclock/fdata") + b"\r\n\r\n" + request(ROW) + request(stored, "ATTPHOTO")
    )
    got = read(write(capture, "push.bin"))
    assert (got.format, set(got.photos.values()), len(got.photos)) == ("zkteco_adms", {JPEG}, 2)
    line = 1 + capture[: capture.index(ROW.encode())].count(b"\n")
    assert list(got.punches["row"]) == [line]
    assert "photos" not in got.lacks and "failures" not in got.lacks


def test_a_picture_table_without_a_picture_is_refused() -> None:
    assert [row.why for row in told(request("nothing", "ATTPHOTO"))] == ["no_picture"]


def test_a_capture_of_clock_ins_alone_lacks_failures_and_pictures() -> None:
    facts = ZktecoAdms().facts(source(request(ROW)))
    assert (facts.device, set(facts.lacks)) == ("CQZ7000000001", {"failures", "photos"})


def test_the_upload_is_as_late_as_the_request_says() -> None:
    dated = request(ROW).replace(b"Host:", b"Date: Tue, 03 Mar 2026 00:21:09 GMT\r\nHost:")
    assert told(dated)[0].details["uploaded_at"] == "Tue, 03 Mar 2026 00:21:09 GMT"


def test_a_long_capture_is_not_taken_for_the_log_of_a_stick() -> None:
    content = request(ROW * 60)
    head = Head(content=content, text=content.decode())
    assert ZktecoAdms().sniff(head) and not ZktecoAttlog().sniff(head)
    assert not ZktecoAdms().sniff(Head(content=ROW.encode(), text=ROW))
    assert not ZktecoAdms().sniff(Head(content=b"POST /api/records HTTP/1.1\r\n\r\n"))


def test_every_line_of_a_capture_is_counted_once() -> None:
    content = request(ROW * 3) + b"\r\n\r\n" + request("OPLOG 4\t14\t2026-03-03 07:58:40\t0\n", "OPERLOG")
    rows = list(ZktecoAdms().rows(Source(name="push.http", content=content)))
    assert [row.row for row in rows] == list(range(1, content.count(b"\n") + 1))
    assert read_capture(b"no request\n").messages == ()
