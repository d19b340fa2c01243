"""What presence alone says of a clock stands in the section on time, once for clips that share it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.cases import NOW, whole
from toolkit.report import report_facts, timing
from toolkit.report.blocks import Paragraph
from toolkit.report.writer import Writer

FOUND = {"found": True, "p": 0.002, "accepted_p": 0.01, "clock_ins": 40, "visits": 90, "minus_anchors_s": 0.4}
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
