"""Thirty inputs that go wrong in practice, numbered: read, refused with the reason, or marked, and never guessed.

In every one the rows add up: parsed, refused and no records are the rows of the source.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.clockin.workbooks import As, Formula, workbook
from toolkit.clockin.files import sheets
from toolkit.clockin.formats import FileFacts
from toolkit.clockin.formats.zkteco_attlog import ZktecoAttlog
from toolkit.clockin.reader import RecordsRead
from toolkit.errors import ReadingError

HEAD = "工号,姓名,打卡时间\r\n"
NAMES = ("沈玉兰", "卢志远", "韩晓梅", "彭国庆", "欧阳静", "邹建平")
LINES = [f"100{k},{name},2026-03-03 08:2{k}:49\r\n" for k, name in enumerate(NAMES, 1)]
TABLE = HEAD + "".join(LINES)
LOG = "".join(f"     100{k}\t2026-03-03 08:2{k}:49\t1\t0\t15\t0\r\n" for k in range(1, 9))
CELLS = [line.strip().split(",") for line in (HEAD, *LINES)]
IDS = [f"100{k}" for k in range(1, 7)]


def whole(told: RecordsRead) -> RecordsRead:
    assert told.rows_source == told.rows_parsed + told.rows_rejected + told.rows_non_record
    assert len(told.punches) == told.rows_parsed and len(told.refused) == told.rows_rejected
    return told


def by_row(told: RecordsRead) -> pd.DataFrame:
    table = whole(told).punches.merge(told.details, on="punch_id", suffixes=("", "_detail"))
    table["flags"] = table["flags"].map(json.loads)
    return table.sort_values(["sheet", "row"]).reset_index(drop=True)


def codes(told: RecordsRead) -> list[str]:
    return [one.code for one in told.warnings]


def refusal(read: Any, path: Path, **stated: Any) -> str:
    with pytest.raises(ReadingError) as caught:
        read(path, **stated)
    assert caught.value.what("en") and caught.value.advice("zh")
    return caught.value.code


def table(*times: str) -> str:
    return "工号,打卡时间\r\n" + "".join(f"{k},{time}\r\n" for k, time in enumerate(times, 1))


def test_01_gbk_without_a_declaration(read: Any, write: Any) -> None:
    told = read(write(TABLE, encoding="gbk"))
    assert (told.encoding, told.encoding_basis) == ("gb18030", "strict")
    assert list(by_row(told)["name"]) == list(NAMES) and codes(told) == []


@pytest.mark.parametrize("saved_as", ["gb18030", "utf-8"])
def test_02_utf8_opened_as_gbk_and_saved_again(read: Any, write: Any, saved_as: str) -> None:
    # The headings are English: those of a garbled table could not be told either.
    text = TABLE.replace(HEAD.strip(), "employee_id,name,time")
    opened = text.encode("utf-8").decode("gb18030", errors="replace").replace("\ufffd", "?")
    told = read(write(opened, encoding=saved_as))
    garbled = by_row(told)
    assert garbled["employee_id"][0] == "1001" and garbled["name"][0] != NAMES[0]  # shown as it stands
    (warning,) = told.warnings
    assert (warning.code, warning.facts["row"]) == ("mojibake", 2) and warning.facts["rows"] == len(garbled)
    assert not any(name in json.dumps(warning.facts, ensure_ascii=False) for name in NAMES)


def test_02_utf8_opened_as_western_and_real_names_that_only_look_odd(read: Any, write: Any) -> None:
    text = "employee_id,name,time\n1,Peña,2026-03-03 08:21:49\n2,Müller,2026-03-03 08:22:06\n"
    assert codes(read(write(text.encode("utf-8").decode("cp1252")))) == ["mojibake"]
    assert codes(read(write(text))) == []
    # Two characters whose bytes happen to be UTF-8 as well are no sign.
    assert codes(read(write(TABLE + "1007,联通,2026-03-03 08:29:49\r\n", encoding="gbk"))) == []


def test_03_utf16_with_a_mark_and_tabs(read: Any, write: Any) -> None:
    told = read(write(TABLE.replace(",", "\t"), encoding="utf-16"))
    assert (told.encoding, told.encoding_basis) == ("utf-16", "mark")
    assert list(by_row(told)["name"]) == list(NAMES)


def test_04_a_page_named_xls_with_a_row_that_lacks_its_opening_tag(read: Any, write: Any) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in CELLS)
    page = "<html><body><table>" + rows.replace("<tr><td>1003", "<td>1003") + "</table></body></html>"
    told = read(write(page, "records.xls"))
    assert list(by_row(told)["employee_id"]) == IDS


def test_05_a_workbook_is_known_by_its_first_bytes_whatever_it_is_called(read: Any, write: Any, shared: Path) -> None:
    for name in ("records.xls", "records.csv", "records.dat"):
        assert list(by_row(read(write(workbook({"S": CELLS}), name)))["employee_id"]) == IDS
    old = (shared / "clockin-samples/18_刷卡记录_grid.xls").read_bytes()
    assert sheets.sheets_of(old, "really.xlsx")
    # A page within a mail and a table in XML are of no format here: refused, and never read as something else.
    page = "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html><table></table></html>\r\n"
    assert refusal(read, write(page, "x.xls")) == "records_unknown_format"
    xml = '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">\n<x/></Workbook>\n'
    assert refusal(read, write(xml, "x.xls")) == "records_unknown_format"


def test_06_a_workbook_with_a_password_is_told_as_that(read: Any, write: Any) -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    assert refusal(read, write(locked, "x.xlsx")) == "records_workbook_locked"


def test_07_titles_above_headings_of_two_rows(read: Any, write: Any) -> None:
    rows = [["考勤报表 2026-03-03", "", ""], ["人员", "", "记录"], ["工号", "姓名", "打卡时间"], *CELLS[1:]]
    path = write(workbook({"S": rows}, merged=("A1:C1", "A2:B2")), "x.xlsx")
    stated = {"header_row": 2, "heading_rows": 2, "employee_id": "人员/工号", "time": "记录/打卡时间"}
    told = read(path, mapping=stated)
    assert list(by_row(told)["employee_id"]) == IDS and told.rows_non_record == 3
    # Titles only, with the headings in one row, need no row number.
    told = read(write("考勤报表\r\n制表,2026\r\n" + TABLE), mapping={"employee_id": "工号", "time": "打卡时间"})
    assert list(by_row(told)["row"]) == [4, 5, 6, 7, 8, 9]


def test_08_a_heading_that_stands_there_twice_is_addressed_by_its_group_or_not_at_all(read: Any, write: Any) -> None:
    rows = [["工号", "上班", "下班"], ["", "最早", "最早"], ["1001", "2026-03-03 08:21", "2026-03-03 17:32"]]
    path = write(workbook({"S": rows}), "x.xlsx")
    told = read(path, mapping={"heading_rows": 2, "employee_id": "工号", "time": "下班/最早"})
    assert list(by_row(told)["t_local"]) == ["2026-03-03T17:32:00"]
    assert refusal(read, path, mapping={"header_row": 2, "employee_id": "最早", "time": "最早"}) == "mapping_heading"
    assert refusal(read, path, mapping={"employee_id": 1, "time": 2}) == "mapping_value"  # no places by number
    assert refusal(read, write("工号,时间,时间\n1,2026-03-03 08:00,x\n"), mapping={"time": "时间"}) == "mapping_heading"


def test_09_columns_of_the_tenants_own_stay_in_the_row_as_kept(read: Any, write: Any) -> None:
    told = read(write("工号,班组外号,打卡时间,调休券\n1001,三只羊,2026-03-03 08:21:49,半天\n"))
    assert by_row(told)["raw"][0] == "1001,三只羊,2026-03-03 08:21:49,半天"


def test_13_days_and_months_are_told_by_all_rows_or_asked_for(read: Any, write: Any) -> None:
    either = table("03/04/2026 08:21", "05/06/2026 08:22")
    assert refusal(read, write(either)) == "date_order_undecided"
    told = read(write(either + "3,13/04/2026 08:23\r\n"))
    assert by_row(told)["t_local"][0] == "2026-04-03T08:21:00"
    assert refusal(read, write(table("13/04/2026 08:21", "04/13/2026 08:22"))) == "date_order_contradictory"
    told = read(write(either), mapping={"date_order": "mdy"})
    assert by_row(told)["t_local"][0] == "2026-03-04T08:21:00"


@pytest.mark.parametrize(
    "time",
    [
        "2569/03/03 08:41:12",
        "1404/12/12 08:41:21",
        "115/03/03 08:41:12",
        "民国115年3月3日 08:41",
        "令和8年3月3日 08:41",
    ],
)
def test_15_years_of_other_calendars_are_refused_and_not_converted(read: Any, write: Any, time: str) -> None:
    told = whole(read(write(table("2026-03-03 08:21:49", time)), accept_refused=True))
    assert list(told.refused["row"]) == [3]
    assert told.refused["why"][0] in ("implausible_year", "unreadable_time")


def test_16_halves_of_the_day_and_wide_digits(read: Any, write: Any) -> None:
    times = (
        "2026年3月3日 上午8:41:48",
        "2026-03-03 下午5:32:15",
        "2026-03-03 12:05:00 AM",
        "２０２６-０３-０３　０８：２１：０７",
    )
    assert list(by_row(read(write(table(*times))))["t_local"]) == [
        "2026-03-03T08:41:48", "2026-03-03T17:32:15", "2026-03-03T00:05:00", "2026-03-03T08:21:07",
    ]  # fmt: skip
    told = read(
        write(table("2026-03-03 上午8:41:48", "2026-03-03 下午13:00", "2026-03-03 中午12:00")), accept_refused=True
    )
    assert list(whole(told).refused["row"]) == [3, 4]


def test_17_a_spreadsheets_count_of_days_only_in_cells_of_numbers_and_by_its_own_epoch(read: Any, write: Any) -> None:
    rows = [["工号", "打卡时间"], ["1001", 46084.36226851852], ["1002", "46084.36226851852"]]
    content, later = workbook({"S": rows}), workbook({"S": rows}, since_1904=True)
    assert refusal(read, write(content, "x.xlsx"), accept_refused=True) == "records_all_refused"
    for bytes_, at in ((content, "2026-03-03T08:41:40"), (later, "2030-03-04T08:41:40")):
        told = read(write(bytes_, "x.xlsx"), mapping={"excel_dates": True}, accept_refused=True)
        assert list(by_row(told)["t_local"]) == [at] and list(told.refused["row"]) == [3]
    told = read(write(table("2026-03-03 08:21:49", "46084.36226851852")), accept_refused=True)
    assert list(whole(told).refused["why"]) == ["unreadable_time"]


def test_18_utc_without_a_sign_of_it_gets_no_zone_and_is_asked_about(read: Any, write: Any) -> None:
    told = read(write("id,employee_id,check_in,check_out\n1,沈玉兰,2026-03-03 00:21:07,\n"))
    assert "odoo_utc" in told.facts.questions and by_row(told)["tz"].isna().all() and "time_zone" in told.lacks
    # Two sources in one file are told by what they state, and never put on one clock.
    mixed = table("2026-03-03T00:21:49Z", "2026-03-03 08:22:06")
    assert refusal(read, write(mixed)) == "records_zones_mixed"


def test_19_hours_that_a_zone_skips_or_has_twice(read: Any, write: Any) -> None:
    # Berlin: 29 March 2026 02:00-03:00 is skipped, 25 October 02:00-03:00 comes twice.
    path = write(table("2026-03-29 01:59:59", "2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-10-25 03:00:00"))
    told = read(path, timezone="Europe/Berlin")
    assert list(by_row(told)["flags"]) == [[], ["dst_gap"], ["dst_overlap"], []]
    assert {one.code: one.facts for one in told.warnings} == {
        "dst_gap": {"row": 3, "rows": 1}, "dst_overlap": {"row": 4, "rows": 1},
    }  # fmt: skip
    assert list(by_row(told)["t_local"])[1] == "2026-03-29T02:30:00"  # kept as written
    for other in ({}, {"timezone": "Asia/Shanghai"}, {"timezone": "UTC"}):
        assert codes(read(path, **other)) == []


def test_20_rows_of_a_reset_clock_are_kept_and_marked(read: Any, write: Any) -> None:
    text = LOG.replace("2026-03-03 08:22", "2000-01-01 00:03").replace("2026-03-03 08:25", "1970-01-01 00:03")
    told = read(write(text))
    table_ = by_row(told)
    assert len(table_) == 8 and [row for row, own in zip(table_["row"], table_["flags"], strict=True) if own] == [2, 5]
    assert codes(told) == ["clock_reset", "clock_reset"]


def test_21_a_clock_set_back_is_seen_in_running_numbers_and_nothing_is_sorted(read: Any, write: Any) -> None:
    text = (
        "编号,工号,打卡时间\n101,1001,2026-03-03 08:41:12\n102,1002,2026-03-03 08:11:20\n"
        "103,1003,2026-03-03 08:11:20\n104,7,2000-01-01 00:03:41\n105,1004,2026-03-03 08:12:40\n"
    )
    stated = {"employee_id": "工号", "time": "打卡时间", "seq": "编号"}
    told = read(write(text), mapping=stated)
    table_ = by_row(told)
    assert list(table_["row"]) == [2, 3, 4, 5, 6] and list(table_["seq"]) == [101, 102, 103, 104, 105]
    assert list(table_["flags"]) == [[], ["clock_back"], [], ["clock_reset"], []]
    assert [(one.code, one.facts) for one in told.warnings if one.code == "clock_back"] == [
        ("clock_back", {"row": 3, "rows": 1})
    ]
    # Newest first is an order of the list and no clock.
    newest_first = "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])]) + "\n"
    assert sorted(map(str, by_row(read(write(newest_first), mapping=stated))["flags"])) == sorted(
        map(str, table_["flags"])
    )
    assert "clock_back" not in codes(read(write(text), mapping={"employee_id": "工号", "time": "打卡时间"}))


def test_21_the_end_of_summer_time_sets_no_clock_back(read: Any, write: Any) -> None:
    text = "编号,工号,打卡时间\n1,1,2026-10-25 02:50:07\n2,2,2026-10-25 02:10:00\n3,3,2026-10-25 01:00:00\n"
    stated = {"employee_id": "工号", "time": "打卡时间", "seq": "编号"}
    flags = list(by_row(read(write(text), mapping=stated, timezone="Europe/Berlin"))["flags"])
    assert flags == [["dst_overlap"], ["dst_overlap"], ["clock_back"]]
    assert [len(own) for own in by_row(read(write(text), mapping=stated))["flags"]] == [0, 1, 1]


def test_22_dates_after_the_file_was_made_are_kept_and_marked(
    read: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    future = LOG.replace("2026-03-03 08:23", "2026-03-04 09:12").replace("2026-03-03 08:24", "2029-01-01 00:00")
    assert codes(read(write(future))) == []  # the file does not say when it was made: nothing to compare with
    monkeypatch.setattr(
        ZktecoAttlog, "facts", lambda self, source: FileFacts(made_at="2026-03-04 09:12"), raising=False
    )
    told = read(write(future))
    # 09:12 to the minute may be as late as 09:12:59, so that a clock-in at 09:12:49 is not after it.
    assert [row for row, own in zip(by_row(told)["row"], by_row(told)["flags"], strict=True) if own] == [4]
    assert [(one.code, one.facts) for one in told.warnings] == [("future", {"row": 4, "rows": 1})]


def test_23_ids_as_numbers_guards_and_powers_of_ten(read: Any, write: Any) -> None:
    ids = ("00042", "1005.0", '="1001"', "'00043", "1.004E+03", "1.10101E+17")
    text = "工号,打卡时间\n" + "".join(f"{one},2026-03-03 08:21:49\n" for one in ids)
    told = read(write(text), accept_refused=True)
    assert list(by_row(told)["employee_id"]) == ["00042", "1005", "1001", "00043"]
    assert [(one.code, one.facts) for one in told.warnings] == [("id_was_number", {"row": 3, "rows": 1})]
    assert list(told.refused["why"]) == ["shortened_id", "shortened_id"]
    numbers = [["工号", "打卡时间"], [42, "2026-03-03 08:21:49"], [110101199001011234, "2026-03-03 08:22:06"]]
    told = read(write(workbook({"S": numbers}), "x.xlsx"), accept_refused=True)
    assert list(by_row(told)["employee_id"]) == ["42"] and codes(told) == ["id_was_number"]
    assert list(told.refused["why"]) == ["shortened_id"]


def test_24_names_and_ids_that_look_like_nothing(read: Any, write: Any) -> None:
    words = ("NA", "Null", "None", "nan", "N/A", "TRUE", "-")
    text = "employee_id,name,time\n" + "".join(f"{one},{one},2026-03-03 08:21:49\n" for one in words)
    sheet = workbook({"S": [line.split(",") for line in text.splitlines()]})
    for path in (write(text), write(sheet, "x.xlsx")):
        told = by_row(read(path))
        assert list(told["employee_id"]) == list(words) == list(told["name"])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_25_a_name_cut_within_a_character_costs_that_character_only(read: Any, write: Any, encoding: str) -> None:
    lines = [line.encode(encoding) for line in (HEAD, *LINES)]
    lines[3] = lines[3].replace("韩晓梅".encode(encoding), "韩晓梅".encode(encoding)[:-1])
    told = read(write(b"".join(lines)))
    assert (told.encoding, told.encoding_basis) == (encoding, "cut")
    table_ = by_row(told)
    assert list(table_["employee_id"]) == IDS and table_["name"][2] == "韩晓\ufffd" and table_["name"][3] == "彭国庆"
    assert [(one.code, one.facts) for one in told.warnings] == [("characters_cut", {"row": 4, "rows": 1})]


def test_25_a_text_of_another_encoding_is_still_a_question_and_names_may_be_missing(read: Any, write: Any) -> None:
    french = "employee_id,name,time,result\n" + "1,Hervé,2026-03-03 08:21:49,Entrée arrivée\n" * 9
    assert refusal(read, write(french, encoding="cp1252")) == "records_encoding"
    assert refusal(read, write(TABLE.encode("gb18030").replace(b",", b"\x81\xff,", 1))) == "records_encoding"
    told = by_row(read(write(TABLE.replace("卢志远", ""))))
    assert list(told["employee_id"]) == IDS and pd.isna(told["name"][1])


def test_26_one_name_with_two_ids_and_one_id_with_two_names(read: Any, write: Any) -> None:
    text = HEAD + LINES[0] + LINES[1].replace("卢志远", "沈玉兰") + LINES[2] + LINES[3].replace("1004", "1003")
    told = read(write(text))
    assert list(by_row(told)["employee_id"]) == ["1001", "1002", "1003", "1003"]
    assert [(one.code, one.facts) for one in told.warnings] == [("id_two_names", {"employee_id": "1003", "row": 5})]
    # A name that was cut is no second one.
    told = read(write(HEAD + LINES[4] + LINES[4].replace("欧阳静", "欧阳").replace("08:25", "18:25")))
    assert codes(told) == []
    assert codes(read(write(text), scope=frozenset({"1001", "1002"}))) == ["out_of_scope"]


def test_27_double_taps_and_equal_rows_are_marked_and_kept(read: Any, write: Any) -> None:
    text = HEAD + LINES[0] + LINES[0].replace(":49", ":51") + LINES[1] + LINES[1]
    told = by_row(read(write(text)))
    assert list(told["repeat_kind"]) == ["double_tap", "double_tap", "exact_row", "exact_row"]
    assert told["repeat_group"].nunique() == 2 and told["punch_id"].nunique() == 4


def test_30_formulas_are_not_evaluated_and_texts_that_look_like_one_stay_texts(read: Any, write: Any) -> None:
    call = "=cmd|' /C calc'!A0"
    rows = [["工号", "姓名", "打卡时间"], ["1001", call, Formula("NOW()", "2026-03-03 08:21:49")]]
    told = by_row(read(write(workbook({"S": rows}), "x.xlsx")))
    assert list(told["t_local"]) == ["2026-03-03T08:21:49"] and list(told["name"]) == [call]
    told = by_row(read(write(HEAD + f"1001,{call},2026-03-03 08:21:49\r\n")))
    assert list(told["name"]) == [call]


def test_30_entities_bombs_and_far_corners_are_refused_before_they_cost_anything(read: Any, write: Any) -> None:
    entity = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>'
    book = workbook({"S": [["工号", "打卡时间"], ["1001", 46084.5]]})
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace('<?xml version="1.0" encoding="UTF-8"?>', entity) if "workbook.xml" in name
                         and "rels" not in name else text)  # fmt: skip
    # The count of days is told by a part with entities in it: that part is not believed.
    assert refusal(read, write(packed.getvalue(), "x.xlsx"), mapping={"excel_dates": True}, accept_refused=True) in (
        "records_all_refused", "records_workbook_damaged",
    )  # fmt: skip
    bomb = workbook({"S": CELLS}, extra={"xl/media/zeros.xml": "0" * (64 * 2**20)})
    assert refusal(read, write(bomb, "x.xlsx")) == "records_workbook_swollen"
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(far, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).decode().replace('r="B2"', 'r="XFD1048576"'))
    assert refusal(read, write(far.getvalue(), "x.xlsx")) == "records_sheet_too_large"


def test_30_a_claimed_size_of_a_sheet_is_not_believed(read: Any, write: Any) -> None:
    claimed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"S": CELLS}))) as old, zipfile.ZipFile(claimed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'))
    assert list(by_row(read(write(claimed.getvalue(), "x.xlsx")))["employee_id"]) == IDS


def test_30_no_cell_of_a_date_is_a_guess(read: Any, write: Any) -> None:
    rows = [["工号", "打卡时间"], ["1001", As(46084.36226851852, 1)], ["1002", "TRUE"]]
    told = read(write(workbook({"S": rows}), "x.xlsx"), accept_refused=True)
    assert list(by_row(told)["t_local"]) == ["2026-03-03T08:41:40"] and list(told.refused["row"]) == [3]


def test_a_last_row_that_may_have_been_cut_within_its_id_is_said(read, write) -> None:
    whole = "time,employee_id\n2026-03-03 08:41:12,1001\n2026-03-03 08:41:13,1002\n2026-03-03 08:41:14,1003\n"
    assert read(write(whole)).warnings == []
    cut = read(write(whole[:-3]))
    assert [(one.code, one.facts) for one in cut.warnings] == [("last_line_open", {"row": 4, "rows": 1})]
    assert cut.rows_parsed == 3 and list(cut.punches["employee_id"])[-1] == "10"
