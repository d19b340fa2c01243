"""FD7, identity used repeatedly by one presenter: one body, one employee id, several artefacts and clock-ins.

It is made only of clock-ins that meet the naming rule each by itself
(:mod:`toolkit.analysis.naming`): an artefact finding that left "candidate" for
each of them, and an association of .9 over the clock's interval. How often an
id was used says nothing of what its holder knew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.analysis.naming import Use

CODE = "FD7"
LEAST = 2
RIVALS = (("switch", "only_a_person"), ("companion", "only_a_person"), ("buffered_log", "ask_the_device_log"))
Rows = list[dict[str, Any]]


def repeated(found: Sequence[Use], visits: pd.DataFrame) -> Rows:
    """Rows of ``findings`` without their ids: a presenter and an id that come together at least twice."""
    groups: dict[tuple[str, str], list[Use]] = {}
    for one in found:
        if not one.obstacles and one.artefact is not None:
            groups.setdefault((one.artefact.presenter_id, one.employee_id), []).append(one)
    return [
        _finding(presenter_id, employee_id, mine, visits)
        for (presenter_id, employee_id), mine in sorted(groups.items())
        if times(mine) >= LEAST
    ]


def times(mine: Sequence[Use]) -> int:
    """How often the id was used: a clock-in counts once, and so does an artefact."""
    return min(len({one.punch_id for one in mine}), len({_artefact(one) for one in mine}))


def missing(found: Sequence[Use]) -> Rows:
    """Rows of ``not_assessable``: where no id meets the naming rule, nothing can be said of repeated use."""
    if any(not one.obstacles for one in found):
        return []
    return [{"what": CODE, "why": "no_id_meets_the_rule", "facts": {}}]


def _finding(presenter_id: str, employee_id: str, mine: Sequence[Use], visits: pd.DataFrame) -> dict[str, Any]:
    exhibits = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    companions = dict(zip(visits["visit_id"], visits["companion"], strict=True))
    where = sorted({one.visit_id for one in mine})
    shown = sorted({name for one in mine if one.artefact is not None for name in one.artefact.presentation_ids})
    moments = sorted({(str(exhibits[one.visit_id]), _middle_s(one)) for one in mine})
    beside = any(str(companions[one]) != "none" for one in where)
    names = [name for name, _ in RIVALS]
    return {
        "code": CODE,
        "state": "candidate",
        "employees": [employee_id],
        "visit_ids": where,
        "propositions": {"main": "one_presenter_one_id", "rivals": names},
        "rivals": [
            {"name": name, "log10_lr": None, "lower_log10": None, "basis": basis, "excluded_by": None, "detail": {}}
            for name, basis in RIVALS
        ],
        "headline": {
            "rival": None, "log10_lr": None, "interval": None, "words": "no_ratio", "not_assessed": names,
            "conditional": False,
        },
        "against": [{"code": "companion_possible", "facts": {}}] if beside else [],
        "limits": ["knowledge_unknown", "rests_on_fd1", "not_random_footage"],
        "sensitivity": {
            "presenter_id": presenter_id,
            "times": times(mine),
            "clock_ins": len({one.punch_id for one in mine}),
            "presentations": shown,
            "rests_on": sorted({_artefact(one) for one in mine}),
            "least_probability": min(float(one.probability or 0.0) for one in mine),
        },
        "frames": [
            {"exhibit_id": clip, "media_s": at, "role": "shown", "employee_id": None} for clip, at in moments
        ],
    }  # fmt: skip


def _artefact(one: Use) -> str:
    return "" if one.artefact is None else one.artefact.finding_id


def _middle_s(one: Use) -> float:
    spans = () if one.artefact is None else one.artefact.spans
    return round((min(a for a, _ in spans) + max(b for _, b in spans)) / 2, 3) if spans else 0.0
