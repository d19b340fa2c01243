"""Items of the exculpatory search (FD9) that footage and clock-in records hold by themselves.

Rows that a phone or a person made, failed attempts before a pass, pictures that
the terminal took, what its own log tells, live outcomes, companions, and people
who were checked without a finding. What each explains stands in the report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from toolkit.analysis.placing.assertions import at_a_terminal
from toolkit.analysis.statements.context_times import visit_times
from toolkit.analysis.statements.exculpatory import Known, Row, Rows, item, listed
from toolkit.analysis.timing.civil_time import missing

LIVE = "live"
FAILED_WITHIN_S = 60.0  # before a pass at the same terminal
CLAIM_P = 0.9
# What a terminal's own log tells that an innocent explanation may begin with.
LOGGED = {
    "power_on": "logged_restart",
    "clock_set": "logged_clock_set",
    **dict.fromkeys(
        ("setting_changed", "face_enrolled", "face_deleted", "user_deleted", "data_cleared"), "logged_change"
    ),
}


def from_records(known: Known) -> Rows:
    """Entered rows, failed attempts before a pass, pictures by the terminal, and events of its own log."""
    return [*_entered(known), *_failed_first(known), *_pictured(known), *_logged(known)]


def from_footage(known: Known) -> Rows:
    """Live outcomes, companions and likeness leads in the visits of findings."""
    return [*_live(known), *_companions(known), *_alike(known)]


def _source(row: Mapping[Any, Any]) -> tuple[str, str, int]:
    return str(row["exhibit_id"]), str(row["sheet"]), int(row["row"])


def _day(row: Mapping[Any, Any]) -> str:
    return str(row["t_local"])[:10]


def _entered(known: Known) -> Rows:
    """Rows made with a phone or entered by a person, of employees concerned: they may have been authorised."""
    punches, placed = known["punches"], known.placed
    others = punches[~at_a_terminal(punches) & punches["employee_id"].isin(sorted(known.concerned))]
    visits = _visits_by_day(punches, placed)
    found = []
    for (employee, kind), part in others.groupby(["employee_id", "record_kind"]):
        days = {_day(row) for row in part.to_dict("records")}
        where = {visit for day in days for visit in visits.get((str(employee), day), ())}
        facts = {"employee": str(employee), "kind": str(kind), "rows": len(part), "days": len(days)}
        sources = [_source(row) for row in part.to_dict("records")]
        found.append(
            item("entered_rows", employees=[str(employee)], visit_ids=where, days=days, facts=facts, sources=sources)
        )
    return found


def _visits_by_day(punches: pd.DataFrame, placed: Mapping[str, str]) -> dict[tuple[str, str], set[str]]:
    """Employee and day to the visits in which clock-ins of that day were placed."""
    visits: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in punches[punches["punch_id"].isin(list(placed))].to_dict("records"):
        visits[str(row["employee_id"]), _day(row)].add(placed[str(row["punch_id"])])
    return visits


def _of_findings(known: Known) -> pd.DataFrame:
    """Clock-ins that were placed in a visit of a finding, with their visit."""
    placed, wanted = known.placed, known.of_findings
    punches = known.once
    visit = punches["punch_id"].map(lambda one: placed.get(str(one), ""))
    return punches.assign(visit_id=visit)[visit.isin(sorted(wanted))]


def _failed_first(known: Known) -> Rows:
    """Failed attempts of the same id, or of none, shortly before a pass: refusals happen to live faces too."""
    punches = known.once
    failed = punches[punches["result"] == "fail"]
    found = []
    for row in _of_findings(known).to_dict("records"):
        at = datetime.fromisoformat(row["t_local"])
        near = failed[
            failed["employee_id"].isin([row["employee_id"], ""]) & failed["t_local"].str.startswith(_day(row))
        ]
        before = [
            one
            for one in near.to_dict("records")
            if _same_terminal(one, row)
            and 0 <= (at - datetime.fromisoformat(one["t_local"])).total_seconds() <= FAILED_WITHIN_S
        ]
        if before:
            facts = {"employee": str(row["employee_id"]), "attempts": len(before), "seconds": int(FAILED_WITHIN_S)}
            found.append(
                item("failed_before_pass", employees=[row["employee_id"]], visit_ids=[row["visit_id"]],
                     days=[_day(row)], facts=facts, sources=[_source(row), *(_source(one) for one in before)])
            )  # fmt: skip
    return found


def _same_terminal(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    first, second = one["terminal_id"], other["terminal_id"]
    return missing(first) or missing(second) or first == second


def _pictured(known: Known) -> Rows:
    """Pictures that the terminal took at clock-ins of findings: they show who presented, and nobody has looked."""
    details = known["punch_details"]
    with_picture = set(details.loc[details["photo_ref"].notna(), "punch_id"].astype(str))
    punches = _of_findings(known)
    found = []
    for visit_id, part in punches[punches["punch_id"].isin(sorted(with_picture))].groupby("visit_id"):
        rows = part.to_dict("records")
        employees = {str(row["employee_id"]) for row in rows}
        facts = {"employee": listed(employees), "clock_ins": len(rows), "visit": str(visit_id)}
        found.append(
            item("device_photo", employees=employees, visit_ids=[str(visit_id)], days=[_day(row) for row in rows],
                 facts=facts, sources=[_source(row) for row in rows])
        )  # fmt: skip
    return found


def _logged(known: Known) -> Rows:
    """What the terminal's own log tells of the days of findings: a start, a set clock, an enrolment."""
    events = known["device_events"]
    events = events[events["what"].isin(sorted(LOGGED))]
    visits: dict[str, set[str]] = defaultdict(set)
    for row in _of_findings(known).to_dict("records"):
        visits[_day(row)].add(str(row["visit_id"]))
    found = []
    for row in events.to_dict("records"):
        day = str(row["stamped_at"])[:10].replace("/", "-")
        if day in visits:
            facts = {"code": str(row["code"]), "at": str(row["stamped_at"])}
            code = LOGGED[str(row["what"])]
            found.append(item(code, visit_ids=visits[day], days=[day], facts=facts, sources=[_source(row)]))
    return found


