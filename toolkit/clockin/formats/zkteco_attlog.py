"""ZKTeco ``attlog.dat``: what the terminal writes to a USB stick.

Lines of tab-separated fields without headings: employee number (right-aligned),
local time, device or status, in/out state, verify code, work code. The file
holds successes only, so a failed attempt cannot be seen in it. Field meaning
differs between firmwares beyond the third column; the verify code is the fifth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.clockin.formats import NON_RECORD, PUNCH, REFUSED, RawRow, Source, punch_format

LINE = re.compile(r"^ *\S{1,24}\t\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\t\d+\t\d+(\t\d+)*\s*$")
CREDENTIALS = {0: "password", 1: "finger", 2: "card", 3: "password", 4: "card", 15: "face", 25: "palm"}


@punch_format("zkteco_attlog")
class ZktecoAttlog:
    """Tab-separated rows of a ZKTeco terminal."""

    def sniff(self, head: str) -> bool:
        """Most of the first rows have the shape of an attendance row."""
        lines = [line for line in head.splitlines()[:20] if line.strip()]
        return bool(lines) and sum(LINE.match(line) is not None for line in lines) * 2 > len(lines)

    def rows(self, source: Source) -> Iterator[RawRow]:
        """One row a line; a blank line is no record."""
        for number, line in enumerate(source.text.splitlines(), 1):
            if not line.strip():
                yield RawRow(kind=NON_RECORD, row=number, raw=line)
                continue
            fields = [part.strip() for part in line.split("\t")]
            if len(fields) < 4 or not fields[0]:
                yield RawRow(kind=REFUSED, row=number, raw=line, why="too_few_fields")
                continue
            yield RawRow(
                kind=PUNCH,
                row=number,
                raw=line,
                employee_id=fields[0],
                time_text=fields[1],
                credential=_credential(fields),
                result="pass",
            )


def _credential(fields: list[str]) -> str:
    if len(fields) < 5 or not fields[4].isdigit():
        return "unknown"
    return CREDENTIALS.get(int(fields[4]), f"unknown ({fields[4]})")
