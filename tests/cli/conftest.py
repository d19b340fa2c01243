"""The command line in this process, and a case that holds one clip."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.asking import Answer, Papermask
from toolkit.casebook.case import Case
from toolkit.cli import app
from toolkit.cli.speaking import guard
from toolkit.pipeline import add_file


@pytest.fixture
def papermask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Papermask:
    """The command with --json in this process: status, the one document, what stood on the screen."""

    def run(*arguments: Any) -> Answer:
        words = [*map(str, arguments), "--json"]
        monkeypatch.setattr(sys, "argv", ["papermask", *words])
        capsys.readouterr()
        status = guard(lambda: app(words, standalone_mode=False))
        told = capsys.readouterr()
        return status, json.loads(told.out), told.err

    return run


@pytest.fixture(scope="module")
def clip_case(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip") / "case"
    with Case.create(folder, purpose="test", basis="test") as made:
        add_file(made, shared / "data/derived/obo_14s.mp4", "footage")
    return folder


@pytest.fixture
def case(clip_case: Path, tmp_path: Path) -> Path:
    shutil.copytree(clip_case, tmp_path / "case")
    return tmp_path / "case"
