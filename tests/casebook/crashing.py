"""Work on a case that is cut off: by a kill, by dying at the n-th call of the system, by an error there.

Run as a program this is a nursery: it imports everything once and forks a child
for each order, because starting Python anew for every kill would take minutes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.casebook.seal import seal
from toolkit.casebook.sealing_key import SealingKey

NAMED = ("open", "write", "fsync", "replace", "ftruncate", "unlink", "chmod", "link", "copy_file_range")
CALLS = tuple(one for one in NAMED if hasattr(os, one))
NAMES = pd.DataFrame({"employee_id": ["001"], "name": ["张伟"]})


def steps(case: Case, sources: Path) -> None:
    """What `papermask run` does in small: idempotent steps that can be run again at any time."""
    for source in sorted(sources.iterdir()):
        case.add_exhibit(source, "footage", {"camera_id": source.stem})
    shas = case.read("exhibits")["sha256"]
    inputs = ["exhibits"]
    if not case.is_current("roster", params={"files": len(shas)}):
        rows = [{"employee_id": sha[:6], "exhibit_id": "E-0001", "row": n} for n, sha in enumerate(shas)]
        case.record("roster", tables.build("roster", rows), params={"files": len(shas)})
    case.record_private("names", NAMES)
    case.record("refused_rows", tables.empty("refused_rows"), inputs=inputs)
    case.store("report.html", case.read("roster").to_csv().encode())


def result(case: Case) -> dict[str, Any]:
    """What the steps made, without the time of day."""
    exhibits = case.read("exhibits").drop(columns="received_at")
    return {
        "exhibits": exhibits.to_json(),
        "names": case.read_private("names").to_json(),
        "stored": {path.name: path.read_bytes().hex() for path in case.path.glob("evidence/*")},
        "report": (case.path / "derived" / "report.html").read_text(),
        **{name: (case.path / "tables" / f"{name}.parquet").read_bytes().hex() for name in ("roster", "refused_rows")},
        "orphans": [path.name for path in case.orphans()],
        "waiting": [path.name for path in case.path.rglob(".*.tmp")] + list(case.path.glob("evidence/.*")),
    }


@contextlib.contextmanager
def failing(at: int, fail: Callable[[], None]) -> Iterator[Callable[[], int]]:
    """Call ``fail`` in place of the ``at``-th call of the system; yields the count so far."""
    real = {name: getattr(os, name) for name in CALLS}
    count = 0

    def watched(name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == at:
                if name == "write":  # half of it arrives
                    real[name](args[0], bytes(args[1])[: len(args[1]) // 2])
                fail()
            return real[name](*args, **kwargs)

        return call

    try:
        for name in CALLS:
            setattr(os, name, watched(name))
        yield lambda: count
    finally:
        for name in CALLS:
            setattr(os, name, real[name])


def disk_refuses() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _loop(order: dict[str, Any], acknowledge: Callable[[Case], None]) -> None:
    with Case.open(Path(order["case"])) as case:
        for number in range(10_000):
            case.note("look", {"number": number}, {"who": "somebody"})
            acknowledge(case)
            if number % 3 == 0:
                rows = [{"employee_id": f"{number}-{n}", "exhibit_id": "E-0001", "row": n} for n in range(number % 50)]
                case.record("roster", tables.build("roster", rows))
                acknowledge(case)
            if number % 5 == 0:
                case.store("report.html", str(case.head()).encode() * 200)
                acknowledge(case)


def _taking_in(order: dict[str, Any], acknowledge: Callable[[Case], None]) -> None:
    """New files, one after the other; each is a little larger, so that kills fall into copies too."""
    with Case.open(Path(order["case"])) as case:
        begun = case.head()[0]
        for number in range(10_000):
            source = Path(order["sources"]) / f"{begun}-{number}.mp4"
            source.write_bytes(f"{begun} {number} ".encode() * 20_000)
            case.add_exhibit(source, "footage", {"camera_id": "c1"}, {"made_by": "somebody"})
            acknowledge(case)
            source.unlink()


def _sealing(order: dict[str, Any], acknowledge: Callable[[Case], None]) -> None:
    key = SealingKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    with Case.open(Path(order["case"])) as case:
        for _ in range(10_000):
            seal(case, Path(order["sources"]), key, originals=True)
            acknowledge(case)


LOOPS = {"loop": _loop, "intake": _taking_in, "seal": _sealing}


def _child(order: dict[str, Any]) -> None:
    os.environ["PAPERMASK_CONFIG"] = order["config"]
    acks = os.open(order["acks"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    say = os.write

    def acknowledge(case: Case) -> None:
        say(acks, f"{case.head()[0]} {case.head()[1]}\n".encode())

    if order["work"] in LOOPS:
        LOOPS[order["work"]](order, acknowledge)
    with failing(order["die_at"], lambda: os._exit(9)):
        case = Case.open(Path(order["case"]))
        steps(case, Path(order["sources"]))
        acknowledge(case)
        case.close()


def nursery() -> None:
    """One order a line; answers with how the child ended."""
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _child(order)
                status = 0
            finally:
                os._exit(status)
        ended = _ended(pid) if order["work"] not in LOOPS else _killed(pid, order)
        print(ended, flush=True)  # noqa: T201


def _killed(pid: int, order: dict[str, Any]) -> int:
    """Kill so long after the first acknowledgement; a child that ends by itself before is told by its status."""
    acks = Path(order["acks"])
    while not acks.exists() or not acks.stat().st_size:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    time.sleep(order["after_s"])
    os.kill(pid, signal.SIGKILL)
    return _ended(pid)


def _ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    nursery()
