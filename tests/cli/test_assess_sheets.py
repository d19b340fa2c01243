"""assess: sheets in clips and pictures, what people mark by hand, and the maps that are written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.analysis.held import PX_PER_M, SHEET, visit, wall
from tests.cli.asking import Papermask
from toolkit.analysis.presentations import faces_in
from toolkit.analysis.sheets.quads import overlap
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.pictures import read_picture
from toolkit.media.probe import probe
from toolkit.media.write import write_clip
from toolkit.pipeline.assessed_places import place_of
from toolkit.pipeline.marks import parse_stretch

pytestmark = pytest.mark.slow

EMPTY_S, EVERY_S = 0.8, 0.1


def clip(path: Path, content: str, *, count: int = 16) -> Path:
    """Somebody steps before an empty wall and holds something."""
    shown = visit(content, count=count, every_s=EVERY_S).pictures
    rng = np.random.default_rng(2)
    empty = [np.clip(cv2.blur(wall(), (2, 2)) + rng.normal(0, 1.5, wall().shape), 0, 255).astype(np.uint8)] * 8
    frames = [(k * EVERY_S, image) for k, image in enumerate([*empty, *shown])]
    write_clip(path, iter(frames), codec="h264", gop=10, crf=18, rate=1 / EVERY_S)
    return path


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("held") / "held.mp4", "face")


def cue_of(one: dict[str, Any], name: str) -> dict[str, Any]:
    return next(cue for cue in one["cues"] if cue["cue"] == name)


def test_before_a_marked_empty_place_a_face_on_a_sheet_is_told_and_drawn(
    papermask: Papermask, held: Path, tmp_path: Path
) -> None:
    status, document, _ = papermask("assess", held, "--empty", "0,0.7", "--maps", tmp_path / "maps")
    assert status == 0
    (sheet,) = document["sheets"]
    assert (sheet["basis"], sheet["level"]) == ("marked by a person", "face_on_it")
    assert abs(sheet["from_s"] - EMPTY_S) < 0.3
    told = cue_of(sheet, "sheet")
    assert told["statement"] == "artefact"
    left, top, wide, high = SHEET
    true = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], float)
    corners = [np.array(one["corners_px"]) + sheet["region_px"][:2] for one in told["facts"]["frames"]]
    assert np.median([overlap(one, true) for one in corners]) > 0.6
    assert sheet["faces"] == list(range(len(document["faces"])))
    picture = cv2.imread(str(tmp_path / "maps" / sheet["maps"]["sheet"]))
    assert picture is not None
    assert {one["outcome"] for one in document["faces"]} <= {"undetermined", "not assessable"}


def test_without_an_empty_place_no_sheet_is_told_and_a_marked_region_is_not_measured(
    papermask: Papermask, held: Path
) -> None:
    status, document, _ = papermask("assess", held, "--region", "130,150,182,218", "--at", "1.5")
    assert status == 0
    marked = document["faces"][0]
    assert (marked["basis"], marked["outcome"]) == ("marked by a person", "not assessable")
    assert (marked["media_s"], marked["box_px"]) == (pytest.approx(1.5, abs=0.06), [130, 150, 182, 218])
    assert {cue["why_not"] for cue in marked["cues"]} == {"cue_no_points"}
    of_mark, *others = document["sheets"]
    assert of_mark["faces"] == [0]
    assert {cue["why_not"] for cue in of_mark["cues"]} == {"cue_no_points"}
    assert others
    for sheet in others:
        assert (sheet["basis"], sheet["level"]) == ("no empty place", None)
        assert cue_of(sheet, "headroom")["why_not"] == "sheet_no_plate"
        assert {cue["value"] for cue in sheet["cues"]} == {None}


def test_a_notice_without_a_face_is_neutral_once_the_scale_is_stated(papermask: Papermask, tmp_path: Path) -> None:
    status, document, _ = papermask("assess", clip(tmp_path / "notice.mp4", "writing"), "--empty", "0,0.7")
    assert status == 0
    (sheet,) = document["sheets"]
    assert sheet["level"] is None
    assert cue_of(sheet, "sheet")["why_not"] == "sheet_no_scale"
    status, document, _ = papermask("assess", tmp_path / "notice.mp4", "--empty", "0,0.7", "--px-per-m", PX_PER_M)
    assert status == 0
    told = cue_of(document["sheets"][0], "sheet")
    assert (told["level"], told["statement"]) == ("sheet_in_hands", "nothing")  # writing is no picture


def test_an_empty_stretch_beyond_the_clip_or_with_somebody_in_it_is_refused(held: Path) -> None:
    facts = probe(held)
    with pytest.raises(ReadingError) as beyond:
        place_of(held, facts, None, (), (0.0, 99.0))
    assert beyond.value.code == "empty_outside"
    with pytest.raises(CannotMeasure) as occupied:
        place_of(held, facts, None, (), (0.3, 1.8))
    assert occupied.value.code == "plate_not_empty"
    with pytest.raises(ReadingError) as wrong:
        parse_stretch("soon")
    assert wrong.value.code == "stretch_shape"


def test_maps_are_written_whole_and_never_over_others(papermask: Papermask, shared: Path, tmp_path: Path) -> None:
    (picture,) = (shared / "data/spoof").glob("*fake_002.jpg")
    status, document, _ = papermask("assess", picture, "--maps", tmp_path / "maps")
    assert status == 0
    names = {*document["faces"][0]["maps"].values(), *document["sheets"][0]["maps"].values()}
    assert {"face-00-colour.png", "sheet-00.png"} <= names
    assert {one.name for one in (tmp_path / "maps").iterdir()} == names
    assert all(read_picture(tmp_path / "maps" / name).shape[0] > 100 for name in names)
    before = {one.name: hashlib.sha256(one.read_bytes()).digest() for one in (tmp_path / "maps").iterdir()}
    status, document, _ = papermask("assess", picture, "--maps", tmp_path / "maps")
    assert (status, document["error"]["code"]) == (1, "maps_folder_taken")
    assert before == {one.name: hashlib.sha256(one.read_bytes()).digest() for one in (tmp_path / "maps").iterdir()}


def test_a_print_whose_border_leaves_the_picture_is_not_assessable_and_never_live(
    papermask: Papermask, shared: Path
) -> None:
    (picture,) = (shared / "data/spoof").glob("*fake_002.jpg")
    status, document, _ = papermask("assess", picture)
    assert status == 0
    (sheet,) = document["sheets"]
    assert sheet["level"] is None
    assert cue_of(sheet, "sheet")["why_not"] == "sheet_leaves_picture"
    assert {"left", "right"} <= set(sheet["evidence"]["borders"])
    (face,) = document["faces"]
    assert face["outcome"] in ("undetermined", "not assessable")
    assert "live" not in {cue["statement"] for cue in face["cues"]}


def points_of(picture: Path) -> str:
    image = read_picture(picture)
    face = max(faces_in(image, (0, 0, image.shape[1], image.shape[0])), key=lambda one: one.score)
    return ",".join(f"{v:.6f}" for point in face.landmarks_px for v in point)


def test_five_marked_points_are_measured_as_found_ones_are(papermask: Papermask, shared: Path) -> None:
    (picture,) = (shared / "data/spoof").glob("*true_001.jpg")
    status, document, _ = papermask("assess", picture, "--face", points_of(picture))
    assert status == 0
    marked, found = document["faces"]
    assert (marked["basis"], found["basis"]) == ("marked by a person", "found by the detector")
    for cue in ("colour", "halftone"):
        assert cue_of(marked, cue)["value"] == pytest.approx(cue_of(found, cue)["value"], rel=0.05)
    assert [one["faces"] for one in document["sheets"]] == [[0], [1]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--face", "1,2,3"), "mark_shape"),
        (("--face", "60,40,30,40,45,55,32,70,58,70"), "mark_shape"),  # the right eye first
        (("--region", "50,50,50,90"), "mark_shape"),
        (("--region", "nan,1,2,3"), "mark_shape"),
        (("--region", "10,10,500,90"), "mark_outside"),
        (("--region", "10,10,50,90", "--at", "1"), "mark_at_picture"),
    ],
)
def test_marks_that_cannot_be_are_refused(
    papermask: Papermask, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((120, 160, 3), 90, np.uint8))
    status, document, _ = papermask("assess", tmp_path / "wall.png", *words)
    assert (status, document["error"]["code"]) == (1, code)


def test_a_clip_needs_the_moment_of_a_mark_and_one_mark_is_enough(papermask: Papermask, held: Path) -> None:
    status, document, _ = papermask("assess", held, "--region", "10,10,50,90")
    assert (status, document["error"]["code"]) == (1, "mark_without_moment")
    status, document, _ = papermask("assess", held, "--region", "1,1,9,9", "--face", "1,2,3,4,5,6,7,8,9,10")
    assert (status, document["error"]["code"]) == (2, "usage")
