"""What is held on both sides of a face in one picture: how it is told, and how it is drawn.

Found by :mod:`toolkit.analysis.sheets.flanks`; nothing here is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.sheets.visit_evidence import FACE, HAND, INK, MISSING, SEEN
from toolkit.records import Face, Image

Floats = NDArray[np.float64]
Side = Literal["left", "right"]

ROOM = 0.08  # of what the sides enclose, shown around it
STROKE = 1 / 160  # of the shown picture's larger side
HAND_STROKE = 2  # strokes: hands are told by width as well as by colour


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flank:
    """One side: the line through the picture (x0, y0, x1, y1), downwards, in the picture's pixels.

    ``seen`` is the share of it along which the picture steps beside the face,
    places under hands counted as seen; ``along`` the state of equal parts of it
    (s seen, h under a hand, m missing); ``borders`` the picture's borders at
    which it was still seen.
    """

    side: Side
    line_px: Floats
    seen: float
    along: str
    borders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldAround:
    """What is held on both sides of a face; ``crossing`` names the other two sides as far as they are seen."""

    left: Flank
    right: Flank
    crossing: tuple[str, ...]

    @property
    def borders(self) -> tuple[str, ...]:
        """Borders of the picture that the sides run out at, short of the upper or lower side."""
        return tuple(sorted({*self.left.borders, *self.right.borders} - {*self.crossing}))

    @property
    def whole(self) -> bool:
        """Whether all four sides are seen within the picture."""
        return len(self.crossing) == 2

    @property
    def seen(self) -> float:
        """Share of the two sides that is seen, 0-1."""
        return (self.left.seen + self.right.seen) / 2

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """What the two sides enclose, upright: left, top, right, bottom."""
        ends = np.concatenate([self.left.line_px.reshape(2, 2), self.right.line_px.reshape(2, 2)])
        (left, top), (right, bottom) = ends.min(axis=0), ends.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def told(self) -> dict[str, Any]:
        """Plain values for JSON."""
        flanks = {
            one.side: {"line_px": [round(float(v), 1) for v in one.line_px], "seen": round(one.seen, 3),
                       "along": one.along, "borders": list(one.borders)}
            for one in (self.left, self.right)
        }  # fmt: skip
        return {"sides": flanks, "crossing": list(self.crossing), "borders": list(self.borders)}


def drawn_around(picture: Image, held: HeldAround, face: Face) -> Image:
    """What the two sides enclose, with the sides as seen, under a hand (thick) and missing (dotted), and the face.

    Parameters
    ----------
    picture : uint8 (h, w, 3) RGB
        The one it was found in.

    Returns
    -------
    uint8 (h, w, 3) RGB
        That part of the picture at its own pixels.
    """
    left, top, right, bottom = held.box_px
    room = ROOM * max(right - left, bottom - top)
    x0, y0 = max(0, int(left - room)), max(0, int(top - room))
    shown = picture[y0 : int(bottom + room) + 1, x0 : int(right + room) + 1].copy()
    stroke = max(1, round(STROKE * max(shown.shape[:2])))
    corner = np.array([x0, y0], np.float64)
    for flank in (held.left, held.right):
        _draw(shown, flank, corner, stroke)
    box = np.reshape(face.box_px, (2, 2)) - corner
    a, b = (tuple(int(v) for v in np.round(end)) for end in box)
    cv2.rectangle(shown, a, b, INK, stroke + 2)
    cv2.rectangle(shown, a, b, FACE, stroke)
    return shown


def _draw(shown: Image, flank: Flank, corner: Floats, stroke: int) -> None:
    ends = flank.line_px.reshape(2, 2) - corner
    places = ends[0] + np.linspace(0, 1, len(flank.along) + 1)[:, None] * (ends[1] - ends[0])
    for state, start, stop in zip(flank.along, places[:-1], places[1:], strict=True):
        if state == "m":
            at = np.round((start + stop) / 2).astype(int)
            cv2.circle(shown, (int(at[0]), int(at[1])), stroke + 1, INK, -1, cv2.LINE_AA)
            cv2.circle(shown, (int(at[0]), int(at[1])), stroke, MISSING, -1, cv2.LINE_AA)
            continue
        wide, colour = (HAND_STROKE * stroke, HAND) if state == "h" else (stroke, SEEN)
        way = [np.round(np.stack([start, stop])).astype(np.int32)]
        cv2.polylines(shown, way, False, INK, wide + 2, cv2.LINE_AA)
        cv2.polylines(shown, way, False, colour, wide, cv2.LINE_AA)
