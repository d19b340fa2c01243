"""Is one print shown on two visits told from other photographs of the same person, and from live faces?

Area under the curve and the share found at a false-alarm rate of 1 %, with exact
intervals, at faces of 40-50, 80 and 200 px, uncovered and with fingers over 5-15 %
of the face, against other photographs of the same person and against live
captures of the same person on two visits; the embedder alone beside it; the
threshold that the program carries; pairs of one visit; the time for all pairs of
1,000 presentations. Scenes: ``bench/reuse_scenes.py``.

Pairs share people, prints and visits, so the intervals, which count pairs, are
too narrow; people and prints are told beside them. Captures are kept in a folder
and made only where they are missing; ``--limit-s`` stops making them after so
long, and the figures are of what is there.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from bench.reuse_scenes import Capture, kept, photographed
from toolkit.analysis.bodies.empty_scene import unknown_in
from toolkit.analysis.copies.reuse_words import REACHED
from toolkit.analysis.rates import area_of, rate_of
from toolkit.analysis.reuse import (
    AGAIN,
    NO_AGREEMENT,
    SOURCE,
    Comparison,
    Offered,
    compare,
    middle_of,
    offered,
    sharpest,
    worth_registering,
)
from toolkit.simulation.faces import identities
from toolkit.vision.centerface import detect_faces
from toolkit.vision.dlib_faces import distance

SIZES = (80, 46, 200)  # as drawn; the detector tells a width within some 15 % of it, and 46 is mostly above 40
PHOTOGRAPHS = {46: 4, 80: 4, 200: 3}
LIVE_VISITS = {46: 4, 80: 4, 200: 3}
ONE_PLACE = (80,)  # sizes at which live faces are also seen before one camera in one room, in the same clothes
NOTHING = -99.0  # in a ranking: nothing agreed, below every score
PRESENTATIONS, PEOPLE = 1_000, 50

Seen = dict[Capture, Offered]


def captures(purpose: str, face_px: int) -> Iterator[Capture]:
    """All captures of one size: each photograph on two visits, uncovered and covered, and live faces."""
    for person in range(len(identities(purpose))):
        for number in range(PHOTOGRAPHS[face_px]):
            for covered in (False, True):
                for visit in (0, 1):
                    yield Capture(
                        purpose=purpose, person=person, photograph=number, visit=visit, face_px=face_px, covered=covered
                    )
        for visit in range(LIVE_VISITS[face_px]):
            for one_place in (False, True) if face_px in ONE_PLACE else (False,):
                yield Capture(
                    purpose=purpose, person=person, photograph=None, visit=visit, face_px=face_px, one_place=one_place
                )


def seen(purpose: str, face_px: int, folder: Path, until: float) -> tuple[Seen, int]:
    """Faces of the captures that are there or can be made in time, and in how many the detector found none."""
    found: Seen = {}
    without = 0
    for one in captures(purpose, face_px):
        if not (folder / f"{one.name}.npz").exists() and time.monotonic() > until:
            continue
        taken = kept(one, folder)
        if taken is None:
            without += 1
            continue
        best = sharpest(taken.images, taken.faces)
        image, face = taken.images[best], taken.faces[best]
        unknown = unknown_in(image, [taken.empties[best]]) if taken.empties else None
        found[one] = offered(one.name, one.name, image, face, unknown)
    return found, without


def side(one: Capture, other: Capture) -> str | None:
    """What a pair is: one print on two visits, another photograph of the person, or the live person on two visits."""
    if one.person != other.person or one.covered != other.covered:
        return None
    if one.photograph is None or other.photograph is None:
        if one.photograph != other.photograph or one.one_place != other.one_place:
            return None
        return "live_place" if one.one_place else "live"
    return "same" if one.photograph == other.photograph else "other"


def figures(found: Seen) -> Iterator[str]:
    """Lines of one size."""
    told: dict[tuple[str, bool], list[tuple[Comparison, float]]] = {}
    for (one, a), (other, b) in combinations(found.items(), 2):
        what = side(one, other)
        if what is not None:
            pair = (compare(a, b), -distance(a.embedding, b.embedding))
            told.setdefault((what, one.covered), []).append(pair)
    for covered in (False, True):
        same = told.get(("same", covered), [])
        for what in ("other", "live", "live_place"):
            apart = told.get((what, covered and what == "other"), [])
            if not apart:
                continue
            name = f"{'covered' if covered else 'uncovered'} against {WORDS[what]}"
            if any(_abstained(one) for one, _ in (*same, *apart)):
                yield f"  {name}: not assessable {_count(same)} of one print, {_count(apart)} of the others"
            yield f"  {name}: score {_line(_scores(same), _scores(apart), frozen=True)}"
            yield f"  {name}: embedder alone {_line([d for _, d in same], [d for _, d in apart])}"


def _abstained(one: Comparison) -> bool:
    return one.score is None and one.why_not not in NO_AGREEMENT


def _count(pairs: Sequence[tuple[Comparison, float]]) -> str:
    return f"{sum(_abstained(one) for one, _ in pairs)}/{len(pairs)}"


WORDS = {
    "other": "other photographs",
    "live": "live faces of two visits",
    "live_place": "live faces of two visits to one place, in the same clothes",
}


def _scores(pairs: Sequence[tuple[Comparison, float]]) -> list[float]:
    """Scores of the pairs that could be assessed; one that does not agree at all ranks below every score."""
    return [NOTHING if one.score is None else one.score for one, _ in pairs if not _abstained(one)]


def _line(same: Sequence[float], apart: Sequence[float], frozen: bool = False) -> str:
    if not same or not apart:
        return "not measured"
    area = area_of([(apart, same)])
    at = float(np.quantile(apart, 0.99, method="higher"))
    told = f"AUC {area.area:.3f} ({_span(area.interval)}), found at 1 % {_rate(same, at)}"
    if frozen:
        told += f"; from {REACHED:g} on: found {_rate(same, REACHED, True)}, false {_rate(apart, REACHED, True)}"
    return told


def _rate(values: Sequence[float], at: float, reached: bool = False) -> str:
    hits = sum(one >= at if reached else one > at for one in values)
    told = rate_of(hits, len(values))
    return f"{hits}/{len(values)} = {told.rate:.2f} ({_span(told.interval)})"


def _span(interval: tuple[float, float] | None) -> str:
    return "–" if interval is None else f"{interval[0]:.2f}-{interval[1]:.2f}"


def sources(found: Seen) -> Iterator[str]:
    """Lines: a capture against the photograph that was printed, and against others of the same person."""
    known: dict[tuple[int, int], Offered] = {}
    for one in found:
        if one.photograph is not None and (one.person, one.photograph) not in known:
            picture, _ = photographed(one.purpose, one.person, one.photograph)
            faces = detect_faces(picture)
            if faces:
                name = f"{one.person} {one.photograph}"
                known[one.person, one.photograph] = offered(name, name, picture, faces[0])
    for covered in (False, True):
        same, other = [], []
        for one, a in found.items():
            if one.photograph is None or one.covered != covered:
                continue
            for (person, number), b in known.items():
                if person == one.person:
                    (same if number == one.photograph else other).append((compare(a, b, SOURCE), 0.0))
        name = "covered" if covered else "uncovered"
        yield f"  {name} against the source photograph: score {_line(_scores(same), _scores(other))}"


def one_visit(found: Seen) -> str:
    """Line: pairs of one visit, which must never get a score."""
    rows = list(found.values())
    told = [compare(a, Offered(name=b.name, occasion=a.occasion, cut=b.cut, embedding=b.embedding)) for a, b in
            combinations(rows[:40], 2)]  # fmt: skip
    never = sum(one.score is None and one.why_not == "reuse_same_visit" for one in told)
    return f"pairs of one visit not assessable: {never} of {len(told)}"


def all_pairs(found: Seen) -> Iterator[str]:
    """Lines: time on one core for all pairs of 1,000 presentations of 50 people, from measured shares and times."""
    own, others, passed = [], [], 0
    kept_of_own: list[bool] = []
    strangers = 0
    middle = middle_of(list(found.values()))
    for (one, a), (other, b) in combinations(found.items(), 2):
        if one.one_place != other.one_place:
            continue
        near = worth_registering(a, b, middle)
        if one.person == other.person:
            own.append((a, b))
            if side(one, other) == "same":
                kept_of_own.append(near)
        else:
            strangers += 1
            passed += near
            if near:
                others.append((a, b))
    share = passed / max(1, strangers)
    own_ms, other_ms = (_ms(pairs[:: max(1, len(pairs) // 60)]) for pairs in (own, others))
    each = PRESENTATIONS // PEOPLE
    of_own = PEOPLE * each * (each - 1) // 2
    of_others = PRESENTATIONS * (PRESENTATIONS - 1) // 2 - of_own
    minutes = (of_own * own_ms + of_others * share * other_ms) / 60_000
    yield f"pairs of strangers that the embedder lets pass: {passed} of {strangers} = {100 * share:.1f} %"
    yield f"pairs of one print that it lets pass: {sum(kept_of_own)} of {len(kept_of_own)}"
    yield f"one pair: {own_ms:.1f} ms of one person, {other_ms:.1f} ms of strangers that pass (processor time)"
    yield f"all pairs of {PRESENTATIONS} presentations of {PEOPLE} people: {minutes:.1f} min on one core, extrapolated"


def _ms(pairs: Sequence[tuple[Offered, Offered]]) -> float:
    begin = time.process_time()
    for a, b in pairs:
        compare(a, b, AGAIN)
    return 1000 * (time.process_time() - begin) / max(1, len(pairs))


def main(words: Sequence[str] | None = None) -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purpose", choices=("development", "measurement"), default="development")
    parser.add_argument("--kept", type=Path, required=True, help="folder in which captures are kept")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--limit-s", type=float, default=1e9, help="make no more captures after so long")
    parser.add_argument("--sources", action="store_true", help="also captures against the printed photographs")
    told = parser.parse_args(words)
    cv2.setNumThreads(1)
    told.kept.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + told.limit_s
    for face_px in told.sizes:
        found, without = seen(told.purpose, face_px, told.kept, until)
        people = len({one.person for one in found})
        prints = len({(one.person, one.photograph) for one in found if one.photograph is not None})
        _say(f"{face_px} px: {len(found)} captures of {people} people and {prints} prints, {without} without a face")
        for line in figures(found):
            _say(line)
        if told.sources:
            for line in sources(found):
                _say(line)
        _say(f"  {one_visit(found)}")
        if face_px == 80:
            for line in all_pairs(found):
                _say(f"  {line}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
