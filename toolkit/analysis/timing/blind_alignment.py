"""Which offset lays the clock-ins upon the visits, asked without anybody's identity?

Somebody stands at the terminal when a clock-in is made, whoever it is and
whatever is held up. For every offset the clock-ins are laid upon the stretches in
which the terminal was occupied, and the offset is scored by how much better they
fall into them than clock-ins of the same hour would by chance. Names and faces
play no part: aligning clocks on recognised faces would use what is in dispute.

A best offset there always is. Whether it means anything is told by the same
search on clock-ins that cannot fit: the bursts of each day in another order, with
the gaps inside them kept, and each day turned by some minutes. Single clock-ins
moved about independently would tear the queues apart and make almost any day
look significant. Best scores of such searches follow a Gumbel law; the offset is
established where a score as high comes about by chance in at most one of a hundred.

A small p does not say that the offset is right beyond its interval, nor that a
clock was not changed in between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.special import betainc

Floats = NDArray[np.float64]

STEP_S = 1.0  # of the coarse search
SEARCH_S = 14 * 3600.0  # zones differ by as much
UNSEEN = 0.3  # share of clock-ins with nobody in view that the score allows for
EDGE_SD_S = 0.7  # of the ends of a visit, and of a hand's reach before and after
LOCAL_S = 900.0  # over which the rate of visits is taken as even
BURST_GAP_S = 60.0  # a longer gap ends a burst
TURN_S = 600.0  # each day of the null is turned by up to so much
DRAWS, ACCEPTED_P = 60, 0.01
APART_S = 60.0  # a second peak nearer than this is the same one
DAY_S = 86400.0
EULER = 0.5772156649
HEARD = 0.5  # share of a visit's weight that its beeps and flashes take: a device nearby may beep too
HEARD_NEAR_S = 1.0  # a beep so near to a visit is that visit's
EVEN = (1.0, 1.0)  # anywhere within a visit alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When the terminal was occupied, and when it was watched: seconds on the camera's clock, (n, 2) each.

    Visits are those of single presenters; where the place is never empty, the
    change from one presenter to the next is an end and a beginning. ``points``
    are beeps and flashes, (k, 2): moment and standard deviation. One within a
    visit takes half of that visit's weight, for the two are one piece of
    evidence; one outside every visit is a visit of its own.
    """

    visits: Floats
    watched: Floats
    points: Floats = field(default_factory=lambda: np.zeros((0, 2)))

    def within(self, low: float, high: float) -> Seen:
        """What is seen between two moments."""
        visits = self.visits[(self.visits[:, 1] > low) & (self.visits[:, 0] < high)]
        watched = np.clip(self.watched, low, high)
        points = self.points[(self.points[:, 0] > low) & (self.points[:, 0] < high)]
        return Seen(visits=visits, watched=watched[watched[:, 1] > watched[:, 0]], points=points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarse:
    """The best offset on the grid of a second, and what speaks for it.

    ``offset_s`` is terminal minus camera. ``p`` is the chance that clock-ins
    which fit nothing reach ``score``. ``second`` is the best score more than a
    minute away. A ratio of the two says little: with twelve clock-ins it
    reaches 1.7 where nothing fits.
    """

    offset_s: float
    score: float
    second: float
    p: float
    punches: int

    @property
    def established(self) -> bool:
        """Whether the offset may be used."""
        return self.p <= ACCEPTED_P


def coarse_offset(
    seen: Seen,
    punches_s: Floats,
    *,
    precision_s: float = 1.0,
    search_s: tuple[float, float] = (-SEARCH_S, SEARCH_S),
    seed: int = 0,
    draws: int = DRAWS,
) -> Coarse | None:
    """The offset that fits best, and how often chance does as well; None where there is nothing to compare.

    Parameters
    ----------
    seen : Seen
    punches_s : float (n,)
        Times as the terminal wrote them, in seconds on its own clock; the same
        zero as the camera's unless ``search_s`` reaches far enough.
    precision_s : float
        A clock-in lies in [t, t + precision_s).
    search_s : (lowest, highest)
        Offsets that are tried.
    seed : int
        Of the null; the same seed gives the same answer.
    """
    if not len(seen.visits) or not len(punches_s):
        return None
    gain, origin = log_gain(seen, precision_s=precision_s, step_s=STEP_S)
    curve = Search(gain, origin, search_s)
    scores = curve.scores(punches_s)
    best = int(np.argmax(scores))
    rng = np.random.default_rng(seed)
    null = np.array([curve.scores(shuffled(punches_s, rng)).max() for _ in range(draws)])
    away = np.abs(np.arange(len(scores)) - best) > APART_S / STEP_S
    return Coarse(
        offset_s=curve.offset(best), score=float(scores[best]),
        second=float(scores[away].max()) if away.any() else -math.inf,
        p=gumbel_p(float(scores[best]), null), punches=len(punches_s),
    )  # fmt: skip


def log_gain(
    seen: Seen, *, precision_s: float, step_s: float, shape: tuple[float, float] = EVEN
) -> tuple[Floats, float]:
    """For each moment of the camera's clock what a clock-in written then is worth, and the first moment.

    log(m + (1 - m) f / f0) with f the density of visits over the interval that
    a written time stands for, f0 its mean over a quarter of an hour, and m the
    share of clock-ins with nobody in view; 0 where nobody watched. ``shape``
    are the two parameters of the Beta law of where in a visit a clock-in falls,
    from its beginning (0) to its end (1).
    """
    first = float(min(seen.visits.min(), seen.watched.min() if len(seen.watched) else math.inf)) - LOCAL_S
    last = float(max(seen.visits.max(), seen.watched.max() if len(seen.watched) else -math.inf)) + LOCAL_S
    count = math.ceil((last - first) / step_s) + 1
    shares = np.where(_heard(seen).any(axis=1), 1.0 - HEARD, 1.0)
    laid = _laid(seen.visits, shares, first, count, step_s, shape)
    laid += _laid(*_points(seen), first, count, step_s, EVEN)
    density = gaussian_filter1d(laid, EDGE_SD_S / step_s, mode="constant")
    watched = _covered(seen.watched, first, count, step_s)
    width = max(1, round(precision_s / step_s))
    # The interval of a written time begins with it, and the filter looks about its middle.
    told = np.roll(uniform_filter1d(density, width, mode="constant"), -(width // 2))
    local_width = round(LOCAL_S / step_s)
    seconds = uniform_filter1d(watched, local_width, mode="constant")
    local = np.divide(
        uniform_filter1d(density * watched, local_width, mode="constant"), seconds, out=np.zeros(count),
        where=seconds > 0,
    )  # fmt: skip
    ratio = np.divide(told, local, out=np.zeros(count), where=local > 1e-12)
    return np.where(watched > 0, np.log(UNSEEN + (1 - UNSEEN) * ratio), 0.0), first


def _laid(stays: Floats, shares: Floats, first: float, count: int, step_s: float, shape: tuple[float, float]) -> Floats:
    """Each stay as a density whose whole is its share; parts of a step count in part."""
    whole = np.zeros(count)
    for (start, stop), share in zip(stays, shares, strict=True):
        low, high = (start - first) / step_s, max(stop - first, start - first + step_s) / step_s
        k, end = max(0, int(low)), min(math.ceil(high), count)
        edges = np.clip((np.arange(k, end + 1) - low) / (high - low), 0.0, 1.0)
        whole[k:end] += share * np.diff(edges if shape == EVEN else betainc(*shape, edges))
    return whole / step_s


def _heard(seen: Seen) -> NDArray[np.bool_]:
    """Which points lie in which visit: bool (visits, points)."""
    at = seen.points[None, :, 0]
    return (at >= seen.visits[:, :1] - HEARD_NEAR_S) & (at <= seen.visits[:, 1:] + HEARD_NEAR_S)


def _points(seen: Seen) -> tuple[Floats, Floats]:
    """Points as short stays of the same spread, and the share of each: half a visit's among those of the visit."""
    heard = _heard(seen)
    each = HEARD * heard / np.maximum(heard.sum(axis=1, keepdims=True), 1)
    shares = np.where(heard.any(axis=0), each.sum(axis=0), 1.0)
    half = math.sqrt(3.0) * seen.points[:, 1]
    return np.stack([seen.points[:, 0] - half, seen.points[:, 0] + half], axis=1), shares


def _covered(stretches: Floats, first: float, count: int, step_s: float) -> Floats:
    watched = np.zeros(count)
    for start, stop in stretches:
        watched[max(0, math.ceil((start - first) / step_s)) : max(0, math.floor((stop - first) / step_s) + 1)] = 1.0
    return watched


class Search:
    """Scores of all offsets of a range at once, by the Fourier transform of the gain."""

    __slots__ = ("_first", "_gain", "_high", "_length", "_low", "_origin", "_transform")

    def __init__(self, gain: Floats, origin: float, search_s: tuple[float, float]) -> None:
        self._gain, self._origin = gain, origin
        self._low, self._high = search_s
        self._length = 0
        self._transform: NDArray[np.complex128] | None = None
        self._first = 0.0

    def offset(self, place: int) -> float:
        """The offset in seconds of a place among the scores."""
        return self._low + place * STEP_S

    def scores(self, punches_s: Floats) -> Floats:
        """Sum of gains of the clock-ins for each offset from the lowest to the highest, a second apart."""
        self._first = float(punches_s.min())
        marks = np.bincount(np.round((punches_s - self._first) / STEP_S).astype(np.intp)).astype(np.float64)
        length = next_fast_len(len(self._gain) + len(marks), real=True)
        if self._transform is None or length != self._length:
            self._length, self._transform = length, rfft(self._gain, length)
        # Correlation: at lag k the first clock-in lies on the gain's place k.
        lags = irfft(self._transform * np.conj(rfft(marks, length)), length)
        wanted = np.arange(round((self._high - self._low) / STEP_S) + 1)
        places = np.round((self._first - (self._low + wanted * STEP_S) - self._origin) / STEP_S).astype(np.intp)
        inside = (places > -len(marks)) & (places < len(self._gain))
        return np.where(inside, lags[np.where(inside, places, 0) % length], 0.0)


def shuffled(punches_s: Floats, rng: np.random.Generator) -> Floats:
    """Clock-ins that fit nothing and look the same: bursts in another order, each day turned by some minutes."""
    ordered = np.sort(punches_s)
    found = []
    for day in np.unique(np.floor(ordered / DAY_S)):
        times = ordered[np.floor(ordered / DAY_S) == day]
        found.append(_other_order(times, rng) + rng.uniform(-TURN_S, TURN_S))
    return np.concatenate(found)


def _other_order(times: Floats, rng: np.random.Generator) -> Floats:
    gaps = np.diff(times)
    ends = np.flatnonzero(gaps > BURST_GAP_S)
    bursts = np.split(times, ends + 1)
    if len(bursts) < 2:
        return times
    between = rng.permutation(gaps[ends])
    at, told = float(times[0]), []
    for number, place in enumerate(rng.permutation(len(bursts))):
        burst = bursts[place] - bursts[place][0]
        told.append(at + burst)
        if number < len(between):
            at += float(burst[-1] + between[number])
    return np.concatenate(told)


def gumbel_p(score: float, null: Sequence[float] | Floats) -> float:
    """Chance that the best of a search on clock-ins that fit nothing is as high (moments of a Gumbel law)."""
    values = np.asarray(null, np.float64)
    scale = float(values.std(ddof=1)) * math.sqrt(6) / math.pi
    if scale <= 0:
        return 1.0
    place = float(values.mean()) - EULER * scale
    return -math.expm1(-math.exp(min(50.0, -(score - place) / scale)))
