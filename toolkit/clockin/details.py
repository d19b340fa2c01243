"""What a source tells of a clock-in beside the columns that every punch has; kept as it says, joined to nothing.

Repeats are marked and never removed: that somebody pressed twice is itself an
observation, and two exports of one event are two assertions of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from toolkit.canonical import canonical

# Text unless said otherwise. `direction` is one of in, out, break_out, break_in, ot_in, ot_out, unknown.
DETAILS = (
    "name", "seq", "work_date", "direction", "scheduled", "credential_code", "code_table", "photo_ref", "edited_by",
    "edit_reason", "approval_id", "device_name", "device_serial", "uploaded_at", "flags",
)  # fmt: skip
DETAIL_FIELDS = (*DETAILS, "other")
NOTHING: tuple[Any, ...] = ("", None, [], ())
BY_NAME = frozenset(DETAILS)
WHOLE, LISTED = frozenset({"seq"}), frozenset({"flags"})  # a whole number; a list of codes
DOUBLE_TAP_S = 60.0
EXACT, DOUBLE = "exact_row", "double_tap"


def detail_row(details: Mapping[str, Any]) -> dict[str, Any]:
    """Entries by column; what has no column goes to ``other``. Empty texts are nothing.

    ``flags`` and ``other`` are JSON as tables hold it.

    Raises
    ------
    ValueError
        A sequence number that is none, or flags that are no list: a slip of a format's author.
    """
    row: dict[str, Any] = dict.fromkeys(DETAIL_FIELDS)
    others: dict[str, str] = {}
    for name, value in details.items():
        if value in NOTHING:
            continue
        if name in BY_NAME:
            row[name] = value
        else:
            others[str(name)] = str(value)
    if row["seq"] is not None:
        row["seq"] = int(row["seq"])
    row["flags"] = canonical(sorted(set(_listed(row["flags"])))) if row["flags"] is not None else "[]"
    row["other"] = canonical(others) if others else "{}"
    return row


def spare(told: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Entries but these; one that bears the name of a detail is not that detail, and is named otherwise."""
    passed = frozenset(known)
    return {f"column {name}" if name in DETAILS else name: value for name, value in told.items() if name not in passed}


def _listed(flags: Any) -> Sequence[str]:
    if isinstance(flags, str) or not all(isinstance(one, str) for one in flags):
        raise ValueError("flags are a list of codes")
    return list(flags)


def repeats(punches: Sequence[Mapping[str, Any]]) -> list[tuple[str | None, str | None]]:
    """For each punch the group of repeats that it belongs to and of what kind, or (None, None).

    "exact_row": the same text stands in the file twice. "double_tap": one
    employee at one terminal again within a minute; the rows differ.
    """
    told: list[tuple[str | None, str | None]] = [(None, None)] * len(punches)
    for kind, groups in ((DOUBLE, _taps(punches)), (EXACT, _same(punches))):  # the surer one has the last word
        for group in groups:
            name = hashlib.sha256(f"{kind}|{'|'.join(map(str, group))}".encode()).hexdigest()[:12]
            for number in group:
                told[number] = (name, kind)
    return told


def _same(punches: Sequence[Mapping[str, Any]]) -> Iterable[list[int]]:
    by_text: dict[tuple[Any, ...], list[int]] = {}
    for number, row in enumerate(punches):
        by_text.setdefault((row["sheet"], row["raw"], row["sub"], row["employee_id"]), []).append(number)
    return [group for group in by_text.values() if len(group) > 1]


def _taps(punches: Sequence[Mapping[str, Any]]) -> Iterable[list[int]]:
    """Runs of one person at one terminal, each within a minute of the one before; attempts of nobody known are none.

    Two sheets of a workbook state the same events: a time that stands in both is told twice, not tapped twice.
    """
    by_person: dict[tuple[Any, ...], list[tuple[datetime, int]]] = {}
    for number, row in enumerate(punches):
        if not row["employee_id"]:
            continue
        key = (row["sheet"], row["employee_id"], row["terminal_id"], row["record_kind"], row["zone"])
        by_person.setdefault(key, []).append((datetime.fromisoformat(row["t_local"]), number))
    found = []
    for rows in by_person.values():
        rows.sort()
        run = [rows[0]]
        for before, after in pairwise(rows):
            if (after[0] - before[0]).total_seconds() > DOUBLE_TAP_S:
                found.append(run)
                run = []
            run.append(after)
        found.append(run)
    return [[number for _, number in run] for run in found if len(run) > 1]
