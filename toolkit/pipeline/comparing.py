"""Likenesses: the floor stands, the room is still empty.

The step records an empty table, and the report says "not run": that nothing was
compared must never look like a comparison that found nothing.
"""

from __future__ import annotations

import pandas as pd

from toolkit import tables
from toolkit.casebook.case import Case
from toolkit.pipeline.progress import Progress, quiet


def compare(case: Case, *, progress: Progress = quiet) -> pd.DataFrame:
    """Record that no likeness was compared; table ``likenesses`` without rows."""
    case.record("likenesses", tables.empty("likenesses"), params={"step": "compare", "state": "not run"})
    return case.read("likenesses")
