"""What may be said: FD2 (one body, several clock-ins), FD4 (one picture shown again) and FD10 (integrity).

No sentence is written here: codes, numbers and moments only; the report writes.
FD2 names nobody as clocked in by an artefact: it is continuity and clock
together, and counts once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis import strength
from toolkit.analysis.association import Placed, assignable, place, solve
from toolkit.analysis.clocks import BLIND
from toolkit.analysis.placing.assertions import at_a_terminal
from toolkit.analysis.placing.bursts import one_of_each
from toolkit.analysis.presenters import MARGIN_S, Continuity
from toolkit.analysis.statements.one_body import ChanceRatio, chance_ratio
from toolkit.analysis.statements.reuse_findings import reuse_findings, searched_missing
from toolkit.analysis.statements.rivals import UNTOLD, fd2_headline, fd2_rivals
from toolkit.analysis.strength import Rival
from toolkit.analysis.timing.clock_anchors import read_at
from toolkit.analysis.timing.unplaced import near_steps, not_looked_at

CLAIM_P = 0.9
LEAST_LOG10_CHANCE = 1.0
MINUTE_S = 60.0
PERHAPS_P = 0.01  # of a clock-in, that it was made in the tested visit: it is left out of the clock
ContinuityOf = Callable[[str, float, float], Continuity]
Refit = Callable[[str, frozenset[str]], Placed | None]
Rows = list[dict[str, Any]]


def conclude(
    *,
    punches: pd.DataFrame,
    visits: pd.DataFrame,
    clips: pd.DataFrame,
    clocks: pd.DataFrame,
    associations: pd.DataFrame,
    integrity: pd.DataFrame,
    examined: pd.DataFrame,
    continuity: ContinuityOf,
    rates: dict[str, Any] | None,
    refit: Refit | None = None,
    presentations: pd.DataFrame | None = None,
    reuse: pd.DataFrame | None = None,
    reuse_searched: pd.DataFrame | None = None,
    anchors: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables ``findings`` and ``not_assessable``.

    Parameters
    ----------
    continuity : callable
        ``(visit_id, from_s, to_s) -> Continuity``, for a span that reaches beyond
        the clock's interval by a margin of :data:`~toolkit.analysis.presenters.MARGIN_S`.
    rates : dict or None
        Tested rates, counts in independent scenes: ``switch`` {kind: {scenes,
        certified}}, ``stay`` and for some kinds ``stay_<kind>`` {scenes,
        certified}, ``companion`` {scenes, flagged}, ``basis``.
    refit : callable, optional
        ``(visit_id, punch_ids) -> Placed``: the visit's clip by a clock that was
        found from presence without these clock-ins, None where none is. Without
        it no FD2 is made on a clock from presence.
    presentations, reuse, reuse_searched : DataFrame, optional
        Tables of the steps ``faces`` and ``compare``; without them FD4 is told as not run.
    anchors : DataFrame, optional
        What the clock was read from; an FD2 whose own clock-ins are among them says so.
    """
    found: Rows = []
    missing: Rows = []
    every = list(place(punches, visits, clips, clocks, examined))
    searched = sum(len(placed.visit_ids) for placed in every)  # of all clips: so many chances to look so by accident
    for placed in every:
        _one_body(placed, visits, associations, punches, continuity, rates, searched, refit, found, missing)
    if anchors is not None:
        _tell_own_events(found, anchors, associations, punches)
    if reuse is not None and presentations is not None:
        found += reuse_findings(reuse, presentations, visits)
    found.sort(key=lambda row: (row["visit_ids"], row["employees"]))
    missing += searched_missing(reuse, reuse_searched)
    found.append(_integrity(integrity))
    missing += _not_assessable(punches, visits, clips, clocks)
    missing += not_looked_at(punches, clips, clocks, examined) + near_steps(punches, clocks)
    for number, row in enumerate(found, 1):
        row["finding_id"] = f"F-{number:02d}"
    unique = {tables.canonical(row): row for row in missing}
    return tables.build("findings", found), tables.build("not_assessable", list(unique.values()))


