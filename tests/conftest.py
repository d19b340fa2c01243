"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
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


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Empty folders, one after the other; the factory itself would look through all of them for each new one."""
    root = tmp_path_factory.mktemp("homes")
    return (root / str(number) for number in count())


@pytest.fixture(scope="session", autouse=True)
def session_config(homes: Iterator[Path]) -> Iterator[Path]:
    """What fixtures of a module or the session remember: never in the user's own configuration."""
    config = next(homes) / "config"
    config.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAPERMASK_CONFIG", str(config))
        yield config


@pytest.fixture(autouse=True)
def own_config(session_config: Path, homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own configuration or models, and all speak English.

    Cases that fixtures of a module made are copied and opened; their keys go with them.
    """
    home = next(homes)
    for name in ("config", "models"):
        (home / name).mkdir(parents=True)
        monkeypatch.setenv(f"PAPERMASK_{name.upper()}", str(home / name))
    if (keys := session_config / "private-keys").is_dir():
        shutil.copytree(keys, home / "config" / keys.name)
    monkeypatch.setenv("PAPERMASK_LANGUAGE", "en")
