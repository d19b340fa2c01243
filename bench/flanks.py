"""How often two gripped sides around a face are told in one picture without the empty place, and how often wrongly.

``python -m bench.flanks --purpose development`` may be looked at as often as one
likes; ``--purpose measurement`` draws measurement people and seeds, once a
version. One picture a visit is looked at: whole; of a held print also cut so
that its upper and lower border leave the picture ("cut"), and with a tenth of
its height around it ("near").
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict

from bench.filmed_visits import SEEDS, Filmed, Visit, film
from toolkit.analysis.faces.crops import Box, cut
from toolkit.analysis.presentations import faces_in
from toolkit.analysis.rates import rate_of
from toolkit.analysis.sheets.flanks import held_around
from toolkit.analysis.sheets.held_around import HeldAround
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image

HELD = "held"
KINDS = (HELD, "live", "scarf", "portrait", "shirt", "phone_at_ear", "surgical_mask", "badge_worn", "glasses", "cap")
PITCHES, PX_PER_M = (0, 30), 500
BESIDE_M = 0.08


def views(filmed: Filmed) -> dict[str, Image]:
    """The middle picture of a visit, and of a held print two cuttings of it."""
    number = len(filmed.sample.pictures) // 2
    picture, corners = filmed.sample.pictures[number], filmed.corners_px[number]
    shown = {"whole": picture}
    if filmed.visit.kind == HELD and corners is not None:
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        high, beside = bottom - top, BESIDE_M * filmed.visit.px_per_m
        for name, above, below in (("cut", 0.12, -0.08), ("near", -0.1, 0.1)):
            box = (left - beside, top + above * high, right + beside, bottom + below * high)
            shown[name] = cut(picture, _inside(box, picture.shape))
    return shown


def _inside(box: tuple[float, ...], shape: tuple[int, ...]) -> Box:
    left, top, right, bottom = (int(max(0, v)) for v in box)
    return left, top, min(right, shape[1]), min(bottom, shape[0])


def answer(picture: Image) -> str:
    """What is said of a picture: the strongest answer of its faces."""
    found = [_of_face(picture, face) for face in faces_in(picture, (0, 0, picture.shape[1], picture.shape[0]))]
    every = [one for one in found if isinstance(one, HeldAround)]
    if any(one.whole for one in every):
        return "whole"
    if every:
        return "leaves" if any(one.borders for one in every) else "open"
    return "nothing" if found else "no face"


def _of_face(picture: Image, face: Face) -> HeldAround | None:
    try:
        return held_around(picture, face)
    except CannotMeasure:
        return None


def main() -> None:
    """Draw, look, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purpose", choices=sorted(SEEDS), required=True)
    parser.add_argument("--each", type=int, default=6)
    asked = parser.parse_args()
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number in range(asked.each):
        for pitch in PITCHES:
            for kind in KINDS:
                filmed = film(Visit(purpose=asked.purpose, kind=kind, pitch=pitch, px_per_m=PX_PER_M, number=number))
                for name, picture in views(filmed).items():
                    told[f"{kind} {pitch}" if kind == HELD else "look-alikes", name].append(answer(picture))
        sys.stderr.write(f"{number + 1} of {asked.each}\n")
    for (kind, name), answers in sorted(told.items()):
        seen = sum(one in ("whole", "leaves", "open") for one in answers)
        counts = ", ".join(f"{one} {answers.count(one)}" for one in sorted(set(answers)))
        low, high = rate_of(seen, len(answers)).interval
        sys.stdout.write(f"| {kind}, {name} | {seen} of {len(answers)} ({low:.2f}-{high:.2f}) | {counts} |\n")


if __name__ == "__main__":
    main()
