"""What was offered to the terminal: the faces found in each visit, and what the cues read of them.

Readings stand by themselves: without recordings of live and printed faces from
the same terminal no strength is stated, whatever they read.
"""

from __future__ import annotations

from collections.abc import Callable

from toolkit.records import Frame
from toolkit.report.blocks import Block, Grid, Paragraph, Strip
from toolkit.report.calibration import calibration
from toolkit.report.readings import readings, why
from toolkit.report.stills import face_still
from toolkit.report.writer import Facts, Writer, at, brief, refs

MOST_FACES = 24


def offered(facts: Facts, write: Writer, still: Callable[[str, float], Frame]) -> tuple[Block, ...]:
    """Tables of presentations and of cue readings; where there is none, why."""
    if not facts["faces_run"]:
        return (Paragraph(write("faces_not_run"), "note"),)
    clips = refs(visit["exhibit_id"] for visit in facts["visits"])
    if not facts["presentations"]:
        return (Paragraph(write("faces_none" if facts["visits"] else "faces_no_visits", refs=clips), "note"),)
    exhibits = {visit["visit_id"]: visit["exhibit_id"] for visit in facts["visits"]}
    return (
        Paragraph(write("faces_lead", refs=clips)),
        _gallery(facts, exhibits, write, still),
        _presentations(facts, exhibits, write),
        *_without(facts, clips, write),
        *readings(facts, write),
        *_worth(facts, write),
        *calibration(facts, write),
        *_in_hands(facts, exhibits, write),
    )


def _gallery(facts: Facts, exhibits: dict[str, str], write: Writer, still: Callable[[str, float], Frame]) -> Strip:
    """Each presentation in the frame in which its face was seen best, cut out as it is."""
    hashes = {one["exhibit_id"]: one["sha256"] for one in facts["exhibits"]}
    shown = [one for one in facts["presentations"] if one["best"] is not None]
    stills = tuple(face_still(one, exhibits[one["visit_id"]], hashes, write, still) for one in shown[:MOST_FACES])
    left = len(shown) - len(stills)
    caption = write("cap_gallery")
    return Strip(stills, write.told([caption, write("cap_gallery_left", count=left)]) if left else caption)


def _presentations(facts: Facts, exhibits: dict[str, str], write: Writer) -> Grid:
    names = ("presentation", "visit", "reference", "from", "to", "face_px", "seen_frames", "where", "outcome")
    rows = tuple(
        (
            one["presentation_id"],
            one["visit_id"],
            at(exhibits[one["visit_id"]], one["from_s"]),
            f"{one['from_s']:.1f}",
            f"{one['to_s']:.1f}",
            f"{one['width_px']:.0f}",
            str(one["frames"]),
            write("seen_by_person") if one["basis"] == "person" else write.code("geometry", one["geometry"]),
            "–" if one["assessment"] is None else write.code("outcome", one["assessment"]["outcome"].replace(" ", "_")),
        )
        for one in facts["presentations"]
    )
    return Grid(write("cap_presentations"), _columns(write, names), rows, numeric=(3, 4, 5, 6))


def _without(facts: Facts, clips: str, write: Writer) -> list[Block]:
    """Visits in which no face was found: that says nothing of what was offered there."""
    with_face = {one["visit_id"] for one in facts["presentations"]}
    blind = [visit["visit_id"] for visit in facts["visits"] if visit["visit_id"] not in with_face]
    return [Paragraph(write("faces_visits_without", visits=", ".join(blind), refs=clips), "note")] if blind else []


def _in_hands(facts: Facts, exhibits: dict[str, str], write: Writer) -> list[Block]:
    """What was in hands, visit by visit: four statements kept apart, of which two are neutral."""
    if not facts["sheets"]:
        return []
    rows = tuple(
        (
            one["visit_id"],
            at(exhibits[one["visit_id"]]),
            write.code("cue", one["cue"]),
            "–" if one["value"] is None else f"{brief(one['value'])} {_unit(one['unit'])}".rstrip(),
            "–" if one["value"] is None else write.code("level", one["level"]),
            write.code("statement_of_cue", one["statement"]),
            why(one, write),
        )
        for one in facts["sheets"]
    )
    names = ("visit", "reference", "cue", "value", "in_hands", "says", "why_not")
    table = Grid(write("cap_sheets"), _columns(write, names), rows, numeric=(3,))
    return [table, Paragraph(write("sheets_limit"), "note")]


def _worth(facts: Facts, write: Writer) -> list[Block]:
    read = any(one["readings"] for one in facts["presentations"])
    return [Paragraph(_limit(facts, write), "note")] if read else []


def _limit(facts: Facts, write: Writer) -> str:
    """What the readings are worth here: a strength where the site's recordings give one, else why they give none."""
    reasons = {one["assessment"]["reason"] for one in facts["presentations"] if one["assessment"] is not None}
    if None in reasons:
        return write("readings_weighed")
    if reasons <= {"no_controls"}:
        return write("readings_limit")
    return write("readings_unweighed", why=write.names("not_calibrated", sorted(reasons)))


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _columns(write: Writer, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(write(f"col_{name}") for name in names)
