"""Workers elsewhere get values that can be sent, and give the same tables."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.building import simulated_case, small_morning, table_hashes
from toolkit.pipeline import run_steps
from toolkit.simulation.seeds import TESTS


def far_away(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """A runner that sends the function and each item as bytes, as a cluster does."""
    sent = pickle.dumps(function)
    return [pickle.loads(sent)(pickle.loads(pickle.dumps(item))) for item in items]


@pytest.mark.slow
def test_a_cluster_gives_the_same_tables_as_this_process(tmp_path: Path) -> None:
    hashes = []
    for name, runner in (("here", None), ("there", far_away)):
        case, _ = simulated_case(tmp_path / name, tmp_path / f"scene-{name}", small_morning(1, 6.0), TESTS[3])
        with case:
            run_steps(case, ("intake", "scan"), run=runner)
        hashes.append({k: v for k, v in table_hashes(tmp_path / name).items() if k != "exhibits.parquet"})
    assert hashes[0] == hashes[1]
