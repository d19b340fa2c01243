"""The same recording in many containers, as its truth table says."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.building import WHO_AND_WHEN, copy_zone
from toolkit.casebook.case import Case
from toolkit.errors import ReadingError
from toolkit.pipeline import add_file, run_steps, set_zone, still_of
from toolkit.report import make_report

FILES = (
    "obo_14s.mp4", "obo.ts", "obo.asf", "obo.dav", "obo_ps_inside.mp4", "obo_imkh_header.mp4", "obo_mjpeg.avi",
    "obo_vfr.mp4", "obo_raw.h264", "obo_truncated_faststart.mp4",
)  # fmt: skip


def _truth(shared: Path, name: str) -> dict[str, str]:
    with (shared / "data/derived/truth.csv").open(encoding="utf-8") as table:
        return next(row for row in csv.DictReader(table) if row["file"] == name)


def _case(folder: Path, shared: Path, name: str) -> Case:
    case = Case.create(folder / "case", purpose="test", basis="test")
    rate = {"frame_rate": 10.0} if name.endswith(".h264") else {}
    add_file(case, shared / "data/derived" / name, "footage", declared=rate)
    source = shared / "data/cases/one-by-one/zone.json"
    set_zone(case, name, copy_zone(source, folder / "zone.json", clip_sha256=None, empty_media_s=[[0.0, 2.2]]))
    return case


@pytest.mark.parametrize("name", FILES)
def test_the_visit_is_found_in_every_readable_container(name: str, shared: Path, tmp_path: Path) -> None:
    truth = _truth(shared, name)
    with _case(tmp_path, shared, name) as case:
        run_steps(case, ("intake", "scan"))
        clip, visits = case.read("clips").iloc[0], case.read("visits")
        assert int(clip["frames_present"]) == int(truth["frames_decodable"])
        assert len(visits) == 1
        assert abs(float(visits["from_s"].iloc[0]) - float(truth["visit_from_s"])) <= 0.5
        assert abs(float(visits["to_s"].iloc[0]) - float(clip["duration_s"])) < 1e-3
        assert bool(visits["open_end"].iloc[0])
        if truth["media_length_s"] not in ("unknown", "13.5"):
            assert abs(float(clip["duration_s"]) - float(truth["media_length_s"])) <= 0.01


def test_a_file_without_its_index_is_refused_with_what_to_ask_for(shared: Path, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        with pytest.raises(ReadingError) as refusal:
            add_file(case, shared / "data/derived/obo_truncated_no_moov.mp4", "footage")
        assert refusal.value.code == "video_without_index"
        assert "recorder" in refusal.value.advice()
        assert not case.has("exhibits")
        assert not list((case.path / "evidence").iterdir())


def test_a_stream_without_stamps_asks_for_its_frame_rate(shared: Path, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case", purpose="test", basis="test") as case:
        with pytest.raises(ReadingError) as refusal:
            add_file(case, shared / "data/derived/obo_raw.h264", "footage")
        assert "--frame-rate" in refusal.value.advice()
        assert not case.has("exhibits")


def test_the_report_says_what_is_missing_from_a_cut_file(shared: Path, tmp_path: Path) -> None:
    name = "obo_truncated_faststart.mp4"
    with _case(tmp_path, shared, name) as case:
        run_steps(case, WHO_AND_WHEN)
        made = make_report(
            case, still=lambda exhibit, at: still_of(case, exhibit, at), created_at="2026-11-24T00:00:00+00:00"
        )
        codes = {one["code"]: one["facts"] for one in json.loads(made.json.read_text(encoding="utf-8"))["integrity"]}
        assert codes["frames_missing"]["present"] == 89
        assert codes["frames_missing"]["stated"] == 141
        assert "141 frames, 89 can be decoded" in made.html.read_text(encoding="utf-8")
