"""Cards of FD1 and FD3: what was offered, what its readings are worth, which rivals stand, what speaks against it."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.records import Frame
from toolkit.report.blocks import Block, Card, Grid, Paragraph, Points
from toolkit.report.stills import key_frames
from toolkit.report.writer import Facts, Writer, at, at_least, ratio


def mask_card(finding: Facts, facts: Facts, write: Writer, still: Callable[[str, float], Frame]) -> Card:
    """The card of one presentation that may have been an artefact."""
    told = finding["sensitivity"]
    shown = next((one for one in facts["presentations"] if one["presentation_id"] == told["presentation_id"]), None)
    visit = next(one for one in facts["visits"] if one["visit_id"] == finding["visit_ids"][0])
    weighed = None if shown is None else shown["assessment"]
    said = [] if weighed is None else weighed["said"].get(write.language, [])
    against = tuple(write.code("against", one["code"], _named(one["facts"], write)) for one in finding["against"])
    rivals = write("proposition_rivals", rivals=write.names("rival", finding["propositions"]["rivals"]))
    blocks: list[Block] = [
        Paragraph(_lead(finding, shown, visit, write)),
        key_frames(finding, facts, write, still),
        *([Points(tuple(said), write("fd1_said"))] if said else []),
        Points((write.code("proposition", finding["propositions"]["main"]), rivals), write("propositions_title")),
        _rivals(finding, write),
        Points((*against, write("against_standing")), write("against_title")),
        Points(tuple(write.code("limit", code) for code in finding["limits"]), write("limits_title")),
    ]
    title = f"{finding['finding_id']} · {write.code('finding', finding['code'])}"
    return Card(finding["finding_id"], title, write.code("state", finding["state"]), tuple(blocks))


def change_card(finding: Facts, facts: Facts, write: Writer, still: Callable[[str, float], Frame]) -> Card:
    """The card of a visit in which one presenter showed several faces (FD3)."""
    told = finding["sensitivity"]
    visit = next(one for one in facts["visits"] if one["visit_id"] == finding["visit_ids"][0])
    lead = write(
        "fd3_lead",
        visit=visit["visit_id"],
        presenter=visit["presenter_id"],
        faces=told["faces"],
        presentations=", ".join(told["presentations"]),
        ref=at(visit["exhibit_id"], visit["from_s"]),
    )
    against = tuple(write.code("against", one["code"], one["facts"]) for one in finding["against"])
    rivals = write("proposition_rivals", rivals=write.names("rival", finding["propositions"]["rivals"]))
    measured = write("fd3_measured", least=f"{told['least_distance']:.2f}", pairs=told["pairs_compared"])
    blocks: list[Block] = [
        Paragraph(lead),
        key_frames(finding, facts, write, still),
        Paragraph(measured, "note"),
        Points((write.code("proposition", finding["propositions"]["main"]), rivals), write("propositions_title")),
        _rivals(finding, write),
        Points((*against, write("against_standing")), write("against_title")),
        Points(tuple(write.code("limit", code) for code in finding["limits"]), write("limits_title")),
    ]
    title = f"{finding['finding_id']} · {write.code('finding', finding['code'])}"
    return Card(finding["finding_id"], title, write.code("state", finding["state"]), tuple(blocks))


def _lead(finding: Facts, shown: Facts | None, visit: Facts, write: Writer) -> str:
    stated = finding["sensitivity"]["stated_by"]
    names = write.names("cue", stated)
    what = write("fd1_stated", cues=names) if stated else write("fd1_weighed")
    exhibit_id = visit["exhibit_id"]
    if shown is None:
        return write(
            "fd1_sheet_lead",
            visit=visit["visit_id"],
            ref=at(exhibit_id, visit["from_s"]),
            level=write.code("level", finding["sensitivity"]["level"]),
            pictures=finding["sensitivity"]["pictures"],
        )
    return write(
        "fd1_lead",
        visit=visit["visit_id"],
        presentation=shown["presentation_id"],
        start=at(exhibit_id, shown["from_s"]),
        end=at(exhibit_id, shown["to_s"]),
        what=what,
    )


def _rivals(finding: Facts, write: Writer) -> Grid:
    rows = tuple(
        (
            write.code("rival", rival["name"]),
            at_least(rival.get("lower_log10")),
            ratio(rival.get("log10_lr")),
            write.code(
                "basis", rival["basis"], {"reason": write.code("not_calibrated", rival["detail"].get("reason", ""))}
            ),
        )
        for rival in finding["rivals"]
    )
    columns = tuple(write(f"col_{name}") for name in ("rival", "at_least", "point", "basis"))
    return Grid(write("cap_rivals"), columns, rows, numeric=(1, 2))


def _basis(rival: Facts, write: Writer) -> str:
    reason = rival["detail"].get("reason")
    return write.code("basis", rival["basis"], {"reason": write.code("not_calibrated", reason)} if reason else {})


def _named(facts: Facts, write: Writer) -> Facts:
    """Facts with the codes of cues as words."""
    told = dict(facts)
    if "cue" in told:
        told["cue"] = write.code("cue", told["cue"])
    if "cues" in told:
        told["cues"] = write.names("cue", told["cues"].split(", "))
    return told
