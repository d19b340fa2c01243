"""FD4: one still picture presented on several occasions, as findings with their rivals and limits.

Two live visits of one person, who stands and looks alike each day before one
camera in one room, can agree as well as two looks at a print do. So nothing is
found without live controls of that camera: pairs that agree are then told in
their table and named as not calibrated. With controls, pairs that agree better
than all of them are joined to groups: a print shown on three days is one
finding. It stays a candidate until people have looked, and names nobody, because
it shows a picture and not who held it. Photographs give no finding of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.analysis.copies.reuse_words import REACHED
from toolkit.analysis.reuse import AGAIN

CALLED = ("assessed", "indicative")
LEAST_PAIRS = 10  # independent pairs of live visits: with fewer, the rate that is left open is above a quarter
RIVALS = ("live_looks", "other_photograph", "recording_twice")
Rows = list[dict[str, Any]]


def reuse_findings(reuse: pd.DataFrame, presentations: pd.DataFrame, visits: pd.DataFrame) -> Rows:
    """Rows of table ``findings`` (code FD4) without ids, in the order of their first visit.

    A pair counts where its faces are wide enough to be called at least
    indicative, its score reaches the threshold frozen on simulation, and it is
    higher than those of at least ten independent pairs of live visits of the
    camera's controls. ``comparisons`` stands beside every finding: the best of
    many is high by chance.
    """
    agreeing = [row for row in _agreeing(reuse) if row["verdict"] == "above all live" and _controlled(row)]
    visit_of = dict(zip(presentations["presentation_id"], presentations["visit_id"], strict=True))
    clip_of = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    found = [_finding(group, visit_of, clip_of) for group in _groups(agreeing)]
    return sorted(found, key=lambda row: row["visit_ids"])


def searched_missing(reuse: pd.DataFrame | None, searched: pd.DataFrame | None) -> Rows:
    """What could not be compared, and pairs that agree with too few controls beside them, for ``not_assessable``."""
    if reuse is None or searched is None:
        return [{"what": "FD4", "why": "step_not_run", "facts": {}}]
    rows: Rows = []
    open_pairs = [row for row in _agreeing(reuse) if row["verdict"] != "within live" and not _controlled(row)]
    if open_pairs:
        most = max(int(row["controls_n"]) for row in open_pairs)
        facts = {"pairs": len(open_pairs), "controls": most, "least": LEAST_PAIRS}
        rows.append({"what": "FD4", "why": "reuse_not_calibrated", "facts": facts})
    for row in searched.to_dict("records"):
        what = "FD4" if row["kind"] == AGAIN else "source_photo"
        if row["small"]:
            rows.append({"what": what, "why": "reuse_small", "facts": {"faces": int(row["small"])}})
        if row["without_face"]:
            rows.append({"what": what, "why": "reuse_without_face", "facts": {"faces": int(row["without_face"])}})
    return rows


def _agreeing(reuse: pd.DataFrame) -> Rows:
    """Pairs of presentations that reach the frozen threshold at a size that carries more than a lead."""
    pairs = reuse[reuse["kind"] == AGAIN].to_dict("records")
    return [
        {str(key): value for key, value in row.items()}
        for row in pairs
        if not pd.isna(row["score"]) and row["standing"] in CALLED and float(row["score"]) >= REACHED
    ]


def _controlled(row: Mapping[str, Any]) -> bool:
    return int(row["controls_n"]) >= LEAST_PAIRS


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
        "limits": ["names_nobody_reuse", "one_photograph", "recording_twice", "rarity_only"],
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
    """A rival; live looks carry what the controls say of them, and a bound only with prints shown again."""
    live = name == RIVALS[0]
    detail = {"n": int(best["controls_n"]), "upper": float(best["upper"])} if live else {}
    return {
        "name": name, "log10_lr": None, "lower_log10": ratio if live else None,
        "basis": "live_pairs" if live else "only_a_person", "excluded_by": None, "detail": detail,
    }  # fmt: skip
