"""What people decided, as facts of ``report.json``: each decision with what it is worth today, and independence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.analysis.decisions import BLIND, IN_FORCE, NO, REVIEW, YES, Review, Standing, person, review
from toolkit.analysis.subjects import subjects

Row = dict[str, Any]
Rows = list[Row]


def decision_facts(read: Mapping[str, Sequence[Row]]) -> Row:
    """Entries ``decisions`` and ``independence`` from the rows of the tables.

    Parameters
    ----------
    read : mapping
        Rows of the tables ``decisions``, ``findings``, ``visits``, ``presentations``, ``marks`` and ``zones``.
    """
    known = subjects(read["findings"], read["visits"], read["presentations"])
    worked = {one["marked_by"] for one in read["marks"]} | {one["stated_by"] for one in read["zones"]}
    stand = review(read["decisions"], known, read["findings"], {one for one in worked if one is not None})
    return {
        "decisions": [_decision(one) for one in stand.standings],
        "independence": [_independence(name, stand) for name in _answered(stand)],
    }


def _decision(one: Standing) -> Row:
    names = ("decision_id", "about", "kind", "answer", "by", "at", "blind", "note")
    counts = one.blind == BLIND
    return {
        **{name: one.row[name] for name in names},
        "subject": one.subject,
        "standing": one.standing,
        "superseded_by": one.superseded_by,
        "counts_as_blind": counts,
        "blind_why_not": one.blind if one.row["blind"] and not counts else None,
        "shown": one.row["shown"],
    }


def _answered(stand: Review) -> list[str]:
    """Ids on which somebody's answer is in force, in their order."""
    asked = (one for one in stand.standings if one.standing == IN_FORCE and one.row["answer"] in REVIEW)
    return sorted({str(one.subject) for one in asked})


def _independence(name: str, stand: Review) -> Row:
    """Whether two different people answered on this id blind, and whether all who answered agree."""
    told = stand.answers(name)
    said = {str(one.row["answer"]) for one in told}
    blind = stand.blind_people([name])
    return {
        "subject": name,
        "reviewers": len({person(one.row["by"]) for one in told}),
        "blind_reviewers": len(blind),
        "shown": len(blind) >= 2,
        "disagree": YES in said and NO in said,
    }
