"""How often FD6 speaks of logs in which everybody came in person, and of logs in which one person clocked in for more.

Weeks without pictures (toolkit.simulation.logbooks). Sections:

honest     logs with car-pools, lifts, habits, days off and second taps, by length of the log
one_kind   logs whose car-pools are all of one kind; the last two follow nearly as closely as one person with prints
crowds     logs that were stamped by a server or sent again, and crowds at the end of a shift
power      one person clocks in two to four ids each day for 5, 10 and 20 days, beside the same car-pools

``--count`` logs a cell. ``--purpose development`` may be looked at as often as one likes; ``--purpose measurement``
draws logs that nothing else uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from bench.sections import run_sections
from toolkit.analysis.leads.log_days import counted, log_days
from toolkit.analysis.leads.sequences import Tested, implausible
from toolkit.analysis.rates import rate_of
from toolkit.simulation.logbooks import Office, Pool, Ring, Stamp, honest_office, ids, punches, stamps
from toolkit.simulation.seeds import LOGBOOKS

LENGTHS = (5, 10, 20, 40)
KINDS = {
    "always together, one order, 5-20 s": (1.0, True, (5.0, 20.0)),
    "always together, any order, 5-20 s": (1.0, False, (5.0, 20.0)),
    "nine days of ten, one order, 4-14 s": (0.9, True, (4.0, 14.0)),
    "always together, one order, 4-12 s (a little closer than the bound)": (1.0, True, (4.0, 12.0)),
    "always together, one order, 4-10 s (as one person with prints)": (1.0, True, (4.0, 10.0)),
}
RING_DAYS, RING_IDS = (5, 10, 20), (2, 3, 4)


class Draws:
    """Seeds of one purpose, each used once."""

    def __init__(self, purpose: str, section: int) -> None:
        self._key, self._next = [LOGBOOKS[purpose], section], 0

    def seed(self) -> list[int]:
        """The next one."""
        self._next += 1
        return [*self._key, self._next]


def _tested(seed: list[int], office: Office) -> Tested:
    log = punches(stamps([*seed, 1], office))
    return implausible(list(log_days(counted(log))))


def honest(count: int, draws: Draws) -> Iterator[str]:
    """Nobody clocks in for anybody."""
    spoke = 0
    for days in LENGTHS:
        mine = 0
        for _ in range(count):
            seed = draws.seed()
            mine += bool(_tested(seed, honest_office(np.random.default_rng(seed), days=days)).speaking())
        spoke += mine
        yield f"honest, {days} days: speaks of {_rate(mine, count)}"
    yield f"honest, all: speaks of {_rate(spoke, count * len(LENGTHS))}"


def one_kind(count: int, draws: Draws) -> Iterator[str]:
    """Ten people of forty come in pairs, two threes and a four, all alike."""
    for name, (together, fixed, gap_s) in KINDS.items():
        for days in (10, 20):
            mine = 0
            for _ in range(count):
                seed = draws.seed()
                office = honest_office(np.random.default_rng(seed), days=days, staff=40, pooled=0.0)
                office = replace(office, pools=_alike(together, fixed, gap_s))
                mine += bool(_tested(seed, office).speaking())
            yield f"{name}, {days} days: speaks of {_rate(mine, count)}"


def _alike(together: float, fixed: bool, gap_s: tuple[float, float]) -> tuple[Pool, ...]:
    names, found = iter(ids(40)), []
    for size in (2, 2, 3, 4):
        members = tuple(next(names) for _ in range(size))
        found.append(Pool(members=members, together=together, fixed_order=fixed, gap_s=gap_s))
    return tuple(found)


def crowds(count: int, draws: Draws) -> Iterator[str]:
    """Everybody leaves at the bell; the device sends days again; a server stamps what waited, every five seconds."""
    for name, change in (("bell", _as_they_are), ("sent again", _sent_again), ("stamped by a server", _stamped)):
        mine = 0
        for _ in range(count):
            seed = draws.seed()
            office = honest_office(np.random.default_rng(seed), days=20)
            office = replace(office, bell_s=10.0) if name == "bell" else office
            log = punches(change(stamps([*seed, 1], office)))
            mine += bool(implausible(list(log_days(counted(log)))).speaking())
        yield f"{name}, 20 days: speaks of {_rate(mine, count)}"


def _as_they_are(written: Sequence[Stamp]) -> Sequence[Stamp]:
    return written


def _sent_again(written: Sequence[Stamp]) -> Sequence[Stamp]:
    """Every second day stands twice, some rows of the copy a second later."""
    copy = [one for one in written if one.at.day % 2]
    late = [replace(one, at=one.at + timedelta(seconds=k % 5 == 0)) for k, one in enumerate(copy)]
    return [*written, *late]


def _stamped(written: Sequence[Stamp]) -> Sequence[Stamp]:
    """On every second day what waited in the device is stamped from nine o'clock on, in its order."""
    waited: dict[date, int] = {}
    told = []
    for one in written:
        if one.at.day % 2 and one.at.hour < 12:
            number = waited.setdefault(one.at.date(), 0)
            waited[one.at.date()] += 1
            one = replace(one, at=one.at.replace(hour=9, minute=0, second=0) + timedelta(seconds=5 * number))
        told.append(one)
    return told


def power(count: int, draws: Draws) -> Iterator[str]:
    """One person clocks in for the others, mornings and evenings, and mornings only."""
    for evenings in (True, False):
        for size in RING_IDS:
            for days in RING_DAYS:
                told, right, other = 0, 0, 0
                for _ in range(count):
                    seed = draws.seed()
                    office = honest_office(np.random.default_rng(seed), days=days)
                    free = sorted(set(ids(office.staff)) - {who for pool in office.pools for who in pool.members})
                    ring = Ring(members=tuple(free[:size]), days=range(days), evenings=evenings)
                    found = _speaking(seed, replace(office, ring=ring))
                    told += bool(found)
                    right += any(len(set(one) & set(ring.members)) >= 2 for one in found)
                    other += any(len(set(one) & set(ring.members)) < 2 for one in found)
                when = "mornings and evenings" if evenings else "mornings only"
                yield (
                    f"{size} ids, {days} days, {when}: speaks of it {_rate(right, count)}, of others {other} of {count}"
                )


def _speaking(seed: list[int], office: Office) -> list[tuple[str, ...]]:
    logs = list(log_days(counted(punches(stamps([*seed, 1], office)))))
    return [tuple(logs[one.log].employees[k] for k in one.members) for one, _ in implausible(logs).speaking()]


def _rate(hits: int, trials: int) -> str:
    low, high = rate_of(hits, trials).interval
    return f"{hits} of {trials} = {100 * hits / trials:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


SECTIONS = {"honest": honest, "one_kind": one_kind, "power": power, "crowds": crowds}


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""

    def seeded(number: int, name: str) -> Callable[[int, str], Iterator[str]]:
        return lambda count, purpose: SECTIONS[name](count, Draws(purpose, number))

    run_sections(__doc__, {name: seeded(number, name) for number, name in enumerate(SECTIONS)}, words)


if __name__ == "__main__":
    main()
