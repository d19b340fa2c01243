"""One picture shown again: which presentations agree as two looks at one still picture, and what that is worth.

A score alone says little; beside it stand how many pairs were searched, and how
live visits of the same camera agree where the site recorded some. A photograph
of the case that agrees tells which picture it is, never who held it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.errors import CannotMeasure
from toolkit.records import Frame
from toolkit.report.blocks import Block, Grid, Paragraph, Strip
from toolkit.report.stills import face_still
from toolkit.report.writer import Facts, Writer, at, at_least, brief

MOST_ROWS, MOST_PAIRS_SHOWN = 40, 4


def shown_again(facts: Facts, write: Writer, still: Callable[[str, float], Frame]) -> tuple[Block, ...]:
    """What was searched, the pairs that were looked into by falling score, and the first of them as pictures."""
    if not facts["reuse_searched"]:
        return (Paragraph(write("reuse_not_run"), "note"),)
    if not facts["presentations"]:
        return (Paragraph(write("reuse_no_faces"), "note"),)
    rows = sorted(facts["reuse"], key=lambda one: (one["score"] is None, -(one["score"] or 0.0), one["presentation_a"]))
    told = [Paragraph(write("reuse_lead")), *(_searched(one, write) for one in facts["reuse_searched"])]
    if not rows:
        return (*told, Paragraph(write("reuse_none"), "note"))
    left = len(rows) - MOST_ROWS
    return (
        *told,
        *_pictures(rows, facts, write, still),
        _table(rows[:MOST_ROWS], write),
        *([Paragraph(write("reuse_left", count=left), "note")] if left > 0 else []),
        Paragraph(write("reuse_limit"), "note"),
    )


def _searched(one: Facts, write: Writer) -> Paragraph:
    key = "reuse_searched_again" if one["kind"] == "print again" else "reuse_searched_photo"
    if one["kind"] != "print again" and one["small"] == one["faces"]:
        key = "reuse_unopened_photo"  # nothing could be laid beside them, so that no photograph was opened
    return Paragraph(write(key, **one))


def _table(rows: list[Facts], write: Writer) -> Grid:
    names = ("presentation", "beside", "kind", "face_px", "score", "standing", "verdict")
    cells = tuple(
        (
            one["presentation_a"],
            one["other"] if one["kind"] == "print again" else at(one["other"]),
            write.code("reuse_kind", one["kind"].replace(" ", "_")),
            f"{one['size_px']:.0f}",
            "–" if one["score"] is None else str(brief(float(one["score"]))),
            "–" if one["score"] is None else write.code("standing", one["standing"]),
            verdict(one, write),
        )
        for one in rows
    )
    return Grid(write("cap_reuse"), tuple(write(f"col_{name}") for name in names), cells, numeric=(3, 4))


def verdict(one: Facts, write: Writer) -> str:
    """What may be said of a pair, in words."""
    code = one["verdict"].replace(" ", "_")
    if one["why_not"] is not None:
        why = CannotMeasure(one["why_not"], **one["facts"]).what(write.language)
        return write(f"verdict_{code}", why=why)
    upper = "–" if one["upper"] is None else f"{one['upper']:.2g}"
    said = write(
        f"verdict_{code}", n=one["controls_n"], upper=upper, k=one["comparisons"], exceeding=one["exceeding"], why=""
    )
    if one["log10_any"] is None:
        return said
    return write.told([said, write("verdict_ratio", low=at_least(one["log10_any"]), k=one["comparisons"])])


def _pictures(
    rows: list[Facts], facts: Facts, write: Writer, still: Callable[[str, float], Frame]
) -> tuple[Strip, ...]:
    """The presentations of the pairs that agree best, side by side, for a person to look at."""
    exhibits = {visit["visit_id"]: visit["exhibit_id"] for visit in facts["visits"]}
    hashes = {one["exhibit_id"]: one["sha256"] for one in facts["exhibits"]}
    known: dict[str, Any] = {one["presentation_id"]: one for one in facts["presentations"]}
    best = [one for one in rows if one["score"] is not None and one["kind"] == "print again"][:MOST_PAIRS_SHOWN]
    names = dict.fromkeys(name for one in best for name in (one["presentation_a"], one["other"]))
    shown = [known[name] for name in names if name in known and known[name]["best"] is not None]
    if not shown:
        return ()
    stills = tuple(face_still(one, exhibits[one["visit_id"]], hashes, write, still) for one in shown)
    return (Strip(stills, write("cap_reuse_pictures")),)
