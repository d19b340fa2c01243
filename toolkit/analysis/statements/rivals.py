"""What else could make one body span several clock-ins: the rivals of FD2, each with its own ratio or none.

The check of continuity says "certified" or not. Its ratio against an unseen
switch is P(certified | one body) / P(certified | switch) *in the same kind of
scene*, lower bound over upper bound, counted in independent scenes. A switch
behind a passer-by needs a passer-by, so its numerator are stays that somebody
crosses; a touching one needs a neighbour, so stays that a neighbour touches;
ordinary handovers compare with undisturbed stays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.analysis import strength
from toolkit.analysis.bodies import companions
from toolkit.analysis.statements.one_body import ChanceRatio
from toolkit.analysis.strength import Rival

LEAST_RATIO = 1e-12  # a tested rate of zero must not become an infinity that JSON cannot hold
RARELY = 0.10  # scenes of a kind that are certified more often than this cannot be called uncertifiable
UNTOLD = "kind_not_told_apart"

Counts = Mapping[str, Any]


def fd2_rivals(chance: ChanceRatio, companion: str, rates: Counts | None) -> list[Rival]:
    """The rivals of FD2, each with its ratio or the reason why it has none.

    Parameters
    ----------
    companion : {"none", "possible", "seen"}
        Verdict of the companion check on the visit.
    rates : mapping or None
        As in :func:`toolkit.analysis.findings.conclude`.
    """
    lower = min(chance.at_m, chance.at_3m)
    rivals = [
        Rival(
            name="chance",
            log10_lr=round(chance.at_m, 3),
            lower_log10=round(lower, 3),
            basis="chance",
            detail={"m": round(chance.m, 4), "log10_at_3m": round(chance.at_3m, 3)},
        )
    ]
    rivals += _switch_rivals(rates)
    rivals.append(_companion_rival(companion, rates))
    rivals.append(_hidden_rival(rates))
    rivals.append(Rival(name="buffered_log", log10_lr=None, lower_log10=None, basis="ask_the_device_log"))
    return rivals


def fd2_headline(rivals: Sequence[Rival]) -> dict[str, Any]:
    """The headline of FD2, as :func:`toolkit.analysis.strength.headline`; none where no switch has a ratio.

    A ratio against chance alone would say a hundred and more with nothing
    tested behind the one body that it rests on. The weakest rival can only be
    named where a switch is among those that have a ratio, and then a hundred
    needs about 350 independent switches without an error.
    """
    top = strength.headline(rivals, strength.OTHER_FOOTAGE_CAP)
    if any(one.name.startswith("switch") and one.lower_log10 is not None for one in rivals):
        return top
    return {**top, "rival": None, "log10_lr": None, "interval": None, "words": "no_ratio"}


def _switch_rivals(rates: Counts | None) -> list[Rival]:
    if not rates or not rates.get("switch"):
        return [Rival(name="switch", log10_lr=None, lower_log10=None, basis="not_tested")]
    return [_switch_rival(kind, switches, rates) for kind, switches in sorted(rates["switch"].items())]


def _switch_rival(kind: str, switches: Counts, rates: Counts) -> Rival:
    """Ratio against a switch of one kind.

    Stays tested in scenes of that kind are its numerator. Where such scenes
    are hardly ever certified, with or without a switch, the check tells the two
    apart as little as it tells who stands hidden: there is no ratio, and the
    rival is named as one that nothing here assessed.
    """
    own = rates.get(f"stay_{kind}")
    stays = own or rates["stay"]
    low = strength.lower_bound(stays["certified"], stays["scenes"], 0.90)
    # A finding asks inside one visit: a switch that left the zone empty between was no trap for the check.
    trials = switches.get("unbroken", switches["scenes"])
    high = strength.upper_bound(switches["certified"], trials)
    if own is not None and low <= high and _most_certified(own, switches) <= RARELY:
        untold = {"stays": dict(own), "switches": dict(switches), "most": round(_most_certified(own, switches), 4)}
        return Rival(name=f"switch_{kind}", log10_lr=None, lower_log10=None, basis=UNTOLD, detail=untold)
    point = (switches["certified"] + 0.5) / (trials + 1)
    return Rival(
        name=f"switch_{kind}",
        log10_lr=_log10(stays["certified"] / stays["scenes"] / point),
        lower_log10=_down(low / high),
        basis=str(rates["basis"]),
        detail={
            "certified": switches["certified"],
            "scenes": trials,
            "stays": dict(stays),
            "stays_kind": "undisturbed" if own is None else kind,
        },
    )


def _most_certified(stays: Counts, switches: Counts) -> float:
    """Upper bound of the share of scenes of a kind, stays and switches alike, that are certified."""
    return strength.upper_bound(stays["certified"] + switches["certified"], stays["scenes"] + switches["scenes"])


def _companion_rival(companion: str, rates: Counts | None) -> Rival:
    """Ratio against a companion: how often nobody is noticed beside one person, over how often beside two."""
    counts = (rates or {}).get("companion")
    if companion != "none" or not counts:
        basis = "companion_possible" if companion != "none" else "not_tested"
        return Rival(name="companion", log10_lr=None, lower_log10=None, basis=basis)
    missed = counts["scenes"] - counts["flagged"]
    point = (missed + 0.5) / (counts["scenes"] + 1)
    high = strength.upper_bound(missed, counts["scenes"])
    alone = (rates or {}).get("alone") or {"visits": 0, "flagged": 0}
    clear = alone["visits"] - alone["flagged"]
    share = clear / alone["visits"] if alone["visits"] else 1.0  # nobody counted: the ratio is "at most"
    low = strength.lower_bound(clear, alone["visits"], 0.90) if alone["visits"] else 1.0
    return Rival(
        name="companion",
        log10_lr=_log10(share / point),
        lower_log10=_down(low / high),
        basis=_counted_with(rates or {}),
        detail={
            "missed": missed,
            "scenes": counts["scenes"],
            "alone": alone["visits"],
            "alone_flagged": alone["flagged"],
        },
    )


def _counted_with(rates: Counts) -> str:
    """Basis of rates of companions: an older, blunter check than the one that looked here is told as such."""
    return str(rates["basis"]) + ("" if rates.get("companion_check") == companions.CHECK else "_before")


def _hidden_rival(rates: Counts | None) -> Rival:
    """Somebody hidden behind: named always, never with a ratio, however often staged ones were noticed.

    What lineage follows and outlines show is the one in front. How often a staged
    second one was noticed depends on how far they were made to look out, and how
    people hide who mean to is not known.
    """
    counts = (rates or {}).get("companion_behind")
    if not counts:
        return Rival(name="hidden_behind", log10_lr=None, lower_log10=None, basis="only_a_person")
    told = {"staged": counts["scenes"], "noticed": counts["flagged"], "passed": counts["certified"]}
    return Rival(name="hidden_behind", log10_lr=None, lower_log10=None, basis="only_a_person_staged", detail=told)


def _down(ratio: float) -> float:
    """Log10 of a lower bound, rounded down: a bound that is rounded up is none."""
    return math.floor(math.log10(max(ratio, LEAST_RATIO)) * 1000) / 1000


def _log10(ratio: float) -> float:
    return round(math.log10(max(ratio, LEAST_RATIO)), 3)
