"""What a site wrote down of its own recordings: who presented what, in which file, from when to when.

One CSV for all control recordings (``times.csv``): ``file, kind, day, person,
medium, print_id, shape, from_s, to_s``; optional ``printer`` and ``left, top,
right, bottom``, the place of the presented face in pixels where several faces
are in view. People are named by an id of the site's choosing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from toolkit.clockin.files.tabular import clean_id, read_table
from toolkit.errors import ReadingError

HEADINGS: dict[str, tuple[str, ...]] = {
    "file": ("file", "文件"),
    "kind": ("kind", "类别"),
    "day": ("day", "date", "日期"),
    "person": ("person", "人员"),
    "medium": ("medium", "介质"),
    "print_id": ("print_id", "打印件编号"),
    "shape": ("shape", "形状"),
    "printer": ("printer", "打印机"),
    "from_s": ("from_s", "开始秒"),
    "to_s": ("to_s", "结束秒"),
    **{side: (side,) for side in ("left", "top", "right", "bottom")},
}
NEEDED = ("file", "kind", "day", "person", "medium", "from_s", "to_s")
KINDS = ("live", "print")
MEDIA = ("live", "print", "phone", "tablet", "badge", "mask", "scarf", "notice", "portrait")
SHAPES = ("", "flat", "curled", "cylinder", "cut_out", "eye_holed")
MOST_SHARED = 0.3  # of the smaller of two places that are to be told apart
END_TOLERANCE_S = 1.0  # people round up
LIVE_MEDIA = ("live", "mask", "scarf")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTime:
    """One presentation of a control recording.

    ``file`` relative to the folder of the recordings; ``kind`` "live" or
    "print" as the site labelled it; ``print_id`` and ``printer`` empty where
    not stated; ``region_px`` (left, top, right, bottom) of the presented face.
    """

    row: int
    file: str
    kind: str
    day: date
    person: str
    medium: str
    print_id: str
    shape: str
    printer: str
    from_s: float
    to_s: float
    region_px: tuple[int, int, int, int] | None = None

    def beyond(self, end_s: float) -> bool:
        """Whether the stretch leaves a recording whose last picture stands at ``end_s``; a second is forgiven."""
        return self.from_s >= end_s or self.to_s > end_s + END_TOLERANCE_S


def read_control_times(path: Path) -> tuple[ControlTime, ...]:
    """Every presentation that the table names.

    Raises
    ------
    ReadingError
        A column is missing, or a row has an unknown kind, medium or shape, no
        person, a print without an id, an unreadable day, time or place, or the
        stretch of another row (with its number).
    """
    rows = tuple(
        _row(path.name, number, cells)
        for number, cells in read_table(path, HEADINGS, needed=NEEDED, verbatim=("file",))
    )
    if not rows:
        raise ReadingError("controls_empty", file=path.name)
    _refuse_overlaps(path.name, rows)
    return rows


def _refuse_overlaps(file: str, rows: tuple[ControlTime, ...]) -> None:
    """One stretch of a recording is one presentation, unless places in the picture tell two apart."""
    order = sorted(rows, key=lambda row: (row.file, row.from_s, row.row))
    for number, row in enumerate(order):
        for other in order[number + 1 :]:
            if other.file != row.file or other.from_s >= row.to_s:
                break
            if row.region_px is None or other.region_px is None or _overlap(row.region_px, other.region_px):
                first, second = sorted((row.row, other.row))
                raise ReadingError("controls_overlap", file=file, row=second, first=first, named=row.file)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether two places are one, or one written a little differently."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide > 0 and high > 0 and wide * high > MOST_SHARED * smaller


def _named(cell: str) -> str:
    """A file's name within the folder, written in one way, whatever slashes and dots it was written with."""
    return PurePosixPath(cell.replace("\\", "/")).as_posix() if cell else ""


def _row(file: str, number: int, cells: dict[str, str]) -> ControlTime:
    kind, medium = cells["kind"].lower(), cells["medium"].lower()
    if kind not in KINDS or medium not in MEDIA or (kind == "live") != (medium in LIVE_MEDIA):
        raise ReadingError("controls_kind", file=file, row=number, kind=kind, medium=medium, known=", ".join(MEDIA))
    if cells.get("shape", "") not in SHAPES:
        raise ReadingError("controls_shape", file=file, row=number, text=cells["shape"], known=", ".join(SHAPES[1:]))
    person, print_id = clean_id(cells["person"]), clean_id(cells.get("print_id", ""))
    if not person or not cells["file"]:
        raise ReadingError("controls_no_person", file=file, row=number)
    if medium == "print" and not print_id:
        raise ReadingError("controls_no_print", file=file, row=number)
    start, end = (_seconds(file, number, cells[name]) for name in ("from_s", "to_s"))
    if not 0 <= start < end:
        raise ReadingError("controls_times", file=file, row=number, text=f"{cells['from_s']}, {cells['to_s']}")
    return ControlTime(
        row=number, file=_named(cells["file"]), kind=kind,
        day=_day(file, number, cells["day"]), person=person, medium=medium,
        print_id=print_id, shape=cells.get("shape", ""), printer=clean_id(cells.get("printer", "")), from_s=start,
        to_s=end, region_px=_region(file, number, cells),
    )  # fmt: skip


def _seconds(file: str, number: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ReadingError("controls_times", file=file, row=number, text=text)
    return value


def _day(file: str, number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as unreadable:
        raise ReadingError("controls_day", file=file, row=number, text=text) from unreadable


def _region(file: str, number: int, cells: dict[str, str]) -> tuple[int, int, int, int] | None:
    told = [cells.get(side, "") for side in ("left", "top", "right", "bottom")]
    if not any(told):
        return None
    try:
        left, top, right, bottom = (int(float(text)) for text in told)
    except (ValueError, OverflowError) as unreadable:
        raise ReadingError("controls_region", file=file, row=number, text=", ".join(told)) from unreadable
    if not (0 <= left < right and 0 <= top < bottom):
        raise ReadingError("controls_region", file=file, row=number, text=", ".join(told))
    return left, top, right, bottom
