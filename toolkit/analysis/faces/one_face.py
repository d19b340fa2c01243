"""Which presentations of a visit show one face: they are one piece of evidence, weighed together and told once.

A face that turns away, or is hidden by a hand, is offered in pieces. Each piece
read by itself would be another chance to be wrong, and several ratios of one
face say no more than one. So the readings of such pieces are averaged before
anything is made of them.

Two presentations are of one face where they are never seen at one time, sit at
the same place of the body as far as that is known, and their embeddings lie as
near each other as those of two people never did. A face that changes little between two prints would
pass for one too; its readings are then a mean of both, which states less, not more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Distance of dlib's network below which no two people of :mod:`toolkit.analysis.statements.face_changes` lay.
ONE_FACE = 0.26

UNKNOWN = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A presentation: when it was seen (media seconds), and where the face sits (``geometry``)."""

    presentation_id: str
    visit_id: str
    geometry: str
    from_s: float
    to_s: float


def of_one_face(offered: Sequence[Offered], distances: Mapping[frozenset[str], float]) -> list[tuple[str, ...]]:
    """Ids of the presentations that show one face, each in exactly one group, in the order of their times.

    Parameters
    ----------
    offered : sequence of Offered
    distances : mapping
        Pair of ids to the distance of their embeddings; a pair that is missing was not compared and stays apart.

    Notes
    -----
    A presentation joins a group only where it goes with every member of it, the first such group by time.
    """
    groups: list[list[Offered]] = []
    for one in sorted(offered, key=lambda each: (each.visit_id, each.from_s, each.presentation_id)):
        fitting = (group for group in groups if all(_go_together(one, other, distances) for other in group))
        group = next(fitting, None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return [tuple(one.presentation_id for one in group) for group in groups]


def _go_together(one: Offered, other: Offered, distances: Mapping[frozenset[str], float]) -> bool:
    elsewhere = one.geometry != other.geometry and UNKNOWN not in (one.geometry, other.geometry)
    if one.visit_id != other.visit_id or elsewhere:
        return False
    at_one_time = one.from_s < other.to_s and other.from_s < one.to_s
    distance = distances.get(frozenset((one.presentation_id, other.presentation_id)))
    return not at_one_time and distance is not None and distance < ONE_FACE
