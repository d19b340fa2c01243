"""A child process with limits, for work on files that nobody vouches for.

A damaged or hostile file may crash or exhaust the library that decodes it. The
child does the decoding; the parent keeps the case (:mod:`toolkit.nursery` says
how children come to be). Limits on memory, processor
time and written bytes hold wherever the platform knows them (POSIX); a wall
clock limit holds everywhere. Where the kernel lets it, the child gives up the
network and writing first (:mod:`toolkit.confinement`). What comes back is JSON or frames of a size that
the parent checks, never objects.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import IO, Any

from toolkit.confinement import confine
from toolkit.errors import ReadingError, ToolkitError
from toolkit.nursery import NURSERY, ROOT, START, Child, forks

REPLY_LIMIT_BYTES = 512 * 2**20
DEEP = 4  # an answer, its value, a table, a column


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use; ``wall_s`` is watched by the parent."""

    memory_bytes: int = 4 * 2**30
    cpu_s: int = 4 * 3600
    wall_s: float | None = 600.0


@functools.cache
def limits_reached() -> str:
    """What holds a child back here, for the journal and the screen: "process, limits, no network, no writing" at most.

    A child is asked once, since what the kernel refuses shows only there.
    """
    try:
        return ", ".join(("process", *ask("toolkit.sandbox:reached", {})))
    except (ToolkitError, OSError):  # what reads a file will say why no child begins
        return "process"


def reached() -> list[str]:
    """The answer of the child, which was limited before it was asked."""
    return list(_reached)


_reached: tuple[str, ...] = ()


def ask(function: str, arguments: Mapping[str, Any], limits: Limits = Limits()) -> Any:
    """The JSON answer of ``function(**arguments)`` run in a limited child.

    Parameters
    ----------
    function : str
        ``"toolkit.media.probe:probe_to_json"``; returns something JSON can hold.
    arguments : mapping
        JSON values only.

    Raises
    ------
    ToolkitError
        What the function raised, with its code and facts.
    ReadingError
        The child died, was stopped by a limit, or answered nonsense.
    """
    process, late = _child(function), threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    clock = threading.Timer(limits.wall_s, end) if limits.wall_s is not None else None
    try:
        if clock is not None:
            clock.start()
        _order(process, function, arguments, limits)
        reply = process.stdout.read(REPLY_LIMIT_BYTES + 1) if process.stdout is not None else b""
        if len(reply) <= REPLY_LIMIT_BYTES:
            process.wait()
    finally:
        if clock is not None:
            clock.cancel()
        stop(process)
    if late.is_set():
        raise ReadingError("decoder_too_slow", file=file_of(arguments), seconds=limits.wall_s)
    return answer(reply, process.wait(), file_of(arguments))


def start(function: str, arguments: Mapping[str, Any], limits: Limits = Limits()) -> Child:
    """Start a child that will run the function; its standard output is the caller's to read."""
    process = _child(function)
    _order(process, function, arguments, limits)
    return process


def _child(function: str) -> Child:
    forked = NURSERY.child(function.partition(":")[0]) if forks() else None
    return _new_interpreter() if forked is None else forked


def _order(process: Child, function: str, arguments: Mapping[str, Any], limits: Limits) -> None:
    if process.stdin is None:  # pragma: no cover - PIPE was asked for
        raise ReadingError("decoder_died", file=file_of(arguments), status="no input")
    order = {"function": function, "arguments": dict(arguments), "limits": asdict(limits), "folder": _folder()}
    with suppress(BrokenPipeError), process.stdin as told:  # a child that is gone already tells so by its silence
        told.write(json.dumps(order).encode() + b"\n")
    process.stdin = None


