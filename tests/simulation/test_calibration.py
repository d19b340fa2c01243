"""Calibration on development people: truth against the real detector, live against print, relief against real heads.

Face width is 2.35 distances between the eyes (some 145 mm, cheek to cheek) at the scale of the face, whatever its turn.
Faces of fewer than 60 px are enlarged before they are looked at, as a cue does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pytest

from tests.simulation.rooms import act_of, room
from toolkit.records import Face
from toolkit.simulation.camera import Camera
from toolkit.simulation.sensor import Recorder, day_sensor
from toolkit.simulation.shooting import FaceTruth, paint
from toolkit.vision.centerface import detect_faces

pytestmark = pytest.mark.full

FACE_WIDTH_M = 2.35 * 0.0615
KINDS: dict[str, dict[str, str]] = {
    "live": {"what": "own_face"},
    "flat": {"what": "print"},
    "curled": {"what": "print", "shape": "curled"},
    "cut_out": {"what": "print", "shape": "cut_out"},
}
AROUND_M = 0.26  # what is shown to the detector around a face
PEOPLE = (0, 2, 4, 7)  # two blends, two drawn
# A real head that turned from side to side (head-pose-face-detection-female.gif, Intel IoT sample videos): nose offset
# over the tangent of the turn, least squares over turns of 20-60 degrees as the eyes' distance tells them against 0.97
# of the way to the mouth when frontal: 0.36 as it is, 0.38 at double size. Two heads in another clip are tilted and
# hardly turn: 0.28 and 0.08. Simulated heads by pitch: docs/scenarios.md.
REAL_SLOPE = 0.36

Seen = tuple[FaceTruth, Face | None]


def looks(
    kind: str, pitch: float, px_per_m: float, people: Sequence[int], *, turn: float = 0.0,
    times: Sequence[float] = (3.0,), whole: bool = False,
) -> Iterator[Seen]:  # fmt: skip
    """Faces of this kind with what the detector says of each; ``turn`` from end to end, 0 for natural movement.

    ``whole``: the detector is shown the whole picture as it is, else a face's surroundings enlarged.
    """
    side = round((0.8 if whole else 1.2) * px_per_m)
    camera = Camera(width_px=side, height_px=side, px_per_m=px_per_m, pitch_deg=pitch)
    moves: dict[str, object] = {"motion": "turn", "turn_deg": turn} if turn else {"motion": "natural"}
    for k in people:
        three = (k, (k + 1) % 10, (k + 2) % 10)
        take = room(camera, (act_of(**KINDS[kind], **moves),), seed=20 + k, numbers=three)  # type: ignore[arg-type]
        rng = np.random.default_rng(k)
        recorder = Recorder(day_sensor(rng), rng)
        for t in times:
            canvas, truths = paint(take, t)
            image = recorder.expose(canvas.image)
            for truth in truths:
                if truth.medium == ("live" if kind == "live" else "print") and truth.visible == 1.0:
                    yield truth, _found(image, truth, whole=whole)


def _found(image: np.ndarray, truth: FaceTruth, *, whole: bool) -> Face | None:
    """The detection at this face."""
    middle, reach = truth.landmarks_px.mean(axis=0), AROUND_M * truth.px_per_m
    width = FACE_WIDTH_M * truth.px_per_m
    x0, y0 = (0, 0) if whole else np.maximum(0, middle - reach).astype(int)
    end = np.array(image.shape[1::-1]) if whole else np.round(middle + reach).astype(int)
    around = np.ascontiguousarray(image[y0 : end[1], x0 : end[0]])
    for face in detect_faces(around, enlarge=1.0 if whole else max(1.0, 100 / width)):
        marks = np.array(face.landmarks_px) + np.array([x0, y0])
        if np.linalg.norm(marks.mean(axis=0) - middle) < 0.35 * width:
            moved = tuple((float(x), float(y)) for x, y in marks)
            return Face(box_px=face.box_px, score=face.score, landmarks_px=moved)
    return None


def errors(seen: Sequence[Seen]) -> np.ndarray:
    """Distance of each mark (n, 5) in face widths."""
    pairs = [(truth, np.array(face.landmarks_px)) for truth, face in seen if face is not None]
    return np.array(
        [np.linalg.norm(marks - t.landmarks_px, axis=1) / (FACE_WIDTH_M * t.px_per_m) for t, marks in pairs]
    )


def nose_offset(marks: np.ndarray) -> tuple[float, float]:
    """The affine nose offset, and the eyes' distance over the way from eyes to mouth."""
    eyes, mouth = marks[:2].mean(axis=0), marks[3:].mean(axis=0)
    offset, _ = np.linalg.solve(np.stack([marks[1] - marks[0], mouth - eyes], axis=1), marks[2] - eyes)
    return float(offset), float(np.linalg.norm(marks[1] - marks[0]) / np.linalg.norm(mouth - eyes))


