"""What limited children are asked to do in tests; loads little, because every child loads it anew."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

HELD: list[str] = []


def remember(word: str) -> list[str]:
    HELD.append(word)
    return HELD


def open_ends() -> list[str]:
    """Numbers and kinds of what this process holds open."""
    told = []
    for end in sorted(Path("/proc/self/fd").iterdir(), key=lambda end: int(end.name)):
        with suppress(OSError):  # the listing had an end of its own, which is closed by now
            told.append(f"{end.name}: {end.readlink()}")
    return told


def parent() -> int:
    return os.getppid()


def say_who_and_sleep() -> None:
    sys.stdout.write(f"{os.getpid()} {os.getppid()}\n")
    sys.stdout.flush()
    signal.pause()


def asleep() -> None:
    signal.pause()


def where(name: str) -> str:
    return str(Path(name).resolve())


def interrupted() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "went on"
