"""Real pictures with known content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from toolkit.records import Image

Picture = Callable[[str], Image]


@pytest.fixture(scope="session")
def picture(shared: Path) -> Picture:
    """A picture of the shared folder by the end of its name, uint8 RGB, its longer side at most 800 px."""

    def read(name: str) -> Image:
        (path,) = (shared / "data").glob(f"*/*{name}")
        image = cv2.imread(str(path))
        assert image is not None
        factor = min(1.0, 800 / max(image.shape[:2]))
        smaller = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(smaller[:, :, ::-1], dtype=np.uint8)

    return read
