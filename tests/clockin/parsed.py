"""What the child that reads a clock-in file answers, over JSON and unpacked."""

from __future__ import annotations

import json
from typing import Any

from toolkit.clockin.files.columns import unpacked_columns
from toolkit.clockin.parsing import parse_to_json


def parsed(path: str, mapping: dict[str, Any]) -> dict[str, Any]:
    """The answer with the columns of ``punches``; ``details`` among them, a dictionary a clock-in."""
    told: dict[str, Any] = json.loads(json.dumps(parse_to_json(path, mapping)))
    punches, details = unpacked_columns(told["punches"]), unpacked_columns(told.pop("details"))
    rows = [{name: values[number] for name, values in details.items()} for number in range(len(punches["row"]))]
    for row in rows:
        row["flags"], row["other"] = json.loads(row["flags"]), json.loads(row["other"])
    return told | {"punches": {**punches, "details": rows}}
