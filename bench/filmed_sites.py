"""Sites with recordings of their own: one room and camera, staff over several days, prints of some, and a case.

What a site's recordings share with its case is the place, the camera and the
recorder; people, prints and days differ. Every presentation is drawn, stored
and read again by itself.
"""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from toolkit.analysis.cue import Cue
from toolkit.simulation.acting import Actor
from toolkit.simulation.casting import Company
from toolkit.simulation.faces import Identity, crowd
from toolkit.simulation.plan import make_plan
from toolkit.simulation.scenario import Presenting
from toolkit.simulation.seeds import CROWD, STAFFED_SITES
from toolkit.simulation.sensor import Recorder, Sensor, day_sensor
from toolkit.simulation.sheets import Sheet
from toolkit.validation.kinds import KINDS, Geometry, Kind, Motion
from toolkit.validation.presenting import EMPTY_S, FPS, LASTS_S, SETTLING_S, Filmed, record, scene
from toolkit.validation.scoring import Row, measure

GOP = 25
CONTROL_PEOPLE, CONTROL_PRINTS, DAYS = 24, 12, 3
CASE_PEOPLE, CASE_PRINTS = 10, 8
PRESENTERS = 4  # of the control prints
PRINTED = ("held_flat", "held_curled", "held_cylinder", "held_cut_out", "stacked", "worn_cut_out", "worn_eye_holed")
CONTROL_SHAPES = ("held_flat", "held_curled", "held_cut_out", "worn_cut_out")  # what the protocol asks for
BADGE_SHOWN = Kind(name="badge_shown", side="rival", presents={"what": "badge"})
RIVALS = ("phone", "live_surgical_mask", "live_badge", "badge_shown")
EVERY = {**KINDS, "badge_shown": BADGE_SHOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site; ``number`` chooses everything that is left to chance."""

    purpose: str
    number: int
    geometry: Geometry

    def rng(self, *what: object) -> np.random.Generator:
        """A stream of its own for each thing that is left to chance."""
        name = " ".join(str(one) for one in what)
        return np.random.default_rng([STAFFED_SITES[self.purpose], self.number, zlib.crc32(name.encode())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One presentation at a site: by whom, of whom, with which print, on which day.

    ``part`` is "control" or "case"; people and prints are numbers, and those of
    the two parts are different.
    """

    part: str
    kind: str
    person: int
    shows: int
    print_id: str
    day: int
    number: int

    @property
    def key(self) -> str:
        """What names it in a file of results."""
        return f"{self.part} {self.number} {self.kind}"


def offers(site: Site, *, live: int, printed: int, rivals: int) -> list[Offer]:
    """The controls of a site, and the presentations of its case."""
    made: list[Offer] = []
    for number in range(CONTROL_PEOPLE * DAYS):
        person, day = divmod(number, DAYS)
        made.append(_offer(made, "control", "live", person, person, "", day))
    for sheet in range(CONTROL_PRINTS):
        for again in range(2):
            kind = CONTROL_SHAPES[sheet % len(CONTROL_SHAPES)]
            person = CONTROL_PEOPLE + sheet % PRESENTERS
            made.append(_offer(made, "control", kind, person, sheet, f"c{sheet}", (sheet + again) % DAYS))
    first = CONTROL_PEOPLE + PRESENTERS
    rng = site.rng("case")
    for number in range(live):
        person = first + number % CASE_PEOPLE
        made.append(_offer(made, "case", "live", person, person, "", DAYS + number % 2))
    for number in range(printed):
        sheet, person = number % CASE_PRINTS, first + int(rng.integers(CASE_PEOPLE))
        shows = first + CASE_PEOPLE + sheet
        kind = PRINTED[number % len(PRINTED)]
        made.append(_offer(made, "case", kind, person, shows, f"k{sheet} {kind}", DAYS + number % 2))
    for number in range(rivals):
        person = first + int(rng.integers(CASE_PEOPLE))
        kind = RIVALS[number % len(RIVALS)]
        made.append(_offer(made, "case", kind, person, first + CASE_PEOPLE, f"r{number}", DAYS + number % 2))
    return made


def _offer(made: list[Offer], part: str, kind: str, person: int, shows: int, print_id: str, day: int) -> Offer:
    return Offer(part=part, kind=kind, person=person, shows=shows, print_id=print_id, day=day, number=len(made))


class _SiteCompany(Company):
    """People and sheets of one presentation: place, prints and clothes are the site's, small movements its own."""

    __slots__ = ("offer", "site")

    def __init__(self, site: Site, offer: Offer) -> None:
        kind = EVERY[offer.kind]
        rng = site.rng("presentation", offer.key)
        motion: Motion = "turn" if rng.random() < 0.3 else "natural"
        told = scene(kind, site.geometry, motion, float(rng.uniform(10, 40)), 0, 1)
        people = [crowd(site.purpose, number) for number in who(site, offer)]
        faces: dict[str, Identity] = {one.name: one for one in people}
        super().__init__(make_plan(told, int(rng.integers(2**31)), list(faces)), faces)
        self.site, self.offer = site, offer

    def actor(self, person: str) -> Actor:
        made = super().actor(person)
        return replace(made, seed=int(self.site.rng("moves", self.offer.key).integers(2**31)))

    def _rng(self, *what: str) -> np.random.Generator:
        if what[0] == "place":
            return self.site.rng(*what)
        if what[0] == "body":
            return self.site.rng("body", self.offer.part, self.offer.person, self.offer.day)
        if what[0] == "uniform":
            return self.site.rng("uniform")
        return super()._rng(*what)

    def _make_sheet(self, what: Presenting, rng: np.random.Generator, scale: float) -> Sheet:
        key = (self.site, self.offer.print_id, scale)
        if not self.offer.print_id or what.what != "print":
            return super()._make_sheet(what, rng, scale)
        if key not in _printed:
            if len(_printed) > 2 * CONTROL_PRINTS:
                _printed.clear()
            seeded = self.site.rng("print", self.offer.print_id)
            _printed[key] = super()._make_sheet(what, seeded, scale)
        return _printed[key]


_printed: dict[tuple[Site, str, float], Sheet] = {}


def who(site: Site, offer: Offer) -> tuple[int, int]:
    """Numbers in the crowd of the bearer, and of whose face is shown; drawn without repetition."""
    order = site.rng("people").permutation(len(CROWD[site.purpose]))
    shift = 0 if offer.part == "case" else CONTROL_PEOPLE + PRESENTERS + CASE_PEOPLE + CASE_PRINTS + 1
    other = offer.shows if offer.shows != offer.person else offer.shows + 1
    own = offer.person
    if offer.part == "control" and offer.kind != "live":
        other += shift
    return int(order[own]), int(order[other])


def _sensor(site: Site, day: int) -> Sensor:
    """The site's camera; each day has a light and a white balance of its own."""
    usual, rng = day_sensor(site.rng("sensor")), site.rng("light", day)
    red, green, blue = usual.balance
    return replace(
        usual,
        exposure_target=usual.exposure_target * float(rng.uniform(0.94, 1.06)),
        balance=(red * float(rng.uniform(0.97, 1.03)), green, blue * float(rng.uniform(0.97, 1.03))),
    )


def film(site: Site, offer: Offer, folder: Path) -> Filmed:
    """Draw and store one presentation."""
    company = _SiteCompany(site, offer)
    take = company.take(company.plan.clips[0])
    recorder = Recorder(_sensor(site, offer.day), site.rng("noise", offer.key))
    path, crf = folder / "clip.mp4", site.geometry.crf or 28
    truths = record(take, recorder, path, kind=EVERY[offer.kind], codec=site.geometry.codec, gop=GOP, crf=crf)
    empty_until = len(EMPTY_S) / FPS
    return Filmed(
        path=path, times_s=tuple(k / FPS for k in range(len(truths))), truths=tuple(truths),
        presented_s=(empty_until + SETTLING_S, empty_until + SETTLING_S + LASTS_S), empty_until_s=empty_until,
        bearer=company.plan.cast["P"], shown=company.plan.cast["Q"], crf=crf, encodings=1,
    )  # fmt: skip


def score(site: Site, offer: Offer, chosen: dict[str, Cue]) -> Row:
    """What the cues read of one presentation."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(film(site, offer, Path(folder)), chosen)
