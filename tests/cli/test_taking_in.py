"""What is taken in is exactly right or refused: zones, starts, anchors, provenance; what is odd is said at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.building import copy_zone, table_hashes
from tests.cli.asking import ZONE, Papermask, state, write
from toolkit.casebook.case import Case
from toolkit.media.write import write_clip


def test_a_provenance_that_is_a_list_leaves_the_case_as_it_was(
    papermask: Papermask, case: Path, tmp_path: Path, shared: Path
) -> None:
    before = state(case)
    told = write(tmp_path / "list.json", ["a"])
    clip = shared / "data/derived/obo.asf"
    status, document, _ = papermask("add", case, clip, "--kind", "footage", "--provenance", told)
    assert (status, document["error"]["code"]) == (1, "provenance_shape")
    assert state(case) == before


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"terminal_fully_in_view": "no"}, "zone_shape", "terminal_fully_in_view"),
        ({"terminal_fully_in_view": 1}, "zone_shape", "terminal_fully_in_view"),
        ({"image_size_px": [768.9, 432.9]}, "zone_shape", "image_size_px"),
        ({"image_size_px": "77"}, "zone_shape", "image_size_px"),
        ({"image_size_px": [True, 432]}, "zone_shape", "image_size_px"),
        ({"image_size_px": [10**400, 432]}, "zone_shape", "image_size_px"),
        ({"image_size_px": None}, "zone_shape", "image_size_px"),
        ({"zone_px": ["12", "34", "98"]}, "zone_shape", "zone_px"),
        ({"zone_px": [[1, 2, 3]]}, "zone_shape", "zone_px"),
        ({"zone_px": {"a": 1}}, "zone_shape", "zone_px"),
        ({"zone_px": [[1, 1], [50, 50], [1, 1], [50, 50]]}, "zone_shape", "zone_px"),
        ({"zone_px": [[100, 100], [700, 400], [700, 100], [100, 300]]}, "zone_crossing", "cross"),
        ({"zone_px": [[0, 0], [700, 0], [700, 400], [350, 0], [0, 400]]}, "zone_crossing", "touch"),
        ({"zone_px": [[0, 0], [769, 0], [0, 400]]}, "zone_outside", "769"),
        ({"empty_media_s": [[5.5, 0]]}, "zone_stretch", "5.5"),
        ({"empty_media_s": [5]}, "zone_shape", "empty_media_s"),
        ({"empty_media_s": "none"}, "zone_shape", "empty_media_s"),
        ({"clip_sha256": 5}, "zone_shape", "clip_sha256"),
        ({"clip_sha256": "ab" * 32}, "zone_other_clip", "abab"),
        ({"stated_by": ["x"]}, "zone_shape", "stated_by"),
        ({"note": 3}, "zone_shape", "note"),
    ],
)
def test_a_zone_file_that_is_not_exactly_right_is_refused(
    papermask: Papermask, case: Path, tmp_path: Path, change: dict[str, Any], code: str, says: str
) -> None:
    before = state(case)
    status, document, screen = papermask("zone", case, "E-0001", "--file", write(tmp_path / "z.json", ZONE | change))
    assert (status, document["error"]["code"]) == (1, code)
    assert says in document["error"]["what"]
    for python in ("NoneType", "unpack", "convert", "float()", "object is"):
        assert python not in screen
    assert state(case) == before


@pytest.mark.parametrize("text", ["hello", "[]", '"x"', "[" * 100_000, '{"image_size_px": [Infinity, 432]}'])
def test_what_is_no_zone_file_at_all_is_told(papermask: Papermask, case: Path, tmp_path: Path, text: str) -> None:
    status, document, _ = papermask("zone", case, "E-0001", "--file", write(tmp_path / "z.json", text))
    assert (status, document["error"]["code"]) == (1, "zone_not_json")


def test_an_upper_case_hash_is_the_same_clip_and_a_closed_polygon_the_same_zone(
    papermask: Papermask, case: Path, tmp_path: Path
) -> None:
    with Case.open(case, write=False) as opened:
        sha256 = opened.read("exhibits")["sha256"].iloc[0]
    closed = ZONE | {"clip_sha256": sha256.upper(), "zone_px": [*ZONE["zone_px"], ZONE["zone_px"][0]]}
    status, document, _ = papermask("zone", case, sha256.upper(), "--file", write(tmp_path / "z.json", closed))
    assert status == 0
    assert document["zone_px"] == ZONE["zone_px"]
    assert document["no_visits_because"] is None


@pytest.mark.parametrize("empty", [[], None, [[0.0, 0.05]]])
def test_a_zone_with_which_nobody_can_be_found_is_taken_with_a_warning(
    papermask: Papermask, case: Path, tmp_path: Path, empty: Any
) -> None:
    status, document, _ = papermask(
        "zone", case, "E-0001", "--file", write(tmp_path / "z.json", ZONE | {"empty_media_s": empty})
    )
    assert status == 0
    assert document["no_visits_because"]["code"] == ("plate_needs_frames" if empty else "no_empty_place")
    assert "empty_media_s" in document["no_visits_because"]["do"]


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("2026-03-03", None, "starts_at_unreadable"),
        ("2026-03-03T08:20", None, "starts_at_unreadable"),
        ("20260303T082000+0800", None, "starts_at_unreadable"),
        ("0026-03-03T08:20:00+08:00", None, "starts_at_unreadable"),
        ("2026-02-30T08:20:00+08:00", None, "starts_at_unreadable"),
        ("2026-03-03T08:20:00", None, "starts_at_no_zone"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "starts_at_twofold"),
        ("2026-03-29T02:30:00", "Europe/Berlin", "starts_at_twofold"),
    ],
)
def test_half_a_start_is_refused(
    papermask: Papermask, case: Path, shared: Path, text: str, zone: str | None, code: str
) -> None:
    before = state(case)
    clip = shared / "data/derived/obo_14s.mp4"
    more = ("--timezone", zone) if zone else ()
    status, document, _ = papermask("add", case, clip, "--kind", "footage", "--starts-at", text, *more)
    assert (status, document["error"]["code"]) == (1, code)
    assert text in document["error"]["what"] and "2026-03-03T08:20:00+08:00" in document["error"]["do"]
    assert state(case) == before


@pytest.mark.parametrize(
    ("text", "zone", "kept"),
    [
        ("2026-03-03T00:20:00Z", None, "2026-03-03T00:20:00+00:00"),
        ("2026-03-03 08:20:00.5+08:00", None, "2026-03-03T08:20:00.500000+08:00"),
        ("2026-03-03T08:20:00", "Asia/Shanghai", "2026-03-03T08:20:00+08:00"),
    ],
)
def test_a_whole_start_is_kept_with_its_offset(
    papermask: Papermask, case: Path, shared: Path, text: str, zone: str | None, kept: str
) -> None:
    clip = shared / "data/derived/obo_14s.mp4"
    more = ("--timezone", zone) if zone else ()
    assert papermask("add", case, clip, "--kind", "footage", "--starts-at", text, *more)[0] == 0
    with Case.open(case, write=False) as opened:
        assert opened.read("exhibits")["starts_at"].iloc[0] == kept


def test_anchors_before_their_clip_are_refused_so_that_the_case_can_go_on(
    papermask: Papermask, tmp_path: Path, shared: Path
) -> None:
    case = tmp_path / "fresh"
    assert papermask("new", case, "--purpose", "p", "--basis", "b")[0] == 0
    anchors = shared / "data/cases/one-by-one/anchors.csv"
    status, document, _ = papermask("add", case, anchors, "--kind", "anchors")
    assert (status, document["error"]["code"]) == (1, "anchor_unknown_clip")
    assert "Add the clip first" in document["error"]["do"]
    assert papermask("add", case, shared / "data/derived/obo_14s.mp4", "--kind", "footage")[0] == 0
    assert papermask("run", case, "--only", "intake")[0] == 0


def test_a_file_with_one_picture_is_taken_in_with_a_note(papermask: Papermask, case: Path, tmp_path: Path) -> None:
    write_clip(tmp_path / "one.mp4", [(0.0, np.zeros((120, 160, 3), np.uint8))])
    status, document, _ = papermask("add", case, tmp_path / "one.mp4", "--kind", "footage")
    assert status == 0
    assert any("single picture" in note for note in document["added"][0]["notes"])


def test_an_id_of_bytes_that_are_no_text_is_refused(papermask: Papermask, case: Path, shared: Path) -> None:
    before = state(case)
    clip = shared / "data/derived/obo.asf"
    status, document, _ = papermask("add", case, clip, "--kind", "footage", "--camera", "gate\udcff")
    assert (status, document["error"]["code"]) == (1, "id_unreadable")
    assert state(case) == before


def test_deleted_private_names_are_read_again_by_the_next_run(papermask: Papermask, case: Path, tmp_path: Path) -> None:
    roster = write(tmp_path / "roster.csv", "employee_id,name\n1001,A\n")
    assert papermask("add", case, roster, "--kind", "roster")[0] == 0
    assert papermask("run", case, "--only", "intake")[0] == 0
    (case / "private/names.parquet").unlink()
    assert papermask("run", case, "--only", "intake")[0] == 0
    with Case.open(case, write=False) as opened:
        assert list(opened.read_private("names")["name"]) == ["A"]


def test_a_deleted_zone_is_put_back_and_not_taken_for_no_zone(papermask: Papermask, case: Path, shared: Path) -> None:
    file = copy_zone(shared / "data/cases/one-by-one/zone.json", case.parent / "z.json", clip_sha256=None)
    assert papermask("zone", case, "E-0001", "--file", file)[0] == 0
    before = table_hashes(case)
    (case / "tables/zones.parquet").unlink()
    assert papermask("run", case, "--only", "intake")[0] == 0
    with Case.open(case) as opened:
        assert opened.has("zones") and len(opened.read("zones")) == 1
    assert table_hashes(case)["zones.parquet"] == before["zones.parquet"]


def test_records_say_once_stated_what_is_known_of_them_and_what_is_not(
    papermask: Papermask, case: Path, tmp_path: Path
) -> None:
    log = write(tmp_path / "9_attlog.dat", "".join(f"  {k}\t2026-03-03 08:2{k}:07\t1\t0\t15\t0\n" for k in range(1, 6)))
    status, document, _ = papermask("add", case, log, "--kind", "records", "--timezone", "Asia/Shanghai")
    assert status == 0 and "time_zone" not in document["added"][0]["lacks"]
    form = write(tmp_path / "form.json", {"program": "ZKTime"})
    status, document, _ = papermask("add", case, log, "--kind", "records", "--provenance", form)
    assert status == 0 and "time_zone" not in document["added"][0]["lacks"]  # the case knows it since the first time
    with Case.open(case, write=False) as opened:
        exhibit = document["added"][0]["exhibit_id"]
        assert "program" not in opened.unsaid_of_export(exhibit) and "filters" in opened.unsaid_of_export(exhibit)


def test_a_scope_that_matches_nobody_is_refused(papermask: Papermask, case: Path, tmp_path: Path) -> None:
    before = state(case)
    log = write(tmp_path / "9_attlog.dat", "  1\t2026-03-03 08:21:07\t1\t0\t15\t0\n" * 2)
    ids = write(tmp_path / "ids.txt", "0001\n")
    status, document, _ = papermask("add", case, log, "--kind", "records", "--scope", ids)
    assert (status, document["error"]["code"]) == (1, "scope_matches_nobody")
    assert state(case) == before


def test_the_journal_says_how_many_rows_of_people_out_of_scope_were_left_out(
    papermask: Papermask, case: Path, tmp_path: Path
) -> None:
    rows = "".join(f"{number},2026-03-03 08:2{number % 10}:00\n" for number in (101, 102, 103, 104, 104))
    records = write(tmp_path / "r.csv", "employee_id,time\n" + rows)
    words = ("add", case, records, "--kind", "records", "--timezone", "UTC", "--scope")
    status, document, _ = papermask(*words, write(tmp_path / "two.txt", "101\n102\n"))
    assert status == 0
    exhibit = document["added"][0]["exhibit_id"]

    def told() -> list[dict[str, object]]:
        with Case.open(case, write=False) as opened:
            return [one["pub"] for one in opened.journal_rows() if one["act"] == "scope"]

    assert told() == [{"exhibit": exhibit, "rows_dropped": 3}]
    papermask(*words, tmp_path / "two.txt")  # the same again says nothing new
    assert len(told()) == 1
    papermask(*words, write(tmp_path / "three.txt", "101\n102\n103\n"))
    assert told()[1:] == [{"exhibit": exhibit, "rows_dropped": 2}]
