"""Leads from what stands around clock-ins: failed attempts, changes of what is enrolled, other credentials, states.

Each is an ordinary thing by itself. What is looked for is that it comes where
it does: several refusals right before a pass, a face enrolled anew shortly
before ids begin to follow one another, a password only when others clock in
within seconds, a clock-in where the records say the person was elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from toolkit.analysis.leads.log_days import as_rows
from toolkit.analysis.placing.assertions import each_once

BEFORE_S, LEAST_REFUSED = 60.0, 2
ENROLMENT = ("face_enrolled", "face_deleted", "photo_deleted", "user_deleted", "data_cleared")
SHORTLY = pd.Timedelta(days=7)
BURST_S, LEAST_SHIFTED, SHIFT_P = 10.0, 3, 0.01
FACE = "face"

Lead = dict[str, Any]


def attempt_trails(punches: pd.DataFrame) -> Iterator[Lead]:
    """Two refusals or more at a terminal within a minute before a pass, with nothing passed between.

    ``facts``: ``refused`` before it, ``within_s``, ``share`` of all passes that have so many before them.
    """
    rows = _timed(each_once(punches[punches["record_kind"].isin(("raw_event", "failed_attempt"))]))
    found, passes = [], 0
    for _, mine in rows.groupby("terminal_id", dropna=False):
        failed: list[Any] = []
        for one in as_rows(mine):
            if one["result"] == "fail":
                failed.append(one)
                continue
            passes += 1
            near = [k for k in failed if (one["at"] - k["at"]).total_seconds() <= BEFORE_S]
            failed = []
            if len(near) >= LEAST_REFUSED:
                found.append((one, near))
    for one, near in found:
        facts = {"refused": len(near), "within_s": (one["at"] - near[0]["at"]).total_seconds(),
                 "share": round(len(found) / passes, 4)}  # fmt: skip
        names = [str(k["punch_id"]) for k in (*near, one)]
        yield _lead("attempt_trail", [one["employee_id"]], names, facts, ("seen_badly", "others_attempt", "new_face"))


def enrolment_trails(
    events: pd.DataFrame, patterns: Collection[Lead], begins: Mapping[str, pd.Timestamp]
) -> Iterator[Lead]:
    """Changes of what a terminal knows within a week before ids begin to follow one another.

    Parameters
    ----------
    events : DataFrame
        Table ``device_events``.
    patterns : collection of leads
        Pairs and groups; each with the clock-ins by which it begins.
    begins : mapping
        Time of each clock-in.
    """
    for event in as_rows(events[events["what"].isin(ENROLMENT)]):
        at = pd.to_datetime(str(event["stamped_at"]), errors="coerce")
        if not isinstance(at, pd.Timestamp) or at.tzinfo is not None:
            continue
        for one in patterns:
            first = min(begins[name] for name in one["punch_ids"])
            if pd.Timedelta(0) <= first - at <= SHORTLY:
                words = set(re.findall(r"\w+", str(event["raw"])))
                facts = {
                    "what": event["what"], "at": str(event["stamped_at"]), "begins": first.isoformat(),
                    "names_one": bool(words & set(one["employees"])),
                    "operator": event["operator"],
                    "event": [event["exhibit_id"], int(event["row"])],
                }  # fmt: skip
                yield _lead(
                    "enrolment_trail",
                    one["employees"],
                    one["punch_ids"][:2],
                    facts,
                    ("ordinary_enrolment", "new_device"),
                )


def credential_shifts(told: pd.DataFrame) -> Iterator[Lead]:
    """Ids that use another credential than the face when somebody clocks in within seconds, and else the face.

    ``told`` as :func:`toolkit.analysis.leads.log_days.counted` gives it. ``facts``: counts in bursts and outside, and
    the one-sided exact p of Fisher, which is of this id alone; so many ids were looked at.
    """
    from scipy.stats import fisher_exact  # read where it is used: every command would wait for it

    told = told.assign(near=_in_bursts(told), other=~told["credential"].str.contains(FACE))
    known = told[told["credential"] != "unknown"]
    looked = known.loc[known["near"], "employee_id"].nunique()
    for employee, mine in known.groupby("employee_id", sort=True):
        shifted, plain = mine[mine["near"]], mine[~mine["near"]]
        counts = [[int(part["other"].sum()), int((~part["other"]).sum())] for part in (shifted, plain)]
        if counts[0][0] < LEAST_SHIFTED or plain.empty:
            continue
        p = float(fisher_exact(counts, alternative="greater").pvalue)
        if p * looked <= SHIFT_P:
            facts = {"in_bursts": counts[0][0], "of_bursts": len(shifted), "outside": counts[1][0],
                     "of_outside": len(plain), "p": p, "ids_looked_at": looked}  # fmt: skip
            names = shifted.loc[shifted["other"], "punch_id"].tolist()
            yield _lead("credential_shift", [employee], names, facts, ("face_not_read", "queue_hurry"))


def _in_bursts(told: pd.DataFrame) -> pd.Series[bool]:
    """Whether another id clocks in at the same terminal within seconds."""
    near = pd.Series(False, index=told.index)
    for _, mine in told.groupby("terminal_id", dropna=False):
        gap = mine["at"].diff().dt.total_seconds()
        close = (gap <= BURST_S) & (mine["employee_id"] != mine["employee_id"].shift())
        near.loc[mine.index] = (close | close.shift(-1, fill_value=False)).to_numpy()
    return near


def two_places(told: pd.DataFrame, travel_s: Mapping[frozenset[str], float]) -> Iterator[Lead]:
    """One id at two terminals in less time than somebody stated that the way takes.

    Parameters
    ----------
    travel_s : mapping
        Least seconds between two terminals, as stated by a person; pairs that nobody stated are not looked at.
    """
    for employee, mine in told.groupby("employee_id"):
        rows = as_rows(mine)
        for a, b in pairwise(rows):
            least = travel_s.get(frozenset((str(a["terminal_id"]), str(b["terminal_id"]))))
            apart = (b["at"] - a["at"]).total_seconds()
            if least is not None and a["terminal_id"] != b["terminal_id"] and apart < least:
                facts = {
                    "from": str(a["terminal_id"]),
                    "to": str(b["terminal_id"]),
                    "apart_s": apart,
                    "stated_s": least,
                }
                yield _lead(
                    "two_places", [str(employee)], [a["punch_id"], b["punch_id"]], facts, ("clocks_differ", "id_shared")
                )


def during_absence(told: pd.DataFrame, context: pd.DataFrame) -> Iterator[Lead]:
    """Clock-ins within a time for which a context record says that the person was elsewhere; its end is not in it.

    Parameters
    ----------
    context : DataFrame
        ``employee_id``, ``from_local`` and ``to_local`` (ISO 8601, the terminal's own civil time), ``kind``,
        ``exhibit_id``, ``row``; only absences are handed in.
    """
    for one in as_rows(context):
        start, end = pd.Timestamp(str(one["from_local"])), pd.Timestamp(str(one["to_local"]))
        mine = told[(told["employee_id"] == one["employee_id"]) & (told["at"] >= start) & (told["at"] < end)]
        if len(mine):
            facts = {
                "absence": str(one["kind"]),
                "from": str(one["from_local"]),
                "to": str(one["to_local"]),
                "times": len(mine),
                "record": [str(one["exhibit_id"]), int(one["row"])],
            }
            names = mine["punch_id"].astype(str).tolist()
            yield _lead("during_absence", [one["employee_id"]], names, facts, ("came_in_anyway", "record_wrong"))


def _timed(rows: pd.DataFrame) -> pd.DataFrame:
    at = pd.to_datetime(rows["t_local"].str[:19], format="ISO8601")
    return rows.assign(at=at).sort_values(["at", "punch_id"], kind="stable")


def _lead(kind: str, employees: Collection[Any], names: Collection[Any], facts: Lead, why: Collection[str]) -> Lead:
    return {
        "kind": kind,
        "employees": sorted(str(one) for one in employees if one),
        "punch_ids": [str(one) for one in names],
        "facts": facts,
        "explanations": list(why),
    }
