"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


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
