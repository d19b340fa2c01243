"""What a terminal sent to its server, written down as it went over the line: requests and answers one after another.

Read as bytes: names may be in another encoding than the rest, and pictures lie
between the lines. A message ends where the next one begins, since captures are
often saved again with other line ends, so that the stated length is only used
to tell whether a message is whole. For the last one that is told to the byte:
with its last byte a code of two digits becomes another code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

START = re.compile(rb"^(?:(?:GET|POST|PUT) (?P<target>\S+) HTTP/1\.[01]|HTTP/1\.[01] \d{3}[^\r\n]*)\r?$", re.MULTILINE)
HEAD_END = re.compile(rb"\r?\n\r?\n|\r?\n?\Z")
# The path that all ZKTeco terminals call, whatever the server.
PUSH_PATH = b"/iclock/"


@dataclass(frozen=True, slots=True)
class Line:
    """A physical line without its end, by its number from 1."""

    row: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer.

    ``path`` is empty for an answer; ``query`` and ``headers`` have lower-case
    names. ``body`` begins at line ``body_row``. ``missing`` counts bytes that
    the stated length calls for and that are not there.
    """

    row: int
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    head: tuple[Line, ...]
    body: bytes
    body_row: int
    missing: int = 0

    def lines(self) -> list[Line]:
        """The lines of the body."""
        return lines_from(self.body, self.body_row)


@dataclass(frozen=True, slots=True)
class Capture:
    """All messages, and what stands before the first one."""

    before: tuple[Line, ...]
    messages: tuple[Message, ...] = field(default_factory=tuple)


def is_push(content: bytes) -> bool:
    """Whether a request of a ZKTeco terminal stands in it."""
    return any(PUSH_PATH in (one["target"] or b"") for one in START.finditer(content))


def lines_from(content: bytes, row: int) -> list[Line]:
    """Physical lines with their numbers, the first of which is ``row``."""
    parts = content.split(b"\n")
    if parts and not parts[-1]:
        parts.pop()
    return [Line(row + k, part.rstrip(b"\r")) for k, part in enumerate(parts)]


def read_capture(content: bytes) -> Capture:
    """Messages in their order; none where no line begins one."""
    starts = list(START.finditer(content))
    first = starts[0].start() if starts else len(content)
    row, found = 1 + content.count(b"\n", 0, first), []
    ends = [*(one.start() for one in starts[1:]), len(content)] if starts else []
    for start, following in zip(starts, ends, strict=True):
        found.append(_message(content[start.start() : following], start, row, last=following == len(content)))
        row += content.count(b"\n", start.start(), following)
    return Capture(tuple(lines_from(content[:first], 1)), tuple(found))


def _message(content: bytes, start: re.Match[bytes], row: int, *, last: bool) -> Message:
    end = HEAD_END.search(content)
    cut = end.end() if end else len(content)
    head = lines_from(content[:cut], row)
    headers = {}
    for line in head[1:]:
        name, _, value = line.content.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    path, _, query = (start["target"] or b"").decode("latin-1").partition("?")
    body = content[cut:]
    length = headers.get("content-length", "")
    stated = int(length) if length.isascii() and length.isdigit() else 0
    return Message(
        row=row,
        path=path,
        query=_query(query),
        headers=headers,
        head=tuple(head),
        body=body,
        body_row=row + content.count(b"\n", 0, cut),
        # Within a capture each line may have lost a byte of its end when it was saved again.
        missing=max(0, stated - len(body) - (0 if last else 1 + body.count(b"\n"))),
    )


def _query(text: str) -> dict[str, str]:
    """Names and values after the question mark; terminals write letters and digits there, nothing encoded."""
    return {name.lower(): value for name, _, value in (part.partition("=") for part in text.split("&")) if name}
