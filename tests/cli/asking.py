"""What tests of the command line ask of it and of the case behind it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from tests.building import table_hashes
from toolkit.cli import app
from toolkit.cli.speaking import guard

Answer = tuple[int, dict[str, Any], str]
Papermask = Callable[..., Answer]
ZONE: dict[str, Any] = {
    "image_size_px": [768, 432],
    "zone_px": [[240, 160], [720, 160], [720, 400], [240, 400]],
    "empty_media_s": [[0.0, 2.2]],
}


def papermask(*arguments: Any) -> CompletedProcess[str]:
    """The command in this process, which saves the start of another: status and what stood on both streams."""
    words, before = [str(one) for one in arguments], sys.argv
    out, screen = io.StringIO(), io.StringIO()
    sys.argv = ["papermask", *words]
    try:
        with redirect_stdout(out), redirect_stderr(screen):
            status = guard(lambda: app(words, standalone_mode=False))
    finally:
        sys.argv = before
    return CompletedProcess(words, status, out.getvalue(), screen.getvalue())


def state(case: Path) -> tuple[dict[str, str], list[str], bytes]:
    evidence = sorted(path.name for path in (case / "evidence").iterdir())
    return table_hashes(case), evidence, (case / "journal.jsonl").read_bytes()


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
