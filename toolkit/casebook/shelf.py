"""The shelf: tables and outputs, each version journaled with what it was made from.

A file waits under another name until its row is in the journal, so that a crash
leaves either version whole and the next opening can finish the work. A table
that people stated and no step can make again is copied into the private folder:
a case never starts anew from nothing because a file was deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import __version__, tables
from toolkit.casebook import folder
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.journal import Journal
from toolkit.casebook.storage import from_parquet, to_parquet
from toolkit.errors import CaseError, ExhibitChanged, StepTooEarly

TOOL = f"papermask {__version__}"
Inputs = Sequence[str]

STEP_OF = {
    "exhibits": "add", "clips": "intake", "punches": "intake", "roster": "intake", "anchors": "intake",
    "punch_details": "intake", "device_events": "intake", "enrolled": "intake", "record_files": "intake",
    "refused_rows": "intake", "integrity": "intake", "zones": "zone", "visits": "scan", "examined": "scan",
    "unscanned": "scan", "occupancy": "scan", "presenters": "scan", "lineage": "scan",
    "presentations": "faces", "faces": "faces", "cue_readings": "cues", "models": "cues", "likenesses": "compare",
    "reuse": "compare", "reuse_searched": "compare", "models_compared": "compare",
    "clocks": "clocks", "associations": "associate", "findings": "conclude", "counts": "conclude",
    "not_assessable": "conclude", "identities": "conclude",
}  # fmt: skip
STATED = ("exhibits", "zones", "decisions")  # from people, not from a step


class Shelf:
    """Tables and outputs of one case, through its journal."""

    def __init__(self, root: Path, journal: Journal) -> None:
        self.path = root
        self._journal = journal

    def has(self, name: str) -> bool:
        """Whether a table of this name was recorded.

        Raises
        ------
        StepTooEarly
            It was, and its file is gone; names the step that makes it again.
        ExhibitChanged
            It was, its file and its copy are gone, and no step can make it again.
        """
        if self._journal.last("record", table=name) is None or self._purged(name):
            return False
        path = self._table(name)
        # The place itself is looked at twice: the renaming may fall between the two.
        places = (path, folder.waiting_name(path), path, *([self._copy(name)] if name in STATED else []))
        if not any(place.is_file() for place in places):
            raise self._gone(name)
        return True

    def read(self, name: str) -> pd.DataFrame:
        """A checked table.

        Raises
        ------
        StepTooEarly
            It was not recorded yet, or its file is gone; names the step that makes it.
        ExhibitChanged
            The file is not the one in the journal, or it is gone and no step can make it again.
        """
        if not self._journal.writable:
            self._journal.refresh()  # a writer may have gone on since this reader opened the case
        content = self._journaled(name)
        if content is None:
            raise self._gone(name)
        return tables.validate(name, from_parquet(content))

    def record(
        self,
        name: str,
        table: pd.DataFrame,
        *,
        inputs: Inputs = (),
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Store a table whole and journal it; the same bytes from the same inputs write nothing.

        The file waits under another name until its row is in the journal, so
        that a crash leaves either version whole and :meth:`open` can finish.
        """
        content = to_parquet(tables.validate(name, table))
        facts = self._facts(inputs, params) | {"table": name, "sha256": digest(content)}
        last = self._journal.last("record", table=name)
        path = self._table(name)
        if last is not None and last["pub"] == facts and folder.read_if_there(path) == content:
            return
        self._store(path, content, "record", facts)
        self._keep_copy(name)

    def is_current(self, name: str, *, inputs: Inputs = (), params: Mapping[str, Any] | None = None) -> bool:
        """Whether the table was made from these inputs with these parameters by this version."""
        row = self._journal.last("record", table=name)
        if row is None or self._journaled(name) is None:
            return False
        wanted = self._facts(inputs, params)
        return all(row["pub"].get(key) == value for key, value in wanted.items())

    def store(
        self, relative: str, content: bytes, *, inputs: Inputs = (), params: Mapping[str, Any] | None = None
    ) -> Path:
        """Write an output under ``derived/`` and journal it with what it was made from."""
        path = self.path / folder.DERIVED / relative
        with folder.writing(self.path):
            path.parent.mkdir(parents=True, exist_ok=True)
        facts = self._facts(inputs, params) | {
            "out": f"{folder.DERIVED}/{relative}",
            "sha256": digest(content),
        }
        last = self._journal.last("store", out=facts["out"])
        if last is None or last["pub"] != facts or folder.read_if_there(path) != content:
            self._store(path, content, "store", facts)
        return path

    def _store(self, path: Path, content: bytes, act: str, facts: dict[str, Any]) -> None:
        waiting = folder.waiting_name(path)
        with folder.writing(self.path):
            folder.write_durably(waiting, content)
        try:
            self._journal.append(act, facts)
        except BaseException:
            # Unless the row may stand in the journal after all: then the next opening decides.
            with contextlib.suppress(OSError):
                if self._journal.settled:
                    waiting.unlink(missing_ok=True)
            raise
        with folder.writing(self.path):
            folder.rename_durably(waiting, path)

    def finish_interrupted(self) -> None:
        """Rename what was journaled but not yet put in place; sweep what was never journaled."""
        with folder.writing(self.path):
            for waiting in sorted(self.path.rglob(".*.tmp")):
                final = waiting.with_name(waiting.name[1:-4])
                if self._is_journaled(final, folder.sha256_of(waiting)):
                    folder.rename_durably(waiting, final)
                else:
                    waiting.unlink()
        for name in STATED:
            self._keep_copy(name)

    def _purged(self, name: str) -> bool:
        """Whether the last word on a table is that it was purged; a crash may have left its file."""
        row, gone = self._journal.last("record", table=name), self._journal.last("purge")
        return row is not None and gone is not None and gone["seq"] > row["seq"] and name in gone["pub"]["tables"]

    def _keep_copy(self, name: str) -> None:
        """A second copy of a table that no step can make again; a disk that refuses it stops nothing."""
        if name not in STATED:
            return
        copy, row = self._copy(name), self._journal.last("record", table=name)
        content = folder.read_if_there(self._table(name))
        if row is None or content is None or digest(content) != row["pub"]["sha256"]:
            return
        try:
            if self._copied(name) != content:
                copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.replace_file(copy, self._journal.private.shut(content, f"copy {name}"), 0o600)
        except (OSError, CaseError):
            with contextlib.suppress(OSError):
                folder.waiting_name(copy).unlink(missing_ok=True)

    def _from_copy(self, name: str) -> bytes | None:
        """A lost table from its copy, if that is the version in the journal; a writer puts it back and says so."""
        row, content = self._journal.last("record", table=name), self._copied(name)
        if name not in STATED or row is None or content is None or digest(content) != row["pub"]["sha256"]:
            return None
        if self._journal.writable:
            with folder.writing(self.path):
                folder.replace_file(self._table(name), content)
            self._journal.append("restore", {"table": name, "sha256": row["pub"]["sha256"]})
        return content

    def _gone(self, name: str) -> ExhibitChanged | StepTooEarly:
        step = STEP_OF.get(name, "intake")
        if self._journal.last("record", table=name) is None:
            return StepTooEarly("step_too_early", table=name, step=step)
        if name in STATED:
            return ExhibitChanged("table_lost", table=name)
        return StepTooEarly("table_gone", table=name, step=step)

    def _is_journaled(self, final: Path, sha256: str) -> bool:
        if final.parent == self.path / folder.TABLES:
            row = self._journal.last("record", table=final.stem)
        else:
            row = self._journal.last("store", out=final.relative_to(self.path).as_posix())
        return row is not None and row["pub"]["sha256"] == sha256

    def _journaled(self, name: str) -> bytes | None:
        """The bytes of a table's last row; None when it was not recorded or is gone for good.

        Between the row and the renaming they lie under the waiting name: a
        reader beside a writer, or after a crash, finds them there.
        """
        row, path = self._journal.last("record", table=name), self._table(name)
        if row is None or self._purged(name):
            return None
        # The place itself is looked at twice: the renaming may fall between the two.
        for place in (path, folder.waiting_name(path), path):
            content = folder.read_if_there(place)
            if content is not None and digest(content) == row["pub"]["sha256"]:
                if place != path and self._journal.writable:
                    with folder.writing(self.path):
                        folder.rename_durably(place, path)
                return content
        if path.exists():
            raise ExhibitChanged("table_changed", table=name)
        return self._from_copy(name)

    def _facts(self, inputs: Inputs, params: Mapping[str, Any] | None) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(
            canonical_bytes({"in": {name: self._hash_of(name) for name in inputs}, "params": dict(params or {})})
        )
        return {**plain, "tool": TOOL}

    def _hash_of(self, name: str) -> str | None:
        row = self._journal.last("record", table=name)
        if row is not None:
            return str(row["pub"]["sha256"])
        exhibit = self._journal.last("intake done", exhibit=name)
        return None if exhibit is None else str(exhibit["pub"]["sha256"])

    def _table(self, name: str) -> Path:
        return self.path / folder.TABLES / f"{name}.parquet"

    def _copied(self, name: str) -> bytes | None:
        """What the copy holds, as it was before it was shut."""
        return self._journal.private.plain(folder.read_if_there(self._copy(name)), f"copy {name}")

    def _copy(self, name: str) -> Path:
        return self.path / folder.COPIES / f"{name}.parquet"


def digest(content: bytes) -> str:
    """SHA-256 (hex) of bytes."""
    return hashlib.sha256(content).hexdigest()
