"""Relief: does the nose run ahead of eyes and mouth when the face turns?

Five points of a sheet keep their affine relation whatever the sheet does; on a
head the nose stands out, so its place between eyes and mouth moves with the
turn. A face that does not turn tells nothing.
"""

from __future__ import annotations

import numpy as np

from toolkit.analysis.cue import PresentationSample, Reading, cue
from toolkit.analysis.faces.crops import nose_offset
from toolkit.analysis.relief.turns import new_frames, require_enough, swing, swings

# A bent sheet that somebody wears and turns by 40 degrees from end to end reaches 0.30 (docs/relief.md).
LEAST_RANGE = 0.34


@cue("nose_range", unit="1", group="geometry", high="live", says=("live",))
def nose_range(sample: PresentationSample) -> Reading:
    """Range (5th to 95th percentile) of the affine nose offset over a presentation.

    Returns
    -------
    Reading
        ``value`` in distances between the eyes, 0 for a sheet that is neither
        bent nor badly seen. The statement "live" ("relief seen") where the
        range is at least 0.34 and 8 times the frame noise, in two poses: more
        than a bent sheet shows that turns by 40 degrees from end to end.
        Smaller ranges speak only together with what the flow sees
        (:mod:`toolkit.analysis.cues.relief`).

    Raises
    ------
    CannotMeasure
        Fewer than 8 frames with the face, fewer than 5 a second, or a face of
        fewer than 30 px.

    Notes
    -----
    A high value does not prove a live person: a video on a screen carries the
    relief of whoever was filmed, and a sheet that is rolled tightly or turned
    farther bends more. A low value proves nothing: most people do not turn.
    Never "print" from this alone.
    """
    seen = new_frames(sample)
    require_enough(seen)
    offsets = np.array([nose_offset(face) for *_, face in seen])
    return Reading(value=swing(offsets), statement="live" if swings(offsets, LEAST_RANGE) else "nothing")
