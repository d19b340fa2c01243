"""Bodies of several parts as devices push them: a record, then the picture that was taken with it.

A capture holds one body or many, with or without the head of the request in
front, and is often cut off in the last part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# A boundary is a line of its own, followed by the head of a part.
BOUNDARY = re.compile(rb"(?:\A|(?<=\n))--([0-9A-Za-z'()+_,./:=?-]{1,70})[ \t]*\r?\n(?=[A-Za-z-]+[ \t]*:)")
HEAD_END = re.compile(rb"\r?\n\r?\n")
NAMED = re.compile(r'(?:^|[;\s])(filename|name)="?(?P<text>[^";\r\n]*)"?', re.IGNORECASE)


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
    lines = head.decode("utf-8", errors="replace").splitlines()
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Part(number, headers, b"" if ends is None else told[ends.end() :], whole and ends is not None)
