"""The exculpatory search: always there, with its scope; items name their source and stand beside the right finding."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.analysis.papers import by_footage, by_papers, fresh, paper, search, with_papers
from tests.report.cases import FakeCase, footage_only, records_only, whole
from toolkit import tables
from toolkit.analysis.statements.exculpatory import COVERS


def codes(items: list[dict[str, Any]]) -> list[str]:
    return sorted(one["code"] for one in items)


def against(findings: list[dict[str, Any]], number: str) -> list[str]:
    return [one["code"] for row in findings if row["finding_id"] == number for one in row["against"]]


def fd9(findings: list[dict[str, Any]]) -> dict[str, Any]:
    (found,) = [row for row in findings if row["code"] == "FD9"]
    return found


@pytest.mark.parametrize("make", [whole, records_only])
def test_the_search_is_always_there_with_its_scope_and_without_a_ratio(make: Any) -> None:
    findings, items, _ = search(fresh(make))
    found = fd9(findings)
    assert found["state"] == "information" and found["headline"]["words"] == "no_ratio"
    assert [row["code"] for row in findings][-2:] == ["FD9", "FD10"]
    assert [row["finding_id"] for row in findings] == [f"F-{k:02d}" for k in range(1, len(findings) + 1)]
    scope = found["sensitivity"]["scope"]
    assert (scope["context_exhibits"], scope["context_rows"]) == ([], 0)
    assert set(codes(items)) <= {"checked_no_finding"}
    assert found["sensitivity"]["items"] == len(items)


def test_the_scope_counts_what_was_searched() -> None:
    scope = fd9(search(fresh(whole))[0])["sensitivity"]["scope"]
    assert (scope["clock_ins"], scope["visits"], scope["record_exhibits"]) == (12, 6, ["E-0002"])
    assert scope["footage_s"] == pytest.approx(138.0)
    assert scope["compared_with_photographs"] is None


def test_a_field_visit_changes_the_search_and_stands_against_the_finding_of_that_visit() -> None:
    plain, nothing, _ = search(fresh(whole))
    told = with_papers(fresh(whole), [paper(2, "field_visit", "2026-03-03", "2026-03-03", "1003", kind_text="出差")])
    findings, items, _ = search(told)
    assert "field_visit_covers" not in codes(nothing)
    (item,) = [one for one in items if one["code"] == "field_visit_covers"]
    assert (item["employees"], item["visit_ids"], item["days"]) == (["1003"], ["V-002"], ["2026-03-03"])
    assert {"exhibit_id": "E-0005", "sheet": "", "row": 2} in item["sources"]
    assert {"exhibit_id": "E-0002", "sheet": "", "row": 3} in item["sources"]
    assert item["finding_ids"] == ["F-01"] and item["facts"]["kind"] == "出差"
    assert "field_visit_covers" not in against(plain, "F-01") + against(findings, "F-02")
    assert "field_visit_covers" in against(findings, "F-01")
    assert fd9(findings)["sensitivity"]["scope"]["context_kinds"] == {"field_visit": 1}


def test_each_kind_that_covers_a_clock_in_is_an_item_and_entrances_and_tests_are_none() -> None:
    papers = [
        paper(row, kind, "2026-03-03 08:22", "2026-03-03 08:23", "1002", seen=1, passes=2)
        for row, kind in enumerate((*COVERS, "entrance", "detection_test"), 2)
    ]
    items = by_papers(with_papers(fresh(whole), papers))
    told = {one["code"]: one for one in items if one["code"] != "checked_no_finding"}
    assert set(told) == set(COVERS.values())
    for one in told.values():
        assert (one["employees"], one["visit_ids"], one["facts"]["clock_ins"]) == (["1002"], ["V-002"], 1)


def test_another_day_hour_or_id_explains_nothing() -> None:
    papers = [
        paper(2, "leave", "2026-03-02", "2026-03-02", "1003"),
        paper(3, "leave", "2026-03-04", "2026-03-30", "1003"),  # an id that was given to another person afterwards
        paper(4, "leave", "2026-03-03 08:23", "2026-03-03 18:00", "1003"),
        paper(5, "leave", "2026-03-03", "2026-03-03", "01003"),
        paper(6, "leave", "2026-03-03", "2026-03-03", "9999"),
    ]
    items = by_papers(with_papers(fresh(whole), papers))
    assert "leave_covers" not in codes(items)


def test_a_row_of_everybody_concerns_every_visit_that_it_overlaps() -> None:
    row = paper(2, "device_fault", "2026-03-03 08:22", "2026-03-03 08:23")
    findings, items, _ = search(with_papers(fresh(whole), [row]))
    (item,) = [one for one in items if one["code"] == "device_fault_covers"]
    # By the terminal's clock V-002 to V-004 hold the clock-ins, by the camera's 08:22 to 08:23 is V-005 and V-006.
    assert {"V-002", "V-003", "V-004"} <= set(item["visit_ids"])
    assert "device_fault_covers" in against(findings, "F-01")


def test_footage_alone_meets_papers_by_the_cameras_clock() -> None:
    row = paper(2, "enrolment_test", "2026-03-03 08:20", "2026-03-03 08:21")
    items = by_papers(with_papers(fresh(footage_only), [row]))
    (item,) = items
    assert (item["code"], item["visit_ids"]) == ("enrolment_test_covers", ["V-001", "V-002", "V-003"])


def test_records_alone_meet_papers_of_everybody_who_clocked_in() -> None:
    items = by_papers(with_papers(fresh(records_only), [paper(2, "leave", "2026-03-03", "2026-03-03", "1012")]))
    (item,) = items
    assert (item["code"], item["employees"], item["visit_ids"]) == ("leave_covers", ["1012"], [])


def _zoned(case: FakeCase, tz: str | None, t_local: str) -> FakeCase:
    punches = case.held["punches"].assign(tz=tz)
    punches.loc[punches["employee_id"] == "1003", "t_local"] = t_local
    case.held["punches"] = tables.validate("punches", punches)
    return case


@pytest.mark.parametrize(
    ("tz", "t_local", "paper_tz", "zone"),
    [
        ("Asia/Shanghai", "2026-03-03T08:22:11", "+08:00", "stated"),
        ("+00:00", "2026-03-03T00:22:11", "Asia/Shanghai", "stated"),
        ("Asia/Shanghai", "2026-03-03T08:22:11", None, "as_written"),
        (None, "2026-03-03T08:22:11", "+08:00", "as_written"),
        ("+00:00", "2026-03-03T00:22:11", None, "unclear"),
    ],
)
def test_zones_are_compared_where_both_are_stated_and_told_where_not(
    tz: str | None, t_local: str, paper_tz: str | None, zone: str
) -> None:
    row = paper(2, "leave", "2026-03-03 08:00", "2026-03-03 09:00", "1003", tz=paper_tz)
    items = by_papers(with_papers(_zoned(fresh(whole), tz, t_local), [row]))
    assert [one["facts"]["zone"] for one in items if one["code"] == "leave_covers"] == [zone]


def test_people_without_a_finding_are_told_and_those_of_findings_are_not_among_them() -> None:
    _, items, _ = search(fresh(whole))
    (item,) = [one for one in items if one["code"] == "checked_no_finding"]
    assert item["employees"] == ["1001", "1005", "1007"]  # 1006 was seen by nobody, 1012 outside coverage
    assert item["finding_ids"] == []


def _more_punches(case: FakeCase, *rows: dict[str, Any]) -> FakeCase:
    base = case.held["punches"].iloc[[2]]
    extra = [base.assign(punch_id=f"{900 + k:016x}", row=900 + k, **row) for k, row in enumerate(rows)]
    case.held["punches"] = tables.validate("punches", pd.concat([case.held["punches"], *extra]))
    return case


def test_entered_rows_and_failed_attempts_before_a_pass_are_items() -> None:
    case = _more_punches(
        fresh(whole),
        {"record_kind": "makeup", "credential": "manual", "result": "unknown", "t_local": "2026-03-03T08:30:00"},
        {"employee_id": "", "record_kind": "failed_attempt", "result": "fail", "t_local": "2026-03-03T08:22:05"},
        {"employee_id": "1010", "record_kind": "failed_attempt", "result": "fail", "t_local": "2026-03-03T08:10:00"},
    )
    findings, items, _ = search(case)
    (entered,) = [one for one in items if one["code"] == "entered_rows"]
    assert (entered["employees"], entered["visit_ids"], entered["facts"]["kind"]) == (["1003"], ["V-002"], "makeup")
    failed = [one for one in items if one["code"] == "failed_before_pass"]
    assert sorted(one["employees"][0] for one in failed) == ["1002", "1003", "1004"]
    assert "entered_rows" in against(findings, "F-01") and "entered_rows" not in against(findings, "F-02")


def _photo(case: FakeCase, punch_id: str) -> FakeCase:
    blank = dict.fromkeys(tables.TABLES["punch_details"].columns)
    row = {**blank, "punch_id": punch_id, "flags": [], "other": {}, "photo_ref": "a.jpg"}
    case.held["punch_details"] = tables.build("punch_details", [row])
    return case


def test_a_picture_that_the_terminal_took_is_an_item_of_its_visit() -> None:
    _, items, _ = search(_photo(fresh(whole), f"{9:016x}"))
    (item,) = [one for one in items if one["code"] == "device_photo"]
    assert (item["employees"], item["visit_ids"]) == (["1009"], ["V-005"])


def test_the_terminals_own_log_of_the_day_is_an_item_and_another_days_is_not() -> None:
    case = fresh(whole)
    event = {
        "exhibit_id": "E-0002",
        "sheet": "",
        "sub": 0,
        "code": "0",
        "terminal_id": None,
        "operator": None,
        "raw": "",
    }
    case.held["device_events"] = tables.build(
        "device_events",
        [
            {**event, "row": 1, "what": "power_on", "stamped_at": "2026-03-03 07:50:00"},
            {**event, "row": 2, "what": "clock_set", "stamped_at": "2026-03-04 07:50:00"},
            {**event, "row": 3, "what": "menu_entered", "stamped_at": "2026-03-03 07:51:00"},
        ],
    )
    _, items, _ = search(case)
    assert [code for code in codes(items) if code.startswith("logged")] == ["logged_restart"]


def _shown(case: FakeCase, *presentations: tuple[str, str, str]) -> FakeCase:
    """Presentations (id, visit, outcome) with their assessments."""
    case.held["presentations"] = tables.build(
        "presentations",
        [
            {"presentation_id": name, "visit_id": visit, "presenter_id": "P-01", "from_s": 1.0, "to_s": 2.0,
             "geometry": "own_head", "medium": "undetermined", "width_px": 80.0}
            for name, visit, _ in presentations
        ],
    )  # fmt: skip
    case.held["assessments"] = tables.build(
        "assessments",
        [
            {"presentation_id": name, "outcome": outcome, "words": "no_ratio", "detail": {}}
            for name, _, outcome in presentations
        ],
    )
    return case


def _alike(case: FakeCase, name: str, employee_id: str, standing: str) -> FakeCase:
    case.held["comparisons"] = tables.build(
        "comparisons",
        [{"presentation_id": name, "standing": standing, "frames": 3, "people": 12, "facts": {}}],
    )
    case.held["likenesses"] = tables.build(
        "likenesses",
        [
            {"presentation_id": name, "employee_id": one, "score": 0.3 + 0.01 * rank, "metric": "distance",
             "rank": rank, "backend": "dlib_resnet"}
            for rank, one in enumerate((employee_id, "1001"), 1)
        ],
    )  # fmt: skip
    return case


def test_a_live_outcome_and_a_companion_in_the_visit_of_a_finding_are_items() -> None:
    case = _shown(fresh(whole), ("S-1", "V-002", "live"), ("S-2", "V-002", "artefact"), ("S-3", "V-001", "live"))
    visits = case.held["visits"].copy()
    visits.loc[visits["visit_id"] == "V-005", "companion"] = "possible"
    case.held["visits"] = tables.validate("visits", visits)
    findings, items, _ = search(case)
    (live,) = [one for one in items if one["code"] == "live_outcome"]
    assert (live["visit_ids"], live["facts"]["presentations"]) == (["V-002"], "S-1")
    assert "live_outcome" in against(findings, "F-01")
    assert "companion_possible" in against(findings, "F-02")


def test_likeness_is_a_lead_only_beside_a_live_outcome_and_only_where_one_stands_out() -> None:
    live = _alike(_shown(fresh(whole), ("S-1", "V-001", "live")), "S-1", "1003", "nearest")
    findings, items, _ = search(live)
    (item,) = [one for one in items if one["code"] == "live_and_alike"]
    assert item["employees"] == ["1003"] and item["visit_ids"] == ["V-001", "V-002"]
    assert "live_and_alike" in against(findings, "F-01")
    for other in (
        _alike(_shown(fresh(whole), ("S-1", "V-001", "undetermined")), "S-1", "1003", "nearest"),
        _alike(_shown(fresh(whole), ("S-1", "V-001", "live")), "S-1", "1003", "none of these"),  # such as twins
        _alike(_shown(fresh(whole), ("S-1", "V-001", "live")), "S-1", "1007", "nearest"),  # of no finding
    ):
        assert "live_and_alike" not in codes(by_footage(other))


def test_what_a_finding_tells_already_is_not_told_twice() -> None:
    case = fresh(whole)
    visits = case.held["visits"].copy()
    visits.loc[visits["visit_id"] == "V-002", "companion"] = "possible"
    case.held["visits"] = tables.validate("visits", visits)
    rows = case.held["findings"].copy()
    rows.loc[rows["finding_id"] == "F-01", "against"] = '[{"code":"companion_possible","facts":{}}]'
    case.held["findings"] = tables.validate("findings", rows)
    assert against(search(case)[0], "F-01").count("companion_possible") == 1


def test_papers_of_somebody_whom_nobody_saw_are_told_too() -> None:
    items = by_papers(with_papers(fresh(whole), [paper(2, "leave", "2026-03-03", "2026-03-03", "1006")]))
    assert [(one["code"], one["employees"], one["visit_ids"]) for one in items] == [("leave_covers", ["1006"], [])]
