from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, RawRow, Source
from toolkit.clockin.formats.biostar_events import BiostarEvents
from toolkit.errors import ReadingError

ENGLISH = "Date,Door,Device ID,Device,User Group,User,Event"
SPANISH = "Fecha,Puerta,ID de dispositivo,Dispositivo,Grupo de usuarios,Usuarios,Evento"
PASSED = "1:N authentication succeeded (Face)"


def line(event: str = PASSED, user: str = "1003(韩晓梅)", date: str = "2026-03-03 17:33:19") -> str:
    return f"{date},,538218377,社区大门 IN,网格一组,{user},{event}"


def rows(*lines: str, headings: str = ENGLISH, **mapping: Any) -> list[RawRow]:
    content = "\ufeff" + "\r\n".join((headings, *lines))
    told = list(BiostarEvents().rows(Source(name="events.csv", content=content.encode(), mapping=mapping)))
    assert told[0].kind == "non-record" and [row.row for row in told] == list(range(1, len(told) + 1))
    return told[1:]


def test_a_row_gives_number_name_and_device() -> None:
    (row,) = rows(line())
    assert (row.kind, row.employee_id, row.time_text) == ("punch", "1003", "2026-03-03 17:33:19")
    assert (row.credential, row.result, row.terminal_id) == ("face", "pass", "538218377")
    assert row.details["name"] == "韩晓梅" and row.details["device_name"] == "社区大门 IN"
    assert row.details["credential_code"] == PASSED and row.raw == line()


@pytest.mark.parametrize(
    ("user", "employee_id", "name"),
    [
        ("378(Can Duy Hung)", "378", "Can Duy Hung"),
        ("00042()", "00042", ""),
        ("00042", "00042", ""),
        ("12(An (night))", "12", "An (night)"),
        ("12（韩晓梅）", "12", "韩晓梅"),
    ],
)
def test_number_and_name_are_told_apart(user: str, employee_id: str, name: str) -> None:
    (row,) = rows(line(user=user))
    assert (row.employee_id, row.details["name"]) == (employee_id, name)


@pytest.mark.parametrize(
    ("event", "credential", "result"),
    [
        ("1:N authentication succeeded (Face)", "face", "pass"),
        ("1:N authentication failed (Face)", "face", "fail"),
        ("1:N authentication succeeded (Fingerprint)", "finger", "pass"),
        ("1:1 authentication succeeded (Card)", "card", "pass"),
        ("1:1 authentication succeeded (Card + Face)", "card+face", "pass"),
        ("1:1 authentication succeeded (ID + PIN)", "pin+password", "pass"),
        ("1:1 authentication succeeded (Mobile Card)", "unknown (Mobile Card)", "pass"),
        ("1:N Autenticación exitosa (Rostro)", "face", "pass"),
        ("1:N Autenticación fallida (Huella)", "finger", "fail"),
        ("1:N Autenticaciￃﾳn exitosa (Rostro)", "face", "pass"),
        ("1:N Autenticaci??n exitosa (Rostro)", "face", "pass"),
        ("1:N AutenticaciÃ³n exitosa (Rostro)", "face", "pass"),
        ("1:N Autenticación no exitosa (Rostro)", "unknown", "unknown"),
        ("1:N authentication delayed (Face)", "face", "unknown"),
        ("1:N xác thực thành công (Khuôn mặt)", "unknown", "unknown"),
        ("Access granted", "unknown", "pass"),
        ("Access denied (Invalid access group)", "unknown", "fail"),
        ("인증 성공", "unknown", "unknown"),
    ],
)
def test_a_sentence_is_read_only_where_its_words_are_certain(event: str, credential: str, result: str) -> None:
    (row,) = rows(line(event))
    assert (row.kind, row.credential, row.result) == ("punch", credential, result)
    assert row.record_kind == ("failed_attempt" if result == "fail" else "raw_event")
    assert row.details["credential_code"] == event
    assert row.details["flags"] == (["event_text_unknown"] if result == "unknown" else [])


