"""Conclude: findings, counts, and what cannot be said. The program makes candidates; people decide."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis import coverage
from toolkit.analysis.association import Placed, place
from toolkit.analysis.counts import count
from toolkit.analysis.findings import conclude as conclude_tables
from toolkit.analysis.presenters import MARGIN_S, Continuity, continuity
from toolkit.analysis.statements.face_changes import changes
from toolkit.analysis.statements.mask_findings import artefacts, sheets
from toolkit.analysis.tested import continuity_model, continuity_rates
from toolkit.analysis.timing.blind_clocks import found_without
from toolkit.casebook.case import Case
from toolkit.pipeline import leading
from toolkit.pipeline.decided import READ, decided
from toolkit.pipeline.exculpating import SEARCHED, beside_later, searched
from toolkit.pipeline.progress import Progress, quiet

INPUTS = (
    "punches", "visits", "clips", "clocks", "associations", "integrity", "lineage", "examined", "unscanned",
    "presenters", "anchors", "device_events",
)  # fmt: skip
COMPARED = ("presentations", "reuse", "reuse_searched")  # of steps that a case may not have run
MADE = ("findings", "identities", "exculpatory", "counts", "not_assessable")
PAIRS, SHEETS = "face_pairs", "visit_readings"
FACES = ("presentations", "visits", "cue_readings", "assessments")


def conclude(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Tables ``findings``, ``identities``, ``exculpatory``, ``counts`` and ``not_assessable``."""
    compared = {name: case.read(name) for name in COMPARED if case.has(name)}
    others = dict.fromkeys((*FACES, PAIRS, SHEETS, *READ, *SEARCHED, *leading.READ, *compared))
    inputs = (*INPUTS, *(name for name in others if name not in INPUTS and case.has(name)))
    params = {"version": 11, "rates": continuity_rates(), "model": continuity_model()}
    if all(case.is_current(name, inputs=inputs, params=params) for name in (*MADE, *leading.MADE)):
        return case.read("findings")
    read = {name: case.read(name) for name in INPUTS}
    refit = _refit(read)
    findings, missing = _from_tables(read, compared, refit)
    found, lacking = _artefacts(case)
    sequences, silent = leading.record_leads(case, inputs=inputs, params=params)
    findings, speaking_for, unsaid = searched(case, _with(findings, [*found, *sequences]))
    findings, identities, unnamed = decided(case, findings, read, refit)
    findings, speaking_for = beside_later(findings, speaking_for)
    case.record("identities", identities, inputs=inputs, params=params)
    case.record("exculpatory", speaking_for, inputs=inputs, params=params)
    rows = [
        *_json_rows(missing), *lacking, *silent, *unsaid, *unnamed,
        *_unscanned(read["unscanned"]), *_left_out(read["examined"]),
    ]  # fmt: skip
    case.record("findings", findings, inputs=inputs, params=params)
    ruled = identities if all(case.has(name) for name in FACES) else None
    counts = count(read["visits"], read["presenters"], continuity_model()["certify_at"], ruled)
    case.record("counts", counts, inputs=inputs, params=params)
    case.record("not_assessable", tables.build("not_assessable", rows), inputs=inputs, params=params)
    return findings


def _refit(read: Mapping[str, pd.DataFrame]) -> Callable[[str, frozenset[str]], Placed | None]:
    """The clip of a visit by a clock that was found without the clock-ins that are tested."""

    def refit(visit_id: str, tested: frozenset[str]) -> Placed | None:
        shared = (read["clips"], read["visits"], read["examined"])
        clocks = found_without(tested, read["punches"], *shared, read["anchors"], read["device_events"])
        found = place(read["punches"], read["visits"], read["clips"], clocks, read["examined"])
        return next((one for one in found if visit_id in one.visit_ids), None)

    return refit


def _from_tables(
    read: Mapping[str, pd.DataFrame],
    compared: Mapping[str, pd.DataFrame],
    refit: Callable[[str, frozenset[str]], Placed | None],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Findings from visits, records and pictures shown again; and what is missing for more."""
    pairs = {str(visit_id): rows for visit_id, rows in read["lineage"].groupby("visit_id")}

    visits = read["visits"]
    ends = zip(visits["visit_id"], visits["open_start"], visits["open_end"], strict=True)
    cut = {str(visit_id): (bool(start), bool(end)) for visit_id, start, end in ends}

    def certify(visit_id: str, from_s: float, to_s: float) -> Continuity:
        spare = tuple(0.0 if is_open else MARGIN_S for is_open in cut[visit_id])
        return continuity(pairs.get(visit_id, []), from_s, to_s, continuity_model(), spare_s=(spare[0], spare[1]))

    lost = tables.build("integrity", coverage.frames_lost(read["examined"]))
    return conclude_tables(
        **{name: read[name] for name in ("punches", "visits", "clips", "clocks", "associations", "examined")},
        integrity=pd.concat([read["integrity"], lost], ignore_index=True),
        continuity=certify,
        anchors=read["anchors"],
        rates=continuity_rates() or None,
        refit=refit,
        **compared,
    )


def _artefacts(case: Case) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """FD1's and FD3's candidates; and what is missing for more."""
    if not all(case.has(name) for name in FACES):
        return [], [{"what": what, "why": "faces_not_run", "facts": {}} for what in ("FD1", "FD3")]
    found, missing = artefacts(*(case.read(name) for name in FACES))
    if case.has(SHEETS):
        found += sheets(case.read("visits"), case.read(SHEETS), {one["visit_ids"][0] for one in found})
    if case.has(PAIRS):
        found += changes(case.read("presentations"), case.read("visits"), case.read(PAIRS))
    else:
        missing.append({"what": "FD3", "why": "not_compared", "facts": {}})
    return found, missing


def _with(findings: pd.DataFrame, found: list[dict[str, Any]]) -> pd.DataFrame:
    """The findings with these before the last one, numbered anew."""
    rows = tables.rows_of("findings", findings)
    rows[-1:-1] = found
    for number, row in enumerate(rows, 1):
        row["finding_id"] = f"F-{number:02d}"
    return tables.build("findings", rows)


def _json_rows(missing: pd.DataFrame) -> list[dict[str, Any]]:
    columns = zip(missing["what"], missing["why"], missing["facts"], strict=True)
    return [{"what": what, "why": why, "facts": json.loads(facts)} for what, why, facts in columns]


def _left_out(examined: pd.DataFrame) -> list[dict[str, Any]]:
    """Clips with frames that are damaged or could not be decoded: they were left out, and it is said."""
    rows = []
    for exhibit_id, parts in examined.groupby("exhibit_id"):
        damaged, lost = int(parts["damaged"].sum()), int(parts["lost"].sum())
        if damaged or lost:
            facts = {"exhibit": str(exhibit_id), "damaged": damaged, "lost": lost}
            rows.append({"what": "frames", "why": "frames_left_out", "facts": facts})
    return rows


def _unscanned(unscanned: pd.DataFrame) -> list[dict[str, Any]]:
    """Clips in which no visit could be looked for, with the reason."""
    columns = zip(unscanned["exhibit_id"], unscanned["why"], unscanned["facts"], strict=True)
    return [
        {"what": "visits", "why": why, "facts": {"exhibit": exhibit_id, **json.loads(facts)}}
        for exhibit_id, why, facts in columns
    ]
