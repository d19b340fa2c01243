"""What was not looked at is never told as "nobody seen", from the file to the page; and work is cut without a trace."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest

from tests.building import WHO_AND_WHEN, best_outcomes, copy_zone, small_morning
from toolkit import tables
from toolkit.analysis.bodies.lineage import COLUMNS
from toolkit.casebook.case import Case
from toolkit.pipeline import add_file, doubt_about_zone, footage, run_steps, set_zone, still_of
from toolkit.pipeline.measuring import LOOKS, compact, join, pieces
from toolkit.report import make_report
from toolkit.runners import local
from toolkit.simulation.cases import write_case
from toolkit.simulation.seeds import TESTS
from toolkit.simulation.studio import RoomStudio

pytestmark = pytest.mark.slow

NOW = "2026-11-24T00:00:00+00:00"
STARTS_AT = "2026-03-03T08:10:00+08:00"
CLIP, ZONE = "footage/morning.mp4", "zones/morning.json"
SCANNED = ("visits", "examined", "occupancy", "presenters", "lineage")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scene")
    write_case(small_morning(5, 4.6), folder, TESTS[4], RoomStudio("calibration"))
    return folder


def case_of(folder: Path, scene: Path, *, clip: Path | None = None, zone: bool = True) -> Case:
    case = Case.create(folder, purpose="test", basis="test")
    add_file(case, clip or scene / CLIP, "footage", declared={"camera_id": "c1", "starts_at": STARTS_AT})
    add_file(case, scene / "1_attlog.dat", "records", declared={"timezone": "Asia/Shanghai"})
    sha256 = str(case.read("exhibits")["sha256"].iloc[0])
    lines = (scene / "anchors.csv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("exhibit_sha256")
    rows = [line.split(",") for line in lines[1:]]
    moved = [",".join([*row[:column], sha256, *row[column + 1 :]]) for row in rows]
    anchors = folder.parent / f"{folder.name}-anchors.csv"
    anchors.write_text("\n".join([lines[0], *moved]) + "\n", encoding="utf-8")
    add_file(case, anchors, "anchors")
    if zone:
        path = copy_zone(scene / ZONE, folder.parent / f"{folder.name}-zone.json", clip_sha256=None)
        set_zone(case, "E-0001", path)
    return case


def told(case: Case) -> tuple[dict[str, Any], str]:
    """The report as document and page."""
    made = make_report(case, still=lambda exhibit, at: still_of(case, exhibit, at), created_at=NOW)
    return json.loads(made.json.read_text(encoding="utf-8")), made.html.read_text(encoding="utf-8")


def why(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["why"]: one["facts"] for one in document["not_assessable"]}


@pytest.fixture(scope="module")
def whole(scene: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with case_of(tmp_path_factory.mktemp("whole") / "case", scene) as case:
        run_steps(case, WHO_AND_WHEN)
        yield case


def test_without_a_zone_no_clock_in_is_told_as_nobody_seen(scene: Path, tmp_path: Path) -> None:
    with case_of(tmp_path / "case", scene, zone=False) as case:
        run_steps(case, WHO_AND_WHEN)
        document, page = told(case)
    assert {one["best"] for one in document["associations"]} == {"outside coverage"}
    assert document["clips"][0]["examined"]["skipped_s"] == pytest.approx(document["clips"][0]["duration_s"])
    assert why(document)["no_zone"] == {"exhibit": "E-0001"}
    assert why(document)["clock_ins_not_examined"]["clock_ins"] >= 4
    assert "0 with nobody seen" in page
    assert "fall into footage that was not examined" in page
    assert "was not examined: nobody was looked for in it." in page


def damaged(source: Path, target: Path, from_s: float, to_s: float) -> Path:
    """The same file with noise in the place of all pictures of a stretch."""
    content = bytearray(source.read_bytes())
    noise = random.Random(4)
    with av.open(str(source)) as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.pts is None or packet.pos is None or packet.time_base is None:
                continue
            if from_s <= packet.pts * packet.time_base <= to_s:
                content[packet.pos : packet.pos + packet.size] = noise.randbytes(packet.size)
    target.write_bytes(bytes(content))
    return target


def test_where_frames_are_damaged_nobody_is_told_to_be_absent(scene: Path, whole: Case, tmp_path: Path) -> None:
    second = whole.read("visits").iloc[1]
    start, end = float(second["from_s"]) - 1.0, float(second["to_s"]) + 1.0
    clip = damaged(scene / CLIP, tmp_path / "clip.mp4", start, end)
    with case_of(tmp_path / "case", scene, clip=clip) as case:
        run_steps(case, WHO_AND_WHEN)
        document, page = told(case)
        best, before = best_outcomes(case), best_outcomes(whole)
    there = {who for who, (outcome, _) in before.items() if outcome == second["visit_id"]}
    assert there
    assert {best[who][0] for who in there} == {"outside coverage"}
    # Nobody who was seen turns into nobody.
    assert all(before[who][0] == "nobody seen" for who, (outcome, _) in best.items() if outcome == "nobody seen")
    lost = [one["facts"] for one in document["integrity"] if one["code"] == "frames_lost"]
    assert len(lost) == 1
    assert lost[0]["from_s"] <= start + 0.2
    assert lost[0]["to_s"] >= end - 0.2
    clip_facts = document["clips"][0]
    assert clip_facts["lost_s"] == pytest.approx(lost[0]["to_s"] - lost[0]["from_s"], abs=0.01)
    assert sum(clip_facts["examined"].values()) == pytest.approx(clip_facts["duration_s"], abs=0.01)
    assert clip_facts["examined"]["skipped_s"] >= clip_facts["lost_s"] - 0.01
    assert "noticed nothing odd" not in page
    assert why(document)["clock_ins_frames_lost"]["clock_ins"] == len(there)


def test_a_visit_on_either_side_of_a_hole_is_two_visits_with_open_ends(
    scene: Path, whole: Case, tmp_path: Path
) -> None:
    visits = whole.read("visits")
    longest = visits.loc[(visits["to_s"] - visits["from_s"]).astype(float).idxmax()]
    middle = (float(longest["from_s"]) + float(longest["to_s"])) / 2
    clip = damaged(scene / CLIP, tmp_path / "clip.mp4", middle - 0.6, middle + 0.4)
    with case_of(tmp_path / "case", scene, clip=clip) as case:
        run_steps(case, ("intake", "scan"))
        broken = case.read("visits")
    assert len(broken) == len(visits) + 1
    number = int(np.flatnonzero(visits["visit_id"] == longest["visit_id"])[0])
    before, after = broken.iloc[number], broken.iloc[number + 1]
    assert (before["open_start"], before["open_end"]) == (longest["open_start"], True)
    assert (after["open_start"], after["open_end"]) == (True, longest["open_end"])
    assert before["presenter_id"] != after["presenter_id"]
    assert before["to_s"] < middle - 0.5
    assert after["from_s"] > middle + 0.3


def test_a_zone_whose_empty_stretch_is_not_empty_is_doubted_at_once_and_not_scanned(
    scene: Path, whole: Case, tmp_path: Path
) -> None:
    first = whole.read("visits").iloc[0]
    stretch = [[float(first["from_s"]) - 1.5, float(first["from_s"]) + 3.0]]
    wrong = copy_zone(scene / ZONE, tmp_path / "zone.json", clip_sha256=None, empty_media_s=stretch)
    with case_of(tmp_path / "case", scene, zone=False) as case:
        doubt = doubt_about_zone(case, "E-0001", set_zone(case, "E-0001", wrong))
        assert doubt is not None
        assert doubt.code == "plate_not_empty"
        run_steps(case, WHO_AND_WHEN)
        document, page = told(case)
    assert why(document)["plate_not_empty"]["exhibit"] == "E-0001"
    assert "are not: at" in page
    assert {one["best"] for one in document["associations"]} == {"outside coverage"}


ZONE_ROW = {
    "exhibit_id": "E-0001", "terminal_fully_in_view": True, "stated_by": "x", "basis": "file", "note": "",
    "px_per_m": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"empty_media_s": []}, "no_empty_place"),
        ({"empty_media_s": [[0.0, 0.1]]}, "plate_needs_frames"),
        ({"polygon_px": [[9000, 9000], [9900, 9000], [9000, 9900]]}, "zone_is_empty"),
    ],
)
def test_why_a_clip_could_not_be_scanned_is_told_apart(
    change: dict[str, Any], code: str, scene: Path, tmp_path: Path
) -> None:
    told_zone = json.loads((scene / ZONE).read_text(encoding="utf-8"))
    width, height = told_zone["image_size_px"]
    row = {
        **ZONE_ROW, "polygon_px": told_zone["zone_px"], "image_width_px": width, "image_height_px": height,
        "empty_media_s": told_zone["empty_media_s"], **change,
    }  # fmt: skip
    with case_of(tmp_path / "case", scene, zone=False) as case:
        case.record("zones", tables.build("zones", [row]), inputs=["exhibits"])
        run_steps(case, WHO_AND_WHEN)
        document, page = told(case)
    assert code in why(document)
    assert why(document)[code]["exhibit"] == "E-0001"
    assert f"why_{code}" not in page
    assert {one["best"] for one in document["associations"]} == {"outside coverage"}


def scanned(case: Case) -> dict[str, pd.DataFrame]:
    return {name: case.read(name) for name in SCANNED}


def cut_shorter(monkeypatch: pytest.MonkeyPatch, longest_s: float) -> None:
    monkeypatch.setattr(footage, "pieces", lambda start, stop: pieces(start, stop, longest_s))


@pytest.mark.full
def test_tables_are_the_same_wherever_the_work_is_cut(
    scene: Path, whole: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_shorter(monkeypatch, 1.7)
    with case_of(tmp_path / "case", scene) as case:
        run_steps(case, ("intake", "scan"))
        assert len(list((case.scratch / "scan").glob("*.json"))) > 4
        for name, table in scanned(case).items():
            assert table.equals(whole.read(name)), name


def test_a_scan_that_was_stopped_goes_on_where_it_was(
    scene: Path, whole: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_shorter(monkeypatch, 4.0)
    done: list[float] = []

    def until(most: int) -> Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]:
        def run(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
            if len(done) >= most:
                raise KeyboardInterrupt
            done.extend(item.from_s for item in items)
            return local(1)(function, items)

        return run

    with case_of(tmp_path / "case", scene) as case:
        run_steps(case, ("intake",))
        with pytest.raises(KeyboardInterrupt):
            run_steps(case, ("scan",), run=until(3))
        first = list(done)
        run_steps(case, ("scan",), run=until(10**6))
        assert len(first) >= 3
        assert not set(done[len(first) :]) & set(first)
        for name, table in scanned(case).items():
            assert table.equals(whole.read(name)), name


def test_every_moment_lies_in_just_one_piece() -> None:
    cut = pieces(10.0, 4000.0)
    assert max(b - a for a, b in cut) <= 600
    assert (cut[0][0], cut[-1][1]) == (10.0, 4000.0)
    slack = 1e-4  # what the decoder adds on either side
    for at in np.round(np.arange(10.0, 4000.0, 0.04), 6):
        assert sum(a - slack <= at <= b + slack for a, b in cut) == 1
    for k in range(1, len(cut)):
        for at in np.round(cut[k][0] + np.arange(-5, 5) * 1e-4, 6):
            assert sum(a - slack <= at <= b + slack for a, b in cut) == 1


def measured(times: Sequence[float], lost: Sequence[tuple[float, float]] = ()) -> dict[str, Any]:
    looks = {name: [0] * len(times) for name in LOOKS} | {"pts": list(range(len(times))), "media_s": list(times)}
    pairs: dict[str, list[float]] = {name: [] for name in COLUMNS}
    tally = {"corrupt": 1, "lost": 2}
    return compact({"occupancy": looks, "pairs": pairs, "tally": tally, "lost_spans": [list(span) for span in lost]})


def test_what_the_decoder_lists_as_lost_was_not_looked_at() -> None:
    times = np.round(np.arange(0, 10, 0.1), 1)
    one = join([measured(times[:50], [(2.0, 2.3)]), measured(times[50:])], 0.0, 9.9, 0.5, 0.0)
    assert one.unlooked == ((2.0, 2.3),)
    assert (one.damaged, one.lost) == (2, 4)


def test_no_visit_runs_across_a_stretch_that_the_decoder_lists_as_lost() -> None:
    times = [round(float(at), 1) for at in np.arange(0, 10, 0.1)]
    piece = measured(times, [(4.0, 6.0)])
    piece["occupancy"]["fill"] = 0.5
    one = join([piece], 0.0, 9.9, 0.5, 0.0)
    assert [(visit["from_s"], visit["to_s"], visit["open_end"]) for visit in one.visits] == [
        (0.0, 4.0, True), (6.0, 9.9, True),
    ]  # fmt: skip
    assert not one.occupancy["media_s"].between(4.05, 5.95).any()


def test_looks_between_two_holes_too_short_to_show_a_visit_count_for_nothing() -> None:
    times = [*np.arange(0, 3, 0.1), 5.0, 5.1, 5.2, *np.arange(8, 10, 0.1)]
    one = join([measured([round(float(at), 1) for at in times])], 0.0, 9.9, 0.5, 0.0)
    assert one.unlooked == ((2.9, 8.0),)
