"""Which picture of an AVI is which: by the file's index, or by its unbroken chain of chunks.

AVI has no time stamps; a picture's time is its number. A demuxer numbers the
pictures it finds, so that each lost one shifts those behind it. The index
(``idx1``, OpenDML ``indx``) still counts them; where it does not reach, a number
is believed only as long as one chunk leads to the next. Source: AVI RIFF File
Reference and OpenDML AVI File Format Extensions 1.02.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer
from av.video.stream import VideoStream

CHUNK_HEAD = 8
LISTS = (b"LIST", b"RIFF")


def indexed(container: InputContainer, stream: VideoStream) -> dict[int, int]:
    """Number of each picture that the index names, by where its bytes begin in the file.

    Pictures without bytes (the one before is shown on) are left out.
    """
    if container.format.name != "avi":
        return {}
    return {int(entry.pos) + CHUNK_HEAD: int(entry.timestamp) for entry in stream.index_entries if entry.size}


def numbers(path: str, where: Sequence[tuple[int, int]], index: Mapping[int, int]) -> list[int | None]:
    """Number of each picture found, None from where it cannot be told.

    Parameters
    ----------
    where : sequence of (position, size)
        Of the pictures found, in bytes, in the order of the file.
    index : mapping
        As :func:`indexed`.
    """
    found: list[int | None] = []
    number: int | None = None
    with Path(path).open("rb") as source:
        end: int | None = None
        for position, size in where:
            if position in index:
                number = index[position]
            elif end is None:
                number = 0
            elif number is not None:
                steps = _steps(source, end, position)
                number = number + steps if steps else None
            found.append(number)
            end = position + size
    return found


def _steps(source: BinaryIO, end: int, position: int) -> int | None:
    """How many pictures on the one at ``position`` is from the one that ends at ``end``; None if the chain breaks."""
    source.seek(position - CHUNK_HEAD)
    own = source.read(4)
    at, count = end + end % 2, 1
    while at < position - CHUNK_HEAD:
        source.seek(at)
        name, length = source.read(4), int.from_bytes(source.read(4), "little")
        if not name.isalnum() and not name.strip(b" ").isalnum():
            return None
        count += name == own
        at += 12 if name in LISTS else CHUNK_HEAD + length + length % 2
    return count if at == position - CHUNK_HEAD else None
