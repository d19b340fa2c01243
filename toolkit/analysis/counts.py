"""How many were involved: three numbers, never one.

Identities used need FD1 or a print seen by both reviewers; without a face step
their lower bound is 0 and their upper bound is not known. Presenters are bodies:
at least as many as were seen at one time, at most one for each visit. How many
knew cannot be seen on footage.
"""

from __future__ import annotations

import pandas as pd

from toolkit import tables


def count(visits: pd.DataFrame) -> pd.DataFrame:
    """Table ``counts``."""
    most = _together(visits)
    return tables.build(
        "counts",
        [
            {"what": "identities_used", "low": 0, "high": None, "best": None, "note": {"why": "fd1_not_run"}},
            {
                "what": "presenters",
                "low": most,
                "high": len(visits),
                "best": None,
                "note": {"why": "visits_not_linked"},
            },
            {
                "what": "knowing_participants",
                "low": None,
                "high": None,
                "best": None,
                "note": {"why": "not determinable from footage"},
            },
        ],
    )


def _together(visits: pd.DataFrame) -> int:
    """Largest number of bodies that must differ because they were there at one time."""
    most = 0
    for _, rows in visits.groupby("exhibit_id"):
        for start in rows["from_s"]:
            there = rows[(rows["from_s"] <= start) & (rows["to_s"] > start)]
            most = max(most, len(there) + int((there["companion"] == "seen").sum()))
    return most
