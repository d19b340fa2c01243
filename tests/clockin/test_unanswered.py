"""What an export cannot answer is told at once, with what to ask for."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import FileFacts
from toolkit.clockin.unanswered import CODES, lacking, letter, told
from toolkit.language import LANGUAGES


def punch(**more: Any) -> dict[str, Any]:
    row = {"precision_s": 1.0, "zone": "+08:00", "credential": "face", "terminal_id": "1", "result": "pass"}
    return {**row, **more}


def test_whole_records_with_seconds_and_a_zone_lack_nothing() -> None:
    assert lacking([punch()], FileFacts(), (), zone_stated=False) == ()


@pytest.mark.parametrize(
    ("row", "facts", "lack"),
    [
        (punch(precision_s=60.0), FileFacts(), "seconds"),
        (punch(zone=None), FileFacts(), "time_zone"),
        (punch(credential="unknown (7)"), FileFacts(), "credential"),
        (punch(), FileFacts(truncated="more"), "truncated"),
    ],
)
def test_each_lack_is_seen(row: dict[str, Any], facts: FileFacts, lack: str) -> None:
    assert lacking([row], facts, (), zone_stated=False) == (lack,)


def test_a_zone_that_a_person_or_the_head_of_the_file_states_is_no_lack() -> None:
    assert lacking([punch(zone=None)], FileFacts(), (), zone_stated=True) == ()
    assert lacking([punch(zone=None)], FileFacts(timezone="+08:00"), (), zone_stated=False) == ()


def test_a_file_with_a_failed_attempt_does_not_lack_them() -> None:
    assert lacking([punch(), punch(result="fail")], FileFacts(), {"failures"}, zone_stated=False) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lack_has_its_sentence_and_its_request_in_the_letter(language: str) -> None:
    sentences = told(CODES, language)
    whole = letter(CODES, language, period="2026-03", device="")
    assert len(set(sentences)) == len(CODES) and "2026-03" in whole
    assert whole.count("\n- ") == len(CODES)
    assert letter((), language) == ""
