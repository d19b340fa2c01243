"""assess: faces of pictures and clips without a case, each with readings or reasons, never with a strength."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Pictures

from tests.cli.asking import Papermask


def test_a_face_in_a_picture_gets_reasons_and_no_strength(papermask: Papermask, shared: Path) -> None:
    (picture,) = (shared / "data/spoof").glob("*true_001.jpg")
    status, document, _ = papermask("assess", picture)
    assert status == 0
    (face,) = document["faces"]
    assert (face["outcome"], face["log10_lr"], face["media_s"]) == ("undetermined", None, None)
    assert face["width_px"] > 60
    told = {one["cue"]: one for one in face["cues"]}
    assert {one["statement"] for one in told.values()} <= {"nothing", "not_assessable", "not_run"}  # a genuine picture
    assert (told["nose_range"]["value"], told["nose_range"]["why_not"]) == (None, "cue_few_frames")
    assert document["files"][0]["kind"] == "picture"
    assert document["not_run"] == ["reuse"]


def test_a_head_that_turns_in_a_clip_shows_its_relief(papermask: Papermask, shared: Path) -> None:
    (clip,) = (shared / "data/video").glob("*head-pose-face-detection-female.gif")
    status, document, _ = papermask("assess", clip)
    assert status == 0
    (face,) = document["faces"]
    reading = next(one for one in face["cues"] if one["cue"] == "nose_range")
    assert reading["value"] > 0.5
    assert face["outcome"] == "undetermined"  # a reading without controls decides nothing
    assert 0 <= face["from_s"] < face["to_s"] <= document["files"][0]["duration_s"]


def test_a_picture_without_a_face_and_a_file_that_is_none(papermask: Papermask, tmp_path: Path) -> None:
    Pictures.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(tmp_path / "wall.png")
    status, document, _ = papermask("assess", tmp_path / "wall.png")
    assert (status, document["faces"]) == (0, [])
    (sheet,) = document["sheets"]
    assert (sheet["level"], sheet["faces"]) == (None, [])
    assert {cue["why_not"] for cue in sheet["cues"]} == {"sheet_picture_no_face"}
    (tmp_path / "notes.txt").write_text("nothing to see", encoding="utf-8")
    status, document, _ = papermask("assess", tmp_path / "wall.png", tmp_path / "notes.txt")
    assert (status, document["error"]["code"]) == (1, "not_a_video")


def test_two_captures_of_one_print_agree_and_another_man_does_not(papermask: Papermask, shared: Path) -> None:
    spoof = shared / "data/spoof"
    files = [next(spoof.glob(f"*{name}.jpg")) for name in ("fake_002", "fake_003", "true_001")]
    status, document, _ = papermask("assess", *files)
    assert status == 0
    assert document["not_run"] == []
    told = {(one["a"], one["b"]): one for one in document["reuse"]}
    assert set(told) == {(0, 1), (0, 2), (1, 2)}
    again = told[0, 1]
    assert (again["verdict"], again["standing"]) == ("not calibrated", "assessed")
    assert again["facts"]["inner"] > 0.9
    for other in (told[0, 2], told[1, 2]):
        assert (other["score"], other["verdict"]) == (None, "nothing agrees")
