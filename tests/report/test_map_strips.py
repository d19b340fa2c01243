"""Evidence on FD1's cards: each picture traceable and with its scale, every gap with its reason, the search counted."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import Any

import numpy as np
import pytest

from tests.analysis.statements.test_mask_findings import assessed
from tests.report.cases import NOW, FakeCase, case_of, concluded, exhibits, footage, still, visits
from tests.report.schema import faults
from tests.report.test_facts import SCHEMA
from tests.report.test_report import make, text_of
from toolkit import tables
from toolkit.analysis.statements.mask_findings import artefacts, sheets
from toolkit.media.frames import as_png
from toolkit.report import compose, report_facts
from toolkit.report.blocks import Block, Card, Grid, Paragraph, Points, Strip, texts
from toolkit.report.mask_facts import map_pictures
from toolkit.report.writer import Facts

PNG = as_png(np.full((80, 100, 3), 90, np.uint8))
OFFERED = {
    "presentation_id": "PR-001", "visit_id": "V-001", "presenter_id": "P-01", "from_s": 8.0, "to_s": 18.0,
    "geometry": "undetermined", "medium": "undetermined", "width_px": 40.0,
}  # fmt: skip


def reading(cue: str, value: float | None, statement: str = "nothing", why_not: str | None = None) -> dict[str, Any]:
    facts = {"found": 3, "least": 8} if why_not == "cue_few_frames" else {"reason": "No file."} if why_not else {}
    return {"presentation_id": "PR-001", "cue": cue, "cue_group": "texture", "value": value, "unit": "dB",
            "statement": statement, "why_not": why_not, "facts": facts}  # fmt: skip


READINGS = [
    reading("moire", 31.0, "artefact"), reading("nose_range", 0.2),
    reading("colour", None, "not_assessable", "cue_few_frames"),
    reading("learned", None, "not_run", "learned_not_run"), reading("halftone", 12.0),
]  # fmt: skip
SIDES = ("top", "right", "bottom", "left")
SHEET = {
    "visit_id": "V-001", "cue": "sheet", "cue_group": "edge", "value": 0.9, "unit": "1", "statement": "artefact",
    "level": "face_on_it", "why_not": None,
    "facts": {"px_per_m": 200.0, "frames": [
        {"media_s": 10.0, "corners_px": [[0, 0], [9, 0], [9, 9], [0, 9]], "along": dict.fromkeys(SIDES, "sss"),
         "grips": [], "face": {"score": 0.9, "box": [0, 0, 1, 1]}}]},
}  # fmt: skip


def drawn(owner: str, cue: str, **more: Any) -> dict[str, Any]:
    return {
        "owner_id": owner, "cue": cue, "visit_id": "V-001", "exhibit_id": "E-0001", "media_s": 10.0, "pts": 900_000,
        "crop_px": [10, 20, 110, 100], "unit": "dB", "lower": 10.0, "upper": 35.0, "highest": 31.0, "measured": 0.25,
        "px_per_m": None, "face_px": 40.0, "why_not": None, "facts": {},
        "picture": base64.b64encode(PNG).decode(), **more,
    }  # fmt: skip


PLAIN = drawn("PR-001", "plain", unit="", lower=None, upper=None, highest=None, measured=None)
ON_VISIT = drawn("V-001", "sheet", unit="1", lower=None, upper=None, highest=None, measured=None, px_per_m=200.0,
                 face_px=None)  # fmt: skip


def case(*maps: dict[str, Any], on_sheet: bool = False, lower: float | None = None) -> FakeCase:
    offered, said = tables.build("presentations", [OFFERED]), tables.build("cue_readings", READINGS)
    visited = visits()
    weighed = assessed("PR-001")
    if lower is not None:
        weighed["detail"]["fd1"]["object"]["headline"]["interval"] = [lower, 1.5]
    if on_sheet:
        found = sheets(tables.build("visits", visited["visits"]), tables.build("visit_readings", [SHEET]), set())
    else:
        found, _ = artefacts(
            offered, tables.build("visits", visited["visits"]), said, tables.build("assessments", [weighed])
        )
    numbered = [{**one, "finding_id": f"F-{k:02d}"} for k, one in enumerate(found, 1)]
    return case_of(
        exhibits("footage"), footage(), visited,
        {"presentations": [OFFERED], "faces": [], "cue_readings": READINGS, "assessments": [weighed],
         "visit_readings": [SHEET] if on_sheet else [], "evidence_maps": list(maps)},
        concluded(numbered, [], 6, 1),
    )  # fmt: skip


def card_of(held: FakeCase, language: str = "en", stated: float | None = None) -> Card:
    facts = report_facts(held, edition="draft", created_at=NOW)  # type: ignore[arg-type]
    facts["zones"] = [{**one, "px_per_m": stated} for one in facts["zones"]]
    report = compose(facts, language, still, map_pictures(held))  # type: ignore[arg-type]
    (section,) = (one for one in report.sections if one.anchor == "findings")
    return next(one for one in section.blocks if isinstance(one, Card) and one.anchor == "F-01")


def maps_of(card: Card) -> list[Strip]:
    return [one for one in card.blocks if isinstance(one, Strip) and one.large]


def said(blocks: tuple[Block, ...], kind: type) -> str:
    return " ".join(text for one in blocks if isinstance(one, kind) for text in texts(one))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_map_names_its_frame_its_bounds_and_its_scale(language: str) -> None:
    card = card_of(case(PLAIN, drawn("PR-001", "moire"), drawn("PR-001", "halftone")), language)
    (strip,) = maps_of(card)
    plain, halftone, moire = strip.stills
    for one in strip.stills:
        assert "[E-0001 @ 10.0 s]" in one.caption and "PTS 900000" in one.caption and one.alt and one.pixels
        assert one.source is not None and one.source.startswith("data:image/png;base64,")
        assert one.bar is not None and one.bar.percent == pytest.approx(40) and "40" in one.bar.text
        assert not re.search(r"\d (m|米)\b", one.bar.text)  # nobody stated a scale
    assert plain.ramp is None and "12" in halftone.title and "31" in moire.title
    assert moire.ramp is not None and (moire.ramp.lower, moire.ramp.upper) == ("≤ 10 dB", "≥ 35 dB")
    assert "25 %" in moire.caption
    assert {"en": "rival of paper", "zh": "另一解释"}[language] in moire.caption


def test_where_a_scale_is_known_the_bar_is_in_metres() -> None:
    strip, _ = maps_of(card_of(case(ON_VISIT, PLAIN, on_sheet=True)))
    (one,) = strip.stills
    assert one.bar is not None and one.bar.text.startswith("0.2 m (40 px), by the usual width of a face")
    assert one.bar.percent == pytest.approx(100 * 0.2 * 200 / 100)
    assert "One of 1 pictures" in one.caption and "score 0.90" in one.caption
    known = maps_of(card_of(case(ON_VISIT, on_sheet=True), stated=200.0))[0].stills[0].bar
    assert known is not None and known.text == "0.2 m (40 px)"
    stated = maps_of(card_of(case({**PLAIN, "px_per_m": 300.0})))[0].stills[0].bar
    assert stated is not None and stated.text == "0.1 m (30 px)"


def test_pixels_are_shown_as_squares_only_where_there_is_room_for_each() -> None:
    small, wide = ({**PLAIN, "crop_px": [0, 0, side, side]} for side in (240, 241))
    assert [maps_of(card_of(case(one)))[0].stills[0].pixels for one in (small, wide)] == [True, False]
    _, page, _ = make(case(small))
    assert page.count('class="pixels"') == 1 and "image-rendering:pixelated" in page


def test_cues_without_a_value_say_why_and_not_run_is_told_apart() -> None:
    card = card_of(case(PLAIN, drawn("PR-001", "moire"), drawn("PR-001", "halftone")))
    (gaps,) = (one for one in card.blocks if isinstance(one, Points) and "not shown" in one.title)
    told = {item.split(":")[0]: item for item in gaps.items}
    assert len(told) == 3
    assert "not assessable because: " in told["Range of colours in the face"]
    assert (
        "not run" in told["Trained network (live score)"]
        and "not assessable" not in told["Trained network (live score)"]
    )
    assert "0.2" in told["Relief seen as the face turns (nose offset)"]


def test_a_map_that_could_not_be_made_is_an_empty_place_with_its_reason() -> None:
    broken = drawn("PR-001", "moire", picture=None, lower=None, upper=None, why_not="cue_texture_flat")
    (strip,) = maps_of(card_of(case(PLAIN, broken)))
    assert [one.source is None for one in strip.stills] == [False, True]
    assert len(strip.stills[1].caption) > len("[E-0001 @ 10.0 s]")


def test_without_any_map_the_card_says_so() -> None:
    card = card_of(case())
    assert maps_of(card) == [] and "No evidence map was made" in said(card.blocks, Paragraph)


def test_the_document_names_each_picture_by_its_hash_and_the_page_needs_nothing_from_outside() -> None:
    _, page, document = make(case(PLAIN, drawn("PR-001", "moire")))
    assert list(faults(document, SCHEMA)) == []
    assert {one["picture_sha256"] for one in document["evidence_maps"]} == {hashlib.sha256(PNG).hexdigest()}
    assert "picture" not in document["evidence_maps"][0] and base64.b64encode(PNG).decode() not in json.dumps(document)
    card = page[page.index('<article id="F-01"') :]
    card = card[: card.index("</article>")]
    images = re.findall(r"<img [^>]*>", card)
    assert len(images) >= 5
    for image in images:
        alt = re.search(r'alt="([^"]*)"', image)
        assert alt is not None and 'src="data:image/' in image
    assert sum('alt=""' in image for image in images) == 1  # the ramp, whose ends are written beside it
    assert html.unescape(base64.b64encode(PNG).decode()) in card


@pytest.mark.parametrize(("lower", "expected"), [(None, None), (0.5, "0.316"), (-1.0, "1")])
def test_how_many_accidental_findings_the_search_brings_is_printed(lower: float | None, expected: str | None) -> None:
    told = said(card_of(case(PLAIN, lower=lower)).blocks, Paragraph)
    assert "Searched: 1 presentations" in told
    if expected is None:
        assert "is not known here: there is no ratio" in told
    else:
        assert f"up to {expected} findings" in told  # never more than were searched


def test_a_screens_grid_is_told_as_speaking_for_an_object_and_against_paper() -> None:
    card = card_of(case(PLAIN))
    points, (grid,) = said(card.blocks, Points), [one for one in card.blocks if isinstance(one, Grid)]
    assert "No cue that stated an artefact counts for it" in points
    assert "so it speaks against paper" in points
    (phone,) = (row for row in grid.rows if "phone or tablet" in row[0])
    assert "a cue speaks for it: Screen pixels" in phone[3]
    assert phone[1:3] == ("–", "–")


def test_the_card_of_a_sheet_counts_visits() -> None:
    told = said(card_of(case(ON_VISIT, on_sheet=True)).blocks, Paragraph)
    assert "Searched: 6 visits" in told


def test_key_frames_of_a_presentation_are_spread_over_it() -> None:
    _, page, document = make(case(PLAIN))
    (finding,) = (one for one in document["findings"] if one["code"] == "FD1")
    assert [one["media_s"] for one in finding["frames"]] == [9.0, 13.0, 17.0]
    for at in ("9.0", "13.0", "17.0"):
        assert f"[E-0001 @ {at} s]" in text_of(page)


def picture_facts(held: FakeCase) -> Facts:
    return report_facts(held, edition="draft", created_at=NOW)  # type: ignore[arg-type]


def test_maps_of_other_visits_stay_with_theirs() -> None:
    other = drawn("PR-009", "moire", visit_id="V-002")
    (strip,) = maps_of(card_of(case(PLAIN, other)))
    assert len(strip.stills) == 1
    assert len(picture_facts(case(PLAIN, other))["evidence_maps"]) == 2
