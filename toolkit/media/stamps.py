"""Times of coded pictures where the container does not stamp each with when it is shown.

Three kinds of files need it: stamps in decoding order (ASF, DHAV), stamps on
some pictures (MPEG program streams), none at all (raw streams). The order in
which pictures are shown is read from their headers (:mod:`toolkit.media.slices`).
A picture whose time cannot be told beyond doubt, because others are missing
around it, gets none: it is left out and said so, never placed by guess.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from toolkit.media.packets import Coded

# Between places that cannot be counted across: farther than any stretch of pictures.
BREAK = 10_000_000
USUAL_GROUP = 0.8
GROUPS_LEAST = 5
UNEVEN = 0.25
BREAK_STEPS, MOST_BREAKS = 1.5, 0.05

Times = list[float | None]


@dataclass(slots=True)
class Run:
    """Pictures that can be counted together: their numbers in the file, and their places in the order shown.

    ``starts``: it begins where the stream's counting starts anew. ``apart``:
    pictures may be missing between the run before and this one.
    """

    starts: bool
    apart: bool
    numbers: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every place from the first is taken."""
        return sorted(self.places) == list(range(len(self.places)))


def read_order(coded: Sequence[Coded]) -> bool:
    """Whether the headers tell the order of most pictures."""
    return sum(one.picture is not None for one in coded) > len(coded) / 2


def shown_as_stored(coded: Sequence[Coded]) -> bool:
    """Whether the headers say that pictures are shown in the order they are stored in."""
    return all(a < b for run in runs(coded, at_losses=True) for a, b in pairwise(run.orders))


def stamped_as_shown(coded: Sequence[Coded], stamps: Sequence[float], shown: Sequence[int]) -> bool:
    """Whether stamps are times of showing: then they go back where the pictures' own order does.

    ``shown`` are the numbers of the first frames in the order they came out of
    the decoder, asked where the headers do not tell the order.
    """
    if not read_order(coded):
        return all(stamps[a] < stamps[b] for a, b in pairwise(shown))
    back = [
        stamps[b] < stamps[a]
        for run in runs(coded, at_losses=True)
        for (a, first), (b, second) in pairwise(zip(run.numbers, run.orders, strict=True))
        if second < first
    ]
    return not back or sum(back) > len(back) / 2


