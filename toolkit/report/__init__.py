"""The report: one content model, written as HTML and JSON.

``make_report`` reads the tables of a case and writes ``report.html`` and
``report.json`` into the case's ``derived`` folder, journaled, and where asked
also elsewhere. A draft is marked on every page; other editions refuse until
people have closed their gates.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.casebook.case import Case
from toolkit.errors import CaseError
from toolkit.records import Frame
from toolkit.report import editions, wording
from toolkit.report.blocks import Report, sentences
from toolkit.report.cards import finding_cards
from toolkit.report.facts import report_facts
from toolkit.report.html import to_html
from toolkit.report.sections import Writer, sections, summary_lines


@dataclass(frozen=True, slots=True)
class Made:
    """Where the report lies, five summary lines, and the document of ``report.json``."""

    html: Path
    json: Path
    summary: tuple[str, ...]
    facts: dict[str, Any]


def make_report(
    case: Case,
    *,
    still: Callable[[str, float], Frame],
    created_at: str,
    edition: str = "draft",
    language: str = "en",
    out: Path | None = None,
) -> Made:
    """Write the report of a case.

    Parameters
    ----------
    still : callable
        ``(exhibit_id, media_s) -> Frame``, full size.
    created_at : str
        ISO 8601 with offset.
    out : Path, optional
        A folder for further copies.

    Raises
    ------
    CaseError
        The edition's gates are open, or a sentence holds banned words.
    """
    facts = report_facts(case, edition=edition, created_at=created_at)
    editions.require(edition, facts, language)
    report = compose(facts, language, still)
    wording.check(sentences(report))
    page = to_html(report).encode("utf-8")
    document = (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
    folder = f"report-{edition}-{language}"
    params = {"edition": edition, "language": language}
    paths = {
        name: case.store(f"{folder}/{name}", content, params=params)
        for name, content in (("report.html", page), ("report.json", document))
    }
    if out is not None:
        paths = {name: _copy(path, out) for name, path in paths.items()}
    lines = tuple(summary_lines(facts, Writer(language)))
    return Made(paths["report.html"], paths["report.json"], lines, facts)


def compose(facts: dict[str, Any], language: str, still: Callable[[str, float], Frame]) -> Report:
    """The content model from the facts."""
    write = Writer(language)
    gates = "; ".join(write(f"gate_{gate}") for gate in editions.open_gates(facts))
    custody = facts["custody"]
    return Report(
        language="zh-Hans" if language == "zh" else "en",
        title=write("report_title"),
        subtitle=write("report_subtitle", case=facts["case_id"]),
        marks=(write("mark_draft"), write("mark_gates", gates=gates)),
        cover=(
            (write("cover_case"), facts["case_id"]),
            (write("cover_edition"), write(f"edition_{facts['edition']}")),
            (write("cover_made"), facts["created_at"]),
            (write("cover_purpose"), facts["purpose"]),
            (write("cover_basis"), facts["basis"]),
            (write("cover_tool"), f"papermask {facts['tool']['version']}"),
            (write("cover_journal"), f"{custody['journal_rows']} / {custody['journal_head']}"),
        ),
        sections=sections(facts, write, lambda: finding_cards(facts, write, still)),
        footer=write("footer", case=facts["case_id"], head=custody["journal_head"]),
        labels={"contents": write("contents")},
    )


def _copy(path: Path, out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        target = out / path.name
        target.write_bytes(path.read_bytes())
    except OSError as refused:
        raise CaseError("case_write_failed", folder=str(out), reason=str(refused.strerror)) from refused
    return target


__all__ = ["Made", "compose", "make_report", "report_facts"]
