"""Where an offered face sits: on a head, off its bearer's head, on a sheet in hands, or on one sheet after another.

Told from what the cues of sheets, headroom and rims read of a presentation; the
words say where the face is, never what it is. A face on a head may be the
bearer's own or a mask without a visible rim, and that is not told apart here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

Where = Literal["on_head", "rimmed", "off_head", "held", "stacked", "undetermined", "background"]

HELD = frozenset({"picture_on_it", "face_on_it"})  # levels of the cue "sheet" at which something is seen on it
NEXT_S = 3.0  # sheets of a stack follow each other so soon
ONE_PLACE = 1.0  # of a face width, between the faces of a stack
LEVELS = {"headroom": "face_off_its_head", "cutout": "picture_on_it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One presentation: when, where its face mostly is, and what the cues said of it.

    ``middle_px`` (x, y) and ``width_px`` in the whole picture; ``levels`` cue to
    level for the cues that could be assessed.
    """

    presentation_id: str
    visit_id: str
    from_s: float
    to_s: float
    middle_px: tuple[float, float]
    width_px: float
    levels: Mapping[str, str]


def where_of(levels: Mapping[str, str]) -> Where:
    """Where the face of one presentation sits, by the levels of the cues that could be assessed.

    "held" needs a sheet with a hand at its side under the face; "off_head" only
    that the face begins far below its bearer's top (a badge, a shirt, a phone or
    a sheet whose border was not seen); "rimmed" a pale rim around a face on a
    head; "on_head" neither. Without headroom nothing is determined.
    """
    if levels.get("sheet") in HELD:
        return "held"
    if "headroom" not in levels:
        return "undetermined"
    if levels["headroom"] == LEVELS["headroom"]:
        return "off_head"
    return "rimmed" if levels.get("cutout") == LEVELS["cutout"] else "on_head"


def geometries(offers: Sequence[Offer]) -> dict[str, Where]:
    """Presentation id to where its face sits.

    Two or more of a visit that are held, follow each other within three seconds
    and lie at one place are "stacked". One sheet that was lost from sight and
    found again looks the same: whether the faces differ is not asked here.
    """
    told = {one.presentation_id: where_of(one.levels) for one in offers}
    by_visit: dict[str, list[Offer]] = {}
    for one in offers:
        by_visit.setdefault(one.visit_id, []).append(one)
    for mine in by_visit.values():
        held = sorted((one for one in mine if told[one.presentation_id] == "held"), key=lambda one: one.from_s)
        for before, after in pairwise(held):
            if _one_stack(before, after):
                told |= {before.presentation_id: "stacked", after.presentation_id: "stacked"}
    return told


def _one_stack(before: Offer, after: Offer) -> bool:
    apart = [a - b for a, b in zip(before.middle_px, after.middle_px, strict=True)]
    near = (apart[0] ** 2 + apart[1] ** 2) ** 0.5 <= ONE_PLACE * max(before.width_px, after.width_px)
    return near and 0 <= after.from_s - before.to_s <= NEXT_S


def levels_of(readings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Cue to level from rows of ``cue_readings`` with their facts decoded, of cues that gave a value."""
    return {str(one["cue"]): str(one["facts"]["level"]) for one in readings if "level" in one["facts"]}
