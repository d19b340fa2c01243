"""The table of control recordings: read as written, refused with row and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from toolkit.clockin.beside.control_times import read_control_times
from toolkit.errors import ReadingError

HEAD = "file,kind,day,person,medium,print_id,shape,from_s,to_s"
LIVE = "live/a.mp4,live,2026-03-03,P01,live,,,2,6"
PRINT = "print/b.mp4,print,2026-03-04,P02,print,007,flat,0,4.5"


def table(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "times.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_rows_are_read_as_written(tmp_path: Path) -> None:
    live, shown = read_control_times(table(tmp_path, LIVE, PRINT))
    assert (live.person, live.day, live.from_s, live.to_s, live.row) == ("P01", date(2026, 3, 3), 2.0, 6.0, 2)
    assert (shown.print_id, shown.shape, shown.printer, shown.region_px) == ("007", "flat", "", None)


def test_place_and_printer_are_optional(tmp_path: Path) -> None:
    head = HEAD + ",printer,left,top,right,bottom"
    (row,) = read_control_times(table(tmp_path, PRINT + ",laser,10,20,110,160", head=head))
    assert (row.printer, row.region_px) == ("laser", (10, 20, 110, 160))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (LIVE.replace("live,2026", "genuine,2026"), "controls_kind"),
        (LIVE.replace(",live,,", ",print,1,"), "controls_kind"),
        (LIVE.replace("P01", ""), "controls_no_person"),
        (PRINT.replace("007", ""), "controls_no_print"),
        (LIVE.replace("2,6", "6,2"), "controls_times"),
        (LIVE.replace("2,6", "two,6"), "controls_times"),
        (LIVE.replace("2,6", "nan,6"), "controls_times"),
        (LIVE.replace("2026-03-03", "3/4/26"), "controls_day"),
        (PRINT.replace("flat", "bent"), "controls_shape"),
        (PRINT, "controls_overlap"),
        (PRINT.replace("0,4.5", "4,9").replace("007", "008"), "controls_overlap"),
    ],
)
def test_a_bad_row_is_refused_with_its_number(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_control_times(table(tmp_path, PRINT, row))
    assert (refused.value.code, refused.value.facts["row"]) == (code, 3)


@pytest.mark.parametrize("place", ["10,20,,", "10,20,5,90", "inf,0,1,1", "1e999,0,1,1"])
def test_what_is_no_place_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_control_times(table(tmp_path, f"{LIVE},{place}", head=HEAD + ",left,top,right,bottom"))
    assert refused.value.code == "controls_region"


def test_two_people_side_by_side_are_told_apart_by_their_places(tmp_path: Path) -> None:
    rows = [f"{LIVE},0,0,50,60", f"{LIVE.replace('P01', 'P02')},60,0,110,60"]
    assert len(read_control_times(table(tmp_path, *rows, head=HEAD + ",left,top,right,bottom"))) == 2


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as refused:
        read_control_times(table(tmp_path))
    assert refused.value.code == "controls_empty"
