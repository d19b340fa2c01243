from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.errors import CaseError, ExhibitChanged, SealError, StepTooEarly

STATED = {"purpose": "Who clocked in?", "basis": "Works agreement 7"}


def roster(count: int = 3) -> pd.DataFrame:
    rows = [{"employee_id": f"{one:03d}", "exhibit_id": "E-0001", "row": one} for one in range(count)]
    return tables.build("roster", rows)


def tree(path: Path) -> dict[str, tuple[int, str]]:
    """Every file with its time of change and its hash, every folder with its time."""
    return {
        str(one.relative_to(path)): (
            one.stat().st_mtime_ns,
            hashlib.sha256(one.read_bytes()).hexdigest() if one.is_file() else "",
        )
        for one in sorted(path.rglob("*"))
    }


def test_a_new_case_says_what_was_asked_and_bears_a_random_id(tmp_path: Path) -> None:
    with Case.create(tmp_path / "a", **STATED, retain_until="2027-03-31", access="two auditors") as case:
        settings = case.settings()
        assert re.fullmatch(r"case-[0-9a-f]{8}", case.case_id)
        assert settings["format"] == "papermask-case-1"
        assert settings["purpose"] == "Who clocked in?" and settings["access"] == "two auditors"
        assert settings["created_at"].endswith("+00:00")
        assert not case.sealed
    with Case.create(tmp_path / "b", **STATED) as other:
        assert other.case_id != case.case_id


@pytest.mark.parametrize("blank", [{"purpose": " "}, {"basis": ""}, {"retain_until": "next year"}])
def test_a_case_without_purpose_basis_or_a_real_date_is_refused(tmp_path: Path, blank: dict[str, str]) -> None:
    with pytest.raises(CaseError):
        Case.create(tmp_path / "a", **(STATED | blank))
    assert not (tmp_path / "a").exists()


def test_a_folder_that_holds_something_is_not_made_a_case(tmp_path: Path, case: Case) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("x")
    for path in (tmp_path / "full", tmp_path / "full" / "letter", case.path):
        with pytest.raises(CaseError) as found:
            Case.create(path, **STATED)
        assert found.value.code == "case_folder_taken"
    (tmp_path / "empty").mkdir()
    Case.create(tmp_path / "empty", **STATED).close()


def test_what_is_no_case_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for path in (tmp_path / "a", tmp_path / "gone"):
        for write in (True, False):
            with pytest.raises(CaseError) as found:
                Case.open(path, write=write)
            assert found.value.code == "not_a_case"
    assert not list((tmp_path / "a").iterdir()) and not (tmp_path / "gone").exists()
    (tmp_path / "a" / "case.json").write_text("{")
    with pytest.raises(CaseError) as broken:
        Case.open(tmp_path / "a")
    assert broken.value.code == "case_file_broken"


def test_a_changed_case_file_is_found(case: Case) -> None:
    where = case.path
    case.close()
    stated = json.loads((where / "case.json").read_bytes())
    kept = (where / "case.json").read_bytes()
    for field, value in (("purpose", "Something else"), ("retain_until", "2099-01-01"), ("salt", "00")):
        (where / "case.json").write_text(json.dumps(stated | {field: value}))
        for write in (True, False):
            with pytest.raises(SealError) as found:
                Case.open(where, write=write)
            assert found.value.code == "case_file_changed"
    (where / "case.json").write_text(json.dumps(stated | {"format": "papermask-case-9"}))
    with pytest.raises(CaseError) as newer:
        Case.open(where)
    assert newer.value.code == "case_other_version"
    (where / "case.json").write_bytes(kept)
    Case.open(where).close()


def test_a_key_that_is_missing_or_of_another_case_is_told(case: Case, tmp_path: Path) -> None:
    where = case.path
    case.close()
    key = where / "private" / "journal.key"
    with Case.create(tmp_path / "other", **STATED) as other:
        shutil.copyfile(other.path / "private" / "journal.key", key)
    with pytest.raises(SealError) as found:
        Case.open(where)
    assert found.value.code == "journal_key_other"
    for content in (b"", b"-----BEGIN PRIVATE KEY-----\n", None):
        key.unlink(missing_ok=True)
        if content is not None:
            key.write_bytes(content)
        with pytest.raises(CaseError) as missing:
            Case.open(where)
        assert missing.value.code == "journal_key_missing"
    with Case.open(where, write=False) as reader:
        assert reader.head()[0] == 1


