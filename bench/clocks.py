"""How often presence alone finds a clock, finds one that is not there, and holds the truth in its interval.

Days without pictures: who comes when, who is seen, what the terminal writes.
Sections, each a command of its own:

false     records of other people laid upon the footage: how often an offset is taken for established
found     records of the same people, by the number of clock-ins and of days: how often it is established, and right
zones     offsets of nothing, of seconds, of an hour, and of a time zone
interval  how often the stated 95 % interval holds the truth, wherever in a visit people clock in
drift     a terminal that runs fast or slow over a week

``--count`` days (or weeks) a cell. ``--purpose development`` may be looked at as
often as one likes; ``--purpose measurement`` draws days that nothing else uses.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from toolkit.analysis.blind_alignment import Coarse, Seen, coarse_offset
from toolkit.analysis.fine_alignment import Fine, fine_offset
from toolkit.analysis.rates import rate_of
from toolkit.simulation.mornings import Days, Habits, days
from toolkit.simulation.seeds import MORNINGS

OFFSET_S, NEAR_S = 97.3, 5.0
CLOCK_INS, A_WEEK = (40, 20, 12, 6), ((6, 5), (6, 10))
OFFSETS_S = (0.0, 47.0, 3600.0, -8 * 3600.0)
PLACES = {"early": (0.05, 0.35), "anywhere": (0.2, 0.9), "late": (0.6, 0.95)}
LENGTHS = {"short": (3.0, 12.0), "long": (10.0, 40.0)}
DRIFT_PPM = 40.0


class Draws:
    """Seeds of one purpose, each used once."""

    def __init__(self, purpose: str) -> None:
        self._next = MORNINGS[purpose]

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
    minutes = []
    for _ in range(count):
        seed = draws.seed()
        minutes.append(_searched(days(seed, Habits(), cut_s=60.0), seed, 60.0))
    yield f"40 clock-ins to the minute: {_found(minutes, OFFSET_S, 30.0)}"


def zones(count: int, draws: Draws) -> Iterator[str]:
    """Forty clock-ins, offsets of all sizes."""
    for offset_s in OFFSETS_S:
        told = []
        for _ in range(count):
            seed = draws.seed()
            told.append(_searched(days(seed, Habits(), offset_s=offset_s), seed))
        yield f"offset {offset_s:g} s: {_found(told, offset_s)}"


def interval(count: int, draws: Draws) -> Iterator[str]:
    """Where in a visit people clock in, how long they stay, one day and five."""
    for (where, place), (how, lasts), over in (
        (place, length, over) for place in PLACES.items() for length in LENGTHS.items() for over in (1, 5)
    ):
        habits = Habits(place=place, lasts_s=lasts)
        told = [_fine(days(draws.seed(), habits, count=over)) for _ in range(count)]
        yield f"clock-ins {where} in {how} visits, {over} day(s): {_held(told, OFFSET_S)}"
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


SECTIONS = {"false": false, "found": found, "zones": zones, "interval": interval, "drift": drift}


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", choices=(*SECTIONS, []), default=[], metavar="SECTION")
    parser.add_argument("--purpose", choices=("development", "measurement"), default="development")
    parser.add_argument("--count", type=int, default=20)
    told = parser.parse_args(words)
    for number, name in enumerate(SECTIONS):
        if told.sections and name not in told.sections:
            continue
        draws = Draws(told.purpose)
        for _ in range(1_500 * number):  # sections share no day
            draws.seed()
        began = time.process_time()
        for line in SECTIONS[name](told.count, draws):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        sys.stdout.write(f"{name}: {time.process_time() - began:.0f} s of processor time\n")


if __name__ == "__main__":
    main()
