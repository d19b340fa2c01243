"""Context: what a site wrote down of leave, duty, field visits, faults and tests, read as a table.

Headings in English or Chinese (:mod:`toolkit.clockin.beside.context_words`): employee_id
(empty: everybody), kind, from, to, note, source; ``camera``, ``covered``, ``seen``
and ``of`` for entrances and tests of detection. A date alone is the whole day; no
time zone is assumed. A kind that is not known is kept and told. An id is opaque
text: 007 and 7 are two people until a person says otherwise, and nobody is
joined by a name. The file is read in a limited child process.

A row says what a site wrote, not that it was so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import sandbox, tables
from toolkit.clockin.beside.context_words import KINDS, PERSONAL, UNKNOWN
from toolkit.clockin.fields.stamps import check_timezone
from toolkit.clockin.reader import LIMITS, SHOWN_REFUSED
from toolkit.errors import ReadingError
from toolkit.language import text
from toolkit.records import Oddity

# Files whose names say that a table is meant: what is wrong with one stops the intake instead of making it a letter.
TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".et")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRead:
    """What a context table holds; ``rows_source`` is the sum of ``rows_parsed`` and ``rows_refused``.

    ``records`` (table ``context_records``) may hold fewer people than the file
    where a scope was stated, or more rows where a cell names several people.
    """

    encoding: str
    rows_source: int
    rows_parsed: int
    rows_refused: int
    records: pd.DataFrame
    refused: pd.DataFrame
    oddities: tuple[Oddity, ...]

    def kinds(self) -> dict[str, int]:
        """How many rows of each kind, in the order of the list of kinds."""
        counts = Counter(self.records["kind"].astype(str))
        return {kind: counts[kind] for kind in (*KINDS, UNKNOWN) if counts[kind]}


def is_meant_as_table(name: str) -> bool:
    """Whether a file's name says that it is a table."""
    return name.lower().endswith(TABLE_SUFFIXES)


def read_context(
    path: Path,
    *,
    exhibit_id: str,
    timezone: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    scope: frozenset[str] | None = None,
    accept_refused: bool = False,
) -> ContextRead:
    """Read a context table.

    Parameters
    ----------
    timezone : str, optional
        IANA name of the zone that times without an offset are written in.
    mapping : mapping, optional
        ``encoding``, ``sheet``, ``date_order``.
    scope : frozenset of str, optional
        Employee ids in scope; rows of others are dropped before anything is kept.
    accept_refused : bool
        Without it a file with rows that cannot be read is refused, naming them.

    Raises
    ------
    ReadingError
        No table with a heading for the kind and one for the beginning, or rows that cannot be read.
    """
    if timezone is not None:
        check_timezone(timezone)
    stated = {name: (mapping or {})[name] for name in ("encoding", "sheet", "date_order") if name in (mapping or {})}
    asked = {"path": str(path), "mapping": stated}
    told = sandbox.ask("toolkit.clockin.beside.context_rows:context_to_json", asked, LIMITS)
    refused, rows = told["refused"], told["rows"]
    if refused and not accept_refused:
        raise _refusal(refused, path)
    kept = [row for row in rows if scope is None or row["employee_id"] in {*scope, ""}]
    kept_rows = [{**row, "exhibit_id": exhibit_id, "tz": row["tz"] or timezone} for row in kept]
    refused_rows = [
        {"exhibit_id": exhibit_id, "sheet": one["sheet"], "row": one["row"], "sub": 0, "why": one["why"],
         "raw": one["raw"] if scope is None else ""}
        for one in refused
    ]  # fmt: skip
    return ContextRead(
        encoding=told["encoding"],
        rows_source=told["rows_source"],
        rows_parsed=told["rows_source"] - len(refused),
        rows_refused=len(refused),
        records=tables.build("context_records", kept_rows),
        refused=tables.build("refused_rows", refused_rows),
        oddities=_oddities(kept, len(rows) - len(kept), refused),
    )


def _refusal(refused: Sequence[Mapping[str, Any]], path: Path) -> ReadingError:
    if all(row["why"] == "names_only" for row in refused):
        return ReadingError("context_names_only", file=path.name, row=refused[0]["row"])
    told = [(row["row"], row["shown"], text("report.refused_" + row["why"])) for row in refused[:SHOWN_REFUSED]]
    shown = "; ".join(f'{number}: "{written}" ({why})' for number, written, why in told)
    return ReadingError("context_rows_refused", file=path.name, count=len(refused), rows=shown)


def _oddities(
    rows: Sequence[Mapping[str, Any]], dropped: int, refused: Sequence[Mapping[str, Any]]
) -> tuple[Oddity, ...]:
    """What a person should look at: unknown kinds, rows of one person's that name nobody, ids that differ in zeros."""
    found: list[Oddity] = []
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row["kind"] == UNKNOWN:
            unknown[str(row["kind_text"])].append(row["row"])
    for word, where in sorted(unknown.items()):
        facts = {"text": word or "–", "rows": len(where), "row": where[0]}
        found.append(Oddity(code="context_kind_unknown", facts=facts))
    nobody = [row["row"] for row in rows if row["kind"] in PERSONAL and not row["employee_id"]]
    if nobody:
        found.append(Oddity(code="context_for_everybody", facts={"rows": len(nobody), "row": nobody[0]}))
    found += [
        Oddity(code="ids_differ_in_zeros", facts={"ids": told})
        for told in differ_in_zeros(row["employee_id"] for row in rows)
    ]
    numbers = [row["row"] for row in rows if row["id_was_number"]]
    if numbers:
        found.append(Oddity(code="id_was_number", facts={"rows": len(numbers), "row": numbers[0]}))
    found += [Oddity(code="out_of_scope", facts={"rows": dropped})] if dropped else []
    found += [Oddity(code="rows_refused", facts={"rows": len(refused)})] if refused else []
    return tuple(found)


def differ_in_zeros(ids: Iterable[str], others: Collection[str] = ()) -> list[str]:
    """Ids that differ only in leading zeros, as "007, 7": whether they are one person is for people to say.

    Parameters
    ----------
    others : collection of str
        Ids of other sources; groups are told only where one of ``ids`` is in them.
    """
    mine = {str(one) for one in ids}
    groups: dict[str, set[str]] = defaultdict(set)
    for one in {*mine, *(str(other) for other in others)}:
        if one.isdigit():
            groups[one.lstrip("0")].add(one)
    return [", ".join(sorted(group)) for _, group in sorted(groups.items()) if len(group) > 1 and group & mine]
