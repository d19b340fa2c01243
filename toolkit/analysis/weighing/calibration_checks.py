"""Do a site's controls speak for this case at all? Where they were recorded, drift, rank, and how they part themselves.

Everything here can take a ratio away or describe it; nothing here makes one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.analysis.rates import area_of
from toolkit.analysis.weighing.fusion import (
    CaseReading,
    ControlReading,
    FrozenWeights,
    Fused,
    Recorded,
    fuse,
    presentations,
)
from toolkit.analysis.weighing.ratio_curve import Floats, Scores, left_out
from toolkit.analysis.weighing.site_controls import LEAST_PEOPLE

MOST_DRIFT_SD = 0.5  # between medians of live faces; beyond it conditions differ
UNKNOWN_DRIFT_SD = 0.5  # that a score is taken lower where the light may have changed
OWN_FOOTAGE_DAYS = 14  # controls as near as this, of the case's camera, share its light
SCALE_TOLERANCE, PITCH_TOLERANCE_DEG = 0.10, 5.0  # as well as a person can state them

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """How many of ``live`` presentations of ``people`` read lower than the case; ``own``: those of the face's owner."""

    below: int
    live: int
    people: int
    own_below: int
    own: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Median of the case's verified live faces less that of the live controls, in spreads within the sides."""

    shift_sd: float
    presentations: int
    people: int

    @property
    def differs(self) -> bool:
        """Whether conditions differ so much that the controls do not speak for the case."""
        return abs(self.shift_sd) > MOST_DRIFT_SD


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Where *both* sides' controls were recorded, and how many there are.

    Of one named camera the range of px/m is that of either side. Ranges of px/m
    and of camera pitch in degrees, None where nobody stated them; a range whose
    ends are the wrong way round says that the two sides were recorded apart.
    ``unchecked`` names what is not known of the case or of
    the controls ("scale", "pitch", "codec"), ``outside`` where the case lies beyond.
    """

    size: int
    px_per_m: Range | None
    pitch_deg: Range | None
    codecs: tuple[str, ...] | None
    unchecked: tuple[str, ...]
    outside: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How the score parts the controls themselves.

    ``area`` under the ROC curve; ``cllr`` in bits (1: says nothing) and
    ``tippett`` points (log10 ratio, share of live at or above it, share of
    prints) from curves that have not seen the person or print they judge. For
    comparing calibrations: a good Cllr hardly sees overstatement and does not
    make a bound hold.
    """

    area: float
    cllr: float
    tippett: tuple[tuple[float, float, float], ...]


def rank_of(fused: Fused, depicted: str) -> Rank:
    """Where the case stands among the live controls; ``depicted`` may be "" (not known)."""
    live = [
        (float(value), one.person)
        for value, one in zip(fused.scores.values, fused.scores.shown, strict=True)
        if one.print_id is None
    ]
    own = [value for value, person in live if depicted and person == depicted]
    return Rank(
        below=sum(value < fused.case_score for value, _ in live), live=len(live),
        people=len({person for _, person in live}), own_below=sum(value < fused.case_score for value in own),
        own=len(own),
    )  # fmt: skip


def validity_of(used: Sequence[ControlReading], case: Recorded) -> Validity:
    """Where the controls were recorded, and whether the case lies there."""
    scale = (_anywhere if _one_camera(used, case) else _common)(used, lambda one: one.px_per_m)
    pitch = _common(used, lambda one: one.pitch_deg)
    codecs = _common_codecs(used)
    known = {
        "scale": None if scale is None or case.px_per_m is None else _within(
            case.px_per_m, (scale[0] / (1 + SCALE_TOLERANCE), scale[1] * (1 + SCALE_TOLERANCE))
        ),
        "pitch": None if pitch is None or case.pitch_deg is None else _within(
            case.pitch_deg, (pitch[0] - PITCH_TOLERANCE_DEG, pitch[1] + PITCH_TOLERANCE_DEG)
        ),
        "codec": None if codecs is None or not case.codec else case.codec in codecs,
    }  # fmt: skip
    return Validity(
        size=len(used), px_per_m=scale, pitch_deg=pitch, codecs=codecs,
        unchecked=tuple(what for what, inside in known.items() if inside is None),
        outside=next((what for what, inside in known.items() if inside is False), None),
    )  # fmt: skip


