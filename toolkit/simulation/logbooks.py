"""Weeks at one terminal without pictures: staff with habits, car-pools and queues, and one who holds up prints.

What a log of clock-ins looks like when everybody comes in person: each has a
shift, a usual time, a spread and weekdays of their own; some come together and
in one order; lifts and the end of a shift bring many at once, who then wait for
one another; some press twice, some go out for lunch, days off are taken. Beside
it the same log in which one of them clocks in for colleagues who do not come.
How people come together is drawn, not measured: no public log tells it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from toolkit import tables

MONDAY = date(2026, 3, 2)
SHIFTS_S = {"early": (7.0 * 3600, 15.5 * 3600), "office": (8.5 * 3600, 17.5 * 3600), "late": (13 * 3600, 21.5 * 3600)}
ON_SHIFT = (0.2, 0.7, 0.1)
SERVED_S = (2.5, 5.5)  # of one person at the terminal
LIFT_EVERY_S = 45.0
RING_GAP_S = (4.0, 10.0)

Chain = tuple[tuple[str, float], ...]  # ids in order, each with the seconds since the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """People who come together: on what share of days, in one order or any, and how long one follows the other.

    ``gap_s``: a uniform law of the seconds between two of them.
    """

    members: tuple[str, ...]
    together: float
    fixed_order: bool
    gap_s: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One person who clocks in first for themselves, then for the others, who never come; on these days of the log.

    ``evenings``: also at the end of the shift.
    """

    members: tuple[str, ...]
    days: range
    gap_s: tuple[float, float] = RING_GAP_S
    evenings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who works there and how; what a log is drawn from.

    ``off`` the share of days taken off, ``bell_s`` within how many seconds of
    the end of a shift people leave.
    """

    staff: int = 40
    days: int = 20
    pools: tuple[Pool, ...] = ()
    ring: Ring | None = None
    lift: bool = False
    lunch: bool = False
    again: float = 0.03
    off: float = 0.06
    bell_s: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One row that the terminal wrote."""

    employee_id: str
    at: datetime


@dataclass(slots=True)
class _Person:
    shift: str
    early_s: float
    spread_s: float
    weekday_s: tuple[float, ...]
    linger_s: float
    away: frozenset[int] = field(default_factory=frozenset)


def ids(count: int) -> tuple[str, ...]:
    """Employee ids, 1001 upwards."""
    return tuple(str(1001 + k) for k in range(count))


def honest_office(rng: np.random.Generator, *, days: int, staff: int | None = None, pooled: float = 0.3) -> Office:
    """An office in which nobody clocks in for anybody; up to a share ``pooled`` of its staff come in car-pools.

    Among the pools are some that always come together, in one order, and some that follow each other briskly.
    """
    count = int(rng.integers(20, 61)) if staff is None else staff
    return Office(
        staff=count,
        days=days,
        pools=_pools(rng, count, pooled),
        lift=bool(rng.random() < 0.5),
        lunch=bool(rng.random() < 0.5),
        bell_s=float(rng.choice([90.0, 300.0, 900.0])),
    )


def _pools(rng: np.random.Generator, count: int, pooled: float) -> tuple[Pool, ...]:
    free = list(rng.permutation(np.array(ids(count))))
    found: list[Pool] = []
    left = int(rng.uniform(0.5, 1.0) * pooled * count)
    while left >= 2:
        size = min(int(rng.choice([2, 2, 2, 3, 4])), left)
        members = tuple(str(free.pop()) for _ in range(size))
        together = float(rng.choice([0.7, 0.85, 0.95, 1.0]))
        # Half follow as the law of 5-20 s says; others are brisk or leave each other more time.
        gap = [(5.0, 20.0), (5.0, 20.0), (4.0, 14.0), (8.0, 40.0)][int(rng.integers(4))]
        found.append(Pool(members=members, together=together, fixed_order=bool(rng.random() < 0.5), gap_s=gap))
        left -= size
    return tuple(found)


def stamps(seed: int | Sequence[int], office: Office) -> tuple[Stamp, ...]:
    """The rows of the log, in the order in which they were written, to the second."""
    rng = np.random.default_rng(seed)
    people = _people(rng, office)
    written: list[Stamp] = []
    for number, day in enumerate(_workdays(office.days)):
        coming = _served(rng, _day(rng, office, people, number, day.weekday()))
        start = datetime.combine(day, time())
        for at, who in coming:
            written.append(Stamp(employee_id=who, at=start + timedelta(seconds=int(at))))
            if rng.random() < office.again:
                again = int(at) + int(rng.integers(3, 20))
                written.append(Stamp(employee_id=who, at=start + timedelta(seconds=again)))
    return tuple(sorted(written, key=lambda one: (one.at, one.employee_id)))


def _workdays(count: int) -> list[date]:
    every = (MONDAY + timedelta(days=k) for k in range(2 * count + 7))
    return [day for day in every if day.weekday() < 5][:count]


