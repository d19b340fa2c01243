"""Clocks and associations: when was each punch made on the clip's own time, and in which visit."""

from __future__ import annotations

import pandas as pd

from toolkit.analysis import association, clocks
from toolkit.analysis.placing import likelihood
from toolkit.analysis.timing import clock_lines
from toolkit.analysis.timing.blind_clocks import blind_rows
from toolkit.casebook.case import Case
from toolkit.pipeline.progress import Progress, quiet

CLOCK_INPUTS = ("clips", "punches", "anchors", "device_events")
PRESENCE = ("visits", "examined")  # of a step that a case may not have run
ASSOCIATION_INPUTS = ("punches", "visits", "clips", "clocks", "examined")


def align_clocks(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Fit each terminal's clock to each clip by anchors, or by presence where those are too few; table ``clocks``."""
    punches, clips, anchors = case.read("punches"), case.read("clips"), case.read("anchors")
    inputs = (*CLOCK_INPUTS, *(name for name in PRESENCE if case.has(name)))
    params = {"version": 6, "drift_sd": clock_lines.DRIFT_SD, "least_anchors": clock_lines.LEAST_ANCHORS}
    if not case.is_current("clocks", inputs=inputs, params=params):
        blind = None
        if all(case.has(name) for name in PRESENCE):
            devices = clocks.devices_of(punches, anchors)
            seen = (case.read("visits"), case.read("examined"))
            blind = blind_rows(punches, clips, *seen, devices, anchors, case.read("device_events"))
        case.record("clocks", clocks.align(punches, clips, anchors, blind), inputs=inputs, params=params)
    return case.read("clocks")


def associate(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Assign punches to visits with probabilities; table ``associations``."""
    punches, visits = case.read("punches"), case.read("visits")
    clips, model, examined = case.read("clips"), case.read("clocks"), case.read("examined")
    params = {"version": 5, "edge_sd_s": likelihood.EDGE_SD_S, "miss_prior": association.MISS_PRIOR}
    if not case.is_current("associations", inputs=ASSOCIATION_INPUTS, params=params):
        table = association.associate(punches, visits, clips, model, examined)
        case.record("associations", table, inputs=ASSOCIATION_INPUTS, params=params)
    return case.read("associations")
