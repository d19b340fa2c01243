"""The few real pictures: two captures of one print register as one picture, and no two different pictures do."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from toolkit.analysis.presentations import faces_in
from toolkit.analysis.reuse import Offered, compare, offered
from toolkit.media.pictures import read_picture

# Crops and smaller copies of one photograph, as their own project holds them: the same picture in truth.
COPIES = (
    {"examples_obama", "examples_obama-1080p", "examples_obama-240p", "tests_test_images_obama_partial_face"},
    {"examples_two_people", "tests_test_images_obama3"},
    {"examples_two_people", "examples_biden"},
    {"data_test_fake_002", "data_test_fake_003"},
)


@pytest.fixture(scope="module")
def faces(shared: Path) -> list[Offered]:
    found = []
    for folder in ("spoof", "ident"):
        for path in sorted((shared / "data" / folder).iterdir()):
            image, name = read_picture(path), path.stem.partition("__")[2]
            around = (0, 0, image.shape[1], image.shape[0])
            found += [offered(name, name, image, face) for face in faces_in(image, around)]
    return found


@pytest.mark.full
def test_only_copies_of_one_picture_get_a_score(faces: list[Offered]) -> None:
    agreeing, copies = set(), set()
    for one, other in combinations(faces, 2):
        if one.name == other.name:
            continue
        pair = frozenset((one.name, other.name))
        if any(pair <= each for each in COPIES):
            copies.add(pair)
        if compare(one, other).score is not None:
            agreeing.add(pair)
    assert frozenset(("data_test_fake_002", "data_test_fake_003")) in agreeing
    assert agreeing <= copies  # no two different pictures
    assert agreeing == copies
