from __future__ import annotations

from typing import Any

import pytest

from toolkit.clockin.formats import Head, Source
from toolkit.clockin.formats.anviz_checkinout import AnvizCheckinout

HEADING = "Userid,CheckTime,CheckType,Sensorid,WorkType,AttFlag,Checked,Exported,OpenDoorFlag\r\n"
ROW = "0042,2026-03-03 08:21:07,I,1,0,0,0,0,0\r\n"


def test_a_row_tells_person_time_direction_and_terminal_and_no_credential(write: Any, read: Any) -> None:
    got = read(write(HEADING + ROW))
    (row,), (told,) = got.punches.to_dict("records"), got.details.to_dict("records")
    assert (got.format, row["employee_id"], row["t_local"]) == ("anviz_checkinout", "0042", "2026-03-03T08:21:07")
    assert (row["terminal_id"], row["credential"], row["result"], told["direction"]) == ("1", "unknown", "pass", "in")
    assert {"credential", "edits", "failures"} <= set(got.lacks)


@pytest.mark.parametrize(
    ("letter", "direction"), [("i", "in"), ("O", "out"), ("", ""), ("0", "unknown"), ("X", "unknown")]
)
def test_other_letters_are_kept_and_not_read(letter: str, direction: str) -> None:
    content = (HEADING + ROW.replace(",I,", f",{letter},")).encode()
    _, row = AnvizCheckinout().rows(Source(name="x.csv", content=content))
    assert (row.details["direction"], row.details["check_type"]) == (direction, letter)


def test_a_row_without_person_is_refused_and_other_tables_are_not_claimed() -> None:
    content = (HEADING + ROW.replace("0042", "")).encode()
    assert [row.why for row in AnvizCheckinout().rows(Source(name="x.csv", content=content))] == ["", "no_employee"]
    assert not AnvizCheckinout().sniff(Head(text="Userid,CheckTime\n1,2026-03-03 08:21:07\n"))
