"""What the compression of a clip looks like: bytes, kinds of frames, quantisers.

Two sets of clips that ought to differ in what they show may differ in how they
were stored: another recorder, another strength, one more encoding. Whoever
compares such sets compares recorders. These facts show it.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av.error
import numpy as np
from av.codec.context import ThreadType

from toolkit import sandbox
from toolkit.errors import ReadingError
from toolkit.media.opening import open_clip

ENCODING = "VIDEO_ENC_PARAMS"  # what FFmpeg's decoders tell of each block
H264 = 1  # of the kinds of parameters; those of other codecs stand in other steps and are not told
HEAD = struct.Struct("<IxxxxQQii")  # AVVideoEncParams on 64-bit machines, little-endian
DELTA_AT = 16  # where a block's difference from its frame's quantiser stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How a clip is stored.

    ``bits_per_frame`` mean of all frames; ``keyframe_share`` of the bytes 0-1;
    ``quantiser`` mean over blocks and frames of H.264 (0-51, 6 more halve the
    precision), None for other codecs; ``quantiser_sd`` between frames.
    """

    file_bytes: int
    frames: int
    bits_per_frame: float
    keyframe_share: float
    quantiser: float | None
    quantiser_sd: float | None


def coding(path: Path) -> Coding:
    """How a clip is stored, found in a limited child.

    Raises
    ------
    ReadingError
        As :func:`toolkit.media.probe.probe`, or the file holds no picture.

    Notes
    -----
    A coarse quantiser says that little is left of fine texture; it does not
    say how often a clip was encoded.
    """
    return Coding(**sandbox.ask("toolkit.media.coding:facts", {"path": str(path)}))


def facts(path: str) -> dict[str, Any]:
    """The answer of the child: the fields of :class:`Coding` as JSON values. Without limits: for own clips only."""
    sizes: list[int] = []
    keys: list[bool] = []
    steps: list[float] = []
    container, stream = open_clip(path)
    with container:
        stream.codec_context.options = {"export_side_data": "venc_params"}
        stream.codec_context.thread_type = ThreadType.NONE
        for packet in container.demux(stream):
            if packet.size:
                sizes.append(packet.size)
                keys.append(packet.is_keyframe)
            with suppress(av.error.FFmpegError):  # what is damaged tells nothing, and hides nothing else
                steps += [step for frame in packet.decode() if (step := _quantiser(frame)) is not None]
    if not sizes:
        raise ReadingError("video_without_pictures", file=Path(path).name)
    total = float(sum(sizes))
    return {
        "file_bytes": Path(path).stat().st_size,
        "frames": len(sizes),
        "bits_per_frame": 8 * total / len(sizes),
        "keyframe_share": sum(size for size, key in zip(sizes, keys, strict=True) if key) / total,
        "quantiser": float(np.mean(steps)) if steps else None,
        "quantiser_sd": float(np.std(steps)) if steps else None,
    }


def _quantiser(frame: Any) -> float | None:
    """Mean quantiser of the blocks of a frame."""
    sides = getattr(frame, "side_data", ())
    told = next((bytes(one) for one in sides if one.type.name == ENCODING), None)
    if told is None or len(told) < HEAD.size:
        return None
    count, offset, size, kind, step = HEAD.unpack_from(told)
    if kind != H264:
        return None
    if not count or offset + count * size > len(told) or size < DELTA_AT + 4:
        return float(step)
    blocks = np.frombuffer(told, np.uint8, count * size, offset).reshape(count, size)
    deltas = blocks[:, DELTA_AT : DELTA_AT + 4].copy().view("<i4")
    return float(step + deltas.mean())
