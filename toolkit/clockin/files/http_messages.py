"""What terminals sent to a server, written down as it went over the line: requests and answers one after another.

Read as bytes: names may be in another encoding than the rest, and pictures lie
between the lines. A message ends where the next one begins, since captures are
often saved again with other line ends, so that the stated length is only used
to tell whether a message is whole. For the last one that is told to the byte:
with its last byte a code of two digits becomes another code.

Some makes send bodies of several parts: a record, then the picture that was
taken with it. A capture holds one such body or many, with or without the head of
the request in front, and is often cut off in the last part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

START = re.compile(rb"^(?:(?:GET|POST|PUT) (?P<target>\S+) HTTP/1\.[01]|HTTP/1\.[01] \d{3}[^\r\n]*)\r?$", re.MULTILINE)
HEAD_END, NO_BODY = re.compile(rb"\r?\n\r?\n"), re.compile(rb"\r?\n?\Z")
# A boundary is a line of its own, followed by the head of a part.
BOUNDARY = re.compile(rb"(?:\A|(?<=\n))--([0-9A-Za-z'()+_,./:=?-]{1,70})[ \t]*\r?\n(?=[A-Za-z-]+[ \t]*:)")
NAMED = re.compile(r'(?:^|[;\s])(filename|name)="?(?P<text>[^";\r\n]*)"?', re.IGNORECASE)
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
    end = HEAD_END.search(content) or NO_BODY.search(content)
    cut = end.end() if end else len(content)
    head = lines_from(content[:cut], row)
    headers = _headers(line.content.decode("latin-1") for line in head[1:])
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


def _headers(lines: Iterable[str]) -> dict[str, str]:
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _query(text: str) -> dict[str, str]:
    """Names and values after the question mark; terminals write letters and digits there, nothing encoded."""
    return {name.lower(): value for name, _, value in (part.partition("=") for part in text.split("&")) if name}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: number in the file (from 1), headers in lower case, content; ``whole`` unless the file ends in it."""

    number: int
    headers: Mapping[str, str]
    content: bytes
    whole: bool

    @property
    def file(self) -> str:
        """The file name that its head states; "" where it states none."""
        for match in NAMED.finditer(self.headers.get("content-disposition", "")):
            if match[1].lower() == "filename":
                return match["text"]
        return ""

    @property
    def is_picture(self) -> bool:
        """Whether its head says so, or its first bytes are those of a JPEG."""
        return self.headers.get("content-type", "").lower().startswith("image/") or self.content.startswith(
            b"\xff\xd8\xff"
        )


def parts_of(content: bytes) -> Iterator[Part]:
    """Every part of every body in a file, in order; what stands between bodies is passed over."""
    number, at = 0, 0
    while (opened := BOUNDARY.search(content, at)) is not None:
        mark = b"--" + opened[1]
        closing = re.compile(rb"\r?\n" + re.escape(mark) + rb"(--)?(?=[ \t]*(?:\r?\n|\Z)|--)")
        at = opened.end()
        last = False
        while not last:
            number += 1
            end = closing.search(content, at)
            yield _part(number, content[at : len(content) if end is None else end.start()], end is not None)
            if end is None:
                return
            last = end[1] is not None
            line = content.find(b"\n", end.end())
            at = len(content) if line < 0 else line + 1


def _part(number: int, told: bytes, whole: bool) -> Part:
    ends = HEAD_END.search(told)
    head = told if ends is None else told[: ends.start()]
    headers = _headers(head.decode("utf-8", errors="replace").splitlines())
    return Part(number, headers, b"" if ends is None else told[ends.end() :], whole and ends is not None)
