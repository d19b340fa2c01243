import base64
import re
from typing import Any

import pytest

from tests.report.cases import NOW, case_of, clock, concluded, exhibits, footage, records, visits, whole
from toolkit.report import figures, report_facts


def drawn(facts: dict[str, Any], **more: Any) -> str:
    address = figures.timeline(facts, "E-0001", **more)
    head, _, body = address.partition(",")
    assert head == "data:image/svg+xml;base64"
    return base64.b64decode(body).decode()


def facts_of(case: Any) -> dict[str, Any]:
    return report_facts(case, edition="draft", created_at=NOW)


def test_the_timeline_holds_no_date_no_font_and_no_address_to_load() -> None:
    svg = drawn(facts_of(whole()))
    assert "<text" not in svg
    assert "date" not in svg
    assert not re.search(r"<image|<script|@import", svg)


def test_a_stretch_of_the_clip_is_another_picture_than_the_whole() -> None:
    facts = facts_of(whole())
    span = figures.around(facts["clips"][0], facts["visits"][1])
    assert span == pytest.approx((2.9, 64.6))
    assert drawn(facts, span=span) != drawn(facts)


def test_gaps_are_hatched() -> None:
    plain = case_of(exhibits("footage"), footage(), visits(), concluded([], [], 6, 1))
    gap = case_of(exhibits("footage"), footage(gaps=((60.0, 62.0),)), visits(), concluded([], [], 6, 1))
    assert drawn(facts_of(gap)).count("<pattern") > drawn(facts_of(plain)).count("<pattern")


def test_crowded_clock_ins_and_odd_ids_can_be_drawn() -> None:
    base = records(names={"1001": "工号一", "1002": "$\\alpha$", "1003": "x" * 200})
    row = base["punches"][1]
    base["punches"] += [{**row, "punch_id": f"f{n:015x}", "row": 100 + n} for n in range(40)]
    placed = [
        {"punch_id": one["punch_id"], "outcome": "V-002", "probability": 1.0, "media_s": 30.0 + n / 10, "best": True}
        for n, one in enumerate(base["punches"])
    ]
    case = case_of(exhibits("footage", "records"), footage(), visits(), base, clock(), {"associations": placed},
                   concluded([], [], 6, 1))  # fmt: skip
    assert drawn(facts_of(case))
