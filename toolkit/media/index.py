"""When every frame of a clip is shown, read from its packets without decoding them.

Evidence times are presentation stamps (PTS), never a frame number divided by a
rate. Some containers stamp only some frames (MPEG program streams), stamp them
in decoding order (ASF, DHAV) or not at all (raw H.264). For those the k-th
frame shown takes the k-th time of this index, and the clip is read from its
beginning, because a jump into its middle could not be placed in time.

Runs in the limited child (:mod:`toolkit.sandbox`); see PyAV's documentation
for packets and time bases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from toolkit.errors import ReadingError

# Demuxers whose files are a recording by themselves; playlists and scripts that name other files are not.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,dhav,h264,hevc,mjpeg,flv,gif,mxf,ogg,m4v"
)
ORDER_CHECK_FRAMES = 48
TAIL_S = 4.0


@dataclass(slots=True)
class ClipIndex:
    """Times of all frames in the order they are shown.

    ``times_s`` are media seconds, ``stamps`` the clip's own PTS (None where the
    time was filled in). ``seekable`` is False when frames can be placed in time
    only by counting from the start.
    """

    times_s: list[float]
    stamps: list[int | None]
    keyframes_s: list[float]
    first_pts: int
    time_base: float
    seekable: bool
    oddities: list[dict[str, Any]] = field(default_factory=list)

    @property
    def interval_s(self) -> float:
        """Median time between two frames."""
        steps = [b - a for a, b in pairwise(self.times_s)]
        return median(steps) if steps else 0.0

    @property
    def keyframe_interval_s(self) -> float:
        """Longest time between two frames that can be decoded by themselves."""
        marks = [*self.keyframes_s, self.times_s[-1]]
        return max((b - a for a, b in pairwise(marks)), default=0.0)


def open_clip(path: str) -> tuple[InputContainer, VideoStream]:
    """The container and its first video stream, decoding on one thread.

    Raises
    ------
    ReadingError
        No demuxer of a recording takes the file (with the cause where it can
        be told), or it holds no picture.
    """
    try:
        container = av.open(path, options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"})
    except (av.error.FFmpegError, ValueError, OSError) as refused:
        raise ReadingError(_why_closed(path), file=Path(path).name) from refused
    if not container.streams.video:
        container.close()
        raise ReadingError("video_without_pictures", file=Path(path).name)
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1
    return container, stream


def build_index(path: str, frame_rate: float | None) -> ClipIndex:
    """Read all packets and place every frame in time.

    Parameters
    ----------
    frame_rate : float, optional
        Frames per second as declared by a person; used only where the file
        holds no stamps.

    Raises
    ------
    ReadingError
        ``frame_rate_needed`` for a stream without stamps; ``video_without_frames``.
    """
    container, stream = open_clip(path)
    with container:
        packets = [(packet.pts, bool(packet.is_keyframe)) for packet in _packets(container, stream) if packet.size]
        base = float(stream.time_base or 1)
    shown = _first_frames(path)
    if not packets or not shown:
        raise ReadingError("video_without_frames", file=Path(path).name)
    if all(pts is None for pts, _ in packets):
        return _by_rate(path, packets, frame_rate)
    if any(pts is None for pts, _ in packets):
        return _partly_stamped(path, base)
    stamps = sorted({int(pts) for pts, _ in packets if pts is not None})
    if any(b is None or a is None or b <= a for a, b in pairwise(shown)):
        return _in_decoding_order(stamps, base)
    return _regular(path, packets, stamps, int(shown[0] or 0), base)


def _regular(
    path: str, packets: list[tuple[int | None, bool]], stamps: list[int], first: int, base: float
) -> ClipIndex:
    keys = sorted({int(pts) for pts, key in packets if key and pts is not None and pts >= first})
    index = ClipIndex(
        times_s=[(pts - first) * base for pts in stamps if pts >= first],
        stamps=[pts for pts in stamps if pts >= first],
        keyframes_s=[(pts - first) * base for pts in keys] or [0.0],
        first_pts=first,
        time_base=base,
        seekable=True,
    )
    _cut_lost_tail(path, index)
    return index


def _cut_lost_tail(path: str, index: ClipIndex) -> None:
    """Leave out frames that the file's end lists but does not hold (a cut copy)."""
    starts = [at for at in index.keyframes_s if at <= index.times_s[-1] - TAIL_S] or [0.0]
    last: int | None = None
    container, stream = open_clip(path)
    with container:
        container.seek(round(starts[-1] / index.time_base) + index.first_pts, stream=stream, backward=True)
        try:
            for frame in container.decode(stream):
                if frame.pts is not None:
                    last = frame.pts if last is None else max(last, frame.pts)
        except av.error.FFmpegError:
            index.oddities.append({"code": "ends_in_error", "facts": {}})
    if last is None:
        return
    kept = sum(1 for pts in index.stamps if pts is not None and pts <= last)
    del index.times_s[kept:], index.stamps[kept:]
    index.keyframes_s = [at for at in index.keyframes_s if at <= index.times_s[-1]]


