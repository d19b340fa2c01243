"""The step that draws: candidates only, pixels as decoded, each picture at the place and stamp that its row names."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pictures

from tests.analysis.looks import Look
from tests.analysis.statements.test_mask_findings import assessed, reading
from toolkit import tables
from toolkit.analysis.evidence import maps
from toolkit.analysis.presentations import FaceSeen
from toolkit.analysis.sheets.visit_evidence import enlarged, times_of
from toolkit.casebook.case import Case
from toolkit.media.write import write_clip
from toolkit.pipeline import add_file, evidence_maps, intake, set_zone, still_of
from toolkit.pipeline.cue_readings import CueWork
from toolkit.pipeline.evidence_maps import MapWork, drawn
from toolkit.pipeline.face_search import region_of
from toolkit.pipeline.zones import zone_of
from toolkit.records import Face

FRAMES, FPS, SIZE = 24, 10.0, (360, 480)
AT = (200, 40)  # where the look stands in the picture, left and top
ZONE = {"zone_px": [[200, 40], [420, 40], [420, 330], [200, 330]], "image_size_px": [480, 360],
        "empty_media_s": [[0.0, 0.2]], "terminal_fully_in_view": True}  # fmt: skip


def face_rows(name: str, face: Face) -> list[dict[str, Any]]:
    left, top = AT
    box = [face.box_px[0] + left, face.box_px[1] + top, face.box_px[2] + left, face.box_px[3] + top]
    marks = [[x + left, y + top] for x, y in face.landmarks_px]
    return [
        {"presentation_id": name, "media_s": round(k / FPS, 6), "pts": round(k * 90_000 / FPS), "box_px": box,
         "landmarks_px": marks, "score": 0.9, "width_px": 60.0}
        for k in range(FRAMES)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Face]]:
    """One clip with a face in it; each test tells its own readings. PR-002 is a face elsewhere."""
    folder = tmp_path_factory.mktemp("maps")
    picture, face = Look(3, 0).taken()
    rng = np.random.default_rng(5)
    frames = []
    for k in range(FRAMES):
        image = rng.integers(90, 110, (*SIZE, 3), np.uint8)
        image[AT[1] : AT[1] + picture.shape[0], AT[0] : AT[0] + picture.shape[1]] = picture
        frames.append((round(k / FPS, 6), image))
    write_clip(folder / "clip.mp4", frames, crf=12, rate=FPS)
    (folder / "zone.json").write_text(json.dumps(ZONE), encoding="utf-8")
    with Case.create(folder / "case", purpose="test", basis="test") as made:
        add_file(made, folder / "clip.mp4", "footage", declared={"camera_id": "c1"})
        set_zone(made, "E-0001", folder / "zone.json")
        intake(made)
        visit = {
            "visit_id": "V-001", "exhibit_id": "E-0001", "from_s": 0.0, "to_s": 2.3, "presenter_id": "P-01",
            "open_start": False, "open_end": False, "companion": "none", "companion_basis": {},
        }  # fmt: skip
        offered = [
            {"presentation_id": f"PR-00{k}", "visit_id": "V-001", "presenter_id": "P-01", "from_s": 0.0, "to_s": 2.3,
             "geometry": "undetermined", "medium": "undetermined", "width_px": 60.0}
            for k in (1, 2)
        ]  # fmt: skip
        aside = Face(box_px=face.box_px, score=0.9, landmarks_px=tuple((x + 900, y) for x, y in face.landmarks_px))
        seen = [*face_rows("PR-001", face), *face_rows("PR-002", aside)]
        for name, rows in (("visits", [visit]), ("presentations", offered), ("faces", seen)):
            made.record(name, tables.build(name, rows))
        yield made, face


def tell(case: Case, readings: list[dict[str, Any]], visit_readings: list[dict[str, Any]], **outcomes: str) -> Any:
    rows = [assessed(f"PR-00{k}", outcomes.get(f"PR00{k}", "undetermined")) for k in (1, 2)]
    case.record("cue_readings", tables.build("cue_readings", readings))
    case.record("visit_readings", tables.build("visit_readings", visit_readings))
    case.record("assessments", tables.build("assessments", rows))
    return evidence_maps(case)


def shown(row: Any) -> np.ndarray:
    return np.asarray(Pictures.open(io.BytesIO(base64.b64decode(row["picture"]))).convert("RGB"))


def sheet(corners: list[list[float]], statement: str = "artefact") -> dict[str, Any]:
    sides = ("top", "right", "bottom", "left")
    frames = [
        {"media_s": at, "corners_px": corners, "along": dict.fromkeys(sides, "s" * 12), "grips": [], "face": None}
        for at in (0.5, 1.0, 1.5)
    ]
    return {
        "visit_id": "V-001", "cue": "sheet", "cue_group": "edge", "value": 0.9, "unit": "1", "statement": statement,
        "level": "face_on_it", "why_not": None, "facts": {"px_per_m": 240.0, "frames": frames},
    }  # fmt: skip


def test_a_candidate_is_drawn_from_the_footage_pixel_for_pixel(case: tuple[Case, Face]) -> None:
    made, _ = case
    told = tell(
        made,
        [reading("PR-001", "halftone", "artefact"), reading("PR-001", "colour", "nothing"),
         reading("PR-001", "shading", "not_assessable"), reading("PR-002", "colour", "nothing")],
        [],
    ).set_index(["owner_id", "cue"])  # fmt: skip
    assert set(told.index) == {("PR-001", "plain"), ("PR-001", "colour"), ("PR-001", "halftone")}
    plain, colour = told.loc[("PR-001", "plain")], told.loc[("PR-001", "colour")]
    frame = still_of(made, "E-0001", float(plain["media_s"]))
    left, top, right, bottom = json.loads(plain["crop_px"])
    assert frame.image is not None and frame.pts == plain["pts"]
    assert (shown(plain) == np.asarray(frame.image)[top:bottom, left:right]).all()
    assert colour["crop_px"] == plain["crop_px"]
    changed = (shown(colour) != shown(plain)).any(axis=2).mean()
    assert 0 < changed <= float(colour["measured"]) + 1e-4
    assert (float(colour["lower"]), float(colour["upper"]), colour["unit"]) == (0.0, 1.0, "stops")


def test_a_map_that_cannot_be_made_has_its_reason_and_no_picture(
    case: tuple[Case, Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    from toolkit.errors import CannotMeasure

    def refuses(sample: Any) -> Any:
        raise CannotMeasure("cue_texture_flat")

    monkeypatch.setitem(maps._things, "halftone", refuses)
    told = tell(case[0], [reading("PR-001", "halftone", "artefact")], []).set_index("cue")
    assert told.loc["halftone", "why_not"] == "cue_texture_flat"
    assert told["picture"].notna().to_dict() == {"halftone": False, "plain": True}


def test_nothing_is_drawn_without_a_candidate_and_against_the_sites_own_recordings(case: tuple[Case, Face]) -> None:
    assert len(tell(case[0], [reading("PR-001", "halftone", "nothing")], [])) == 0
    assert len(tell(case[0], [reading("PR-001", "halftone", "artefact")], [], PR001="live")) == 0
    assert set(tell(case[0], [], [], PR001="artefact")["owner_id"]) == {"PR-001"}


def test_of_a_visit_with_a_sheet_the_face_that_lies_on_it_is_drawn_and_the_sheet(case: tuple[Case, Face]) -> None:
    made, face = case
    zone = zone_of(made.read("zones"), "E-0001")
    assert zone is not None
    region = region_of(zone)
    left, top = AT[0] - region[0], AT[1] - region[1]
    x0, y0, x1, y1 = face.box_px
    corners = [[x0 + left, y0 + top], [x1 + left, y0 + top], [x1 + left, y1 + top], [x0 + left, y1 + top]]
    told = tell(
        made, [reading("PR-001", "colour", "nothing"), reading("PR-002", "colour", "nothing")], [sheet(corners)]
    )
    drawn = told.set_index(["owner_id", "cue"])
    assert set(drawn.index) == {("V-001", "sheet"), ("PR-001", "plain"), ("PR-001", "colour")}
    row = drawn.loc[("V-001", "sheet")]
    frame = still_of(made, "E-0001", float(row["media_s"]))
    crop = json.loads(row["crop_px"])
    part = np.asarray(frame.image)[crop[1] : crop[3], crop[0] : crop[2]]
    picture, plain = shown(row), enlarged(part, times_of(part.shape))
    assert frame.pts == row["pts"] and picture.shape == plain.shape
    unlike = (picture != plain).any(axis=2)
    assert 0 < unlike.mean() < 0.2
    rows, columns = np.nonzero(unlike)
    times = times_of(part.shape)
    ends = (columns.min() / times + crop[0], rows.min() / times + crop[1], columns.max() / times + crop[0])
    assert ends == pytest.approx((x0 + AT[0], y0 + AT[1], x1 + AT[0]), abs=3)


def test_a_sheet_that_states_nothing_is_not_drawn_and_a_second_run_does_nothing(case: tuple[Case, Face]) -> None:
    corners = [[10.0, 10.0], [60.0, 10.0], [60.0, 80.0], [10.0, 80.0]]
    assert len(tell(case[0], [], [sheet(corners, "nothing")])) == 0
    before = case[0].head()
    evidence_maps(case[0])
    assert case[0].head() == before


def test_a_frame_that_is_no_more_is_told_and_not_left_out(case: tuple[Case, Face]) -> None:
    made, face = case
    told = sheet([[10.0, 10.0], [60.0, 10.0], [60.0, 80.0], [10.0, 80.0]])
    told["facts"]["frames"][1]["media_s"] = 9.0
    row = tell(made, [], [told]).set_index("owner_id").loc["V-001"]
    assert (row["why_not"], json.loads(row["facts"])) == ("no_frame_here", {"at": 9.0})
    assert pd.isna(row["picture"]) and pd.isna(row["pts"])
    gone = CueWork(
        presentation_id="PR-001", path=str(made.path / "nothing.mp4"), frame_rate=None,
        seen=(FaceSeen(media_s=0.5, pts=45_000, face=face),),
    )  # fmt: skip
    (only,) = drawn(MapWork(visit_id="V-001", exhibit_id="E-0001", cues=("colour",), frames=gone))
    assert only["picture"] is None and only["why_not"] is not None and only["cue"] == "plain"
    assert tables.build("evidence_maps", [only]).shape[0] == 1
