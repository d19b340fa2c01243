"""The terminal zone: is somebody there, and from when to when?

Somebody is there where the picture differs from the empty place. The empty
place (the *plate*) is the median of frames that a person confirmed to be empty,
or of a state that recurs in several separated periods; a statistic of the whole
clip fails as soon as the place is occupied half of the time. A darkly dressed
visitor makes the camera brighten the whole scene, so every frame is fitted to
the plate by a gain and an offset per channel before it is compared, and pixels
that are only darker in the same colour are taken for shadow.

A filled zone says "something stands here", not "a person" and not "who".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.bodies.silhouettes import silhouettes
from toolkit.errors import CannotMeasure
from toolkit.records import Frame, Image, Mask, Zone

WIDTH_PX = 384  # the working width; wide enough for a body, too small for a face
STEP_S = 0.1  # ten looks a second
DIFFERENCE = 24.0  # of 255, on the channel that differs most
SHADOW_RATIO = (0.55, 0.98)
SHADOW_SPREAD = 0.10
FIT_PIXELS = 4000
FIT_ROUNDS = 3
PLATE_FRAMES = 60
PLATE_LEAST_FRAMES = 3

ON_FILL = 0.08  # a visit begins to count here
OFF_FILL = 0.03  # and has ended here; between the two the state before holds
NOISE_FACTOR = 4.0  # the zone's own restlessness while empty raises both
MOST_NOISE_FILL = 0.05  # a zone filled more than this is not empty, and its threshold would hide visits
FUSE_S = 0.5
LEAST_VISIT_S = 0.8
EDGE_SHARE = 0.5  # ends are set where the fill crosses this share of the visit's own median
EDGE_REACH_S = 1.5

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plate:
    """The empty place at working size: float32 (h, w, 3), and its restlessness.

    ``noise_fill`` is the largest filled share of the zone in the frames that
    made the plate.
    """

    image: Float
    zone: Mask
    noise_fill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What one frame shows before the terminal.

    ``fill`` share of the zone that differs from the plate, 0-1. ``foreground``
    bool (h, w). ``torso_width``, ``bodies``, ``near`` and ``tops`` as in
    :class:`~toolkit.analysis.bodies.silhouettes.Silhouettes`.
    """

    fill: float
    foreground: Mask
    torso_width: float | None
    bodies: int
    near: int
    tops: int


def zone_mask(zone: Zone, shape: tuple[int, int]) -> Mask:
    """The zone's polygon as bool (h, w) at working size."""
    mask = np.zeros(shape, np.uint8)
    scale = np.array([shape[1] / zone.image_size_px[0], shape[0] / zone.image_size_px[1]])
    corners = np.round(np.array(zone.polygon_px) * scale).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1)
    return mask.astype(bool)


def make_plate(frames: Iterable[Frame], zone: Zone) -> Plate:
    """The empty place from frames that are said to be empty.

    That nothing stands there is checked: each frame is compared with the median
    of all. Somebody who stands still through the whole stretch cannot be told
    from the place itself.

    Raises
    ------
    CannotMeasure
        ``plate_needs_frames``: fewer than three undamaged frames.
        ``zone_is_empty``: no pixel lies in the zone. ``plate_not_empty``: more
        than 5 % of the zone changes within the stretches.
    """
    sound = [(frame.media_s, frame.image) for frame in frames if frame.image is not None and not frame.corrupt]
    if len(sound) < PLATE_LEAST_FRAMES:
        raise CannotMeasure("plate_needs_frames", found=len(sound), needed=PLATE_LEAST_FRAMES)
    chosen = sound[:: max(1, len(sound) // PLATE_FRAMES)]
    times, picked = [at for at, _ in chosen], [image for _, image in chosen]
    image = np.median(np.stack(picked), axis=0).astype(np.float32)
    mask = zone_mask(zone, (image.shape[0], image.shape[1]))
    if not mask.any():
        raise CannotMeasure("zone_is_empty")
    bare = Plate(image, mask, 0.0)
    noise, at = max((_fill(foreground(one, bare), mask), at) for at, one in zip(times, picked, strict=True))
    if noise > MOST_NOISE_FILL:
        raise CannotMeasure("plate_not_empty", share=round(100 * noise), at=round(at, 1))
    return Plate(image, mask, noise)


def look(image: Image, plate: Plate) -> Presence:
    """Presence in one frame of the working size."""
    front = foreground(image, plate)
    seen = silhouettes(front, plate.zone)
    return Presence(
        fill=_fill(front, plate.zone), foreground=front, torso_width=seen.torso_width, bodies=seen.bodies,
        near=seen.near, tops=seen.tops,
    )  # fmt: skip


def foreground(image: Image, plate: Plate) -> Mask:
    """Where the frame differs from the plate by more than light and shadow, bool (h, w)."""
    shape = image.shape[:2]
    differs, total = np.zeros(shape, bool), np.zeros(shape, np.float32)
    low, high = np.full(shape, np.inf, np.float32), np.zeros(shape, np.float32)
    # Channel by channel: a maximum over a last axis of three costs several times as much.
    for channel, (gain, offset) in enumerate(fit_exposure(image, plate.image)):
        fitted = image[..., channel] * np.float32(gain) + np.float32(offset)
        empty = plate.image[..., channel]
        ratio = fitted / np.maximum(empty, np.float32(1.0))
        differs |= np.abs(fitted - empty) > DIFFERENCE
        low, high = np.minimum(low, ratio), np.maximum(high, ratio)
        total += ratio
    mean = total / 3.0
    shadow = (mean > SHADOW_RATIO[0]) & (mean < SHADOW_RATIO[1]) & (high - low < SHADOW_SPREAD)
    found = (differs & ~shadow).astype(np.uint8)
    opened = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((5, 7), np.uint8)), bool)


