"""Marks in a case: a stretch and a region in which a person sees a face that the detector does not find.

From steep cameras, under fingers and below some 20 px a face is seen by people
first. A mark becomes a presentation in the step ``faces``, told as marked by a
person; it has no points, so that every cue that needs them is "not assessable".
A mark is journaled, and taking one back is journaled too: nothing is erased.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.errors import ReadingError
from toolkit.media.probe import probe
from toolkit.pipeline.marks import Mark, check_inside
from toolkit.pipeline.zones import declared_rate

TABLE = "marks"
DETECTOR, PERSON = "detector", "person"  # who saw the face of a presentation
UNDETERMINED = "undetermined"

Row = dict[str, Any]
Box = tuple[float, float, float, float]


def mark(case: Case, clip: str, span: tuple[float, float], region_px: Box, *, by: str, note: str = "") -> str:
    """Record and journal that a person sees a face in a region of a clip; its id comes back.

    Parameters
    ----------
    clip : str
        Exhibit id, SHA-256, or the name the clip was added under.
    span : (from_s, to_s)
        Media seconds, within a visit that the step ``scan`` found.
    region_px : (left, top, right, bottom)
        In pixels of the whole picture.

    Raises
    ------
    ReadingError
        ``mark_without_name``, ``mark_stretch``, ``mark_outside``, ``mark_no_visit``.
    StepTooEarly
        The step ``scan`` has not run.
    """
    if not by.strip():
        raise ReadingError("mark_without_name")
    exhibit_id = case.find_exhibit(clip)
    facts = probe(case.exhibit_path(exhibit_id), frame_rate=declared_rate(case, exhibit_id))
    start, stop = span
    if not 0 <= start < stop <= facts.duration_s:
        raise ReadingError("mark_stretch", start=start, stop=stop, duration=round(facts.duration_s, 2))
    check_inside(Mark(region_px=region_px), facts.width_px, facts.height_px)
    rows = _rows(case)
    mark_id = f"MK-{len(rows) + 1:03d}"
    fresh = {"mark_id": mark_id, "exhibit_id": exhibit_id, "from_s": start, "to_s": stop,
             "region_px": list(region_px), "marked_by": by.strip(), "note": note, "withdrawn_by": None}  # fmt: skip
    _visit_of(fresh, case.read("visits"))
    told = {name: fresh[name] for name in ("mark_id", "exhibit_id", "from_s", "to_s", "region_px")}
    case.record(TABLE, tables.build(TABLE, [*rows, fresh]), inputs=["exhibits"])
    case.note("mark", told, {"by": by.strip(), "note": note})
    return mark_id


def withdraw(case: Case, mark_id: str, *, by: str) -> None:
    """Take a mark back; its row stays, with who took it back.

    Raises
    ------
    ReadingError
        ``mark_unknown``, ``mark_without_name``.
    """
    if not by.strip():
        raise ReadingError("mark_without_name")
    rows = _rows(case)
    mine = next((row for row in rows if row["mark_id"] == mark_id and row["withdrawn_by"] is None), None)
    if mine is None:
        raise ReadingError("mark_unknown", mark=mark_id)
    mine["withdrawn_by"] = by.strip()
    case.record(TABLE, tables.build(TABLE, rows), inputs=["exhibits"])
    case.note("mark_withdrawn", {"mark_id": mark_id}, {"by": by.strip()})


def marked_presentations(case: Case, visits: pd.DataFrame) -> list[Row]:
    """Rows of ``presentations`` for the marks in force, without ids.

    ``width_px`` is the width of the region, for there are no eyes to tell a
    face's.

    Raises
    ------
    ReadingError
        ``mark_no_visit``: the visit that a mark was made in is no longer found;
        it must be made anew or taken back, for it is not left out in silence.
    """
    made = []
    for row in _rows(case):
        if row["withdrawn_by"] is not None:
            continue
        visit = _visit_of(row, visits)
        left, _, right, _ = row["region_px"]
        made.append({"visit_id": visit["visit_id"], "presenter_id": visit["presenter_id"],
                     "from_s": row["from_s"], "to_s": row["to_s"], "geometry": UNDETERMINED, "medium": UNDETERMINED,
                     "width_px": float(right - left), "basis": PERSON,
                     "mark_id": row["mark_id"]})  # fmt: skip
    return made


def _visit_of(row: Row, visits: pd.DataFrame) -> Row:
    """The visit that shares most time with a mark."""
    shared = [
        (min(float(one["to_s"]), row["to_s"]) - max(float(one["from_s"]), row["from_s"]), one)
        for one in visits.to_dict("records")
        if one["exhibit_id"] == row["exhibit_id"]
    ]
    longest, visit = max(shared, key=lambda pair: pair[0], default=(0.0, {}))
    if longest <= 0:
        raise ReadingError("mark_no_visit", mark=row["mark_id"], start=row["from_s"], stop=row["to_s"],
                           exhibit=row["exhibit_id"])  # fmt: skip
    return {str(name): value for name, value in visit.items()}


def _rows(case: Case) -> list[Row]:
    if not case.has(TABLE):
        return []
    rows = [{str(name): value for name, value in row.items()} for row in case.read(TABLE).to_dict("records")]
    for row in rows:
        row["region_px"] = json.loads(row["region_px"])
        row["withdrawn_by"] = None if pd.isna(row["withdrawn_by"]) else str(row["withdrawn_by"])
    return rows
