"""Finding cards: what was found, in which frames, how strong against which rival, and what speaks against it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from toolkit.errors import CannotMeasure
from toolkit.media.frames import as_jpeg
from toolkit.records import Frame
from toolkit.report.blocks import Block, Card, Grid, Paragraph, Picture, Points, Strip
from toolkit.report.sections import Facts, Writer, at

StillOf = Callable[[str, float], Frame]
MOST_FRAMES = 6
JPEG_QUALITY = 82


def finding_cards(facts: Facts, write: Writer, still: StillOf) -> Iterator[Block]:
    """One card a finding."""
    yield Paragraph(write("findings_lead"))
    for finding in facts["findings"]:
        if finding["code"] == "FD2":
            yield _one_body(finding, facts, write, still)
        elif finding["code"] == "FD10":
            yield _integrity(finding, facts, write)


def _one_body(finding: Facts, facts: Facts, write: Writer, still: StillOf) -> Card:
    visit = next(one for one in facts["visits"] if one["visit_id"] == finding["visit_ids"][0])
    top = finding["headline"]
    words = write(f"words_{top['words']}")
    lead = write(
        "fd2_lead",
        visit=visit["visit_id"],
        presenter=visit["presenter_id"],
        start=at(visit["exhibit_id"], visit["from_s"]),
        end=at(visit["exhibit_id"], visit["to_s"]),
        ids=", ".join(finding["employees"]),
        count=len(finding["employees"]),
    )
    blocks: list[Block] = [
        Paragraph(_headline(finding, write, words), "note"),
        _strip(finding, facts, write, still),
        _rivals(finding, write),
        _sensitivity(finding, write),
        Paragraph(write("fd2_against")),
        Points(_against(finding, write)),
        Paragraph(write("fd2_limits")),
        Points(tuple(write.code("limit", code) for code in finding["limits"])),
    ]
    badge = write("state_candidate")
    return Card(finding["finding_id"], f"{finding['finding_id']} · {write('fd2_title')}", badge, lead, tuple(blocks))


def _headline(finding: Facts, write: Writer, words: str) -> str:
    top = finding["headline"]
    if top["rival"] is None:
        return write("fd2_no_ratio")
    rest = ", ".join(write(f"rival_{name}") for name in top["not_assessed"])
    sentence = write(
        "fd2_headline",
        words=words,
        rival=write(f"rival_{top['rival']}"),
        low=_ratio(top["interval"][0]),
        point=_ratio(top["log10_lr"]),
        rest=rest or "–",
    )
    return sentence + (" " + write("fd2_conditional") if top["conditional"] else "")


def _ratio(log10: float | None) -> str:
    if log10 is None:
        return "–"
    value = 10.0**log10
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}" if value < 1e6 else f"10^{log10:.1f}"


def _strip(finding: Facts, facts: Facts, write: Writer, still: StillOf) -> Block:
    hashes = {one["exhibit_id"]: one["sha256"] for one in facts["exhibits"]}
    pictures = []
    for moment in finding["frames"][:MOST_FRAMES]:
        try:
            frame = still(moment["exhibit_id"], moment["media_s"])
        except CannotMeasure:
            continue
        if frame.image is None:
            continue
        source = "data:image/jpeg;base64," + base64.b64encode(as_jpeg(frame.image, JPEG_QUALITY)).decode()
        role = write(f"role_{moment['role']}", id=moment["employee_id"] or "")
        caption = write(
            "cap_frame",
            role=role,
            exhibit=moment["exhibit_id"],
            hash=hashes[moment["exhibit_id"]][:12],
            pts=frame.pts,
            at=f"{frame.media_s:.2f}",
        )
        pictures.append(Picture(source, write("alt_frame", role=role, at=f"{frame.media_s:.2f}"), caption))
    return Strip(tuple(pictures), write("cap_strip"))


def _rivals(finding: Facts, write: Writer) -> Block:
    rows = []
    for rival in finding["rivals"]:
        state = (
            write("rival_set_aside", by=rival["excluded_by"])
            if rival["excluded_by"]
            else write("rival_stands" if rival["lower_log10"] is not None else "rival_not_assessed")
        )
        basis = write.code("basis", rival["basis"], _flat(rival["detail"]))
        rows.append(
            (write(f"rival_{rival['name']}"), _ratio(rival["lower_log10"]), _ratio(rival["log10_lr"]), state, basis)
        )
    columns = tuple(write(f"col_{name}") for name in ("rival", "at_least", "point", "state", "basis"))
    return Grid(write("cap_rivals"), columns, tuple(rows))


def _flat(detail: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in detail.items() if not isinstance(value, dict)}
    stays = detail.get("stays", {})
    hits = flat.get("certified", flat.get("missed", 0))
    return {
        "scenes": 0,
        "m": 0,
        **flat,
        "hits": hits,
        "stay_hits": stays.get("certified", 0),
        "stay_scenes": stays.get("scenes", 0),
    }


def _sensitivity(finding: Facts, write: Writer) -> Block:
    told = finding["sensitivity"]
    rows = [
        (write("sens_m", m=told["m"]), _ratio(told["log10_at_m"])),
        (write("sens_3m"), _ratio(told["log10_at_3m"])),
        (write("sens_early"), _ratio(told["clock_early"])),
        (write("sens_late"), _ratio(told["clock_late"])),
        *((write("sens_without", id=one), _ratio(value)) for one, value in sorted(told["leave_one_out"].items())),
        (write("sens_equal"), _ratio(told["equal_weights_log10"])),
        (write("sens_break"), "–" if told["break_even"] is None else f"{told['break_even']:.2f}"),
        (
            write("sens_searched", n=told["visits_searched"]),
            "–" if told["expected_false"] is None else f"{told['expected_false']:g}",
        ),
    ]
    return Grid(write("cap_sensitivity"), (write("col_tried"), write("col_value")), tuple(rows))


def _against(finding: Facts, write: Writer) -> tuple[str, ...]:
    told = [write.code("against", one["code"], one["facts"]) for one in finding["against"]]
    return (*told, write("against_standing"))


def _integrity(finding: Facts, facts: Facts, write: Writer) -> Card:
    items = facts["integrity"]
    lead = write("fd10_some", count=len(items)) if items else write("fd10_none")
    told = tuple(f"[{one['exhibit_id']}] {write.code('odd', one['code'], one['facts'])}" for one in items)
    blocks: list[Block] = [Points(told)] if told else []
    blocks.append(Paragraph(write.code("limit", "integrity_is_not_authenticity"), "note"))
    return Card(
        finding["finding_id"],
        f"{finding['finding_id']} · {write('fd10_title')}",
        write("state_information"),
        lead,
        tuple(blocks),
    )
