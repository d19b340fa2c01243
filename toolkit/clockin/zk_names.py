"""Names as terminals store them: GB 2312 or UTF-8 by the language of the device, cut at the end of a field.

The encoding is one for all names of a file, since it follows the language that
the device was set to: a single short name in GB 2312 may happen to be UTF-8 as
well, a whole list hardly. A field without room for its last character holds a
part of it; that part is shown as U+FFFD and the name is flagged. A flagged name
must not be compared as if it were whole.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.clockin.decoding import known_encoding
from toolkit.clockin.formats import Source

ENCODINGS = ("utf-8", "gb18030")
CUT, FULL, UNREADABLE = "name_cut", "name_full", "name_unreadable"
# What stands for a character that is there in part.
PART = "\ufffd"


def names_encoding(fields: Iterable[bytes], width: int, source: Source) -> str:
    """The encoding in which all names of a file can be read; UTF-8 goes first because it rarely fits by chance.

    Parameters
    ----------
    fields : iterable of bytes
        Each field whole, with its padding.
    width : int
        Bytes of a field of fixed width; 0 where names end by themselves.
    source : Source
        An encoding that a person stated of it decides.
    """
    declared = source.mapping.get("encoding")
    if declared is not None:
        return known_encoding(str(declared), source.name)
    names = list(fields)
    for encoding in ENCODINGS:
        if all(_read(name, encoding, width) is not None for name in names):
            return encoding
    return ENCODINGS[-1]


def read_name(field: bytes, encoding: str, width: int = 0) -> tuple[str, str]:
    """The name, and a flag.

    Returns
    -------
    tuple of str
        The flag is "" for a whole name, ``name_cut`` where its last character
        is there in part, ``name_full`` where it fills its field to the last
        byte, so that more may be missing, and ``name_unreadable`` where bytes
        fit no character; those are shown as U+FFFD.
    """
    told = _read(field, encoding, width)
    if told is None:
        return _held(field).decode(encoding, errors="replace").strip(), UNREADABLE
    name, part = told
    if part:
        return name.strip() + PART, CUT
    return name.strip(), FULL if _fills(field, width) else ""


def person_details(name: str, flag: str, others: Mapping[str, Any]) -> dict[str, Any]:
    """Details of somebody enrolled; the password itself is no matter of an inquiry and is never among them."""
    return {
        "name": name,
        **{key: value for key, value in others.items() if value != ""},
        **({"flags": flag} if flag else {}),
    }


def _held(field: bytes) -> bytes:
    return field.split(b"\x00", 1)[0]


def _fills(field: bytes, width: int) -> bool:
    return bool(width) and len(_held(field)) >= width


def _read(field: bytes, encoding: str, width: int) -> tuple[str, bool] | None:
    """Text, and whether a character was cut at the end; None where the bytes are not of this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(_held(field))
    except UnicodeDecodeError:
        return None
    part = bool(decoder.getstate()[0])
    if part and not _fills(field, width):
        return None
    return None if any(ord(letter) < 32 for letter in text) else (text, part)
