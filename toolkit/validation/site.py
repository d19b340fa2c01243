"""A site's own labelled recordings, or any others: measured by the same cues, and told apart from simulation.

A folder with ``live/``, ``print/`` and ``times.csv``. Labels are the site's;
nothing here checks whether a face that is said to be live was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from toolkit.analysis.cue import Cue, PresentationSample
from toolkit.analysis.weighing.site_controls import Unlocked, unlocked
from toolkit.clockin.beside.control_times import ControlTime, read_control_times
from toolkit.errors import CannotMeasure, ReadingError
from toolkit.media.coding import coding
from toolkit.media.frames import read_frames
from toolkit.media.probe import probe
from toolkit.pipeline.controls import countable
from toolkit.pipeline.plates import FEWEST, between, plate_at
from toolkit.records import Image
from toolkit.validation.kinds import ATTACK, BONA_FIDE, RIVAL, RIVALS
from toolkit.validation.sampling import sample_of_region
from toolkit.validation.scoring import known_cues, not_measured, readings
from toolkit.validation.twins import planar_twin

Row = dict[str, Any]
TIMES = "times.csv"
LABELS = ("live", "print")  # folders that say what a recording shows
LONGEST_S = 10.0  # what is looked at of one presentation, as often as drawn ones are
EVERY_S = 0.095
# How a site's words name the kinds that simulation has too; other media keep their own name.
LIVE_KINDS = {"live": "live", "mask": "live_surgical_mask", "scarf": "live_scarf"}
SHAPES = {"": "print_any_shape", "flat": "held_flat", "curled": "held_curled", "cylinder": "held_cylinder",
          "cut_out": "print_cut_out", "eye_holed": "print_eye_holed"}  # fmt: skip

# A site's table says how a print was cut, not whether it was held or worn: of these kinds something is known.
UNTOLD = {
    "print_cut_out": ("held_cut_out", "worn_cut_out"),
    "print_eye_holed": ("worn_eye_holed",),
    "print_any_shape": ("held_flat", "held_curled", "held_cylinder", "held_cut_out", "stacked", "worn_cut_out"),
}


def read_site(folder: Path) -> tuple[ControlTime, ...]:
    """The presentations that a folder's ``times.csv`` names, with all their files there.

    Raises
    ------
    ReadingError
        No table, a bad row, or a recording that is not in the folder.
    """
    table = folder / TIMES
    if not table.is_file():
        raise ReadingError("controls_no_table", folder=str(folder))
    rows = read_control_times(table)
    for row in rows:
        if row.file.partition("/")[0] in LABELS and not row.file.startswith(f"{row.kind}/"):
            raise ReadingError("controls_label", file=TIMES, row=row.row, named=row.file, kind=row.kind)
        if not _inside(folder, row.file):
            raise ReadingError("controls_no_file", file=TIMES, row=row.row, named=row.file)
    return rows


def _inside(folder: Path, name: str) -> bool:
    """Whether this is a file of the folder itself, not one that its name or a link leads out to."""
    try:
        path = (folder / name).resolve()
        return path.is_file() and path.is_relative_to(folder.resolve())
    except OSError:  # a name that no file system takes
        return False


def what_they_unlock(rows: Sequence[ControlTime]) -> Unlocked:
    """What the recordings can carry at most; rivals (phones, badges) and covered faces count on neither side."""
    return unlocked(countable(rows))


def score_site(
    folder: Path,
    cue_names: Sequence[str],
    *,
    twins: bool = True,
    advance: Callable[[float], None] = lambda amount: None,
) -> tuple[list[Row], list[Row]]:
    """Rows of all presentations, and rows of the planar twins of the live ones that can be measured.

    Raises
    ------
    ReadingError
        As :func:`read_site`; a recording cannot be read, does not hold a row's
        stretch or place, or lies there twice under two names.
    """
    chosen = known_cues(cue_names)
    rows, flat = [], []
    stored = {}
    presentations = read_site(folder)
    _check_recordings(folder, presentations)
    plates = {name: _plate(folder / name, presentations) for name in {told.file for told in presentations}}
    for number, told in enumerate(presentations):
        path = folder / told.file
        if told.file not in stored:
            stored[told.file] = _coding(path)
        row, sample = _score(path, told, number, chosen, plates[told.file])
        row["coding"] = stored[told.file]
        rows.append(row)
        if twins and told.medium == "live" and sample is not None:
            flat.append(_twin(row, sample, chosen))
        advance(1.0)
    return rows, flat


def _check_recordings(folder: Path, rows: Sequence[ControlTime]) -> None:
    """What a recording does not hold is a slip in the table, not a face that could not be assessed."""
    clips = {name: probe(folder / name) for name in sorted({row.file for row in rows})}
    _refuse_copies(folder, rows)
    for row in rows:
        clip = clips[row.file]
        if row.beyond(clip.duration_s):
            ends = f"{clip.duration_s:.1f}"
            raise ReadingError("controls_beyond_end", file=TIMES, row=row.row, named=row.file, ends=ends)
        size = (clip.width_px, clip.height_px)
        if row.region_px is not None and (row.region_px[2] > size[0] or row.region_px[3] > size[1]):
            picture = f"{size[0]} x {size[1]}"
            raise ReadingError("controls_outside", file=TIMES, row=row.row, named=row.file, picture=picture)


def _refuse_copies(folder: Path, rows: Sequence[ControlTime]) -> None:
    """One recording under two names would count its people twice."""
    first: dict[str, str] = {}
    for row in rows:
        with (folder / row.file).open("rb") as source:
            content = hashlib.file_digest(source, "sha256").hexdigest()
        if first.setdefault(content, row.file) != row.file:
            raise ReadingError("controls_copy", file=TIMES, row=row.row, named=row.file, other=first[content])


def _coding(path: Path) -> Row:
    """How a recording is stored; nothing is known of one that cannot be read."""
    try:
        return asdict(coding(path))
    except ReadingError:
        return {}


def _plate(path: Path, rows: Sequence[ControlTime]) -> Image | None:
    """The empty place of a recording, from between its presentations; None where there is no such time."""
    stretches = [(row.from_s, row.to_s) for row in rows if path.parts[-2:] == PurePath(row.file).parts[-2:]]
    try:
        until_s = probe(path).duration_s
    except ReadingError:
        return None
    return plate_at(str(path), between(stretches, until_s), None, FEWEST)


def _score(
    path: Path, told: ControlTime, number: int, chosen: dict[str, Cue], plate: Image | None
) -> tuple[Row, PresentationSample | None]:
    row: Row = {
        "key": f"real | {told.file} | {told.from_s:g}-{told.to_s:g} | {number}",
        "clip": told.file,
        "kind": LIVE_KINDS[told.medium] if told.kind == "live" else _attack(told),
        "side": BONA_FIDE if told.kind == "live" else RIVAL if told.medium in RIVALS else ATTACK,
        "geometry": "recorded",
        "motion": "natural",
        "turn_deg": None,
        "number": number,
        "bearer": told.person,
        "shown": told.print_id or told.person,
        "frames": 0,
        "found": 0,
        "face_px": None,
    }
    try:
        with read_frames(path, [(told.from_s, min(told.to_s, told.from_s + LONGEST_S))], every_s=EVERY_S) as frames:
            kept = [(one.media_s, one.image) for one in frames if one.image is not None and not one.corrupt]
        row["frames"] = len(kept)
        if not kept:
            raise CannotMeasure("no_frame_here", at=round(told.from_s, 3))
        times = np.array([at for at, _ in kept])
        sample = sample_of_region(times, [image for _, image in kept], told.region_px, plate)
    except (CannotMeasure, ReadingError) as reason:
        return row | {"readings": not_measured(chosen, reason)}, None
    widths = [face.box_px[2] - face.box_px[0] for face in sample.faces if face is not None]
    row |= {"found": sample.found, "face_px": float(np.median(widths)), "readings": readings(sample, chosen)}
    return row, sample


def _attack(told: ControlTime) -> str:
    return SHAPES.get(told.shape, told.shape) if told.medium == "print" else told.medium


def _twin(row: Row, sample: PresentationSample, chosen: dict[str, Cue]) -> Row:
    """The row of the same window as if a plane had moved as the face did."""
    told = {
        **row, "key": f"{row['key']} | planar twin", "twin_of": row["key"], "kind": "planar_twin", "side": ATTACK,
    }  # fmt: skip
    try:
        return told | {"readings": readings(planar_twin(sample), chosen)}
    except CannotMeasure as reason:
        return told | {"readings": not_measured(chosen, reason)}
