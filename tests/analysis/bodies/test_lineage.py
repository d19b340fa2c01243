"""Lineage over long footage: bounded memory, handovers after an hour, the same rows wherever the work is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from toolkit.analysis.bodies import lineage
from toolkit.analysis.bodies.lineage import COLUMNS, DENSE, LineageTracker, spacing
from toolkit.analysis.presenters import continuity, handovers
from toolkit.analysis.tested import continuity_model
from toolkit.records import Image, Mask

H, W = 48, 64
ZONE = np.ones((H, W), bool)


def silhouette(seed: int) -> Mask:
    """Where a body stands; the next one stands elsewhere in the zone."""
    mask = np.zeros((H, W), bool)
    mask[6:42, (4 if seed % 2 else 36) :][:, :24] = True
    return mask


def body(seed: int) -> Image:
    """A patterned body before a plain wall; another seed wears other clothes."""
    rng = np.random.default_rng(seed)
    image = np.full((H, W, 3), 128, np.uint8)
    colour = np.array([[200, 40, 40], [40, 60, 210], [40, 190, 60]][seed % 3], float)
    pattern = np.repeat(np.repeat(rng.uniform(0.3, 1.0, (9, 6)), 4, axis=0), 4, axis=1)[..., None]
    image[silhouette(seed)] = (colour * pattern).astype(np.uint8).reshape(-1, 3)
    return image


BODIES = [(body(seed), silhouette(seed)) for seed in range(3)]
NOTHING = np.full((H, W, 3), 128, np.uint8)


def tracker() -> LineageTracker:
    return LineageTracker(zone=ZONE, apart_s=1.5)


def watch(told: LineageTracker, first: int, last: int, *, changes: tuple[int, ...] = ()) -> None:
    """One look a second; a new body at each of the changes."""
    for at in range(first, last):
        told.follow(float(at), *BODIES[sum(at >= one for one in changes)])


def lags(told: LineageTracker) -> set[float]:
    return {b - a for a, b in zip(told.pairs["from_s"], told.pairs["to_s"], strict=True)}


@pytest.mark.slow
def test_a_handover_is_found_in_a_stretch_of_more_than_ten_minutes() -> None:
    told = tracker()
    watch(told, 0, 700, changes=(100, 620))
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*told.pairs.values(), strict=True)]
    found = handovers(rows, 0.0, 699.0)
    assert len(found) == 2
    assert found == pytest.approx([99.5, 619.5], abs=1.5)


@pytest.mark.slow
def test_memory_stops_growing_while_somebody_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 4 * DENSE
    monkeypatch.setattr(lineage, "LONGEST", longest)
    told = tracker()
    sizes = []
    for part in range(4):
        watch(told, part * 2 * longest, (part + 1) * 2 * longest)
        sizes.append((len(told._columns), len(told._survival)))
    assert sizes[0] == sizes[-1]
    assert sizes[-1][0] <= DENSE * 3
    assert sizes[-1][1] <= longest + 1


def test_nothing_is_kept_of_those_who_left() -> None:
    told = tracker()
    watch(told, 0, 60)
    for at in range(60, 70):
        told.follow(float(at), NOTHING, ~ZONE, there=False)
    assert (len(told._columns), told._survival) == (0, [])
    watch(told, 70, 75)
    assert not any(a < 60 and b >= 70 for a, b in zip(told.pairs["from_s"], told.pairs["to_s"], strict=True))


def test_every_pair_of_a_short_stay_is_there_and_long_ones_grow_sparse() -> None:
    told = tracker()
    watch(told, 0, 400)
    pairs = set(zip(told.pairs["from_s"], told.pairs["to_s"], strict=True))
    assert {(float(a), float(b)) for b in range(DENSE) for a in range(b)} <= pairs
    assert max(lags(told)) > 350
    assert all(a % spacing(int(b - a)) == b % spacing(int(b - a)) == 0 for a, b in pairs)


@pytest.mark.parametrize("cuts", [(7,), (3, 4, 50), (30, 60, 90, 100)])
def test_the_rows_are_the_same_wherever_the_work_is_cut(cuts: tuple[int, ...]) -> None:
    whole = tracker()
    watch(whole, 0, 120, changes=(40,))
    state, pieces = None, {name: [] for name in COLUMNS}
    for first, last in pairwise((0, *cuts, 120)):
        told = LineageTracker.resumed(ZONE, 1.5, state)
        watch(told, first, last, changes=(40,))
        state = told.state()
        for name in COLUMNS:
            pieces[name] += told.pairs[name]
    assert pieces == whole.pairs


def test_over_a_hole_in_the_footage_nothing_descends() -> None:
    told = tracker()
    watch(told, 0, 20)
    watch(told, 25, 40)
    assert max(lags(told)) < 20
    assert not any(a < 20 and b >= 25 for a, b in zip(told.pairs["from_s"], told.pairs["to_s"], strict=True))


@pytest.mark.slow
def test_a_long_stay_is_certified_over_any_part_of_it() -> None:
    told = tracker()
    watch(told, 0, 600)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*told.pairs.values(), strict=True)]
    for start, end in ((0.5, 598.5), (3.0, 45.0), (100.0, 109.0), (250.5, 597.5)):
        assert continuity(rows, start, end, continuity_model()).certified


def test_a_chain_of_pairs_is_only_as_good_as_its_weakest() -> None:
    def pair(start: float, end: float, share: float) -> dict[str, float]:
        told = {"lineage": share, "kept": share, "survival": 0.95, "appearance": 0.97}
        return {"from_s": start, "to_s": end, **told}

    model = continuity_model()
    sound = [pair(0, 10, 0.99), pair(8, 20, 0.98)]
    told = continuity(sound, 1.0, 19.0, model)
    single = [continuity([one], 0.0, 30.0, model) for one in sound]
    assert told.certified
    assert told.lineage == 0.98
    assert told.risk is not None
    assert told.risk >= max(one.risk or 0.0 for one in single)
    assert not continuity([sound[0], pair(8, 20, 0.05)], 1.0, 19.0, model).certified
    assert not continuity([sound[0], pair(12, 20, 0.99)], 1.0, 19.0, model).certified


def test_a_sheet_before_the_chest_takes_nothing_from_who_holds_it() -> None:
    """Half of the body is covered by something else for a while; head and shoulders are followed all the way."""
    told = tracker()
    image, front = BODIES[0]
    sheet = np.random.default_rng(9).integers(0, 255, (20, 20, 3)).astype(np.uint8)
    for at in range(20):
        shown = image.copy()
        if 5 <= at < 12:
            shown[24:44, 6:26] = sheet
        told.follow(float(at), shown, front)
    rows = {(a, b): k for a, b, k in zip(told.pairs["from_s"], told.pairs["to_s"], told.pairs["kept"], strict=True)}
    shares = dict(zip(rows, told.pairs["lineage"], strict=True))
    for pair in ((2.0, 8.0), (8.0, 15.0), (2.0, 15.0)):
        assert shares[pair] > 0.9
        assert rows[pair] > 0.8


def test_nothing_is_kept_over_a_change_of_bodies() -> None:
    told = tracker()
    watch(told, 0, 20, changes=(10,))
    over = [
        k for a, b, k in zip(told.pairs["from_s"], told.pairs["to_s"], told.pairs["kept"], strict=True) if a < 10 <= b
    ]
    assert max(over) == 0.0
