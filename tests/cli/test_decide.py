"""decide: the document, what it refuses, and that a blind reviewer is told nothing of what others decided."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.asking import Papermask
from tests.pipeline.decidable import record
from toolkit.casebook.case import Case


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Visits and faces were found, nothing was concluded: a decision takes no time."""
    folder = tmp_path_factory.mktemp("early") / "case"
    with Case.create(folder, purpose="test", basis="test") as made:
        record(made)
    return folder


@pytest.fixture
def case(early: Path, tmp_path: Path) -> Path:
    shutil.copytree(early, tmp_path / "case")
    return tmp_path / "case"


def test_an_answer_is_one_document_and_a_blind_one_tells_nothing_of_others(papermask: Papermask, case: Path) -> None:
    status, document, _ = papermask("decide", case, "PR-001", "--answer", "no", "--by", "R-2", "--note", "a live face")
    assert status == 0
    assert document == {
        "decision_id": "D-0001", "about": "PR-001", "kind": "presentation", "answer": "no", "by": "R-2",
        "blind": False, "supersedes": None, "state": None,
    }  # fmt: skip
    status, document, screen = papermask("decide", case, "PR-001", "--answer", "yes", "--by", "R-1", "--blind")
    assert status == 0
    assert document == {
        "decision_id": "D-0002", "about": "PR-001", "kind": "presentation", "answer": "yes", "by": "R-1",
        "blind": True, "supersedes": None, "counts_as_blind": True,
    }  # fmt: skip
    assert "R-2" not in screen
    _, document, _ = papermask("decide", case, "PR-002", "--answer", "yes", "--by", "R-2", "--blind")
    assert document["counts_as_blind"] is False  # had answered openly before


def test_what_is_refused_is_refused_with_what_is_allowed(papermask: Papermask, case: Path) -> None:
    status, document, _ = papermask("decide", case, "PR-009", "--answer", "yes", "--by", "R-1")
    assert (status, document["error"]["code"]) == (1, "decision_unknown_id")
    assert "PR-001" in document["error"]["do"] and "V-001" in document["error"]["do"]
    status, document, _ = papermask("decide", case, "V-001", "--answer", "reviewed", "--by", "R-1")
    assert (status, document["error"]["code"]) == (1, "decision_unknown_answer")
    assert "yes, no, unsure" in document["error"]["do"]
    status, document, _ = papermask("decide", case, "V-001", "--answer", "yes")
    assert (status, document["error"]["code"]) == (2, "usage")