def stop(process: Child) -> None:
    """End a child, whatever it is doing."""
    if process.poll() is None:
        process.kill()
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _new_interpreter() -> Child:
    return subprocess.Popen(
        [sys.executable, "-I", "-c", START.format(root=str(ROOT), module=__name__, function="child", argument="")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _folder() -> str:
    """Where relative paths begin; the topmost folder where that one was removed."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return os.sep


def file_of(arguments: Mapping[str, Any]) -> str:
    """Name of the file that a child is asked about."""
    return PurePath(str(arguments.get("path", "?"))).name


def answer(reply: bytes, status: int, file: str = "?") -> Any:
    """What the child said, or the error that it raised, raised here."""
    if len(reply) > REPLY_LIMIT_BYTES:
        raise ReadingError("decoder_died", file=file, status="reply too long")
    try:
        told = json.loads(reply)
        kind, value = told["kind"], told["value"]
    except (ValueError, KeyError, TypeError) as nonsense:
        raise ReadingError("decoder_died", file=file, status=status) from nonsense
    if kind == "error":
        raise rebuild(value, file)
    return value


def rebuild(told: Mapping[str, Any], file: str = "?") -> ToolkitError:
    """The error a child told of, as the class it was there; one of how it ended with the file it was asked about."""
    errors = importlib.import_module("toolkit.errors")
    kind = getattr(errors, str(told["class"]), ReadingError)
    if not (isinstance(kind, type) and issubclass(kind, ToolkitError)):
        kind = ReadingError
    code, facts = str(told["code"]), dict(told["facts"])
    if code.startswith("decoder_"):
        facts.setdefault("file", file)
    return kind(code, **facts)


def told_of(fault: Exception) -> dict[str, Any]:
    """An error as a child tells of it; one that nobody foresaw by its kind and where it came up.

    A library that meets bytes it was not made for may raise anything; that is a
    file which cannot be read, and no reason to end without a word.
    """
    if isinstance(fault, ToolkitError):
        return {"class": type(fault).__name__, "code": fault.code, "facts": fault.facts}
    if isinstance(fault, MemoryError):
        return {"class": "ReadingError", "code": "decoder_memory", "facts": {}}
    place = [one for one in traceback.extract_tb(fault.__traceback__) if "toolkit" in one.filename]
    where = f"{PurePath(place[-1].filename).name}:{place[-1].lineno}" if place else "?"
    return {"class": "ReadingError", "code": "decoder_failed", "facts": {"fault": f"{type(fault).__name__}, {where}"}}


def child() -> None:
    """Entry of the child: read the order, set the limits, run, answer in JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    with suppress(OSError):  # where it may not be entered, only relative paths lead nowhere
        os.chdir(order["folder"])
    _hold_back(Limits(**order["limits"]))
    module, _, name = str(order["function"]).partition(":")
    out = sys.stdout.buffer
    try:
        function = getattr(importlib.import_module(module), name)
        told: dict[str, Any] = {"kind": "value", "value": function(**order["arguments"])}
    except Exception as fault:
        told = {"kind": "error", "value": told_of(fault)}
    _say(out, told)


def _say(out: IO[bytes], told: Mapping[str, Any]) -> None:
    for piece in _pieces(told, DEEP):
        out.write(piece.encode("ascii"))
    out.flush()


def _pieces(value: Any, deep: int) -> Iterator[str]:
    """JSON in pieces, so that a large table is never held as one text.

    ASCII, in which one Chinese name does not make every character of the rest
    twice as wide in memory, here and where it is read.
    """
    if not deep or not isinstance(value, dict):
        yield json.dumps(value)
        return
    yield "{"
    for number, (name, inner) in enumerate(value.items()):
        yield f"{', ' if number else ''}{json.dumps(str(name))}: "
        yield from _pieces(inner, deep - 1)
    yield "}"


def _hold_back(limits: Limits) -> None:
    global _reached
    _reached = (*(["limits"] if _limit(limits) else []), *confine())


def _limit(limits: Limits) -> bool:
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows has no such limits; the wall clock still holds
        return False
    for which, amount in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(which)
        if hard != resource.RLIM_INFINITY:
            amount = min(amount, hard)
        try:
            resource.setrlimit(which, (amount, hard))
        except (ValueError, OSError):  # pragma: no cover - macOS refuses some of them
            continue
    return True
