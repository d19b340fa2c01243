"""Re-use among files without a case: does one still picture lie behind faces of two of them?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from toolkit.analysis.copies.reuse_words import Spread, standing_beside
from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.reuse import Offered, compare, offered, sharpest
from toolkit.errors import CannotMeasure, SetupError

NOT_ASSESSABLE = "not assessable"

Row = dict[str, Any]
Shown = tuple[str, PresentationSample | None]  # of which file, and what is seen of the face; a region has no face


def reuse_of(shown: Sequence[Shown]) -> list[Row]:
    """Every pair of faces of different files, compared as looks at one still picture; none is calibrated.

    Returns
    -------
    list of dict
        ``a`` and ``b`` (numbers of the faces), ``verdict`` ("not calibrated",
        "nothing agrees" or "not assessable"), ``score`` or null with ``why_not``
        and ``facts``, ``size_px``, ``standing``.
    """
    ready = [_offered(number, *one) for number, one in enumerate(shown)]
    rows = []
    for (a, one), (b, other) in combinations(enumerate(ready), 2):
        if shown[a][0] == shown[b][0]:
            continue
        missing = next((each for each in (one, other) if isinstance(each, CannotMeasure)), None)
        told: Row = {"a": a, "b": b}
        if isinstance(one, CannotMeasure) or isinstance(other, CannotMeasure):
            assert missing is not None
            told |= {"score": None, "why_not": missing.code, "facts": dict(missing.facts), "size_px": None,
                     "standing": None, "verdict": NOT_ASSESSABLE}  # fmt: skip
        else:
            found = compare(one, other)
            told |= {"score": found.score, "why_not": found.why_not, "facts": found.facts, "size_px": found.size_px,
                     "standing": found.standing, "verdict": standing_beside(found, Spread(), 1).verdict}  # fmt: skip
        rows.append(told)
    return rows


def _offered(number: int, file: str, sample: PresentationSample | None) -> Offered | CannotMeasure:
    if sample is None:
        return CannotMeasure("cue_no_points")
    pairs = [(crop, face) for crop, face in zip(sample.crops, sample.faces, strict=True) if face is not None]
    try:
        best = sharpest([crop for crop, _ in pairs], [face for _, face in pairs])
        return offered(str(number), file, *pairs[best])
    except CannotMeasure as reason:
        return reason
    except SetupError as missing:
        return CannotMeasure("reuse_not_run", reason=missing.what())
