"""Writing clips with the times they are given: simulated footage, previews.

One encoder thread and no B-frames, so that the same frames give the same bytes
under one version of the encoder; other versions may differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream

from toolkit.errors import CannotMeasure
from toolkit.records import Image

TIME_BASE = Fraction(1, 90000)
ENCODERS = {"h264": "libx264", "hevc": "libx265", "mpeg4": "mpeg4", "mjpeg": "mjpeg"}


def write_clip(
    path: Path,
    frames: Iterable[tuple[float, Image]],
    *,
    codec: str = "h264",
    gop: int = 24,
    crf: int = 23,
    b_frames: int = 0,
) -> int:
    """Write RGB frames at their own times; the suffix of the path chooses the container.

    Parameters
    ----------
    frames : iterable of (seconds, uint8 (h, w, 3))
        Rising times; even width and height.
    codec : {"h264", "hevc", "mpeg4", "mjpeg"}
    gop : int
        Frames from keyframe to keyframe.

    Returns
    -------
    int
        Number of frames written.

    Raises
    ------
    CannotMeasure
        No frame was given.
    """
    count = 0
    with av.open(str(path), "w") as container:
        stream: VideoStream | None = None
        for at, image in frames:
            if stream is None:
                stream = _stream(container, image, codec, crf)
                stream.codec_context.gop_size = gop
                stream.codec_context.max_b_frames = b_frames
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts = round(at / TIME_BASE)
            frame.time_base = TIME_BASE
            container.mux(stream.encode(frame))
            count += 1
        if stream is None:
            raise CannotMeasure("nothing_to_write", file=path.name)
        container.mux(stream.encode(None))
    return count


def _stream(container: OutputContainer, image: Image, codec: str, crf: int) -> VideoStream:
    stream = container.add_stream(ENCODERS[codec], rate=25, options=_options(codec, crf))
    if not isinstance(stream, VideoStream):  # pragma: no cover - all names above are video encoders
        raise CannotMeasure("nothing_to_write", file=codec)
    stream.height, stream.width = image.shape[0], image.shape[1]
    stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    stream.time_base = TIME_BASE
    stream.codec_context.time_base = TIME_BASE
    stream.codec_context.thread_count = 1
    return stream


def _options(codec: str, crf: int) -> dict[str, str]:
    if codec in ("h264", "hevc"):
        # Keyframes where they are asked for and nowhere else: recorders do not look for cuts.
        return {"crf": str(crf), "preset": "veryfast", "sc_threshold": "0"}
    return {"qscale": "4"}
