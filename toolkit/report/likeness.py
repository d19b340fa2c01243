"""Which roster photographs the presented faces are most like: ranks and distances, never a name beside "is"."""

from __future__ import annotations

from toolkit.errors import CannotMeasure
from toolkit.report.blocks import Block, Grid, Paragraph
from toolkit.report.writer import Facts, Writer, refs

SHOWN = 3  # places of the ranking that are printed; all of them stand in report.json


def likeness(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """The ranking of each presentation, and what it cannot say; where there is none, why."""
    compared = [one for one in facts["presentations"] if one["likeness"] is not None]
    photographs = facts["photographs"]
    if not photographs:
        return (Paragraph(write("likeness_no_photographs"), "note"),)
    left_out = tuple(Paragraph(_left_out(one, write), "note") for one in photographs if one["why_not"] is not None)
    if not compared:
        return (Paragraph(write("likeness_not_run"), "note"), *left_out)
    usable = [one["exhibit_id"] for one in photographs if one["why_not"] is None]
    people = len({one["employee_id"] for one in photographs if one["why_not"] is None})
    return (
        Paragraph(write("likeness_lead", people=people, refs=refs(usable))),
        _ranking(compared, write),
        *left_out,
        Paragraph(write("likeness_limit"), "note"),
    )


def _ranking(compared: list[Facts], write: Writer) -> Grid:
    names = ("presentation", "visit", "stands", "ranking", "margin", "cohort_z", "frames_compared")
    rows = []
    for one in compared:
        told = one["likeness"]
        if told["why_not"] is not None:
            why = CannotMeasure(told["why_not"], **told["facts"]).what(write.language)
            rows.append((one["presentation_id"], one["visit_id"], write("likeness_not_assessable"), why, "–", "–", "–"))
            continue
        rows.append(
            (
                one["presentation_id"],
                one["visit_id"],
                write.code("standing", told["standing"].replace(" ", "_")),
                "; ".join(f"{each['employee_id']} ({each['score']:.2f})" for each in told["ranked"][:SHOWN]),
                f"{told['margin']:.2f}",
                "–" if told["cohort_z"] is None else f"{told['cohort_z']:.1f}",
                str(told["frames"]),
            )
        )
    columns = tuple(write(f"col_{name}") for name in names)
    return Grid(write("cap_likeness"), columns, tuple(rows), numeric=(4, 5, 6))


def _left_out(photograph: Facts, write: Writer) -> str:
    why = CannotMeasure(photograph["why_not"], **photograph["facts"]).what(write.language)
    return write("likeness_left_out", refs=refs([photograph["exhibit_id"]]), why=why)
