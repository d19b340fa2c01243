"""The parts of the report in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from toolkit.records import Frame
from toolkit.report import closing, evidence, faces, patterns, reuse, timing
from toolkit.report.blocks import Block, Section
from toolkit.report.cards import finding_cards
from toolkit.report.decisions import decided, naming
from toolkit.report.exculpatory import exculpatory
from toolkit.report.likeness import likeness
from toolkit.report.summary import summary
from toolkit.report.writer import Facts, Writer


def sections(
    facts: Facts, write: Writer, still: Callable[[str, float], Frame], pictures: Mapping[str, bytes]
) -> tuple[Section, ...]:
    """All sections in order; those without matter say so.

    Parameters
    ----------
    still : callable
        ``(exhibit_id, media_s) -> Frame``: faces and finding cards are shown from the footage.
    pictures : mapping
        PNG of the evidence maps by hash.
    """
    parts: tuple[tuple[str, tuple[Block, ...]], ...] = (
        ("summary", summary(facts, write)),
        ("mandate", evidence.mandate(facts, write)),
        ("exhibits", evidence.exhibits(facts, write)),
        ("footage", evidence.footage(facts, write)),
        ("time", timing.clock(facts, write)),
        ("records", evidence.records(facts, write)),
        ("visits", timing.visits(facts, write)),
        ("faces", faces.offered(facts, write, still)),
        ("likeness", likeness(facts, write)),
        ("reuse", reuse.shown_again(facts, write, still)),
        ("clockins", timing.clockins(facts, write)),
        ("methods", closing.methods(facts, write)),
        ("findings", tuple(finding_cards(facts, write, still, pictures))),
        ("decisions", decided(facts, write)),
        ("identities", naming(facts, write)),
        ("counts", closing.counts(facts, write)),
        ("alternatives", closing.alternatives(facts, write)),
        ("exculpatory", exculpatory(facts, write)),
        ("cannot", closing.cannot(facts, write)),
        *([("patterns", patterns.leads(facts, write))] if facts["leads"] is not None else []),
        ("statements", closing.statements(facts, write)),
        ("scale", closing.scale(facts, write)),
    )
    return tuple(Section(anchor, write(f"title_{anchor}"), blocks) for anchor, blocks in parts)
