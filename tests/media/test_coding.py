"""How clips are stored: bytes counted, quantisers as the encoder was told, the child's answer the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import ReadingError
from toolkit.media.coding import coding, facts
from toolkit.media.write import write_clip


def frames(count: int = 20) -> Iterator[tuple[float, np.ndarray]]:
    rng = np.random.default_rng(3)
    ramp = np.linspace(40, 200, 160 * 120).reshape(120, 160)
    for number in range(count):
        moved = np.roll(ramp, number * 3, axis=1)[..., None].repeat(3, axis=2)
        yield number / 10, np.clip(moved + rng.normal(0, 6, moved.shape), 0, 255).astype(np.uint8)


def stored(folder: Path, **how: object) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.mp4"
    write_clip(path, frames(), **how)  # type: ignore[arg-type]
    return path


def test_the_quantiser_follows_what_the_encoder_was_told(tmp_path: Path) -> None:
    weak, strong = (facts(str(stored(tmp_path, crf=crf))) for crf in (20, 32))
    assert strong["quantiser"] - weak["quantiser"] == pytest.approx(12, abs=1.5)
    assert strong["bits_per_frame"] < weak["bits_per_frame"]


def test_bytes_and_frames_are_counted(tmp_path: Path) -> None:
    path = stored(tmp_path, gop=10)
    told = facts(str(path))
    assert (told["frames"], told["file_bytes"]) == (20, path.stat().st_size)
    assert told["bits_per_frame"] * told["frames"] / 8 < told["file_bytes"]
    assert 0 < told["keyframe_share"] < 1
    assert facts(str(stored(tmp_path, gop=1)))["keyframe_share"] == 1.0


def test_the_limited_child_gives_the_same_answer(tmp_path: Path) -> None:
    path = stored(tmp_path)
    told = coding(path)
    assert {name: getattr(told, name) for name in told.__slots__} == facts(str(path))


@pytest.mark.parametrize("codec", ["hevc", "mpeg4", "mjpeg"])
def test_the_quantiser_of_other_codecs_is_not_known_and_not_zero(tmp_path: Path, codec: str) -> None:
    told = facts(str(stored(tmp_path, codec=codec)))
    assert (told["quantiser"], told["quantiser_sd"]) == (None, None)
    assert told["bits_per_frame"] > 0


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(ReadingError):
        coding(tmp_path / "text.mp4")
