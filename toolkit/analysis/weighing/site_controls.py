"""What a site's own recordings of live and printed faces unlock: how strong a statement they can carry at most.

What limits a ratio is the number of different people, prints and days, not of
presentations; twenty recordings of four people say nothing. Effective numbers,
caps and levels by the project's rule of strength: n / (1 + (m - 1) / 2) for m
presentations a person, times a factor of the days; the cap is the lower 90 %
bound of "all prints read high" over the upper 95 % bound of "no live face did".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

CLUSTERING = 0.5  # correlation of presentations of one person or print, assumed
LEAST_PEOPLE, LEAST_PRINTS = 8, 8
WEAK_N, MODERATE_N, STRONG_N = 10.0, 35.0, 335.0

Level = Literal["none", "checked", "weak", "moderate", "moderately_strong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One presentation of a control recording: by whom, on which day, with which print (None: live)."""

    person: str
    day: date
    print_id: str | None = None
    printer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something of which there is too little for the next level."""

    what: str
    have: float
    need: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """What recordings unlock.

    ``level`` names the words that may be reached at most, whatever a cue
    reads; ``cap`` the highest ratio for a print that they can carry; ``needs``
    what the next level lacks. A level says nothing of how well a cue parts the
    recordings: that is measured when they are read.
    """

    level: Level
    live: int
    people: int
    live_days: int
    live_effective: float
    prints_shown: int
    prints: int
    printers: int
    print_days: int
    prints_effective: float
    cap: float
    needs: tuple[Need, ...]
    prints_on_two_days: int


def unlocked(controls: Iterable[Control]) -> Unlocked:
    """The level that these recordings unlock, and what the next one needs."""
    rows = list(controls)
    live = [one for one in rows if one.print_id is None]
    prints = [one for one in rows if one.print_id is not None]
    days_of: dict[str | None, set[date]] = {}
    for one in prints:
        days_of.setdefault(one.print_id, set()).add(one.day)
    n_live = effective([one.person for one in live]) * day_factor(len({one.day for one in live}))
    n_prints = effective([one.print_id for one in prints])
    told = {
        "live": len(live),
        "people": len({one.person for one in live}),
        "live_days": len({one.day for one in live}),
        "prints_shown": len(prints),
        "prints": len(days_of),
        "printers": len({one.printer for one in prints if one.printer}),
        "print_days": len({one.day for one in prints}),
    }
    cap = highest_ratio(n_live, n_prints)
    level, needs = _level(told, n_live, cap)
    return Unlocked(
        level=level, cap=cap, needs=needs, live_effective=n_live, prints_effective=n_prints,
        prints_on_two_days=sum(len(days) > 1 for days in days_of.values()), **told,
    )  # fmt: skip


def effective(owners: Sequence[Hashable]) -> float:
    """Effective number of presentations that belong to these people (or prints), days left out."""
    sizes = list(Counter(owners).values())
    if not sizes:
        return 0.0
    mean = sum(size * size for size in sizes) / sum(sizes)
    return sum(sizes) / (1 + (mean - 1) * CLUSTERING)


def day_factor(days: int) -> float:
    """What recordings of so few days count for: .5, .75, 1 for one, two, three days."""
    return min(1.0, (days + 1) / 4) if days else 0.0


def highest_ratio(live_effective: float, prints_effective: float) -> float:
    """The ratio that error-free recordings of these effective numbers can carry; 1 carries nothing."""
    if live_effective <= 0 or prints_effective <= 0:
        return 1.0
    never_live = 1 - 0.05 ** (1 / live_effective)  # upper 95 % bound after no error (Clopper and Pearson)
    always_print = 0.1 ** (1 / prints_effective)  # lower 90 % bound after no miss
    return float(max(1.0, always_print / never_live))


def _level(told: dict[str, int], n_live: float, cap: float) -> tuple[Level, tuple[Need, ...]]:
    """The level reached, and what is short of the next."""
    steps: tuple[tuple[Level, dict[str, tuple[float, float]]], ...] = (
        ("checked", {"live": (told["live"], 1), "prints": (told["prints"], 1)}),
        ("weak", {"people": (told["people"], LEAST_PEOPLE), "prints": (told["prints"], LEAST_PRINTS),
                  "live_days": (told["live_days"], 2), "live_effective": (n_live, WEAK_N), "cap": (cap, 2.0)}),
        ("moderate", {"people": (told["people"], 24), "prints": (told["prints"], 12),
                      "printers": (told["printers"], 2), "live_days": (told["live_days"], 3),
                      "live_effective": (n_live, MODERATE_N), "cap": (cap, 10.0)}),
        ("moderately_strong", {"people": (told["people"], 200), "prints": (told["prints"], 20),
                               "live_days": (told["live_days"], 10), "live_effective": (n_live, STRONG_N),
                               "cap": (cap, 100.0)}),
    )  # fmt: skip
    reached: Level = "none"
    for level, conditions in steps:
        short = tuple(Need(what=what, have=have, need=need) for what, (have, need) in conditions.items() if have < need)
        if short:
            return reached, short
        reached = level
    return reached, ()