def _one_body(
    placed: Placed,
    visits: pd.DataFrame,
    associations: pd.DataFrame,
    punches: pd.DataFrame,
    continuity: ContinuityOf,
    rates: dict[str, Any] | None,
    searched: int,
    refit: Refit | None,
    found: Rows,
    missing: Rows,
) -> None:
    by_records = placed
    # Which clock-ins are tested is taken without the prior on several ids: that is what the ratio is to judge.
    shares = solve(placed.timeline).visits
    for number, visit_id in enumerate(by_records.visit_ids):
        mine = {one for one, share in zip(by_records.punch_ids, shares[:, number], strict=True) if share >= CLAIM_P}
        placed = by_records
        rows = [k for k, one in enumerate(placed.punch_ids) if one in mine]
        if len({placed.timeline.employees[k] for k in rows}) < 2:
            continue
        if placed.method == BLIND:  # the clock was found from these very clock-ins, among others
            again = _by_the_others(visit_id, associations, refit)
            if again is None:
                missing.append({"what": "FD2", "why": "clock_from_the_same_records", "facts": {"visit": visit_id}})
                continue
            placed, rows = again, [k for k, one in enumerate(again.punch_ids) if one in mine]
        body = placed.visit_ids.index(visit_id)
        rows, reason = _one_by_one(placed, rows)
        if reason is not None:
            missing.append({"what": "FD2", "why": reason[0], "facts": {"visit": visit_id, **reason[1]}})
            continue
        visit = visits[visits["visit_id"] == visit_id].to_dict("records")[0]
        body_check = _continuity(placed, rows, visit_id, continuity)
        why = _obstacle(visit, body_check)
        if why is not None:
            missing.append({"what": "FD2", "why": why, "facts": {"visit": visit_id}})
            continue
        chance = chance_ratio(placed.timeline, body, rows, _clock_sd(placed, rows))
        if chance.at_3m < LEAST_LOG10_CHANCE:
            facts = {"visit": visit_id, "log10_lr": round(chance.at_3m, 2)}
            missing.append({"what": "FD2", "why": "chance_explains", "facts": facts})
            continue
        found.append(_finding(placed, rows, visit, chance, body_check, rates, searched))


def _one_by_one(placed: Placed, rows: list[int]) -> tuple[list[int], tuple[str, dict[str, int]] | None]:
    """The clock-ins that can have been made one after the other under several ids, or why there are none."""
    employees = placed.timeline.employees
    if any(placed.precision_s[k] >= MINUTE_S for k in rows):
        return [], ("minute_precision", {})
    spelled = one_spelling_each(rows, employees)
    written = len({employees[k] for k in rows})
    if len({employees[k] for k in spelled}) < 2 <= written:
        return [], ("ids_alike", {"ids": written})
    apart = one_of_each(spelled, placed.timeline.windows)
    if len({employees[k] for k in apart}) < 2:
        return [], ("one_sending", {"clock_ins": len(spelled)})
    return list(apart), None


def one_spelling_each(rows: Sequence[int], employees: Sequence[str]) -> list[int]:
    """The clock-ins without those under another spelling of an id that is among them already.

    Two exports may write one person as 1003 and as 00001003. They stay two ids
    everywhere else; here, where several ids are the point, they count as one.
    """
    first: dict[str, str] = {}
    return [k for k in rows if first.setdefault(_spelling(employees[k]), employees[k]) == employees[k]]


def _spelling(employee_id: str) -> str:
    shown = unicodedata.normalize("NFKC", employee_id).casefold()
    seen = "".join(one for one in shown if unicodedata.category(one)[0] not in "CZ")  # no control signs, no spaces
    return seen.lstrip("0") or "0"


