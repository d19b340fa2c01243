"""A case made of tables alone in which people can decide: one visit, three faces, three clock-ins, two artefacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.analysis.statements.test_mask_findings import assessed, reading
from tests.analysis.test_naming import case as tables_of
from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.pipeline import conclude

STAMPS = [("0017", 75.2), ("2", 82.6), ("0017", 91.2)]
FACES = ((73.5, 77.0), (81.0, 84.5), (89.5, 93.0))
ARTEFACTS = ("PR-001", "PR-002", "PR-003")
SUPPORTED = ("PR-002", "PR-003")  # by the site's own recordings; of the first only a cue says so


def decidable(folder: Path) -> Path:
    """The folder of the case, concluded."""
    with Case.create(folder, purpose="test", basis="test") as made:
        record(made)
        conclude(made)
    return folder


def record(case: Case, *, artefacts: tuple[str, ...] = ARTEFACTS, longer_s: float = 0.0) -> None:
    """The tables of all earlier steps; ``longer_s`` makes the middle face, and no other, longer than it was."""
    spans = (FACES[0], (FACES[1][0], FACES[1][1] + longer_s), FACES[2])
    told = tables_of(STAMPS, *spans, spread_s=0.1)
    body = {"presenter_id": "P-01", "visit_ids": ["V-001"], "continuity_risk": 0.01, "weakest_s": 80.0,
            "exhibit_id": "E-0001"}  # fmt: skip
    made: dict[str, Any] = {
        "presenters": tables.build("presenters", [body]),
        "cue_readings": tables.build(
            "cue_readings", [reading(one, "sheet", "artefact" if one in artefacts else "nothing") for one in ARTEFACTS]
        ),
        "assessments": tables.build("assessments", [weighed(one, artefacts) for one in ARTEFACTS]),
        **{name: getattr(told, name) for name in told.__slots__},
        **{name: tables.empty(name) for name in ("integrity", "lineage", "unscanned", "device_events")},
    }
    for name, table in made.items():
        case.record(name, table)


def weighed(name: str, artefacts: tuple[str, ...]) -> dict[str, Any]:
    supported = name in SUPPORTED and name in artefacts
    return assessed(name, "artefact" if supported else "undetermined", leaves_candidate=supported)
