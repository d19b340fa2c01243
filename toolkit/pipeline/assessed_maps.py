"""Evidence maps of files without a case, as PNG files in a folder of their own.

Nothing that is there is written over, and a file has its name only once it is
whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.analysis.cue import PresentationSample
from toolkit.analysis.evidence import drawn_over, maps
from toolkit.casebook import folder
from toolkit.errors import CannotMeasure, CaseError, ReadingError, SetupError
from toolkit.media.frames import as_png
from toolkit.pipeline.assessed_sheets import Sheet
from toolkit.records import Image

Row = dict[str, Any]


def make_folder(place: Path) -> None:
    """Make the folder for maps.

    Raises
    ------
    CaseError
        ``maps_folder_taken``: there is something in it.
    SetupError
        ``no_folder``: it cannot be made.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        taken = any(place.iterdir())
    except OSError as refused:
        raise SetupError("no_folder", folder=str(place)) from refused
    if taken:
        raise CaseError("maps_folder_taken", folder=str(place))


def write_maps(place: Path, faces: Sequence[tuple[Row, PresentationSample | None]], sheets: Sequence[Sheet]) -> None:
    """Write the map of every cue that has one and gave a value, and of every sheet; rows get their names as ``maps``.

    Raises
    ------
    CaseError
        The disk refused.
    """
    for number, (row, sample) in enumerate(faces):
        row["maps"] = {}
        answered = {one["cue"] for one in row["cues"] if one["value"] is not None}
        for cue in sorted(answered & set(maps)) if sample is not None else ():
            assert sample is not None
            try:
                told = maps[cue](sample)
            except CannotMeasure:  # a map looks at one frame, the cue's value may be of others
                continue
            row["maps"][cue] = _write(place, f"face-{number:02d}-{cue}.png", drawn_over(sample.crops[told.frame], told))
    for number, sheet in enumerate(sheets):
        sheet.row["maps"] = {}
        if sheet.draw is not None:
            try:
                sheet.row["maps"]["sheet"] = _write(place, f"sheet-{number:02d}.png", sheet.draw())
            except (CannotMeasure, ReadingError):  # the frame was read a moment ago; a file that is gone has no picture
                continue


def _write(place: Path, name: str, image: Image) -> str:
    with folder.writing(place):
        folder.replace_file(place / name, as_png(image))
    return name
