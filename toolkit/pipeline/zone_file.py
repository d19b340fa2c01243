"""What a zone file may say: read strictly, because a wrong zone makes wrong visits without a word."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from toolkit.errors import ReadingError
from toolkit.records import Zone

MOST_CORNERS = 500
LEAST_AREA_PX = 1.0
LEAST_PX_PER_M, MOST_PX_PER_M = 20.0, 50_000.0
SHA256 = re.compile(r"[0-9a-f]{64}")

Point = tuple[float, float]


class _Wrong(Exception):
    """The entry of this name is missing or not of its shape."""


def parse_zone(told: Any, file: str) -> Zone:
    """A checked :class:`Zone` from the JSON of a zone file.

    Numbers are numbers and not texts, truth is ``true`` or ``false``, and a
    picture has whole pixels: what looks nearly right is refused, not guessed.

    Raises
    ------
    ReadingError
        Not an object, an entry is missing or of the wrong shape, a corner lies
        outside the picture, or the edges cross.
    """
    if not isinstance(told, dict):
        raise ReadingError("zone_not_json", file=file)
    try:
        width, height = (_whole(side, "image_size_px") for side in _pair(told.get("image_size_px"), "image_size_px"))
        corners = _corners(told.get("zone_px"))
        view = told.get("terminal_fully_in_view")
        if view is not None and not isinstance(view, bool):
            raise _Wrong("terminal_fully_in_view")
        zone = Zone(
            polygon_px=corners,
            image_size_px=(width, height),
            empty_media_s=_stretches(told.get("empty_media_s")),
            terminal_fully_in_view=view,
            stated_by=_text(told, "stated_by"),
            note=_text(told, "note") or "",
            px_per_m=_scale(told.get("px_per_m")),
        )
    except _Wrong as wrong:
        raise ReadingError("zone_shape", file=file, key=str(wrong)) from wrong
    for x, y in corners:
        if not (0 <= x <= width and 0 <= y <= height):
            raise ReadingError("zone_outside", file=file, x=f"{x:g}", y=f"{y:g}", width=width, height=height)
    if _crosses(corners):
        raise ReadingError("zone_crossing", file=file)
    return zone


def named_clip(told: dict[str, Any], file: str) -> str | None:
    """The clip's SHA-256 (lower case) that the file names, None when it names none."""
    named = told.get("clip_sha256")
    if named is None:
        return None
    if not isinstance(named, str) or not SHA256.fullmatch(named.strip().lower()):
        raise ReadingError("zone_shape", file=file, key="clip_sha256")
    return named.strip().lower()


def _corners(told: Any) -> tuple[Point, ...]:
    """Corners in order; one written twice in a row, or the first again at the end, counts once."""
    if not isinstance(told, list) or len(told) > MOST_CORNERS:
        raise _Wrong("zone_px")
    corners: list[Point] = []
    for one in told:
        corner = _pair(one, "zone_px")
        if not corners or corner != corners[-1]:
            corners.append(corner)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(corners) < 3 or _area(corners) < LEAST_AREA_PX:
        raise _Wrong("zone_px")
    return tuple(corners)


def _stretches(told: Any) -> tuple[Point, ...]:
    if told is None:
        return ()
    if not isinstance(told, list):
        raise _Wrong("empty_media_s")
    return tuple(_pair(one, "empty_media_s") for one in told)


def _pair(told: Any, key: str) -> Point:
    if not isinstance(told, list) or len(told) != 2:
        raise _Wrong(key)
    first, second = told
    return _number(first, key), _number(second, key)


def _number(told: Any, key: str) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise _Wrong(key)
    try:
        value = float(told)
    except OverflowError as huge:
        raise _Wrong(key) from huge
    if not math.isfinite(value):
        raise _Wrong(key)
    return value


def _scale(told: Any) -> float | None:
    if told is None:
        return None
    value = _number(told, "px_per_m")
    if not LEAST_PX_PER_M <= value <= MOST_PX_PER_M:
        raise _Wrong("px_per_m")
    return value


def _whole(value: float, key: str) -> int:
    if value != int(value) or value < 1:
        raise _Wrong(key)
    return int(value)


def _text(told: dict[str, Any], key: str) -> str | None:
    value = told.get(key)
    if value is not None and not isinstance(value, str):
        raise _Wrong(key)
    return value


def _area(corners: Sequence[Point]) -> float:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _crosses(corners: Sequence[Point]) -> bool:
    """Whether two edges share a point other than the corner between neighbours."""
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    for (i, (a, b)), (j, (c, d)) in combinations(enumerate(edges), 2):
        if j == i + 1:
            shared = _on(d, a, b) or _on(a, c, d)
        elif i == 0 and j == len(edges) - 1:
            shared = _on(c, a, b) or _on(b, c, d)
        else:
            shared = _meet(a, b, c, d)
        if shared:
            return True
    return False


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above zero when c lies to one side of the line from a to b, below when to the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _on(point: Point, a: Point, b: Point) -> bool:
    """Whether a point lies on the edge from a to b."""
    within = min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])
    return within and _turn(a, b, point) == 0


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
        return True
    return _on(c, a, b) or _on(d, a, b) or _on(a, c, d) or _on(b, c, d)
