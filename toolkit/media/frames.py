"""Frames by presentation time, and stills that can be made again from the original.

The file is decoded in a limited child (:mod:`toolkit.media.decode`); this side
checks every header before it reads a pixel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np

from toolkit import sandbox
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.damage import Tally
from toolkit.media.decode import COLOUR, CORRUPT, DONE, FAIL, FRAME, HEADER, KEYFRAME, LARGEST_PX, LUMA
from toolkit.records import Frame, Image

STILL_SEARCH_S = 2.0
AT_S, NEXT_S = 1e-3, 0.25  # a frame is at a time within a millisecond; another one is looked for so far beyond it
TRAILER_LIMIT = 8 * 2**20


class FrameReader:
    """An iterator over frames that knows, when it ends, what was left out.

    ``tally`` (:class:`toolkit.media.damage.Tally`) is filled at the end; before
    it all is zero. Frames marked corrupt are sent, for the reader to leave out.
    """

    def __init__(self, source: IO[bytes], file: str) -> None:
        self.tally = Tally()
        self._source, self._file = source, file

    def __iter__(self) -> Iterator[Frame]:
        while True:
            kind, number, at, width, height, planes, flags = HEADER.unpack(self._exactly(HEADER.size))
            if kind == FRAME:
                yield self._frame(number, at, width, height, planes, flags)
                continue
            if kind not in (DONE, FAIL) or not 0 <= number <= TRAILER_LIMIT:
                raise ReadingError("decoder_died", file=self._file, status="broken reply")
            told = json.loads(self._exactly(number))
            if kind == FAIL:
                raise sandbox.rebuild(told, self._file)
            self.tally = _tally(told)
            return

    def _frame(self, pts: int, at: float, width: int, height: int, planes: int, flags: int) -> Frame:
        if width * height > LARGEST_PX or not width or not height:
            raise ReadingError("decoder_died", file=self._file, status="broken reply")
        image = luma = None
        if planes & COLOUR:
            image = np.frombuffer(self._exactly(width * height * 3), np.uint8).reshape(height, width, 3)
        if planes & LUMA:
            luma = np.frombuffer(self._exactly(width * height), np.uint8).reshape(height, width)
        return Frame(
            pts=pts,
            media_s=at,
            image=image,
            luma=luma,
            corrupt=bool(flags & CORRUPT),
            keyframe=bool(flags & KEYFRAME),
        )

    def _exactly(self, count: int) -> bytes:
        chunk = self._source.read(count)
        if len(chunk) != count:
            raise ReadingError("decoder_died", file=self._file, status="reply cut short")
        return chunk


def _tally(told: dict[str, Any]) -> Tally:
    spans = tuple((float(a), float(b)) for a, b in told.pop("lost_spans"))
    return Tally(lost_spans=spans, **{key: int(value) for key, value in told.items()})


@contextmanager
def read_frames(
    path: Path,
    spans: Sequence[tuple[float, float]] = ((0.0, 1e12),),
    *,
    frame_rate: float | None = None,
    width_px: int | None = None,
    colour: bool = True,
    luma: bool = False,
    keyframes_only: bool = False,
    every_s: float = 0.0,
) -> Iterator[FrameReader]:
    """Frames of these spans in the order shown, as a context that stops the child on leaving.

    Parameters
    ----------
    spans : sequence of (from_s, to_s)
        In media seconds, both ends included, in rising order.
    frame_rate : float, optional
        For streams without stamps.
    width_px : int, optional
        Shrink to this width (area mean). Never for a texture cue.
    colour, luma : bool
        Which planes to send: RGB, and luma as decoded.
    every_s : float
        Leave out frames closer than this to the one before.

    Raises
    ------
    ReadingError
        As :func:`toolkit.media.probe.probe`, or the decoder died.
    """
    order = {
        "path": str(path),
        "spans": [[float(a), float(b)] for a, b in spans],
        "frame_rate": frame_rate,
        "width_px": width_px,
        "colour": colour,
        "luma": luma,
        "keyframes_only": keyframes_only,
        "every_s": every_s,
    }
    process = sandbox.start("toolkit.media.decode:serve", order, sandbox.Limits(wall_s=None))
    if process.stdout is None:  # pragma: no cover - a pipe was asked for
        raise ReadingError("decoder_died", file=path.name, status="no output")
    try:
        yield FrameReader(process.stdout, path.name)
    finally:
        sandbox.stop(process)


def still(path: Path, media_s: float, *, frame_rate: float | None = None) -> Frame:
    """The first undamaged frame shown at or after this time, else the last before it.

    Full size, RGB as decoded; the same file and time give the same pixels.

    Raises
    ------
    CannotMeasure
        No undamaged frame within two seconds.
    """
    before: Frame | None = None
    span = (max(0.0, media_s - STILL_SEARCH_S), media_s + STILL_SEARCH_S)
    with read_frames(path, [span], frame_rate=frame_rate) as frames:
        for frame in frames:
            if frame.corrupt:
                continue
            if frame.media_s >= media_s - AT_S:
                return frame
            before = frame
    if before is None:
        raise CannotMeasure("no_frame_here", at=round(media_s, 3))
    return before


def stills(path: Path, times_s: Iterable[float], *, frame_rate: float | None = None) -> dict[float, Frame]:
    """What :func:`still` gives at each of these times, from one decoder; full size.

    A time that has no undamaged frame within a quarter of a second is left out:
    ask :func:`still`, which looks farther and says why there is none.

    Raises
    ------
    ReadingError
        As :func:`read_frames`.
    """
    wanted = sorted({float(at) for at in times_s})
    found: dict[float, Frame] = {}
    spans = _merged((max(0.0, at - AT_S), at + NEXT_S) for at in wanted)
    with read_frames(path, spans, frame_rate=frame_rate) as frames:
        for frame in frames:
            if frame.corrupt:
                continue
            for at in wanted:
                if at not in found and at - AT_S <= frame.media_s <= at + NEXT_S:
                    found[at] = frame
    return found


def _merged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans in rising order, those that touch made one."""
    kept: list[tuple[float, float]] = []
    for start, stop in sorted(spans):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], stop))
        else:
            kept.append((start, stop))
    return kept


def as_png(image: Image) -> bytes:
    """PNG bytes of an RGB picture, not scaled, without metadata."""
    return _encoded(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 6])


def as_jpeg(image: Image, quality: int = 90) -> bytes:
    """JPEG bytes of an RGB picture: a preview, never evidence."""
    return _encoded(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])


def _encoded(suffix: str, image: Image, options: list[int]) -> bytes:
    done, encoded = cv2.imencode(suffix, np.ascontiguousarray(image[..., ::-1]), options)
    if not done:  # pragma: no cover - OpenCV writes both formats everywhere
        raise CannotMeasure("no_frame_here", at=0)
    return encoded.tobytes()
