from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.zktime_csv import ZktimeCsv
from toolkit.errors import ReadingError

ENGLISH = "Department,Name,No.,Date/Time,Location ID,ID Number,VerifyCode,CardNo\r\n"
CHINESE = "部门,姓名,考勤号码,日期时间,机器号,编号,比对方式,卡号\r\n"


def rows(text: str, **mapping: Any) -> list[RawRow]:
    return list(ZktimeCsv().rows(Source(name="list.csv", content=text.encode(), mapping=mapping)))


@pytest.mark.parametrize(("heading", "way"), [(ENGLISH, "FACE"), (CHINESE, "人脸")])
def test_both_languages_of_headings_are_read(heading: str, way: str, write: Any, read: Any) -> None:
    text = f"{heading}综合办,沈玉兰,00042,13/03/2026 08:21:07,1,,{way},\r\n"
    got = read(write(text, "list.csv", "gbk"))
    (punch,) = got.punches.to_dict("records")
    assert (got.format, got.encoding) == ("zktime_csv", "gb18030")
    assert (punch["employee_id"], punch["t_local"], punch["precision_s"]) == ("00042", "2026-03-13T08:21:07", 1.0)
    assert (punch["credential"], punch["terminal_id"], punch["row"]) == ("face", "1", 2)
    assert list(got.details["name"]) == ["沈玉兰"] and "edits" in got.lacks


@pytest.mark.parametrize(
    ("way", "credential"), [("FP", "finger"), ("face", "face"), ("", "unknown"), ("Other", "unknown (Other)")]
)
def test_the_way_of_checking_is_named_where_its_word_is_known(way: str, credential: str) -> None:
    _, row = rows(f"{ENGLISH}A,B,1001,13/03/2026 08:21:07,1,,{way},77\n")
    assert (row.credential, row.details["credential_code"], row.details["card"]) == (credential, way, "77")


def test_the_order_of_dates_is_that_of_the_rows_or_stated() -> None:
    undecided = f"{ENGLISH}A,B,1001,03/04/2026 08:21:07,1,,FP,\nA,B,1001,05/06/2026 08:21:07,1,,FP,\n"
    with pytest.raises(ReadingError) as caught:
        rows(undecided)
    assert caught.value.code == "date_order_undecided"
    assert {row.date_order for row in rows(undecided, date_order="dmy") if row.kind == "punch"} == {"dmy"}
    decided = f"{undecided}A,B,1001,06/13/2026 08:21:07,1,,FP,\n"
    assert {row.date_order for row in rows(decided) if row.kind == "punch"} == {"mdy"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("A,B,,13/03/2026 08:21:07,1,,FP,", "no_employee"),
        ("A,B,1.004E+03,13/03/2026 08:21:07,1,,FP,", "shortened_id"),
        ("A,B,1001", "too_few_fields"),
        ("A,B,C,1001,13/03/2026 08:21:07,1,,FP,", "too_many_fields"),
        ('A,"B"x,1001,13/03/2026 08:21:07,1,,FP,', "broken_quotes"),
    ],
)
def test_a_spoilt_row_is_refused_with_the_reason(row: str, why: str) -> None:
    good = "A,B,1001,13/03/2026 08:21:07,1,,FP,\n"
    told = rows(f"{ENGLISH}{good}{row}\n\n{good}")
    assert [(one.kind, one.why) for one in told] == [
        ("non-record", ""), ("punch", ""), ("refused", why), ("non-record", ""), ("punch", ""),
    ]  # fmt: skip
    assert told[2].raw == row


def test_people_called_like_nothing_and_guarded_numbers_are_kept() -> None:
    _, row = rows(f'{ENGLISH}A,NA,"=""0042""",13/03/2026 08:21:07,1,,FP,\n')
    assert (row.employee_id, row.details["name"]) == ("0042", "NA")


def test_a_column_that_bears_the_name_of_a_detail_is_kept_under_another() -> None:
    heading = ENGLISH.replace("CardNo", "CardNo,flags,seq")
    _, row = rows(f"{heading}A,B,1001,13/03/2026 08:21:07,1,,FP,,x,y\n")
    assert row.details["flags"] == [] and row.details["column flags"] == "x" and row.details["column seq"] == "y"


@pytest.mark.parametrize(
    "heading",
    [
        "Department,Name,No.,Date/Time",
        "部门,姓名,考勤号码,日期时间",
        ENGLISH.replace("VerifyCode", "比对方式"),
        "",
        '"open',
    ],
)
def test_other_headings_are_not_claimed(heading: str) -> None:
    assert not ZktimeCsv().sniff(Head(text=heading))
