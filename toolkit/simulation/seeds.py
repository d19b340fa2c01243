"""Which seeds serve which purpose. The sets share no seed; measurement seeds are used by nothing else."""

DEMO = 7
DEVELOPMENT = range(1_000, 1_400)  # looking, choosing features
CONTINUITY_FIT = DEVELOPMENT[:24]  # of these, the scenes that the continuity model is fitted on
CALIBRATION = range(20_000, 20_400)  # kept for site-independent calibration of cues
MEASUREMENT = range(300_000, 301_200)  # tested rates that are published, measured once a version
CONTINUITY_BEFORE = MEASUREMENT[:720]  # of these, continuity as it was counted first; looked at, so never again
TEXTURE = MEASUREMENT[720:1_000]  # of these, close-ups of prints, screens, skin and cloth (bench/texture.py)
SHEETS = MEASUREMENT[800:1_000]  # of these, sheets in hands, headroom and cut-outs (bench/sheets.py)
FACES = MEASUREMENT[1_000:]  # of these, what the detector makes of simulated faces (bench/faces.py)
CONTINUITY = range(310_000, 312_000)  # continuity of a presenter and companions: two hundred for each kind of scene
TESTS = range(90_000, 90_200)  # the test suite
# First word of the seed sequences of simulated sites (tests/analysis/sites.py): scores of controls, no pictures.
SITES = 700_000
# First word of the seed sequences of single presentations (toolkit.validation.presenting), by whose faces appear.
PRESENTATIONS = {"development": 500_000, "calibration": 600_000, "measurement": 400_000}

# First word of the seed sequences of photographs, prints and visits that are compared (bench/reuse.py).
REUSE = {"development": 800_000, "measurement": 900_000, "tests": 850_000}

# First numbers of days at a terminal without pictures (bench/clocks.py, tests/analysis/mornings.py).
MORNINGS = {"development": 1_010_000, "measurement": 1_020_000, "tests": 1_030_000}

# First word of the seed sequences of weeks at a terminal without pictures (bench/sequences.py).
LOGBOOKS = {"development": 1_040_000, "measurement": 1_050_000, "tests": 1_060_000}
# First numbers of mornings with an artefact among them, without pictures (bench/naming.py).
ARTEFACT_MORNINGS = {"development": 1_110_000, "measurement": 1_120_000}
# First numbers of mornings as tables (toolkit.simulation.queues): bench/association.py and bench/one_body.py.
QUEUES = {"development": 1_150_000, "measurement": 1_210_000, "tests": 1_310_000}

# First word of the seed sequences of sites with their own controls, and who works there (bench/fused.py).
STAFFED_SITES = {"development": 510_000, "measurement": 410_000}
CROWD = {"development": range(1_200, 1_300), "measurement": range(302_000, 302_300)}

# Who is drawn for which purpose: of the first seeds of each range, those whose faces an embedder tells apart best.
DRAWN_PEOPLE: dict[str, tuple[int, ...]] = {
    "development": (1_003, 1_011, 1_002, 1_024, 1_014, 1_031),
    "calibration": (20_013, 20_022, 20_024, 20_028),
    "measurement": (300_000, 300_016, 300_026, 300_001, 300_006, 300_007),
    "published": (700, 715, 712, 725, 705, 713, 788, 771, 762, 741, 751, 782, 778, 746),
}
# Heads that blended faces are set into: hair, neck, clothes and proportions.
BLENDED_HEADS: dict[str, tuple[int, ...]] = {
    "development": (1_102, 1_111, 1_113, 1_123),
    "calibration": (20_102, 20_111),
    "measurement": (300_101, 300_109),
}
