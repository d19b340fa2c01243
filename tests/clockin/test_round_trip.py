"""Rows that a format writes are the rows that are read: id, time, precision, zone, and credential where it holds one.

The writers are in :mod:`tests.clockin.writing`; they know nothing of the readers. Unlike the samples, which are one
scene, the rows have any time of the day and year, zeros before and letters within the ids, and minutes in common.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clockin.parsed import parsed
from tests.clockin.writing import CODES, FORMATS, Format, Written

IDS = st.one_of(
    st.from_regex(r"[0-9]{1,9}", fullmatch=True).filter(lambda text: text.strip("0")),  # Hikvision writes 0 for nobody
    st.from_regex(r"[A-Z]{2}[0-9]{1,6}", fullmatch=True),
)
MOMENTS = st.datetimes(datetime.fromisoformat("2001-01-01"), datetime.fromisoformat("2099-12-31T23:59:59")).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
ROWS = st.lists(st.builds(Written, IDS, MOMENTS, st.sampled_from(sorted(CODES))), min_size=1, max_size=5)
FEW = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_back(one: Format, content: bytes, path: Path) -> list[tuple[str, str, float, str | None, str]]:
    """What is read of a file, in the order of its rows; nothing may be refused."""
    path.write_bytes(content)
    told = parsed(str(path), dict(one.mapping))
    assert told["format"] == one.name
    assert told["refused"] == []
    found = told["punches"]
    assert found["row"] == sorted(found["row"])
    assert set(found["record_kind"]) == {"raw_event"}
    assert set(found["result"]) == {"pass"}
    names = ("employee_id", "t_local", "precision_s", "zone", "credential")
    return list(zip(*(found[name] for name in names), strict=True))


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.write.__name__)
@FEW
@given(ROWS)
def test_what_is_written_is_read(one: Format, tmp_path: Path, rows: list[Written]) -> None:
    told = read_back(one, one.write(rows), tmp_path / "records.bin")
    expected = [one.expected(row) for row in rows]
    assert told == (expected[::-1] if one.newest_first else expected)


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.write.__name__)
def test_times_at_the_edges_of_a_day_and_year_stay_where_they_are(one: Format, tmp_path: Path) -> None:
    """Midnight, a year's last second, the 29th of February, and 07:59 at +08:00, which is the day before in UTC."""
    texts = ("2026-01-01T00:00:00", "2026-12-31T23:59:59", "2028-02-29T12:00:00", "2026-03-03T07:59:59.001")
    rows = [Written("0042", datetime.fromisoformat(text), "face") for text in texts]
    told = read_back(one, one.write(rows), tmp_path / "records.bin")
    assert sorted(told) == sorted(one.expected(row) for row in rows)


def test_a_writer_that_is_a_second_off_would_be_noticed(tmp_path: Path) -> None:
    """The comparison itself can fail."""
    row = Written("1001", datetime.fromisoformat("2026-03-03T08:21:07"), "face")
    late = Written("1001", row.at + timedelta(seconds=1), "face")
    for one in FORMATS:
        if one.unit_s < 60:
            assert read_back(one, one.write([late]), tmp_path / "records.bin") != [one.expected(row)]
