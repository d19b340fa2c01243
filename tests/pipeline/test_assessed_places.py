"""The empty place of a clip without a case: taken where it recurs, refused where somebody may stand in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.analysis.held import visit, wall
from toolkit.analysis.presentations import FaceSeen, FaceTrack
from toolkit.errors import CannotMeasure
from toolkit.media.probe import probe
from toolkit.media.write import write_clip
from toolkit.pipeline.assessed_places import SEEN_EMPTY, Place, place_of
from toolkit.records import Face, Image

EVERY_S, LONG = 0.1, 12
FACE = Face(
    box_px=(140, 80, 170, 120), score=0.9, landmarks_px=((148, 92), (162, 92), (155, 100), (149, 108), (161, 108))
)


def clip(path: Path, parts: str) -> Path:
    """Stretches of 1.2 s: e empty, o somebody there."""
    rng = np.random.default_rng(4)
    there = list(visit("writing", count=LONG).pictures)
    empty = [np.clip(wall() + rng.normal(0, 1.5, wall().shape), 0, 255).astype(np.uint8) for _ in range(LONG)]
    shown: list[Image] = []
    for number, part in enumerate(parts):
        moved = 60 * (number % 4 > 1)  # nobody stands twice at one place; the tiles of the wall come every 60 px
        shown += empty if part == "e" else [np.roll(image, moved, axis=1) for image in there]
    wide = [np.concatenate([wall(), image, wall()], axis=1) for image in shown]
    write_clip(path, iter([(k * EVERY_S, image) for k, image in enumerate(wide)]), codec="h264", gop=10, crf=18,
               rate=1 / EVERY_S)  # fmt: skip
    return path


def place(path: Path, tracks: tuple[FaceTrack, ...] = ()) -> Place:
    return place_of(path, probe(path), None, tracks, None)


def test_a_place_that_is_empty_again_and_again_gives_the_stretches_between(tmp_path: Path) -> None:
    found = place(clip(tmp_path / "day.mp4", "eoeoe"))
    assert found.basis == SEEN_EMPTY
    assert [[round(v, 1) for v in span] for span in found.spans] == [
        [pytest.approx(1.2, abs=0.2), pytest.approx(2.3, abs=0.2)],
        [pytest.approx(3.6, abs=0.2), pytest.approx(4.7, abs=0.2)],
    ]
    assert found.empty_s < 1.2 or 2.4 < found.empty_s < 3.6 or found.empty_s > 4.8


def test_a_face_in_what_looks_empty_refuses_it(tmp_path: Path) -> None:
    path = clip(tmp_path / "day.mp4", "eoeoe")
    stands = FaceTrack([FaceSeen(media_s=0.1 * k, pts=k, face=FACE) for k in range(40)])
    with pytest.raises(CannotMeasure) as refused:
        place(path, (stands,))
    assert refused.value.code == "sheet_no_plate"


@pytest.mark.parametrize("parts", ["eo", "eoe", "o"])
def test_a_place_seen_empty_too_seldom_is_not_taken(tmp_path: Path, parts: str) -> None:
    with pytest.raises(CannotMeasure) as refused:
        place(clip(tmp_path / "short.mp4", parts))
    assert refused.value.code == "sheet_no_plate"
