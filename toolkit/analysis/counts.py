"""How many were involved: three numbers, never one.

Identities used need FD1 or a print seen by both reviewers; where the rule of
naming was not gone through their lower bound is 0 and their upper bound is not
known (:mod:`toolkit.analysis.counting.identity_count`). Presenters are bodies: at least
as many as tracks seen at one time allow
(:mod:`toolkit.analysis.counting.presenter_count`); at most one for each visit and one
beside it where a companion was seen or is possible, and no upper bound at all
where a visit is not certified to be one unbroken presence. Somebody hidden
behind another is in neither number. How many knew cannot be seen on footage.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.counting.identity_count import identity_count
from toolkit.analysis.counting.presenter_count import Bodies, bodies


def count(
    visits: pd.DataFrame, presenters: pd.DataFrame, certify_at: float, identities: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Table ``counts``.

    Parameters
    ----------
    presenters : DataFrame
        Table of this name, for the risk that a body changed unseen during its visits, and for visits of one body.
    certify_at : float
        Probability of one unbroken presence from which a visit counts as certified, 0-1.
    identities : DataFrame, optional
        As in :func:`toolkit.analysis.counting.identity_count.identity_count`; None where
        the rule of naming was not gone through: then no upper bound is known.
    """
    return tables.build("counts", [_identities(identities), _presenters(visits, presenters, certify_at), KNOWING])


KNOWING: dict[str, Any] = {
    "what": "knowing_participants",
    "low": None,
    "high": None,
    "best": None,
    "note": {"why": "not determinable from footage"},
}


def _identities(identities: pd.DataFrame | None) -> dict[str, Any]:
    if identities is None:
        return {"what": "identities_used", "low": 0, "high": None, "best": None, "note": {"why": "fd1_not_run"}}
    return identity_count(identities)


def _presenters(visits: pd.DataFrame, presenters: pd.DataFrame, certify_at: float) -> dict[str, Any]:
    risk = presenters.set_index("presenter_id")["continuity_risk"].reindex(visits["presenter_id"])
    uncertified = int((~(1.0 - risk.astype("Float64") >= certify_at).fillna(False)).sum())
    seen, possible = (int((visits["companion"] == verdict).sum()) for verdict in ("seen", "possible"))
    found = _bodies(visits)
    note = {
        "why": "continuity_not_certified" if uncertified else "visits_not_linked",
        "visits": len(visits),
        "not_certified": uncertified,
        "companions_seen": seen,
        "companions_possible": possible,
        "by": found.by,
        "contradictions": len(found.contradictions),
    }
    high = None if uncertified else found.high + possible
    return {"what": "presenters", "low": found.low, "high": high, "best": None, "note": note}


def _bodies(visits: pd.DataFrame) -> Bodies:
    """A track for each visit and one for each companion who was seen; visits of one presenter are linked.

    Two cameras may show one body at one time, so tracks differ within an exhibit only.
    """
    spans: dict[str, tuple[str, float, float]] = {}
    of_presenter: dict[str, list[str]] = {}
    for row in visits.to_dict("records"):
        name, span = str(row["visit_id"]), (str(row["exhibit_id"]), float(row["from_s"]), float(row["to_s"]))
        spans[name] = span
        of_presenter.setdefault(str(row["presenter_id"]), []).append(name)
        if row["companion"] == "seen":
            spans[f"{name} beside"] = span
    together = [
        (a, b)
        for (a, (where, from_s, to_s)), (b, (there, begin_s, end_s)) in combinations(spans.items(), 2)
        if where == there and from_s < end_s and begin_s < to_s
    ]
    linked = [pair for names in of_presenter.values() for pair in pairwise(names)]
    return bodies(list(spans), linked, together)
