"""Copying a file in: whole or not at all, checked by reading the copy again, and gone on with after a kill.

The source is hashed first and its copy last: that both agree says that the copy
is what was handed over, however the bytes came between. Just written bytes are
read from memory, so every eighth piece is read once more from the disk itself:
a stick that takes less than it claims is found while the source is still at hand
(every use of an exhibit hashes it again). A copy that a kill cut off stays under
its waiting name; the next try compares it with the source and goes on behind the
last piece that agrees.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from toolkit.casebook import folder
from toolkit.errors import ExhibitError, ReadingError

INCOMING = ".incoming-"
PIECE_BYTES = 64 * 2**20
EVERY = 8  # pieces from one that is read from the disk itself to the next
# The system does not copy between these two files; EIO and EACCES may be the source's: reading tells whose fault.
CANNOT = frozenset(
    {
        errno.ENOSYS,
        errno.EXDEV,
        errno.EINVAL,
        errno.EOPNOTSUPP,
        errno.EPERM,
        errno.EIO,
        errno.EACCES,
        errno.ENOENT,
        errno.EBADF,
    }
)

Progress = Callable[[int, int], None]


def hash_source(source: Path) -> tuple[str, int]:
    """SHA-256 and size of a file that somebody handed over.

    Raises
    ------
    ReadingError
        Missing, not a plain file, not readable, empty, or still being written.
    """
    with _reading(source):
        if not source.exists():
            raise ReadingError("file_missing", file=source.name)
        if not source.is_file():
            raise ReadingError("file_not_a_file", file=source.name)
        size = source.stat().st_size
        if size == 0:
            raise ReadingError("file_empty", file=source.name)
        sha256, hashed = hashlib.sha256(), 0
        for chunk in _chunks(source, 0):
            sha256.update(chunk)
            hashed += len(chunk)
        if {size, source.stat().st_size} != {hashed}:
            raise ReadingError("file_still_written", file=source.name)
        return sha256.hexdigest(), size


def copy_in(source: Path, evidence: Path, name: str, sha256: str, progress: Progress | None = None) -> Path:
    """Copy into a folder under a name, where the copy has this hash; the finished file or none of that name.

    A file that lies there under this name with these bytes is left as it is.

    Raises
    ------
    ExhibitError
        The copy read back from disk is not the file that was hashed (``copy_differs``).
    ReadingError
        The source cannot be read to its end.
    OSError
        The disk refused; no file is left.
    """
    waiting, final = evidence / f"{INCOMING}{name}", evidence / name
    if final.is_file() and not final.is_symlink() and folder.sha256_of(final) == sha256:
        final.chmod(0o444)
        return final
    try:
        _copy(source, waiting, progress)
        if folder.sha256_of(waiting) != sha256 or not _on_the_disk(waiting):
            raise ExhibitError("copy_differs", file=source.name)
        waiting.chmod(0o444)
        folder.rename_durably(waiting, final)
    except BaseException:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
        raise
    return final


def _copy(source: Path, waiting: Path, progress: Progress | None) -> None:
    """Copy behind what is there already and agrees, and wait for the disk."""
    total, done = source.stat().st_size, _agreeing(source, waiting)
    target = folder.open_behind(waiting, done, 0o600)
    try:
        for size in _moved(source, done, target):
            done += size
            if progress is not None:
                progress(done, total)
        folder.to_disk(target)
    finally:
        os.close(target)


def _moved(source: Path, behind: int, target: int) -> Iterator[int]:
    """Bytes of each piece that was brought over: by the system as far as it can, the rest read and written here."""
    done = behind
    try:
        for size in by_system(source, behind, target):
            done += size
            yield size
    except OSError as refused:
        if refused.errno not in CANNOT:
            raise
    for chunk in _chunks(source, done):
        folder.write_all(target, chunk)
        yield len(chunk)


def by_system(source: Path, behind: int, target: int) -> Iterator[int]:
    """Bytes of each piece that the system copied, without a way through this process.

    Raises
    ------
    OSError
        One of ``CANNOT`` where it does not do that between these two files.
    """
    if not hasattr(os, "copy_file_range"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    with source.open("rb", buffering=0) as stream:
        stream.seek(behind)
        while size := os.copy_file_range(stream.fileno(), target, PIECE_BYTES):
            yield size


def _on_the_disk(copy: Path) -> bool:
    """Whether the last piece and every eighth, from any one on, are on the disk as they are in memory."""
    if not hasattr(os, "posix_fadvise"):
        return True
    size = folder.CHUNK_BYTES
    count = -(-copy.stat().st_size // size)
    with copy.open("rb", buffering=0) as stream:
        for number in {*range(secrets.randbelow(EVERY), count, EVERY), count - 1}:
            stream.seek(number * size)
            written = stream.read(size)
            os.posix_fadvise(stream.fileno(), number * size, size, os.POSIX_FADV_DONTNEED)
            stream.seek(number * size)
            if stream.read(size) != written:
                return False
    return True


def _agreeing(source: Path, waiting: Path) -> int:
    """How many bytes of a copy that was cut off are those of the source, in whole pieces."""
    if waiting.is_symlink() or not waiting.is_file() or waiting.stat().st_nlink != 1:
        return 0  # what has another name elsewhere is not ours to write to
    waiting.chmod(0o600)  # a crash may have come between making it read-only and renaming it
    agree = 0
    for ours, theirs in zip(_chunks(waiting, 0), _chunks(source, 0), strict=False):
        if ours != theirs:
            break
        agree += len(ours)
    return agree


def _chunks(source: Path, behind: int) -> Iterator[memoryview]:
    """Pieces of a file; each is only good until the next is asked for, because one piece of memory serves all."""
    room = memoryview(bytearray(folder.CHUNK_BYTES))
    with contextlib.ExitStack() as stack:
        with _reading(source):
            stream = stack.enter_context(source.open("rb", buffering=0))
            stream.seek(behind)
        while True:
            # Only reading is inside: a full disk of ours is not a fault of the source.
            with _reading(source):
                got = stream.readinto(room)
            if not got:
                return
            yield room[:got]


@contextlib.contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise ReadingError("file_unreadable", file=source.name) from refused
