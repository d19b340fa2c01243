"""The clock and camera name that a recorder burns into its picture, over the scene and before the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import cv2
import numpy as np

from toolkit.records import Image

Rng = np.random.Generator
Box = tuple[int, int, int, int]

CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
LETTERINGS = ("thin", "bold", "block")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS_ZH = ("一", "二", "三", "四", "五", "六", "日")
LAYOUTS = {
    "year first": "{t:%Y-%m-%d %H:%M:%S}",
    "year first, slashes": "{t:%Y/%m/%d %H:%M:%S}",
    "year first, weekday": "{t:%Y-%m-%d} {day} {t:%H:%M:%S}",
    "day first": "{t:%d-%m-%Y} {day} {t:%H:%M:%S}",
    "month first": "{t:%m-%d-%Y} {day} {t:%H:%M:%S}",
    "chinese": "{t:%Y}年{t:%m}月{t:%d}日 星期{day_zh} {t:%H:%M:%S}",
}
MARGIN = 0.02  # of the picture's height


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayStyle:
    """How a recorder letters its picture.

    ``layout`` is a key of LAYOUTS, ``clock_at`` and ``name_at`` are of CORNERS;
    ``height`` is that of a line as a share of the picture's; ``lettering`` is
    one of LETTERINGS. Chinese is always "thin": the other letters that OpenCV brings know none.
    """

    camera: str = "Camera 01"
    layout: str = "year first"
    clock_at: str = "top-left"
    name_at: str = "bottom-right"
    height: float = 0.045
    lettering: str = "thin"


def overlay_style(rng: Rng) -> OverlayStyle:
    """An overlay by chance: clock and camera name in two different corners."""
    layout = list(LAYOUTS)[rng.integers(len(LAYOUTS))]
    corners = rng.permutation(len(CORNERS))
    names = ("Camera 01", "CAM 2", "IPC", "CH03", "Camera 04")
    if layout == "chinese":
        names = ("通道 1", "门口", "大厅", "Camera 01", "考勤")
    return OverlayStyle(
        camera=names[rng.integers(len(names))],
        layout=layout,
        clock_at=CORNERS[corners[0]],
        name_at=CORNERS[corners[1]],
        height=float(rng.uniform(0.035, 0.06)),
        lettering=LETTERINGS[rng.integers(len(LETTERINGS))],
    )


def clock_text(when: datetime, layout: str) -> str:
    """The line of letters for this moment; fractions of a second are cut, as recorders do."""
    return LAYOUTS[layout].format(t=when, day=DAYS[when.weekday()], day_zh=DAYS_ZH[when.weekday()])


def clock_box(shape: tuple[int, ...], when: datetime, style: OverlayStyle) -> Box:
    """Where the clock lies in a picture of this shape: (x0, y0, x1, y1) in pixels."""
    return _place(shape, _letters(clock_text(when, style.layout), *_kind(shape, style)).shape[:2], style.clock_at)


def overlay_clock(image: Image, when: datetime, style: OverlayStyle) -> None:
    """Burn clock and camera name into a picture, in place: white letters with a black outline.

    Parameters
    ----------
    image : uint8, shape (h, w, 3)
    when : datetime
        The recorder's own clock. Naive or aware; shown as it stands.
    """
    lines = [(clock_text(when, style.layout), style.clock_at), (style.camera, style.name_at)]
    for line, corner in lines:
        if line:
            letters = _letters(line, *_kind(image.shape, style))
            _lay(image, letters, _place(image.shape, letters.shape[:2], corner))


def _kind(shape: tuple[int, ...], style: OverlayStyle) -> tuple[str, int]:
    chinese = style.layout == "chinese" or not style.camera.isascii()
    return ("thin" if chinese else style.lettering), max(10, round(shape[0] * style.height))


def _place(shape: tuple[int, ...], size: tuple[int, ...], corner: str) -> Box:
    gap = round(shape[0] * MARGIN)
    x = gap if corner.endswith("left") else shape[1] - gap - size[1]
    y = gap if corner.startswith("top") else shape[0] - gap - size[0]
    x, y = max(0, x), max(0, y)
    return x, y, min(shape[1], x + size[1]), min(shape[0], y + size[0])


def _lay(image: Image, letters: Image, box: Box) -> None:
    x0, y0, x1, y1 = box
    white, dark = (letters[: y1 - y0, : x1 - x0, k].astype(np.uint16)[..., None] for k in (0, 1))
    under = image[y0:y1, x0:x1].astype(np.uint16)
    under = under * (255 - dark) // 255
    image[y0:y1, x0:x1] = (under * (255 - white) + 245 * white) // 255


@lru_cache(maxsize=256)
def _letters(line: str, lettering: str, height_px: int) -> Image:
    """A line as two masks, letters and letters with outline, uint8 (h, w, 2)."""
    if lettering == "block":
        # Old recorders hold letters of a dozen lines and enlarge them pixel by pixel.
        times = max(1, round(height_px / 13))
        coarse = (_smooth(line, max(10, height_px // times), "sans", 600) > 110).astype(np.uint8) * 255
        mask = np.kron(coarse, np.ones((times, times), np.uint8))
    else:
        mask = _smooth(line, height_px) if lettering == "thin" else _smooth(line, height_px, "sans", 600)
    mask = np.pad(mask, 2)
    outline = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=1 if height_px < 30 else 2)
    return np.dstack([mask, outline])


def _smooth(line: str, height_px: int, face: str = "uni", weight: int = 400) -> Image:
    letters = cv2.FontFace(face)
    at, white = (height_px // 2, round(1.4 * height_px)), (255, 255, 255)
    canvas = np.zeros((2 * height_px, height_px * (len(line) + 2), 3), np.uint8)
    widest = "".join("0" if letter.isdigit() else letter for letter in line)
    cv2.putText(canvas, widest, at, white, letters, height_px, weight)
    # The width of a line of noughts, so that a clock does not jump when its digits change.
    last = int(np.flatnonzero(canvas.max(axis=(0, 2)))[-1]) + 2
    canvas[:] = 0
    cv2.putText(canvas, line, at, white, letters, height_px, weight)
    top = round(0.45 * height_px)
    return np.ascontiguousarray(canvas[top : top + round(1.25 * height_px), height_px // 2 : last, 0])
