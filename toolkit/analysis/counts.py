"""How many were involved: three numbers, never one.

Identities used need FD1 or a print seen by both reviewers; without a face step
their lower bound is 0 and their upper bound is not known. Presenters are bodies:
at least as many as were seen at one time; at most one for each visit and one
beside it where a companion was seen or is possible, and no upper bound at all
where a visit is not certified to be one unbroken presence. Somebody hidden
behind another is in neither number. How many knew cannot be seen on footage.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit import tables


def count(visits: pd.DataFrame, presenters: pd.DataFrame, certify_at: float) -> pd.DataFrame:
    """Table ``counts``.

    Parameters
    ----------
    presenters : DataFrame
        Table of this name, for the risk that a body changed unseen during its visits.
    certify_at : float
        Probability of one unbroken presence from which a visit counts as certified, 0-1.
    """
    return tables.build(
        "counts",
        [
            {"what": "identities_used", "low": 0, "high": None, "best": None, "note": {"why": "fd1_not_run"}},
            {"what": "presenters", "best": None, **_presenters(visits, presenters, certify_at)},
            {
                "what": "knowing_participants",
                "low": None,
                "high": None,
                "best": None,
                "note": {"why": "not determinable from footage"},
            },
        ],
    )


def _presenters(visits: pd.DataFrame, presenters: pd.DataFrame, certify_at: float) -> dict[str, Any]:
    risk = presenters.set_index("presenter_id")["continuity_risk"].reindex(visits["presenter_id"])
    uncertified = int((~(1.0 - risk.astype("Float64") >= certify_at).fillna(False)).sum())
    seen, possible = (int((visits["companion"] == verdict).sum()) for verdict in ("seen", "possible"))
    note = {
        "why": "continuity_not_certified" if uncertified else "visits_not_linked",
        "visits": len(visits),
        "not_certified": uncertified,
        "companions_seen": seen,
        "companions_possible": possible,
    }
    return {"low": _together(visits), "high": None if uncertified else len(visits) + seen + possible, "note": note}


def _together(visits: pd.DataFrame) -> int:
    """Largest number of bodies that must differ because they were there at one time."""
    most = 0
    for _, rows in visits.groupby("exhibit_id"):
        for start in rows["from_s"]:
            there = rows[(rows["from_s"] <= start) & (rows["to_s"] > start)]
            most = max(most, len(there) + int((there["companion"] == "seen").sum()))
    return most
