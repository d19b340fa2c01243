"""What a score of re-use is worth: beside the live faces of the same camera on different days, and nothing else.

A score is told as "higher than all n independent pairs of live visits" with the
upper bound of the rate that this leaves open; n counts pairs that share no visit
(:mod:`toolkit.analysis.copies.pair_counts`). How many comparisons were made is always
told beside it, because the best of many is high by chance. A ratio needs prints
that the site itself has shown again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from toolkit.analysis.copies.pair_counts import PairCounts, any_of
from toolkit.analysis.reuse import AGAIN, NO_AGREEMENT, Comparison, Offered, compare

Verdict = Literal["not assessable", "nothing agrees", "not calibrated", "within live", "above all live"]
NEAR_SIZE = 1.5  # pairs whose faces differ in width by more say little of each other
NEXT_TO_NONE = -300.0  # log10 of the ratio of each pair that is not the best one, where k pairs were searched
LEAST_PRINTS = 12  # shown again on another day, for a ratio
REACHED = 4.0  # the event that a ratio is of, "scores this or more": frozen on simulation before any site was measured


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Control:
    """A face of a site's control recordings: of a person (live), or of a print that was shown."""

    who: str
    day: date
    face: Offered


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSeen:
    """One pair of controls: the width of its smaller face, and its score (None: nothing agreed)."""

    first: str
    second: str
    who: str
    size_px: float
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What controls of a camera give: pairs of live visits of one person on different days, and of prints shown again.

    ``days`` tells the day of each control by its name. Empty without controls.
    """

    live: tuple[PairSeen, ...] = ()
    again: tuple[PairSeen, ...] = ()
    days: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a score stands beside the controls.

    ``controls_n`` independent pairs of live visits of comparable size;
    ``upper`` the 95 % bound of the rate at which live visits reach this score;
    ``log10_any`` lower bound of the ratio of "one of the k pairs compared is
    one picture", None without enough prints shown again.
    """

    verdict: Verdict
    controls_n: int
    comparisons: int
    exceeding: int = 0
    upper: float | None = None
    log10_any: float | None = None


def spread_of(live: Sequence[Control], prints: Sequence[Control] = ()) -> Spread:
    """Compare the controls with each other: one person or print, two days.

    Pairs whose faces cannot be compared (too small) are left out; pairs in
    which nothing agrees stay, with no score: they are live visits that were not
    taken for one picture.
    """
    days = tuple((one.face.name, one.day) for one in (*live, *prints))
    return Spread(live=tuple(_pairs(live)), again=tuple(_pairs(prints)), days=days)


def _pairs(controls: Sequence[Control]) -> list[PairSeen]:
    seen = []
    for one, other in combinations(controls, 2):
        if one.who != other.who or one.day == other.day:
            continue
        told = compare(one.face, other.face, AGAIN)
        if told.score is None and told.why_not not in NO_AGREEMENT:
            continue
        seen.append(
            PairSeen(
                first=one.face.name, second=other.face.name, who=one.who, size_px=told.size_px, score=told.score
            )
        )  # fmt: skip
    return seen


def standing_beside(told: Comparison, spread: Spread, comparisons: int) -> Standing:
    """The verdict on one comparison.

    Parameters
    ----------
    comparisons : int
        How many pairs were searched for this kind of agreement; 1 for a pair
        that was named before anything was compared.

    Notes
    -----
    "above all live" does not say that a print was used: it says that live
    visits of this camera seldom agree so well, with the bound that so few
    controls leave open. With many comparisons the best one is high by chance.
    """
    if told.score is None:
        answer: Verdict = "nothing agrees" if told.why_not in NO_AGREEMENT else "not assessable"
        return Standing(verdict=answer, controls_n=0, comparisons=comparisons)
    live = [one for one in spread.live if _near(one, told.size_px)]
    counted = independent(live, dict(spread.days))
    if not counted:
        return Standing(verdict="not calibrated", controls_n=0, comparisons=comparisons)
    exceeding = sum(one.score is not None and one.score >= told.score for one in live)
    rarity = PairCounts(exceeding=exceeding, pairs=len(live), disjoint=counted).rarity
    lower = _lower_log10(told.score, live, [one for one in spread.again if _near(one, told.size_px)], counted)
    return Standing(
        verdict="within live" if exceeding else "above all live",
        controls_n=counted,
        comparisons=comparisons,
        exceeding=exceeding,
        upper=round(rarity, 4),
        log10_any=None if lower is None else round(any_of([lower, *[NEXT_TO_NONE] * (comparisons - 1)]), 3),
    )


def _lower_log10(score: float, live: Sequence[PairSeen], again: Sequence[PairSeen], counted: int) -> float | None:
    """Lower bound of the ratio of the frozen event; None where it did not occur or too few prints were shown again."""
    prints = {one.who: one for one in again}  # each print counts once
    if score < REACHED or len(prints) < LEAST_PRINTS:
        return None
    exceeding, found = (
        sum(one.score is not None and one.score >= REACHED for one in side) for side in (live, prints.values())
    )
    return PairCounts(
        exceeding=exceeding, pairs=len(live), disjoint=counted, found=found, reused=len(prints)
    ).lower_log10()  # fmt: skip


def _near(one: PairSeen, size_px: float) -> bool:
    return 1 / NEAR_SIZE <= one.size_px / size_px <= NEAR_SIZE


def independent(pairs: Sequence[PairSeen], days: dict[str, date]) -> int:
    """How many pairs of different days share no visit, person by person.

    Of the visits of one person that occur in the pairs: half of them, or fewer
    where most fall on one day.
    """
    visits: defaultdict[str, set[str]] = defaultdict(set)
    for one in pairs:
        visits[one.who] |= {one.first, one.second}
    return sum(_matched([days[name] for name in names]) for names in visits.values())


def _matched(days: Sequence[Hashable]) -> int:
    most = max(Counter(days).values())
    return min(len(days) // 2, len(days) - most)
