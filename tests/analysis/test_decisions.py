"""What decisions are worth: superseded, made on an earlier version, blind or not, and the states that follow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.cases import one_body, visits
from toolkit import tables
from toolkit.analysis.decisions import (
    ANSWERS,
    BEFORE,
    BLIND,
    EARLIER,
    GONE,
    IN_FORCE,
    LEFT,
    NOT_BLIND,
    NOT_MET,
    OPENLY,
    SAW_IT,
    SUPERSEDED,
    TRANSITIONS,
    Review,
    lacking,
    next_states,
    review,
)
from toolkit.analysis.subjects import subjects

VISITS = tables.rows_of("visits", tables.build("visits", visits()["visits"]))
SHOWN = [
    {"presentation_id": f"PR-00{k}", "visit_id": "V-002", "from_s": at, "to_s": at + 3.0}
    for k, at in ((1, 27.0), (2, 33.0))
]  # fmt: skip


def fd1(number: int = 3, presentation: str = "PR-001", **told: Any) -> dict[str, Any]:
    return {
        "finding_id": f"F-{number:02d}", "code": "FD1", "state": "candidate", "employees": [], "visit_ids": ["V-002"],
        "propositions": {"main": "picture_or_object"}, "rivals": [], "against": [], "limits": [], "frames": [],
        "headline": {"rival": None, "log10_lr": None, "interval": None, "words": "no_ratio"},
        "sensitivity": {"presentation_id": presentation, "stated_by": ["sheet"], "leaves_candidate": False} | told,
    }  # fmt: skip


FD2 = one_body(1, 2, ["1002", "1003"], [29.0, 34.0])
FINDINGS = [FD2, one_body(2, 5, ["1008", "1009"], [97.0, 103.0]), fd1()]


class Desk:
    """Decisions written down one after the other, on the findings as they were then."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        self.findings = findings
        self.rows: list[dict[str, Any]] = []

    def say(self, about: str, answer: str, by: str = "R-1", *, blind: bool = False) -> None:
        subject = subjects(self.findings, VISITS, SHOWN)[about]
        self.rows.append(
            {"decision_id": f"D-{len(self.rows) + 1:04d}", "about": about, "kind": subject.kind,
             "about_key": subject.key, "version": subject.version, "answer": answer, "by": by, "blind": blind,
             "note": "because"}
        )  # fmt: skip

    def today(self, findings: list[dict[str, Any]] | None = None, worked: tuple[str, ...] = ()) -> Review:
        now = self.findings if findings is None else findings
        return review(self.rows, subjects(now, VISITS, SHOWN), now, worked)


def leave_candidate(desk: Desk) -> None:
    """What FD2 needs before it may be called reviewed, and that."""
    desk.say("V-002", "yes")
    desk.say("F-01:companion", "set_aside")
    desk.say("F-01", "reviewed")


def test_states_change_only_along_the_table_and_never_by_an_answer() -> None:
    assert next_states("candidate", "FD2") == ("reviewed", "rejected", "inconclusive")
    assert all(state in TRANSITIONS for after in TRANSITIONS.values() for state in after)
    assert "reported" not in TRANSITIONS["candidate"] and "corroborated" not in TRANSITIONS["candidate"]
    assert set(next_states("reviewed", "FD6")) == {"rejected", "inconclusive", "candidate"}  # a lead, never more
    desk = Desk(FINDINGS)
    for answer in ("yes", "no", "unsure"):
        desk.say("F-01", answer)
    assert desk.today().states == {"F-01": "candidate", "F-02": "candidate", "F-03": "candidate"}
    assert set(ANSWERS["rival"]) == {"set_aside", "stands"}


def test_a_lead_stays_a_lead_until_people_decide_and_becomes_no_candidate() -> None:
    found = {**fd1(1), "code": "FD6", "state": "lead", "sensitivity": {}}
    desk = Desk([found])
    desk.say("F-01", "yes")
    assert desk.today().states == {"F-01": "lead"}
    desk.say("F-01", "reviewed")
    assert desk.today().states == {"F-01": "reviewed"}
    desk.say("F-01", "candidate")
    assert desk.today().states == {"F-01": "lead"}


def test_a_second_answer_of_the_same_person_supersedes_the_first_and_both_stay() -> None:
    desk = Desk(FINDINGS)
    desk.say("F-01", "yes", "R-1")
    desk.say("F-01", "yes", "R-2")
    desk.say("F-01", "no", " r-1")  # another way of writing the same id
    told = desk.today().standings
    assert [one.standing for one in told] == [SUPERSEDED, IN_FORCE, IN_FORCE]
    assert told[0].superseded_by == "D-0003"
    assert desk.today().disputed(["F-01"]) and not desk.today().agreed("F-01")


