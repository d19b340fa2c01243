"""FD6: clock-ins of several ids that follow one another within seconds, day after day, as nobody's habits explain.

Two explanations are tested, and both must fail before anything is said. Staff
who come independently of one another: each employee's own times are dealt out
anew among the own days (same end of the day, same shift, in long logs the same
weekday). Staff who come together (a car-pool, a lift): whoever comes together
follows the one before within :data:`TIGHT_S` in at most :data:`TOGETHER` of
their meetings, or as often as strangers who come at that time do, where these
follow more closely. The bound for car-pools is stated and not measured: no
public log of clock-ins tells how people come together. One p for all tests: in
each draw the best of all groups of all terminals counts.

A low p does not show that one person clocked in for others. Two people who walk
in side by side every day and press in turn write the same log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.leads.log_days import BOTH, FIRST, LAST, Floats, Ints, LogDays, exchanged

TIGHT_S = (3.0, 10.0)  # below, no terminal takes two faces one after the other: such rows were stamped elsewhere
TOGETHER = 0.75
MOST_IDS = 6
LEAST_DAYS, LEAST_EMPLOYEES, LEAST_TIMES = 5, 8, 3
ALPHA = 0.05
DRAWS, SEED = 199, 6
NEAR_S, APART_S, LEAST_OTHERS = 600.0, 60.0, 10
ENDS = (FIRST, LAST, BOTH)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Ids that followed one another closely: in ``times`` of the ``meetings`` at which all of them clocked in.

    ``end`` "first", "last" or "both" clock-ins of the day. ``bound``: in what share of meetings one follows the other
    so closely, at most, if they come together. ``score`` orders groups within a test and says nothing across logs.
    ``rows``: for each of the ``times`` the rows of :class:`LogDays`, by time.
    """

    log: int
    end: str
    members: tuple[int, ...]
    times: int
    meetings: int
    bound: float
    score: float
    rows: tuple[tuple[int, ...], ...]

    @property
    def chance(self) -> float:
        """Of one meeting, that all follow so closely, at the bound."""
        return float(self.bound ** (len(self.members) - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """Groups with their family-wise p, the best first; ``why_not`` where the log allows no test."""

    groups: tuple[tuple[Group, float], ...] = ()
    looked_at: int = 0
    days: int = 0
    employees: int = 0
    why_not: str | None = None

    def speaking(self) -> list[tuple[Group, float]]:
        """Groups with p <= :data:`ALPHA`, none of them part of another."""
        told = [one for one in self.groups if one[1] <= ALPHA]
        larger = [(one.log, frozenset(one.members), len(one.members)) for one, _ in told]
        kept: dict[tuple[int, frozenset[int]], tuple[Group, float]] = {}
        for one, p in sorted(told, key=lambda pair: -pair[0].score):
            mine = frozenset(one.members)
            if not any(log == one.log and mine < other for log, other, _ in larger):
                kept.setdefault((one.log, mine), (one, p))
        return list(kept.values())


def long_enough(log: LogDays) -> bool:
    """Whether a terminal has :data:`LEAST_DAYS` days and :data:`LEAST_EMPLOYEES` employees; others are not tested."""
    return len(log.days) >= LEAST_DAYS and len(log.employees) >= LEAST_EMPLOYEES


def implausible(logs: Sequence[LogDays], *, draws: int = DRAWS, seed: int = SEED) -> Tested:
    """Groups of ids that follow one another more closely and more often than habits explain.

    Parameters
    ----------
    logs : sequence of LogDays
        To the second; a log to the minute must not be handed in.
    """
    days = max((len(one.days) for one in logs), default=0)
    employees = max((len(one.employees) for one in logs), default=0)
    usable = [(number, one) for number, one in enumerate(logs) if long_enough(one)]
    if not usable:
        return Tested(why_not="log_too_short", days=days, employees=employees)
    observed = [group for number, log in usable for group in close_groups(number, log, log.at_s)]
    if not observed:
        return Tested(days=days, employees=employees)
    rng = np.random.default_rng(seed)
    together = _together(rng, observed, draws)
    best = max(one.score for one in observed)
    if _p(together, best) <= ALPHA:  # else nothing will be said, and dealing out days can only raise p
        for number in range(draws):
            alone = max((_best(log, exchanged(rng, log)) for _, log in usable), default=0.0)
            together[number] = max(together[number], alone)
    told = sorted(((one, _p(together, one.score)) for one in observed), key=lambda pair: -pair[0].score)
    return Tested(groups=tuple(told), looked_at=len(observed), days=days, employees=employees)


def _p(drawn: Floats, score: float) -> float:
    return float((1 + np.count_nonzero(drawn >= score - 1e-9)) / (1 + len(drawn)))


def _together(rng: np.random.Generator, groups: Sequence[Group], draws: int) -> Floats:
    """The best score of each draw if all of these groups come together as closely as the bound allows."""
    best = np.zeros(draws)
    for one in groups:
        scores = _scores(np.arange(one.meetings + 1), one.meetings, one.chance)
        best = np.maximum(best, scores[rng.binomial(one.meetings, one.chance, draws)])
    return best


def _scores(times: Ints, meetings: int | Ints, chance: float | Floats) -> Floats:
    from scipy.stats import binom  # read where it is used: every command would wait for it

    told: Floats = -np.log(np.maximum(binom.sf(times - 1, meetings, chance), 1e-300))
    return told


def _best(log: LogDays, at_s: Floats) -> float:
    return max((one.score for one in close_groups(0, log, at_s)), default=0.0)


def close_groups(number: int, log: LogDays, at_s: Floats) -> list[Group]:
    """Groups that follow one another closely in at least half of their meetings, and at least three times.

    A group that is part of a larger one as often as it is there at all is left out.
    """
    order = np.lexsort((at_s, log.key))
    who, key, at = log.who[order], log.key[order], at_s[order]
    found: list[Group] = []
    there = log.there()
    for hashes, starts, size in _blocks(who, key, at, len(log.employees)):
        for end in ENDS:
            mine = np.ones(len(starts), dtype=bool) if end == BOTH else key[starts] % 2 == ENDS.index(end)
            found += _counted(number, end, hashes[mine], starts[mine], size, who, there)
    found = [_bounded(one, who, key, at) for one in _closed(found)]
    return [_renamed(one, order) for one in found]


def _blocks(who: Ints, key: Ints, at: Floats, people: int) -> Iterator[tuple[Hashes, Ints, int]]:
    """For each size the runs of rows that follow one another closely: hash of their ids, first row, size."""
    gap = np.diff(at)
    tight = (np.diff(key) == 0) & (gap >= TIGHT_S[0]) & (gap <= TIGHT_S[1])
    names = np.random.default_rng(SEED).integers(1, 2**63, people, dtype=np.uint64)
    sums, steps = np.concatenate([np.zeros(1, np.uint64), np.cumsum(names[who])]), np.concatenate([[0], tight.cumsum()])
    for size in range(2, min(MOST_IDS, len(who)) + 1):
        starts = np.flatnonzero(steps[size - 1 :] - steps[: len(steps) - size + 1] == size - 1)
        if not len(starts):
            return
        yield sums[starts + size] - sums[starts], starts, size


def _counted(
    number: int, end: str, hashes: Hashes, starts: Ints, size: int, who: Ints, there: NDArray[np.bool_]
) -> list[Group]:
    _, first, inverse, times = np.unique(hashes, return_index=True, return_inverse=True, return_counts=True)
    found = []
    part = {FIRST: slice(0, None, 2), LAST: slice(1, None, 2), BOTH: slice(None)}[end]
    for k in np.flatnonzero(times >= LEAST_TIMES):
        members = np.sort(who[starts[first[k]] : starts[first[k]] + size])
        meetings = int(there[members][:, part].all(axis=0).sum())
        if 2 * times[k] < meetings or len(set(members.tolist())) < size:
            continue
        rows = tuple(tuple(range(at, at + size)) for at in starts[inverse == k].tolist())
        chance = TOGETHER ** (size - 1)
        score = float(_scores(np.array([times[k]]), meetings, chance)[0])
        found.append(
            Group(
                log=number,
                end=end,
                members=tuple(members.tolist()),
                times=int(times[k]),
                meetings=meetings,
                bound=TOGETHER,
                score=score,
                rows=rows,
            )
        )
    return found


def _closed(groups: Sequence[Group]) -> list[Group]:
    """Without those that are part of a larger group as often as it is there."""
    return [
        one
        for one in groups
        if not any(
            one.end == other.end and one.times <= other.times and set(one.members) < set(other.members)
            for other in groups
        )
    ]


def _bounded(one: Group, who: Ints, key: Ints, at: Floats) -> Group:
    """The group with the bound of its own times of the day, where strangers follow one another more closely."""
    if one.score <= -np.log(ALPHA):
        return one
    gap, left, right = np.diff(at), who[:-1], who[1:]
    strange = ~np.isin(left, one.members) & ~np.isin(right, one.members) & (np.diff(key) == 0) & (gap <= APART_S)
    near = np.zeros(len(gap), dtype=bool)
    for rows in one.rows:
        near |= (key[:-1] == key[rows[0]]) & (np.abs(at[:-1] - at[rows[0]]) <= NEAR_S)
    mine = gap[strange & near]
    if len(mine) < LEAST_OTHERS:
        return one
    bound = max(TOGETHER, float(np.mean((mine >= TIGHT_S[0]) & (mine <= TIGHT_S[1]))))
    bound = min(bound, 0.98)
    score = float(_scores(np.array([one.times]), one.meetings, bound ** (len(one.members) - 1))[0])
    return replace(one, bound=bound, score=score)


def _renamed(one: Group, order: Ints) -> Group:
    return replace(one, rows=tuple(tuple(int(order[k]) for k in rows) for rows in one.rows))
