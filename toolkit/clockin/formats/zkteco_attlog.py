"""ZKTeco ``attlog.dat``: what the terminal writes to a USB stick.

Lines of tab-separated fields without headings: employee number (right-aligned),
local time, device, in/out state, verify code, work code. The file holds
successes only, so a failed attempt cannot be seen in it.

The columns after the time are told by constancy, never by guess: a file comes
from one device, so the device number is the same in every row. Where the third
column varies, or a row is shorter than six columns, it is not known which one
holds the verify code, and the credential stays "unknown".

References
----------
Verify codes: ZKTeco push protocol, appendix 7. Older software has 0 for
password and 2 for card where the appendix has "any" and "PIN"; codes on which
the tables differ are handed on as "unknown (code)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, Head, RawRow, Source, punch_format
from toolkit.clockin.tabular import clean_cell, physical_lines

TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
LINE = re.compile(rf" *[^\t]{{1,24}}\t{TIME.pattern}(?:\t[^\t]*){{2,10}}", re.ASCII)
SNIFFED_LINES = 20
DEVICE, VERIFY = 2, 4
LEAST, FULL = 4, 6
CREDENTIALS = {
    "1": "finger",
    "3": "password",
    "4": "card",
    "15": "face",
    "16": "face+finger",
    "17": "face+password",
    "18": "face+card",
    "19": "face+finger+card",
    "20": "face+finger+password",
    "21": "vein",
    "25": "palm",
}


@punch_format("zkteco_attlog")
class ZktecoAttlog:
    """Tab-separated rows of a ZKTeco terminal."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset({"failures", "photos"})

    def sniff(self, head: Head) -> bool:
        """Most of the first rows have the shape of an attendance row."""
        lines = [line.rstrip() for line in physical_lines(head.text) if line.strip()][:SNIFFED_LINES]
        return sum(LINE.fullmatch(line) is not None for line in lines) * 2 > len(lines)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a line; a blank line is no record."""
        lines = [line.rstrip("\r\n") for line in physical_lines(source.text)]
        known = _layout_known(lines)
        for number, line in enumerate(lines, 1):
            yield _row(number, line, known)


def _row(number: int, line: str, known: bool) -> RawRow:
    if not line.strip():
        return RawRow(kind=NON_RECORD, row=number, raw=line)
    fields = [part.strip() for part in line.split("\t")]
    employee_id = clean_cell(fields[0])
    why = _fault(fields)
    if why:
        shown = fields[1] if why == "unreadable_time" else ""
        return RawRow(kind=REFUSED, row=number, raw=line, why=why, employee_id=employee_id, time_text=shown)
    return RawRow(
        kind=PUNCH,
        row=number,
        raw=line,
        employee_id=employee_id,
        time_text=fields[1],
        credential=_credential(fields) if known else "unknown",
        result="pass",
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


def _credential(fields: list[str]) -> str:
    if len(fields) < FULL or not fields[VERIFY]:
        return "unknown"
    return CREDENTIALS.get(fields[VERIFY], f"unknown ({fields[VERIFY]})")
