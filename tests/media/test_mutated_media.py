"""Ten thousand damaged recordings and pictures: each is read or refused by name, and soon."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from toolkit.errors import ReadingError
from toolkit.media.frames import read_frames
from toolkit.media.pictures import SUFFIXES, read_picture
from toolkit.media.probe import probe
from toolkit.media.write import write_clip

LONGEST_S, MOST_GROWTH_MIB, MOST_FRAMES = 10.0, 512, 6
BATCH, BATCHES, VIDEO_SHARE = 1_000, 10, 0.3
HEAD_BYTES = 600  # where containers say what they hold: half of all damage falls there


def pictures() -> dict[str, bytes]:
    """Small pictures of every format that is taken, drawn here."""
    rough = np.random.default_rng(1).integers(0, 255, (40, 52, 3)).astype(np.uint8)
    shown = cv2.resize(rough, (156, 120), interpolation=cv2.INTER_CUBIC)
    endings = (".jpg", ".png", ".bmp", ".tif", ".webp")
    return {f"drawn{ending}": cv2.imencode(ending, shown)[1].tobytes() for ending in endings}


def videos(shared: Path, folder: Path) -> dict[str, bytes]:
    """Recordings of every container and codec that there is, the larger ones cut to a size that is read fast."""
    told = {}
    shown = [(k / 10, np.full((64, 96, 3), 20 * k % 255, np.uint8)) for k in range(12)]
    for codec, ending in (("h264", "mp4"), ("hevc", "mkv"), ("mpeg4", "avi"), ("mjpeg", "mov")):
        path = folder / f"own-{codec}.{ending}"
        write_clip(path, iter(shown), codec=codec, gop=4, crf=28, rate=10)
        told[path.name] = path.read_bytes()
    whole = [one for name in ("derived", "video") for one in sorted((shared / "data" / name).iterdir())]
    files = [one for one in whole if one.suffix in (".asf", ".dav", ".ts", ".mp4", ".avi", ".h264", ".gif")]
    return told | {one.name: one.read_bytes() for one in files if one.stat().st_size < 800_000}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Bits turned, bytes put in, taken out, zeroed or repeated, or the end cut off."""
    held = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        near = chance.random() < 0.5
        at = chance.randrange(min(HEAD_BYTES, len(held)) if near else len(held))
        size = min(chance.choice((1, 1, 2, 4, 64, 1024)), len(held) - at)
        way = chance.randrange(6)
        if way == 0:
            held[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            held[at : at + size] = chance.randbytes(size)
        elif way == 2:
            held[at : at + size] = bytes(size)
        elif way == 3:
            held[at:at] = held[at : at + size]
        elif way == 4:
            held[at : at + size] = b"\xff" * size
        elif len(held) > 64:
            at = max(64, at)
            held[at : len(held) if chance.random() < 0.3 else at + size] = b""
    return bytes(held) or b"\0"


def outcome(path: Path) -> str:
    """ "read" or the code of the refusal; any other exception is the finding of this test."""
    began = time.monotonic()
    try:
        if path.suffix in SUFFIXES:
            image = read_picture(path)
            assert image.dtype == np.uint8 and image.ndim == 3
        else:
            clip = probe(path)
            assert clip.width_px > 0
            with read_frames(path) as frames:
                for number, frame in enumerate(frames):
                    assert frame.image is None or np.asarray(frame.image).ndim == 3
                    if number >= MOST_FRAMES:
                        break
    except ReadingError as refused:
        said = refused.what("en")
        assert said and refused.what("zh") and refused.advice("en") and refused.advice("zh")
        assert path.name in said, (refused.code, said)
        return refused.code
    finally:
        took = time.monotonic() - began
        assert took < LONGEST_S, (path, took)
    return "read"


def held() -> float:
    """Memory of this process now, MiB; 0 where the system does not tell. Other tests may have made it large before."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if told.is_file() else 0.0


def run(shared: Path, folder: Path, seed: int, count: int) -> Counter[str]:
    chance, outcomes = random.Random(seed), Counter[str]()
    still, moving = pictures(), videos(shared, folder)
    held_mib = [held()]
    for number in range(count):
        contents = moving if chance.random() < VIDEO_SHARE else still
        name = chance.choice(sorted(contents))
        path = folder / f"mutated-{number}{Path(name).suffix}"
        path.write_bytes(mutated(contents[name], chance))
        try:
            outcomes[outcome(path)] += 1
        except Exception as fault:
            fault.add_note(f"seed {seed}, number {number}, {name}")
            raise
        path.unlink()
        held_mib.append(held())
    assert max(held_mib) - held_mib[0] <= MOST_GROWTH_MIB, (held_mib[0], max(held_mib))
    return outcomes


def test_a_hundred_and_twenty_damaged_recordings_and_pictures_are_read_or_refused(shared: Path, tmp_path: Path) -> None:
    outcomes = run(shared, tmp_path, seed=20261128, count=120)
    assert outcomes.total() == 120 and outcomes["read"] > 10 and len(outcomes) > 3, outcomes


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_ten_thousand_damaged_recordings_and_pictures_are_read_or_refused(
    shared: Path, tmp_path: Path, batch: int
) -> None:
    assert run(shared, tmp_path, seed=batch, count=BATCH).total() == BATCH