def test_decisions_follow_their_finding_when_a_run_numbers_anew() -> None:
    desk = Desk(FINDINGS)
    leave_candidate(desk)
    new = one_body(1, 1, ["1001", "1005"], [8.0, 12.0])
    renumbered = [new, {**FD2, "finding_id": "F-02"}, {**FINDINGS[1], "finding_id": "F-03"}, fd1(4)]
    told = desk.today(renumbered)
    assert told.states == {"F-01": "candidate", "F-02": "reviewed", "F-03": "candidate", "F-04": "candidate"}
    assert [one.subject for one in told.standings] == ["V-002", "F-02:companion", "F-02"]
    assert told.set_aside("F-02", "companion") is not None and told.set_aside("F-01", "companion") is None


def test_a_finding_that_says_something_else_is_a_candidate_again() -> None:
    desk = Desk(FINDINGS)
    leave_candidate(desk)
    other = one_body(1, 2, ["1002", "1003", "1004"], [29.0, 34.0, 39.0])  # one id more than when it was decided
    told = desk.today([other, *FINDINGS[1:]])
    assert told.states["F-01"] == "candidate"
    assert [one.standing for one in told.standings] == [IN_FORCE, EARLIER, EARLIER]
    # Back to what was decided on: the decision holds again.
    assert desk.today(FINDINGS).states["F-01"] == "reviewed"
    gone = desk.today(FINDINGS[1:])
    assert [one.standing for one in gone.standings] == [IN_FORCE, GONE, GONE]


def test_a_ratio_that_moves_within_its_words_changes_no_version_and_a_weaker_word_does() -> None:
    desk = Desk(FINDINGS)
    leave_candidate(desk)

    def with_chance(lower: float) -> list[dict[str, Any]]:
        rivals = [{**one, "lower_log10": lower} if one["name"] == "chance" else one for one in FD2["rivals"]]
        return [{**FD2, "rivals": rivals, "sensitivity": {**FD2["sensitivity"], "visits_searched": 9}}, *FINDINGS[1:]]

    assert desk.today(with_chance(1.9)).states["F-01"] == "reviewed"
    assert desk.today(with_chance(0.4)).states["F-01"] == "candidate"


def test_a_later_word_on_another_version_ends_the_earlier_one_for_good() -> None:
    desk = Desk(FINDINGS)
    leave_candidate(desk)
    desk.findings = [one_body(1, 2, ["1002", "1003", "1004"], [29.0, 34.0, 39.0]), *FINDINGS[1:]]
    desk.say("F-01", "rejected")
    assert desk.today().states["F-01"] == "rejected"
    assert desk.today(FINDINGS).states["F-01"] == "candidate"


def test_fd2_leaves_candidate_only_with_continuity_reviewed_clock_covered_and_companion_set_aside() -> None:
    desk = Desk(FINDINGS)
    assert lacking(FD2, desk.today()) == ("continuity_not_reviewed", "companion_not_set_aside")
    sensitive = {**FD2, "sensitivity": {**FD2["sensitivity"], "time_sensitive": True}}
    assert "clock_interval_not_covered" in lacking(sensitive, desk.today())
    leave_candidate(desk)
    assert desk.today().states["F-01"] == "reviewed"
    desk.say("V-002", "no", "R-2")  # a second person sees the body change: it falls back, and that is told
    told = desk.today()
    assert told.states["F-01"] == "candidate"
    assert told.standings[2].standing == NOT_MET
    assert "reviewers_disagree" in lacking(FD2, told)


def test_a_rival_that_another_person_says_stands_is_not_set_aside() -> None:
    desk = Desk(FINDINGS)
    leave_candidate(desk)
    desk.say("F-01:companion", "stands", "R-2")
    assert desk.today().set_aside("F-01", "companion") is None
    assert desk.today().states["F-01"] == "candidate"


