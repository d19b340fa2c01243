"""Assess: pictures or clips without a case, for whoever asks first what can be told of a face at all.

Nothing is stored, maps apart. Without recordings of live and printed faces from
the same camera there is no strength: each face gets readings, or the reasons why
there are none, and "undetermined" or "not assessable".
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toolkit import __version__
from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.presentations import FaceTrack, faces_in
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.frames import still
from toolkit.media.pictures import is_picture, read_picture
from toolkit.media.probe import probe
from toolkit.pipeline.assessed_faces import Found, decoded, of_mark, of_still, of_track, tracks_of
from toolkit.pipeline.assessed_maps import make_folder, write_maps
from toolkit.pipeline.assessed_places import Place, Span, place_of
from toolkit.pipeline.assessed_reuse import reuse_of
from toolkit.pipeline.assessed_sheets import Sheet, around_track, of_picture, of_place, of_region, of_whole
from toolkit.pipeline.files import check_file
from toolkit.pipeline.marks import Mark, check_inside, face_of
from toolkit.pipeline.progress import Progress, quiet
from toolkit.records import Image

SCHEMA = "papermask-assess-1"
REUSE_NEEDS = 2  # files: within one recording nothing is compared

Row = dict[str, Any]
Told = tuple[Row, list[Found], list[Sheet]]  # of one file: what it is, its faces, its sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for beside the files.

    ``mark`` belongs to the first file; ``empty_s`` is a stretch of every clip in
    which, as a person says, nobody stands before the camera; ``px_per_m`` the
    scale at the head as a person states it, which cues of visits ask for where no face tells it.
    """

    frame_rate: float | None = None
    mark: Mark | None = None
    empty_s: Span | None = None
    px_per_m: float | None = None


def assess(
    files: Sequence[Path], *, asked: Asked | None = None, maps: Path | None = None, progress: Progress = quiet
) -> Row:
    """Every face and every sheet of these files with what the cues read of it.

    Parameters
    ----------
    maps : Path, optional
        An empty or new folder for evidence maps.

    Returns
    -------
    dict
        ``schema``, ``tool``, ``files``; ``faces``: ``file``, ``basis`` ("found by
        the detector" or "marked by a person"), ``box_px`` (left, top, right,
        bottom), ``width_px`` (null for a region), ``media_s`` (null for a
        picture), ``from_s``, ``to_s``, ``frames``, ``outcome`` ("undetermined" or
        "not assessable"), ``log10_lr`` null, and ``cues``: ``cue``, ``group``,
        ``value``, ``unit``, ``statement``, ``why_not``, ``facts``. ``sheets``:
        ``file``, ``faces`` (numbers in ``faces``), ``region_px``, ``media_s``,
        ``from_s``, ``to_s``, ``basis``, ``level`` (null without an answer),
        ``evidence``, ``cues``. ``reuse``, where several files are given: every pair
        of faces of different files (:func:`toolkit.pipeline.assessed_reuse.reuse_of`).
        With ``maps``, faces and sheets have ``maps``: names of files by cue.

    Raises
    ------
    ReadingError
        A file cannot be read, or a mark is not of its first file; nothing is told
        of the others.
    CaseError
        The folder for maps is taken, or the disk refused.
    """
    if maps is not None:
        make_folder(maps)
    asked = asked or Asked()
    described: list[Row] = []
    faces: list[Found] = []
    sheets: list[Sheet] = []
    shown: list[tuple[str, PresentationSample | None]] = []
    for number, file in enumerate(files):
        check_file(file)
        picture = is_picture(file)
        mark = asked.mark if number == 0 else None
        about, found, seen = _picture(file, mark) if picture else _clip(file, asked, mark, progress)
        described.append(
            {"file": file.name, "sha256": _sha256(file), "kind": "picture" if picture else "clip", **about}
        )
        for sheet in seen:
            sheet.row.update(file=file.name, faces=[len(faces) + k for k in sheet.row["faces"]])
        faces += [({"file": file.name, **one}, sample) for one, sample in found]
        sheets += seen
        shown += [(f"{number}", sample) for _, sample in found]
    if maps is not None:
        write_maps(maps, faces, sheets)
    return {
        "schema": SCHEMA,
        "tool": f"papermask {__version__}",
        "files": described,
        "faces": [one for one, _ in faces],
        "sheets": [one.row for one in sheets],
        "reuse": reuse_of(shown) if len(files) >= REUSE_NEEDS else [],
        "not_run": [] if len(files) >= REUSE_NEEDS else ["reuse"],
    }


