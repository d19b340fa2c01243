"""A sheet in hands in one picture, without the empty place: two straight sides beside a face, a hand at each.

What stands or hangs behind somebody has straight sides too, and nothing tells
it from a sheet but the empty place, which a single picture does not show. Hands
do: asked for are a straight side to the left and to the right of a face, nearly
parallel, and at each of them a patch of the colour of hands, no larger than a
hand, that ends where the side runs. That is much to ask, and much is missed.
Nothing is asserted from it: a phone, a tablet and a framed photograph are held
as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.faces.crops import FACE_WIDTH_M, middle_px, width_px
from toolkit.analysis.sheets.grips import Hands, skin_in
from toolkit.analysis.sheets.held_around import Flank, HeldAround, Side
from toolkit.analysis.sheets.outlines import segments_in
from toolkit.analysis.sheets.steps import Gradient, gradient_of, seen_along
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image, Mask

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHOWN_AS_PX = 128.0  # width of a face as its surroundings are looked at: larger ones are reduced, none is enlarged
LEAST_FACE_PX = 48.0
REACH = 2.7  # in face widths from its middle: where sides are looked for
# Below: in face widths unless they end in _M (metres, where the face is .145 m wide) or _DEG.
LEAST_LENGTH, LEAST_BESIDE, BESIDE = 0.38, 0.30, 1.2
UPRIGHT_DEG, PARALLEL_DEG = 30.0, 15.0
CLEAR_OF_FACE, FARTHEST = 0.25, 1.6  # the outline of a head runs some .2 to .3 beside the eyes
MOST_SIDES = 8  # straight edges to one side of a face; among more (curtains, shelves) none is told as a sheet's
# How far down the face (in widths from its middle) a side must be seen, and on which share; hands count as seen.
# Whoever stands before a door or a curtain covers its side from the shoulders on; a sheet has its side there.
SEEN = ((-1.2, 1.2, 0.55), (-0.4, 0.4, 0.80), (0.4, 0.8, 0.50))
TOUCH_M = (0.003, 0.012)  # how near to the side a hand must come
HAND_M, RUN_M, LEAST_DEEP_M = 0.195, (0.014, 0.15), 0.012
MOST_HUE_DEG = 66.0  # of a patch at its middle: curtains, wood and gilding are yellower than hands
FILLED = 0.5  # of the strip along a run that is of the colour of hands, and of the run where the side is told from it
HAND_BESIDE = 1.6
PARTS = 48  # of a line, whose states are told
AT_BORDER = 0.35  # so near to the picture's border, or beyond a corner, a side is still looked for
CROSSING, CROSSING_BEYOND = 0.5, 0.25  # share of the way between the sides, and how far beyond the five points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _View:
    """The surroundings of a face as they are looked at; ``scale`` of the picture's pixels, ``corner`` in the view's."""

    image: Image
    marks: Floats
    width: float
    scale: float
    corner: Floats
    size: Floats  # of the whole picture, in the view's pixels

    @property
    def px_per_m(self) -> float:
        return self.width / FACE_WIDTH_M

    @property
    def down(self) -> Floats:
        way = self.marks[3:].mean(axis=0) - self.marks[:2].mean(axis=0)
        return np.asarray(way / max(float(np.linalg.norm(way)), 1e-9))

    @property
    def middle(self) -> Floats:
        return np.asarray(self.marks.mean(axis=0))


def held_around(picture: Image, face: Face) -> HeldAround | None:
    """The two sides of what is held around a face, the best seen pair; None where there is none.

    Parameters
    ----------
    picture : uint8 (h, w, 3) RGB
        Reduced to faces of 128 px where it is larger: sides are long, and a texture is not looked at.
    face : Face
        In the picture's pixels.

    Raises
    ------
    CannotMeasure
        ``flanks_face_small``: under 48 px wide. ``sheet_no_colour``: hands cannot be told.

    Notes
    -----
    A pair does not prove a print: phones, tablets, framed photographs and doors
    with hands on both jambs have two sides and two hands. None proves nothing.
    """
    if width_px(face) < LEAST_FACE_PX:
        raise CannotMeasure("flanks_face_small", found=f"{width_px(face):.0f}", least=f"{LEAST_FACE_PX:g}")
    view = _view(picture, face)
    every = np.ones(view.image.shape[:2], bool)
    hands = skin_in(view.image, every)
    if not hands.has_colour:
        raise CannotMeasure("sheet_no_colour")
    gradient = gradient_of(view.image, every)
    nothing = Gradient(np.zeros_like(gradient.across), np.zeros_like(gradient.down))
    lines = segments_in(view.image, every, nothing, view.px_per_m)
    beside = {side: _beside(lines, view, side) for side in ("left", "right")}
    if not all(0 < len(found) <= MOST_SIDES for found in beside.values()):
        return None
    left, right = (
        [one for line in beside[side] if (one := _flank(line, side, view, gradient, hands)) is not None]
        for side in ("left", "right")
    )
    pairs = [(a, b) for a in left for b in right if _parallel(a.line_px, b.line_px)]
    if not pairs:
        return None
    one, other = max(pairs, key=lambda pair: pair[0].seen + pair[1].seen)
    crossing = _crossing(lines, (one, other), view)
    return HeldAround(left=_placed(one, view), right=_placed(other, view), crossing=crossing)


def _view(picture: Image, face: Face) -> _View:
    wide, middle = width_px(face), middle_px(face)
    left, top = np.maximum(0, np.floor(middle - REACH * wide)).astype(int).tolist()
    right, bottom = np.ceil(middle + REACH * wide).astype(int).tolist()
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    scale = min(1.0, SHOWN_AS_PX / wide)
    if scale < 1.0:
        part = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    marks = (np.asarray(face.landmarks_px, np.float64) - [left, top] + 0.5) * scale - 0.5
    return _View(
        image=part, marks=marks, width=wide * scale, scale=scale, corner=np.array([left, top]) * scale,
        size=np.array(picture.shape[1::-1]) * scale,
    )  # fmt: skip


def _beside(lines: Floats, view: _View, side: Side) -> list[Floats]:
    """Segments along the face to one side of it, each running down it."""
    kept = []
    for line in lines:
        start, stop = line[:2], line[2:]
        if (stop - start) @ view.down < 0:
            start, stop = stop, start
        length = float(np.linalg.norm(stop - start))
        way = (stop - start) / max(length, 1e-9)
        if length < LEAST_LENGTH * view.width or way @ view.down < np.cos(np.deg2rad(UPRIGHT_DEG)):
            continue
        away = (view.marks - start) @ _outwards(way, side)
        along = (np.stack([start, stop]) - view.middle) @ view.down / view.width
        reach = min(along[1], BESIDE) - max(along[0], -BESIDE)
        if away.max() < -CLEAR_OF_FACE * view.width and away.mean() > -FARTHEST * view.width and reach >= LEAST_BESIDE:
            kept.append(np.concatenate([start, stop]))
    return kept


def _outwards(way: Floats, side: Side) -> Floats:
    """Normal of a line that runs down the face, away from it."""
    normal = np.array([way[1], -way[0]])  # to the picture's right of what runs down
    return normal if side == "right" else -normal


def _flank(line: Floats, side: Side, view: _View, gradient: Gradient, hands: Hands) -> Flank | None:
    """A side with a hand at it, in the view's pixels; None without one, or where too little of it is seen."""
    whole = _through(line, view.image.shape[:2])
    samples = max(8, round(float(np.linalg.norm(whole[2:] - whole[:2]))))
    seen = seen_along(gradient, whole[None], samples)[0]
    held = list(_hands(whole, seen, side, view, hands))
    hidden = np.zeros(samples, bool)
    for first, last in held:
        hidden[first:last] = True
    told = seen | hidden
    shares = _shares(whole, told, view)
    if not held or any(share < least for share, (_, _, least) in zip(shares, SEEN, strict=True)):
        return None
    return Flank(side=side, line_px=whole, seen=shares[0], along=_along(seen, hidden),
                 borders=_borders(whole, told, view))  # fmt: skip