def _within(value: float, ends: Range) -> bool:
    return ends[0] <= value <= ends[1]


def _one_camera(used: Sequence[ControlReading], case: Recorded) -> bool:
    """Whether all of it comes from one camera that somebody named.

    There the sides differ in scale only as a sheet is held nearer than a head
    stands, which belongs to what is compared; of two cameras it might be the
    recordings that are told apart.
    """
    return bool(case.camera) and {row.recorded.camera for row in used} == {case.camera}


def _anywhere(used: Sequence[ControlReading], of: Callable[[Recorded], float | None]) -> Range | None:
    """The range that the controls cover, where both sides are known."""
    if _common(used, of) is None:
        return None
    stated = [value for row in used if (value := of(row.recorded)) is not None]
    return min(stated), max(stated)


def _common(used: Sequence[ControlReading], of: Callable[[Recorded], float | None]) -> Range | None:
    """The range that both sides cover."""
    ends = []
    for side in (True, False):
        stated = [value for row in used if row.is_print == side and (value := of(row.recorded)) is not None]
        if not stated:
            return None
        ends.append((min(stated), max(stated)))
    return max(low for low, _ in ends), min(high for _, high in ends)


def _common_codecs(used: Sequence[ControlReading]) -> tuple[str, ...] | None:
    sides = [
        {row.recorded.codec for row in used if row.is_print == side and row.recorded.codec} for side in (True, False)
    ]
    return tuple(sorted(sides[0] & sides[1])) if all(sides) else None


def drift_of(
    frozen: FrozenWeights, fused: Fused, case: CaseReading, verified_live: Sequence[ControlReading]
) -> Drift | None:
    """How the live faces of the case footage read beside the live controls; None where none can be compared.

    Presentations that are controls too are left out: compared with themselves
    they would show no drift whatever the light.
    """
    known = {row.file_hash for row in fused.used if row.file_hash}
    same = [(row.control, dict(row.readings)) for row in fused.used]
    fresh = [
        row for row in presentations(verified_live)
        if not row.is_print and row.file_hash not in known and (row.control, dict(row.readings)) not in same
    ]  # fmt: skip
    there = fuse(frozen, fresh, case.readings, fused.kinds)
    if there is None or not there.used:
        return None
    gap = float(np.median(there.scores.values)) - float(np.median(fused.scores.of("live")))
    return Drift(
        shift_sd=gap / fused.scores.spread(), presentations=len(there.used),
        people=len({row.control.person for row in there.used}),
    )  # fmt: skip


def shift_sd(used: Sequence[ControlReading], case: CaseReading, drift: Drift | None) -> float:
    """How much lower a score is taken: nothing where controls of the case's own camera and weeks do not drift.

    A median of fewer than eight people that happens to lie near says too little for that.
    """
    seen = drift is not None and not drift.differs and drift.people >= LEAST_PEOPLE
    return 0.0 if seen and own_footage(used, case) else UNKNOWN_DRIFT_SD


def own_footage(used: Sequence[ControlReading], case: CaseReading) -> bool:
    """Whether all live controls come from the case's camera within a fortnight of the case."""
    camera, day = case.recorded.camera, case.day
    if not camera or day is None:
        return False
    live = [row for row in used if not row.is_print]
    return all(
        row.recorded.camera == camera and abs((row.control.day - day).days) <= OWN_FOOTAGE_DAYS for row in live
    )  # fmt: skip


def quality_of(scores: Scores) -> Quality:
    """Area, Cllr and Tippett points of the controls; both sides there and not all alike."""
    area = area_of([(list(scores.of("live")), list(scores.of("print")))]).area
    ratios = left_out(scores)
    prints, live = ratios[scores.is_print], ratios[~scores.is_print]
    cllr = (np.logaddexp(0.0, -prints).mean() + np.logaddexp(0.0, live).mean()) / (2 * np.log(2.0))
    return Quality(area=0.5 if area is None else area, cllr=float(cllr), tippett=_tippett(live, prints))


def _tippett(live: Floats, prints: Floats) -> tuple[tuple[float, float, float], ...]:
    steps = np.unique(np.concatenate([live, prints]))
    return tuple(
        (float(at / np.log(10.0)), float((live >= at).mean()), float((prints >= at).mean())) for at in steps
    )  # fmt: skip
