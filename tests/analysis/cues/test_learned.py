"""The learned cue: a number without a statement, and four answers that are never mixed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from toolkit.analysis.cue import PresentationSample, answer_of, cues
from toolkit.analysis.cues.learned import best_frames, learned
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.validation.scoring import code_hash, known_cues, readings
from toolkit.vision import minifasnet, models
from toolkit.vision.centerface import detect_faces
from toolkit.vision.minifasnet import LiveScore

FACE = Face(box_px=(40, 30, 120, 130), score=0.9, landmarks_px=((60, 70), (100, 70), (80, 90), (65, 110), (95, 110)))


@pytest.fixture
def weights(shared: Path) -> None:
    models.add("minifasnet", shared / "models")


def _picture(shared: Path, name: str) -> Image:
    (path,) = (shared / "data/spoof").glob(f"*{name}")
    read = cv2.imread(str(path))
    assert read is not None
    factor = 600 / max(read.shape[:2])
    image = cv2.resize(read, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(image[:, :, ::-1], dtype=np.uint8)


def _sample(image: Image, faces: list[Face | None]) -> PresentationSample:
    return PresentationSample(times_s=np.arange(len(faces)) / 10, crops=(image,) * len(faces), faces=tuple(faces))


def _refused(sample: PresentationSample) -> CannotMeasure:
    with pytest.raises(CannotMeasure) as caught:
        learned(sample)
    assert caught.value.what("zh") != caught.value.what("en")
    return caught.value


@pytest.mark.usefixtures("weights")
def test_a_live_face_has_a_higher_value_than_a_screen_and_neither_a_statement(shared: Path) -> None:
    told = {}
    for name in ("true_001.jpg", "fake_screen.png"):
        image = _picture(shared, name)
        reading = learned(_sample(image, list(detect_faces(image)) * 3))
        assert reading.statement == "nothing" and reading.spread is not None
        told[name] = reading
    assert told["true_001.jpg"].value > 0.95 > 0.05 > told["fake_screen.png"].value
    assert cues["learned"].says == () and cues["learned"].group == "learned"


@pytest.mark.usefixtures("weights")
def test_a_score_that_hangs_on_where_the_box_lies_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    unsteady = LiveScore(mean=0.4, least=0.1, greatest=0.9, at_box=0.1, boxes=7, widest_crop=4.0, sha256="")
    monkeypatch.setattr("toolkit.analysis.cues.learned.live_score", lambda image, face: unsteady)
    assert _refused(_sample(np.zeros((240, 240, 3), np.uint8), [FACE])).code == "learned_unsteady"


@pytest.mark.usefixtures("weights")
def test_small_faces_no_faces_and_pictures_without_colour_are_not_assessable() -> None:
    gray = np.full((240, 240, 3), 90, np.uint8)
    small = dataclasses.replace(FACE, box_px=(40, 30, 50, 42))
    for faces, code in (([small], "learned_small_face"), ([None], "cue_no_face"), ([FACE], "picture_without_colour")):
        reason = _refused(_sample(gray, list(faces))).code
        assert reason == code
        assert answer_of("nothing", reason) == "not assessable"


def test_without_weights_every_presentation_is_not_run_whatever_it_shows() -> None:
    blank = np.zeros((240, 240, 3), np.uint8)
    for faces in ([FACE], [None]):
        reason = _refused(_sample(blank, list(faces)))
        assert reason.code == "learned_not_run"
        assert "models add minifasnet" in reason.advice() or "not run" in reason.what()
        assert answer_of("nothing", reason.code) == "not run"
    told = readings(_sample(blank, [FACE]), known_cues(["learned"]))["learned"]
    assert told == {"value": None, "statement": "nothing", "why_not": "learned_not_run"}


def test_changed_weights_are_not_run_either(shared: Path, tmp_path: Path) -> None:
    for file in (shared / "models").glob("*MiniFASNet*.onnx"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    models.add("minifasnet", tmp_path)
    for file in tmp_path.glob("*V2.onnx"):
        file.write_bytes(b"changed")
    minifasnet._opened.__dict__.clear()
    reason = _refused(_sample(np.zeros((240, 240, 3), np.uint8), [FACE]))
    assert reason.code == "learned_not_run"
    assert "SHA-256" in reason.what()


def test_the_four_answers() -> None:
    assert answer_of("live", None) == "statement"
    assert answer_of("nothing", None) == "nothing said"
    assert answer_of("nothing", "cue_no_face") == "not assessable"
    assert answer_of("nothing", "learned_not_run") == "not run"


def test_the_best_frame_of_each_stretch_is_asked() -> None:
    sure = [0.5, 0.9, 0.6, 0.8, 0.7, 0.9, 0.5, 0.6, 0.8, 0.7]
    faces: list[Face | None] = [dataclasses.replace(FACE, score=score) for score in sure]
    seen = best_frames(_sample(np.zeros((240, 240, 3), np.uint8), [*faces[:4], None, *faces[4:]]))
    assert [face.score for _, face in seen] == [0.9, 0.8, 0.9, 0.6, 0.8]
    assert best_frames(_sample(np.zeros((8, 8, 3), np.uint8), [None])) == []


@pytest.mark.usefixtures("weights")
def test_rows_made_without_the_weights_are_made_anew_with_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_weights = code_hash()
    monkeypatch.setenv("PAPERMASK_MODELS", str(tmp_path))
    assert code_hash() != with_weights
