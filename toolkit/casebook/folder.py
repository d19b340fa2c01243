"""The case folder: where things lie, and how a file gets there whole or not at all.

Layout (INTEGRITY, section 3.1)::

    case.json        what this case is; written once
    evidence/        copies of what came in, 0444, neutral names
    tables/          Parquet, replaced whole
    derived/         reports, stills
    journal.jsonl    append only, signed
    HEAD             signed checkpoint of the journal
    private/         0700: journal key, names, paths, copies of what no step can make again; never exported
    scratch/         deletable cache of resumable work
    .lock            held while a process may write

Everything that is to survive a crash goes through ``os.write``, ``os.fsync``
and ``os.replace`` in this file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from toolkit.errors import CaseError

CASE_FILE = "case.json"
JOURNAL = "journal.jsonl"
HEAD = "HEAD"
LOCK = ".lock"
EVIDENCE = "evidence"
TABLES = "tables"
DERIVED = "derived"
SCRATCH = "scratch"
PRIVATE = "private"
REVEAL = "private/reveal.jsonl"
KEY = "private/journal.key"
COPIES = "private/copies"

CHUNK_BYTES = 4 * 2**20

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn what the disk says while writing into an error with advice.

    Raises
    ------
    CaseError
        ``disk_full``, ``case_read_only``, ``file_too_big_for_disk`` or
        ``case_write_failed``.
    """
    try:
        yield
    except OSError as refusal:
        if refusal.errno in FULL:
            raise CaseError("disk_full", folder=str(root)) from refusal
        if refusal.errno in _READ_ONLY:
            raise CaseError("case_read_only", folder=str(root)) from refusal
        if refusal.errno == errno.EFBIG:
            raise CaseError("file_too_big_for_disk", folder=str(root)) from refusal
        raise CaseError("case_write_failed", folder=str(root), reason=str(refusal.strerror)) from refusal


def take_lock(root: Path) -> FileLock:
    """The lock of this case, held until released or until the process dies.

    Raises
    ------
    CaseError
        ``case_locked`` at once when it is held elsewhere.
    """
    # Not bound to a thread: a notebook may open the case in one and close it in another.
    lock = FileLock(root / LOCK, timeout=0, thread_local=False)
    with writing(root):
        try:
            lock.acquire()
        except Timeout as held:  # an OSError too: told apart before the disk is blamed
            raise CaseError("case_locked", folder=str(root)) from held
    return lock


def to_disk(descriptor: int) -> None:
    """Wait until what was written is on the disk itself, not only on its way."""
    if sys.platform == "darwin":  # pragma: no cover - fsync stops at the drive's cache there
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.FFULLFSYNC)
            return
    os.fsync(descriptor)


def folder_to_disk(folder: Path) -> None:
    """Make names in a folder durable; Windows does this by itself."""
    if os.name == "nt":  # pragma: no cover
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes | memoryview) -> None:
    """Write every byte; the system may take them in pieces."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def open_new(path: Path, mode: int) -> int:
    """A descriptor of an empty file of this mode, whatever was there before."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, mode)


def open_behind(path: Path, size: int, mode: int) -> int:
    """A descriptor of a file behind its first bytes, all others cut off; a new file for none."""
    if size == 0:
        return open_new(path, mode)
    flags = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    try:
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, 0, os.SEEK_END)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_durably(path: Path, content: bytes, mode: int = 0o644) -> None:
    """A file with this content, on disk with its name; on failure no file.

    Not atomic by itself: written under a waiting name and renamed by the caller.
    """
    try:
        descriptor = open_new(path, mode)
        try:
            write_all(descriptor, content)
            to_disk(descriptor)
        finally:
            os.close(descriptor)
        folder_to_disk(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def rename_durably(waiting: Path, final: Path) -> None:
    """Put a finished file in its place, over an older one if need be."""
    os.replace(waiting, final)  # noqa: PTH105 - the crash tests count calls of os
    folder_to_disk(final.parent)


def replace_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """The file holds either its old content or this, at every moment."""
    waiting = waiting_name(path)
    write_durably(waiting, content, mode)
    rename_durably(waiting, path)


def waiting_name(path: Path) -> Path:
    """Where a file waits before it is renamed into place."""
    return path.with_name(f".{path.name}.tmp")


def read_if_there(path: Path) -> bytes | None:
    """The bytes of a file, or None when there is no such plain file."""
    if path.is_symlink() or not path.is_file():
        # A link or a pipe in a case folder was put there by somebody else, and a pipe never ends.
        return None
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def config_folder() -> Path:
    """Where the program remembers things outside any case; ``PAPERMASK_CONFIG`` overrides it."""
    stated = os.environ.get("PAPERMASK_CONFIG")
    if stated:
        return Path(stated)
    if sys.platform == "win32":  # pragma: no cover
        return Path(os.environ.get("APPDATA", "~")).expanduser() / "papermask"
    if sys.platform == "darwin":  # pragma: no cover
        return Path("~/Library/Application Support/papermask").expanduser()
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "papermask"


class AppendFile:
    """A file that only grows, a whole piece at a time.

    Parameters
    ----------
    path : Path
        Made when missing.
    mode : int
        Permissions of a new file.
    """

    def __init__(self, path: Path, mode: int = 0o644) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags, mode)

    def append(self, piece: bytes, *, at: int) -> None:
        """One write, one sync; on any failure the file is cut back to ``at`` bytes.

        Raises
        ------
        OSError
            The piece is not in the file.
        """
        try:
            if os.write(self._descriptor, piece) != len(piece):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            to_disk(self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                self.cut(at)
            raise

    def cut(self, size: int) -> None:
        """Take off everything beyond ``size`` bytes."""
        os.ftruncate(self._descriptor, size)
        to_disk(self._descriptor)

    def size(self) -> int:
        """Bytes in the file now."""
        return os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Give the descriptor back; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
