"""Work in pieces: in order whatever ends first, and never twice after an interruption."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolkit.casebook.case import Case
from toolkit.pipeline.pieces import in_pieces
from toolkit.pipeline.progress import quiet
from toolkit.runners import Runner, local


def far(function: Any, items: Any, /) -> list[Any]:
    """A runner that is not of this process."""
    return [function(item) for item in items]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case", purpose="test", basis="test") as made:
        yield made


@pytest.mark.parametrize("run", [local(1), local(3), far])
def test_rows_come_in_the_order_of_the_work(case: Case, run: Runner) -> None:
    def one(work: int) -> list[dict[str, Any]]:
        return [{"work": work, "k": k} for k in range(work % 3)]

    works = list(range(20))
    told = in_pieces(case, "any", works, one, key=str, run=run, progress=quiet, size=lambda work: float(20 - work))
    assert told == [one(work) for work in works]


@pytest.mark.parametrize("run", [local(1), far])
def test_what_was_put_down_is_not_done_again(case: Case, run: Runner) -> None:
    done: list[int] = []

    def breaks(work: int) -> list[dict[str, Any]]:
        if work == 12:
            raise KeyboardInterrupt
        done.append(work)
        return [{"work": work}]

    with pytest.raises(KeyboardInterrupt):
        in_pieces(case, "any", list(range(20)), breaks, key=str, run=run, progress=quiet)
    before = set(done)
    again: list[int] = []

    def counts(work: int) -> list[dict[str, Any]]:
        again.append(work)
        return [{"work": work}]

    told = in_pieces(case, "any", list(range(20)), counts, key=str, run=run, progress=quiet)
    assert [rows[0]["work"] for rows in told] == list(range(20))
    assert len(before & set(again)) <= (0 if run is not far else 8) and 12 in again
