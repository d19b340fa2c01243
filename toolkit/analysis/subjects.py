"""What people decide on, known by exhibit and moments: numbers of findings change with every run, moments do not.

A decision keeps the *key* of what it was made on (kind, code, stretches of the
exhibits) and its *version* (a hash of what it said: ids, moments, words of each
rival, reservations). A ratio that moves within its words changes no version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from toolkit import tables
from toolkit.analysis.strength import words_for

FINDING, RIVAL, VISIT, PRESENTATION = "finding", "rival", "visit", "presentation"
LEAST_SHARED = 0.5  # of both stretches together: with less, it is something else that stands there now
SAID_BY_MOMENTS = ("FD1", "FD2", "FD3", "FD4", "FD7")  # what the others say stands in their sensitivity
TOLD = ("stated_by", "leaves_candidate", "time_sensitive", "level")

Rows = Sequence[Mapping[str, Any]]
Stretch = tuple[str, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something a person can decide on: its id of today, its key (canonical JSON) and the version of what it says."""

    id: str
    kind: str
    key: str
    version: str
    code: str | None = None
    shown: Mapping[str, Any] | None = None


def subjects(findings: Rows, visits: Rows, presentations: Rows) -> dict[str, Subject]:
    """Everything a person can decide on, by its id of today.

    Parameters
    ----------
    findings, visits, presentations : sequence of mapping
        Rows of the tables of these names with their JSON read
        (:func:`toolkit.tables.rows_of`). What people decided before (states,
        rivals set aside) is in no key and in no version.
    """
    at = {row["visit_id"]: (str(row["exhibit_id"]), float(row["from_s"]), float(row["to_s"])) for row in visits}
    shown = {row["presentation_id"]: row for row in presentations if row["visit_id"] in at}
    spans = {one: (at[row["visit_id"]][0], float(row["from_s"]), float(row["to_s"])) for one, row in shown.items()}
    found: list[Subject] = []
    for row in visits:
        said = {"companion": row["companion"], "at": [_brief(at[row["visit_id"]])]}
        found.append(_subject(str(row["visit_id"]), VISIT, None, [at[row["visit_id"]]], said))
    found += [
        _subject(str(one), PRESENTATION, None, [spans[one]], {"at": [_brief(spans[one])]}) for one in sorted(shown)
    ]
    for row in findings:
        moments = stretches(row, at, spans)
        one = _subject(row["finding_id"], FINDING, row["code"], moments, _said(row, moments), row["employees"])
        found += [one, *(_rival(one, rival["name"]) for rival in row["rivals"])]
    return {one.id: one for one in _apart(found)}


def stretches(row: Mapping[str, Any], visits: Mapping[str, Stretch], shown: Mapping[str, Stretch]) -> list[Stretch]:
    """Where a finding lies: its presentations where it names any, else its visits."""
    told = row["sensitivity"]
    names = [told["presentation_id"]] if told.get("presentation_id") else told.get("presentations") or []
    places = [shown[one] for one in names if one in shown] if isinstance(names, list) else []
    return places or [visits[one] for one in row["visit_ids"] if one in visits]


def found_again(kind: str, key: str, version: str, now: Iterable[Subject]) -> tuple[Subject | None, bool]:
    """What stands today where something stood that was decided on, and whether it still says the same.

    Returns
    -------
    (subject, same)
        None where nothing of the kind lies there any more.
    """
    alike = [one for one in now if one.kind == kind and _of(one.key) == _of(key)]
    exact = next((one for one in alike if one.key == key), None)
    if exact is not None:
        return exact, exact.version == version
    shared = [(_shared(json.loads(one.key)["at"], json.loads(key)["at"]), one) for one in alike]
    best = max(shared, key=lambda pair: pair[0], default=(0.0, None))
    return (best[1], False) if best[0] >= LEAST_SHARED else (None, False)


def _subject(
    name: str, kind: str, code: str | None, at: Sequence[Stretch], said: Mapping[str, Any], ids: Sequence[str] = ()
) -> Subject:
    """``ids`` tell apart what has no moments."""
    key: dict[str, Any] = {"kind": kind, "code": code, "rival": None, "at": [_brief(one) for one in at], "nth": 1}
    key["ids"] = [] if at else sorted(ids)
    return Subject(
        id=name, kind=kind, key=tables.canonical(key), version=_hash(said), code=code,
        shown={"frames": said.get("frames", []), "at": key["at"]},
    )  # fmt: skip


def _rival(of: Subject, name: str) -> Subject:
    key = tables.canonical({**json.loads(of.key), "rival": name})
    return replace(of, id=f"{of.id}:{name}", kind=RIVAL, key=key)


def _apart(found: Sequence[Subject]) -> list[Subject]:
    """Subjects with keys of their own: of several at one moment, the first, the second and so on."""
    seen: dict[str, int] = {}
    made = []
    for one in found:
        seen[one.key] = seen.get(one.key, 0) + 1
        key = one.key if seen[one.key] == 1 else tables.canonical({**json.loads(one.key), "nth": seen[one.key]})
        made.append(replace(one, key=key))
    return made


def _said(row: Mapping[str, Any], at: Sequence[Stretch]) -> dict[str, Any]:
    told = row["sensitivity"]
    return {
        "code": row["code"],
        "main": row["propositions"].get("main"),
        "ids": sorted(row["employees"]),
        "at": [_brief(one) for one in at],
        "rivals": sorted([one["name"], _level(one.get("lower_log10"))] for one in row["rivals"]),
        "headline": [row["headline"].get("rival"), row["headline"]["words"]],
        "against": sorted(one["code"] for one in row["against"]),
        "frames": [[one["exhibit_id"], round(one["media_s"], 1), one["role"]] for one in row["frames"]],
        "told": {name: told.get(name) for name in TOLD} if row["code"] in SAID_BY_MOMENTS else told,
    }


def _level(lower_log10: float | None) -> str:
    return "none" if lower_log10 is None else words_for(lower_log10)


def _brief(one: Stretch) -> list[Any]:
    return [one[0], round(one[1], 1), round(one[2], 1)]


@lru_cache(maxsize=65_536)  # asked of every subject for every decision
def _of(key: str) -> tuple[Any, ...]:
    told = json.loads(key)
    return (told["code"], told["rival"], tuple(told["ids"]))


def _shared(mine: Sequence[Sequence[Any]], theirs: Sequence[Sequence[Any]]) -> float:
    """Time that two sets of stretches share over the time that either covers; 0-1."""
    both = sum(max(0.0, min(a[2], b[2]) - max(a[1], b[1])) for a in mine for b in theirs if a[0] == b[0])
    whole = sum(one[2] - one[1] for one in (*mine, *theirs)) - both
    return both / whole if whole > 0 else 0.0


def _hash(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(tables.canonical(said).encode()).hexdigest()[:16]
