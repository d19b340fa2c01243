"""What a cue sees of a whole visit: pictures of one region, the empty place, and no face needed.

Cues of a presentation start from a face that was found. From steep cameras none
is found, and a sheet is in hands all the same; cues of a visit therefore look at
the region in which the presenter stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import Group, PresentationSample, Reading, Statement, cue
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.registry import Registry

# Four statements that are kept apart, weakest first. The first two are neutral and raise nothing alone.
Level = Literal["none", "flat_object", "sheet_in_hands", "picture_on_it", "face_on_it", "face_off_its_head"]
NEUTRAL: frozenset[Level] = frozenset({"none", "flat_object", "sheet_in_hands"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VisitSample:
    """Pictures of one visit.

    ``times_s`` float64 (n,), rising media seconds; ``pictures`` n uint8 (h, w, 3)
    RGB, all cut at one region of the frame, at the camera's own resolution and
    never resized; ``plate`` the empty place, cut alike, or None; ``px_per_m`` at
    the presenter's head, where a person stated the scale; ``faces`` what the
    detector found in each picture, in its pixels (empty tuples where nobody
    looked or none was found). ``about`` (x, y) of the one face that is asked
    about in each picture, None where it was not seen; empty for the whole visit.
    ``region_px`` (left, top, right, bottom) in the whole frame, where it is told.
    """

    times_s: NDArray[np.float64]
    pictures: tuple[Image, ...]
    plate: Image | None = None
    px_per_m: float | None = None
    faces: tuple[tuple[Face, ...], ...] = ()
    about: tuple[tuple[float, float] | None, ...] = ()
    region_px: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReading:
    """What a cue says of a visit.

    ``value`` in the cue's unit ranks visits; ``statement`` is what its rule
    allows, and ``level`` which of the four statements that is. ``evidence``
    holds plain values only (numbers, text, lists), for the evidence map.
    """

    value: float
    statement: Statement = "nothing"
    level: Level = "none"
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCue:
    """A cue of a visit, as :class:`toolkit.analysis.cue.Cue` is one of a presentation; high speaks for an artefact."""

    name: str
    unit: str
    group: Group
    says: tuple[Statement, ...]
    measure: Callable[[VisitSample], VisitReading]


visit_cues: Registry[VisitCue] = Registry("visit cue")

Measure = Callable[[VisitSample], VisitReading]


def visit_cue(
    name: str, *, unit: str, group: Group, says: tuple[Statement, ...] = ("artefact",)
) -> Callable[[Measure], Measure]:
    """Decorator that files a measurement as a cue of visits, and of presentations, under its name."""

    def enter(measure: Measure) -> Measure:
        once = lru_cache(maxsize=1)(measure)  # one sample is asked by several cues, one after the other
        visit_cues.register(name)(VisitCue(name=name, unit=unit, group=group, says=says, measure=once))
        cue(name, unit=unit, group=group, high="artefact", says=says)(_of_presentation(once))
        return measure

    return enter


def _facts(told: VisitReading, seen: VisitSample) -> dict[str, Any]:
    place = {} if seen.region_px is None else {"region_px": list(seen.region_px)}
    return {"level": told.level, **told.evidence, **place}


def _of_presentation(measure: Measure) -> Callable[[PresentationSample], Reading]:
    """The same measurement where only one face of a visit is meant."""

    def read(sample: PresentationSample) -> Reading:
        if sample.presenter is None:
            raise CannotMeasure("sheet_no_plate" if sample.found else "cue_no_face")
        told = measure(sample.presenter)
        return Reading(value=told.value, statement=told.statement, facts=_facts(told, sample.presenter))

    return read
