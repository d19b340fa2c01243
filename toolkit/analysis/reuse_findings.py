"""FD4: one still picture presented on several occasions, as findings with their rivals and limits.

Pairs that agree are joined to groups: a print shown on three days is one
finding. Without controls of the camera, and with them while nobody has looked,
it stays a candidate; it names nobody, because it shows a picture and not who
held it. Photographs give no finding of their own: they are told in their table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.analysis.reuse import AGAIN
from toolkit.analysis.reuse_words import REACHED

CALLED = ("assessed", "indicative")
RIVALS = ("live_looks", "other_photograph", "recording_twice")
Rows = list[dict[str, Any]]


def reuse_findings(reuse: pd.DataFrame, presentations: pd.DataFrame, visits: pd.DataFrame) -> Rows:
    """Rows of table ``findings`` (code FD4) without ids, in the order of their first visit.

    A pair counts where its faces are wide enough to be called at least
    indicative, its score reaches the threshold frozen on simulation, and no live
    visit of the camera's controls scores as high. On simulated pairs of other
    photographs and live faces about one in a hundred reaches that threshold, so
    ``comparisons`` stands beside every finding.
    """
    pairs = [
        {str(key): value for key, value in row.items()} for row in reuse[reuse["kind"] == AGAIN].to_dict("records")
    ]
    agreeing = [row for row in pairs if _agrees(row)]
    visit_of = dict(zip(presentations["presentation_id"], presentations["visit_id"], strict=True))
    clip_of = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    found = [_finding(group, visit_of, clip_of) for group in _groups(agreeing)]
    return sorted(found, key=lambda row: row["visit_ids"])


def searched_missing(searched: pd.DataFrame | None) -> Rows:
    """What could not be compared, as rows of ``not_assessable``."""
    if searched is None:
        return [{"what": "FD4", "why": "step_not_run", "facts": {}}]
    rows: Rows = []
    for row in searched.to_dict("records"):
        what = "FD4" if row["kind"] == AGAIN else "source_photo"
        if row["small"]:
            rows.append({"what": what, "why": "reuse_small", "facts": {"faces": int(row["small"])}})
        if row["without_face"]:
            rows.append({"what": what, "why": "reuse_without_face", "facts": {"faces": int(row["without_face"])}})
    return rows


def _agrees(row: Mapping[str, Any]) -> bool:
    if pd.isna(row["score"]) or row["standing"] not in CALLED:
        return False
    return bool(float(row["score"]) >= REACHED and row["verdict"] != "within live")


def _groups(pairs: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Pairs that hang together by a presentation."""
    groups: list[list[dict[str, Any]]] = []
    for row in pairs:
        ends = {row["presentation_a"], row["other"]}
        mine = [group for group in groups if any(ends & {one["presentation_a"], one["other"]} for one in group)]
        groups = [group for group in groups if group not in mine]
        groups.append([row, *(one for group in mine for one in group)])
    return groups


def _finding(group: list[dict[str, Any]], visit_of: dict[str, str], clip_of: dict[str, str]) -> dict[str, Any]:
    moments = {row["presentation_a"]: row["media_a_s"] for row in group} | {
        row["other"]: row["media_b_s"] for row in group
    }
    least = min(group, key=lambda row: float(row["score"]))
    best = max(group, key=lambda row: float(row["score"]))
    ratio = None if pd.isna(best["log10_any"]) else float(best["log10_any"])
    return {
        "code": "FD4",
        "state": "candidate",
        "employees": [],
        "visit_ids": sorted({visit_of[name] for name in moments}),
        "propositions": {"main": "one_still_picture", "rivals": list(RIVALS)},
        "rivals": [_rival(name, best, ratio) for name in RIVALS],
        "headline": {
            "rival": None, "log10_lr": None, "interval": None, "words": "no_ratio", "not_assessed": list(RIVALS),
            "conditional": False,
        },
        "against": [{"code": "reuse_searched", "facts": {"pairs": int(best["comparisons"])}}],
        "limits": ["names_nobody_reuse", "one_photograph", "recording_twice", *_uncalibrated(best)],
        "sensitivity": {
            "presentations": sorted(moments),
            "score_least": float(least["score"]),
            "score_most": float(best["score"]),
            "size_px": min(float(row["size_px"]) for row in group),
            "indicative": any(row["standing"] == "indicative" for row in group),
            "controls_n": int(best["controls_n"]),
            "upper": None if pd.isna(best["upper"]) else float(best["upper"]),
            "log10_any": ratio,
            "comparisons": int(best["comparisons"]),
        },
        "frames": _frames(moments, visit_of, clip_of),
    }  # fmt: skip


def _frames(moments: Mapping[str, Any], visit_of: dict[str, str], clip_of: dict[str, str]) -> Rows:
    frames = [
        {"exhibit_id": clip_of[visit_of[name]], "media_s": round(float(at), 3), "role": "shown", "employee_id": None}
        for name, at in moments.items()
    ]
    return sorted(frames, key=lambda one: (one["exhibit_id"], one["media_s"]))


def _rival(name: str, best: Mapping[str, Any], ratio: float | None) -> dict[str, Any]:
    """A rival; live looks carry what the controls say of them, and never a ratio of their own without prints."""
    live = name == RIVALS[0]
    calibrated = live and int(best["controls_n"]) > 0
    detail = {"n": int(best["controls_n"]), "upper": float(best["upper"])} if calibrated else {}
    basis = {"live_looks": "live_pairs" if calibrated else "no_live_pairs"}.get(name, "only_a_person")
    return {
        "name": name, "log10_lr": None, "lower_log10": ratio if live else None, "basis": basis, "excluded_by": None,
        "detail": detail,
    }  # fmt: skip


def _uncalibrated(best: Mapping[str, Any]) -> list[str]:
    return ["not_calibrated"] if best["verdict"] == "not calibrated" else ["rarity_only"]
