"""The page that a stranger reads first: its commands are there, and what it promises of them holds."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from toolkit.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = [line.split("#")[0] for line in README.splitlines() if line.startswith("papermask ")]


@pytest.mark.parametrize("line", EXAMPLE)
def test_every_command_of_the_example_has_its_options(line: str) -> None:
    name, *words = shlex.split(line)[1:]
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_example_adds_the_clip_before_its_anchors_and_tells_what_a_zone_needs() -> None:
    kinds = re.findall(r"--kind (\w+)", "\n".join(EXAMPLE))
    assert kinds.index("footage") < kinds.index("anchors")
    after = README.split("papermask run casefiles/yard", 1)[1].split("\n## ", 1)[0]
    assert "empty_media_s" in after


def test_without_make_the_page_names_only_the_call_that_works_there() -> None:
    """requirements.lock does not hold this package, so that no command papermask is made."""
    assert "papermask" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")
    without = README.split("Windows, or without make", 1)[1].split("\n## ", 1)[0]
    assert "/papermask" not in without and "no command `papermask`" in without
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "--help"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0


def test_damage_is_not_promised_to_work() -> None:
    rows = [line for line in README.splitlines() if line.startswith("|") and "damage" in line.lower()]
    assert rows
    for row in rows:
        assert "works" not in row.split("|")[2] or "undamaged" in row
