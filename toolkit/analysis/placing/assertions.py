"""Rows of the records that say the same thing: one event of the terminal, exported more than once.

Every source row stays a punch of its own. But two exports that overlap assert
one event twice, and an event told twice is not two observations: counted twice
it would multiply the evidence for one body with several ids. So association and
FD2 see each event once, and what is found for it holds for all of its rows.

Rows are one event when terminal, employee id, written second, kind and result
are equal. Exhibit, credential, fractions of the second and the name of the zone
do not matter: nobody clocks in twice at one terminal in one second. Times of
different stated zones are compared as moments; a time without a zone equals the
same writing in the only zone that is stated. A row without a terminal belongs to
the only terminal that the records name. A time written to the minute equals only
another such time. A slot of a daily table and the raw list of the same file tell
one event, whatever either says of the place.

Clock-ins of a phone and rows that a person entered were made at no terminal:
what they name in its place, "(remote)" or a phone, is no clock of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from toolkit.analysis.timing.civil_time import offset_of

SAME = ["terminal_id", "employee_id", "second", "coarse", "record_kind", "result"]
SLOT = "daily_slot"
MINUTE_S = 60.0
ORDER = ["exhibit_id", "sheet", "row", "punch_id"]
MADE_AT_A_TERMINAL = ("raw_event", "daily_slot", "failed_attempt", "non_person")


def at_a_terminal(punches: pd.DataFrame) -> pd.Series[bool]:
    """Whether each row was made at a terminal, as far as the records tell: by no phone, and entered by nobody."""
    return punches["record_kind"].isin(MADE_AT_A_TERMINAL) & (punches["credential"] != "remote").fillna(True)


def terminals(punches: pd.DataFrame) -> list[str]:
    """The terminals that the records name, in order."""
    return sorted(str(one) for one in set(punches.loc[at_a_terminal(punches), "terminal_id"].dropna()))


def repeats(punches: pd.DataFrame) -> dict[str, str]:
    """Punch id of each row that repeats an earlier one, to the punch id of that first row.

    The first is the one with the smallest exhibit, sheet and row.
    """
    ordered = punches.sort_values(ORDER, kind="stable")
    named = terminals(ordered)
    if len(named) == 1:
        ordered = ordered.assign(terminal_id=ordered["terminal_id"].mask(at_a_terminal(ordered), named[0]))
    ordered = ordered.assign(second=_moments(ordered), coarse=ordered["precision_s"] >= MINUTE_S)
    # A missing value equals a missing value here, and nothing else.
    first = ordered.groupby(SAME, dropna=False, sort=False)["punch_id"].transform("first")
    first = _slots_of_events(ordered, first)
    again = ordered["punch_id"] != first
    return dict(zip(ordered.loc[again, "punch_id"].astype(str), first[again].astype(str), strict=True))


def _slots_of_events(ordered: pd.DataFrame, first: pd.Series[Any]) -> pd.Series[Any]:
    """A slot of a daily table is the event of the same file's raw list, which knows where it was made."""
    keys = list(zip(*(ordered[name] for name in ("exhibit_id", "employee_id", "second", "coarse")), strict=True))
    raw: dict[Any, str] = {}
    for key, kind, name in zip(keys, ordered["record_kind"], first, strict=True):
        if kind == "raw_event":
            raw.setdefault(key, name)
    told = [
        raw.get(key, name) if kind == SLOT else name
        for key, kind, name in zip(keys, ordered["record_kind"], first, strict=True)
    ]
    return pd.Series(told, index=first.index)


def _moments(punches: pd.DataFrame) -> list[str]:
    """The second of each row, as a moment where one terminal's rows state several offsets, else as it is written."""
    written = punches["t_local"].str[: len("2026-03-03T08:20:00")].tolist()
    if punches["tz"].nunique() < 2:
        return written
    offsets = [offset_of(zone, at) for zone, at in zip(punches["tz"], written, strict=True)]
    return [
        at if offset is None else (datetime.fromisoformat(at) - offset).isoformat() + "Z"
        for at, offset in zip(written, offsets, strict=True)
    ]


def each_once(punches: pd.DataFrame) -> pd.DataFrame:
    """The punches without the rows that repeat another."""
    return punches[~punches["punch_id"].isin(list(repeats(punches)))]


def for_all_rows(rows: Iterable[Mapping[str, Any]], punches: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with a ``punch_id``, written again for every punch that repeats it."""
    again: dict[str, list[str]] = {}
    for punch_id, first in repeats(punches).items():
        again.setdefault(first, []).append(punch_id)
    return [{**row, "punch_id": one} for row in rows for one in (row["punch_id"], *again.get(row["punch_id"], ()))]


def overlaps(punches: pd.DataFrame) -> list[dict[str, Any]]:
    """How many rows of each exhibit repeat a row of another one, or of itself.

    Returns
    -------
    list of dict
        ``exhibit_id``, ``other`` (the exhibit of the first rows), ``rows``.
    """
    of = dict(zip(punches["punch_id"].astype(str), punches["exhibit_id"].astype(str), strict=True))
    counts: dict[tuple[str, str], int] = {}
    for punch_id, first in repeats(punches).items():
        pair = (of[punch_id], of[first])
        counts[pair] = counts.get(pair, 0) + 1
    return [{"exhibit_id": a, "other": b, "rows": number} for (a, b), number in sorted(counts.items())]
