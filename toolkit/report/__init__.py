"""The report: one content model, written as HTML and JSON.

``make_report`` reads the tables of a case and writes ``report.html`` and
``report.json`` into the case's ``derived`` folder, journaled, and where asked
also elsewhere. A draft is marked on every page; other editions refuse until
people have closed their gates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.casebook.case import Case
from toolkit.errors import CaseError
from toolkit.records import Frame
from toolkit.report import editions, wording
from toolkit.report.blocks import Report, sentences
from toolkit.report.facts import as_document, report_facts
from toolkit.report.html import to_html
from toolkit.report.mask_facts import map_pictures
from toolkit.report.sections import sections
from toolkit.report.stills import Stills, at_once
from toolkit.report.summary import summary_lines
from toolkit.report.writer import Writer

HTML_LANGUAGE = {"en": "en", "zh": "zh-Hans"}


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
    stills: Stills | None = None,
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
    stills : callable, optional
        A collection of (exhibit_id, media_s) to those frames of them that are
        had at once; each one by itself costs a decoder of its own.

    Raises
    ------
    CaseError
        The edition's gates are open, a sentence holds banned words, or a file
        cannot be written.
    ExhibitChanged
        Footage that a finding shows is not what was taken in.
    """
    facts = report_facts(case, edition=edition, created_at=created_at)
    editions.require(edition, facts, language)
    pictures = map_pictures(case)
    if stills is not None:
        still = at_once(lambda asked: compose(facts, language, asked, pictures), still, stills)
    report = compose(facts, language, still, pictures)
    wording.check(sentences(report))
    written = {"report.html": to_html(report).encode("utf-8"), "report.json": as_document(facts)}
    folder = f"report-{edition}-{language}"
    params = {"edition": edition, "language": language}
    paths = {name: case.store(f"{folder}/{name}", content, params=params) for name, content in written.items()}
    if out is not None:
        paths = {name: _put(out / name, content) for name, content in written.items()}
    lines = tuple(wording.plain(line) for line in summary_lines(facts, Writer(language)))
    return Made(paths["report.html"], paths["report.json"], lines, facts)


def compose(
    facts: dict[str, Any],
    language: str,
    still: Callable[[str, float], Frame],
    pictures: Mapping[str, bytes] | None = None,
) -> Report:
    """The content model from the facts; what somebody else wrote is marked as quoted.

    Parameters
    ----------
    pictures : mapping, optional
        PNG of the evidence maps by hash; a map without its picture says so.
    """
    write = Writer(language)
    told = wording.mark_foreign({**facts, "stated_basis": facts["basis"]})
    gates = editions.in_words(editions.open_gates(facts, facts["edition"]), language)
    custody = facts["custody"]
    mark = write("mark_draft")
    return Report(
        language=HTML_LANGUAGE[language],
        title=write("report_title"),
        subtitle=write("report_subtitle"),
        mark=mark,
        gates_title=write("mark_gates"),
        gates=tuple(gates),
        cover=_cover(told, write),
        contents_title=write("contents"),
        skip=write("skip"),
        sections=sections(told, write, still, pictures or {}),
        footer=(
            write("footer_custody", case=facts["case_id"], rows=custody["journal_rows"], head=custody["journal_head"]),
            write("footer_alone"),
        ),
        running=write("running", mark=mark, case=facts["case_id"], head=custody["journal_head"][:16]),
    )


def _cover(told: dict[str, Any], write: Writer) -> tuple[tuple[str, str], ...]:
    custody = told["custody"]
    lines = {
        "case": told["case_id"],
        "purpose": told["purpose"] or "–",
        "basis": told["stated_basis"] or "–",
        "edition": write(f"edition_{told['edition']}"),
        "made": told["created_at"],
        "retain": told["retain_until"] or write("not_stated"),
        "tool": f"papermask {told['tool']['version']}",
        "journal": write("cover_journal_told", rows=custody["journal_rows"], head=custody["journal_head"]),
    }
    return tuple((write(f"cover_{name}"), value) for name, value in lines.items())


def _put(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as refused:
        raise CaseError("case_write_failed", folder=str(path.parent), reason=str(refused.strerror)) from refused
    return path


__all__ = ["Made", "compose", "make_report", "report_facts"]
