import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.report.cases import NOW, FakeCase, whole
from tests.report.schema import faults
from toolkit import tables
from toolkit.report import report_facts
from toolkit.report.facts import as_document
from toolkit.report.moments import moment

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report-schema.json").read_text(encoding="utf-8"))
# CONTRACT 4, word for word: what a program that reads report.json may count on.
CONTRACT: dict[str, set[str]] = {
    "": {
        "schema", "case_id", "edition", "created_at", "tool", "exhibits", "clips", "visits", "presentations", "clock",
        "associations", "findings", "counts", "context_used", "integrity", "not_assessable",
    },
    "tool": {"version", "models"},
    "clips": {"exhibit_id", "camera_id", "duration_s", "gaps", "examined"},
    "visits": {"visit_id", "exhibit_id", "from_s", "to_s", "presenter_id", "companion"},
    "clock": {"determinable", "method", "terminal_minus_camera_s", "interval_s", "reason"},
    "associations": {"punch_id", "employee_id", "stamped_at", "best", "presentation_id", "probabilities"},
    "findings": {
        "finding_id", "code", "state", "employees", "visit_ids", "propositions", "rivals", "headline", "against",
        "limits",
    },
    "counts": {"identities_used", "presenters", "knowing_participants"},
    "not_assessable": {"what", "why"},
}  # fmt: skip


def facts_of(case: FakeCase) -> dict[str, Any]:
    return report_facts(case, edition="draft", created_at=NOW)  # type: ignore[arg-type]


def test_every_kind_of_case_gives_a_document_that_fits_the_published_schema(any_case: FakeCase) -> None:
    document = json.loads(as_document(facts_of(any_case)))
    assert list(faults(document, SCHEMA)) == []


@pytest.mark.parametrize("key, value", [("schema", "x"), ("associations", [{}]), ("created_at", "yesterday")])
def test_the_schema_refuses_a_document_that_is_not_a_report(key: str, value: Any) -> None:
    document = json.loads(as_document(facts_of(whole())))
    assert list(faults({**document, key: value}, SCHEMA))


def test_the_keys_of_the_contract_are_all_there() -> None:
    facts = facts_of(whole())
    for name, keys in CONTRACT.items():
        told = facts if not name else facts[name]
        for one in told if isinstance(told, list) else [told]:
            assert keys <= set(one), name
    assert facts["schema"] == "papermask-report-1"
    assert set(facts["clips"][0]["examined"]) == {"decoded_s", "probed_s", "skipped_s"}
    assert {"name", "log10_lr", "excluded_by"} <= set(facts["findings"][0]["rivals"][0])
    assert {"rival", "log10_lr", "interval", "words"} <= set(facts["findings"][0]["headline"])
    assert facts["counts"]["knowing_participants"] == "not determinable from footage"


def test_probabilities_of_a_clock_in_sum_to_one_and_its_time_is_a_moment() -> None:
    associations = facts_of(whole())["associations"]
    assert [one["employee_id"] for one in associations] == [str(n) for n in range(1001, 1013)]
    for one in associations:
        assert sum(one["probabilities"].values()) == pytest.approx(1)
        assert max(one["probabilities"], key=one["probabilities"].__getitem__) == one["best"]
    assert associations[0]["stamped_at"] == "2026-03-03T08:21:49+08:00"
    assert associations[-1]["media_s"] is None


def test_a_cameras_zone_is_not_lent_to_records_without_one() -> None:
    case = whole()
    case.held["punches"] = tables.validate("punches", case.held["punches"].assign(tz=pd.NA, tz_basis="unknown"))
    facts = facts_of(case)
    assert facts["clips"][0]["starts_at"] == "2026-03-03T08:20:00+08:00"
    assert {one["stamped_at"] for one in facts["associations"]} == {None}
    assert (facts["records"][0]["first_at"], facts["records"][0]["first_text"]) == (None, "2026-03-03 08:21:49")


def test_a_row_that_repeats_an_event_names_it() -> None:
    case = whole()
    punches = case.held["punches"]
    again = punches.iloc[[1]].assign(punch_id="f" * 16, exhibit_id="E-0005")
    case.held["punches"] = tables.validate("punches", pd.concat([punches, again]))
    placed = case.held["associations"]
    copied = placed[placed["punch_id"] == punches["punch_id"].iloc[1]].assign(punch_id="f" * 16)
    case.held["associations"] = tables.validate("associations", pd.concat([placed, copied]))
    facts = facts_of(case)
    told = {one["punch_id"]: one["same_as"] for one in facts["associations"]}
    assert told["f" * 16] == punches["punch_id"].iloc[1]
    assert sum(one is not None for one in told.values()) == 1


def test_what_is_not_examined_is_the_rest_of_the_clip() -> None:
    examined = facts_of(whole())["clips"][0]["examined"]
    assert examined == {"decoded_s": 133.0, "probed_s": 5.0, "skipped_s": 1.3}


def test_lost_stretches_are_counted_as_not_examined_and_told_with_the_integrity() -> None:
    from tests.report.cases import damaged

    facts = facts_of(damaged())
    assert facts["clips"][0]["lost_s"] == 27.0
    assert facts["clips"][0]["examined"] == {"decoded_s": 112.3, "probed_s": 0, "skipped_s": 27.0}
    codes = {one["code"]: one["facts"] for one in facts["integrity"]}
    assert codes["frames_lost"] == {"from_s": 20.0, "to_s": 47.0}
    assert codes["frames_damaged"] == {"damaged": 0, "lost": 200}


def test_unknown_values_are_null() -> None:
    from tests.report.cases import records_only, without_clock

    clock = facts_of(without_clock())["clock"]
    assert (clock["determinable"], clock["terminal_minus_camera_s"], clock["interval_s"]) == (False, None, None)
    assert clock["reason"] == "too_few_anchors"
    facts = facts_of(records_only())
    assert facts["counts"]["presenters"] is None
    assert facts["clock"]["reason"] == "nothing_to_align"


def test_names_and_raw_rows_never_enter_the_document() -> None:
    document = as_document(facts_of(whole())).decode()
    assert "Zhang" not in document
    assert '"obtained_from": "known"' in document


@pytest.mark.parametrize(
    "text, zone, told",
    [
        ("2026-03-03T08:20:00", "Asia/Shanghai", "2026-03-03T08:20:00+08:00"),
        ("2026-03-03T08:20:00", "+08:00", "2026-03-03T08:20:00+08:00"),
        ("2026-03-03T08:20:00+01:00", "Asia/Shanghai", "2026-03-03T08:20:00+01:00"),
        ("2026-03-03T08:20:00", None, None),
        ("2026-03-03T08:20:00", "Middle/Earth", None),
        ("soon", "Asia/Shanghai", None),
        (None, "Asia/Shanghai", None),
    ],
)
def test_a_time_without_an_offset_is_no_moment(text: str | None, zone: str | None, told: str | None) -> None:
    assert moment(text, zone) == told


def test_not_a_number_is_never_written() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        as_document({"x": float("nan")})
