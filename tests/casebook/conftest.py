"""A fresh case, and scratch ways to look at a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.casebook.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case", purpose="Who clocked in?", basis="Works agreement 7") as made:
        yield made


@pytest.fixture
def as_root() -> None:
    """Mounts and file systems of a chosen size need root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("this test needs root, and CI must have it")
        pytest.skip("needs root to mount a file system")
