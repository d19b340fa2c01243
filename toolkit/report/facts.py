"""The report as plain facts: what ``report.json`` holds, and what the pages are written from.

Keys are those of the contract (schema ``papermask-report-1``, published in
``docs/report-schema.json``). A value that is not known is null, never made up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from toolkit import __version__, tables
from toolkit.analysis import coverage
from toolkit.analysis.placing.assertions import repeats
from toolkit.analysis.tested import continuity_rates, cue_results
from toolkit.casebook.case import Case
from toolkit.records import OUTSIDE_COVERAGE
from toolkit.report import clock_facts, context_facts, mask_facts
from toolkit.report.continuity import rate_rows
from toolkit.report.decision_facts import decision_facts
from toolkit.report.lead_facts import hour_facts, lead_facts, leads_shown
from toolkit.report.moments import moment

SCHEMA = "papermask-report-1"
KNOWING = "not determinable from footage"
MINUTE_S = 60.0
CLOCK_RESET = "clock_reset"
COMPANION = ("none", "possible", "seen")
REUSE = (
    "presentation_a", "other", "kind", "media_a_s", "media_b_s", "size_px", "standing", "score", "verdict", "why_not",
    "facts", "comparisons", "controls_n", "exceeding", "upper", "log10_any",
)  # fmt: skip

Row = dict[str, Any]
Rows = list[Row]


def report_facts(case: Case, *, edition: str, created_at: str) -> dict[str, Any]:
    """The document of ``report.json`` from the tables of a case.

    Parameters
    ----------
    created_at : str
        ISO 8601 with offset; the only value that may differ between two runs
        over the same tables and journal.
    """
    read = {name: _rows(case, name) for name in tables.TABLES}
    settings = case.settings()
    rows, head = case.head()
    again = repeats(case.read("punches")) if case.has("punches") else {}
    return {
        "schema": SCHEMA,
        "case_id": case.case_id,
        "edition": edition,
        "reviewed": False,
        "created_at": created_at,
        "purpose": settings.get("purpose"),
        "basis": settings.get("basis"),
        "retain_until": settings.get("retain_until"),
        "tool": {"version": __version__, "models": _models(read)},
        "tested_rates": cue_results(),
        "continuity_rates": rate_rows(continuity_rates()),
        "exhibits": [_exhibit(row) for row in read["exhibits"]],
        "clips": [_clip(row, read["examined"]) for row in read["clips"]],
        "zones": [_zone(row) for row in read["zones"]],
        "records": [_record_file(row, read, again) for row in read["record_files"]],
        "visits": [_visit(row) for row in read["visits"]],
        "presenters": [_presenter(row) for row in read["presenters"]],
        "faces_run": case.has("faces"),
        "presentations": [_presentation(row, read) for row in read["presentations"]],
        "sheets": [
            {
                "group": row["cue_group"],
                **_pick(row, "visit_id", "cue", "value", "unit", "statement", "level", "why_not", "facts"),
            }
            for row in read["visit_readings"]
        ],
        "evidence_maps": mask_facts.evidence_maps(read["evidence_maps"]),
        "calibrations": mask_facts.calibrations(read["assessments"]),
        "photographs": [_pick(row, "exhibit_id", "employee_id", "why_not", "facts") for row in read["photographs"]],
        "reuse": [_pick(row, *REUSE) for row in read["reuse"]],
        "reuse_searched": read["reuse_searched"],
        "clock": clock_facts.clock(read["clocks"], read["anchors"]),
        "associations": _associations(read["associations"], read["punches"], again),
        "findings": [_finding(row) for row in read["findings"] if row["code"] != "FD6" or leads_shown(edition)],
        **decision_facts(read),
        "identities": read["identities"],
        **lead_facts(read, edition),
        "counts": _counts(read["counts"], bool(read["visits"])),
        "context_used": context_facts.context_used(read),
        "exculpatory": context_facts.exculpatory(read["exculpatory"]),
        "integrity": [_pick(row, "exhibit_id", "code", "facts") for row in (*read["integrity"], *_lost(case))],
        "not_assessable": [_pick(row, "what", "why", "facts") for row in read["not_assessable"]],
        "custody": {"journal_rows": rows, "journal_head": head},
    }


def as_document(facts: Mapping[str, Any]) -> bytes:
    """The bytes of ``report.json``: sorted keys, UTF-8, numbers only where there are numbers."""
    return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode("utf-8")


def _rows(case: Case, name: str) -> Rows:
    return tables.rows_of(name, case.read(name)) if case.has(name) else []


def _pick(row: Mapping[str, Any], *names: str) -> Row:
    return {name: row[name] for name in names}


def _models(read: Mapping[str, Rows]) -> Rows:
    """Networks that gave an answer in any step, each once."""
    every = {one["name"]: one for one in (*read["models"], *read["models_compared"])}
    return [every[name] for name in sorted(every)]


def _exhibit(row: Mapping[str, Any]) -> Row:
    """An exhibit; of its provenance only whether each field is known, for the values may name people."""
    provenance = {
        name: value if value in ("unknown", "withheld") else "known" for name, value in row["provenance"].items()
    }
    return {**_pick(row, "exhibit_id", "kind", "sha256", "size_bytes", "received_at"), "provenance": provenance}


def _lost(case: Case) -> Rows:
    """What the scan found lost or damaged; noticed after intake, and as weighty for the exhibit."""
    return coverage.frames_lost(case.read("examined")) if case.has("examined") else []


def _clip(row: Mapping[str, Any], examined: Rows) -> Row:
    """A clip; what is lost or a gap was looked at as little as what nobody examined, and counts with it."""
    mine = [one for one in examined if one["exhibit_id"] == row["exhibit_id"]]
    long = {
        how: round(sum(one["to_s"] - one["from_s"] for one in mine if one["how"] == how), 3)
        for how in (*coverage.LOOKED, coverage.LOST)
    }
    skipped = max(0.0, round(row["duration_s"] - sum(long[how] for how in coverage.LOOKED), 3))
    facts = _pick(
        row, "exhibit_id", "camera_id", "container", "codec", "duration_s", "width_px", "height_px", "frames_stated",
        "frames_present", "rate_mode", "keyframe_interval_s", "gaps",
    )  # fmt: skip
    return {
        **facts,
        "starts_at": moment(row["starts_at"], row["timezone"]),
        "examined": {"decoded_s": long["decoded"], "probed_s": long["probed"], "skipped_s": skipped},
        "lost_s": long["lost"],
        "intervals": [_pick(one, "from_s", "to_s", "how") for one in mine],
    }


def _zone(row: Mapping[str, Any]) -> Row:
    return _pick(
        row, "exhibit_id", "polygon_px", "image_width_px", "image_height_px", "empty_media_s", "terminal_fully_in_view",
        "basis", "px_per_m",
    )  # fmt: skip


def _record_file(row: Mapping[str, Any], read: Mapping[str, Rows], again: Mapping[str, str]) -> Row:
    punches, refused = read["punches"], read["refused_rows"]
    mine = sorted((one for one in punches if one["exhibit_id"] == row["exhibit_id"]), key=lambda one: one["t_local"])
    tried = {one["punch_id"] for one in read["associations"]}
    # Rows of a clock that had lost its time say nothing of the period; the table of integrity tells them.
    lost = {one["punch_id"] for one in read["punch_details"] if CLOCK_RESET in one["flags"]}
    told = [one for one in mine if one["punch_id"] not in lost] or mine
    facts = _pick(
        row, "exhibit_id", "format", "encoding", "rows_source", "rows_parsed", "rows_rejected", "rows_non_record"
    )
    ends = {
        f"{end}_{form}": value
        for end, one in (("first", told[0]), ("last", told[-1]))
        for form, value in (("at", moment(one["t_local"], one["tz"])), ("text", _civil(one)))
    } if mine else dict.fromkeys(("first_at", "first_text", "last_at", "last_text"))  # fmt: skip
    return {
        **facts,
        **ends,
        "precision_s": max((one["precision_s"] for one in mine), default=None),
        "kept": len(mine),
        "repeated": sum(one["punch_id"] in again for one in mine),
        "assigned": sum(one["punch_id"] in tried for one in mine),
        "employees": len({one["employee_id"] for one in mine}),
        "zone_stated": all(one["tz"] is not None for one in mine) if mine else None,
        "refused": [_pick(one, "row", "why") for one in refused if one["exhibit_id"] == row["exhibit_id"]],
        "truncated": row["truncated"] or None,
        "stated_total": row["stated_total"],
        "lacks": row["lacks"],
        **hour_facts([str(one["t_local"]) for one in mine if one["punch_id"] not in again]),
    }


def _civil(punch: Mapping[str, Any]) -> str:
    """A clock-in's time as a person reads it, without the seconds that its source does not tell."""
    told = str(punch["t_local"]).replace("T", " ")
    return told[: len("2026-03-03 08:20")] if float(punch["precision_s"]) >= MINUTE_S else told


