"""A workbook that its maker protected with a password, opened with the password that was given with it.

The protected file stays as it is and is kept; what is read is a copy without
the protection. The password is asked of a person each time and is stored
nowhere. ``msoffcrypto-tool`` takes the protection off, by [MS-OFFCRYPTO], in
a limited child process like everything else that is done to untrusted files.
"""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit import sandbox
from toolkit.clockin.files.decoding import read_bytes
from toolkit.errors import ReadingError

COMPOUND = b"\xd0\xcf\x11\xe0"
LIMITS = sandbox.Limits(memory_bytes=4 * 2**30, cpu_s=120, wall_s=120.0)  # the key is made slow on purpose
MARK = "-unlocked"


@contextmanager
def readable(path: Path, password: str | None) -> Iterator[Path]:
    """The file itself, or a copy without its protection in a folder that is gone afterwards.

    Without a password, and for a file that no password protects, it is the file itself.

    Raises
    ------
    ReadingError
        The password does not open it, or it is protected in a way that is not known.
    """
    if password is None or not is_locked(path):
        yield path
        return
    told = sandbox.ask("toolkit.clockin.files.unlocking:unlock", {"path": str(path), "password": password}, LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"{path.stem}{MARK}{path.suffix}"
        copy.write_bytes(base64.b64decode(told))
        yield copy


def is_locked(path: Path) -> bool:
    """Whether the file is a workbook that a password protects."""
    with path.open("rb") as file:
        if file.read(len(COMPOUND)) != COMPOUND:
            return False
    return bool(sandbox.ask("toolkit.clockin.files.unlocking:looks_locked", {"path": str(path)}, LIMITS))


def looks_locked(path: str) -> bool:
    """The child's half of :func:`is_locked`; a file that is no workbook of Office is none that is locked."""
    import msoffcrypto
    from msoffcrypto.exceptions import FileFormatError

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(read_bytes(Path(path)))).is_encrypted())
    except (FileFormatError, ValueError, OSError, KeyError, IndexError, TypeError, AttributeError):
        return False  # whatever it is, the reader says so with its own words


def unlock(path: str, password: str) -> str:
    """The child's half of :func:`readable`: the bytes without their protection, in base64.

    Raises
    ------
    ReadingError
        See :func:`readable`.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    file, out = Path(path), io.BytesIO()
    try:
        book = msoffcrypto.OfficeFile(io.BytesIO(read_bytes(file)))
        book.load_key(password=password)
        book.decrypt(out)
    except InvalidKeyError as wrong:
        raise ReadingError("records_password_wrong", file=file.name) from wrong
    except ReadingError:
        raise
    except Exception as fault:  # the library has no one class for the ways in which a container can be odd
        raise ReadingError("records_workbook_not_unlocked", file=file.name) from fault
    return base64.b64encode(out.getvalue()).decode("ascii")
