"""When every frame of a clip is shown, read from its packets without decoding them.

Evidence times are presentation stamps (PTS), never a frame number divided by a
rate. Some containers stamp only some frames (MPEG program streams), stamp them
in decoding order (ASF, DHAV) or not at all (raw H.264); for those the order
shown is read from the pictures' headers (:mod:`toolkit.media.stamps`). A frame
is placed by the packet it was decoded from, so that one that is lost does not
shift those behind it; where a time cannot be told, the frame has none.

Runs in the limited child (:mod:`toolkit.sandbox`); see PyAV's documentation
for packets and time bases.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av.error

from toolkit.errors import ReadingError
from toolkit.media import stamps
from toolkit.media.damage import SLACK_S, gap_limit, holes, missing_in
from toolkit.media.opening import open_clip
from toolkit.media.packets import Coded, Packets, decoded, read_packets

ORDER_CHECK_FRAMES = 48
TAIL_S = 4.0
UNEVEN_STEP, UNEVEN_SHARE = 0.25, 0.02
LONGER_SHARE = 0.05
# Readers of these containers find their way again after damage by taking in bytes of what was lost.
JOINING = ("asf", "dhav")


@dataclass(slots=True)
class ClipIndex:
    """Times of all frames in the order they are shown.

    ``times_s`` are media seconds: of the frames the file holds, and of those its
    own list names though they are lost. ``by_stamp`` says whether a packet is
    known by its stamp or, where stamps are missing, by its number from the
    beginning; ``placed`` gives the time for either, ``drawn_wrong`` those that
    are damaged or need missing pictures. ``holes`` are (from, to): times of
    frames between which others are missing. ``seekable`` is False when the clip
    has to be read from its beginning; ``counted`` when only the k-th frame that
    comes out can be given the k-th time, so that reading ends at the first loss.
    ``readable`` frames are there and not damaged in a way that shows without
    decoding; ``missing`` of those the container states are not.
    """

    times_s: list[float]
    placed: dict[int, float]
    by_stamp: bool
    origin_s: float
    first_pts: int
    time_base: float
    stamped: bool
    keyframes: list[tuple[float, int]] = field(default_factory=list)
    holes: list[tuple[float, float]] = field(default_factory=list)
    drawn_wrong: frozenset[int] = frozenset()
    counted: bool = False
    readable: int = 0
    stated: int | None = None
    missing: int = 0
    oddities: list[dict[str, Any]] = field(default_factory=list)

    def note(self, code: str, **facts: Any) -> None:
        """Add something that a reader of the report must know."""
        self.oddities.append({"code": code, "facts": facts})

    @property
    def seekable(self) -> bool:
        """Whether frames can be placed after a jump."""
        return self.by_stamp and not self.counted

    @property
    def sure_after_loss(self) -> bool:
        """Whether frames can be placed after one that does not decode: it may have swallowed others."""
        return self.stamped and not self.counted

    @property
    def interval_s(self) -> float:
        """Median time between two frames."""
        steps = [b - a for a, b in pairwise(self.times_s)]
        return median(steps) if steps else 0.0

    @property
    def even(self) -> bool:
        """Whether frames come at one rate: nearly all steps are the usual one, the rest are whole numbers of it."""
        usual = self.interval_s
        steps = [(b - a) / usual for a, b in pairwise(self.times_s)] if usual else []
        odd = sum(abs(step - max(1, round(step))) > UNEVEN_STEP for step in steps)
        return odd <= UNEVEN_SHARE * len(steps) and sum(step > 1.5 for step in steps) <= LONGER_SHARE * len(steps)

    @property
    def keyframe_interval_s(self) -> float:
        """Longest time between two frames that can be decoded by themselves."""
        starts = [at for at, _ in self.keyframes] if self.seekable or not self.stamped else []
        marks = [*(starts or [0.0]), self.times_s[-1]]
        return max((b - a for a, b in pairwise(marks)), default=0.0)


def build_index(path: str, frame_rate: float | None) -> ClipIndex:
    """Read all packets and place every frame in time.

    Parameters
    ----------
    frame_rate : float, optional
        Frames per second as declared by a person; used only where the file
        holds no stamps.

    Raises
    ------
    ReadingError
        ``frame_rate_needed`` for a stream without stamps; ``video_without_frames``.
    """
    packets = read_packets(path)
    if not packets.coded:
        raise ReadingError("video_without_frames", file=Path(path).name)
    index, times = _placed(path, packets, frame_rate)
    if packets.coded[-1].cut or packets.broke_off:
        _cut_lost_tail(path, index, packets.coded, times)
    _tell_damage(index, packets, times)
    return index


def _placed(path: str, packets: Packets, frame_rate: float | None) -> tuple[ClipIndex, stamps.Times]:
    coded, base = packets.coded, packets.time_base
    shown = _first_frames(path, 1 if stamps.read_order(coded) else ORDER_CHECK_FRAMES)
    if not shown:
        raise ReadingError("video_without_frames", file=Path(path).name)
    reordered = not (stamps.shown_as_stored(coded) if stamps.read_order(coded) else shown == sorted(shown))
    own = [None if one.pts is None else one.pts * base for one in coded]
    decoding = [one.pts * base for one in coded if one.pts is not None]
    if not decoding:
        decoding = [one.dts * base for one in coded if one.dts is not None]
    if packets.container in JOINING and len(decoding) == len(coded):
        stamps.mark_beside_breaks(coded, decoding, joins=packets.container == "asf")
    if len(decoding) < len(coded) and any(at is not None for at in own):
        times = stamps.from_some_stamps(coded, own)
        notes: dict[str, dict[str, Any]] = {
            "stamps_filled": {"frames": len(coded), "filled": sum(at is None for at in own)}
        }
    elif len(decoding) < len(coded):
        if frame_rate is None:
            raise ReadingError("frame_rate_needed", file=Path(path).name)
        times = stamps.from_rate(coded, frame_rate)
        notes = {"stamps_declared": {"frame_rate": frame_rate}}
    elif stamps.stamped_as_shown(coded, decoding, shown):
        times = [*decoding]
        return _index(path, packets, shown, times, {}, counted=False), times
    else:
        times = stamps.from_decoding_stamps(coded, decoding)
        notes = {"stamps_in_decoding_order": {}}
    counted = reordered and not stamps.read_order(coded)
    if counted:
        notes["placed_by_count"] = {}
    return _index(path, packets, shown, times, notes, counted=counted), times


def _index(
    path: str,
    packets: Packets,
    shown: Sequence[int],
    times: stamps.Times,
    notes: dict[str, dict[str, Any]],
    *,
    counted: bool,
) -> ClipIndex:
    coded, base = packets.coded, packets.time_base
    times[:] = [at if one.numbered else None for one, at in zip(coded, times, strict=True)]
    origin = next((times[number] for number in shown if times[number] is not None), None)
    if origin is None:
        raise ReadingError("video_without_frames", file=Path(path).name)
    stamped = any(one.pts is not None or one.dts is not None for one in coded)
    # A packet is known by its stamp if no other has the same and the reader will see the same.
    by_stamp = not counted and all(one.read_pts is not None and one.read_pts == one.pts for one in coded)
    by_stamp = by_stamp and len({one.pts for one in coded}) == len(coded)
    placed: dict[int, float] = {}
    drawn_wrong: set[int] = set()
    for one, at in zip(coded, times, strict=True):
        name = one.pts if by_stamp else one.number
        if at is not None and at >= origin - SLACK_S and name is not None:
            placed[name] = round(at - origin, 6)
        if one.drawn_wrong and name is not None:
            drawn_wrong.add(name)
    listed = {round(count * base - origin, 6) for count in packets.listed} if not counted else set()
    keys = [(at - origin, one.pts) for one, at in zip(coded, times, strict=True) if one.key and at is not None]
    return ClipIndex(
        times_s=sorted({*placed.values(), *(at for at in listed if at >= 0)}),
        placed=placed,
        by_stamp=by_stamp,
        origin_s=origin,
        first_pts=round(origin / base) if stamped else 0,
        time_base=base,
        stamped=stamped,
        keyframes=sorted((round(at, 6), pts or 0) for at, pts in keys if at >= -SLACK_S),
        drawn_wrong=frozenset(drawn_wrong),
        counted=counted,
        stated=packets.stated,
        oddities=[{"code": code, "facts": facts} for code, facts in notes.items()],
    )


def _cut_lost_tail(path: str, index: ClipIndex, coded: Sequence[Coded], times: stamps.Times) -> None:
    """Leave out frames at the end of a cut file whose data it lists but does not hold whole."""
    index.note("ends_in_error")
    starts = [key for key in index.keyframes if key[0] <= index.times_s[-1] - TAIL_S]
    if not index.seekable:
        return  # counted as lost when the clip is read
    container, stream = open_clip(path)
    with container:
        if starts:
            with contextlib.suppress(av.error.FFmpegError):  # from the beginning then
                container.seek(starts[-1][1], stream=stream, backward=True)
        found = [index.placed[pts] for _, pts, _ in decoded(container, stream, lambda: None) if pts in index.placed]
    last = max(found, default=None)
    if last is None:
        return
    index.times_s = [at for at in index.times_s if at <= last]
    index.keyframes = [key for key in index.keyframes if key[0] <= last]
    for one in coded:
        if one.pts is not None and index.placed.get(one.pts, 0.0) > last:
            del index.placed[one.pts]
            times[one.number] = None
            one.beyond_end = True


def _tell_damage(index: ClipIndex, packets: Packets, times: stamps.Times) -> None:
    """Holes of the index, and notes of what is missing or cannot be read."""
    origin = index.origin_s
    there = [
        one
        for one in packets.coded
        if not one.beyond_end and ((at := times[one.number]) is None or at >= origin - SLACK_S)
    ]
    by_packet = [None if (at := times[one.number]) is None else round(at - origin, 6) for one in there]
    index.readable = sum(at is not None and not one.damaged for one, at in zip(there, by_packet, strict=True))
    if index.stamped:
        index.holes = holes(index.times_s, index.interval_s, index.even, by_packet)
    bad = [at for one, at in zip(there, by_packet, strict=True) if one.damaged and at is not None]
    if bad:
        index.note("packets_damaged", frames=len(bad), from_s=round(min(bad), 3), to_s=round(max(bad), 3))
    limit = gap_limit(index.interval_s)
    short = [hole for hole in index.holes if hole[1] - hole[0] <= limit]
    if short:
        count = sum(missing_in(hole, index.interval_s) for hole in short)
        index.note("frames_absent", frames=count, from_s=round(short[0][0], 3), to_s=round(short[-1][1], 3))
    unplaced = sum(at is None for at in by_packet)
    if unplaced and all(at is None for at in by_packet[-unplaced:]):
        index.note("placed_until_loss", frames=unplaced, at_s=round(index.times_s[-1], 3))
    elif unplaced:
        index.note("frames_not_placed", frames=unplaced)
    # What the container states is compared with what it holds, pictures before an edit's start included.
    missing = (packets.stated or 0) - sum(not one.damaged and not one.beyond_end for one in packets.coded)
    index.missing = max(0, missing)


def _first_frames(path: str, count: int) -> list[int]:
    """Packet numbers of the first frames that come out of the decoder, in the order shown."""
    container, stream = open_clip(path)
    with container:
        return [number for number, _, _ in islice(decoded(container, stream, lambda: None), count)]
