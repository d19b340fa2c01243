"""Which edition may be made: the draft always, the others only when their gates are closed.

A gate is a thing that only people can do: review frames, decide, put the
findings to the persons concerned. No gate can be closed by this version, so
only the draft is made; the others say what is open.
"""

from __future__ import annotations

from typing import Any

from toolkit.errors import CaseError
from toolkit.language import text

EDITIONS = ("draft", "committee", "full", "publishable")
ALWAYS_OPEN = ("review_frames", "blind_reviewers", "reply", "sections", "authenticity")
PUBLISHABLE = ("redaction", "leak_scan")


def open_gates(facts: dict[str, Any], edition: str = "draft") -> list[str]:
    """Codes of what is still open for a reviewed edition of this case."""
    gates = list(ALWAYS_OPEN)
    if any(zone["basis"] == "proposed" for zone in facts["zones"]):
        gates.append("zone_confirmed")
    if any(finding["code"] == "FD2" for finding in facts["findings"]):
        gates.append("rivals_looked_at")
    if not facts["clock"]["determinable"] and facts["records"] and facts["clips"]:
        gates.append("clock")
    return gates + (list(PUBLISHABLE) if edition == "publishable" else [])


def in_words(gates: list[str], language: str) -> list[str]:
    """The gates as a reader is told of them."""
    return [text(f"report.gate_{gate}", language) for gate in gates]


def require(edition: str, facts: dict[str, Any], language: str) -> None:
    """Refuse an edition whose gates are open.

    Raises
    ------
    CaseError
        ``gates_open`` with the list in words, or ``edition_unknown``.
    """
    if edition not in EDITIONS:
        raise CaseError("edition_unknown", edition=edition, known=", ".join(EDITIONS))
    if edition != "draft":
        gates = "; ".join(in_words(open_gates(facts, edition), language))
        raise CaseError("gates_open", edition=edition, gates=gates)
