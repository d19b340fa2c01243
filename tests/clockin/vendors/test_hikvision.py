"""What one event says: who, how, and whether the terminal accepted it; nothing is read from what was only permitted."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.vendors.hikvision import FAIL_OF, PASS_OF, event_row

EVENT = {
    "major": 5,
    "minor": 75,
    "time": "2026-03-03T08:21:07+08:00",
    "name": "沈玉兰",
    "employeeNoString": "1001",
    "serialNo": 97800,
    "currentVerifyMode": "cardOrFace",
}


def told(**changes: Any) -> Any:
    return event_row({name: value for name, value in {**EVENT, **changes}.items() if value is not None}, 1, "raw")


@pytest.mark.parametrize(
    ("minor", "credential", "result"),
    [
        (75, "face", "pass"),
        ("76", "face", "fail"),
        (1, "card", "pass"),
        (2, "card+password", "pass"),
        (38, "finger", "pass"),
        (39, "finger", "fail"),
        (54, "face+finger", "pass"),
        (57, "face+password", "pass"),
        (60, "face+card", "pass"),
        (77, "pin+face", "pass"),
        (101, "pin+password", "pass"),
        (181, "password", "pass"),
        (156, "qr", "pass"),
        (104, "unknown (5-104)", "unknown"),  # two public tables differ
        (999, "unknown (5-999)", "unknown"),
    ],
)
def test_the_minor_code_tells_credential_and_result(minor: Any, credential: str, result: str) -> None:
    row = told(minor=minor)
    assert (row.kind, row.credential, row.result) == ("punch", credential, result)
    assert row.record_kind == ("failed_attempt" if result == "fail" else "raw_event")
    assert (row.details["credential_code"], row.details["code_table"]) == (f"5-{minor}", "hik.acs.5")


def test_no_code_is_a_pass_and_a_failure() -> None:
    assert not PASS_OF.keys() & FAIL_OF.keys()


def test_what_the_reader_permits_is_not_what_was_shown() -> None:
    row = told(minor=1, currentVerifyMode="cardOrFaceOrFp", cardNo="18446744073709551895")
    assert row.credential == "card"
    assert row.details["currentVerifyMode"] == "cardOrFaceOrFp"
    assert row.details["cardNo"] == "18446744073709551895"


@pytest.mark.parametrize("number", ["0", 0, "", None])
def test_an_employee_number_zero_means_none(number: Any) -> None:
    assert told(employeeNoString=number, minor=76).employee_id == ""
    passed = told(employeeNoString=number)
    assert (passed.kind, passed.why) == ("refused", "no_employee")


def test_padding_is_kept_and_a_rounded_number_is_refused() -> None:
    assert told(employeeNoString="00000042").employee_id == "00000042"
    assert told(employeeNoString="1.004E+03").why == "shortened_id"
    assert told(employeeNoString=None, employeeNo=42).employee_id == "42"


@pytest.mark.parametrize(
    ("changes", "code", "what"),
    [
        ({"minor": 21, "employeeNoString": None}, "5-21", "door unlocked"),
        ({"minor": 22}, "5-22", "door locked"),
        ({"minor": 999, "employeeNoString": None}, "5-999", "unknown"),
        ({"major": 3, "minor": 75}, "3-75", "unknown"),
    ],
)
def test_events_without_a_person_are_kept_as_events(changes: dict[str, Any], code: str, what: str) -> None:
    row = told(**changes)
    assert (row.kind, row.details) == ("device event", {"code": code, "what": what})


@pytest.mark.parametrize(
    ("status", "direction"),
    [("checkIn", "in"), ("overtimeOut", "ot_out"), ("breakIn", "break_in"), ("undefined", None), (None, None)],
)
def test_the_direction_is_told_only_where_the_source_states_one(status: Any, direction: str | None) -> None:
    assert told(attendanceStatus=status).details["direction"] == direction


def test_pushed_names_of_fields_say_the_same_and_the_device_is_named() -> None:
    pushed = {"majorEventType": 5, "subEventType": 75, "dateTime": EVENT["time"], "employeeNoString": "1001"}
    row = event_row(pushed, 3, "raw", {"macAddress": "aa:bb:cc:dd:ee:ff", "ipAddress": "192.168.1.101"})
    assert (row.employee_id, row.credential, row.time_text) == ("1001", "face", EVENT["time"])
    assert (row.terminal_id, row.details["ip_address"]) == ("aa:bb:cc:dd:ee:ff", "192.168.1.101")
