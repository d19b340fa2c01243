"""Sites whose true ratio is known: scores and cue readings with effects of person, print, presenter and day.

A latent number is normal with variance 1 on either side, prints ``apart`` above
live faces, so that its log ratio is known at every value. A site shows a score
made of it, in one of two shapes. Effects belong to the site; a case brings a
person, a print, a presenter and a day of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from toolkit.analysis.cue import Group
from toolkit.analysis.weighing.fusion import ControlReading, CueWeight, FrozenWeights
from toolkit.analysis.weighing.ratio_curve import Scores
from toolkit.analysis.weighing.site_controls import Control
from toolkit.simulation.seeds import SITES

Floats = NDArray[np.float64]
Shape = Literal["even", "skewed"]
SKEW = 0.3  # of the skewed shape: at 3 standard deviations the score runs 3 times as steep as at -1
FIRST_DAY = date(2026, 3, 2)
# Shares of the variance of one presentation. The project's rule assumes clustering of .5 where these give .4 and .35.
OF_PERSON, OF_PRINT, OF_PRESENTER, OF_DAY = 0.40, 0.35, 0.10, 0.10
PRESENTERS = 4  # who hold a site's prints; the protocol asks for three or more


@dataclass(frozen=True, kw_only=True)
class Design:
    """So many live people with so many presentations each, prints likewise, on so many days."""

    people: int
    each: int
    prints: int
    times: int
    days: int


W12 = Design(people=12, each=4, prints=8, times=3, days=2)
W20 = Design(people=20, each=5, prints=10, times=3, days=3)
M24 = Design(people=24, each=5, prints=12, times=2, days=3)
M35 = Design(people=35, each=3, prints=12, times=3, days=5)
M60 = Design(people=60, each=5, prints=20, times=3, days=5)
M120 = Design(people=120, each=5, prints=30, times=3, days=8)
M200 = Design(people=200, each=5, prints=40, times=4, days=10)
DESIGNS = {"12x4": W12, "20x5": W20, "24x5": M24, "35x3": M35, "60x5": M60, "120x5": M120, "200x5": M200}


def rng_of(*words: int) -> np.random.Generator:
    """The generator of a simulated site; the first word keeps these apart from all other seeds."""
    return np.random.default_rng([SITES, *words])


def apart(area: float) -> float:
    """Distance of the two sides, in standard deviations, at which the area under the ROC curve is this."""
    return float(np.sqrt(2) * norm.ppf(area))


def shaped(latent: Floats, distance: float, shape: Shape) -> Floats:
    """The score that a site sees of a latent number."""
    middle = latent - distance / 2
    return middle if shape == "even" else np.expm1(SKEW * middle) / SKEW


def true_log_ratio(latent: Floats, distance: float) -> Floats:
    """Natural log of the ratio print against live."""
    return distance * (latent - distance / 2)


def controls_of(design: Design) -> list[Control]:
    """Who and what is recorded when; presentations of one person or print are spread over the days."""
    day = [FIRST_DAY + timedelta(days=k) for k in range(design.days)]
    live = [
        Control(person=f"P{k:03d}", day=day[(k + j) % design.days])
        for k in range(design.people)
        for j in range(design.each)
    ]
    shown = [
        Control(
            person=f"H{(k + j) % PRESENTERS}", day=day[(k + j) % design.days], print_id=f"S{k:03d}",
            printer=f"L{k % 2}",
        )
        for k in range(design.prints)
        for j in range(design.times)
    ]  # fmt: skip
    return live + shown


def latents(shown: list[Control], distance: float, rng: np.random.Generator) -> Floats:
    """Latent numbers (n,) of a site's controls."""
    prints = np.array([one.print_id is not None for one in shown])
    left = 1 - OF_DAY - np.where(prints, OF_PRINT + OF_PRESENTER, OF_PERSON)
    of_person = _effects([one.person for one in shown], rng)
    of_print = _effects([one.print_id or "" for one in shown], rng)
    of_day = _effects([str(one.day) for one in shown], rng)
    own = np.where(
        prints, np.sqrt(OF_PRINT) * of_print + np.sqrt(OF_PRESENTER) * of_person, np.sqrt(OF_PERSON) * of_person
    )
    return distance * prints + own + np.sqrt(OF_DAY) * of_day + np.sqrt(left) * rng.standard_normal(len(shown))


def _effects(owners: list[str], rng: np.random.Generator) -> Floats:
    names, place = np.unique(owners, return_inverse=True)
    return rng.standard_normal(len(names))[place]


def site(design: Design, area: float, shape: Shape, rng: np.random.Generator) -> Scores:
    """A site's control scores."""
    shown = controls_of(design)
    distance = apart(area)
    return Scores(values=shaped(latents(shown, distance, rng), distance, shape), shown=tuple(shown))


def cases(
    side: Literal["print", "live"],
    count: int,
    area: float,
    shape: Shape,
    rng: np.random.Generator,
    *,
    drift: float = 0.0,
    presentations: int = 1,
) -> tuple[Floats, Floats]:
    """Scores (count,) of case presentations and their true log ratios.

    ``drift`` in standard deviations moves live faces of the case. Several
    presentations of one face share everything but the rest; their scores are averaged.
    """
    distance = apart(area)
    shared = OF_DAY + (OF_PRINT + OF_PRESENTER if side == "print" else OF_PERSON)
    rest = np.sqrt(1 - shared) * rng.standard_normal((count, presentations))
    level = distance if side == "print" else drift
    latent = level + np.sqrt(shared) * rng.standard_normal((count, 1)) + rest
    return shaped(latent, distance, shape).mean(axis=1), true_log_ratio(latent.mean(axis=1), distance)


def one_cue(source: str = "test") -> FrozenWeights:
    """Weights under which the only cue, "relief", is the score."""
    weight = CueWeight(name="relief", group="geometry", mid=0.0, sd=1.0, weight=1.0, sign=1)
    return FrozenWeights(source=source, cues=(weight,))


def as_readings(scores: Scores) -> list[ControlReading]:
    """Control readings of the one cue."""
    return [
        ControlReading(control=who, readings={"relief": float(value)})
        for who, value in zip(scores.shown, scores.values, strict=True)
    ]


def even_weights(groups: dict[str, Group], distance: float) -> FrozenWeights:
    """The weights that development data would give cues of one distance: {cue: group}."""
    cues = tuple(
        CueWeight(name=name, group=group, mid=distance / 2, sd=1.0, weight=distance, sign=1)
        for name, group in groups.items()
    )
    return FrozenWeights(source="test", cues=cues)


def cue_latents(shown: list[Control], count: int, distance: float, alike: float, rng: np.random.Generator) -> Floats:
    """Latent numbers (n, count) of cues, each ``distance`` apart, that correlate by ``alike`` within the sides."""
    common = latents(shown, 0.0, rng)
    own = np.stack([latents(shown, 0.0, rng) for _ in range(count)], axis=1)
    prints = np.array([one.print_id is not None for one in shown])
    return distance * prints[:, None] + np.sqrt(alike) * common[:, None] + np.sqrt(1 - alike) * own


def case_latents(
    side: Literal["print", "live"],
    cases_wanted: int,
    count: int,
    distance: float,
    alike: float,
    rng: np.random.Generator,
) -> Floats:
    """The same for presentations of a case, each of a person, print and day of its own."""
    common, own = rng.standard_normal((cases_wanted, 1)), rng.standard_normal((cases_wanted, count))
    return (distance if side == "print" else 0.0) + np.sqrt(alike) * common + np.sqrt(1 - alike) * own
