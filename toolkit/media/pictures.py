"""Pictures: one still file decoded in a limited child, whole and at its own size.

The size that the file states is looked at before a pixel is decoded; what is
turned by its camera's note (EXIF) is turned upright, for faces are looked for
upright. Nothing is resized, sharpened or filled in.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures
from PIL import ImageOps, UnidentifiedImageError

from toolkit import sandbox
from toolkit.errors import ReadingError
from toolkit.media.decode import COLOUR, DONE, FAIL, FRAME, HEADER, LARGEST_PX
from toolkit.media.frames import FrameReader
from toolkit.records import Image

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
DEEP = ("I;16", "I;16B", "I;16L", "I", "F")


def is_picture(path: Path) -> bool:
    """Whether a file begins as a still picture of a known format does; its suffix decides nothing."""
    try:
        with path.open("rb") as source:
            head = source.read(16)
    except OSError:
        return False
    starts = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*")
    return head.startswith(starts) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def read_picture(path: Path) -> Image:
    """The picture, uint8 (h, w, 3) RGB; grey ones have three equal channels.

    Raises
    ------
    ReadingError
        Not a picture of a known format, cut short or damaged, of more than 40
        million pixels, or deeper than 8 bits (which a person must convert: a
        guess at its range would change every shade).
    """
    process = sandbox.start("toolkit.media.pictures:serve", {"path": str(path)})
    if process.stdout is None:  # pragma: no cover - a pipe was asked for
        raise ReadingError("decoder_died", file=path.name, status="no output")
    try:
        frames = [frame.image for frame in FrameReader(process.stdout, path.name)]
    finally:
        sandbox.stop(process)
    if len(frames) != 1 or frames[0] is None:
        raise ReadingError("decoder_died", file=path.name, status="broken reply")
    return frames[0]


def serve(path: str) -> None:
    """In the child: the pixels on standard output, by the protocol of :mod:`toolkit.media.decode`."""
    out = sys.stdout.buffer
    told: dict[str, Any] = {"decoded": 1, "corrupt": 0, "errors": 0, "lost": 0, "lost_spans": []}
    kind = DONE
    try:
        pixels = _decode(path)
        high, wide = pixels.shape[:2]
        out.write(HEADER.pack(FRAME, 0, 0.0, wide, high, COLOUR, 0))
        out.write(pixels.tobytes())
    except Exception as fault:
        kind, told = FAIL, sandbox.told_of(fault)
    reply = json.dumps(told).encode()
    out.write(HEADER.pack(kind, len(reply), 0.0, 0, 0, 0, 0))
    out.write(reply)
    out.flush()


def _decode(path: str) -> Image:
    name = Path(path).name
    Pictures.MAX_IMAGE_PIXELS = None  # the size is looked at here, with an answer that names the file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pictures.open(path, formats=FORMATS) as opened:
                wide, high = opened.size
                if wide * high > LARGEST_PX:
                    raise ReadingError(
                        "picture_too_large", file=name, found=f"{wide} x {high}", limit=LARGEST_PX // 10**6
                    )
                if opened.mode in DEEP:
                    raise ReadingError("picture_too_deep", file=name, mode=opened.mode)
                upright = ImageOps.exif_transpose(opened)
                return np.asarray(upright.convert("RGB"), np.uint8)
    except UnidentifiedImageError as refused:
        raise ReadingError("not_a_picture", file=name) from refused
    except ReadingError:
        raise
    except Exception as damaged:  # the library raises what its formats' code meets: struct.error, IndexError, ...
        raise ReadingError("picture_damaged", file=name) from damaged
