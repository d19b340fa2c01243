"""What presence alone says of a clock stands in the section on time, once for clips that share it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.cases import NOW, whole
from toolkit.report import report_facts, timing
from toolkit.report.blocks import Paragraph, Points
from toolkit.report.writer import Writer

FOUND = {"found": True, "p": 0.002, "accepted_p": 0.01, "clock_ins": 40, "visits": 90, "signals": 0,
         "minus_anchors_s": 0.4, "days_off": None, "days_searched": None}  # fmt: skip
OPEN = {"determinable": False, "method": "none", "half_widths_s": None}


def told(language: str, presence: dict[str, Any] | None, clips: int = 1, **clock: Any) -> list[Paragraph]:
    facts = report_facts(whole(), edition="draft", created_at=NOW)
    first = next(one for one in facts["clock"]["each"] if one["determinable"])
    names = [first["exhibit_id"], "E-0900"][:clips]
    facts["clock"]["each"] = [{**first, **clock, "exhibit_id": name, "presence": presence} for name in names]
    return [one for one in timing.clock(facts, Writer(language)) if isinstance(one, Paragraph)]


@pytest.mark.parametrize(
    ("presence", "clock", "says"),
    [
        (FOUND, {}, "within +0.4 s"),
        ({**FOUND, "minus_anchors_s": 61.0}, {}, "another clock than the anchors"),
        ({**FOUND, "found": False, "p": 0.4}, {}, "no check of these anchors"),
        (FOUND, {"method": "blind"}, "found anew without the clock-ins of that visit"),
        ({**FOUND, "found": False, "p": 0.4}, OPEN, "does not establish"),
        ({**FOUND, "found": False, "p": None}, OPEN, "too few"),
    ],
)  # fmt: skip
def test_each_answer_of_presence_has_its_sentence(presence: Any, clock: dict[str, Any], says: str) -> None:
    sentences = [one.text for one in told("en", presence, **clock)]
    assert sum(says in sentence for sentence in sentences) == 1
    assert len(told("zh", presence, **clock)) == len(sentences)


def test_a_clock_that_contradicts_the_anchors_is_a_warning() -> None:
    tones = {one.text: one.tone for one in told("en", {**FOUND, "minus_anchors_s": 61.0})}
    assert [tone for text, tone in tones.items() if "another clock" in text] == ["warning"]


def test_clips_that_share_a_clock_share_the_note() -> None:
    (note,) = (one.text for one in told("en", FOUND, clips=2) if "names and faces" in one.text)
    assert note.startswith("[E-0001] [E-0900]")


def test_where_presence_was_not_asked_nothing_is_said() -> None:
    assert not any("Presence" in one.text for one in told("en", None))


STEP = {
    "after": "2026-03-05T17:40:00", "before": "2026-03-06T08:10:00", "between": 2, "size_s": -60.0,
    "basis": "presence", "hints": [],
}  # fmt: skip
OTHER_DATE = {**FOUND, "days_off": -268, "days_searched": 270, "signals": 0}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_step_is_told_once_for_all_clips_with_what_the_records_say_of_it(language: str) -> None:
    (bare,) = (one for one in told(language, None, clips=2, steps=[STEP]) if "-60" in one.text)
    assert bare.tone == "warning" and bare.text.startswith("[E-0001] [E-0900]") and "2026-03-05 17:40:00" in bare.text
    hint = {"what": "clock_set", "exhibit_id": "E-0002", "row": 7}
    (borne,) = (one for one in told(language, None, steps=[{**STEP, "hints": [hint]}]) if "-60" in one.text)
    assert "[E-0002] / 7" in borne.text and borne.text != bare.text


def test_a_step_between_anchors_and_days_that_do_not_go_with_the_clock_are_told() -> None:
    by_anchors = {**STEP, "basis": "anchors", "between": None}
    apart = {**STEP, "size_s": None}
    for language, says in (("en", ("No average", "do not go with")), ("zh", ("未取平均", "不符"))):
        sentences = [one.text for one in told(language, None, steps=[by_anchors, apart])]
        assert all(sum(each in one for one in sentences) == 1 for each in says)


@pytest.mark.parametrize(
    ("clock", "says"),
    [
        ({**OPEN, "reason": "day_to_confirm"}, "This is a question"),
        ({"method": "blind"}, "bears this date out"),
        ({}, "The anchors were used"),
    ],
)
def test_another_date_is_a_question_until_an_anchor_bears_it_out(clock: dict[str, Any], says: str) -> None:
    (note,) = (one for one in told("en", OTHER_DATE, **clock) if says in one.text)
    assert "268 day(s) behind" in note.text and (note.tone == "warning") == ("bears" not in says)
    assert any("268" in one.text and "落后" in one.text for one in told("zh", OTHER_DATE, **clock))


def test_an_anchor_that_repeats_another_is_named() -> None:
    facts = report_facts(whole(), edition="draft", created_at=NOW)
    repeat = {"exhibit_id": "E-0004", "row": 4, "repeats_row": 2, "why": "cause"}
    facts["clock"]["each"][0]["repeats"] = [repeat]
    points = [one for one in timing.clock(facts, Writer("en")) if isinstance(one, Points)]
    assert any(one.items == ("row [E-0004] / 4 repeats row 2: both rest on one cause",) for one in points)
