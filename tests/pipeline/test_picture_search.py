"""The step that compares: one picture on two days is found, one visit never assessed, an interruption costs little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from tests.analysis.looks import Look
from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.media.write import write_clip
from toolkit.pipeline import add_file, intake, picture_search
from toolkit.pipeline.picture_search import shown_again as compare

FPS, FRAMES, SIDE_PX = 10.0, 8, 288
# Clip: the look that is presented, as (seed, person, how far the nose runs aside), and the day.
SHOWN: dict[str, tuple[list[Look], str]] = {
    "day1": ([Look(1, 0), Look(9, 2)], "03"),
    "day2": ([Look(2, 0)], "04"),
    "day3": ([Look(3, 5)], "05"),
}


def clip_of(path: Path, looks: list[Look]) -> list[list[Any]]:
    """Frames of a clip with one look after the other, each with the detector's face of every frame."""
    frames, seen = [], []
    for number, look in enumerate(looks):
        picture, face = look.taken()
        for k in range(FRAMES):
            image = np.full((SIDE_PX, SIDE_PX, 3), 118, np.uint8)
            image[: picture.shape[0], : picture.shape[1]] = picture
            at = round((number * FRAMES + k) / FPS, 6)
            frames.append((at, image))
            seen.append([number, at, face])
    write_clip(path, frames, crf=12, rate=FPS)
    return seen


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Three clips of three days: one picture on the first two, another person's on the third."""
    yield from compared_case(tmp_path_factory.mktemp("compared"), controls="")


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same with two people who clocked in live on two days before this camera."""
    yield from compared_case(tmp_path_factory.mktemp("controlled"), controls="c1")


def add_controls(case: Case, folder: Path, camera: str) -> None:
    """Live faces of two people on two days; on each the nose runs to another side."""
    lines = ["file,kind,day,person,medium,from_s,to_s"]
    for person in (5, 7):
        for day, aside in ((9, -4.0), (10, 4.0)):
            name = f"live-{person}-{day}.mp4"
            clip_of(folder / name, [Look(100 * person + day, person, relief=aside)])
            add_file(case, folder / name, "controls", declared={"camera_id": camera})
            lines.append(f"{name},live,2026-03-{day:02d},P{person},live,0,0.8")
    (folder / "times.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    add_file(case, folder / "times.csv", "controls")


def compared_case(folder: Path, controls: str) -> Iterator[Case]:
    with Case.create(folder / "case", purpose="test", basis="test") as made:
        rows: dict[str, list[dict[str, Any]]] = {"visits": [], "presentations": [], "faces": []}
        for name, (looks, day) in SHOWN.items():
            path = folder / f"{name}.mp4"
            seen = clip_of(path, looks)
            declared = {"camera_id": "c1", "starts_at": f"2026-03-{day}T08:20:00+08:00"}
            exhibit = add_file(made, path, "footage", declared=declared).exhibit.exhibit_id
            _tell(rows, exhibit, seen)
        Pictures.fromarray(Look(21, 0, face_px=240).taken()[0]).save(folder / "photo.png")
        add_file(made, folder / "photo.png", "photo")
        if controls:
            add_controls(made, folder, controls)
        intake(made)
        for name, told in rows.items():
            made.record(name, tables.build(name, told), inputs=["exhibits"])
        compare(made)
        yield made


def _tell(rows: dict[str, list[dict[str, Any]]], exhibit: str, seen: list[list[Any]]) -> None:
    number = len(rows["visits"]) + 1
    rows["visits"].append({
        "visit_id": f"V-{number:03d}", "exhibit_id": exhibit, "from_s": 0.0, "to_s": 2.0,
        "presenter_id": f"P-{number:02d}", "open_start": False, "open_end": False, "companion": "none",
        "companion_basis": {},
    })  # fmt: skip
    for which in sorted({one[0] for one in seen}):
        mine = [one for one in seen if one[0] == which]
        name = f"PR-{len(rows['presentations']) + 1:03d}"
        rows["presentations"].append({
            "presentation_id": name, "visit_id": f"V-{number:03d}", "presenter_id": f"P-{number:02d}",
            "from_s": mine[0][1], "to_s": mine[-1][1], "geometry": "undetermined", "medium": "undetermined",
            "width_px": 100.0,
        })  # fmt: skip
        rows["faces"] += [
            {"presentation_id": name, "media_s": at, "pts": round(at * 90_000), "box_px": list(face.box_px),
             "landmarks_px": [list(mark) for mark in face.landmarks_px], "score": 0.9, "width_px": 100.0}
            for _, at, face in mine
        ]  # fmt: skip


def pair(case: Case, first: str, second: str) -> dict[str, Any]:
    table = case.read("reuse")
    (row,) = table[(table["presentation_a"] == first) & (table["other"] == second)].to_dict("records")
    return {str(key): value for key, value in row.items()}


def test_one_picture_on_two_days_agrees_and_is_not_calibrated(case: Case) -> None:
    row = pair(case, "PR-001", "PR-003")
    assert row["score"] > 8
    assert (row["standing"], row["verdict"], row["controls_n"]) == ("assessed", "not calibrated", 0)


def test_two_presentations_of_one_visit_are_not_assessable(case: Case) -> None:
    row = pair(case, "PR-001", "PR-002")
    assert (row["verdict"], row["why_not"]) == ("not assessable", "reuse_same_visit")


def test_other_people_do_not_agree_and_every_pair_that_was_searched_is_counted(case: Case) -> None:
    table = case.read("reuse")
    scored = table[(table["kind"] == "print again") & table["score"].notna()]
    assert list(zip(scored["presentation_a"], scored["other"], strict=True)) == [("PR-001", "PR-003")]
    searched = case.read("reuse_searched").set_index("kind").loc["print again"]
    assert (searched["faces"], searched["pairs"]) == (4, 5)  # six pairs, one of them within a visit
    assert set(scored["comparisons"]) == {5}


def test_a_photograph_of_the_case_is_found_in_what_was_presented(case: Case) -> None:
    table = case.read("reuse")
    found = table[(table["kind"] == "source photo") & table["score"].notna()]
    assert set(found["presentation_a"]) == {"PR-001", "PR-003"}
    assert set(found["standing"]) == {"indicative"}  # faces of 100 px
    assert set(found["verdict"]) == {"not calibrated"}


def test_what_was_compared_before_an_interruption_is_not_compared_again(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = case.read("reuse")

    def broken(*_: Any) -> Any:
        raise AssertionError("compared again")

    monkeypatch.setattr(picture_search, "compare_pairs", broken)
    monkeypatch.setattr(picture_search, "ready", broken)
    monkeypatch.setattr(Case, "is_current", lambda *_, **__: False)
    assert compare(case).equals(before)


def test_a_step_whose_inputs_did_not_change_does_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = case.head()[0]
    compare(case)
    assert case.head()[0] == rows


def test_live_controls_of_the_camera_stand_beside_a_score(controlled: Case) -> None:
    row = pair(controlled, "PR-001", "PR-003")
    assert (row["controls_n"], row["comparisons"]) == (2, 5)
    assert row["upper"] == pytest.approx(1 - 0.05 ** (1 / 2), abs=1e-3)
    assert row["verdict"] == "above all live"
    searched = controlled.read("reuse_searched").set_index("kind").loc["print again"]
    assert (searched["controls_live"], searched["controls_prints"]) == (4, 0)


def test_photographs_stay_uncalibrated_beside_live_controls(controlled: Case) -> None:
    table = controlled.read("reuse")
    found = table[(table["kind"] == "source photo") & table["score"].notna()]
    assert set(found["verdict"]) == {"not calibrated"}


@pytest.mark.full
def test_controls_of_another_camera_calibrate_nothing(tmp_path: Path) -> None:
    for case in compared_case(tmp_path, controls="c2"):
        assert pair(case, "PR-001", "PR-003")["verdict"] == "not calibrated"