def _visit(row: Mapping[str, Any]) -> Row:
    facts = _pick(
        row, "visit_id", "exhibit_id", "from_s", "to_s", "presenter_id", "companion_basis", "open_start", "open_end"
    )
    return {**facts, "companion": row["companion"] if row["companion"] in COMPANION else None}


def _presenter(row: Mapping[str, Any]) -> Row:
    return _pick(row, "presenter_id", "visit_ids", "continuity_risk", "weakest_s")


def _presentation(row: Mapping[str, Any], read: Mapping[str, Rows]) -> Row:
    mine = row["presentation_id"]
    sights, readings = (
        [one for one in read[name] if one["presentation_id"] == mine] for name in ("faces", "cue_readings")
    )
    names = (
        "presentation_id", "visit_id", "presenter_id", "from_s", "to_s", "geometry", "medium", "width_px", "basis",
    )  # fmt: skip
    where = _of(mine, read["geometries"])
    return _pick(row, *names) | {
        "geometry": where[0]["geometry"] if where else row["geometry"],
        "frames": len(sights),
        "best": _best(sights) or _marked(row["mark_id"], read["marks"]),
        "readings": [
            {"group": one["cue_group"], **_pick(one, "cue", "value", "unit", "statement", "why_not", "facts")}
            for one in readings
        ],
        "assessment": _assessment(_of(mine, read["assessments"])),
        "likeness": _likeness(mine, read["comparisons"], read["likenesses"]),
    }