def test_a_failed_attempt_names_nobody_and_a_success_must() -> None:
    failed, passed = rows(line("1:N authentication failed (Face)", user=""), line(user=""))
    assert (failed.kind, failed.employee_id, failed.record_kind) == ("punch", "", "failed_attempt")
    assert (passed.kind, passed.why) == ("refused", "no_employee")
    assert rows(line(user="1.004E+03(x)"))[0].why == "shortened_id"


@pytest.mark.parametrize(
    ("event", "user"), [("Door unlocked", ""), ("Door unlocked", "1(x)"), ("User updated", "1(x)"), ("인증 성공", "")]
)
def test_events_of_the_device_are_kept_as_events(event: str, user: str) -> None:
    (row,) = rows(line(event, user=user))
    assert (row.kind, row.details["code"], row.terminal_id) == ("device event", event, "538218377")


def test_a_spanish_heading_is_known_and_columns_may_be_missing() -> None:
    (row,) = rows(line(), headings=SPANISH)
    assert (row.employee_id, row.terminal_id) == ("1003", "538218377")
    (short,) = rows(f"2026-03-03 17:33:19,Gate,1003(韩晓梅),{PASSED}", headings="Fecha,Puerta,Usuarios,Evento")
    assert (short.employee_id, short.terminal_id, short.details["door"]) == ("1003", None, "Gate")


def test_years_of_the_buddhist_calendar_are_refused_and_not_converted(read: Any, write: Any) -> None:
    path = write("\r\n".join((ENGLISH, line(date="2569-03-03 08:21:07"), line())))
    told = read(path, accept_refused=True)
    assert list(told.refused["why"]) == ["implausible_year"] and len(told.punches) == 1
    with pytest.raises(ReadingError) as refused:
        read(path)
    assert refused.value.code == "records_rows_refused"


def test_newest_first_stays_in_the_order_of_the_file(read: Any, write: Any) -> None:
    told = read(write("\r\n".join((ENGLISH, line(), line(date="2026-03-03 08:21:07")))))
    table = told.punches.sort_values("row")
    assert list(table["t_local"]) == ["2026-03-03T17:33:19", "2026-03-03T08:21:07"]


def test_the_order_of_dates_is_told_by_the_file_or_stated() -> None:
    assert {row.date_order for row in rows(line(date="30/03/2026 08:21:07"), line(date="03/03/2026 08:21:07"))} == {
        "dmy"
    }
    with pytest.raises(ReadingError) as refused:
        rows(line(), date_order="day first")
    assert refused.value.code == "date_order_unknown"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-03 17:33:19,,538218377", "too_few_fields"),
        (line() + ",more", "too_many_fields"),
        (line().replace("韩", '"x"韩').replace(",1003", ',"1003"'), "broken_quotes"),
    ],
)
def test_a_misshapen_row_is_refused_and_the_others_are_read(text: str, why: str) -> None:
    told = rows(line(), text, "", line())
    assert [(row.kind, row.why) for row in told] == [
        ("punch", ""), ("refused", why), ("non-record", ""), ("punch", ""),
    ]  # fmt: skip


def test_a_table_declared_to_be_one_and_without_its_headings_is_refused() -> None:
    with pytest.raises(ReadingError) as refused:
        rows(line(), headings="a,b,c,d,e,f,g")
    assert refused.value.code == "table_columns_missing"


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        (f"{ENGLISH}\r\n{line()}", True),
        (f"{ENGLISH}\r\n{line('Door unlocked', user='')}\r\n{line()}", True),
        (f"{SPANISH}\r\n{line()}", True),
        (f"{ENGLISH}\r\n", False),
        ("Date,Door,User,Event\r\n2026-03-03,Gate,1003,opened", False),
        ("Date,User,Event\r\n2026-03-03,1003(x),1:N authentication", False),
        ("", False),
    ],
)
def test_the_log_is_claimed_by_its_headings_and_its_rows(text: str, claimed: bool) -> None:
    assert BiostarEvents().sniff(Head(text=text)) is claimed