def _picture(file: Path, mark: Mark | None) -> Told:
    image = read_picture(file)
    high, wide = image.shape[:2]
    if mark is not None and mark.at_s is not None:
        raise ReadingError("mark_at_picture", file=file.name)
    found, sheets = _marked(mark, image, None)
    faces = faces_in(image, (0, 0, wide, high))
    found += [of_still(face, image, None) for face in faces]
    if faces:
        sheets += of_picture(image, faces)
    elif not found:
        sheets = [of_whole((0.0, 0.0, float(wide), float(high)), None)]
    for number, sheet in enumerate(sheets):
        sheet.row["faces"] = [number] if found else []
    return {"picture_px": [wide, high], "duration_s": None}, found, sheets


def _marked(mark: Mark | None, image: Image, at_s: float | None) -> tuple[list[Found], list[Sheet]]:
    """What a person marked in one picture, first of its faces."""
    if mark is None:
        return [], []
    check_inside(mark, image.shape[1], image.shape[0])
    face = face_of(mark)
    sheet = of_region(mark.region_px or (), at_s) if face is None else of_picture(image, [face], at_s)[0]
    sheet.row["faces"] = [0]
    return [of_mark(mark, image, at_s)], [sheet]


def _clip(file: Path, asked: Asked, mark: Mark | None, progress: Progress) -> Told:
    clip = probe(file, frame_rate=asked.frame_rate)
    found, sheets = _marked(mark, *_moment(file, asked.frame_rate, mark))
    tracks = tracks_of(file, clip, asked.frame_rate, progress)
    first = len(found)
    try:
        place: Place | CannotMeasure = place_of(file, clip, asked.frame_rate, tracks, asked.empty_s)
    except CannotMeasure as reason:
        place = reason
    for number, track in enumerate(tracks):
        sample, images = decoded(file, asked.frame_rate, track)
        found.append(of_track(track, sample))
        if isinstance(place, CannotMeasure):
            sheets.append(around_track(track.seen, images, place))
            sheets[-1].row["faces"] = [first + number]
    if isinstance(place, Place):
        around = of_place(file, asked.frame_rate, place, tracks, asked.px_per_m)
        for span, sheet in zip(place.spans, around, strict=True):
            sheet.row["faces"] = [first + k for k, track in enumerate(tracks) if _meets(track, span)]
            sheets.append(sheet)
    elif not tracks:
        sheets.append(of_whole((0.0, 0.0, float(clip.width_px), float(clip.height_px)), place))
    return {"picture_px": [clip.width_px, clip.height_px], "duration_s": clip.duration_s}, found, sheets


def _moment(file: Path, frame_rate: float | None, mark: Mark | None) -> tuple[Image, float]:
    """The frame of a clip that a person marked, and its time."""
    if mark is None:
        return np.empty((0, 0, 3), np.uint8), 0.0
    if mark.at_s is None:
        raise ReadingError("mark_without_moment", file=file.name)
    frame = still(file, mark.at_s, frame_rate=frame_rate)
    return np.asarray(frame.image), frame.media_s


def _meets(track: FaceTrack, span: Span) -> bool:
    return track.seen[0].media_s <= span[1] and track.last.media_s >= span[0]


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as refused:
        raise ReadingError("file_unreadable", file=file.name) from refused
