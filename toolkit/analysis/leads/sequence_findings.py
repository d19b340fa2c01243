"""FD6 as rows: what follows closer than habits explain, with its clock-ins, or why the log allows no such test.

A lead for the investigator and nothing more: it has no ratio, names nobody, is
in no summary, and says what else writes the same log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.analysis.leads import sequences
from toolkit.analysis.leads.chance_gaps import base_rate, nearby_rate, spread
from toolkit.analysis.leads.log_days import MINUTE_S, LogDays, counted, log_days
from toolkit.analysis.leads.sequences import DRAWS, TIGHT_S, Group, Tested

RIVALS = ("car_pool", "side_by_side", "lift_or_queue", "stamped_elsewhere")
LIMITS = ("lead_only", "names_nobody_sequence", "bound_is_stated", "few_days_unseen")
Rows = list[dict[str, Any]]


def sequence_findings(punches: pd.DataFrame) -> tuple[Rows, Rows, dict[str, Any]]:
    """Rows of ``findings`` (code FD6, without ids) and of ``not_assessable``, and the row of ``sequences_tested``.

    Only clock-ins to the second are looked at; how many were not is told.
    """
    every = counted(punches)
    told = every[every["precision_s"] < MINUTE_S]
    coarse = len(every) - len(told)
    logs = list(log_days(told))
    tested = _no_clock_ins(coarse) if told.empty else sequences.implausible(logs)
    found = sorted(
        (_finding(one, p, tested, logs, told) for one, p in tested.speaking()), key=lambda row: row["employees"]
    )
    missing: Rows = []
    if tested.why_not is not None:
        facts = {"days": tested.days, "employees": tested.employees, "least_days": sequences.LEAST_DAYS,
                 "least_employees": sequences.LEAST_EMPLOYEES, "rows": coarse}  # fmt: skip
        missing.append({"what": "FD6", "why": tested.why_not, "facts": facts})
    elif coarse:
        missing.append({"what": "FD6", "why": "gaps_partly_to_the_minute", "facts": {"rows": coarse}})
    row = {
        "test": "FD6", "why_not": tested.why_not, "days": tested.days, "employees": tested.employees,
        "terminals": len(logs), "clock_ins": len(told), "coarse": coarse, "groups": tested.looked_at,
        "least_p": tested.groups[0][1] if tested.groups else None, "draws": DRAWS, "bound": sequences.TOGETHER,
        "tight_s": list(TIGHT_S), "alpha": sequences.ALPHA, "faster": _faster(logs),
    }  # fmt: skip
    return found, missing, row


def _no_clock_ins(coarse: int) -> Tested:
    return Tested(why_not="gaps_need_seconds" if coarse else "no_clock_ins_in_order")


def _faster(logs: Sequence[LogDays]) -> int:
    """How often two ids follow one another faster than a terminal takes two faces: such rows were not counted."""
    return sum(int(np.count_nonzero((np.diff(one.key) == 0) & (np.diff(one.at_s) < TIGHT_S[0]))) for one in logs)


def _finding(one: Group, p: float, tested: Tested, logs: Sequence[LogDays], told: pd.DataFrame) -> dict[str, Any]:
    log = logs[one.log]
    gaps = np.concatenate([np.diff(log.at_s[list(rows)]) for rows in one.rows])
    names = [str(log.punch_ids[k]) for rows in one.rows for k in rows]
    found = told.set_index("punch_id").loc[names]
    rate = nearby_rate(log, [int(rows[0]) for rows in one.rows], one.members)
    return {
        "code": "FD6",
        "state": "lead",
        "employees": sorted(log.employees[k] for k in one.members),
        "visit_ids": [],
        "propositions": {"main": "closer_than_habits", "rivals": list(RIVALS)},
        "rivals": [],
        "headline": {"rival": None, "log10_lr": None, "interval": None, "words": "no_ratio"},
        "against": [],
        "limits": list(LIMITS),
        "sensitivity": {
            "terminal": log.terminal_id,
            "end": one.end,
            "times": one.times,
            "meetings": one.meetings,
            "days": len({int(log.key[rows[0]]) // 2 for rows in one.rows}),
            "p": round(p, 4),
            "bound": round(one.bound, 3),
            "expected": round(one.meetings * one.chance, 1),
            "gap_least_s": float(gaps.min()),
            "gap_most_s": float(gaps.max()),
            "gap_median_s": float(np.median(gaps)),
            "gap_cv": spread(gaps),
            "base_rate": base_rate(rate, float(np.median(gaps))),
            "groups": tested.looked_at,
            "punch_ids": names,
            "rows": [[str(a), int(b)] for a, b in zip(found["exhibit_id"], found["row"], strict=True)],
        },
        "frames": [],
    }
