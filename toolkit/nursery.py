"""Limited children without a new interpreter each: one helper process forks them.

Starting Python and loading the decoder takes a third of a second, and one run
of a case starts a hundred and more children. So where the platform forks
safely (Linux), a helper process of this one loads the decoder once and forks a
child for each order. The helper reads no file and runs one thread; what a
child reads, it reads after the fork, under its own limits
(:mod:`toolkit.sandbox`), and nothing of it can come into the helper or into
the next child. Elsewhere every child is a new interpreter, as before.

The helper ends when this process does, and its children with it.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Protocol

from toolkit.confinement import give_up_network

ROOT = Path(__file__).resolve().parent.parent
START = "import sys; sys.path.insert(0, {root!r}); from {module} import {function}; {function}({argument})"
# What children are for most often; whatever has threads after loading may not stand here.
LOADED = (
    "toolkit.media.decode",
    "toolkit.media.probe",
    "toolkit.media.pictures",
    "toolkit.media.coding",
    "toolkit.clockin.parsing",
    "toolkit.clockin.beside.context_rows",
)
ORDER = struct.Struct("!iQ")  # what to load first (its place in LOADED) or one of these, and the child's number
NOTHING, KILL = -1, -2
DIE_WITH_PARENT = 1  # prctl(2)
STATUS, STARTED = struct.Struct("!i"), b"+"
START_S, GRACE_S, DYING_S = 60.0, 3.0, 0.5  # until a child has begun; until a helper did what it was told, or is gone


class Child(Protocol):
    """What a caller may do with a child: the part of :class:`subprocess.Popen` that is used."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    returncode: int | None

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status once it has ended; raises :class:`subprocess.TimeoutExpired`."""
        ...

    def kill(self) -> None:
        """End it, whatever it is doing."""
        ...


def forks() -> bool:
    """Whether children are forked here; a Mac's own libraries do not bear it, and Windows cannot."""
    return sys.platform == "linux"


class Forked:
    """A child of the helper; its status comes through a pipe, because it is no child of this process."""

    def __init__(self, ours: Sequence[int], kill: Callable[[], None], give_up: Callable[[], None]) -> None:
        stdin, stdout, self._status = ours
        self.stdin: IO[bytes] | None = os.fdopen(stdin, "wb")
        self.stdout: IO[bytes] | None = os.fdopen(stdout, "rb")
        self.returncode: int | None = None
        self._kill, self._give_up = kill, give_up

    def poll(self) -> int | None:
        """As :meth:`Child.poll`."""
        return self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """As :meth:`Child.wait`."""
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("child", timeout or 0.0)
        return status

    def kill(self) -> None:
        """As :meth:`Child.kill`; the helper does it, who alone knows whether that process is still this child."""
        if self.returncode is None:
            self._kill()
            if not _readable(self._status, GRACE_S):  # a helper that hears nothing is ended, and its children with it
                self._give_up()

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and _readable(self._status, timeout):
            told = os.read(self._status, STATUS.size)
            # A helper that died tells nothing; its children died with it.
            self.returncode = STATUS.unpack(told)[0] if len(told) == STATUS.size else -signal.SIGKILL
            os.close(self._status)
        return self.returncode


def _readable(source: int, timeout: float | None) -> bool:
    poller = select.poll()
    poller.register(source, select.POLLIN)
    return bool(poller.poll(None if timeout is None else timeout * 1000))


def _pipes() -> tuple[list[int], list[int]]:
    """Ends of the child and ends of this process: standard input, standard output, status."""
    pairs: list[tuple[int, int]] = []
    try:
        for _ in range(3):
            pairs.append(os.pipe())
    except OSError:
        _close(end for pair in pairs for end in pair)
        raise
    (order, to_child), (answers, from_child), (status, from_helper) = pairs
    return [order, from_child, from_helper], [to_child, answers, status]


def _close(ends: Iterable[int]) -> None:
    for end in ends:
        os.close(end)