def _live(known: Known) -> Rows:
    """Presentations in visits of findings that the site's own recordings read as live."""
    by_visit: dict[str, list[str]] = defaultdict(list)
    for name, visit_id in _live_presentations(known):
        if visit_id in known.of_findings:
            by_visit[visit_id].append(name)
    return [
        item("live_outcome", visit_ids=[visit_id], facts={"visit": visit_id, "presentations": listed(names)})
        for visit_id, names in sorted(by_visit.items())
    ]


def _live_presentations(known: Known) -> list[tuple[str, str]]:
    """Presentation and visit of every outcome "live"; one whose faces were looked for anew since is left out."""
    outcomes = known["assessments"]
    live = set(outcomes.loc[outcomes["outcome"] == LIVE, "presentation_id"].astype(str))
    shown = known["presentations"]
    columns = zip(shown["presentation_id"].astype(str), shown["visit_id"].astype(str), strict=True)
    return [(name, visit_id) for name, visit_id in columns if name in live]


def _companions(known: Known) -> Rows:
    """A second body beside the presenter in the visit of a finding: each may have clocked in."""
    visits = known["visits"]
    beside = visits[visits["companion"].isin(["seen", "possible"]) & visits["visit_id"].isin(sorted(known.of_findings))]
    return [
        item(f"companion_{row['companion']}", visit_ids=[row["visit_id"]], facts={"visit": str(row["visit_id"])})
        for row in beside.to_dict("records")
    ]


