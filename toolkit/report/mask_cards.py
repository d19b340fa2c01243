"""Cards of FD1 and FD3: what was offered, what its readings are worth, which rivals stand, what speaks against it."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.language import text
from toolkit.records import Frame
from toolkit.report.blocks import Block, Card, Grid, Paragraph, Points
from toolkit.report.map_strips import Pictures, evidence_strips
from toolkit.report.stills import key_frames
from toolkit.report.wording import plain
from toolkit.report.writer import Facts, Writer, at, at_least, brief, ratio


def mask_card(
    finding: Facts, facts: Facts, write: Writer, still: Callable[[str, float], Frame], pictures: Pictures
) -> Card:
    """The card of one presentation that may have been an artefact."""
    told = finding["sensitivity"]
    shown = next((one for one in facts["presentations"] if one["presentation_id"] == told["presentation_id"]), None)
    visit = next(one for one in facts["visits"] if one["visit_id"] == finding["visit_ids"][0])
    weighed = None if shown is None else shown["assessment"]
    said = [] if weighed is None else weighed["said"].get(write.language, [])
    against = tuple(write.code("against", one["code"], _named(one["facts"], write)) for one in finding["against"])
    blocks: list[Block] = [
        Paragraph(_lead(finding, shown, visit, write)),
        key_frames(finding, facts, write, still),
        *evidence_strips(finding, facts, write, pictures),
        *([Points(tuple(said), write("fd1_said"))] if said else []),
        Points(_propositions(finding, write), write("propositions_title")),
        _rivals(finding, write),
        Paragraph(_expected(told, write), "note"),
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
    lead = write(
        "fd1_lead",
        visit=visit["visit_id"],
        presentation=shown["presentation_id"],
        start=at(exhibit_id, shown["from_s"]),
        end=at(exhibit_id, shown["to_s"]),
        what=what,
    )
    others = [one for one in finding["sensitivity"].get("together", ()) if one != shown["presentation_id"]]
    return write.told([lead, write("fd1_together", others=", ".join(others))]) if others else lead


def _propositions(finding: Facts, write: Writer) -> tuple[str, ...]:
    """Both parts of FD1: an object and no bare live face; and paper, for which a screen's grid never counts."""
    told = finding["propositions"]
    main = write.code("proposition", told["main"])
    rivals = write("proposition_rivals", rivals=write.names("rival", told["rivals"]))
    counting = finding["sensitivity"].get("for_paper") or []
    cues = write("paper_cues", cues=write.names("cue", counting)) if counting else write("paper_no_cue")
    named = [text(f"calibration.rival_{one}", write.language) for one in told["paper_rivals"]]
    paper = write("proposition_paper", rivals=write("and_so_on").join(named))
    return (main, rivals, write.told([paper, cues]))


def _expected(told: Facts, write: Writer) -> str:
    """How many findings of this strength the search alone would bring; not known without a ratio."""
    visits = told.get("presentations_searched") is None
    searched = told["visits_searched"] if visits else told["presentations_searched"]
    what = write("searched_visits" if visits else "searched_presentations", count=searched)
    if told["expected_false"] is None:
        return write("fd1_expected_unknown", what=what)
    return write("fd1_expected", what=what, expected=brief(min(float(told["expected_false"]), float(searched))))


def _rivals(finding: Facts, write: Writer) -> Grid:
    rows = tuple(
        (
            write.code("rival", rival["name"]),
            at_least(rival.get("lower_log10")),
            ratio(rival.get("log10_lr")),
            _basis(rival, write),
        )
        for rival in finding["rivals"]
    )
    columns = tuple(write(f"col_{name}") for name in ("rival", "at_least", "point", "basis"))
    return Grid(write("cap_rivals"), columns, rows, numeric=(1, 2))


def _basis(rival: Facts, write: Writer) -> str:
    """What a ratio rests on, or why there is none, and who set the rival aside."""
    detail = rival.get("detail") or {}
    facts: Facts = {}
    if detail.get("reason"):
        facts["reason"] = write.code("not_calibrated", detail["reason"])
    if detail.get("cues"):
        facts["cues"] = write.names("cue", detail["cues"])
    told = write.code("basis", rival["basis"], facts)
    aside = rival.get("excluded_by")
    return write("rival_basis_aside", basis=told, aside=write("rival_set_aside", by=aside)) if aside else told


def _named(facts: Facts, write: Writer) -> Facts:
    """Facts with the codes of cues as words."""
    told = dict(facts)
    if "cue" in told:
        told["cue"] = write.code("cue", plain(told["cue"]))
    if "cues" in told:
        told["cues"] = write.names("cue", plain(told["cues"]).split(", "))
    if "rival" in told:
        told["rival"] = write.code("rival", plain(told["rival"]))
    return told
