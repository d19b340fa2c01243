from __future__ import annotations

from typing import Any

import pytest

from tests.clockin.parsed import parsed
from toolkit.clockin.formats import FileFacts, Head, RawRow, Source
from toolkit.clockin.formats.dahua_records import DahuaRecords
from toolkit.errors import ReadingError

# 1772497267 is 2026-03-03 00:21:07 in UTC.
FIELDS = {
    "CardName": "沈玉兰", "CardNo": "18446744073709551895", "CreateTime": "1772497267",
    "CreateTimeRealUTC": "1772497267", "ErrorCode": "0", "Method": "15", "RecNo": "500", "Status": "1",
    "Type": "Entry", "URL": "/mnt/1.jpg", "UserID": "1001",
}  # fmt: skip


def record(index: int = 0, **changes: str | None) -> str:
    fields = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    return "\r\n".join(f"records[{index}].{name}={value}" for name, value in fields.items())


def answer(*records: str, total: int | None = None, found: int | None = None) -> str:
    counts = [f"{name}={number}" for name, number in (("totalCount", total), ("found", found)) if number is not None]
    return "\r\n".join([*counts, *records]) + "\r\n"


def source_of(text: str, **mapping: Any) -> Source:
    return Source(name="records.txt", content=text.encode(), mapping=mapping)


def rows(text: str, **mapping: Any) -> list[RawRow]:
    return list(DahuaRecords().rows(source_of(text, **mapping)))


def test_a_record_begins_on_its_first_line_and_keeps_all_of_them() -> None:
    total, found, first, second = rows(answer(record(), record(1, UserID="000042"), total=2, found=2))
    assert [(row.kind, row.row) for row in (total, found, first, second)] == [
        ("non-record", 1), ("non-record", 2), ("punch", 3), ("punch", 3 + len(FIELDS)),
    ]  # fmt: skip
    assert (first.employee_id, first.at, first.zone, first.precision_s) == (
        "1001", "2026-03-03T00:21:07", "+00:00", 1.0,
    )  # fmt: skip
    assert (first.time_text, first.credential, first.result) == ("1772497267", "face", "pass")
    assert first.raw == record().replace("\r\n", "\n") and second.employee_id == "000042"
    assert first.details["photo_ref"] == "/mnt/1.jpg" and first.details["CardNo"] == "18446744073709551895"


def test_the_true_time_is_preferred_and_a_shifted_one_is_noted() -> None:
    (row,) = rows(answer(record(CreateTime="1772526067")))
    assert row.at == "2026-03-03T00:21:07" and row.details["flags"] == ["create_time_differs"]
    assert row.details["CreateTime"] == "1772526067"


@pytest.mark.parametrize("real", [None, "", "0"])
def test_a_number_of_unknown_base_has_no_zone(real: str | None) -> None:
    (row,) = rows(answer(record(CreateTimeRealUTC=real)))
    assert (row.at, row.zone, row.details["flags"]) == ("2026-03-03T00:21:07", None, ["epoch_base_unknown"])


def test_whether_a_count_is_of_utc_or_of_local_time_is_asked_and_not_guessed(read: Any, write: Any) -> None:
    """A zone that a person states for such a file would shift it by eight hours if the count were of UTC."""
    assert read(write(answer(record(CreateTimeRealUTC=None)))).facts.questions == ("epoch_base",)
    assert read(write(answer(record()))).facts.questions == ()
    assert read(write(answer(record(CreateTime="2026-03-03 08:21:07", CreateTimeRealUTC=None)))).facts.questions == ()


def test_civil_texts_of_other_brands_are_left_to_the_reader(read: Any, write: Any) -> None:
    told = read(write(answer(record(CreateTime="2026-03-03 08:21:07", CreateTimeRealUTC=None))))
    assert list(told.punches["t_local"]) == ["2026-03-03T08:21:07"] and told.punches["tz"].isna().all()
    (row,) = rows(answer(record(CreateTime="2026-03-03 08:21:07")))
    assert row.at == "2026-03-03T00:21:07" and row.details["flags"] == []


@pytest.mark.parametrize("written", ["1772497267000", "soon", ""])
def test_what_is_no_time_is_refused(write: Any, written: str) -> None:
    told = parsed(str(write(answer(record(CreateTime=written, CreateTimeRealUTC=None)))), {})
    assert [row["why"] for row in told["refused"]] == ["unreadable_time"]


def test_a_time_beyond_all_plausible_years_is_refused() -> None:
    (row,) = rows(answer(record(CreateTimeRealUTC="99999999999")))
    assert (row.kind, row.why, row.time_text) == ("refused", "implausible_year", "99999999999")


