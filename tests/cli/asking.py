"""What tests of the command line ask of it and of the case behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.building import table_hashes

Answer = tuple[int, dict[str, Any], str]
Papermask = Callable[..., Answer]
ZONE: dict[str, Any] = {
    "image_size_px": [768, 432],
    "zone_px": [[240, 160], [720, 160], [720, 400], [240, 400]],
    "empty_media_s": [[0.0, 2.2]],
}


def state(case: Path) -> tuple[dict[str, str], list[str], bytes]:
    evidence = sorted(path.name for path in (case / "evidence").iterdir())
    return table_hashes(case), evidence, (case / "journal.jsonl").read_bytes()


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
