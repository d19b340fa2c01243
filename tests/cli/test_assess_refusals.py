"""assess on what cannot be measured: each case its own clear answer, never a crash and never a score.

Where each case is tested at its source:

- missing weights: ``tests/vision/test_models.py`` (slot without a file, missing detector),
  ``tests/vision/test_dlib_faces.py``, ``tests/vision/test_yunet.py``, ``tests/analysis/cues/test_learned.py``
- corrupt weights (hash): ``tests/vision/test_models.py``, ``tests/vision/test_user_models.py``,
  ``tests/analysis/cues/test_learned.py``
- an insightface pack without a licence record: ``tests/vision/test_insightface_pack.py``, ``tests/cli/test_models.py``
- a 128x128 anti-spoof file in a pack folder: ``tests/vision/test_fitting.py``, ``tests/cli/test_models.py``
- a picture of 9000 x 9000: ``tests/media/test_pictures.py``, and each detector's own tests
- a greyscale infra-red clip: ``tests/vision/test_minifasnet.py``, ``tests/analysis/cues/test_colour.py``,
  ``tests/analysis/cues/test_sheet.py``
- faces of 12 px: ``tests/vision/test_yunet.py``, ``tests/vision/test_minifasnet.py`` and the cues' own tests
- pack and learned cue on the real files: ``tests/vision/test_insightface_pack.py``,
  ``tests/analysis/cues/test_learned.py``

Here the command itself is asked, from end to end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures

from tests.analysis.held import visit, wall
from tests.cli.asking import Papermask
from tests.vision.nets import other_detector
from toolkit.analysis.presentations import faces_in
from toolkit.media.pictures import read_picture
from toolkit.media.write import write_clip
from toolkit.vision import centerface, minifasnet, models


@pytest.fixture
def no_open_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network is left open from before, and none of this test is left open after it."""
    if hasattr(centerface._opened, "net"):
        monkeypatch.delattr(centerface._opened, "net")


def cue_of(one: dict[str, Any], name: str) -> dict[str, Any]:
    return next(cue for cue in one["cues"] if cue["cue"] == name)


def plain(path: Path, side: int = 120) -> Path:
    Pictures.fromarray(np.full((side, side, 3), 90, np.uint8)).save(path)
    return path


@pytest.mark.usefixtures("no_open_network")
def test_a_missing_detector_ends_the_command_and_is_no_empty_answer(
    papermask: Papermask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = plain(tmp_path / "wall.png")
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    status, document, _ = papermask("assess", picture)
    assert (status, document["error"]["code"]) == (1, "weights_missing")
    assert document["error"]["do"]


@pytest.mark.usefixtures("no_open_network")
def test_a_detector_with_another_hash_ends_the_command(
    papermask: Papermask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_detector(tmp_path, monkeypatch)
    status, document, _ = papermask("assess", plain(tmp_path / "wall.png"))
    assert (status, document["error"]["code"]) == (1, "weights_other")


def test_the_learned_cue_runs_on_real_weights_and_says_nothing_by_itself(papermask: Papermask, shared: Path) -> None:
    if not (shared / "models").is_dir():
        pytest.skip("the folder of models is not here")
    minifasnet._opened.__dict__.clear()
    models.add("minifasnet", shared / "models")
    picture = next((shared / "data/spoof").glob("*true_001.jpg"))
    clip = next((shared / "data/video").glob("*head-pose-face-detection-female.gif"))
    status, document, _ = papermask("assess", picture, clip)
    assert status == 0
    still, moving = (cue_of(face, "learned") for face in document["faces"])
    assert min(still["value"], moving["value"]) > 0.9
    assert {still["statement"], moving["statement"]} == {"nothing"}
    assert {face["outcome"] for face in document["faces"]} == {"undetermined"}


def test_changed_weights_are_told_as_not_run_and_the_other_cues_still_answer(
    papermask: Papermask, shared: Path, tmp_path: Path
) -> None:
    if not (shared / "models").is_dir():
        pytest.skip("the folder of models is not here")
    for file in (shared / "models").glob("*MiniFASNet*.onnx"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    models.add("minifasnet", tmp_path)
    for file in tmp_path.glob("*.onnx"):
        file.write_bytes(b"changed")
    minifasnet._opened.__dict__.clear()
    status, document, _ = papermask("assess", next((shared / "data/spoof").glob("*true_002.jpg")))
    assert status == 0
    (face,) = document["faces"]
    learned = cue_of(face, "learned")
    assert (learned["statement"], learned["value"]) == ("not_run", None)
    assert cue_of(face, "colour")["value"] is not None


def test_a_picture_of_9000_by_9000_is_refused_by_its_size(papermask: Papermask, tmp_path: Path) -> None:
    Pictures.new("1", (9000, 9000)).save(tmp_path / "huge.png")
    status, document, _ = papermask("assess", tmp_path / "huge.png")
    assert (status, document["error"]["code"]) == (1, "picture_too_large")
    assert "9000 x 9000" in document["error"]["what"]


def test_an_infra_red_clip_says_that_colours_and_hands_cannot_be_told(papermask: Papermask, tmp_path: Path) -> None:
    grey = [np.asarray(np.repeat(wall().mean(axis=2).astype(np.uint8)[..., None], 3, axis=2), np.uint8)] * 8
    shown = [*grey, *visit("face", count=16, every_s=0.1, grey=True).pictures]
    write_clip(tmp_path / "night.mp4", iter([(0.1 * k, one) for k, one in enumerate(shown)]),
               codec="h264", gop=8, crf=18, rate=10)  # fmt: skip
    status, document, _ = papermask("assess", tmp_path / "night.mp4", "--empty", "0,0.7")
    assert status == 0
    (sheet,) = document["sheets"]
    assert cue_of(sheet, "sheet")["why_not"] == "sheet_no_colour"
    assert sheet["level"] != "face_on_it"
    assert document["faces"]
    for face in document["faces"]:
        assert cue_of(face, "colour")["value"] is None
        assert not {cue["statement"] for cue in face["cues"]} & {"live", "artefact"}


def test_a_face_of_12_px_found_or_marked_is_not_assessable(papermask: Papermask, shared: Path, tmp_path: Path) -> None:
    image = read_picture(next((shared / "data/spoof").glob("*true_001.jpg")))
    (face,) = faces_in(image, (0, 0, image.shape[1], image.shape[0]))
    factor = 12 / (face.box_px[2] - face.box_px[0])
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    room = cv2.copyMakeBorder(small, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(120, 120, 120))
    Pictures.fromarray(np.asarray(room, np.uint8)).save(tmp_path / "small.png")
    points = ",".join(f"{factor * v + 60:.2f}" for point in face.landmarks_px for v in point)
    status, document, _ = papermask("assess", tmp_path / "small.png", "--face", points)
    assert status == 0
    assert document["faces"][0]["basis"] == "marked by a person"
    for one in document["faces"]:
        assert one["outcome"] == "not assessable"
        assert all(cue["why_not"] for cue in one["cues"])
    assert cue_of(document["sheets"][0], "sheet")["why_not"] == "flanks_face_small"
