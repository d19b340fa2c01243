"""Opening a recording: which files are taken, and why one is refused."""

from __future__ import annotations

from pathlib import Path
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


def open_clip(path: str) -> tuple[InputContainer, VideoStream]:
    """The container and its first video stream, decoding on one thread.

    Raises
    ------
    ReadingError
        No demuxer of a recording takes the file (with the cause where it can
        be told), it holds no picture, or no decoder is there for its pictures.
    """
    try:
        container = av.open(path, options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"})
    except (av.error.FFmpegError, ValueError, OSError) as refused:
        raise ReadingError(_why_closed(path), file=Path(path).name) from refused
    if not container.streams.video:
        container.close()
        raise ReadingError("video_without_pictures", file=Path(path).name)
    stream = container.streams.video[0]
    if getattr(stream, "codec_context", None) is None:  # whatever the types of the bindings say
        container.close()
        raise ReadingError("video_codec_unknown", file=Path(path).name)
    stream.codec_context.thread_count = 1
    return container, stream


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