def fit_exposure(image: Image, plate: Float) -> list[tuple[float, float]]:
    """Gain and offset of each channel that bring the frame's still part onto the plate.

    Least squares on a grid of pixels, repeated without the worst ones, so that
    a visitor does not pull the fit.
    """
    step = max(1, int(np.sqrt(plate.shape[0] * plate.shape[1] / FIT_PIXELS)))
    seen = image[::step, ::step].reshape(-1, 3).astype(np.float32)
    wanted = plate[::step, ::step].reshape(-1, 3)
    return [_line(seen[:, channel], wanted[:, channel]) for channel in range(3)]


def _line(x: Float, y: Float) -> tuple[float, float]:
    shift = float(np.median(y - x))
    gain, offset = 1.0, shift
    for _ in range(FIT_ROUNDS):
        miss = np.abs(x * gain + offset - y)
        keep = miss <= max(8.0, 2.0 * float(np.median(miss)))
        a, b = x[keep].astype(np.float64), y[keep].astype(np.float64)
        spread = float(a.var()) if a.size else 0.0
        if spread < 25.0:  # a flat scene tells an offset, not a gain
            return 1.0, shift
        gain = float(((a - a.mean()) * (b - b.mean())).mean()) / spread
        offset = float(b.mean() - gain * a.mean())
    if not 0.5 < gain < 2.0:
        return 1.0, shift
    return gain, offset


def _fill(front: Mask, zone: Mask) -> float:
    return float(front[zone].mean())


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which the zone is occupied, in media seconds."""

    from_s: float
    to_s: float
    open_start: bool
    open_end: bool


def thresholds(noise_fill: float) -> tuple[float, float]:
    """Filled share at which a visit begins to count, and below which it has ended."""
    return max(ON_FILL, NOISE_FACTOR * noise_fill), max(OFF_FILL, 0.75 * NOISE_FACTOR * noise_fill)


def apart_s(frame_interval_s: float) -> float:
    """How far two looks may lie apart within one visit, for a clip with this time between frames.

    Half a second, over which a short dropout is fused too; two frames where
    frames come more seldom than that.
    """
    return max(FUSE_S, 2.0 * frame_interval_s + 1e-3)


def occupied(
    times: NDArray[np.float64], fills: NDArray[np.float64], noise_fill: float, *, apart: float = FUSE_S
) -> list[Stretch]:
    """Stretches in which the zone is occupied.

    Parameters
    ----------
    times, fills : float arrays, shape (n,)
        Media seconds in rising order, and the filled share of the zone.
    noise_fill : float
        Largest fill of the empty zone.
    apart : float
        Seconds between two looks beyond which nobody knows what happened: no
        stretch runs across (:func:`apart_s`).

    Returns
    -------
    list of Stretch
        With hysteresis, fused over half a second, at least 0.8 s long. Each end
        is set where the fill crosses half of the stretch's own median, which
        does not depend on how large the zone was drawn; it moves by 1.5 s at
        most. ``open_start`` and ``open_end`` say that the stretch touches the
        end of what was looked at, or a hole in it.
    """
    holes = np.flatnonzero(np.diff(times) > apart) + 1
    runs = zip(np.split(times, holes), np.split(fills, holes), strict=True)
    return [stretch for at, filled in runs for stretch in _unbroken(at, filled, *thresholds(noise_fill))]


def _unbroken(times: NDArray[np.float64], fills: NDArray[np.float64], on: float, off: float) -> list[Stretch]:
    if not len(times):
        return []
    found = []
    for first, last in _fuse(times, _hysteresis(fills, on, off)):
        edges = _edges(times, fills, first, last)
        if times[edges[1]] - times[edges[0]] < LEAST_VISIT_S:
            continue
        found.append(Stretch(float(times[edges[0]]), float(times[edges[1]]), first == 0, last == len(times) - 1))
    return found


def _hysteresis(fills: NDArray[np.float64], on: float, off: float) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start: int | None = None
    last_off = -1
    for k, fill in enumerate(fills):
        if start is None and fill >= on:
            start = last_off + 1
        if fill < off:
            if start is not None:
                pieces.append((start, k - 1))
                start = None
            last_off = k
    if start is not None:
        pieces.append((start, len(fills) - 1))
    return pieces


def _fuse(times: NDArray[np.float64], pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    fused: list[tuple[int, int]] = []
    for first, last in pieces:
        if fused and times[first] - times[fused[-1][1]] <= FUSE_S:
            fused[-1] = (fused[-1][0], last)
        else:
            fused.append((first, last))
    return fused


def _edges(times: NDArray[np.float64], fills: NDArray[np.float64], first: int, last: int) -> tuple[int, int]:
    level = EDGE_SHARE * float(np.median(fills[first : last + 1]))
    above = np.flatnonzero(fills[first : last + 1] >= level) + first
    start = int(above[0]) if times[above[0]] - times[first] <= EDGE_REACH_S else first
    end = int(above[-1]) if times[last] - times[above[-1]] <= EDGE_REACH_S else last
    return (first if first == 0 else start), (last if last == len(times) - 1 else end)
