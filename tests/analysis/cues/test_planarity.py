"""The nose offset of five points: fixed on a plane whatever the plane does, moving on a head that turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.cues.planarity import nose_range
from toolkit.analysis.faces.crops import nose_offset
from toolkit.analysis.relief.turns import frame_noise
from toolkit.errors import CannotMeasure
from toolkit.records import Face

# Eyes, nose tip and corners of the mouth of a medium head, in metres; the nose stands out by 25 mm.
HEAD = np.array([[-0.031, 0.0, 0.0], [0.031, 0.0, 0.0], [0.0, 0.036, 0.025], [-0.025, 0.066, 0.0], [0.025, 0.066, 0.0]])
SCALE = 500.0


def face_of(points: np.ndarray) -> Face:
    marks = tuple((float(x), float(y)) for x, y in points)
    (left, top), (right, bottom) = points.min(axis=0) - 20, points.max(axis=0) + 20
    return Face(box_px=(left, top, right, bottom), score=0.9, landmarks_px=marks)


def sample_of(
    turns_deg: np.ndarray, *, depth: float = 1.0, noise_px: float = 0.0, rate: float = 10.0, head: np.ndarray = HEAD
) -> PresentationSample:
    rng = np.random.default_rng(4)
    head = head * [1, 1, depth]
    faces = []
    for turn in np.deg2rad(turns_deg):
        seen = np.column_stack([head[:, 0] * np.cos(turn) + head[:, 2] * np.sin(turn), head[:, 1]]) * SCALE + 100
        faces.append(face_of(seen + rng.normal(0, noise_px, seen.shape)))
    times = np.arange(len(faces)) / rate
    crop = np.zeros((200, 200, 3), np.uint8)
    return PresentationSample(times_s=times, crops=(crop,) * len(faces), faces=tuple(faces))


SWING = 20 * np.sin(np.arange(32) * 0.19)
FAR = 1.4 * SWING


@given(st.lists(st.floats(-2, 2), min_size=6, max_size=6), st.floats(-0.3, 0.3))
def test_no_affine_map_of_a_plane_moves_the_offset(entries: list[float], nose: float) -> None:
    map_ = np.array(entries[:4]).reshape(2, 2) + 3 * np.eye(2)
    flat = HEAD[:, :2] + np.array([[0, 0], [0, 0], [nose * 0.06, 0], [0, 0], [0, 0]])
    if abs(np.linalg.det(map_)) < 0.5:
        return
    moved = flat @ map_.T * 100 + entries[4:]
    assert nose_offset(face_of(moved)) == pytest.approx(nose_offset(face_of(flat * 100)), abs=1e-9)


def test_a_head_that_turns_is_called_live_and_a_sheet_is_not() -> None:
    head, sheet = (nose_range(sample_of(FAR, depth=depth, noise_px=0.1)) for depth in (1.0, 0.0))
    # tan(turn) times the nose's height over the distance of the eyes, from end to end
    assert head.value == pytest.approx(2 * np.tan(np.deg2rad(28)) * 0.025 / 0.062, rel=0.1)
    assert head.statement == "live"
    assert sheet.value < 0.03
    assert sheet.statement == "nothing"


def test_a_sheet_bent_as_far_as_anybody_wears_one_is_not_called_live() -> None:
    """Eyes and corners of the mouth of a cylinder of 75 mm lie 4 to 7 mm behind its nose."""
    behind = 0.075 - np.sqrt(0.075**2 - HEAD[:, 0] ** 2)
    bent = np.column_stack([HEAD[:, :2], -behind])
    for turns in (SWING, FAR):
        assert nose_range(sample_of(turns, head=bent, noise_px=0.1)).statement == "nothing"


def test_it_never_says_artefact() -> None:
    for depth in (0.0, 1.0):
        for turns in (SWING, SWING * 0, SWING * 0.2):
            assert nose_range(sample_of(turns, depth=depth, noise_px=0.3)).statement != "artefact"


def test_noise_alone_and_one_slip_are_no_turn() -> None:
    assert nose_range(sample_of(SWING * 0, noise_px=2.5)).statement == "nothing"
    slipped = np.zeros(32)
    slipped[10:12] = 35
    assert nose_range(sample_of(slipped, noise_px=0.05)).statement == "nothing"


def shown_again(sample: PresentationSample, times: int) -> PresentationSample:
    """Each frame several times, as a recorder fills up to the rate that it states."""
    count = len(sample.faces) * times
    return PresentationSample(
        times_s=np.arange(count) / 18, crops=tuple(one for one in sample.crops for _ in range(times)),
        faces=tuple(one for one in sample.faces for _ in range(times)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_frames_shown_again_do_not_hide_the_noise(seed: int) -> None:
    """Twelve different frames of a jittering sheet, six times each: a median of differences would see no noise."""
    rng = np.random.default_rng(seed)
    flat = HEAD[:, :2] * SCALE + 100
    faces = tuple(face_of(flat + rng.normal(0, 1.2, flat.shape)) for _ in range(12))
    crop = np.zeros((200, 200, 3), np.uint8)
    sample = shown_again(PresentationSample(times_s=np.arange(12.0), crops=(crop,) * 12, faces=faces), 6)
    try:
        assert nose_range(sample).statement == "nothing"
    except CannotMeasure as reason:
        assert reason.code == "cue_low_rate"


def test_one_slip_onto_a_line_does_not_spoil_a_presentation() -> None:
    sample = sample_of(FAR, noise_px=0.1)
    line = face_of(np.array([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]], float))
    spoiled = PresentationSample(
        times_s=sample.times_s, crops=sample.crops, faces=(*sample.faces[:5], line, *sample.faces[6:])
    )
    assert nose_range(spoiled).statement == "live"


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (sample_of(SWING[:7]), "cue_few_frames"),
        (sample_of(SWING, rate=3.0), "cue_low_rate"),
    ],
)
def test_what_cannot_be_measured_says_why(sample: PresentationSample, why: str) -> None:
    with pytest.raises(CannotMeasure) as reason:
        nose_range(sample)
    assert reason.value.code == why


def test_a_face_of_few_pixels_is_not_assessable() -> None:
    small = [
        Face(box_px=(0, 0, 20, 25), score=0.9, landmarks_px=face.landmarks_px)
        for face in sample_of(SWING).faces
        if face
    ]
    sample = PresentationSample(
        times_s=np.arange(32) / 10, crops=(np.zeros((30, 30, 3), np.uint8),) * 32, faces=tuple(small)
    )
    with pytest.raises(CannotMeasure) as reason:
        nose_range(sample)
    assert reason.value.code == "cue_small_face"


def test_points_on_one_line_are_no_face() -> None:
    line = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]], float)
    with pytest.raises(CannotMeasure):
        nose_offset(face_of(line))


def test_a_steady_turn_is_no_noise() -> None:
    assert frame_noise(np.linspace(0, 1, 20)) == pytest.approx(0, abs=1e-12)
    assert frame_noise(np.random.default_rng(5).normal(0, 0.1, 4000)) == pytest.approx(0.1, rel=0.1)


def test_the_cue_is_filed_with_unit_and_group() -> None:
    assert (cues["nose_range"].group, cues["nose_range"].high) == ("geometry", "live")
