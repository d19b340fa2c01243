"""Finding cards: what was found, in which frames, how strong against which rival, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from toolkit.records import Frame
from toolkit.report import figures
from toolkit.report.blocks import Block, Card, Grid, Paragraph, Picture, Points
from toolkit.report.decisions import with_decisions
from toolkit.report.exculpatory import not_seen_card, search_card
from toolkit.report.mask_cards import change_card, mask_card
from toolkit.report.stills import key_frames
from toolkit.report.summary import one_body
from toolkit.report.writer import Facts, Writer, at, at_least, brief, ratio, refs

StillOf = Callable[[str, float], Frame]


def finding_cards(facts: Facts, write: Writer, still: StillOf, pictures: Mapping[str, bytes]) -> Iterator[Block]:
    """One card a finding; a finding that this version has no words for is shown with what is known of it."""
    yield Paragraph(write("findings_lead"))
    if not one_body(facts):
        yield Paragraph(write("findings_none"), "note")
    for finding in facts["findings"]:
        if finding["code"] == "FD10":
            card = _integrity(finding, facts, write)
        elif finding["code"] == "FD9":
            card = search_card(finding, facts, write)
        elif finding["code"] == "FD5":
            card = not_seen_card(finding, facts, write)
        elif finding["code"] == "FD1":
            card = mask_card(finding, facts, write, still, pictures)
        elif finding["code"] == "FD3":
            card = change_card(finding, facts, write, still)
        elif finding["code"] == "FD6":  # a lead, told among the patterns
            continue
        else:
            card = _card(finding, facts, write, still)
        yield with_decisions(card, finding, facts, write)


def _title(finding: Facts, write: Writer) -> str:
    return f"{finding['finding_id']} · {write.code('finding', finding['code'])}"


def _card(finding: Facts, facts: Facts, write: Writer, still: StillOf) -> Card:
    blocks: list[Block] = [
        Paragraph(_lead(finding, facts, write)),
        Paragraph(_headline(finding, write), "note"),
        key_frames(finding, facts, write, still),
        *_detail(finding, facts, write),
        *_propositions(finding, write),
        _rivals(finding, write),
        *([_sensitivity(finding, write)] if finding["code"] == "FD2" else []),
        Points(_against(finding, write), write("against_title")),
        Points(tuple(write.code("limit", code) for code in finding["limits"]), write("limits_title")),
    ]
    return Card(finding["finding_id"], _title(finding, write), write.code("state", finding["state"]), tuple(blocks))


def _visits_of(finding: Facts, facts: Facts) -> list[Facts]:
    return [one for one in facts["visits"] if one["visit_id"] in finding["visit_ids"]]


def _lead(finding: Facts, facts: Facts, write: Writer) -> str:
    if finding["code"] == "FD4":
        return _picture_lead(finding, write)
    if finding["code"] == "FD7":
        return _repeated_lead(finding, write)
    ids = ", ".join(finding["employees"])
    told = [
        write(
            "fd2_lead",
            visit=visit["visit_id"],
            presenter=visit["presenter_id"],
            start=at(visit["exhibit_id"], visit["from_s"]),
            end=at(visit["exhibit_id"], visit["to_s"]),
            ids=ids,
            count=len(finding["employees"]),
        )
        for visit in _visits_of(finding, facts)
        if finding["code"] == "FD2"
    ]
    records = refs(one["exhibit_id"] for one in facts["records"])
    return write.told([*told, write("fd2_sources", refs=records)]) if told else write("finding_other", ids=ids or "–")


def _repeated_lead(finding: Facts, write: Writer) -> str:
    told = finding["sensitivity"]
    return write(
        "fd7_lead", ids=", ".join(finding["employees"]), times=told["times"], presenter=told["presenter_id"],
        visits=", ".join(finding["visit_ids"]), rests=", ".join(told["rests_on"]),
    )  # fmt: skip


def _picture_lead(finding: Facts, write: Writer) -> str:
    told = finding["sensitivity"]
    lead = write(
        "fd4_lead",
        presentations=", ".join(told["presentations"]),
        visits=", ".join(finding["visit_ids"]),
        least=brief(float(told["score_least"])),
        most=brief(float(told["score_most"])),
        px=f"{told['size_px']:.0f}",
        pairs=told["comparisons"],
    )
    return write.told([lead, write("fd4_indicative")]) if told["indicative"] else lead


def _headline(finding: Facts, write: Writer) -> str:
    top = finding["headline"]
    if top.get("rival") is None:
        return write("fd2_no_ratio")
    told = [
        write(
            "fd2_headline",
            words=write.code("words", top["words"]),
            rival=write.code("rival", top["rival"]),
            low=at_least((top.get("interval") or [None])[0]),
            point=ratio(top.get("log10_lr")),
        )
    ]
    if top.get("not_assessed"):
        told.append(write("fd2_beside", rest=write.names("rival", top["not_assessed"])))
    if top.get("conditional"):
        told.append(write("fd2_conditional"))
    return write.told([*told, write("fd2_not_multiplied")])


def _detail(finding: Facts, facts: Facts, write: Writer) -> Iterator[Picture]:
    """The timeline around the finding."""
    for visit in _visits_of(finding, facts):
        clip = next(one for one in facts["clips"] if one["exhibit_id"] == visit["exhibit_id"])
        yield Picture(
            figures.timeline(facts, clip["exhibit_id"], figures.around(clip, visit)),
            write("alt_detail", visit=visit["visit_id"], ref=at(visit["exhibit_id"], visit["from_s"])),
            write("cap_detail", visit=visit["visit_id"], ref=at(visit["exhibit_id"], visit["from_s"])),
        )


def _propositions(finding: Facts, write: Writer) -> Iterator[Block]:
    told = finding["propositions"]
    if told.get("main"):
        rivals = write("proposition_rivals", rivals=write.names("rival", told.get("rivals", [])))
        yield Points((write.code("proposition", told["main"]), rivals), write("propositions_title"))


def _rivals(finding: Facts, write: Writer) -> Block:
    rows = tuple(
        (
            write.code("rival", rival["name"]),
            at_least(rival.get("lower_log10")),
            ratio(rival.get("log10_lr")),
            _state(rival, write),
            _basis(rival, write),
        )
        for rival in finding["rivals"]
    )
    columns = tuple(write(f"col_{name}") for name in ("rival", "at_least", "point", "state", "basis"))
    return Grid(write("cap_rivals"), columns, rows, numeric=(1, 2))


def _state(rival: Facts, write: Writer) -> str:
    if rival.get("excluded_by"):
        return write("rival_set_aside", by=rival["excluded_by"])
    return write("rival_stands" if rival.get("lower_log10") is not None else "rival_not_assessed")


def _basis(rival: Facts, write: Writer) -> str:
    """What a ratio rests on; tested rates are told by what was counted: switches passed or companions missed."""
    detail = rival.get("detail") or {}
    code = rival.get("basis") or "not_tested"
    counted = next((name for name in ("missed", "certified") if name in detail), None)
    counts = {
        f"{one}_{name}": value
        for one, many in (("stay", "stays"), ("switch", "switches"))
        for name, value in (detail.get(many) or {}).items()
    }
    own = "" if detail.get("stays_kind", "undisturbed") == "undisturbed" else "_own"
    return write.code("basis", f"{code}_{counted}{own}" if counted else code, {**_flat(detail), **counts})


def _flat(detail: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in detail.items() if not isinstance(value, dict)}


def _number(value: float | None) -> str:
    return "–" if value is None else str(brief(float(value)))


def _sensitivity(finding: Facts, write: Writer) -> Block:
    told = finding["sensitivity"]
    rows = [
        (write("sens_m", m=_number(told.get("m"))), ratio(told.get("log10_at_m"))),
        (write("sens_3m"), ratio(told.get("log10_at_3m"))),
        (write("sens_early"), ratio(told.get("clock_early"))),
        (write("sens_late"), ratio(told.get("clock_late"))),
        *((write("sens_without", id=one), ratio(value)) for one, value in _each(told.get("leave_one_out"))),
        (write("sens_equal"), ratio(told.get("equal_weights_log10"))),
        (write("sens_break"), _number(told.get("break_even"))),
        (write("sens_risk"), _number(told.get("continuity_risk"))),
        (write("sens_searched", n=told.get("visits_searched", "–")), _number(told.get("expected_false"))),
    ]
    columns = (write("col_tried"), write("col_value"))
    return Grid(write("cap_sensitivity"), columns, tuple(row for row in rows if row[1] != "–"), numeric=(1,))


def _each(told: dict[str, float] | None) -> list[tuple[str, float]]:
    return sorted((told or {}).items())


def _against(finding: Facts, write: Writer) -> tuple[str, ...]:
    told = [write.code("against", one["code"], one.get("facts")) for one in finding["against"]]
    return (*told, write("against_standing"))


def _integrity(finding: Facts, facts: Facts, write: Writer) -> Card:
    items = facts["integrity"]
    lead = write("fd10_some", count=len(items)) if items else write("fd10_none")
    told = tuple(f"{at(one['exhibit_id'])} {write.code('odd', one['code'], one['facts'])}" for one in items)
    blocks: list[Block] = [Paragraph(lead), *([Points(told)] if told else [])]
    blocks += [Paragraph(write.code("limit", code), "note") for code in finding["limits"]]
    return Card(finding["finding_id"], _title(finding, write), write.code("state", finding["state"]), tuple(blocks))
