"""Patterns of the records for whoever investigates: FD6 and leads, in the order of their kinds and times.

Nothing here is summed up, ranked by person or said in the summary; each kind
stands with what innocent things look the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from toolkit.report.blocks import Block, Card, Grid, Paragraph, Points
from toolkit.report.wording import plain
from toolkit.report.writer import Facts, Writer, at, brief

MOST_LEADS, MOST_ROWS = 40, 12
CODED = {
    "absence": "absence",
    "end": "end",
    "what": "device_event",
    "by": "picture_by",
}  # facts that are codes, with their sentences


def leads(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """What FD6 looked at and found, then the leads kind by kind."""
    if facts["sequences_tested"] is None:
        return (Paragraph(write("patterns_not_run"), "note"),)
    blocks: list[Block] = [Paragraph(write("patterns_lead")), *_tested(facts, write)]
    blocks += [_sequence(one, facts, write) for one in facts["findings"] if one["code"] == "FD6"]
    for kind, rows in groupby(facts["leads"], key=lambda one: one["kind"]):
        blocks += _kind(kind, list(rows), write)
    if not facts["leads"]:
        blocks.append(Paragraph(write("patterns_none"), "note"))
    return (*blocks, Paragraph(write("patterns_limit"), "note"))


def _tested(facts: Facts, write: Writer) -> list[Block]:
    """What FD6 was computed on, or why it says nothing."""
    told = facts["sequences_tested"]
    low, high = (brief(float(one)) for one in told["tight_s"])
    fields = {**told, "low": low, "high": high, "p": brief(told["least_p"])}
    if told["why_not"] is not None:
        why: Facts = next((one["facts"] for one in facts["not_assessable"] if one["what"] == "FD6"), {})
        return [Paragraph(write("fd6_not", why=write.code("why", told["why_not"], why)), "note")]
    lines = [write("fd6_tested", **fields)]
    lines.append(write("fd6_least_p", **fields) if told["groups"] else write("fd6_no_groups"))
    if not any(one["code"] == "FD6" for one in facts["findings"]):
        lines.append(write("fd6_silent", alpha=brief(told["alpha"])))
    notes = [write(f"fd6_{name}", **fields) for name in ("faster", "coarse") if told[name]]
    return [Paragraph(write.told(lines)), *([Paragraph(write.told(notes), "note")] if notes else [])]


def _sequence(finding: Facts, facts: Facts, write: Writer) -> Card:
    """FD6: which ids follow one another, how closely, what chance and company would give, and what else writes it."""
    told = finding["sensitivity"]
    fields = {name: brief(value) for name, value in told.items()}
    fields |= {"ids": ", ".join(finding["employees"]), "end": write.code("end", told["end"])}
    fields |= {"draws": facts["sequences_tested"]["draws"], "cv": brief(told["gap_cv"]) if told["gap_cv"] else "–"}
    rivals = tuple(write.code("explains", one) for one in finding["propositions"]["rivals"])
    blocks = (
        Paragraph(write("fd6_lead", **fields)),
        Paragraph(write("fd6_chance", **fields)),
        Paragraph(write("fd6_rows", rows=_rows([{"exhibit_id": a, "row": b} for a, b in told["rows"]])), "note"),
        Points(rivals, write("explains_title")),
        Points(tuple(write.code("limit", one) for one in finding["limits"]), write("limits_title")),
    )
    title = f"{finding['finding_id']} · {write.code('finding', finding['code'])}"
    return Card(finding["finding_id"], title, write.code("state", finding["state"]), blocks)


def _kind(kind: str, rows: Sequence[Facts], write: Writer) -> list[Block]:
    cells = tuple(
        (one["lead_id"], one["begins"].replace("T", " ") or "–", ", ".join(one["employees"]) or "–",
         said(one, write), _rows(one["rows"]))
        for one in rows[:MOST_LEADS]
    )  # fmt: skip
    columns = tuple(write(f"col_{name}") for name in ("lead", "begins", "employees_named", "told", "row"))
    why = dict.fromkeys(code for one in rows for code in one["explanations"])
    left = len(rows) - MOST_LEADS
    return [
        Grid(write.code("lead_kind", kind), columns, cells),
        *([Paragraph(write("leads_left", count=left), "note")] if left > 0 else []),
        Points(tuple(write.code("explains", code) for code in why), write("explains_title")),
    ]


def said(lead: Facts, write: Writer) -> str:
    """A lead in one line: what was counted, and what chance gives where that is known."""
    facts = dict(lead["facts"])
    for name, prefix in CODED.items():
        if name in facts and write.knows(f"{prefix}_{plain(str(facts[name]))}"):
            facts[name] = write.code(prefix, plain(str(facts[name])))
    for name in ("record", "event"):
        if name in facts:
            facts[name] = f"{at(facts[name][0])} / {facts[name][1]}"
    return write.code("lead_said", lead["kind"], facts)


def _rows(rows: Sequence[Facts]) -> str:
    """Exhibits and rows, the first dozen of them."""
    shown = [f"{at(one['exhibit_id'])} / {one['row']}" for one in rows[:MOST_ROWS]]
    return ", ".join(shown + (["…"] if len(rows) > MOST_ROWS else []))
