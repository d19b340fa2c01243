"""How long the least number of bodies takes for sixty tracks that overlap at random, and how often it is exact."""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np

from bench.queues import reference_s
from toolkit.analysis.counting.presenter_count import bodies

TRACKS, GRAPHS = 60, 10
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)


def main() -> None:
    """Print one line a share of pairs that were seen at one time."""
    sys.stdout.write(f"reference loop: {reference_s():.2f} s\n")
    rng = np.random.default_rng(0)
    names = [str(k) for k in range(TRACKS)]
    for share in SHARES:
        longest, exact = 0.0, 0
        for _ in range(GRAPHS):
            together = [pair for pair in itertools.combinations(names, 2) if rng.random() < share]
            began = time.process_time()
            exact += bodies(names, [], together).by == "chromatic"
            longest = max(longest, time.process_time() - began)
        sys.stdout.write(f"{share:.0%} of the pairs: longest {longest:.2f} s, exact in {exact} of {GRAPHS}\n")


if __name__ == "__main__":
    main()
