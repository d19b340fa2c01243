from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.zkteco_glg import ZktecoGlg
from toolkit.errors import ReadingError

TIME = "2026/03/03  08:21:07"
CLONE = "No|TMNo|EnNo|Name|In/Out|VM|Department|DateTime"


def rows(text: str, **mapping: Any) -> list[RawRow]:
    return list(ZktecoGlg().rows(Source(name="AGL_001.TXT", content=text.encode(), mapping=mapping)))


def punch(heading: str, row: str) -> RawRow:
    head, told = rows(f"{heading}\r\n{row}\r\n".replace("|", "\t"))
    assert (head.kind, told.kind, told.row) == ("non-record", "punch", 2)
    return told


@pytest.mark.parametrize(
    ("heading", "row", "credential", "direction"),
    [
        ("No|Mchn|EnNo||Name||Mode|IOMd|DateTime|", f"000001|1|000001001|沈玉兰       |15|1|{TIME}|", "face", "out"),
        ("No|Mchn|EnNo||Name||Mode|IOMd|DateTime|", f"000001|1|000001001||沈玉兰||15|1|{TIME}|", "face", "out"),
        ("No|Mchn|EnNo|Name|Mode|IOMd|DateTime", f"1|1|000001001|沈玉兰|1|255|{TIME}", "finger", ""),
        ("No|TMNo|EnNo|Name|INOUT|Mode|DateTime", f"1|1|000001001|沈玉兰|0|15|{TIME}", "unknown (15)", "unknown"),
        (
            "No|TMNo|EnNo|Name|GMNo|Mode|IN/OUT|Antipass|DaiGong|DateTime|TR",
            f"1|1|000001001|沈玉兰|1|FP|DutyOff|0|0|{TIME}|",
            "finger",
            "out",
        ),
        (
            "No|TMNo|EnNo|Name|GMNo|Mode|IN/OUT|Antipass|ProxyWork|DateTime",
            f"1|1|000001001|沈玉兰|1|FACE|DutyOn|0|0|{TIME}",
            "face",
            "in",
        ),
        (CLONE, f"1|1|000001001|沈玉兰|DutyOn|Dedo|网格一组|{TIME}", "finger", "in"),
        (CLONE, f"1|1|000001001|沈玉兰|Salida|Ojo|A|{TIME}", "unknown (Ojo)", "unknown"),
    ],
)
def test_columns_are_found_by_the_words_of_each_heading(
    heading: str, row: str, credential: str, direction: str
) -> None:
    told = punch(heading, row)
    assert (told.employee_id, told.time_text, told.result) == ("000001001", TIME, "pass")
    assert (told.credential, told.details["direction"]) == (credential, direction)
    assert told.details["name"] == "沈玉兰" and int(told.details["seq"]) == 1


def test_an_empty_name_moves_no_column() -> None:
    told = punch("No|Mchn|EnNo||Name||Mode|IOMd|DateTime|", f"000001|1|000001001||15|0|{TIME}|")
    assert (told.details["name"], told.credential, told.details["direction"]) == ("", "face", "in")


@pytest.mark.parametrize(
    ("value", "flags"), [("0", []), ("", []), ("1", ["proxy_work_flag"]), ("7", ["proxy_work_flag"])]
)
@pytest.mark.parametrize("word", ["DaiGong", "ProxyWork"])
def test_a_mark_for_work_by_proxy_is_kept_as_a_flag_and_as_it_stands(word: str, value: str, flags: list[str]) -> None:
    told = punch(
        f"No|TMNo|EnNo|Name|GMNo|Mode|IN/OUT|Antipass|{word}|DateTime", f"1|1|1001||1|FACE|DutyOn|0|{value}|{TIME}"
    )
    assert told.details["flags"] == flags and told.details["proxy_work"] == value
    assert told.record_kind == "raw_event"


def test_without_a_heading_codes_are_kept_and_not_named() -> None:
    (told,) = rows(f"1\t1\t1001\t\t15\t1\t{TIME}\r\n")
    assert (told.credential, told.details.get("direction"), told.details["column_5"]) == ("unknown", None, "15")
    assert (told.employee_id, told.details["seq"]) == ("1001", "1")


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (("03/04/2026", "03/14/2026"), "mdy"),
        (("03/04/2026", "14/03/2026"), "dmy"),
        (("2026-03-04", "2026/03/14"), "ymd"),
    ],
)
def test_the_rows_decide_the_order_of_dates(dates: tuple[str, str], order: str) -> None:
    text = "".join(f"{n}\t1\t1001\t\t1\t1\t{date} 08:21:07\n" for n, date in enumerate(dates, 1))
    assert {row.date_order for row in rows(text)} == {order}


