"""People's decisions: which answers there are, which change of state is allowed, which of them still stand.

States change by decisions alone, and a decision holds for what it was made on:
where that says something else now, the finding is a candidate again and the
decision stands beside it as made on an earlier version. Two reviewers count as
independent only where each is another person, answered blind, and had worked on
nothing of the case openly before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit import tables
from toolkit.analysis.subjects import FINDING, PRESENTATION, RIVAL, VISIT, Subject, found_again

YES, NO, UNSURE = REVIEW = ("yes", "no", "unsure")
SET_ASIDE, STANDS = "set_aside", "stands"
CANDIDATE, REVIEWED, CORROBORATED, REPORTED = "candidate", "reviewed", "corroborated", "reported"
REJECTED, INCONCLUSIVE, INFORMATION, LEAD = "rejected", "inconclusive", "information", "lead"
LEFT = (REVIEWED, CORROBORATED, REPORTED)  # states in which a finding has left "candidate" and is upheld

TRANSITIONS: dict[str, tuple[str, ...]] = {
    CANDIDATE: (REVIEWED, REJECTED, INCONCLUSIVE),
    REVIEWED: (CORROBORATED, REJECTED, INCONCLUSIVE, CANDIDATE),
    CORROBORATED: (REPORTED, REJECTED, INCONCLUSIVE, CANDIDATE),
    REPORTED: (REJECTED, INCONCLUSIVE, CANDIDATE),
    REJECTED: (CANDIDATE,),
    INCONCLUSIVE: (CANDIDATE,),
    LEAD: (REVIEWED, REJECTED, INCONCLUSIVE),
    INFORMATION: (),
}
STATES = tuple(one for one in TRANSITIONS if one not in (INFORMATION, LEAD))
ONLY_A_LEAD = {"FD6": (CORROBORATED, REPORTED)}  # states that a code never reaches
NEED_A_REASON = (CORROBORATED, REJECTED, INCONCLUSIVE, REPORTED, CANDIDATE, SET_ASIDE)
ANSWERS = {FINDING: (*REVIEW, *STATES), RIVAL: (SET_ASIDE, STANDS), VISIT: REVIEW, PRESENTATION: REVIEW}

IN_FORCE, SUPERSEDED, EARLIER, GONE, NOT_MET = "in_force", "superseded", "earlier_version", "gone", "minimum_not_met"
BLIND, NOT_BLIND, OPENLY, BEFORE = "blind", "not_blind", "worked_openly_before", "answered_before"
SEEN_ALONE = (VISIT, PRESENTATION)  # what pictures alone can show somebody who knows nothing else
SAW_IT = "finding_tells"  # a finding's card tells moments, ids and values

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A decision and what it is worth today.

    ``subject`` is the id of today (None: nothing of the kind lies there any
    more); ``blind`` is "blind" where the answer counts as blind, else why not.
    """

    row: Row
    subject: str | None
    standing: str
    superseded_by: str | None
    blind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All decisions as they stand today, and the state of every finding that follows from them."""

    standings: tuple[Standing, ...]
    states: Mapping[str, str] = field(default_factory=dict)

    def answers(self, subject: str) -> list[Standing]:
        """Answers yes, no and unsure in force on this id."""
        return [
            one
            for one in self.standings
            if one.subject == subject and one.standing == IN_FORCE and one.row["answer"] in REVIEW
        ]

    def disputed(self, names: Collection[str]) -> bool:
        """Whether somebody's last answer on any of these ids is "no".

        Also where it was given on an earlier version: a "no" stands in the way
        until whoever gave it answers anew, and no run of the program removes it.
        """
        last = {
            (one.subject, person(one.row["by"])): one
            for one in self.standings
            if one.subject in names and one.row["answer"] in REVIEW
        }
        return any(one.row["answer"] == NO for one in last.values())

    def agreed(self, name: str) -> bool:
        """Whether somebody answered "yes" on this id, and nobody "no"."""
        return any(one.row["answer"] == YES for one in self.answers(name)) and not self.disputed([name])

    def blind_people(self, names: Collection[str], answer: str | None = None) -> set[str]:
        """Different people whose answers on these ids count as blind; only those with this answer, if one is given."""
        return {
            person(one.row["by"])
            for name in names
            for one in self.answers(name)
            if one.blind == BLIND and answer in (None, one.row["answer"])
        }

    def print_visible(self, names: Collection[str]) -> bool:
        """Whether two blind reviewers saw a print on one of these ids, and nobody answered "no" on any."""
        return any(len(self.blind_people([name], YES)) >= 2 for name in names) and not self.disputed(names)

    def set_aside(self, finding: str, rival: str) -> Standing | None:
        """The first statement in force that this rival is excluded; None where another person says it stands."""
        mine = [one for one in self.standings if one.subject == f"{finding}:{rival}" and one.standing == IN_FORCE]
        if any(one.row["answer"] == STANDS for one in mine):
            return None
        return mine[0] if mine else None


def person(by: str) -> str:
    """A reviewer's id as it is compared: "R-1" and "r-1 " are one person."""
    return unicodedata.normalize("NFKC", by).strip().casefold()


