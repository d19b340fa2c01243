"""The terminal's side of a scene: a clock that is wrong, and the records it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FACE = 15


@dataclass(frozen=True, slots=True)
class Punch:
    """A clock-in that really happened: when (media seconds), under which id, by which walk (None: unseen)."""

    media_s: float
    employee_id: str
    walk: int | None


@dataclass(frozen=True, slots=True)
class TerminalClock:
    """``camera_start`` is the camera's clock at media second 0; the terminal is ahead by ``ahead_s``."""

    camera_start: datetime
    ahead_s: float
    drift_ppm: float = 0.0

    def written(self, media_s: float) -> datetime:
        """What the terminal writes at this moment: its own time, cut to whole seconds."""
        gone = media_s * (1 + self.drift_ppm * 1e-6) + self.ahead_s
        return (self.camera_start.replace(tzinfo=None) + timedelta(seconds=gone)).replace(microsecond=0)


def attlog(punches: Sequence[Punch], clock: TerminalClock) -> bytes:
    """The records as ZKTeco ``attlog.dat``: right-aligned number, tabs, CRLF."""
    rows = [
        f"{punch.employee_id:>9}\t{clock.written(punch.media_s):%Y-%m-%d %H:%M:%S}\t1\t0\t{FACE}\t0\r\n"
        for punch in sorted(punches, key=lambda one: one.media_s)
    ]
    return "".join(rows).encode("ascii")


def roster_csv(names: dict[str, str]) -> bytes:
    """A roster as UTF-8 CSV."""
    rows = ["employee_id,name", *(f"{number},{name}" for number, name in sorted(names.items()))]
    return ("\n".join(rows) + "\n").encode("utf-8")


def anchors_csv(moments: Sequence[float], clock: TerminalClock, clip_sha256: str, uncertainty_s: float = 0.5) -> bytes:
    """Anchors read off the terminal's screen at these media seconds."""
    rows = ["device,device_time,exhibit_sha256,media_s,uncertainty_s,how"]
    for media_s in moments:
        written = f"{clock.written(media_s):%Y-%m-%d %H:%M:%S}"
        rows.append(f"terminal,{written},{clip_sha256},{media_s:.1f},{uncertainty_s},terminal screen lit as read")
    return ("\n".join(rows) + "\n").encode("utf-8")
