"""Reading 100,000 clock-ins of each format: processor seconds, memory, and how that compares with a plain loop.

``python -m bench.records [--rows N] [--only NAME,NAME]``. The files are written
by the writers of the round-trip tests, which know nothing of the readers; what
the round trip checks for a few rows is checked here for the count of all of
them. Each file is read in a process of its own, as a case reads it, the limited
child included; the seconds are those of both processes. Beside them stands what
``csv.reader`` and ``strptime`` need for as many rows, so that a figure of one
machine can be read on another. The bar is 10 s and 500 MB.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.clockin.writing import CODES, FORMATS, Written

ROOT = Path(__file__).resolve().parents[1]
ROWS, STAFF = 100_000, 400
FROM, APART_S = datetime(2026, 3, 2, 7, 30), 97  # noqa: DTZ001 - civil time of a terminal
MAPPINGS: dict[str, dict[str, Any]] = {one.write.__name__: dict(one.mapping) for one in FORMATS}
READ = """
import json, resource, sys
from pathlib import Path
from toolkit.clockin.reader import read_records
path, mapping = sys.argv[1], json.loads(sys.argv[2])
told = read_records(Path(path), exhibit_id="E-0001", exhibit_sha256="0" * 64, mapping=mapping or None,
                    accept_refused=True)
from toolkit.nursery import NURSERY
NURSERY.end()  # its children count once it is gone
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([told.format, told.rows_parsed, told.rows_rejected, peak]))
"""


def rows_of(count: int) -> list[Written]:
    """Clock-ins one after another, of staff who take turns."""
    kinds = sorted(CODES)
    return [
        Written(f"{1000 + k * 7 % STAFF:04d}", FROM + timedelta(seconds=APART_S * k), kinds[k % len(kinds)])
        for k in range(count)
    ]


def page(rows: list[Written]) -> bytes:
    """A page that a platform saves under the name of a workbook."""
    head = "<tr><th>Employee ID</th><th>Name</th><th>Time</th></tr>"
    body = "".join(f"<tr><td>{one.employee_id}</td><td>A</td><td>{one.at:%Y-%m-%d %H:%M:%S}</td></tr>" for one in rows)
    return f"<html><meta charset='utf-8'><body><table>{head}{body}</table></body></html>".encode()


def capture(rows: list[Written]) -> bytes:
    """A terminal's pushes, ten clock-ins each."""
    told = []
    for first in range(0, len(rows), 10):
        lines = "".join(
            f"{one.employee_id}\t{one.at:%Y-%m-%d %H:%M:%S}\t0\t{CODES[one.credential]}\t0\n"
            for one in rows[first : first + 10]
        )
        head = "POST /iclock/cdata?SN=0000000001&table=ATTLOG&Stamp=1 HTTP/1.1\r\nHost: t\r\n"
        told.append(f"{head}Content-Length: {len(lines)}\r\n\r\n{lines}")
    return "".join(told).encode()


WRITERS: dict[str, Callable[[list[Written]], bytes]] = {
    **{one.write.__name__: one.write for one in FORMATS},
    "page": page,
    "capture": capture,
}


def plain_loop_s(rows: list[Written]) -> float:
    """Processor seconds of ``csv.reader`` and ``strptime`` over as many rows."""
    text = "\n".join(f"{one.employee_id},{one.at:%Y-%m-%d %H:%M:%S}" for one in rows)
    start = time.process_time()
    for _, stamp in csv.reader(io.StringIO(text)):
        datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - civil time
    return time.process_time() - start


def read(path: Path, mapping: dict[str, Any]) -> tuple[float, list[Any] | None]:
    """Processor seconds of reading a file, and what was found; None where it was refused."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", READ, str(path), json.dumps(mapping)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def main() -> None:
    """One line a format."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--only", default="")
    told = asked.parse_args()
    rows, out = rows_of(told.rows), sys.stdout
    plain = plain_loop_s(rows)
    out.write(f"csv.reader and strptime: {plain:.2f} s for {told.rows} rows\n")
    names = [name for name in told.only.split(",") if name] or sorted(WRITERS)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = Path(folder) / f"{name}.bin"
            path.write_bytes(WRITERS[name](rows))
            spent, found = read(path, MAPPINGS.get(name, {}))
            if found is None:
                out.write(f"{name}: refused\n")
                continue
            kind, parsed, refused, peak = found
            whole = "" if parsed == told.rows and not refused else f", {parsed} parsed and {refused} refused"
            out.write(f"{name} ({kind}): {spent:.1f} s = {spent / plain:.1f} loops, {peak / 1024:.0f} MiB{whole}\n")
            out.flush()
            path.unlink()


if __name__ == "__main__":
    main()