@pytest.mark.parametrize(
    ("method", "kind", "credential"),
    [
        ("15", None, "face"),
        ("15", "asi", "face"),
        ("15", "vto", "unknown (15)"),
        ("3", None, "unknown (3)"),
        ("3", "vto", "face"),
        ("2", "vto", "finger"),
        ("0", "vto", "password"),
        ("1", "asi", "unknown (1)"),
        ("21", None, "unknown (21)"),
        ("", None, "unknown"),
    ],
)
def test_the_code_is_named_only_where_the_kind_of_device_is_known(
    method: str, kind: str | None, credential: str
) -> None:
    mapping = {} if kind is None else {"device_kind": kind}
    (row,) = rows(answer(record(Method=method)), **mapping)
    assert row.credential == credential and row.details["credential_code"] == method
    assert row.details["code_table"] == f"dahua.{kind or 'unstated'}"


def test_a_kind_of_device_that_there_is_not_is_refused() -> None:
    with pytest.raises(ReadingError) as refused:
        rows(answer(record()), device_kind="nvr")
    assert refused.value.code == "records_device_kind" and "nvr" in refused.value.what("zh")


@pytest.mark.parametrize(
    ("changes", "result", "record_kind", "flags"),
    [
        ({"UserID": "", "Status": "0"}, "fail", "failed_attempt", []),
        ({"UserID": "", "Status": None}, "fail", "failed_attempt", []),
        ({"UserID": "", "Status": "1"}, "unknown", "failed_attempt", ["pass_without_user"]),
        ({"Status": "0"}, "fail", "failed_attempt", []),
        ({"Status": None}, "unknown", "raw_event", []),
        ({"Status": "7"}, "unknown", "raw_event", []),
    ],
)
def test_an_empty_user_is_a_failed_attempt(
    changes: dict[str, str | None], result: str, record_kind: str, flags: list[str]
) -> None:
    (row,) = rows(answer(record(**changes)))
    assert (row.kind, row.result, row.record_kind, row.details["flags"]) == ("punch", result, record_kind, flags)


def test_a_record_that_is_cut_off_before_its_user_is_no_failed_attempt() -> None:
    whole = answer(record(), record(1, Status="0"), total=2)
    for text in (whole[: whole.rindex("records[1].UserID")], whole[: whole.rindex("rID=")]):
        told = rows(text)
        assert [row.why for row in told if row.kind == "refused"] in (["cut_row"], ["cut_row", "cut_row"])
        assert [row.employee_id for row in told if row.kind == "punch"] == ["1001"]
        assert DahuaRecords().facts(source_of(text)).truncated == "cut_line"


@pytest.mark.parametrize("lost", [1, 2, 3, 4, 5])
def test_an_id_whose_last_digits_may_be_lost_is_nobodys(lost: int) -> None:
    whole = answer(record(), record(1), total=2).rstrip("\r\n")
    told = rows(whole[:-lost] if lost > 1 else whole)
    assert [(row.kind, row.why) for row in told][-1] == ("refused", "cut_row")
    assert [row.employee_id for row in told if row.kind == "punch"] == ["1001"]


def test_a_record_without_the_field_of_its_user_names_nobody() -> None:
    first, second = rows(answer(record(UserID=None), record(1)))
    assert (first.kind, first.why, second.kind) == ("refused", "no_employee", "punch")
    assert rows(answer(record(UserID="1.004E+03")))[0].why == "shortened_id"


@pytest.mark.parametrize(
    ("total", "found", "truncated", "stated"),
    [(1, 1, "", 1), (48, 1, "count", 48), (None, 1, "", 1), (None, 3, "count", 3), (None, None, "", None)],
)
def test_records_that_were_counted_and_are_not_here_are_missing(
    total: int | None, found: int | None, truncated: str, stated: int | None
) -> None:
    facts = DahuaRecords().facts(source_of(answer(record(), total=total, found=found)))
    assert facts == FileFacts(truncated=truncated, stated_total=stated)


def test_answers_in_one_file_do_not_run_into_each_other_and_no_line_is_dropped() -> None:
    told = rows(answer(record(), record(UserID="1002")) + "\r\nError\r\n" + answer(record(UserID="1003")))
    assert [(row.kind, row.employee_id) for row in told] == [
        ("punch", "1001"), ("punch", "1002"), ("non-record", ""), ("refused", ""), ("punch", "1003"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        (answer(record(), total=1, found=1), True),
        (record(), True),
        ("totalCount=0\r\nfound=0", False),
        ("table.AccessControl[0].Method=15", False),
        ("1001\t2026-03-03 08:21:07\t1\t0\t15\t0", False),
    ],
)
def test_only_such_an_answer_is_claimed(text: str, claimed: bool) -> None:
    assert DahuaRecords().sniff(Head(text=text)) is claimed
