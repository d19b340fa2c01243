from __future__ import annotations

import pkgutil
from collections.abc import Iterator

import pytest

from toolkit.clockin import choosing
from toolkit.clockin.choosing import choose_format, load_formats
from toolkit.clockin.formats import Head, RawRow, Source, punch_format, punch_formats
from toolkit.errors import ReadingError, SetupError

LOG = b"     1001\t2026-03-03 08:21:49\t1\t0\t15\t0\r\n"


class _Acme:
    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def sniff(self, head: Head) -> bool:
        return head.content.startswith((b"     1001", b"\xffACME", b"employee_id"))

    def rows(self, source: Source) -> Iterator[RawRow]:
        yield RawRow(kind="punch", row=1, raw="", employee_id="1001", time_text="2026-03-03 08:21:49")


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> None:
    load_formats()
    monkeypatch.setattr(punch_formats, "_things", dict(punch_formats.items()))
    punch_format("acme")(_Acme)


def chosen(content: bytes | str, **mapping: object) -> str:
    raw = content if isinstance(content, bytes) else content.encode()
    return choose_format(Source(name="list.csv", content=raw, mapping=mapping))


def refusal(content: bytes | str, **mapping: object) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        chosen(content, **mapping)
    assert "list.csv" in caught.value.what("en") and "list.csv" in caught.value.what("zh")
    return caught.value


def test_a_file_is_known_by_its_content_and_not_by_its_name() -> None:
    assert chosen(LOG) == "zkteco_attlog"
    assert chosen("工号,打卡时间\n1001,2026-03-03 08:21:49\n") == "declared_csv"


def test_two_formats_that_claim_one_file_are_both_named(acme: None) -> None:
    refused = refusal(LOG)
    assert refused.code == "records_two_formats"
    assert "acme" in str(refused) and "zkteco_attlog" in str(refused)
    assert chosen(LOG, format="acme") == "acme"


def test_a_vendor_format_goes_before_a_table_with_plain_headings(acme: None) -> None:
    assert chosen("employee_id,time\n1001,2026-03-03 08:21:49\n") == "acme"


def test_a_format_of_bytes_may_claim_a_file_that_is_no_text(acme: None, read, write) -> None:
    path = write(b"\xffACME\x00\x01\x02", "acme.bin")
    told = read(path)
    assert (told.format, told.encoding, told.encoding_basis) == ("acme", "binary", "format")


def test_a_file_that_is_no_text_and_that_no_format_claims_is_told_as_what_it_is() -> None:
    assert refusal(b"\x00\x00\x00\x20ftypisom").code == "records_not_text_video"


@pytest.mark.parametrize(
    "text",
    [
        "Dear sir, enclosed are the records.\nYours\n",
        '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n',
        "<html><head>, ,</head></html>\n",
        "totalCount=10\nfound=10\n",
        '"open, quote\nnever, closed\n',
        "one word\n",
    ],
)
def test_a_text_of_no_format_is_refused_with_what_was_looked_for(text: str) -> None:
    refused = refusal(text)
    assert refused.code == "records_unknown_format"
    assert "zkteco_attlog" in str(refused) and "declared_csv" in str(refused)


def test_a_table_with_other_headings_is_answered_with_the_headings_and_the_json_to_write() -> None:
    refused = refusal("Department,Name,No.,Date/Time\nA,B,1001,03/03/2026 08:21:07\n")
    assert refused.code == "mapping_needed"
    assert "Department, Name, No., Date/Time" in refused.what()
    assert (
        '{"format": "declared_csv", "employee_id": "...", "time": "Date/Time", "date_order": "ymd"}' in refused.advice()
    )


def test_a_tab_table_whose_rows_are_shorter_than_its_headings_is_still_a_table() -> None:
    assert refusal("No\tMchn\tEnNo\t\tName\t\tMode\n1\t1\t1001\tX\t15\n").code == "mapping_needed"


def test_a_mapping_chooses_the_table_and_its_slips_of_the_pen_are_named() -> None:
    assert chosen(LOG, employee_id="x") == "declared_csv"
    assert chosen(LOG, encoding="gb18030") == "zkteco_attlog"
    assert refusal(LOG, format="excel").code == "records_format_unknown"
    assert refusal(LOG, format=["excel"]).code == "records_format_unknown"
    slip = refusal(LOG, employe_id="工号")
    assert slip.code == "mapping_entry" and "employe_id" in str(slip) and "employee_id" in slip.advice()
    assert refusal(LOG, format="zkteco_attlog", date_order="dmy").code == "mapping_entry"


def test_an_order_of_dates_alone_goes_to_the_format_that_claims_the_file() -> None:
    clone = "No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n1\t1\t1001\t\t0\t0\t03/04/2026 08:21:07\n"
    assert chosen(clone, date_order="dmy") == "zkteco_glg"
    assert chosen("工号,打卡时间\n1001,03/04/2026 08:21\n", date_order="dmy") == "declared_csv"
    assert (
        refusal("Department,Name,No.,Date/Time\nA,B,1001,03/04/2026 08:21\n", date_order="dmy").code == "mapping_needed"
    )
    assert chosen(LOG, date_order="dmy") == "declared_csv"  # this log has no such question


def test_a_format_under_a_name_that_is_taken_is_refused() -> None:
    load_formats()
    with pytest.raises(SetupError):
        punch_format("zkteco_attlog")(_Acme)


def test_a_format_that_cannot_be_imported_stops_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [pkgutil.ModuleInfo(None, "no_such_vendor", False)]  # type: ignore[arg-type]
    monkeypatch.setattr(choosing.pkgutil, "iter_modules", lambda path: iter(found))
    with pytest.raises(ModuleNotFoundError, match="no_such_vendor"):
        load_formats()
