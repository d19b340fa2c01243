"""Processor time of the simulated recorder for a frame of 960 x 540: at most 18 ms on one core."""

from __future__ import annotations

import sys
import time

import cv2
import numpy as np

from toolkit.simulation.sensor import Recorder, day_sensor, night_sensor

FRAMES = 24


def main() -> None:
    """Print the quickest and the middle frame by day and by night; what other programs add is not the recorder's."""
    cv2.setNumThreads(1)
    scene = np.random.default_rng(0).random((540, 960, 3), np.float32)
    for name, sensor in (("day", day_sensor), ("night", night_sensor)):
        recorder = Recorder(sensor(np.random.default_rng(1)), np.random.default_rng(2))
        recorder.expose(scene)
        taken = []
        for _ in range(FRAMES):
            start = time.process_time()
            recorder.expose(scene)
            taken.append(1000 * (time.process_time() - start))
        sys.stdout.write(f"{name}: quickest {min(taken):.1f} ms, middle {float(np.median(taken)):.1f} ms\n")


if __name__ == "__main__":
    main()
