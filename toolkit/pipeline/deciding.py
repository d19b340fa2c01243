"""A person decides on a finding, a rival, a visit or a presentation: checked, journaled, and never overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from toolkit import tables
from toolkit.analysis.decisions import (
    ANSWERS,
    NEED_A_REASON,
    REVIEW,
    SEEN_ALONE,
    STATES,
    Review,
    lacking,
    next_states,
    person,
)
from toolkit.analysis.subjects import FINDING, RIVAL, Subject
from toolkit.casebook.case import Case
from toolkit.errors import ReadingError
from toolkit.language import text
from toolkit.pipeline.concluding import conclude
from toolkit.pipeline.decided import TABLE, desk

MOST_LISTED = 40

Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as it was recorded; ``state`` is the finding's state after it, None for what has none."""

    decision_id: str
    kind: str
    state: str | None
    supersedes: str | None
    blind: str


def decide(case: Case, about: str, answer: str, *, by: str, blind: bool = False, note: str = "") -> Decided:
    """Record and journal what a person decided, and conclude anew.

    Parameters
    ----------
    about : str
        A finding ("F-02"), a rival of a finding ("F-02:companion"), a visit or a presentation.
    answer : str
        One of :data:`toolkit.analysis.decisions.ANSWERS`.
    by : str
        An id of the reviewer; no name is needed. Ids that differ in case only are one person.
    blind : bool
        The reviewer states to have seen no names, times or scores before answering.

    Raises
    ------
    ReadingError
        ``decision_without_name``, ``decision_unknown_id``, ``decision_unknown_answer``,
        ``decision_blind_state``, ``decision_blind_finding``,
        ``decision_without_reason``, ``decision_not_allowed``, ``decision_minimum``.
    StepTooEarly
        No visits were looked for yet.
    CaseError
        The case is open for reading only.
    """
    findings = tables.rows_of("findings", case.read("findings")) if case.has("findings") else []
    here = desk(case, case.read("visits"))
    subject = _found(about, here.known(findings))
    _check(subject, answer, by, blind, note)
    row = next((one for one in findings if one["finding_id"] == subject.id), None)
    if row is not None and answer in STATES:
        _check_change(row, answer, here.review(findings))
    made = here.decisions
    fresh = _row(case, subject, answer, by.strip(), blind, note.strip(), len(made) + 1, row)
    case.record(TABLE, tables.build(TABLE, [*made, fresh]), inputs=["exhibits"])
    # The key stays out of the journal: of findings without moments it holds employee ids.
    public = {name: fresh[name] for name in ("decision_id", "about", "kind", "version", "answer", "blind", "at")}
    case.note("decide", public, {"by": fresh["by"], "note": fresh["note"]})
    if findings:
        findings = tables.rows_of("findings", conclude(case))
    return _told(fresh, subject, replace(here, decisions=[*made, fresh]).review(findings))


def _found(about: str, subjects: Mapping[str, Subject]) -> Subject:
    subject = subjects.get(about.strip())
    if subject is None:
        findings_first = sorted(subjects.values(), key=lambda one: one.kind not in (FINDING, RIVAL))
        raise ReadingError("decision_unknown_id", about=about, known=_listed([one.id for one in findings_first]))
    return subject


def _listed(names: Sequence[str]) -> str:
    told = ", ".join(names[:MOST_LISTED])
    return f"{told}, …" if len(names) > MOST_LISTED else told or "–"


def _check(subject: Subject, answer: str, by: str, blind: bool, note: str) -> None:
    if not person(by):
        raise ReadingError("decision_without_name")
    if answer not in ANSWERS[subject.kind]:
        raise ReadingError(
            "decision_unknown_answer", answer=answer, about=subject.id, known=", ".join(ANSWERS[subject.kind])
        )
    if blind and answer not in REVIEW:
        raise ReadingError("decision_blind_state", answer=answer, known=", ".join(REVIEW))
    if blind and subject.kind not in SEEN_ALONE:
        raise ReadingError("decision_blind_finding", about=subject.id)
    if answer in NEED_A_REASON and not note.strip():
        raise ReadingError("decision_without_reason", answer=answer)


def _check_change(row: Mapping[str, Any], answer: str, stand: Review) -> None:
    """Whether a finding may go from its state to another."""
    state = stand.states[row["finding_id"]]
    allowed = next_states(state, row["code"])
    if answer not in allowed:
        raise ReadingError(
            "decision_not_allowed", about=row["finding_id"], state=state, answer=answer, known=", ".join(allowed) or "–"
        )
    lacks = lacking(row, stand) if answer not in ("candidate", "rejected", "inconclusive") else ()
    if lacks:
        told = " ".join(text(f"report.lacking_{one}") for one in lacks)
        raise ReadingError("decision_minimum", about=row["finding_id"], answer=answer, lacks=told)


def _row(
    case: Case, subject: Subject, answer: str, by: str, blind: bool, note: str, number: int, finding: Row | None
) -> Row:
    """The decision with what it was made on: frames and moments, the state then, the report made last."""
    stored = [one["pub"] for one in case.journal_rows() if one["act"] == "store"]
    reports = [one["sha256"] for one in stored if str(one["out"]).endswith("report.html")]
    shown = {
        **(subject.shown or {}),
        "state": None if finding is None else finding["state"],
        "report_sha256": reports[-1] if reports else None,
    }
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "decision_id": f"D-{number:04d}", "about": subject.id, "kind": subject.kind,
        "about_key": json.loads(subject.key), "version": subject.version, "answer": answer, "by": by, "at": now,
        "blind": blind, "note": note, "shown": shown,
    }  # fmt: skip


def _told(fresh: Row, subject: Subject, stand: Review) -> Decided:
    mine = next(one for one in stand.standings if one.row["decision_id"] == fresh["decision_id"])
    name = str(fresh["decision_id"])
    before = next((one.row["decision_id"] for one in stand.standings if one.superseded_by == name), None)
    return Decided(
        decision_id=name,
        kind=subject.kind,
        state=stand.states.get(mine.subject or "") if subject.kind == FINDING else None,
        supersedes=before,
        blind=mine.blind,
    )
