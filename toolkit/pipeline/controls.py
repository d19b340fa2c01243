"""A site's own control recordings in a case: what was written down of them, and which files are there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import pandas as pd

from toolkit import tables
from toolkit.analysis.weighing.site_controls import Control, Unlocked, unlocked
from toolkit.casebook.case import Case
from toolkit.clockin.beside.control_times import ControlTime, read_control_times
from toolkit.errors import ReadingError
from toolkit.media.probe import probe

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteControls:
    """Presentations that the tables name, what they unlock, and rows that no recording of the case holds.

    ``tables`` is the number of tables; a row counts for nothing whose recording
    is ``missing`` or ends before its stretch does (``beyond``).
    """

    tables: int
    times: tuple[ControlTime, ...]
    missing: tuple[ControlTime, ...]
    beyond: tuple[ControlTime, ...]
    unlocks: Unlocked


def is_table(name: str) -> bool:
    """Whether a control exhibit is a table of times and not a recording."""
    return PurePath(name).suffix.lower() in TABLE_SUFFIXES


def site_controls(case: Case) -> SiteControls:
    """What the control exhibits of a case hold.

    Raises
    ------
    ReadingError
        A row of a table cannot be read (tables are checked when they are added).
    """
    rows = case.read("exhibits").to_dict("records") if case.has("exhibits") else []
    mine = [row for row in rows if row["kind"] == "controls"]
    names = {str(row["exhibit_id"]): case.original_name(str(row["exhibit_id"])) or "" for row in mine}
    of_times = [exhibit for exhibit, name in names.items() if is_table(name)]
    films = {exhibit: PurePath(name).name for exhibit, name in names.items() if not is_table(name)}
    recordings = Counter(films.values())
    times = _once(row for exhibit in of_times for row in read_control_times(case.exhibit_path(exhibit)))
    asked = Counter(PurePath(file).name for file in {row.file for row in times})
    # An exhibit keeps its name without its folder: two files of one name in the table need two exhibits of it.
    there = [row for row in times if recordings[PurePath(row.file).name] >= asked[PurePath(row.file).name]]
    ends: dict[str, float] = {}
    for exhibit, name in films.items():
        if name in asked:
            end = lasts_s(case.exhibit_path(exhibit))
            ends[name] = max(ends.get(name, 0.0), math.inf if end is None else end)
    held = [row for row in there if not row.beyond(ends[PurePath(row.file).name])]
    return SiteControls(
        tables=len(of_times),
        times=tuple(held),
        missing=tuple(row for row in times if row not in there),
        beyond=tuple(row for row in there if row not in held),
        unlocks=unlocked(countable(held)),
    )


def recordings_of(case: Case) -> dict[str, str]:
    """Control recordings of a case: name without its folder to exhibit id; names that two recordings bear are left out.

    An exhibit keeps its name without its folder: of ``live/1.mp4`` and
    ``print/1.mp4`` nobody can tell later which is which.
    """
    exhibits = case.read("exhibits")
    ids = [str(one) for one in exhibits.loc[exhibits["kind"] == "controls", "exhibit_id"]]
    names = [(PurePath(case.original_name(one) or "").name, one) for one in ids]
    films = [(name, one) for name, one in names if not is_table(name)]
    often = Counter(name for name, _ in films)
    return {name: one for name, one in films if often[name] == 1}


def named_in_tables(case: Case) -> pd.DataFrame:
    """Table ``control_recordings``: each recording with the first row of a table of times that names it.

    The name itself stays among the private facts; who holds the tables of times
    can still tell which recording a row means.
    """
    exhibits = case.read("exhibits")
    ids = [str(one) for one in exhibits.loc[exhibits["kind"] == "controls", "exhibit_id"]]
    names = {one: PurePath(case.original_name(one) or "").name for one in ids}
    first: dict[str, tuple[str, int]] = {}
    for exhibit in (one for one in ids if is_table(names[one])):
        for row in read_control_times(case.exhibit_path(exhibit)):
            first.setdefault(PurePath(row.file).name, (exhibit, row.row))
    told = [(one, first[names[one]]) for one in ids if not is_table(names[one]) and names[one] in first]
    rows = [{"exhibit_id": one, "table_exhibit_id": table, "row": row} for one, (table, row) in told]
    return tables.build("control_recordings", rows)


def recorded_as(case: Case, exhibit_id: str) -> tuple[str, str]:
    """Camera and codec of a recording; empty where the one was not stated and the other cannot be read."""
    exhibits = case.read("exhibits").set_index("exhibit_id")
    camera = exhibits.loc[exhibit_id, "camera_id"]
    try:
        codec = probe(case.exhibit_path(exhibit_id)).codec
    except ReadingError:
        codec = ""
    return "" if pd.isna(camera) else str(camera), codec  # type: ignore[arg-type]


def lasts_s(recording: Path) -> float | None:
    """Where the last picture of a recording stands, in seconds from its first; None where it cannot be read."""
    try:
        return probe(recording).duration_s
    except ReadingError:
        return None


def _once(rows: Iterable[ControlTime]) -> list[ControlTime]:
    """Each presentation once, however many tables name it: a corrected table beside the old one adds nobody."""
    found: dict[tuple[object, ...], ControlTime] = {}
    for row in rows:
        found.setdefault((row.file, row.from_s, row.to_s, row.region_px), row)
    return list(found.values())


def countable(rows: Sequence[ControlTime]) -> list[Control]:
    """Bare live faces and prints; rivals (phones, badges) and covered faces count on neither side."""
    return [
        Control(
            person=row.person,
            day=row.day,
            print_id=row.print_id if row.medium == "print" else None,
            printer=row.printer,
        )
        for row in rows
        if row.medium in ("live", "print")
    ]
