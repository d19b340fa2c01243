"""What Chinese attendance platforms write beside a time: accepted, made up afterwards, changed by somebody.

The words are those of DingTalk, WeCom and Feishu. A word that is not known is
"unknown", never a pass. A clock-in that the platform calls invalid (打卡无效)
did take place as far as the record goes; whether it was accepted in the end is
not told, so that it is "unknown" and flagged, and it is no failed attempt of a
face either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

DECLARED_INVALID = "declared_invalid"
# Late and early are said of accepted clock-ins; 旷工迟到 is one so late that the day counts as absence.
ACCEPTED = re.compile(r"(?:正常|迟到|严重迟到|旷工迟到|早退|严重早退|外勤)(?:[\d.]+(?:分钟|小时))*(?:[,;、]|$)")
INVALID = "无效"
# In this order: an approved make-up names both a make-up and an approval.
CHANGED = (("补卡", "makeup"), ("管理员", "manual_edit"), ("审批", "approval"), ("免打卡", "auto"), ("系统", "auto"),
           ("自动打卡", "auto"))  # fmt: skip
AFIELD = ("外勤", "外出")
NO_CLOCK_IN = ("缺卡", "未打卡")
DIRECTIONS = {"上班": "in", "下班": "out"}
# Kinds of device: any terminal of a make may be called so, which names none.
KINDS = frozenset({"考勤机", "智能考勤机", "智慧考勤机"})
PHONES = ("手机", "iphone", "android", "ipad")
SERIAL = re.compile(r"[A-Z0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words beside a time make of it: ``result``, ``record_kind``, ``credential``, ``flags`` of a punch."""

    result: str
    record_kind: str
    credential: str
    flags: tuple[str, ...] = ()


def verdict(words: str, kind: str, edited: str = "") -> Verdict:
    """Read the words that stand beside a time.

    Parameters
    ----------
    words : str
        Such as 正常, 迟到11分钟, 补卡审批通过.
    kind : str
        The kind of record where the words tell of no change.
    edited : str
        What an administrator noted on changing the row.
    """
    changed = "manual_edit" if edited else next((told for word, told in CHANGED if word in words), "")
    if changed:
        # Nobody was checked by a device, so that there is nothing that could have passed.
        return Verdict("unknown", changed, "manual")
    if INVALID in words:
        return Verdict("unknown", kind, "unknown", (DECLARED_INVALID,))
    credential = "remote" if any(word in words for word in AFIELD) else "unknown"
    return Verdict("pass" if ACCEPTED.match(words) else "unknown", kind, credential)


def direction(words: str) -> str:
    """Which way the words say that it was: "in", "out", or "" where they say neither or both."""
    told = [code for word, code in DIRECTIONS.items() if word in words]
    return told[0] if len(told) == 1 else ""


def missed(words: str) -> bool:
    """Whether the words say that nobody clocked in."""
    return any(word in words for word in NO_CLOCK_IN)


def elsewhere(credential: str, record_kind: str) -> str | None:
    """What stands for the terminal of a row that was made at none: "(remote)", or its kind such as "(makeup)".

    A row that names nothing is given to the terminal that a person states for
    the file, whose clock it was not made by. None for a row of a terminal.
    """
    if credential == "remote":
        return "(remote)"
    return None if record_kind in ("raw_event", "daily_slot", "failed_attempt") else f"({record_kind})"


def is_phone(device: str) -> bool:
    """Whether the text names a phone or a tablet, which is no terminal."""
    return any(word in device.lower() for word in PHONES)


def device_details(device: str) -> Mapping[str, str]:
    """Name and, where it ends in one (``M2_CQZ7000000001``), serial number of a device."""
    serial = device.rpartition("_")[2]
    numbered = not is_phone(device) and serial != device and SERIAL.fullmatch(serial) is not None
    return {"device_name": device, "device_serial": serial if numbered else ""}


def terminal_of(device: str) -> str | None:
    """What the row's terminal is called; None where the text names a kind of device only. A phone is named too."""
    if not device or device in KINDS:
        return None
    return device_details(device)["device_serial"] or device
