"""The report tells who decided what and when, blind or not, in force or not, and never more independence than shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.report.cases import NOW, FakeCase, still, whole
from tests.report.schema import faults
from toolkit import tables
from toolkit.analysis.naming import Artefact, Use
from toolkit.analysis.statements.repeated import repeated
from toolkit.analysis.subjects import subjects
from toolkit.report import report_facts, wording
from toolkit.report.blocks import Card, Grid, Paragraph, Points, texts
from toolkit.report.cards import finding_cards
from toolkit.report.decisions import decided, naming
from toolkit.report.facts import as_document
from toolkit.report.summary import ladder, summary
from toolkit.report.writer import Facts, Writer

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report-schema.json").read_text(encoding="utf-8"))
SAID = (
    ("V-002", "yes", "R-1", True, ""),
    ("V-002", "no", "R-2", True, ""),
    ("V-002", "yes", "R-2", False, "looked again"),
    ("F-01:companion", "set_aside", "R-1", False, "some fraud is alleged; nobody else on 20 frames"),
    ("F-02", "rejected", "R-3", False, "a notice was held"),
)
OTHER = ("F-01", "reviewed", "R-1", False, "")


def case(*said: tuple[str, str, str, bool, str], outdated: bool = False) -> FakeCase:
    made = whole()
    rows = {name: tables.rows_of(name, made.read(name)) for name in ("findings", "visits")}
    known = subjects(rows["findings"], rows["visits"], [])
    decisions = [
        {"decision_id": f"D-{k:04d}", "about": about, "kind": known[about].kind,
         "about_key": json.loads(known[about].key), "version": "0" * 16 if outdated else known[about].version,
         "answer": answer, "by": by, "at": "2026-03-10T08:00:00+00:00", "blind": blind, "note": note, "shown": {}}
        for k, (about, answer, by, blind, note) in enumerate(said, 1)
    ]  # fmt: skip
    made.held["decisions"] = tables.build("decisions", decisions)
    for row in rows["findings"]:  # as the step leaves them
        row["state"] = "rejected" if row["finding_id"] == "F-02" and not outdated and said else row["state"]
    made.held["findings"] = tables.build("findings", rows["findings"])
    return made


def facts_of(made: FakeCase) -> dict[str, Any]:
    return report_facts(made, edition="draft", created_at=NOW)  # type: ignore[arg-type]


def told(facts: dict[str, Any]) -> Facts:
    return dict(wording.mark_foreign(facts))


def sentences(blocks: Any) -> list[str]:
    return [wording.plain(one) for block in blocks for one in texts(block)]


def test_the_document_tells_every_decision_with_what_it_is_worth_and_fits_the_schema() -> None:
    facts = facts_of(case(*SAID))
    assert list(faults(json.loads(as_document(facts)), SCHEMA)) == []
    standing = {one["decision_id"]: (one["standing"], one["superseded_by"]) for one in facts["decisions"]}
    assert standing["D-0002"] == ("superseded", "D-0003")
    assert {name for name, (state, _) in standing.items() if state == "in_force"} == {
        "D-0001", "D-0003", "D-0004", "D-0005",
    }  # fmt: skip
    (visit,) = facts["independence"]
    assert visit == {"subject": "V-002", "reviewers": 2, "blind_reviewers": 1, "shown": False, "disagree": False}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_who_when_blind_or_not_and_that_independence_is_not_shown(language: str) -> None:
    write = Writer(language)
    blocks = decided(told(facts_of(case(*SAID))), write)
    said = sentences(blocks)
    wording.check(text for block in blocks for text in texts(block))  # quoted reasons may hold any word
    (grid,) = [one for one in blocks if isinstance(one, Grid)]
    assert len(grid.rows) == len(SAID)
    assert write("independence_not_shown", about="V-002", people=2, blind=1) in said
    assert any("some fraud is alleged" in one for one in said)
    assert write("standing_superseded", by="D-0003") in said
    assert not any(one.endswith(("(reason: )", "（理由：）")) for one in said)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cards_carry_the_decisions_and_a_rejected_finding_is_no_support(language: str) -> None:
    write, facts = Writer(language), told(facts_of(case(*SAID)))
    cards = {one.anchor: one for one in finding_cards(facts, write, still, {}) if isinstance(one, Card)}
    assert cards["F-02"].badge == write("state_rejected")
    assert isinstance(cards["F-02"].blocks[1], Points)
    assert any("D-0005" in one and "R-3" in one for one in sentences([cards["F-02"].blocks[1]]))
    assert len([one for one in sentences([cards["F-01"].blocks[1]]) if one.startswith("D-")]) == 4
    assert ladder({**facts, "findings": [one for one in facts["findings"] if one["finding_id"] != "F-01"]}) == (
        "ladder_rejected"
    )
    first = sentences(summary(facts, write))
    assert not any(one.startswith("F-02") and "1008" in one for one in first)
    assert any(one.startswith("F-02") and write("state_rejected") in one for one in first)


def test_a_decision_on_an_earlier_version_is_shown_as_such_and_changes_nothing() -> None:
    facts = facts_of(case(*SAID[3:], OTHER, outdated=True))
    assert {one["standing"] for one in facts["decisions"]} == {"earlier_version"}
    assert [one["state"] for one in facts["findings"]] == ["candidate", "candidate", "information"]
    said = sentences(decided(told(facts), Writer("en")))
    assert any("made on an earlier version" in one for one in said)
    assert any("no answer of a reviewer is in force" in one for one in said)


def test_without_decisions_the_report_says_that_nobody_decided_and_independence_is_not_shown() -> None:
    said = sentences(decided(told(facts_of(whole())), Writer("en")))
    assert any("Nobody has decided anything yet. Independence is not shown." in one for one in said)


def used_twice(visits: Any) -> list[dict[str, Any]]:
    """FD7 of two uses of one id in the second visit."""
    uses = [
        Use(employee_id="0017", punch_id=f"p{k}", visit_id="V-002", clock="terminal|E-0001", probability=0.97,
            artefact=Artefact(finding_id=f"F-0{k}", visit_id="V-002", presenter_id="P-02", obstacle=None,
                              presentation_ids=(f"PR-00{k}",), spans=((25.0 + 5 * k, 28.0 + 5 * k),)))
        for k in (1, 2)
    ]  # fmt: skip
    return [{**row, "finding_id": "F-04"} for row in repeated(uses, visits)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_of_an_id_used_twice_tells_how_often_and_that_knowledge_is_unknown(language: str) -> None:
    made, write = whole(), Writer(language)
    rows = [*used_twice(made.read("visits")), *tables.rows_of("findings", made.read("findings"))]
    made.held["findings"] = tables.build("findings", rows)
    facts = facts_of(made)
    assert list(faults(json.loads(as_document(facts)), SCHEMA)) == []
    cards = {one.anchor: one for one in finding_cards(told(facts), write, still, {}) if isinstance(one, Card)}
    lead = sentences([cards["F-04"]])
    assert "0017" in lead[2] and "P-02" in lead[2] and "2" in lead[2]
    wording.check(texts(cards["F-04"]))
    assert not any(one.startswith(("limit_", "rival_", "finding_", "proposition_")) for one in lead)
    assert write("limit_knowledge_unknown") in lead


@pytest.mark.parametrize("language", ["en", "zh"])
def test_ids_that_meet_the_rule_are_listed_and_all_others_with_what_stands_in_the_way(language: str) -> None:
    write = Writer(language)
    blank = {"probability": None, "meets_rule": False, "obstacles": ["no_artefact_in_visit"], "visit_ids": ["V-001"],
             "punch_ids": ["a"], "presentation_ids": [], "clocks": []}  # fmt: skip
    rows = [
        {**blank, "employee_id": "0017", "meets_rule": True, "obstacles": [], "probability": 0.97,
         "presentation_ids": ["PR-001"]},
        {**blank, "employee_id": "17"}, {**blank, "employee_id": "18"},
    ]  # fmt: skip
    blocks = naming(told({"identities": rows}), write)
    grids = [one for one in blocks if isinstance(one, Grid)]
    assert [wording.plain(cell) for cell in grids[0].rows[0]] == ["0017", "1", "V-001", "PR-001", "0.970"]
    assert [wording.plain(cell) for cell in grids[1].rows[0]] == [write("obstacle_no_artefact_in_visit"), "2", "17, 18"]
    wording.check(text for block in blocks for text in texts(block))
    (note,) = [one for one in naming({"identities": []}, write)[1:2] if isinstance(one, Paragraph)]
    assert note.text == write("identities_not_asked")
