"""Writing clips with the times they are given: simulated footage, previews.

One encoder thread and no tags that change from run to run, so that the same
frames give the same bytes under one version of the encoder; other versions may
differ. MP4 and MPEG-TS hold times in steps of 1/90000 s, Matroska of 1 ms, AVI
of one frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure
from toolkit.records import Image

TIME_BASE = Fraction(1, 90000)
MPEG4_BASE = Fraction(1, 30000)  # its header has 16 bits for the steps of a second
MATROSKA_BASE = Fraction(1, 1000)
SOUND_HZ = 16000
SOUND_BLOCK = 1024
Sound = NDArray[np.int16]
ENCODERS = {"h264": "libx264", "hevc": "libx265", "mpeg4": "mpeg4", "mjpeg": "mjpeg"}


def write_clip(
    path: Path,
    frames: Iterable[tuple[float, Image]],
    *,
    codec: str = "h264",
    gop: int = 24,
    crf: int = 23,
    b_frames: int = 0,
    rate: float = 25.0,
    sound: Sound | None = None,
) -> int:
    """Write RGB frames at their own times; the suffix of the path chooses the container.

    Parameters
    ----------
    frames : iterable of (seconds, uint8 (h, w, 3))
        Rising times; even width and height.
    codec : {"h264", "hevc", "mpeg4", "mjpeg"}
    gop : int
        Frames from keyframe to keyframe.
    b_frames : int
        Frames in a row that are stored after later ones (not in AVI, which has
        no times for them).
    rate : float
        Frames per second as the file states it. AVI knows no other times: a
        time is put on the nearest multiple of ``1 / rate``.
    sound : int16 (n,), optional
        One channel at :data:`SOUND_HZ` from the first frame on; what lasts
        longer than the pictures is left out.

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
    stated = Fraction(rate).limit_denominator(1001)
    base = _base(path.suffix, codec, stated)
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as container:
        stream: VideoStream | None = None
        track: _Track | None = None
        for at, image in frames:
            if stream is None:
                stream = _stream(container, image, codec, crf, stated, base)
                stream.codec_context.gop_size = gop
                stream.codec_context.max_b_frames = b_frames
                track = None if sound is None else _Track(container, path.suffix, sound)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts = round(at / base)
            frame.time_base = base
            container.mux(stream.encode(frame))
            if track is not None:
                track.write_until(at)
            count += 1
        if stream is None:
            raise CannotMeasure("nothing_to_write", file=path.name)
        container.mux(stream.encode(None))
        if track is not None:
            track.close()
    return count


class _Track:
    """The sound of a clip, handed to the container in step with the pictures."""

    def __init__(self, container: OutputContainer, suffix: str, sound: Sound) -> None:
        codec = "aac" if suffix in (".mp4", ".ts") else "pcm_s16le"
        stream = container.add_stream(codec, rate=SOUND_HZ, options={"flags": "+bitexact"})
        if not isinstance(stream, AudioStream):  # pragma: no cover - both names are audio encoders
            raise CannotMeasure("nothing_to_write", file=codec)
        stream.layout = "mono"
        self.container, self.stream, self.sound, self.done = container, stream, sound, 0

    def write_until(self, at_s: float) -> None:
        """All whole blocks that begin before this time."""
        last = min(round(at_s * SOUND_HZ), len(self.sound))
        while self.done + SOUND_BLOCK <= last:
            block = np.ascontiguousarray(self.sound[self.done : self.done + SOUND_BLOCK][None, :])
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = SOUND_HZ
            frame.pts = self.done
            frame.time_base = Fraction(1, SOUND_HZ)
            self.container.mux(self.stream.encode(frame))
            self.done += SOUND_BLOCK

    def close(self) -> None:
        """What the encoder still holds."""
        self.container.mux(self.stream.encode(None))


def time_step(suffix: str, codec: str, rate: float) -> Fraction:
    """Steps, in seconds, in which a file of this kind holds the times of its frames."""
    step = _base(suffix, codec, Fraction(rate).limit_denominator(1001))
    return MATROSKA_BASE if suffix == ".mkv" else step


def _base(suffix: str, codec: str, stated: Fraction) -> Fraction:
    if suffix == ".avi":
        return 1 / stated
    return MPEG4_BASE if codec == "mpeg4" else TIME_BASE


def _stream(
    container: OutputContainer, image: Image, codec: str, crf: int, rate: Fraction, base: Fraction
) -> VideoStream:
    stream = container.add_stream(ENCODERS[codec], rate=rate, options=_options(codec, crf))
    if not isinstance(stream, VideoStream):  # pragma: no cover - all names above are video encoders
        raise CannotMeasure("nothing_to_write", file=codec)
    stream.height, stream.width = image.shape[0], image.shape[1]
    stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    stream.time_base = base
    stream.codec_context.time_base = base
    stream.codec_context.thread_count = 1
    return stream


def _options(codec: str, crf: int) -> dict[str, str]:
    """Keyframes where they are asked for and nowhere else: recorders do not look for cuts.

    x264's trees of macroblocks weigh frames by how long they last, which its
    look-ahead thread knows or does not know yet: with uneven times the same
    frames gave different bytes. A recorder's encoder has no such look-ahead.
    """
    told = {"crf": str(crf), "preset": "veryfast", "sc_threshold": "0"}
    if codec == "h264":
        return told | {"x264-params": "mbtree=0"}
    if codec == "hevc":
        # x265 has threads of its own beside the encoder's one, and looks for cuts under another name.
        return told | {"x265-params": "pools=none:frame-threads=1:scenecut=0:log-level=error"}
    return {"qscale": "4"}