def _along(seen: Bools, hidden: Bools) -> str:
    """Equal parts of a line by what most of each part is."""
    states = np.where(hidden, "h", np.where(seen, "s", "m"))
    parts = np.array_split(states, min(PARTS, len(states)))
    return "".join(max("hsm", key=lambda state: int((part == state).sum())) for part in parts)


def _shares(whole: Floats, seen: Bools, view: _View) -> list[float]:
    """Share of the line that is seen in each of the bands; 1 where a band lies outside the picture."""
    at = whole[:2] + (np.arange(len(seen)) + 0.5)[:, None] / len(seen) * (whole[2:] - whole[:2])
    down = (at - view.middle) @ view.down / view.width
    bands = [(down >= first) & (down < last) for first, last, _ in SEEN]
    return [float(seen[band].mean()) if band.any() else 1.0 for band in bands]


def _through(line: Floats, shape: tuple[int, int]) -> Floats:
    """The line prolonged to the edges of the view."""
    way = line[2:] - line[:2]
    limit = np.array(shape[::-1], np.float64) - 1
    spans = [np.sort((np.array([0.0, limit[k]]) - line[k]) / way[k]) for k in range(2) if abs(way[k]) > 1e-9]
    first, last = max(one[0] for one in spans), min(one[1] for one in spans)
    return np.concatenate([line[:2] + first * way, line[:2] + last * way])


