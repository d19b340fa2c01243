"""Footage damaged in its middle: what is read is in its place, and what is not read is said to be lost."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.containers import (
    WHOLE,
    Reading,
    emptied,
    misplaced,
    overwritten,
    packets_of,
    read,
    remuxed,
    truth_of,
    unaccounted,
)

TOLD = {
    "packets_damaged", "frames_absent", "frames_not_placed", "placed_until_loss", "frames_missing", "gap",
}  # fmt: skip
UNSTAMPED = "obo_raw.h264"


@pytest.fixture
def truth(shared: Path) -> Reading:
    return truth_of(shared / "data/derived/obo_14s.mp4")


def check(reading: Reading, truth: Reading, *, to_the_end: bool = True) -> None:
    assert misplaced(reading, truth) == []
    assert unaccounted(reading, truth) == []
    assert reading.codes & TOLD
    whole_s = 4.9 if reading.clip["codec"] == "mjpeg" else 14.0
    times = [reading.times_s[k] for k in reading.sound]
    assert min(times) == 0.0
    assert (max(times) >= whole_s - 0.011) is to_the_end


@pytest.mark.parametrize("noise", [pytest.param(False, marks=pytest.mark.full), True], ids=["zeros", "noise"])
@pytest.mark.parametrize("name", WHOLE)
def test_a_quarter_overwritten_shifts_nothing_and_is_told(
    name: str, noise: bool, truth: Reading, shared: Path, tmp_path: Path
) -> None:
    damaged = overwritten(shared / "data/derived" / name, tmp_path / name, (0.4, 0.65), noise)
    reading = read(damaged)
    check(reading, truth, to_the_end=name != UNSTAMPED)
    if name == UNSTAMPED:
        assert "placed_until_loss" in reading.codes
        assert reading.clip["duration_s"] < 7.0


@pytest.mark.parametrize(
    "share", [(0.5, 0.54), pytest.param((0.31, 0.35), marks=pytest.mark.full)], ids=["late", "early"]
)
@pytest.mark.parametrize("name", WHOLE)
def test_a_short_hole_shifts_nothing_and_is_told(
    name: str, share: tuple[float, float], truth: Reading, shared: Path, tmp_path: Path
) -> None:
    reading = read(overwritten(shared / "data/derived" / name, tmp_path / name, share))
    check(reading, truth, to_the_end=name != UNSTAMPED)
    assert reading.tally.lost_spans or "placed_until_loss" in reading.codes


@pytest.mark.parametrize("first,last", [(45, 48), (45, 75), (50, 60)], ids=["within a group", "groups", "one group"])
@pytest.mark.parametrize("name", ["obo.dav", UNSTAMPED])
def test_pictures_cut_out_of_the_file_shift_nothing(
    name: str, first: int, last: int, truth: Reading, shared: Path, tmp_path: Path
) -> None:
    source = shared / "data/derived" / name
    where, content = packets_of(source), source.read_bytes()
    (tmp_path / name).write_bytes(content[: where[first][0]] + content[where[last][0] :])
    reading = read(tmp_path / name)
    check(reading, truth, to_the_end=name != UNSTAMPED)


@pytest.mark.parametrize("name", ["obo_14s.mp4", "obo.ts", "obo.asf", "obo_mjpeg.avi"])
def test_packets_left_out_or_emptied_shift_nothing(name: str, truth: Reading, shared: Path, tmp_path: Path) -> None:
    source = shared / "data/derived" / name
    left_out = remuxed(source, tmp_path / f"out_{name}", lambda k, packet: None if 20 <= k < 35 else packet)
    check(read(left_out), truth)
    zeroed = remuxed(source, tmp_path / f"zero_{name}", emptied(24, 25))
    check(read(zeroed), truth)


def test_two_lost_frames_of_an_avi_are_told(truth: Reading, shared: Path, tmp_path: Path) -> None:
    damaged = overwritten(shared / "data/derived/obo_mjpeg.avi", tmp_path / "v.avi", (0.5, 0.54))
    reading = read(damaged)
    told = {oddity["code"]: oddity["facts"] for oddity in reading.clip["oddities"]}
    assert told["frames_missing"]["stated"] == 50
    assert told["frames_missing"]["missing"] == 50 - reading.clip["frames_present"]
    assert reading.tally.lost == 2
    assert "ends_in_error" not in told


def test_an_avi_without_its_index_is_placed_as_far_as_its_chunks_lead(
    truth: Reading, shared: Path, tmp_path: Path
) -> None:
    content = (shared / "data/derived/obo_mjpeg.avi").read_bytes()
    bare = content[: content.rindex(b"idx1")]
    (tmp_path / "bare.avi").write_bytes(bare)
    whole = read(tmp_path / "bare.avi")
    assert len(whole.sound) == 50
    assert misplaced(whole, truth) == []
    damaged = read(overwritten(tmp_path / "bare.avi", tmp_path / "damaged.avi", (0.4, 0.65)))
    check(damaged, truth, to_the_end=False)
    assert damaged.clip["duration_s"] < 2.5


def test_only_a_missing_end_shortens_the_clip(shared: Path, tmp_path: Path) -> None:
    source = shared / "data/derived/obo_14s.mp4"
    near_end = remuxed(source, tmp_path / "v.mp4", emptied(121, 122))
    reading = read(near_end)
    assert reading.clip["duration_s"] == 14.0
    assert "ends_in_error" not in reading.codes
    assert max(reading.times_s) == 14.0
    cut = read(shared / "data/derived/obo_truncated_faststart.mp4")
    assert cut.clip["duration_s"] == pytest.approx(8.8)
    assert "ends_in_error" in cut.codes


def test_pictures_drawn_from_missing_ones_are_marked_up_to_the_next_keyframe(
    truth: Reading, shared: Path, tmp_path: Path
) -> None:
    def without_a_keyframe(number: int, packet: av.Packet) -> av.Packet | None:
        return None if number == 60 else packet

    reading = read(remuxed(shared / "data/derived/obo_14s.mp4", tmp_path / "v.mp4", without_a_keyframe))
    sound = [reading.times_s[k] for k in reading.sound]
    assert not [at for at in sound if 5.95 < at < 6.95]
    assert 7.0 in np.round(sound, 3)
    ((first, last),) = reading.tally.lost_spans
    assert (first, last) in ((5.9, 6.9), (6.0, 6.9))  # the decoder may give up the one shown just before
