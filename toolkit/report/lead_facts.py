"""Leads, FD6's test and the hours of the records, as ``report.json`` holds them.

Leads are for whoever investigates: editions for a committee or the public hold
none, and say so by null, which is another thing than an empty list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from toolkit.analysis.leads.hours import hours_of, zone_question

WITH_LEADS = ("draft", "full")

Row = dict[str, Any]


def leads_shown(edition: str) -> bool:
    """Whether this edition tells leads and FD6."""
    return edition in WITH_LEADS


def lead_facts(read: Mapping[str, list[Row]], edition: str) -> Row:
    """``leads`` by kind and time, and ``sequences_tested``: what FD6 looked at; null where the edition has none."""
    if not leads_shown(edition):
        return {"leads": None, "sequences_tested": None}
    names = ("lead_id", "kind", "begins", "employees", "facts", "explanations")
    told = [
        {name: row[name] for name in names} | {"rows": [{"exhibit_id": a, "row": b} for a, b in row["rows"]]}
        for row in read["leads"]
    ]
    tested = read["sequences_tested"]
    return {"leads": told, "sequences_tested": tested[0] if tested else None}


def hour_facts(times: Sequence[str]) -> Row:
    """``hours``: counts of the 24 hours as written; ``hours_question``: where they look like another time zone."""
    counts = hours_of(times)
    asked = zone_question(counts)
    return {"hours": counts, "hours_question": None if asked is None else asdict(asked)}
