"""One vendor format a file, filed under its name; sniffed by content, never by the file's name.

A format offers ``sniff(head) -> bool`` and ``rows(source) -> Iterator[RawRow]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from toolkit.registry import Registry

PUNCH, REFUSED, NON_RECORD = "punch", "refused", "non-record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text of a records file, with what was declared of it."""

    name: str
    text: str
    mapping: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row of the source, as one assertion of it.

    ``kind`` is "punch", "refused" or "non-record"; a refused row has ``why``.
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


class PunchFormat(Protocol):
    """A clock-in format."""

    def sniff(self, head: str) -> bool:
        """Whether the first lines are of this format."""
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
