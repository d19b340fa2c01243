# ruff: noqa: DTZ001 - a terminal writes civil times, which have no zone
from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clockin.parsed import parsed
from toolkit.clockin.fields.stamps import CLOCK_RESET_YEARS
from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.zkteco_attlog import ZktecoAttlog

ROW = "     1001\t2026-03-03 08:21:49\t1\t0\t15\t0"


def rows(text: str) -> list[RawRow]:
    return list(ZktecoAttlog().rows(Source(name="1_attlog.dat", content=text.encode())))


def test_a_row_gives_person_time_and_credential_and_is_a_success() -> None:
    (row,) = rows(f"{ROW}\r\n")
    assert (row.kind, row.row, row.raw) == ("punch", 1, ROW)
    assert (row.employee_id, row.time_text, row.credential) == ("1001", "2026-03-03 08:21:49", "face")
    assert (row.result, row.record_kind, row.terminal_id) == ("pass", "raw_event", None)


def test_a_right_aligned_number_loses_its_blanks_and_keeps_its_zeros() -> None:
    assert rows(ROW.replace("     1001", "   000042"))[0].employee_id == "000042"


@pytest.mark.parametrize(
    ("code", "credential"),
    [
        ("15", "face"),
        ("1", "finger"),
        ("3", "password"),
        ("4", "card"),
        ("16", "face+finger"),
        ("0", "unknown (0)"),  # "any" in one code table, password in another
        ("2", "unknown (2)"),
        ("5", "unknown (5)"),
        ("255", "unknown (255)"),
        ("", "unknown"),
    ],
)
def test_the_verify_code_is_named_only_where_the_code_tables_agree(code: str, credential: str) -> None:
    assert rows(f"1001\t2026-03-03 08:21:49\t1\t0\t{code}\t0")[0].credential == credential


def test_the_credential_stays_unknown_where_the_columns_cannot_be_told_apart() -> None:
    varying = "1001\t2026-03-03 08:21:49\t15\t0\t1\t0\n1002\t2026-03-03 08:22:06\t1\t0\t1\t0\n"
    assert {row.credential for row in rows(varying)} == {"unknown"}
    assert rows("1001\t2026-03-03 08:21:49\t1\t0")[0].credential == "unknown"


def test_direction_and_codes_are_details_where_the_columns_are_known() -> None:
    out = rows("1001\t2026-03-03 17:32:15\t1\t1\t15\t0\r\n7\t2000-01-01 00:03:41\t1\t255\t1\t0\r\n")
    assert [row.details["direction"] for row in out] == ["out", ""]
    assert [row.details["credential_code"] for row in out] == ["15", "1"]
    assert {row.details["code_table"] for row in out} == {"zk.push.app7"}
    assert [row.details["flags"] for row in out] == [[], ["clock_reset"]]
    assert all("seq" not in row.details for row in out)


def test_rows_in_the_order_of_the_push_protocol_are_not_misread() -> None:
    (row,) = rows("1001\t2026-03-03 08:21:07\t0\t15\t1\t0\t0\n")
    assert row.credential == "unknown" and "direction" not in row.details
    assert [row.details[f"column_{n}"] for n in range(3, 8)] == ["0", "15", "1", "0", "0"]


def test_blank_lines_are_no_records_and_the_last_line_needs_no_end() -> None:
    told = rows(f"{ROW}\r\n\r\n   \r\n{ROW}")
    assert [(row.kind, row.row) for row in told] == [
        ("punch", 1),
        ("non-record", 2),
        ("non-record", 3),
        ("punch", 4),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1001\t2026-03-03 08:21:49\t1", "too_few_fields"),
        ("1001", "too_few_fields"),
        ("     \t2026-03-03 08:21:49\t1\t0\t15\t0", "no_employee"),
        ("1001\t2026-03-03 08:21\t1\t0\t15\t0", "unreadable_time"),
        ("1001\t2026-03-33\t1\t0\t15\t0", "unreadable_time"),
    ],
)
def test_a_row_whose_end_was_lost_is_refused_with_the_reason(line: str, why: str) -> None:
    told = rows(f"{ROW}\n{line}\n{ROW}\n")
    assert [(row.kind, row.why) for row in told] == [("punch", ""), ("refused", why), ("punch", "")]
    assert told[1].raw == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "工号,姓名,打卡时间\n1001,沈玉兰,2026-03-03 08:21:49\n",
        "No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n1\t1\t1001\t\t0\t0\t2026/03/03 08:21:07\n",
        "1001\t2026/03/03 08:21:07\t1\t0\n",
        "1001 2026-03-03 08:21:07 1 0 15 0\n",
    ],
)
def test_other_tables_are_not_claimed(text: str) -> None:
    assert not ZktecoAttlog().sniff(Head(text=text))


def test_a_log_is_claimed_even_with_a_spoilt_row_or_a_cut_head() -> None:
    assert ZktecoAttlog().sniff(Head(text=f"{ROW}\r\n{ROW}\r\n{ROW}\r\nrubbish\r\n{ROW[:17]}"))


people = st.from_regex(r"[A-Z0-9]{1,9}", fullmatch=True)
moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 12, 31)).map(
    lambda at: at.replace(microsecond=0)
)
lines = st.lists(st.tuples(people, moments, st.sampled_from([1, 3, 4, 15, 25])), min_size=1, max_size=30)


def _precision(rows: list[tuple[str, datetime]]) -> list[float]:
    """What each row should be precise to, by the rule in words: minutes where (nearly) all seconds are zero."""
    told = [row for row in rows if str(row[1].year) not in CLOCK_RESET_YEARS]  # a clock that was lost says nothing
    zero = [row for row in told if row[1].second == 0]
    events, whole = len(set(told)), len(set(zero))
    if not ((len(zero) == len(told) and events >= 3) or (events >= 20 and whole >= 0.95 * events)):
        return [1.0] * len(rows)
    midnight = all((at.hour, at.minute) == (0, 0) for _, at in zero)
    return [(86400.0 if midnight else 60.0) if row in zero else 1.0 for row in rows]


@settings(deadline=None)
@given(lines, st.booleans(), st.integers(0, 3))
def test_a_log_that_is_written_is_read_back_row_by_row(tmp_path_factory, written, last_end: bool, blanks: int) -> None:
    text = "\r\n".join(f"{pin:>9}\t{at:%Y-%m-%d %H:%M:%S}\t1\t0\t{code}\t0" for pin, at, code in written)
    path = tmp_path_factory.mktemp("log") / "1_attlog.dat"
    path.write_bytes((text + ("\r\n" if last_end or blanks else "") + "\r\n" * blanks).encode())
    told = parsed(str(path), {})
    punches = told["punches"]
    assert list(zip(punches["employee_id"], punches["t_local"], strict=True)) == [
        (pin, at.isoformat()) for pin, at, _ in written
    ]
    assert punches["row"] == list(range(1, len(written) + 1))
    assert punches["precision_s"] == _precision([(pin, at) for pin, at, _ in written])
    assert told["non_record"] == blanks and told["refused"] == []
