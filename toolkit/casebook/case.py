"""A case is a folder: the one door through which tables and exhibits are read and written.

Nothing else writes there. Each table version, each output and each exhibit is
journaled with its hash and the hashes of what it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from toolkit.casebook import folder
from toolkit.casebook.commitments import PrivateTables, canonical_bytes
from toolkit.casebook.custody import Evidence
from toolkit.casebook.journal import Journal, public_from_text, public_text
from toolkit.casebook.opening import (
    FORMAT,
    check_inside,
    hash_of_settings,
    lay_out,
    new_settings,
    read_key,
    read_settings,
    remove_layout,
)
from toolkit.casebook.scratch import Scratch
from toolkit.casebook.shelf import TOOL, Inputs, Shelf
from toolkit.errors import CaseError, SealError
from toolkit.records import Exhibit


class Case:
    """An open case; use as a context so that the lock is given back.

    Make one with :meth:`create` or :meth:`open`.
    """

    def __init__(self, path: Path, settings: dict[str, Any], journal: Journal, lock: Any) -> None:
        self.path = path
        self.case_id: str = settings["case_id"]
        self._settings = settings
        self._journal = journal
        self._lock = lock
        self._shelf = Shelf(path, journal)
        self._evidence = Evidence(path, journal, self._shelf)
        self._private = PrivateTables(path, journal)
        self._pieces = Scratch(path, journal)

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        purpose: str,
        basis: str,
        retain_until: str | None = None,
        access: str | None = None,
    ) -> Self:
        """Make a case folder and open it.

        Parameters
        ----------
        purpose, basis : str
            What is asked, and the mandate or legal ground to ask it.
        retain_until : str, optional
            ISO date after which the case is to be purged.

        Raises
        ------
        CaseError
            The folder is there and not empty, or purpose or basis is blank.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise CaseError("case_folder_taken", folder=str(path))
        path, key = path.absolute(), Ed25519PrivateKey.generate()
        settings = new_settings(key, purpose, basis, retain_until)
        made = not path.exists()
        try:
            with folder.writing(path):
                lay_out(path, key)
                folder.replace_file(path / folder.CASE_FILE, canonical_bytes(settings) + b"\n")
            return cls._begun(path, access)
        except BaseException:
            remove_layout(path, made)
            raise

    @classmethod
    def _begun(cls, path: Path, access: str | None) -> Self:
        """The new case, open; who may open it holds names and is told to the journal as a commitment only."""
        case = cls.open(path)
        try:
            if access is not None:
                case.note("access", {}, {"access": access})
        except BaseException:
            case.close()
            raise
        return case

    @classmethod
    def open(cls, path: Path, *, write: bool = True) -> Self:
        """Open a case; for writing, it is locked against every other process.

        Opened for reading, nothing is written, not even what a crash left to be
        finished.

        Raises
        ------
        CaseError
            No case lies here, it was made by a newer version, it is locked, or
            its journal key is missing.
        SealError
            The journal or ``case.json`` was changed, or the case was rolled back.
        """
        path = path.absolute()
        settings = read_settings(path)
        lock = folder.take_lock(path) if write else None
        journal: Journal | None = None
        try:
            key = read_key(path) if write else None
            if key is not None and public_text(key.public_key()) != settings["journal_key"]:
                raise SealError("journal_key_other", folder=path.name)
            journal = Journal(path, settings["case_id"], public_from_text(settings["journal_key"]), key)
            case = cls(path, settings, journal, lock)
            case._check_beginning()
            if write:
                case._finish_interrupted()
        except BaseException:
            if journal is not None:
                journal.release()
            if lock is not None:
                lock.release()
            raise
        return case

    def _check_beginning(self) -> None:
        """The first row vouches for ``case.json``; written now when a crash came before it."""
        found = hash_of_settings(self.path)
        if self._journal.rows:
            vouched = self._journal.rows[0]["pub"].get("case_file_sha256", found)
            if vouched != found:
                raise SealError("case_file_changed", folder=self.path.name)
            return
        if any(any((self.path / name).glob("*")) for name in (folder.EVIDENCE, folder.TABLES)):
            raise SealError("journal_broken", row=1)  # something came in, and the record of it is gone
        if self._journal.writable:
            self.note("create", {"case_file_sha256": found, "format": FORMAT, "tool": TOOL})

    def _finish_interrupted(self) -> None:
        self._private.finish_interrupted()
        self._shelf.finish_interrupted()
        self._evidence.finish_interrupted()
        with folder.writing(self.path):
            self._evidence.sweep()

    def close(self) -> None:
        """Checkpoint the journal and give the lock back."""
        self._journal.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the case says of itself.

    def settings(self) -> dict[str, Any]:
        """Purpose, basis, retention, access and creation, as stated at ``new``.

        Who may open it is a private fact (names), None where it is withheld.
        """
        row = self._journal.last("access")
        stated = None if row is None else self._journal.private.value(row["op"], "access", row["priv"]["access"])
        return {"access": stated, **self._settings}

    def head(self) -> tuple[int, str]:
        """Number of journal rows and the hash of the last."""
        return len(self._journal.rows), self._journal.last_hash

    def checkpoint(self) -> bytes:
        """Write ``HEAD`` here and outside, and give what it says, signed."""
        return self._journal.checkpoint()

    def journal_rows(self) -> list[dict[str, Any]]:
        """All rows, oldest first; to read, not to change."""
        return list(self._journal.rows)

    @property
    def sealed(self) -> bool:
        """Whether a sealed package was made of it; work may go on, and the next package holds more."""
        return self._journal.last("seal") is not None

    @property
    def scratch(self) -> Path:
        """A folder for resumable work: deletable, not journaled; may be missing when opened for reading."""
        place = self.path / folder.SCRATCH
        if not self._journal.writable:
            return place
        with folder.writing(self.path):
            place.mkdir(exist_ok=True)
        return place

    def keep(self, name: str, content: bytes) -> None:
        """Put a piece of resumable work down in the scratch folder, signed; see :meth:`Scratch.keep`."""
        check_inside(name)
        self._pieces.keep(name, content)

    def kept(self, name: str) -> bytes | None:
        """A piece as :meth:`keep` wrote it; None when it is missing or was changed."""
        return self._pieces.kept(name)

    def orphans(self) -> list[Path]:
        """Evidence files that no finished intake explains; a person decides, nothing is deleted."""
        return self._evidence.orphans()

    def note(self, act: str, public: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> None:
        """One journal row; private facts go in as salted commitments only."""
        self._journal.append(act, public, private)

    # Exhibits.

    def declared_of(self, source: Path, kind: str) -> dict[str, Any]:
        """What was declared of a file that is in the case already; {} for a new one.

        Raises
        ------
        ExhibitError
            It is in the case as another kind.
        """
        return self._evidence.declared_of(source, kind)

    def unsaid_of_export(self, exhibit_id: str) -> tuple[str, ...]:
        """The fields of its provenance that nobody has stated of an export of records."""
        rows = self.read("exhibits")
        told = json.loads(rows.loc[rows["exhibit_id"] == exhibit_id, "provenance"].iloc[0])
        return tuple(name for name, value in told.items() if value == "unknown")

    def add_exhibit(
        self,
        source: Path,
        kind: str,
        declared: Mapping[str, Any],
        provenance: Mapping[str, Any] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Exhibit:
        """Copy a file in, or recognise it by its hash.

        Raises
        ------
        ReadingError, ExhibitError, CaseError
            Nothing was stored.
        """
        self._must_write()
        return self._evidence.add(source, kind, declared, provenance, progress)

    def exhibit_path(self, exhibit_id: str) -> Path:
        """Where the stored copy lies, after its hash was compared with the journal.

        Raises
        ------
        ExhibitError
            Unknown or missing.
        ExhibitChanged
            Its bytes are not those taken in.
        """
        return self._evidence.path(exhibit_id)

    def find_exhibit(self, name: str) -> str:
        """The exhibit of this id, SHA-256, or name it was added under.

        Raises
        ------
        ExhibitError
            None, or more than one.
        """
        return self._evidence.find(name)

    def original_name(self, exhibit_id: str) -> str | None:
        """The name a file came under, from the private facts; for the screen, never for an export."""
        names = self._evidence.names(exhibit_id)
        return names[0] if names else None

    # Tables and outputs.

    def has(self, name: str) -> bool:
        """Whether a table of this name was recorded; raises as :meth:`Shelf.has` when its file is gone."""
        return self._shelf.has(name)

    def read(self, name: str) -> pd.DataFrame:
        """A checked table; StepTooEarly or ExhibitChanged as in :meth:`Shelf.read`."""
        return self._shelf.read(name)

    def record(
        self,
        name: str,
        table: pd.DataFrame,
        *,
        inputs: Inputs = (),
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Store a table whole and journal it; the same bytes from the same inputs write nothing."""
        self._must_write()
        self._shelf.record(name, table, inputs=inputs, params=params)

    def is_current(self, name: str, *, inputs: Inputs = (), params: Mapping[str, Any] | None = None) -> bool:
        """Whether the table was made from these inputs with these parameters by this version."""
        return self._shelf.is_current(name, inputs=inputs, params=params)

    def store(
        self, relative: str, content: bytes, *, inputs: Inputs = (), params: Mapping[str, Any] | None = None
    ) -> Path:
        """Write an output under ``derived/`` and journal it with what it was made from.

        Parameters
        ----------
        relative : str
            With ``/`` between folders, below ``derived/``.

        Raises
        ------
        CaseError
            The name leads out of ``derived/``, or the disk refused.
        """
        self._must_write()
        check_inside(relative)
        return self._shelf.store(relative, content, inputs=inputs, params=params)

    def read_private(self, name: str) -> pd.DataFrame:
        """A table that is never exported: names; StepTooEarly or ExhibitChanged as for other tables."""
        return self._private.read(name)

    def has_private(self, name: str) -> bool:
        """Whether a private table was recorded and is here; ExhibitChanged when it was changed."""
        return self._private.has(name)

    def record_private(self, name: str, table: pd.DataFrame) -> None:
        """Store a table in the private folder; the journal gets a salted commitment to its hash."""
        self._must_write()
        self._private.record(name, table)

    def _must_write(self) -> None:
        if not self._journal.writable:
            raise CaseError("case_open_for_reading", folder=self.path.name)
