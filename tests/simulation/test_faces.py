from __future__ import annotations

import itertools
from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from toolkit.records import Image
from toolkit.simulation import blends
from toolkit.simulation.blends import LARGEST_SHARE, PHOTOGRAPHS, Recipe, alone
from toolkit.simulation.faces import PURPOSES, RECIPES, Identity, identities, unrelated
from toolkit.simulation.looks import look
from toolkit.simulation.portraits import linear, paint, srgb
from toolkit.simulation.seeds import BLENDED_HEADS, DRAWN_PEOPLE
from toolkit.vision.centerface import detect_faces
from toolkit.vision.dlib_faces import Embedding, distance, embed

pytestmark = pytest.mark.slow

FACE_PX = 80.0
VARIATIONS = 3


def _varied(picture: Image, factor: float, rng: np.random.Generator) -> Image:
    """The picture as another camera might give it: smaller, turned by up to 4 degrees, blurred, noisy, recompressed."""
    side = picture.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(rng.uniform(-4, 4)), factor)
    turn[:, 2] += side * (factor - 1) / 2
    size = (round(side * factor), round(side * factor))
    blurred = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 0.6)) / factor)
    small = cv2.warpAffine(blurred, turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    noisy = small * rng.uniform(0.8, 1.15) + rng.normal(0, 4, small.shape)
    _, packed = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)


def _taken(people: Iterable[Identity]) -> list[tuple[Identity, Embedding]]:
    """Every person a few times at a face height of 80 px, as found by the detector."""
    rng = np.random.default_rng(80)
    taken = []
    for person in people:
        (face, *_) = detect_faces(person.picture)
        for _ in range(VARIATIONS):
            image = _varied(person.picture, FACE_PX / face.height_px, rng)
            (found, *_) = detect_faces(image)
            assert found.height_px == pytest.approx(FACE_PX, rel=0.15)
            taken.append((person, embed(image, found)))
    return taken


@pytest.fixture(scope="module")
def development() -> list[tuple[Identity, Embedding]]:
    return _taken(identities("development"))


def _auc(near: list[float], far: list[float]) -> float:
    """How often a distance of the first list is below one of the second."""
    return float(np.mean([(a < b) + 0.5 * (a == b) for a in near for b in far]))


def test_unrelated_development_people_are_told_apart_at_80_px(development: list[tuple[Identity, Embedding]]) -> None:
    pairs = list(itertools.combinations(development, 2))
    same = [distance(a, b) for (one, a), (other, b) in pairs if one is other]
    strangers = [distance(a, b) for (one, a), (other, b) in pairs if unrelated(one, other)]
    assert len(same) == 3 * len(identities("development"))
    assert _auc(same, strangers) >= 0.97


def test_blends_that_share_a_parent_are_more_alike_than_blends_that_share_none(
    development: list[tuple[Identity, Embedding]],
) -> None:
    blended = [(person, vector) for person, vector in development if person.family == "blend"]
    pairs = [pair for pair in itertools.combinations(blended, 2) if pair[0][0] is not pair[1][0]]
    kin = [distance(a, b) for (one, a), (other, b) in pairs if not unrelated(one, other)]
    strangers = [distance(a, b) for (one, a), (other, b) in pairs if unrelated(one, other)]
    assert len(kin) == 4 * 9
    assert len(strangers) == 2 * 9
    assert np.mean(kin) < np.mean(strangers) - 0.05


def test_no_blend_looks_like_one_of_its_parents_as_one_person_looks_like_himself(
    development: list[tuple[Identity, Embedding]],
) -> None:
    same = [distance(a, b) for (one, a), (other, b) in itertools.combinations(development, 2) if one is other]
    for person, vector in development:
        for parent in person.parents if person.family == "blend" else ():
            image, face = blends.photograph(parent)
            assert distance(vector, embed(image, face)) > np.quantile(same, 0.95)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_face_is_found_once_in_every_portrait_at_the_points_it_was_made_with(purpose: str) -> None:
    for person in identities(purpose):
        assert person.picture.shape == (320, 320, 3)
        assert person.picture.dtype == np.uint8
        (face,) = detect_faces(person.picture)
        wide = face.box_px[2] - face.box_px[0]
        off = np.linalg.norm(np.asarray(face.landmarks_px) - person.landmarks_px, axis=1)
        assert np.median(off) < 0.05 * wide, person.name
        assert off.max() < 0.12 * wide, person.name
        eyes = person.landmarks_px[:2]
        assert abs(eyes[0, 1] - eyes[1, 1]) < 3
        assert all(0 < channel < 1 for channel in (*person.skin, *person.hair))
        assert person.skin[0] > person.skin[2]


def test_development_calibration_and_measurement_share_no_parent_and_no_seed() -> None:
    people = {purpose: {p for person in identities(purpose) for p in person.parents} for purpose in PURPOSES}
    for one, other in itertools.combinations(("development", "calibration", "measurement"), 2):
        assert not people[one] & people[other]
    seeds = [seed for table in (DRAWN_PEOPLE, BLENDED_HEADS) for row in table.values() for seed in row]
    assert len(seeds) == len(set(seeds))
    assert sum(len(identities(purpose)) for purpose in PURPOSES) >= 12
    assert len({person.name for purpose in PURPOSES for person in identities(purpose)}) == sum(
        len(identities(purpose)) for purpose in PURPOSES
    )


def test_what_is_published_is_public_domain_or_drawn() -> None:
    assert {person.family for person in identities("published")} == {"public", "drawn"}
    for person in identities("published"):
        assert person.family == "drawn" or all(PHOTOGRAPHS[parent].free for parent in person.parents)


def test_a_picture_that_is_not_free_is_never_shown_alone() -> None:
    for name, told in PHOTOGRAPHS.items():
        if not told.free:
            with pytest.raises(ValueError, match="blend"):
                alone(name)


@pytest.mark.parametrize("purpose", RECIPES)
def test_every_blend_has_at_least_two_parents_and_none_of_them_whole(purpose: str) -> None:
    for recipe in RECIPES[purpose]:
        assert len(recipe.everybody()) >= 2
        shares = [recipe.shares(parent) for parent in recipe.everybody()]
        for place in ("face", "eyes", "nose", "mouth"):
            told = [share[place] for share in shares]
            assert sum(told) == pytest.approx(1)
            assert max(told) <= LARGEST_SHARE


def test_a_share_of_a_parent_that_is_not_named_is_none() -> None:
    recipe = Recipe(parents={"gray": 0.5, "group-1": 0.5}, mouth={"group-2": 0.6, "gray": 0.4})
    assert recipe.shares("group-2") == {"face": 0.0, "eyes": 0.0, "nose": 0.0, "mouth": 0.6}
    assert recipe.shares("group-1")["mouth"] == 0.0


def test_the_same_seed_paints_the_same_picture_and_another_seed_another_person() -> None:
    first, again, other = (srgb(paint(look(seed)).linear) for seed in (90_001, 90_001, 90_002))
    assert first.tobytes() == again.tobytes()
    assert np.abs(first.astype(int) - other).mean() > 5


def test_light_and_its_8_bit_code_are_each_others_reverse() -> None:
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    assert np.array_equal(srgb(linear(codes)), codes)
    assert linear(codes)[-1, -1, 0] == pytest.approx(1)
