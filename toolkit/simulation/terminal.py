"""The terminal's clock: wrong from the start, gaining, and reset now and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from toolkit.simulation.scenario import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch in which the terminal's clock runs on evenly: its lead at both ends, in seconds."""

    from_at: datetime
    to_at: datetime
    ahead_at_start_s: float
    ahead_at_end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceClock:
    """The clock of a terminal over many days: wrong from the start, gaining, and reset now and then.

    ``set_at`` is the moment (camera's clock) at which it is ahead by
    ``ahead_s``; before the first reset the lead is
    ``ahead_s + drift_ppm * 1e-6 * (t - set_at)``. ``zone`` is where the
    terminal writes its local time.
    """

    set_at: datetime
    zone: ZoneInfo
    ahead_s: float = 0.0
    drift_ppm: float = 0.0
    resets: tuple[Reset, ...] = ()

    def ahead(self, at: datetime) -> float:
        """Terminal minus camera at this moment, in seconds; at a reset the new lead holds already."""
        since, lead = self.set_at, self.ahead_s
        for reset in self.resets:
            if reset.at > at:
                break
            lead, since = self._after(reset, self._gained(lead, since, reset.at)), reset.at
        return self._gained(lead, since, at)

    def shown(self, at: datetime, precision_s: int = 1) -> datetime:
        """What it shows: its own civil time (naive), cut to whole seconds or minutes, never rounded."""
        own = self._civil(at) + timedelta(seconds=self.ahead(at))
        own = own.replace(microsecond=0)
        return own.replace(second=0) if precision_s == 60 else own

    def segments(self, from_at: datetime, to_at: datetime) -> tuple[Segment, ...]:
        """The stretches between two moments, divided at the resets."""
        cuts = [from_at, *(reset.at for reset in self.resets if from_at < reset.at < to_at), to_at]
        return tuple(
            Segment(
                from_at=a,
                to_at=b,
                ahead_at_start_s=round(self.ahead(a), 6),
                ahead_at_end_s=round(self.ahead(b - timedelta(microseconds=1)), 3),
            )
            for a, b in pairwise(cuts)
        )

    def _gained(self, lead: float, since: datetime, at: datetime) -> float:
        return lead + self.drift_ppm * 1e-6 * (at - since).total_seconds()

    def _after(self, reset: Reset, lead: float) -> float:
        if reset.set_to is None:
            return lead + (reset.jump_s or 0.0)
        return (datetime.fromisoformat(reset.set_to) - self._civil(reset.at)).total_seconds()

    def _civil(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)
