"""Frames by their own times: written with known stamps, read back, jumped into, damaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.media.containers import SOUND, misplaced, read, truth_of, unaccounted
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.damage import Tally
from toolkit.media.frames import as_jpeg, as_png, read_frames, still
from toolkit.media.probe import probe
from toolkit.media.write import write_clip
from toolkit.records import Image

TIMES = [0.0, 0.04, 0.08, 0.2, 0.24, 0.9, 0.94, 1.0, 1.5, 1.54, 4.0, 4.04, 4.5, 5.0, 5.04, 5.5]


def picture(number: int, width: int = 96, height: int = 64) -> Image:
    image = np.full((height, width, 3), 40, np.uint8)
    image[:, : 6 * (number % 16)] = 200
    return image


def test_uneven_times_come_back_to_the_millisecond(tmp_path: Path) -> None:
    write_clip(tmp_path / "v.mp4", ((at, picture(k)) for k, at in enumerate(TIMES)), gop=4)
    with read_frames(tmp_path / "v.mp4") as frames:
        found = [
            (frame.media_s, round(float(frame.image[30, :, 0].mean() if frame.image is not None else 0)))
            for frame in frames
        ]
    assert [at for at, _ in found] == pytest.approx(TIMES, abs=1e-3)
    assert frames.tally == Tally(decoded=len(TIMES), corrupt=0, errors=0, lost=0, lost_spans=())
    clip = probe(tmp_path / "v.mp4")
    assert clip.rate_mode == "variable"
    assert [(round(gap.from_s, 2), round(gap.to_s, 2)) for gap in clip.gaps] == [(1.54, 4.0)]


@pytest.mark.parametrize("span", [(0.1, 0.95), (1.0, 4.0), (4.5, 9.0), (5.5, 5.5)])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_jump_gives_the_frames_that_a_read_from_the_start_gives(
    tmp_path: Path, span: tuple[float, float], b_frames: int
) -> None:
    write_clip(tmp_path / "v.mp4", ((at, picture(k)) for k, at in enumerate(TIMES)), gop=4, b_frames=b_frames)
    with read_frames(tmp_path / "v.mp4") as frames:
        whole = {frame.media_s: frame.image for frame in frames}
    with read_frames(tmp_path / "v.mp4", [span]) as frames:
        part = {frame.media_s: frame.image for frame in frames}
    assert sorted(part) == [at for at in sorted(whole) if span[0] - 1e-4 <= at <= span[1] + 1e-4]
    for at, image in part.items():
        assert np.array_equal(np.asarray(image), np.asarray(whole[at]))


def test_luma_is_not_resized_and_colour_may_be(tmp_path: Path) -> None:
    write_clip(tmp_path / "v.mp4", ((k / 10, picture(k)) for k in range(5)))
    with read_frames(tmp_path / "v.mp4", colour=False, luma=True) as frames:
        shapes = {frame.luma.shape for frame in frames if frame.luma is not None}
    assert shapes == {(64, 96)}
    with read_frames(tmp_path / "v.mp4", width_px=48) as frames:
        assert {frame.image.shape for frame in frames if frame.image is not None} == {(32, 48, 3)}


def test_keyframes_alone_and_thinned_frames(tmp_path: Path) -> None:
    write_clip(tmp_path / "v.mp4", ((k / 10, picture(k)) for k in range(30)), gop=10)
    with read_frames(tmp_path / "v.mp4", keyframes_only=True) as frames:
        assert [round(frame.media_s, 1) for frame in frames] == [0.0, 1.0, 2.0]
    with read_frames(tmp_path / "v.mp4", every_s=0.5) as frames:
        assert [round(frame.media_s, 1) for frame in frames] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def test_a_still_is_the_frame_at_or_after_its_time_and_always_the_same(tmp_path: Path) -> None:
    write_clip(tmp_path / "v.mp4", ((at, picture(k)) for k, at in enumerate(TIMES)), gop=4)
    first, again = still(tmp_path / "v.mp4", 0.5), still(tmp_path / "v.mp4", 0.5)
    assert first.media_s == pytest.approx(0.9, abs=1e-3)
    assert first.image is not None
    assert again.image is not None
    assert as_png(first.image) == as_png(again.image)
    assert as_jpeg(first.image)[:2] == b"\xff\xd8"
    assert still(tmp_path / "v.mp4", 6.0).media_s == pytest.approx(5.5, abs=1e-3)
    with pytest.raises(CannotMeasure):
        still(tmp_path / "v.mp4", 20.0)


@pytest.mark.parametrize("name", SOUND)
def test_every_container_shows_the_same_picture_at_the_same_time(name: str, shared: Path) -> None:
    derived = shared / "data/derived"
    truth = truth_of(derived / "obo_14s.mp4")
    reading = read(derived / name)
    assert misplaced(reading, truth) == []
    assert reading.tally.corrupt == reading.tally.lost == 0
    assert reading.tally.lost_spans == ()
    assert len(reading.sound) == reading.clip["frames_present"]
    if name != "obo_vfr.mp4":  # that copy leaves out pictures on purpose
        assert unaccounted(reading, truth) == []


def test_the_comparison_sees_a_shift_of_half_a_second(shared: Path) -> None:
    truth = truth_of(shared / "data/derived/obo_14s.mp4")
    shifted = replace(truth, times_s=[at + 0.5 for at in truth.times_s])
    assert len(misplaced(shifted, truth)) > 80  # nothing moves before 2.2 s


@pytest.mark.parametrize("name", ["obo.asf", "obo.dav", "obo.ts", "obo_ps_inside.mp4"])
def test_a_stretch_shows_what_the_whole_shows_in_every_kind_of_container(name: str, shared: Path) -> None:
    whole = read(shared / "data/derived" / name)
    part = read(shared / "data/derived" / name, [(4.25, 5.0), (9.0, 9.3)])
    wanted = [at for at in whole.times_s if 4.25 <= at <= 5.0001 or 9.0 <= at <= 9.3001]
    assert part.times_s == wanted
    for at, image in zip(part.times_s, part.pictures, strict=True):
        assert np.array_equal(image, whole.pictures[whole.times_s.index(at)])


def test_damage_in_the_middle_is_counted_and_reading_goes_on(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    noise = [rng.integers(0, 255, (64, 96, 3), dtype=np.uint8) for _ in range(60)]
    write_clip(tmp_path / "v.ts", ((k / 10, image) for k, image in enumerate(noise)), gop=10)
    content = bytearray((tmp_path / "v.ts").read_bytes())
    middle = len(content) // 2
    for at in range(middle, middle + 3000, 7):
        if at % 188 > 20:
            content[at] ^= 0xFF
    (tmp_path / "damaged.ts").write_bytes(bytes(content))
    with read_frames(tmp_path / "damaged.ts") as frames:
        sound = [round(frame.media_s, 2) for frame in frames if not frame.corrupt]
    assert frames.tally.corrupt + frames.tally.errors + frames.tally.lost > 0
    assert min(sound) < 1.0
    assert max(sound) > 5.0
    spans = frames.tally.lost_spans
    missing = [k / 10 for k in range(60) if k / 10 not in sound]
    assert missing
    assert all(any(a - 0.01 <= at <= b + 0.01 for a, b in spans) for at in missing)
    assert not any(a - 0.01 <= at <= b + 0.01 for at in sound for a, b in spans)


def test_sound_without_pictures_is_refused(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        for k in range(4):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, 1024 * k
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(ReadingError) as refusal:
        probe(tmp_path / "a.mp4")
    assert refusal.value.code == "video_without_pictures"


def test_a_playlist_that_names_other_files_is_not_followed(tmp_path: Path) -> None:
    write_clip(tmp_path / "v.ts", ((k / 10, picture(k)) for k in range(10)))
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nv.ts\n#EXT-X-ENDLIST\n", encoding="utf-8")
    with pytest.raises(ReadingError) as refusal:
        probe(tmp_path / "list.m3u8")
    assert refusal.value.code == "not_a_video"


def test_nothing_is_written_without_frames(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure):
        write_clip(tmp_path / "v.mp4", [])


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        write_clip(tmp_path / name, ((k / 10, picture(k)) for k in range(10)))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
