"""The decision line of a report: one of a few fixed sentences, chosen by rule from what was taken in, seen and found.

No rung says that somebody did something. A person may choose another rung, with
a reason that is written down; the rule's own rung stays beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Finding = Mapping[str, Any]
WITHOUT_STRENGTH = ("no_support", "no_ratio")
REVIEWED, REJECTED = ("reviewed", "corroborated", "reported"), "rejected"
RUNGS = (
    "ladder_nothing", "ladder_records_only", "ladder_unsuitable", "ladder_footage_only", "ladder_no_clock",
    "ladder_no_visits", "ladder_none", "ladder_rejected", "ladder_equal", "ladder_continuity", "ladder_decided",
    "ladder_artefact", "ladder_used",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the line rests on.

    ``examined``: any footage was looked through; ``identities`` and
    ``presenters``: lower bounds of the counts, None where not known.
    """

    clips: bool
    examined: bool
    records: bool
    associated: bool
    visits: bool
    identities: int | None = None
    presenters: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A person's own choice of the rung, with the reason and the journaled decision."""

    rung: str
    reason: str
    decision: str


def rung(material: Material, findings: Sequence[Finding], chosen: Chosen | None = None) -> str:
    """Key of the decision line.

    Raises
    ------
    ValueError
        A person's choice without a reason or a decision, or of no rung.
    """
    if chosen is not None:
        if chosen.rung not in RUNGS or not chosen.reason.strip() or not chosen.decision.strip():
            raise ValueError("another line needs a reason and a journaled decision")
        return chosen.rung
    return _by_rule(material, findings)


def _by_rule(material: Material, findings: Sequence[Finding]) -> str:
    if not material.clips:
        return "ladder_records_only" if material.records else "ladder_nothing"
    if not material.examined:
        return "ladder_unsuitable"
    artefact = any(_supported(one) for one in findings if one["code"] == "FD1")
    if artefact and material.associated and (material.identities or 0) > 0:
        return "ladder_used"
    if artefact:
        return "ladder_artefact"
    if not material.records:
        return "ladder_footage_only"
    if not material.associated:
        return "ladder_no_clock"
    return _of_continuity(material, [one for one in findings if one["code"] == "FD2"])


def _of_continuity(material: Material, found: Sequence[Finding]) -> str:
    left = [one for one in found if one["state"] != REJECTED]
    if found and not left:
        return "ladder_rejected"
    if not left:
        return "ladder_none" if material.visits else "ladder_no_visits"
    if {one["headline"].get("words") for one in left} <= set(WITHOUT_STRENGTH):
        return "ladder_equal"
    return "ladder_continuity" if all(one["state"] == "candidate" for one in left) else "ladder_decided"


def _supported(finding: Finding) -> bool:
    """An artefact with a stated strength, or seen by the people who reviewed it."""
    if finding["state"] == REJECTED:
        return False
    return finding["headline"].get("words") not in (*WITHOUT_STRENGTH, None) or finding["state"] in REVIEWED
