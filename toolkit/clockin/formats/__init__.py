"""One vendor format a file, filed under its name; sniffed by content, never by the file's name.

A format offers ``sniff(head) -> bool``, ``rows(source) -> Iterator[RawRow]``,
the names of the mapping entries it understands, what its exports never tell
(``lacks``), and where it has them ``facts(source)`` of the whole file. It
yields every row of the source in its order: a punch, a refused row with the
reason, or no record. Times are handed on as written where they are civil texts;
the reader parses them. A moment written as a number is handed on as read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeVar

from toolkit.clockin.files.decoding import Decoded, decode
from toolkit.clockin.files.sheets import Sheet, sheets_of
from toolkit.registry import Registry

Read = TypeVar("Read")
PUNCH, REFUSED, NON_RECORD = "punch", "refused", "non-record"
# Rows that are no clock-in but are kept: what was done to the device, who is enrolled, a picture it took.
EVENT, PERSON, PHOTO = "device event", "person", "photo"
KEPT = (EVENT, PERSON, PHOTO)
# Entries of a mapping that the reader itself answers.
COMMON_KEYS = frozenset({"format", "encoding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of a file, to tell its format by.

    ``text`` is empty where the file is no text; ``sheets`` are all tables of a workbook or of a page of HTML.
    """

    content: bytes = b""
    text: str = ""
    sheets: tuple[Sheet, ...] = ()


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

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Tables of a workbook or of a page of HTML; none in any other file."""
        return sheets_of(self.content, self.name)

    @cached_property
    def _kept(self) -> dict[Callable[[Source], Any], Any]:
        return {}

    def once(self, reader: Callable[[Source], Read]) -> Read:
        """What a function of a format makes of the file: made once, for its rows and for its facts."""
        if reader not in self._kept:
            self._kept[reader] = reader(self)
        told: Read = self._kept[reader]
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row of the source, as one assertion of it.

    ``kind`` is one of this module's; a refused row has ``why``, and one that is
    neither a punch nor refused is no record. ``sub`` counts assertions within
    one row, where a cell holds several times.

    The time is ``time_text``, read in the order of ``date_order``; or ``at``,
    civil time in ISO 8601 with its ``precision_s``, where the source writes a
    number or scatters the parts, and ``time_text`` then shows what stands there.
    ``zone`` is the offset or IANA name of this row's time where the value
    itself states one. ``details`` are entries of
    :data:`toolkit.clockin.details.DETAILS`, and others as text.
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
    at: str = ""
    precision_s: float | None = None
    zone: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file says of itself as a whole; empty where it does not.

    ``timezone`` is an offset or IANA name that its head states for all rows.
    ``truncated`` is the code of the reason why rows are missing ("more",
    "count", "cut_line"). ``stated_total`` is how many records it says there
    are. ``questions`` are codes of what a person must be asked, ``lacks`` what
    this file cannot tell although its format could.
    """

    timezone: str | None = None
    period: str = ""
    made_at: str = ""
    device: str = ""
    truncated: str = ""
    stated_total: int | None = None
    questions: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class PunchFormat(Protocol):
    """A clock-in format.

    ``lacks`` are codes of what no export of this format tells, see :mod:`toolkit.clockin.unanswered`. A format
    may also have a method ``facts(source) -> FileFacts``, and ``minutes_only = True``
    where its platform writes minutes, so that a ":00" behind one is no second.
    """

    mapping_keys: frozenset[str]
    lacks: frozenset[str]

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
