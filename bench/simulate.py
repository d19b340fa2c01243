"""How fast the simulator draws, and how much memory a minute of it needs, on one core.

A 960 x 540 picture at 250 px/m with three people in view, one of whom holds a
print: frames a second of the whole way to the encoder (scene, truth, sensor,
clock), as processor time, and the peak of resident memory over 60 s of frames.
"""

from __future__ import annotations

import resource
import sys
import time

import cv2

from toolkit.simulation.plan import make_plan
from toolkit.simulation.scenario_file import read_scenario
from toolkit.simulation.studio import RoomStudio

FRAMES_TIMED = 150
SCENE = """\
schema: papermask-scenario-1
name: bench
about: Three people for a minute.
settles: Nothing.
cameras:
  - {camera: hall, px_per_m: 250, pitch_deg: 30, width_px: 960, height_px: 540, fps: 12,
     encoding: {overlay_clock: year_first}}
people:
  - {person: A, employee_id: "1", name: A}
  - {person: B, employee_id: "2", name: B}
  - {person: C, employee_id: "3", name: C}
clips:
  - clip: minute
    camera: hall
    starts_at: 2026-03-03T08:20:00+08:00
    duration_s: 60
    acts:
      - {person: A, arrives_s: 1, leaves_s: 58,
         presents: [{at_s: 4, seconds: 50, what: print, of: B, motion: turn, clocks_in: B}]}
      - {person: B, arrives_s: 2, leaves_s: 58, place: beside}
      - {person: C, arrives_s: 2, leaves_s: 58, place: behind}
"""


def main() -> None:
    """Print one line of figures and whether the aims are met."""
    cv2.setNumThreads(1)
    studio = RoomStudio("published")
    plan = make_plan(read_scenario(SCENE, "bench.yaml"), 1, studio.faces())
    clip = plan.clips[0]
    spent, timed = 0.0, 0
    before = time.process_time()
    for number, shot in enumerate(studio.shots(plan, clip)):
        now = time.process_time()
        if shot.t_s >= 5 and timed < FRAMES_TIMED:
            spent, timed = spent + now - before, timed + 1
            if timed == 1 and len(shot.bodies) != 3:
                raise SystemExit(f"not three people in frame {number}")
        before = time.process_time()
    rate = timed / spent
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdict = "met" if rate >= 15 and peak_mb < 1000 else "NOT met"
    sys.stdout.write(
        f"{rate:.1f} frames/s, peak memory {peak_mb:.0f} MB over {len(clip.times_s)} frames: aims {verdict}\n"
    )


if __name__ == "__main__":
    main()
