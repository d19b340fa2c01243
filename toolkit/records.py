"""The nouns of the field, frozen. A name ends in its unit.

Three times must never mix: ``media_s`` (seconds since the first decodable
frame of a clip), a device's own clock (``starts_at``, ``stamped_at``), and true
time. Only :mod:`toolkit.analysis.clocks` turns one into another, and it carries
the interval along. Many rows travel as DataFrames whose columns bear these
names; :mod:`toolkit.tables` is the single list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]

NOBODY_SEEN = "nobody seen"
OUTSIDE_COVERAGE = "outside coverage"

EXHIBIT_KINDS = ("footage", "records", "roster", "photo", "anchors", "context", "controls", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A file taken into the case: copied, hashed, never changed."""

    exhibit_id: str
    kind: str
    stored_as: str
    sha256: str
    size_bytes: int
    received_at: str
    already_there: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of a clip without frames, in media seconds."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something about a file that a reader of the report must know.

    ``code`` names the sentence in ``locale/*/integrity.json``.
    """

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What a video file holds, found without decoding all of it."""

    container: str
    codec: str
    time_base: str
    first_pts: int
    duration_s: float
    width_px: int
    height_px: int
    rotation_deg: int
    frames_stated: int | None
    frames_present: int
    frame_interval_s: float
    keyframe_interval_s: float
    rate_mode: str
    gaps: tuple[Gap, ...] = ()
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One decoded picture with its own time; lives in memory only.

    ``image`` is uint8 (h, w, 3) RGB, ``luma`` uint8 (h, w); either may be None
    when it was not asked for. ``media_s`` counts from the clip's first
    decodable frame.
    """

    pts: int
    media_s: float
    image: Image | None
    luma: Image | None
    corrupt: bool = False
    keyframe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face-like region of a picture, live or not, as a detector gave it.

    ``box_px`` is (left, top, right, bottom); ``score`` 0-1 is the detector's
    own and no probability. ``landmarks_px`` are five (x, y): the eye at the
    picture's left, the eye at its right, the tip of the nose, the corner of
    the mouth at the picture's left, the one at its right.
    """

    box_px: tuple[float, float, float, float]
    score: float
    landmarks_px: tuple[tuple[float, float], ...]

    @property
    def height_px(self) -> float:
        """Height of the box."""
        return self.box_px[3] - self.box_px[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where a presenter's body stands before the terminal, as a person marked it.

    ``polygon_px`` in pixels of the decoded (unrotated) picture of
    ``image_size_px`` (width, height). ``empty_media_s`` are stretches that a
    person confirmed to be empty. ``px_per_m`` at the height of a head that
    stands in the zone, where a person measured something of known length there.
    """

    polygon_px: tuple[tuple[float, float], ...]
    image_size_px: tuple[int, int]
    empty_media_s: tuple[tuple[float, float], ...]
    terminal_fully_in_view: bool | None
    stated_by: str | None
    basis: str = "file"
    note: str = ""
    px_per_m: float | None = None
