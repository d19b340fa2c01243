"""Was one still picture shown on two occasions? And is a presentation a copy of a known photograph?

Two looks at one sheet differ by a homography, by light and by the lens; two
live looks at one face differ by more, however alike the poses are. How much
more depends on the camera: the score says how well two pictures agree, and what
it is worth is told by live faces of the same camera on different days, never by
a threshold from elsewhere. Within one visit nothing is compared: a person who
holds still for some seconds agrees with themselves as a print does.

A score is the log odds of a logistic regression of the agreements
(:mod:`toolkit.analysis.copies.patches`), fitted on simulated prints, other photographs
of the same people and live faces, with equal weight of both sides; it is a scale
for ranking, not the odds of anything in a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.copies.patches import Agreement, agreement, sift_inliers
from toolkit.analysis.copies.registration import FaceCut, Registered, face_cut, on_canvas, register
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image, Mask
from toolkit.vision.dlib_faces import Embedding, distance, embed

Kind = Literal["print again", "source photo"]
Standing = Literal["assessed", "indicative", "lead"]
AGAIN: Kind = "print again"
SOURCE: Kind = "source photo"

# Smallest width of the smaller face, in pixels, for each standing.
LEAST_PX: dict[Kind, tuple[tuple[float, Standing], ...]] = {
    AGAIN: ((80.0, "assessed"), (60.0, "indicative"), (40.0, "lead")),
    SOURCE: ((120.0, "assessed"), (80.0, "indicative")),
}
SIFT_FROM_PX = 120.0
FARTHEST = 0.50  # between embeddings: simulated captures of one print stay below .49, most strangers are beyond
NEAR = 0.35  # looked into whatever the middle of the case is
LEAST_ALIKE = 0.25  # cosine of two embeddings from the middle of many faces; captures of one print stay above
MANY = 40  # faces, from which on their middle tells what all have in common
NO_AGREEMENT = frozenset({"reuse_unlike", "reuse_not_registered", "reuse_faces_part"})  # answers, not obstacles
SOFTEN_PX = (0.0, 0.8, 1.4)  # blurs of a sharp photograph that are tried, in pixels of the canvas
HIGHEST = 0.995  # correlation beyond which nothing more is told

HIGHEST = 0.995  # correlation beyond which nothing more is told
LEAST_INNER = 0.65  # of the inner face: below it the faces part, whatever hair and margin do

# Mean, spread and weight of each agreement (Fisher's z of a correlation), and the constant.
WITH_RING = (("ring", 0.995, 0.363, 2.472), ("fine", 1.160, 0.338, 0.3), ("fine_ring", 1.053, 0.407, 1.354))
WITHOUT_RING = (("inner", 1.393, 0.297, 0.136), ("fine", 1.160, 0.338, 1.058))
CONSTANT, CONSTANT_WITHOUT = -1.463, -0.271


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Offered:
    """A face to be compared: what was presented on an occasion, or a photograph.

    ``occasion`` is the visit (or the photograph's exhibit): faces of one
    occasion are never compared.
    """

    name: str
    occasion: str
    cut: FaceCut
    embedding: Embedding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """For a drawing: both faces on one canvas uint8 (h, w), the second mapped onto the first, and where they agree."""

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    agrees: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What comparing two faces gave.

    ``score`` None with ``why_not`` where there is none: sorted out as unlike or
    not registered (an answer: nothing agrees), or not assessable. ``standing``
    None below the sizes at which anything is said.
    """

    kind: Kind
    size_px: float
    score: float | None = None
    standing: Standing | None = None
    why_not: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    evidence: Evidence | None = field(default=None, repr=False, compare=False)


def offered(name: str, occasion: str, image: Image, face: Face, unknown: Mask | None = None) -> Offered:
    """A face made ready for comparing.

    Raises
    ------
    CannotMeasure, SetupError
        As :func:`toolkit.vision.dlib_faces.embed`.
    """
    return Offered(
        name=name, occasion=occasion, cut=face_cut(image, face, unknown), embedding=embed(image, face)
    )  # fmt: skip


def middle_of(faces: Sequence[Offered]) -> Embedding | None:
    """What the faces of a case have in common, None where they are too few to tell."""
    if len(faces) < MANY:
        return None
    return np.asarray(np.mean([one.embedding for one in faces], axis=0), np.float32)


def worth_registering(first: Offered, second: Offered, middle: Embedding | None) -> bool:
    """Whether a pair of a large case is looked into: cheap, and it must lose next to none that is one picture.

    Faces of one region lie close together for the network, so that a distance
    alone lets most strangers pass; seen from the middle of all of them they part.
    """
    apart = float(np.linalg.norm(first.embedding - second.embedding))
    if middle is None or apart <= NEAR:
        return apart <= FARTHEST
    one, other = first.embedding - middle, second.embedding - middle
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return apart <= FARTHEST and float(one @ other) >= LEAST_ALIKE * lengths


def sharpest(images: Sequence[Image], faces: Sequence[Face]) -> int:
    """Which of these frames of one presentation to compare: the sharpest of those the detector was surest of.

    A covering hand lowers the detector's score before it hides a face, so the
    lower half by score is left out first.

    Raises
    ------
    CannotMeasure
        There is no frame.
    """
    if not images:
        raise CannotMeasure("cue_no_face")
    middle = float(np.median([face.score for face in faces]))
    sure = [k for k, face in enumerate(faces) if face.score >= middle]
    return max(sure, key=lambda k: _sharpness(face_cut(images[k], faces[k])))


def _sharpness(one: FaceCut) -> float:
    canvas = on_canvas(one, float(np.clip(one.width_px, 48.0, 128.0)))
    return float(np.abs(cv2.Laplacian(canvas.grey, cv2.CV_32F)).mean())


def standing_of(kind: Kind, size_px: float) -> Standing | None:
    """What a face of this width allows, None: nothing."""
    return next((standing for least, standing in LEAST_PX[kind] if size_px >= least), None)


def compare(first: Offered, second: Offered, kind: Kind = AGAIN, *, evidence: bool = False) -> Comparison:
    """How well two faces agree as two looks at one still picture.

    Parameters
    ----------
    first, second : Offered
        For a source photograph the second is the photograph.
    evidence : bool
        Keep the registered canvases for a drawing.

    Returns
    -------
    Comparison
        Always one: why there is no score stands in it.

    Notes
    -----
    A high score does not say that a print was used: two stills of one video, or
    a person photographed twice within a second, agree as well; and a match with
    a photograph shows which picture it is, not who held it. A low one does not
    say that no print was: blur, cover and folds lower it. What a score is worth
    is told by :mod:`toolkit.analysis.copies.reuse_words` from live controls.
    """
    size = min(first.cut.width_px, second.cut.width_px)
    told = Comparison(kind=kind, size_px=round(size, 1), standing=standing_of(kind, size))
    try:
        pair, agreed = _registered(first, second, kind, told.standing)
    except CannotMeasure as reason:
        return _with(told, why_not=reason.code, facts=dict(reason.facts))
    return _with(
        told,
        score=round(fused(agreed), 3),
        standing=told.standing if agreed.ring is not None else "lead",
        facts=_facts(pair, agreed),
        evidence=_evidence(pair, agreed) if evidence else None,
    )


def _facts(pair: Registered, agreed: Agreement) -> dict[str, Any]:
    """What the score is made of, for whoever checks it."""
    ring = None if agreed.ring is None else round(agreed.ring, 3)
    told: dict[str, Any] = {"inner": round(agreed.inner, 3), "ring": ring, "fine": round(agreed.fine, 3)}
    if pair.first.face_px >= SIFT_FROM_PX:
        told["features"] = sift_inliers(pair)
    return told


def _with(told: Comparison, **changes: Any) -> Comparison:
    kept = {name: getattr(told, name) for name in Comparison.__slots__}
    return Comparison(**(kept | changes))


def _registered(
    first: Offered, second: Offered, kind: Kind, standing: Standing | None
) -> tuple[Registered, Agreement]:  # fmt: skip
    if first.occasion == second.occasion:
        raise CannotMeasure("reuse_same_visit")
    if standing is None:
        least = LEAST_PX[kind][-1][0]
        found = min(first.cut.width_px, second.cut.width_px)
        raise CannotMeasure("cue_small_face", found=f"{found:.0f}", least=f"{least:g}")
    apart = distance(first.embedding, second.embedding)
    if apart > FARTHEST:
        raise CannotMeasure("reuse_unlike", found=f"{apart:.2f}", most=f"{FARTHEST:g}")
    blurs = SOFTEN_PX if kind == SOURCE else (0.0,)
    tried = [one for blur in blurs if (one := _tried(first.cut, second.cut, blur)) is not None]
    if not tried:
        register(first.cut, second.cut)  # raises with the reason
        raise CannotMeasure("reuse_not_registered", shift="–")
    pair, agreed = max(tried, key=lambda one: fused(one[1]))
    if agreed.inner < LEAST_INNER:
        raise CannotMeasure("reuse_faces_part", found=f"{agreed.inner:.2f}", least=f"{LEAST_INNER:g}")
    return pair, agreed


def _tried(first: FaceCut, second: FaceCut, blur_px: float) -> tuple[Registered, Agreement] | None:
    try:
        pair = register(first, second, (0.0, blur_px))
    except CannotMeasure:
        return None
    return agreement(pair)


def _evidence(pair: Registered, agreed: Agreement) -> Evidence:
    first, second = (np.asarray(np.clip(one.grey, 0, 255).round(), np.uint8) for one in (pair.first, pair.second))
    return Evidence(first=first, second=second, agrees=agreed.mask)


def fused(agreed: Agreement) -> float:
    """One score of the agreements: of face and ring, or of the face alone where no ring is known.

    Weights are a logistic regression's, none below zero: more agreement never
    lowers a score. Counts of local features added nothing to it and are told
    beside it.

    Notes
    -----
    Photographs of one person on different days carry the same face; what tells
    them apart is mostly hair, collar and margin. Without these a score is a lead.
    """
    terms, constant = (WITHOUT_RING, CONSTANT_WITHOUT) if agreed.ring is None else (WITH_RING, CONSTANT)
    told = (weight * (_fisher(getattr(agreed, name)) - mean) / spread for name, mean, spread, weight in terms)
    return constant + sum(told)


def _fisher(correlation: float) -> float:
    return float(np.arctanh(np.clip(correlation, -0.5, HIGHEST)))
