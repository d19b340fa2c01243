"""What the benches of association and of FD2 share: mornings as timelines, seeds used once, rates in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from bench.sections import run_sections
from toolkit.analysis.placing.likelihood import Timeline, offset_grid
from toolkit.analysis.rates import rate_of
from toolkit.simulation.queues import Habits, Morning, morning
from toolkit.simulation.seeds import QUEUES

SECTION_SEEDS = 10_000
Section = Callable[[int, Iterator[int]], Iterator[str]]


def timeline(told: Morning, habits: Habits) -> Timeline:
    """The morning as the association gets it: the clock's error is known to its spread only."""
    offsets, weights = offset_grid(habits.clock_sd_s)
    return Timeline(
        windows=told.windows,
        employees=tuple(str(k) for k in range(len(told.windows))),
        visits=told.visits,
        covered=((0.0, told.lasts_s),),
        offsets=offsets,
        weights=weights,
        log_s=told.windows.mean(axis=1),
    )


def drawn(count: int, seeds: Iterator[int], habits: Habits) -> Iterator[tuple[Morning, Timeline]]:
    """So many mornings, each from a seed of its own."""
    for _ in range(count):
        told = morning(next(seeds), habits)
        yield told, timeline(told, habits)


def share(hits: int, trials: int) -> str:
    """A rate with its exact 95 % interval."""
    low, high = rate_of(hits, trials).interval
    told = f"{100 * hits / trials:.2f} %" if trials else "none"
    return f"{hits} of {trials} = {told} ({100 * low:.2f}-{100 * high:.2f})"


def reference_s() -> float:
    """Processor seconds of a fixed loop of numpy calls: what this machine needs for it, for ratios."""
    rng = np.random.default_rng(0)
    values = rng.random((41, 64))
    began = time.process_time()
    for _ in range(20_000):
        values = np.cumsum(values, axis=1) * 0.5 + values * 0.5
        values /= values.max(axis=1, keepdims=True)
    return time.process_time() - began


def run(doc: str | None, sections: Mapping[str, Section], words: Sequence[str] | None) -> None:
    """Print one line a figure of the sections asked for; each section has seeds of its own."""

    def seeded(number: int, section: Section) -> Callable[[int, str], Iterator[str]]:
        def lines(count: int, purpose: str) -> Iterator[str]:
            first = QUEUES[purpose] + SECTION_SEEDS * number
            return section(count, iter(range(first, first + SECTION_SEEDS)))

        return lines

    run_sections(doc, {name: seeded(k, section) for k, (name, section) in enumerate(sections.items())}, words)
