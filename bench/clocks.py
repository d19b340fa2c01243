"""How often presence alone finds a clock, finds one that is not there, and holds the truth in its interval.

Days without pictures: who comes when, who is seen, what the terminal writes.
Sections, each a command of its own:

false     records of other people laid upon the footage: how often an offset is taken for established
found     records of the same people, by the number of clock-ins and of days: how often it is established, and right
zones     offsets of nothing, of seconds, of an hour, and of a time zone
early, anywhere, late   how often the stated 95 % interval holds the truth, by where in a visit people clock in
minutes   the same for records to the minute
drift     a terminal that runs fast or slow over a week
steps     a clock set by -60 s or +1 h during a week, and one set a day before the end
unset     weeks without a step: how often one is found, and how often a day is set aside
days      records of a year, the footage's day among them under another date, or not among them at all

``--count`` days (or weeks) a cell. ``--purpose development`` may be looked at as
often as one likes; ``--purpose measurement`` draws days that nothing else uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from bench.sections import run_sections
from toolkit.analysis.rates import rate_of
from toolkit.analysis.timing.blind_alignment import DAY_S, Coarse, Floats, Seen, coarse_offset
from toolkit.analysis.timing.clock_days import other_day
from toolkit.analysis.timing.clock_steps import Piece, pieces
from toolkit.analysis.timing.fine_alignment import Fine, fine_offset
from toolkit.simulation.mornings import Days, Habits, days
from toolkit.simulation.seeds import MORNINGS

OFFSET_S, NEAR_S = 97.3, 5.0
CLOCK_INS, A_WEEK = (40, 20, 12, 6), ((6, 5), (6, 10))
OFFSETS_S = (0.0, 47.0, 3600.0, -8 * 3600.0)
PLACES = {"early": (0.05, 0.35), "anywhere": (0.2, 0.9), "late": (0.6, 0.95)}
LENGTHS = {"short": (3.0, 12.0), "long": (10.0, 40.0)}
DRIFT_PPM = 40.0
STEPS_S, WEEK, A_DAY = (-60.0, 3600.0), 6, 12
DAYS_OFF, DAYS_OF_RECORDS = -268, 268


class Draws:
    """Seeds of one purpose, each used once."""

    def __init__(self, purpose: str, first: int) -> None:
        self._next = MORNINGS[purpose] + first

    def seed(self) -> int:
        """The next one."""
        self._next += 1
        return self._next


def _seen(told: Days) -> Seen:
    return Seen(visits=told.visits, watched=told.watched)


def _searched(told: Days, seed: int, cut_s: float = 1.0) -> Coarse:
    found = coarse_offset(_seen(told), told.written, precision_s=cut_s, seed=seed)
    assert found is not None
    return found


def _fine(told: Days, near_s: float = OFFSET_S, cut_s: float = 1.0) -> Fine:
    return fine_offset(_seen(told), told.written, near_s, precision_s=cut_s)


def false(count: int, draws: Draws) -> Iterator[str]:
    """Unrelated days."""
    for clock_ins in (40, 12):
        habits = Habits(clock_ins=clock_ins, related=False)
        taken = 0
        for _ in range(count):
            seed = draws.seed()
            taken += _searched(days(seed, habits), seed).established
        yield f"unrelated days, {clock_ins} clock-ins: established {_rate(taken, count)}"


def found(count: int, draws: Draws) -> Iterator[str]:
    """Related days and weeks."""
    for clock_ins, over in (*((one, 1) for one in CLOCK_INS), *A_WEEK):
        told = []
        for _ in range(count):
            seed = draws.seed()
            told.append(_searched(days(seed, Habits(clock_ins=clock_ins), count=over), seed))
        yield f"{clock_ins} clock-ins a day over {over} day(s): {_found(told, OFFSET_S)}"
    to_minute = []
    for _ in range(count):
        seed = draws.seed()
        to_minute.append(_searched(days(seed, Habits(), cut_s=60.0), seed, 60.0))
    yield f"40 clock-ins to the minute: {_found(to_minute, OFFSET_S, 30.0)}"


def zones(count: int, draws: Draws) -> Iterator[str]:
    """Forty clock-ins, offsets of all sizes."""
    for offset_s in OFFSETS_S:
        told = []
        for _ in range(count):
            seed = draws.seed()
            told.append(_searched(days(seed, Habits(), offset_s=offset_s), seed))
        yield f"offset {offset_s:g} s: {_found(told, offset_s)}"


def interval(place: str, count: int, draws: Draws) -> Iterator[str]:
    """Where in a visit people clock in; how long they stay, one day and five."""
    for (how, lasts), over in ((length, over) for length in LENGTHS.items() for over in (1, 5)):
        habits = Habits(place=PLACES[place], lasts_s=lasts)
        told = [_fine(days(draws.seed(), habits, count=over)) for _ in range(count)]
        yield f"clock-ins {place} in {how} visits, {over} day(s): {_held(told, OFFSET_S)}"


def minutes(count: int, draws: Draws) -> Iterator[str]:
    """Records to the minute."""
    told = [_fine(days(draws.seed(), Habits(), cut_s=60.0), cut_s=60.0) for _ in range(count)]
    yield f"to the minute: {_held(told, OFFSET_S)}"


def drift(count: int, draws: Draws) -> Iterator[str]:
    """A week at 40 ppm, three and a half seconds a day."""
    for ppm in (-DRIFT_PPM, DRIFT_PPM):
        near_s = OFFSET_S + 3.5 * 86400e-6 * ppm
        habits = Habits(clock_ins=20)
        told = [_fine(days(draws.seed(), habits, count=7, drift_ppm=ppm), near_s) for _ in range(count)]
        errors = [one.drift_ppm - ppm for one in told]
        held = sum(abs(error) <= 1.96 * one.drift_sd_ppm for error, one in zip(errors, told, strict=True))
        error = f"{np.mean(errors):+.1f} +- {np.std(errors):.1f} ppm"
        yield f"drift {ppm:+g} ppm over 7 days: error {error}, held {_rate(held, count)}"


def steps(count: int, draws: Draws) -> Iterator[str]:
    """Twelve clock-ins a day over six days; the clock is set during the night before one of them."""
    for by_s, before in (*((by_s, 3) for by_s in STEPS_S), (-60.0, WEEK - 1)):
        right = wrong = between = 0
        for _ in range(count):
            seed = draws.seed()
            told = days(seed, Habits(clock_ins=A_DAY), count=WEEK)
            at = before * DAY_S
            written = np.sort(np.where(told.written >= at, told.written + by_s, told.written))
            lines = _lines(told, written, seed)
            sizes = [after.offset_s - one.offset_s for one, after in pairwise(lines)]
            day = [float(written[after.first] // DAY_S) for after in lines[1:]]
            hit = len(sizes) == 1 and abs(sizes[0] - by_s) <= NEAR_S and day[0] == before
            right, wrong = right + hit, wrong + (bool(sizes) and not hit)
            between += sum(after.first - one.stop for one, after in pairwise(lines))
        yield (
            f"step of {by_s:+g} s before day {before + 1} of {WEEK}: found with its day {_rate(right, count)}, "
            f"another step {wrong}, clock-ins of neither side {between / max(1, right):.1f} a step"
        )


def unset(count: int, draws: Draws) -> Iterator[str]:
    """The same weeks with a clock that nobody set, one that runs true and one that runs fast."""
    for drift_ppm in (0.0, DRIFT_PPM):
        false = apart = 0
        for _ in range(count):
            seed = draws.seed()
            told = days(seed, Habits(clock_ins=A_DAY), count=WEEK, drift_ppm=drift_ppm)
            parts = pieces(_seen(told), told.written, seed=seed)
            false += len({part.line for part in parts}) > 1
            apart += sum(after.first > one.stop for one, after in pairwise(parts))
        yield (
            f"no step, {drift_ppm:g} ppm: false steps {_rate(false, count)}, "
            f"days wrongly set aside {_rate(apart, count * WEEK)}"
        )


def _lines(told: Days, written: Floats, seed: int) -> list[Piece]:
    """The pieces that begin a line of their own, each reaching to the end of its line."""
    found: list[Piece] = []
    for part in pieces(_seen(told), written, seed=seed):
        if found and found[-1].line == part.line:
            found[-1] = replace(found[-1], stop=part.stop)
        else:
            found.append(part)
    return found


def other_days(count: int, draws: Draws) -> Iterator[str]:
    """Twelve clock-ins a day; records of 268 days under dates 268 days too early."""
    for over, absent in ((1, False), (3, False), (1, True)):
        right = wrong = 0
        for _ in range(count):
            seed = draws.seed()
            told = days(seed, Habits(clock_ins=A_DAY), count=over)
            others = Habits(clock_ins=A_DAY, related=False)
            rest = days(draws.seed(), others, count=DAYS_OF_RECORDS).written
            mine = days(draws.seed(), others, count=over).written if absent else told.written
            written = np.sort(np.concatenate([mine, rest[rest >= over * DAY_S]])) + DAYS_OFF * DAY_S
            found = other_day(_seen(told), written, seed=seed)
            assert found is not None
            hit = not absent and found.days == DAYS_OFF and abs(found.offset_s - DAYS_OFF * DAY_S - OFFSET_S) <= NEAR_S
            right, wrong = right + (found.established and hit), wrong + (found.established and not hit)
        what = "the footage's day absent" if absent else f"{over} day(s) of footage"
        yield f"{DAYS_OF_RECORDS} days of records, {what}: right {_rate(right, count)}, another {_rate(wrong, count)}"


def _found(told: Sequence[Coarse], truth_s: float, near_s: float = NEAR_S) -> str:
    established = [one for one in told if one.established]
    wrong = sum(abs(one.offset_s - truth_s) > near_s for one in established)
    return f"established {_rate(len(established), len(told))}, of these wrong {wrong}"


def _held(told: Sequence[Fine], truth_s: float) -> str:
    held = sum(one.interval_s[0] <= truth_s <= one.interval_s[1] for one in told)
    width = float(np.median([one.interval_s[1] - one.interval_s[0] for one in told]))
    error = float(np.mean([one.offset_s - truth_s for one in told]))
    return f"interval holds the truth {_rate(held, len(told))}, width {width:.1f} s, mean error {error:+.2f} s"


def _rate(hits: int, trials: int) -> str:
    low, high = rate_of(hits, trials).interval
    return f"{hits} of {trials} = {100 * hits / trials:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


# Each with the first of its seeds: sections share no day.
SECTIONS: dict[str, tuple[Callable[[int, Draws], Iterator[str]], int]] = {
    "false": (false, 0),
    "found": (found, 1_500),
    "zones": (zones, 3_000),
    **{name: (partial(interval, name), 4_500 + 400 * k) for k, name in enumerate(PLACES)},
    "minutes": (minutes, 5_700),
    "drift": (drift, 6_000),
    "steps": (steps, 7_500),
    "unset": (unset, 8_300),
    "days": (other_days, 9_000),
}


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""

    def seeded(name: str) -> Callable[[int, str], Iterator[str]]:
        section, first = SECTIONS[name]
        return lambda count, purpose: section(count, Draws(purpose, first))

    run_sections(__doc__, {name: seeded(name) for name in SECTIONS}, words)


if __name__ == "__main__":
    main()
