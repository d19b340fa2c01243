"""Purging: templates, crops, previews and caches of faces go; hashes, results and reports stay.

What goes can be computed again from the evidence as long as that is kept. The
journal says what went and keeps the hashes of all of it. Blocks on a disk are not
overwritten: on flash and in copies by the system old bytes may live on, so that
an encrypted disk is the stronger measure.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.casebook import folder

if TYPE_CHECKING:
    from toolkit.casebook.case import Case

# Tables that hold pictures of faces; all others hold numbers and codes.
PICTURED = ("evidence_maps",)
PURGE = "purge"


@dataclass(frozen=True, slots=True)
class Purged:
    """How many cached pieces and which tables went."""

    pieces: int
    tables: tuple[str, ...]


def purge(case: Case) -> Purged:
    """Remove what may be removed from a case that is open for writing; a second time finds nothing.

    Raises
    ------
    CaseError
        The case is open for reading, or the disk refused; what had gone by then is gone.
    """
    scratch = case.path / folder.SCRATCH
    pieces = [path for path in scratch.rglob("*") if path.is_file()] if scratch.is_dir() else []
    tables = tuple(name for name in PICTURED if (case.path / folder.TABLES / f"{name}.parquet").is_file())
    if not pieces and not tables:
        return Purged(0, ())
    # The row comes first: a table that went without a word could not be told from one that somebody took.
    case.note(PURGE, {"pieces": len(pieces), "tables": list(tables)})
    with folder.writing(case.path):
        if scratch.is_dir():
            shutil.rmtree(scratch)
        for name in tables:
            (case.path / folder.TABLES / f"{name}.parquet").unlink(missing_ok=True)
        folder.folder_to_disk(case.path / folder.TABLES)
        folder.folder_to_disk(case.path)
    return Purged(len(pieces), tables)
