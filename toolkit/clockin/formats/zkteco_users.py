"""ZKTeco ``user.dat``: who is enrolled, as the terminal writes it to a USB stick.

Records of 72 bytes, or of 28 bytes from older terminals, without headings. The
number in the clock-in log is the text (in old records the number) at the end of
the record; the running number at its beginning is another and may differ. A row
is named by the number of its record, counted from 1.

A file says who was enrolled when it was copied, not who was at the time of a
clock-in: a number can be given to somebody else.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolkit.clockin.formats import PERSON, REFUSED, FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_names import NameReader, name_reader, person_details, readable

NEW, OLD = struct.Struct("<HB8s24sIx7sx24s"), struct.Struct("<HB5s8sIxBhI")
NUMBER = re.compile(rb"[0-9A-Za-z_.-]{1,24}")
# Privileges: 0 for staff, even numbers up to 14 for those who may change settings, one more for a locked entry.
MOST_PRIVILEGE = 15
SNIFFED = 50


@dataclass(frozen=True, slots=True)
class _Entry:
    """Fields of one record; ``name`` with its padding."""

    uid: int
    privilege: int
    password: bytes
    name: bytes
    card: int
    group: str
    employee_id: bytes


@punch_format("zkteco_users")
class ZktecoUsers:
    """The roster of a terminal; holds persons and no clock-ins."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def sniff(self, head: Head) -> bool:
        """No text, and every record at the beginning is plausible in one of the two layouts."""
        return not head.text and _layout(head.content) is not None

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a record; a rest shorter than a record is refused."""
        layout = _layout(source.content) or NEW
        parts = _parts(source.content, layout)
        whole = [_entry(part, layout) for part in parts if len(part) == layout.size]
        names = name_reader((one.name for one in whole), _name_bytes(layout), source)
        for number, part in enumerate(parts, 1):
            if len(part) < layout.size:
                yield RawRow(kind=REFUSED, row=number, raw=part.hex(), why="cut_row")
            else:
                yield _person(_entry(part, layout), number, part, names)

    def facts(self, source: Source) -> FileFacts:
        """Whether the last record is whole."""
        layout = _layout(source.content) or NEW
        return FileFacts(truncated="cut_line" if len(source.content) % layout.size else "")


def _name_bytes(layout: struct.Struct) -> int:
    return 24 if layout is NEW else 8


def _parts(content: bytes, layout: struct.Struct) -> list[bytes]:
    return [content[at : at + layout.size] for at in range(0, len(content), layout.size)]


def _layout(content: bytes) -> struct.Struct | None:
    """The one layout in which the records make sense; None where none or both do."""
    fits = [one for one, plausible in ((NEW, _new_plausible), (OLD, _old_plausible)) if _all(content, one, plausible)]
    return fits[0] if len(fits) == 1 else None


def _all(content: bytes, layout: struct.Struct, plausible: Callable[[bytes], bool]) -> bool:
    parts = [part for part in _parts(content[: SNIFFED * layout.size], layout) if len(part) == layout.size]
    return bool(parts) and all(map(plausible, parts))


def _new_plausible(part: bytes) -> bool:
    entry = _entry(part, NEW)
    return NUMBER.fullmatch(entry.employee_id) is not None and _plausible(entry, part, NEW)


def _old_plausible(part: bytes) -> bool:
    entry = _entry(part, OLD)
    return entry.employee_id != b"0" and part[20] == 0 and _plausible(entry, part, OLD)


def _plausible(entry: _Entry, part: bytes, layout: struct.Struct) -> bool:
    """What both layouts share; a record without a zero byte is a piece of some text."""
    fits = entry.uid > 0 and entry.privilege <= MOST_PRIVILEGE and b"\x00" in part
    return fits and readable(entry.name, _name_bytes(layout))


def _entry(part: bytes, layout: struct.Struct) -> _Entry:
    if layout is NEW:
        uid, privilege, password, name, card, group, number = layout.unpack(part)
        return _Entry(uid, privilege, password, name, card, _group(group), number.split(b"\x00", 1)[0])
    uid, privilege, password, name, card, group, _, number = layout.unpack(part)
    return _Entry(uid, privilege, password, name, card, str(group), str(number).encode())


def _group(field: bytes) -> str:
    """A digit as text in some firmware, a number in others."""
    held = field.split(b"\x00", 1)[0]
    return held.decode("ascii") if held.isalnum() else str(held[0]) if held else ""


def _person(entry: _Entry, number: int, part: bytes, names: NameReader) -> RawRow:
    employee_id = entry.employee_id.decode("ascii", errors="replace").strip()
    if not employee_id:
        return RawRow(kind=REFUSED, row=number, raw=part.hex(), why="no_employee")
    name, flags = names.read(entry.name)
    others = {
        "uid": str(entry.uid),
        "privilege": str(entry.privilege),
        "card": str(entry.card) if entry.card else "",
        "group": entry.group,
        "password_set": "yes" if entry.password.strip(b"\x00") else "no",
    }
    return RawRow(
        kind=PERSON, row=number, raw=part.hex(), employee_id=employee_id, details=person_details(name, flags, others)
    )