@cache
def _some(kind: str, pitch: float, px_per_m: float) -> tuple[Seen, ...]:
    turn = 50.0 if px_per_m > 300 else 0.0
    return tuple(looks(kind, pitch, px_per_m, PEOPLE, turn=turn, times=(3.0, 4.6)))


def test_projected_marks_agree_with_what_the_detector_finds() -> None:
    every: list[Seen] = []
    for kind in ("live", "flat"):
        seen = [one for pitch in (0, 40) for one in _some(kind, pitch, 250)]
        assert np.median(errors(seen)) < 0.04
        every += seen
    every += _some("live", 20, 500)
    assert np.median(errors(every), axis=0).max() < 0.06  # no point is off by its definition


@pytest.mark.parametrize("pitch", (0, 40))
def test_the_detector_finds_live_and_printed_faces_alike(pitch: int) -> None:
    shares = {}
    for kind in ("live", "flat", "curled"):
        seen = _some(kind, pitch, 250)
        assert len(seen) >= 6
        shares[kind] = np.mean([face is not None for _, face in seen])
    assert min(shares.values()) >= 7 / 8  # of eight: one miss; the rates themselves stand in docs/scenarios.md


@pytest.mark.full
def test_simulated_heads_have_as_much_relief_as_real_ones() -> None:
    slopes = [slope for pitch in (0, 20, 40) for k in (0, 2, 4, 5, 6, 7, 8) if (slope := _slope(k, pitch)) is not None]
    assert len(slopes) > 15
    assert 0.7 < np.median(slopes) / REAL_SLOPE < 1.3


def _slope(k: int, pitch: float) -> float | None:
    """Nose offset over tan(turn) of a head that turns by 45 degrees to each side, its face as large as in the clips."""
    turning, facing = (
        np.array([
            nose_offset(np.array(face.landmarks_px))
            for _, face in looks("live", pitch, 500, (k,), whole=True, turn=turn, times=times)
            if face is not None
        ])
        for turn, times in ((90.0, np.arange(3.0, 6.33, 0.278).tolist()), (1.0, (3.0, 4.0, 5.0)))
    )  # fmt: skip
    if len(facing) < 2:
        return None
    turn = np.arccos(np.minimum(1, turning[:, 1] / np.median(facing[:, 1])))
    used = (turn > np.deg2rad(20)) & (turn < np.deg2rad(60))
    tangent = np.tan(turn[used])
    return float((np.abs(turning[used, 0]) * tangent).sum() / (tangent**2).sum())


def test_a_turning_print_keeps_its_nose_offset_and_a_turning_head_does_not() -> None:
    spans = {}
    for kind in ("live", "flat"):
        seen = looks(kind, 0, 300, (4,), turn=50.0, times=np.arange(3.0, 6.33, 0.5).tolist())
        offsets = [nose_offset(t.landmarks_px)[0] for t, _ in seen]
        spans[kind] = float(np.ptp(offsets))
    assert spans["flat"] < 0.03  # what is left is perspective
    assert spans["live"] > 0.15
