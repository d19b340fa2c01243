"""A case's readings are weighed by the site's own recordings, and by nothing where there are none."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit import tables
from toolkit.analysis.cue import cues as filed
from toolkit.analysis.weighing.fusion import CueWeight, FrozenWeights
from toolkit.casebook.case import Case
from toolkit.pipeline import weighing
from toolkit.pipeline.control_readings import named
from toolkit.pipeline.weighing import weigh

FROZEN = FrozenWeights(
    source="test", cues=(CueWeight(name="nose_range", group="geometry", mid=0.1, sd=0.03, weight=4.0, sign=-1),)
)
HEADINGS = ("file", "kind", "day", "person", "medium", "print_id", "from_s", "to_s")


def controls(people: int = 12, prints: int = 8) -> list[tuple[Any, ...]]:
    """Four live presentations a person and three a print, over two days, each in a stretch of its own."""
    live = [("live", p, "") for p in range(people) for _ in range(4)]
    shown = [("print", k % 3, f"S{k}") for k in range(prints) for _ in range(3)]
    return [
        ("all.mp4", kind, f"2026-03-0{2 + k % 2}", f"M{person}", kind, sheet, 10.0 * k, 10.0 * k + 5)
        for k, (kind, person, sheet) in enumerate([*live, *shown])
    ]


def readings(owner: str, ids: list[str], values: list[float], **more: Any) -> list[dict[str, Any]]:
    return [
        {owner: one, "cue": "nose_range", "cue_group": "geometry", "value": value, "unit": "1",
         "statement": "nothing", "why_not": None, "facts": {}, **more}
        for one, value in zip(ids, values, strict=True)
    ]  # fmt: skip


def sight(presentation_id: str, number: int) -> dict[str, Any]:
    return {
        "presentation_id": presentation_id, "media_s": 0.1 * number, "pts": number, "box_px": [0, 0, 1, 1],
        "landmarks_px": [[0, 0]] * 5, "score": 0.9, "width_px": 60.0,
    }  # fmt: skip


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """Two presentations: PR-001 reads as flat as the prints do, PR-002 as round as the live heads."""
    monkeypatch.setattr(weighing, "frozen_weights", lambda: FROZEN)
    monkeypatch.setattr(weighing, "recorded_as", lambda case, exhibit_id: ("cam-1", "h264"))
    with Case.create(tmp_path / "case", purpose="test", basis="test") as made:
        clip = tmp_path / "clip.mp4"
        clip.write_bytes(b"not decoded here")
        made.add_exhibit(clip, "footage", {})
        offered = [
            {"presentation_id": f"PR-00{k}", "visit_id": "V-001", "presenter_id": "P-01", "from_s": 5.0 * k,
             "to_s": 5.0 * k + 4, "geometry": "undetermined", "medium": "undetermined", "width_px": 60.0}
            for k in (1, 2)
        ]  # fmt: skip
        visit = {
            "visit_id": "V-001", "exhibit_id": "E-0001", "from_s": 0.0, "to_s": 20.0, "presenter_id": "P-01",
            "open_start": False, "open_end": False, "companion": "none", "companion_basis": {},
        }  # fmt: skip
        made.record("presentations", tables.build("presentations", offered))
        made.record(
            "faces", tables.build("faces", [sight(one["presentation_id"], k) for one in offered for k in range(30)])
        )
        made.record("visits", tables.build("visits", [visit]))
        made.record("clips", tables.empty("clips"))
        told = readings("presentation_id", ["PR-001", "PR-002"], [0.02, 0.2])
        made.record("cue_readings", tables.build("cue_readings", told))
        made.record("control_readings", tables.empty("control_readings"))
        yield made


def add_controls(case: Case, folder: Path, rows: list[tuple[Any, ...]]) -> None:
    """The recordings as exhibits, and what the cues read of them: prints near 0.03, live heads near 0.2."""
    with (folder / "times.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEADINGS, *rows])
    (folder / "all.mp4").write_bytes(b"not decoded either")
    for name in ("times.csv", "all.mp4"):
        case.add_exhibit(folder / name, "controls", {})
    rng = np.random.default_rng(7)
    values = [float(rng.normal(0.03 if row[1] == "print" else 0.2, 0.02)) for row in rows]
    told = readings("control_id", [named(k) for k in range(len(rows))], values, width_px=60.0)
    case.record("control_readings", tables.build("control_readings", told))


def test_without_recordings_there_is_no_ratio_and_the_reason_is_told(case: Case) -> None:
    told = weigh(case)
    assert list(told["reason"]) == ["no_controls"] * 2
    assert list(told["outcome"]) == ["undetermined"] * 2
    assert told["log10_lr"].isna().all() and set(told["words"]) == {"no_ratio"}


def test_four_people_and_three_prints_unlock_no_ratio(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls(people=4, prints=3))
    assert set(weigh(case)["reason"]) == {"too_few"}


def test_enough_people_prints_and_days_give_a_bounded_ratio_for_each_side(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls())
    told = weigh(case).set_index("presentation_id")
    assert told.loc["PR-001", "outcome"] == "artefact" and told.loc["PR-001", "words"] == "weak"
    assert 0.3 <= float(told.loc["PR-001", "lower_log10"]) < 1.0  # type: ignore[arg-type]
    assert told.loc["PR-002", "outcome"] in ("live", "undetermined")
    assert float(told.loc["PR-002", "lower_log10"]) < 0  # type: ignore[arg-type]
    assert told["calibration_id"].notna().all()


def test_a_much_larger_face_than_in_the_recordings_gets_no_ratio(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls())
    shown = case.read("presentations").assign(width_px=140.0)
    case.record("presentations", shown)
    assert set(weigh(case)["reason"]) == {"outside_scale"}


def test_a_presentation_seen_for_a_shorter_time_than_the_recordings_gets_no_ratio(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls())
    rows = [sight("PR-001", k) for k in range(10)] + [sight("PR-002", k) for k in range(60)]
    case.record("faces", tables.build("faces", rows))
    told = weigh(case).set_index("presentation_id")["reason"]
    assert told["PR-001"] == "too_short" and told.isna()["PR-002"]


@pytest.mark.parametrize("companion", ["possible", "seen"])
def test_beside_somebody_else_what_a_second_body_makes_high_is_hidden(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, companion: str
) -> None:
    """A live face below a taller neighbour's head has as much headroom as a sheet has."""
    add_controls(case, tmp_path, controls())
    monkeypatch.setattr(weighing, "ABOVE", ("nose_range",))  # the only cue of this case stands for one of those
    assert "artefact" in set(weigh(case)["outcome"])
    case.record("visits", case.read("visits").assign(companion=companion))
    assert set(weigh(case)["reason"]) == {"no_readings"}


