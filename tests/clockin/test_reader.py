from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toolkit.clockin
from toolkit import tables
from toolkit.clockin import parsing, reader
from toolkit.clockin.files.decoding import MAGIC
from toolkit.clockin.reader import punch_id, read_records
from toolkit.errors import ReadingError
from toolkit.language import topics
from toolkit.records import Oddity

LOG = "".join(f"     100{k}\t2026-03-03 08:2{k}:49\t1\t0\t15\t0\r\n" for k in range(1, 9))
HEAD = "工号,姓名,打卡时间\r\n"
TABLE = HEAD + "".join(f"100{k},沈玉兰,2026-03-03 08:2{k}:49\r\n" for k in range(1, 9))


def total(told: reader.RecordsRead) -> int:
    return told.rows_parsed + told.rows_rejected + told.rows_non_record


def by_row(told: reader.RecordsRead) -> pd.DataFrame:
    return told.punches.sort_values("row").reset_index(drop=True)


def refusal(read, path: Path, **stated) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        read(path, **stated)
    assert path.name in caught.value.what("en") and path.name in caught.value.what("zh")
    assert caught.value.advice("en") and caught.value.advice("zh")
    return caught.value


def test_the_log_of_the_shared_case_has_its_twelve_punches(shared: Path) -> None:
    path = shared / "data" / "cases" / "one-by-one" / "1_attlog.dat"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    told = read_records(
        path, exhibit_id="E-0002", exhibit_sha256=sha256, terminal_id="terminal", timezone="Asia/Shanghai"
    )
    punches = by_row(told)
    assert (told.format, total(told), told.rows_source, told.rows_parsed) == ("zkteco_attlog", 12, 12, 12)
    assert list(punches["employee_id"]) == [str(1001 + k) for k in range(12)]
    assert punches["t_local"][0] == "2026-03-03T08:21:49"
    assert set(punches["credential"]) == {"face"} and set(punches["result"]) == {"pass"}
    assert set(punches["tz"]) == {"Asia/Shanghai"} and set(punches["tz_basis"]) == {"user"}
    assert set(punches["terminal_id"]) == {"terminal"} and set(punches["exhibit_id"]) == {"E-0002"}
    assert told.warnings == [] and told.refused.empty


def test_the_sample_log_keeps_its_reset_row_and_flags_it(shared: Path, read) -> None:
    told = read(shared / "clockin-samples" / "01_zk_1_attlog.dat")
    assert told.rows_parsed == 12
    assert by_row(told).loc[11, ["employee_id", "t_local"]].to_list() == ["7", "2000-01-01T00:03:41"]
    assert told.warnings == [Oddity(code="clock_reset", facts={"row": 12})]


def test_the_gbk_sample_is_read_by_a_declared_mapping(shared: Path, read) -> None:
    mapping = {"employee_id": "No.", "time": "Date/Time", "date_order": "dmy", "credential": "VerifyCode"}
    told = read(shared / "clockin-samples" / "06_zktime_gbk.csv", mapping=mapping)
    assert (told.encoding, told.rows_source, told.rows_parsed, told.rows_non_record) == ("gb18030", 11, 10, 1)
    first = by_row(told).iloc[0]
    assert (first["employee_id"], first["t_local"], first["credential"]) == ("1001", "2026-03-03T08:21:07", "face")
    assert first["raw"].startswith("综合办,沈玉兰,1001")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
def test_a_table_reads_the_same_in_every_encoding(read, write, encoding: str) -> None:
    text = TABLE if encoding != "utf-16-le" else TABLE.replace("沈玉兰", "Shen")
    told = read(write(text, encoding=encoding))
    assert list(by_row(told)["employee_id"]) == [f"100{k}" for k in range(1, 9)]
    assert (told.rows_source, total(told)) == (9, 9)


def test_the_child_reads_what_this_process_reads(write, read) -> None:
    path = write(TABLE, encoding="gbk")
    stated = {"exhibit_id": "E-0001", "exhibit_sha256": "a" * 64, "timezone": "Asia/Shanghai"}
    here = read(path, **stated)
    pytest.MonkeyPatch().undo()
    pd.testing.assert_frame_equal(here.punches, read_records(path, **stated).punches)


@pytest.mark.parametrize("text", [LOG, TABLE])
def test_an_unreadable_date_in_row_7_stops_the_reading_and_is_named_with_its_text(read, write, text: str) -> None:
    lines = text.splitlines(keepends=True)
    lines[6] = lines[6].replace("2026-03-03", "2026-03-33")
    path = write("".join(lines), "march.dat")
    refused = refusal(read, path)
    assert refused.code == "records_rows_refused"
    wrong = re.search(r"2026-03-33 08:\d\d:49", lines[6])
    assert wrong is not None
    assert f'1 row(s) cannot be read: row 7: "{wrong[0]}"' in str(refused)
    assert f'7: "{wrong[0]}"' in refused.what("zh")
    told = read(path, accept_refused=True)
    assert told.refused[["row", "why", "raw"]].to_numpy().tolist() == [[7, "unreadable_time", lines[6].rstrip("\r\n")]]
    assert (told.rows_source, told.rows_rejected, total(told)) == (len(lines), 1, len(lines))
    assert 7 not in set(told.punches["row"])