def _tell_own_events(found: Rows, anchors: pd.DataFrame, associations: pd.DataFrame, punches: pd.DataFrame) -> None:
    """A clock that was read at a clock-in of the tested visit rests in part on what is tested."""
    written = dict(zip(punches["punch_id"], punches["t_local"], strict=True))
    for row in found:
        mine = associations[(associations["outcome"].isin(row["visit_ids"])) & associations["best"]]
        own = read_at(anchors, [str(written[one]) for one in mine["punch_id"]])
        if len(own) and "clock_by_presence" not in row["limits"]:
            row["limits"].append("clock_from_own_event")


def _by_the_others(visit_id: str, associations: pd.DataFrame, refit: Refit | None) -> Placed | None:
    """The visit's clip by a clock that no clock-in of this visit helped to find."""
    if refit is None:
        return None
    mine = associations[(associations["outcome"] == visit_id) & (associations["probability"] >= PERHAPS_P)]
    return refit(visit_id, frozenset(mine["punch_id"].astype(str)))


def _clock_sd(placed: Placed, rows: Sequence[int]) -> float:
    """The clock's uncertainty where these punches are, at the worst of them."""
    return max(placed.sd_at(float(at)) for at in placed.timeline.windows[list(rows)].ravel())


def _continuity(placed: Placed, rows: Sequence[int], visit_id: str, continuity: ContinuityOf) -> Continuity:
    windows = placed.timeline.windows[list(rows)]
    pad = MARGIN_S + 1.96 * _clock_sd(placed, rows)
    return continuity(visit_id, float(windows.min()) - pad, float(windows.max()) + pad)


def _obstacle(visit: dict[Any, Any], body: Continuity) -> str | None:
    if visit["companion"] == "seen":
        return "companion_seen"
    if not body.certified:
        return body.why_not or "continuity_not_certified"
    return None


def _finding(
    placed: Placed,
    rows: Sequence[int],
    visit: dict[Any, Any],
    chance: ChanceRatio,
    body: Continuity,
    rates: dict[str, Any] | None,
    searched: int,
) -> dict[str, Any]:
    rivals = fd2_rivals(chance, str(visit["companion"]), rates)
    top = fd2_headline(rivals)
    known = [one.lower_log10 for one in rivals if one.lower_log10 is not None]
    survives = min(chance.clock_early, chance.clock_late) >= LEAST_LOG10_CHANCE
    employees = sorted({placed.timeline.employees[k] for k in rows})
    return {
        "code": "FD2",
        "state": "candidate",
        "employees": employees,
        "visit_ids": [visit["visit_id"]],
        "propositions": {"main": "one_body_several_ids", "rivals": [one.name for one in rivals]},
        "rivals": [one.as_row() for one in rivals],
        "headline": top,
        "against": [*_against(visit, body, survives), *_unlooked(placed, rows, rivals)],
        "limits": [
            "names_nobody",
            "continuity_is_a_set",
            "hidden_behind",
            "not_random_footage",
            "other_footage_rates",
            *(["clock_by_presence"] if placed.method == BLIND else []),
            *(["walk_left_out"] if body.walk_left_out else []),
        ],
        "sensitivity": {
            "m": round(chance.m, 4),
            "log10_at_m": round(chance.at_m, 3),
            "log10_at_3m": round(chance.at_3m, 3),
            "clock_early": round(chance.clock_early, 3),
            "clock_late": round(chance.clock_late, 3),
            "time_sensitive": not survives,
            "leave_one_out": {one: round(value, 3) for one, value in chance.leave_one_out.items()},
            "equal_weights_log10": round(strength.equal_weights(known), 3) if known else None,
            "break_even": strength.break_even(known),
            "continuity_risk": body.risk,
            "lineage": body.lineage,
            "visits_searched": searched,
            "expected_false": None if not known else round(searched / 10.0 ** min(known), 3),
        },
        "frames": _frames(placed, rows, body),
    }


