"""A control is one presentation: its pieces are one face, another face in view makes it unclear."""

from __future__ import annotations

import pytest

from toolkit.analysis.presentations import FaceSeen, FaceTrack
from toolkit.errors import CannotMeasure
from toolkit.pipeline.control_readings import ControlWork, _only, joined
from toolkit.records import Face


def track(from_s: float, to_s: float, x: float = 100.0) -> FaceTrack:
    """A face 47 px wide whose eyes lie around ``x``, ten times a second."""
    marks = ((x - 10, 90.0), (x + 10, 90.0), (x, 100.0), (x - 8, 110.0), (x + 8, 110.0))
    face = Face(box_px=(x - 25, 70.0, x + 25, 130.0), score=0.9, landmarks_px=marks)
    times = [round(from_s + 0.1 * k, 3) for k in range(round((to_s - from_s) / 0.1) + 1)]
    return FaceTrack([FaceSeen(media_s=at, pts=round(at * 1000), face=face) for at in times])


def work(region_px: tuple[int, int, int, int] | None = None) -> ControlWork:
    return ControlWork(control_id="C-001", path="any", from_s=3.0, to_s=8.0, region_px=region_px, frame_rate=None)


def test_pieces_of_one_head_that_turns_are_one_face() -> None:
    (whole,) = joined([track(5.0, 6.8), track(3.8, 4.9), track(6.9, 7.4, x=112.0)])
    assert whole.seen[0].media_s == 3.8 and whole.last.media_s == 7.4
    assert _only(work(), [track(3.8, 4.9), track(5.0, 6.8), track(6.9, 7.4)]).last.media_s == 7.4


def test_two_faces_at_one_time_are_unclear_until_a_place_is_stated() -> None:
    both = [track(3.0, 8.0), track(3.0, 8.0, x=300.0)]
    with pytest.raises(CannotMeasure) as unclear:
        _only(work(), both)
    assert unclear.value.code == "cue_several_faces"
    chosen = _only(work((260, 50, 340, 150)), both)
    assert chosen.seen[0].face.landmarks_px[2][0] == 300.0


def test_a_face_elsewhere_a_moment_later_is_another_one() -> None:
    assert len(joined([track(3.0, 5.0), track(5.2, 7.0, x=300.0)])) == 2
    assert len(joined([track(3.0, 5.0), track(6.5, 8.0)])) == 2


def test_a_glimpse_is_no_control() -> None:
    with pytest.raises(CannotMeasure) as none:
        _only(work(), [track(3.0, 3.6)])
    assert none.value.code == "cue_no_face"
