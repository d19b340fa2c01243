# ruff: noqa: DTZ001 - a terminal writes civil times, which have no zone
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.clockin.fields.stamps import Unreadable, check_timezone, decide_order, moment, plain_text, read_stamp
from toolkit.errors import ReadingError

MORNING = datetime(2026, 3, 3, 8, 21, 49)


@pytest.mark.parametrize(
    ("text", "at", "precision_s"),
    [
        ("2026-03-03 08:21:49", MORNING, 1.0),
        ("2026/03/03  08:21:49", MORNING, 1.0),
        ("2026.3.3 8:21:49", MORNING, 1.0),
        ("2026-03-03T08:21:49", MORNING, 1.0),
        ("2026-03-03 08:21", MORNING.replace(second=0), 60.0),
        ("2026-03-03 08:21:49.5", MORNING.replace(microsecond=500000), 0.1),
        ("2026-03-03 08:21:49.125", MORNING.replace(microsecond=125000), 0.001),
        ("2026-03-03 08:21:49,125", MORNING.replace(microsecond=125000), 0.001),
        ("2026年3月3日 上午8:21:49", MORNING, 1.0),
        ("2026/3/3 下午8:21:49", MORNING.replace(hour=20), 1.0),
        ("2026年03月03日08时21分49秒", MORNING, 1.0),
        ("2026年03月03日08时21分", MORNING.replace(second=0), 60.0),
        ("2026-03-03 12:05:00 AM", datetime(2026, 3, 3, 0, 5), 1.0),
        ("2026-03-03 12:05:00 PM", datetime(2026, 3, 3, 12, 5), 1.0),
        ("2026-03-03 上午0:05", datetime(2026, 3, 3, 0, 5), 60.0),
        ("２０２６-０３-０３　０８：２１：４９", MORNING, 1.0),
        ("2026-03-03 24:00:00", datetime(2026, 3, 4), 1.0),
        ("1970-01-01 00:00:00", datetime(1970, 1, 1), 1.0),
    ],
)
def test_the_grammar_reads_a_time_with_the_precision_it_was_written_in(
    text: str, at: datetime, precision_s: float
) -> None:
    stamp = read_stamp(text)
    assert (stamp.at, stamp.precision_s, stamp.offset) == (at, precision_s, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "08:21:49",
        "2026-03-03",
        "2026-13-03 08:21:49",
        "2026-02-30 08:21:49",
        "2026-03-03 25:00:00",
        "2026-03-03 24:00:01",
        "2026-03-03 08:61:00",
        "2026-03-03 08:21:61",
        "2026-03-0308:21:49",  # without a blank the day could be 03 or 030
        "2026-03/03 08:21:49",
        "26-03-03 08:21:49",
        "46084.36226851852",
        "03/04/2026 08:21:49",  # no order was stated
        "2026-03-03 13:00 PM",
        "2026-03-03 0:05 AM",
        "2026-03-03 上午8:21 PM",
        "2026-03-03 08:21:49 and more",
        "٢٠٢٦-٠٣-٠٣ ٠٨:٢١:٤٩",
    ],
)
def test_what_the_grammar_does_not_hold_is_unreadable_rather_than_guessed(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_stamp(text)
    assert caught.value.why == "unreadable_time"


@pytest.mark.parametrize("text", ["2569/03/03 08:41:12", "1404/12/12 08:41:21", "1969-12-31 23:59:59"])
def test_a_year_of_another_calendar_is_not_taken_for_ours(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_stamp(text)
    assert caught.value.why == "implausible_year"


def test_the_stated_order_decides_which_number_is_the_day() -> None:
    assert read_stamp("03/04/2026 08:21", "dmy").at == datetime(2026, 4, 3, 8, 21)
    assert read_stamp("03/04/2026 08:21", "mdy").at == datetime(2026, 3, 4, 8, 21)
    assert read_stamp("2026/03/04 08:21", "dmy").at == datetime(2026, 3, 4, 8, 21)


@pytest.mark.parametrize(
    ("zone", "offset"), [("Z", "+00:00"), ("+08:00", "+08:00"), ("+0800", "+08:00"), (" -05:30", "-05:30")]
)
def test_an_offset_that_is_written_is_told_and_does_not_move_the_civil_time(zone: str, offset: str) -> None:
    stamp = read_stamp(f"2026-03-03T08:21:49{zone}")
    assert (stamp.at, stamp.offset) == (MORNING, offset)


def test_one_row_above_twelve_decides_the_order_of_the_whole_file() -> None:
    assert decide_order([(2, "03/04/2026 08:00"), (3, "13/04/2026 08:00")], "f") == "dmy"
    assert decide_order([(2, "03/04/2026 08:00"), (3, "04/13/2026 08:00")], "f") == "mdy"
    assert decide_order([(2, "2026-03-04 08:00"), (3, "nonsense")], "f") == "ymd"
    assert decide_order([], "f") == "ymd"


def test_dates_that_can_be_read_both_ways_stop_the_reading_and_show_a_row() -> None:
    with pytest.raises(ReadingError) as caught:
        decide_order([(2, "03/04/2026 08:00"), (3, "05/06/2026 08:00")], "list.csv")
    assert caught.value.code == "date_order_undecided"
    assert "row 2" in str(caught.value) and "03/04/2026 08:00" in str(caught.value) and "dmy" in str(caught.value)


def test_a_file_with_both_orders_is_refused_and_not_mixed() -> None:
    with pytest.raises(ReadingError) as caught:
        decide_order([(2, "13/04/2026 08:00"), (5, "04/13/2026 08:00")], "list.csv")
    assert caught.value.code == "date_order_contradictory"
    assert "row 2" in str(caught.value) and "row 5" in str(caught.value)


def test_a_date_that_no_order_can_read_decides_nothing() -> None:
    assert decide_order([(2, "13/04/2026 08:00"), (3, "04/45/2026 08:00")], "f") == "dmy"
    with pytest.raises(ReadingError):
        decide_order([(2, "03/04/2026 08:00"), (3, "04/45/2026 08:00")], "f")


def test_a_date_that_is_one_day_in_both_orders_needs_no_decision_and_gives_none() -> None:
    alike = [(2, "03/03/2026 08:21:07"), (3, "04-04-2026 17:32")]
    order = decide_order(alike, "f")
    assert {read_stamp(text, order) for _, text in alike} == {read_stamp(text, "mdy") for _, text in alike}
    assert decide_order([*alike, (4, "03/13/2026 08:00")], "f") == "mdy"
    with pytest.raises(ReadingError) as caught:
        decide_order([*alike, (4, "03/04/2026 08:00")], "f")
    assert caught.value.code == "date_order_undecided" and "row 4" in str(caught.value)


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_a_name_of_the_zone_data_base_is_taken(name: str) -> None:
    assert check_timezone(name) == name


@pytest.mark.parametrize(
    "name", ["Asia/Beijing", "asia/shanghai", "UTC+8", "+08:00", "", "Asia", "/etc/passwd", "../UTC", "localtime"]
)
def test_any_other_name_of_a_zone_is_refused_with_examples(name: str) -> None:
    with pytest.raises(ReadingError) as caught:
        check_timezone(name)
    assert caught.value.code == "timezone_unknown"
    assert "Asia/Shanghai" in caught.value.advice("en") and "Asia/Shanghai" in caught.value.advice("zh")


moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 12, 31))


