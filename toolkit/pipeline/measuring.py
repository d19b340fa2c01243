"""One piece of footage measured, and the pieces of one stretch joined again.

A stretch to be decoded is cut into pieces of work of at most ten minutes, so
that an interrupted scan goes on halfway and no piece holds much in memory. Each
piece takes over where the one before it stopped: its last look, the corners it
followed, its lineage. The joined result is the same wherever the cuts fall.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis import coverage, presence
from toolkit.analysis.bodies.lineage import COLUMNS, LineageTracker
from toolkit.analysis.coverage import Stretches
from toolkit.analysis.presence import Plate
from toolkit.analysis.presenters import handovers
from toolkit.media.damage import Tally
from toolkit.media.frames import read_frames
from toolkit.records import Zone

PIECE_S = 600.0
BETWEEN_FRAMES_S = 5e-7  # stamps are whole microseconds: no frame lies on a cut
SLACK_S = 1e-4  # frames this near to the end of what is asked for are sent too
LOOKS = ("pts", "media_s", "fill", "torso_width", "bodies", "near", "tops")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One piece of work: a part of a stretch of a clip to decode and measure.

    ``begin_s`` is where the whole stretch begins; ``apart_s`` how far two looks
    may lie apart within one visit. ``state`` and ``sent_s`` are what the piece
    before left: its tracker, and the time of the last frame that it was sent.
    """

    exhibit_id: str
    path: str
    from_s: float
    to_s: float
    begin_s: float
    apart_s: float
    frame_rate: float | None
    zone: Zone
    state: str | None = None
    sent_s: float | None = None


def pieces(start: float, stop: float, longest_s: float = PIECE_S) -> list[tuple[float, float]]:
    """A stretch cut into equal pieces of at most this length, so that every frame lies in just one of them."""
    count = max(1, math.ceil((stop - start) / longest_s))
    cuts = [round(start + k * (stop - start) / count, 6) + BETWEEN_FRAMES_S for k in range(1, count)]
    return list(zip([start, *(cut + SLACK_S for cut in cuts)], [*(cut - SLACK_S for cut in cuts), stop], strict=True))


def measure(item: Span, plate: Plate, advance: Callable[[float], None] | None = None) -> Row:
    """Occupancy and lineage of one piece, as JSON values.

    Returns
    -------
    dict
        ``occupancy`` and ``pairs``, lists by column; ``tally`` of the frames
        that were left out; the ``lost_spans`` that the decoder lists; ``state``
        and ``sent_s`` for the next piece. Damaged frames are counted and left
        out.
    """
    tracker = LineageTracker.resumed(plate.zone, item.apart_s, item.state)
    _, off = presence.thresholds(plate.noise_fill)
    looks: dict[str, list[Any]] = {name: [] for name in LOOKS}
    # Beginning at the last frame sent keeps the rhythm of the looks; that frame itself was looked at before.
    sent_s = -1e9 if item.sent_s is None else item.sent_s
    start = sent_s if item.from_s - sent_s < presence.STEP_S else item.from_s
    with read_frames(
        Path(item.path),
        [(start, item.to_s)],
        frame_rate=item.frame_rate,
        width_px=presence.WIDTH_PX,
        every_s=presence.STEP_S,
    ) as frames:
        before = item.from_s
        for frame in frames:
            if frame.media_s <= sent_s:
                continue
            if advance is not None:
                advance(frame.media_s - before)
            before = sent_s = frame.media_s
            if frame.corrupt or frame.image is None:
                continue
            seen = presence.look(frame.image, plate)
            tracker.follow(frame.media_s, frame.image, seen.foreground, there=seen.fill >= off)
            width = None if seen.torso_width is None else round(seen.torso_width, 4)
            values = (frame.pts, frame.media_s, round(seen.fill, 5), width, seen.bodies, seen.near, seen.tops)
            for name, value in zip(LOOKS, values, strict=True):
                looks[name].append(value)
        tally = frames.tally
    return {
        "occupancy": looks,
        "pairs": tracker.pairs,
        "tally": _without_repeats(item, start, tally),
        "lost_spans": [list(span) for span in tally.lost_spans],
        "state": tracker.state(),
        "sent_s": sent_s,
    }


