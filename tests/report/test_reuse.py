"""Pictures shown again, in the report: counted, worded by what stands beside them, and never more than that."""

from __future__ import annotations

import pytest

from tests.analysis.statements.test_reuse_findings import SEARCHED as COUNTED
from tests.analysis.statements.test_reuse_findings import pair as agreeing
from tests.analysis.statements.test_reuse_findings import tables_of
from tests.report.cases import CASES, NOW, case_of, concluded, exhibits, footage, still
from tests.report.schema import faults
from tests.report.test_faces import of_kind
from tests.report.test_facts import SCHEMA
from toolkit import tables
from toolkit.analysis.statements.reuse_findings import reuse_findings
from toolkit.report import compose, report_facts, wording
from toolkit.report.blocks import Grid, Paragraph, Strip, sentences, texts
from toolkit.report.reuse import shown_again
from toolkit.report.writer import Facts, Writer

SEARCHED = {
    "kind": "print again", "faces": 3, "others": 3, "without_face": 0, "small": 0, "pairs": 3, "looked_into": 2,
    "controls_live": 8, "controls_prints": 0,
}  # fmt: skip


def pair(verdict: str, **more: object) -> Facts:
    return {
        "presentation_a": "PR-001", "other": "PR-002", "kind": "print again", "media_a_s": 1.0, "media_b_s": 2.0,
        "size_px": 91.0, "standing": "assessed", "score": 6.25, "verdict": verdict, "why_not": None, "facts": {},
        "comparisons": 3, "controls_n": 0, "exceeding": 0, "upper": None, "log10_any": None, **more,
    }  # fmt: skip


def facts(*pairs: Facts, searched: tuple[Facts, ...] = (SEARCHED,)) -> Facts:
    shown = [
        {"presentation_id": f"PR-{k:03d}", "visit_id": f"V-{k:03d}",
         "best": {"media_s": 1.0, "pts": 1, "box_px": [10.0, 10.0, 30.0, 40.0]}}
        for k in (1, 2)
    ]  # fmt: skip
    return {
        "reuse": list(pairs),
        "reuse_searched": list(searched),
        "presentations": shown,
        "visits": [{"visit_id": f"V-{k:03d}", "exhibit_id": "E-0001"} for k in (1, 2)],
        "exhibits": [{"exhibit_id": "E-0001", "sha256": "a" * 64}],
    }


def said(one: Facts, language: str = "en") -> str:
    (grid,) = of_kind(shown_again(facts(one), Writer(language), still), Grid)
    assert isinstance(grid, Grid)
    return grid.rows[0][6]


def test_a_step_that_did_not_run_is_no_empty_result() -> None:
    (only,) = shown_again(facts(searched=()), Writer("en"), still)
    assert isinstance(only, Paragraph) and "did not run" in only.text
    told = shown_again(facts(), Writer("en"), still)
    assert any("does not say that no print was shown twice" in text for block in told for text in texts(block))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_score_is_told_with_what_was_searched_and_stands_beside_it(language: str) -> None:
    above = said(pair("above all live", controls_n=40, upper=0.0722), language)
    assert all(figure in above for figure in ("40", "0.072", "3"))
    assert "0.0722" not in above


def test_photographs_that_nothing_could_be_laid_beside_were_not_opened_which_is_not_that_none_has_a_face() -> None:
    small = {**SEARCHED, "kind": "source photo", "small": 3, "others": 0, "pairs": 0, "looked_into": 0}
    told = " ".join(
        line for block in shown_again(facts(searched=(small,)), Writer("en"), still) for line in texts(block)
    )
    assert "were not opened" in told and "0 photographs" not in told
    told = " ".join(
        line
        for block in shown_again(facts(searched=({**small, "small": 1, "others": 2},)), Writer("en"), still)
        for line in texts(block)
    )
    assert "2 photographs with a face" in told


def test_each_verdict_has_its_words_and_none_claims_more() -> None:
    assert "not calibrated" in said(pair("not calibrated"))
    assert "no more alike than live visits are" in said(pair("within live", controls_n=9, exceeding=2))
    one_visit = pair("not assessable", score=None, standing=None, why_not="reuse_same_visit")
    assert said(one_visit).startswith("not assessable. Both faces are of one visit")
    apart = pair("nothing agrees", score=None, why_not="reuse_not_registered", facts={"shift": "0.61"})
    assert "0.61" in said(apart)
    for verdict in ("not calibrated", "within live", "above all live"):
        assert "no ratio" in said(pair(verdict, upper=0.5)) or verdict == "within live"


def test_a_ratio_is_told_as_one_of_all_pairs() -> None:
    told = said(pair("above all live", controls_n=80, upper=0.037, log10_any=0.3))
    assert "one of the 3 pairs" in told and "at least 1.9" in told


def test_the_best_pairs_are_shown_and_the_highest_score_stands_first() -> None:
    lower = pair("not calibrated", score=1.0, other="PR-003")
    blocks = shown_again(facts(lower, pair("not calibrated")), Writer("en"), still)
    (grid,), (strip,) = of_kind(blocks, Grid), of_kind(blocks, Strip)
    assert isinstance(grid, Grid) and isinstance(strip, Strip)
    assert [row[4] for row in grid.rows] == ["6.25", "1"]
    assert len(strip.stills) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_finding_is_a_card_that_names_nobody_and_fits_the_schema(language: str) -> None:
    held = tables_of(agreeing(1, 2), agreeing(2, 3))
    (finding,) = reuse_findings(**held)
    case = case_of(exhibits("footage"), footage(), concluded([{**finding, "finding_id": "F-01"}], [], 5, 1))
    case.held |= held | {"reuse_searched": tables.build("reuse_searched", [COUNTED])}
    told = report_facts(case, edition="draft", created_at=NOW)  # type: ignore[arg-type]
    assert list(faults(told, SCHEMA)) == []
    page = [wording.plain(one) for one in sentences(compose(told, language, still))]
    assert any("PR-001, PR-002, PR-003" in one for one in page)
    assert [one for one in page if wording.banned_phrase(one)] == []
    named = {"en": "it names nobody", "zh": "不指名任何人"}[language]
    assert any(named in one for one in page)


def test_a_case_that_was_never_compared_says_so() -> None:
    told = report_facts(CASES["whole"](), edition="draft", created_at=NOW)  # type: ignore[arg-type]
    assert (told["reuse"], told["reuse_searched"]) == ([], [])
    assert any(
        "did not run" in one for one in sentences(compose(told, "en", still)) if "compared with each other" in one
    )
