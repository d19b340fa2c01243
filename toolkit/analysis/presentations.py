"""Faces offered at the terminal: looked for in a region, followed from frame to frame, joined to presentations.

The whole region is looked at twice a second (once, where no face shows); each
face that is known is looked for where it was, in every frame. A face here is
whatever the detector calls one, on a head, on paper, on cloth or on a screen.
"No face was found" does not say that none was offered: from steep cameras and
below some 20 px the detector finds none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.faces.crops import (
    Box,
    around,
    cut,
    face_at,
    median_width_px,
    middle_px,
    moved,
    nearest,
    nose_offset,
    width_px,
)
from toolkit.analysis.faces.visit_sample import VisitSample
from toolkit.errors import CannotMeasure
from toolkit.records import Face, Image
from toolkit.vision.alignment import aligned
from toolkit.vision.centerface import detect_faces

WHOLE_EVERY_S = 0.5  # between two looks at the whole region
SELDOM_S, OFTEN = 1.0, 4  # and after so many looks that found nobody's face, as from steep cameras
LOST_AFTER_S = 1.0  # a face that was not seen for so long is another presentation when it comes again
LARGEST_STEP = 0.6  # of a face width from one look to the next
SIZE_CHANGE = 1.7  # faces at one place that differ more in width are not one face
LEAST_SEEN, LEAST_LASTS_S = 3, 0.3
LOOK_PX = 20
FEATURES = (
    32,
    94,
    16,
    84,
)  # of an upright face of 100 px: brows to mouth; hair and outline change less from face to face
WINDOW = 3  # looks before and after a moment that are compared
ALIKE = 0.63  # correlation: on drawn scenes one face stays above .74 as it turns, another falls below .54
LOOKED_FOR_PX = 64.0  # width of a face in the look at a whole region
SIZES_TRIED_PX = (64.0, 32.0)  # widths that a face may have, for the look at a whole region
LARGEST_SHOWN_PX = 800  # side of what the detector is shown at once
SAME_FACE = 0.3  # of a face width: nearer than that, two detections are of one face
TURNED = 0.2  # change of the nose offset: more than two frontal pictures differ by
STILL_WITHIN = 0.15  # of a face width: what moved less, at the place of a face of the empty scene, belongs to it

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceSeen:
    """One face in one frame; ``face`` in pixels of the whole picture.

    ``look`` is what the face looks like, upright and small (:func:`look_of`),
    for telling one picture from the next; empty where nobody asked for it.
    """

    media_s: float
    pts: int
    face: Face
    look: Floats32 = field(default_factory=lambda: np.empty(0, np.float32))


@dataclass(slots=True)
class FaceTrack:
    """One face through a presentation, in the order of time."""

    seen: list[FaceSeen] = field(default_factory=list)

    @property
    def last(self) -> FaceSeen:
        """The latest sight of it."""
        return self.seen[-1]

    @property
    def width_px(self) -> float:
        """Median width of the face."""
        return median_width_px([one.face for one in self.seen])

    @property
    def holds(self) -> bool:
        """Seen often and long enough to be something that was offered, not a slip of the detector."""
        lasts_s = self.seen[-1].media_s - self.seen[0].media_s
        return len(self.seen) >= LEAST_SEEN and lasts_s >= LEAST_LASTS_S


class FaceTracker:
    """Follows every face in a region of a clip; frames are handed over in the order shown.

    Parameters
    ----------
    region_px : (left, top, right, bottom)
        Where faces of this visit may be, in pixels of the whole picture.
    """

    def __init__(self, region_px: Box) -> None:
        self._region = region_px
        self._tracks: list[FaceTrack] = []
        self._looked_s = -1e9
        self._looks = 0
        self._empty = 0
        self._size_px: float | None = None

    def follow(self, media_s: float, pts: int, image: Image) -> None:
        """Look at one frame, uint8 (h, w, 3) RGB at the camera's own resolution."""
        live = [track for track in self._tracks if media_s - track.last.media_s <= LOST_AFTER_S]
        for track in live:
            face = face_at(image, middle_px(track.last.face), width_px(track.last.face))
            if face is not None and _one_size(face, track.last.face) and not self._taken(face, media_s):
                track.seen.append(_seen(media_s, pts, face, image))
        if media_s - self._looked_s >= (SELDOM_S if self._empty >= OFTEN else WHOLE_EVERY_S) - 1e-6:
            self._looked_s = media_s
            self._add(self._look(image), live, media_s, pts, image)

    def tracks(self) -> tuple[FaceTrack, ...]:
        """What was followed and holds, parted where one face gave way to another, by the time it was first seen."""
        parts = [part for track in self._tracks for part in parted(track) if part.holds]
        return tuple(sorted(parts, key=lambda one: one.seen[0].media_s))

    def _taken(self, face: Face, media_s: float) -> bool:
        """Whether another track has this face of this frame already: two that lie close may find one."""
        mine = [track.last.face for track in self._tracks if track.last.media_s == media_s]
        return nearest(mine, middle_px(face), SAME_FACE * width_px(face)) is not None

    def _look(self, image: Image) -> list[Face]:
        """Faces of the whole region; sizes are tried in turn until one is known, and again now and then.

        They are shown smaller than a face that is followed: it is only asked where there is another one.
        """
        tried = SIZES_TRIED_PX[self._looks % len(SIZES_TRIED_PX)]
        known = self._size_px is not None and self._looks % 4 != 3
        self._looks += 1
        shown = cut(image, self._region)
        size = self._size_px if known and self._size_px is not None else tried
        found = detect_faces(shown, enlarge=_bounded(LOOKED_FOR_PX / size, shown))
        self._empty = 0 if found else self._empty + 1
        if found:
            self._size_px = median_width_px(found)
        return [moved(face, self._region[:2]) for face in found]

    def _add(self, found: Sequence[Face], live: Sequence[FaceTrack], media_s: float, pts: int, image: Image) -> None:
        """Faces that nobody follows: one that was lost a moment ago goes on, the others are new."""
        for rough in found:
            if self._taken(rough, media_s):
                continue
            face = face_at(image, middle_px(rough), width_px(rough)) or rough
            if self._taken(face, media_s):
                continue
            sight = _seen(media_s, pts, face, image)
            lost = [track for track in live if track.last.media_s < media_s and _goes_on(track.last.face, face)]
            if lost:
                max(lost, key=lambda track: track.last.media_s).seen.append(sight)
            else:
                self._tracks.append(FaceTrack([sight]))