def _against(visit: dict[Any, Any], body: Continuity, survives: bool) -> list[dict[str, Any]]:
    against: list[dict[str, Any]] = []
    if not survives:
        against.append({"code": "time_sensitive", "facts": {}})
    if visit["companion"] == "possible":
        against.append({"code": "companion_possible", "facts": {}})
    if body.weakest_s is not None:
        against.append({"code": "weakest_moment", "facts": {"media_s": round(body.weakest_s, 2), "risk": body.risk}})
    return against


def _unlooked(placed: Placed, rows: Sequence[int], rivals: Sequence[Rival]) -> list[dict[str, Any]]:
    """Where a person must look, because scenes of a kind were not told apart by the check."""
    windows = placed.timeline.windows[list(rows)]
    facts = {"from_s": round(float(windows.min()), 1), "to_s": round(float(windows.max()), 1)}
    return [{"code": f"look_{one.name}", "facts": facts} for one in rivals if one.basis == UNTOLD]


def _frames(placed: Placed, rows: Sequence[int], body: Continuity) -> list[dict[str, Any]]:
    moments = [
        {
            "exhibit_id": placed.exhibit_id,
            "media_s": round(float(placed.timeline.windows[k].mean()), 3),
            "role": "punch",
            "employee_id": placed.timeline.employees[k],
        }
        for k in rows
    ]
    if body.weakest_s is not None:
        moments.append(
            {
                "exhibit_id": placed.exhibit_id,
                "media_s": round(body.weakest_s, 3),
                "role": "weakest",
                "employee_id": None,
            }
        )
    return sorted(moments, key=lambda one: (one["media_s"], one["role"]))


def information(code: str, limits: Sequence[str], sensitivity: dict[str, Any]) -> dict[str, Any]:
    """A finding that is there in every case, concerns nobody by itself and compares nothing."""
    return {
        "code": code,
        "state": "information",
        "employees": [],
        "visit_ids": [],
        "propositions": {},
        "rivals": [],
        "headline": {"rival": None, "log10_lr": None, "interval": None, "words": "no_ratio"},
        "against": [],
        "limits": list(limits),
        "sensitivity": sensitivity,
        "frames": [],
    }


def _integrity(integrity: pd.DataFrame) -> dict[str, Any]:
    """FD10, always there: what is odd about the exhibits, or that nothing was noticed."""
    return information("FD10", ["integrity_is_not_authenticity"], {"items": len(integrity)})


def _not_assessable(punches: pd.DataFrame, visits: pd.DataFrame, clips: pd.DataFrame, clocks: pd.DataFrame) -> Rows:
    rows: Rows = []
    if punches.empty:
        rows.append({"what": "records", "why": "no_records", "facts": {}})
    if clips.empty:
        rows.append({"what": "footage", "why": "no_footage", "facts": {}})
    for clock in clocks.to_dict("records"):
        if not clock["determinable"]:
            facts = {
                "device": clock["device_id"],
                "exhibit": clock["exhibit_id"],
                "reason": clock["reason"],
                "anchors": int(clock["anchors_used"]),
            }
            rows.append({"what": "offset", "why": "offset_not_determinable", "facts": facts})
    nameless = int(assignable(punches)["terminal_id"].isna().sum())
    if nameless and len(set(clocks["device_id"])) > 1:
        rows.append({"what": "records", "why": "terminal_not_stated", "facts": {"rows": nameless}})
    elsewhere = int((~at_a_terminal(punches)).sum())
    if elsewhere:
        rows.append({"what": "records", "why": "made_at_no_terminal", "facts": {"rows": elsewhere}})
    unclear = int(((punches["result"] == "unknown") & (punches["record_kind"] == "raw_event")).sum())
    if unclear:
        rows.append({"what": "records", "why": "result_unknown", "facts": {"rows": unclear}})
    coarse = int((punches["precision_s"] >= MINUTE_S).sum())
    if coarse:
        rows.append({"what": "naming", "why": "minute_precision", "facts": {"rows": coarse}})
    return rows
