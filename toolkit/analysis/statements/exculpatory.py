"""FD9, the exculpatory search: what speaks for the persons concerned, always told, with where it was looked for.

Each item names a source row or a visit, what it may explain, and the findings
that it stands against. An item weighs nothing by itself and takes no finding
away; that nothing was found speaks for nobody and against nobody. Likeness never
stands alone: it is told only beside a presentation that the site's own
recordings read as live, and as a lead without a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import groupby
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.findings import information
from toolkit.analysis.placing.assertions import each_once
from toolkit.analysis.statements.context_times import EVERYBODY, ClockIns, days_of, visit_times, visits_within
from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE

CODE = "FD9"
NOT_OWN = ("FD9", "FD10")  # findings that concern nobody in particular
MOST_LISTED = 8
MOST_SOURCES = 200  # rows of one exhibit that an item names; its facts tell how many there are
PLACED_P = 0.5  # a clock-in belongs to its best visit from here on
# What a kind of context says of a clock-in that it covers.
COVERS = {
    "leave": "leave_covers",
    "duty": "duty_covers",
    "field_visit": "field_visit_covers",
    "off_site_record": "off_site_covers",
    "presence": "presence_covers",
    "device_fault": "device_fault_covers",
    "enrolment_test": "enrolment_test_covers",
    "policy": "policy_covers",
    "correspondence": "correspondence_covers",
    "unknown": "unknown_kind_covers",
}
LIMITS = ("search_is_not_exhaustive", "papers_say_what_was_written", "explains_is_not_shows")
OF_ONE_PERSON = ("leave", "duty", "field_visit", "off_site_record", "presence")
TO_ASK_FOR = ("leave", "duty", "field_visit", "off_site_record", "device_fault", "enrolment_test")

Row = dict[str, Any]
Rows = list[Row]


@cache
def _empty(name: str) -> pd.DataFrame:
    return tables.empty(name)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is searched: tables by name, ``findings`` as rows with their JSON read; a table that is missing is empty.

    ``ran`` are names of the tables that a step has recorded.
    """

    findings: Sequence[Row]
    read: Mapping[str, pd.DataFrame]
    ran: frozenset[str] = field(default_factory=frozenset)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.read[name] if name in self.read else _empty(name)

    @cached_property
    def once(self) -> pd.DataFrame:
        """Table ``punches`` without rows that repeat an event."""
        return each_once(self["punches"])

    @cached_property
    def placed(self) -> dict[str, str]:
        """Punch id to the visit in which it was most probably made."""
        best = self["associations"]
        in_visit = ~best["outcome"].isin([NOBODY_SEEN, OUTSIDE_COVERAGE])
        best = best[best["best"] & (best["probability"] >= PLACED_P) & in_visit]
        return dict(zip(best["punch_id"].astype(str), best["outcome"].astype(str), strict=True))

    @cached_property
    def named(self) -> set[str]:
        """Employee ids of all findings that concern somebody."""
        return {one for row in self.findings if row["code"] not in NOT_OWN for one in row["employees"]}

    @cached_property
    def of_findings(self) -> set[str]:
        """Visits of all findings."""
        return {one for row in self.findings if row["code"] not in NOT_OWN for one in row["visit_ids"]}

    @cached_property
    def concerned(self) -> set[str]:
        """Employees of a finding or with a clock-in in examined footage; all of the records where there is none."""
        best, punches = self["associations"], self["punches"]
        looked = best.loc[best["best"] & (best["outcome"] != OUTSIDE_COVERAGE), "punch_id"]
        of = set(punches.loc[punches["punch_id"].isin(looked), "employee_id"].astype(str))
        found = (self.named | of) - {""}
        return found or set(punches["employee_id"].astype(str)) - {""}


def item(
    code: str,
    *,
    employees: Iterable[str] = (),
    visit_ids: Iterable[str] = (),
    days: Iterable[str] = (),
    facts: Mapping[str, Any] | None = None,
    sources: Iterable[tuple[str, str, int]] = (),
) -> Row:
    """One item of the search; ``sources`` are (exhibit, sheet, row), of very many the first of each exhibit."""
    every = sorted(set(sources))
    kept = [one for _, part in groupby(every, key=lambda source: source[0]) for one in list(part)[:MOST_SOURCES]]
    left_out = {"sources_left_out": len(every) - len(kept)} if len(kept) < len(every) else {}
    return {
        "code": code,
        "employees": sorted(set(employees)),
        "visit_ids": sorted(set(visit_ids)),
        "days": sorted(set(days)),
        "facts": {**(facts or {}), **left_out},
        "sources": [{"exhibit_id": exhibit, "sheet": sheet, "row": int(row)} for exhibit, sheet, row in kept],
    }


