"""Re-use of a picture: never within one visit, never without size, and one plane above what stands out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.looks import Look
from toolkit.analysis.copies.patches import Agreement
from toolkit.analysis.copies.registration import face_cut
from toolkit.analysis.reuse import (
    AGAIN,
    SOURCE,
    Kind,
    Offered,
    compare,
    fused,
    middle_of,
    offered,
    sharpest,
    standing_of,
    worth_registering,
)
from toolkit.errors import CannotMeasure

NEAR = np.zeros(128, np.float32)


def shown(look: Look, occasion: str, embedding: np.ndarray = NEAR) -> Offered:
    return Offered(name=f"{look.seed}", occasion=occasion, cut=face_cut(*look.taken()), embedding=embedding)


def test_pairs_of_one_visit_are_never_assessed_however_they_agree() -> None:
    for first, second in ((1, 1), (1, 2)):
        told = compare(shown(Look(first), "V-001"), shown(Look(second), "V-001"))
        assert (told.score, told.why_not) == (None, "reuse_same_visit")


@pytest.mark.parametrize("person", [0, 2, 5])
def test_one_plane_scores_higher_than_a_face_that_stands_out(person: int) -> None:
    flat = compare(shown(Look(1, person), "V-001"), shown(Look(2, person), "V-002"))
    raised = compare(shown(Look(1, person), "V-001"), shown(Look(2, person, relief=4.0), "V-002"))
    assert flat.score is not None and raised.score is not None
    assert flat.score > raised.score + 0.5
    assert flat.standing == "assessed"


@pytest.mark.parametrize(
    ("kind", "width", "standing"),
    [
        (AGAIN, 39.9, None), (AGAIN, 40, "lead"), (AGAIN, 60, "indicative"), (AGAIN, 80, "assessed"),
        (SOURCE, 79.9, None), (SOURCE, 80, "indicative"), (SOURCE, 120, "assessed"),
    ],
)  # fmt: skip
def test_what_may_be_said_hangs_on_the_size(kind: Kind, width: float, standing: str | None) -> None:
    assert standing_of(kind, width) == standing


def test_a_face_too_small_is_not_assessable() -> None:
    told = compare(shown(Look(1, face_px=30), "V-001"), shown(Look(2), "V-002"))
    assert (told.score, told.standing, told.why_not) == (None, None, "cue_small_face")


def test_unlike_faces_are_sorted_out_before_they_are_registered() -> None:
    far = np.full(128, 0.1, np.float32)
    told = compare(shown(Look(1), "V-001"), shown(Look(2), "V-002", far))
    assert told.why_not == "reuse_unlike"


def test_faces_that_part_have_no_score_even_where_an_embedder_would_let_them_pass() -> None:
    told = compare(shown(Look(1, person=0), "V-001"), shown(Look(2, person=5), "V-002"))
    assert (told.score, told.why_not) == (None, "reuse_faces_part")


def test_a_sharp_photograph_is_found_in_a_soft_capture() -> None:
    capture, photograph = shown(Look(1, face_px=130, sharp=2.6), "V-001"), shown(Look(2, face_px=260), "E-0009")
    told = compare(capture, photograph, SOURCE)
    as_it_is = compare(capture, photograph, AGAIN)
    assert told.score is not None and as_it_is.score is not None
    assert told.score > as_it_is.score  # made as soft as the capture, it agrees better


def test_evidence_is_two_canvases_of_one_shape_and_where_they_agree() -> None:
    told = compare(shown(Look(1), "V-001"), shown(Look(2, cover=0.12), "V-002"), evidence=True)
    seen = told.evidence
    assert seen is not None
    assert seen.first.shape == seen.second.shape == seen.agrees.shape
    assert seen.first.dtype == np.uint8 and 0.3 < seen.agrees.mean() < 1


@pytest.mark.parametrize("name", ["inner", "ring", "fine", "fine_ring"])
def test_more_agreement_never_lowers_a_score(name: str) -> None:
    told = {"inner": 0.8, "ring": 0.8, "fine": 0.8, "fine_ring": 0.8, "share": 0.9}
    mask = np.ones((4, 4), bool)
    for ring in ({}, {"ring": None}):
        lower = fused(Agreement(**(told | ring), mask=mask))  # type: ignore[arg-type]
        raised = told | {name: 0.9} | ({} if name == "ring" else ring)
        assert fused(Agreement(**raised, mask=mask)) >= lower  # type: ignore[arg-type]


def test_the_sharpest_of_the_surest_frames_is_compared() -> None:
    taken = [Look(seed=4, sharp=blur).taken() for blur in (2.5, 0.5, 1.5)]
    assert sharpest([image for image, _ in taken], [face for _, face in taken]) == 1
    with pytest.raises(CannotMeasure):
        sharpest([], [])


def test_a_face_is_made_ready_with_its_embedding() -> None:
    one, other = (offered(str(seed), f"V-{seed}", *Look(seed).taken()) for seed in (1, 2))
    assert one.embedding.shape == (128,)
    assert np.linalg.norm(one.embedding - other.embedding) < 0.4


def test_in_a_large_case_strangers_are_sorted_out_from_the_middle_of_all_faces() -> None:
    """Sixty people close together for the network: by distance alone all would be looked into."""
    rng = np.random.default_rng(5)
    cut = face_cut(*Look(1).taken())
    people = rng.normal(0, 0.027, (60, 128)) + 0.1
    faces = [
        Offered(name=f"{p}-{k}", occasion=f"{p}-{k}", cut=cut, embedding=(people[p] + noise).astype(np.float32))
        for p in range(60)
        for k, noise in enumerate(rng.normal(0, 0.012, (2, 128)))
    ]
    middle = middle_of(faces)
    assert middle is not None
    own = [worth_registering(faces[2 * p], faces[2 * p + 1], middle) for p in range(60)]
    strangers = [worth_registering(faces[2 * p], faces[2 * p + 2], middle) for p in range(59)]
    assert all(own)
    assert sum(strangers) <= 6
    assert sum(worth_registering(faces[2 * p], faces[2 * p + 2], None) for p in range(59)) > 45


def test_a_small_case_has_no_middle_and_looks_into_every_pair_that_is_near() -> None:
    few = [shown(Look(1), "V-001"), shown(Look(2), "V-002")]
    assert middle_of(few) is None
    assert worth_registering(*few, None)
