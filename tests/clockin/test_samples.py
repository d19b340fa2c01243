"""Exports of real kinds, read whole: what they hold was written down by reading them, not by running this code.

One file ``golden/<name>.json`` for each sample: ``file``, ``format``, ``rows``
{source, parsed, rejected, non_record}, ``punches`` with the columns named in
each row, ``refused`` [[sheet, row, why]], ``kept`` {events, people, photos},
and of the file ``timezone``, ``truncated``, ``stated_total``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.clockin.parsed import parsed
from toolkit.errors import ReadingError

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
# Made of rows that must be refused or asked about; it has a test of its own below.
NOT_WHOLE = {"20_torture_dates.csv"}
COLUMNS = (
    "sheet", "row", "employee_id", "t_local", "precision_s", "tz", "tz_basis", "credential", "result", "record_kind",
)  # fmt: skip


def rows_of(table: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    told = table[columns].to_dict("records")
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in told]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_sample_is_read_as_a_person_reads_it(golden: Path, shared: Path, read: Any) -> None:
    told = json.loads(golden.read_text(encoding="utf-8"))
    got = read(shared / "clockin-samples" / told["file"], accept_refused=True)
    assert got.format == told["format"]
    counted = {
        "source": got.rows_source, "parsed": got.rows_parsed, "rejected": got.rows_rejected,
        "non_record": got.rows_non_record,
    }  # fmt: skip
    assert counted == told["rows"]
    assert counted["source"] == counted["parsed"] + counted["rejected"] + counted["non_record"]
    columns = list(told["punches"][0]) if told["punches"] else list(COLUMNS)
    assert set(COLUMNS) <= set(columns)
    order = [name for name in columns if name in got.punches.columns]
    detailed = [name for name in columns if name not in order]
    table = got.punches.merge(got.details, on="punch_id", how="left", suffixes=("", "_detail"))
    mine = sorted(map(_line, rows_of(table, [*order, *detailed])))
    assert mine == sorted(_line({name: row[name] for name in (*order, *detailed)}) for row in told["punches"])
    assert [[row["sheet"], row["row"], row["why"]] for row in rows_of(got.refused, ["sheet", "row", "why"])] == told[
        "refused"
    ]
    assert {"events": len(got.events), "people": len(got.people), "photos": len(got.photos)} == told["kept"]
    facts = {"timezone": got.facts.timezone, "truncated": got.facts.truncated, "stated_total": got.facts.stated_total}
    assert facts == {name: told[name] for name in facts}


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def test_every_sample_that_holds_records_is_written_down(shared: Path) -> None:
    there = {json.loads(path.read_text(encoding="utf-8"))["file"] for path in GOLDEN}
    samples = {path.name for path in (shared / "clockin-samples").iterdir() if path.name != "README.md"}
    assert samples - there == NOT_WHOLE and there <= samples


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_exactly_one_format_claims_a_sample(golden: Path, shared: Path, read: Any) -> None:
    """A file that two formats claim is refused, so that reading it at all shows that one does."""
    file = json.loads(golden.read_text(encoding="utf-8"))["file"]
    assert read(shared / "clockin-samples" / file, accept_refused=True).format


def test_the_sample_of_odd_dates_is_refused_as_a_whole_and_its_rows_one_by_one(shared: Path, read: Any) -> None:
    """Other calendars, a shortened id and a bare number are refused; one of the two readable rows has a zone."""
    path = shared / "clockin-samples/20_torture_dates.csv"
    with pytest.raises(ReadingError) as refused:
        read(path, accept_refused=True)
    assert refused.value.code == "records_zones_mixed"
    told = parsed(str(path), {})
    assert [(row["row"], row["why"]) for row in told["refused"]] == [
        (2, "implausible_year"), (3, "implausible_year"), (4, "shortened_id"), (5, "unreadable_time"),
    ]  # fmt: skip
    columns = ("row", "employee_id", "t_local", "zone")
    assert list(zip(*(told["punches"][name] for name in columns), strict=True)) == [
        (6, "1006", "2026-03-03T08:41:48", None),
        (7, "1001", "2026-03-03T00:21:07", "+00:00"),
    ]
