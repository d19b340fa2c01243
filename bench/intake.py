"""How fast is a large file taken in, beside copying it, waiting for the disk and hashing it once?

``python -m bench.intake --gib 2 --folder DIR``: ratio of both times, the largest
memory of this process, and how much is written anew after a copy was killed in
its middle. The folder needs room for three such files. The first ratio is with
the file in the memory of the system, as after copying it from a stick; caches of
the disk are not emptied, which favours neither.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit.casebook.case import Case
from toolkit.casebook.copying import INCOMING

MIB = 2**20
STATED = {"purpose": "bench", "basis": "bench"}


def plain(source: Path, target: Path) -> None:
    """What anybody does by hand: copy, wait for the disk, hash the copy."""
    shutil.copyfile(source, target)
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())
        stream.seek(0)
        hashlib.file_digest(stream, "sha256")


def taken_in(source: Path, folder: Path) -> None:
    """The program's way: journal, hash, copy, read back, hash again, journal."""
    with Case.create(folder, **STATED) as case:
        case.add_exhibit(source, "footage", {})


def killed_halfway(source: Path, folder: Path) -> int:
    """Bytes that a killed intake had copied, after which it is done again."""
    Case.create(folder, **STATED).close()
    child = os.fork()
    if child == 0:
        with Case.open(folder) as case:
            case.add_exhibit(source, "footage", {})
        os._exit(0)
    half = source.stat().st_size // 2
    while not (there := list((folder / "evidence").glob(f"{INCOMING}*"))) or there[0].stat().st_size < half:
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    copied = next((folder / "evidence").glob(f"{INCOMING}*")).stat().st_size
    with Case.open(folder) as case:
        case.add_exhibit(source, "footage", {})
    return copied


def timed(work: Callable[[], None]) -> float:
    """Seconds on the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(words: Sequence[str] | None = None) -> None:
    """Make the file, take it in both ways, print the lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    told = parser.parse_args(words)
    with tempfile.TemporaryDirectory(dir=told.folder) as place:
        root = Path(place)
        os.environ["PAPERMASK_CONFIG"] = str(root / "config")
        source = root / "clip.mp4"
        with source.open("wb") as stream:
            for _ in range(round(told.gib * 1024)):
                stream.write(os.urandom(MIB))
        ratios = []
        for number in range(told.rounds + 1):
            by_hand = timed(lambda: plain(source, root / "copy"))
            (root / "copy").unlink()
            ours = timed(lambda: taken_in(source, root / "case"))
            shutil.rmtree(root / "case")
            if number:  # in the first, the disk gives both of them blocks that nobody wrote to before
                ratios.append(by_hand / ours)
                sys.stdout.write(f"by hand {by_hand:.1f} s, taken in {ours:.1f} s, speed {ratios[-1]:.2f}\n")
        sys.stdout.write(f"median speed {statistics.median(ratios):.2f}\n")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(f"largest memory of this process {memory:.0f} MiB\n")
        copied = killed_halfway(source, root / "killed")
        sys.stdout.write(f"killed with {copied / MIB:.0f} MiB copied; gone on with and whole\n")


if __name__ == "__main__":
    main()
