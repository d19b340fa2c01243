"""The pages of the exculpatory search and of FD5: scope, items, what is left open, what to ask for."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.papers import fresh, paper, with_papers
from tests.analysis.statements.test_not_seen import ask
from tests.report.cases import NOW, FakeCase, exhibit, footage_only, records_only, whole
from tests.report.schema import faults
from toolkit import tables
from toolkit.analysis.statements import exculpatory as search
from toolkit.analysis.statements import exculpatory_seen as seen
from toolkit.analysis.statements import not_seen
from toolkit.language import topics
from toolkit.pipeline.exculpating import searched
from toolkit.report import report_facts, wording
from toolkit.report.blocks import texts
from toolkit.report.exculpatory import exculpatory, not_seen_card
from toolkit.report.facts import as_document
from toolkit.report.summary import summary
from toolkit.report.writer import Writer

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report-schema.json").read_text(encoding="utf-8"))
CODES = {*search.COVERS.values(), *seen.LOGGED.values(), "entered_rows", "failed_before_pass", "device_photo",
         "live_outcome", "companion_seen", "companion_possible", "live_and_alike", "checked_no_finding"}  # fmt: skip


def concluded(case: FakeCase) -> FakeCase:
    """The case with the search made."""
    case.held["findings"], case.held["exculpatory"], missing = searched(case, case.read("findings"))  # type: ignore[arg-type]
    rows = [*case.held["not_assessable"].to_dict("records"), *missing]
    told = [
        {**row, "facts": json.loads(row["facts"]) if isinstance(row["facts"], str) else row["facts"]} for row in rows
    ]
    case.held["not_assessable"] = tables.build("not_assessable", told)
    return case


@cache
def with_context() -> FakeCase:
    papers = [
        paper(
            2,
            "field_visit",
            "2026-03-03",
            "2026-03-03",
            "1003",
            kind_text="出差",
            note="with Zhang San",
            raw="Zhang San",
        ),
        paper(3, "unknown", "2026-03-03", "2026-03-03", "1009", kind_text="fraud"),
        paper(4, "device_fault", "2026-03-03 08:22", "2026-03-03 08:23"),
    ]
    case = with_papers(fresh(whole), papers)
    rows = case.held["exhibits"].to_dict("records")
    more = [exhibit(5, "context"), exhibit(6, "context")]
    told = [{**row, **{name: json.loads(row[name]) for name in ("declared", "provenance")}} for row in rows]
    case.held["exhibits"] = tables.build("exhibits", [*told, *more])
    letter = {"exhibit_id": "E-0006", "machine_read": False, "why": "context_no_headings", "encoding": "",
              "rows_source": 0, "rows_parsed": 0, "rows_refused": 0}  # fmt: skip
    files = [*case.held["context_files"].to_dict("records"), letter]
    case.held["context_files"] = tables.build("context_files", files)
    return concluded(case)


def facts_of(case: FakeCase) -> dict[str, Any]:
    facts = report_facts(case, edition="draft", created_at=NOW)  # type: ignore[arg-type]
    assert list(faults(json.loads(as_document(facts)), SCHEMA)) == []
    return facts


def section(facts: dict[str, Any], language: str) -> str:
    """The section as it is written, looked at by the guard of words."""
    blocks = exculpatory(wording.mark_foreign(facts), Writer(language))
    told = [one for block in blocks for one in texts(block)]
    wording.check(told)
    return "\n".join(wording.plain(one) for one in told)


def test_every_code_of_the_search_and_of_fd5_has_its_sentences(language: str) -> None:
    told = topics(language)["report"]
    for code in CODES:
        assert {f"against_{code}", f"explains_{code}", f"leaves_{code}"} <= set(told), code
    source = Path(not_seen.__file__).read_text(encoding="utf-8")
    for why in {part.split('"')[0] for part in source.split('"fd5_')[1:]}:
        assert f"why_fd5_{why}" in told, why
    for code in not_seen.LIMITS:
        assert f"limit_{code}" in told
    for kind in (*search.COVERS, "entrance", "detection_test"):
        assert f"context_{kind}" in told


def test_items_stand_with_their_sources_and_what_they_leave_open_and_no_note_of_a_paper(language: str) -> None:
    facts = facts_of(with_context())
    text = section(facts, language)
    write = topics(language)["report"]
    assert "[E-0005] " in text and "2" in text
    assert write["leaves_field_visit_covers"] in text and write["explains_field_visit_covers"] in text
    assert "出差" in text and "1003" in text
    assert "Zhang San" not in text and "Zhang San" not in json.dumps(facts, ensure_ascii=False)
    assert "fraud" in text  # what somebody wrote as a kind is quoted, and does not stop the report
    assert write["exculpatory_unread"].format(refs="[E-0006]") in text
    assert write["ask_context_leave"] in text and write["ask_context_field_visit"] not in text
    used = {one["exhibit_id"]: one for one in facts["context_used"]}
    assert used["E-0006"]["machine_read"] is False and used["E-0005"]["kinds"]["field_visit"] == 1
    assert used["E-0005"]["items"] and not used["E-0006"]["items"]
    assert write["exculpatory_no_context"] not in text


def test_an_empty_search_tells_its_scope_and_asks_for_context(language: str) -> None:
    case = concluded(fresh(records_only))
    facts = facts_of(case)
    text = section(facts, language)
    write = topics(language)["report"]
    assert facts["exculpatory"] == [] and facts["context_used"] == []
    for entry in ("exculpatory_none", "exculpatory_no_context", "ask_context_leave", "ask_context_duty"):
        assert write[entry] in text
    assert "12" in text and "[E-0002]" in text


def test_footage_alone_says_how_to_ask_for_records_and_context(language: str) -> None:
    facts, write = facts_of(concluded(fresh(footage_only))), Writer(language)
    told = {one for block in summary(facts, write) for one in texts(block)}
    assert {write("next_records"), write("next_context")} <= told
    assert write("exculpatory_no_context") in section(facts, language)


def test_a_case_whose_search_has_not_run_says_so(language: str) -> None:
    text = section(facts_of(fresh(whole)), language)
    write = topics(language)["report"]
    assert write["why_step_not_run"] in text and write["exculpatory_none"] not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_of_fd5_states_hours_coverage_and_tested_detection(language: str) -> None:
    case = fresh(whole)
    (found,), _ = ask()
    rows = [
        {str(key): value if key in ("finding_id", "code", "state") else json.loads(value) for key, value in row.items()}
        for row in case.held["findings"].to_dict("records")
    ]
    case.held["findings"] = tables.build("findings", [*rows, {**found, "finding_id": "F-09"}])
    facts, write = wording.mark_foreign(facts_of(case)), Writer(language)
    told = next(one for one in facts["findings"] if one["code"] == "FD5")
    card = not_seen_card(told, facts, write)
    wording.check(texts(card))
    lead = wording.plain(card.blocks[0].text)  # type: ignore[union-attr]
    assert "1001" in lead and "0.83" in lead and "100 %" in lead and "38" in lead and "40" in lead and "85 %" in lead
    assert write("limit_passes_not_independent") in card.blocks[-1].items  # type: ignore[union-attr]
    assert any("F-09" in one and "2026-03-03" in one for block in summary(facts, write) for one in texts(block))