@settings(deadline=None)
@given(moments, st.integers(0, 6), st.sampled_from(["ymd", "dmy", "mdy"]), st.sampled_from("-/."))
def test_any_time_written_in_a_known_order_is_read_back(at: datetime, digits: int, order: str, mark: str) -> None:
    cut = at.replace(microsecond=at.microsecond - at.microsecond % 10 ** (6 - digits))
    date = mark.join(cut.strftime({"y": "%Y", "m": "%m", "d": "%d"}[part]) for part in order)
    fraction = f".{cut.microsecond:06d}"[: 1 + digits] if digits else ""
    stamp = read_stamp(f"{date} {cut.strftime('%H:%M:%S')}{fraction}", order)
    assert stamp.at == cut
    assert at - stamp.at < timedelta(seconds=stamp.precision_s)
    assert read_stamp(plain_text(stamp)) == stamp


@pytest.mark.parametrize(
    ("value", "units", "at"),
    [
        (1772498472, 1, "2026-03-03T00:41:12+00:00"),
        ("1772498472", 1, "2026-03-03T00:41:12+00:00"),
        (1772498472250, 1000, "2026-03-03T00:41:12.250000+00:00"),
        (1772498472000, 1, None),  # milliseconds where seconds are told: the year 58137
        (0, 1, None),
        (-1, 1, None),
        (1772498472.5, 1, None),
        (True, 1, None),
        ("2026-03-03", 1, None),
        (None, 1, None),
        ("9" * 40, 1000, None),
    ],
)
def test_a_count_since_1970_is_a_moment(value: Any, units: int, at: str | None) -> None:
    told = moment(value, units)
    assert (None if told is None else told.isoformat()) == at


@given(st.from_regex(r"\A(19|20|25)\d{2}-[01]\d-[0-3]\d[T ][012]\d:[0-6]\d:[0-6]\d\Z"))
def test_the_usual_writing_is_read_as_its_twin_with_slashes(text: str) -> None:
    """A short cut reads the writing of nearly every row; the grammar reads the same time written with slashes."""

    def told(written: str) -> tuple[object, ...]:
        try:
            stamp = read_stamp(written)
        except Unreadable as refused:
            return (refused.why,)
        return stamp.at, stamp.precision_s, stamp.offset

    assert told(text) == told(text[:10].replace("-", "/") + text[10:])
