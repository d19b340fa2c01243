"""Relief, the second witness: does the flow in a face that turns have the shape of a head?

The nose offset hangs on five points of a detector that has learned heads: around
a mask that somebody wears it finds the turn of the head behind it. Dense flow
sees what the surface itself does, and a bent sheet does less than a head.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.evidence import EvidenceMap, blocks, evidence_map
from toolkit.analysis.faces.crops import width_px
from toolkit.analysis.relief.mean_head import NOSE_OVER_EYES
from toolkit.analysis.relief.relief_agreement import agreement, relief_picture
from toolkit.analysis.relief.relief_flow import (
    SIZE_PX,
    STEP,
    ReliefFlow,
    end_to_end,
    gains,
    most_frontal,
    places_in,
    relief_flow,
)
from toolkit.analysis.relief.turns import (
    LEAST_FRAMES,
    LEAST_RATE,
    Seen,
    least_turn_deg,
    new_frames,
    require_enough,
    swing,
)
from toolkit.analysis.relief.turns import swings as nose_swings
from toolkit.errors import CannotMeasure

Floats = NDArray[np.float64]

MOST_FRAMES = 40  # laid against the most frontal one; more are thinned evenly
LEAST_RANGE = 0.12  # of the nose offset, for a statement
LEAST_TOGETHER, LEAST_SHAPE, MOST_BETTER = 0.8, 0.5, 3  # bent sheets of development people: 4 and more are better
NO_RANGE, NO_TURN_DEG = 0.04, 5.0  # below both nothing turned
# The remark: in both halves, a turn that a head would have shown, and no sign of it.
WINDOWS = 2
FLAT_TURN_DEG, FLAT_PARALLAX_PX, FLAT_RANGE, FLAT_SHARE = 12.0, 1.5, 0.06, 0.25
MAP_UPPER = 0.1
STEP_DEG = 5  # the turn is told in these steps, downward, but never as less than the least


@cue("relief", unit="1", group="geometry", high="live", says=("live",))
def relief(sample: PresentationSample) -> Reading:
    """How far a face's flow swings like that of a turning head, once what a plane can do is taken out (K1).

    Returns
    -------
    Reading
        ``value``: sine of turn from end to end that a mean head would need to
        show as much, free of white noise; about 0 (also a little below) for a
        plane. From high above it reads too much: the plane of the face is then
        seen foreshortened. The statement "live" where the nose offset swings by
        0.12 at least, and what moves with it beyond anything that a bent sheet
        could do (K2) has the shape of a head. ``remark`` "turned_flat" where the
        face turned in both halves of the presentation and showed no relief.

    Raises
    ------
    CannotMeasure
        Fewer than 8 frames with the face, fewer than 5 a second, a face of
        fewer than 30 px, or one that does not turn.

    Notes
    -----
    A high value does not prove a live person: a bent sheet has a relief of its
    own, and a video on a screen that of whoever was filmed. A low value, with
    the remark or without, does not prove a print: never "print" from this alone.
    """
    seen = new_frames(sample)
    seen = _thinned(seen, require_enough(seen))
    flow = relief_flow([(crop, face) for _, crop, face in seen])
    span, turned = swing(flow.offsets), least_turn_deg(flow.lengths)
    if span < NO_RANGE and turned < NO_TURN_DEG:
        raise CannotMeasure("cue_turn_unseen", least=f"{NO_TURN_DEG:g}")
    course = gains(flow, "plane")[:, 0]
    least = flat_turn_deg(flow, course)
    if least is None:
        return Reading(value=end_to_end(course), statement="live" if has_relief(flow) else "nothing")
    return Reading(value=end_to_end(course), remark="turned_flat", facts={"degrees": least})


def has_relief(flow: ReliefFlow) -> bool:
    """Whether nose offset and flow agree on a relief that no bent sheet has."""
    if not nose_swings(flow.offsets, LEAST_RANGE):
        return False
    told = agreement(flow, "bent sheet")
    return told.together >= LEAST_TOGETHER and told.shape >= LEAST_SHAPE and told.better <= MOST_BETTER


def flat_turn_deg(flow: ReliefFlow, course: Floats) -> int | None:
    """By how many degrees a face turned in each half and showed no relief; None where it did not, or showed some."""
    parts = np.array_split(np.arange(len(course)), WINDOWS)
    if min(len(part) for part in parts) < LEAST_FRAMES:
        return None
    turns = [least_turn_deg(flow.lengths[part]) for part in parts]
    for part, turn in zip(parts, turns, strict=True):
        sine = float(np.sin(np.deg2rad(turn)))
        parallax = NOSE_OVER_EYES * flow.width_px * sine
        if turn < FLAT_TURN_DEG or parallax < FLAT_PARALLAX_PX:
            return None
        if swing(flow.offsets[part]) >= FLAT_RANGE or abs(end_to_end(course[part])) >= FLAT_SHARE * sine:
            return None
    return max(int(FLAT_TURN_DEG), int(min(turns) // STEP_DEG * STEP_DEG))


@evidence_map("relief")
def where_it_stands_out(sample: PresentationSample) -> EvidenceMap:
    """How far each place moves with the nose offset beyond what a plane could, on the most frontal frame.

    In face widths for each unit of offset: on a head high about the nose and
    low at its sides, on a bent sheet an upright ridge, on a plane noise.

    Raises
    ------
    CannotMeasure
        As the cue, but for faces that do not turn.
    """
    seen = new_frames(sample)
    seen = _thinned(seen, require_enough(seen))
    flow = relief_flow([(crop, face) for _, crop, face in seen])
    at, crop, face = seen[most_frontal(flow.offsets)]
    half = STEP / SIZE_PX * width_px(face) / 2
    middles = places_in(face, flow.places)
    low, high = (np.round(middles + side * half).astype(int).tolist() for side in (-1, 1))
    boxes = [(left, top, right, bottom) for (left, top), (right, bottom) in zip(low, high, strict=True)]
    values = blocks(crop.shape, boxes, relief_picture(flow, "plane").tolist())
    return EvidenceMap(values=values, lower=0.0, upper=MAP_UPPER, unit="1", frame=sample.times_s.tolist().index(at))


def _thinned(seen: list[Seen], rate: float) -> list[Seen]:
    """At most 40 frames, evenly, as long as 5 a second are left."""
    step = min(-(-len(seen) // MOST_FRAMES), int(rate // LEAST_RATE))
    return seen[:: max(1, step)]