def _alike(known: Known) -> Rows:
    """Live presentations on a day of a finding that are most like the photograph of one of its employees: a lead."""
    comparisons, ranked = known["comparisons"], known["likenesses"]
    nearest = set(comparisons.loc[comparisons["standing"] == "nearest", "presentation_id"].astype(str))
    first = ranked[ranked["rank"] == 1]
    like = dict(zip(first["presentation_id"].astype(str), first["employee_id"].astype(str), strict=True))
    times = visit_times(known["visits"], known["clips"])
    clip_of = dict(zip(known["visits"]["visit_id"], known["visits"]["exhibit_id"], strict=True))
    named, by_day = known.named, _visits_by_day(known["punches"], known.placed)
    found = []
    for name, visit_id in _live_presentations(known):
        employee = like.get(name, "")
        if name not in nearest or employee not in named:
            continue
        day = times[visit_id][0].date().isoformat() if visit_id in times else None
        visits = {
            one
            for (who, when), several in by_day.items()
            for one in several
            if who == employee and (when == day if day else clip_of[one] == clip_of[visit_id])
        }
        if visits:
            facts = {"employee": employee, "presentation": name, "visit": visit_id}
            found.append(item("live_and_alike", employees=[employee], visit_ids={visit_id, *visits},
                              days=[day] if day else [], facts=facts))  # fmt: skip
    return found


def without_finding(known: Known) -> Rows:
    """One item for the people whose clock-ins were all placed in visits without a finding."""
    rows = known["associations"]
    best = rows[rows["best"]]
    sure = best[(best["probability"] >= CLAIM_P)]
    outcome = dict(zip(sure["punch_id"].astype(str), sure["outcome"].astype(str), strict=True))
    tried = known["punches"][known["punches"]["punch_id"].isin(best["punch_id"])]
    of_findings, named = known.of_findings, known.named
    visits = set(known["visits"]["visit_id"].astype(str)) - of_findings
    clear: dict[str, list[Row]] = {}
    for employee, part in tried.groupby("employee_id"):
        told = [{str(key): value for key, value in row.items()} for row in part.to_dict("records")]
        if str(employee) not in named and all(outcome.get(str(row["punch_id"])) in visits for row in told):
            clear[str(employee)] = told
    if not clear:
        return []
    every = [row for told in clear.values() for row in told]
    facts = {"employee": listed(clear), "employees": len(clear), "clock_ins": len(every)}
    placed = {outcome[str(row["punch_id"])] for row in every}
    return [
        item("checked_no_finding", employees=clear, visit_ids=placed, days=[_day(row) for row in every], facts=facts,
             sources=[_source(row) for row in every])
    ]  # fmt: skip


def scope_of(known: Known) -> Row:
    """Where was searched: context, clock-ins, visits, hours of footage, presentations, and what was not to be had."""
    files, context, examined = known["context_files"], known["context_records"], known["examined"]
    looked = examined[examined["how"].isin(["decoded", "probed"])]
    kinds = {str(kind): int(count) for kind, count in context["kind"].value_counts().sort_index().items()}
    outcomes = known["assessments"]["outcome"]
    return {
        "context_exhibits": sorted(files.loc[files["machine_read"], "exhibit_id"].astype(str)),
        "context_unread": sorted(files.loc[~files["machine_read"], "exhibit_id"].astype(str)),
        "context_rows": len(context),
        "context_kinds": kinds,
        "clock_ins": len(known.once),
        "record_exhibits": sorted(set(known["record_files"]["exhibit_id"].astype(str))),
        "employees": len(known.concerned),
        "visits": len(known["visits"]),
        "footage_s": round(float((looked["to_s"] - looked["from_s"]).sum()), 1),
        "footage_exhibits": sorted(set(looked["exhibit_id"].astype(str))),
        "presentations": len(known["presentations"]),
        "weighed": int(known["assessments"]["log10_lr"].notna().sum()),
        "read_as_live": int((outcomes == LIVE).sum()),
        "compared_with_photographs": len(known["comparisons"]) if "comparisons" in known.ran else None,
        "pictures_by_terminal": int(known["punch_details"]["photo_ref"].notna().sum()),
        "terminal_log_rows": len(known["device_events"]),
    }
