"""What a site's recordings unlock, as JSON values and as sentences."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from toolkit.analysis.weighing.site_controls import Unlocked
from toolkit.language import text

GUIDE_LINES = 14


def unlocked_row(told: Unlocked) -> dict[str, Any]:
    """The fields of :class:`Unlocked` as JSON values."""
    row = asdict(told)
    return {
        **row,
        "live_effective": round(told.live_effective, 2),
        "prints_effective": round(told.prints_effective, 2),
        "cap": round(told.cap, 2),
        "needs": [{**need, "have": round(need["have"], 2)} for need in row["needs"]],
    }


def unlocked_sentences(told: Unlocked, language: str | None = None) -> list[str]:
    """What there is, what it unlocks, and what the next level lacks."""
    counts = {name: value for name, value in asdict(told).items() if isinstance(value, int)}
    lines = [text("controls.there_is", language, **counts)]
    lines.append(text(f"controls.level_{told.level}", language, cap=f"{told.cap:.1f}", n=f"{told.live_effective:.1f}"))
    for need in told.needs:
        what = text(f"controls.need_{need.what}", language)
        lines.append(text("controls.need", language, what=what, have=f"{need.have:.3g}", need=f"{need.need:g}"))
    return lines


def guide(language: str | None = None) -> list[str]:
    """The site protocol on one page, a line each."""
    return [text(f"controls.guide_{k}", language) for k in range(1, GUIDE_LINES + 1)]