def review(
    decisions: Sequence[Row], subjects: Mapping[str, Subject], findings: Sequence[Row], worked: Collection[str] = ()
) -> Review:
    """What the decisions are worth today, and the states that follow from them.

    Parameters
    ----------
    decisions, findings : sequence of mapping
        Rows of the tables of these names with their JSON read; of the findings
        any earlier state but "information" and "lead" is passed over: what
        was made as a lead is one until somebody decides, and becomes no candidate.
    worked : collection of str
        Who did other work on the case openly: stated a zone, made a mark.
    """
    told = Review(standings=tuple(_standings(decisions, subjects, {person(one) for one in worked})))
    states: dict[str, str] = {}
    lapsed: set[str] = set()
    for row in findings:
        name = str(row["finding_id"])
        begins = row["state"] if row["state"] in (INFORMATION, LEAD) else CANDIDATE
        stated = INFORMATION if begins == INFORMATION else _stated(told, name)
        if stated in LEFT and lacking(row, told):
            stated = CANDIDATE
            lapsed.add(name)
        states[name] = begins if stated == CANDIDATE else stated
    standings = tuple(
        replace(one, standing=NOT_MET)
        if one.subject in lapsed and one.standing == IN_FORCE and one.row["answer"] in LEFT
        else one
        for one in told.standings
    )
    return Review(standings=standings, states=states)


def printed(finding: Row) -> list[str]:
    """Presentations of an FD1 finding: a "yes" on one says that a print is directly visible."""
    told = finding["sensitivity"]
    return list(told.get("together") or ([told["presentation_id"]] if told.get("presentation_id") else []))


def artefact_disputed(finding: Row, told: Review) -> bool:
    """Whether somebody answered "no" on an FD1 finding or on any of its presentations."""
    return told.disputed([finding["finding_id"], *printed(finding)])


def lacking(finding: Row, told: Review) -> tuple[str, ...]:
    """What a finding lacks to leave "candidate" (DOMAIN 3.3), as codes; empty where nothing."""
    check = MINIMA.get(finding["code"])
    return () if check is None else tuple(check(finding, told))


def _fd1(finding: Row, told: Review) -> list[str]:
    by_controls = finding["sensitivity"].get("leaves_candidate", False)
    by_people = told.print_visible(printed(finding)) and not artefact_disputed(finding, told)
    return [] if by_controls or by_people else ["controls_or_two_blind"]


def _fd2(finding: Row, told: Review) -> list[str]:
    visits = finding["visit_ids"]
    lacks = []
    if not all(told.agreed(one) for one in visits):
        lacks.append("reviewers_disagree" if told.disputed(visits) else "continuity_not_reviewed")
    if finding["sensitivity"].get("time_sensitive"):
        lacks.append("clock_interval_not_covered")
    if told.set_aside(finding["finding_id"], "companion") is None:
        lacks.append("companion_not_set_aside")
    return lacks


def _fd3(finding: Row, told: Review) -> list[str]:
    return [] if told.agreed(finding["finding_id"]) else ["change_not_seen"]


def _fd4(finding: Row, told: Review) -> list[str]:
    apart = told.set_aside(finding["finding_id"], "recording_twice") is not None
    return [] if apart else ["same_recording_not_set_aside"]


MINIMA: dict[str, Callable[[Row, Review], list[str]]] = {"FD1": _fd1, "FD2": _fd2, "FD3": _fd3, "FD4": _fd4}


def next_states(state: str, code: str | None) -> tuple[str, ...]:
    """States that a finding of this code may be given now."""
    return tuple(one for one in TRANSITIONS[state] if one not in ONLY_A_LEAD.get(code or "", ()))


def in_order(decisions: Sequence[Row]) -> list[Row]:
    """Decisions in the order in which they were made."""
    return sorted(decisions, key=lambda row: (len(row["decision_id"]), row["decision_id"]))


def _standings(decisions: Sequence[Row], subjects: Mapping[str, Subject], worked: set[str]) -> list[Standing]:
    made: list[Standing] = []
    last: dict[tuple[str, ...], int] = {}
    open_hands, answered = set(worked), set()
    for row in in_order(decisions):
        subject, same = found_again(row["kind"], _key(row), row["version"], subjects.values())
        name = None if subject is None else subject.id
        who, place = person(row["by"]), name or _key(row)
        blind = BLIND
        if not row["blind"]:
            blind = NOT_BLIND
        elif row["kind"] not in SEEN_ALONE:
            blind = SAW_IT
        elif who in open_hands:
            blind = OPENLY
        elif (who, place) in answered:
            blind = BEFORE
        answered.add((who, place))
        if blind in (NOT_BLIND, SAW_IT):
            open_hands.add(who)
        standing = IN_FORCE if same else GONE if subject is None else EARLIER
        line = (place, "state") if row["answer"] in STATES else (place, "answer", who)
        if line in last and made[last[line]].standing == IN_FORCE:  # whatever version the later one was made on
            made[last[line]] = replace(made[last[line]], standing=SUPERSEDED, superseded_by=str(row["decision_id"]))
        last[line] = len(made)
        made.append(Standing(row=row, subject=name, standing=standing, superseded_by=None, blind=blind))
    return made


def _key(row: Row) -> str:
    """The key as text, whether the row's JSON was read or not."""
    return row["about_key"] if isinstance(row["about_key"], str) else tables.canonical(row["about_key"])


def _stated(told: Review, finding_id: str) -> str:
    """The state last decided on what the finding says today; each change was allowed when it was made."""
    mine = [one for one in told.standings if one.subject == finding_id and one.standing == IN_FORCE]
    return next((str(one.row["answer"]) for one in mine if one.row["answer"] in STATES), CANDIDATE)
