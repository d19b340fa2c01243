"""The clips of a case drawn and encoded, one after the other or side by side in processes of their own.

A process of its own draws the same frames: everything by chance comes from the
plan's seeds. Processes and not threads, because drawing is mostly Python.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any, Protocol

import cv2

from toolkit.media.write import write_clip
from toolkit.records import Image
from toolkit.simulation.plan import ClipPlan, Plan
from toolkit.simulation.sounds import sound_of
from toolkit.simulation.watching import ShotDrawn, Watched, watch

TELL_EVERY_S = 0.5

Advance = Callable[[float], None]
Zone = tuple[tuple[int, int], ...]


class Studio(Protocol):
    """Who draws: the renderer as a case needs it. With several workers it must be a value that can be sent."""

    def faces(self) -> Sequence[str]:
        """Names of the faces there are, in an order that never changes."""

    def zone_px(self, clip: ClipPlan) -> Sequence[Sequence[int]]:
        """Corners of the terminal's zone in this clip's picture."""

    def shots(self, plan: Plan, clip: ClipPlan) -> Iterator[ShotDrawn]:
        """One shot for each of ``clip.times_s``, in order; ``plan.cast`` is person to face."""

    def photo(self, face: str, seed: int) -> Image:
        """A roster photograph of this face, uint8 RGB."""


def zone_of(studio: Studio, clip: ClipPlan) -> Zone:
    """Corners of the terminal's zone as whole pixels."""
    return tuple((int(x), int(y)) for x, y in studio.zone_px(clip))


def film_all(
    plan: Plan, out: Path, studio: Studio, *, workers: int = 1, advance: Advance | None = None
) -> list[Watched]:
    """Write every clip of a plan below ``out``; what was seen in each, in the plan's order.

    Parameters
    ----------
    workers : int
        Clips drawn at a time.
    advance : callable, optional
        Told of every second of footage drawn.
    """
    tell = advance or (lambda seconds: None)
    if workers <= 1 or len(plan.clips) <= 1:
        return [_film(plan, number, out, studio, tell) for number in range(len(plan.clips))]
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads of OpenCV half
    drawn = context.Value("d", 0.0)
    longest_first = sorted(range(len(plan.clips)), key=lambda k: -len(plan.clips[k].times_s))
    with ProcessPoolExecutor(workers, context, _begin, (drawn,)) as pool:
        jobs = {k: pool.submit(_film_there, plan, k, out, studio) for k in longest_first}
        try:
            _wait(list(jobs.values()), drawn, tell)
        finally:
            for job in jobs.values():
                job.cancel()
        return [jobs[k].result() for k in range(len(plan.clips))]


def _wait(jobs: Sequence[Future[Watched]], drawn: Any, tell: Advance) -> None:
    """Until all are done or one has failed, telling of what was drawn meanwhile."""
    told = 0.0
    waiting: set[Future[Watched]] = set(jobs)
    while waiting and not any(job.done() and job.exception() for job in jobs):
        _, waiting = wait(waiting, timeout=TELL_EVERY_S, return_when=FIRST_EXCEPTION)
        now = float(drawn.value)
        tell(now - told)
        told = now


def _film(plan: Plan, number: int, out: Path, studio: Studio, tell: Advance) -> Watched:
    clip = plan.clips[number]
    file, coding = out / clip.file, clip.camera.encoding
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = Watched()
    write_clip(
        file,
        watch(clip, zone_of(studio, clip), _counted(studio.shots(plan, clip), tell), kept),
        codec=coding.codec,
        gop=coding.gop,
        crf=coding.crf,
        b_frames=coding.b_frames,
        rate=clip.camera.fps,
        sound=sound_of(clip),
    )
    return kept


def _counted(shots: Iterator[ShotDrawn], tell: Advance) -> Iterator[ShotDrawn]:
    before = 0.0
    for shot in shots:
        tell(shot.t_s - before)
        before = shot.t_s
        yield shot


_drawn: Any = None  # seconds of footage drawn by all workers together; set in each of them


def _begin(drawn: Any) -> None:
    global _drawn
    _drawn = drawn
    cv2.setNumThreads(1)


def _film_there(plan: Plan, number: int, out: Path, studio: Studio) -> Watched:
    def tell(seconds: float) -> None:
        with _drawn.get_lock():
            _drawn.value += seconds

    return _film(plan, number, out, studio, tell)
