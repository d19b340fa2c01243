"""Agreement place by place: of one plane high everywhere, where a hand lies low there and high elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.looks import Look
from toolkit.analysis.copies.patches import Agreement, agreement, measured, sift_inliers
from toolkit.analysis.copies.registration import Registered, face_cut, register


def compared(first: Look, second: Look) -> tuple[Registered, Agreement]:
    one, other = face_cut(*first.taken()), face_cut(*second.taken())
    return agreement(register(one, other))


@pytest.mark.parametrize("width", [48.0, 80.0, 200.0])
def test_two_looks_at_one_plane_agree_in_face_and_ring(width: float) -> None:
    _, told = compared(Look(seed=21, face_px=width), Look(seed=22, face_px=width))
    assert told.inner > 0.9
    assert told.ring is not None and told.ring > 0.9
    assert told.share > 0.95


@pytest.mark.parametrize("width", [48.0, 80.0, 200.0])
@pytest.mark.parametrize("person", [0, 5])
def test_what_stands_out_lowers_the_finest_agreement(width: float, person: int) -> None:
    flat = compared(Look(21, person, width), Look(22, person, width))[1]
    raised = compared(Look(21, person, width), Look(22, person, width, relief=4.0))[1]
    assert raised.fine < flat.fine


def test_a_covered_place_is_left_out_of_the_mask_and_the_rest_still_agrees() -> None:
    pair, told = compared(Look(seed=21), Look(seed=22, cover=0.12))
    middle = pair.first.grey.shape[1] // 2
    band = told.mask[:, middle - 8 : middle + 8]
    assert not band[int(0.62 * len(band)) : int(0.72 * len(band))].all()
    assert told.inner > 0.9
    assert told.share < compared(Look(seed=21), Look(seed=22))[1].share


def test_two_people_do_not_agree_in_the_face() -> None:
    _, told = compared(Look(seed=21, person=0), Look(seed=22, person=5))
    assert told.inner < 0.6


def test_without_a_known_ring_there_is_none() -> None:
    image, face = Look(seed=21).taken()
    x, y = np.asarray(face.landmarks_px).mean(axis=0)
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    outside = ((columns - x) / 46) ** 2 + ((rows - y) / 62) ** 2 > 1
    cut = face_cut(image, face, outside)
    pair = register(cut, face_cut(*Look(seed=22).taken()))
    told = measured(pair)
    assert told.ring is None
    assert told.inner > 0.9


def test_more_local_features_lie_at_one_place_for_one_picture_than_for_two_people() -> None:
    one, _ = compared(Look(seed=21, face_px=160), Look(seed=22, face_px=160))
    other, _ = compared(Look(seed=21, face_px=160), Look(seed=22, face_px=160, person=5))
    assert sift_inliers(one) > 3 * sift_inliers(other)