def test_what_a_second_body_makes_high_is_named_as_it_is_filed() -> None:
    assert set(weighing.ABOVE) <= set(filed)


def pair(distance: float) -> Any:
    row = {"visit_id": "V-001", "presentation_a": "PR-001", "presentation_b": "PR-002", "distance": distance}
    return tables.build("face_pairs", [{**row, "backend": "dlib_resnet"}])


def test_one_face_in_pieces_gets_one_ratio_of_the_mean_of_its_readings(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls())
    apart = weigh(case)["log10_lr"].tolist()
    case.record("face_pairs", pair(0.2))
    together = weigh(case)
    assert together["log10_lr"].nunique() == 1
    assert apart[1] < together["log10_lr"][0] < apart[0]  # between what either piece alone would have said
    assert [json.loads(detail)["together"] for detail in together["detail"]] == [["PR-001", "PR-002"]] * 2


def test_two_faces_of_one_visit_keep_their_own_ratios(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls())
    case.record("face_pairs", pair(0.5))
    assert weigh(case)["outcome"].tolist() == ["artefact", "live"]


def test_a_short_piece_of_a_face_neither_counts_nor_goes_without_an_answer(case: Case, tmp_path: Path) -> None:
    add_controls(case, tmp_path, controls())
    alone = weigh(case)["log10_lr"][0]
    sights = [sight("PR-001", k) for k in range(30)] + [sight("PR-002", k) for k in range(3)]
    case.record("faces", tables.build("faces", sights))
    case.record("face_pairs", pair(0.2))
    assert weigh(case)["log10_lr"].tolist() == [alone, alone]
