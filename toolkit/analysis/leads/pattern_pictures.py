"""Leads from footage and from the terminal's own pictures: how many stood there, and which pictures come again.

Footage: so many ids within seconds, and fewer visits in which somebody stood
there. Pictures of the terminal: one file that stands at clock-ins of different
days, and ids whose clock-ins alone lack a picture. Files are compared by hash
and name; pictures that merely look alike are not compared here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.analysis.leads.log_days import as_rows
from toolkit.analysis.leads.pattern_trails import BURST_S

LEAST_IDS = 3
PAD_S = 5.0
PICTURED, LEAST_ROWS, LEAST_OTHERS = 0.8, 5, 5

Lead = dict[str, Any]


def headcounts(
    told: pd.DataFrame, associations: pd.DataFrame, visits: pd.DataFrame, examined: pd.DataFrame
) -> Iterator[Lead]:
    """Bursts of three ids or more that fall into fewer visits than there are ids.

    Only bursts whose clock-ins are all placed on one clip, within stretches that were looked at. ``facts``: ``ids``,
    ``visits``, ``presenters``, ``companions`` (visits in which a second body was seen or possible), ``clip``,
    ``from_s``, ``to_s`` (media seconds). Who waits in the zone behind another is of one visit with them.
    """
    if associations.empty or visits.empty:
        return
    best = associations[associations["best"] & associations["media_s"].notna()].set_index("punch_id")
    clip_of = dict(zip(visits["visit_id"], visits["exhibit_id"], strict=True))
    of_punch = {name: clip_of[one] for name, one in associations[["punch_id", "outcome"]].to_numpy() if one in clip_of}
    for rows in bursts(told):
        names = [str(one) for one in rows["punch_id"]]
        clips = {of_punch.get(name) for name in names}
        if len(clips) != 1 or None in clips or not set(names) <= set(best.index):
            continue
        (clip,) = clips
        at = best.loc[names, "media_s"].astype(float)
        start, end = float(at.min()), float(at.max())
        if not _looked_at(examined, clip, start, end):
            continue
        mine = visits[
            (visits["exhibit_id"] == clip) & (visits["from_s"] <= end + PAD_S) & (visits["to_s"] >= start - PAD_S)
        ]
        ids = sorted(set(rows["employee_id"].astype(str)))
        if len(mine) < len(ids):
            facts = {
                "ids": len(ids), "visits": len(mine), "presenters": mine["presenter_id"].nunique(),
                "companions": int((mine["companion"] != "none").sum()), "clip": str(clip),
                "from_s": round(start, 1), "to_s": round(end, 1),
            }  # fmt: skip
            yield _lead("headcount", ids, names, facts, ("queue_in_one_visit", "companion", "clock_off"))


def bursts(told: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Runs of clock-ins at one terminal, each within seconds of the one before, of three ids or more."""
    for _, mine in told.groupby("terminal_id", dropna=False):
        run = (mine["at"].diff().dt.total_seconds() > BURST_S).cumsum()
        for _, rows in mine.groupby(run):
            if rows["employee_id"].nunique() >= LEAST_IDS:
                yield rows


def _looked_at(examined: pd.DataFrame, clip: Any, start: float, end: float) -> bool:
    mine = examined[(examined["exhibit_id"] == clip) & examined["how"].isin(("decoded", "probed"))]
    seen = (mine["to_s"].clip(upper=end) - mine["from_s"].clip(lower=start)).clip(lower=0.0).sum()
    return bool(seen >= (end - start) - 1e-6)


def pictures_again(told: pd.DataFrame, details: pd.DataFrame, hashes: dict[str, str]) -> Iterator[Lead]:
    """One picture of the terminal at clock-ins of different days, by its hash where it is at hand, else by its name.

    Parameters
    ----------
    hashes : dict
        Name of a picture that came with the records to the SHA-256 of its bytes.
    """
    by: dict[str, list[Any]] = defaultdict(list)
    for one in as_rows(_with_pictures(told, details)):
        if one["photo_ref"]:
            by[hashes.get(one["photo_ref"], f"name {one['photo_ref']}")].append(one)
    for key, rows in sorted(by.items()):
        days = {one["at"].date() for one in rows}
        if len(days) > 1:
            same_bytes = not key.startswith("name ")
            facts = {"times": len(rows), "days": len(days), "by": "hash" if same_bytes else "name", "picture": key[:80]}
            yield _lead("picture_again", {one["employee_id"] for one in rows}, [one["punch_id"] for one in rows], facts,
                        ("enrolled_picture_shown", "name_reused"))  # fmt: skip


def pictures_missing(told: pd.DataFrame, details: pd.DataFrame) -> Iterator[Lead]:
    """Ids none of whose clock-ins has a picture, where nearly all of the others' have one."""
    rows = _with_pictures(told, details)
    if rows.empty:
        return
    has = rows["photo_ref"].notna()
    counts = has.groupby(rows["employee_id"]).agg(["sum", "count"])
    bare = counts[(counts["sum"] == 0) & (counts["count"] >= LEAST_ROWS)]
    others = counts.drop(index=bare.index)
    if len(others) < LEAST_OTHERS or not others["count"].sum():
        return
    share = float(others["sum"].sum() / others["count"].sum())
    if share < PICTURED:
        return
    for employee, row in bare.iterrows():
        facts = {"clock_ins": int(row["count"]), "share_others": round(share, 3), "ids_without": len(bare)}
        names = rows.loc[rows["employee_id"] == employee, "punch_id"].tolist()
        yield _lead("picture_missing", [str(employee)], names, facts, ("picture_not_kept", "other_way_in"))


def _with_pictures(told: pd.DataFrame, details: pd.DataFrame) -> pd.DataFrame:
    return told.merge(details[["punch_id", "photo_ref"]], on="punch_id", how="left")


def _lead(kind: str, employees: Any, names: Any, facts: Lead, why: tuple[str, ...]) -> Lead:
    return {
        "kind": kind,
        "employees": sorted(employees),
        "punch_ids": [str(one) for one in names],
        "facts": facts,
        "explanations": list(why),
    }
