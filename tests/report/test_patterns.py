"""Leads and FD6 in the report: told to whoever investigates, in no summary, with what innocent things look the same."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest

from tests.analysis.logs import RING, log, office, ring
from tests.report.cases import CASES, NOW, case_of, concluded, exhibits, records, still
from tests.report.schema import faults
from tests.report.test_faces import of_kind
from tests.report.test_facts import SCHEMA
from toolkit import tables
from toolkit.analysis.leads.patterns import KINDS, leads
from toolkit.analysis.leads.sequence_findings import sequence_findings
from toolkit.language import topics
from toolkit.report import compose, patterns, report_facts, wording
from toolkit.report.blocks import Card, Grid, Picture, Points, Report, Section, sentences, texts
from toolkit.report.hours import by_hour
from toolkit.report.lead_facts import hour_facts
from toolkit.report.patterns import said
from toolkit.report.writer import Writer

LIMITED = {"en": "no finding", "zh": "不是发现"}


@cache
def computed() -> tuple[pd.DataFrame, list[Any], list[Any], dict[str, Any], pd.DataFrame]:
    punches = log(1, office(ring=ring(10)), exhibit_id="E-0002")
    return punches, *sequence_findings(punches), leads({"punches": punches})


@cache
def investigated(edition: str = "draft") -> dict[str, Any]:
    punches, found, missing, tested, told = computed()
    rows = [{**one, "finding_id": f"F-{k:02d}"} for k, one in enumerate(found, 1)]
    case = case_of(exhibits("records"), records(), concluded(rows, [tuple(one.values()) for one in missing], 0, 0))
    case.held |= {"punches": punches, "leads": told, "sequences_tested": tables.build("sequences_tested", [tested])}
    return report_facts(case, edition=edition, created_at=NOW)  # type: ignore[arg-type]


def sections_of(facts: dict[str, Any], language: str = "en") -> dict[str, Section]:
    return {one.anchor: one for one in compose(facts, language, still).sections}


@cache
def draft(language: str) -> Report:
    return compose(investigated(), language, still)


def page_of(anchor: str, language: str = "en") -> Section:
    return next(one for one in draft(language).sections if one.anchor == anchor)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_leads_and_fd6_fit_the_schema_and_say_what_looks_the_same(language: str) -> None:
    facts = investigated()
    assert list(faults(facts, SCHEMA)) == []
    page = page_of("patterns", language)
    (card,) = of_kind(page.blocks, Card)
    told = " ".join(wording.plain(one) for one in texts(card))
    assert isinstance(card, Card) and LIMITED[language] in card.badge
    assert all(one in told for one in RING) and "[E-0002] / " in told
    grids = of_kind(page.blocks, Grid)
    assert len(grids) == len({one["kind"] for one in facts["leads"]}) >= 2
    assert len(of_kind(page.blocks, Points)) == len(grids)  # each kind with its innocent explanations
    every = [wording.plain(one) for one in sentences(draft(language))]
    assert [one for one in every if wording.banned_phrase(one)] == []


def test_fd6_and_leads_stand_in_no_summary_and_among_no_findings() -> None:
    for anchor in ("summary", "findings", "counts"):
        told = " ".join(text for block in page_of(anchor).blocks for text in texts(block))
        assert "FD6" not in told and "L-0001" not in told and "F-01 " not in told, anchor


@pytest.mark.parametrize("edition", ["committee", "publishable"])
def test_editions_for_others_hold_no_lead_and_say_so_by_null(edition: str) -> None:
    facts = investigated(edition)
    assert (facts["leads"], facts["sequences_tested"]) == (None, None)
    assert [one["code"] for one in facts["findings"]] == ["FD10"]
    assert "patterns" not in sections_of({**facts, "edition": "draft"})
    assert list(faults(facts, SCHEMA)) == []


def test_a_step_that_did_not_run_is_no_empty_result() -> None:
    facts = report_facts(CASES["empty"](), edition="draft", created_at=NOW)  # type: ignore[arg-type]
    (block,) = patterns.leads(facts, Writer("en"))
    assert "did not run" in " ".join(texts(block))


def test_silence_is_told_with_its_reason_and_as_no_acquittal() -> None:
    case = CASES["records only"]()
    _, missing, tested = sequence_findings(case.read("punches"))
    case.held |= {"leads": tables.empty("leads"), "sequences_tested": tables.build("sequences_tested", [tested]),
                  "not_assessable": tables.build("not_assessable", missing)}  # fmt: skip
    facts = report_facts(case, edition="draft", created_at=NOW)  # type: ignore[arg-type]
    told = " ".join(text for block in patterns.leads(facts, Writer("en")) for text in texts(block))
    assert "1 day(s)" in told and "at least 5 and 8 are needed" in told
    assert "does not show that the records are in order" in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_and_explanation_has_its_words(language: str) -> None:
    entries = topics(language)["report"]
    for kind in KINDS:
        assert f"lead_kind_{kind}" in entries and f"lead_said_{kind}" in entries
    used = {code for one in investigated()["leads"] for code in one["explanations"]}
    assert all(f"explains_{code}" in entries for code in used)


def test_a_lead_is_told_with_its_codes_in_words_and_what_is_not_known_as_a_dash() -> None:
    facts = {
        "what": "face_enrolled",
        "at": "2026-03-01",
        "begins": "2026-03-02",
        "operator": None,
        "event": ["E-0001", 7],
    }
    told = said({"kind": "enrolment_trail", "facts": facts}, Writer("en"))
    assert told.startswith("a face was enrolled at 2026-03-01") and "[E-0001] / 7" in told and "operator –" in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hours_are_drawn_and_a_file_in_another_zone_raises_a_question(language: str) -> None:
    (page,) = of_kind(page_of("records", language).blocks, Picture)
    assert isinstance(page, Picture) and "08: " in page.alt and page.source.startswith("data:image/svg+xml;base64,")
    assert investigated()["records"][0]["hours_question"] is None
    early = [str(pd.Timestamp(one) - pd.Timedelta(hours=8)).replace(" ", "T") for one in computed()[0]["t_local"]]
    asked = hour_facts(early)
    assert asked["hours_question"] is not None and 6 <= asked["hours_question"]["hours"] <= 10
    file = {"exhibit_id": "E-0002", "repeated": 0, **asked}
    told = " ".join(text for block in by_hour({"records": [file]}, Writer(language)) for text in texts(block))
    assert {"en": "Which time zone", "zh": "哪个时区"}[language] in told
