"""Days and times of daily tables: a weekday is a checksum, short years need one, midnight moves by word only."""

from __future__ import annotations

from datetime import date

import pytest

from toolkit.clockin.fields.day_times import (
    Period,
    UnusableDay,
    clock_texts,
    on_day,
    on_day_or_dated,
    read_day,
    read_period,
)

TUESDAY = date(2026, 3, 3)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    "text",
    ["2026-03-03", "2026/3/3 星期二", "2026.03.03(周二)", "２０２６-03-03 星期二", "2026-03-03 00:00:00"],
)
def test_a_day_is_read_with_or_without_its_weekday(text: str) -> None:
    assert read_day(text).on == TUESDAY and read_day(text).flags == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-03 星期三", "weekday_differs"),
        ("26-03-03 星期三", "weekday_differs"),
        ("2026-02-30", "unreadable_time"),
        ("2026-03/03", "unreadable_time"),
        ("03-03", "unreadable_time"),
        ("", "unreadable_time"),
        ("2569-03-03", "implausible_year"),
        ("26-03-03", "two_digit_year"),  # nothing confirms it
    ],
)
def test_a_day_that_its_checks_contradict_is_not_taken(text: str, why: str) -> None:
    with pytest.raises(UnusableDay) as unusable:
        read_day(text, two_digits=True)
    assert unusable.value.why == why


def test_a_short_year_needs_a_platform_that_writes_it_and_a_weekday_or_a_period_that_agrees() -> None:
    assert read_day("26-03-03 星期二", two_digits=True).on == TUESDAY
    told = read_day("26-03-03", MARCH, two_digits=True)
    assert told.on == TUESDAY and told.flags == ("two_digit_year",)
    with pytest.raises(UnusableDay) as unknown_platform:
        read_day("26-03-03 星期二", MARCH)
    assert unknown_platform.value.why == "two_digit_year"
    with pytest.raises(UnusableDay) as outside:
        read_day("26-04-07 星期二", MARCH, two_digits=True)
    assert outside.value.why == "outside_period"
    # With four digits a row outside the period stated is still a row.
    assert read_day("2026-04-07 星期二", MARCH).on == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("text", "at", "precision_s", "flags"),
    [
        ("08:21", "2026-03-03T08:21:00", 60.0, ()),
        ("8:21", "2026-03-03T08:21:00", 60.0, ()),
        ("０８：２１", "2026-03-03T08:21:00", 60.0, ()),
        ("08:21:07", "2026-03-03T08:21:07", 1.0, ()),
        ("00:12", "2026-03-03T00:12:00", 60.0, ()),  # nobody says that it is the next day
        ("次日 00:12", "2026-03-04T00:12:00", 60.0, ("next_day",)),
        ("次日00:12", "2026-03-04T00:12:00", 60.0, ("next_day",)),
        ("24:00", "2026-03-04T00:00:00", 60.0, ("next_day",)),
    ],
)
def test_a_clock_time_lies_on_its_day_unless_it_says_the_next(
    text: str, at: str, precision_s: float, flags: tuple[str, ...]
) -> None:
    told = on_day(TUESDAY, text)
    assert told is not None and (told.at, told.precision_s, told.flags) == (at, precision_s, flags)


@pytest.mark.parametrize("text", ["24:01", "次日 24:00", "25:00", "08:60", "08:21:60", "8.21", "0821", "缺卡", ""])
def test_what_is_no_clock_time_is_none(text: str) -> None:
    assert on_day(TUESDAY, text) is None and on_day_or_dated(TUESDAY, text) is None


def test_a_time_with_its_own_date_is_held_against_the_day_of_work() -> None:
    for text, flags in (
        ("2026-03-03 08:21", ()),
        ("2026-03-04 00:12", ("next_day",)),
        ("2026-03-02 23:50", ("work_date_differs",)),
    ):
        told = on_day_or_dated(TUESDAY, text)
        assert told is not None and told.at == f"{text.replace(' ', 'T')}:00" and told.flags == flags
    assert on_day_or_dated(TUESDAY, "2026-03-03 08:21+08:00") is None  # such a table has no zones in its cells


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("08:21\n17:32\n", ["08:21", "17:32"]),
        ("08:21 12:00,13:30；17:32", ["08:21", "12:00", "13:30", "17:32"]),
        ("08:2112:0017:32", ["08:21", "12:00", "17:32"]),
        ("17:32 次日 00:12", ["17:32", "次日 00:12"]),
        ("17:32次日00:12", ["17:32", "次日00:12"]),
        ("08:21 ?? 17:32", ["08:21", "??", "17:32"]),  # what cannot be read stays, to be refused
        ("休息", []),
        ("--", []),
        ("", []),
    ],
)
def test_the_times_of_a_cell_are_told_apart(cell: str, told: list[str]) -> None:
    assert clock_texts(cell) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-03-01 ~ 03-31", "2026-03-01/2026-03-31"),
        ("2026-03-03 至 2026-03-03", "2026-03-03/2026-03-03"),
        ("2025/12/21～01/20", "2025-12-21/2026-01-20"),
        ("2026-03-31 ~ 2026-03-01", None),
        ("2026-02-30 ~ 03-31", None),
        ("03-03 ～ 03-03", None),
        ("2026", None),
    ],
)
def test_the_period_of_a_title(text: str, told: str | None) -> None:
    period = read_period(text)
    assert (None if period is None else str(period)) == told


@pytest.mark.parametrize(
    ("text", "made", "told"),
    [
        ("03-03 ～ 03-03", date(2026, 3, 4), "2026-03-03/2026-03-03"),
        ("03-01 ～ 03-31", date(2026, 3, 15), "2026-03-01/2026-03-31"),  # made before its period had ended
        ("12-29 ～ 01-04", date(2026, 1, 5), "2025-12-29/2026-01-04"),
        ("12-01 ～ 12-31", date(2026, 1, 2), "2025-12-01/2025-12-31"),
    ],
)
def test_a_period_without_a_year_takes_the_latest_one_that_had_begun(text: str, made: date, told: str) -> None:
    assert str(read_period(text, made)) == told


@pytest.mark.parametrize(
    "cell",
    ["5:32 PM", "下午 05:32", "昨日 23:58", "前一日 23:50", "第三日 00:12", "次日次日 00:12", "08:41 次日",
     "08:41 无效", "已撤销 08:41", "未打卡 08:41", "08:41 代打卡"],
)  # fmt: skip
def test_a_word_beside_a_time_is_never_passed_over(cell: str) -> None:
    assert clock_texts(cell) == [cell] and on_day(date(2026, 3, 3), cell) is None


def test_words_alone_tell_of_no_time_and_a_free_day_may_stand_between_times() -> None:
    assert clock_texts("缺卡") == clock_texts("休息 休息") == []
    assert clock_texts("08:41 休息 次日 00:12") == ["08:41", "次日 00:12"]
    read = [on_day(date(2026, 3, 3), one) for one in clock_texts("08:41 -> 07:59")]
    assert [one is None for one in read] == [False, True, False]
