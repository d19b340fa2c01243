"""What speaks for the persons concerned: the search of FD9 with its scope, and the cards of FD9 and FD5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from toolkit.report.blocks import Block, Card, Grid, Paragraph, Points
from toolkit.report.wording import plain
from toolkit.report.writer import Facts, Writer, at, refs

SHOWN_ROWS = 6  # source rows of an item on the page; all of them stand in report.json
ASKED = ("leave", "duty", "field_visit", "off_site_record", "device_fault", "enrolment_test")
UNFIRM = ("as_written", "unclear")


def exculpatory(facts: Facts, write: Writer) -> tuple[Block, ...]:
    """Where was searched, what was found with what it leaves open, and what to ask for."""
    return (
        Paragraph(write("exculpatory_lead")),
        *_scope(facts, write),
        *_context(facts, write),
        *_found(facts, write),
        *(Paragraph(write.code("limit", code), "note") for code in _limits(facts)),
    )


def search_of(facts: Facts) -> Facts | None:
    """The finding FD9; None where the step that searches has not run."""
    return next((one for one in facts["findings"] if one["code"] == "FD9"), None)


def _limits(facts: Facts) -> list[str]:
    found = search_of(facts)
    return [] if found is None else list(found["limits"])


def _scope(facts: Facts, write: Writer) -> Iterator[Block]:
    found = search_of(facts)
    if found is None:
        yield Paragraph(write.code("why", "step_not_run"), "warning")
        return
    scope = found["sensitivity"]["scope"]
    yield Paragraph(
        write(
            "exculpatory_scope",
            clock_ins=scope["clock_ins"], employees=scope["employees"], visits=scope["visits"],
            hours=f"{scope['footage_s'] / 3600:.2f}", presentations=scope["presentations"], weighed=scope["weighed"],
            live=scope["read_as_live"], pictures=scope["pictures_by_terminal"], log=scope["terminal_log_rows"],
            refs=refs([*scope["record_exhibits"], *scope["footage_exhibits"]]),
        ).rstrip()
    )  # fmt: skip
    if scope["context_rows"]:
        kinds = write("and_so_on").join(
            write("context_count", kind=write(f"context_{kind}"), count=count)
            for kind, count in scope["context_kinds"].items()
        )
        told = refs(scope["context_exhibits"])
        yield Paragraph(write("exculpatory_scope_context", rows=scope["context_rows"], kinds=kinds, refs=told))


def _context(facts: Facts, write: Writer) -> Iterator[Block]:
    """The context exhibits as they were understood, and what was not supplied."""
    used = facts["context_used"]
    if not used:
        yield Paragraph(write("exculpatory_no_context"), "warning")
    unread = [one["exhibit_id"] for one in used if one["machine_read"] is not True]
    if unread:
        yield Paragraph(write("exculpatory_unread", refs=refs(unread, most=40)), "warning")
    tables = [one for one in used if one["machine_read"]]
    if tables:
        columns = tuple(write(f"col_{name}") for name in ("exhibit", "understood", "refused_rows", "kinds"))
        rows = tuple(
            (one["exhibit_id"], str(one["rows_parsed"]), str(one["rows_refused"]), _kinds(one["kinds"], write))
            for one in tables
        )
        yield Grid(write("cap_context"), columns, rows, numeric=(1, 2))
    refused = tuple(
        write("context_refused", ref=at(one["exhibit_id"]), row=row["row"], why=write.code("refused", row["why"]))
        for one in tables
        for row in one["refused"]
    )
    if refused:
        yield Points(refused, write("col_refused_rows"))
    there = {kind for one in tables for kind in one["kinds"]}
    lacking = tuple(write(f"ask_context_{kind}") for kind in ASKED if kind not in there)
    if lacking:
        yield Points(lacking, write("exculpatory_ask"))


def _kinds(kinds: Facts, write: Writer) -> str:
    told = (write("context_count", kind=write(f"context_{kind}"), count=count) for kind, count in kinds.items())
    return write("and_so_on").join(told) or "–"


def _found(facts: Facts, write: Writer) -> Iterator[Block]:
    items = facts["exculpatory"]
    if search_of(facts) is None:
        return
    if not items:
        yield Paragraph(write("exculpatory_none"))
        return
    columns = tuple(write(f"col_{name}") for name in ("item", "told", "visit", "sources", "stands_beside"))
    rows = tuple(
        (one["item_id"], _told(one, write), ", ".join(one["visit_ids"]) or "–", _sources(one, write),
         ", ".join(one["finding_ids"]) or "–")
        for one in items
    )  # fmt: skip
    yield Grid(write("cap_exculpatory"), columns, rows)
    yield Points(tuple(_meaning(code, facts, write) for code in _codes(items)), write("exculpatory_meaning"))


def _codes(items: list[Facts]) -> list[str]:
    return sorted({one["code"] for one in items})


def _told(item: Facts, write: Writer) -> str:
    zone = plain(str(item["facts"].get("zone") or ""))
    told = write.code("against", item["code"], item["facts"])
    return told + write(f"context_zone_{zone}") if zone in UNFIRM else told


def _meaning(code: str, facts: Facts, write: Writer) -> str:
    """What items of a code may explain and what they leave open, under their numbers."""
    numbers = ", ".join(one["item_id"] for one in facts["exculpatory"] if one["code"] == code)
    told = [write.code("explains", code), write.code("leaves", code)]
    return f"{numbers}: {write.told(told)}"


def _sources(item: Facts, write: Writer) -> str:
    rows: dict[str, list[int]] = defaultdict(list)
    for one in item["sources"]:
        rows[one["exhibit_id"]].append(one["row"])
    told = []
    for exhibit_id, numbers in sorted(rows.items()):
        shown = ", ".join(str(number) for number in numbers[:SHOWN_ROWS]) + (" …" if numbers[SHOWN_ROWS:] else "")
        told.append(write("exculpatory_rows", ref=at(exhibit_id), rows=shown))
    return write("between_reasons").join(told) or "–"


def search_card(finding: Facts, facts: Facts, write: Writer) -> Card:
    """The card of FD9: how many items, and which of them stand beside which finding."""
    items = facts["exculpatory"]
    beside = [one for one in items if one["finding_ids"]]
    lead = write("fd9_some", count=len(items), beside=len(beside)) if items else write("fd9_none")
    lines = tuple(
        write(
            "fd9_beside",
            finding=number,
            items=", ".join(one["item_id"] for one in beside if number in one["finding_ids"]),
        )
        for number in sorted({number for one in beside for number in one["finding_ids"]})
    )
    blocks: list[Block] = [Paragraph(lead), *([Points(lines)] if lines else [])]
    blocks += [Paragraph(write.code("limit", code), "note") for code in finding["limits"]]
    return _card(finding, write, blocks)


def not_seen_card(finding: Facts, facts: Facts, write: Writer) -> Card:
    """The card of FD5: hours, coverage and tested detection, never a ratio."""
    told = finding["sensitivity"]
    lead = write(
        "fd5_lead",
        id=", ".join(finding["employees"]), day=told["day"], clock_ins=told["clock_ins"], hours=f"{told['hours']:.2f}",
        coverage=f"{100 * told['coverage']:.0f}", seen=told["seen"], passes=told["passes"],
        lower=f"{100 * told['detection_lower']:.0f}", refs=refs(one["exhibit_id"] for one in told["rows"]),
    )  # fmt: skip
    names = finding["propositions"]
    rivals = write("proposition_rivals", rivals=write.names("rival", names["rivals"]))
    against = tuple(write.code("against", one["code"], one["facts"]) for one in finding["against"])
    blocks: list[Block] = [
        Paragraph(lead),
        Paragraph(write("fd5_no_ratio"), "note"),
        Points((write.code("proposition", names["main"]), rivals), write("propositions_title")),
        Points((*against, write("against_standing")), write("against_title")),
        Points(tuple(write.code("limit", code) for code in finding["limits"]), write("limits_title")),
    ]
    return _card(finding, write, blocks)


def _card(finding: Facts, write: Writer, blocks: list[Block]) -> Card:
    title = f"{finding['finding_id']} · {write.code('finding', finding['code'])}"
    return Card(finding["finding_id"], title, write.code("state", finding["state"]), tuple(blocks))
