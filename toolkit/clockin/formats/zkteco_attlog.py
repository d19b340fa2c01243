"""ZKTeco ``attlog.dat``: what the terminal writes to a USB stick.

Lines of tab-separated fields without headings: employee number (right-aligned),
local time, device, in/out state, verify code, work code. The file holds
successes only, so a failed attempt cannot be seen in it.

The columns after the time are told by constancy, never by guess: a file comes
from one device, so the device number is the same in every row. Where the third
column varies, or a row has not just six columns, it is not known which one
holds the verify code and which the state (rows that a terminal sends to its
server look alike and have another order); the credential stays "unknown" and no
direction is told.

Whether rows stand in the order in which they were written is not stated, so
they have no sequence number. Codes: see :mod:`toolkit.clockin.vendors.zk_codes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.clockin.files.http_messages import is_push
from toolkit.clockin.files.tabular import CUT_ROW, clean_cell, is_unended, physical_lines
from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_codes import PUSH_TABLE, credential_of, direction_of, reset_flags

TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
LINE = re.compile(rf" *[^\t]{{1,24}}\t{TIME.pattern}(?:\t[^\t]*){{2,10}}", re.ASCII)
SNIFFED_LINES = 20
DEVICE, STATUS, VERIFY = 2, 3, 4
LEAST, FULL = 4, 6


@punch_format("zkteco_attlog")
class ZktecoAttlog:
    """Tab-separated rows of a ZKTeco terminal."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "photos"})

    def sniff(self, head: Head) -> bool:
        """Most of the first rows have the shape of an attendance row; there is no request of a terminal among them."""
        lines = [line.rstrip() for line in physical_lines(head.text) if line.strip()][:SNIFFED_LINES]
        return not is_push(head.content) and sum(LINE.fullmatch(line) is not None for line in lines) * 2 > len(lines)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a line; a blank line is no record."""
        lines = [line.rstrip("\r\n") for line in physical_lines(source.text)]
        known, unended = _layout_known(lines), is_unended(physical_lines(source.text))
        for number, line in enumerate(lines, 1):
            yield _row(number, line, known, last=unended and number == len(lines))


def _row(number: int, line: str, known: bool, *, last: bool) -> RawRow:
    if not line.strip():
        return RawRow(kind=NON_RECORD, row=number, raw=line)
    fields = [part.strip() for part in line.split("\t")]
    employee_id = clean_cell(fields[0])
    why = _fault(fields)
    if why:
        shown = fields[1] if why == "unreadable_time" else ""
        why = CUT_ROW if last else why
        return RawRow(kind=REFUSED, row=number, raw=line, why=why, employee_id=employee_id, time_text=shown)
    return RawRow(
        kind=PUNCH,
        row=number,
        raw=line,
        employee_id=employee_id,
        time_text=fields[1],
        credential=credential_of(fields[VERIFY]) if known and len(fields) == FULL else "unknown",
        result="pass",
        details={
            **(_told(fields) if known and len(fields) == FULL else _untold(fields)),
            "flags": reset_flags(fields[1]),
        },
    )


def _fault(fields: list[str]) -> str:
    """Why a row cannot be taken as it stands; empty when it can.

    The terminal writes whole rows with full seconds: a shorter row or time is
    one whose end was lost.
    """
    if len(fields) < LEAST:
        return "too_few_fields"
    if not fields[0]:
        return "no_employee"
    return "" if TIME.fullmatch(fields[1]) else "unreadable_time"


def _layout_known(lines: list[str]) -> bool:
    """Whether the third column is the same in every row, as the number of the one device is."""
    third = {fields[DEVICE].strip() for line in lines if len(fields := line.split("\t")) > DEVICE}
    return len(third) == 1


def _told(fields: list[str]) -> dict[str, str]:
    """What the columns after the time say, where it is known which is which."""
    return {
        "direction": direction_of(fields[STATUS]),
        "credential_code": fields[VERIFY],
        "code_table": PUSH_TABLE if fields[VERIFY] else "",
        "device_number": fields[DEVICE],
        "status": fields[STATUS],
        "workcode": fields[VERIFY + 1],
    }


def _untold(fields: list[str]) -> dict[str, str]:
    return {f"column_{place + 1}": fields[place] for place in range(DEVICE, len(fields))}