class Nursery:
    """The helper of one process, started with the first child and again if it died."""

    def __init__(self) -> None:
        self._number = 0
        self._new()

    def _new(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._helper: subprocess.Popen[bytes] | None = None

    def child(self, module: str) -> Forked | None:
        """A new child that waits for its order on standard input; None where no helper gives one.

        Parameters
        ----------
        module : str
            Where the function lies that it will be asked to run.

        Raises
        ------
        OSError
            This computer gives no more processes or open files, which says nothing of the file to be read.
        """
        with self._lock:
            for _ in range(2):
                if self._helper is None or self._helper.poll() is not None:
                    self._begin()
                child = self._fork(module)
                if child is not None:
                    return child
        return None

    def _fork(self, module: str) -> Forked | None:
        control, helper = self._control, self._helper
        if control is None or helper is None:
            return None
        self._number += 1
        number, load = self._number, LOADED.index(module) if module in LOADED else NOTHING
        theirs, ours = _pipes()
        try:
            socket.send_fds(control, [ORDER.pack(load, number)], theirs)
        except OSError:  # the helper died, or takes nothing more
            _close(ours)
            self._forget()
            return None
        finally:
            _close(theirs)
        heard = _readable(ours[2], START_S)
        if heard and os.read(ours[2], len(STARTED)) == STARTED:
            return Forked(ours, lambda: self._end_child(control, number), helper.kill)
        _close(ours)
        if not heard:
            helper.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # one that is dying is seen to be dead
            helper.wait(DYING_S)
        return None

    def _end_child(self, control: socket.socket, number: int) -> None:
        with self._lock, contextlib.suppress(OSError):
            control.send(ORDER.pack(KILL, number))

    def _begin(self) -> None:
        import fcntl

        self._forget()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Not one of the three that a program begins with: where those were closed, they are free to be given out.
        end = fcntl.fcntl(theirs.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)
        try:
            start = START.format(root=str(ROOT), module=__name__, function="nurse", argument=end)
            # A library for matrices that opens threads on loading would make the helper unfit to fork.
            alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
            self._helper = subprocess.Popen(
                [sys.executable, "-I", "-c", start], pass_fds=[end], env=dict(os.environ, **alone),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        finally:
            theirs.close()
            os.close(end)
        self._control = ours
        atexit.unregister(self.end)
        atexit.register(self.end)

    def end(self) -> None:
        """Let the helper go, with whatever children it still has."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._helper is not None:
            try:
                self._helper.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._helper.kill()
                self._helper.wait()
        self._control = self._helper = None

    def leave(self) -> None:
        """In a fork of this process: the helper is not its own, and a lock that was held stays so for ever."""
        if self._control is not None:
            self._control.close()
        if self._helper is not None:
            self._helper.returncode = 0
        self._new()


NURSERY = Nursery()
if forks():
    os.register_at_fork(after_in_child=NURSERY.leave)


def nurse(control: int) -> None:
    """In the helper: fork a child for each order until the process that gives them is gone."""
    give_up_network()  # once for all children; a user namespace entered later would undo that they end with this
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person who stops the work stops its owner, who ends this
    bell, ringer = os.pipe()
    os.set_blocking(bell, False)
    os.set_blocking(ringer, False)
    signal.set_wakeup_fd(ringer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    with socket.socket(fileno=control) as orders:
        _Ward(orders, (bell, ringer)).keep()
    os._exit(0)


class _Ward:
    """The children that run now: number, process and where each one's status is told."""

    def __init__(self, orders: socket.socket, own: Sequence[int]) -> None:
        self._orders, self._own = orders, own
        self._running: dict[int, tuple[int, int]] = {}

    def keep(self) -> None:
        poller = select.poll()
        for source in (self._orders.fileno(), self._own[0]):
            poller.register(source, select.POLLIN)
        while True:
            for source, _ in poller.poll():
                if source == self._own[0]:
                    with contextlib.suppress(BlockingIOError):
                        os.read(source, 4096)
                elif not self._obey():
                    return self._end_all()
            self._bury()

    def _obey(self) -> bool:
        told, ends, _, _ = socket.recv_fds(self._orders, ORDER.size, 3)
        if len(told) != ORDER.size:
            return False
        what, number = ORDER.unpack(told)
        if what == KILL:
            if number in self._running:
                os.kill(self._running[number][0], signal.SIGKILL)
        elif len(ends) != 3:  # no more files may be opened here: the ends that are closed tell it
            _close(ends)
        else:
            self._give_birth(what, number, ends)
        return True

    def _give_birth(self, what: int, number: int, ends: Sequence[int]) -> None:
        stdin, stdout, status = ends
        if what != NOTHING:
            with contextlib.suppress(Exception):  # what cannot be loaded, the child is told when it tries
                importlib.import_module(LOADED[what])
        helper = os.getpid()
        try:
            process = os.fork()
        except OSError:  # no memory, or too many processes: the closed ends tell it
            _close(ends)
            return
        if not process:
            self._become(stdin, stdout, status, helper)
        self._running[number] = (process, status)
        _close((stdin, stdout))

    def _become(self, stdin: int, stdout: int, status: int, helper: int) -> None:
        """In the child: keep nothing of the helper's but what was loaded, and end when it ends."""
        code = 1
        try:
            ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
            if os.getppid() != helper:
                return
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.dup2(stdin, 0)
            os.dup2(stdout, 1)
            os.write(status, STARTED)
            _close((stdin, stdout, status, self._orders.detach(), *self._own))
            _close(end for _, end in self._running.values())
            importlib.import_module("toolkit.sandbox").child()
            sys.stdout.flush()
            code = 0
        finally:
            os._exit(code)

    def _bury(self) -> None:
        """Tell the status of children that have ended."""
        for number, (process, status) in list(self._running.items()):
            ended, how = os.waitpid(process, os.WNOHANG)
            if ended:
                del self._running[number]
                with contextlib.suppress(OSError):
                    os.write(status, STATUS.pack(os.waitstatus_to_exitcode(how)))
                os.close(status)

    def _end_all(self) -> None:
        for process, _ in self._running.values():
            os.kill(process, signal.SIGKILL)