def _goes_on(before: Face, face: Face) -> bool:
    near = nearest([face], middle_px(before), LARGEST_STEP * width_px(before))
    return near is not None and _one_size(face, before)


def _seen(media_s: float, pts: int, face: Face, image: Image) -> FaceSeen:
    return FaceSeen(media_s=media_s, pts=pts, face=face, look=look_of(image, face))


def look_of(image: Image, face: Face) -> Floats32:
    """The face turned upright, 20 x 20 px of grey without mean, of length 1: float32 (400,).

    Small and smooth, for telling one face from the next; never for a texture.
    """
    upright = cv2.cvtColor(aligned(image, face, side_px=100), cv2.COLOR_RGB2GRAY)
    top, bottom, left, right = FEATURES
    small = cv2.resize(upright[top:bottom, left:right], (LOOK_PX, LOOK_PX), interpolation=cv2.INTER_AREA)
    flat = small.astype(np.float32).ravel()
    flat = flat - flat.mean()
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), np.float32)


def parted(track: FaceTrack) -> list[FaceTrack]:
    """A track, or its parts where the face at one place turned into another within a few frames.

    Sheets of a stack follow each other at one place. A face that is taken for
    two here is told as two presentations of one presenter, which costs nothing;
    two that are taken for one would mix what cues measure.
    """
    looks = np.array([one.look for one in track.seen])
    if looks.shape[1] == 0 or len(looks) < 2 * WINDOW:
        return [track]
    before = np.array([looks[k - WINDOW : k].mean(axis=0) for k in range(WINDOW, len(looks) - WINDOW + 1)])
    after = np.array([looks[k : k + WINDOW].mean(axis=0) for k in range(WINDOW, len(looks) - WINDOW + 1)])
    alike = (before * after).sum(axis=1)
    alike = alike / (np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1) + 1e-9)
    cuts = [0]
    for k in np.flatnonzero(alike < ALIKE):
        lowest = alike[max(0, k - 2 * WINDOW) : k + 2 * WINDOW + 1].min()
        turned = _turn(track.seen[k : k + WINDOW], track.seen[k + WINDOW : k + 2 * WINDOW]) > TURNED
        if not turned and alike[k] == lowest and k + WINDOW - cuts[-1] >= WINDOW:
            cuts.append(int(k) + WINDOW)
    return [FaceTrack(track.seen[a:b]) for a, b in pairwise([*cuts, len(track.seen)])]


