"""Leads: patterns of the records and FD6, recorded as tables; where to look, and nothing that is concluded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.leads.patterns import leads
from toolkit.analysis.leads.sequence_findings import sequence_findings
from toolkit.casebook.case import Case

READ = ("punch_details", "device_events", "exhibits", "context_records")  # beside what `conclude` reads
USED = ("punches", "punch_details", "device_events", "associations", "visits", "examined")
MADE = ("leads", "sequences_tested")
ABSENT = ("leave", "field_visit", "off_site_record")  # kinds of context that put one person elsewhere
Rows = list[dict[str, Any]]


def record_leads(case: Case, *, inputs: Sequence[str], params: Mapping[str, Any]) -> tuple[Rows, Rows]:
    """Record ``leads`` and ``sequences_tested``; rows of FD6 for ``findings`` and for ``not_assessable``."""
    read = {name: case.read(name) for name in USED if case.has(name)}
    found, missing, tested = sequence_findings(read["punches"])
    told = leads(read, hashes=_pictures(case), context=_absences(case))
    case.record("leads", told, inputs=inputs, params=params)
    case.record("sequences_tested", tables.build("sequences_tested", [tested]), inputs=inputs, params=params)
    return found, missing


def _absences(case: Case) -> pd.DataFrame | None:
    """What the site wrote down of single people elsewhere; None where the case holds no such table."""
    if not case.has("context_records"):
        return None
    records = case.read("context_records")
    return records[records["kind"].isin(ABSENT) & (records["employee_id"] != "")]


def _pictures(case: Case) -> dict[str, str]:
    """Pictures that came with the records: name to hash. A name that two files bear tells nothing."""
    exhibits: pd.DataFrame = case.read("exhibits") if case.has("exhibits") else tables.empty("exhibits")
    named: dict[str, set[str]] = {}
    for declared, sha256 in zip(exhibits["declared"], exhibits["sha256"], strict=True):
        told = json.loads(declared)
        if "extracted_from" in told:
            named.setdefault(str(told.get("named")), set()).add(str(sha256))
    return {name: hashes.pop() for name, hashes in named.items() if len(hashes) == 1}
