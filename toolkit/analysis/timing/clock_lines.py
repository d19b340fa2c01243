"""A line through anchors, with a small drift; or two, where the clock was set between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.timing.clock_anchors import Anchor

DRIFT_SD = 50e-6
CONTRADICTION_P = 0.001
LEAST_ANCHORS = 2

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """Offset at the anchors' middle and drift, with their uncertainties, which are independent there.

    ``zero`` is the terminal's time at media second 0, ``p`` the chance of
    residuals at least as large as these.
    """

    zero: datetime
    drift: float
    middle_s: float
    sd_s: float
    drift_sd: float
    residuals: Floats
    p: float
    anchors: tuple[Anchor, ...]

    @property
    def agrees(self) -> bool:
        """Whether the anchors lie on one line within their uncertainties."""
        return self.p >= CONTRADICTION_P

    def ahead_s(self, other: Line, media_s: float) -> float:
        """How far this line is ahead of another at a moment, in seconds."""
        return (self.zero - other.zero).total_seconds() + (self.drift - other.drift) * media_s


def line_through(anchors: Sequence[Anchor]) -> Line:
    """Least squares with a prior of 0 +- 50 ppm on the drift; two anchors or more."""
    origin = anchors[0].terminal - timedelta(seconds=anchors[0].media_s)
    at = np.array([anchor.media_s for anchor in anchors])
    zeros = np.array([(anchor.terminal - origin).total_seconds() - anchor.media_s for anchor in anchors])
    sds = np.array([anchor.sd_s for anchor in anchors])
    middle = float(np.average(at, weights=1 / sds**2))
    design = np.stack([np.ones_like(at), at - middle], axis=1)
    precision = design.T @ (design / sds[:, None] ** 2) + np.diag([0.0, 1 / DRIFT_SD**2])
    covariance = np.linalg.inv(precision)
    level, drift = (float(one) for one in covariance @ (design.T @ (zeros / sds**2)))
    residuals = zeros - design @ np.array([level, drift])
    sd, drift_sd = np.sqrt(np.diag(covariance))
    return Line(
        zero=origin + timedelta(seconds=level - drift * middle), drift=drift, middle_s=middle, sd_s=float(sd),
        drift_sd=float(drift_sd), residuals=residuals, p=_chance(residuals, sds), anchors=tuple(anchors),
    )  # fmt: skip


def _chance(residuals: Floats, sds: Floats) -> float:
    """Probability of residuals at least this large (chi-square, Wilson-Hilferty)."""
    freedom = len(residuals) - 1
    value = float(((residuals / sds) ** 2).sum())
    z = ((value / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    return 0.5 * math.erfc(z / math.sqrt(2))


def two_lines(anchors: Sequence[Anchor]) -> tuple[Line, Line] | None:
    """Lines before and after a change of the clock, for anchors that do not lie on one.

    Each side must have two independent anchors that agree; a single one that
    does not go with the others may as well be a mistake. The terminal's times
    before must all be earlier than those after, or they do not tell which line
    a clock-in goes by.
    """
    found = []
    for cut in range(LEAST_ANCHORS, len(anchors) - LEAST_ANCHORS + 1):
        before, after = line_through(anchors[:cut]), line_through(anchors[cut:])
        in_order = max(one.terminal for one in before.anchors) < min(one.terminal for one in after.anchors)
        if before.agrees and after.agrees and in_order:
            found.append((before.p * after.p, cut, (before, after)))
    return max(found)[2] if found else None
