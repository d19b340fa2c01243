"""A case is a folder: the one door through which tables and exhibits are read and written.

Nothing else writes there. Each table version, each output and each exhibit is
journaled with its hash and the hashes of what it was made from.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from toolkit import tables
from toolkit.casebook import custody, folder
from toolkit.casebook.commitments import canonical_bytes
from toolkit.casebook.journal import Journal, public_from_text, public_text
from toolkit.casebook.opening import FORMAT, check_date, lay_out, read_key, read_settings, remove_layout
from toolkit.casebook.shelf import TOOL, Inputs, Shelf, digest
from toolkit.casebook.storage import from_parquet, to_parquet
from toolkit.errors import CaseError, ExhibitChanged, ExhibitError, StepTooEarly
from toolkit.records import Exhibit

COLUMNS = ("camera_id", "terminal_id", "starts_at", "timezone", "frame_rate")
PROVENANCE = ("obtained_from", "obtained_at", "made_by", "form")


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
        self._verified: dict[str, Path] = {}
        self._shelf = Shelf(path, journal)

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
        if not purpose.strip() or not basis.strip():
            raise CaseError("case_needs_purpose")
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise CaseError("case_folder_taken", folder=str(path))
        if retain_until is not None:
            check_date(retain_until)
        key = Ed25519PrivateKey.generate()
        settings = {
            "format": FORMAT,
            "case_id": f"case-{secrets.token_hex(4)}",
            "created_at": _now(),
            "purpose": purpose.strip(),
            "basis": basis.strip(),
            "retain_until": retain_until,
            "access": access,
            "journal_key": public_text(key.public_key()),
        }
        made = not path.exists()
        try:
            with folder.writing(path):
                lay_out(path, key)
                folder.replace_file(path / folder.CASE_FILE, canonical_bytes(settings) + b"\n")
            case = cls.open(path)
            case.note("create", {"format": FORMAT, "tool": TOOL})
        except BaseException:
            remove_layout(path, made)
            raise
        return case

    @classmethod
    def open(cls, path: Path, *, write: bool = True) -> Self:
        """Open a case; for writing, it is locked against every other process.

        Raises
        ------
        CaseError
            No case lies here, it was made by a newer version, it is locked, or
            its journal key is missing.
        SealError
            The journal was changed or rolled back.
        """
        settings = read_settings(path)
        lock = folder.take_lock(path) if write else None
        try:
            key = read_key(path) if write else None
            journal = Journal(path, settings["case_id"], public_from_text(settings["journal_key"]), key)
            case = cls(path, settings, journal, lock)
            if write:
                case._shelf.finish_interrupted()
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        return case

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
        """Purpose, basis, retention, access and creation, as stated at ``new``."""
        return dict(self._settings)

    def head(self) -> tuple[int, str]:
        """Number of journal rows and the hash of the last."""
        return len(self._journal.rows), self._journal.last_hash

    def journal_rows(self) -> list[dict[str, Any]]:
        """All rows, oldest first; to read, not to change."""
        return list(self._journal.rows)

    @property
    def sealed(self) -> bool:
        """Whether a sealed package was made; such a case opens for reading."""
        return self._journal.last("seal") is not None

    @property
    def scratch(self) -> Path:
        """A folder for resumable work: deletable, not journaled."""
        place = self.path / folder.SCRATCH
        with folder.writing(self.path):
            place.mkdir(exist_ok=True)
        return place

    def orphans(self) -> list[Path]:
        """Evidence files that no finished intake explains; a person decides, nothing is deleted."""
        known = set(self.read("exhibits")["stored_as"]) if self.has("exhibits") else set()
        found = sorted((self.path / folder.EVIDENCE).iterdir())
        return [one for one in found if one.name not in known and not one.name.startswith(".")]

    def note(self, act: str, public: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> None:
        """One journal row; private facts go in as salted commitments only."""
        self._journal.append(act, public, private)

    # Exhibits.

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
        sha256, size = custody.hash_source(source)
        rows = self._exhibit_rows()
        known = next((row for row in rows if row["sha256"] == sha256), None)
        if known is not None:
            return self._redeclare(rows, known, kind, declared, source)
        exhibit_id = f"E-{len(rows) + 1:04d}"
        name = custody.neutral_name(exhibit_id, sha256, source)
        facts = {"exhibit": exhibit_id, "kind": kind, "sha256": sha256, "size_bytes": size, "stored_as": name}
        self.note("intake", facts, {"name": source.name, "path": str(source.resolve())})
        with folder.writing(self.path):
            custody.copy_in(source, self.path / folder.EVIDENCE, name, sha256, progress)
        row = {
            "exhibit_id": exhibit_id,
            "kind": kind,
            "stored_as": name,
            "sha256": sha256,
            "size_bytes": size,
            "received_at": _now(),
            **_columns(declared),
            "provenance": dict(provenance or dict.fromkeys(PROVENANCE, "unknown")),
        }
        self.record("exhibits", tables.build("exhibits", [*rows, row]))
        self.note("intake done", {"exhibit": exhibit_id, "sha256": sha256})
        return _exhibit(row)

    def exhibit_path(self, exhibit_id: str) -> Path:
        """Where the stored copy lies, after its hash was compared with the journal.

        Raises
        ------
        ExhibitError
            Unknown or missing.
        ExhibitChanged
            Its bytes are not those taken in.
        """
        row = next((one for one in self._exhibit_rows() if one["exhibit_id"] == exhibit_id), None)
        if row is None:
            raise ExhibitError("exhibit_unknown", name=exhibit_id)
        if exhibit_id in self._verified:
            return self._verified[exhibit_id]
        path = self.path / folder.EVIDENCE / str(row["stored_as"])
        if path.is_symlink() or not path.is_file():
            raise ExhibitError("exhibit_missing", exhibit=exhibit_id, stored_as=row["stored_as"])
        found = folder.sha256_of(path)
        if path.stat().st_size != row["size_bytes"] or found != row["sha256"]:
            raise ExhibitChanged(
                "exhibit_changed",
                exhibit=exhibit_id,
                stored_as=row["stored_as"],
                journaled=row["sha256"],
                found=found,
            )
        self._verified[exhibit_id] = path
        return self._verified[exhibit_id]

    def find_exhibit(self, name: str) -> str:
        """The exhibit of this id, SHA-256, or name it was added under.

        Raises
        ------
        ExhibitError
            None, or more than one.
        """
        rows = self._exhibit_rows()
        for row in rows:
            if name in (row["exhibit_id"], row["sha256"]):
                return str(row["exhibit_id"])
        wanted = Path(name).name
        named = [row["exhibit_id"] for row in rows if self.original_name(row["exhibit_id"]) == wanted]
        if len(named) != 1:
            raise ExhibitError("exhibit_unknown" if not named else "exhibit_ambiguous", name=name)
        return str(named[0])

    def original_name(self, exhibit_id: str) -> str | None:
        """The name a file came under, from the private facts; for the screen, never for an export."""
        row = self._journal.last("intake", exhibit=exhibit_id)
        if row is None:
            return None
        found = self._journal.private.value(row["op"], "name", row["priv"].get("name", ""))
        return None if found is None else str(found)

    # Tables and outputs.

    def has(self, name: str) -> bool:
        """Whether a table of this name was recorded and its file is there."""
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
        self._shelf.record(name, table, inputs=inputs, params=params)

    def is_current(self, name: str, *, inputs: Inputs = (), params: Mapping[str, Any] | None = None) -> bool:
        """Whether the table was made from these inputs with these parameters by this version."""
        return self._shelf.is_current(name, inputs=inputs, params=params)

    def store(
        self, relative: str, content: bytes, *, inputs: Inputs = (), params: Mapping[str, Any] | None = None
    ) -> Path:
        """Write an output under ``derived/`` and journal it with what it was made from."""
        return self._shelf.store(relative, content, inputs=inputs, params=params)

    def read_private(self, name: str) -> pd.DataFrame:
        """A table that is never exported: names.

        Raises
        ------
        StepTooEarly
            It was not recorded.
        """
        content = folder.read_if_there(self.path / folder.PRIVATE / f"{name}.parquet")
        if content is None:
            raise StepTooEarly("step_too_early", table=name, step="intake")
        return from_parquet(content)

    def record_private(self, name: str, table: pd.DataFrame) -> None:
        """Store a table in the private folder; the journal gets a salted commitment to its hash."""
        content = to_parquet(table.reset_index(drop=True))
        path = self.path / folder.PRIVATE / f"{name}.parquet"
        if folder.read_if_there(path) == content:
            return
        with folder.writing(self.path):
            folder.replace_file(path, content, 0o600)
        self.note("record private", {"table": name}, {"sha256": digest(content)})

    # Inside.

    def _exhibit_rows(self) -> list[dict[str, Any]]:
        if not self.has("exhibits"):
            return []
        rows = self.read("exhibits").to_dict("records")
        return [
            {str(key): _plain(value) for key, value in row.items()}
            | {"declared": json.loads(row["declared"]), "provenance": json.loads(row["provenance"])}
            for row in rows
        ]

    def _redeclare(
        self,
        rows: list[dict[str, Any]],
        known: dict[str, Any],
        kind: str,
        declared: Mapping[str, Any],
        source: Path,
    ) -> Exhibit:
        if kind != known["kind"]:
            raise ExhibitError("exhibit_other_kind", exhibit=known["exhibit_id"], kind=known["kind"], wanted=kind)
        fresh = {
            **known,
            **{key: value for key, value in _columns(declared).items() if value not in (None, {})},
        }
        if fresh != known:
            rest = [row for row in rows if row["exhibit_id"] != known["exhibit_id"]]
            self.record("exhibits", tables.build("exhibits", [*rest, fresh]))
            self.note("redeclare", {"exhibit": known["exhibit_id"], "declared": dict(declared)})
        return _exhibit(fresh, already_there=True)


def _columns(declared: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in declared.items() if key not in COLUMNS}
    return {name: declared.get(name) for name in COLUMNS} | {"declared": rest}


def _exhibit(row: Mapping[str, Any], *, already_there: bool = False) -> Exhibit:
    names = ("exhibit_id", "kind", "stored_as", "sha256", "size_bytes", "received_at")
    return Exhibit(**{name: row[name] for name in names}, already_there=already_there)


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or (isinstance(value, float) and value != value) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