def _people(rng: np.random.Generator, office: Office) -> dict[str, _Person]:
    people = {}
    for who in ids(office.staff):
        leave = rng.random() < 0.1 and office.days > 9
        first = int(rng.integers(0, max(1, office.days - 4)))
        people[who] = _Person(
            shift=str(rng.choice(list(SHIFTS_S), p=ON_SHIFT)),
            early_s=float(rng.normal(480, 420)),
            spread_s=float(rng.choice([45.0, 150.0, 300.0, 480.0])),
            weekday_s=tuple(rng.normal(0, 120, 7)),
            linger_s=float(rng.exponential(60)),
            away=frozenset(range(first, first + 5)) if leave else frozenset(),
        )
    for pool in office.pools:  # who comes in one car works at one time
        for who in pool.members[1:]:
            people[who].shift = people[pool.members[0]].shift
    return people


def _day(
    rng: np.random.Generator, office: Office, people: Mapping[str, _Person], number: int, weekday: int
) -> list[tuple[float, Chain]]:
    """Who arrives at the terminal when: a party is one person, or one who clocks in for several."""
    there = {who for who, one in people.items() if number not in one.away and rng.random() >= office.off}
    ring = office.ring if office.ring is not None and number in office.ring.days else None
    if ring is not None:
        there = (there - set(ring.members)) | {ring.members[0]}
    parties: list[tuple[float, Chain]] = []
    for end in (0, 1):
        at = {who: _own_time(rng, office, people[who], weekday, end) for who in sorted(there)}
        for pool in office.pools:
            _together(rng, pool, at)
        for who, when in at.items():
            told = ring is not None and who == ring.members[0] and (end == 0 or ring.evenings)
            parties.append((when, _held_up(rng, ring) if ring is not None and told else ((who, 0.0),)))
    if office.lunch:
        for who in sorted(there):
            out = float(rng.normal(12 * 3600, 600))
            parties += [(out, ((who, 0.0),)), (out + float(rng.uniform(1800, 3600)), ((who, 0.0),))]
    return parties


def _held_up(rng: np.random.Generator, ring: Ring) -> Chain:
    first, *others = ring.members
    return ((first, 0.0), *((one, float(rng.uniform(*ring.gap_s))) for one in others))


def _own_time(rng: np.random.Generator, office: Office, one: _Person, weekday: int, end: int) -> float:
    start, close = SHIFTS_S[one.shift]
    if end == 1:
        return close + one.linger_s + float(rng.uniform(0, office.bell_s)) + float(rng.exponential(30))
    late = float(rng.exponential(1200)) if rng.random() < 0.03 else 0.0
    when = start - one.early_s + one.weekday_s[weekday] + float(rng.normal(0, one.spread_s)) + late
    # A lift lets out all who came while it was away.
    return float(np.ceil(when / LIFT_EVERY_S) * LIFT_EVERY_S + rng.uniform(0, 12)) if office.lift else when


def _together(rng: np.random.Generator, pool: Pool, at: dict[str, float]) -> None:
    """Put those of a pool who are there behind each other, on the days on which they come together."""
    present = [who for who in pool.members if who in at]
    if len(present) < 2 or rng.random() >= pool.together:
        return
    order = present if pool.fixed_order else [present[k] for k in rng.permutation(len(present))]
    when = at[present[0]]
    for place, who in enumerate(order):
        when += float(rng.uniform(*pool.gap_s)) if place else 0.0
        at[who] = when


def _served(rng: np.random.Generator, parties: Sequence[tuple[float, Chain]]) -> Iterator[tuple[float, str]]:
    """One after the other, first come first served: when each is let through."""
    waiting = [(when, k) for k, (when, _) in enumerate(parties)]
    heapq.heapify(waiting)
    free = 0.0
    while waiting:
        when, k = heapq.heappop(waiting)
        at = max(when, free) + float(rng.uniform(*SERVED_S))
        for who, gap in parties[k][1]:
            at += gap
            yield at, who
        free = at


def punches(
    written: Sequence[Stamp], *, precision_s: float = 1.0, terminal_id: str | None = "T1", exhibit_id: str = "E-0001"
) -> pd.DataFrame:
    """Table ``punches`` of these rows, in their order; a precision of 60 s leaves the seconds out."""
    cut = 16 if precision_s >= 60 else 19
    rows = []
    for number, one in enumerate(written, 1):
        told = one.at.isoformat()[:cut] + (":00" if cut == 16 else "")
        rows.append(
            {
                "punch_id": f"{exhibit_id}:{number:07d}", "exhibit_id": exhibit_id, "sheet": "", "row": number,
                "employee_id": one.employee_id, "terminal_id": terminal_id, "stamped_at": told.replace("T", " ")[:cut],
                "t_local": told, "precision_s": precision_s, "tz": None, "tz_basis": "unknown", "credential": "face",
                "result": "pass", "record_kind": "raw_event", "raw": f"{one.employee_id}\t{told}",
            }
        )  # fmt: skip
    return tables.build("punches", rows)
