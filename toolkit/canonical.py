"""JSON text that is the same bytes for the same value.

A floor of its own, because children that read records need it and load no
tables: a table's library takes half a second and 60 MB a child.
"""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON text with sorted keys and no spaces, the same bytes for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
