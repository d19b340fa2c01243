"""What a mask cue is: one measurement on one presentation, with a unit, a group and a rule.

A cue takes the frames of a presentation and gives a number or says why it
cannot. The number means nothing by itself; what it is worth at which geometry
is measured in ``toolkit.validation``, and how strong it may be stated is for a
calibration with a site's own controls. Cues of one group count once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.records import Face, Image
from toolkit.registry import Registry

if TYPE_CHECKING:
    from toolkit.analysis.faces.visit_sample import VisitSample

Group = Literal["geometry", "edge", "photometric", "texture", "motion", "learned", "re-use"]
Statement = Literal["live", "artefact", "nothing"]
Answer = Literal["statement", "nothing said", "not assessable", "not run"]

NOT_RUN = frozenset({"learned_not_run"})  # reasons that tell of this installation, not of the footage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PresentationSample:
    """What a cue sees of one presentation.

    ``times_s`` float64 (n,), rising media seconds; ``crops`` n pictures uint8
    (h, w, 3) RGB around the presented face, all cut at one place, at the
    camera's own resolution and never resized; ``faces`` what the detector
    found of it in each crop, in the crop's pixels, or None; ``px_per_m`` at the
    face, where a person stated the scale; ``presenter`` a few wider pictures of
    whoever presents it, where the empty place is known.
    """

    times_s: NDArray[np.float64]
    crops: tuple[Image, ...]
    faces: tuple[Face | None, ...]
    px_per_m: float | None = None
    presenter: VisitSample | None = None

    @property
    def found(self) -> int:
        """In how many frames the face was found."""
        return sum(face is not None for face in self.faces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a cue says of a presentation: ``value`` in the cue's unit, and the statement that its rule allows.

    ``spread`` is how far the value moves when what was chosen is chosen a
    little otherwise, in the same unit, where a cue measures that. ``remark`` is
    the key of words on what was seen that is less than a statement; ``facts``
    holds plain values that stand beside the reading, and what those words name.
    """

    value: float
    statement: Statement = "nothing"
    spread: float | None = None
    remark: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A cue: its name, unit and group, which side a high value speaks for, what it may say, and the measurement.

    ``says`` are the statements that its rule can make; a cue that may say one
    thing only is never wrong on one side and never right on the other, and one
    that may say none is a number to be calibrated. ``covers`` names cues that
    it was made of; they are not weighed beside it.
    ``measure`` raises :class:`toolkit.errors.CannotMeasure` with the reason
    where a presentation does not allow it.
    """

    name: str
    unit: str
    group: Group
    high: Literal["live", "artefact"]
    says: tuple[Statement, ...] = ("live", "artefact")
    rival: str | None = None
    covers: tuple[str, ...] = ()
    measure: Callable[[PresentationSample], Reading]


def answer_of(statement: Statement, why_not: str | None) -> Answer:
    """Which of four answers a reading is.

    A cue took a side; it measured and said nothing; the footage does not allow
    the measurement; or the measurement was not made, because something is not
    installed. The last two are never counted together: the third tells of the
    footage, the fourth of this machine.
    """
    if why_not is None:
        return "nothing said" if statement == "nothing" else "statement"
    return "not run" if why_not in NOT_RUN else "not assessable"


cues: Registry[Cue] = Registry("mask cue")


def cue(
    name: str,
    *,
    unit: str,
    group: Group,
    high: Literal["live", "artefact"],
    says: tuple[Statement, ...] = ("live", "artefact"),
    rival: str | None = None,
    covers: tuple[str, ...] = (),
) -> Callable[[Callable[[PresentationSample], Reading]], Callable[[PresentationSample], Reading]]:
    """Decorator that files a measurement as a cue under its name."""

    def enter(measure: Callable[[PresentationSample], Reading]) -> Callable[[PresentationSample], Reading]:
        one = Cue(name=name, unit=unit, group=group, high=high, says=says, rival=rival, covers=covers, measure=measure)
        cues.register(name)(one)
        return measure

    return enter
