"""Pictures that a ZKTeco terminal takes at a clock-in, with the few lines that it sends before them.

``PIN=<name>.jpg``, ``SN=``, ``size=``, ``CMD=uploadphoto``, a zero byte, then the
picture; some servers keep it in Base64. The name tells the moment and what came
of it: ``YYYYMMDDhhmmss-PIN.jpg`` after a success, without a number after a
failed attempt; terminals that read identity cards write
``time-type-PIN-idnumber.jpg``.

A picture of a success is kept as a picture only, since the terminal's log tells
the clock-in itself. A failed attempt stands in no log, so its picture is also
told as an attempt. That the attempt failed is what the name says; the picture
alone proves neither who stood there nor that anybody meant to deceive.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime

from toolkit.clockin.formats import PHOTO, PUNCH, REFUSED, RawRow
from toolkit.clockin.vendors.zk_codes import reset_flags

LINES = re.compile(rb"(?:[A-Za-z]{1,16}=[^\r\n\x00]{0,256}\r?\n){1,8}CMD=[^\r\n\x00]{1,64}(?:\x00|\r?\n|\Z)")
NAME = re.compile(
    r"(?P<at>\d{14})(?:-(?P<pin>[^-]+)|-(?P<type>\d)-(?P<card_pin>[^-]*)-(?P<id_number>[^-]*))?\.jpe?g",
    re.IGNORECASE | re.ASCII,
)
# What the type in the names of identity-card terminals tells of the attempt.
ATTEMPTS = {"0": "pass", "1": "fail", "2": "fail", "3": "pass", "4": "fail"}
JPEG, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
BLANKS = b"\r\n\t \x00"


@dataclass(frozen=True, slots=True)
class Picture:
    """One upload: the lines before the picture as text, their values by lower-case name, and the bytes.

    ``content`` is empty where no picture follows; ``whole`` says whether all its bytes are there.
    """

    lines: str
    told: dict[str, str]
    content: bytes
    whole: bool

    @property
    def file(self) -> str:
        """The name that the terminal gave it."""
        return self.told.get("pin", "")


def read_picture(body: bytes) -> Picture | None:
    """The upload that begins with this body; None where it begins otherwise."""
    match = LINES.match(body)
    if match is None:
        return None
    lines = match[0].strip(BLANKS).decode("utf-8", errors="backslashreplace")
    told = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition("=") for line in lines.splitlines())
    }
    size = int(told["size"]) if told.get("size", "").isascii() and told.get("size", "").isdigit() else None
    content = _content(body[match.end() :], size)
    whole = content.endswith(JPEG_END) and (size is None or len(content) == size)
    return Picture(lines, told, content, whole)


def photo_rows(picture: Picture, row: int, serial: str = "") -> list[RawRow]:
    """The picture, and the attempt where its name tells of a failed one.

    Refused with ``no_picture`` where no JPEG follows, with ``unreadable_time``
    where the name of a failed attempt holds no moment.
    """
    match = NAME.fullmatch(picture.file)
    terminal = picture.told.get("sn") or serial or None
    employee_id = (match["pin"] or match["card_pin"] or "") if match else ""
    stamp = match["at"] if match else ""
    kept = RawRow(
        kind=PHOTO,
        row=row,
        raw=picture.lines,
        employee_id=employee_id,
        time_text=stamp,
        terminal_id=terminal,
        details={"file": picture.file, "content": picture.content},
    )
    refused = RawRow(kind=REFUSED, row=row, raw=picture.lines, why="no_picture", employee_id=employee_id)
    told = [kept if picture.content else refused]
    if match and _failed(match):
        told.append(_attempt(picture, match, row, terminal))
    return told


def _failed(match: re.Match[str]) -> bool:
    return ATTEMPTS.get(match["type"]) == "fail" if match["type"] else match["pin"] is None


def _attempt(picture: Picture, match: re.Match[str], row: int, terminal: str | None) -> RawRow:
    stamp, employee_id = match["at"], match["card_pin"] or ""
    try:
        at = datetime.strptime(stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the terminal writes its own civil time
    except ValueError:
        return RawRow(
            kind=REFUSED,
            row=row,
            raw=picture.lines,
            why="unreadable_time",
            employee_id=employee_id,
            time_text=stamp,
            sub=1,
        )
    return RawRow(
        kind=PUNCH,
        row=row,
        sub=1,
        raw=picture.lines,
        employee_id=employee_id,
        time_text=stamp,
        at=at.isoformat(),
        precision_s=1.0,
        terminal_id=terminal,
        result="fail",
        record_kind="failed_attempt",
        details={
            "photo_ref": picture.file,
            "device_serial": terminal,
            "attempt_type": match["type"],
            "flags": reset_flags(f"{at:%Y-%m-%d}"),
        },
    )


def _content(rest: bytes, size: int | None) -> bytes:
    if rest.startswith(JPEG):
        return rest[:size] if size else rest.rstrip(BLANKS)
    text = b"".join(rest.split())
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return decoded if decoded.startswith(JPEG) else b""
