"""Small rooms for tests: one person of the development set who does one thing before a camera."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from toolkit.simulation.acting import Actor, Part, way_of
from toolkit.simulation.bodies import dress
from toolkit.simulation.camera import Camera, View, look_through
from toolkit.simulation.casting import KEPT_PER_PX, Company
from toolkit.simulation.faces import Identity, identities
from toolkit.simulation.heads import make_head
from toolkit.simulation.place import make_plate
from toolkit.simulation.scenario import Act, Presenting
from toolkit.simulation.shooting import Take

STANDS_S = 6.0  # well after the arrival, in the middle of what is presented


def someone(number: int = 4) -> Identity:
    """A person of the development set; from 4 on they are drawn and cheap."""
    return identities("development")[number]


def actor(identity: Identity, *, person: str = "P", seed: int = 1, height: float = 1.0) -> Actor:
    clothes = dress(np.random.default_rng(seed))
    return Actor(
        person=person, employee_id=None, identity=identity, head=make_head(identity), clothes=clothes, height=height,
        build=1.0, seed=seed,
    )  # fmt: skip


@cache
def view_of(camera: Camera) -> View:
    return look_through(camera)


def act_of(person: str = "P", what: str = "own_face", **told: Any) -> Act:
    """An act that presents from the second to the eleventh second."""
    beyond = {k: told.pop(k) for k in ("place", "wears", "arrives_s", "comes_from", "goes_to", "leaves_s") if k in told}
    of = None if what in ("own_face", "notice") else told.pop("of", "Q")
    shown = Presenting(at_s=2, seconds=9, what=what, of=of, **told)  # type: ignore[arg-type]
    presents = () if beyond.get("place", "spot") != "spot" else (shown,)
    return Act(person=person, presents=presents, **{"arrives_s": 1.0, "leaves_s": 12.0, **beyond})


def room(camera: Camera, acts: tuple[Act, ...], *, seed: int = 3, numbers: tuple[int, ...] = (4, 5, 6)) -> Take:
    """Acts of P, Q and R in a room; everybody has a face of the development set."""
    names = dict(zip("PQR", numbers, strict=False))
    people = {person: someone(number) for person, number in names.items()}
    plan: Any = SimpleNamespace(seed=seed, cast={p: i.name for p, i in people.items()}, scenario=None)
    company = Company(plan, {one.name: one for one in people.values()})
    view = view_of(camera)
    half = camera.width_px / camera.px_per_m / 2
    parts = []
    for number, act in enumerate(acts):
        sheets = {
            k: company._sheet(act.person, what, KEPT_PER_PX * camera.px_per_m)
            for k, what in enumerate(act.presents)
            if what.what != "own_face"
        }
        who = actor(people[act.person], person=act.person, seed=seed + number)
        parts.append(Part(who, act, way_of(act, acts, half), sheets))
    return Take(
        view=view, plate=make_plate(view, np.random.default_rng(seed)), parts=tuple(parts),
        names={person: (one.name, None) for person, one in people.items()},
    )  # fmt: skip
