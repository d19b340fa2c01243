"""Copying a file into the case so that the copy is known to be the file.

The source is only read. The copy is hashed while it is written, read again from
disk, compared, made read-only and given a neutral name; original names tell on
people.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from toolkit.casebook import folder
from toolkit.errors import ExhibitError, ReadingError

INCOMING = ".incoming-"


def hash_source(source: Path) -> tuple[str, int]:
    """SHA-256 and size of a file that somebody handed over.

    Raises
    ------
    ReadingError
        Missing, not a plain file, not readable, or empty.
    """
    if not source.exists():
        raise ReadingError("file_missing", file=source.name)
    if not source.is_file():
        raise ReadingError("file_not_a_file", file=source.name)
    try:
        size = source.stat().st_size
        digest = folder.sha256_of(source)
    except OSError as refused:
        raise ReadingError("file_unreadable", file=source.name) from refused
    if size == 0:
        raise ReadingError("file_empty", file=source.name)
    return digest, size


def copy_in(
    source: Path,
    evidence: Path,
    name: str,
    sha256: str,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Copy into the evidence folder under a neutral name; the finished file or nothing.

    Raises
    ------
    ExhibitError
        The copy read back from disk differs from the source (``copy_differs``).
    OSError
        The disk refused; no file is left.
    """
    waiting = evidence / f"{INCOMING}{name}"
    final = evidence / name
    try:
        _copy(source, waiting, progress)
        if folder.sha256_of(waiting) != sha256:
            raise ExhibitError("copy_differs", file=source.name)
        waiting.chmod(0o444)
        folder.rename_durably(waiting, final)
    except BaseException:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
        raise
    return final


def _copy(source: Path, waiting: Path, progress: Callable[[int, int], None] | None) -> None:
    total, done = source.stat().st_size, 0
    hasher = hashlib.sha256()
    target = folder.open_new(waiting, 0o600)
    try:
        with source.open("rb") as stream:
            while chunk := stream.read(folder.CHUNK_BYTES):
                hasher.update(chunk)
                folder.write_all(target, chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
        folder.to_disk(target)
    finally:
        os.close(target)


def neutral_name(exhibit_id: str, sha256: str, source: Path) -> str:
    """``E0001-344a806b.mp4``: number, start of the hash, and the suffix if it is a plain one."""
    suffix = source.suffix.lower()
    plain = suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 6 else ""
    return f"{exhibit_id.replace('-', '')}-{sha256[:8]}{plain}"