def _by_rate(path: str, packets: list[tuple[int | None, bool]], frame_rate: float | None) -> ClipIndex:
    if frame_rate is None:
        raise ReadingError("frame_rate_needed", file=Path(path).name)
    count = sum(1 for _ in _frame_stamps(path))
    times = [k / frame_rate for k in range(count)]
    return ClipIndex(
        times_s=times,
        stamps=[None] * count,
        keyframes_s=[times[k] for k, (_, key) in enumerate(packets) if key and k < count] or [0.0],
        first_pts=0,
        time_base=1 / frame_rate,
        seekable=False,
        oddities=[{"code": "stamps_declared", "facts": {"frame_rate": frame_rate}}],
    )


def _partly_stamped(path: str, base: float) -> ClipIndex:
    stamps = list(_frame_stamps(path))
    times = _fill([None if pts is None else pts * base for pts in stamps])
    filled = sum(1 for pts in stamps if pts is None)
    first = next((pts for pts in stamps if pts is not None), 0)
    return ClipIndex(
        times_s=[at - times[0] for at in times],
        stamps=list(stamps),
        keyframes_s=[0.0],
        first_pts=first,
        time_base=base,
        seekable=False,
        oddities=[{"code": "stamps_filled", "facts": {"frames": len(stamps), "filled": filled}}],
    )


def _fill(times: list[float | None]) -> list[float]:
    """Times between stamped frames in even steps, beyond the last in the median step."""
    known = [(k, at) for k, at in enumerate(times) if at is not None]
    # A stamp that goes back is a fault of the container; the frames are in the order shown.
    rising = [known[0]]
    for k, at in known[1:]:
        if at > rising[-1][1]:
            rising.append((k, at))
    steps = [(t2 - t1) / (k2 - k1) for (k1, t1), (k2, t2) in pairwise(rising)]
    step = median(steps) if steps else 0.04
    filled = [rising[0][1] - (rising[0][0] - k) * step for k in range(rising[0][0])]
    for (k1, t1), (k2, t2) in pairwise(rising):
        filled += [t1 + (t2 - t1) * (k - k1) / (k2 - k1) for k in range(k1, k2)]
    last, at = rising[-1]
    return filled + [at + (k - last) * step for k in range(last, len(times))]


def _in_decoding_order(stamps: list[int], base: float) -> ClipIndex:
    return ClipIndex(
        times_s=[(pts - stamps[0]) * base for pts in stamps],
        stamps=list(stamps),
        keyframes_s=[0.0],
        first_pts=stamps[0],
        time_base=base,
        seekable=False,
        oddities=[{"code": "stamps_in_decoding_order", "facts": {}}],
    )


def _packets(container: InputContainer, stream: VideoStream) -> Any:
    try:
        yield from container.demux(stream)
    except av.error.FFmpegError:
        return  # what comes after a break in the container is counted as missing, not guessed


def _frame_stamps(path: str) -> Any:
    container, stream = open_clip(path)
    with container:
        try:
            for frame in container.decode(stream):
                yield frame.pts
        except av.error.FFmpegError:
            return


def _first_frames(path: str) -> list[int | None]:
    stamps: list[int | None] = []
    for pts in _frame_stamps(path):
        stamps.append(pts)
        if len(stamps) == ORDER_CHECK_FRAMES:
            break
    return stamps


def _why_closed(path: str) -> str:
    with Path(path).open("rb") as source:
        head = source.read(64)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip") and not _has_index(source):
            return "video_without_index"
    return "not_a_video"


def _has_index(source: Any) -> bool:
    """Whether an MP4 file holds its table of contents (the ``moov`` box)."""
    source.seek(0, 2)
    size = source.tell()
    at = 0
    while at + 8 <= size:
        source.seek(at)
        length, name = int.from_bytes(source.read(4), "big"), source.read(4)
        if name == b"moov":
            return True
        if length == 1:
            length = int.from_bytes(source.read(8), "big")
        if length < 8:
            return False
        at += length
    return False
