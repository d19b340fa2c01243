"""Likeness: which roster photograph is a presented face most like, or is it like none of them?

The comparison ranks; it names nobody. A face on paper is a picture of somebody
and is compared like a head. Small faces drift apart and some groups of people
lie closer together than the numbers of a network say, so no distance stands
alone: what is stated needs a distance, a margin to the second, a standing
against the rest of the roster, and agreement of every frame and of moved boxes.
Nothing here is calibrated; without a site's own photographs and recordings no
strength follows from it.

References
----------
ISO/IEC 19795-1 (open-set identification); Grother et al., NIST IR 8280 (2019)
on demographic differences; figures for dlib's network: docs/identity.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import CannotMeasure
from toolkit.records import Face

Standing = Literal["nearest", "none of these"]
Floats = NDArray[np.float64]

SMALLEST_PX = 30.0  # face width below which no likeness is compared
LEAST_ROSTER = 2  # photographs of so many people: one alone is a line-up of one
COHORT = 5  # other people needed before a standing against them is told
FARTHEST = 0.42  # distance beyond which no photograph is near
LEAST_MARGIN = 0.15  # to the second
LEAST_Z = 2.5  # standard deviations of the distances to the others
SLACK = 0.04  # by which a single frame or a moved box may miss the distance
BOXES = ((0.0, 0.0, 1.0), (0.15, 0.0, 1.0), (-0.15, 0.0, 1.0), (0.0, 0.0, 1.15), (0.0, 0.0, 0.85))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gallery:
    """Photographs to compare with: ``employees`` (n,) ids, repeated for several photographs; ``rows`` float (n, d)."""

    employees: tuple[str, ...]
    rows: Floats

    @property
    def people(self) -> tuple[str, ...]:
        """Every id once, sorted."""
        return tuple(sorted(set(self.employees)))

    def distances(self, row: Floats) -> Floats:
        """Distance of one face to each of :attr:`people`: the mean over a person's photographs.

        The nearest of several would favour whoever has more of them.
        """
        far = np.linalg.norm(self.rows - row, axis=1)
        ids = np.array(self.employees)
        return np.array([far[ids == one].mean() for one in self.people])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One employee's place: ``score`` is a distance, small when alike; it is no probability of anything."""

    employee_id: str
    score: float
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A presentation against a roster.

    ``standing`` "nearest" when one photograph stands out from all others in
    every frame and for every box, else "none of these". ``margin`` to the
    second; ``cohort_z`` standard deviations below the mean of the others, None
    for fewer than five others; ``agree`` share of the single comparisons that
    rank the same person first.
    """

    ranked: tuple[Ranked, ...]
    standing: Standing
    margin: float
    cohort_z: float | None
    agree: float


def compare(distances: Sequence[Floats], people: Sequence[str], width_px: float) -> Compared:
    """Rank a roster by likeness to one presentation.

    Parameters
    ----------
    distances : sequence of float (boxes, people)
        From each frame to each person; the first box is the detector's own,
        further ones are moved and resized by 15 % (:func:`moved_boxes`).
    people : sequence of str
        Employee ids in the order of the last axis.
    width_px : float
        Median width of the presented face.

    Raises
    ------
    CannotMeasure
        The face is under 30 px, no frame could be compared, or the roster
        holds photographs of fewer than two people.

    Notes
    -----
    "Nearest" says which photograph the face is most like, never who was there:
    a print shows somebody who may be elsewhere, kin and look-alikes are near as
    well, and the one who is meant may be missing from the roster. "None of
    these" says that no photograph stands out, which blur alone can bring about.
    """
    if not width_px >= SMALLEST_PX:
        raise CannotMeasure("likeness_too_small", found=f"{width_px:.0f}", least=f"{SMALLEST_PX:.0f}")
    if len(people) < LEAST_ROSTER:
        raise CannotMeasure("likeness_small_roster", found=len(people), least=LEAST_ROSTER)
    if not len(distances):
        raise CannotMeasure("likeness_no_frame")
    typical = np.median([frame[0] for frame in distances], axis=0)
    order = np.argsort(typical, kind="stable")
    first, others = int(order[0]), typical[order[1:]]
    singles = np.concatenate([*distances])
    agree = float((singles.argmin(axis=1) == first).mean())
    margin = float(others[0] - typical[first])
    z = _cohort_z(float(typical[first]), others)
    stands = (
        typical[first] <= FARTHEST
        and margin >= LEAST_MARGIN
        and (z is None or z >= LEAST_Z)
        and agree == 1.0
        and bool((singles[:, first] <= FARTHEST + SLACK).all())
    )
    ranked = tuple(
        Ranked(employee_id=people[k], score=float(typical[k]), rank=place) for place, k in enumerate(order, 1)
    )
    standing: Standing = "nearest" if stands else "none of these"
    return Compared(ranked=ranked, standing=standing, margin=margin, cohort_z=z, agree=agree)


def _cohort_z(nearest: float, others: Floats) -> float | None:
    if len(others) < COHORT:
        return None
    spread = float(np.std(others, ddof=1))
    return float((others.mean() - nearest) / spread) if spread > 0 else None


def moved_boxes(face: Face) -> tuple[Face, ...]:
    """The face as it was boxed, and with its box moved and resized by 15 % of its width."""
    left, top, right, bottom = face.box_px
    wide, high = right - left, bottom - top
    middle = ((left + right) / 2, (top + bottom) / 2)
    made = []
    for aside, down, scale in BOXES:
        x, y = middle[0] + aside * wide, middle[1] + down * high
        half = (wide * scale / 2, high * scale / 2)
        box = (x - half[0], y - half[1], x + half[0], y + half[1])
        made.append(Face(box_px=box, score=face.score, landmarks_px=face.landmarks_px))
    return tuple(made)