def test_fd1_leaves_candidate_by_controls_or_by_two_blind_reviewers() -> None:
    assert lacking(fd1(leaves_candidate=True), Review(standings=())) == ()
    desk = Desk(FINDINGS)
    desk.say("PR-001", "yes", "R-1", blind=True)
    assert lacking(fd1(), desk.today()) == ("controls_or_two_blind",)
    desk.say("PR-001", "yes", "R-2", blind=True)
    desk.say("F-03", "reviewed", "R-3")
    told = desk.today()
    assert lacking(fd1(), told) == () and told.states["F-03"] == "reviewed"
    assert told.states["F-03"] in LEFT


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({"by": "r-1"}, BEFORE),  # one person under two spellings
        ({"by": "R-2", "blind": False}, NOT_BLIND),
        ({"by": "R-3"}, OPENLY),  # decided on another finding openly before
        ({"by": "R-9"}, OPENLY),  # stated the zone
    ],
)
def test_two_who_are_not_different_and_blind_are_not_two_blind_reviewers(second: dict[str, Any], why: str) -> None:
    desk = Desk(FINDINGS)
    desk.say("F-02", "unsure", "R-3")
    desk.say("PR-001", "yes", "R-1", blind=True)
    desk.say("PR-001", "yes", **{"blind": True, **second})
    told = desk.today(worked=("R-9",))
    assert told.standings[1].blind == BLIND or why == BEFORE
    assert told.standings[2].blind == why
    assert not told.print_visible(["PR-001"])


def test_a_finding_is_never_answered_blind_and_its_yes_shows_no_print() -> None:
    desk = Desk(FINDINGS)
    for by in ("R-1", "R-2"):
        desk.say("F-03", "yes", by, blind=True)
    told = desk.today()
    assert [one.blind for one in told.standings] == [SAW_IT, SAW_IT]
    assert lacking(fd1(), told) == ("controls_or_two_blind",)


def test_whoever_saw_the_finding_is_blind_no_more() -> None:
    desk = Desk(FINDINGS)
    for about in ("F-03", "PR-001"):
        for by in ("R-1", "R-2"):
            desk.say(about, "yes", by, blind=True)
    assert [one.blind for one in desk.today().standings[2:]] == [OPENLY, OPENLY]
    assert not desk.today().print_visible(["PR-001"])


def test_both_blind_reviewers_must_have_seen_the_print_on_one_presentation() -> None:
    together = fd1(3, together=["PR-001", "PR-002"])
    desk = Desk([together])
    desk.say("PR-001", "yes", "R-1", blind=True)
    desk.say("PR-002", "yes", "R-2", blind=True)
    assert lacking(together, desk.today()) == ("controls_or_two_blind",)
    desk.say("PR-002", "yes", "R-1", blind=True)
    assert lacking(together, desk.today()) == ()


def test_a_no_stands_in_the_way_on_a_later_version_too_until_that_person_answers_anew() -> None:
    desk = Desk(FINDINGS)
    for by in ("R-1", "R-2"):
        desk.say("PR-001", "yes", by, blind=True)
    desk.say("F-03", "no", "R-3")
    changed = {**FINDINGS[2], "against": [{"code": "print_seen_live"}]}
    later = Desk([*FINDINGS[:2], changed])
    later.rows = desk.rows
    assert later.today().standings[2].standing == EARLIER
    assert lacking(changed, later.today()) == ("controls_or_two_blind",)
    later.say("F-03", "yes", "R-3")
    assert lacking(changed, later.today()) == ()


def test_a_no_on_the_finding_stands_against_two_who_saw_the_print() -> None:
    desk = Desk(FINDINGS)
    for by in ("R-1", "R-2"):
        desk.say("PR-001", "yes", by, blind=True)
    assert lacking(fd1(), desk.today()) == ()
    desk.say("F-03", "no", "R-3")
    assert lacking(fd1(), desk.today()) == ("controls_or_two_blind",)


def test_a_blind_no_beside_two_blind_yes_shows_no_print() -> None:
    desk = Desk(FINDINGS)
    for by, answer in (("R-1", "yes"), ("R-2", "yes"), ("R-3", "no")):
        desk.say("PR-001", answer, by, blind=True)
    assert not desk.today().print_visible(["PR-001"])
    assert len(desk.today().blind_people(["PR-001"])) == 3
    assert desk.today().blind_people(["PR-002"]) == set()


def test_an_answer_on_one_face_is_none_on_another_of_the_same_visit() -> None:
    desk = Desk(FINDINGS)
    desk.say("PR-001", "yes", blind=True)
    moved = [{**SHOWN[1], "presentation_id": "PR-001"}, {**SHOWN[0], "presentation_id": "PR-002"}]  # numbers exchanged
    told = review(desk.rows, subjects(FINDINGS, VISITS, moved), FINDINGS)
    assert told.agreed("PR-002") and not told.agreed("PR-001")
