"""Leads from order and gaps: pairs that stand next to each other, and groups that follow one another closely.

Pairs: how often one id comes right before another within ten minutes by the
clock, against ids dealt out anew within those ten minutes, which keeps the rush.
Of n ids any order is then equally likely, and one stands right before another
with chance 1/n; over many stretches that is a sum of independent trials, whose
tail is computed exactly. All pairs that ever shared a stretch are tested
together (Benjamini and Hochberg 1995). People who come together on purpose are
found by this as they should be: it shows company, not why they keep it. So are
two whose habits lie closer together than ten minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis.leads.chance_gaps import base_rate, nearby_rate, same_order, spread
from toolkit.analysis.leads.log_days import Floats, LogDays
from toolkit.analysis.leads.sequences import Group, close_groups

BIN_S = 600.0
FALSE_SHARE = 0.05
LEAST_TIMES = 3
LEAST_GROUP_TIMES = 5
COMPANY = ("car_pool", "lift_or_queue", "shift_start")

Lead = dict[str, Any]
Stretches = dict[Any, list[str]]
Places = dict[tuple[str, str], list[tuple[int, int]]]


def adjacent_pairs(told: pd.DataFrame) -> list[Lead]:
    """Pairs of ids of which one comes right before the other more often than their ten minutes explain.

    Parameters
    ----------
    told : DataFrame
        As :func:`toolkit.analysis.leads.log_days.counted` gives it, to the second.

    Returns
    -------
    list of dict
        Rows of ``leads`` without ids. ``facts``: ``before``, ``after``, ``times``, ``expected``, ``stretches`` that
        both share, ``p``, ``q`` (the false-discovery rate at which the pair is taken), ``tests``, ``gap_median_s``,
        ``gap_cv``, ``base_rate``.
    """
    stretches, places = _stretches(told)
    tested = _tails(stretches, places)
    tests = len({(a, b) for ids in stretches.values() for a in ids for b in ids if a != b})
    taken = _discovered([p for p, *_ in tested.values()], tests)
    return [
        _pair(
            told,
            pair,
            places[pair],
            {"p": p, "q": q, "expected": round(expected, 2), "stretches": shared, "tests": tests},
        )
        for (pair, (p, expected, shared)), q in zip(tested.items(), taken, strict=True)
        if q <= FALSE_SHARE
    ]


def _stretches(told: pd.DataFrame) -> tuple[Stretches, Places]:
    """The ids of each terminal and ten minutes, each once; and the rows where one id stands right before another."""
    by: dict[Any, list[int]] = defaultdict(list)
    seen: set[tuple[Any, str]] = set()
    stretch = told["at"].dt.floor(f"{int(BIN_S)}s")
    ids = told["employee_id"].astype(str).tolist()
    for k, key in enumerate(zip(told["terminal_id"].astype(str), stretch, strict=True)):
        if (key, ids[k]) not in seen:
            seen.add((key, ids[k]))
            by[key].append(k)
    places: Places = defaultdict(list)
    for rows in by.values():
        for a, b in pairwise(rows):
            places[ids[a], ids[b]].append((a, b))
    return {key: [ids[k] for k in rows] for key, rows in by.items()}, places


def _tails(stretches: Stretches, places: Places) -> dict[tuple[str, str], tuple[float, float, int]]:
    """For each pair that stands together often enough: tail, expected number, stretches that both share."""
    where: dict[str, set[Any]] = defaultdict(set)
    for key, ids in stretches.items():
        for one in ids:
            where[one].add(key)
    told = {}
    for (a, b), hits in places.items():
        if len(hits) >= LEAST_TIMES:
            shared = where[a] & where[b]
            chances = np.array([1.0 / len(stretches[key]) for key in shared])
            told[a, b] = (_tail(chances, len(hits)), float(chances.sum()), len(shared))
    return dict(sorted(told.items()))


def _tail(chances: Floats, times: int) -> float:
    """Chance that at least ``times`` of independent trials with these chances succeed."""
    law = np.zeros(len(chances) + 1)
    law[0] = 1.0
    for one in chances:
        law[1:] = law[1:] * (1 - one) + law[:-1] * one
        law[0] *= 1 - one
    return float(min(1.0, law[times:].sum()))


def _discovered(tails: Sequence[float], tests: int) -> list[float]:
    """For each tail the false-discovery rate at which it is taken; tests that are not listed had a tail of one."""
    order = np.argsort(tails)
    told = np.ones(len(tails))
    least = 1.0
    for rank in range(len(tails), 0, -1):
        k = int(order[rank - 1])
        least = min(least, tails[k] * tests / rank)
        told[k] = least
    return [float(one) for one in told]


def _pair(told: pd.DataFrame, pair: tuple[str, str], hits: list[tuple[int, int]], tested: dict[str, Any]) -> Lead:
    at_s = told["at"].to_numpy().astype("datetime64[s]").astype(np.float64)
    before, after = (at_s[[hit[side] for hit in hits]] for side in (0, 1))
    gaps = after - before
    near = np.searchsorted(at_s, before + BIN_S, side="right") - np.searchsorted(at_s, before - BIN_S) - 2
    rate = max(float(np.mean(near)), 0.0) / (2 * BIN_S)
    facts = {
        "before": pair[0],
        "after": pair[1],
        "times": len(hits),
        "gap_median_s": float(np.median(gaps)),
        "gap_cv": spread(gaps),
        "base_rate": base_rate(rate, float(np.median(gaps))),
    }
    return {
        "kind": "adjacent_pair",
        "employees": sorted(pair),
        "punch_ids": [str(told["punch_id"][k]) for hit in hits for k in hit],
        "facts": facts | tested,
        "explanations": [*COMPANY, "own_habits"],
    }


def close_sequences(logs: Sequence[LogDays]) -> Iterator[Lead]:
    """Groups that follow one another within ten seconds at half of their meetings, five times or more.

    ``facts``: ``times``, ``meetings``, ``end``, ``order`` (mean Kendall tau of the order over days), ``gap_cv``,
    ``gap_median_s``, ``base_rate``. No p: that of FD6 is the one that counts all groups.
    """
    for log in logs:
        for one in close_groups(0, log, log.at_s):
            if one.times >= LEAST_GROUP_TIMES and one.end != "both":
                yield _close(log, one)


def _close(log: LogDays, one: Group) -> Lead:
    gaps = np.concatenate([np.diff(log.at_s[list(rows)]) for rows in one.rows])
    orders = [[int(log.who[k]) for k in rows] for rows in one.rows]
    rate = nearby_rate(log, [rows[0] for rows in one.rows], one.members)
    return {
        "kind": "close_sequence",
        "employees": sorted(log.employees[k] for k in one.members),
        "punch_ids": [str(log.punch_ids[k]) for rows in one.rows for k in rows],
        "facts": {
            "end": one.end,
            "times": one.times,
            "meetings": one.meetings,
            "order": same_order(orders),
            "gap_median_s": float(np.median(gaps)),
            "gap_cv": spread(gaps),
            "base_rate": base_rate(rate, float(np.median(gaps))),
        },
        "explanations": [*COMPANY, "side_by_side"],
    }
