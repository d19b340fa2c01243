"""FD1 in two parts, each with its own rivals: was it an object and no bare live face, and was the object a paper print?

A site's controls of live and printed faces give a ratio against a live,
uncovered face and against nothing else. A face behind a surgical mask, a badge
that is worn, a picture on the wall and a phone are rivals without a ratio; they
are named, and how much they can take away is told. Ratios of different rivals
are never multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.analysis import strength
from toolkit.analysis.calibration import NotCalibrated, SiteRatio
from toolkit.analysis.strength import Rival, SetAside, with_statement

LIVE = "live_face"
# "A picture or object, not a bare live face, was offered" stands against these, beside the live face.
OBJECT_RIVALS = ("covered_live_face", "body_above", "wall_portrait", "worn_badge")
# "It was a paper print" stands against these; they too are somebody else's face, so they leave the first part alone.
PAPER_RIVALS = ("phone_or_tablet", "shown_badge")
NO_CONTROLS, CONTROLS, NOT_CALIBRATED = "no_controls", "site_controls", "not_calibrated"
SPOKEN_FOR = "cue_speaks_for_it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fd1:
    """Rivals and headline of both parts; the words of a part without any ratio are "no_ratio"."""

    object_rivals: tuple[Rival, ...]
    object_headline: dict[str, Any]
    paper_rivals: tuple[Rival, ...]
    paper_headline: dict[str, Any]


def fd1_rivals(told: SiteRatio | NotCalibrated, set_aside: Sequence[SetAside] = ()) -> Fd1:
    """Both parts of FD1 with every rival, those without a ratio among them.

    Parameters
    ----------
    told : SiteRatio or NotCalibrated
        What the site's controls say of the presentation.
    set_aside : sequence of SetAside
        At most one counts for a rival, the first. A tested reviewer's
        statement raises that rival's ratio by its factor; an untested one
        leaves the number as it is. Either way the headline is conditional. A
        rival without a ratio keeps none: a factor on an unknown is unknown.
    """
    cap = told.word_cap if isinstance(told, SiteRatio) else None
    objects = [_live(told), *(_without_ratio(name) for name in OBJECT_RIVALS)]
    papers = [_without_ratio(name) for name in PAPER_RIVALS]
    by_rival = {one.rival: one for one in reversed(set_aside)}
    parts = [tuple(with_statement(one, by_rival.get(one.name)) for one in rivals) for rivals in (objects, papers)]
    headlines = [strength.headline(rivals, cap) for rivals in parts]
    return Fd1(
        object_rivals=parts[0], object_headline=headlines[0], paper_rivals=parts[1], paper_headline=headlines[1]
    )  # fmt: skip


def _live(told: SiteRatio | NotCalibrated) -> Rival:
    if isinstance(told, NotCalibrated):
        return Rival(
            name=LIVE, log10_lr=None, lower_log10=None, basis=NOT_CALIBRATED, detail={"reason": told.reason}
        )  # fmt: skip
    return Rival(
        name=LIVE, log10_lr=told.point_log10, lower_log10=told.lower_log10, basis=CONTROLS,
        detail={"on_one_kind": told.on_one_kind},
    )  # fmt: skip


def _without_ratio(name: str) -> Rival:
    return Rival(name=name, log10_lr=None, lower_log10=None, basis=NO_CONTROLS)


def with_cues(rivals: Sequence[Mapping[str, Any]], speaking: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows of the paper part's rivals, with the cues that speak for one of them.

    Parameters
    ----------
    speaking : mapping of rival to names of cues
        Cues that state an artefact by their rule and name a rival with it: the
        grid of a screen says that a screen was offered. Such a cue counts for
        the object part and against paper; it is never support for paper.
    """
    return [
        {**one, "basis": SPOKEN_FOR, "detail": {**one["detail"], "cues": list(speaking[one["name"]])}}
        if speaking.get(one["name"])
        else dict(one)
        for one in rivals
    ]


def ceiling(share: float) -> float:
    """The highest overall ratio when a rival without a ratio is this share (0-1] of the innocent explanations.

    Whatever the ratios against the others are, provided that this rival would
    explain the readings as well as a print does.

    Raises
    ------
    ValueError
        A share that is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share {share}")
    return 1.0 / share


def overall(log10_lr: float, share: float) -> float:
    """Log10 of the overall ratio when the others give ``log10_lr`` and a rival that explains as well is this share."""
    return -math.log10(1.0 / ceiling(share) + (1.0 - share) * 10.0**-log10_lr)
