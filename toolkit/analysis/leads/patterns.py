"""Patterns of the records as leads: where to look, each with its rows and with what innocent thing looks the same.

Leads are listed by kind and time, never by person; nothing adds them up, no
score is made of them, and none is a finding. A log without leads is not shown
to be in order: patterns that are not listed here were not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from toolkit import tables
from toolkit.analysis.leads.log_days import MINUTE_S, as_rows, counted, log_days
from toolkit.analysis.leads.pattern_pairs import adjacent_pairs, close_sequences
from toolkit.analysis.leads.pattern_pictures import headcounts, pictures_again, pictures_missing
from toolkit.analysis.leads.pattern_trails import (
    attempt_trails,
    credential_shifts,
    during_absence,
    enrolment_trails,
    two_places,
)

KINDS = (
    "headcount", "picture_again", "picture_missing", "attempt_trail", "enrolment_trail", "adjacent_pair",
    "close_sequence", "two_places", "during_absence", "credential_shift",
)  # fmt: skip

Lead = dict[str, Any]


def leads(
    read: Mapping[str, pd.DataFrame],
    *,
    hashes: Mapping[str, str] | None = None,
    travel_s: Mapping[frozenset[str], float] | None = None,
    context: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Table ``leads``.

    Parameters
    ----------
    read : mapping
        Tables by name: ``punches``, and as far as the case has them ``punch_details``, ``device_events``,
        ``associations``, ``visits``, ``examined``. What is missing is not looked for.
    hashes : mapping, optional
        Name of a picture that came with the records to the SHA-256 of its bytes.
    travel_s : mapping, optional
        See :func:`toolkit.analysis.leads.pattern_trails.two_places`.
    context : DataFrame, optional
        Absences, see :func:`toolkit.analysis.leads.pattern_trails.during_absence`.
    """
    punches = read["punches"]
    if punches.empty:
        return tables.empty("leads")
    told = counted(punches)
    fine = told[told["precision_s"] < MINUTE_S].reset_index(drop=True)
    found = list(_of_records(read, punches, told, fine, dict(hashes or {})))
    if travel_s:
        found += two_places(fine, travel_s)
    if context is not None and not context.empty:
        found += during_absence(told, context)
    return _table(found, punches)


def _of_records(
    read: Mapping[str, pd.DataFrame],
    punches: pd.DataFrame,
    told: pd.DataFrame,
    fine: pd.DataFrame,
    hashes: dict[str, str],
) -> Iterator[Lead]:
    together = [*adjacent_pairs(fine), *close_sequences(list(log_days(fine)))] if len(fine) else []
    yield from together
    yield from attempt_trails(punches[punches["precision_s"] < MINUTE_S])
    yield from credential_shifts(fine)
    if "device_events" in read:
        begins = dict(zip(fine["punch_id"].astype(str), fine["at"], strict=True))
        yield from enrolment_trails(read["device_events"], together, begins)
    if "punch_details" in read:
        yield from pictures_again(told, read["punch_details"], hashes)
        yield from pictures_missing(told, read["punch_details"])
    if all(name in read for name in ("associations", "visits", "examined")):
        yield from headcounts(fine, read["associations"], read["visits"], read["examined"])


def _table(found: list[Lead], punches: pd.DataFrame) -> pd.DataFrame:
    """The leads by kind and time, numbered, with the rows of their clock-ins."""
    rows = {one["punch_id"]: (one["t_local"], [one["exhibit_id"], int(one["row"])]) for one in as_rows(punches)}
    for one in found:
        one["begins"] = min((rows[name][0] for name in one["punch_ids"]), default="")
        one["rows"] = [rows[name][1] for name in one["punch_ids"]]
    found.sort(key=lambda one: (KINDS.index(one["kind"]), one["begins"], one["employees"], one["punch_ids"]))
    return tables.build("leads", [{**one, "lead_id": f"L-{number:04d}"} for number, one in enumerate(found, 1)])
