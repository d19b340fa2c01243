"""FD1, an artefact was presented: which presentations are candidates, with both parts of the question and their rivals.

A presentation becomes a candidate when a cue states an artefact by its rule,
or when a site's own recordings give a ratio for one. Without recordings it
stays a candidate without a strength, whatever the cues read. A cue that speaks
for a rival of paper (a screen's grid) counts for "an object was offered" and
against "it was a paper print", never for the latter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

import toolkit.analysis.cues  # files the cues
from toolkit.analysis.calibration import NotCalibrated
from toolkit.analysis.cue import cues as filed
from toolkit.analysis.statements.fd1_rivals import fd1_rivals, with_cues

Rows = list[dict[str, Any]]

CODE, STATED, LIVE = "FD1", "artefact", "live"
SHOWN_AT = (0.1, 0.5, 0.9)  # of a presentation: at its very ends sheets move and pictures blend


def artefacts(
    presentations: pd.DataFrame, visits: pd.DataFrame, readings: pd.DataFrame, assessments: pd.DataFrame
) -> tuple[Rows, Rows]:
    """Rows of ``findings`` without their ids, and of ``not_assessable``.

    Parameters
    ----------
    readings, assessments : DataFrame
        Tables ``cue_readings`` and ``assessments``.
    """
    exhibits = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    by_id = {str(row["presentation_id"]): row for row in presentations.to_dict("records")}
    stated = {str(name): part for name, part in readings.groupby("presentation_id")}
    wanted = candidates(readings, assessments)
    found: Rows = []
    overruled: Rows = []
    reasons: dict[str, int] = {}
    for row in assessments.to_dict("records"):
        shown = by_id.get(str(row["presentation_id"]))
        if shown is None:  # the faces were looked for anew since
            continue
        said = stated.get(str(row["presentation_id"]), readings.iloc[:0])
        for_it = _stating(said)
        if row["outcome"] == LIVE:  # the site's own recordings say otherwise: no candidate, and it is told
            if for_it:
                facts = {"presentation": str(row["presentation_id"]), "cues": ", ".join(for_it)}
                overruled.append({"what": CODE, "why": "controls_say_live", "facts": facts})
        elif str(row["presentation_id"]) in wanted:
            of_face = readings[readings["presentation_id"].isin(together(row))]
            live = sorted({str(cue) for cue in of_face.loc[of_face["statement"] == LIVE, "cue"]})
            found.append(_finding(row, shown, said, for_it, live, str(exhibits[shown["visit_id"]])))
        elif not pd.isna(row["reason"]):
            reasons[str(row["reason"])] = reasons.get(str(row["reason"]), 0) + 1
    missing = [{"what": CODE, "why": why, "facts": {"presentations": count}} for why, count in sorted(reasons.items())]
    groups = [together(row) for row in assessments.to_dict("records")]
    searched = len(set(groups))
    found = _once_a_face(found, groups)
    for one in found:
        lower = one["headline"]["interval"]
        one["sensitivity"]["expected_false"] = None if lower is None else round(searched / 10.0 ** lower[0], 3)
        one["sensitivity"]["presentations_searched"] = searched
    return found, [*missing, *overruled]


def together(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """The presentations of one face that a row of ``assessments`` was weighed with, itself among them."""
    return tuple(json.loads(row["detail"]).get("together") or [str(row["presentation_id"])])


def _once_a_face(found: Rows, groups: Sequence[tuple[str, ...]]) -> Rows:
    """One finding for each face: that of the presentation of which most cues say so, the longest of several.

    A face that was seen in pieces is no more of a finding than one that was seen whole.
    """
    kept: dict[tuple[str, ...], dict[str, Any]] = {}
    group_of = {name: group for group in groups for name in group}
    for one in found:
        group = group_of[one["sensitivity"]["presentation_id"]]
        one["sensitivity"]["together"] = list(group)
        kept[group] = max(kept.get(group, one), one, key=_weight)
    return list(kept.values())


def _weight(finding: Mapping[str, Any]) -> tuple[int, float]:
    moments = [one["media_s"] for one in finding["frames"]]
    return len(finding["sensitivity"]["stated_by"]), max(moments) - min(moments)


def candidates(readings: pd.DataFrame, assessments: pd.DataFrame) -> set[str]:
    """Presentations that FD1 may be about: a cue states an artefact, or the site's own recordings say so.

    Where the site's own recordings say that a face was live, a cue's rule makes no candidate.
    """
    stated = set(readings.loc[readings["statement"] == STATED, "presentation_id"].astype(str))
    outcomes = dict(zip(assessments["presentation_id"].astype(str), assessments["outcome"].astype(str), strict=True))
    return {name for name, told in outcomes.items() if told == STATED or (name in stated and told != LIVE)}


def _stating(said: pd.DataFrame) -> list[str]:
    return sorted(str(cue) for cue in said.loc[said["statement"] == STATED, "cue"])


def _for_rivals(stating: Sequence[str]) -> dict[str, list[str]]:
    """Rivals of paper, each with the cues that speak for it by their rule."""
    assert toolkit.analysis.cues
    speaking: dict[str, list[str]] = {}
    for name in stating:
        rival = filed[name].rival if name in filed else None
        if rival is not None:
            speaking.setdefault(rival, []).append(name)
    return speaking


def sheets(visits: pd.DataFrame, readings: pd.DataFrame, already: set[str]) -> Rows:
    """Rows of ``findings`` for visits in which a cue of visits states an artefact by its rule.

    Parameters
    ----------
    readings : DataFrame
        Table ``visit_readings``.
    already : set of str
        Visits that have a finding by their presentations; one is enough.
    """
    exhibits = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    stated = readings[(readings["statement"] == STATED) & ~readings["visit_id"].isin(already)]
    return [
        _sheet(str(visit_id), str(exhibits[visit_id]), part.to_dict("records"), len(visits))
        for visit_id, part in stated.groupby("visit_id")
        if visit_id in exhibits
    ]


def _sheet(visit_id: str, exhibit_id: str, said: list[dict[Any, Any]], searched: int) -> dict[str, Any]:
    told = fd1_rivals(NotCalibrated(reason="no_weights"))
    objects, papers = ([one.as_row() for one in some] for some in (told.object_rivals, told.paper_rivals))
    evidence = json.loads(said[0]["facts"])
    moments = [float(one["media_s"]) for one in evidence.get("frames", [])]
    chosen = sorted({moments[0], moments[len(moments) // 2], moments[-1]}) if moments else []
    return {
        "code": CODE,
        "state": "candidate",
        "employees": [],
        "visit_ids": [visit_id],
        "propositions": {
            "main": "picture_or_object",
            "rivals": [one["name"] for one in objects],
            "paper_rivals": [one["name"] for one in papers],
        },
        "rivals": [*objects, *papers],
        "headline": told.object_headline,
        "against": [],
        "limits": ["names_nobody_pictured", "paper_not_shown", "sheet_may_be_shown_for_a_reason", "not_random_footage"],
        "sensitivity": {
            "presentation_id": None,
            "leaves_candidate": False,
            "stated_by": sorted(str(one["cue"]) for one in said),
            "level": str(said[0]["level"]),
            "pictures": len(moments),
            "for_paper": [],
            "paper_headline": told.paper_headline,
            "reason": "no_weights",
            "visits_searched": searched,
            "expected_false": None,
        },
        "frames": [
            {"exhibit_id": exhibit_id, "media_s": round(at, 3), "role": "shown", "employee_id": None} for at in chosen
        ],
    }


def _finding(
    row: Mapping[Any, Any],
    shown: Mapping[Any, Any],
    said: pd.DataFrame,
    for_it: list[str],
    live: Sequence[str],
    exhibit_id: str,
) -> dict[str, Any]:
    """``live``: cues that say so of this face in any of its presentations; the rest is of this one."""
    detail = json.loads(row["detail"])
    parts = detail["fd1"]
    speaking = _for_rivals(for_it)
    papers = with_cues(parts["paper"]["rivals"], speaking)
    against = [
        {"code": "cue_speaks_for_rival", "facts": {"cue": cue, "rival": rival}}
        for rival, cues in sorted(speaking.items())
        for cue in cues
    ]
    against += [{"code": "cue_says_live", "facts": {"cue": cue}} for cue in live]
    unread = sorted(said.loc[said["statement"] == "not_assessable", "cue"])
    against += [{"code": "cues_unread", "facts": {"cues": ", ".join(unread)}}] if unread else []
    supported = row["outcome"] == STATED and detail.get("leaves_candidate", False)
    first, last = float(shown["from_s"]), float(shown["to_s"])
    moments = sorted({round(first + share * (last - first), 3) for share in SHOWN_AT})
    return {
        "code": CODE,
        "state": "candidate",
        "employees": [],
        "visit_ids": [str(shown["visit_id"])],
        "propositions": {
            "main": "picture_or_object",
            "rivals": [one["name"] for one in parts["object"]["rivals"]],
            "paper_rivals": [one["name"] for one in papers],
        },
        "rivals": [*parts["object"]["rivals"], *papers],
        "headline": parts["object"]["headline"],
        "against": against,
        "limits": ["names_nobody_pictured", "paper_not_shown", "not_random_footage"],
        "sensitivity": {
            "presentation_id": str(shown["presentation_id"]),
            "stated_by": for_it,
            "leaves_candidate": supported,
            "for_paper": [cue for cue in for_it if all(cue not in cues for cues in speaking.values())],
            "paper_headline": parts["paper"]["headline"],
            "reason": None if pd.isna(row["reason"]) else str(row["reason"]),
        },
        "frames": [{"exhibit_id": exhibit_id, "media_s": at, "role": "shown", "employee_id": None} for at in moments],
    }
