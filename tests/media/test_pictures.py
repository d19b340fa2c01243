"""Still pictures: read whole in a child, refused by name when they are something else, too large or damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from toolkit.errors import ReadingError
from toolkit.media.pictures import is_picture, read_picture


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (24, 40, 3), np.uint8)


def test_pixels_come_back_as_they_are(tmp_path: Path, pixels: np.ndarray) -> None:
    for name in ("a.png", "b.bmp", "no_suffix"):
        Pictures.fromarray(pixels).save(tmp_path / name, format="BMP" if name == "b.bmp" else "PNG")
        assert is_picture(tmp_path / name)
        assert np.array_equal(read_picture(tmp_path / name), pixels)


def test_grey_pictures_have_three_equal_channels(tmp_path: Path, pixels: np.ndarray) -> None:
    Pictures.fromarray(pixels[..., 0]).save(tmp_path / "grey.png")
    read = read_picture(tmp_path / "grey.png")
    assert read.shape == (24, 40, 3)
    assert np.array_equal(read[..., 2], pixels[..., 0])


def test_a_camera_held_sideways_is_turned_upright(tmp_path: Path, pixels: np.ndarray) -> None:
    note = Pictures.Exif()
    note[0x0112] = 6  # to be turned clockwise by a quarter
    Pictures.fromarray(pixels).save(tmp_path / "side.png", exif=note)
    assert np.array_equal(read_picture(tmp_path / "side.png"), np.rot90(pixels, -1))


def test_what_cannot_be_read_is_told_by_its_cause(tmp_path: Path, pixels: np.ndarray) -> None:
    whole = tmp_path / "whole.jpg"
    Pictures.fromarray(np.tile(pixels, (20, 20, 1))).save(whole)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / "text.jpg").write_bytes(b"\xff\xd8\xff" + b"not a picture at all")
    Pictures.fromarray(np.full((8, 8), 1000, np.uint16)).save(tmp_path / "deep.png")
    Pictures.new("1", (9000, 9000)).save(tmp_path / "huge.png")
    for name, code in (
        ("cut.jpg", "picture_damaged"), ("text.jpg", "not_a_picture"), ("deep.png", "picture_too_deep"),
        ("huge.png", "picture_too_large"),
    ):  # fmt: skip
        assert is_picture(tmp_path / name)
        with pytest.raises(ReadingError) as refused:
            read_picture(tmp_path / name)
        assert refused.value.code == code, name
        assert refused.value.facts["file"] == name


def test_a_clip_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    assert not is_picture(tmp_path / "a.mp4")
    assert not is_picture(tmp_path / "none.jpg")
