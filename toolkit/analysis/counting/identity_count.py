"""How many employee ids were used by an artefact: a strict lower bound, an interval by a stated model, an upper bound.

Each employee has a probability; were they independent, their number would
follow a Poisson-binomial law. They are not: one wrong clock misplaces every
clock-in that was placed by it. So each shared clock is right or wrong for all
its employees at once, and the laws of all states are mixed, exactly where the
states can be listed and by seeded draws where they are too many. An interval
that treats them as independent is too narrow at its lower end.

The strict lower bound is not of the model: it counts those who meet the rule
of naming. Whether an employee knew is in none of the numbers.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PRIOR = 0.10  # of an employee, before the evidence; the probabilities are taken to hold at it
PRIORS = (0.01, 0.10, 0.50)
SHARED_ERROR = 0.10  # a clock or track that several rest on is wrong: a judgement, stated in the report
KEPT_IF_WRONG = 1 / 3  # of a probability: what was offered stays seen, whose clock-in it was does not; a judgement
CENTRAL = 0.95
MOST_LISTED, DRAWS, SEED = 12, 4_096, 20_261
REST = 1e-9


def identity_count(identities: pd.DataFrame) -> dict[str, Any]:
    """The row "identities_used" of table ``counts``.

    Parameters
    ----------
    identities : DataFrame
        ``employee_id``, ``probability`` (0-1, missing where it could not be
        assessed), ``meets_rule``, ``clocks`` (JSON list of what the employee's
        evidence shares with others').

    Returns
    -------
    dict
        ``low`` employees that meet the naming rule; ``high`` plus all whose
        clock-ins are not resolved; ``best`` the mean of the model; ``note`` with
        ``interval`` (95 %), ``best`` (one or two whole numbers),
        ``independent`` (the interval without shared errors), ``nothing_kept``
        (the interval if a wrong clock leaves nothing), ``priors`` and
        ``not_assessed``. Without any assessed employee the model says nothing,
        and interval and best are None: no number, not 0.
    """
    named = int(identities["meets_rule"].fillna(False).sum())
    assessed = identities[identities["probability"].notna()]
    unresolved = int((~identities["meets_rule"].fillna(False) & ~(identities["probability"] <= 0).fillna(False)).sum())
    note: dict[str, Any] = {
        "why": "counted", "not_assessed": len(identities) - len(assessed), "prior": PRIOR,
        "shared_error": SHARED_ERROR, "interval": None, "best": None, "priors": [],
    }  # fmt: skip
    mean = None
    if len(assessed):
        p = assessed["probability"].to_numpy(float)
        clocks = [tuple(sorted(json.loads(one))) for one in assessed["clocks"]]
        law = count_law(p, clocks)
        mean = round(float(law @ np.arange(len(law))), 3)
        note |= {
            "interval": central(law),
            "best": sorted({int(np.floor(mean)), int(np.ceil(mean))}),
            "independent": central(count_law(p, [()] * len(p))),
            "nothing_kept": central(count_law(p, clocks, kept=0.0)),
            "priors": [
                {"prior": prior, "interval": central(count_law(at_prior(p, prior), clocks))} for prior in PRIORS
            ],
        }
    return {"what": "identities_used", "low": named, "high": named + unresolved, "best": mean, "note": note}


def at_prior(p: Floats, prior: float, was: float = PRIOR) -> Floats:
    """The probabilities had the prior been another: odds times the ratio of the prior odds."""
    safe = np.clip(p, REST, 1 - REST)
    odds = safe / (1 - safe) * (prior / (1 - prior)) / (was / (1 - was))
    return np.asarray(odds / (1 + odds))


def count_law(
    p: Floats, shared: Sequence[Sequence[str]], *, error: float = SHARED_ERROR, kept: float = KEPT_IF_WRONG
) -> Floats:
    """Probabilities of 0, 1, ... len(p).

    Parameters
    ----------
    shared : sequence of sequences of str
        For each probability what it rests on together with others; a thing that
        one alone rests on is wrong for that one alone.
    error : float
        Probability that a shared thing is wrong, 0-1, each by itself.
    kept : float
        What is left of a probability then, as a share, 0-1.
    """
    keys = sorted({key for one in shared for key in one})
    rests = np.array([[key in one for key in keys] for one in shared], bool).reshape(len(p), len(keys))
    law = np.zeros(len(p) + 1)
    for weight, wrong in _states(len(keys), error):
        law += weight * poisson_binomial(np.where(rests[:, wrong].any(axis=1), kept * p, p))
    return law


def _states(keys: int, error: float) -> Iterator[tuple[float, NDArray[np.int64]]]:
    """Which shared things are wrong, with its probability: all states, or seeded draws where they are too many."""
    if keys <= MOST_LISTED:
        for state in itertools.product((False, True), repeat=keys):
            wrong = np.flatnonzero(state)
            yield error ** len(wrong) * (1 - error) ** (keys - len(wrong)), wrong
        return
    rng = np.random.default_rng(SEED)
    states, counts = np.unique(rng.random((DRAWS, keys)) < error, axis=0, return_counts=True)
    for state, number in zip(states, counts, strict=True):
        yield float(number) / DRAWS, np.flatnonzero(state)


def poisson_binomial(p: Floats) -> Floats:
    """Law of the number of successes of independent trials with these probabilities."""
    law = np.ones(1)
    for one in p:
        law = np.convolve(law, [1 - one, one])
    return law


def central(law: Floats, share: float = CENTRAL) -> list[int]:
    """Ends of the central interval: the smallest numbers at which the sum reaches either tail."""
    total = np.cumsum(law)
    tail = (1 - share) / 2
    return [int(np.argmax(total >= tail - REST)), int(np.argmax(total >= 1 - tail - REST))]


def prevalence(
    flagged: int, events: int, apcer: tuple[int, int], bpcer: tuple[int, int], draws: int = 20_000
) -> Mapping[str, Any]:
    """Share of artefacts among events of a group, from the share that a cue flags and its two tested error rates.

    (q - BPCER) / (1 - APCER - BPCER), cut to 0-1 (Rogan and Gladen 1978), with
    the uncertainty of all three rates carried through. Of the group alone: it
    tells nothing of any one event, and nothing of days without footage, which
    somebody chose.

    Parameters
    ----------
    apcer, bpcer : tuple of int
        Errors and trials of the tested rates.

    Returns
    -------
    mapping
        ``share``, ``interval`` (95 %), ``why``: None, or "no_events",
        "no_rates" or "rates_tell_nothing" with share and interval None.
    """
    for why, missing in (("no_events", not events), ("no_rates", not (apcer[1] and bpcer[1]))):
        if missing:
            return {"share": None, "interval": None, "why": why}
    rng = np.random.default_rng(SEED)
    q, a, b = (rng.beta(k + 0.5, n - k + 0.5, draws) for k, n in ((flagged, events), apcer, bpcer))
    apart = 1 - a - b
    if np.quantile(apart, 0.025) <= 0:
        return {"share": None, "interval": None, "why": "rates_tell_nothing"}
    told = np.clip((q - b) / np.maximum(apart, REST), 0, 1)
    rate_a, rate_b = apcer[0] / apcer[1], bpcer[0] / bpcer[1]
    share = float(np.clip((flagged / events - rate_b) / (1 - rate_a - rate_b), 0, 1))
    low, high = np.quantile(told, (0.025, 0.975))
    return {"share": round(share, 4), "interval": [round(float(low), 4), round(float(high), 4)], "why": None}
