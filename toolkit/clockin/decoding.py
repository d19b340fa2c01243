"""Bytes to text, with how it was decided.

A byte order mark decides, else strict UTF-8, else strict GB 18030 (which holds
GBK and GB 2312). What is none of these is refused: a guess that shows wrong
names is worse than a question.
"""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import ReadingError

LARGEST_BYTES = 64 * 2**20
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
BINARY = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"RIFF", "video"),
    (b"DHAV", "video"),
    (b"\x1aE\xdf\xa3", "video"),
)


def read_text(path: Path) -> tuple[str, str, str]:
    """The text of a file, its encoding, and the basis: "mark", "strict" or "zero bytes".

    Raises
    ------
    ReadingError
        Empty, larger than 64 MiB, not text (says what it looks like), or in an
        encoding that is none of those tried.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ReadingError("records_too_large", file=path.name, limit_mib=LARGEST_BYTES // 2**20)
    content = path.read_bytes()
    if not content.strip():
        raise ReadingError("file_empty", file=path.name)
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _decode(content, encoding, path), encoding.removesuffix("-sig"), "mark"
    _refuse_binary(content, path)
    zeros = content[:4000].count(0)
    if zeros > 0.2 * len(content[:4000]):
        encoding = "utf-16-be" if content[0] == 0 else "utf-16-le"
        return _decode(content, encoding, path), encoding, "zero bytes"
    if zeros:
        raise ReadingError("records_not_text", file=path.name, looks_like="binary")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding, "strict"
        except UnicodeDecodeError:
            continue
    raise ReadingError("records_encoding", file=path.name)


def _decode(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        raise ReadingError("records_encoding", file=path.name) from wrong


def _refuse_binary(content: bytes, path: Path) -> None:
    for magic, looks_like in BINARY:
        if content.startswith(magic):
            raise ReadingError("records_not_text", file=path.name, looks_like=looks_like)
    if content[4:8] == b"ftyp":
        raise ReadingError("records_not_text", file=path.name, looks_like="video")
