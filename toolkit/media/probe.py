"""What a video file is: container, codec, times, gaps and everything odd about it.

Nothing is guessed: a stream without stamps asks for its frame rate, a file
without its table of contents is refused with what to ask for.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from toolkit import sandbox
from toolkit.media.damage import gap_limit
from toolkit.media.index import ClipIndex, build_index
from toolkit.media.opening import open_clip
from toolkit.media.packets import decoded
from toolkit.records import Clip, Gap, Oddity

CONTAINER_SUFFIXES = {
    "mov": (".mp4", ".mov", ".m4v", ".3gp"),
    "mpeg": (".mpg", ".mpeg", ".ps", ".vob"),
    "mpegts": (".ts", ".m2ts", ".mts"),
    "avi": (".avi",),
    "asf": (".asf", ".wmv"),
    "dhav": (".dav",),
    "h264": (".h264", ".264", ".avc"),
    "hevc": (".h265", ".265", ".hevc"),
    "matroska": (".mkv", ".webm"),
    "gif": (".gif",),
    "flv": (".flv",),
}


def probe(path: Path, *, frame_rate: float | None = None) -> Clip:
    """Facts of a clip, found by a limited child without decoding all of it.

    Parameters
    ----------
    path : Path
        Any recording; its suffix decides nothing.
    frame_rate : float, optional
        Frames per second stated by a person, for streams without stamps.

    Raises
    ------
    ReadingError
        The file is not a video, was cut before its index, holds no frame, or
        needs a stated frame rate.
    """
    told = sandbox.ask("toolkit.media.probe:facts", {"path": str(path), "frame_rate": frame_rate})
    return Clip(
        **{key: value for key, value in told.items() if key not in ("gaps", "oddities")},
        gaps=tuple(Gap(**gap) for gap in told["gaps"]),
        oddities=tuple(Oddity(**oddity) for oddity in told["oddities"]),
    )


def facts(path: str, frame_rate: float | None) -> dict[str, Any]:
    """The answer of the child: the fields of :class:`Clip` as JSON values."""
    index = build_index(path, frame_rate)
    container, stream = open_clip(path)
    with container:
        rotation = next((int(frame.rotation) for _, _, frame in decoded(container, stream, lambda: None)), 0)
        name = container.format.name.split(",")[0]
        context = stream.codec_context
        told = {
            "container": name,
            "codec": context.name,
            "time_base": str(stream.time_base) if index.stamped else f"1/{frame_rate:g}",
            "first_pts": index.first_pts,
            "duration_s": round(index.times_s[-1], 6),
            "width_px": context.width,
            "height_px": context.height,
            "rotation_deg": rotation % 360,
            "frames_stated": index.stated,
            "frames_present": index.readable,
            "frame_interval_s": round(index.interval_s, 6),
            "keyframe_interval_s": round(index.keyframe_interval_s, 6),
            "rate_mode": _rate_mode(index, frame_rate),
            "gaps": _gaps(index),
        }
        told["oddities"] = index.oddities + _oddities(path, name, index, context, rotation)
    return told


def _gaps(index: ClipIndex) -> list[dict[str, float]]:
    limit = gap_limit(index.interval_s)
    return [{"from_s": round(a, 6), "to_s": round(b, 6)} for a, b in pairwise(index.times_s) if b - a > limit]


def _rate_mode(index: ClipIndex, frame_rate: float | None) -> str:
    if not index.stamped:
        return f"declared {frame_rate:g}"
    return "constant" if index.even else "variable"


def _oddities(path: str, name: str, index: ClipIndex, context: Any, rotation: int) -> list[dict[str, Any]]:
    odd: list[dict[str, Any]] = []
    suffix = Path(path).suffix.lower()
    usual = CONTAINER_SUFFIXES.get(name)
    if usual and suffix and suffix not in usual:
        odd.append({"code": "suffix_differs", "facts": {"suffix": suffix, "container": name}})
    if index.missing:
        missing_s = round(index.missing * index.interval_s, 3)
        facts = {"stated": index.stated, "present": index.readable, "missing": index.missing, "missing_s": missing_s}
        odd.append({"code": "frames_missing", "facts": facts})
    for gap in _gaps(index):
        odd.append({"code": "gap", "facts": {"from_s": round(gap["from_s"], 3), "to_s": round(gap["to_s"], 3)}})
    if rotation:
        odd.append({"code": "rotated", "facts": {"degrees": rotation % 360}})
    shape = context.sample_aspect_ratio
    if shape and shape != 1:
        odd.append({"code": "pixels_not_square", "facts": {"ratio": str(shape)}})
    return odd
