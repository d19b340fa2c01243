"""A roster is ranked; a photograph is called nearest only when nothing speaks against it."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.analysis.identity import BOXES, Gallery, compare, moved_boxes
from toolkit.errors import CannotMeasure
from toolkit.records import Face

PEOPLE = ("1001", "1002", "1003", "1004", "1005", "1006", "1007")
FAR = (0.62, 0.70, 0.66, 0.75, 0.58, 0.69)


def told(nearest: float, others: tuple[float, ...] = FAR, frames: int = 4) -> np.ndarray:
    """The same distances in every frame and for every box, the first person's first."""
    return np.tile(np.array([nearest, *others]), (frames, len(BOXES), 1))


def test_one_who_stands_out_is_nearest_and_everybody_has_a_rank() -> None:
    compared = compare(told(0.35), PEOPLE, 90.0)
    assert compared.standing == "nearest"
    assert [one.employee_id for one in compared.ranked][:2] == ["1001", "1006"]
    assert [one.rank for one in compared.ranked] == list(range(1, 8))
    assert compared.margin == pytest.approx(0.23)


@pytest.mark.parametrize(
    "distances", [told(0.56), told(0.45, (0.50, *FAR[1:])), told(0.49, (0.58, 0.9, 0.9, 0.5, 0.9, 0.9))]
)
def test_far_close_or_ordinary_distances_are_none_of_these(distances: np.ndarray) -> None:
    assert compare(distances, PEOPLE, 90.0).standing == "none of these"


def test_one_moved_box_that_ranks_another_first_takes_the_statement_away() -> None:
    distances = told(0.35)
    distances[2, 3, 4] = 0.30
    compared = compare(distances, PEOPLE, 90.0)
    assert compared.standing == "none of these"
    assert compared.agree == pytest.approx(19 / 20)


def test_leaving_any_frame_out_never_turns_nearest_into_somebody_else() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        distances = told(0.4) + rng.normal(0, 0.05, (4, len(BOXES), 7))
        whole = compare(distances, PEOPLE, 90.0)
        if whole.standing == "nearest":
            for k in range(4):
                part = compare(np.delete(distances, k, axis=0), PEOPLE, 90.0)
                assert part.ranked[0].employee_id == whole.ranked[0].employee_id


def test_what_cannot_be_compared_says_why() -> None:
    with pytest.raises(CannotMeasure, match="30"):
        compare(told(0.3), PEOPLE, 29.0)
    with pytest.raises(CannotMeasure) as alone:
        compare(told(0.3, ()), PEOPLE[:1], 90.0)
    assert alone.value.code == "likeness_small_roster"
    with pytest.raises(CannotMeasure) as none:
        compare(np.empty((0, 5, 7)), PEOPLE, 90.0)
    assert none.value.code == "likeness_no_frame"


def test_more_photographs_of_a_person_do_not_bring_them_nearer() -> None:
    gallery = Gallery(employees=("7", "3", "7"), rows=np.array([[0.0, 1.0], [3.0, 0.0], [1.0, 0.0]]))
    assert gallery.people == ("3", "7")
    np.testing.assert_allclose(gallery.distances(np.array([1.0, 0.0])), [2.0, np.sqrt(2) / 2])


def test_boxes_are_moved_and_resized_by_their_own_width_and_points_stay() -> None:
    face = Face(box_px=(10.0, 20.0, 50.0, 80.0), score=0.9, landmarks_px=((1.0, 2.0),) * 5)
    boxes = moved_boxes(face)
    assert boxes[0].box_px == pytest.approx(face.box_px)
    assert boxes[1].box_px == pytest.approx((16.0, 20.0, 56.0, 80.0))
    assert boxes[3].box_px == pytest.approx((7.0, 15.5, 53.0, 84.5))
    assert all(one.landmarks_px == face.landmarks_px for one in boxes)
