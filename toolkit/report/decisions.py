"""What people decided, and which employee ids meet the naming rule, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.report.blocks import Block, Card, Grid, Paragraph, Points
from toolkit.report.wording import plain
from toolkit.report.writer import Facts, Writer, probability

MOST_LISTED = 40
CANDIDATE = "candidate"


def decided(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Every decision, in force or not, and whether independence is shown."""
    made = facts["decisions"]
    if not made:
        return (Paragraph(write("decisions_lead")), Paragraph(write("decisions_none"), "note"))
    columns = tuple(
        write(f"col_decision_{name}") for name in ("id", "about", "answer", "by", "at", "blind", "standing")
    )
    rows = tuple(
        (
            one["decision_id"],
            _about(one, write),
            _answer(one, write),
            one["by"],
            _moment(one["at"]),
            _blind(one, write),
            _standing(one, write),
        )
        for one in made
    )
    return (
        Paragraph(write("decisions_lead")),
        Grid(write("cap_decisions"), columns, rows),
        Points(tuple(_independence(facts, write)), write("independence_title")),
        Paragraph(write("decisions_limit"), "note"),
    )


def with_decisions(card: Card, finding: Facts, facts: Facts, write: Writer) -> Card:
    """The card with its state in words, and what people said of the finding, its rivals, visits and presentations."""
    supported = finding["state"] == CANDIDATE and finding["sensitivity"].get("leaves_candidate")
    card = replace(card, badge=write("state_supported")) if supported else card
    mine = [one for one in facts["decisions"] if _concerns(one, finding)]
    if not mine:
        return card
    told = tuple(_line(one, write) for one in mine)
    return replace(card, blocks=(card.blocks[0], Points(told, write("decided_title")), *card.blocks[1:]))


def _concerns(one: Facts, finding: Facts) -> bool:
    name = str(one["subject"] or "")
    shown = finding["sensitivity"].get("together") or [finding["sensitivity"].get("presentation_id")]
    return name.split(":")[0] == finding["finding_id"] or name in (*finding["visit_ids"], *shown)


def _line(one: Facts, write: Writer) -> str:
    return write(
        "decided_line", decision=one["decision_id"], about=_about(one, write), answer=_answer(one, write),
        by=one["by"], at=_moment(one["at"]), blind=_blind(one, write), standing=_standing(one, write),
    )  # fmt: skip


def _about(one: Facts, write: Writer) -> str:
    """What it is called today, and what it was called when it was decided on."""
    now = one["subject"]
    shown = _named(now, write) if now is not None else write("decision_gone", about=one["about"])
    return shown if now in (None, one["about"]) else write("decision_was", now=shown, about=one["about"])


def _named(name: str, write: Writer) -> str:
    finding, _, rival = name.partition(":")
    return write("about_rival", finding=finding, rival=write.code("rival", rival)) if rival else finding


def _answer(one: Facts, write: Writer) -> str:
    told = write.code(f"answer_{one['kind']}", one["answer"])
    return write("answer_reason", answer=told, reason=one["note"]) if plain(one["note"]) else told


def _blind(one: Facts, write: Writer) -> str:
    if not one["blind"]:
        return write("blind_no")
    return write("blind_yes") if one["counts_as_blind"] else write.code("blind_why", one["blind_why_not"])


def _standing(one: Facts, write: Writer) -> str:
    return write.code("standing", one["standing"], {"by": one["superseded_by"]})


def _moment(at: str) -> str:
    return at.replace("T", " ").replace("+00:00", " UTC")


def _independence(facts: Facts, write: Writer) -> Iterator[str]:
    for one in facts["independence"]:
        key = "independence_shown" if one["shown"] else "independence_not_shown"
        told = write(key, about=_named(one["subject"], write), people=one["reviewers"], blind=one["blind_reviewers"])
        yield write.told([told, write("independence_disagree")]) if one["disagree"] else told
    if not facts["independence"]:
        yield write("independence_no_answers")


def naming(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Employee ids that meet the naming rule, and what stands in the way for the others."""
    rows = facts["identities"]
    blocks: list[Block] = [Paragraph(write("identities_lead"))]
    meeting = [one for one in rows if one["meets_rule"]]
    if not meeting:
        blocks.append(Paragraph(write("identities_none" if rows else "identities_not_asked"), "note"))
    else:
        columns = tuple(write(f"col_identity_{name}") for name in ("id", "clock_ins", "visits", "shown", "p"))
        cells = tuple(
            (
                one["employee_id"],
                str(len(one["punch_ids"])),
                ", ".join(one["visit_ids"]),
                ", ".join(one["presentation_ids"]) or "–",
                probability(one["probability"]),
            )
            for one in meeting
        )
        blocks.append(Grid(write("cap_identities"), columns, cells, numeric=(1, 4)))
    blocks += _in_the_way(rows, write)
    return (*blocks, Paragraph(write("identities_limit"), "note"))


def _in_the_way(rows: list[Facts], write: Writer) -> list[Block]:
    """The other ids, together by what stands in the way."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in rows:
        if not one["meets_rule"]:
            groups.setdefault(tuple(one["obstacles"]), []).append(one["employee_id"])
    cells = tuple(
        (write.told(write.code("obstacle", code) for code in codes), str(len(ids)), _some(ids))
        for codes, ids in sorted(groups.items())
    )
    columns = tuple(write(f"col_obstacle_{name}") for name in ("why", "count", "ids"))
    return [Grid(write("cap_obstacles"), columns, cells, numeric=(1,))] if cells else []


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:MOST_LISTED]) + (", …" if len(ids) > MOST_LISTED else "")