def _assessment(rows: Rows) -> Row | None:
    """What a presentation's readings are worth by the site's own recordings; None where nothing was weighed."""
    names = ("outcome", "log10_lr", "lower_log10", "upper_log10", "words", "reason", "calibration_id")
    return {**_pick(rows[0], *names), "said": rows[0]["detail"]["sentences"]} if rows else None


def _of(presentation_id: str, rows: Rows) -> Rows:
    return [one for one in rows if one["presentation_id"] == presentation_id]


def _likeness(presentation_id: str, comparisons: Rows, likenesses: Rows) -> Row | None:
    """How a presentation stands to the roster's photographs; None where nothing was compared."""
    told = _of(presentation_id, comparisons)
    if not told:
        return None
    places = sorted(
        (one for one in likenesses if one["presentation_id"] == presentation_id), key=lambda one: one["rank"]
    )
    names = ("standing", "margin", "cohort_z", "agree", "width_px", "frames", "people", "why_not", "facts")
    return {
        **_pick(told[0], *names),
        "calibrated": False,
        "ranked": [_pick(one, "employee_id", "score", "rank", "metric", "backend") for one in places],
    }


def _marked(mark_id: str | None, marks: Rows) -> Row | None:
    """The middle of what a person marked, where no face was found."""
    mine = next((one for one in marks if one["mark_id"] == mark_id), None)
    if mine is None:
        return None
    return {"media_s": (mine["from_s"] + mine["to_s"]) / 2, "pts": None, "box_px": mine["region_px"]}


def _best(sights: Rows) -> Row | None:
    """The frame in which the detector was surest of the face, for a person to look at.

    Of the middle of the presentation: at its ends sheets move and pictures blend.
    """
    if not sights:
        return None
    rim = len(sights) // 5
    middle = sorted(sights, key=lambda one: float(one["media_s"]))[rim : len(sights) - rim]
    return _pick(max(middle, key=lambda one: (one["score"], -one["media_s"])), "media_s", "pts", "box_px")


def _associations(rows: Rows, punches: Rows, again: Mapping[str, str]) -> Rows:
    of: dict[str, Rows] = defaultdict(list)
    for row in rows:
        of[row["punch_id"]].append(row)
    found = []
    for punch in sorted(punches, key=lambda one: (one["t_local"], one["punch_id"])):
        mine = of.get(punch["punch_id"])
        if not mine:
            continue
        best = next((row for row in mine if row["best"]), max(mine, key=lambda row: float(row["probability"])))
        found.append(
            {
                "punch_id": punch["punch_id"],
                "same_as": again.get(punch["punch_id"]),
                "employee_id": punch["employee_id"],
                "exhibit_id": punch["exhibit_id"],
                "row": punch["row"],
                "stamped_at": moment(punch["t_local"], punch["tz"]),
                "stamped_text": punch["stamped_at"],
                "media_s": None if best["outcome"] == OUTSIDE_COVERAGE else best["media_s"],
                "best": best["outcome"],
                "presentation_id": None,
                "probabilities": {row["outcome"]: row["probability"] for row in mine},
            }
        )
    return found


def _finding(row: Mapping[str, Any]) -> Row:
    return _pick(
        row, "finding_id", "code", "state", "employees", "visit_ids", "propositions", "rivals", "headline", "against",
        "limits", "sensitivity", "frames",
    )  # fmt: skip


def _counts(rows: Rows, any_visit: bool) -> Row:
    """Three numbers; without a visit nobody was looked for, and no bound is known."""
    found: Row = {row["what"]: {"low": row["low"], "high": row["high"], "note": row["note"]} for row in rows}
    if not any_visit:
        found["presenters"] = None
    return {"identities_used": None, "presenters": None, **found, "knowing_participants": KNOWING}
