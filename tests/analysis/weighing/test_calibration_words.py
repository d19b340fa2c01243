"""Sentences of a calibration: the same in both languages, never more than was computed, never an accusation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from tests.analysis import sites
from tests.analysis.sites import M24, M60, Design
from toolkit.analysis.calibration import NotCalibrated, SiteRatio, calibrate
from toolkit.analysis.statements.fd1_rivals import SetAside, fd1_rivals
from toolkit.analysis.weighing.calibration_words import rival_sentences, rounded_down, rounded_up, sentences
from toolkit.analysis.weighing.fusion import CaseReading, Recorded
from toolkit.language import LANGUAGES, topics
from toolkit.report.wording import check

ROWS = sites.as_readings(sites.site(M24, 0.99, "even", sites.rng_of(100)))
POOR = sites.as_readings(sites.site(M60, 0.90, "even", sites.rng_of(103)))
FEW = sites.as_readings(
    sites.site(Design(people=6, each=3, prints=6, times=3, days=1), 0.99, "even", sites.rng_of(104))
)
HERE = Recorded(camera="C1", codec="h264", px_per_m=250.0, pitch_deg=30.0)


def told(rows: list, value: float | None, **case: object) -> SiteRatio | NotCalibrated:  # type: ignore[type-arg]
    return calibrate(sites.one_cue(), rows, CaseReading(readings={"relief": value}, **case))  # type: ignore[arg-type]


ELSEWHERE = [replace(row, recorded=HERE) for row in ROWS]
APART = [replace(row, recorded=replace(HERE, codec="hevc" if row.is_print else "h264")) for row in ROWS]
CASES = {
    "for a print": told(ROWS, 9.0, depicted="P003"),
    "neither": told(ROWS, 0.0),
    "for a live face": told(ROWS, -9.0),
    "poor": told(POOR, 9.0),
    "too few": told(FEW, 9.0),
    "none": told([], 9.0),
    "not assessable": told(ROWS, None),
    "scale": told(ELSEWHERE, 9.0, recorded=replace(HERE, px_per_m=99.0)),
    "pitch": told(ELSEWHERE, 9.0, recorded=replace(HERE, pitch_deg=80.0)),
    "codec": told(ELSEWHERE, 9.0, recorded=replace(HERE, codec="mjpeg")),
    "apart": told(APART, 9.0, recorded=HERE),
    "drift": calibrate(
        sites.one_cue(), ROWS, CaseReading(readings={"relief": 9.0}),
        [replace(ROWS[0], control=replace(ROWS[0].control, person=f"V{k}"), readings={"relief": 3.0}) for k in (1, 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_every_result_has_sentences_that_claim_nothing_forbidden(name: str, language: str) -> None:
    said = sentences(CASES[name], language) + rival_sentences(fd1_rivals(CASES[name]), language)
    check(said)
    assert not [one for one in said if re.search(r"probab|概率|\{", one)]


def test_no_sentence_speaks_of_a_probability_or_accuses() -> None:
    for language in LANGUAGES:
        entries = list(topics(language)["calibration"].values())
        check(entries)
        assert not [one for one in entries if re.search(r"probability|概率", one)]


def test_both_languages_say_as_many_things_with_the_same_numbers() -> None:
    for result in CASES.values():
        english, chinese = (sentences(result, language) for language in ("en", "zh"))
        assert [sorted(re.findall(r"\d+(?:\.\d+)?", one)) for one in english] == [
            sorted(re.findall(r"\d+(?:\.\d+)?", one)) for one in chinese
        ]


def test_the_first_sentence_states_the_bound_and_what_limits_it() -> None:
    result = CASES["for a print"]
    assert isinstance(result, SiteRatio)
    said = sentences(result, "en")
    stated = float(re.search(r"at least ([\d.]+) times", said[0]).group(1))  # type: ignore[union-attr]
    assert stated <= 10**result.lower_log10 < stated * 1.1
    assert "40 effective live controls from 24 people on 3 days" in said[0]
    assert said[0].endswith({"weak": "Weak support.", "moderate": "Moderate support."}[result.words])
    assert "Rests on one kind of observation; without it no support remains." in said
    assert said[-1].startswith("The ratio compares two explanations")


def test_reasons_are_told_with_what_is_short() -> None:
    said = sentences(CASES["too few"], "en")
    assert said[0] == "Too few people, prints or days to state a ratio."
    assert any("different live people; there are 6" in one for one in said)
    assert "higher than that of all 18 live presentations of 6 people" in said[-1]
    assert "h264" in sentences(CASES["codec"], "en")[0]
    assert "recorded differently" in sentences(CASES["apart"], "en")[0]
    assert "sd" in sentences(CASES["drift"], "en")[0]
    for elsewhere in ("scale", "codec", "drift"):  # a rank among recordings made otherwise says nothing
        assert len(sentences(CASES[elsewhere], "en")) == 1


def test_rivals_without_controls_are_named_with_what_they_take_away() -> None:
    said = rival_sentences(fd1_rivals(CASES["for a print"]), "en")
    assert "Not compared with: a phone or tablet screen, a badge that is shown (no controls)." in said
    assert sum("cannot exceed 1/w" in one for one in said) == 2
    assert [one for one in said if one.endswith("?")] == [
        "First question: was a picture or object offered, and not a bare live face?",
        "Second question: if it was a picture, was it a paper print?",
    ]
    tested = SetAside(rival="live_face", decision="D-1", reviewer="R1", reason="hair moves", items=20)
    untested = SetAside(rival="worn_badge", decision="D-2", reviewer="R2", reason="no strap")
    said = rival_sentences(fd1_rivals(CASES["for a print"], [tested, untested]), "en")
    assert any("0 of 20, so this adds at most a factor 7.1" in one for one in said)
    assert any("R2 (no strap): a worn badge. This reviewer was not tested" in one for one in said)
    assert "Conditional on the explanations that were set aside." in said


@pytest.mark.parametrize(
    ("value", "down", "up"),
    [(12.34, "12", "13"), (4.46, "4.4", "4.5"), (9.9999999, "9.9", "10"), (2.0000000000000004, "2", "2"),
     (0.123, "0.12", "0.13"), (0.001, "0", "0.01"), (123.0, "120", "130"), (0.0, "0", "0")],
)  # fmt: skip
def test_bounds_are_rounded_to_the_safe_side(value: float, down: str, up: str) -> None:
    assert (rounded_down(value), rounded_up(value)) == (down, up)


def test_dates_and_hashes_are_no_part_of_a_sentence() -> None:
    said = sentences(told(ELSEWHERE, 9.0, day=date(2026, 3, 10), recorded=HERE), "en")
    assert not any("2026" in one for one in said)
