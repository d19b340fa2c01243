"""Writing clips: every kind of file holds the times it was given, and the same frames give the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from toolkit.media.frames import read_frames
from toolkit.media.probe import probe
from toolkit.media.write import time_step, write_clip
from toolkit.records import Image

RATE = 12.0
TIMES = [k / RATE for k in range(40) if not 12 <= k < 30]
KINDS = [
    ("mp4", "h264", 0), ("mp4", "hevc", 2), ("mp4", "mpeg4", 0), ("mp4", "mjpeg", 0), ("ts", "h264", 2),
    ("ts", "hevc", 0), ("mkv", "h264", 2), ("mkv", "mjpeg", 0), ("mkv", "mpeg4", 0), ("avi", "mjpeg", 0),
    ("avi", "mpeg4", 0),
]  # fmt: skip


def picture(k: int) -> Image:
    image = np.full((64, 96, 3), 90, np.uint8)
    image[20:44, 2 * k : 2 * k + 16] = (200, 60, 40)
    return image


@pytest.mark.parametrize(("suffix", "codec", "b_frames"), KINDS)
def test_frames_and_the_gap_between_them_keep_their_times(
    suffix: str, codec: str, b_frames: int, tmp_path: Path
) -> None:
    path = tmp_path / f"v.{suffix}"
    write_clip(path, ((t, picture(k)) for k, t in enumerate(TIMES)), codec=codec, b_frames=b_frames, rate=RATE)
    step = float(time_step(path.suffix, codec, RATE))
    with read_frames(path) as frames:
        read = [frame.media_s for frame in frames]
    assert read == pytest.approx(TIMES, abs=step / 2 + 1e-6)
    clip = probe(path)
    assert clip.codec == codec
    assert [(round(gap.from_s, 2), round(gap.to_s, 2)) for gap in clip.gaps] == [(0.92, 2.5)]


@pytest.mark.parametrize(("suffix", "codec", "b_frames"), KINDS)
def test_the_same_frames_give_the_same_bytes(suffix: str, codec: str, b_frames: int, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.{suffix}" for name in "ab"]
    for path in paths:
        write_clip(path, ((t, picture(k)) for k, t in enumerate(TIMES)), codec=codec, b_frames=b_frames, rate=RATE)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_avi_puts_a_time_on_the_nearest_frame(tmp_path: Path) -> None:
    path = tmp_path / "v.avi"
    write_clip(path, ((t, picture(k)) for k, t in enumerate([0.0, 0.26, 0.49])), codec="mjpeg", rate=4)
    with read_frames(path) as frames:
        assert [frame.media_s for frame in frames] == pytest.approx([0.0, 0.25, 0.5])