def test_the_child_tells_of_an_unreadable_row_as_well(write) -> None:
    path = write(LOG.replace("08:27:49", "08:77:49"), "march.dat")
    with pytest.raises(ReadingError, match='row 7: "2026-03-03 08:77:49"'):
        read_records(path, exhibit_id="E-0001", exhibit_sha256="")


def test_of_many_refused_rows_three_are_shown_and_all_are_counted(read, write) -> None:
    refused = refusal(read, write(TABLE.replace("2026-03-03", "2026-13-03")))
    assert "8 row(s)" in str(refused)
    assert str(refused).count("2026-13-03") == 3


def test_years_of_another_calendar_are_refused_and_not_converted(read, write) -> None:
    told = read(write(TABLE.replace("1002,沈玉兰,2026", "1002,沈玉兰,2569")), accept_refused=True)
    assert list(told.refused["why"]) == ["implausible_year"]


def test_rows_of_a_reset_clock_are_kept_and_flagged_together(read, write) -> None:
    lines = LOG.splitlines(keepends=True)
    for k in (1, 2, 3, 6):
        lines[k] = lines[k].replace("2026-03-03", "2000-01-01" if k != 6 else "1970-01-01")
    told = read(write("".join(lines)))
    assert told.rows_parsed == 8
    assert told.warnings == [
        Oddity(code="clock_reset", facts={"row": "2-4"}),
        Oddity(code="clock_reset", facts={"row": 7}),
    ]


def test_equal_rows_stay_two_punches_with_two_names(read, write) -> None:
    told = read(write(LOG.splitlines(keepends=True)[0] * 3))
    assert told.rows_parsed == 3 and told.punches["punch_id"].nunique() == 3


def test_a_punch_is_named_by_the_bytes_it_comes_from_and_its_row(read, write) -> None:
    told = read(write(LOG), exhibit_sha256="b" * 64)
    row = by_row(told).iloc[2]
    assert row["punch_id"] == hashlib.sha256(f"{'b' * 64}||3|0".encode()).hexdigest()[:16]
    assert punch_id("b" * 64, "", 3) != punch_id("a" * 64, "", 3) != punch_id("a" * 64, "", 4)


def test_the_tables_have_the_columns_of_the_contract(read, write) -> None:
    told = read(write(LOG))
    assert list(told.punches.columns) == list(tables.TABLES["punches"].columns)
    assert list(told.refused.columns) == list(tables.TABLES["refused_rows"].columns)
    assert "stamped_at" in told.punches and by_row(told)["stamped_at"][0] == "2026-03-03 08:21:49"


def test_without_a_stated_zone_there_is_none(read, write) -> None:
    told = read(write(LOG))
    assert told.punches["tz"].isna().all() and set(told.punches["tz_basis"]) == {"unknown"}
    assert told.punches["terminal_id"].isna().all()


def test_an_offset_in_the_rows_goes_before_the_stated_zone(read, write) -> None:
    told = read(write("employee_id,time\n1,2026-03-03T08:21:49+08:00\n"), timezone="Europe/Berlin")
    first = told.punches.iloc[0]
    assert (first["tz"], first["tz_basis"], first["t_local"]) == ("+08:00", "explicit", "2026-03-03T08:21:49")


def test_times_with_and_without_an_offset_in_one_file_are_refused(read, write) -> None:
    text = "employee_id,time\n1,2026-03-03T00:21:49Z\n2,2026-03-03 08:22:06\n"
    refused = refusal(read, write(text))
    assert refused.code == "records_zones_mixed"
    assert "row 2" in str(refused) and "row 3" in str(refused)


def test_an_unknown_zone_is_refused_before_the_file_is_read(read, tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="Asia/Peking"):
        read(tmp_path / "not there", timezone="Asia/Peking")


def test_a_terminal_named_in_a_row_goes_before_the_stated_one(read, write) -> None:
    told = read(write("employee_id,time,terminal\n1,2026-03-03 08:21,gate\n2,2026-03-03 08:22,\n"), terminal_id="door")
    assert list(by_row(told)["terminal_id"]) == ["gate", "door"]


