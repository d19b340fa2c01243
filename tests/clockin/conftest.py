"""Clock-in files in the making, and a reader that stays in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.clockin import parsing, reader
from toolkit.clockin.reader import RecordsRead, read_records

WriteFile = Callable[..., Path]
Read = Callable[..., RecordsRead]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Write text (in an encoding) or bytes under a name; gives the path."""

    def put(content: str | bytes, name: str = "records.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return put


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """``read_records`` without the child process, which would cost a second a call; answers still pass through JSON."""

    def ask(function: str, arguments: dict[str, Any], limits: object) -> Any:
        assert function == "toolkit.clockin.parsing:parse_to_json"
        return json.loads(json.dumps(parsing.parse_to_json(**json.loads(json.dumps(arguments)))))

    monkeypatch.setattr(reader.sandbox, "ask", ask)

    def in_process(path: Path, **stated: Any) -> RecordsRead:
        return read_records(path, **{"exhibit_id": "E-0001", "exhibit_sha256": "a" * 64, **stated})

    return in_process
