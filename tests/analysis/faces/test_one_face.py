"""Pieces of one face are one piece of evidence; what may be two faces stays two."""

from __future__ import annotations

from itertools import combinations

import pytest

from toolkit.analysis.faces.one_face import Offered, of_one_face


def shown(name: str, from_s: float, to_s: float, geometry: str = "on_head", visit: str = "V-001") -> Offered:
    return Offered(presentation_id=name, visit_id=visit, geometry=geometry, from_s=from_s, to_s=to_s)


def all_near(*names: str, distance: float = 0.2) -> dict[frozenset[str], float]:
    return {frozenset(pair): distance for pair in combinations(names, 2)}


def test_a_face_that_turned_away_twice_is_one() -> None:
    pieces = [shown("A", 0, 2), shown("C", 6, 8), shown("B", 3, 5, "undetermined")]
    assert of_one_face(pieces, all_near("A", "B", "C")) == [("A", "B", "C")]


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        (shown("A", 0, 2), shown("B", 3, 5), 0.27),  # two people were seen as near
        (shown("A", 0, 2), shown("B", 1.9, 5), 0.2),  # at one time in two places
        (shown("A", 0, 2), shown("B", 3, 5, "held"), 0.2),  # an own head, and a picture of it
        (shown("A", 0, 2), shown("B", 3, 5, visit="V-002"), 0.2),  # two visits: that is re-use
    ],
)
def test_what_may_be_two_stays_two(first: Offered, second: Offered, distance: float) -> None:
    assert of_one_face([second, first], all_near("A", "B", distance=distance)) == [("A",), ("B",)]


def test_what_was_not_compared_stays_apart() -> None:
    assert of_one_face([shown("A", 0, 2), shown("B", 3, 5)], {}) == [("A",), ("B",)]


def test_nobody_is_joined_by_way_of_a_third() -> None:
    distances = all_near("A", "B", "C") | {frozenset(("A", "C")): 0.4}
    pieces = [shown("A", 0, 2), shown("B", 3, 5), shown("C", 6, 8)]
    assert of_one_face(pieces, distances) == [("A", "B"), ("C",)]
