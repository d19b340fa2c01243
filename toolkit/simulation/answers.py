"""The right answer for each row of the records, and what follows from the rows and the bodies."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.records import NOBODY_SEEN, OUTSIDE_COVERAGE
from toolkit.simulation.plan import ClipPlan, Event, Plan
from toolkit.simulation.records_out import RecordsFile, Row
from toolkit.simulation.truth import BodyTruth, PresentationTruth, PunchTruth, UnseenTruth, VisitTruth


def tell_punches(
    plan: Plan, records: RecordsFile, presentations: Sequence[PresentationTruth]
) -> tuple[PunchTruth, ...]:
    """One entry for each row of the file, in its order, then for what is not in it."""
    precision = "seconds" if plan.scenario.terminal.precision_s == 1 else "minutes"
    shown = {one.presentation_id: one for one in presentations}
    clips = {clip.clip.clip: clip for clip in plan.clips}
    told = [(row, None) for row in records.rows]
    missing: list[tuple[Row, str | None]] = [(row, why) for row, why in records.not_written]
    return tuple(_punch(row, why, clips, shown, precision) for row, why in [*told, *missing])


def _punch(
    row: Row,
    why: str | None,
    clips: dict[str, ClipPlan],
    shown: dict[str, PresentationTruth],
    precision: str,
) -> PunchTruth:
    event = row.event
    clip = None if event is None else clips.get(event.clip or "")
    presented = None if event is None else shown.get(event.presentation_id or "")
    return PunchTruth(
        row=row.line if why is None else None,
        employee_id=row.employee_id,
        stamped_at=row.stamp.isoformat(sep=" ", timespec=precision),
        accepted=row.accepted,
        happened_at=None if event is None else event.at.isoformat(timespec="milliseconds"),
        happened_as=None if event is None else event.employee_id,
        clip=None if clip is None else clip.clip.clip,
        media_s=None if clip is None or event is None else round((event.at - clip.clip.starts_at).total_seconds(), 3),
        answer=_answer(event, clip, presented),
        visit_id=None if presented is None else presented.visit_id,
        presentation_id=None if presented is None else presented.presentation_id,
        presenter=None if presented is None else presented.bearer,
        medium=None if presented is None else presented.medium,
        shows=None if presented is None else presented.shows,
        edited=row.edited or why == "deleted",
        changes=row.changes,
        why_missing=why,
    )


def _answer(event: Event | None, clip: ClipPlan | None, presented: PresentationTruth | None) -> str | None:
    """What an examination should say: it cannot see what was lost, and an invented row has no event."""
    if event is None:
        return None
    if clip is None or not clip.covers(event.at):
        return OUTSIDE_COVERAGE
    return NOBODY_SEEN if presented is None or presented.visit_id is None else presented.visit_id


def several_ids(punches: Sequence[PunchTruth], visits: Sequence[VisitTruth]) -> tuple[BodyTruth, ...]:
    """Visits in which the terminal accepted different ids, as it happened and not as the rows were changed later."""
    found = []
    for visit in visits:
        ids = sorted({one.happened_as or "" for one in punches if one.visit_id == visit.visit_id and one.accepted})
        if len(ids) > 1:
            found.append(BodyTruth(visit_id=visit.visit_id, person=visit.person, employee_ids=tuple(ids)))
    return tuple(found)


def unseen_employees(plan: Plan, punches: Sequence[PunchTruth]) -> tuple[UnseenTruth, ...]:
    """Employees with accepted rows on a day of footage on which their own body is in none of its clips.

    The day of a row is the day on which it happened (of an invented row: the
    day that is written).
    """
    real = [clip for clip in plan.clips if clip.clip.control == "none"]
    seen = {(act.person, clip.clip.starts_at.date()) for clip in real for act in clip.clip.acts}
    days = {clip.clip.starts_at.date().isoformat() for clip in real}
    whose = {one.employee_id: one.person for one in plan.scenario.people if one.employee_id is not None}
    present = {(whose_id, day.isoformat()) for whose_id, person in whose.items() for p, day in seen if p == person}
    rows = {
        (one.employee_id, (one.happened_at or one.stamped_at or "")[:10])
        for one in punches
        if one.accepted and one.row is not None
    }
    return tuple(
        UnseenTruth(employee_id=employee_id, day=day, really=_really(plan, whose.get(employee_id), day))
        for employee_id, day in sorted(rows - present)
        if day in days
    )


def _really(plan: Plan, person: str | None, day: str) -> tuple[str, ...]:
    return tuple(
        one.where
        for one in plan.scenario.elsewhere
        if one.person == person and one.starts_at.date().isoformat() <= day <= one.ends_at.date().isoformat()
    )