def runs(coded: Sequence[Coded], *, at_losses: bool) -> list[Run]:
    """The runs of a clip; without readable headers pictures are shown as stored."""
    found = _in_order(coded, at_losses) if read_order(coded) else _as_stored(coded)
    steps = Counter(b - a for run in found for a, b in pairwise(sorted(run.orders)))
    step = max(1, steps.most_common(1)[0][0]) if steps else 1
    for run in found:
        low = run.orders[0] if run.starts else min(run.orders)
        run.places = [(order - low) // step for order in run.orders]
    return found


def _in_order(coded: Sequence[Coded], at_losses: bool) -> list[Run]:
    found: list[Run] = []
    taken: set[int] = set()
    unread = True
    for one in coded:
        picture = one.picture
        if picture is None:
            unread = True
            continue
        # The same count twice in a run: a start was lost between them.
        again = bool(found) and picture.order in taken
        lost = at_losses and (unread or one.follows_loss or (again and not picture.starts))
        if picture.starts or lost or not found:
            found.append(Run(starts=picture.starts, apart=lost))
            taken = set()
        taken.add(picture.order)
        found[-1].numbers.append(one.number)
        found[-1].orders.append(picture.order)
        unread = one.damaged
    return found


def _as_stored(coded: Sequence[Coded]) -> list[Run]:
    found: list[Run] = []
    for one in coded:
        if not found or coded[one.number - 1].damaged:
            found.append(Run(starts=not found, apart=bool(found)))
        found[-1].numbers.append(one.number)
        found[-1].orders.append(one.number)
    return found


def from_decoding_stamps(coded: Sequence[Coded], stamps: Sequence[float]) -> Times:
    """Times from stamps that rise in the order of decoding.

    The n-th picture shown of a whole group takes its n-th stamp. In a group with
    losses a picture is placed by its own count from the group's first, if the
    stamps run evenly and agree with that count.

    Parameters
    ----------
    stamps : sequence of float
        Seconds, one for each coded picture.
    """
    times: Times = [None] * len(coded)
    step = median(b - a for a, b in pairwise(sorted(set(stamps)))) if len(set(stamps)) > 1 else 0.04
    groups = runs(coded, at_losses=False)
    # How far the order shown may differ from the order of decoding.
    depth = max((abs(place - k) for run in groups if run.whole for k, place in enumerate(run.places)), default=0)
    for run in groups:
        own = [stamps[number] for number in run.numbers]
        counts = [(at - own[0]) / step for at in own]
        even = all(abs(count - round(count)) <= UNEVEN for count in counts)
        if run.whole and not (even and round(counts[-1]) > len(own) - 1 + depth):
            placed: Times = [sorted(own)[place] for place in run.places]
        elif even and run.starts:
            once = Counter(run.places)
            agree = [
                abs(place - round(count)) <= depth and once[place] == 1
                for place, count in zip(run.places, counts, strict=True)
            ]
            placed = [own[0] + place * step if fits else None for place, fits in zip(run.places, agree, strict=True)]
        else:
            placed = [None] * len(own)
        for number, at in zip(run.numbers, placed, strict=True):
            times[number] = at
    return times


def mark_beside_breaks(coded: Sequence[Coded], stamps: Sequence[float], *, joins: bool) -> None:
    """Distrust the picture before a break of evenly rising stamps: it may have swallowed what was lost.

    ``joins``: the container's reader joins pieces of two pictures (ASF), so that
    neither the picture after the break nor what is drawn from it can be trusted.
    """
    steps = [b - a for a, b in pairwise(stamps)]
    usual = median(steps) if steps else 0.0
    if any(step < 0 for step in steps):
        return
    after = [k + 1 for k, step in enumerate(steps) if step > BREAK_STEPS * usual]
    if len(after) > MOST_BREAKS * len(steps):
        return
    for k in after:
        coded[k - 1].drawn_wrong = True
        while joins and k < len(coded) and (k in after or not coded[k].key):
            coded[k].drawn_wrong = True
            k += 1


def from_some_stamps(coded: Sequence[Coded], stamps: Sequence[float | None]) -> Times:
    """Times where some pictures bear the time they are shown, the others none.

    Between two stamped pictures the others take even steps, if there are as many
    as the time between calls for; beyond the last stamp, as long as none is
    missing. A stamp that goes back is a fault of the container and not used.
    """
    places = _places(runs(coded, at_losses=True))
    known: list[tuple[int, float]] = []
    for place, number in sorted((place, number) for number, place in places.items()):
        at = stamps[number]
        if at is not None and (not known or at > known[-1][1]):
            known.append((place, at))
    if not known:
        return [None] * len(coded)
    near = [(a, b) for a, b in pairwise(known) if b[0] - a[0] < BREAK / 2]
    step = median((t2 - t1) / (k2 - k1) for (k1, t1), (k2, t2) in near) if near else 0.04
    times: Times = [None] * len(coded)
    for number, place in places.items():
        times[number] = _between(place, known, step)
    return times


def _places(found: Sequence[Run]) -> dict[int, int]:
    """Places through the whole clip, a jump of ``BREAK`` wherever pictures may be missing."""
    places: dict[int, int] = {}
    base = following = 0
    for run in found:
        base = following + (BREAK if run.apart else 0)
        following = base + max(max(run.places) + 1, len(run.places))
        places |= {number: base + place for number, place in zip(run.numbers, run.places, strict=True)}
    return places


def _between(place: int, known: Sequence[tuple[int, float]], step: float) -> float | None:
    after = bisect_right(known, (place, float("inf")))
    left = known[after - 1] if after else None
    right = known[after] if after < len(known) else None
    if left is not None and left[0] == place:
        return left[1]
    if left is not None and right is not None and right[0] - left[0] < BREAK / 2:
        share = (place - left[0]) / (right[0] - left[0])
        agrees = abs((right[1] - left[1]) / step - (right[0] - left[0])) <= 0.5
        return left[1] + share * (right[1] - left[1]) if agrees else None
    if left is not None and place - left[0] < BREAK / 2:
        return left[1] + (place - left[0]) * step
    if right is not None and right[0] - place < BREAK / 2:
        return right[1] - (right[0] - place) * step
    return None


def from_rate(coded: Sequence[Coded], frame_rate: float) -> Times:
    """Times by counting coded pictures from the first, as far as none is missing.

    Nothing in a stream without stamps tells how long a hole is, so whatever
    follows the first sign of one has no time. A loss of whole groups between two
    sound pictures leaves no sign.
    """
    times: Times = [None] * len(coded)
    found = runs(coded, at_losses=True)
    lengths = Counter(len(run.numbers) for run in found[:-1])
    usual, often = lengths.most_common(1)[0] if lengths else (0, 0)
    regular = len(found) > GROUPS_LEAST and often >= USUAL_GROUP * (len(found) - 1)
    base = 0
    for k, run in enumerate(found):
        if k and run.apart:
            break
        sound = len(run.places) if run.whole else _before_hole(run.places)
        for number, place in zip(run.numbers[:sound], run.places[:sound], strict=True):
            times[number] = (base + place) / frame_rate
        base += len(run.places)
        if sound < len(run.places) or (regular and len(run.numbers) < usual):
            break
    return times


def _before_hole(places: Sequence[int]) -> int:
    """How many pictures were decoded before one that lies beyond the first free place."""
    taken = set(places)
    free = next(place for place in range(len(taken) + 1) if place not in taken)
    return next((k for k, place in enumerate(places) if place > free or place < 0), len(places))
