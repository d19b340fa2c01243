"""Light on a ball of several faces against light on a sheet: only the first moves over the face as it turns."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.patterns import face_in, picture
from toolkit.analysis.cue import PresentationSample, cues
from toolkit.analysis.cues.shading import shading, where_shading
from toolkit.errors import CannotMeasure
from toolkit.records import Face

SIDE, WIDTH = 160, 80.0
TURNS = 25 * np.sin(np.arange(24) * 0.4)


def turned(face: Face, degrees: float) -> Face:
    """Narrower by the cosine of the turn, as sheet and head are."""
    marks = np.array(face.landmarks_px)
    marks[:, 0] = SIDE / 2 + (marks[:, 0] - SIDE / 2) * np.cos(np.deg2rad(degrees))
    return Face(box_px=face.box_px, score=0.9, landmarks_px=tuple((float(x), float(y)) for x, y in marks))


def lit(turn_deg: float, *, curved: bool, from_side: float, shadow: float = 0.0) -> np.ndarray:
    """Code values of a face under a lamp from one side; ``shadow`` is printed on and turns with the sheet."""
    x = (np.arange(SIDE) - SIDE / 2) / (WIDTH / 2)
    normal = np.clip(x, -1, 1) * (0.9 if curved else 0.0)
    angle = np.arcsin(normal) + np.deg2rad(turn_deg)
    light = 0.25 + 0.6 * np.clip(np.cos(angle - np.deg2rad(from_side)), 0, 1)
    code = 255 * (light * (1 - shadow * x.clip(-1, 1))) ** (1 / 2.2)
    noise = np.random.default_rng(int(abs(turn_deg) * 1000)).normal(0, 1.5, (SIDE, SIDE))
    return np.tile(code, (SIDE, 1)) * 0.7 + noise


def sample(*, curved: bool, from_side: float = 50.0, shadow: float = 0.0, turns: np.ndarray = TURNS):
    images = tuple(picture(lit(turn, curved=curved, from_side=from_side, shadow=shadow)) for turn in turns)
    faces = tuple(turned(face_in(SIDE, WIDTH), turn) for turn in turns)
    return PresentationSample(times_s=np.arange(len(turns)) / 10, crops=images, faces=faces)


def test_light_moves_over_a_head_and_not_over_a_sheet_with_a_printed_shadow() -> None:
    head, sheet = shading(sample(curved=True)), shading(sample(curved=False, shadow=0.3))
    assert head.value > 0.15
    assert sheet.value < head.value / 3


def test_it_says_nothing_whatever_it_reads() -> None:
    for curved in (True, False):
        assert shading(sample(curved=curved, shadow=0.3)).statement == "nothing"
    assert cues["shading"].says == ()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"curved": False}, "cue_flat_light"),
        ({"curved": True, "turns": TURNS * 0}, "cue_no_turn"),
        ({"curved": True, "turns": TURNS[:7]}, "cue_few_frames"),
    ],
)
def test_flat_light_no_turn_and_few_frames_are_not_assessable(told: dict, why: str) -> None:
    with pytest.raises(CannotMeasure) as reason:
        shading(sample(**told))
    assert reason.value.code == why


def test_the_map_shows_the_cheeks_of_a_head_and_nothing_between_the_parts() -> None:
    told = where_shading(sample(curved=True))
    assert np.nanmax(told.values) > 0.2
    assert np.isfinite(told.values).mean() < 0.2
    assert np.nanmax(where_shading(sample(curved=False, shadow=0.3)).values) < np.nanmax(told.values) / 2
