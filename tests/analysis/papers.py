"""Rows of context tables and of FD5's footage in the making, and the search over a case of tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pandas as pd

from tests.report.cases import FakeCase
from toolkit import tables
from toolkit.analysis.statements.exculpatory import Known, from_context
from toolkit.analysis.statements.exculpatory_seen import from_footage
from toolkit.pipeline.exculpating import searched

Rows = list[dict[str, Any]]


def paper(row: int, kind: str, start: str, end: str, employee_id: str = "", **more: Any) -> dict[str, Any]:
    """One row of a context table; a start and an end of ten characters are whole days."""
    whole = len(start) == 10
    last = f"{pd.Timestamp(end) + pd.Timedelta(days=1):%Y-%m-%dT00:00:00}" if whole else f"{end.replace(' ', 'T')}:00"
    return {
        "exhibit_id": "E-0005", "sheet": "", "row": row, "sub": 0, "employee_id": employee_id, "kind": kind,
        "kind_text": kind, "from_local": f"{start}T00:00:00" if whole else f"{start.replace(' ', 'T')}:00",
        "to_local": last, "whole_days": whole, "tz": None, "camera": "", "covered": "", "seen": None, "passes": None,
        "note": "", "source": "", "raw": "", **more,
    }  # fmt: skip


def with_papers(case: FakeCase, papers: Iterable[dict[str, Any]]) -> FakeCase:
    """The case with a context exhibit of these rows."""
    rows = list(papers)
    file = {
        "exhibit_id": "E-0005", "machine_read": True, "why": None, "encoding": "utf-8", "rows_source": len(rows),
        "rows_parsed": len(rows), "rows_refused": 0,
    }  # fmt: skip
    case.held["context_records"] = tables.build("context_records", rows)
    case.held["context_files"] = tables.build("context_files", [file])
    return case


@cache
def _tables(make: Callable[[], FakeCase]) -> dict[str, pd.DataFrame]:
    return make().held


def fresh(make: Callable[[], FakeCase]) -> FakeCase:
    """The case that this function makes, built once; its tables may be replaced, and are not to be changed in place."""
    return FakeCase(dict(_tables(make)))


def by_papers(case: FakeCase) -> Rows:
    """The items that rest on papers alone."""
    return from_context(_known(case))


def by_footage(case: FakeCase) -> Rows:
    """The items that rest on footage alone."""
    return from_footage(_known(case))


def _known(case: FakeCase) -> Known:
    return Known(findings=_rows("findings", case.read("findings")), read=case.held, ran=frozenset(case.held))


def search(case: FakeCase) -> tuple[Rows, Rows, Rows]:
    """Findings, items and what is missing, JSON read."""
    findings, items, missing = searched(case, case.read("findings"))  # type: ignore[arg-type]
    return _rows("findings", findings), _rows("exculpatory", items), missing


def _rows(name: str, table: pd.DataFrame) -> Rows:
    kinds = tables.TABLES[name].columns
    return [
        {str(key): json.loads(value) if kinds[str(key)] == "json" else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]
