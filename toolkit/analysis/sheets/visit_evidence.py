"""What a cue of a visit saw, drawn over the picture that it saw it in: sides, grips, the face, headroom, rim.

Drawn from the evidence that the cue wrote down, never measured anew. Each
pixel of the picture is repeated a whole number of times so that lines can be
told apart; nothing between pixels is made up. Signs differ in form and not in
colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.crops import Box
from toolkit.analysis.sheets.grips import SIDES
from toolkit.records import Image

Floats = NDArray[np.float64]
Facts = Mapping[str, Any]
Colour = tuple[int, int, int]

AROUND_M = 0.15  # of what is marked, on every side
LEAST_SIDE_PX = 480  # of what is shown; lines over fewer pixels hide what they mark
INK, SEEN, HAND, MISSING, FACE = (20, 25, 30), (60, 220, 255), (255, 150, 40), (255, 255, 255), (255, 235, 60)
STROKES: dict[str, tuple[Colour, int]] = {"s": (SEEN, 2), "h": (HAND, 4)}
GRIP_APART_PX = (7.0, 13.0)  # of the shown picture, outside of the side: where the ends of a bracket lie, and its back
TICK_PX = 9
RAY_PX = 8.0


def drawn_visit(cue: str, picture: Image, evidence: Facts, frame: Facts, box: Box) -> Image:
    """One entry of a cue's ``evidence["frames"]`` drawn over that part of its picture.

    Parameters
    ----------
    cue : str
        A name in :data:`DRAWINGS`.
    picture : uint8 (h, w, 3) RGB
        As the cue saw it, with the places of ``frame`` in its pixels.
    box : (left, top, right, bottom)
        What is shown of it, in its pixels, inside of it.

    Returns
    -------
    uint8 (k h, k w, 3) RGB
        k from :func:`times_of`.
    """
    left, top, right, bottom = box
    times = times_of((bottom - top, right - left))
    shown = enlarged(picture[top:bottom, left:right], times)
    DRAWINGS[cue](shown, evidence, frame, View(times, np.array([left, top], np.float64)))
    return shown


def around(entries: Sequence[tuple[str, Facts, Facts]], shape: tuple[int, ...]) -> Box:
    """What to show of a picture of this shape so that all these entries (cue, evidence, entry) are seen."""
    places = np.concatenate([_places(*one) for one in entries])
    reach = max(AROUND_M * float(evidence["px_per_m"]) for _, evidence, _ in entries)
    left, top = np.maximum(0, np.floor(places.min(axis=0) - reach)).astype(int).tolist()
    right, bottom = np.ceil(places.max(axis=0) + reach).astype(int).tolist()
    return left, top, min(right, shape[1]), min(bottom, shape[0])


def _places(cue: str, evidence: Facts, frame: Facts) -> Floats:
    if cue == "sheet":
        return np.asarray(frame["corners_px"], np.float64)
    if cue == "headroom":
        left, top, right, bottom = (float(v) for v in frame["box_px"])
        return np.array([[left, top - float(frame["headroom_m"]) * float(evidence["px_per_m"])], [right, bottom]])
    return np.asarray([frame["middle_px"]], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How places of the picture come to lie in what is shown: each pixel ``times`` times, from ``corner`` on."""

    times: int
    corner: Floats

    def of(self, points: Any) -> Floats:
        """Places (n, 2) in pixels of what is shown."""
        return (np.asarray(points, np.float64) - self.corner + 0.5) * self.times


