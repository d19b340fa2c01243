"""Paper's edge: the clearest of three signs that a face ends where paper does.

A print shows its edge in one way or another: four sides in hands, a face below
its bearer's head, a pale rim around a face on a head. A sheet before the chest
has no rim, a worn cut-out no headroom; their mean would hide what one of them
shows, so the clearest is taken, each against the limit that its own rule has.
"""

from __future__ import annotations

import math
from contextlib import suppress

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.faces.visit_sample import VisitSample, visit_cues
from toolkit.errors import CannotMeasure

LIMITS = {"headroom": 0.21, "cutout": 0.20, "sheet": 0.75}  # in each one's own unit; chosen on development people
NEEDED = ("headroom", "cutout")
MOST = 1.0  # octaves either way: beyond, a sign is as clear as can be told


@cue("paper_edge", unit="octave", group="edge", high="artefact", says=(), covers=("sheet", "headroom", "cutout"))
def paper_edge(sample: PresentationSample) -> Reading:
    """How many times its own limit the clearest sign of an edge reaches.

    Returns
    -------
    Reading
        ``value`` in octaves, -1 to 1: 0 at the limit of headroom (.21 m), rim
        (.20 of the rays) or sheet (score .75). The statement is always
        "nothing". ``facts["clearest"]`` names the sign.

    Raises
    ------
    CannotMeasure
        As headroom and rim do; a sheet that cannot be told is left out.

    Notes
    -----
    A high value does not prove a print: a badge or a shirt has headroom, pale
    hair or a hood may run as a rim, a phone is held as a sheet is. A low one does
    not prove a live face: a print cut close and worn has no edge to be seen.
    """
    if sample.presenter is None:
        raise CannotMeasure("sheet_no_plate" if sample.found else "cue_no_face")
    told = {name: _octaves(name, sample.presenter) for name in NEEDED}
    with suppress(CannotMeasure):
        told["sheet"] = _octaves("sheet", sample.presenter)
    clearest = max(sorted(told), key=lambda name: told[name])
    return Reading(value=min(max(told[clearest], -MOST), MOST), facts={"clearest": clearest})


def _octaves(name: str, sample: VisitSample) -> float:
    return math.log2(max(visit_cues[name].measure(sample).value / LIMITS[name], 1e-6))
