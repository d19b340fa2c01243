"""What one event of a Hikvision access terminal says, whichever way it was handed on.

References
----------
Minor codes of major 5: the vendor's public SDK header, which integrators' code
repeats; none was tried on a device here. 156 (QR) is integrators' word only.
Code 104 is "employee number and password" to one integrator and a failed
detection of a person in the header (there 101 is the former): it stays unknown.

Notes
-----
``currentVerifyMode`` is what the reader permits and not what was shown: a card
was accepted under ``cardOrFaceOrFp``. It is kept and never read as a credential.
An employee number 0 means none. Numbers of cards exceed 64 bits and stay text.
A pass says that the terminal accepted a credential; it does not say who held it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.clockin.fields.words import stated_direction
from toolkit.clockin.files.json_lists import field, scalar
from toolkit.clockin.files.tabular import clean_id, id_fault
from toolkit.clockin.formats import EVENT, PUNCH, REFUSED, RawRow

CODE_TABLE = "hik.acs.5"
ACCESS = "5"  # the major code of events of persons and doors
PASS_OF = {
    "1": "card",
    "2": "card+password",
    "38": "finger",
    "40": "card+finger",
    "43": "card+finger+password",
    "46": "finger+password",
    "54": "face+finger",
    "57": "face+password",
    "60": "face+card",
    "69": "pin+finger",
    "72": "pin+finger+password",
    "75": "face",
    "77": "pin+face",
    "101": "pin+password",
    "156": "qr",
    "181": "password",
}
# Not accepted: compared and refused, not finished in time, or no right to pass.
FAIL_OF = {
    **dict.fromkeys(("3", "4", "5"), "card+password"),
    **dict.fromkeys(("6", "7", "8", "9"), "card"),
    "39": "finger",
    **dict.fromkeys(("41", "42"), "card+finger"),
    **dict.fromkeys(("44", "45"), "card+finger+password"),
    **dict.fromkeys(("47", "48"), "finger+password"),
    **dict.fromkeys(("55", "56"), "face+finger"),
    **dict.fromkeys(("58", "59"), "face+password"),
    **dict.fromkeys(("61", "62"), "face+card"),
    **dict.fromkeys(("70", "71"), "pin+finger"),
    **dict.fromkeys(("73", "74"), "pin+finger+password"),
    **dict.fromkeys(("76", "80"), "face"),
    **dict.fromkeys(("78", "79"), "pin+face"),
    **dict.fromkeys(("102", "103"), "pin+password"),
}
DOOR = {"21": "door unlocked", "22": "door locked", "23": "exit button", "25": "door open", "26": "door closed"}
# Fields that are read; all others are kept as they stand.
READ = frozenset({"major", "majorEventType", "minor", "subEventType", "time", "dateTime", "name", "employeeNoString",
                  "employeeNo", "serialNo", "pictureURL", "deviceName"})  # fmt: skip


def event_row(event: Mapping[str, Any], row: int, raw: str, device: Mapping[str, Any] | None = None) -> RawRow:
    """One event as a row: a clock-in, a failed attempt, an event of the device, or refused.

    Parameters
    ----------
    event : mapping
        Fields of the event; names of pushed events differ from those of queried ones.
    device : mapping, optional
        What the message around it says of the device: ``macAddress``, ``ipAddress``.
    """
    device = device or {}
    major, minor = field(event, "major", "majorEventType"), field(event, "minor", "subEventType")
    told = _credential(major, minor)
    common: dict[str, Any] = {
        "row": row,
        "raw": raw,
        "employee_id": _employee(event),
        "time_text": field(event, "time", "dateTime"),
        "terminal_id": field(device, "macAddress") or None,
    }
    if told is None and (major not in (ACCESS, "") or minor in DOOR or not common["employee_id"]):
        what = DOOR.get(minor, "unknown") if major == ACCESS else "unknown"
        return RawRow(kind=EVENT, **common, details={"code": f"{major}-{minor}", "what": what})
    credential, result = told or (f"unknown ({major}-{minor})", "unknown")
    why = _fault(common["employee_id"], result)
    return RawRow(
        kind=REFUSED if why else PUNCH,
        why=why,
        **common,
        credential=credential,
        result=result,
        record_kind="failed_attempt" if result == "fail" else "raw_event",
        details=_details(event, device, f"{major}-{minor}"),
    )


def _credential(major: str, minor: str) -> tuple[str, str] | None:
    if major != ACCESS:
        return None
    if minor in PASS_OF:
        return PASS_OF[minor], "pass"
    return (FAIL_OF[minor], "fail") if minor in FAIL_OF else None


def _employee(event: Mapping[str, Any]) -> str:
    employee_id = clean_id(field(event, "employeeNoString", "employeeNo"))
    return "" if employee_id == "0" else employee_id


def _fault(employee_id: str, result: str) -> str:
    return "" if not employee_id and result == "fail" else id_fault(employee_id)


def _details(event: Mapping[str, Any], device: Mapping[str, Any], code: str) -> dict[str, Any]:
    serial = field(event, "serialNo")
    others = {name: scalar(value) for name, value in event.items() if name not in READ}
    return {
        **others,
        "name": field(event, "name"),
        "seq": serial if serial.isascii() and serial.isdigit() else None,
        "direction": stated_direction(field(event, "attendanceStatus")),
        "credential_code": code,
        "code_table": CODE_TABLE,
        "photo_ref": field(event, "pictureURL"),
        "device_name": field(event, "deviceName"),
        "ip_address": field(device, "ipAddress"),
    }