def test_persons_out_of_scope_leave_no_row_and_no_text(read, write) -> None:
    text = TABLE.replace("1002,沈玉兰,2026-03-03", "1002,沈玉兰,2026-13-03").replace("08:23:49", "nonsense")
    told = read(write(text), scope=frozenset({"1001", "1002"}), accept_refused=True)
    assert list(told.punches["employee_id"]) == ["1001"]
    assert told.warnings == [Oddity(code="out_of_scope", facts={"rows": 5})]
    refused = told.refused.set_index("row")
    assert refused.loc[3, "raw"].startswith("1002") and refused.loc[4, "raw"] == ""
    assert (told.rows_parsed, told.rows_rejected, total(told)) == (6, 2, 9)


def test_a_scope_without_anybody_of_the_file_gives_an_empty_table(read, write) -> None:
    told = read(write(LOG), scope=frozenset({"9"}))
    assert told.punches.empty and told.rows_parsed == 8


@pytest.mark.parametrize("text", [HEAD, HEAD + "\r\n\r\n", HEAD + ",,\r\n"])
def test_a_table_with_headings_only_holds_no_clock_ins(read, write, text: str) -> None:
    assert refusal(read, write(text)).code == "records_no_rows"


def test_a_file_of_refused_rows_only_holds_no_clock_ins(read, write) -> None:
    path = write(TABLE.replace("2026-03-03", "2026-13-03"))
    assert refusal(read, path, accept_refused=True).code == "records_all_refused"


@pytest.mark.parametrize("name", ["nothing.csv", "empty.csv", "folder"])
def test_what_is_no_file_or_empty_is_told_by_the_child(write, tmp_path: Path, name: str) -> None:
    write(b"", "empty.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReadingError) as caught:
        read_records(tmp_path / name, exhibit_id="E-0001", exhibit_sha256="")
    codes = {"nothing.csv": "file_missing", "empty.csv": "file_empty", "folder": "file_not_a_file"}
    assert caught.value.code == codes[name]


def test_a_video_named_csv_is_called_a_video(read, write) -> None:
    refused = refusal(read, write(b"\x00\x00\x00\x20ftypisom" + b"\x00" * 64, "yard.csv"))
    assert "video" in str(refused)


@pytest.mark.parametrize("mapping", [["employee_id"], "工号", 7])
def test_a_mapping_that_is_no_object_is_refused(read, write, mapping) -> None:
    assert refusal(read, write(LOG), mapping=mapping).code == "mapping_shape"


def test_entries_of_a_mapping_that_say_nothing_count_as_not_said(read, write) -> None:
    assert read(write(LOG), mapping={"format": None, "date_order": None}).format == "zkteco_attlog"


def test_a_file_with_too_many_rows_is_refused(read, write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MOST_ROWS", 7)
    assert refusal(read, write(LOG)).code == "records_too_many_rows"


lines = st.one_of(
    st.just(""),
    st.text(max_size=30).map(lambda text: re.sub(r'[\r\n\x00-\x1f\x7f"]', "", text)),
    st.tuples(st.integers(0, 99999), st.datetimes()).map(lambda one: f"{one[0]},x,{one[1]:%Y-%m-%d %H:%M:%S}"),
    st.tuples(st.integers(0, 99999), st.integers(0, 99)).map(lambda one: f"{one[0]},x,2026-03-{one[1]:02d} 08:21"),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(lines, max_size=20), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_every_row_is_parsed_refused_or_no_record_whatever_the_file_holds(write, read, body, encoding: str) -> None:
    known = "00042,y,2026-03-03 08:21:49"
    path = write("\r\n".join(["employee_id,name,time", known, *body]), encoding=encoding)
    told = read(path, accept_refused=True)
    assert total(told) == told.rows_source
    # A blank last line without an end is no line; every other is counted.
    assert told.rows_source == 2 + len(body) - (1 if body and body[-1] == "" else 0)
    assert len(told.punches) == told.rows_parsed and len(told.refused) == told.rows_rejected
    assert by_row(told)["employee_id"][0] == "00042"
    seen = set(told.punches["row"]) | set(told.refused["row"])
    assert len(seen) == told.rows_parsed + told.rows_rejected


def test_every_error_of_this_room_has_both_sentences_in_both_languages() -> None:
    folder = Path(toolkit.clockin.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    codes = set(re.findall(r'ReadingError\(\s*"(\w+)"', sources))
    codes |= {f"records_not_text_{looks_like}" for _, looks_like in MAGIC}
    assert len(codes) > 30
    entries = {
        language: {
            key: text for name, part in topics(language).items() if "errors" in name for key, text in part.items()
        }
        for language in ("en", "zh")
    }
    for code in sorted(codes):
        for key in (code, f"{code}_do"):
            fields = {language: set(re.findall(r"(?<!\{)\{(\w+)\}", entries[language][key])) for language in entries}
            assert fields["en"] == fields["zh"], key
