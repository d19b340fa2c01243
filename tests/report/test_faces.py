"""What was offered to the terminal, in the report: shown, counted, read, and never given a strength."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.records import Frame
from toolkit.report.blocks import Block, Grid, Paragraph, Points, Strip, texts
from toolkit.report.faces import offered
from toolkit.report.stills import cut_out
from toolkit.report.writer import Facts, Writer

IMAGE = np.random.default_rng(3).integers(0, 255, (270, 480, 3), np.uint8)


def still(exhibit_id: str, media_s: float) -> Frame:
    return Frame(pts=round(media_s * 1000), media_s=media_s, image=IMAGE, luma=None, corrupt=False, keyframe=False)


def reading(cue: str, value: float | None, statement: str = "nothing", why_not: str | None = None) -> Facts:
    group = {"nose_range": "geometry", "learned": "learned"}[cue]
    facts = {"found": 3, "least": 8} if why_not == "cue_few_frames" else {"reason": "No file."} if why_not else {}
    return {"cue": cue, "group": group, "value": value, "unit": "1", "statement": statement, "why_not": why_not,
            "facts": facts}  # fmt: skip


def case(*readings: Facts, visits: int = 2) -> Facts:
    shown = {
        "presentation_id": "PR-001", "visit_id": "V-001", "presenter_id": "P-01", "from_s": 5.0, "to_s": 8.0,
        "geometry": "undetermined", "medium": "undetermined", "width_px": 33.0, "basis": "detector", "frames": 30,
        "assessment": None,
        "best": {"media_s": 6.0, "pts": 6000, "box_px": [200.0, 100.0, 240.0, 150.0]}, "readings": list(readings),
    }  # fmt: skip
    return {
        "faces_run": True,
        "presentations": [shown] if readings else [],
        "visits": [{"visit_id": f"V-{k + 1:03d}", "exhibit_id": "E-0001"} for k in range(visits)],
        "exhibits": [{"exhibit_id": "E-0001", "sha256": "a" * 64}],
        "sheets": [],
        "calibrations": [],
    }


def of_kind(blocks: tuple[Block, ...], kind: type) -> list[Block]:
    return [one for one in blocks if isinstance(one, kind)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_presentation_is_shown_counted_and_read(language: str) -> None:
    blocks = offered(case(reading("nose_range", 0.21, "live")), Writer(language), still)
    (strip,) = of_kind(blocks, Strip)
    assert isinstance(strip, Strip)
    (one,) = strip.stills
    assert one.source is not None and "PTS 6000" in one.caption
    presentations, readings = of_kind(blocks, Grid)
    assert isinstance(presentations, Grid) and isinstance(readings, Grid)
    assert presentations.rows[0][:3] == ("PR-001", "V-001", "[E-0001 @ 5.0 s]")
    assert readings.rows[0][0] == "PR-001" and readings.rows[0][1] == "0.21 +"
    assert not any(word in text for block in blocks for text in texts(block) for word in ("log10", "LR "))


def test_a_visit_without_a_face_is_named_and_says_nothing() -> None:
    told = [one.text for one in of_kind(offered(case(reading("nose_range", 0.1)), Writer("en"), still), Paragraph)]  # type: ignore[attr-defined]
    assert any("V-002" in text and "does not say that none was offered" in text for text in told)


def test_not_run_and_not_assessable_are_told_apart() -> None:
    facts = case(
        reading("learned", None, "not_run", "learned_not_run"),
        reading("nose_range", None, "not_assessable", "cue_few_frames"),
    )
    blocks = offered(facts, Writer("en"), still)
    assert not [one for one in of_kind(blocks, Grid) if isinstance(one, Grid) and len(one.columns) == 2]  # only dashes
    gaps = [item for one in of_kind(blocks, Points) if isinstance(one, Points) for item in one.items]
    assert any("3 frames" in item and "in 1 presentation" in item for item in gaps)
    assert any("was not run on any presentation" in one.text for one in blocks if isinstance(one, Paragraph))


def test_a_gap_beside_values_is_a_dash_and_a_statement_a_mark_that_is_explained() -> None:
    facts = case(reading("nose_range", 0.4, "live"))
    second = {**facts["presentations"][0], "presentation_id": "PR-002"}
    second["readings"] = [reading("nose_range", None, "not_assessable", "cue_few_frames")]
    blocks = offered({**facts, "presentations": [facts["presentations"][0], second]}, Writer("en"), still)
    (grid,) = (one for one in of_kind(blocks, Grid) if isinstance(one, Grid) and len(one.columns) == 2)
    assert grid.rows == (("PR-001", "0.4 +"), ("PR-002", "–"))
    notes = [one.text for one in blocks if isinstance(one, Paragraph)]
    assert Writer("en")("readings_mark_live") in notes
    assert Writer("en")("readings_mark_artefact") not in notes


def test_a_step_that_did_not_run_is_no_empty_result() -> None:
    (only,) = offered({**case(), "faces_run": False}, Writer("en"), still)
    assert isinstance(only, Paragraph) and "did not run" in only.text
    (none,) = offered(case(), Writer("en"), still)
    assert isinstance(none, Paragraph) and "does not say that none was offered" in none.text


def test_a_cut_out_repeats_pixels_and_invents_none() -> None:
    shown = cut_out(IMAGE, [200.0, 100.0, 240.0, 150.0])
    assert {tuple(pixel) for pixel in shown.reshape(-1, 3)} <= {tuple(pixel) for pixel in IMAGE.reshape(-1, 3)}
    assert shown.shape[0] % 2 == 0
    assert np.array_equal(shown[0::2], shown[1::2])
    at_the_rim = cut_out(IMAGE, [0.0, 0.0, 30.0, 40.0])
    assert at_the_rim.size > 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_remark_is_told_as_less_than_a_statement(language: str) -> None:
    flat = reading("nose_range", 0.05) | {"facts": {"remark": "turned_flat", "degrees": 14}}
    blocks = offered(case(flat), Writer(language), still)
    told = [text for block in blocks for text in texts(block) if "14" in text and "PR-001" in text]
    assert len(told) == 1
    assert Writer(language).code("statement_of_cue", "artefact") not in told[0]
    plain = offered(case(reading("nose_range", 0.05)), Writer(language), still)
    assert Writer(language)("readings_remarks") not in [text for block in plain for text in texts(block)]
