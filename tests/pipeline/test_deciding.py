"""A person decides: recorded, journaled, never overwritten, and kept or outdated by a later run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.decidable import SUPPORTED, decidable, record
from toolkit import tables
from toolkit.analysis.findings import information
from toolkit.analysis.statements.exculpatory import item
from toolkit.casebook.case import Case
from toolkit.errors import CaseError, ReadingError, StepTooEarly
from toolkit.pipeline import conclude
from toolkit.pipeline.deciding import decide
from toolkit.pipeline.exculpating import beside_later

Copied = Callable[[str], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cases in which decisions can be made: before anything was concluded, and after."""
    place = tmp_path_factory.mktemp("decidable")
    with Case.create(place / "early", purpose="test", basis="test") as early:
        record(early)
    decidable(place / "concluded")
    return place


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Callable[[str], Path]:
    def copy(name: str) -> Path:
        shutil.copytree(made / name, tmp_path / name)
        return tmp_path / name

    return copy


def rows(case: Case, name: str) -> list[dict[str, Any]]:
    return tables.rows_of(name, case.read(name))


def finding(case: Case, presentation: str) -> dict[str, Any]:
    return next(one for one in rows(case, "findings") if one["sensitivity"].get("presentation_id") == presentation)


def codes(case: Case) -> list[str]:
    return [one["code"] for one in rows(case, "findings")]


def named(case: Case) -> list[str]:
    return [one["employee_id"] for one in rows(case, "identities") if one["meets_rule"]]


def test_a_decision_is_journaled_and_nothing_of_it_is_ever_overwritten(copied: Copied) -> None:
    with Case.open(copied("early")) as case:
        first = decide(case, "PR-001", "yes", by=" R-1 ", note="halftone dots on the cheek")
        second = decide(case, "PR-001", "no", by="R-1")
        told = rows(case, "decisions")
        journal = [one["pub"] for one in case.journal_rows() if one["act"] == "decide"]
    assert (first.decision_id, second.decision_id, second.supersedes) == ("D-0001", "D-0002", "D-0001")
    assert [(one["answer"], one["by"], one["note"]) for one in told] == [
        ("yes", "R-1", "halftone dots on the cheek"), ("no", "R-1", ""),
    ]  # fmt: skip
    assert [one["decision_id"] for one in journal] == ["D-0001", "D-0002"]
    assert "R-1" not in json.dumps(journal) and "halftone" not in json.dumps(journal)
    assert told[0]["about_key"]["at"] == [["E-0001", 73.5, 77.0]]


def test_a_lost_table_of_decisions_comes_back_and_is_never_begun_anew(copied: Copied) -> None:
    folder = copied("early")
    with Case.open(folder) as case:
        decide(case, "PR-001", "yes", by="R-1")
    (folder / "tables/decisions.parquet").unlink()
    with Case.open(folder) as case:
        decide(case, "PR-001", "no", by="R-2")
        assert [one["by"] for one in rows(case, "decisions")] == ["R-1", "R-2"]


def test_two_blind_reviewers_who_see_the_print_name_the_id_that_was_clocked_in_meanwhile(copied: Copied) -> None:
    with Case.open(copied("concluded")) as case:
        assert named(case) == []
        decide(case, "PR-001", "yes", by="R-1", blind=True)
        assert named(case) == []
        decide(case, "PR-001", "yes", by="R-2", blind=True)
        assert named(case) == ["0017"]
        (one,) = [row for row in rows(case, "identities") if row["meets_rule"]]
        assert one["presentation_ids"] == ["PR-001"] and one["punch_ids"] == ["0000"]
        assert finding(case, "PR-001")["state"] == "candidate"  # a yes is no change of state
        assert "FD7" not in codes(case)


@pytest.mark.full
def test_fd7_comes_with_the_second_use_and_goes_with_a_rejection(copied: Copied) -> None:
    with Case.open(copied("concluded")) as case:
        for by in ("R-1", "R-2"):
            decide(case, "PR-001", "yes", by=by, blind=True)
        assert finding(case, "PR-003")["state"] == "candidate" and codes(case).count("FD7") == 0
        decide(case, finding(case, "PR-003")["finding_id"], "reviewed", by="R-1")
        assert codes(case) == ["FD1", "FD1", "FD1", "FD9", "FD7", "FD10"]
        again = rows(case, "findings")[4]
        assert (again["employees"], again["sensitivity"]["times"]) == (["0017"], 2)
        decide(case, finding(case, "PR-003")["finding_id"], "rejected", by="R-2", note="it is a badge")
        assert "FD7" not in codes(case) and named(case) == ["0017"]
        assert "FD7" not in {one["what"] for one in rows(case, "not_assessable")}  # looked for, and found no more