def _without_repeats(item: Span, start: float, tally: Tally) -> dict[str, int]:
    """The tally without the frames between the last one sent and the cut, which the piece before counted."""
    counted = {"corrupt": tally.corrupt, "lost": tally.lost}
    if start >= item.from_s or not any(counted.values()):
        return counted
    span = (start, item.from_s - 2 * SLACK_S)
    with read_frames(Path(item.path), [span], frame_rate=item.frame_rate, width_px=16) as again:
        for _ in again:
            pass
        repeated = again.tally
    return {
        "corrupt": max(0, tally.corrupt - repeated.corrupt),
        "lost": max(0, tally.lost - repeated.lost),
    }


def compact(result: Row) -> Row:
    """A result of :func:`measure` whose many rows are tables, which take a tenth of the memory."""
    looks = pd.DataFrame(result["occupancy"], columns=list(LOOKS)).astype({"torso_width": float})
    return {**result, "occupancy": looks, "pairs": pd.DataFrame(result["pairs"], columns=list(COLUMNS))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What one whole stretch of a clip shows.

    ``occupancy`` has the columns of that table without the exhibit;
    ``stretches`` in which the zone is occupied, and ``visits``, the same parted
    where one body plainly gave way to another: dictionaries with ``from_s``,
    ``to_s``, ``open_start``, ``open_end`` and ``pairs`` (rows of table
    ``lineage`` without the visit). ``unlooked`` are the stretches in which
    nothing could be looked at.
    """

    occupancy: pd.DataFrame
    stretches: list[Row]
    visits: list[Row]
    unlooked: Stretches
    damaged: int
    lost: int


def join(results: Sequence[Row], from_s: float, to_s: float, apart_s: float, noise_fill: float) -> Joined:
    """Join the pieces of one stretch (:func:`compact`) in their order: looks, visits, lineage and what was lost."""
    told = coverage.united((a, b) for one in results for a, b in one["lost_spans"])
    occupancy = _sound(_table([one["occupancy"] for one in results], LOOKS), told)
    pairs = _table([one["pairs"] for one in results], COLUMNS)
    times, fills = occupancy["media_s"].to_numpy(float), occupancy["fill"].to_numpy(float)
    stretches = [
        {**asdict(one), "pairs": _inside(pairs, one.from_s, one.to_s)}
        for one in presence.occupied(times, fills, noise_fill, apart=apart_s)
    ]
    return Joined(
        occupancy=occupancy,
        stretches=stretches,
        visits=[part for stretch in stretches for part in _parts(stretch)],
        unlooked=_unlooked(told, times, from_s, to_s, apart_s),
        damaged=sum(one["tally"]["corrupt"] for one in results),
        lost=sum(one["tally"]["lost"] for one in results),
    )


def _table(parts: Sequence[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(columns), dtype=float)


def _sound(occupancy: pd.DataFrame, lost: Stretches) -> pd.DataFrame:
    """Looks without those inside a stretch that the decoder lists as lost: what it showed there is made up."""
    times = occupancy["media_s"].to_numpy(float)
    inside = np.zeros(len(times), bool)
    for start, stop in lost:
        inside |= (times > start) & (times < stop)
    return occupancy[~inside].reset_index(drop=True)


def _unlooked(told: Stretches, times: np.ndarray[Any, Any], from_s: float, to_s: float, apart_s: float) -> Stretches:
    """Holes between looks, what the decoder says was lost, and looks between holes too short to show a visit."""
    holes = coverage.united((*coverage.unlooked(list(times), from_s, to_s, apart_s), *told))
    seen = coverage.without([(from_s, to_s)], holes)
    short = [(a, b) for a, b in seen if b - a < presence.LEAST_VISIT_S and a > from_s and b < to_s]
    return coverage.within(coverage.united((*holes, *short)), from_s, to_s)


def _parts(stretch: Row) -> list[Row]:
    """One stretch, or its pieces where one body plainly gave way to another."""
    start, stop, pairs = stretch["from_s"], stretch["to_s"], stretch["pairs"]
    return [
        {
            "from_s": a,
            "to_s": b,
            "open_start": stretch["open_start"] and a == start,
            "open_end": stretch["open_end"] and b == stop,
            "pairs": _inside(pairs, a, b),
        }
        for a, b in pairwise([start, *handovers(pairs, start, stop), stop])
    ]


def _inside(pairs: pd.DataFrame, start: float, stop: float) -> pd.DataFrame:
    return pairs[(pairs["from_s"] >= start) & (pairs["to_s"] <= stop)].reset_index(drop=True)
