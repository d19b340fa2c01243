"""Damaged files of every kind: refused in words or read with every row accounted for, and nothing else happens."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.clockin.workbooks import As, workbook
from toolkit import sandbox
from toolkit.clockin.reader import LIMITS, RecordsRead, read_records
from toolkit.errors import ReadingError

ASK = sandbox.ask  # the fixture `read` puts another in its place
PACKED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# A damaged file of the old kind may ask for more memory than there is: only the limited child may open it.
IN_CHILD_A_BATCH = 4
BATCH = 1000
MAPPINGS: dict[str, dict[str, Any]] = {
    "06_zktime_gbk.csv": {"employee_id": "No.", "time": "Date/Time", "date_order": "dmy", "credential": "VerifyCode"},
    "20_torture_dates.csv": {"time": "打卡时间", "date_order": "mdy"},
    "own.xlsx": {"excel_dates": True, "employee_id": "工号", "time": "打卡时间"},
}
# Drawn more often: damage to what no format claims is soon told.
READ_HERE = 4 * (
    "own.csv", "own.html", "own.xlsx", "01_zk_1_attlog.dat", "06_zktime_gbk.csv", "16_frappe_employee_checkin.csv",
    "17_odoo_hr_attendance.csv", "22_orangehrm_attendance_record.csv",
)  # fmt: skip
OWN = {
    "own.csv": '工号,姓名,打卡时间\r\n00042,沈玉兰,2026-03-03 08:21:49\r\n43,"卢,志远",2026-3-3 8:22\r\n'.encode(),
    "own.html": "<html><table><tr><td>工号<td>打卡时间<tr><td>1<td>2026-03-03 08:21:49</table></html>".encode(),
    "own.xlsx": workbook(
        {
            "S": [
                ["工号", "姓名", "打卡时间"],
                ["1", "x", As(46084.3622, 1)],
                ["2", "y", 46084.4],
                [3, "z", "2026-03-03 08:21"],
            ]
        }
    ),
}


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    # Half of the time by characters that a table is made of, which reach farther than bytes that no text has.
    others = chance.choice((bytes(range(256)), b"0123456789,;:-/\t\"'\n <>=TZ"))
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] = chance.choice(others)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    return chance.choice((content[:last], content[:first] + content[last:], content[first:]))


def doubled(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    return content[:last] + content[first:last] * chance.randrange(1, 4) + content[last:]


def shuffled(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


KINDS = (flipped, cut, doubled, shuffled)


def inside(content: bytes, chance: random.Random) -> bytes:
    """One part of a packed file damaged, and the file packed again: sums of the parts are right."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = chance.choice(names)
        for name in names:
            part = old.read(name)
            new.writestr(name, chance.choice(KINDS)(part, chance) if name == hit and part else part)
    return packed.getvalue()


def damaged(content: bytes, chance: random.Random) -> bytes:
    if content.startswith(PACKED) and chance.random() < 0.7:
        return inside(content, chance)
    for _ in range(chance.choice((1, 1, 2))):
        content = chance.choice(KINDS)(content, chance) or content
    return content


def samples(shared: Path) -> dict[str, bytes]:
    files = sorted((shared / "clockin-samples").iterdir())
    return {**{path.name: path.read_bytes() for path in files if path.suffix != ".md"}, **OWN}


def outcome(read: Any, path: Path, name: str) -> str:
    """ "read" or the code of the refusal; any other exception is the finding of this test."""
    began = time.monotonic()
    try:
        told: RecordsRead = read(path, mapping=MAPPINGS.get(name), accept_refused=True, timezone="Europe/Berlin")
    except ReadingError as refused:
        assert refused.what("en") and refused.what("zh") and refused.advice("en") and refused.advice("zh")
        return refused.code
    finally:
        assert time.monotonic() - began < (LIMITS.wall_s or 0), path
    assert told.rows_source == told.rows_parsed + told.rows_rejected + told.rows_non_record
    assert len(told.punches) == told.rows_parsed == len(told.details) and len(told.refused) == told.rows_rejected
    return "read"


def in_child(path: Path, **stated: Any) -> RecordsRead:
    with pytest.MonkeyPatch.context() as own:
        own.setattr(sandbox, "ask", ASK)
        return read_records(path, exhibit_id="E-0001", exhibit_sha256="a" * 64, **stated)


def run(read: Any, write: Any, shared: Path, seed: int, count: int) -> Counter[str]:
    chance, outcomes = random.Random(seed), Counter[str]()
    contents = samples(shared)
    old = [name for name, content in contents.items() if content.startswith(COMPOUND)]
    others = [name for name in contents if name not in old]
    for number in range(count):
        name = old[number % len(old)] if old and number < IN_CHILD_A_BATCH else chance.choice([*others, *READ_HERE])
        content = damaged(contents[name], chance)
        path = write(content or b"\n", name)
        # What the damage has made of it decides, and not what it was.
        limited = content.startswith(COMPOUND)
        try:
            outcomes[outcome(in_child if limited else read, path, name)] += 1
        except Exception as fault:
            fault.add_note(f"seed {seed}, number {number}, {name}")
            raise
    return outcomes


def test_three_hundred_damaged_files_are_read_or_refused(read: Any, write: Any, shared: Path) -> None:
    outcomes = run(read, write, shared, seed=20260303, count=300)
    assert outcomes.total() == 300
    # The damage is of a kind that lets some be read and refuses others in several ways.
    assert outcomes["read"] > 30 and len(outcomes) > 8, outcomes


@pytest.mark.full
@pytest.mark.parametrize("batch", range(20))
def test_twenty_thousand_damaged_files_are_read_or_refused(read: Any, write: Any, shared: Path, batch: int) -> None:
    assert run(read, write, shared, seed=batch, count=BATCH).total() == BATCH
