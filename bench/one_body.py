"""What "one body, several clock-ins" (FD2) is worth on simulated mornings: tables only, no pictures.

honest    mornings on which everybody clocks in once: how often a visit reaches a hundred against chance all the same
several   one body clocks in two, three and five ids: how often that reaches a hundred against chance
headline  the same mornings after all rivals, with the published rates of switch and companion

``--count`` mornings a cell. ``--purpose development`` may be looked at as often
as one likes; ``--purpose measurement`` draws mornings that nothing else uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bench.queues import drawn, run, share
from toolkit.analysis.association import solve
from toolkit.analysis.findings import CLAIM_P, LEAST_LOG10_CHANCE
from toolkit.analysis.placing.likelihood import Timeline
from toolkit.analysis.statements.one_body import ChanceRatio, chance_ratio
from toolkit.analysis.statements.rivals import fd2_headline, fd2_rivals
from toolkit.analysis.tested import continuity_rates
from toolkit.simulation.queues import Habits

CLOCKS_S = (0.3, 2.0)
SEVERAL = (2, 3, 5)
HUNDRED = 2.0


def tested(line: Timeline, sd_s: float, only: int | None = None) -> Iterator[tuple[int, ChanceRatio]]:
    """Every visit (or one) that several ids are claimed for, as the step ``conclude`` looks at it."""
    posterior = solve(line)
    best = posterior.visits.argmax(axis=1)
    sure = posterior.visits.max(axis=1) >= CLAIM_P
    for body in range(len(line.visits)) if only is None else (only,):
        mine = [k for k in range(len(best)) if best[k] == body and sure[k]]
        if len(mine) > 1:
            yield body, chance_ratio(line, body, mine, sd_s)


def honest(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """Nobody clocks in for anybody else."""
    for name, base in (("5 % unseen", {}), ("15 % unseen", {"unseen": 0.15}), ("close queue", {"gap_s": 2.5})):
        for sd_s in CLOCKS_S if not base else CLOCKS_S[:1]:
            habits = Habits(clock_sd_s=sd_s, **base)  # type: ignore[arg-type]
            days = count // 10 if base else count  # the harder mornings are looked at beside the target
            most, stated, naive, candidates, heads = [], [], 0, 0, []
            for told, line in drawn(days, seeds, habits):
                ratios = [ratio for _, ratio in tested(line, sd_s)]
                most.append(max((one.at_m for one in ratios), default=-99.0))
                stated.append(max((min(one.at_m, one.at_3m) for one in ratios), default=-99.0))
                told_heads = [_headline(one) for one in ratios if one.at_3m >= LEAST_LOG10_CHANCE]
                candidates += bool(told_heads)
                heads += told_heads
                middles = told.windows.mean(axis=1)
                naive += any(np.count_nonzero((middles >= a - 1) & (middles <= b + 1)) > 1 for a, b in told.visits)
            yield (
                f"honest, {name}, clock sd {sd_s} s: a visit stated at 100 or more against chance on "
                f"{share(sum(one >= HUNDRED for one in stated), days)} mornings (at m alone "
                f"{share(sum(one >= HUNDRED for one in most), days)}); a candidate on "
                f"{share(candidates, days)}; two clock-ins within a second of one stay on {share(naive, days)}"
            )
            yield f"  headlines of the candidates: {_spread(heads)}; expected {_expected(heads, days * habits.people)}"


def several(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """One body with several ids, and 3 % of the clock-ins unseen."""
    for k in SEVERAL:
        for sd_s in CLOCKS_S:
            at_m, at_3m, looked = [], [], 0
            for told, line in drawn(count, seeds, Habits(several=k, clock_sd_s=sd_s, unseen=0.03)):
                ratio = next((one for _, one in tested(line, sd_s, told.body)), None)
                looked += ratio is not None
                at_m.append(-99.0 if ratio is None else ratio.at_m)
                at_3m.append(-99.0 if ratio is None else ratio.at_3m)
            yield (
                f"{k} ids by one body, clock sd {sd_s} s: 100 or more against chance on "
                f"{share(sum(one >= HUNDRED for one in at_m), count)}, at three times m "
                f"{share(sum(one >= HUNDRED for one in at_3m), count)}; median {10 ** float(np.median(at_m)):.0f}; "
                f"looked at on {looked}"
            )


def headline(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """What is published after all rivals."""
    for k in SEVERAL:
        heads, missing = [], 0
        for told, line in drawn(count, seeds, Habits(several=k, unseen=0.03)):
            ratio = next((one for _, one in tested(line, 0.3, told.body)), None)
            if ratio is None or ratio.at_3m < LEAST_LOG10_CHANCE:
                missing += 1
            else:
                heads.append(_headline(ratio))
        yield f"{k} ids by one body: no candidate on {share(missing, count)}; headlines: {_spread(heads)}"


def _headline(ratio: ChanceRatio) -> tuple[str, float, str]:
    top = fd2_headline(fd2_rivals(ratio, "none", continuity_rates()))
    return str(top["rival"]), float(top["interval"][0]), str(top["words"])


def _spread(heads: Sequence[tuple[str, float, str]]) -> str:
    if not heads:
        return "none"
    low, middle, high = np.quantile([10 ** one[1] for one in heads], (0.05, 0.5, 0.95))
    counted = {
        key: sum(one[place] == key for one in heads) for place in (0, 2) for key in sorted({o[place] for o in heads})
    }
    told = ", ".join(f"{key} {number}" for key, number in counted.items())
    return f"at least {middle:.1f} (5-95 %: {low:.1f}-{high:.1f}); {told}"


def _expected(heads: Sequence[tuple[str, float, str]], visits: int) -> str:
    """By the smallest headline: at most so many of the visits would look so by accident."""
    if not heads:
        return "none to compare with"
    return f"at most {visits / 10 ** min(one[1] for one in heads):.0f} of {visits} visits, found {len(heads)}"


SECTIONS = {"honest": honest, "several": several, "headline": headline}


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    run(__doc__, SECTIONS, words)


if __name__ == "__main__":
    main()
