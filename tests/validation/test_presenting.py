"""Presentations of a validation: the same item the same pictures, kinds of a number alike in all but what is shown."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from toolkit.errors import CannotMeasure
from toolkit.media.coding import facts
from toolkit.validation.kinds import Geometry, Item
from toolkit.validation.presenting import Filmed, film, images_of
from toolkit.validation.sampling import sample_of_truth

pytestmark = pytest.mark.slow

ITEM = Item(
    geometry=Geometry(px_per_m=125, pitch_deg=10, crf=27), kind="live", motion="turn", turn_deg=40, number=3,
    purpose="development",
)  # fmt: skip


@cache
def made(item: Item) -> Filmed:
    return film(item, Path(mkdtemp()))


def of(kind: str, **more: object) -> Item:
    return replace(ITEM, kind=kind, **more)  # type: ignore[arg-type]


def test_the_same_item_gives_the_same_frames(tmp_path: Path) -> None:
    again = film(ITEM, tmp_path)
    assert again.path.read_bytes() == made(ITEM).path.read_bytes()


def test_kinds_of_one_number_share_room_people_and_recorder() -> None:
    live, shown = made(ITEM), made(of("held_flat"))
    assert (live.bearer, live.crf) == (shown.bearer, shown.crf)
    assert live.shown == live.bearer
    assert shown.shown != shown.bearer
    first, other = (images_of(one)[1][8].astype(int) for one in (live, shown))
    corner = (slice(0, 20), slice(0, 20))  # wall, before which nobody stands
    assert np.abs(first[corner] - other[corner]).mean() < 6
    assert facts(str(live.path))["frames"] == facts(str(shown.path))["frames"]


def test_the_truth_names_what_is_presented_and_nothing_else() -> None:
    assert {truth.medium for truth in made(ITEM).truths if truth} == {"live"}
    held = [truth for truth in made(of("held_flat")).truths if truth]
    assert {(truth.medium, truth.geometry) for truth in held} == {("print", "held")}
    own = [truth for truth in made(ITEM).truths if truth]
    # the print is held before the chest, under the bearer's own face
    assert held[0].landmarks_px[:, 1].mean() > own[0].landmarks_px[:, 1].mean() + 20


def test_the_sample_holds_the_detectors_points_on_decoded_frames() -> None:
    filmed = made(of("live", geometry=Geometry(px_per_m=250, pitch_deg=10, crf=27)))
    times, images = images_of(filmed)
    truths = [filmed.truths[int(np.argmin(np.abs(np.array(filmed.times_s) - at)))] for at in times]
    sample = sample_of_truth(times, images, truths)
    assert sample.found >= 0.8 * len(times)
    assert len({crop.shape for crop in sample.crops}) == 1
    marks = np.array([np.asarray(face.landmarks_px) for face in sample.faces if face])
    assert np.ptp(marks, axis=0).max() > 1.0  # found anew in each frame
    blank = [np.full_like(image, 90) for image in images]
    assert sample_of_truth(times, blank, truths).found == 0  # where nothing is to be seen truth puts no points


def test_a_face_that_is_in_no_frame_cannot_be_measured() -> None:
    with pytest.raises(CannotMeasure):
        sample_of_truth(np.array([0.0]), [np.zeros((80, 80, 3), np.uint8)], [None])


def test_a_planted_leak_is_in_the_attacks_alone() -> None:
    plain, stronger, twice = (made(of("held_flat", leak=leak)) for leak in ("none", "strength", "encoded_twice"))
    assert facts(str(stronger.path))["quantiser"] > facts(str(plain.path))["quantiser"] + 2
    assert [one.encodings for one in (plain, twice)] == [1, 2]
    assert made(of("live", leak="strength")).path.read_bytes() == made(ITEM).path.read_bytes()
