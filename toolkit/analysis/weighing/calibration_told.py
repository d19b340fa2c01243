"""A calibration as plain values: what the controls are and how they part, apart from what is the case's own.

Two presentations that were weighed by the same controls and cues have the same
``controls``, so that a report draws them once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from toolkit.analysis.calibration import NotCalibrated, SiteRatio
from toolkit.analysis.weighing.calibration_checks import Drift, Validity
from toolkit.analysis.weighing.site_controls import Unlocked

COUNTS = (
    "level", "live", "people", "live_days", "live_effective", "prints_shown", "prints", "printers", "print_days",
    "prints_effective", "cap",
)  # fmt: skip
Row = dict[str, Any]


def as_row(told: SiteRatio | NotCalibrated) -> Row:
    """``controls`` (None where none were weighed) and ``case``, for JSON.

    Returns
    -------
    dict
        ``controls``: counts, effective numbers and cap, what the next level
        needs, where the controls were recorded (None: not reached), and, with a
        ratio, ``area`` (0-1), ``cllr`` (bits), ``tippett`` (log10 ratio, share
        of live at or above it, share of prints), the kinds of observation.
        ``case``: ``score``, ``beyond_controls``, ``drift`` and ``shift_sd``,
        ``outside`` and ``unchecked``, ``rank``; None where not reached.
    """
    if told.unlocks is None:
        return {"controls": None, "case": None}
    controls = {**_counts(told.unlocks), **_recorded(told.validity), **_quality(told)}
    ratio = isinstance(told, SiteRatio)
    case = {
        "score": round(told.score, 4) if isinstance(told, SiteRatio) else None,
        "beyond_controls": told.beyond_controls if isinstance(told, SiteRatio) else None,
        "shift_sd": told.shift_sd if isinstance(told, SiteRatio) else None,
        "drift": _drift(told.drift),
        "outside": None if told.validity is None else told.validity.outside,
        "unchecked": [] if told.validity is None else list(told.validity.unchecked),
        "rank": None if told.rank is None else asdict(told.rank),
        "ratio": ratio,
    }
    return {"controls": controls, "case": case}


def _counts(unlocks: Unlocked) -> Row:
    told: Row = {name: _plain(getattr(unlocks, name)) for name in COUNTS}
    told["needs"] = [{"what": one.what, "have": _plain(one.have), "need": _plain(one.need)} for one in unlocks.needs]
    return told


def _plain(value: Any) -> Any:
    return round(float(value), 3) if isinstance(value, float) else value


def _recorded(validity: Validity | None) -> Row:
    if validity is None:
        return {"size": None, "px_per_m": None, "pitch_deg": None, "codecs": None}
    return {
        "size": validity.size,
        "px_per_m": _range(validity.px_per_m),
        "pitch_deg": _range(validity.pitch_deg),
        "codecs": None if validity.codecs is None else list(validity.codecs),
    }


def _range(ends: tuple[float, float] | None) -> list[float] | None:
    return None if ends is None else [round(float(end), 2) for end in ends]


def _quality(told: SiteRatio | NotCalibrated) -> Row:
    if isinstance(told, NotCalibrated):
        return {"area": None, "cllr": None, "tippett": None, "kinds": [], "hidden": [], "source": None}
    quality = told.quality
    return {
        "area": round(quality.area, 4),
        "cllr": round(quality.cllr, 4),
        "tippett": [[round(float(value), 4) for value in point] for point in quality.tippett],
        "kinds": [list(kind) for kind in told.kinds],
        "hidden": list(told.hidden),
        "source": told.source,
    }


def _drift(drift: Drift | None) -> Row | None:
    return None if drift is None else {**asdict(drift), "shift_sd": round(drift.shift_sd, 3), "differs": drift.differs}
