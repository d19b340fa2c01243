"""Does what moves in a face with the detector's nose offset have the shape of a head?

Two witnesses that fail in different ways: the detector is misled by outlines
around a mask, flow by places without an edge. Where the relief that flow sees
comes and goes with the nose offset, and its picture resembles a mean head more
than heads put in wrong places do, both have seen the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.relief.mean_head import height
from toolkit.analysis.relief.relief_flow import RESOLUTION, ReliefFlow, Space, explained, left_over

Floats = NDArray[np.float64]

ANGLES, AROUND, AWAY = 8, 9, 0.2  # wrong heads: turned in the picture, and moved by so many face widths
GRID, GRID_HALF = 96, 0.8  # points of a side and half side, in face widths, of the grid they are kept on


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the flow goes with the detector's nose offset.

    ``gain``: sine of turn for each unit of offset; ``together`` -1 to 1,
    correlation over time of the relief seen with the offset; ``shape`` -1 to 1,
    correlation over the face of what moves with the offset and the relief of
    a mean head; ``better``: how many of 79 wrong heads it resembles more.
    """

    gain: float
    together: float
    shape: float
    better: int


def agreement(flow: ReliefFlow, space: Space) -> Agreement:
    """Whether the relief that the flow sees comes and goes with the nose offset, and has the shape of a head."""
    fields, across, _ = left_over(flow, space)
    fields = fields - fields.mean(axis=0)
    course = flow.offsets - flow.offsets.mean()
    size = float(across @ across)
    picture = course @ fields / max(float(course @ course), 1e-12)
    shape = _alike(_aside(flow, picture), _aside(flow, across))
    wrong = [_alike(_aside(flow, picture), _aside(flow, one)) for one in _wrong(flow, space)]
    return Agreement(
        gain=float(picture @ across / size),
        together=_alike(fields @ across, course),
        shape=shape,
        better=sum(one > shape for one in wrong),
    )


def relief_picture(flow: ReliefFlow, space: Space) -> Floats:
    """How far each place moves across the face with the nose offset beyond what the space explains: (m,)."""
    fields, _, _ = left_over(flow, space)
    course = flow.offsets - flow.offsets.mean()
    return _aside(flow, course @ fields / max(float(course @ course), 1e-12))


def _aside(flow: ReliefFlow, moved: Floats) -> Floats:
    """The part across the face of a field (2m,)."""
    return np.asarray(moved.reshape(-1, 2) @ (flow.across / np.linalg.norm(flow.across)))


def _alike(one: Floats, other: Floats) -> float:
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other / size) if size > 0 else 0.0


def _wrong(flow: ReliefFlow, space: Space) -> list[Floats]:
    known, weights = explained(flow, space), np.repeat(flow.weights, 2)
    columns, rows = ((flow.plane + GRID_HALF) / (2 * GRID_HALF) * (GRID - 1)).astype(np.float32).T
    moved = []
    for head in _wrong_heads():
        stands = cv2.remap(head, columns[None], rows[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        field = (stands.astype(np.float64)[:, None] * flow.across).ravel() * weights
        moved.append(field - known @ (known.T @ field))
    return moved


@cache
def _wrong_heads() -> tuple[NDArray[np.float32], ...]:
    """Mean heads turned in the picture or moved aside, 79 of them, as flow would resolve them."""
    axis = np.linspace(-GRID_HALF, GRID_HALF, GRID)
    x, y = np.meshgrid(axis, axis)
    box = (round(RESOLUTION * (GRID - 1) / (2 * GRID_HALF)) | 1,) * 2
    around = 2 * np.pi * np.arange(AROUND) / AROUND
    places = [(0.0, 0.0), *zip(AWAY * np.cos(around), AWAY * np.sin(around), strict=True)]
    heads = []
    for turn in 2 * np.pi * np.arange(ANGLES) / ANGLES:
        c, s = np.cos(turn), np.sin(turn)
        for aside, down in places:
            there = height(c * (x - aside) + s * (y - down), c * (y - down) - s * (x - aside))
            heads.append(cv2.blur(cv2.blur(there, box), box).astype(np.float32))
    return tuple(heads[1:])  # the first stands where a face does
