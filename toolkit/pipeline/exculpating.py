"""The exculpatory search (FD9) and FD5 over the tables of a case; called last, when all other findings are there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.statements.exculpatory import Known, concluded, from_context, stands_against, weighed_against
from toolkit.analysis.statements.exculpatory_seen import from_footage, from_records, scope_of, without_finding
from toolkit.analysis.statements.not_seen import Sightings, not_seen
from toolkit.analysis.statements.repeated import CODE as LATE
from toolkit.casebook.case import Case

# Tables that are searched where a step has recorded them.
SEARCHED = (
    "punches", "punch_details", "device_events", "record_files", "context_records", "context_files", "clips", "clocks",
    "visits", "examined", "associations", "presentations", "assessments", "comparisons", "likenesses",
)  # fmt: skip

Rows = list[dict[str, Any]]


def searched(case: Case, findings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Rows]:
    """The findings with FD5 and FD9 before the last one and with what speaks against each; items; what is missing.

    Returns
    -------
    tuple
        Tables ``findings`` and ``exculpatory``, and rows of ``not_assessable``.
    """
    read = {name: case.read(name) for name in SEARCHED if case.has(name)}
    rows: Rows = tables.rows_of("findings", findings)
    unseen, missing = _not_seen(read)
    rows[-1:-1] = unseen
    _number(rows)
    known = Known(findings=rows, read=read, ran=frozenset(read))
    scope = scope_of(known)
    items = [*from_context(known), *from_records(known), *from_footage(known), *without_finding(known)]
    finding, numbered = concluded(known, items, scope)
    told = weighed_against(rows, numbered)
    told[-1:-1] = [finding]
    _renumber(told, numbered)
    return tables.build("findings", told), tables.build("exculpatory", numbered), missing


def beside_later(findings: pd.DataFrame, items: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Findings that were made after the search (FD7) with what it found against them, and its items with their ids."""
    rows, told = tables.rows_of("findings", findings), tables.rows_of("exculpatory", items)
    late = [row for row in rows if row["code"] == LATE]
    for one in told:
        one["finding_ids"] = sorted(
            {*one["finding_ids"], *(row["finding_id"] for row in late if stands_against(one, row))}
        )
    told_rows = [weighed_against([row], told)[0] if row["code"] == LATE else row for row in rows]
    return tables.build("findings", told_rows), tables.build("exculpatory", told)


def _not_seen(read: dict[str, pd.DataFrame]) -> tuple[Rows, Rows]:
    known = Known(findings=(), read=read)
    # Nothing in this version calibrates likeness: who is there could be missed, and that is said.
    sightings = Sightings(calibrated=False) if len(known["comparisons"]) else None
    return not_seen(
        punches=known["punches"],
        clips=known["clips"],
        clocks=known["clocks"],
        associations=known["associations"],
        examined=known["examined"],
        context=known["context_records"],
        sightings=sightings,
    )


def _number(rows: Rows) -> None:
    for number, row in enumerate(rows, 1):
        row["finding_id"] = f"F-{number:02d}"


def _renumber(rows: Rows, items: Rows) -> None:
    """Number anew with the search among them, and say so in the items."""
    before = [row.get("finding_id") for row in rows]
    _number(rows)
    moved = dict(zip(before, (row["finding_id"] for row in rows), strict=True))
    for one in items:
        one["finding_ids"] = [moved[old] for old in one["finding_ids"]]
