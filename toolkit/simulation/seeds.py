"""Which seeds serve which purpose. The sets share no seed; measurement seeds are used by nothing else."""

DEMO = 7
DEVELOPMENT = range(1_000, 1_400)  # looking, choosing features, fitting the continuity model
CALIBRATION = range(20_000, 20_400)  # kept for site-independent calibration of cues
MEASUREMENT = range(300_000, 301_200)  # tested rates that are published, measured once a version
TESTS = range(90_000, 90_200)  # the test suite
