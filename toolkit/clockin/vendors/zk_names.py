"""Names as terminals store them: GB 2312 or UTF-8 by the language of the device, cut at the end of a field.

The encoding is one for all names of a file, since it follows the language that
the device was set to. A few short names can fit both (卢志远 in GB 2312 happens
to be UTF-8 as well); then the reading whose characters are all letters is taken
and every such name is flagged. A field without room for its last character
holds a part of it; that part is shown as U+FFFD and the name is flagged. A
flagged name must not be compared as if it were whole and sure.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.clockin.files.decoding import known_encoding
from toolkit.clockin.formats import Source

UTF, CHINESE, CHINESE_STRICT = "utf-8", "gb18030", "gb2312"
CUT, FULL, UNREADABLE, UNSURE = "name_cut", "name_full", "name_unreadable", "name_encoding_unsure"
# What stands for a character that is there in part.
PART = "\ufffd"
BETWEEN_LETTERS = frozenset(" .-'·")


@dataclass(frozen=True, slots=True)
class NameReader:
    """How the names of a file are read; ``width`` is the bytes of a field, 0 where names end by themselves."""

    encoding: str
    width: int = 0
    sure: bool = True

    def read(self, field: bytes) -> tuple[str, str]:
        """The name, and its flags joined by commas.

        ``name_cut``: the last character is there in part. ``name_full``: the
        name fills its field to the last byte, so that more may be missing.
        ``name_unreadable``: bytes that fit no character, shown as U+FFFD.
        ``name_encoding_unsure``: the bytes can be read in another way too.
        """
        told = _read(field, self.encoding, self.width)
        if told is None:
            return _held(field).decode(self.encoding, errors="replace").strip(), UNREADABLE
        name, part = told
        flags = [CUT] if part else [FULL] if _fills(field, self.width) else []
        if not self.sure and not name.isascii():
            flags.append(UNSURE)
        return name.strip() + (PART if part else ""), ", ".join(flags)


def name_reader(fields: Iterable[bytes], width: int, source: Source) -> NameReader:
    """How to read all names of a file, from these fields together.

    Parameters
    ----------
    fields : iterable of bytes
        Each field whole, with its padding.
    source : Source
        An encoding that a person stated of it decides.

    Raises
    ------
    ReadingError
        The stated encoding is none.
    """
    declared = source.mapping.get("encoding")
    if declared is not None:
        return NameReader(known_encoding(str(declared), source.name), width)
    names = [_held(field) for field in fields]
    readings = [_read(name, UTF, width) for name in names]
    texts = [told[0] for told in readings if told is not None]
    if len(texts) < len(names):
        return NameReader(CHINESE, width)
    sure = all(map(str.isascii, texts)) or not all(_read(name, CHINESE_STRICT, width) for name in names)
    return NameReader(UTF if sure or all(map(_letters, texts)) else CHINESE, width, sure)


def readable(field: bytes, width: int) -> bool:
    """Whether this can be a name at all."""
    return any(_read(field, encoding, width) is not None for encoding in (UTF, CHINESE))


def person_details(name: str, flags: str, others: Mapping[str, Any]) -> dict[str, Any]:
    """Details of somebody enrolled; the password itself is no matter of an inquiry and is never among them."""
    told = {"name": name, **others, "flags": flags}
    return {key: value for key, value in told.items() if key == "name" or value != ""}


def _letters(text: str) -> bool:
    return all(letter.isalnum() or letter in BETWEEN_LETTERS for letter in text)


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
