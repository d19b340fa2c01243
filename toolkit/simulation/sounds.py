"""What the camera hears: a room's hum and the terminal's beep; no voices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.media.write import SOUND_HZ
from toolkit.simulation.plan import ClipPlan

BEEP_HZ = 2400.0
BEEP_S, RISE_S = 0.16, 0.008
BEEP_LEVEL, ROOM_LEVEL = 0.12, 0.006  # of full scale
ROOM_SMOOTHING = 0.92  # first-order low pass: rooms are darker than white noise


def sound_of(clip: ClipPlan) -> NDArray[np.int16] | None:
    """The sound of a clip, int16 (n,) at :data:`SOUND_HZ`; None where none is recorded.

    The beep begins when the terminal accepts. Lost spans are silent.
    """
    if clip.beeps_s is None:
        return None
    count = round(clip.times_s[-1] * SOUND_HZ) + 1
    rng = np.random.default_rng([clip.seed, 3])
    wave = _room(rng, count)
    beep = _beep()
    for at in clip.beeps_s:
        start = round(at * SOUND_HZ)
        stop = min(start + len(beep), count)
        if start < stop:
            wave[start:stop] += beep[: stop - start]
    for a, b in clip.clip.lost_spans:
        wave[round(a * SOUND_HZ) : round(b * SOUND_HZ)] = 0.0
    return np.asarray(np.clip(wave, -1, 1) * 32767, np.int16)


def _room(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Noise with little in the heights, at a constant level."""
    kernel = ROOM_SMOOTHING ** np.arange(120)
    noise = np.convolve(rng.normal(0, 1, count), kernel)[:count]
    return np.asarray(noise / max(1e-9, float(noise.std())) * ROOM_LEVEL, np.float64)


def _beep() -> NDArray[np.float64]:
    t = np.arange(round(BEEP_S * SOUND_HZ)) / SOUND_HZ
    envelope = np.clip(np.minimum(t, BEEP_S - t) / RISE_S, 0, 1)
    return np.asarray(BEEP_LEVEL * envelope * np.sin(2 * np.pi * BEEP_HZ * t), np.float64)
