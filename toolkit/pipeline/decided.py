"""What people decided, laid upon the findings: states, rivals set aside, ids that meet the naming rule, FD7."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis import naming
from toolkit.analysis.decisions import Review, review
from toolkit.analysis.statements import repeated
from toolkit.analysis.strength import Rival, SetAside, with_statement
from toolkit.analysis.subjects import Subject, subjects
from toolkit.casebook.case import Case

TABLE = "decisions"
WORKED = (("marks", "marked_by"), ("zones", "stated_by"))  # who worked on the case openly
READ = (TABLE, "marks", "zones", "presentations")  # tables that a case may lack

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What decisions are judged beside: all of them, what can be decided on besides findings, who worked openly."""

    decisions: Rows
    visits: Rows
    presentations: Rows
    worked: frozenset[str]

    def known(self, findings: Sequence[Mapping[str, Any]]) -> dict[str, Subject]:
        """All that people can decide on, by its id of today."""
        return subjects(findings, self.visits, self.presentations)

    def review(self, findings: Sequence[Mapping[str, Any]]) -> Review:
        """What the decisions are worth beside these findings."""
        return review(self.decisions, self.known(findings), findings, self.worked)


def desk(case: Case, visits: pd.DataFrame) -> Desk:
    """The desk of a case; whoever stated a zone or made a mark has seen more of it than a blind reviewer may."""
    worked = {row[column] for name, column in WORKED for row in _rows(case, name)}
    return Desk(
        decisions=_rows(case, TABLE),
        visits=tables.rows_of("visits", visits),
        presentations=_rows(case, "presentations"),
        worked=frozenset(str(one) for one in worked if one is not None),
    )


def decided(
    case: Case, findings: pd.DataFrame, read: Mapping[str, pd.DataFrame], refit: naming.Refit
) -> tuple[pd.DataFrame, pd.DataFrame, Rows]:
    """Tables ``findings`` with FD7 and with what people decided, ``identities``, and rows of ``not_assessable``.

    Parameters
    ----------
    findings : DataFrame
        As the program made them, numbered.
    read : mapping
        The tables that findings are made from (:data:`toolkit.pipeline.concluding.INPUTS`).
    """
    rows, here = tables.rows_of("findings", findings), desk(case, read["visits"])
    told = naming.Tables(
        presentations=case.read("presentations") if case.has("presentations") else tables.empty("presentations"),
        **{one.name: read[one.name] for one in fields(naming.Tables) if one.name != "presentations"},
    )
    found = naming.uses(naming.artefacts(rows, here.review(rows), told), told, refit)
    rows[-1:-1] = repeated.repeated(found, read["visits"])
    for number, row in enumerate(rows, 1):
        row["finding_id"] = f"F-{number:02d}"
    stand = here.review(rows)
    made = [_with_decisions(row, stand) for row in rows]
    ids = tables.build("identities", naming.identities(found))
    return tables.build("findings", made), ids, repeated.missing(found)


def _rows(case: Case, name: str) -> Rows:
    return tables.rows_of(name, case.read(name)) if case.has(name) else []


def _with_decisions(row: Row, stand: Review) -> Row:
    """The finding in the state that people gave it, with the rivals that they set aside."""
    aside = {one["name"]: _statement(row["finding_id"], one["name"], stand) for one in row["rivals"]}
    rivals = [with_statement(Rival(**one), aside[one["name"]]).as_row() for one in row["rivals"]]
    row = {**row, "state": stand.states[row["finding_id"]], "rivals": rivals}
    papers = row["propositions"].get("paper_rivals", [])
    if any(told is not None and name not in papers for name, told in aside.items()):
        row["headline"] = {**row["headline"], "conditional": True}
    if any(told is not None and name in papers for name, told in aside.items()):
        paper = {**row["sensitivity"]["paper_headline"], "conditional": True}
        row["sensitivity"] = {**row["sensitivity"], "paper_headline": paper}
    return row


def _statement(finding_id: str, rival: str, stand: Review) -> SetAside | None:
    """A person's word that a rival is excluded; nobody is tested in this version, so that it moves no number."""
    made = stand.set_aside(finding_id, rival)
    if made is None:
        return None
    told = made.row
    return SetAside(rival=rival, decision=told["decision_id"], reviewer=told["by"], reason=told["note"])