def times_of(shape: tuple[int, ...]) -> int:
    """How often each pixel is repeated to either side."""
    return max(1, -(-LEAST_SIDE_PX // max(shape[:2])))


def enlarged(picture: Image, times: int) -> Image:
    """Each pixel repeated; contiguous, so that it can be drawn on."""
    return np.ascontiguousarray(picture.repeat(times, axis=0).repeat(times, axis=1))


def lies_on(corners: Any, place: Floats) -> bool:
    """Whether a place (x, y) lies within four corners, given clockwise as seen."""
    ring = np.asarray(corners, np.float64)
    way, to = np.roll(ring, -1, axis=0) - ring, np.asarray(place, np.float64) - ring
    return bool((way[:, 0] * to[:, 1] - way[:, 1] * to[:, 0] >= 0).all())


def _sheet(shown: Image, evidence: Facts, frame: Facts, view: View) -> None:
    """Sides as seen (full), hidden by a hand (thick) and missing (dotted); grips beside them; the face upon it."""
    corners = view.of(frame["corners_px"])
    scale = float(evidence["px_per_m"]) * view.times
    for number, name in enumerate(SIDES):
        start, end = corners[number], corners[(number + 1) % 4]
        _side(shown, start, end, frame["along"][name])
        for grip in frame["grips"]:
            if grip["side"] == name:
                _grip(shown, start, end, float(grip["from_m"]) * scale, float(grip["to_m"]) * scale)
    if frame["face"] is not None:
        _line(shown, _on_sheet(frame["face"]["box"], corners), FACE, 2, closed=True)


def _side(shown: Image, start: Floats, end: Floats, along: str) -> None:
    """Runs of one state as one stroke each; what is missing as dots."""
    step = (end - start) / len(along)
    first = 0
    for state, run in groupby(along):
        last = first + len(list(run))
        if state == "m":
            for number in range(first, last):
                _dot(shown, start + (number + 0.5) * step, MISSING)
        else:
            _line(shown, np.stack([start + first * step, start + last * step]), *STROKES[state])
        first = last


def _grip(shown: Image, start: Floats, end: Floats, first: float, last: float) -> None:
    """A bracket beside the run, on the outer side of corners that go clockwise."""
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    outward = np.array([way[1], -way[0]])
    a, b = start + first * way, start + last * way
    near, far = (apart * outward for apart in GRIP_APART_PX)
    _line(shown, np.stack([a + near, a + far, b + far, b + near]), HAND, 2)


def _on_sheet(box: Any, corners: Floats) -> Floats:
    """A box in shares of the sheet's width and height, as corners in the picture."""
    left, top, right, bottom = (float(v) for v in box)
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    turn = cv2.getPerspectiveTransform(unit, corners.astype(np.float32))
    places = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float32)
    return np.asarray(cv2.perspectiveTransform(places, turn)[0], np.float64)


def _headroom(shown: Image, evidence: Facts, frame: Facts, view: View) -> None:
    """The face's box, and the way up from its upper edge to the top of its bearer."""
    left, top, right, bottom = view.of(np.reshape(frame["box_px"], (2, 2))).ravel().tolist()
    _line(shown, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), FACE, 2, closed=True)
    middle, above = (left + right) / 2, top - float(frame["headroom_m"]) * float(evidence["px_per_m"]) * view.times
    _line(shown, np.array([[middle, top], [middle, above]]), SEEN, 2)
    for y in (top, above):
        _line(shown, np.array([[middle - TICK_PX, y], [middle + TICK_PX, y]]), SEEN, 2)


def _cutout(shown: Image, evidence: Facts, frame: Facts, view: View) -> None:
    """The end of each ray that crosses a pale line, and a dot where it does; the middle of the face."""
    middle = view.of([frame["middle_px"]])[0]
    rays = np.asarray(frame["rays_px"], np.float64) * view.times
    angles = np.arange(len(rays)) * 2 * np.pi / len(rays)
    _dot(shown, middle, FACE)
    for ray, angle in zip(rays.tolist(), angles.tolist(), strict=True):
        if ray <= 0:
            continue
        way = np.array([np.cos(angle), np.sin(angle)])
        _line(shown, np.stack([middle + (ray - RAY_PX) * way, middle + ray * way]), SEEN, 1)
        _dot(shown, middle + ray * way, SEEN)


def _line(shown: Image, places: Floats, colour: Colour, wide: int, *, closed: bool = False) -> None:
    """With a dark rim, so that it is seen on light and on dark ground."""
    path = [np.round(places).astype(np.int32)]
    cv2.polylines(shown, path, closed, INK, wide + 2, cv2.LINE_AA)
    cv2.polylines(shown, path, closed, colour, wide, cv2.LINE_AA)


def _dot(shown: Image, place: Floats, colour: Colour) -> None:
    at = (round(float(place[0])), round(float(place[1])))
    cv2.circle(shown, at, 3, INK, -1, cv2.LINE_AA)
    cv2.circle(shown, at, 2, colour, -1, cv2.LINE_AA)


Drawing = Callable[[Image, Facts, Facts, View], None]
DRAWINGS: dict[str, Drawing] = {"sheet": _sheet, "headroom": _headroom, "cutout": _cutout}
