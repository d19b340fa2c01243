"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does
SHARED = Path(__file__).resolve().parents[2] / "shared"
# Modules that run whole cases: begun last, one of them would keep a single process busy at the end.
LONGEST = ("test_commands.py", "test_real_case.py", "test_notebooks.py", "test_interruption.py", "test_site.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest modules first; all others in their order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real footage, samples and cases beside the checkout."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared folder is missing beside the checkout")
        pytest.skip("the shared folder with real footage is not here")
    return SHARED


@pytest.fixture(autouse=True)
def own_config(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own configuration or models, and all speak English."""
    monkeypatch.setenv("PAPERMASK_CONFIG", str(tmp_path_factory.mktemp("config")))
    monkeypatch.setenv("PAPERMASK_MODELS", str(tmp_path_factory.mktemp("models")))
    monkeypatch.setenv("PAPERMASK_LANGUAGE", "en")