def from_context(known: Known) -> Rows:
    """Items of the context tables: what covers a clock-in of somebody concerned, or a visit."""
    punches = _clock_ins(known)
    clock_ins, placed = ClockIns(punches), known.placed
    rows = punches.to_dict("records")
    times = visit_times(known["visits"], known["clips"])
    found = []
    for row in known["context_records"].to_dict("records"):
        if row["kind"] not in COVERS:
            continue
        covered = clock_ins.within(row)
        general = row["employee_id"] == EVERYBODY and row["kind"] not in OF_ONE_PERSON
        stood = visits_within(row, times) if general else ()
        if covered is None and not stood:
            continue
        mine = [rows[k] for k in covered.rows] if covered is not None else []
        found.append(_covering({str(key): value for key, value in row.items()}, mine, covered, stood, placed))
    return found


def _clock_ins(known: Known) -> pd.DataFrame:
    """Clock-ins of employees concerned, each event once; what failed is none."""
    once = known.once
    mine = once["employee_id"].isin(sorted(known.concerned)) & (once["result"] != "fail")
    return once[mine].reset_index(drop=True)


def _covering(row: Row, mine: Sequence[Mapping[Any, Any]], covered: Any, stood: Sequence[str], placed: Any) -> Row:
    employees = {str(one["employee_id"]) for one in mine} if row["employee_id"] == EVERYBODY else {row["employee_id"]}
    visits = {placed[str(one["punch_id"])] for one in mine if str(one["punch_id"]) in placed}
    days = {str(one["t_local"])[:10] for one in mine} or set(days_of(row))
    facts = {
        "employee": listed(employees),
        "kind": row["kind_text"],
        "from": _shown(row, "from_local"),
        "to": _shown(row, "to_local"),
        "clock_ins": len(mine),
        "zone": None if covered is None else covered.zone,
    }
    own = (str(row["exhibit_id"]), str(row["sheet"]), int(row["row"]))
    sources = {own, *((str(one["exhibit_id"]), str(one["sheet"]), int(one["row"])) for one in mine)}
    return item(
        COVERS[row["kind"]], employees=employees, visit_ids={*visits, *stood}, days=days, facts=facts, sources=sources
    )


def listed(names: Iterable[str]) -> str:
    """Names as one text, the first few of many."""
    every = sorted(set(names))
    return ", ".join(every[:MOST_LISTED]) + (f" … ({len(every)})" if len(every) > MOST_LISTED else "")


def _shown(row: Row, end: str) -> str:
    """A stretch's end as people write it: whole days by their first and last day."""
    if row["whole_days"] and str(row[end]).endswith("T00:00:00"):
        days = days_of(row)
        return days[0] if end == "from_local" else days[-1]
    return str(row[end])[:16].replace("T", " ")


def concluded(known: Known, items: Rows, scope: Row) -> tuple[Row, Rows]:
    """The finding FD9, and rows of table ``exculpatory`` with their ids and the findings that they stand against."""
    order = sorted(items, key=lambda one: (one["code"], one["employees"], one["visit_ids"], one["days"]))
    numbered = [
        {**one, "item_id": f"X-{number:03d}", "finding_ids": [row["finding_id"] for row in known.findings
                                                              if stands_against(one, row)]}
        for number, one in enumerate(order, 1)
    ]  # fmt: skip
    finding = information(CODE, LIMITS, {"items": len(numbered), "scope": scope})
    return finding, numbered


def stands_against(one: Row, finding: Row) -> bool:
    """Whether an item concerns a finding: by a visit of it, or by employee and day where it has none."""
    if finding["code"] in NOT_OWN or one["code"] == "checked_no_finding":
        return False
    if finding["visit_ids"]:
        return bool(set(one["visit_ids"]) & set(finding["visit_ids"]))
    day = finding["sensitivity"].get("day")
    same_day = day is None or not one["days"] or day in one["days"]
    return bool(set(one["employees"]) & set(finding["employees"])) and same_day


def weighed_against(findings: Sequence[Row], items: Rows) -> Rows:
    """The findings with the items that stand against them in their list ``against``; none twice."""
    told = []
    for row in findings:
        there = {one["code"] for one in row["against"]}
        mine = [one for one in items if row["finding_id"] in one["finding_ids"] and one["code"] not in there]
        more = [{"code": one["code"], "facts": {**one["facts"], "item": one["item_id"]}} for one in mine]
        told.append({**row, "against": [*row["against"], *more]})
    return told
