"""Bytes to text, with how it was decided.

A byte order mark decides, else strict UTF-8, else strict GB 18030 (which holds
GBK and GB 2312). What is none of these is refused: a guess that shows wrong
names is worse than a question. Only characters that a device cut off at the end
of a cell are let pass, each shown as U+FFFD: names are kept in so many bytes, and
the cut may go through a character. GB 18030 also accepts many texts of other
encodings, and a GBK text of very few characters may happen to be UTF-8 too, so
the basis is kept beside the name for a person to judge.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import ReadingError

LARGEST_BYTES = 64 * 2**20
HEAD_BYTES = 4096
MARKS = (
    # UTF-32 comes first: its little-endian mark begins like that of UTF-16.
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# What a file is by its first bytes: the last part of an error code, see ``errors_clockin``.
MAGIC = (
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"\x00\x01\x00\x00Standard Jet DB\x00", "access"),
    (b"\x00\x01\x00\x00Standard ACE DB\x00", "access"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"RIFF", "video"),
    (b"DHAV", "video"),
    (b"IMKH", "video"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"\x30\x26\xb2\x75", "video"),
    (b"\x00\x00\x01\xba", "video"),
    (b"\x00\x00\x00\x01", "video"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
)
PACKET_BYTES = 188  # of an MPEG transport stream; each begins with 0x47
# How errors are handled: a character may be cut where a cell ends.
CUT_CELLS, CUT_CHARACTER = "cut at the end of a cell", "\ufffd"
CUT_IN = frozenset({"utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312"})
CELL_ENDS = (b"\t", b"\r", b"\n", b'"', b",", b";", b"|")
LEAST_WHOLE, WHOLE_TO_CUT = 4, 2
CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, its encoding, and the basis: "mark", "strict", "cut", "zero bytes" or "declared"."""

    text: str
    encoding: str
    basis: str


def read_bytes(path: Path) -> bytes:
    """The content of a file that somebody handed over.

    Raises
    ------
    ReadingError
        Missing, no file, not readable, empty, or larger than 64 MiB.
    """
    if path.is_dir():
        raise ReadingError("file_not_a_file", file=path.name)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ReadingError("records_too_large", file=path.name, limit_mib=LARGEST_BYTES // 2**20)
        content = path.read_bytes()
    except FileNotFoundError as missing:
        raise ReadingError("file_missing", file=path.name) from missing
    except OSError as refused:
        raise ReadingError("file_unreadable", file=path.name) from refused
    if not content.strip():
        raise ReadingError("file_empty", file=path.name)
    return content


def read_text(path: Path) -> Decoded:
    """The text of a file, see :func:`decode`."""
    return decode(read_bytes(path), path.name)


def decode(content: bytes, file: str, declared: str | None = None) -> Decoded:
    """Text from bytes.

    Parameters
    ----------
    declared : str, optional
        The encoding as a person stated it; decides where no byte order mark does.

    Raises
    ------
    ReadingError
        Not text (says what it looks like), or in none of the encodings.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _checked(_strictly(content, encoding, file), encoding.removesuffix("-sig"), "mark", file)
    looks_like = kind_of(content)
    if looks_like is not None:
        raise ReadingError(f"records_not_text_{looks_like}", file=file)
    if declared is not None:
        return _checked(_strictly(content, known_encoding(declared, file), file), declared, "declared", file)
    wide = _wide_encoding(content)
    if wide is not None:
        return _checked(_strictly(content, wide, file), wide, "zero bytes", file)
    if 0 in content:
        raise ReadingError("records_not_text_binary", file=file)
    return _undeclared(content, file)


def kind_of(content: bytes) -> str | None:
    """What a file that is no text looks like by its first bytes; None for what may be text."""
    for magic, looks_like in MAGIC:
        if content.startswith(magic):
            # Two letters may begin a text as well; a bitmap goes on with its size and zeros.
            return looks_like if len(magic) > 2 or b"\x00" in content[:32] or magic == b"\x1f\x8b" else None
    if content[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return "video"
    packets = content[: 8 * PACKET_BYTES : PACKET_BYTES]
    return "video" if len(packets) == 8 and set(packets) == {0x47} else None


def known_encoding(name: str, file: str) -> str:
    """The name of an encoding of text, when there is one of that name.

    Raises
    ------
    ReadingError
        There is none.
    """
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError) as unknown:
        raise ReadingError("encoding_unknown", file=file, name=name) from unknown


def _undeclared(content: bytes, file: str) -> Decoded:
    for encoding in ("utf-8", "gb18030"):
        for errors, basis in (("strict", "strict"), (CUT_CELLS, "cut")):
            try:
                text = content.decode(encoding, errors)
            except UnicodeDecodeError:
                continue
            if basis == "strict" or _is_seldom_cut(text, encoding):
                return _checked(text, encoding, basis, file)
    raise ReadingError("records_encoding", file=file)


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 without a mark: zeros in every second byte, nearly none in the others."""
    head = content[:HEAD_BYTES]
    pairs = len(head) // 2
    if pairs == 0:
        return None
    first, second = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    low, high, encoding = (first, second, "utf-16-le") if second > first else (second, first, "utf-16-be")
    return encoding if high > 0.4 * pairs and low <= 0.01 * pairs else None


def _at_end_of_cell(fault: UnicodeError) -> tuple[str, int]:
    """The first bytes of a character before the end of a cell, as one character that is not known."""
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    first, following = fault.object[fault.start], fault.object[fault.end : fault.end + 1]
    begins = 0xC2 <= first <= 0xF4 if fault.encoding == "utf-8" else 0x81 <= first <= 0xFE
    if not begins or (following and following not in CELL_ENDS):
        raise fault
    return CUT_CHARACTER, fault.end


codecs.register_error(CUT_CELLS, _at_end_of_cell)


def _is_seldom_cut(text: str, encoding: str) -> bool:
    """Whether the whole characters by far outnumber the cut ones; a text of another encoding is cut everywhere.

    GB 18030 makes a character of nearly every letter with an accent and the
    letter behind it: beside cut ones only those of GB 2312 are believed.
    """
    cut = text.count(CUT_CHARACTER)
    whole = sum(character > "\x7f" for character in text) - cut
    if encoding == "gb18030":
        try:
            text.replace(CUT_CHARACTER, "").encode("gb2312")
        except UnicodeEncodeError:
            return False
    return whole >= max(LEAST_WHOLE, WHOLE_TO_CUT * cut)


def _strictly(content: bytes, encoding: str, file: str) -> str:
    try:
        return content.decode(encoding, CUT_CELLS if encoding in CUT_IN else "strict").removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        raise ReadingError("records_encoding", file=file) from wrong


def _checked(text: str, encoding: str, basis: str, file: str) -> Decoded:
    if CONTROLS.search(text):
        raise ReadingError("records_not_text_binary", file=file)
    if not text.strip():
        raise ReadingError("file_empty", file=file)
    return Decoded(text, encoding, basis)
