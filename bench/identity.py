"""How often does the right roster photograph come first, and how often does somebody outside the roster get one?

A smoke test: ten or eight simulated people, and the few labelled photographs
that ``--data`` names. Each presentation is compared with its roster as a case
does it; then once more with the person shown left out ("outside"), and with a
frame left out and every box moved ("flips").
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import cv2
import numpy as np
from faces import Look, seen

from toolkit.analysis.faces.crops import width_px
from toolkit.analysis.identity import Compared, Gallery, compare, moved_boxes
from toolkit.analysis.presentations import faces_in
from toolkit.analysis.rates import rate_of
from toolkit.errors import CannotMeasure
from toolkit.media.pictures import read_picture
from toolkit.records import Image
from toolkit.simulation.faces import identities, unrelated
from toolkit.vision.dlib_faces import embed

TIMES = (3.5, 4.5, 5.5, 6.5)
SCALES, PITCHES = (280, 400, 560, 800), (0, 20, 40)
LARGE_PX = 80.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One presentation: who is pictured, how, and its embeddings (frames, boxes, 128)."""

    who: int
    kind: str
    pitch: int
    width_px: float
    rows: np.ndarray


def looked(asked: tuple[str, str, int, int, int]) -> Shown | None:
    """A simulated presentation, embedded frame by frame and box by box."""
    cv2.setNumThreads(1)
    purpose, kind, px_per_m, pitch, number = asked
    count = len(identities(purpose))
    look = Look(purpose=purpose, kind=kind, pitch=pitch, px_per_m=px_per_m, number=number, times=TIMES)
    rows, widths = [], []
    for _, face, image in seen(look):
        if face is not None:
            rows.append([embed(image, one) for one in moved_boxes(face)])
            widths.append(width_px(face))
    if not rows:
        return None
    who = number % count if kind == "live" else (number + 3) % count
    return Shown(who=who, kind=kind, pitch=pitch, width_px=float(np.median(widths)), rows=np.array(rows, np.float64))


def told(shown: Shown, roster: np.ndarray, of: Sequence[int], frames: Sequence[int] | None = None) -> Compared | None:
    """The presentation against these people of the roster; None where it cannot be compared."""
    gallery = Gallery(employees=tuple(f"{k:03d}" for k in of), rows=roster[list(of)])
    rows = shown.rows if frames is None else shown.rows[list(frames)]
    try:
        return compare(
            [np.array([gallery.distances(row) for row in frame]) for frame in rows], gallery.people, shown.width_px
        )
    except CannotMeasure:
        return None


def flips(shown: Shown, roster: np.ndarray, of: Sequence[int], whole: Compared) -> bool:
    """Whether a stated likeness turns to somebody else when a frame is left out."""
    if whole.standing != "nearest" or len(shown.rows) < 2:
        return False
    every = range(len(shown.rows))
    parts = (told(shown, roster, of, [k for k in every if k != left]) for left in every)
    return any(part is not None and part.ranked[0].employee_id != whole.ranked[0].employee_id for part in parts)


def simulated(purpose: str, pool: ProcessPoolExecutor) -> Iterator[str]:
    """Lines: simulated staff, prints and live faces, by pitch and size."""
    people = identities(purpose)
    roster = np.array([_portrait(one.picture) for one in people], np.float64)
    kin = [[k for k, one in enumerate(people) if k == who or unrelated(people[who], one)] for who in range(len(people))]
    asked = [
        (purpose, kind, px, PITCHES[(k + place) % len(PITCHES)], k)
        for k in range(len(people))
        for kind in ("live", "flat")
        for place, px in enumerate(SCALES)
    ]
    shown = [one for one in pool.map(looked, asked) if one is not None]
    for kind in ("flat", "live"):
        for pitch in PITCHES:
            for large in (True, False):
                some = [
                    one for one in shown
                    if one.kind == kind and one.pitch == pitch and (one.width_px >= LARGE_PX) == large
                ]  # fmt: skip
                if some:
                    size = f"{'from' if large else 'under'} {LARGE_PX:.0f} px"
                    yield f"{kind:5s} pitch {pitch:2d} {size}: {_line(some, roster, kin)}"
    yield f"every one: {_line(shown, roster, kin)}"
    yield _pairs(shown)


def _pairs(shown: Sequence[Shown]) -> str:
    """Line: distances within a presentation, and between people whose faces are of like size (for FD3)."""
    same = [float(np.linalg.norm(a[0] - b[0])) for one in shown for a, b in pairwise(one.rows)]
    other = [
        float(np.linalg.norm(one.rows[:2, 0].mean(axis=0) - two.rows[:2, 0].mean(axis=0)))
        for one, two in combinations(shown, 2)
        if one.who != two.who and 0.7 < one.width_px / two.width_px < 1.4
    ]
    least, low = np.percentile(other, (0, 5))
    two = f"two: {least:.2f} at least, 5 % below {low:.2f} of {len(other)}"
    return f"one face: {max(same):.2f} at most of {len(same)}; {two}"


def _line(some: Sequence[Shown], roster: np.ndarray, kin: Sequence[Sequence[int]]) -> str:
    first = right = wrong = turned = none = outside = 0
    for one in some:
        whole = told(one, roster, kin[one.who])
        if whole is None:
            continue
        own = whole.ranked[0].employee_id == f"{one.who:03d}"
        first += own
        right += own and whole.standing == "nearest"
        wrong += not own and whole.standing == "nearest"
        turned += flips(one, roster, kin[one.who], whole)
        without = told(one, roster, [k for k in kin[one.who] if k != one.who])
        if without is not None:
            outside += 1
            none += without.standing == "none of these"
    low, high = rate_of(none, outside).interval
    return (
        f"{len(some)} shown, first {first}, nearest right {right} wrong {wrong}, turned {turned}; "
        f"outside the roster: none of these {none} of {outside} ({100 * low:.1f}-{100 * high:.1f} %)"
    )


def _portrait(image: Image) -> np.ndarray:
    high, wide = image.shape[:2]
    face = max(faces_in(image, (0, 0, wide, high)), key=width_px)
    return embed(image, face)


def photographs(folder: Path) -> Iterator[str]:
    """Lines: each labelled photograph against one other of each person; the label is the end of the file's name."""
    rows = [(_label(path), path.name, _portrait(read_picture(path))) for path in sorted(folder.glob("*.jpg"))]
    rows = [one for one in rows if one[0]]
    right = compared = 0
    for label, name, row in rows:
        others = [one for one in rows if one[1] != name]
        if label not in {one[0] for one in others}:
            continue
        gallery = Gallery(employees=tuple(one[0] for one in others), rows=np.array([one[2] for one in others]))
        compared += 1
        right += gallery.people[int(gallery.distances(row).argmin())] == label
    yield f"{folder.name}: the same person's other photograph is nearest for {right} of {compared}"


def _label(path: Path) -> str:
    name = path.stem.rsplit("__", 1)[-1]
    if "_and_" in name or "two_people" in name:
        return ""
    return next((one for one in ("obama", "biden") if one in name), "")


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purpose", choices=("development", "measurement"), default="development")
    parser.add_argument("--data", type=Path, help="folder of labelled photographs")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(words)
    if asked.data is not None:
        for line in photographs(asked.data):
            sys.stdout.write(line + "\n")
    with ProcessPoolExecutor(asked.workers) as pool:
        for line in simulated(asked.purpose, pool):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