def test_an_order_that_nothing_decides_is_asked_for_and_taken_when_stated() -> None:
    text = "1\t1\t1001\t\t1\t1\t03/04/2026 08:21:07\n"
    with pytest.raises(ReadingError) as caught:
        rows(text)
    assert caught.value.code == "date_order_undecided"
    assert rows(text, date_order="mdy")[0].date_order == "mdy"
    with pytest.raises(ReadingError) as wrong:
        rows(text, date_order="american")
    assert wrong.value.code == "date_order_unknown"


def test_remarks_name_the_terminal_and_are_no_records() -> None:
    table = f"No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\r\n1\t1\t1001\t\t0\t0\t{TIME}\r\n"
    remarked = f"# DeviceModel = S362E Excel\r\n\r\n{table}"
    source = Source(name="AGL_001.txt", content=remarked.encode("utf-16"))
    assert ZktecoGlg().sniff(Head(text=source.text))
    assert [row.kind for row in ZktecoGlg().rows(source)] == ["non-record", "non-record", "non-record", "punch"]
    assert ZktecoGlg().facts(source).device == "S362E Excel"


def test_two_logs_in_one_file_are_each_read_by_their_own_heading() -> None:
    text = (
        f"No\tMchn\tEnNo\tName\tMode\tIOMd\tDateTime\n1\t1\t1001\t\t15\t1\t{TIME}\n"
        f"No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n1\t2\t1001\t\t1\t15\t{TIME}\n"
    )
    _, first, _, second = rows(text)
    assert (first.credential, second.credential) == ("face", "unknown (15)")
    # Two numbers tell two terminals apart; one number would be the default of any.
    assert (first.terminal_id, second.terminal_id) == ("1", "2")
    assert punch("No|Mchn|EnNo|Name|Mode|IOMd|DateTime", f"1|1|1001||15|1|{TIME}").terminal_id is None


def test_a_clock_that_fell_back_is_flagged() -> None:
    told = rows("1\t1\t7\t\t1\t1\t01/01/2000 00:03:41\n2\t1\t7\t\t1\t1\t03/20/2026 08:00:00\n")
    assert [row.details["flags"] for row in told] == [["clock_reset"], []]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2|1|1002||15", "too_few_fields"),
        ("2|1|1002||15|0|", "unreadable_time"),
        ("2|1|1002||15|0|2026/03/03  08:41", "unreadable_time"),
        ("2|1|1002||15|0|2026/03/03", "unreadable_time"),
        ("2|1|||15|0|2026/03/03  08:41:12", "no_employee"),
        ("2|1|1.004E+03||15|0|2026/03/03  08:41:12", "shortened_id"),
        ("rubbish", "too_few_fields"),
    ],
)
def test_a_spoilt_row_is_refused_with_the_reason(row: str, why: str) -> None:
    good = f"1\t1\t1001\t\t15\t0\t{TIME}\n"
    told = rows("No\tMchn\tEnNo\tName\tMode\tIOMd\tDateTime\n" + good + row.replace("|", "\t") + "\n" + good)
    assert [(one.kind, one.why) for one in told[1:]] == [("punch", ""), ("refused", why), ("punch", "")]
    assert told[2].raw == row.replace("|", "\t")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "     1001\t2026-03-03 08:21:49\t1\t0\t15\t0\n",
        "No\tMchn\tEnNo\t\tName\t\tMode\n1\t1\t1001\tX\t15\n",
        "No.,Employee ID,Date,Time\n1,1001,03-03-2026,08:21\n",
        "1\t1001\t2026-03-03 08:21:07\n",
        "1\t1\t1001\t\t1\t1\t03/03/2026\t08:21:07\n",
    ],
)
def test_other_tables_are_not_claimed(text: str) -> None:
    assert not ZktecoGlg().sniff(Head(text=text, content=text.encode()))


def test_a_log_in_gbk_keeps_its_names(write: Any, read: Any) -> None:
    text = f"No\tMchn\tEnNo\t\tName\t\tMode\tIOMd\tDateTime\t\r\n000001\t1\t000001004\t彭国庆     \t15\t0\t{TIME}\t\r\n"
    told = read(write(text, "x.bin", "gbk"))
    assert (told.format, told.encoding) == ("zkteco_glg", "gb18030")
    assert list(told.details["name"]) == ["彭国庆"] and set(told.lacks) == {"failures", "photos", "time_zone"}
