"""Every code that this room hands on has its sentence in both languages, with the same facts in it."""

from __future__ import annotations

import re
from pathlib import Path

import toolkit.clockin
from toolkit.clockin import marks
from toolkit.clockin.files import garbled
from toolkit.language import topics

SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(toolkit.clockin.__file__).parent.rglob("*.py"))
)


def fields(topic: str, key: str) -> list[set[str]]:
    return [set(re.findall(r"(?<!\{)\{(\w+)\}", topics(language)[topic][key])) for language in ("en", "zh")]


def told_alike(topic: str, keys: set[str]) -> None:
    for key in sorted(keys):
        english, chinese = fields(topic, key)
        assert english == chinese, key


def test_every_warning_is_told() -> None:
    codes = set(re.findall(r'Oddity\(code="(\w+)"', SOURCES)) | set(marks.TOLD_ONCE)
    codes |= set(re.findall(r'\("(\w+)", \w+_rows\(', Path(garbled.__file__).read_text(encoding="utf-8")))
    codes |= set(re.findall(r'\{"code": "(\w+)"', SOURCES))
    assert {"clock_reset", "mojibake", "characters_cut", "clock_back", "id_two_names", "against_order"} <= codes
    told_alike("report", {f"odd_{code}" for code in codes})


def test_every_reason_of_a_refused_row_is_told() -> None:
    codes = set(re.findall(r'(?:\bwhy(?:: str)? = |\bwhy=|\.refused\(|_refused_row\(raw, )"(\w+)"', SOURCES))
    assert {"unreadable_time", "shortened_id", "broken_quotes", "too_few_fields"} <= codes
    codes |= {"implausible_year", "no_employee", "zone_contradicts", "too_many_fields"}
    told_alike("report", {f"refused_{code}" for code in codes})


def test_every_question_is_asked() -> None:
    codes = {
        code for told in re.findall(r"questions=(\([^)]*\)[^\n]*)", SOURCES) for code in re.findall(r'"(\w+)"', told)
    }
    assert {"system_zone", "odoo_utc", "names_for_ids"} <= codes
    told_alike("clockin", {f"question_{code}" for code in codes})
