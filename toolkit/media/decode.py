"""Decoding, in the limited child: frames leave as plain pixels on standard output.

Each frame is a fixed header and its pixels; nothing that comes back can be
anything but a header and bytes of a length that the parent can work out. A
decoding error leaves out the damaged frames up to the next keyframe and is
counted, never passed on as a picture.
"""

from __future__ import annotations

import json
import struct
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from toolkit.errors import ReadingError
from toolkit.media.damage import SLACK_S, Span, gap_limit, lost, missing_in
from toolkit.media.index import ClipIndex, build_index
from toolkit.media.opening import open_clip
from toolkit.media.packets import decoded, until_broken
from toolkit.sandbox import told_of

HEADER = struct.Struct("<4sqdHHBB6x")
FRAME, DONE, FAIL = b"FRAM", b"DONE", b"FAIL"
CORRUPT, KEYFRAME = 1, 2
COLOUR, LUMA = 1, 2
LARGEST_PX = 40_000_000


@dataclass(slots=True)
class _Counts:
    decoded: int = 0
    corrupt: int = 0
    errors: int = 0
    lost: int = 0
    lost_spans: list[Span] = field(default_factory=list)

    def failed(self) -> None:
        self.errors += 1


def serve(**order: Any) -> None:
    """Write the ordered frames to standard output, then the tally.

    The order is that of :func:`toolkit.media.frames.read_frames`.
    """
    out = sys.stdout.buffer
    counts = _Counts()
    try:
        for header, pixels in _frames(order, counts):
            out.write(header)
            out.write(pixels)
        kind, told = DONE, json.dumps(asdict(counts)).encode()
    except Exception as fault:
        kind, told = FAIL, json.dumps(told_of(fault)).encode()
    out.write(HEADER.pack(kind, len(told), 0.0, 0, 0, 0, 0))
    out.write(told)
    out.flush()


def _frames(order: dict[str, Any], counts: _Counts) -> Iterator[tuple[bytes, bytes]]:
    path = order["path"]
    index = build_index(path, order["frame_rate"])
    least = order["every_s"] - index.interval_s / 4
    for start, stop in order["spans"]:
        last = -1e9
        sound: set[float] = set()
        seen: set[float] = set()
        for at, pts, frame, corrupt in _span(path, index, (start, stop), order["keyframes_only"], counts):
            seen.add(at)
            if not corrupt:
                sound.add(at)
            if at - last < least:
                continue
            last = at
            yield _pack(path, at, pts, frame, order, corrupt)
        if not order["keyframes_only"]:
            _count_lost(index, (start, stop), seen, sound, counts)


def _count_lost(index: ClipIndex, span: Span, seen: set[float], sound: set[float], counts: _Counts) -> None:
    """A decoder may swallow damaged frames without a word; the index knows which there were."""
    start, stop = span
    counts.lost += sum(start - SLACK_S <= at <= stop + SLACK_S and at not in seen for at in index.times_s)
    limit = gap_limit(index.interval_s)
    for a, b in index.holes:
        if b - a <= limit and start <= a + index.interval_s <= stop:
            counts.lost += missing_in((a, b), index.interval_s)
    counts.lost_spans += lost(index.times_s, sound, index.holes, index.interval_s, span)


def _span(
    path: str, index: ClipIndex, span: Span, keyframes_only: bool, counts: _Counts
) -> Iterator[tuple[float, int, VideoFrame, bool]]:
    start, stop = span
    container, stream = open_clip(path)
    with container:
        _jump(container, stream, index, start)
        if keyframes_only:
            stream.codec_context.skip_frame = "NONKEY"
        latest, tainted, errors_before = -1.0, False, counts.errors
        for order, (number, pts, frame) in enumerate(decoded(container, stream, counts.failed)):
            name = pts if index.by_stamp and pts is not None else number
            # What is drawn from missing or damaged pictures stays wrong up to the next that needs no other.
            tainted = frame.is_corrupt or name in index.drawn_wrong or (tainted and not frame.key_frame)
            if not index.sure_after_loss and (frame.is_corrupt or counts.errors > errors_before):
                return
            at = _counted_time(index, order) if index.counted else index.placed.get(name)
            if at is None or at < start - SLACK_S or at <= latest:
                continue
            if at > stop + SLACK_S:
                return
            latest = at
            counts.decoded += 1
            counts.corrupt += tainted
            yield at, pts if pts is not None else number, frame, tainted


def _counted_time(index: ClipIndex, order: int) -> float | None:
    return index.times_s[order] if order < len(index.times_s) else None


def _jump(container: InputContainer, stream: VideoStream, index: ClipIndex, start: float) -> None:
    """Go to a keyframe before ``start``, or leave the clip at its beginning.

    One group of pictures earlier than needed: after a jump into an open group
    the first pictures may be damaged without saying so. Some demuxers land
    late (transport streams), so the landing is looked at before it is trusted.
    """
    before = bisect_right(index.keyframes, (start + SLACK_S, 0)) - 2
    if not index.seekable or before <= 0:
        return
    for earlier_s in (0.0, 10.0):
        wanted = index.keyframes[before][1] - round(earlier_s / index.time_base)
        if wanted <= index.first_pts or not _seek(container, stream, wanted):
            break
        landed = next((packet for packet in until_broken(container, stream) if packet.is_keyframe), None)
        if landed is None or landed.pts is None:
            continue
        if index.placed.get(landed.pts, start + 1.0) <= start and _seek(container, stream, wanted):
            return
    container.seek(0, backward=True, any_frame=False)


def _seek(container: InputContainer, stream: VideoStream, wanted: int) -> bool:
    try:
        container.seek(wanted, stream=stream, backward=True)
    except av.error.FFmpegError:
        return False
    return True


def _pack(
    path: str, at: float, pts: int, frame: VideoFrame, order: dict[str, Any], corrupt: bool
) -> tuple[bytes, bytes]:
    if frame.width * frame.height > LARGEST_PX:
        raise ReadingError("picture_too_large", file=Path(path).name, width=frame.width, height=frame.height)
    width, height = _size(frame, order["width_px"])
    flags = CORRUPT * corrupt + KEYFRAME * bool(frame.key_frame)
    parts = []
    if order["colour"]:
        shown = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
        parts.append(_plane(shown, 0, width * 3, height))
    if order["luma"]:
        parts.append(_luma(frame, width, height))
    planes = COLOUR * bool(order["colour"]) + LUMA * bool(order["luma"])
    header = HEADER.pack(FRAME, pts, at, width, height, planes, flags)
    return header, b"".join(parts)


def _size(frame: VideoFrame, width_px: int | None) -> tuple[int, int]:
    if width_px is None or width_px >= frame.width:
        return frame.width, frame.height
    return width_px, max(1, round(frame.height * width_px / frame.width))


def _luma(frame: VideoFrame, width: int, height: int) -> bytes:
    """Luma as the decoder left it: a view of its plane unless a smaller picture was asked for."""
    planar = frame.format.name.startswith(("yuv", "gray", "nv"))
    if planar and (width, height) == (frame.width, frame.height) and "10" not in frame.format.name:
        return _plane(frame, 0, width, height)
    return _plane(frame.reformat(width=width, height=height, format="gray", interpolation="AREA"), 0, width, height)


def _plane(frame: VideoFrame, which: int, row_bytes: int, height: int) -> bytes:
    plane = frame.planes[which]
    view = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, abs(plane.line_size))
    return bytes(view[:height, :row_bytes].tobytes())