def test_a_run_that_numbers_anew_keeps_the_decision_and_one_that_finds_otherwise_outdates_it(copied: Copied) -> None:
    with Case.open(copied("concluded")) as case:
        number = finding(case, "PR-003")["finding_id"]
        decide(case, finding(case, "PR-002")["finding_id"], "inconclusive", by="R-3", note="too small")
        decide(case, number, "reviewed", by="R-3")
        record(case, artefacts=SUPPORTED)  # one finding less, before them
        conclude(case)
        assert finding(case, "PR-003")["finding_id"] != number
        assert [finding(case, one)["state"] for one in ("PR-002", "PR-003")] == ["inconclusive", "reviewed"]
        record(case, artefacts=SUPPORTED, longer_s=1.0)  # the middle face was followed on
        conclude(case)
        assert [finding(case, one)["state"] for one in ("PR-002", "PR-003")] == ["candidate", "reviewed"]


def test_what_cannot_be_decided_is_refused_and_leaves_the_case_as_it_was(copied: Copied) -> None:
    folder = copied("concluded")
    with Case.open(folder) as case:
        name = finding(case, "PR-001")["finding_id"]
        before = (folder / "journal.jsonl").read_bytes()
        for about, answer, more, code in (
            (name, "corroborated", {}, "decision_without_reason"),
            (name, "corroborated", {"note": "seen by the office"}, "decision_not_allowed"),
            (name, "reviewed", {}, "decision_minimum"),
            (name, "set_aside", {"note": "x"}, "decision_unknown_answer"),
            (name, "reviewed", {"blind": True}, "decision_blind_state"),
            (name, "yes", {"blind": True}, "decision_blind_finding"),
            (name, "yes", {"by": " "}, "decision_without_name"),
            ("F-77", "yes", {}, "decision_unknown_id"),
            (f"{name}:wall_portrait", "set_aside", {}, "decision_without_reason"),
        ):
            with pytest.raises(ReadingError) as told:
                decide(case, about, answer, **{"by": "R-3", **more})  # type: ignore[arg-type]
            assert told.value.code == code
            assert name in str(told.value) or about != "F-77"  # what can be decided on is listed
        assert (folder / "journal.jsonl").read_bytes() == before
    with Case.open(folder, write=False) as case, pytest.raises(CaseError) as refused:
        decide(case, "PR-001", "yes", by="R-1")
    assert refused.value.code == "case_open_for_reading"


def test_a_case_without_visits_takes_no_decision(tmp_path: Path) -> None:
    with Case.create(tmp_path / "fresh", purpose="x", basis="x") as case, pytest.raises(StepTooEarly):
        decide(case, "V-001", "yes", by="R-1")


def test_a_rival_set_aside_by_an_untested_reviewer_moves_no_number_and_makes_it_conditional(copied: Copied) -> None:
    with Case.open(copied("concluded")) as case:
        before = finding(case, "PR-001")
        decide(case, f"{before['finding_id']}:wall_portrait", "set_aside", by="R-1", note="no portrait hangs there")
        after = finding(case, "PR-001")
    told = next(one for one in after["rivals"] if one["name"] == "wall_portrait")
    assert told["excluded_by"] == "D-0001" and told["detail"]["set_aside"]["factor"] == 1.0
    assert after["headline"] == {**before["headline"], "conditional": True}
    assert after["sensitivity"]["paper_headline"]["conditional"] is False
    assert [one["lower_log10"] for one in after["rivals"]] == [one["lower_log10"] for one in before["rivals"]]


@pytest.mark.full
def test_a_finding_goes_the_whole_way_and_is_reopened(copied: Copied) -> None:
    with Case.open(copied("concluded")) as case:
        name = finding(case, "PR-003")["finding_id"]
        for answer in ("reviewed", "corroborated", "reported", "candidate", "rejected"):
            assert decide(case, name, answer, by="R-3", note="as written in the minutes").state == answer
        with pytest.raises(ReadingError):
            decide(case, name, "reviewed", by="R-3")


def test_what_the_search_found_stands_against_a_finding_that_came_after_it() -> None:
    late = {**information("FD7", [], {}), "state": "candidate", "employees": ["0017"], "visit_ids": ["V-001"]}
    other = {**late, "visit_ids": ["V-002"]}
    early = {**late, "code": "FD1"}
    numbered = [{**one, "finding_id": f"F-{k:02d}"} for k, one in enumerate((early, late, other), 1)]
    items = [
        {**item("duty_covers", employees={"0017"}, visit_ids={"V-001"}), "item_id": "X-001", "finding_ids": ["F-01"]},
        {**item("duty_covers", employees={"0017"}, visit_ids={"V-009"}), "item_id": "X-002", "finding_ids": []},
    ]
    findings, told = beside_later(tables.build("findings", numbered), tables.build("exculpatory", items))
    assert [json.loads(one) for one in told["finding_ids"]] == [["F-01", "F-02"], []]
    against = [[one["facts"]["item"] for one in json.loads(row)] for row in findings["against"]]
    assert against == [[], ["X-001"], []]
