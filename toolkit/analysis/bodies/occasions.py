"""Which visits are one occasion, so that comparing what was shown in them would say nothing.

Two cameras, or two copies of one recording, show one visit twice; what was
presented then agrees with itself. Visits of different clips whose camera clocks
put them at one time are one occasion. Where a clip's start is not stated,
nothing can be joined, and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SLACK_S = 90.0  # by which two cameras' clocks may differ without anybody noticing


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTime:
    """A visit in media seconds of its clip; ``clip_starts`` the camera's clock at media second 0, None: not stated."""

    visit_id: str
    exhibit_id: str
    from_s: float
    to_s: float
    clip_starts: datetime | None


def occasions(visits: Sequence[VisitTime]) -> dict[str, str]:
    """For each visit the name of its occasion: the first visit that is at the same time."""
    name = {one.visit_id: one.visit_id for one in visits}
    timed = [(one, *_span(one, one.clip_starts)) for one in visits if one.clip_starts is not None]
    timed.sort(key=lambda row: (row[1], row[0].visit_id))
    for number, (one, _, end) in enumerate(timed):
        for other, start, _ in timed[number + 1 :]:
            if start > end:
                break
            if other.exhibit_id != one.exhibit_id:
                _join(name, one.visit_id, other.visit_id)
    return name


def _span(one: VisitTime, starts: datetime) -> tuple[datetime, datetime]:
    return (
        starts + timedelta(seconds=one.from_s - SLACK_S / 2),
        starts + timedelta(seconds=one.to_s + SLACK_S / 2),
    )


def _join(name: dict[str, str], one: str, other: str) -> None:
    kept, lost = sorted((name[one], name[other]))
    for visit_id, occasion in name.items():
        if occasion == lost:
            name[visit_id] = kept
