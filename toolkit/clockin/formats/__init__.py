"""One vendor format a file, filed under its name; sniffed by content, never by the file's name.

A format offers ``sniff(head) -> bool``, ``rows(source) -> Iterator[RawRow]`` and
the names of the mapping entries it understands. It yields every row of the
source in its order: a punch, a refused row with the reason, or no record. Times
are handed on as written; the reader parses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from toolkit.clockin.decoding import Decoded, decode
from toolkit.registry import Registry

PUNCH, REFUSED, NON_RECORD = "punch", "refused", "non-record"
# Entries of a mapping that the reader itself answers.
COMMON_KEYS = frozenset({"format", "encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of a file, to tell its format by; ``text`` is empty where the file is no text."""

    content: bytes = b""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A records file with what was declared of it; a binary format reads ``content``, others ``text``."""

    name: str
    content: bytes
    mapping: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def decoded(self) -> Decoded:
        """The text with its encoding and the basis; ReadingError where the file is no text."""
        declared = self.mapping.get("encoding")
        return decode(self.content, self.name, None if declared is None else str(declared))

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.decoded.text


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row of the source, as one assertion of it.

    ``kind`` is "punch", "refused" or "non-record"; a refused row has ``why``.
    ``sub`` counts assertions within one row, where a cell holds several times.
    """

    kind: str
    row: int
    raw: str
    why: str = ""
    employee_id: str = ""
    time_text: str = ""
    date_order: str = "ymd"
    terminal_id: str | None = None
    credential: str = "unknown"
    result: str = "unknown"
    record_kind: str = "raw_event"
    sheet: str = ""
    sub: int = 0


class PunchFormat(Protocol):
    """A clock-in format."""

    mapping_keys: frozenset[str]

    def sniff(self, head: Head) -> bool:
        """Whether a file that begins so is of this format."""
        ...

    def rows(self, source: Source) -> Iterator[RawRow]:
        """Every row of the source, in its order."""
        ...


punch_formats: Registry[PunchFormat] = Registry("clock-in format")


def punch_format(name: str) -> Any:
    """Class decorator that files one instance of a format under a name."""

    def enter(kind: type[PunchFormat]) -> type[PunchFormat]:
        punch_formats.register(name)(kind())
        return kind

    return enter
