"""The terminal is heard in the written clip at the moment it accepts, and at no other."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.simulation.studio import RectangleStudio, small_scenario
from toolkit.media.frames import read_frames
from toolkit.media.write import SOUND_HZ
from toolkit.simulation.cases import write_case
from toolkit.simulation.sounds import BEEP_HZ

BLOCK_S = 0.02


def heard(path: Path) -> list[float]:
    """Moments at which a tone of the beep's pitch begins."""
    samples: list[np.ndarray] = []
    begin = 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            if not samples:
                begin = float(frame.pts * frame.time_base)
            samples.append(frame.to_ndarray().reshape(-1).astype(float))
        video = container.streams.video[0]
        begin -= float((video.start_time or 0) * (video.time_base or 0))
    wave = np.concatenate(samples)
    size = round(BLOCK_S * SOUND_HZ)
    blocks = wave[: len(wave) // size * size].reshape(-1, size)
    tone = np.exp(-2j * np.pi * BEEP_HZ * np.arange(size) / SOUND_HZ)
    power = np.abs(blocks @ tone)
    loud = power > 0.3 * power.max()
    return [begin + float(k) * BLOCK_S for k in np.flatnonzero(loud & ~np.roll(loud, 1))]


@pytest.mark.parametrize(("container", "codec"), [("mp4", "h264"), ("ts", "h264"), ("mkv", "hevc"), ("avi", "mjpeg")])
def test_each_acceptance_is_heard_when_it_happens(container: str, codec: str, tmp_path: Path) -> None:
    camera = f", encoding: {{container: {container}, codec: {codec}}}"
    truth = write_case(small_scenario(camera=camera, terminal=", beep: true"), tmp_path, 1, RectangleStudio())
    (clip,) = truth.clips
    assert clip.beeps_s == (4.5, 10.5, 13.0)
    assert heard(tmp_path / clip.file) == pytest.approx(clip.beeps_s, abs=0.1)
    with read_frames(tmp_path / clip.file) as frames:
        assert sum(1 for _ in frames) == clip.frames


def test_a_lost_span_is_silent_and_its_beep_is_not_in_the_truth(tmp_path: Path) -> None:
    scenario = small_scenario(terminal=", beep: true", clip="    lost_spans: [[9.8, 11]]\n")
    (clip,) = write_case(scenario, tmp_path, 1, RectangleStudio()).clips
    assert clip.beeps_s == (4.5, 13.0)
    assert heard(tmp_path / clip.file) == pytest.approx([4.5, 13.0], abs=0.1)


def test_clips_with_sound_are_the_same_bytes_too(tmp_path: Path) -> None:
    scenario = small_scenario(terminal=", beep: true")
    one, two = (write_case(scenario, tmp_path / name, 1, RectangleStudio()) for name in "ab")
    assert one.clips[0].sha256 == two.clips[0].sha256


def test_without_a_beep_there_is_no_sound_at_all(tmp_path: Path) -> None:
    (clip,) = write_case(small_scenario(), tmp_path, 1, RectangleStudio()).clips
    assert clip.beeps_s is None
    with av.open(str(tmp_path / clip.file)) as container:
        assert not container.streams.audio
