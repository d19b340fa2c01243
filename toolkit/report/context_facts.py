"""Facts of the context exhibits and of the exculpatory search for ``report.json``.

Notes and sources of a paper are free text and may name people: they stay in the
table; the document names exhibit and row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

ITEM = ("item_id", "code", "employees", "visit_ids", "days", "facts", "sources", "finding_ids")

Row = dict[str, Any]
Rows = list[Row]


def context_used(read: Mapping[str, Rows]) -> Rows:
    """Each context exhibit with what was understood of it, and the items of the search that rest on it.

    ``machine_read`` is None before the step ``intake`` has run.
    """
    files = {row["exhibit_id"]: row for row in read["context_files"]}
    return [
        _exhibit(row["exhibit_id"], files.get(row["exhibit_id"]), read)
        for row in read["exhibits"]
        if row["kind"] == "context"
    ]


def _exhibit(exhibit_id: str, file: Row | None, read: Mapping[str, Rows]) -> Row:
    mine = [row for row in read["context_records"] if row["exhibit_id"] == exhibit_id]
    counts = Counter(row["kind"] for row in mine)
    sources = ((one["item_id"], {source["exhibit_id"] for source in one["sources"]}) for one in read["exculpatory"])
    return {
        "exhibit_id": exhibit_id,
        "machine_read": None if file is None else bool(file["machine_read"]),
        "why": None if file is None else file["why"],
        **{name: None if file is None else file[name] for name in ("rows_source", "rows_parsed", "rows_refused")},
        "kinds": {kind: counts[kind] for kind in sorted(counts)},
        "refused": [
            {"row": row["row"], "why": row["why"]} for row in read["refused_rows"] if row["exhibit_id"] == exhibit_id
        ],
        "items": [item_id for item_id, exhibits in sources if exhibit_id in exhibits],
    }


def exculpatory(rows: Rows) -> Rows:
    """The items of the search as its table holds them; its scope stands in the finding FD9."""
    return [{name: row[name] for name in ITEM} for row in rows]
