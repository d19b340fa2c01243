"""How often the association is right when it says so, and what it costs: mornings as tables, no pictures.

claims   records to the second: claims of .9 and more, calibration, the share m, and the nearest visit beside them
minutes  records to the minute: what is stated, and that nothing is claimed
speed    10,000 clock-ins and 100 visits a day: one day, and a hundred days; processor seconds and a reference loop
figure   the reliability diagram of docs/pictures, from the mornings of ``claims``

``--count`` mornings a cell. ``--purpose development`` may be looked at as often
as one likes; ``--purpose measurement`` draws mornings that nothing else uses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bench.queues import drawn, reference_s, run, share
from toolkit import tables
from toolkit.analysis.association import associate, outcomes, solve
from toolkit.analysis.clocks import align
from toolkit.analysis.placing.stating import MOST_TO_THE_MINUTE
from toolkit.report.figures import STYLE
from toolkit.simulation.queues import NOBODY, Habits

CLAIM, BINS = 0.9, 10
CELLS = {
    "queue, 5 % unseen": Habits(),
    "queue, none unseen": Habits(unseen=0.0),
    "queue, 15 % unseen": Habits(unseen=0.15),
    "close queue (4 s), 5 % unseen": Habits(gap_s=2.5),
    "clock known to 2 s": Habits(clock_sd_s=2.0),
    "quiet morning": Habits(gap_s=60.0),
}
SEVERAL = (2, 3, 5)
FIGURE = Path(__file__).resolve().parents[1] / "docs/pictures/association-reliability.svg"
Floats = NDArray[np.float64]


class Told:
    """Stated probability of the best outcome of each clock-in and whether it was right; the nearest visit too."""

    def __init__(self) -> None:
        self.stated: list[float] = []
        self.right: list[bool] = []
        self.nearest: list[bool] = []
        self.alone: list[bool] = []  # no other clock-in is best explained by the same visit
        self.m: list[float] = []
        self.unseen: list[float] = []

    def add(self, count: int, seeds: Iterator[int], habits: Habits) -> Told:
        """So many mornings more."""
        for told, line in drawn(count, seeds, habits):
            posterior = solve(line)
            self.m.append(posterior.m)
            self.unseen.append(float((told.whose == NOBODY).mean()))
            chosen = []
            said = outcomes(line, [habits.cut_s] * len(told.whose))
            for k, (who, shares) in enumerate(zip(told.whose, said, strict=True)):
                best = int(shares.argmax())
                chosen.append(best)
                self.stated.append(float(shares[best]))
                self.right.append(best == (who if who != NOBODY else len(shares) - 2))
                self.nearest.append(_nearest(told.visits, float(told.windows[k].mean())) == who)
            self.alone += [best >= len(told.visits) or chosen.count(best) == 1 for best in chosen]
        return self

    def claimed(self, alone: bool | None = None) -> tuple[int, int]:
        """Right claims and claims of .9 and more; in visits with one clock-in alone, or with several."""
        sure = np.array(self.stated) >= CLAIM
        if alone is not None:
            sure &= np.array(self.alone) == alone
        return int(np.array(self.right)[sure].sum()), int(sure.sum())

    def bins(self) -> list[tuple[float, float, int]]:
        """Mean stated, share right, number of clock-ins; by tenths of what is stated."""
        stated_p, right = np.array(self.stated), np.array(self.right)
        which = np.minimum((stated_p * BINS).astype(int), BINS - 1)
        return [
            (float(stated_p[which == b].mean()), float(right[which == b].mean()), int((which == b).sum()))
            for b in range(BINS)
            if (which == b).any()
        ]

    def ece(self) -> float:
        """Expected calibration error: mean distance of what is stated and what is right, by tenths."""
        return sum(count * abs(said - right) for said, right, count in self.bins()) / len(self.stated)


def _nearest(visits: Floats, at_s: float) -> int:
    return int(np.maximum(np.maximum(visits[:, 0] - at_s, at_s - visits[:, 1]), 0.0).argmin())


def _line(name: str, told: Told) -> str:
    right, claimed = told.claimed()
    return (
        f"{name}: claims of .9 right {share(right, claimed)}, claimed {100 * claimed / len(told.stated):.0f} % of "
        f"{len(told.stated)}; in visits with one clock-in right {share(*told.claimed(True))}, with several "
        f"{share(*told.claimed(False))}; best right {100 * np.mean(told.right):.1f} %, nearest visit right "
        f"{100 * np.mean(told.nearest):.1f} %; ECE {told.ece():.3f}; m {np.mean(told.m):.3f} where "
        f"{np.mean(told.unseen):.3f} are unseen"
    )


def claims(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """Records to the second, one cell after the other, then all together."""
    every = Told()
    for name, habits in CELLS.items():
        told = Told().add(count, seeds, habits)
        yield _line(name, told)
        for field in ("stated", "right", "nearest", "alone", "m", "unseen"):
            getattr(every, field).extend(getattr(told, field))
    yield _line("all", every)
    for k in SEVERAL:  # beside them: what is left of the claims where one body did clock several ids in
        yield _line(f"one body with {k} ids among 40", Told().add(count, seeds, Habits(several=k)))
    for said, right, number in every.bins():
        yield f"  stated {said:.3f}: right {right:.3f} of {number}"


def minutes(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """Records to the minute."""
    for name, gap_s in (("queue", 12.0), ("quiet morning", 60.0), ("hardly anybody", 240.0)):
        told = Told().add(count, seeds, Habits(cut_s=60.0, gap_s=gap_s))
        most = f"most stated {max(told.stated):.3f} (limit {MOST_TO_THE_MINUTE})"
        yield f"{_line(f'to the minute, {name}', told)}; {most}"


def speed(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """The tables as a case has them; the slower of the two is what counts."""
    yield f"reference loop: {reference_s():.2f} s"
    for days, punches in ((1, 10_000), (100, 100)):
        made = _case(days, punches)
        began = time.process_time()
        found = associate(*made)
        spent = time.process_time() - began
        yield f"{days} day(s) of {punches} clock-ins and 100 visits: {spent:.1f} s, {len(found)} rows"


def _case(days: int, punches: int) -> tuple[Any, ...]:
    """Punches, visits, clips, clocks and examined of so many days of ten hours."""
    rng = np.random.default_rng(days)
    start, length = datetime(2026, 3, 2, 8), 36_000.0  # noqa: DTZ001 - a terminal writes naive times
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("punches", "visits", "clips", "anchors", "examined")}
    for day in range(days):
        name, begin = f"E-{day + 10:04d}", start + timedelta(days=day)
        rows["clips"].append({
            "exhibit_id": name, "camera_id": "c", "starts_at": f"{begin.isoformat()}+08:00", "timezone": None,
            "container": "mov", "codec": "h264", "time_base": "1/1000", "first_pts": 0, "duration_s": length,
            "width_px": 10, "height_px": 10, "rotation_deg": 0, "frames_stated": None, "frames_present": 10,
            "frame_interval_s": 0.1, "keyframe_interval_s": 1.0, "rate_mode": "constant", "gaps": [],
        })  # fmt: skip
        rows["examined"].append(
            {"exhibit_id": name, "from_s": 0.0, "to_s": length, "how": "decoded", "damaged": 0, "lost": 0}
        )
        begins = np.sort(rng.uniform(0, length - 20, 100))
        for k, at in enumerate(begins):
            rows["visits"].append({
                "visit_id": f"V-{day:03d}{k:03d}", "exhibit_id": name, "from_s": at, "to_s": at + rng.uniform(4, 12),
                "presenter_id": f"P-{day:03d}{k:03d}", "open_start": False, "open_end": False, "companion": "none",
                "companion_basis": {},
            })  # fmt: skip
        seen = begins[rng.integers(0, 100, punches)] + rng.uniform(0, 4, punches)
        at_s = np.where(rng.random(punches) < 0.9, seen, rng.uniform(0, length, punches)) if days > 1 else np.sort(
            rng.uniform(0, length, punches)
        )  # fmt: skip
        for k, at in enumerate(at_s):
            written = begin + timedelta(seconds=int(at))
            rows["punches"].append({
                "punch_id": f"{day:03d}{k:05d}", "exhibit_id": "E-0002", "sheet": "", "row": day * punches + k + 1,
                "employee_id": f"{k}", "terminal_id": None, "stamped_at": str(written), "t_local": written.isoformat(),
                "precision_s": 1.0, "tz": "Asia/Shanghai", "tz_basis": "user", "credential": "face", "result": "pass",
                "record_kind": "raw_event", "raw": "",
            })  # fmt: skip
        for k, at in enumerate((100.0, 30_000.0)):
            rows["anchors"].append({
                "exhibit_id": "E-0003", "row": 2 * day + k + 2, "clip_exhibit_id": name, "device": "terminal",
                "device_time": str(begin + timedelta(seconds=at)), "media_s": at, "uncertainty_s": 0.5, "how": "x",
                "cause": "", "uncertainty_basis": "stated", "kind": "manual",
            })  # fmt: skip
    made = {name: tables.build(name, entries) for name, entries in rows.items()}
    clocks = align(made["punches"], made["clips"], made["anchors"])
    return made["punches"], made["visits"], made["clips"], clocks, made["examined"]


def figure(count: int, seeds: Iterator[int]) -> Iterator[str]:
    """Stated against right, with the exact intervals of each tenth."""
    told = Told()
    for habits in CELLS.values():
        told.add(count, seeds, habits)
    with matplotlib.style.context(["default", STYLE]):
        page = Figure(figsize=(5.2, 4.6), layout="constrained")
        axes = page.add_subplot()
        axes.plot([0, 1], [0, 1], color="#8b97a5", lw=0.9, ls="--")
        said, right, number = (np.array(column) for column in zip(*told.bins(), strict=True))
        spread = 1.96 * np.sqrt(np.maximum(right * (1 - right), 1e-4) / number)
        axes.errorbar(said, right, yerr=spread, fmt="o-", color="#3d6b99", ms=4, capsize=2, lw=1.2)
        for x, y, count_ in zip(said, right, number, strict=True):
            axes.annotate(str(int(count_)), (x, y), textcoords="offset points", xytext=(6, -10), fontsize=7)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="stated probability", ylabel="share right")
        page.savefig(FIGURE, format="svg", metadata={"Date": None})
    yield f"ECE {told.ece():.3f}, {len(told.stated)} clock-ins, drawn into {FIGURE.name}"


SECTIONS = {"claims": claims, "minutes": minutes, "speed": speed, "figure": figure}


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    run(__doc__, SECTIONS, words)


if __name__ == "__main__":
    main()
