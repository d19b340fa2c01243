from __future__ import annotations

import pandas as pd
import pytest

from toolkit import tables
from toolkit.clockin.roster import absent_from_roster, read_roster
from toolkit.errors import ReadingError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("heading", ["employee_id,name", "工号,姓名", "Employee ID,Name,photo"])
def test_a_roster_gives_ids_and_names_apart_in_every_encoding(write, encoding: str, heading: str) -> None:
    tail = ",face.jpg" if "photo" in heading else ""
    path = write(f"{heading}\r\n1001,沈玉兰{tail}\r\n'00042,NA{tail}\r\n", "roster.csv", encoding)
    roster, names = read_roster(path, exhibit_id="E-0003")
    assert roster.to_dict("records") == [
        {"employee_id": "00042", "exhibit_id": "E-0003", "row": 3},
        {"employee_id": "1001", "exhibit_id": "E-0003", "row": 2},
    ]
    assert names.to_dict("records") == [
        {"employee_id": "1001", "name": "沈玉兰"},
        {"employee_id": "00042", "name": "NA"},
    ]
    assert not roster.astype(str).isin(["沈玉兰"]).any().any()


def test_the_roster_of_the_shared_case_keeps_two_people_of_one_name(shared) -> None:
    roster, names = read_roster(shared / "data" / "cases" / "one-by-one" / "roster.csv", exhibit_id="E-0003")
    assert len(roster) == len(names) == 12
    assert sorted(names.loc[names["name"] == "李明", "employee_id"]) == ["1006", "1012"]


def test_one_id_twice_is_refused_with_both_rows(write) -> None:
    path = write("employee_id,name\n1001,A\n1002,B\n\n'1001,C\n", "roster.csv")
    with pytest.raises(ReadingError) as caught:
        read_roster(path, exhibit_id="E-0003")
    assert caught.value.code == "roster_id_twice"
    assert "1001" in str(caught.value) and "rows 2 and 5" in str(caught.value)


def test_ids_that_differ_in_their_zeros_are_two_people(write) -> None:
    roster, _ = read_roster(write("employee_id\n42\n00042\n"), exhibit_id="E-0003")
    assert sorted(roster["employee_id"]) == ["00042", "42"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,department\nA,B\n", "table_columns_missing"),
        ("employee_id,name\n", "roster_empty"),
        ("employee_id,name\n1001,A\n,B\n", "roster_no_id"),
        ("employee_id,name\n1001,A\n1.004E+03,B\n", "roster_id_shortened"),
        ("", "file_empty"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused_by_name(write, text: str, code: str) -> None:
    path = write(text, "roster.csv")
    with pytest.raises(ReadingError, match=r"roster\.csv") as caught:
        read_roster(path, exhibit_id="E-0003")
    assert caught.value.code == code
    assert caught.value.what("zh")


def test_who_clocked_in_without_being_in_the_roster_is_told_and_stops_nothing(write, read) -> None:
    log = "".join(f"{pin}\t2026-03-03 08:21:49\t1\t0\t15\t0\n" for pin in ("1001", "1003", "1003", "0042"))
    punches = read(write(log, "1_attlog.dat")).punches
    roster, _ = read_roster(write("employee_id\n1001\n42\n", "roster.csv"), exhibit_id="E-0003")
    assert absent_from_roster(punches, roster) == ["0042", "1003"]
    assert absent_from_roster(punches.iloc[:0], roster) == []
    nobody = tables.validate("roster", pd.DataFrame(columns=list(tables.TABLES["roster"].columns)))
    assert absent_from_roster(punches, nobody) == ["0042", "1001", "1003"]