def _hands(whole: Floats, seen: Bools, side: Side, view: _View, hands: Hands) -> Iterator[tuple[int, int]]:
    """Runs of places along the line (first, past the last) at which a patch no larger than a hand ends."""
    skin = hands.skin
    way = whole[2:] - whole[:2]
    length = float(np.linalg.norm(way))
    way = way / length
    rows, columns = np.mgrid[0 : skin.shape[0], 0 : skin.shape[1]]
    x, y = columns - whole[0], rows - whole[1]
    outwards = _outwards(way, side)
    away = (x * outwards[0] + y * outwards[1]) / view.px_per_m
    along = (x * way[0] + y * way[1]) / view.px_per_m
    beyond = skin & (away > TOUCH_M[0])
    strip = beyond & (away < TOUCH_M[1])
    _, labels = cv2.connectedComponents(beyond.astype(np.uint8), connectivity=4)
    inner = _inside(whole, -outwards * max(3.0, TOUCH_M[1] * view.px_per_m), skin, len(seen))
    for label in np.unique(labels[strip]):
        patch = labels == label
        touching = along[patch & strip]
        low, high = float(touching.min()), float(touching.max())
        middle = whole[:2] + (low + high) / 2 * view.px_per_m * way
        area = max((high - low) * (TOUCH_M[1] - TOUCH_M[0]) * view.px_per_m**2, 1.0)
        first, last = (max(0, int(v * view.px_per_m / length * len(seen))) for v in (low, high))
        told = (seen | ~inner)[first:last]
        if (
            RUN_M[0] <= high - low <= RUN_M[1]
            and np.ptp(along[patch]) <= HAND_M
            and (away[patch].max() >= LEAST_DEEP_M or _cut_off(patch))
            and touching.size / area >= FILLED
            and told.size
            and told.mean() >= FILLED
            and np.median(hands.hue_deg[patch & strip]) <= MOST_HUE_DEG
            and abs((middle - view.middle) @ view.down) <= HAND_BESIDE * view.width
        ):
            yield first, last


def _inside(whole: Floats, shift: Floats, skin: Mask, samples: int) -> Bools:
    """Whether the places just within the side are of the colour of hands, bool (samples,)."""
    share = (np.arange(samples) + 0.5)[:, None] / samples
    at = np.round(whole[:2] + share * (whole[2:] - whole[:2]) + shift).astype(int)
    inside = ((at >= 0) & (at < skin.shape[::-1])).all(axis=1)
    x, y = np.clip(at, 0, np.array(skin.shape[::-1]) - 1).T
    return np.asarray(skin[y, x] & inside, np.bool_)