def _turn(before: Sequence[FaceSeen], after: Sequence[FaceSeen]) -> float:
    """How far the nose moved across the face: a head that turns fast looks as different as another picture."""
    try:
        one, other = (float(np.median([nose_offset(seen.face) for seen in part])) for part in (before, after))
    except CannotMeasure:
        return 0.0
    return abs(one - other)


def _bounded(enlarge: float, shown: Image) -> float:
    return float(min(max(enlarge, 1.0), max(1.0, LARGEST_SHOWN_PX / max(shown.shape[:2]))))


def _one_size(face: Face, other: Face) -> bool:
    ratio = max(width_px(face), 1.0) / max(width_px(other), 1.0)
    return 1 / SIZE_CHANGE <= ratio <= SIZE_CHANGE


def faces_in(image: Image, region_px: Box) -> list[Face]:
    """Every face of a region of one picture, looked for at three sizes; in pixels of the whole picture."""
    shown = cut(image, region_px)
    kept: list[Face] = []
    for size in SIZES_TRIED_PX:
        for face in detect_faces(shown, enlarge=_bounded(100.0 / size, shown)):
            if nearest(kept, middle_px(face), SAME_FACE * width_px(face)) is None:
                kept.append(face)
    return [moved(face, region_px[:2]) for face in kept]


def belongs_to_scene(track: FaceTrack, scene: Sequence[Face]) -> bool:
    """Whether a track is a face that hangs in the empty scene too (a portrait, a notice): nobody presents it."""
    middles = np.array([middle_px(one.face) for one in track.seen])
    width = track.width_px
    still = bool(np.ptp(middles, axis=0).max() <= 2 * STILL_WITHIN * width)
    near = nearest(list(scene), np.median(middles, axis=0), 2 * STILL_WITHIN * width)
    return still and near is not None and _one_size(near, track.seen[0].face)


def sample_of(track: Sequence[FaceSeen], images: Sequence[tuple[float, Image]]) -> PresentationSample:
    """What a cue sees of a presentation: one crop around the face, cut from each of these frames.

    Parameters
    ----------
    track : sequence of FaceSeen
    images : sequence of (media_s, uint8 (h, w, 3) RGB)
        Whole pictures; frames in which the face was not seen are welcome.

    Raises
    ------
    CannotMeasure
        No picture.
    """
    if not images or not track:
        raise CannotMeasure("cue_no_face")
    box = box_of(track, images[0][1].shape)
    return sample_of_crops(track, [(at, cut(image, box)) for at, image in images], box)


def sample_of_crops(
    track: Sequence[FaceSeen],
    crops: Sequence[tuple[float, Image]],
    box: Box,
    presenter: VisitSample | None = None,
    px_per_m: float | None = None,
) -> PresentationSample:
    """As :func:`sample_of`, from pictures that were cut at ``box`` already (:func:`box_of`)."""
    if not crops or not track:
        raise CannotMeasure("cue_no_face")
    faces = faces_at(track, [at for at, _ in crops])
    shift = (-float(box[0]), -float(box[1]))
    return PresentationSample(
        times_s=np.array([at for at, _ in crops]),
        crops=tuple(crop for _, crop in crops),
        faces=tuple(None if face is None else moved(face, shift) for face in faces),
        px_per_m=px_per_m,
        presenter=presenter,
    )


def faces_at(track: Sequence[FaceSeen], times_s: Sequence[float]) -> list[Face | None]:
    """The face of a track at each of these media seconds, None where it was not seen."""
    told = {round(one.media_s, 6): one.face for one in track}
    return [told.get(round(at, 6)) for at in times_s]


def box_of(track: Sequence[FaceSeen], shape: tuple[int, ...]) -> Box:
    """The place that holds the face with its surroundings in every frame of a track."""
    middles = np.array([middle_px(one.face) for one in track])
    return around(middles, median_width_px([one.face for one in track]), shape)
