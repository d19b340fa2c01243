"""FD1 names presentations and their rivals, never a person, and no strength where none was measured."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from toolkit import tables
from toolkit.analysis.calibration import NotCalibrated
from toolkit.analysis.statements.fd1_rivals import fd1_rivals
from toolkit.analysis.statements.mask_findings import artefacts, candidates, sheets

VISITS = pd.DataFrame({"visit_id": ["V-001"], "exhibit_id": ["E-0001"]})
OFFERED = tables.build(
    "presentations",
    [
        {"presentation_id": f"PR-00{k}", "visit_id": "V-001", "presenter_id": "P-01", "from_s": 4.0 * k,
         "to_s": 4.0 * k + 2, "geometry": "undetermined", "medium": "undetermined", "width_px": 60.0}
        for k in (1, 2)
    ],
)  # fmt: skip


def reading(presentation_id: str, cue: str, statement: str) -> dict[str, Any]:
    answered = statement in ("live", "artefact", "nothing")
    return {
        "presentation_id": presentation_id, "cue": cue, "cue_group": "edge", "value": 1.0 if answered else None,
        "unit": "1", "statement": statement, "why_not": None if answered else "cue_few_frames", "facts": {},
    }  # fmt: skip


def assessed(presentation_id: str, outcome: str = "undetermined", **more: Any) -> dict[str, Any]:
    fd1 = fd1_rivals(NotCalibrated(reason="too_few"))
    parts = {
        "object": {"rivals": [one.as_row() for one in fd1.object_rivals], "headline": fd1.object_headline},
        "paper": {"rivals": [one.as_row() for one in fd1.paper_rivals], "headline": fd1.paper_headline},
    }
    return {
        "presentation_id": presentation_id, "outcome": outcome, "log10_lr": None, "lower_log10": None,
        "upper_log10": None, "words": "no_ratio", "reason": "too_few", "calibration_id": None,
        "detail": {"fd1": parts, "sentences": {}, **more},
    }  # fmt: skip


def conclude(readings: list[dict[str, Any]], assessments: list[dict[str, Any]]) -> tuple[Any, Any]:
    return artefacts(OFFERED, VISITS, tables.build("cue_readings", readings), tables.build("assessments", assessments))


def test_without_controls_a_stated_artefact_is_a_candidate_without_a_ratio() -> None:
    found, missing = conclude(
        [reading("PR-001", "sheet", "artefact"), reading("PR-001", "nose_range", "live"),
         reading("PR-001", "halftone", "not_assessable"), reading("PR-002", "sheet", "nothing")],
        [assessed("PR-001"), assessed("PR-002")],
    )  # fmt: skip
    (one,) = found
    assert one["state"] == "candidate" and one["employees"] == []
    assert one["headline"]["rival"] is None and one["headline"]["words"] == "no_ratio"
    assert {"live_face", "covered_live_face", "wall_portrait", "worn_badge"} <= set(one["headline"]["not_assessed"])
    assert [each["code"] for each in one["against"]] == ["cue_says_live", "cues_unread"]
    assert missing == [{"what": "FD1", "why": "too_few", "facts": {"presentations": 1}}]
    assert tables.build("findings", [{**one, "finding_id": "F-01"}]).shape[0] == 1


def test_a_face_seen_in_pieces_is_one_finding_and_what_its_other_pieces_say_is_told() -> None:
    pieces = ["PR-001", "PR-002"]
    found, _ = conclude(
        [reading("PR-001", "nose_range", "live"), reading("PR-002", "sheet", "artefact")],
        [assessed(one, "artefact", together=pieces) for one in pieces],
    )
    (one,) = found
    assert one["sensitivity"]["presentation_id"] == "PR-002"  # the one that a cue speaks of
    assert one["sensitivity"]["together"] == pieces
    assert one["sensitivity"]["presentations_searched"] == 1
    assert {"code": "cue_says_live", "facts": {"cue": "nose_range"}} in one["against"]


def test_readings_that_say_nothing_make_no_finding_but_are_accounted_for() -> None:
    found, missing = conclude([reading("PR-001", "sheet", "nothing")], [assessed("PR-001"), assessed("PR-002")])
    assert found == []
    assert missing[0]["facts"] == {"presentations": 2}


@pytest.mark.parametrize("leaves", [True, False])
def test_only_support_that_no_one_kind_carries_alone_may_leave_candidate_and_people_decide(leaves: bool) -> None:
    found, _ = conclude([], [assessed("PR-001", "artefact", leaves_candidate=leaves), assessed("PR-002")])
    assert [(one["state"], one["sensitivity"]["leaves_candidate"]) for one in found] == [("candidate", leaves)]


def test_no_candidate_against_the_sites_own_recordings() -> None:
    readings = [reading("PR-001", "sheet", "artefact")]
    found, missing = conclude(readings, [assessed("PR-001", "live"), assessed("PR-002")])
    assert found == []
    told = {one["why"]: one["facts"] for one in missing}
    assert told["controls_say_live"] == {"presentation": "PR-001", "cues": "sheet"}


def test_an_assessment_of_faces_that_are_no_more_is_left_out() -> None:
    found, missing = conclude([], [assessed("PR-001"), assessed("PR-009", "artefact")])
    assert found == [] and missing[0]["facts"] == {"presentations": 1}


def test_a_screens_grid_counts_for_an_object_and_against_paper() -> None:
    readings = [reading("PR-001", "moire", "artefact"), reading("PR-002", "halftone", "artefact")]
    found, _ = conclude(readings, [assessed("PR-001"), assessed("PR-002")])
    screen, printed = found
    assert screen["sensitivity"]["stated_by"] == ["moire"]  # an object was offered ...
    assert screen["sensitivity"]["for_paper"] == []  # ... and that says nothing for paper
    assert printed["sensitivity"]["for_paper"] == ["halftone"]
    phone, plain = ({one["name"]: one for one in each["rivals"]}["phone_or_tablet"] for each in found)
    assert (phone["basis"], phone["detail"]["cues"]) == ("cue_speaks_for_it", ["moire"])
    assert plain["basis"] == "no_controls"
    assert {"code": "cue_speaks_for_rival", "facts": {"cue": "moire", "rival": "phone_or_tablet"}} in screen["against"]
    assert printed["against"] == []


def test_findings_are_told_of_the_candidates_and_of_nothing_else() -> None:
    readings = tables.build("cue_readings", [reading(f"PR-00{k}", "sheet", "artefact") for k in (1, 2)])
    said = tables.build("assessments", [assessed("PR-001", "live"), assessed("PR-002"), assessed("PR-003", "artefact")])
    assert candidates(readings, said) == {"PR-002", "PR-003"}
    found, _ = artefacts(OFFERED, VISITS, readings, said)
    assert [one["sensitivity"]["presentation_id"] for one in found] == ["PR-002"]


def visit_reading(cue: str, statement: str, level: str) -> dict[str, Any]:
    facts = {"frames": [{"media_s": at} for at in (1.0, 2.0, 3.0, 4.0)]}
    return {
        "visit_id": "V-001", "cue": cue, "cue_group": "edge", "value": 0.9, "unit": "1", "statement": statement,
        "level": level, "why_not": None, "facts": facts,
    }  # fmt: skip


def test_a_face_on_a_sheet_is_a_candidate_once_and_neutral_levels_are_none() -> None:
    neutral = tables.build("visit_readings", [visit_reading("sheet", "nothing", "sheet_in_hands")])
    assert sheets(VISITS, neutral, set()) == []
    stated = tables.build("visit_readings", [visit_reading("sheet", "artefact", "face_on_it")])
    (one,) = sheets(VISITS, stated, set())
    assert one["state"] == "candidate" and one["headline"]["words"] == "no_ratio" and one["employees"] == []
    assert [frame["media_s"] for frame in one["frames"]] == [1.0, 3.0, 4.0]
    assert {"phone_or_tablet", "shown_badge", "covered_live_face"} <= {rival["name"] for rival in one["rivals"]}
    assert sheets(VISITS, stated, {"V-001"}) == []
    assert tables.build("findings", [{**one, "finding_id": "F-01"}]).shape[0] == 1
