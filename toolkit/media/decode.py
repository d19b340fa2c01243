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
from pathlib import Path
from typing import Any

import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from toolkit.errors import ReadingError, ToolkitError
from toolkit.media.index import ClipIndex, build_index, open_clip

HEADER = struct.Struct("<4sqdHHBB6x")
FRAME, DONE, FAIL = b"FRAM", b"DONE", b"FAIL"
CORRUPT, KEYFRAME = 1, 2
COLOUR, LUMA = 1, 2
LARGEST_PX = 40_000_000
SLACK_S = 1e-4


def serve(**order: Any) -> None:
    """Write the ordered frames to standard output, then the tally.

    The order is that of :func:`toolkit.media.frames.read_frames`.
    """
    out = sys.stdout.buffer
    tally = {"decoded": 0, "corrupt": 0, "errors": 0, "lost": 0}
    try:
        for header, pixels in _frames(order, tally):
            out.write(header)
            out.write(pixels)
        kind, told = DONE, json.dumps(tally).encode()
    except ToolkitError as error:
        kind = FAIL
        told = json.dumps({"class": type(error).__name__, "code": error.code, "facts": error.facts}).encode()
    out.write(HEADER.pack(kind, len(told), 0.0, 0, 0, 0, 0))
    out.write(told)
    out.flush()


def _frames(order: dict[str, Any], tally: dict[str, int]) -> Iterator[tuple[bytes, bytes]]:
    path = order["path"]
    index = build_index(path, order["frame_rate"])
    least = order["every_s"] - index.interval_s / 4
    for start, stop in order["spans"]:
        last = -1e9
        before = tally["decoded"]
        for at, pts, frame in _span(path, index, start, stop, order["keyframes_only"], tally):
            if at - last < least:
                continue
            last = at
            yield _pack(path, at, pts, frame, order)
        if not order["keyframes_only"]:
            # A decoder may swallow damaged frames without a word; the index knows how many there were.
            listed = sum(start - SLACK_S <= at <= stop + SLACK_S for at in index.times_s)
            tally["lost"] += max(0, listed - (tally["decoded"] - before))


def _span(
    path: str, index: ClipIndex, start: float, stop: float, keyframes_only: bool, tally: dict[str, int]
) -> Iterator[tuple[float, int, VideoFrame]]:
    container, stream = open_clip(path)
    with container:
        _jump(container, stream, index, start)
        if keyframes_only:
            stream.codec_context.skip_frame = "NONKEY"
        for order, frame in enumerate(_decoded(container, stream, tally)):
            at = _time_of(index, order, frame)
            if at is None or at < start - SLACK_S:
                continue
            if at > stop + SLACK_S:
                return
            tally["decoded"] += 1
            tally["corrupt"] += bool(frame.is_corrupt)
            yield at, frame.pts if frame.pts is not None else order, frame


def _jump(container: InputContainer, stream: VideoStream, index: ClipIndex, start: float) -> None:
    """Go to a keyframe before ``start``, or leave the clip at its beginning.

    One group of pictures earlier than needed: after a jump into an open group
    the first pictures may be damaged without saying so. Some demuxers land
    late (transport streams), so the landing is looked at before it is trusted.
    """
    before = bisect_right(index.keyframes_s, start + SLACK_S) - 2
    if not index.seekable or before <= 0:
        return
    for earlier_s in (0.0, 10.0):
        wanted_s = max(0.0, index.keyframes_s[before] - earlier_s)
        if wanted_s == 0.0 or not _seek(container, stream, index, wanted_s):
            break
        landed = next((packet for packet in container.demux(stream) if packet.is_keyframe), None)
        if landed is None or landed.pts is None:
            continue
        if (landed.pts - index.first_pts) * index.time_base <= start and _seek(container, stream, index, wanted_s):
            return
    container.seek(0, backward=True, any_frame=False)


def _seek(container: InputContainer, stream: VideoStream, index: ClipIndex, at_s: float) -> bool:
    try:
        container.seek(round(at_s / index.time_base) + index.first_pts, stream=stream, backward=True)
    except av.error.FFmpegError:
        return False
    return True


def _time_of(index: ClipIndex, order: int, frame: VideoFrame) -> float | None:
    if not index.seekable:
        return round(index.times_s[order], 6) if order < len(index.times_s) else None
    if frame.pts is None:
        return None
    at = (frame.pts - index.first_pts) * index.time_base
    return round(at, 6) if -SLACK_S <= at <= index.times_s[-1] + SLACK_S else None


def _decoded(container: Any, stream: Any, tally: dict[str, int]) -> Iterator[VideoFrame]:
    waiting_for_key = False
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        if waiting_for_key and not packet.is_keyframe and packet.size:
            continue
        if waiting_for_key and not packet.size:
            return  # the end: what a broken decoder still holds refers to lost pictures
        try:
            yield from packet.decode()
            waiting_for_key = False
        except av.error.FFmpegError:
            tally["errors"] += 1
            stream.codec_context.flush_buffers()
            waiting_for_key = True


def _pack(path: str, at: float, pts: int, frame: VideoFrame, order: dict[str, Any]) -> tuple[bytes, bytes]:
    if frame.width * frame.height > LARGEST_PX:
        raise ReadingError("picture_too_large", file=Path(path).name, width=frame.width, height=frame.height)
    width, height = _size(frame, order["width_px"])
    flags = CORRUPT * bool(frame.is_corrupt) + KEYFRAME * bool(frame.key_frame)
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
