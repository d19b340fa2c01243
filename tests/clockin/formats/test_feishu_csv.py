from __future__ import annotations

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.feishu_csv import FeishuCsv
from toolkit.errors import ReadingError

HEADINGS = "姓名,工号,部门,打卡日期,打卡时间,打卡类型,打卡结果,打卡方式,打卡地点/设备,备注,照片"


def rows(*lines: str, headings: str = HEADINGS) -> list[RawRow]:
    return list(FeishuCsv().rows(Source(name="x.csv", content="\r\n".join([headings, *lines]).encode())))


def line(
    who: str = '"=""00042"""',
    day: str = "2026/03/03",
    time: str = "08:21:07",
    words: str = "正常",
    way: str = "考勤机",
    place: str = "F2 人脸考勤机(7341)",
    remark: str = "",
    kind: str = "上班",
) -> str:
    return f"沈玉兰,{who},综合办,{day},{time},{kind},{words},{way},{place},{remark},p.jpg"


def one(text: str) -> RawRow:
    heading, told = rows(text)
    assert heading.kind == "non-record"
    return told


def test_a_row_gives_the_guarded_id_the_second_and_the_terminal() -> None:
    told = one(line())
    assert (told.employee_id, told.at, told.precision_s) == ("00042", "2026-03-03T08:21:07", 1.0)
    assert (told.terminal_id, told.credential, told.result) == ("F2 人脸考勤机(7341)", "unknown", "pass")
    assert (told.details["direction"], told.details["photo_ref"], told.row) == ("in", "p.jpg", 2)
    assert one(line(time="08:21")).precision_s == 60.0
    assert one(line(time="次日 00:12", kind="下班")).at == "2026-03-04T00:12:00"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (line(way="补卡", place="", remark="忘打卡"), ("makeup", "manual", "unknown", "(makeup)")),
        (line(way="管理员修改", place=""), ("manual_edit", "manual", "unknown", "(manual_edit)")),
        (line(words="补卡通过", place=""), ("makeup", "manual", "unknown", "(makeup)")),
        (line(way="系统打卡", place=""), ("auto", "manual", "unknown", "(auto)")),
        (line(way="数据导入", place=""), ("auto", "unknown", "unknown", "(auto)")),
        (line(way="Wi-Fi", place="office"), ("raw_event", "remote", "pass", "office")),
        (line(way="手机", place=""), ("raw_event", "remote", "pass", "(remote)")),
        (line(words="迟到"), ("raw_event", "unknown", "pass", "F2 人脸考勤机(7341)")),
        (line(words="无效"), ("raw_event", "unknown", "unknown", "F2 人脸考勤机(7341)")),
        (line(place="考勤机"), ("raw_event", "unknown", "pass", None)),
    ],
)
def test_the_way_and_the_result_tell_what_kind_of_row_it_is(text: str, told: tuple[str | None, ...]) -> None:
    got = one(text)
    assert (got.record_kind, got.credential, got.result, got.terminal_id) == told
    assert got.details["edit_reason"] == ("忘打卡" if "忘打卡" in text else "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (line(who=""), "no_employee"),
        (line(who="1.004E+03"), "shortened_id"),
        (line(day="2026/03/03 星期三"), "weekday_differs"),
        (line(day="26-03-03 星期二"), "two_digit_year"),
        (line(day="03/04/2026"), "unreadable_time"),
        (line(time="8点"), "unreadable_time"),
        (line() + ",x", "too_many_fields"),
        ("沈玉兰,1001,综合办\r\n", "too_few_fields"),
        ("沈玉兰,1001,综合办", "cut_row"),
        ('沈玉兰,1001,综合办,"2026/03/', "cut_row"),
        ('"沈"玉兰,1001,综合办,2026/03/03,08:21:07,上班,正常,考勤机', "broken_quotes"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_the_reason(text: str, why: str) -> None:
    assert (one(text).kind, one(text).why) == ("refused", why)


def test_a_missed_clock_in_a_blank_line_and_headings_are_no_records() -> None:
    told = rows(line(time="", words="缺卡"), line(time="缺卡"), line(time="--"), "", HEADINGS, line())
    assert [row.kind for row in told] == ["non-record"] * 6 + ["punch"] and told[-1].row == 7


def test_columns_are_taken_by_their_headings_and_two_of_one_name_are_refused() -> None:
    moved = "打卡方式,打卡类型,打卡时间,打卡日期,工号,姓名"
    (told,) = rows("考勤机,上班,08:21:07,2026/03/03,1001,沈玉兰", headings=moved)[1:]
    assert (told.employee_id, told.at, told.result) == ("1001", "2026-03-03T08:21:07", "unknown")
    with pytest.raises(ReadingError) as twice:
        rows(line(), headings=f"{HEADINGS},打卡时间")
    assert twice.value.code == "table_column_twice"


def test_other_tables_are_not_claimed() -> None:
    assert FeishuCsv().sniff(Head(text=f"\n{HEADINGS}\n"))
    for headings in ("工号,姓名,打卡时间", "姓名,工号,打卡日期,打卡时间,打卡结果", ""):
        assert not FeishuCsv().sniff(Head(text=headings))
    with pytest.raises(ReadingError) as nothing:
        rows(headings="工号,姓名,打卡时间")
    assert nothing.value.code == "records_no_rows"