def test_a_journal_that_is_gone_is_not_taken_for_a_new_case(case: Case) -> None:
    case.record("roster", roster())
    where = case.path
    case.close()
    (where / "journal.jsonl").unlink()
    (where / "HEAD").unlink()
    with pytest.raises(SealError):
        Case.open(where)
    shutil.rmtree(where.parent / "elsewhere", ignore_errors=True)


def test_a_case_cut_off_while_it_was_made_opens(case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    where = case.path
    case.close()
    (where / "journal.jsonl").unlink()
    (where / "HEAD").unlink()
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path / "fresh"))
    with Case.open(where) as again:
        assert [row["act"] for row in again.journal_rows()] == ["create"]


def test_making_a_case_that_fails_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Case, "note", fail)
    with pytest.raises(KeyboardInterrupt):
        Case.create(tmp_path / "a", **STATED)
    assert not (tmp_path / "a").exists()


def test_a_case_opened_for_reading_writes_nothing(case: Case, tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(b"clip")
    case.add_exhibit(source, "footage", {})
    case.record("roster", roster())
    case.record_private("names", pd.DataFrame({"employee_id": ["000"], "name": ["Li"]}))
    where = case.path
    case.close()
    with (where / "journal.jsonl").open("ab") as stream:
        stream.write(b'{"torn')
    (where / "tables" / ".visits.parquet.tmp").write_bytes(b"half")
    before = tree(where)
    with Case.open(where, write=False) as reader:
        assert len(reader.read("roster")) == 3
        assert reader.exhibit_path("E-0001").read_bytes() == b"clip"
        assert reader.read_private("names")["name"].tolist() == ["Li"]
        assert reader.is_current("roster") and reader.orphans() == []
        assert not reader.scratch.exists()
        for attempt in (
            lambda: reader.note("look", {}),
            lambda: reader.record("roster", roster(4)),
            lambda: reader.record_private("names", pd.DataFrame({"a": [1]})),
            lambda: reader.store("report.html", b"x"),
            lambda: reader.store("R0001/report.html", b"x"),
            lambda: reader.add_exhibit(source, "footage", {"camera_id": "C9"}),
        ):
            with pytest.raises(CaseError) as found:
                attempt()
            assert found.value.code == "case_open_for_reading"
    assert tree(where) == before


def test_a_table_comes_back_as_it_was_and_equal_rows_give_equal_bytes(case: Case, tmp_path: Path) -> None:
    table = roster()
    case.record("roster", table, params={"scale": 0.5})
    pd.testing.assert_frame_equal(case.read("roster"), table)
    with Case.create(tmp_path / "other", **STATED) as other:
        shuffled = table.iloc[::-1][list(reversed(table.columns))]
        shuffled.index = pd.Index([7, 8, 9], name="odd")
        other.record("roster", shuffled)
        first, second = (one.path / "tables" / "roster.parquet" for one in (case, other))
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", sorted(tables.TABLES))
def test_every_table_comes_back_empty_with_its_types(case: Case, name: str) -> None:
    case.record(name, tables.empty(name))
    pd.testing.assert_frame_equal(case.read(name), tables.empty(name))


def test_missing_values_of_every_type_stay_missing(case: Case) -> None:
    row = {column: None for column in tables.TABLES["clocks"].columns} | {
        "device_id": "T1", "exhibit_id": "E-0001", "determinable": False, "method": "anchors",
        "anchors_used": 1, "reason": "离线", "model": {},
    }  # fmt: skip
    table = tables.build("clocks", [row])
    case.record("clocks", table)
    pd.testing.assert_frame_equal(case.read("clocks"), table)
    assert case.read("clocks")["drift_ppm"].isna().all()


def test_the_same_bytes_inputs_and_params_write_and_journal_nothing(case: Case) -> None:
    case.record("roster", roster())
    case.record("anchors", tables.empty("anchors"), inputs=["roster"], params={"a": (1, 2)})
    before, rows = tree(case.path), case.head()
    case.record("anchors", tables.empty("anchors"), inputs=["roster"], params={"a": [1, 2]})
    assert tree(case.path) == before and case.head() == rows
    case.record("anchors", tables.empty("anchors"), inputs=["roster"], params={"a": [1, 3]})
    assert case.head()[0] == rows[0] + 1


def test_a_table_is_current_until_an_input_a_parameter_or_the_version_changes(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def current() -> bool:
        return case.is_current("anchors", inputs=["roster", "punches"], params={"a": 1})

    assert not current()
    case.record("roster", roster())
    case.record("anchors", tables.empty("anchors"), inputs=["roster", "punches"], params={"a": 1})
    assert current()
    assert not case.is_current("anchors", inputs=["roster", "punches"], params={"a": 2})
    case.record("roster", roster(4))
    assert not current()
    case.record("roster", roster(3))
    assert current()
    case.record("punches", tables.empty("punches"))
    assert not current()
    case.record("anchors", tables.empty("anchors"), inputs=["roster", "punches"], params={"a": 1})
    monkeypatch.setattr("toolkit.casebook.shelf.TOOL", "papermask 9.9.9")
    assert not current()


def test_a_table_that_was_not_made_names_the_step_that_makes_it(case: Case) -> None:
    assert not case.has("visits")
    with pytest.raises(StepTooEarly) as found:
        case.read("visits")
    assert found.value.facts == {"table": "visits", "step": "scan"}
    case.record("roster", roster())
    (case.path / "tables" / "roster.parquet").unlink()
    assert not case.is_current("roster")
    for look in (case.has, case.read):
        with pytest.raises(StepTooEarly) as gone:
            look("roster")
        assert (gone.value.code, gone.value.facts["step"]) == ("table_gone", "intake")
    case.record("roster", roster())
    assert case.has("roster") and case.is_current("roster")


def test_a_table_changed_outside_the_program_is_found(case: Case) -> None:
    case.record("roster", roster())
    older = (case.path / "tables" / "roster.parquet").read_bytes()
    case.record("roster", roster(4))
    place = case.path / "tables" / "roster.parquet"
    newer = place.read_bytes()
    for content in (older, b"", newer[:-1], newer[:50] + bytes([newer[50] ^ 1]) + newer[51:]):
        place.write_bytes(content)
        with pytest.raises(ExhibitChanged) as found:
            case.read("roster")
        assert found.value.code == "table_changed"
    place.write_bytes(newer)
    assert len(case.read("roster")) == 4


def test_an_unknown_table_is_refused_and_nothing_is_written(case: Case) -> None:
    before = tree(case.path)
    with pytest.raises(CaseError):
        case.record("../case", roster())
    with pytest.raises(CaseError):
        case.record("visits", roster())
    assert tree(case.path) == before


def test_an_output_is_stored_whole_and_journaled_with_its_hash(case: Case) -> None:
    path = case.store("R0001/报告.html", b"<html>", params={"edition": "draft"})
    assert path == case.path / "derived" / "R0001" / "报告.html"
    assert path.read_bytes() == b"<html>"
    row = case.journal_rows()[-1]
    assert row["pub"]["out"] == "derived/R0001/报告.html"
    assert row["pub"]["sha256"] == hashlib.sha256(b"<html>").hexdigest()
    case.store("R0001/报告.html", b"<body>")
    assert path.read_bytes() == b"<body>"


@pytest.mark.parametrize(
    "name", ["../case.json", "/etc/x", "a/../../x", "", ".", "a/.hidden", "C:\\x", "a\\b", "c:x", "a\0b"]
)
def test_an_output_cannot_lie_outside_its_folder(case: Case, name: str) -> None:
    before = tree(case.path)
    with pytest.raises(CaseError) as found:
        case.store(name, b"x")
    assert found.value.code == "name_outside"
    assert tree(case.path) == before


def test_scratch_is_made_when_asked_for_and_not_journaled(case: Case) -> None:
    rows = case.head()
    assert not (case.path / "scratch").exists()
    (case.scratch / "x").write_text("cache")
    assert case.scratch == case.path / "scratch" and case.head() == rows


def test_a_case_is_found_again_from_another_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Case.create(Path("here"), **STATED) as case:
        (tmp_path / "x").mkdir()
        monkeypatch.chdir(tmp_path / "x")
        case.record("roster", roster())
        assert case.path == tmp_path / "here"


def test_private_facts_of_a_note_stay_private(case: Case) -> None:
    case.note("decision", {"finding": "F-01"}, {"by": "王芳"})
    row = case.journal_rows()[-1]
    assert row["pub"] == {"finding": "F-01"} and set(row["priv"]) == {"by"}
    assert "王芳" not in (case.path / "journal.jsonl").read_text(encoding="utf-8")
    assert "王芳".encode() not in (case.path / "private" / "reveal.jsonl").read_bytes()
