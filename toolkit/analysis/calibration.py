"""How much more expected are these readings from a print than from a live face, by a site's own controls?

The rule of strength, in order: hide in every control the cues that the case
lacks; fuse the rest to one score; count people, prints and days; ask whether
the case lies where the controls were recorded and whether its live faces read
as theirs do (:mod:`toolkit.analysis.weighing.calibration_checks`); then a curve with a
bound (:mod:`toolkit.analysis.weighing.ratio_curve`), and words from the bound, no higher
than the level that the controls reach.

"Not calibrated" is a result with a reason. It is not a ratio of one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from toolkit.analysis.strength import NO_SUPPORT, words_for
from toolkit.analysis.weighing.calibration_checks import (
    Drift,
    Quality,
    Rank,
    Validity,
    drift_of,
    quality_of,
    rank_of,
    shift_sd,
    validity_of,
)
from toolkit.analysis.weighing.fusion import (
    CaseReading,
    ControlReading,
    Floats,
    FrozenWeights,
    Fused,
    Kinds,
    fuse,
    presentations,
)
from toolkit.analysis.weighing.ratio_curve import Curve, curve_for
from toolkit.analysis.weighing.site_controls import MODERATE_N, Level, Unlocked, unlocked

LEAST_LOG10 = math.log10(2.0)  # below it there is no support either way
LEAST_AREA = 0.95  # below it words stop at weak: a shifted score was seen not to make up for drift there
MIRROR_DAYS = 3  # with prints, for more than weak support of a live face
# Highest number that a level may state: just below where the next level's words begin.
STATED_AT_MOST: dict[Level, float] = {"weak": 1 - 1e-9, "moderate": 2 - 1e-9, "moderately_strong": 3 - 1e-9}

Direction = Literal["print", "live", "neither"]
Reason = Literal[
    "no_readings", "no_controls", "labels_contradict", "case_among_controls", "too_few", "no_spread",
    "outside_scale", "outside_pitch", "outside_codec", "conditions_differ", "too_short", "no_weights",
]  # fmt: skip
OUTSIDE: dict[str, Reason] = {"scale": "outside_scale", "pitch": "outside_pitch", "codec": "outside_codec"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCalibrated:
    """No ratio, and why; what is known of the controls stands beside it where that was reached.

    ``rank`` may be told; it is None where the controls do not speak for the
    case, since a rank among recordings made otherwise says nothing.
    """

    reason: Reason
    unlocks: Unlocked | None = None
    rank: Rank | None = None
    validity: Validity | None = None
    drift: Drift | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRatio:
    """The ratio "a printed face was offered" against "a live, uncovered face was", for one presentation.

    All ``_log10`` are base 10. Words come from ``lower_log10`` where it is at
    least that of 2 and from ``upper_log10`` where it is at most that of one
    half; each holds with 95 %, for people, prints and days like the controls'.
    ``point_log10`` is shown and never worded. ``capped``: the controls cannot
    carry more than ``cap_log10``, the readings might. ``word_cap`` and
    ``mirror_cap`` are the highest levels that words may reach for a print and
    for a live face. ``beyond_controls``: the score lies outside all controls'
    and was taken as the extreme one. ``shift_sd``: how much lower the score was
    taken for unknown light. ``without_strongest_log10``: the lower bound with
    one kind of observation left out, the worst of them; None where there is one
    kind only or no support for a print. ``hidden`` are weighed cues that the
    case lacks, ``left_out`` how many controls lack a cue that it has.

    A high ratio does not say that a print was shown: it compares two
    explanations, and others stand beside them (:mod:`toolkit.analysis.statements.fd1_rivals`).
    """

    score: float
    point_log10: float
    lower_log10: float
    upper_log10: float
    cap_log10: float
    direction: Direction
    words: str
    word_cap: Level
    mirror_cap: Level
    capped: bool
    beyond_controls: bool
    shift_sd: float
    drift: Drift | None
    without_strongest_log10: float | None
    kinds: Kinds
    merged: Kinds
    hidden: tuple[str, ...]
    left_out: int
    unlocks: Unlocked
    mirror_effective: float
    rank: Rank
    quality: Quality
    validity: Validity
    source: str

    @property
    def on_one_kind(self) -> bool:
        """Whether the support for a print rests on one kind of observation."""
        rest = self.without_strongest_log10
        return self.direction == "print" and (rest is None or rest < LEAST_LOG10)

    @property
    def leaves_candidate(self) -> bool:
        """Whether FD1 may leave "candidate" by its readings: support for a print that no one kind alone carries."""
        return self.direction == "print" and not self.on_one_kind


def calibrate(
    frozen: FrozenWeights,
    controls: Sequence[ControlReading],
    case: CaseReading,
    verified_live: Sequence[ControlReading] = (),
) -> SiteRatio | NotCalibrated:
    """The ratio of a case presentation by a site's controls, or the reason why there is none.

    Parameters
    ----------
    frozen : FrozenWeights
        From development data, never from these controls or this case.
    controls : sequence of ControlReading
        Bare live faces and prints of this site, in any order; nothing of the
        case. The depicted person's own verified live presentations of other
        visits are wanted: "this person, live, here" is the rival.
    case : CaseReading
        One presenter, one face, one visit; several presentations averaged.
        They are one piece of evidence: ratios of several are never multiplied.
    verified_live : sequence of ControlReading
        Faces of the case footage that a person confirmed as live on body, neck
        and hair. They set no ratio; they tell whether conditions differ.

    Returns
    -------
    SiteRatio or NotCalibrated
    """
    rows = presentations(controls)
    wrong = _wrong_with(controls, case)
    fused = None if wrong else fuse(frozen, rows, case.readings)
    if fused is None:
        return NotCalibrated(reason=wrong or "no_readings")
    unlocks, rank = unlocked(fused.scores.shown), rank_of(fused, case.depicted)
    validity = validity_of(fused.used, case.recorded)
    spreads = fused.scores.spread() > 0
    drift = drift_of(frozen, fused, case, verified_live) if spreads and unlocks.live else None
    reason = _why_not(unlocks, spreads, validity, drift)
    if reason is not None:
        elsewhere = validity.outside is not None or (drift is not None and drift.differs)
        return NotCalibrated(
            reason=reason, unlocks=unlocks, rank=None if elsewhere else rank, validity=validity, drift=drift
        )  # fmt: skip
    return _ratio(frozen, rows, case, fused, unlocks, rank, validity, drift)


def _wrong_with(controls: Sequence[ControlReading], case: CaseReading) -> Reason | None:
    """What is wrong with controls whatever they read."""
    if not controls:
        return "no_controls"
    labels = {(row.file_hash, row.control) for row in controls if row.file_hash}
    hashes = {file_hash for file_hash, _ in labels}
    if len(labels) > len(hashes):
        return "labels_contradict"
    return "case_among_controls" if hashes & case.file_hashes else None


def _why_not(unlocks: Unlocked, spreads: bool, validity: Validity, drift: Drift | None) -> Reason | None:
    if unlocks.level in ("none", "checked"):
        return "too_few"
    if not spreads:
        return "no_spread"
    if validity.outside is not None:
        return OUTSIDE[validity.outside]
    return "conditions_differ" if drift is not None and drift.differs else None


def _ratio(
    frozen: FrozenWeights, rows: Sequence[ControlReading], case: CaseReading, fused: Fused, unlocks: Unlocked,
    rank: Rank, validity: Validity, drift: Drift | None,
) -> SiteRatio:  # fmt: skip
    """The curve, its mirror, and what may be said of them."""
    lowered = shift_sd(fused.used, case, drift)
    curve, mirror = curve_for("print", fused.scores), curve_for("live", fused.scores)
    score, shift = fused.case_score, lowered * fused.scores.spread()
    quality = quality_of(fused.scores)
    word_cap, mirror_cap = _word_caps(unlocks, quality, mirror)
    lower = min(_lower_log10(curve, score, shift), STATED_AT_MOST[word_cap])
    upper = max(-_lower_log10(mirror, score, shift), -STATED_AT_MOST[mirror_cap])
    direction: Direction = "print" if lower >= LEAST_LOG10 else "live" if upper <= -LEAST_LOG10 else "neither"
    cap = min(_log10(curve.cap(score, shift)), STATED_AT_MOST[word_cap])
    ends = float(fused.scores.values.min()), float(fused.scores.values.max())
    rest = _without_strongest(frozen, rows, case, fused.kinds, lowered) if direction == "print" else None
    return SiteRatio(
        score=score, point_log10=_point_log10(curve, mirror, score), lower_log10=lower, upper_log10=upper,
        cap_log10=cap, direction=direction, words=_words(direction, lower, upper, word_cap, mirror_cap),
        word_cap=word_cap, mirror_cap=mirror_cap,
        capped=direction == "print" and _log10(curve.uncapped(score, shift)) > cap,
        beyond_controls=not ends[0] <= score <= ends[1], shift_sd=lowered, drift=drift, without_strongest_log10=rest,
        kinds=fused.kinds, merged=fused.merged, hidden=fused.hidden, left_out=fused.left_out, unlocks=unlocks,
        mirror_effective=mirror.denominator_effective, rank=rank, quality=quality, validity=validity,
        source=frozen.source,
    )  # fmt: skip


def _log10(natural: Floats) -> float:
    return float(natural) / math.log(10.0)


def _lower_log10(curve: Curve, score: float, shift: float) -> float:
    """The bound; never above the curve itself, which a curve that runs the wrong way would let it be."""
    return _log10(np.minimum(curve.lower(score, shift), curve.log_ratio(score)))


def _point_log10(curve: Curve, mirror: Curve, score: float) -> float:
    """The curve, no farther from 1 than so many controls without an error could show."""
    most, least = np.log(curve.denominator_effective + 1), -np.log(mirror.denominator_effective + 1)
    return _log10(np.clip(curve.log_ratio(score), least, most))


def _word_caps(unlocks: Unlocked, quality: Quality, mirror: Curve) -> tuple[Level, Level]:
    """Highest words for a print and for a live face."""
    parts_well = quality.area >= LEAST_AREA
    enough = unlocks.print_days >= MIRROR_DAYS and mirror.denominator_effective >= MODERATE_N
    return unlocks.level if parts_well else "weak", "moderate" if parts_well and enough else "weak"


def _words(direction: Direction, lower: float, upper: float, word_cap: Level, mirror_cap: Level) -> str:
    if direction == "neither":
        return NO_SUPPORT
    return words_for(lower, word_cap) if direction == "print" else words_for(-upper, mirror_cap)


def _without_strongest(
    frozen: FrozenWeights, rows: Sequence[ControlReading], case: CaseReading, kinds: Kinds, lowered: float
) -> float | None:
    """The lowest bound with any one kind of observation hidden in case and controls; None where there is one only."""
    if len(kinds) < 2:
        return None
    bounds = []
    for kind in kinds:
        rest = fuse(frozen, rows, case.readings, tuple(other for other in kinds if other != kind))
        if rest is None or rest.scores.spread() == 0:
            return None
        bounds.append(_lower_log10(curve_for("print", rest.scores), rest.case_score, lowered * rest.scores.spread()))
    return min(bounds)