def _cut_off(patch: Mask) -> bool:
    return bool(patch[0].any() or patch[-1].any() or patch[:, 0].any() or patch[:, -1].any())


def _borders(whole: Floats, seen: Bools, view: _View) -> tuple[str, ...]:
    """Borders of the whole picture at which this line ends and shortly before which it is still seen."""
    step = float(np.linalg.norm(whole[2:] - whole[:2])) / len(seen)
    near = max(1, round(AT_BORDER * view.width / step))
    found = []
    for end, part in ((whole[:2], seen[:near]), (whole[2:], seen[-near:])):
        place = end + view.corner
        limits = {
            "left": place[0],
            "top": place[1],
            "right": view.size[0] - place[0],
            "bottom": view.size[1] - place[1],
        }
        border = min(limits, key=lambda name: limits[name])
        if limits[border] <= 2.0 and part.any():
            found.append(border)
    return tuple(found)


def _parallel(one: Floats, other: Floats) -> bool:
    a, b = one[2:] - one[:2], other[2:] - other[:2]
    return bool(a @ b >= np.cos(np.deg2rad(PARALLEL_DEG)) * np.linalg.norm(a) * np.linalg.norm(b))


def _crossing(lines: Floats, flanks: Sequence[Flank], view: _View) -> tuple[str, ...]:
    """Which of the upper and the lower side are seen, from one of the two flanks to the other and ending both."""
    across = np.array([view.down[1], -view.down[0]])
    gap = float((flanks[1].line_px - flanks[0].line_px).reshape(2, 2).mean(axis=0) @ across)
    along = (view.marks - view.middle) @ view.down
    found = set()
    for line in lines:
        ends = line.reshape(2, 2)
        way = ends[1] - ends[0]
        height = float((ends.mean(axis=0) - view.middle) @ view.down)
        long = abs(float(way @ across)) >= max(CROSSING * gap, np.cos(np.deg2rad(UPRIGHT_DEG)) * np.linalg.norm(way))
        between = all(abs(float(_away(flank, ends.mean(axis=0)))) < gap for flank in flanks)
        if long and between and all(_ends_at(flank, ends, height < 0, view) for flank in flanks):
            if height < along.min() - CROSSING_BEYOND * view.width:
                found.add("top")
            elif height > along.max() + CROSSING_BEYOND * view.width:
                found.add("bottom")
    return tuple(sorted(found))


def _ends_at(flank: Flank, ends: Floats, above: bool, view: _View) -> bool:
    """Whether a side is not seen beyond the line that crosses it: the rim of a print has lines of its own."""
    way, across = flank.line_px[2:] - flank.line_px[:2], ends[1] - ends[0]
    turn = way[0] * across[1] - way[1] * across[0]
    start = ends[0] - flank.line_px[:2]
    share = float((start[0] * across[1] - start[1] * across[0]) / turn) if abs(turn) > 1e-9 else np.inf
    step = float(np.linalg.norm(way)) / len(flank.along)
    near = max(1, round(AT_BORDER * view.width / step))
    place = round(float(np.clip(share, -1, 2)) * len(flank.along))
    beyond = flank.along[max(0, place - 1 - near) : max(0, place - 1)] if above else flank.along[place + 1 :][:near]
    return beyond.count("s") < max(1, len(beyond) / 2)


def _away(flank: Flank, place: Floats) -> float:
    way = flank.line_px[2:] - flank.line_px[:2]
    return float((place - flank.line_px[:2]) @ _outwards(way / np.linalg.norm(way), flank.side))


def _placed(flank: Flank, view: _View) -> Flank:
    """The same in the whole picture's own pixels."""
    line = (flank.line_px + np.tile(view.corner, 2) + 0.5) / view.scale - 0.5
    return Flank(side=flank.side, line_px=line, seen=flank.seen, along=flank.along, borders=flank.borders)
